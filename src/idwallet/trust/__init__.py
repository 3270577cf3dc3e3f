"""Whom to believe, at a moment, by which policy."""
