"""Whether a signature covers a whole revision, but for its own value (12.8.1)."""

import re
from typing import Final, NamedTuple

from idwallet.codec.pdf import PdfFile, Section, Source
from idwallet.documents.pades.found import SignatureObject

_FOUR: Final = 4
_TAIL_BYTES: Final = 2048
_WHITE: Final = rb"[\0\t\n\f\r ]"
_TAIL: Final = re.compile(
    rb"startxref" + _WHITE + rb"+(\d{1,15})" + _WHITE + rb"+%%EOF(?:\r\n|\r|\n)?\Z"
)
_END_OF_LINE: Final = frozenset({b"", b"\r", b"\n", b"\r\n"})


class Covered(NamedTuple):
    """What a signature covers: `pieces` from where to where, empty when it says none.

    `updates` is how many sections of the file came after the revision, None where it is
    not one that the document is built on; then `fault` says what is wrong.
    """

    pieces: tuple[tuple[int, int], ...]
    updates: int | None
    fault: str | None


def find_coverage(signature: SignatureObject, file: PdfFile) -> Covered:
    """Return what a signature covers, and what is wrong with that."""
    found, size = signature.range, len(file.source)
    if found is None:
        return Covered((), None, "no ByteRange")
    if len(found) != _FOUR:
        return Covered((), None, "a ByteRange of other than two ranges")
    start, length, after, rest = found
    if min(found) < 0 or start + length > after or after + rest > size:
        return Covered((), None, "ranges that overlap or lie outside of the file")
    pieces = ((start, start + length), (after, after + rest))
    fault = _gap_fault(signature, file.source, covered=(start, start + length, after))
    if fault is not None:
        return Covered(pieces, None, fault)
    updates = _updates(file, after + rest)
    if updates is None:
        return Covered(pieces, None, "ranges that do not end where a revision ends")
    return Covered(pieces, updates, None)


def _gap_fault(
    signature: SignatureObject, source: Source, *, covered: tuple[int, int, int]
) -> str | None:
    start, stop, after = covered
    if start != 0:
        return "a range that does not begin where the file begins"
    if signature.contents is None:
        return "a value that does not stand in the file"
    if signature.contents != (stop, after):
        return "a gap that is not the value of the signature"
    if not is_hexadecimal(source, signature.contents):
        return "a value that is not written in hexadecimal"
    return None


def _updates(file: PdfFile, end: int) -> int | None:
    """Return how many sections came after the revision that ends there."""
    tail = file.source[max(0, end - _TAIL_BYTES) : end]
    found = _TAIL.search(tail)
    if found is None:
        return None
    at = int(found[1])
    for number, section in enumerate(file.sections):
        if section.start == at:
            is_inside = all(_ends(each) < end for each in file.sections[number:])
            return number if is_inside else None
    return None


def _ends(section: Section) -> int:
    """Return up to where a section reaches, and what stands beside it begins.

    What lies behind a revision was not there when it was signed.
    """
    return max(section.start, section.tail, section.beside or 0)


def octets_behind(source: Source, end: int) -> bool:
    """Say whether something stands behind the last revision, which ends there.

    An end of line may: some writers of signatures leave it out of what they cover.
    """
    return source[end : end + 3] not in _END_OF_LINE


def is_hexadecimal(source: Source, span: tuple[int, int]) -> bool:
    """Say whether the value there is written in hexadecimal (table 255)."""
    return (
        source[span[0] : span[0] + 1] == b"<" and source[span[1] - 1 : span[1]] == b">"
    )
