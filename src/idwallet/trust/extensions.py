"""What the extensions of a certificate say (RFC 5280 section 4.2).

An authority writes the same extensions into all certificates of one kind, but for the
identifier of the key. So what was made of them lately is remembered by their octets.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from idwallet import limits
from idwallet.codec.der import DerError, elements
from idwallet.trust.alike import IDENTIFIER, IDENTIFIER_OCTETS
from idwallet.trust.distinguished import read_name
from idwallet.trust.memory import Read
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


class Refused(Exception):  # noqa: N818 - never leaves the readers of certificates
    """Why a certificate cannot be read, before anybody knows where it stood."""

    def __init__(self, what: str, *, clause: str) -> None:
        """Say what, and by which clause."""
        super().__init__(what)
        self.what = what
        self.clause = clause


class Broken(Refused):
    """The certificate breaks the standard."""


class Foreign(Refused):
    """The certificate is of a kind that is not read here."""


class Stated(NamedTuple):
    """What all of the extensions say, each as `Certificate` has it.

    `extensions` are the dotted OIDs of those that are there, `critical` of those among
    them that are critical.
    """

    is_ca: bool
    path_length: int | None
    key_usage: frozenset[KeyUsage] | None
    extended_key_usage: frozenset[str] | None
    san_dns: tuple[str, ...]
    san_uri: tuple[str, ...]
    names: tuple[GeneralName, ...]
    constraints: NameConstraints | None
    subject_key_id: bytes | None
    authority_key_id: bytes | None
    unsupported: tuple[str, ...]
    extensions: frozenset[str]
    critical: frozenset[str]


_known: Final[Read[tuple[bytes, ...], Stated]] = Read(
    entries=limits.CERTIFICATE_CACHE_ENTRIES
)


def stated_by(native: x509.Certificate, octets: bytes) -> tuple[Stated, bytes | None]:
    """Return what the extensions say, and the identifier of the certificate's key.

    `octets` are the content of their SEQUENCE in the same certificate. The identifier
    in what is returned first may be that of another certificate.

    Raises:
        Broken: they break RFC 5280 section 4.2, or one stands there twice.
        Foreign: a name in them is of a kind that is not read here.
    """
    start = octets.find(IDENTIFIER) + len(IDENTIFIER)
    end = start + IDENTIFIER_OCTETS
    has_one = start >= len(IDENTIFIER) and end <= len(octets)
    key: tuple[bytes, ...] = (octets[:start], octets[end:]) if has_one else (octets,)
    known = _known.get(key)
    if known is not None:
        # Where the identifier stands depends on nothing but the octets of the key.
        return known, octets[start:end] if has_one else known.subject_key_id
    found = _stated(_extensions(native), octets)
    if len(octets) <= limits.EXTENSIONS_CACHE_BYTES and (
        not has_one or _begins_at(start - len(IDENTIFIER), octets)
    ):
        _known.put(key, found)
    return found, found.subject_key_id


def _begins_at(place: int, octets: bytes) -> bool:
    """Whether one of the extensions begins there, and not what another one holds."""
    try:
        return any(each.start == place for each in elements(octets))
    except DerError:
        return False


def _stated(extensions: "_Extensions", octets: bytes) -> Stated:
    general = _general_names(extensions)
    is_ca, path_length = _basic_constraints(extensions)
    return Stated(
        is_ca=is_ca,
        path_length=path_length,
        key_usage=_key_usage(extensions),
        extended_key_usage=_extended_key_usage(extensions),
        san_dns=tuple(each.text for each in general if each.kind is NameKind.DNS),
        san_uri=tuple(each.text for each in general if each.kind is NameKind.URI),
        names=general,
        constraints=_name_constraints(extensions, octets),
        subject_key_id=_subject_key_id(extensions),
        authority_key_id=_authority_key_id(extensions),
        unsupported=_unsupported(extensions),
        extensions=frozenset(oid.dotted_string for oid in extensions),
        critical=frozenset(
            oid.dotted_string for oid, each in extensions.items() if each.critical
        ),
    )


def name_of(der: bytes) -> tuple[Rdns, str]:
    """Read a name as `read_name` does.

    Raises:
        Broken: it is none.
    """
    try:
        return read_name(der)
    except ValueError:  # where text is no UTF-8 it holds the name
        raise Broken("a malformed name", clause="RFC 5280 §4.1.2.4") from None


_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
_Extensions = Mapping[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]]


def _extensions(native: x509.Certificate) -> _Extensions:
    try:
        found = native.extensions
    except x509.DuplicateExtension as error:
        raise Broken("an extension twice", clause="RFC 5280 §4.2") from error
    except x509.UnsupportedGeneralNameType as error:
        raise Foreign("a name of unread kind", clause="RFC 5280 §4.2.1.6") from error
    except (ValueError, TypeError, Warning) as error:
        # A warning is an exception where the application says so: a name in an
        # extension with a part of a wrong length, a serial number below one.
        raise Broken("a malformed extension", clause="RFC 5280 §4.2") from error
    return MappingProxyType({each.oid: each for each in found})


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
        rdns, _ = name_of(name.value.public_bytes())
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


def _name_constraints(extensions: _Extensions, octets: bytes) -> NameConstraints | None:
    value = _value(extensions, x509.NameConstraints)
    if value is None:
        return None
    # A subtree with a minimum or maximum reads as one without; it must be refused
    # (RFC 5280 4.2.1.10), and shows in that our encoding is not the one received.
    if value.public_bytes() not in octets:
        raise Foreign("a subtree with bounds", clause="RFC 5280 §4.2.1.10")
    return NameConstraints(
        permitted=tuple(map(_general_name, value.permitted_subtrees or ())),
        excluded=tuple(map(_general_name, value.excluded_subtrees or ())),
    )
