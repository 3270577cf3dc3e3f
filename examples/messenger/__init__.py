"""A messenger with identity in it: citizens with wallets, bots that ask and issue."""
