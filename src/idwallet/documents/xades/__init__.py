"""XAdES (ETSI EN 319 132-1): made, judged, and made to last."""
