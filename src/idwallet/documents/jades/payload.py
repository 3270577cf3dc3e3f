"""What a signature was made over, and whether that is what was brought."""

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from idwallet.codec import b64
from idwallet.documents.jades.content import (
    Brought,
    Content,
    References,
    Wanted,
)
from idwallet.documents.jades.read import JwsRead
from idwallet.documents.model import Documents
from idwallet.envelope.cms import names
from idwallet.envelope.jws import JwsParts
from idwallet.report import Reason

if TYPE_CHECKING:
    from hashlib import _Hash


class Payload(NamedTuple):
    """What follows the header in the signing input, and what it is found to be.

    `body` is None where it is not at hand. `reason` says whether what was brought is
    what was signed, once the signature stands. `hash_of` starts a digest with what was
    signed (5.3.6.2.3 steps 1 and 2), None where that is not at hand.
    """

    body: bytes | None
    payload: bytes
    reason: Reason
    hash_of: Callable[[str], "_Hash | None"]


_MISSING: Final = Payload(None, b"", Reason.NOT_AT_HAND, lambda _: None)


def bring(
    documents: Documents | None, read: JwsRead, *, archived: bool = False
) -> Brought:
    """Go through what was brought, by every digest that will be asked for.

    `archived` says that archive timestamps are to be put on it.

    Raises:
        LimitError: a document has to be held as a whole and is too long.
    """
    wanted: set[Wanted] = set()
    is_whole = False
    for each in read.readable():
        named, encoded = each.references, each.parts.header.encoded
        if named is None or len(named.uris) > 1 or not named.digests:
            is_whole = True
        if named is not None and named.hashed:
            wanted.add(Wanted(named.hashed, encoded))
            if archived or any(one.name == "arcTst" for one in each.elements):
                wanted |= {Wanted(name, encoded) for name in names.DIGESTS.values()}
    return Brought(documents, wanted=wanted, whole=is_whole)


def payload_of(
    parts: JwsParts, references: References | None, *, brought: Brought
) -> Payload:
    """Find what a signature on a document was made over (5.2.8, RFC 7515 F)."""
    if references is not None and not parts.body:
        return _referred(parts, references, brought=brought)
    one = brought.one
    if parts.body is not None and parts.payload is not None:
        # Of several that were brought, one at most would be the one inside.
        is_other = brought.are_several
        is_other = is_other or (one is not None and one.octets != parts.payload)
        return _over(parts.body, parts.payload, is_other=is_other)
    if one is None or one.octets is None:
        return _MISSING
    return _over(_body(parts, one.octets), one.octets)


def payload_on(parts: JwsParts, signature: bytes) -> Payload:
    """Find what a signature on a signature was made over: its value (5.3.2)."""
    if parts.body is None or parts.payload is None:
        return _over(_body(parts, signature), signature)
    # Inside, it may be any other value, of another signature.
    return _over(parts.body, parts.payload, is_other=parts.payload != signature)


def _body(parts: JwsParts, payload: bytes) -> bytes:
    return b64.encode(payload).encode("ascii") if parts.header.encoded else payload


def _over(body: bytes, payload: bytes, *, is_other: bool = False) -> Payload:
    reason = Reason.INTEGRITY_MISMATCH if is_other else Reason.MATCHES
    return Payload(body, payload, reason, lambda name: _started(name, [body]))


def _started(name: str, octets: Sequence[bytes]) -> "_Hash":
    made = hashlib.new(name)
    for each in octets:
        made.update(each)
    return made


def _referred(parts: JwsParts, references: References, *, brought: Brought) -> Payload:
    found = brought.named(references.uris)
    here = tuple(each for each in found if each is not None)
    if references.digests:
        # The payload counts as nothing: the digests in the header were signed
        # (5.2.8.3.3), so the signature can be verified without the documents.
        encoded = parts.header.encoded
        reason = _compared(references, found, encoded=encoded)
        is_whole = len(here) == len(found)
        if reason is Reason.MATCHES and not brought.are_all_named(references.uris):
            reason = Reason.INTEGRITY_MISMATCH
        return Payload(
            b"",
            b"",
            reason,
            lambda name: _joined(name, here, encoded=encoded) if is_whole else None,
        )
    octets = here[0].octets if here else None
    if octets is None:
        return _MISSING
    is_more = not brought.are_all_named(references.uris)
    return _over(_body(parts, octets), octets, is_other=is_more)


def _compared(
    references: References, found: Sequence[Content | None], *, encoded: bool
) -> Reason:
    """Compare documents with their digests; another one weighs more than none."""
    of = Wanted(references.hashed, encoded)
    same = [
        None if content is None else content.hash_of(of).digest() == digest
        for digest, content in zip(references.digests, found, strict=True)
    ]
    if False in same:
        return Reason.INTEGRITY_MISMATCH
    return Reason.NOT_AT_HAND if None in same else Reason.MATCHES


def _joined(name: str, here: Sequence[Content], *, encoded: bool) -> "_Hash | None":
    """Start a digest with documents that are named, one behind the other."""
    if len(here) == 1:
        return here[0].hash_of(Wanted(name, encoded))
    octets = [each.octets for each in here if each.octets is not None]
    if len(octets) < len(here):
        return None
    if encoded:
        octets = [b64.encode(each).encode("ascii") for each in octets]
    return _started(name, octets)
