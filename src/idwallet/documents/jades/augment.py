"""JAdES signatures raised to B-T, B-LT and B-LTA, and archives renewed.

(TS 119 182-1 5.3, 6.3.) Elements are added to the end of ``etsiU`` and nothing else is
touched: an archive timestamp covers those before it, in their order.
"""

import secrets
from typing import Final

from idwallet.codec.json import JsonObject, write_json
from idwallet.documents.jades.archive import archive_imprint
from idwallet.documents.jades.edit import Added, with_elements
from idwallet.documents.jades.elements import (
    Element,
    material_of,
    stamp_value,
    stamp_values_of,
    tokens,
    values_of,
)
from idwallet.documents.jades.payload import bring, payload_of
from idwallet.documents.jades.read import (
    Found,
    JwsRead,
    SignatureRead,
    is_json,
    read_jws,
)
from idwallet.documents.jades.sign import stamp
from idwallet.documents.judging.material import Material, together
from idwallet.documents.judging.settled import Settled
from idwallet.documents.model import Documents
from idwallet.envelope.cms import read_signed_data
from idwallet.errors import UnsupportedError, UsageError
from idwallet.ports import TimestampAuthority
from idwallet.trust.timestamp import ask_timestamp

_AT: Final = "signature"
_HASHED: Final = "sha256"
_VALUES: Final = frozenset({"xVals", "rVals"})


class JadesAugmenter:
    """Raises the level of JSON Web Signatures; see `Augments`."""

    def stamped(self, signed: bytes, *, authority: TimestampAuthority) -> bytes:
        """Put a timestamp on every signature that has none (5.3.4)."""
        read, data = _open(signed)
        for n, each in enumerate(read.signatures):
            one = _readable(each)
            if all(element.name != "sigTst" for element in one.elements):
                added = stamp(one.parts.signature, authority)
                data = with_elements(data, [added], number=n)
        return write_json(data)

    def completed(self, signed: bytes, *, settled: Settled) -> bytes:
        """Add certificates and evidence (5.3.5, 5.3.6.1, 6.3).

        What is about the signature goes into ``xVals`` and ``rVals``, of which there is
        one each, later into ``anyValData``; what is about its timestamps into
        ``tstVD``.
        """
        read, data = _open(signed)
        for n, each in enumerate(read.signatures):
            one = _readable(each)
            added = _needed(one, settled, subject=f"signature[{n}]")
            if added:
                data = with_elements(data, added, number=n)
        return write_json(data)

    def archived(
        self,
        signed: bytes,
        *,
        authority: TimestampAuthority,
        document: Documents | None,
    ) -> bytes:
        """Put an archive timestamp on each signature (5.3.6.2)."""
        read, data = _open(signed)
        brought = bring(document, read, archived=True)
        for n, each in enumerate(read.signatures):
            one = _readable(each)
            _require_text(one.elements)
            payload = payload_of(one.parts, one.references, brought=brought)
            digest = archive_imprint(
                one.parts, one.elements, started=payload.hash_of(_HASHED)
            )
            if digest is None:
                raise UsageError(
                    "an archive timestamp on a detached signature needs the document"
                )
            token = ask_timestamp(
                digest,
                authority=authority,
                random=secrets.token_bytes,
                hashed=_HASHED,
            )
            added = ("arcTst", stamp_value(token.der))
            data = with_elements(data, [added], number=n)
        return write_json(data)


def _open(signed: bytes) -> tuple[JwsRead, JsonObject]:
    """Read a JWS that something is to be added to.

    Raises:
        UsageError: it is compact.
    """
    if not is_json(signed):
        raise UsageError(
            "a compact JAdES signature has no unprotected header and stays B-B "
            "(TS 119 182-1 §5.3.1): sign with Serialisation.JSON"
        )
    read = read_jws(signed, at=_AT)
    return read, read.json or {}


def _readable(found: Found) -> SignatureRead:
    if isinstance(found, SignatureRead):
        return found
    raise found


def _require_text(elements: tuple[Element, ...]) -> None:
    if any(each.text is None for each in elements):
        raise UnsupportedError(
            "an archive timestamp on elements in clear",
            at=_AT,
            clause="TS 119 182-1 §5.3.6.2.4",
        )


def _needed(one: SignatureRead, settled: Settled, *, subject: str) -> list[Added]:
    """Return the elements that hold what settled a verdict and is not there yet."""
    there = material_of(one.elements)
    has_values = any(each.name in _VALUES for each in one.elements)
    found = list(settled.below(subject))
    about_it = together(e.material for e in found if not _is_stamp(e.subject))
    # A chain in the header is repeated: who looks for values looks in these elements.
    leaf = one.parts.header.x5c[:1]
    own = about_it.without((*there.pieces, *leaf))
    stamps = together(e.material for e in found if _is_stamp(e.subject))
    inside = [
        der
        for each in one.elements
        if each.name in {"sigTst", "arcTst"}
        for der in tokens(each)
    ]
    late = stamps.without(
        (*there.pieces, *own.pieces, *(p for der in inside for p in _pieces(der)))
    )
    added: list[Added] = []
    if has_values and own.pieces:
        added.append(("anyValData", stamp_values_of(own)))
    elif own.pieces:
        added += values_of(own)
    if late.pieces:
        added.append(("tstVD", stamp_values_of(late)))
    return added


def _is_stamp(subject: str) -> bool:
    return ".timestamp[" in subject or ".archive[" in subject


def _pieces(token: bytes) -> frozenset[bytes]:
    """Return what a timestamp brings itself."""
    found = read_signed_data(token, at=_AT)
    return Material(found.certificates, found.crls, found.responses).pieces
