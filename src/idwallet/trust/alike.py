"""Certificates that are alike: what differs between them, cut out in one step.

An authority's certificates of one kind differ in serial number, moments, subject, key,
key identifier and signature, and in nothing else. So where those stood in one that was
read in full is remembered, with all that stood between: the next one that is as long is
cut at the same places, and one comparison shows that what is between is the same. What
stands in the places is read here as strictly as anywhere; whatever is not as usual is
None here and goes the long way.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import chain, pairwise
from struct import Struct
from typing import Final, Generic, NamedTuple, TypeVar

from idwallet import limits
from idwallet.codec.der import UTC_TIME, element, elements, places
from idwallet.crypto.kinds import P256
from idwallet.trust.frame import VERSION_3, Signed
from idwallet.trust.memory import Read

Known = TypeVar("Known")

IDENTIFIER: Final = bytes.fromhex("301d0603551d0e04160414")
"""All of a key identifier of 20 octets that is not critical, but for those octets."""
IDENTIFIER_OCTETS: Final = 20

# The heads of a certificate and of what is signed of it, both of 256 to 65535 octets.
_LONG: Final = b"\x30\x82"
_OUTER, _INNER = 4, 8
_NUMBER: Final = _INNER + len(VERSION_3)
_SHORT: Final = 0x80
_EXTENSIONS: Final = 0xA3
# How much behind the serial number is asked for: the algorithm, and of the issuer.
_BEGINNING: Final = 96
_DIGITS: Final = 12  # of a UTCTime to the second, with Z behind them
_YEARS, _DAY, _MIDNIGHT = b"50", 6, b"24"


class Differing(NamedTuple):
    """What one certificate does not share with another that was read."""

    not_before: datetime
    not_after: datetime
    subject: bytes
    point: bytes
    key_id: bytes
    signed: Signed


class _Layout(NamedTuple, Generic[Known]):
    """Where what differs stands in what is signed, and all that stands between."""

    cut: Callable[[bytes], tuple[bytes, ...]]
    between: tuple[bytes, ...]
    algorithm: bytes
    known: Known


class Alike(Generic[Known]):
    """The kinds of certificate that were read lately, each with what was made of one.

    All of it is public: that somebody unbelieved had a certificate read says nothing of
    the next one, which is compared to the octet.
    """

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._layouts: Read[tuple[bytes, bytes], _Layout[Known]] = Read(
            entries=limits.CERTIFICATE_CACHE_ENTRIES
        )

    def find(self, der: bytes) -> tuple[Known, Differing] | None:
        """Return one that this is like, and what differs; None where there is none."""
        try:
            return self._find(der)
        except (LookupError, ValueError, OverflowError):
            return None

    def _find(self, der: bytes) -> tuple[Known, Differing] | None:
        layout = self._layouts.get(_key(der))
        if layout is None or der[:_OUTER] != _LONG + (len(der) - _OUTER).to_bytes(2):
            return None
        stop = _INNER + int.from_bytes(der[_OUTER + 2 : _INNER])
        signature = stop + len(layout.algorithm) + 3
        size = len(der) - signature + 1
        # Both algorithms are one, and no bits of the signature are said to be unused.
        before = layout.algorithm + bytes((3, size, 0))
        if not 1 < size < _SHORT or der[stop:signature] != before:
            return None
        covered = der[_OUTER:stop]
        fields = layout.cut(covered)
        if fields[::2] != layout.between:
            return None
        number, since, until, subject, point, key_id = fields[1::2]
        # Positive, and the shortest form of itself (RFC 5280 4.1.2.2, X.690 8.3.2): of
        # all numbers that are drawn at random, half begin with an octet of zeros.
        if not 0 < number[0] < _SHORT and (number[0] or number[1] < _SHORT):
            return None
        signed = Signed(covered, layout.algorithm, der[signature:])
        moments = _moment(since), _moment(until)
        return layout.known, Differing(*moments, subject, point, key_id, signed)

    def remember(self, der: bytes, known: Known, *, signed: Signed) -> None:
        """Remember what was made of a certificate, which was read in full."""
        try:
            layout = _layout_of(der, known, signed=signed)
        except (LookupError, ValueError):
            return
        self._layouts.put(_key(der), layout)

    def clear(self) -> None:
        """Forget all."""
        self._layouts.clear()


def _key(der: bytes) -> tuple[bytes, bytes]:
    """Return what both have in common before anything is cut.

    That is how long they are, and their serial numbers; and who issued them.
    """
    behind = _NUMBER + 2 + der[_NUMBER + 1]
    return der[_OUTER : _NUMBER + 2], der[behind : behind + _BEGINNING]


def _layout_of(der: bytes, known: Known, *, signed: Signed) -> _Layout[Known]:
    """Return the places in a certificate that was read in full.

    Raises:
        LookupError, ValueError: it is not of the usual kind.
    """
    if not signed.algorithm or len(signed.signature) + 1 >= _SHORT:
        raise ValueError("another kind of signature")
    stop = _OUTER + len(signed.covered)
    spans = _spans(der, stop)
    ends = [_OUTER, *chain.from_iterable(spans), stop]
    sizes = [end - start for start, end in pairwise(ends)]
    cut = Struct("".join([f"{size}s" for size in sizes])).unpack
    return _Layout(cut, cut(signed.covered)[::2], signed.algorithm, known)


def _spans(der: bytes, stop: int) -> list[tuple[int, int]]:
    usual = der[:2] == der[4:6] == _LONG and der.startswith(VERSION_3, _INNER)
    if not usual or len(der) > limits.CERTIFICATE_CACHE_BYTES:
        raise ValueError("another version, or length")
    number, inside, _, validity, subject, key, rest = places(der, _NUMBER, count=6)
    since, until, end = places(der, element(der, validity)[0], count=2)
    for each in (since, until):
        if der[each] != UTC_TIME or der[each + 1] != _DIGITS + 1:
            raise ValueError("another kind of time")
    usual = end == subject and der[number + 1] < _SHORT
    point = key + len(P256.head)
    if not (usual and der.startswith(P256.head, key) and rest - key == P256.spki_bytes):
        raise ValueError("another kind of key")
    return [
        (number + 2, inside),
        (since + 2, since + 2 + _DIGITS),
        (until + 2, until + 2 + _DIGITS),
        (subject, key),
        (point, rest),
        _identifier(der, rest, stop=stop),
    ]


def _identifier(der: bytes, place: int, *, stop: int) -> tuple[int, int]:
    """Return where the key identifier stands among the extensions, which end all."""
    value, end, tag = element(der, place)
    first, last, _ = element(der, value)
    if tag != _EXTENSIONS or end != stop or last != stop:
        raise ValueError("no extensions, or more than them")
    (found,) = [
        each.end - IDENTIFIER_OCTETS
        for each in elements(der, start=first, end=last)
        if der.startswith(IDENTIFIER, each.start)
    ]
    return found, found + IDENTIFIER_OCTETS


def _moment(written: bytes) -> datetime:
    """Read the digits of a UTCTime of this century (RFC 5280 4.1.2.5.1).

    Raises:
        ValueError: it is none, or one of the century before.
    """
    if not written.isdigit() or written >= _YEARS or written[_DAY:] >= _MIDNIGHT:
        raise ValueError("another time")
    text = written.decode()
    return datetime.fromisoformat(f"20{text[:_DAY]}T{text[_DAY:]}Z")
