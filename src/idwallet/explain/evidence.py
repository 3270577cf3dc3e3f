"""As of when evidence was taken, and from where, in words."""

from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from typing import Final

from idwallet.explain.values import write_moment, write_quoted
from idwallet.explain.words import Reader, Words
from idwallet.report import EvidenceKind, Origin, Report


def write_evidence(report: Report, words: Words) -> Iterator[str]:
    """Write each piece of evidence for the integrator, the trust anchors first."""
    templates = words["evidence"]
    if report.anchors is not None:
        origin = _origin(report.anchors, words)
        yield templates["trust_anchors"].format(origin=origin)
    for each in report.evidence:
        as_of = each.as_of
        yield templates[each.kind.value].format(
            about=write_quoted(each.about, words),
            as_of=templates["unread"] if as_of is None else write_moment(as_of, words),
            origin=_origin(each.origin, words),
        )


def _origin(origin: Origin, words: Words) -> str:
    templates = words["evidence"]
    parts = [templates["given"]]
    if origin.source != "application":
        source = write_quoted(origin.source, words)
        parts = [templates["from"].format(source=source)]
    if origin.sequence is not None:
        parts.append(templates["number"].format(sequence=origin.sequence))
    if origin.digest is not None:
        parts.append(templates["digest"].format(digest=origin.digest))
    if origin.taken is None:
        parts.append(templates["undated"])
    else:
        moment = write_moment(origin.taken, words)
        parts.append(templates["taken"].format(moment=moment))
    return words["separator"].join(parts)


def write_known(report: Report, words: Words, *, reader: Reader) -> Iterator[str]:
    """Write for people as of when it is known who is trusted and what was revoked.

    Of several moments the oldest counts.
    """
    templates = words["as_of_evidence"][reader]
    for name, moment in _known(report):
        yield templates[name].format(moment=write_moment(moment, words))


def _known(report: Report) -> Iterator[tuple[str, datetime]]:
    anchors = report.anchors
    if anchors is not None and anchors.taken is not None:
        yield "trust_anchors", anchors.taken
    moments: dict[str, list[datetime]] = {"status": [], "certificates": []}
    for each in report.evidence:
        known = _KNOWN.get(each.kind, "certificates")
        if each.as_of is not None and known in moments:
            moments[known].append(each.as_of)
    yield from ((name, min(found)) for name, found in moments.items() if found)


_KNOWN: Final = MappingProxyType(
    {
        EvidenceKind.STATUS_LIST: "status",
        EvidenceKind.IDENTIFIER_LIST: "status",
        EvidenceKind.WITHDRAWN: "delegations",  # the check itself says it to people
    }
)
