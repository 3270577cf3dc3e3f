"""CAdES signatures raised to B-T, B-LT and B-LTA, and archives renewed (EN 319 122-1).

What is there stays as it came, octet for octet: an archive timestamp covers it so
(5.5.3). An archive timestamp is on one signature of a message with all that stands on
it, and on the certificates and evidence of the whole (5.5.1).
"""

import secrets
from typing import Final

from idwallet.documents.cades.index import (
    Sets,
    archive_imprint,
    archive_stamps,
    hash_index,
)
from idwallet.documents.cades.sign import signature_timestamp
from idwallet.documents.judging.settled import Settled
from idwallet.documents.model import Document, pieces
from idwallet.envelope.cms import (
    Attribute,
    SignedData,
    SignerInfo,
    attribute,
    digest_content,
    info_with,
    names,
    read_signed_data,
    with_material,
    with_unsigned,
    with_unsigned_instead,
)
from idwallet.envelope.cms.signer_info import read_signer_info
from idwallet.errors import UnsupportedError, UsageError
from idwallet.ports import TimestampAuthority
from idwallet.trust.timestamp import ask_timestamp

_AT: Final = "signature"
_HASHED: Final = "sha256"


class CadesAugmenter:
    """Raises the level of CMS messages; see `Augments`."""

    def stamped(self, signed: bytes, *, authority: TimestampAuthority) -> bytes:
        """Put a timestamp on every signature that has none (5.3), on others too.

        A signature on a signature that an archive timestamp covers stays as it is: that
        proves it, and is on its very octets (5.5.2, note 6).
        """
        for n in range(len(read_signed_data(signed, at=_AT).signers)):
            message = read_signed_data(signed, at=_AT)
            signer = message.signers[n]
            kept = _covered(signer, message)
            attributes = _stamped(signer, authority, kept=kept)
            if attributes != [each.der for each in signer.unsigned]:
                signed = with_unsigned_instead(message, n, attributes=attributes)
        return signed

    def completed(self, signed: bytes, *, settled: Settled) -> bytes:
        """Add certificates and evidence to the message (5.4, 6.3 (d), (o))."""
        message = read_signed_data(signed, at=_AT)
        _require_open(message)
        needed = settled.material
        return with_material(
            message,
            certificates=needed.certificates,
            crls=needed.crls,
            responses=needed.responses,
        )

    def archived(
        self, signed: bytes, *, authority: TimestampAuthority, document: Document | None
    ) -> bytes:
        """Put an archive timestamp on each signature (5.5.3)."""
        message = read_signed_data(signed, at=_AT)
        _require_open(message)
        content = message.content if message.content is not None else document
        if content is None:
            raise UsageError(
                "an archive timestamp on a detached signature needs it all"
            )
        digest = digest_content(pieces(content), [_HASHED])[_HASHED]
        signed = with_material(message, digests=[_HASHED])
        for n in range(len(message.signers)):
            message = read_signed_data(signed, at=_AT)
            held = _archive_timestamp(message, n, authority=authority, content=digest)
            signed = with_unsigned(message, n, attributes=[held])
        return signed


def _covered(signer: SignerInfo, message: SignedData) -> frozenset[bytes]:
    """Return what of the unsigned attributes archive timestamps say to be on."""
    found = archive_stamps(signer, Sets(message), digest=lambda _: None)
    return frozenset(piece for each in found for piece in each.covered().others)


def _stamped(
    signer: SignerInfo, authority: TimestampAuthority, *, kept: frozenset[bytes]
) -> list[bytes]:
    """Return the unsigned attributes of a signature with what timestamps it lacks."""
    held = [_witnessed(each, authority, kept=kept) for each in signer.unsigned]
    if all(each.oid != names.SIGNATURE_TIMESTAMP for each in signer.unsigned):
        held.append(signature_timestamp(signer.signature, authority))
    return held


def _witnessed(
    found: Attribute, authority: TimestampAuthority, *, kept: frozenset[bytes]
) -> bytes:
    """Return an attribute with timestamps on the signatures that it holds, if any."""
    if found.oid != names.COUNTER_SIGNATURE or kept.issuperset(found.values):
        return found.der
    values = tuple(
        each if each in kept else _stamped_info(each, authority, kept=kept)
        for each in found.values
    )
    return found.der if values == found.values else attribute(found.oid, *values)


def _stamped_info(
    info: bytes, authority: TimestampAuthority, *, kept: frozenset[bytes]
) -> bytes:
    read = read_signer_info(info, at=_AT)
    attributes = _stamped(read, authority, kept=kept)
    if attributes == [each.der for each in read.unsigned]:
        return info
    return info_with(info, attributes)


def _require_open(message: SignedData) -> None:
    """Refuse what must not be added to (5.5.3).

    Raises:
        UnsupportedError: an earlier form of archive timestamp covers the sets as they
            are.
    """
    for signer in message.signers:
        if any(each.oid in names.EARLIER_ARCHIVES for each in signer.unsigned):
            raise UnsupportedError(
                "an archive timestamp of an earlier form",
                at=signer.at,
                clause="EN 319 122-1 §5.5.3",
            )


def _archive_timestamp(
    message: SignedData, number: int, *, authority: TimestampAuthority, content: bytes
) -> bytes:
    """Return an archive timestamp as an attribute, its index inside (5.5.2, 5.5.3)."""
    signer = message.signers[number]
    index = hash_index(signer, message, hashed=_HASHED)
    token = ask_timestamp(
        archive_imprint(signer, message, content=content, index=index, hashed=_HASHED),
        authority=authority,
        random=secrets.token_bytes,
        hashed=_HASHED,
    )
    held = with_unsigned(
        token.signed, 0, attributes=[attribute(names.HASH_INDEX, index)]
    )
    return attribute(names.ARCHIVE_TIMESTAMP, held)
