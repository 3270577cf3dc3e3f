"""Issuer, holder, verifier and status issuer: what applications use."""
