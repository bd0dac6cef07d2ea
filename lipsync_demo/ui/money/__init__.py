"""The money tab: balance, limits and ledger."""
