"""Where things stand in DER that `cryptography` has read before, with no copy of it.

`cryptography` checks the encoding strictly when it loads a CRL or a response; what
stands in octet strings within is read here, and nothing is assumed of that.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from idwallet.trust.distinguished import element

SEQUENCE: Final = 0x30
INTEGER: Final = 0x02
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
ENUMERATED: Final = 0x0A
_OID: Final = 0x06
_BOOLEAN: Final = 0x01
_OCTETS: Final = 0x04
_BITS: Final = 0x03


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its tag, where it starts, and where its value does and ends."""

    tag: int
    start: int
    value: int
    end: int


def elements(
    der: bytes, *, start: int = 0, end: int | None = None
) -> Iterator[Element]:
    """Yield the elements between two offsets, by default all there are.

    Raises:
        ValueError: one passes the end.
    """
    end = len(der) if end is None else end
    while start < end:
        value, stop, tag = element(der, start)
        if stop > end:
            raise ValueError("an element passes what holds it")
        yield Element(tag, start, value, stop)
        start = stop


def inside(der: bytes, outer: Element | None = None) -> tuple[Element, ...]:
    """Return what stands in an element, by default in the whole, which is one.

    Raises:
        ValueError: the encoding is broken, or something follows the whole.
    """
    if outer is None:
        (outer,) = elements(der)
    return tuple(elements(der, start=outer.value, end=outer.end))


def whole(der: bytes, found: Element) -> bytes:
    """Return an element's bytes, head included."""
    return der[found.start : found.end]


def value(der: bytes, found: Element) -> bytes:
    """Return an element's value."""
    return der[found.value : found.end]


def sequence(contents: bytes) -> bytes:
    """Return a DER sequence of these contents."""
    size = len(contents)
    if size < 0x80:
        return bytes((SEQUENCE, size)) + contents
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((SEQUENCE, 0x80 | len(length))) + length + contents


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed, how (an AlgorithmIdentifier as received), and the signature."""

    message: memoryview
    algorithm: bytes
    signature: bytes
    body: Element


def read_signed(der: bytes) -> Signed:
    """Cut a signed structure in its three parts; what follows them is not read.

    Raises:
        ValueError: it is not of that form.
    """
    body, algorithm, signature, *_ = inside(der)
    bits = value(der, signature)
    if signature.tag != _BITS or bits[:1] != b"\0":
        raise ValueError("no signature")
    message = memoryview(der)[body.start : body.end]
    return Signed(message, whole(der, algorithm), bits[1:], body)


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension's critical mark and the DER of its value."""

    critical: bool
    value: bytes


def read_extensions(der: bytes, outer: Element) -> Mapping[bytes, Extension]:
    """Return the extensions in a sequence of them, by the value of their OID.

    Raises:
        ValueError: one stands there twice, or is none.
    """
    found: dict[bytes, Extension] = {}
    for each in inside(der, outer):
        parts = inside(der, each)
        oid, octets = parts[0], parts[-1]
        if oid.tag != _OID or octets.tag != _OCTETS or value(der, oid) in found:
            raise ValueError("a malformed extension")
        critical = len(parts) > 2 and parts[1].tag == _BOOLEAN
        found[value(der, oid)] = Extension(critical, value(der, octets))
    return MappingProxyType(found)


_TIME: Final = re.compile(rb"(?:[0-9]{2})?[0-9]{12}Z")
_LENGTHS: Final = MappingProxyType({UTC_TIME: 13, GENERALIZED_TIME: 15})


def read_time(der: bytes, found: Element) -> datetime:
    """Return a moment to the second (RFC 5280 4.1.2.5).

    Raises:
        ValueError: it is not written as that clause says.
    """
    text = value(der, found)
    if _LENGTHS.get(found.tag) != len(text) or not _TIME.fullmatch(text):
        raise ValueError("not a time")
    if found.tag == UTC_TIME:
        text = (b"20" if text < b"50" else b"19") + text
    return datetime.strptime(text.decode(), "%Y%m%d%H%M%S%z").astimezone(UTC)


def only_time(der: bytes) -> datetime:
    """Return the generalized time that a value is (RFC 5280 5.3.2, RFC 6960 4.4.4).

    Raises:
        ValueError: it is something else.
    """
    (found,) = elements(der)
    if found.tag != GENERALIZED_TIME:
        raise ValueError("not a generalized time")
    return read_time(der, found)
