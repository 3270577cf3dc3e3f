"""Credentials on their way into a wallet: from an offer to a card that is stored."""
