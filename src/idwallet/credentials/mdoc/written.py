"""Data elements of documents to issue, written as CBOR."""

from datetime import date
from functools import lru_cache
from typing import Final

from idwallet.codec.cbor import (
    TAG,
    TEXT,
    UNSIGNED,
    write_cbor,
    write_cbor_head,
)
from idwallet.credentials.mdoc.elements import (
    ElementValue,
    element_value,
    plain_types_of,
)
from idwallet.credentials.mdoc.members import FULL_DATE
from idwallet.envelope.cose.structures import string_head

_FALSE, _TRUE = write_cbor(value=False), write_cbor(value=True)
_DAY: Final = write_cbor_head(TAG, FULL_DATE) + write_cbor_head(TEXT, 10)


def written_element(namespace: str, element: str, *, value: ElementValue) -> bytes:
    """Return a value as it is issued, deterministic CBOR.

    Raises:
        UsageError: it is of another type than the namespace demands, or none that CBOR
            has.
    """
    quick = _plain(namespace, element, value=value)
    if quick is None:
        return write_cbor(element_value(namespace, element, value=value))
    return quick


def _plain(namespace: str, element: str, *, value: ElementValue) -> bytes | None:
    """Return most values as they are issued, None for those with more to ask about."""
    of = type(value)
    if of not in plain_types_of(namespace, element):
        return None
    if type(value) is str:
        try:
            octets = value.encode()
        except UnicodeEncodeError:
            return None
        return _text_head(len(octets)) + octets
    if type(value) is bytes:
        return string_head(len(value)) + value
    if type(value) is date:
        return _DAY + value.isoformat().encode("ascii")
    if type(value) is int:
        return write_cbor_head(UNSIGNED, value) if value >= 0 else None
    return _TRUE if value else _FALSE


# Lengths are few, and asked for with every text.
@lru_cache(maxsize=1024)
def _text_head(size: int) -> bytes:
    return write_cbor_head(TEXT, size)
