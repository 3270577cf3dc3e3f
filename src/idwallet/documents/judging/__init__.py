"""What judging a signature comes to in every format: trust, revocation, time.

A format reads its own signatures, and asks these rooms about all that is the same in
each (ETSI EN 319 102-1): `standing` about the signer's certificate, `stamps` about the
time, `outcome` for the verdict on the whole.
"""
