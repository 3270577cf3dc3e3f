"""Where things stand in DER that `cryptography` has read before, with no copy of it.

`cryptography` checks the encoding strictly when it loads a CRL or a response; what
stands in octet strings within is read here, and nothing is assumed of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from idwallet.codec.der import (
    BITS,
    BOOLEAN,
    GENERALIZED_TIME,
    OCTETS,
    OID,
    Element,
    elements,
    inside,
    read_time,
    value,
    whole,
)


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
    if signature.tag != BITS or bits[:1] != b"\0":
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
        if oid.tag != OID or octets.tag != OCTETS or value(der, oid) in found:
            raise ValueError("a malformed extension")
        critical = len(parts) > 2 and parts[1].tag == BOOLEAN
        found[value(der, oid)] = Extension(critical, value(der, octets))
    return MappingProxyType(found)


def only_time(der: bytes) -> datetime:
    """Return the generalized time that a value is (RFC 5280 5.3.2, RFC 6960 4.4.4).

    Raises:
        ValueError: it is something else.
    """
    (found,) = elements(der)
    if found.tag != GENERALIZED_TIME:
        raise ValueError("not a generalized time")
    return read_time(der, found)
