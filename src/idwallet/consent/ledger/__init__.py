"""The consent ledger: what was asked for and shown, chained, and without any value."""
