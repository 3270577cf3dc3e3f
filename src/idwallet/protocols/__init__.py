"""Protocols as values and state, without input or output."""
