"""Pictures and files: decoding, encoding, and pictures in between."""
