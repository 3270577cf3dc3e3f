"""Signed documents on the command line: what the commands about them share."""
