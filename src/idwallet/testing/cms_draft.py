"""CMS messages written part by part, so that a fault can be put into any of them.

draft = CmsDraft.of(identity, content=b"a contract", at=pki.at)
draft.to_bytes()                                 # valid
draft.signer.attributes[names.MESSAGE_DIGEST] = (octets(b"another digest"),)
draft.to_bytes()                                 # signed again, and forged
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from idwallet.codec.der import (
    OCTETS,
    OID,
    SET,
    integer,
    sequence,
    set_of,
    time,
    tlv,
)
from idwallet.crypto.algorithms import ECDSA
from idwallet.crypto.signer import Signer
from idwallet.envelope.cms import attribute, names
from idwallet.envelope.cms.attributes import issuer_serial_of
from idwallet.testing.pki import TestIdentity

Bend = Callable[[bytes], bytes]
"""What to alter in octets after all else is done."""


def unbent(octets: bytes) -> bytes:
    """Alter nothing."""
    return octets


def octets(contents: bytes) -> bytes:
    """Return an OCTET STRING."""
    return tlv(OCTETS, contents)


def certificate_v2(certificate: bytes, *, hashed: str = "sha256") -> bytes:
    """Return SigningCertificateV2 of one certificate (RFC 5035 3)."""
    issuer, serial = issuer_serial_of(certificate)
    named = sequence(sequence(tlv(0xA4, issuer)), integer(serial))
    own = b"" if hashed == "sha256" else names.digest_identifier(hashed)
    digest = octets(hashlib.new(hashed, certificate).digest())
    return sequence(sequence(sequence(own, digest, named)))


def certificate_v1(certificate: bytes) -> bytes:
    """Return SigningCertificate, the first version, which digests with SHA-1."""
    digest = hashlib.sha1(certificate, usedforsecurity=False).digest()
    return sequence(sequence(sequence(octets(digest))))


@dataclass
class SignerDraft:
    """One signature, and everything that it says.

    `attributes` are the signed ones by type, each with its values; None for none at
    all. `more` are whole attributes put beside them. `bend_signed` alters the signed
    attributes after signing, `covered` replaces what is signed.
    """

    signer: Signer
    certificate: bytes
    attributes: dict[bytes, tuple[bytes, ...]] | None
    version: int = 1
    sid: bytes = b""
    digest: bytes = b""
    scheme: bytes = b""
    more: tuple[bytes, ...] = ()
    unsigned: tuple[bytes, ...] = ()
    covered: bytes | None = None
    bend_signed: Bend = unbent
    bend_signature: Bend = unbent

    @staticmethod
    def of(
        identity: TestIdentity,
        *,
        content: bytes,
        at: datetime,
        content_type: bytes | None = names.DATA,
    ) -> "SignerDraft":
        """Return a valid signature over content, as CAdES has it."""
        hashed, scheme = names.SIGNS[identity.signer.algorithm]
        certificate = identity.chain[0]
        issuer, serial = issuer_serial_of(certificate)
        attributes: dict[bytes, tuple[bytes, ...]] = {
            names.MESSAGE_DIGEST: (octets(hashlib.new(hashed, content).digest()),),
            names.SIGNING_TIME: (time(at),),
            names.SIGNING_CERTIFICATE_V2: (certificate_v2(certificate),),
        }
        if content_type is not None:
            attributes[names.CONTENT_TYPE] = (tlv(OID, content_type),)
        return SignerDraft(
            signer=identity.signer,
            certificate=certificate,
            attributes=attributes,
            sid=sequence(issuer, integer(serial)),
            digest=names.digest_identifier(hashed),
            scheme=scheme,
        )

    def signed(self) -> bytes:
        """Return the signed attributes as a SET, empty without any."""
        if self.attributes is None:
            return b""
        own = (attribute(kind, *each) for kind, each in self.attributes.items())
        return set_of(*own, *self.more)

    def to_bytes(self, content: bytes = b"") -> bytes:
        """Sign, and return the SignerInfo; `content` is signed without attributes."""
        signed = self.signed()
        message = signed or content if self.covered is None else self.covered
        signature = self.bend_signature(_in_der(self.signer, message))
        return sequence(
            integer(self.version),
            self.sid,
            self.digest,
            b"\xa0" + self.bend_signed(signed)[1:] if signed else b"",
            self.scheme,
            octets(signature),
            tlv(0xA1, *self.unsigned) if self.unsigned else b"",
        )


def _in_der(signer: Signer, message: bytes) -> bytes:
    signature = signer.sign(message)
    if signer.algorithm in ECDSA:
        half = len(signature) // 2
        return encode_dss_signature(
            int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
        )
    return signature


@dataclass
class CmsDraft:
    """A message with its signers. `content` travels inside unless `is_detached`."""

    content: bytes
    signers: list[SignerDraft]
    certificates: tuple[bytes, ...]
    content_type: bytes = names.DATA
    is_detached: bool = False
    version: int = 1
    digests: tuple[bytes, ...] = ()
    revocations: tuple[bytes, ...] = ()
    kind: bytes = field(default=names.SIGNED_DATA)

    @staticmethod
    def of(
        *identities: TestIdentity,
        content: bytes,
        at: datetime,
        content_type: bytes = names.DATA,
    ) -> "CmsDraft":
        """Return a valid message of these signers over content."""
        signers = [
            SignerDraft.of(each, content=content, at=at, content_type=content_type)
            for each in identities
        ]
        certificates = dict.fromkeys(der for each in identities for der in each.chain)
        return CmsDraft(
            content=content,
            signers=signers,
            certificates=tuple(certificates),
            content_type=content_type,
            version=1 if content_type == names.DATA else 3,
            digests=tuple(dict.fromkeys(each.digest for each in signers)),
        )

    @property
    def signer(self) -> SignerDraft:
        """The first signer."""
        return self.signers[0]

    def to_bytes(self) -> bytes:
        """Sign, and return the message."""
        held = b"" if self.is_detached else tlv(0xA0, octets(self.content))
        signed = sequence(
            integer(self.version),
            set_of(*self.digests),
            sequence(tlv(OID, self.content_type), held),
            tlv(0xA0, *self.certificates) if self.certificates else b"",
            tlv(0xA1, *self.revocations) if self.revocations else b"",
            tlv(SET, *(each.to_bytes(self.content) for each in self.signers)),
        )
        return sequence(tlv(OID, self.kind), tlv(0xA0, signed))
