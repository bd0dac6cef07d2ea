"""Cost of the engine, compared with a floor and a peer."""
