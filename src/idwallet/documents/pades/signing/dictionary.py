"""Signature dictionaries (ISO 32000-2 12.8.1), with a gap for the signature."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from idwallet.codec.pdf import write_date, write_text
from idwallet.documents.pades.profile import PAdES
from idwallet.errors import LimitError

_RANGE: Final = b"/ByteRange[0 %10d %10d %10d]"
_EMPTY_RANGE: Final = _RANGE % (0, 0, 0)
_CONTENTS: Final = b"/Contents<"
_SIGNATURE: Final = (
    b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached%b%b%b%b%b%b>>>"
)
_TIMESTAMP: Final = (
    b"<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161%b%b%b>>>"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """An update with a gap for a signature, which covers all but the gap.

    `start` is where the update begins: the length of the document. `before` and `after`
    the gap are signed; `room` says how many octets of a signature fit into it.
    """

    start: int
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)
    room: int

    def digest(self, document: Iterable[bytes], *, name: str) -> bytes:
        """Return the digest of what is signed; `document` is all of it, in pieces."""
        digest = hashlib.new(name)
        for piece in document:
            digest.update(piece)
        digest.update(self.before)
        digest.update(self.after)
        return digest.digest()

    def filled(self, signature: bytes) -> bytes:
        """Return the update with its signature: what is appended to the document.

        Raises:
            LimitError: the signature is longer than the room for it.
        """
        if len(signature) > self.room:
            raise LimitError(
                "a signature that does not fit", at="Contents", clause="idwallet limits"
            )
        octets = signature.hex().encode().ljust(2 * self.room, b"0")
        return b"".join((self.before, b"<", octets, b">", self.after))


def signature_dictionary(
    profile: PAdES, *, signing_time: datetime, references: bytes, room: int
) -> bytes:
    """Return a signature's dictionary with room for it (EN 319 142-1 5.3, 6.3).

    The time is here and not in the message, and so is the place.
    """
    return _SIGNATURE % (
        _said(profile),
        b"/M",
        write_date(signing_time),
        references,
        _EMPTY_RANGE,
        _CONTENTS + b"00" * room,
    )


def _said(profile: PAdES) -> bytes:
    texts = (
        (b"/Reason", profile.reason),
        (b"/Location", profile.location),
        (b"/ContactInfo", profile.contact),
    )
    return b"".join(
        key + write_text(value) for key, value in texts if value is not None
    )


def timestamp_dictionary(*, room: int) -> bytes:
    """Return a document timestamp's dictionary (EN 319 142-1 5.4.3)."""
    return _TIMESTAMP % (_EMPTY_RANGE, _CONTENTS + b"00" * room, b"")


def drafted(update: bytes, *, start: int, at: int, room: int) -> Draft:
    """Return an update as a draft; its dictionary stands at an offset in it."""
    gap = update.index(_CONTENTS, at) + len(_CONTENTS) - 1
    behind = gap + 2 * room + 2
    ranged = update.index(_EMPTY_RANGE, at, gap)
    covered = _RANGE % (start + gap, start + behind, len(update) - behind)
    before = b"".join(
        (update[:ranged], covered, update[ranged + len(_EMPTY_RANGE) : gap])
    )
    return Draft(start, before, update[behind:], room)
