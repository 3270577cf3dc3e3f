"""Distinguished names, read from the DER that certificates are signed over.

`cryptography` reads them too, but warns about common names of more than 64 bytes where
RFC 5280 allows 64 characters, which is half as much in Cyrillic; a warning is an
exception wherever the embedding application says so.
"""

from collections.abc import Iterator
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec.der import dotted, element
from idwallet.trust.names import Rdns

_Pairs = tuple[tuple[str, str], ...]

# RFC 5280 4.1.2.4 and A.1; the last is the identifier of bits in X.520.
_ENCODINGS: Final = MappingProxyType(
    {
        0x0C: "utf-8",
        0x12: "ascii",
        0x13: "ascii",
        0x14: "latin-1",
        0x16: "ascii",
        0x1A: "ascii",
        0x1C: "utf-32-be",
        0x1E: "utf-16-be",
    }
)
_BIT_STRING: Final = 0x03
# RFC 4514 section 3.
_SHORT_NAMES: Final = MappingProxyType(
    {
        "2.5.4.3": "CN",
        "2.5.4.7": "L",
        "2.5.4.8": "ST",
        "2.5.4.10": "O",
        "2.5.4.11": "OU",
        "2.5.4.6": "C",
        "2.5.4.9": "STREET",
        "0.9.2342.19200300.100.1.25": "DC",
        "0.9.2342.19200300.100.1.1": "UID",
    }
)


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 0
    while offset < len(der):
        start, offset, tag = element(der, offset)
        yield tag, der[start:offset]


def read_name(der: bytes) -> tuple[Rdns, str]:
    """Return the parts of a DER name, and its text as RFC 4514 writes it.

    Attributes without a short name stand by their OID, and their value as text. A short
    name that was read lately comes from a memo: an authority's stands in every
    certificate that it issued.

    Raises:
        ValueError: it is no name, or a value is not what its string type allows.
    """
    if len(der) > limits.NAME_CACHE_BYTES:
        return _read_name(der)
    return _remembered(der)


def _read_name(der: bytes) -> tuple[Rdns, str]:
    start, end, _ = element(der, 0)
    rdns = tuple(_pairs(rdn) for _, rdn in _elements(der[start:end]))
    text = ",".join("+".join(map(_shown, pairs)) for pairs in reversed(rdns))
    return tuple(map(frozenset, rdns)), text


_remembered: Final = lru_cache(maxsize=limits.CERTIFICATE_CACHE_ENTRIES)(_read_name)


def _pairs(rdn: bytes) -> _Pairs:
    return tuple(_pair(attribute) for _, attribute in _elements(rdn))


def _pair(attribute: bytes) -> tuple[str, str]:
    (_, oid), (tag, value) = _elements(attribute)
    return dotted(oid), _text(tag, value)


def _text(tag: int, value: bytes) -> str:
    if tag == _BIT_STRING:
        return value.hex()
    encoding = _ENCODINGS.get(tag)
    if encoding is None:
        raise ValueError("a string of unread type")
    return value.decode(encoding)


def _shown(pair: tuple[str, str]) -> str:
    oid, value = pair
    return f"{_SHORT_NAMES.get(oid, oid)}={_escaped(value)}"


def _escaped(value: str) -> str:
    """Escape what RFC 4514 2.4 says has a meaning of its own."""
    text = value.translate(_ESCAPES)
    if text[:1] in {"#", " "}:
        text = "\\" + text
    if text[-1:] == " " and text != "\\ ":
        text = text[:-1] + "\\ "
    return text


_ESCAPES: Final = str.maketrans(
    {**{each: "\\" + each for each in '\\"+,;<>'}, "\0": "\\00"}
)
