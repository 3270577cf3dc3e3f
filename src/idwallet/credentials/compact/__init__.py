"""Compact credentials: small enough for a QR code that a till checks with no network.

The format is docs/reference/compact.md; CBOR in a COSE_Sign1, and around it another one
by whoever holds it.
"""
