"""Certificates of mobile documents held to their profile (ISO/IEC 18013-5 Annex B).

Many real ones break it. So what breaks it is named, one code for each rule, and a
policy says whether that counts.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from idwallet import limits
from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.distinguished import read_name
from idwallet.trust.path import ValidatedPath

DOCUMENT_SIGNER: Final = "1.0.18013.5.1.2"
"""The extended key usage of who signs documents (B.1.4)."""

_KEY_USAGE: Final = ExtensionOID.KEY_USAGE.dotted_string
_EXTENDED_KEY_USAGE: Final = ExtensionOID.EXTENDED_KEY_USAGE.dotted_string
_SIGNER_USAGE: Final = frozenset({KeyUsage.DIGITAL_SIGNATURE})
_SIGNER_PURPOSE: Final = frozenset({DOCUMENT_SIGNER})
_SIGNER_LIFE: Final = timedelta(days=457)
_ROOT_LIFE: Final = timedelta(days=20 * 365 + 5)
_CURVES: Final = frozenset(
    {
        "secp256r1",
        "secp384r1",
        "secp521r1",
        "brainpoolP256r1",
        "brainpoolP320r1",
        "brainpoolP384r1",
        "brainpoolP512r1",
    }
)
_COUNTRY: Final = "2.5.4.6"
_STATE: Final = "2.5.4.8"
COMMON_NAME: Final = "2.5.4.3"


class Deviation(StrEnum):
    """How a chain differs from Annex B; `signer` is B.1.4, `root` B.1.2."""

    SIGNER_LIFE = "signer_life"
    """The signer's certificate holds for more than 457 days."""
    SIGNER_USAGE = "signer_usage"
    """Its key usage is not critical, or more than digitalSignature."""
    SIGNER_PURPOSE = "signer_purpose"
    """Its extended key usage is not critical, or not that of a document signer."""
    SIGNER_SUBJECT = "signer_subject"
    """Its subject has no country, or no common name."""
    SIGNER_KEY_IDENTIFIERS = "signer_key_identifiers"
    """It does not identify its key, or its issuer's."""
    SIGNER_ALTERNATIVE_NAME = "signer_alternative_name"
    """It does not say how its issuer can be reached."""
    SIGNER_REVOCATION = "signer_revocation"
    """It does not say where the issuer's CRL is."""
    SIGNER_KEY = "signer_key"
    """Its key is on no curve of the profile."""
    ROOT_DEPTH = "root_depth"
    """There is a CA between signer and root, or the root would let one be."""
    ROOT_USAGE = "root_usage"
    """The root's key usage is not critical, or not for certificates and CRLs alone."""
    ROOT_SUBJECT = "root_subject"
    """The root's subject has no country, or no common name."""
    ROOT_LIFE = "root_life"
    """The root holds for more than 20 years."""
    ROOT_KEY_IDENTIFIER = "root_key_identifier"
    """The root does not identify its key."""
    COUNTRY = "country"
    """Signer and root are of two countries, or of two states of one."""


class Standing(NamedTuple):
    """What a chain says, and how it says it: a pure function of its certificates.

    `deviations` are the ways in which it differs from Annex B, in their order;
    `countries` and `states` what the signer's subject names, folded for comparison
    (B.1.4).
    """

    deviations: tuple[Deviation, ...]
    countries: frozenset[str]
    states: frozenset[str]


def standing_of(path: ValidatedPath) -> Standing:
    """Return what is to be known of a chain for a document that it signed.

    Where the anchor is the signer's own certificate, nothing is said of a root.
    """
    return _standing(path.certificates, path.anchor.certificate)


# A signer signs many documents, and what its certificates say does not change.
@lru_cache(maxsize=limits.CERTIFICATE_CACHE_ENTRIES)
def _standing(chain: tuple[Certificate, ...], root: Certificate | None) -> Standing:
    leaf = chain[0]
    signer = _Signer(
        leaf.subject_der,
        leaf.key_usage,
        leaf.extended_key_usage,
        leaf.extensions,
        leaf.critical,
        leaf.not_after - leaf.not_before > _SIGNER_LIFE,
        leaf.subject_key_id is not None and leaf.authority_key_id is not None,
        is_on_a_curve(leaf),
        len(chain),
    )
    return _of_kind(signer, None if root == leaf else root)


_NOTHING: Final[frozenset[str]] = frozenset()


class _Signer(NamedTuple):
    """All of a chain that counts, and nothing in which signers of one kind differ."""

    subject: bytes
    usage: frozenset[KeyUsage] | None
    purposes: frozenset[str] | None
    extensions: frozenset[str]
    critical: frozenset[str]
    lives_long: bool
    has_identifiers: bool
    has_curve: bool
    depth: int


# An authority writes the same into all signers; see `idwallet.trust.extensions`.
@lru_cache(maxsize=limits.CERTIFICATE_CACHE_ENTRIES)
def _of_kind(signer: _Signer, root: Certificate | None) -> Standing:
    said = _folded(signer.subject)
    found = set(_of_signer(signer))
    if root is not None:
        found |= _of_root(root)
        if signer.depth > 1 or root.path_length != 0:
            found.add(Deviation.ROOT_DEPTH)
        if not _are_of_one_place(said, root):
            found.add(Deviation.COUNTRY)
    return Standing(
        tuple(each for each in Deviation if each in found),
        said.get(_COUNTRY, _NOTHING),
        said.get(_STATE, _NOTHING),
    )


def _of_signer(signer: _Signer) -> Iterator[Deviation]:
    said, critical = signer, signer.critical
    usual = said.usage == _SIGNER_USAGE and _KEY_USAGE in critical
    purposed = said.purposes == _SIGNER_PURPOSE and _EXTENDED_KEY_USAGE in critical
    for kept, otherwise in (
        *((oid in said.extensions, missing) for oid, missing in _WANTED),
        (usual, Deviation.SIGNER_USAGE),
        (purposed, Deviation.SIGNER_PURPOSE),
        (not said.lives_long, Deviation.SIGNER_LIFE),
        (_has_subject(said.subject), Deviation.SIGNER_SUBJECT),
        (said.has_identifiers, Deviation.SIGNER_KEY_IDENTIFIERS),
        (said.has_curve, Deviation.SIGNER_KEY),
    ):
        if not kept:
            yield otherwise


# What else the signer's certificate must have, critical or not.
_WANTED: Final = (
    (
        ExtensionOID.ISSUER_ALTERNATIVE_NAME.dotted_string,
        Deviation.SIGNER_ALTERNATIVE_NAME,
    ),
    (
        ExtensionOID.CRL_DISTRIBUTION_POINTS.dotted_string,
        Deviation.SIGNER_REVOCATION,
    ),
)


# A reader has few roots, and each has certified many signers.
@lru_cache(maxsize=limits.CERTIFICATE_CACHE_ENTRIES)
def _of_root(root: Certificate) -> frozenset[Deviation]:
    return frozenset(_faults_of_root(root))


def _faults_of_root(root: Certificate) -> Iterator[Deviation]:
    wanted = frozenset({KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN})
    if root.key_usage != wanted or _KEY_USAGE not in root.critical:
        yield Deviation.ROOT_USAGE
    if not _has_subject(root.subject_der):
        yield Deviation.ROOT_SUBJECT
    if root.not_after - root.not_before > _ROOT_LIFE:
        yield Deviation.ROOT_LIFE
    if root.subject_key_id is None:
        yield Deviation.ROOT_KEY_IDENTIFIER


def is_on_a_curve(leaf: Certificate) -> bool:
    """Whether its key is one of the profile (table B.1)."""
    kind = leaf.public_key.kind
    return kind.kty == "EC" or kind.name in {"Ed25519", "Ed448"}


def has_extension(extensions: x509.Extensions, oid: x509.ObjectIdentifier) -> bool:
    """Whether an extension is there."""
    return any(each.oid == oid for each in extensions)


def is_critical(extensions: x509.Extensions, oid: x509.ObjectIdentifier) -> bool:
    """Whether an extension is there and critical."""
    return any(each.oid == oid and each.critical for each in extensions)


def _has_subject(subject: bytes) -> bool:
    said = _folded(subject)
    return bool(said.get(_COUNTRY) and said.get(COMMON_NAME))


def _are_of_one_place(said: Mapping[str, frozenset[str]], root: Certificate) -> bool:
    above = _folded(root.subject_der)
    if said.get(_COUNTRY) != above.get(_COUNTRY):
        return False
    state = above.get(_STATE)
    return not state or said.get(_STATE) == state


def values(certificate: Certificate, oid: str) -> frozenset[str]:
    """Return what the subject says under an attribute type, folded for comparison."""
    return _folded(certificate.subject_der).get(oid, _NOTHING)


def _folded(name: bytes) -> Mapping[str, frozenset[str]]:
    """Read a name by its attribute types; short ones are remembered, as names are."""
    return _fold(name) if len(name) > limits.NAME_CACHE_BYTES else _remembered(name)


def _fold(name: bytes) -> Mapping[str, frozenset[str]]:
    rdns, _ = read_name(name)
    found: dict[str, frozenset[str]] = {}
    for kind, value in (pair for rdn in rdns for pair in rdn):
        found[kind] = found.get(kind, frozenset()) | {value.strip().casefold()}
    return found


_remembered: Final = lru_cache(maxsize=limits.CERTIFICATE_CACHE_ENTRIES)(_fold)
