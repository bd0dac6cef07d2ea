"""The local backend: a server on loopback that implements the API's contract and lip-syncs."""
