"""The local backend: a server on loopback that speaks the API's contract and lip-syncs."""
