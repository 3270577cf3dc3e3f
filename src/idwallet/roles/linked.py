"""What a choice would let its asker, and others, know of earlier visits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from idwallet.codec.json import JsonObject
from idwallet.consent.ledger.ledger import Ledger
from idwallet.consent.linking.links import LinkKind
from idwallet.consent.linking.marks import (
    Mark,
    Marks,
    claim_mark,
    credential_marks,
    party_mark,
    read_marks,
)
from idwallet.consent.linking.traces import tells
from idwallet.consent.linking.visits import (
    Visit,
    VisitLink,
    VisitLinkKind,
    claim_name,
    linked_visits,
)
from idwallet.credentials.model import Credential
from idwallet.credentials.paths import Absent, ClaimPath, look_up
from idwallet.ports import Random
from idwallet.roles.asked import Shown
from idwallet.roles.batches import Batches
from idwallet.roles.record import HeldCredential


class _Remembered(NamedTuple):
    entry: int
    marks: Marks


@dataclass(frozen=True, slots=True)
class Linking:
    """What a wallet looks at to find what links a visit to those before it."""

    batches: Batches
    ledger: Ledger
    party: str

    def links(
        self, shown: Iterable[Shown], earlier: Iterable[Visit]
    ) -> tuple[VisitLink, ...]:
        """Return what links what is chosen to earlier visits; see `Holder.linked`."""
        visits = tuple(earlier)
        kept = [_Remembered(i, read_marks(e)) for i, e in self.ledger.marks()]
        found: list[VisitLink] = []
        for each in shown:
            planned = planned_visit(each, party=self.party, batches=self.batches)
            links = (
                *linked_visits(planned, visits),
                *self._kept(each, planned, kept=kept),
            )
            found += links
            known = any(link.kind is VisitLinkKind.SAME_COPY for link in links)
            is_seen = planned.copy is not None and not each.credential.thumbprint
            if is_seen and not known:
                # The batch knows that somebody has seen it, though nobody says who.
                found.append(VisitLink(VisitLinkKind.SAME_COPY, None, elsewhere=True))
        return tuple(found)

    def _kept(
        self, shown: Shown, planned: Visit, *, kept: Sequence[_Remembered]
    ) -> Iterator[VisitLink]:
        claims = {claim_mark(claim_name(each)): each for each in planned.paths}
        copies = self.batches.copies(shown.credential) if planned.copy else ()
        own = next((e for e in copies if e.thumbprint == planned.copy), None)
        marks = {*claims, *(() if own is None else _copy_marks(own))}
        for index, remembered in kept:
            link = self._link(remembered.known(marks), claims)
            if link is not None:
                kind, paths = link
                by = party_mark(self.party)
                elsewhere = not remembered.known([by])
                yield VisitLink(kind, self._visit(index, paths), elsewhere, paths)

    @staticmethod
    def _link(
        known: Iterable[Mark], claims: Mapping[Mark, ClaimPath]
    ) -> tuple[VisitLinkKind, frozenset[ClaimPath]] | None:
        kinds = {each.kind for each in known}
        if kinds - {LinkKind.CLAIM, LinkKind.STATUS_ENTRY}:
            return VisitLinkKind.SAME_COPY, frozenset()
        if LinkKind.STATUS_ENTRY in kinds:
            return VisitLinkKind.SAME_STATUS, frozenset()
        if not kinds:
            return None
        paths = frozenset(claims[each] for each in known)
        return VisitLinkKind.SAME_CLAIMS, paths

    def _visit(self, index: int, paths: frozenset[ClaimPath]) -> Visit:
        entry = self.ledger.entry(index).entry
        party = None if entry is None else entry.party
        return Visit(
            party="" if party is None else party.identifier,
            copy=None,
            paths=paths,
            at=None if entry is None else entry.time,
        )


def planned_visit(shown: Shown, *, party: str, batches: Batches) -> Visit:
    """Return what showing this would be remembered as.

    Raises:
        BatchEmpty: no copy is left to show.
    """
    copy = batches.preview(shown.credential, party=party)
    return Visit(party=party, copy=copy, paths=_telling(shown))


def remembered(
    shown: Iterable[Shown],
    held: Iterable[HeldCredential],
    *,
    party: str,
    random: Random,
) -> bytes:
    """Return what is kept of a visit: whose copies these are, and no claim's value."""
    marks = {party_mark(party)}
    for each, copy in zip(shown, held, strict=True):
        marks |= _copy_marks(copy)
        marks |= {claim_mark(claim_name(path)) for path in _telling(each)}
    return Marks.of(marks, random=random).to_bytes()


def _copy_marks(copy: HeldCredential) -> frozenset[Mark]:
    return credential_marks(Credential(copy.format, copy.raw))


def _telling(shown: Shown) -> frozenset[ClaimPath]:
    claims = shown.credential.positioned
    return frozenset(each for each in shown.reveals if _tells(claims, each))


def _tells(claims: JsonObject, path: ClaimPath) -> bool:
    value = look_up(claims, path)
    return not isinstance(value, Absent) and tells(value)
