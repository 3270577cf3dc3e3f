"""Commands that talk to a foreign issuer or verifier, and show what was said."""
