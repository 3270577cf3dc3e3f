"""PAdES signatures raised to B-T, B-LT and B-LTA, and archives renewed (EN 319 142-1).

Each step is an update: what is there is not touched, so that every signature stands. A
timestamp that comes later is one on the document, and covers all signatures in it.
"""

import secrets
from typing import Final

from idwallet import limits
from idwallet.codec.pdf import read_pdf
from idwallet.documents.judging.settled import Settled
from idwallet.documents.model import Document
from idwallet.documents.pades.signing.prepare import prepare_timestamp
from idwallet.documents.pades.signing.store import stored
from idwallet.ports import TimestampAuthority
from idwallet.trust.timestamp import ask_timestamp

_HASHED: Final = "sha256"


class PadesAugmenter:
    """Raises the level of PDF files; see `Augments`."""

    def stamped(self, signed: bytes, *, authority: TimestampAuthority) -> bytes:
        """Put a timestamp on the document, and so on each signature (6.3, table 1)."""
        return with_document_timestamp(signed, authority=authority)

    def completed(self, signed: bytes, *, settled: Settled) -> bytes:
        """Add certificates and evidence to the document's store (5.4.2)."""
        return signed + stored(read_pdf(signed), settled.material)

    def archived(
        self, signed: bytes, *, authority: TimestampAuthority, document: Document | None
    ) -> bytes:
        """Put a timestamp on the document with all that is in its store (5.4.3)."""
        del document  # it is never apart
        return with_document_timestamp(signed, authority=authority)


def with_document_timestamp(signed: bytes, *, authority: TimestampAuthority) -> bytes:
    """Return a PDF file with a timestamp on all of it (ISO 32000-2 12.8.5).

    Raises:
        PortError: the authority cannot be reached, or refused.
        UnsupportedError: an encrypted or hybrid file, or a form of XFA; or an answer of
            the authority that is not read here.
        MalformedError, LimitError: the file is broken where it is read, or the
            authority answered something else, or more than there is room for.
    """
    draft = prepare_timestamp(read_pdf(signed), room=limits.PADES_TIMESTAMP_BYTES)
    token = ask_timestamp(
        draft.digest([signed], name=_HASHED),
        authority=authority,
        random=secrets.token_bytes,
        hashed=_HASHED,
    )
    return signed + draft.filled(token.der)
