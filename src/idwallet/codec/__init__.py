"""Strict, bounded, lossless readers and writers of bytes."""
