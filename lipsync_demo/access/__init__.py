"""Who may use the page, how often, and as whom: entry by codes, rates, the one who asks."""
