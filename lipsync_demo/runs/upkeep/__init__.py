"""Services for runs at rest."""
