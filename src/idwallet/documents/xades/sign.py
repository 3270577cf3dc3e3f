"""XAdES signatures made (ETSI EN 319 132-1)."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from idwallet.codec.xml import Canonicalization, XmlDocument
from idwallet.crypto.signer import Signer
from idwallet.documents.fit import require_fit
from idwallet.documents.model import Digested, Documents, XAdES
from idwallet.documents.xades import names
from idwallet.documents.xades.beside import put_beside
from idwallet.documents.xades.placing import signatures_in, with_properties
from idwallet.documents.xades.properties import (
    PropertyWriter,
    counter_signature,
    qualifying,
    signed_id,
    timestamp,
)
from idwallet.documents.xades.targets import (
    Target,
    digested_target,
    require_open,
    target_of,
)
from idwallet.envelope.xmldsig import (
    COUNTERSIGNED,
    PART,
    SIGNED_PROPERTIES,
    NewReference,
    XmlWriter,
    signature_value,
)
from idwallet.errors import UnsupportedError, UsageError
from idwallet.ports import TimestampAuthority
from idwallet.trust.certificate import Certificate
from idwallet.trust.timestamp import ask_timestamp

_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class XadesDraft:
    """A signature that lacks nothing but its value: `to_sign` is what the key signs."""

    to_sign: bytes = field(repr=False)
    properties: bytes = field(repr=False)
    target: Target = field(repr=False)


class XadesSigner:
    """Signs any number of documents of one profile; thread-safe when `signer` is.

    What is the same in every signature is written once.
    """

    __slots__ = (
        "_authority",
        "_certificate",
        "_profile",
        "_properties",
        "_signer",
        "_writer",
    )

    def __init__(
        self,
        profile: XAdES,
        *,
        signer: Signer,
        certificates: tuple[Certificate, ...],
        authority: TimestampAuthority | None = None,
    ) -> None:
        """Prepare the signatures.

        Raises:
            UnsupportedError: the algorithm has no identifier for XML signatures.
            UsageError: the first certificate is not of the signer's key, or a level
                with a timestamp has no authority to ask, or one without has one.
        """
        require_fit(
            profile.level, signer=signer, certificates=certificates, authority=authority
        )
        self._profile = profile
        self._signer = signer
        self._authority = authority
        self._certificate = certificates[0].der
        self._writer = XmlWriter(
            signer.public_key,
            algorithm=signer.algorithm,
            certificates=tuple(each.der for each in certificates),
        )
        self._properties = PropertyWriter(
            profile, certificate=certificates[0].der, digest=self._writer.digest
        )

    def sign(
        self,
        document: Documents,
        *,
        signing_time: datetime,
        beside: bytes | None = None,
    ) -> bytes:
        """Sign documents and return the XML with the signature in it.

        With `beside`, a signature on the same documents that is not in one of them,
        both are returned as one file.

        Raises:
            UsageError: `signing_time` has no zone, the documents are not what the
                packaging takes, or `beside` signs others, or in another packaging.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: what is signed from within is no XML,
                `beside` is no signature, or the authority answered something else.
        """
        draft = self.prepare(document, signing_time=signing_time, beside=beside)
        signature = self._signer.sign(draft.to_sign)
        return self.finish(draft, signature, beside=beside)

    def prepare(
        self,
        document: Documents,
        *,
        signing_time: datetime,
        beside: bytes | None = None,
    ) -> XadesDraft:
        """Return what is to be signed; raises as `sign` does before the key is asked.

        The same documents, moment, certificate and signatures beside are prepared as
        the same octets, so that a key elsewhere can sign them in between.
        """

        def name(fingerprint: bytes) -> str:
            return self._identifier(signing_time, fingerprint, beside or b"")

        target = target_of(
            document, self._profile, name=name, digest=self._writer.digest
        )
        return self._draft(target, signing_time=signing_time)

    def sign_digested(
        self, documents: Mapping[str, Digested], *, signing_time: datetime
    ) -> bytes:
        """Sign documents apart of which only the digests are at hand, by their names.

        Raises:
            UsageError: `signing_time` has no zone, there are too many documents, or one
                was not digested by `digest`.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: the authority answered something else.
        """
        by = self._writer.digest
        if any(by not in each.digests for each in documents.values()):
            raise UsageError("a document was not digested by a digest that is needed")
        values = {name: each.digests[by] for name, each in documents.items()}

        def name(fingerprint: bytes) -> str:
            return self._identifier(signing_time, fingerprint, b"")

        target = digested_target(values, self._profile, name=name)
        draft = self._draft(target, signing_time=signing_time)
        return self.finish(draft, self._signer.sign(draft.to_sign))

    @property
    def digest(self) -> str:
        """By which digest a document is signed, as hashlib calls it."""
        return self._writer.digest

    def _draft(self, target: Target, *, signing_time: datetime) -> XadesDraft:
        own = target.identifier
        properties = self._properties.write(
            own, signing_time=signing_time, described=target.described
        )
        references = (*target.references, self._to(own, properties))
        to_sign = self._writer.prepare(references)
        return XadesDraft(to_sign, properties, target)

    def _identifier(self, signing_time: datetime, *on: bytes) -> str:
        """Return what a signature of these is called, and no other one.

        Raises:
            UsageError: `signing_time` has no zone.
        """
        if signing_time.utcoffset() is None:
            raise UsageError("the time of signing needs a zone")
        moment = signing_time.astimezone(UTC).isoformat().encode("ascii")
        hashed = hashlib.sha256(self._certificate)
        for each in (moment, *on):
            hashed.update(hashlib.sha256(each).digest())
        return f"id-{hashed.hexdigest()[:32]}"

    def _to(self, identifier: str, properties: bytes) -> NewReference:
        """Return the reference to the signed properties (EN 319 132-1 4.4.2)."""
        digest = hashlib.new(self._writer.digest, properties).digest()
        uri = f"#{signed_id(identifier)}"
        return NewReference(uri, digest, PART, type=SIGNED_PROPERTIES)

    def finish(
        self, draft: XadesDraft, signature: bytes, *, beside: bytes | None = None
    ) -> bytes:
        """Return the XML with the signature in it; raises as `sign` does afterwards.

        Whether `signature` is one of the key over the draft is for whoever got it to
        see (`TwoStepSigner.finish`).
        """
        element = self._element(draft, signature)
        target = draft.target
        if target.document is not None:
            if beside is not None:
                raise UsageError(
                    "what is signed from within holds the other signatures: sign it"
                )
            return target.document.with_octets([(target.document.root, element)])
        if beside is None:
            return _DECLARATION + element
        return put_beside(beside, element, target=target)

    def _element(self, draft: XadesDraft, signature: bytes) -> bytes:
        own, held = draft.target.identifier, draft.target.held
        unsigned = b""
        if self._authority is not None:
            unsigned = _stamped(signature, identifier=own, authority=self._authority)
        properties = qualifying(own, draft.properties, unsigned=unsigned)
        return self._writer.finish(
            draft.to_sign,
            signature,
            identifier=own,
            objects=[held, properties] if held else [properties],
        )

    def counter_sign(
        self, signature: bytes, *, signing_time: datetime, number: int = 0
    ) -> bytes:
        """Sign a signature: the one of that number, counted from 0 (5.2.7.2).

        Raises:
            UsageError: there is no signature of that number, `signing_time` has no
                zone, or another signature covers this one, and would be broken.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: it is no XAdES signature, its value has no
                identifier, or the authority answered something else.
        """
        document = XmlDocument.from_bytes(signature, at="signature")
        found = signatures_in(document, at="signature")
        if not 0 <= number < len(found):
            raise UsageError("there is no signature of that number")
        require_open(document, beside=found[number].node)
        values = found[number].node.children(names.VALUE)
        name = values[0].attribute("Id") if len(values) == 1 else None
        if name is None:
            raise UnsupportedError(
                "a signature value without an identifier",
                at="signature",
                clause="EN 319 132-1 §5.2.7.2",
            )
        own = self._identifier(signing_time, signature, b"%d" % number)
        octets = values[0].canonical(Canonicalization.EXCLUSIVE)
        digest = hashlib.new(self._writer.digest, octets).digest()
        properties = self._properties.write(own, signing_time=signing_time)
        to_sign = self._writer.prepare(
            [
                NewReference(f"#{name}", digest, PART, type=COUNTERSIGNED),
                self._to(own, properties),
            ]
        )
        draft = XadesDraft(to_sign, properties, Target(own, (), ()))
        element = self._element(draft, self._signer.sign(to_sign))
        held = counter_signature(element)
        return with_properties(document, [(found[number].node, held)])


def _stamped(
    signature: bytes, *, identifier: str, authority: TimestampAuthority
) -> bytes:
    """Return a timestamp on a signature value as a property (5.3)."""
    octets = signature_value(signature, identifier=identifier)
    token = ask_timestamp(
        hashlib.sha256(octets).digest(),
        authority=authority,
        random=secrets.token_bytes,
        hashed="sha256",
    )
    return timestamp(token.der, identifier=f"{identifier}-time")
