"""PEM blocks (RFC 7468, strict inside a block, explanatory text allowed outside)."""

import binascii
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UsageError

_CLAUSE: Final = "RFC 7468 §3"
_LINE_LENGTH: Final = 64
_LABEL: Final = re.compile(r"[!-,.-~](?:[ -]?[!-,.-~])*")
_BEGIN: Final = re.compile(rb"-----BEGIN ([ -~]*)-----")
_BOUNDARY: Final = b"-----"
_END_OF_LINE: Final = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class PemBlock:
    """One block: what it says it is, and its octets.

    The octets may be a private key, so `repr` leaves them out.
    """

    label: str
    der: bytes = field(repr=False)


def read_pem(data: bytes | str, *, at: str) -> tuple[PemBlock, ...]:
    """Return the blocks of `data` in their order, at least one.

    Text outside the blocks is ignored, as RFC 7468 section 2 asks.

    Raises:
        LimitError: more than `limits.PEM_BYTES` or `limits.PEM_BLOCKS`.
        MalformedError: no block, a block that does not end or ends as another, an
            encapsulated header, lines that are not 64 characters (the last one may
            be shorter), base64 that is not canonical.
    """
    if len(data) > limits.PEM_BYTES:
        raise LimitError("PEM text is too long", at=at, clause="idwallet limits")
    octets = data.encode("utf-8", "replace") if isinstance(data, str) else data
    lines = iter(_END_OF_LINE.split(octets))
    blocks: list[PemBlock] = []
    for line in lines:
        if not line.startswith(_BOUNDARY):
            continue
        if len(blocks) == limits.PEM_BLOCKS:
            raise LimitError("too many PEM blocks", at=at, clause="idwallet limits")
        blocks.append(_block(line, lines, at=f"{at} block {len(blocks) + 1}"))
    if not blocks:
        raise MalformedError("no PEM block", at=at, clause=_CLAUSE)
    return tuple(blocks)


def write_pem(label: str, der: bytes) -> str:
    r"""Return one block with lines of 64 characters, each ended by ``\n``.

    Raises:
        UsageError: a label that RFC 7468 section 3 does not allow, or no octets.
    """
    if not _LABEL.fullmatch(label):
        raise UsageError("not a PEM label")
    if not der:
        raise UsageError("a PEM block holds at least one octet")
    text = b2a_base64(der, newline=False).decode("ascii")
    starts = range(0, len(text), _LINE_LENGTH)
    body = "".join(f"{text[start : start + _LINE_LENGTH]}\n" for start in starts)
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n"


def _block(first: bytes, lines: Iterator[bytes], *, at: str) -> PemBlock:
    begin = _BEGIN.fullmatch(first)
    label = begin[1].decode("ascii") if begin else ""
    if not _LABEL.fullmatch(label):
        raise MalformedError("not a PEM boundary", at=at, clause=_CLAUSE)
    body: list[bytes] = []
    for line in lines:
        if line.startswith(_BOUNDARY):
            if line != b"-----END " + label.encode("ascii") + _BOUNDARY:
                raise MalformedError("not the block's end", at=at, clause=_CLAUSE)
            return PemBlock(label, _octets(body, at=at))
        body.append(line)
    raise MalformedError("PEM block does not end", at=at, clause=_CLAUSE)


def _octets(lines: list[bytes], *, at: str) -> bytes:
    full = all(len(line) == _LINE_LENGTH for line in lines[:-1])
    if not lines or not full or not 0 < len(lines[-1]) <= _LINE_LENGTH:
        raise MalformedError("lines are not 64 characters", at=at, clause=_CLAUSE)
    text = b"".join(lines)
    try:
        octets = a2b_base64(text, strict_mode=True)
    except binascii.Error:
        raise MalformedError("not base64", at=at, clause=_CLAUSE) from None
    # Unused bits that are not zero would give the same octets a second spelling.
    if b2a_base64(octets, newline=False) != text:
        raise MalformedError("base64 is not canonical", at=at, clause=_CLAUSE)
    return octets
