"""PAdES signatures made (ETSI EN 319 142-1)."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec.pdf import PdfFile, Source, read_pdf
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import Signer
from idwallet.documents.fit import require_fit
from idwallet.documents.model import Document, whole
from idwallet.documents.pades.profile import PAdES
from idwallet.documents.pades.signing.dictionary import Draft
from idwallet.documents.pades.signing.prepare import prepare_signature
from idwallet.documents.pades.signing.unusual import prepare_unusual
from idwallet.envelope.cms import (
    CmsPlan,
    CmsWriter,
    attribute,
    names,
    read_signed_data,
    with_unsigned,
)
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.ports import TimestampAuthority
from idwallet.trust.certificate import Certificate
from idwallet.trust.timestamp import ask_timestamp

_ATTRIBUTE: Final = 64
"""What a timestamp takes beside itself as an attribute of the message."""


class PadesSigner:
    """Signs any number of PDF files of one profile; thread-safe when `signer` is.

    What is the same in every signature is encoded once.
    """

    __slots__ = ("_authority", "_profile", "_room", "_signer", "_writer")

    def __init__(
        self,
        profile: PAdES,
        *,
        signer: Signer,
        certificates: tuple[Certificate, ...],
        authority: TimestampAuthority | None = None,
    ) -> None:
        """Prepare the signatures.

        Raises:
            UsageError: the first certificate is not of the signer's key, or a level
                with a timestamp has no authority to ask, or one without has one.
        """
        require_fit(
            profile.level, signer=signer, certificates=certificates, authority=authority
        )
        self._profile = profile
        self._signer = signer
        self._authority = authority
        plan = CmsPlan(certificates=tuple(each.der for each in certificates))
        key = signer.public_key
        self._writer = CmsWriter(plan, public_key=key, algorithm=signer.algorithm)
        self._room = message_room(self._writer, signer)
        if authority is not None:
            self._room += limits.PADES_TIMESTAMP_BYTES + _ATTRIBUTE

    def sign(
        self, document: Document, *, signing_time: datetime, beside: bytes | None = None
    ) -> bytes:
        """Return the document with its signature.

        Raises:
            UsageError: `signing_time` has no zone, or there is something beside; or see
                `prepare_signature`.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, LimitError, UnsupportedError: the document cannot be signed
                as it is; or the authority answered something else.
        """
        if beside is not None:
            raise UsageError("further signers sign the document that is signed already")
        octets = document if isinstance(document, bytes) else whole(document)
        _require_zone(signing_time)
        draft = self._any_draft(octets, signing_time=signing_time)
        return octets + self._signed(draft, [octets])

    def appended(
        self, source: Source, document: Iterable[bytes], *, signing_time: datetime
    ) -> bytes:
        """Return what is appended to a document that is read where it needs to be.

        `source` is the document at random access, `document` all of it in pieces: a
        long one is never held.

        Raises:
            UsageError, SignerError, PortError, MalformedError, LimitError,
            UnsupportedError: see `sign`.
        """
        _require_zone(signing_time)
        draft = self._drafted(read_pdf(source), signing_time=signing_time)
        return self._signed(draft, document)

    def _signed(self, draft: Draft, document: Iterable[bytes]) -> bytes:
        digest = draft.digest(document, name=self._writer.digest)
        to_sign = self._writer.prepare(digest, signing_time=None)
        message = self._writer.finish(to_sign, self._signer.sign(to_sign))
        if self._authority is not None:
            message = with_timestamp(message, self._authority)
        return draft.filled(message)

    def _drafted(self, file: PdfFile, *, signing_time: datetime) -> Draft:
        return prepare_signature(
            file, self._profile, signing_time=signing_time, room=self._room
        )

    def _any_draft(self, octets: bytes, *, signing_time: datetime) -> Draft:
        """Prepare a file; one whose frame is not read too (`prepare_unusual`).

        What is wrong within a file that is read stays refused: another reader would
        choose among what it says.
        """
        try:
            file = read_pdf(octets)
        except LimitError:
            raise
        except MalformedError:
            found = prepare_unusual(
                octets, self._profile, signing_time=signing_time, room=self._room
            )
            if found is None:
                raise
            return found
        return self._drafted(file, signing_time=signing_time)

    def counter_sign(
        self, signature: bytes, *, signing_time: datetime, number: int = 0
    ) -> bytes:
        """Refuse: a PDF file has no signatures on signatures (EN 319 142-1 6.3).

        Raises:
            UsageError: always.
        """
        del signature, signing_time, number
        raise UsageError("a PDF file has no counter-signatures: sign the file again")


def _require_zone(moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise UsageError("the time of signing needs a zone")


def message_room(writer: CmsWriter, signer: Signer) -> int:
    """Return how many octets the longest message of a signer takes."""
    digest = bytes(hashlib.new(writer.digest).digest_size)
    longest = b"\xff" * _signature_bytes(signer.public_key, signer)
    return len(writer.finish(writer.prepare(digest, signing_time=None), longest))


def _signature_bytes(key: PublicKey, signer: Signer) -> int:
    fixed = signer.algorithm.signature_bytes
    if fixed:
        return fixed
    # Of RSA, whose signatures are as long as the modulus.
    return (int(getattr(key.native, "key_size", limits.RSA_BITS)) + 7) // 8


def with_timestamp(message: bytes, authority: TimestampAuthority) -> bytes:
    """Return a message with a timestamp on its signature (EN 319 142-1 5.3).

    Raises:
        PortError: the authority cannot be reached, or refused.
        MalformedError, UnsupportedError: it answered something else.
    """
    found = read_signed_data(message, at="signature")
    token = ask_timestamp(
        hashlib.sha256(found.signers[0].signature).digest(),
        authority=authority,
        random=secrets.token_bytes,
        hashed="sha256",
    )
    held = attribute(names.SIGNATURE_TIMESTAMP, token.der)
    return with_unsigned(found, 0, attributes=[held])
