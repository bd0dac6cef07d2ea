"""The scripts that fit the weights of the engine."""
