"""CAdES (ETSI EN 319 122-1): signatures on any document, levels B-B and B-T."""
