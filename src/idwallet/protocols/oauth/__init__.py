"""What OpenID4VCI takes from OAuth 2.0: requests, tokens, and proofs that bind them."""
