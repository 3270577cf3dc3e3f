"""The manifest: what an operator signs, in its one form (bundle.md §5)."""

import re
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborValue, write_cbor
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.trust.bundle.members import Members, read_map, seconds
from idwallet.trust.bundle.structures import (
    CLAUSE,
    VERSION,
    Manifest,
    PartEntry,
    PartKind,
)

_SECTION: Final = f"{CLAUSE} §5"
_AT: Final = "manifest"
# RFC 6838 §4.2, without parameters.
_MEDIA_TYPE: Final = re.compile(
    r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}"
)


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest that the operator's signature was found to cover.

    Raises:
        LimitError: a bound of `idwallet.limits` is passed.
        MalformedError: it breaks docs/reference/bundle.md §5.
        UnsupportedError: it is of another version.
    """
    members = read_map(data, at=_AT, clause=_SECTION)
    if members.text("format") != VERSION:
        raise UnsupportedError("another version", at=f"{_AT}/format", clause=_SECTION)
    found = Manifest(
        series=members.text("series"),
        sequence=members.number("sequence", least=1, most=limits.BUNDLE_SEQUENCE),
        issued=members.moment("issued"),
        next_update=members.moment("next_update"),
        parts=tuple(
            _read_part(each, at=f"{_AT}/parts/{n}")
            for n, each in enumerate(members.items("parts", most=limits.BUNDLE_PARTS))
        ),
    )
    members.done()
    _require_consistent(found)
    return found


def write_manifest(manifest: Manifest) -> bytes:
    """Return the manifest in its one form; the same content gives the same bytes.

    Raises:
        LimitError: no reader takes it, since a bound is passed.
        MalformedError: no reader takes it.
        UsageError: a moment has no zone or is no whole second.
    """
    members: dict[CborKey, CborValue] = {
        "format": VERSION,
        "series": manifest.series,
        "sequence": manifest.sequence,
        "issued": seconds(manifest.issued),
        "next_update": seconds(manifest.next_update),
        "parts": [_write_part(each) for each in manifest.parts],
    }
    written = write_cbor(members)
    read_manifest(written)
    return written


def _read_part(value: CborValue, *, at: str) -> PartEntry:
    members = Members(value, at=at, clause=_SECTION)
    found = PartEntry(
        kind=_kind(members.text("kind"), at=f"{at}/kind"),
        name=members.text("name"),
        size=members.number("size", least=1, most=limits.BUNDLE_PART_BYTES),
        digest=members.digest("digest"),
        as_of=members.moment("as_of"),
        source=members.digest("source"),
        media_type=members.text("media_type") if members.has("media_type") else "",
    )
    members.done()
    if (found.kind is PartKind.BLOB) is not bool(found.media_type):
        # What a blob is, only this says; of the others the kind says it.
        raise MalformedError(
            "a blob has a media type, and nothing else has", at=at, clause=_SECTION
        )
    if found.media_type and _MEDIA_TYPE.fullmatch(found.media_type) is None:
        raise MalformedError(
            "not a media type in lower case", at=f"{at}/media_type", clause=_SECTION
        )
    return found


def _write_part(part: PartEntry) -> CborValue:
    members: dict[CborKey, CborValue] = {
        "kind": part.kind.value,
        "name": part.name,
        "size": part.size,
        "digest": part.digest,
        "as_of": seconds(part.as_of),
        "source": part.source,
    }
    if part.media_type:
        members["media_type"] = part.media_type
    return members


def _kind(text: str, *, at: str) -> PartKind:
    try:
        return PartKind(text)
    except ValueError:
        raise UnsupportedError(
            "a kind of part that this version does not know", at=at, clause=_SECTION
        ) from None


def _require_consistent(manifest: Manifest) -> None:
    if manifest.next_update <= manifest.issued:
        raise MalformedError(
            "not after the issue", at=f"{_AT}/next_update", clause=_SECTION
        )
    order = [part_order(each) for each in manifest.parts]
    if order != sorted(set(order)):
        raise MalformedError(
            "not sorted by kind and name, or one twice",
            at=f"{_AT}/parts",
            clause=_SECTION,
        )
    for n, part in enumerate(manifest.parts):
        if part.as_of > manifest.issued:
            raise MalformedError(
                "taken after the bundle was issued",
                at=f"{_AT}/parts/{n}/as_of",
                clause=_SECTION,
            )
    if sum(each.size for each in manifest.parts) > limits.BUNDLE_BYTES:
        raise LimitError("too many bytes in all", at=f"{_AT}/parts", clause=_SECTION)


def part_order(part: PartEntry) -> tuple[bytes, bytes]:
    """Return what parts are sorted by: kind, then name, each as UTF-8."""
    return part.kind.value.encode(), part.name.encode()
