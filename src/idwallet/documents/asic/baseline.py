"""What stands in a container, by its kind and by the form of its signatures.

(EN 319 162-1 V1.1.1, clauses 4.3, 4.4 and 5.3, annex A.) The one table that signing and
judging follow. What a file is, its name alone says, as the standard has it.
"""

from enum import Enum
from typing import Final, NamedTuple

from idwallet.documents.asic.profile import ASiCKind

EN: Final = "EN 319 162-1"

MIMETYPE: Final = "mimetype"
META_INF: Final = "META-INF/"
SIMPLE_TYPE: Final = "application/vnd.etsi.asic-s+zip"
EXTENDED_TYPE: Final = "application/vnd.etsi.asic-e+zip"
MEDIA_TYPES: Final = {ASiCKind.S: SIMPLE_TYPE, ASiCKind.E: EXTENDED_TYPE}

SIMPLE_CADES: Final = f"{META_INF}signature.p7s"
SIMPLE_XADES: Final = f"{META_INF}signatures.xml"
NEWEST_ARCHIVE: Final = f"{META_INF}ASiCArchiveManifest.xml"
ODF_MANIFEST: Final = f"{META_INF}manifest.xml"


class Form(Enum):
    """In which form the signatures of a container are."""

    CADES = "CAdES"
    XADES = "XAdES"


class Role(Enum):
    """What an entry of a container is."""

    MIMETYPE = "mimetype"
    DATA = "data file"
    CADES = "CAdES signatures"
    XADES = "XAdES signatures"
    MANIFEST = "ASiCManifest"
    ARCHIVE_MANIFEST = "ASiCArchiveManifest"
    TIMESTAMP = "timestamp"
    EVIDENCE_RECORD = "evidence record"
    ODF_MANIFEST = "manifest.xml"
    MISNAMED = "a name that only signatures and manifests may have"


class Presence(Enum):
    """How many of a role there are."""

    ONE = "one"
    SOME = "one or more"
    MAYBE = "one or none"
    ANY = "any number"
    NONE = "none"


class Rule(NamedTuple):
    """How many of a role a container has, and where that is said."""

    presence: Presence
    clause: str


def _rules(
    clause: str, presences: dict[Role, tuple[Presence, str]]
) -> dict[Role, Rule]:
    """Return a rule for every role: what is not named is not there."""
    absent = (Presence.NONE, clause)
    return {role: Rule(*presences.get(role, absent)) for role in Role}


_FORM_CLAUSE: Final = f"{EN} §4.4.3.2"

TABLE: Final = {
    (ASiCKind.S, Form.CADES): _rules(
        f"{EN} §5.3.2.2 (b)",
        {
            Role.MIMETYPE: (Presence.MAYBE, f"{EN} §5.3.2.1"),
            Role.DATA: (Presence.ONE, f"{EN} §5.3.2.1"),
            Role.CADES: (Presence.ONE, f"{EN} §5.3.2.2"),
        },
    ),
    (ASiCKind.S, Form.XADES): _rules(
        f"{EN} §5.3.2.3 (c)",
        {
            Role.MIMETYPE: (Presence.MAYBE, f"{EN} §5.3.2.1"),
            Role.DATA: (Presence.ONE, f"{EN} §5.3.2.1"),
            Role.XADES: (Presence.ONE, f"{EN} §5.3.2.3"),
        },
    ),
    (ASiCKind.E, Form.CADES): _rules(
        f"{EN} §4.4.4.2",
        {
            Role.MIMETYPE: (Presence.MAYBE, f"{EN} §4.4.4.2 (1)"),
            Role.DATA: (Presence.SOME, f"{EN} §4.4.2 (2)"),
            Role.CADES: (Presence.SOME, f"{EN} §4.4.4.2 (3)"),
            Role.MANIFEST: (Presence.SOME, f"{EN} §4.4.4.2 (2)"),
            Role.ARCHIVE_MANIFEST: (Presence.ANY, f"{EN} §A.7"),
            Role.TIMESTAMP: (Presence.ANY, f"{EN} §A.7"),
        },
    ),
    (ASiCKind.E, Form.XADES): _rules(
        _FORM_CLAUSE,
        {
            Role.MIMETYPE: (Presence.MAYBE, f"{EN} §5.3.3"),
            Role.DATA: (Presence.SOME, f"{EN} §4.4.2 (2)"),
            Role.XADES: (Presence.SOME, f"{EN} §5.3.3"),
            Role.ODF_MANIFEST: (Presence.MAYBE, f"{EN} §5.3.3"),
        },
    ),
}
"""How many of each role a container has."""

_WORDS: Final = ("signature", "timestamp", "manifest", "evidencerecord")


def role_of(name: str) -> Role:
    """Return what an entry is, by its name (clauses 4.3.3.2, 4.4.3.2, 4.4.4.2, A.7).

    Case counts. What looks like a signature and is none is `Role.MISNAMED`: nobody is
    to take it for one, nor to overlook it. Whatever else there is is data, in META-INF
    too: it is to be signed as all other data is.
    """
    if name == MIMETYPE:
        return Role.MIMETYPE
    top, _, leaf = name.partition("/")
    if top != META_INF[:-1]:
        is_twin = top.casefold() in {MIMETYPE, META_INF[:-1].casefold()}
        return Role.MISNAMED if is_twin else Role.DATA
    if name == ODF_MANIFEST:
        return Role.ODF_MANIFEST
    found = None if "/" in leaf else _by_pattern(leaf)
    if found is not None:
        return found
    is_like = any(word in leaf.casefold() for word in _WORDS)
    return Role.MISNAMED if is_like else Role.DATA


def _by_pattern(leaf: str) -> Role | None:
    if leaf.endswith(".p7s"):
        return Role.CADES if "signature" in leaf else None
    if leaf.endswith(".tst"):
        return Role.TIMESTAMP if "timestamp" in leaf else None
    if leaf.endswith(".ers"):
        return Role.EVIDENCE_RECORD if "evidencerecord" in leaf else None
    return _by_xml_pattern(leaf) if leaf.endswith(".xml") else None


def _by_xml_pattern(leaf: str) -> Role | None:
    if leaf.startswith("ASiCManifest"):
        return Role.MANIFEST
    if "ASiCArchiveManifest" in leaf:
        return Role.ARCHIVE_MANIFEST
    if leaf.startswith("ASiCEvidenceRecordManifest") or "evidencerecord" in leaf:
        return Role.EVIDENCE_RECORD
    return Role.XADES if "signatures" in leaf else None


def count_fault(role: Role, count: int, *, rule: Rule) -> str | None:
    """Return how so many of a role differ from the table, in a few words, or None."""
    least = 1 if rule.presence in {Presence.ONE, Presence.SOME} else 0
    most = {Presence.NONE: 0, Presence.ONE: 1, Presence.MAYBE: 1}.get(rule.presence)
    if count < least:
        return f"no {role.value}"
    if most is not None and count > most:
        word = "more than one" if most else "a part that must not be:"
        return f"{word} {role.value}"
    return None
