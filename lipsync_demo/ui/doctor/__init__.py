"""The panel with the findings, the strips and the cuts."""
