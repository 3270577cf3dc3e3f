"""Whether the signatures of a PDF file stand, and what changed after each.

Every signature and every timestamp on the document is judged, whichever revision shows
it, and none is left out because it cannot be read. The document passes only where each
of them does.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from idwallet.codec.pdf import PdfFile, Source, read_pdf
from idwallet.documents.judging.context import Asked, Judging, judging
from idwallet.documents.judging.outcome import (
    DOCUMENT,
    Judgement,
    unreadable,
    unsigned,
)
from idwallet.documents.judging.stamps import Stamp, Stamps, judge_stamps
from idwallet.documents.model import Document, Level
from idwallet.documents.pades.changes.codes import Change, FoundChange
from idwallet.documents.pades.changes.document import find_changes
from idwallet.documents.pades.changes.permission import (
    Permission,
    judge_changes,
    lock_level,
    locked,
    read_level,
    read_locks,
)
from idwallet.documents.pades.coverage import find_coverage, octets_behind
from idwallet.documents.pades.found import find_signatures
from idwallet.documents.pades.material import material_of
from idwallet.documents.pades.signature import Placed, Reached, judge_placed
from idwallet.documents.pades.view import View
from idwallet.errors import (
    MalformedError,
    UnsupportedError,
    fault_reason,
)
from idwallet.report import Check, CheckId, Outcome, Reason, check, waiting

_COVERAGE: Final = CheckId.DOCUMENT_COVERAGE
_CHANGES: Final = CheckId.DOCUMENT_CHANGES


def evaluate(
    signed: Source, document: Document | None = None, *, asked: Asked
) -> Judgement:
    """Judge every signature of a PDF file; never raises because of it.

    `signed` is the file: its octets, or a mapped file, of which no more is held than is
    looked at. A signature in a PDF file is on that file: whoever expects one on another
    `document` did not get it.
    """
    try:
        if document is not None:
            raise UnsupportedError(
                "a PDF file where a signature on another document is awaited",
                at=DOCUMENT,
                clause="ISO 32000-2 §12.8.1",
            )
        file = read_pdf(signed)
        if file.is_encrypted:
            raise UnsupportedError(
                "an encrypted document", at=DOCUMENT, clause="ISO 32000-2 §7.6"
            )
        signatures = _placed(file)
        using = judging(asked, material_of(View(file)))
    except (MalformedError, UnsupportedError) as error:
        return unreadable(error)
    if not any(not each.signature.is_timestamp for each in signatures):
        checks = (*unsigned().checks, *_of_stamps(signatures, using).checks)
        return unsigned()._replace(checks=checks)
    return _Judging(file, signatures, using=using).judge()


def _placed(file: PdfFile) -> tuple[Placed, ...]:
    """Return every signature, named in the order of what they cover."""
    found = []
    numbers = {True: 0, False: 0}
    for each in find_signatures(file):
        number = numbers[each.is_timestamp]
        numbers[each.is_timestamp] += 1
        word = f"{DOCUMENT}.timestamp" if each.is_timestamp else "signature"
        covered = find_coverage(each, file)
        found.append(Placed(each, covered, file.source, f"{word}[{number}]"))
    return tuple(found)


class _Stamped(NamedTuple):
    """A timestamp on the document that was believed: when, and up to where."""

    moment: datetime
    end: int


def _of_stamps(placed: tuple[Placed, ...], using: Judging) -> Stamps:
    """Judge the timestamps on the document (EN 319 142-1 5.4.3)."""
    found = [each for each in placed if each.signature.is_timestamp]
    if not found:
        return Stamps(None, (), ())
    stamps = [Stamp(_token(each), each.digest) for each in found]
    return judge_stamps(stamps, using, subject=DOCUMENT)


def _token(placed: Placed) -> bytes:
    try:
        return placed.value()
    except MalformedError:
        # Judged as it is, so that it is told and not left out.
        held = placed.signature.entries.get("Contents")
        return held if isinstance(held, bytes) else b""


class _Judging:
    """A file being judged."""

    def __init__(
        self, file: PdfFile, placed: tuple[Placed, ...], *, using: Judging
    ) -> None:
        self._file = file
        self._placed = placed
        self._judging = using
        self._views: dict[int, View] = {}
        self._found: dict[int, tuple[FoundChange, ...]] = {}

    def judge(self) -> Judgement:
        """Judge the timestamps, the signatures, and what changed after each."""
        stamps = _of_stamps(self._placed, self._judging)
        believed = tuple(self._believed(stamps))
        signatures = []
        for each in self._placed:
            if not each.signature.is_timestamp:
                reached = self._reached(each, believed)
                judged = judge_placed(each, self._judging, reached=reached)
                signatures.append(judged)
        if signatures and stamps.evidence:
            first = signatures[0]
            signatures[0] = first._replace(evidence=first.evidence + stamps.evidence)
        own = [made for each in self._placed for made in self._changes_of(each)]
        return Judgement(tuple(signatures), (*stamps.checks, *own))

    def _believed(self, stamps: Stamps) -> Iterator[_Stamped]:
        found = (each for each in self._placed if each.signature.is_timestamp)
        for placed, said in zip(found, stamps.checks, strict=True):
            if said.outcome is Outcome.PASSED and placed.covered.fault is None:
                moment = dict(said.facts).get("signed")
                if isinstance(moment, datetime):
                    yield _Stamped(moment, placed.signature.end)

    def _reached(self, placed: Placed, believed: tuple[_Stamped, ...]) -> Reached:
        after = [each for each in believed if each.end > placed.signature.end]
        moment = min((each.moment for each in after), default=None)
        return Reached(moment, lambda own: self._level(own, placed, after=after))

    def _level(self, own: Level, placed: Placed, *, after: list[_Stamped]) -> Level:
        """Return the level that is reached with what the document has (6.1)."""
        updates = placed.covered.updates
        if updates is None or (own is Level.B_B and not after):
            return own
        if "DSS" not in self._view(0).catalog:
            return Level.B_T
        return Level.B_LTA if self._is_archived(after) else Level.B_LT

    def _is_archived(self, after: list[_Stamped]) -> bool:
        """Say whether a timestamp covers the evidence too (6.3 (y))."""
        ends = {each.end for each in after}
        return any(
            each.signature.end in ends
            and each.covered.updates is not None
            and "DSS" in self._view(each.covered.updates).catalog
            for each in self._placed
        )

    def _view(self, updates: int) -> View:
        found = self._views.get(updates)
        if found is None:
            found = self._views[updates] = View(self._file.as_of(updates))
        return found

    # --- coverage and changes ---------------------------------------------------------

    def _changes_of(self, placed: Placed) -> Iterator[Check]:
        covered, subject = placed.covered, placed.subject
        if covered.fault is not None or covered.updates is None:
            facts = {"what": covered.fault or ""}
            yield check(_COVERAGE, Reason.MISMATCH, subject=subject, facts=facts)
            yield waiting(_CHANGES, subject=subject, waits_for=_COVERAGE)
            return
        yield check(_COVERAGE, Reason.MATCHES, subject=subject)
        try:
            yield self._told(placed, covered.updates)
        except (MalformedError, UnsupportedError) as error:
            reason = fault_reason(error)
            at = {"what": error.what, "at": error.at}
            yield check(_CHANGES, reason, subject=subject, facts=at)

    def _told(self, placed: Placed, updates: int) -> Check:
        found = self._changes(updates)
        end = placed.signature.end
        if not updates and octets_behind(self._file.source, end):
            found = (FoundChange(Change.OCTETS_ADDED, "document"),)
        if not found:
            return check(_CHANGES, Reason.UNCHANGED, subject=placed.subject)
        permission = self._permission(placed, updates)
        reason = judge_changes(found, permission)
        codes = {each.code.value for each in locked(found, permission)}
        facts = {"changes": tuple(sorted(codes))}
        return check(_CHANGES, reason, subject=placed.subject, facts=facts)

    def _changes(self, updates: int) -> tuple[FoundChange, ...]:
        if not updates:
            return ()
        found = self._found.get(updates)
        if found is None:
            old, new = self._view(updates), self._view(0)
            found = self._found[updates] = find_changes(old, new, updates=updates)
        return found

    def _permission(self, placed: Placed, updates: int) -> Permission:
        """Return what may change after a signature: what it says, and who certified."""
        view = self._view(updates)
        levels = [
            read_level(view, each.signature.entries)
            for each in self._placed
            if each.signature.end <= placed.signature.end
        ]
        lock = placed.signature.lock
        levels.append(lock_level(view, lock))
        known = [each for each in levels if each is not None]
        locks = read_locks(view, placed.signature.entries, lock=lock)
        return Permission(min(known, default=None), locks)
