"""The bots, one in each file; see `examples.messenger.talking`."""
