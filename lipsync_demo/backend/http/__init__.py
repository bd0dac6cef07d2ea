"""Bodies of requests, envelopes of answers, and request checks."""
