"""What is done with runs at rest."""
