"""Signed envelopes, each alone."""
