"""Issuer, holder and verifier: what applications use."""
