"""Credentials: queries, types, possession and one folder per format."""
