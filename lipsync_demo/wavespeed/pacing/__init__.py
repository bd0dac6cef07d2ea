"""Rate limits and retries."""
