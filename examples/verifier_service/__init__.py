"""A verifier that anybody can start: a page for a counter, OpenID4VP for wallets."""
