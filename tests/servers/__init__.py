"""Real servers of other makers for tests, each with a data folder of its own on loopback."""
