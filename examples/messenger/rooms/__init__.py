"""What a phone does with messages, by kind; see `examples.messenger.handling`."""
