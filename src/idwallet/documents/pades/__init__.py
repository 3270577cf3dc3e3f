"""PAdES (ETSI EN 319 142-1): signatures in PDF files, each in an update of its own."""
