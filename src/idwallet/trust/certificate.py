"""X.509 certificates, read once into frozen values (RFC 5280 section 4)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import ExtensionOID, NameOID

from idwallet import limits
from idwallet.codec.der import element
from idwallet.codec.text import show
from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.trust.distinguished import read_name
from idwallet.trust.names import GeneralName, NameConstraints, NameKind, Rdns


class KeyUsage(StrEnum):
    """A bit of the key usage extension (RFC 5280 4.2.1.3)."""

    DIGITAL_SIGNATURE = "digital_signature"
    CONTENT_COMMITMENT = "content_commitment"
    KEY_ENCIPHERMENT = "key_encipherment"
    DATA_ENCIPHERMENT = "data_encipherment"
    KEY_AGREEMENT = "key_agreement"
    KEY_CERT_SIGN = "key_cert_sign"
    CRL_SIGN = "crl_sign"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A version 3 certificate that keeps the rules of RFC 5280 section 4.

    `subject` and `issuer` are RFC 4514 text as the certificate has it: pass it through
    `idwallet.codec.text.show` (or take `shown`) before anybody sees it. `names` holds
    every name that a name constraint may judge. `key_usage` and
    `extended_key_usage` (dotted OIDs) are None when the extension is absent.
    `unsupported` names what makes the certificate unusable in any path: critical
    extensions unknown here, and policy constraints. Two certificates are equal when
    their bytes are.
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
    names: tuple[GeneralName, ...] = field(repr=False, compare=False)
    constraints: NameConstraints | None = field(repr=False, compare=False)
    subject_key_id: bytes | None = field(repr=False, compare=False)
    authority_key_id: bytes | None = field(repr=False, compare=False)
    unsupported: tuple[str, ...] = field(repr=False, compare=False)
    sha256: bytes = field(repr=False, compare=False)

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
        except _Broken as broken:
            raise MalformedError(broken.what, at=at, clause=broken.clause) from broken
        except _Foreign as foreign:
            raise UnsupportedError(
                foreign.what, at=at, clause=foreign.clause
            ) from foreign

    @property
    def self_issued(self) -> bool:
        """Whether subject and issuer are one name (RFC 5280 3.2)."""
        return self.subject_der == self.issuer_der

    @property
    def shown(self) -> str:
        """A name for people: subject, else a subject alternative name; always safe."""
        return show(self.subject or next(iter(self.san_uri + self.san_dns), "?"))


# Read here, so a critical mark on them is honoured (RFC 5280 4.2). Certificate
# policies change nothing without the rules below (RFC 5280 6.1.5 (g)).
_UNDERSTOOD: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
        ExtensionOID.NAME_CONSTRAINTS,
        ExtensionOID.CERTIFICATE_POLICIES,
    }
)
# Without the policy tree of RFC 5280 6.1.2 these cannot be honoured: no path has them.
_POLICY_RULES: Final = frozenset(
    {
        ExtensionOID.POLICY_CONSTRAINTS,
        ExtensionOID.POLICY_MAPPINGS,
        ExtensionOID.INHIBIT_ANY_POLICY,
    }
)


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """Why a certificate cannot be read, before anybody knows where it stood."""

    def __init__(self, what: str, *, clause: str) -> None:
        super().__init__(what)
        self.what = what
        self.clause = clause


class _Broken(_Refused):
    """The certificate breaks the standard."""


class _Foreign(_Refused):
    """The certificate is of a kind that is not read here."""


def _read(der: bytes) -> Certificate:
    native, issuer_der, subject_der = _load(der)
    extensions = _extensions(native)
    issuer_rdns, issuer = _name(issuer_der)
    rdns, subject = _name(subject_der)
    general = _general_names(extensions)
    if not issuer_rdns:
        raise _Broken("the issuer has no name", clause="RFC 5280 §4.1.2.4")
    if not rdns and not general:
        raise _Broken("the subject has no name", clause="RFC 5280 §4.1.2.6")
    ca, path_length = _basic_constraints(extensions)
    return Certificate(
        der=der,
        native=native,
        subject=subject,
        issuer=issuer,
        subject_der=subject_der,
        issuer_der=issuer_der,
        not_before=native.not_valid_before_utc,
        not_after=native.not_valid_after_utc,
        public_key=_public_key(native),
        is_ca=ca,
        path_length=path_length,
        key_usage=_key_usage(extensions),
        extended_key_usage=_extended_key_usage(extensions),
        san_dns=tuple(each.text for each in general if each.kind is NameKind.DNS),
        san_uri=tuple(each.text for each in general if each.kind is NameKind.URI),
        names=_subject_names(rdns) + general,
        constraints=_name_constraints(native, extensions),
        subject_key_id=_subject_key_id(extensions),
        authority_key_id=_authority_key_id(extensions),
        unsupported=_unsupported(extensions),
        sha256=hashlib.sha256(der).digest(),
    )


_remembered: Final = lru_cache(maxsize=limits.CERTIFICATE_CACHE_ENTRIES)(_read)


_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
_Extensions = Mapping[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]]


def _load(der: bytes) -> tuple[x509.Certificate, bytes, bytes]:
    """Return the certificate with the DER of its issuer and of its subject."""
    try:
        serial, issuer, subject = _fields(der)
        if serial <= 0:
            raise _Broken("serial number is not positive", clause="RFC 5280 §4.1.2.2")
        native = x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion, Warning) as error:
        raise _Broken("not a DER certificate", clause="RFC 5280 §4.1") from error
    if native.version is not x509.Version.v3:
        raise _Foreign("not version 3", clause="RFC 5280 §4.1.2.1")
    if der[-len(native.signature) - 1]:
        # Not signed, and not heeded when verified: one certificate would have several
        # forms, and each of them another digest.
        raise _Broken("bits of the signature unused", clause="RFC 5280 §4.1.1.3")
    return native, issuer, subject


def _fields(der: bytes) -> tuple[int, bytes, bytes]:
    """Read serial number, issuer and subject before `cryptography` does.

    It only warns of a serial number that is not positive.

    Raises:
        ValueError: they are not where RFC 5280 4.1 has them.
    """
    outer, _, _ = element(der, 0)
    inner, _, _ = element(der, outer)
    value, end, tag = element(der, inner)
    if tag == _VERSION_TAG:
        value, end, tag = element(der, end)
    if tag != _INTEGER_TAG:
        raise ValueError("no serial number")
    _, issuer, _ = element(der, end)
    _, validity, _ = element(der, issuer)
    _, subject, _ = element(der, validity)
    _, key, _ = element(der, subject)
    serial = int.from_bytes(der[value:end], signed=True)
    return serial, der[issuer:validity], der[subject:key]


_VERSION_TAG: Final = 0xA0
_INTEGER_TAG: Final = 0x02


def _extensions(native: x509.Certificate) -> _Extensions:
    try:
        found = native.extensions
    except x509.DuplicateExtension as error:
        raise _Broken("an extension twice", clause="RFC 5280 §4.2") from error
    except x509.UnsupportedGeneralNameType as error:
        raise _Foreign("a name of unread kind", clause="RFC 5280 §4.2.1.6") from error
    except (ValueError, TypeError, Warning) as error:
        # A warning is an exception where the application says so: a name in an
        # extension with a part of a wrong length, a serial number below one.
        raise _Broken("a malformed extension", clause="RFC 5280 §4.2") from error
    return MappingProxyType({each.oid: each for each in found})


def _name(der: bytes) -> tuple[Rdns, str]:
    try:
        return read_name(der)
    except ValueError:  # where text is no UTF-8 it holds the name
        raise _Broken("a malformed name", clause="RFC 5280 §4.1.2.4") from None


def _public_key(native: x509.Certificate) -> PublicKey:
    try:
        return PublicKey.from_native(native.public_key())
    except UnsupportedAlgorithm as error:
        raise _Foreign("key of unread kind", clause="RFC 5280 §4.1.2.7") from error
    except (UnsupportedError, MalformedError) as error:
        raise _Foreign(error.what, clause=error.clause) from error
    except ValueError as error:
        raise _Broken("a malformed key", clause="RFC 5280 §4.1.2.7") from error


def _value(extensions: _Extensions, kind: type[_Extension]) -> _Extension | None:
    found = extensions.get(kind.oid)
    value = None if found is None else found.value
    return value if isinstance(value, kind) else None


def _basic_constraints(extensions: _Extensions) -> tuple[bool, int | None]:
    value = _value(extensions, x509.BasicConstraints)
    return (False, None) if value is None else (value.ca, value.path_length)


def _key_usage(extensions: _Extensions) -> frozenset[KeyUsage] | None:
    value = _value(extensions, x509.KeyUsage)
    if value is None:
        return None
    bits = {
        KeyUsage.DIGITAL_SIGNATURE: value.digital_signature,
        KeyUsage.CONTENT_COMMITMENT: value.content_commitment,
        KeyUsage.KEY_ENCIPHERMENT: value.key_encipherment,
        KeyUsage.DATA_ENCIPHERMENT: value.data_encipherment,
        KeyUsage.KEY_AGREEMENT: value.key_agreement,
        KeyUsage.KEY_CERT_SIGN: value.key_cert_sign,
        KeyUsage.CRL_SIGN: value.crl_sign,
    }
    return frozenset(usage for usage, on in bits.items() if on)


def _extended_key_usage(extensions: _Extensions) -> frozenset[str] | None:
    value = _value(extensions, x509.ExtendedKeyUsage)
    return None if value is None else frozenset(each.dotted_string for each in value)


def _subject_key_id(extensions: _Extensions) -> bytes | None:
    value = _value(extensions, x509.SubjectKeyIdentifier)
    return None if value is None else value.digest


def _authority_key_id(extensions: _Extensions) -> bytes | None:
    value = _value(extensions, x509.AuthorityKeyIdentifier)
    return None if value is None else value.key_identifier


def _unsupported(extensions: _Extensions) -> tuple[str, ...]:
    return tuple(
        f"extension {oid.dotted_string} is not supported"
        for oid, each in extensions.items()
        if oid in _POLICY_RULES or (each.critical and oid not in _UNDERSTOOD)
    )


def _general_names(extensions: _Extensions) -> tuple[GeneralName, ...]:
    value = _value(extensions, x509.SubjectAlternativeName)
    return () if value is None else tuple(_general_name(each) for each in value)


def _general_name(name: x509.GeneralName) -> GeneralName:
    if isinstance(name, x509.DirectoryName):
        rdns, _ = _name(name.value.public_bytes())
        return GeneralName(NameKind.DIRECTORY, rdns=rdns)
    kind = _TEXT_KINDS.get(type(name))
    if kind is None:
        return GeneralName(_OPAQUE_KINDS.get(type(name), NameKind.OTHER))
    return GeneralName(kind, text=str(name.value))


_TEXT_KINDS: Final[Mapping[type[x509.GeneralName], NameKind]] = {
    x509.DNSName: NameKind.DNS,
    x509.UniformResourceIdentifier: NameKind.URI,
    x509.RFC822Name: NameKind.EMAIL,
}
_OPAQUE_KINDS: Final[Mapping[type[x509.GeneralName], NameKind]] = {
    x509.IPAddress: NameKind.IP,
    x509.RegisteredID: NameKind.REGISTERED_ID,
}


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


def _name_constraints(
    native: x509.Certificate, extensions: _Extensions
) -> NameConstraints | None:
    value = _value(extensions, x509.NameConstraints)
    if value is None:
        return None
    # A subtree with a minimum or maximum reads as one without; it must be refused
    # (RFC 5280 4.2.1.10), and shows in that our encoding is not the one received.
    if value.public_bytes() not in native.tbs_certificate_bytes:
        raise _Foreign("a subtree with bounds", clause="RFC 5280 §4.2.1.10")
    return NameConstraints(
        permitted=tuple(map(_general_name, value.permitted_subtrees or ())),
        excluded=tuple(map(_general_name, value.excluded_subtrees or ())),
    )
