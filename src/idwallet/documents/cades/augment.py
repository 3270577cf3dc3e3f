"""CAdES signatures raised to B-T, B-LT and B-LTA, and archives renewed (EN 319 122-1).

What is there stays as it came, octet for octet: an archive timestamp covers it so
(5.5.3). An archive timestamp is on one signature of a message with all that stands on
it, and on the certificates and evidence of the whole (5.5.1).
"""

import secrets
from typing import Final

from idwallet.documents.cades.index import archive_imprint, hash_index
from idwallet.documents.cades.sign import signature_timestamp
from idwallet.documents.judging.settled import Settled
from idwallet.documents.model import Document, pieces
from idwallet.envelope.cms import (
    SignedData,
    attribute,
    digest_content,
    names,
    read_signed_data,
    with_material,
    with_unsigned,
)
from idwallet.errors import UnsupportedError, UsageError
from idwallet.ports import TimestampAuthority
from idwallet.trust.timestamp import ask_timestamp

_AT: Final = "signature"
_HASHED: Final = "sha256"


class CadesAugmenter:
    """Raises the level of CMS messages; see `Augments`."""

    def stamped(self, signed: bytes, *, authority: TimestampAuthority) -> bytes:
        """Put a timestamp on every signature that has none (5.3)."""
        for n in range(len(read_signed_data(signed, at=_AT).signers)):
            message = read_signed_data(signed, at=_AT)
            signer = message.signers[n]
            if any(each.oid == names.SIGNATURE_TIMESTAMP for each in signer.unsigned):
                continue
            held = signature_timestamp(signer.signature, authority)
            signed = with_unsigned(message, n, attributes=[held])
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
