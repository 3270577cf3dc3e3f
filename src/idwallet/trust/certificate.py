"""X.509 certificates, read once into frozen values (RFC 5280 section 4)."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from idwallet import limits
from idwallet.codec.text import show
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.kinds import P256
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.trust.extensions import (
    Broken,
    Foreign,
    KeyUsage,
    name_of,
    stated_by,
)
from idwallet.trust.frame import Frame, Signed, frame_of
from idwallet.trust.names import GeneralName, NameConstraints, NameKind, Rdns

__all__ = ["Certificate", "KeyUsage"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A version 3 certificate that keeps the rules of RFC 5280 section 4.

    `subject` and `issuer` are RFC 4514 text as the certificate has it: pass it through
    `idwallet.codec.text.show` (or take `shown`) before anybody sees it. `names` holds
    every name that a name constraint may judge, `alternative_names` those of the
    subject alternative name. `key_usage` and
    `extended_key_usage` (dotted OIDs) are None when the extension is absent.
    `unsupported` names what makes the certificate unusable in any path: critical
    extensions unknown here, and policy constraints. `extensions` are the dotted OIDs of
    all that are there, `critical` of the critical ones. `signed` is what its issuer's
    signature covers. Two certificates are equal when their bytes are.
    """

    der: bytes = field(repr=False)
    native: x509.Certificate = field(repr=False, compare=False)
    subject: str = field(compare=False)
    issuer: str = field(compare=False)
    subject_der: bytes = field(repr=False, compare=False)
    issuer_der: bytes = field(repr=False, compare=False)
    not_before: datetime = field(compare=False)
    not_after: datetime = field(compare=False)
    public_key: PublicKey = field(repr=False, compare=False)
    is_ca: bool = field(compare=False)
    path_length: int | None = field(compare=False)
    key_usage: frozenset[KeyUsage] | None = field(repr=False, compare=False)
    extended_key_usage: frozenset[str] | None = field(repr=False, compare=False)
    san_dns: tuple[str, ...] = field(compare=False)
    san_uri: tuple[str, ...] = field(compare=False)
    alternative_names: tuple[GeneralName, ...] = field(repr=False, compare=False)
    constraints: NameConstraints | None = field(repr=False, compare=False)
    subject_key_id: bytes | None = field(repr=False, compare=False)
    authority_key_id: bytes | None = field(repr=False, compare=False)
    unsupported: tuple[str, ...] = field(repr=False, compare=False)
    extensions: frozenset[str] = field(repr=False, compare=False)
    critical: frozenset[str] = field(repr=False, compare=False)
    signed: Signed = field(repr=False, compare=False)

    @staticmethod
    def from_der(der: bytes, *, at: str) -> "Certificate":
        """Read a DER certificate; a short one that was read lately comes from a memo.

        Raises:
            LimitError: it is larger than `limits.CERTIFICATE_BYTES`.
            MalformedError: it is no certificate, or breaks RFC 5280 section 4.
            UnsupportedError: its version, key or a name is of a kind not read here.
        """
        if len(der) > limits.CERTIFICATE_BYTES:
            raise LimitError("certificate too long", at=at, clause="idwallet limits")
        # A long one with thousands of names takes a megabyte when read, and is read
        # before anybody trusts it: a stranger must not fill the memo with such.
        remembered = len(der) <= limits.CERTIFICATE_CACHE_BYTES
        try:
            return _remembered(bytes(der)) if remembered else _read(bytes(der))
        except Broken as broken:
            raise MalformedError(broken.what, at=at, clause=broken.clause) from broken
        except Foreign as foreign:
            raise UnsupportedError(
                foreign.what, at=at, clause=foreign.clause
            ) from foreign

    @property
    def sha256(self) -> bytes:
        """The digest of `der`."""
        return hashlib.sha256(self.der).digest()

    @property
    def names(self) -> tuple[GeneralName, ...]:
        """Every name that a name constraint may judge."""
        rdns, _ = name_of(self.subject_der)
        return _subject_names(rdns) + self.alternative_names

    @property
    def self_issued(self) -> bool:
        """Whether subject and issuer are one name (RFC 5280 3.2)."""
        return self.subject_der == self.issuer_der

    @property
    def shown(self) -> str:
        """A name for people: subject, else a subject alternative name; always safe."""
        return show(self.subject or next(iter(self.san_uri + self.san_dns), "?"))


def _read(der: bytes) -> Certificate:
    native, frame = _load(der)
    stated, subject_key_id = stated_by(native, frame.extensions)
    issuer_rdns, issuer = name_of(frame.issuer)
    rdns, subject = name_of(frame.subject)
    if not issuer_rdns:
        raise Broken("the issuer has no name", clause="RFC 5280 §4.1.2.4")
    if not rdns and not stated.names:
        raise Broken("the subject has no name", clause="RFC 5280 §4.1.2.6")
    return Certificate(
        der=der,
        native=native,
        subject=subject,
        issuer=issuer,
        subject_der=frame.subject,
        issuer_der=frame.issuer,
        not_before=native.not_valid_before_utc,
        not_after=native.not_valid_after_utc,
        public_key=_public_key(native, frame.key),
        is_ca=stated.is_ca,
        path_length=stated.path_length,
        key_usage=stated.key_usage,
        extended_key_usage=stated.extended_key_usage,
        san_dns=stated.san_dns,
        san_uri=stated.san_uri,
        alternative_names=stated.names,
        constraints=stated.constraints,
        subject_key_id=subject_key_id,
        authority_key_id=stated.authority_key_id,
        unsupported=stated.unsupported,
        extensions=stated.extensions,
        critical=stated.critical,
        signed=frame.signed,
    )


_remembered: Final = lru_cache(maxsize=limits.CERTIFICATE_CACHE_ENTRIES)(_read)


def _load(der: bytes) -> tuple[x509.Certificate, Frame]:
    try:
        frame = frame_of(der)
        if frame.serial <= 0:
            raise Broken("serial number is not positive", clause="RFC 5280 §4.1.2.2")
        native = x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion, Warning) as error:
        raise Broken("not a DER certificate", clause="RFC 5280 §4.1") from error
    if native.version is not x509.Version.v3:
        raise Foreign("not version 3", clause="RFC 5280 §4.1.2.1")
    if der[-len(native.signature) - 1]:
        # Not signed, and not heeded when verified: one certificate would have several
        # forms, and each of them another digest.
        raise Broken("bits of the signature unused", clause="RFC 5280 §4.1.1.3")
    return native, frame


_P256_BYTES: Final = P256.spki_bytes


def _public_key(native: x509.Certificate, key: bytes) -> PublicKey:
    if len(key) == _P256_BYTES and key.startswith(P256.head):
        try:
            return PublicKey.from_point(P256, key[len(P256.head) :], at="key")
        except (UnsupportedError, MalformedError):
            pass  # below it is said why
    try:
        return PublicKey.from_native(native.public_key())
    except UnsupportedAlgorithm as error:
        raise Foreign("key of unread kind", clause="RFC 5280 §4.1.2.7") from error
    except (UnsupportedError, MalformedError) as error:
        raise Foreign(error.what, clause=error.clause) from error
    except ValueError as error:
        raise Broken("a malformed key", clause="RFC 5280 §4.1.2.7") from error


def _subject_names(rdns: Rdns) -> tuple[GeneralName, ...]:
    """The subject as a directory name, with the mailboxes that stand in it.

    RFC 5280 4.2.1.10 holds a mailbox in the subject against e-mail constraints when
    no alternative name has one; here it is held against them always.
    """
    mailboxes = tuple(
        GeneralName(NameKind.EMAIL, text=value)
        for rdn in rdns
        for oid, value in sorted(rdn)
        if oid == _EMAIL_ADDRESS
    )
    return (GeneralName(NameKind.DIRECTORY, rdns=rdns), *mailboxes) if rdns else ()


_EMAIL_ADDRESS: Final = NameOID.EMAIL_ADDRESS.dotted_string
