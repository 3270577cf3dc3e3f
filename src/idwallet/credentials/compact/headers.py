"""What stands in the protected headers of compact credentials."""

from functools import lru_cache

from idwallet import limits
from idwallet.envelope.cose import CoseSign1
from idwallet.envelope.cose.header import read_header


def labels_of(envelope: CoseSign1) -> frozenset[object]:
    """Return the labels of a protected header; few are ever met."""
    if len(envelope.protected) > limits.HEADER_CACHE_BYTES:
        return frozenset(envelope.header.parameters)
    return _known_labels(envelope.protected)


@lru_cache(maxsize=limits.HEADER_CACHE_ENTRIES)
def _known_labels(protected: bytes) -> frozenset[object]:
    return frozenset(read_header(protected, at="header").parameters)
