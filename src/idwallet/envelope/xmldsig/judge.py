"""Whether an XML signature was made by a key, and over what."""

import hashlib
from enum import StrEnum
from typing import Final

from idwallet.codec.xml import Canonicalization, XmlDocument, XmlNode
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.schemes import scheme_matches
from idwallet.envelope.xmldsig import names
from idwallet.envelope.xmldsig.apart import Apart
from idwallet.envelope.xmldsig.properties import (
    SignedProperties,
    names_certificate,
    read_properties,
)
from idwallet.envelope.xmldsig.structures import (
    Covered,
    Reference,
    Removal,
    Steps,
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
    reason = judge_value(signature, key=key, allowed=allowed)
    if reason is not Reason.VALID:
        return XmlJudgement(reason)
    covered = judge_references(signature)
    if isinstance(covered, Reason):
        return XmlJudgement(covered)
    properties = _properties(signature, covered)
    reason = _certificate_reason(properties, certificate=certificate, rule=rule)
    if reason is not Reason.VALID:
        return XmlJudgement(reason)
    return XmlJudgement(Reason.VALID, covered, properties.signing_time)


def judge_value(
    signature: XmlSignature, *, key: PublicKey, allowed: frozenset[Algorithm]
) -> Reason:
    """Say whether the signature value is of that key, and of an allowed algorithm.

    It says nothing about what is referred to. Returns VALID, INVALID, KEY_UNUSABLE or
    ALGORITHM_NOT_ALLOWED.
    """
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


def judge_references(signature: XmlSignature) -> tuple[Covered, ...] | Reason:
    """Return what every reference covers, or why the first does not that does not.

    Raises:
        MalformedError, LimitError, UnsupportedError: see `judge_signature`.
    """
    found = []
    for each in signature.references:
        covered = judge_reference(each, signature)
        if isinstance(covered, Reason):
            return covered
        found.append(covered)
    return tuple(found)


def judge_reference(reference: Reference, signature: XmlSignature) -> Covered | Reason:
    """Return what one reference covers, or NOT_AT_HAND or INTEGRITY_MISMATCH.

    Raises:
        MalformedError, LimitError, UnsupportedError: see `judge_signature`.
    """
    if reference.node is None and reference.apart is None:
        return Reason.NOT_AT_HAND
    if reference.apart is not None and reference.steps.form is None:
        digest = reference.apart.state(reference.digest).digest()
        octets = reference.apart.held
    else:
        octets = transformed(reference, signature)
        digest = hashlib.new(reference.digest, octets).digest()
    if digest != reference.value:
        return Reason.INTEGRITY_MISMATCH
    return Covered(reference.uri, reference.type, reference.coverage, octets)


def transformed(
    reference: Reference,
    signature: XmlSignature,
    *,
    default: Canonicalization = Canonicalization.INCLUSIVE,
) -> bytes:
    """Return the octets that are digested (XMLDSig 1.1 section 4.4.3.2).

    `default` is what is made of elements where the reference does not say.

    Raises:
        MalformedError, LimitError, UnsupportedError: see `judge_signature`.
    """
    steps = reference.steps
    if reference.apart is not None:
        return _detached(reference.apart, steps, at=signature.at)
    # §4.4.3.3: comments are no part of what a same-document reference is to.
    form = (steps.form or default).without_comments()
    document = _remaining(signature, steps.removal)
    if not reference.uri:
        return document.canonical(form, prefixes=steps.prefixes)
    (node,) = document.identified(reference.uri[1:])
    if steps.is_base64:
        return _spelled(node)
    return node.canonical(form, prefixes=steps.prefixes)


def _spelled(node: XmlNode) -> bytes:
    """Return what the text of an element spells in base64, if it has any."""
    found = node.read()
    if not found.children and not found.text.strip(" \t\r\n"):
        return b""
    return found.octets(clause="XMLDSig 1.1 §6.6.2")


def _remaining(signature: XmlSignature, removal: Removal) -> XmlDocument:
    """Return the document that is referred to, less the signatures taken out."""
    document = signature.document
    if removal is Removal.OWN:
        return document.without(signature.node)
    if removal is Removal.EVERY:
        return document.without_every(f"{names.DS}Signature")
    return document


def _detached(apart: Apart, steps: Steps, *, at: str) -> bytes:
    octets = apart.whole(at=at)
    if steps.form is None:
        return octets
    document = XmlDocument.from_bytes(octets, at=f"{at}/detached")
    return document.canonical(steps.form, prefixes=steps.prefixes)


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
            clause="EN 319 132-1 §4.4.2",
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
