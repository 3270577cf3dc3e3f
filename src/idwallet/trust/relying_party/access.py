"""Access certificates of relying parties (ETSI TS 119 411-8): who asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from cryptography import x509

from idwallet.codec.text import show
from idwallet.report import Facts, Reason
from idwallet.trust.certificate import Certificate
from idwallet.trust.distinguished import read_name
from idwallet.trust.path import ValidatedPath
from idwallet.trust.signer import SignerFound

_ORGANISATION_IDENTIFIER: Final = "2.5.4.97"
_SERIAL_NUMBER: Final = "2.5.4.5"
_COMMON_NAME: Final = "2.5.4.3"
_COUNTRY: Final = "2.5.4.6"


class AccessPolicy(StrEnum):
    """Under which policy an access certificate was issued (clause 5.3)."""

    NATURAL = "0.4.0.194118.1.1"
    LEGAL = "0.4.0.194118.1.2"
    QUALIFIED_NATURAL = "0.4.0.194118.1.3"
    QUALIFIED_LEGAL = "0.4.0.194118.1.4"

    @property
    def is_legal(self) -> bool:
        """Whether it is for an organisation, and not for a person."""
        return self in {AccessPolicy.LEGAL, AccessPolicy.QUALIFIED_LEGAL}


# Which attribute of the subject identifies whom (EN 319 412-2, EN 319 412-3).
_IDENTIFIER: Final[Mapping[bool, str]] = MappingProxyType(
    {True: _ORGANISATION_IDENTIFIER, False: _SERIAL_NUMBER}
)


@dataclass(frozen=True, slots=True)
class AccessCertificate:
    """A relying party as its access certificate has it, under a trusted anchor.

    `identifier` is the semantic identifier (EN 319 412-1) that its registration names
    as well; it is compared to the letter. `name` and `country` are safe to show.
    """

    identifier: str
    name: str
    country: str
    policy: AccessPolicy
    path: ValidatedPath = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccessRefused:
    """Why a signer's certificate is no access certificate."""

    reason: Reason
    facts: Facts


def access_certificate(signer: SignerFound) -> AccessCertificate | AccessRefused:
    """Read the access certificate of a reader who was found to be trusted.

    `signer` comes from `resolve_signer` for `Purpose.READ_CREDENTIALS`: that its chain
    holds was judged there. See `read_party`.
    """
    path = signer.path
    if path is None:
        return _refused(signer.name, "a pinned key has no access certificate")
    found = read_party(path.leaf)
    if isinstance(found, AccessRefused):
        return found
    return AccessCertificate(*found, path)


class AccessParty(NamedTuple):
    """Whom a certificate identifies as a relying party; nobody has verified it."""

    identifier: str
    name: str
    country: str
    policy: AccessPolicy


def read_party(leaf: Certificate) -> AccessParty | AccessRefused:
    """Read whom a certificate identifies, and believe nothing of it.

    Each attribute that identifies must stand exactly once: of two, each reader might
    take another.
    """
    found = [each for each in AccessPolicy if each.value in _policies(leaf)]
    if len(found) != 1:
        return _refused(leaf.shown, "not exactly one policy of access certificates")
    policy = found[0]
    identifier = _attribute(leaf, _IDENTIFIER[policy.is_legal])
    name, country = _attribute(leaf, _COMMON_NAME), _attribute(leaf, _COUNTRY)
    if identifier is None or name is None or country is None:
        return _refused(leaf.shown, "identifier, name and country do not stand once")
    return AccessParty(identifier, show(name), show(country), policy)


def _refused(name: str, what: str) -> AccessRefused:
    facts = MappingProxyType({"name": name, "what": what})
    return AccessRefused(Reason.CERTIFICATE_PROFILE, facts)


def _policies(leaf: Certificate) -> frozenset[str]:
    for each in leaf.native.extensions:
        if isinstance(each.value, x509.CertificatePolicies):
            return frozenset(p.policy_identifier.dotted_string for p in each.value)
    return frozenset()


def _attribute(leaf: Certificate, oid: str) -> str | None:
    """Return the one value of a subject's attribute; None where it is not one."""
    rdns, _ = read_name(leaf.subject_der)
    found = [value for rdn in rdns for name, value in rdn if name == oid]
    return found[0].strip() or None if len(found) == 1 else None
