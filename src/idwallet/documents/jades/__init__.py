"""JAdES (ETSI TS 119 182-1): documents signed as JSON Web Signatures."""
