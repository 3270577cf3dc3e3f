"""A certificate cut open: where its parts are, before anybody reads them."""

from functools import partial
from typing import Final, NamedTuple

from idwallet.codec.der import BITS, INTEGER, element, places


class Signed(NamedTuple):
    """What of a certificate is signed, how, and with what.

    `covered` and `signature` are octets; `algorithm` is the AlgorithmIdentifier, empty
    where the two that stand in a certificate are not one (RFC 5280 4.1.1.2), or where
    bits of the signature are said to be unused: then nothing is believed by it.
    """

    covered: bytes
    algorithm: bytes
    signature: bytes


class Frame(NamedTuple):
    """What is cut out of a certificate.

    `cryptography` only warns of a serial number that is not positive. `extensions` are
    the content of their SEQUENCE, empty where there are none.
    """

    serial: int
    issuer: bytes
    subject: bytes
    key: bytes
    extensions: bytes
    signed: Signed


# As the types themselves, in half of the time: no Python code runs.
_signed: Final = partial(tuple.__new__, Signed)
_frame: Final = partial(tuple.__new__, Frame)
_VERSION: Final = b"\xa0"
VERSION_3: Final = b"\xa0\3\2\1\2"
"""What stands first in what is signed: the version."""
_EXTENSIONS_TAG: Final = 0xA3
_LONG: Final = 0x80
_NO_BITS_UNUSED: Final = b"\0"


def frame_of(der: bytes) -> Frame:
    """Cut a certificate open.

    Raises:
        ValueError: its parts are not where RFC 5280 4.1 has them.
    """
    outer, last, _ = element(der, 0)
    inner, stop, _ = element(der, outer)
    if der.startswith(VERSION_3, inner):
        inner += len(VERSION_3)
    elif der.startswith(_VERSION, inner):
        _, inner, _ = element(der, inner)
    number, inside, issuer, validity, subject, key, rest = places(der, inner, count=6)
    if der[number] != INTEGER:
        raise ValueError("no serial number")
    value = number + 2 if der[number + 1] < _LONG else element(der, number)[0]
    outside, bits, past = places(der, stop, count=2)
    if not past == last == len(der):
        raise ValueError("something follows")
    algorithm = der[outside:bits]
    signature = bits + 2 if der[bits + 1] < _LONG else element(der, bits)[0]
    if (
        der[bits] != BITS
        or der[inside:issuer] != algorithm
        or not der.startswith(_NO_BITS_UNUSED, signature)
    ):
        algorithm = b""
    signed = _signed((der[outer:stop], algorithm, der[signature + 1 :]))
    return _frame(
        (
            int.from_bytes(der[value:inside], signed=True),
            der[issuer:validity],
            der[subject:key],
            der[key:rest],
            _extensions_at(der, rest, stop=stop),
            signed,
        )
    )


def _extensions_at(der: bytes, place: int, *, stop: int) -> bytes:
    """Pass by the unique identifiers, which may stand before the extensions."""
    while place < stop:
        value, place, tag = element(der, place)
        if tag == _EXTENSIONS_TAG:
            start, end, _ = element(der, value)
            return der[start:end]
    return b""
