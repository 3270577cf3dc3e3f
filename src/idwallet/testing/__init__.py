"""Test keys, test certificates and forged inputs for users of this library."""
