"""CBOR read strictly, with its received bytes kept (RFC 8949 section 4.2)."""

from collections.abc import Callable
from typing import NamedTuple

import cbor2

from idwallet import limits
from idwallet.codec.cbor.quick import (
    MOST_PARTS,
    UnusualError,
    read_quickly,
    read_quickly_each,
)
from idwallet.codec.cbor.scan import BOUNDS, WELL_FORMED, Scan
from idwallet.codec.cbor.values import INLINE, SIMPLE, CborItem, CborTag, CborValue
from idwallet.errors import LimitError, MalformedError, UsageError


def read_cbor(
    data: bytes,
    *,
    at: str,
    clause: str = "RFC 8949 §4.2",
    max_bytes: int = limits.CBOR_BYTES,
    max_depth: int = limits.CBOR_DEPTH,
) -> CborValue:
    """Return the one value that `data` holds.

    `max_depth` counts nested arrays, maps and tags; a plain value has depth 0.
    Maps may come in any order and floats in any width: signed data is read as it is.

    Raises:
        LimitError: more than `max_bytes`, `max_depth` or `limits.CBOR_ITEMS`.
        MalformedError: not one well-formed value, an indefinite length, a head that
            is not shortest, a map key twice, text that is not UTF-8.
        UnsupportedError: a simple value other than false, true and null, or a map
            key that is no integer, text or byte string.
    """
    if len(data) <= min(max_bytes, limits.CBOR_ITEMS):
        try:
            return read_quickly(data, max_depth)
        except UnusualError:
            pass  # what is wrong with it, if anything is, the scan says
    item = read_cbor_item(
        data, offset=0, at=at, clause=clause, max_bytes=max_bytes, max_depth=max_depth
    )
    if item.end != len(data):
        raise MalformedError("octets behind the value", at=at, clause=clause)
    return item.value


def read_cbor_each(
    parts: list[bytes], *, at: str, clause: str = "RFC 8949 §4.2"
) -> list[CborValue]:
    """Return the value of each part; several are read in less time than one by one.

    Raises:
        LimitError, MalformedError, UnsupportedError: see `read_cbor`; `at` is said with
            the number of the part, from 0.
    """
    size = sum(map(len, parts))
    if len(parts) <= MOST_PARTS and size <= min(limits.CBOR_BYTES, limits.CBOR_ITEMS):
        try:
            return read_quickly_each(parts, limits.CBOR_DEPTH)
        except UnusualError:
            pass  # one of them may be at fault, and is looked for below
    return [
        read_cbor(part, at=f"{at}/{n}", clause=clause) for n, part in enumerate(parts)
    ]


def read_cbor_item(
    data: bytes,
    *,
    offset: int,
    at: str,
    clause: str = "RFC 8949 §4.2",
    max_bytes: int = limits.CBOR_BYTES,
    max_depth: int = limits.CBOR_DEPTH,
) -> CborItem:
    """Return the value that starts at `offset`; more may follow it.

    Raises:
        LimitError: see `read_cbor`; `max_bytes` bounds all of `data`.
        MalformedError: see `read_cbor`.
        UnsupportedError: see `read_cbor`.
        UsageError: `offset` is negative.
    """
    if offset < 0:
        raise UsageError("an offset is not negative")
    if len(data) > max_bytes:
        raise LimitError("CBOR is too long", at=at, clause=BOUNDS)
    scan = Scan(data, offset, at=at, clause=clause)
    scan.measure(max_depth=max_depth)
    raw = data[offset : scan.position]
    return CborItem(_decode(raw, scan.tags, at=at, clause=clause), raw, scan.position)


class CborHead(NamedTuple):
    """The head of one item (RFC 8949 section 3): what it is, and of how much.

    `argument` is the number itself, or how many octets, items, or pairs of items the
    content has. `end` is the offset just behind the head, where the content begins.
    """

    major: int
    argument: int
    end: int


def read_cbor_head(
    data: bytes, *, offset: int, at: str, clause: str = "RFC 8949 §4.2"
) -> CborHead:
    """Return the head at `offset`, in its shortest form, and look at nothing else.

    For lists too long to become values; what is in them is for the caller to bound.

    Raises:
        MalformedError: no head, or one that is cut off, indefinite or not shortest.
    """
    scan = Scan(data, offset + 1, at=at, clause=clause)
    if not 0 <= offset < len(data):
        raise MalformedError("CBOR ends early", at=at, clause=WELL_FORMED)
    major, argument = divmod(data[offset], 32)
    if argument >= INLINE and major != SIMPLE:
        argument = scan.argument(argument)
    return CborHead(major, argument, scan.position)


def _decode(raw: bytes, tags: set[int], *, at: str, clause: str) -> CborValue:
    """Let cbor2 build what the scan has found to be well-formed.

    cbor2 turns some tags into dates, patterns, messages and cycles. Each tag that
    occurs gets our decoder, so that none of them, in any version, does.
    """
    try:
        value: CborValue = cbor2.loads(
            raw,
            semantic_decoders={number: _tagged(number) for number in tags},
            max_depth=limits.CBOR_ITEMS,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
    except cbor2.CBORDecodeError as error:
        text = isinstance(error.__cause__, UnicodeDecodeError)
        what = "text is not UTF-8" if text else "duplicate map key"
        raise MalformedError(what, at=at, clause=clause) from None
    return value


def _tagged(number: int) -> Callable[[CborValue, bool], CborTag]:
    return lambda value, _: CborTag(number, value)
