"""X.509 certificates, read once into frozen values (RFC 5280 section 4)."""

import hashlib
from datetime import datetime
from functools import lru_cache, partial
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from idwallet import limits
from idwallet.codec.text import show
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.kinds import P256
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.trust.alike import Alike, Differing
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


class _Said(NamedTuple):
    """The fields of a `Certificate`; first those in which each differs."""

    der: bytes
    not_before: datetime
    not_after: datetime
    public_key: PublicKey
    subject_key_id: bytes | None
    signed: Signed
    subject: str
    subject_der: bytes
    issuer: str
    issuer_der: bytes
    is_ca: bool
    path_length: int | None
    key_usage: frozenset[KeyUsage] | None
    extended_key_usage: frozenset[str] | None
    san_dns: tuple[str, ...]
    san_uri: tuple[str, ...]
    alternative_names: tuple[GeneralName, ...]
    constraints: NameConstraints | None
    authority_key_id: bytes | None
    unsupported: tuple[str, ...]
    extensions: frozenset[str]
    critical: frozenset[str]


class Certificate(_Said):
    """A version 3 certificate that keeps the rules of RFC 5280 section 4.

    `subject` and `issuer` are RFC 4514 text as the certificate has it: pass it through
    `idwallet.codec.text.show` (or take `shown`) before anybody sees it. `names` holds
    every name that a name constraint may judge, `alternative_names` those of the
    subject alternative name. `key_usage` and
    `extended_key_usage` (dotted OIDs) are None when the extension is absent.
    `unsupported` names what makes the certificate unusable in any path: critical
    extensions unknown here, and policy constraints. `extensions` are the dotted OIDs of
    all that are there, `critical` of the critical ones. `signed` is what its issuer's
    signature covers. Two certificates are equal when their bytes are. It is a named
    tuple because each signer that is new has one: a tenth of the time of a dataclass.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Compare the bytes."""
        if not isinstance(other, Certificate):
            return NotImplemented
        return self.der == other.der

    def __ne__(self, other: object) -> bool:
        """Compare the bytes."""
        return not self == other

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self.der)

    def __repr__(self) -> str:
        """Show who certified whom, until when."""
        until = f"{self.not_after:%Y-%m-%d}"
        return f"Certificate({self.subject!r} by {self.issuer!r}, until {until})"

    @property
    def native(self) -> x509.Certificate:
        """The same certificate as `cryptography` reads it, anew each time."""
        return x509.load_der_x509_certificate(self.der)

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
    found = _alike.find(der)
    if found is not None:
        certificate = _like(*found, der=der)
        if certificate is not None:
            return certificate
    return _read_in_full(der)


_alike: Final[Alike[Certificate]] = Alike()


def _like(
    known: Certificate, differing: Differing, *, der: bytes
) -> Certificate | None:
    """Return the certificate that differs so from one that was read in full."""
    since, until, subject, point, key_id, signed = differing
    shared = known[_SHARED:]
    try:
        if subject != known.subject_der:
            rdns, text = name_of(subject)
            if not rdns:
                return None
            # Of a name that is new, `cryptography` may be stricter.
            x509.load_der_x509_certificate(der)
            shared = (text, subject, *shared[2:])
        key = PublicKey.from_point(P256, point, at="key")
    except (Broken, UnsupportedError, MalformedError, ValueError, Warning):
        return None  # in full it is said why
    return _made((der, since, until, key, key_id, signed, *shared))


_SHARED: Final = _Said._fields.index("subject")
# As the type itself, in half of the time: no Python code runs.
_made: Final = partial(tuple.__new__, Certificate)


def _read_in_full(der: bytes) -> Certificate:
    native, frame = _load(der)
    stated, subject_key_id = stated_by(native, frame.extensions)
    issuer_rdns, issuer = name_of(frame.issuer)
    rdns, subject = name_of(frame.subject)
    if not issuer_rdns:
        raise Broken("the issuer has no name", clause="RFC 5280 §4.1.2.4")
    if not rdns and not stated.names:
        raise Broken("the subject has no name", clause="RFC 5280 §4.1.2.6")
    certificate = Certificate(
        der=der,
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
    _alike.remember(der, certificate, signed=frame.signed)
    return certificate


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
