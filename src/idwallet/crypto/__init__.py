"""Algorithms, keys, signers and sealing."""
