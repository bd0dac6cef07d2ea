"""A server held against the contract: what the documents say, what it does, since when."""
