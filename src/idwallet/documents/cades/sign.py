"""CAdES signatures made (ETSI EN 319 122-1)."""

import hashlib
import secrets
from datetime import datetime

from idwallet.crypto.signer import Signer
from idwallet.documents.fit import require_fit
from idwallet.documents.model import (
    CAdES,
    Digested,
    Document,
    Packaging,
    pieces,
    whole,
)
from idwallet.envelope.cms import (
    CmsPlan,
    CmsWriter,
    SignedData,
    attribute,
    digest_content,
    message_digest,
    names,
    read_signed_data,
    stamped_info,
    with_signers,
    with_unsigned,
)
from idwallet.envelope.cms.signer_info import read_signer_info
from idwallet.errors import UsageError
from idwallet.ports import TimestampAuthority
from idwallet.trust.certificate import Certificate
from idwallet.trust.timestamp import ask_timestamp


class CadesSigner:
    """Signs any number of documents of one profile; thread-safe when `signer` is.

    What is the same in every signature is encoded once.
    """

    __slots__ = (
        "_authority",
        "_certificates",
        "_counter",
        "_profile",
        "_signer",
        "_writer",
    )

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
        require_fit(
            profile.level, signer=signer, certificates=certificates, authority=authority
        )
        self._profile = profile
        self._signer = signer
        self._authority = authority
        self._certificates = tuple(each.der for each in certificates)
        self._writer = self._prepared(CmsPlan(certificates=self._certificates))
        self._counter = self._prepared(
            CmsPlan(certificates=self._certificates, content_type=None)
        )

    def _prepared(self, plan: CmsPlan) -> CmsWriter:
        key, algorithm = self._signer.public_key, self._signer.algorithm
        return CmsWriter(plan, public_key=key, algorithm=algorithm)

    def sign(
        self,
        document: Document | Digested,
        *,
        signing_time: datetime,
        beside: bytes | None = None,
    ) -> bytes:
        """Sign a document and return the signature, DER.

        With `beside`, a signature on the same document, both are returned as one
        message.

        Raises:
            UsageError: `signing_time` has no zone, the document is too long to be put
                inside, or `beside` signs another one or in another packaging.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: `beside` is no signature, or the authority
                answered something else.
        """
        first = None if beside is None else read_signed_data(beside, at="beside")
        content = None
        if self._profile.packaging is Packaging.ENVELOPING:
            if isinstance(document, Digested):
                raise UsageError("what is put inside is needed as a whole")
            content = whole(document)
            document = content
        digests = _digests_of(document, self._digests(first))
        if first is not None:
            _require_same(first, digests)
        to_sign = self._writer.prepare(
            digests[self._writer.digest], signing_time=signing_time
        )
        signature = self._signer.sign(to_sign)
        made = self._writer.finish(to_sign, signature, content=content)
        if self._authority is not None:
            made = add_timestamp(made, self._authority)
        if first is None:
            return made
        return with_signers(first, read_signed_data(made, at="signature"))

    @property
    def digest(self) -> str:
        """By which digest a document is signed, as hashlib calls it."""
        return self._writer.digest

    def _digests(self, first: SignedData | None) -> set[str]:
        """Return by which digests to go through the document."""
        others = () if first is None else first.signers
        found = {each.digest for each in others if each.digest is not None}
        return {self._writer.digest, *found}

    def counter_sign(
        self, signature: bytes, *, signing_time: datetime, number: int = 0
    ) -> bytes:
        """Sign a signature: the one of that number, counted from 0 (RFC 5652 11.4).

        Raises:
            UsageError: there is no signature of that number, or `signing_time` has no
                zone.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: it is no signature, or the authority
                answered something else.
        """
        message = read_signed_data(signature, at="signature")
        if not 0 <= number < len(message.signers):
            raise UsageError("there is no signature of that number")
        name = self._counter.digest
        octets = message.signers[number].signature
        digest = digest_content([octets], [name])[name]
        to_sign = self._counter.prepare(digest, signing_time=signing_time)
        info = self._counter.signer_info(to_sign, self._signer.sign(to_sign))
        if self._authority is not None:
            made = read_signer_info(info, at="counter-signature").signature
            held = signature_timestamp(made, self._authority)
            info = stamped_info(info, attributes=[held], at="counter-signature")
        return with_unsigned(
            message,
            number,
            attributes=[attribute(names.COUNTER_SIGNATURE, info)],
            certificates=self._certificates,
        )


def _digests_of(document: Document | Digested, names: set[str]) -> dict[str, bytes]:
    if not isinstance(document, Digested):
        return digest_content(pieces(document), names)
    if not names <= document.digests.keys():
        raise UsageError("the document was not digested by a digest that is needed")
    return {name: document.digests[name] for name in names}


def _require_same(first: SignedData, digests: dict[str, bytes]) -> None:
    """Require that every signature there is one on this document, as far as it says."""
    for each in first.signers:
        if each.digest is None or message_digest(each) != digests[each.digest]:
            raise UsageError("the signature beside is one on another document")


def signature_timestamp(signature: bytes, authority: TimestampAuthority) -> bytes:
    """Return a timestamp on a signature value as an attribute (EN 319 122-1 5.3)."""
    token = ask_timestamp(
        hashlib.sha256(signature).digest(),
        authority=authority,
        random=secrets.token_bytes,
        hashed="sha256",
    )
    return attribute(names.SIGNATURE_TIMESTAMP, token.der)


def add_timestamp(message: bytes, authority: TimestampAuthority) -> bytes:
    """Return the message with a timestamp on its one signature.

    Raises:
        PortError, MalformedError, UnsupportedError: see `CadesSigner.sign`.
    """
    found = read_signed_data(message, at="signature")
    held = signature_timestamp(found.signers[0].signature, authority)
    return with_unsigned(found, 0, attributes=[held])
