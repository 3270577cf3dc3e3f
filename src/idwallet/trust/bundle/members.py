"""The members of a CBOR map, taken one by one, each of its type and within bounds."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborValue, read_cbor, write_cbor
from idwallet.errors import LimitError, MalformedError, UsageError

DIGEST_BYTES: Final = 32
"""The length of SHA-256, the one digest of bundles (FIPS 180-4)."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_CODE: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def read_map(data: bytes, *, at: str, clause: str) -> "Members":
    """Return the one map that `data` holds, in its deterministic form.

    Two forms of one content would be two digests of it.

    Raises:
        LimitError: see `idwallet.codec.cbor.read_cbor`.
        MalformedError: it is no map, or not in the form of RFC 8949 §4.2.1.
        UnsupportedError: a kind of value that no bundle holds.
    """
    value = read_cbor(data, at=at, clause=clause, max_bytes=limits.BUNDLE_PART_BYTES)
    members = Members(value, at=at, clause=clause)
    if write_cbor(value) != data:
        raise MalformedError("not in deterministic form", at=at, clause=clause)
    return members


class Members:
    """What a map still holds; whoever read all of it says `done`."""

    __slots__ = ("_at", "_clause", "_left")

    def __init__(self, value: CborValue, *, at: str, clause: str) -> None:
        """Take the map.

        Raises:
            MalformedError: it is none, or a name in it is no text.
        """
        if not isinstance(value, dict):
            raise MalformedError("not a map", at=at, clause=clause)
        left: dict[str, CborValue] = {}
        for name, member in value.items():
            if not isinstance(name, str):
                raise MalformedError("a name that is no text", at=at, clause=clause)
            left[name] = member
        self._left = left
        self._at = at
        self._clause = clause

    def has(self, name: str) -> bool:
        """Whether the member is there and was not taken yet."""
        return name in self._left

    def text(self, name: str) -> str:
        """Take a text of at least one character, all of them visible or a space.

        Raises:
            LimitError: it is longer than `limits.BUNDLE_TEXT_CHARACTERS`.
            MalformedError: it is absent, or no such text.
        """
        return self._text(self._take(name), name)

    def texts(self, name: str, *, most: int = limits.BUNDLE_NAMES) -> tuple[str, ...]:
        """Take a list of texts, sorted and each there once; an absent one is empty.

        Raises:
            LimitError: there are more than `most`, or one is too long.
            MalformedError: it is no such list, or is empty.
        """
        if name not in self._left:
            return ()
        found = tuple(self._text(each, name) for each in self.items(name, most=most))
        if list(found) != sorted(set(found)):
            raise self._wrong("not sorted, or one twice", name)
        return found

    def items(self, name: str, *, most: int) -> list[CborValue]:
        """Take a list of at least one and at most `most` values.

        Raises:
            LimitError: there are more.
            MalformedError: it is absent, empty or no list.
        """
        value = self._take(name)
        if not isinstance(value, list) or not value:
            raise self._wrong("not a list of one or more", name)
        if len(value) > most:
            at = f"{self._at}/{name}"
            raise LimitError("too many of them", at=at, clause=self._clause)
        return value

    def number(self, name: str, *, least: int = 0, most: int) -> int:
        """Take a whole number within bounds.

        Raises:
            LimitError: it is above `most`.
            MalformedError: it is absent, below `least` or no whole number.
        """
        value = self._take(name)
        if type(value) is not int or value < least:
            raise self._wrong("not a whole number, or too small", name)
        if value > most:
            at = f"{self._at}/{name}"
            raise LimitError("a number too large", at=at, clause=self._clause)
        return value

    def moment(self, name: str) -> datetime:
        """Take a moment in whole seconds since 1970.

        Raises:
            LimitError: it is after the year 9999.
            MalformedError: it is absent or no such number.
        """
        seconds = self.number(name, most=limits.NUMERIC_DATE_MAXIMUM)
        return datetime.fromtimestamp(seconds, UTC)

    def octets(self, name: str, *, most: int) -> bytes:
        """Take a byte string of at least one byte.

        Raises:
            LimitError: it is longer than `most`.
            MalformedError: it is absent, empty or no byte string.
        """
        return self._octets(self._take(name), name, most=most)

    def octet_strings(self, name: str, *, most: int, longest: int) -> tuple[bytes, ...]:
        """Take byte strings, sorted and each there once; an absent list is empty.

        Raises:
            LimitError: there are more than `most`, or one is longer than `longest`.
            MalformedError: it is no such list, or is empty.
        """
        if name not in self._left:
            return ()
        listed = self.items(name, most=most)
        found = tuple(self._octets(each, name, most=longest) for each in listed)
        if list(found) != sorted(set(found)):
            raise self._wrong("not sorted, or one twice", name)
        return found

    def digest(self, name: str) -> bytes:
        """Take a SHA-256 digest.

        Raises:
            LimitError: it is longer.
            MalformedError: it is absent or shorter, or no byte string.
        """
        return self._digest(self._take(name), name)

    def digests(self, name: str, *, most: int) -> tuple[bytes, ...]:
        """Take a list of digests, sorted and each there once; an absent one is empty.

        Raises:
            LimitError: there are more than `most`.
            MalformedError: it is no such list.
        """
        if name not in self._left:
            return ()
        found = tuple(self._digest(each, name) for each in self.items(name, most=most))
        if list(found) != sorted(set(found)):
            raise self._wrong("not sorted, or one twice", name)
        return found

    def country(self, name: str) -> str | None:
        """Take an ISO 3166 code, as ``DE`` or ``US-CA``; None where it is absent.

        Raises:
            MalformedError: it is no such code.
        """
        if name not in self._left:
            return None
        code = self.text(name)
        if _CODE.fullmatch(code) is None:
            raise self._wrong("not an ISO 3166 code", name)
        return code

    def done(self) -> None:
        """Return only if nothing is left: what is not understood is not signed for.

        Raises:
            MalformedError: there is a member that nobody took.
        """
        if self._left:
            what = "a member that this version does not know"
            raise MalformedError(what, at=self._at, clause=self._clause)

    def _take(self, name: str) -> CborValue:
        if name not in self._left:
            raise self._wrong("absent", name)
        return self._left.pop(name)

    def _text(self, value: CborValue, name: str) -> str:
        if not isinstance(value, str) or not value:
            raise self._wrong("not a text", name)
        if len(value) > limits.BUNDLE_TEXT_CHARACTERS:
            at = f"{self._at}/{name}"
            raise LimitError("a text too long", at=at, clause=self._clause)
        if not is_plain(value):
            raise self._wrong("a text with characters that nobody sees", name)
        return value

    def _octets(self, value: CborValue, name: str, *, most: int) -> bytes:
        if not isinstance(value, bytes) or not value:
            raise self._wrong("not a byte string", name)
        if len(value) > most:
            at = f"{self._at}/{name}"
            raise LimitError("too many bytes", at=at, clause=self._clause)
        return value

    def _digest(self, value: CborValue, name: str) -> bytes:
        found = self._octets(value, name, most=DIGEST_BYTES)
        if len(found) != DIGEST_BYTES:
            raise self._wrong("not a SHA-256 digest", name)
        return found

    def _wrong(self, what: str, name: str) -> MalformedError:
        return MalformedError(what, at=f"{self._at}/{name}", clause=self._clause)


def is_plain(text: str) -> bool:
    """Whether each character is visible or a space, with none at either end."""
    return text.isprintable() and text == text.strip()


def is_country(code: str) -> bool:
    """Whether it is written as an ISO 3166 code."""
    return _CODE.fullmatch(code) is not None


def seconds(moment: datetime) -> int:
    """Return whole seconds since 1970.

    Raises:
        UsageError: the moment has no zone, is no whole second, or before 1970.
    """
    if moment.utcoffset() is None:
        raise UsageError("a moment carries its time zone: use an aware datetime")
    whole, rest = divmod(moment - _EPOCH, _SECOND)
    if rest or whole < 0:
        raise UsageError("a bundle holds whole seconds from 1970 on")
    return whole


def sorted_values(values: Iterable[str]) -> list[CborValue]:
    """Return what a list of texts that is sorted and has each once must hold."""
    return list[CborValue](sorted(set(values)))
