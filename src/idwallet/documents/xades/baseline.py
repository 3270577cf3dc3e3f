"""Which properties XAdES baseline signatures must, may and must not have.

(EN 319 132-1 V1.3.1, clause 6.3, table 2, and its letters.) The one table that signing
and judging follow. Unsigned properties say nothing of the signer, and are judged where
they count; some must not be there at any level.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Final, NamedTuple

from idwallet.codec.xml import XmlElement, XmlNode, local
from idwallet.documents.model import Level
from idwallet.documents.xades import names
from idwallet.documents.xades.coverage import is_content
from idwallet.documents.xades.placing import properties_holder, unsigned_of
from idwallet.envelope.xmldsig import SIGNED_PROPERTIES, Reference
from idwallet.errors import MalformedError
from idwallet.report import Reason


class Presence(Enum):
    """How often a property is there."""

    ONE = "exactly once"
    SOME = "at most once"
    ANY = "any number of times"
    NONE = "never"


class Rule(NamedTuple):
    """What the baseline says of one property, and where."""

    name: str
    presence: Presence
    clause: str


_EN: Final = "EN 319 132-1"
_X: Final = names.XADES
_ONE, _SOME, _ANY, _NONE = Presence.ONE, Presence.SOME, Presence.ANY, Presence.NONE


def _rules(*rows: tuple[str, Presence, str]) -> dict[str, Rule]:
    return {f"{_X}{name}": Rule(name, how, f"{_EN} §{at}") for name, how, at in rows}


OF_SIGNATURE: Final = _rules(
    ("SigningTime", _ONE, "5.2.1"),
    ("SigningCertificateV2", _ONE, "5.2.2"),
    ("SigningCertificate", _NONE, "6.3"),
    ("SignaturePolicyIdentifier", _SOME, "5.2.9"),
    ("SignatureProductionPlaceV2", _SOME, "5.2.5"),
    ("SignatureProductionPlace", _NONE, "6.3"),
    ("SignerRoleV2", _SOME, "5.2.6"),
    ("SignerRole", _NONE, "6.3"),
)
"""Each signed property of the signature by its name; any other is forbidden (4.3.4)."""

OF_OBJECTS: Final = _rules(
    ("DataObjectFormat", _ANY, "5.2.4"),
    ("CommitmentTypeIndication", _ANY, "5.2.3"),
    ("AllDataObjectsTimeStamp", _ANY, "5.2.8.1"),
    ("IndividualDataObjectsTimeStamp", _ANY, "5.2.8.2"),
)
"""Each signed property of what is signed; any other is forbidden (4.3.5)."""

UNSIGNED: Final = _rules(
    ("CompleteCertificateRefs", _NONE, "4.3.6"),
    ("AttributeCertificateRefs", _NONE, "4.3.6"),
    ("SigAndRefsTimeStamp", _NONE, "4.3.6"),
    ("RefsOnlyTimeStamp", _NONE, "4.3.6"),
    ("ArchiveTimeStamp", _NONE, "4.3.6"),
    ("CertificateValues", _SOME, "5.4.2"),
    ("RevocationValues", _SOME, "5.4.3"),
)
"""Unsigned properties that are bounded at every level; others may be there."""

_ONLY_SHORT: Final = frozenset(
    {
        f"{names.XADES_141}CompleteCertificateRefsV2",
        f"{names.XADES_141}AttributeCertificateRefsV2",
        f"{_X}CompleteRevocationRefs",
        f"{_X}AttributeRevocationRefs",
        f"{names.XADES_141}SigAndRefsTimeStampV2",
        f"{names.XADES_141}RefsOnlyTimeStampV2",
    }
)


def fault(node: XmlNode, references: Sequence[Reference]) -> str | None:
    """Return how a signature differs from the baseline in what is around it, or None.

    `references` are its own. It says nothing of what the properties hold.
    """
    if len(node.children(f"{names.DS}KeyInfo")) != 1:
        return f"not one KeyInfo ({_EN} §6.3)"
    holder = properties_holder(node)
    if holder is None:
        return f"not one QualifyingProperties ({_EN} §6.3)"
    own = node.attribute("Id")
    if not own or holder.attribute("Target") != f"#{own}":
        return f"qualifying properties of another signature ({_EN} §4.3.1)"
    signed = holder.children(names.SIGNED)
    to_them = [each for each in references if each.type == SIGNED_PROPERTIES]
    is_spelled = any(each.steps.is_base64 for each in to_them)
    if [each.node for each in to_them] != list(signed[:1]) or is_spelled:
        return f"signed properties that are not the signature's own ({_EN} §4.4.2)"
    if len(signed) != 1:
        return f"not one SignedProperties ({_EN} §4.3.1)"
    return _counted(list(map(_name, unsigned_of(node))), UNSIGNED)


def _name(node: XmlNode) -> str:
    return node.name


def properties_fault(
    properties: XmlElement, references: Sequence[Reference]
) -> str | None:
    """Return how the signed properties differ from the baseline, or None.

    `properties` is what was digested.
    """
    found = _in(properties, "SignedSignatureProperties")
    if found is None:
        return f"no SignedSignatureProperties ({_EN} §4.3.4)"
    held = [each.name for each in found.children]
    said = _counted(held, OF_SIGNATURE) or _unknown(held, OF_SIGNATURE)
    if said is not None:
        return said
    objects = _in(properties, "SignedDataObjectProperties")
    about = () if objects is None else objects.children
    held = [each.name for each in about]
    said = _counted(held, OF_OBJECTS) or _unknown(held, OF_OBJECTS)
    return said or _formats_fault(about, references)


def _in(properties: XmlElement, name: str) -> XmlElement | None:
    try:
        return properties.maybe(f"{_X}{name}", clause=_EN)
    except MalformedError:
        return None


def _counted(held: Sequence[str], rules: dict[str, Rule]) -> str | None:
    for name, rule in rules.items():
        times = held.count(name)
        if times == 0 and rule.presence is _ONE:
            return f"no property {rule.name} ({rule.clause})"
        if times and rule.presence is _NONE:
            return f"a property that must not be {rule.name} ({rule.clause})"
        if times > 1 and rule.presence is not _ANY:
            return f"more than one {rule.name} ({rule.clause})"
    return None


def _unknown(held: Sequence[str], rules: dict[str, Rule]) -> str | None:
    if all(name in rules for name in held):
        return None
    # What nobody here understands may change what the signature means.
    return f"a signed property that is not of the baseline ({_EN} §6.3)"


def _formats_fault(
    about: Sequence[XmlElement], references: Sequence[Reference]
) -> str | None:
    """Hold DataObjectFormat against what is signed (6.3 (k), (l))."""
    described = []
    for each in about:
        if local(each.name) != "DataObjectFormat":
            continue
        if len(each.all(f"{_X}MimeType")) != 1:
            return f"not one MimeType of what is signed ({_EN} §5.2.4)"
        described.append(each.attributes.get("ObjectReference", ""))
    signed = [f"#{each.id}" for each in references if is_content(each)]
    if sorted(described) != sorted(signed):
        return f"not one DataObjectFormat for each that is signed ({_EN} §6.3)"
    return None


def level(node: XmlNode) -> Level:
    """Return the level that a signature claims, by the properties that it has."""
    held = {each.name for each in unsigned_of(node)}
    if names.SIGNATURE_TIMESTAMP not in held:
        return Level.B_B
    if held & _ONLY_SHORT:
        return Level.B_T
    if names.ARCHIVE_TIMESTAMP in held:
        return Level.B_LTA
    material = {names.REVOCATION_VALUES, names.ANY_DATA}
    return Level.B_LT if held & material else Level.B_T


def may_be_long_term(node: XmlNode) -> bool:
    """Whether nothing is there that no signature of B-LT may have (table 2)."""
    return not {each.name for each in unsigned_of(node)} & _ONLY_SHORT


def certificate_fault(found: Reason) -> str | None:
    """Return what is wrong with the name of the certificate, if anything is."""
    if found is Reason.MATCHES:
        return None
    word = "no" if found is Reason.ABSENT else "another"
    return f"{word} certificate is named ({_EN} §5.2.2)"
