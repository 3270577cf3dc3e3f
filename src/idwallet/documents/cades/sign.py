"""CAdES signatures made (ETSI EN 319 122-1)."""

import hashlib
import secrets
from datetime import datetime

from idwallet.crypto.signer import Signer
from idwallet.documents.model import (
    CAdES,
    Document,
    Level,
    Packaging,
    pieces,
    whole,
)
from idwallet.envelope.cms import (
    CmsPlan,
    CmsWriter,
    attribute,
    digest_content,
    names,
    read_signed_data,
    with_unsigned,
)
from idwallet.errors import UsageError
from idwallet.ports import TimestampAuthority
from idwallet.trust.certificate import Certificate
from idwallet.trust.timestamp import ask_timestamp


class CadesSigner:
    """Signs any number of documents of one profile; thread-safe when `signer` is.

    What is the same in every signature is encoded once.
    """

    __slots__ = ("_authority", "_profile", "_signer", "_writer")

    def __init__(
        self,
        profile: CAdES,
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
        if certificates[0].public_key != signer.public_key:
            raise UsageError("the first certificate is not of the signer's key")
        if (profile.level is Level.B_T) is not (authority is not None):
            raise UsageError(
                "a level with a timestamp, and no other, needs an authority"
            )
        self._profile = profile
        self._signer = signer
        self._authority = authority
        self._writer = CmsWriter(
            CmsPlan(certificates=tuple(each.der for each in certificates)),
            public_key=signer.public_key,
            algorithm=signer.algorithm,
        )

    def sign(self, document: Document, *, signing_time: datetime) -> bytes:
        """Sign a document and return the signature, DER.

        Raises:
            UsageError: `signing_time` has no zone, or the document is too long to be
                put inside.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: the authority answered something else.
        """
        content = None
        if self._profile.packaging is Packaging.ENVELOPING:
            content = whole(document)
            document = content
        name = self._writer.digest
        digest = digest_content(pieces(document), [name])[name]
        to_sign = self._writer.prepare(digest, signing_time=signing_time)
        signature = self._signer.sign(to_sign)
        made = self._writer.finish(to_sign, signature, content=content)
        return made if self._authority is None else add_timestamp(made, self._authority)


def add_timestamp(message: bytes, authority: TimestampAuthority) -> bytes:
    """Return the message with a timestamp on its one signature (EN 319 122-1 5.3).

    Raises:
        PortError, MalformedError, UnsupportedError: see `CadesSigner.sign`.
    """
    found = read_signed_data(message, at="signature")
    stamped = hashlib.sha256(found.signers[0].signature).digest()
    token = ask_timestamp(
        stamped, authority=authority, random=secrets.token_bytes, hashed="sha256"
    )
    held = attribute(names.SIGNATURE_TIMESTAMP, token.der)
    return with_unsigned(found, 0, attributes=[held])
