"""Prove who you are, sign what you agree to, check both with no network."""
