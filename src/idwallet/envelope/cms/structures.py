"""Signed data that was read and not yet judged, and what judging it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from idwallet.crypto.schemes import SignatureScheme
from idwallet.report import Reason


class Attribute(NamedTuple):
    """An attribute as received: its type, its values, and all of it, each DER."""

    oid: bytes
    values: tuple[bytes, ...]
    der: bytes

    def __repr__(self) -> str:
        """Show nothing of it."""
        return f"Attribute(<{len(self.values)} values>)"


class IssuerSerial(NamedTuple):
    """Which certificate: the DER of its issuer's name, and its serial number."""

    issuer: bytes
    serial: int

    def __repr__(self) -> str:
        """Show nothing: it points to a person."""
        return "IssuerSerial(<...>)"


class CertificateReference(NamedTuple):
    """Which certificate a signature says that it was made with (RFC 5035 section 4).

    `hashed` is a name of hashlib, ``sha1`` in the first version alone; None where it is
    a digest that is not made here.
    """

    hashed: str | None
    digest: bytes
    issuer_serial: IssuerSerial | None

    def __repr__(self) -> str:
        """Name the digest only."""
        return f"CertificateReference(<{self.hashed}>)"


@dataclass(frozen=True, slots=True)
class SignerInfo:
    """One signature with what it says; nothing of it is believed yet.

    `sid` is how it names its certificate: issuer and serial number, or the subject key
    identifier. `digest` is the name of hashlib of what the content is digested with,
    `scheme` how it was signed; either is None where it is none of ours, `scheme` too
    where the two do not go together. `attributes` are the signed ones by their type,
    `signed` the octets that the signature covers: they as received, under the tag of a
    SET (RFC 5652 section 5.4), empty where there are none. `unsigned` was added by
    anybody. `at` says where it stands.
    """

    sid: IssuerSerial | bytes
    digest: str | None
    scheme: SignatureScheme | None
    attributes: Mapping[bytes, Attribute] = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    unsigned: tuple[Attribute, ...] = field(repr=False)
    der: bytes = field(repr=False)
    at: str


@dataclass(frozen=True, slots=True)
class SignedData:
    """A SignedData (RFC 5652 section 5.1) as it came, cut in its parts.

    `content` is None where it came apart. `certificates`, `crls` and `responses` (OCSP,
    RFC 5940) are DER and hints: anybody may have put them there. `parts` is what an
    altered copy is made of.
    """

    content_type: bytes
    content: bytes | None = field(repr=False)
    certificates: tuple[bytes, ...] = field(repr=False)
    crls: tuple[bytes, ...] = field(repr=False)
    responses: tuple[bytes, ...] = field(repr=False)
    signers: tuple[SignerInfo, ...]
    digests: frozenset[str]
    parts: "Parts" = field(repr=False)


class Parts(NamedTuple):
    """The encoded parts of a SignedData as received, without those of the signers.

    `certificates` and `revocations` are the elements of the two sets.
    """

    version: int
    digests: tuple[bytes, ...]
    encapsulated: bytes
    certificates: tuple[bytes, ...]
    revocations: tuple[bytes, ...]


class SignerJudgement(NamedTuple):
    """What became of a signature: three answers that do not wait for each other.

    `signature` is about the signature value: VALID, INVALID, ALGORITHM_NOT_ALLOWED,
    KEY_UNUSABLE, or ABSENT without signed attributes. `content` is MATCHES,
    INTEGRITY_MISMATCH, TYP_MISMATCH where another type was signed, or NOT_AT_HAND.
    `certificate` is about the one it says it was made with: MATCHES, MISMATCH, ABSENT
    where it says nothing. `signing_time` is what the signer says, proven by nothing.
    """

    signature: Reason
    content: Reason
    certificate: Reason
    signing_time: datetime | None = None

    @property
    def is_valid(self) -> bool:
        """Whether all three say yes."""
        return self[:3] == (Reason.VALID, Reason.MATCHES, Reason.MATCHES)
