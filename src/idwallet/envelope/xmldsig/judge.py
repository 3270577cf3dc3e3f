"""Whether an XML signature was made by a key, and over what."""

import hashlib
from enum import StrEnum
from typing import Final

from idwallet.codec.xml import Canonicalization, XmlDocument, XmlNode
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.schemes import scheme_matches
from idwallet.envelope.xmldsig import names
from idwallet.envelope.xmldsig.properties import (
    SignedProperties,
    names_certificate,
    read_properties,
)
from idwallet.envelope.xmldsig.structures import (
    Coverage,
    Covered,
    Reference,
    XmlJudgement,
    XmlSignature,
)
from idwallet.errors import MalformedError
from idwallet.report import Reason


class CertificateRule(StrEnum):
    """Whether the signature must say which certificate it was made with (XAdES)."""

    REQUIRED = "required"
    IF_PRESENT = "if_present"


def judge_signature(
    signature: XmlSignature,
    *,
    key: PublicKey,
    certificate: bytes | None = None,
    allowed: frozenset[Algorithm],
    rule: CertificateRule = CertificateRule.REQUIRED,
) -> XmlJudgement:
    """Judge a signature with a key that the caller has reason to trust.

    `certificate` (DER) is where the key comes from: the one that the signature says
    that it was made with must be it. What the key can do and what the policy allows
    decide the algorithm. Nothing is digested before the signature value stands.

    Returns:
        VALID with all that the signature covers; ALGORITHM_NOT_ALLOWED, KEY_UNUSABLE
        or INVALID for the signature value; NOT_AT_HAND where octets are missing that
        it refers to; INTEGRITY_MISMATCH where something was changed; ABSENT where it
        names no certificate and `rule` wants one; MISMATCH where it names another.

    Raises:
        MalformedError: what stands for canonical XML is none, or signed properties
            break EN 319 132-1.
        UnsupportedError: a digest or a canonical form that is not made here.
    """
    reason = _value_reason(signature, key=key, allowed=allowed)
    if reason is not Reason.VALID:
        return XmlJudgement(reason)
    covered = _covered(signature)
    if isinstance(covered, Reason):
        return XmlJudgement(covered)
    properties = _properties(signature, covered)
    reason = _certificate_reason(properties, certificate=certificate, rule=rule)
    if reason is not Reason.VALID:
        return XmlJudgement(reason)
    return XmlJudgement(Reason.VALID, covered, properties.signing_time)


def _value_reason(
    signature: XmlSignature, *, key: PublicKey, allowed: frozenset[Algorithm]
) -> Reason:
    scheme = signature.scheme
    if scheme is None or scheme.algorithms.isdisjoint(allowed):
        return Reason.ALGORITHM_NOT_ALLOWED
    if key.algorithms.isdisjoint(scheme.algorithms):
        return Reason.KEY_UNUSABLE
    if key.algorithms.isdisjoint(allowed):
        return Reason.ALGORITHM_NOT_ALLOWED
    if scheme_matches(
        key, scheme, signature=signature.value, message=signature.signed_info
    ):
        return Reason.VALID
    return Reason.INVALID


def _covered(signature: XmlSignature) -> tuple[Covered, ...] | Reason:
    """Return what every reference covers, or why one does not stand."""
    found = []
    for each in signature.references:
        octets = _transformed(each, signature)
        if octets is None:
            return Reason.NOT_AT_HAND
        if hashlib.new(each.digest, octets).digest() != each.value:
            return Reason.INTEGRITY_MISMATCH
        found.append(Covered(each.uri, each.type, each.coverage, octets))
    return tuple(found)


def _transformed(reference: Reference, signature: XmlSignature) -> bytes | None:
    """Return the octets that are digested (XMLDSig 1.1 section 4.4.3.2)."""
    if reference.coverage is Coverage.DETACHED:
        return _detached(reference, at=signature.at)
    # §4.4.3.3: comments are no part of what a same-document reference is to.
    form = (reference.form or Canonicalization.INCLUSIVE).without_comments()
    document = signature.document
    if reference.is_enveloped:
        document = document.without(signature.node)
    if not reference.uri:
        return document.canonical(form, prefixes=reference.prefixes)
    node = _same(reference, document)
    return node.canonical(form, prefixes=reference.prefixes)


def _same(reference: Reference, document: XmlDocument) -> XmlNode:
    """Return the one element referred to, in the document or its copy."""
    (node,) = document.identified(reference.uri[1:])
    return node


def _detached(reference: Reference, *, at: str) -> bytes | None:
    if reference.octets is None or reference.form is None:
        return reference.octets
    document = XmlDocument.from_bytes(reference.octets, at=f"{at}/detached")
    return document.canonical(reference.form, prefixes=reference.prefixes)


_NONE: Final = SignedProperties(None, None)


def _properties(
    signature: XmlSignature, covered: tuple[Covered, ...]
) -> SignedProperties:
    """Read the signed properties from what was covered, and from nowhere else."""
    found = [
        (reference, each)
        for reference, each in zip(signature.references, covered, strict=True)
        if each.type == names.SIGNED_PROPERTIES
    ]
    if not found:
        return _NONE
    if len(found) > 1 or not _is_inside(found[0][0], signature.node):
        # Those of another signature, moved here, would speak for this one.
        raise MalformedError(
            "signed properties that are not one of the signature's own",
            at=signature.at,
            clause="EN 319 132-1 §4.3.3",
        )
    return read_properties(found[0][1].octets, at=f"{signature.at}/SignedProperties")


def _is_inside(reference: Reference, node: XmlNode) -> bool:
    return reference.node is not None and node.holds(reference.node)


def _certificate_reason(
    properties: SignedProperties, *, certificate: bytes | None, rule: CertificateRule
) -> Reason:
    named = properties.certificate
    if named is None:
        return Reason.ABSENT if rule is CertificateRule.REQUIRED else Reason.VALID
    if certificate is None:
        # A pinned key without a certificate: nothing to hold the name against.
        return Reason.VALID if rule is CertificateRule.IF_PRESENT else Reason.MISMATCH
    return Reason.VALID if names_certificate(named, certificate) else Reason.MISMATCH
