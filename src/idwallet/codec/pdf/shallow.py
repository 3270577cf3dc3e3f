"""PDF dictionaries of which only the keys are read (ISO 32000-2 7.3.7)."""

import re
from typing import Final

from idwallet import limits
from idwallet.codec.pdf.lexer import (
    NUMBER,
    REF,
    REFERENCE,
    REGULAR,
    SKIP,
    STRING,
    TOKEN,
    WORD,
    Ref,
    Source,
    Value,
    malformed,
    read_name,
    read_value,
    skip_blank,
    string_end,
    too_deep,
)

_FLAT: Final = rb"\[[^\[\]()<>{}%]*+\]"
# A string in hexadecimal, as a signature of thousands of digits, is found by its end:
# who reads it in full sees whether it is one.
_HEX: Final = rb"<(?!<)[^>]*+>"
_ENTRY: Final = re.compile(
    SKIP
    + rb"/("
    + REGULAR
    + rb"*+)"
    + SKIP
    + rb"("
    + rb"|".join((rb"/" + REGULAR + rb"*+", REF, NUMBER, _FLAT, STRING, _HEX, WORD))
    + rb")"
)
_REFERENCE: Final = re.compile(REFERENCE)
_DIGITS: Final = 10
_KEY: Final = re.compile(SKIP + rb"/(" + REGULAR + rb"*+)" + SKIP)
_OPEN: Final = re.compile(SKIP + rb"<<")
_CLOSE: Final = re.compile(SKIP + rb">>")
_BRACKET: Final = re.compile(
    rb"[^()<>\[\]%]*+(?:%[^\r\n]*+[^()<>\[\]%]*+)*+(<<|>>|[\[\](]|<[^<>]*+>)"
)


def value_end(source: Source, offset: int) -> int:
    """Return where the value at an offset ends, read no closer than its brackets.

    Raises:
        MalformedError: none stands there, or brackets do not match.
        LimitError: it is nested deeper than `limits.PDF_DEPTH`.
    """
    found = TOKEN.match(source, offset)
    if found is None:
        raise malformed("no value", at=offset, clause="7.3")
    mark = found["mark"]
    if mark is None:
        return found.end()
    offset = found.end()
    if mark == b"(":
        return string_end(source, offset)
    return _bracket_end(source, offset, mark=mark)


_CLOSES: Final = {b"<<": b">>", b"[": b"]"}


def _bracket_end(source: Source, offset: int, *, mark: bytes) -> int:
    awaited: list[bytes] = []
    while True:
        if mark in _CLOSES:
            awaited.append(_CLOSES[mark])
            if len(awaited) > limits.PDF_DEPTH:
                raise too_deep(offset)
        elif mark == b"(":
            offset = string_end(source, offset)
        elif mark[:1] != b"<":  # else a string in hexadecimal
            if not awaited or mark != awaited.pop():
                raise malformed("brackets that do not match", at=offset, clause="7.3")
            if not awaited:
                return offset
        offset, mark = _next_bracket(source, offset)


def _next_bracket(source: Source, offset: int) -> tuple[int, bytes]:
    found = _BRACKET.match(source, offset)
    if found is None:
        raise malformed("a bracket that does not close", at=offset, clause="7.3")
    return found.end(), found[1]


class Shallow:
    """A dictionary of which only the keys are read; values stay as they stand.

    `start` is where its first bracket stands, `end` behind its last.
    """

    __slots__ = ("end", "source", "spans", "start")

    def __init__(
        self,
        source: Source,
        spans: dict[bytes, tuple[int, int]],
        *,
        start: int,
        end: int,
    ) -> None:
        """Keep where each value stands; keys are without solidus, as they stand."""
        self.source = source
        self.spans = spans
        self.start = start
        self.end = end

    def __contains__(self, key: bytes) -> bool:
        """Say whether it has that key."""
        return key in self.spans

    def raw(self, key: bytes) -> bytes | None:
        """Return the octets of a value as they stand, None without one."""
        span = self.spans.get(key)
        return None if span is None else self.source[span[0] : span[1]]

    def get(self, key: bytes) -> Value:
        """Return a value read in full; None without one.

        Raises:
            MalformedError, LimitError: see `read_value`.
        """
        span = self.spans.get(key)
        if span is None:
            return None
        # Most values that are asked for are references.
        found = _REFERENCE.match(self.source, span[0])
        if found is not None:
            return Ref(int(found[1]), int(found[2]))
        return read_value(self.source, span[0])[0]

    def numbers(self, key: bytes) -> list[int] | None:
        """Return a plain array of whole numbers, None for anything else."""
        raw = self.raw(key)
        if raw is None or raw[:1] != b"[":
            return None
        items = raw[1:-1].split()
        if not all(each.isdigit() and len(each) <= _DIGITS for each in items):
            return None
        return list(map(int, items))


def read_shallow(source: Source, offset: int) -> Shallow:
    """Return the dictionary that stands at an offset.

    Raises:
        MalformedError: none stands there, or it has a key twice.
        LimitError: a value is nested deeper than `limits.PDF_DEPTH`.
    """
    opened = _OPEN.match(source, offset)
    if opened is None:
        raise malformed("no dictionary", at=offset, clause="7.3.7")
    spans: dict[bytes, tuple[int, int]] = {}
    offset = opened.end()
    count = 0
    while True:
        if (entry := _ENTRY.match(source, offset)) is not None:
            key = entry[1]
            spans[key] = entry.span(2)
            offset = entry.end()
        elif (closed := _CLOSE.match(source, offset)) is not None:
            break
        else:
            key, spans_of = _nested(source, offset)
            spans[key] = spans_of
            offset = spans_of[1]
        count += 1
    if count != len(spans):
        raise malformed("a key twice", at=opened.end() - 2, clause="7.3.7")
    if b"#" in b"".join(spans):
        spans = _unescaped_keys(spans, opened.end() - 2)
    return Shallow(source, spans, start=opened.end() - 2, end=closed.end())


def _nested(source: Source, offset: int) -> tuple[bytes, tuple[int, int]]:
    found = _KEY.match(source, offset)
    if found is None:
        raise malformed("a key that is no name", at=offset, clause="7.3.7")
    return found[1], (found.end(), value_end(source, found.end()))


def _unescaped_keys(
    spans: dict[bytes, tuple[int, int]], offset: int
) -> dict[bytes, tuple[int, int]]:
    """Return the same with each key as it reads: a spelling must hide none (7.3.5)."""
    plain = {read_name(key).encode("latin-1"): span for key, span in spans.items()}
    if len(plain) != len(spans):
        raise malformed("a key twice", at=offset, clause="7.3.7")
    return plain


def read_raw(source: Source, offset: int) -> tuple[bytes, Value]:
    """Return the value that stands at an offset, as it stands and as it reads.

    Raises:
        MalformedError, LimitError: see `read_value`.
    """
    value, end = read_value(source, offset)
    return source[skip_blank(source, offset) : end], value
