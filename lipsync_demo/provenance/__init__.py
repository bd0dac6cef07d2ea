"""Content Credentials (C2PA): what an output says of itself, signed, and what is read of others'.

`signing` writes, `reading` reads; both load c2pa's library. `signatory` has the certificate, which
is made here unless the settings name one. Nothing in this package asks the network: no trust list,
no time stamp, no revocation, no manifest elsewhere.
"""
