"""An issuer that anybody can start: a page for people, OpenID4VCI for wallets."""
