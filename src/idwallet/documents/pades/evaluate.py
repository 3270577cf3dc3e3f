"""Whether the signatures of a PDF file stand, and what changed after each.

Every signature and every timestamp on the document is judged, whichever revision shows
it, and none is left out because it cannot be read. The document passes only where each
of them does.
"""

from collections.abc import Callable, Iterator
from typing import Final

from idwallet.codec.pdf import PdfFile, Source, read_pdf
from idwallet.documents.judging.archive import (
    Archive,
    ArchiveStamp,
    Covered,
    judge_archive,
)
from idwallet.documents.judging.context import Asked, Judging, judging
from idwallet.documents.judging.material import Material
from idwallet.documents.judging.outcome import (
    DOCUMENT,
    Judgement,
    unreadable,
    unsigned,
)
from idwallet.documents.model import Document
from idwallet.documents.pades.changes.codes import Change, FoundChange
from idwallet.documents.pades.changes.compare import Steps
from idwallet.documents.pades.changes.document import find_changes
from idwallet.documents.pades.changes.permission import (
    judge_changes,
    locked,
    permission_after,
)
from idwallet.documents.pades.coverage import find_coverage, octets_behind
from idwallet.documents.pades.found import find_signatures
from idwallet.documents.pades.material import material_of
from idwallet.documents.pades.signature import Placed, judge_placed, tokens_of
from idwallet.documents.pades.view import View
from idwallet.errors import (
    LimitError,
    MalformedError,
    UnsupportedError,
    fault_reason,
)
from idwallet.report import Check, CheckId, Reason, check, waiting

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
    try:
        judgement = _Judging(file, signatures, using=using).judge()
    except (MalformedError, UnsupportedError) as error:
        return unreadable(error)
    if judgement.signatures:
        return judgement
    # What has timestamps alone was signed by nobody.
    none = unsigned()
    return none._replace(checks=(*none.checks, *judgement.checks))


def _placed(file: PdfFile) -> tuple[Placed, ...]:
    """Return every signature, named in the order of what they cover."""
    found = []
    numbers = {True: 0, False: 0}
    for each in find_signatures(file):
        number = numbers[each.is_timestamp]
        numbers[each.is_timestamp] += 1
        word = f"{DOCUMENT}.archive" if each.is_timestamp else "signature"
        covered = find_coverage(each, file)
        found.append(Placed(each, covered, file.source, f"{word}[{number}]"))
    return tuple(found)


def _archive(file: PdfFile, placed: tuple[Placed, ...], *, using: Judging) -> Archive:
    """Judge the timestamps on the document (EN 319 142-1 5.4.3, EN 319 102-1 5.6)."""
    stamps = [
        ArchiveStamp(_token(each), each.digest, _covering(file, placed, stamp=each))
        for each in placed
        if each.signature.is_timestamp
    ]
    return judge_archive(stamps, using, subject=DOCUMENT)


def _token(placed: Placed) -> bytes:
    try:
        return placed.value()
    except MalformedError:
        # Judged as it is, so that it is told and not left out.
        held = placed.signature.entries.get("Contents")
        return held if isinstance(held, bytes) else b""


def _covering(
    file: PdfFile, placed: tuple[Placed, ...], *, stamp: Placed
) -> Callable[[], Covered]:
    """Return what says what a timestamp is on: the revision that it covers."""

    def covered() -> Covered:
        updates = stamp.covered.updates
        if updates is None:
            return Covered(Material())
        before = [e for e in placed if e.signature.end < stamp.signature.end]
        return Covered(
            _material_then(View(file.as_of(updates), end=stamp.signature.end)),
            frozenset(token for each in before for token in tokens_of(each)),
        )

    return covered


def _material_then(view: View) -> Material:
    """Return what the store of an older revision held: of one that is none, nothing.

    Raises:
        LimitError: it holds too much.
    """
    try:
        return material_of(view)
    except LimitError:
        raise
    except (MalformedError, UnsupportedError):
        return Material()


class _Judging:
    """A file being judged."""

    def __init__(
        self, file: PdfFile, placed: tuple[Placed, ...], *, using: Judging
    ) -> None:
        self._file = file
        self._placed = placed
        self._judging = using
        self._views: dict[int, View] = {}
        self._steps = Steps()
        self._found: dict[int, tuple[FoundChange, ...]] = {}

    def judge(self) -> Judgement:
        """Judge the timestamps, the signatures, and what changed after each."""
        archive = _archive(self._file, self._placed, using=self._judging)
        signatures = [
            judge_placed(each, archive.judging)
            for each in self._placed
            if not each.signature.is_timestamp
        ]
        if signatures and archive.evidence:
            first = signatures[0]
            signatures[0] = first._replace(evidence=first.evidence + archive.evidence)
        own = [made for each in self._placed for made in self._changes_of(each)]
        return Judgement(tuple(signatures), (*archive.checks, *own))

    def _view(self, updates: int, end: int | None = None) -> View:
        found = self._views.get(updates)
        if found is None:
            found = View(self._file.as_of(updates), end=end)
            self._views[updates] = found
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
        end = placed.signature.end
        found = self._changes(updates, end)
        if not updates and octets_behind(self._file.source, end):
            found = (FoundChange(Change.OCTETS_ADDED, "document"),)
        if not found:
            return check(_CHANGES, Reason.UNCHANGED, subject=placed.subject)
        permission = permission_after(
            self._view(updates, end),
            placed.signature,
            beside=(each.signature for each in self._placed),
        )
        reason = judge_changes(found, permission)
        codes = {each.code.value for each in locked(found, permission)}
        facts = {"changes": tuple(sorted(codes))}
        return check(_CHANGES, reason, subject=placed.subject, facts=facts)

    def _changes(self, updates: int, end: int) -> tuple[FoundChange, ...]:
        if not updates:
            return ()
        found = self._found.get(updates)
        if found is None:
            old, new = self._view(updates, end), View(self._file)
            found = self._found[updates] = find_changes(
                old, new, updates=updates, steps=self._steps
            )
        return found
