"""DER (X.690): where elements stand, read strictly and with no copy, and written.

What is read here is bounded by the size of the whole, which the caller bounds. A fault
is a `DerError`: whoever reads for somebody turns it into a `MalformedError` that says
where and by which clause.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final, NamedTuple

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BITS: Final = 0x03
OCTETS: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
ENUMERATED: Final = 0x0A
UTF8: Final = 0x0C
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31

_CONSTRUCTED: Final = 0x20
_LONG: Final = 0x80
_HIGH_TAG: Final = 0x1F
_LENGTH_OCTETS: Final = 4
_OCTETS_IN_PARTS: Final = 0x24


class DerError(ValueError):
    """What stands there is not what is read here; `args[0]` says how."""


class NotDerError(DerError):
    """It is BER that DER forbids: `idwallet.codec.ber` may make it DER."""


def element(der: bytes, offset: int) -> tuple[int, int, int]:
    """Return where the value of an element starts and ends, with its tag.

    Raises:
        NotDerError: the length is indefinite, or not the shortest (X.690 10.1).
        DerError: the element does not lie within `der`, or its tag has many octets.
    """
    if offset + 2 > len(der):
        raise DerError("truncated")
    tag, length, start = der[offset], der[offset + 1], offset + 2
    if tag & _HIGH_TAG == _HIGH_TAG:
        raise DerError("a tag of several octets")
    if length & _LONG:
        count = length & 0x7F
        start += count
        length = int.from_bytes(der[offset + 2 : start])
        if count == 0 or length < _LONG or not der[offset + 2]:
            raise NotDerError("a length that is not the shortest")
        if count > _LENGTH_OCTETS:
            raise DerError("truncated")
    if start + length > len(der):
        raise DerError("truncated")
    return start, start + length, tag


def places(der: bytes, start: int, *, count: int) -> list[int]:
    """Return where so many elements begin, and where the last of them ends.

    Raises:
        DerError: one is missing, or `element` refuses it.
    """
    found, size = [start], len(der)
    for _ in range(count):
        if start + 2 > size:
            raise DerError("truncated")
        # As in `inside`: most are short.
        length = der[start + 1]
        if length < _LONG and der[start] & _HIGH_TAG != _HIGH_TAG:
            start += length + 2
        else:
            _, start, _ = element(der, start)
        found.append(start)
    if start > size:
        raise DerError("truncated")
    return found


class Element(NamedTuple):
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
        DerError: one passes the end, or `element` refuses it.
    """
    end = len(der) if end is None else end
    while start < end:
        value, stop, tag = element(der, start)
        if stop > end:
            raise DerError("an element passes what holds it")
        yield Element(tag, start, value, stop)
        start = stop


def inside(der: bytes, outer: Element | None = None) -> tuple[Element, ...]:
    """Return what stands in an element, by default in the whole, which is one.

    Raises:
        DerError: the encoding is broken, or something follows the whole.
    """
    if outer is None:
        outer = only(der)
    found = []
    start, end = outer.value, outer.end
    while start < end:
        # Most elements are short; a call for each takes half of the time of reading.
        tag, length = der[start], der[start + 1] if start + 1 < end else _LONG
        if length < _LONG and tag & _HIGH_TAG != _HIGH_TAG:
            value_ = start + 2
            stop = value_ + length
        else:
            value_, stop, tag = element(der, start)
        if stop > end:
            raise DerError("an element passes what holds it")
        found.append(Element(tag, start, value_, stop))
        start = stop
    return tuple(found)


def only(der: bytes) -> Element:
    """Return the one element that all of `der` is.

    Raises:
        DerError: it is none, or something follows it.
    """
    value_, end, tag = element(der, 0)
    if end != len(der):
        raise DerError("something follows")
    return Element(tag, 0, value_, end)


def whole(der: bytes, found: Element) -> bytes:
    """Return an element's bytes, head included."""
    return der[found.start : found.end]


def value(der: bytes, found: Element) -> bytes:
    """Return an element's value."""
    return der[found.value : found.end]


def require(found: Element, tag: int) -> Element:
    """Return the element if it has that tag.

    Raises:
        DerError: it has another.
    """
    if found.tag != tag:
        raise DerError("an element of another kind")
    return found


class Fields:
    """The elements in a SEQUENCE or SET, taken one after the other.

    Every method raises `DerError` where something else stands there.
    """

    __slots__ = ("_found", "_next", "der")

    def __init__(self, der: bytes, outer: Element | None = None) -> None:
        """Stand before the first; without `outer` all of `der` is one SEQUENCE.

        Raises:
            DerError: it is not, or `outer` is of a kind that holds no elements.
        """
        if outer is None:
            outer = only(der)
            require(outer, SEQUENCE)
        if not outer.tag & _CONSTRUCTED:
            raise DerError("an element that holds no others")
        self.der = der
        self._found = inside(der, outer)
        self._next = 0

    def one(self, tag: int) -> Element:
        """Take the next, which must have that tag."""
        found = self.maybe(tag)
        if found is None:
            raise DerError("an element is missing or of another kind")
        return found

    def maybe(self, tag: int) -> Element | None:
        """Take the next if it has that tag."""
        if self._next == len(self._found):
            return None
        found = self._found[self._next]
        if found.tag != tag:
            if tag == OCTETS and found.tag == _OCTETS_IN_PARTS:
                raise NotDerError("octets in parts")
            return None
        self._next += 1
        return found

    def value(self, tag: int) -> bytes:
        """Take the next and return its value."""
        return value(self.der, self.one(tag))

    def rest(self) -> tuple[Element, ...]:
        """Take all that is left."""
        found = self._found[self._next :]
        self._next = len(self._found)
        return found

    def done(self) -> None:
        """Require that nothing is left."""
        if self._next != len(self._found):
            raise DerError("more than what belongs here")


def read_integer(octets: bytes) -> int:
    """Return the number that the value of an INTEGER is (X.690 8.3).

    Raises:
        DerError: there is none, or it has more octets than it needs.
    """
    if not octets:
        raise DerError("a number of no octets")
    if len(octets) > 1 and (
        (octets[0] == 0 and octets[1] < _LONG)
        or (octets[0] == 0xFF and octets[1] >= _LONG)
    ):
        raise DerError("a number that is not the shortest")
    return int.from_bytes(octets, signed=True)


def read_boolean(octets: bytes) -> bool:
    """Return the truth that the value of a BOOLEAN is (X.690 11.1).

    Raises:
        DerError: it is neither of the two that DER has.
    """
    if octets not in {b"\x00", b"\xff"}:
        raise DerError("neither true nor false")
    return octets == b"\xff"


_TIME: Final = re.compile(rb"(?:[0-9]{2})?[0-9]{12}Z")
_LENGTHS: Final = MappingProxyType({UTC_TIME: 13, GENERALIZED_TIME: 15})


def read_time(der: bytes, found: Element) -> datetime:
    """Return a moment to the second (RFC 5280 4.1.2.5, RFC 5652 11.3).

    Raises:
        DerError: it is not written as those clauses say.
    """
    text = value(der, found)
    if _LENGTHS.get(found.tag) != len(text) or not _TIME.fullmatch(text):
        raise DerError("not a time")
    if found.tag == UTC_TIME:
        text = (b"20" if text < b"50" else b"19") + text
    return _moment(text)


_FRACTION: Final = re.compile(rb"([0-9]{14})(?:\.([0-9]*[1-9]))?Z")


def read_exact_time(octets: bytes) -> datetime:
    """Return the moment that the value of a GeneralizedTime is, with any fraction.

    What is finer than a microsecond is cut off (X.690 11.7, RFC 3161 2.4.2).

    Raises:
        DerError: it is not written as those clauses say.
    """
    found = _FRACTION.fullmatch(octets)
    if found is None:
        raise DerError("not a time")
    fraction = (found[2] or b"")[:6].ljust(6, b"0")
    return _moment(found[1] + b"Z").replace(microsecond=int(fraction))


def _moment(text: bytes) -> datetime:
    try:
        moment = datetime.strptime(text.decode(), "%Y%m%d%H%M%S%z")
    except ValueError:
        raise DerError("not a time") from None
    return moment.astimezone(UTC)


def time(moment: datetime) -> bytes:
    """Return a moment to the second: UTCTime through 2049 (RFC 5652 11.3)."""
    utc = moment.astimezone(UTC)
    text = f"{utc:%m%d%H%M%S}Z"
    if 1950 <= utc.year < 2050:
        return tlv(UTC_TIME, f"{utc.year % 100:02d}{text}".encode())
    return tlv(GENERALIZED_TIME, f"{utc.year:04d}{text}".encode())


def exact_time(moment: datetime) -> bytes:
    """Return a GeneralizedTime with the fraction of the second (X.690 11.7)."""
    utc = moment.astimezone(UTC)
    fraction = f".{utc.microsecond:06d}".rstrip("0").rstrip(".")
    return tlv(GENERALIZED_TIME, f"{utc.year:04d}{utc:%m%d%H%M%S}{fraction}Z".encode())


def tlv(tag: int, *parts: bytes) -> bytes:
    """Return the element of that tag that holds these parts."""
    size = sum(map(len, parts))
    return b"".join((head(tag, size), *parts))


def head(tag: int, size: int) -> bytes:
    """Return the first octets of an element whose value has that many."""
    if size < _LONG:
        return bytes((tag, size))
    count = (size.bit_length() + 7) // 8
    return bytes((tag, _LONG | count)) + size.to_bytes(count)


def sequence(*parts: bytes) -> bytes:
    """Return a SEQUENCE of these."""
    return tlv(SEQUENCE, *parts)


def set_of(*parts: bytes) -> bytes:
    """Return a SET OF these, in the order that DER gives them (X.690 11.6)."""
    return tlv(SET, *sorted(parts))


def integer(number: int) -> bytes:
    """Return an INTEGER."""
    return tlv(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, signed=True))


def oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER written with dots (X.690 8.19)."""
    first, second, *rest = map(int, dotted.split("."))
    return tlv(OID, *map(_base_128, (40 * first + second, *rest)))


def _base_128(number: int) -> bytes:
    octets = [number & 0x7F]
    while number > 0x7F:
        number >>= 7
        octets.append(_LONG | number & 0x7F)
    return bytes(reversed(octets))


def dotted(octets: bytes) -> str:
    """Write the value of an OBJECT IDENTIFIER with dots.

    What breaks its encoding comes out as some text: it is for people.
    """
    numbers = [0]
    for octet in octets:
        numbers[-1] = numbers[-1] << 7 | octet & 0x7F
        if not octet & _LONG:
            numbers.append(0)
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:-1])))
