"""PDF values read in full, and dictionaries shallowly (ISO 32000-2 7.2, 7.3).

All is read from a source at an offset, and nothing is copied but what is asked for, so
that a mapped file of any length does. Patterns never backtrack, so that reading is
linear whatever the octets are.
"""

import re
from typing import Final, NamedTuple, Protocol, TypeAlias

from idwallet import limits
from idwallet.errors import LimitError, MalformedError


class Mapped(Protocol):
    """Octets that are reached at random, as those of a mapped file are."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def __getitem__(self, key: slice, /) -> bytes:
        """Those between two offsets."""
        ...

    def __buffer__(self, flags: int, /) -> memoryview:
        """Show them all without a copy, as `re` needs them."""
        ...

    def find(  # noqa: PLR0917 - as `bytes` and `mmap` have it
        self, sub: bytes, start: int = ..., end: int = ..., /
    ) -> int:
        """Where these first stand, or -1."""
        ...

    def rfind(  # noqa: PLR0917 - as `bytes` and `mmap` have it
        self, sub: bytes, start: int = ..., end: int = ..., /
    ) -> int:
        """Where these last stand, or -1."""
        ...


Source: TypeAlias = bytes | Mapped
"""A document: its octets, or a mapped file (`mmap.mmap` is one)."""


class Ref(NamedTuple):
    """A reference to an indirect object (ISO 32000-2 7.3.10)."""

    number: int
    generation: int


Value: TypeAlias = (
    'bool | int | float | str | bytes | Ref | list["Value"] | dict[str, "Value"] | None'
)
"""A value: a name is `str` (one character for each octet), a string is `bytes`."""

WHITE: Final = rb"[\0\t\n\f\r ]"
REGULAR: Final = rb"[^\0\t\n\f\r ()<>\[\]{}/%]"
SKIP: Final = rb"[\0\t\n\f\r ]*+(?:%[^\r\n]*+[\0\t\n\f\r ]*+)*+"
END: Final = rb"(?!" + REGULAR + rb")"

REF: Final = rb"\d{1,10}+" + WHITE + rb"++\d{1,5}+" + WHITE + rb"++R" + END
REFERENCE: Final = rb"(\d{1,10}+)" + WHITE + rb"++(\d{1,5}+)" + WHITE + rb"++R" + END
NUMBER: Final = rb"[+-]?+(?:\d++(?:\.\d*+)?+|\.\d++)" + END
STRING: Final = rb"\([^()\\]*+(?:\\[\s\S][^()\\]*+)*+\)"
HEX: Final = rb"<[0-9A-Fa-f\0\t\n\f\r ]*+>"
WORD: Final = rb"(?:true|false|null)" + END

TOKEN: Final = re.compile(
    SKIP + rb"(?:"
    rb"(?P<ref>" + REFERENCE + rb")"
    rb"|(?P<number>" + NUMBER + rb")"
    rb"|/(?P<name>" + REGULAR + rb"*+)"
    rb"|(?P<string>" + STRING + rb")"
    rb"|(?P<hex>" + HEX + rb")"
    rb"|(?P<word>" + WORD + rb")"
    rb"|(?P<mark><<|>>|\[|\]|\()"
    rb")"
)
_IN_STRING: Final = re.compile(rb"[^()\\]*+(?:\\[\s\S][^()\\]*+)*+([()])")
_BLANK: Final = re.compile(SKIP)
_ESCAPED_NAME: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_ESCAPE: Final = re.compile(rb"\\(\r\n|[0-7]{1,3}|[\s\S])|\r\n?")
_ESCAPES: Final = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"\r": b"",
    b"\n": b"",
    b"\r\n": b"",
}
_WORDS: Final = {b"true": True, b"false": False, b"null": None}
_HEX_DROP: Final = b"\0\t\n\f\r "
_NUMBER_CHARACTERS: Final = 64
_ISO: Final = "ISO 32000-2 §"


def malformed(what: str, *, at: int, clause: str) -> MalformedError:
    """Return the error of what stands at an offset, by a clause of ISO 32000-2."""
    return MalformedError(what, at=f"byte {at}", clause=_ISO + clause)


def too_deep(offset: int) -> LimitError:
    """Return the error of what passes `limits.PDF_DEPTH`."""
    return LimitError(
        "nested too deeply", at=f"byte {offset}", clause="idwallet limits"
    )


def skip_blank(source: Source, offset: int) -> int:
    """Return where what follows white space and comments begins (7.2.3, 7.2.4)."""
    found = _BLANK.match(source, offset)
    return offset if found is None else found.end()


def read_name(octets: bytes) -> str:
    """Return a name without its solidus, with what was escaped (7.3.5)."""
    if b"#" in octets:
        octets = _ESCAPED_NAME.sub(lambda m: bytes.fromhex(m[1].decode()), octets)
    return octets.decode("latin-1")


def read_value(source: Source, offset: int) -> tuple[Value, int]:
    """Return the value that stands at an offset, and where it ends.

    A dictionary that a stream follows is a dictionary here.

    Raises:
        MalformedError: none stands there, or a dictionary has a key twice.
        LimitError: it is nested deeper than `limits.PDF_DEPTH`, or holds more than
            `limits.PDF_TOKENS`.
    """
    return _Reader(source).value(offset, 0)


class _Reader:
    """Reads one value; counts what it holds."""

    __slots__ = ("_left", "_source")

    def __init__(self, source: Source) -> None:
        self._source = source
        self._left = limits.PDF_TOKENS

    def value(self, offset: int, depth: int) -> tuple[Value, int]:
        found = self._token(offset)
        mark = found["mark"]
        if mark is None:
            return _atom(found), found.end()
        if depth == limits.PDF_DEPTH:
            raise too_deep(offset)
        if mark == b"<<":
            return self._dictionary(found.end(), depth)
        if mark == b"[":
            return self._array(found.end(), depth)
        if mark == b"(":
            end = string_end(self._source, found.end())
            return read_literal(self._source[found.end() : end - 1]), end
        raise malformed(
            "a bracket that nothing opened", at=found.start("mark"), clause="7.3"
        )

    def _token(self, offset: int) -> re.Match[bytes]:
        found = TOKEN.match(self._source, offset)
        if found is None:
            raise malformed("no value", at=offset, clause="7.3")
        self._left -= 1
        if not self._left:
            raise LimitError(
                "too many values", at=f"byte {offset}", clause="idwallet limits"
            )
        return found

    def _array(self, offset: int, depth: int) -> tuple[list[Value], int]:
        values: list[Value] = []
        while True:
            found = self._token(offset)
            mark = found["mark"]
            if mark == b"]":
                return values, found.end()
            if mark is None:
                values.append(_atom(found))
                offset = found.end()
            else:
                value, offset = self.value(found.start("mark"), depth + 1)
                values.append(value)

    def _dictionary(self, offset: int, depth: int) -> tuple[dict[str, Value], int]:
        entries: dict[str, Value] = {}
        while True:
            found = self._token(offset)
            if found["mark"] == b">>":
                return entries, found.end()
            if found["name"] is None:
                raise malformed("a key that is no name", at=offset, clause="7.3.7")
            key = read_name(found["name"])
            if key in entries:
                raise malformed("a key twice", at=offset, clause="7.3.7")
            entries[key], offset = self.value(found.end(), depth + 1)


def _atom(found: re.Match[bytes]) -> Value:
    kind = found.lastgroup
    if kind == "name":
        return read_name(found["name"])
    if kind == "ref":
        return Ref(int(found[2]), int(found[3]))
    if kind == "number":
        return _number(found["number"], found.start())
    if kind == "string":
        return read_literal(found["string"][1:-1])
    if kind == "hex":
        return _hexadecimal(found["hex"])
    return _WORDS[found["word"]]


def _number(octets: bytes, offset: int) -> int | float:
    if len(octets) > _NUMBER_CHARACTERS:
        raise malformed("a number that is too long", at=offset, clause="7.3.3")
    return float(octets) if b"." in octets else int(octets)


def _hexadecimal(octets: bytes) -> bytes:
    digits = octets[1:-1].translate(None, _HEX_DROP)
    # An odd last digit stands for itself and a zero (7.3.4.3).
    return bytes.fromhex((digits + b"0" * (len(digits) & 1)).decode())


def read_literal(octets: bytes) -> bytes:
    """Return the octets of a literal string given without parentheses (7.3.4.2)."""
    if b"\\" in octets or b"\r" in octets:
        return _ESCAPE.sub(_unescaped, octets)
    return octets


def _unescaped(found: re.Match[bytes]) -> bytes:
    escaped = found[1]
    if escaped is None:
        return b"\n"  # however a line ends, it is one octet
    if escaped[:1] in b"01234567":
        return bytes((int(escaped, 8) & 0xFF,))
    return _ESCAPES.get(escaped, escaped)


def string_end(source: Source, offset: int) -> int:
    """Return where a literal string ends whose parenthesis is just before an offset.

    Raises:
        MalformedError: it never ends.
    """
    depth = 1
    start = offset
    while depth:
        found = _IN_STRING.match(source, offset)
        if found is None:
            raise malformed("a string that does not end", at=start, clause="7.3.4.2")
        depth += 1 if found[1] == b"(" else -1
        offset = found.end()
    return offset
