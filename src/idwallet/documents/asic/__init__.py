"""ASiC (ETSI EN 319 162-1): documents and the signatures on them in one container."""
