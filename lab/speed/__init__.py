"""What the engine costs, beside a floor and a peer."""
