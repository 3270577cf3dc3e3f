"""Which attributes CAdES baseline signatures must, may and must not have signed.

(EN 319 122-1 V1.3.1, clause 6.3, table 1.) The one table that signing and judging
follow. Unsigned attributes say nothing of the signer, and are judged where they count.
"""

from enum import Enum
from typing import Final, NamedTuple

from idwallet.codec.der import oid
from idwallet.documents.model import Level
from idwallet.envelope.cms import SignedData, SignerInfo, names
from idwallet.report import Reason


class Presence(Enum):
    """Whether an attribute is signed."""

    DEMANDED = "demanded"
    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"


class Rule(NamedTuple):
    """What the baseline says of one signed attribute, and where."""

    name: str
    presence: Presence
    clause: str


def _kind(dotted: str) -> bytes:
    return oid(dotted)[2:]


_D, _A, _F = Presence.DEMANDED, Presence.ALLOWED, Presence.FORBIDDEN
_EN: Final = "EN 319 122-1"

SIGNED: Final = {
    names.CONTENT_TYPE: Rule("content-type", _D, f"{_EN} §5.1.1"),
    names.MESSAGE_DIGEST: Rule("message-digest", _D, f"{_EN} §5.1.2"),
    names.SIGNING_TIME: Rule("signing-time", _D, f"{_EN} §5.2.1"),
    # One of the two, which `envelope.cms` sees to, for the certificate's digest.
    names.SIGNING_CERTIFICATE_V2: Rule("signing-certificate-v2", _D, f"{_EN} §5.2.2.3"),
    names.SIGNING_CERTIFICATE: Rule("signing-certificate", _F, f"{_EN} §5.2.2.2"),
    names.ALGORITHM_PROTECTION: Rule("cms-algorithm-protection", _A, f"{_EN} §5.2.13"),
    names.COUNTER_SIGNATURE: Rule("countersignature", _F, f"{_EN} §5.2.7"),
    names.SIGNATURE_TIMESTAMP: Rule("signature-time-stamp", _F, f"{_EN} §5.3"),
    _kind("0.4.0.1733.2.1"): Rule("mime-type", _A, f"{_EN} §5.2.4.2"),
    **{
        _kind(dotted): Rule(name, _A, f"{_EN} §{clause}")
        for dotted, name, clause in (
            ("1.2.840.113549.1.9.16.2.16", "commitment-type-indication", "5.2.3"),
            ("1.2.840.113549.1.9.16.2.4", "content-hints", "5.2.4.1"),
            ("1.2.840.113549.1.9.16.2.17", "signer-location", "5.2.5"),
            ("0.4.0.19122.1.1", "signer-attributes-v2", "5.2.6.1"),
            ("1.2.840.113549.1.9.16.2.20", "content-time-stamp", "5.2.8"),
            ("1.2.840.113549.1.9.16.2.15", "signature-policy-identifier", "5.2.9.1"),
            ("1.2.840.113549.1.9.16.2.10", "content-reference", "5.2.11"),
            ("1.2.840.113549.1.9.16.2.7", "content-identifier", "5.2.12"),
        )
    },
}
"""Each signed attribute by the value of its OID; any other is forbidden."""


_ON: Final = {names.CONTENT_TYPE: _F, names.SIGNING_TIME: _A}
"""What is otherwise in a signature on a signature (RFC 5652 11.4)."""


def fault(signer: SignerInfo, message: SignedData | None) -> str | None:
    """Return how a signature differs from the baseline, in a few words, or None.

    `message` is the one it is a signer of, None for a counter-signature.
    """
    for kind, rule in SIGNED.items():
        wanted = rule.presence if message is not None else _ON.get(kind, rule.presence)
        is_there = kind in signer.attributes
        if is_there is (wanted is not Presence.DEMANDED) and wanted is not _A:
            word = "an attribute that must not be" if is_there else "no attribute"
            return f"{word} {rule.name} ({rule.clause})"
    if signer.attributes.keys() - SIGNED.keys():
        # What nobody here understands may change what the signature means.
        return f"a signed attribute that is not of the baseline ({_EN} §6.3)"
    if message is not None and message.content_type != names.DATA:
        return f"a type of content other than data ({_EN} §6.3 (f))"
    return None


_REFERENCES: Final = frozenset(
    _kind(f"1.2.840.113549.1.9.16.2.{each}")
    for each in (21, 22, 23, 24, 25, 26, 44, 45)
)
"""Values of and references to material, and timestamps on those (annex A)."""


def may_be_long_term(signer: SignerInfo) -> bool:
    """Whether nothing is there that B-LT and B-LTA must not have (6.3, table 1)."""
    return all(each.oid not in _REFERENCES for each in signer.unsigned)


def level(signer: SignerInfo, message: SignedData) -> Level:
    """Return the level that a signature claims, by what it carries in `message`."""
    kinds = {each.oid for each in signer.unsigned}
    if names.SIGNATURE_TIMESTAMP not in kinds:
        return Level.B_B
    if not may_be_long_term(signer) or not (message.crls or message.responses):
        return Level.B_T
    return Level.B_LTA if names.ARCHIVE_TIMESTAMP in kinds else Level.B_LT


def certificate_fault(found: Reason) -> str | None:
    """Return what is wrong with the name of the certificate, if anything is."""
    if found is Reason.MATCHES:
        return None
    word = "no" if found is Reason.ABSENT else "another"
    return f"{word} certificate is named ({_EN} §5.2.2)"
