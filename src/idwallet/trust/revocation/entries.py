"""The entries of a CRL, found by serial number without an object for each."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from cryptography.x509 import ReasonFlags

from idwallet.codec.der import (
    ENUMERATED,
    Element,
    element,
    elements,
    inside,
    read_time,
    whole,
)
from idwallet.trust.revocation.der import Extension, only_time, read_extensions

_REASON: Final = b"\x55\x1d\x15"  # 2.5.29.21
_INVALIDITY: Final = b"\x55\x1d\x18"  # 2.5.29.24
_HOLD_INSTRUCTION: Final = b"\x55\x1d\x17"  # 2.5.29.23, deprecated, says nothing here
_ISSUER: Final = b"\x55\x1d\x1d"  # 2.5.29.29
_UNDERSTOOD: Final = frozenset({_REASON, _INVALIDITY, _HOLD_INSTRUCTION, _ISSUER})
# As they stand in an extension: TRUE before octets, and the whole OID. By chance they
# are found in few serial numbers, and then only cost a second look.
_CRITICAL_MARK: Final = b"\x01\x01\xff\x04"
_ISSUER_MARK: Final = b"\x06\x03" + _ISSUER
_DIRECTORY_NAME: Final = 0xA4

# RFC 5280 5.3.1.
_REASONS: Final = MappingProxyType(
    {
        0: ReasonFlags.unspecified,
        1: ReasonFlags.key_compromise,
        2: ReasonFlags.ca_compromise,
        3: ReasonFlags.affiliation_changed,
        4: ReasonFlags.superseded,
        5: ReasonFlags.cessation_of_operation,
        6: ReasonFlags.certificate_hold,
        8: ReasonFlags.remove_from_crl,
        9: ReasonFlags.privilege_withdrawn,
        10: ReasonFlags.aa_compromise,
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One certificate's entry: since when it counts, and why.

    `since` is the revocation date, or the invalidity date where that is earlier
    (RFC 5280 5.3.2).
    """

    since: datetime
    reason: ReasonFlags


class Entries:
    """An index over the bytes of a CRL: four bytes for each entry.

    Entries of one serial number may be several: in an indirect CRL of several issuers.
    """

    def __init__(
        self, der: bytes, part: Element | None, *, issuer: bytes, indirect: bool
    ) -> None:
        """Index the sequence of entries at `part`; `issuer` is the CRL's own name.

        Raises:
            ValueError: an entry has a critical extension not understood, or names
                another issuer where the CRL is not indirect: then no entry may be
                used (RFC 5280 5.3, 5.3.3).
        """
        self._der = der
        self._names: list[bytes] = [issuer]
        self._starts = array("I", [0])
        numbered: list[tuple[bytes, int]] = []
        if part is not None:
            numbered = [(serial, start) for start, _, serial in _entries(der, part)]
            if der.find(_CRITICAL_MARK, part.value, part.end) >= 0 or (
                der.find(_ISSUER_MARK, part.value, part.end) >= 0
            ):
                self._read_marked(part, indirect=indirect)
        numbered.sort()
        self._offsets = array("I", [offset for _, offset in numbered])

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self._offsets)

    def find(self, serial: int, *, issuer: bytes) -> tuple[Entry, ...]:
        """Return the entries of the certificate with that number by that issuer.

        Raises:
            ValueError: such an entry's extensions are malformed.
        """
        wanted = serial.to_bytes(serial.bit_length() // 8 + 1, signed=True)
        first = bisect_left(self._offsets, wanted, key=self._serial)
        found: list[Entry] = []
        for n in range(first, len(self._offsets)):
            offset = self._offsets[n]
            if self._serial(offset) != wanted:
                break
            if self._names[bisect_right(self._starts, offset) - 1] == issuer:
                found.append(self._entry(offset))
        return tuple(found)

    def _serial(self, offset: int) -> bytes:
        value, _, _ = element(self._der, offset)
        start, end, _ = element(self._der, value)
        return self._der[start:end]

    def _read_marked(self, part: Element, *, indirect: bool) -> None:
        """Look at each entry with something critical, and follow the issuers.

        An entry without a certificate issuer has that of the one before it
        (RFC 5280 5.3.3).
        """
        for offset, end, _ in _entries(self._der, part):
            entry = self._der[offset:end]
            if _CRITICAL_MARK not in entry and _ISSUER_MARK not in entry:
                continue
            extensions = self._extensions(offset)
            for oid, each in extensions.items():
                if each.critical and oid not in _UNDERSTOOD:
                    raise ValueError("a critical extension not understood")
            named = extensions.get(_ISSUER)
            if named is not None:
                if not indirect:
                    raise ValueError("another issuer in a CRL that is not indirect")
                self._names.append(_directory_name(named.value))
                self._starts.append(offset)

    def _extensions(self, offset: int) -> dict[bytes, Extension]:
        value, end, _ = element(self._der, offset)
        parts = tuple(elements(self._der, start=value, end=end))
        return dict(read_extensions(self._der, parts[2])) if len(parts) > 2 else {}

    def _entry(self, offset: int) -> Entry:
        value, end, _ = element(self._der, offset)
        since = read_time(
            self._der, tuple(elements(self._der, start=value, end=end))[1]
        )
        extensions = self._extensions(offset)
        invalid = extensions.get(_INVALIDITY)
        if invalid is not None:
            since = min(since, only_time(invalid.value))
        reason = extensions.get(_REASON)
        return Entry(
            since, ReasonFlags.unspecified if reason is None else _reason(reason.value)
        )


def _entries(der: bytes, part: Element) -> Iterator[tuple[int, int, bytes]]:
    """Yield where each entry starts and ends, and its serial number's octets.

    Short heads, the rule, cost no call.
    """
    offset, end = part.value, part.end
    while offset < end:
        length, number = der[offset + 1], offset + 2
        stop = number + length
        if length > _SHORT:
            number, stop, _ = element(der, offset)
        size, start = der[number + 1], number + 2
        if size > _SHORT:
            start, last, _ = element(der, number)
            size = last - start
        yield offset, stop, der[start : start + size]
        offset = stop


_SHORT: Final = 0x7F


def _reason(der: bytes) -> ReasonFlags:
    (found,) = elements(der)
    reason = _REASONS.get(int.from_bytes(der[found.value : found.end], signed=True))
    if found.tag != ENUMERATED or reason is None:
        raise ValueError("not a reason code")
    return reason


def _directory_name(der: bytes) -> bytes:
    """Return the one directory name that a certificate issuer must be."""
    names = [each for each in inside(der) if each.tag == _DIRECTORY_NAME]
    (name,) = names
    (inner,) = inside(der, name)
    return whole(der, inner)
