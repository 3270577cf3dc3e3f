"""From the bytes of a list of trust to anchors, or to a report that says why not."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import Final

from idwallet import limits
from idwallet.codec.text import show
from idwallet.errors import (
    MalformedError,
    UnsupportedError,
    UsageError,
    fault_reason,
    require_passed,
)
from idwallet.report import CheckId, Checks, Outcome, Reason, Report
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.certificate import Certificate
from idwallet.trust.lists.etsi import open_etsi
from idwallet.trust.lists.lote import open_lote
from idwallet.trust.lists.selection import (
    SERVICE_PURPOSES,
    Selection,
    select_anchors,
)
from idwallet.trust.lists.signers import signers_of
from idwallet.trust.lists.structures import (
    Candidate,
    ExpectedList,
    Judged,
    ListContent,
    ListPointer,
    ListRules,
    ListSeen,
    OpenedList,
)
from idwallet.trust.lists.timeliness import (
    freshness,
    relied_until,
    sequence_reason,
)
from idwallet.trust.lists.vical import open_vical
from idwallet.trust.signer import (
    SignerFound,
    SignerRefused,
    resolve_signer,
    unless_distrusted,
)

_C, _R = CheckId, Reason

SUBJECT: Final = "list"
"""What the checks of a list of trust are about."""

PIVOT: Final = "pivot"
"""What they are about where a pivot of it fails, and nothing else is judged."""

_IDS: Final = (
    _C.TRUSTED_LIST_FORMAT,
    _C.TRUSTED_LIST_SIGNER,
    _C.TRUSTED_LIST_SIGNATURE,
    _C.TRUSTED_LIST_SCHEME,
    _C.TRUSTED_LIST_FRESHNESS,
    _C.TRUSTED_LIST_SEQUENCE,
)


class _Seal:
    """What only the evaluation of a list holds."""


_SEAL: Final = _Seal()


@dataclass(frozen=True, slots=True, eq=False)
class VerifiedList:
    """A list of trust that passed; only `evaluate_trusted_list` can make one.

    `digest` is the SHA-256 of the list as it came. `until` is how long what it says is
    relied on. `report` says what was found.
    """

    content: ListContent
    report: Report
    digest: bytes = field(repr=False)
    until: datetime
    seal: InitVar[object] = field(kw_only=True)

    def __post_init__(self, seal: object) -> None:
        """Refuse a list that nobody judged.

        Raises:
            UsageError: it was not made by `evaluate_trusted_list`.
        """
        if seal is not _SEAL:
            raise UsageError("a VerifiedList comes from evaluate_trusted_list alone")

    @property
    def seen(self) -> ListSeen:
        """What to remember, so that an older list is refused next time."""
        return ListSeen(self.content.issued, self.content.sequence)

    def anchors(
        self, *, at: datetime, purposes: Mapping[str, Purpose] = SERVICE_PURPOSES
    ) -> Selection:
        """Return who is believed at a moment, and what was left out and why.

        `purposes` says what each type of service is believed about. The moment may lie
        in the past, where the list tells the history of its services.

        Raises:
            UsageError: `at` has no zone.
        """
        return select_anchors(self.content, at=at, until=self.until, purposes=purposes)

    def expected(
        self, pointer: ListPointer, *, seen: ListSeen | None
    ) -> ExpectedList | None:
        """Return what is expected of a list that this one points to.

        Its signers are those that this list names for it, and nobody else. None where
        it names none that could sign. `seen` is what was seen of it before, None the
        first time.

        Raises:
            UsageError: this list has no such pointer.
        """
        if pointer not in self.content.pointers:
            raise UsageError("a pointer of another list")
        signers = signers_of(pointer, until=self.until)
        if signers is None:
            return None
        return ExpectedList(
            signers=signers, type=pointer.type, territory=pointer.territory, seen=seen
        )


@dataclass(frozen=True, slots=True)
class UnverifiedList:
    """A list of trust that did not pass; the report says why, and nothing else is."""

    report: Report


def evaluate_trusted_list(
    data: bytes,
    *,
    expected: ExpectedList,
    rules: ListRules,
    pivots: Sequence[bytes] = (),
) -> VerifiedList | UnverifiedList:
    """Read a list of trust in any of its forms, and judge it at a moment.

    It never raises because of the list. `pivots` are the older lists by which the
    operator announced new signers (ETSI TS 119 615 §4.1), the oldest first: each is
    signed by whom the one before it names, the first by `expected.signers`, and none is
    older than the one before. Nothing is fetched.

    Raises:
        UsageError: more pivots than `limits.LIST_PIVOTS`.
    """
    if len(pivots) > limits.LIST_PIVOTS:
        raise UsageError("more pivots than limits.LIST_PIVOTS")
    asked = expected.seen
    expected = replace(expected, seen=None)
    for pivot in pivots:
        found = _pivot(pivot, expected=expected, rules=rules)
        if isinstance(found, UnverifiedList):
            return found
        expected = found
    # Not older than what was seen before, nor than the pivot that leads here.
    known = [each for each in (asked, expected.seen) if each is not None]
    newest = max(known, key=attrgetter("issued"), default=None)
    expected = replace(expected, seen=newest)
    judge = _Judge(expected, rules=rules, subject=SUBJECT)
    content = judge.run(data)
    report = judge.report()
    if content is None or report.outcome is not Outcome.PASSED:
        return UnverifiedList(report)
    until = relied_until(content, rules=rules)
    digest = hashlib.sha256(data).digest()
    return VerifiedList(content, report, digest, until, seal=_SEAL)


def verify_trusted_list(
    data: bytes,
    *,
    expected: ExpectedList,
    rules: ListRules,
    pivots: Sequence[bytes] = (),
) -> VerifiedList:
    """Return the list only if it passed; see `evaluate_trusted_list`.

    Raises:
        VerificationError: it did not; the report holds `trusted_list.*` checks.
        UsageError: see `evaluate_trusted_list`.
    """
    found = evaluate_trusted_list(data, expected=expected, rules=rules, pivots=pivots)
    require_passed(found.report)
    if isinstance(found, UnverifiedList):  # what did not pass was raised
        raise UsageError("a report that passed without a list")
    return found


def _pivot(
    data: bytes, *, expected: ExpectedList, rules: ListRules
) -> ExpectedList | UnverifiedList:
    """Return what a pivot makes of the expectation.

    It is old by its nature: its age does not count, and its signer is judged when its
    certificate was still valid.
    """
    judge = _Judge(expected, rules=rules, subject=PIVOT)
    content = judge.run(data)
    report = judge.report()
    if content is None or report.outcome is not Outcome.PASSED:
        return UnverifiedList(report)
    signers = _next_signers(content, until=rules.at)
    if signers is None:  # `_Judge` has said so
        return UnverifiedList(report)
    seen = ListSeen(content.issued, content.sequence)
    return replace(expected, signers=signers, seen=seen)


def _next_signers(content: ListContent, *, until: datetime) -> TrustStore | None:
    """Return who signs the next list, by this one's pointer to itself."""
    for pointer in content.pointers:
        if (pointer.type, pointer.territory) == (content.type, content.territory):
            signers = signers_of(pointer, until=until)
            if signers is not None:
                return signers
    return None


def _open(data: bytes) -> OpenedList:
    """Tell the forms apart by how they begin."""
    head = data.lstrip()[:1]
    if head == b"<" or data.startswith(b"\xef\xbb\xbf"):
        return open_etsi(data)
    opener: Callable[[bytes], OpenedList] = open_lote
    if data[:1] >= b"\x80":
        opener = open_vical
    return opener(data)


class _Judge:
    """One evaluation of one list."""

    def __init__(
        self, expected: ExpectedList, *, rules: ListRules, subject: str
    ) -> None:
        self._expected = expected
        self._rules = rules
        self._checks = Checks(subject)
        self._subject = subject
        self._is_pivot = subject == PIVOT

    def say(
        self, check_id: CheckId, reason: Reason, **facts: str | datetime | int
    ) -> None:
        self._checks.say(check_id, reason, facts=facts)

    def report(self) -> Report:
        return Report(
            checks=self._checks.made(),
            required=frozenset((each, self._subject) for each in _IDS),
            at=self._rules.at,
            policy=self._rules.policy.name,
        )

    def run(self, data: bytes) -> ListContent | None:
        try:
            opened = _open(data)
        except (MalformedError, UnsupportedError) as error:
            self._unreadable(error)
            return None
        judged = self._signed(opened)
        if judged is None:
            return None
        try:
            content = opened.read(judged.payload)
        except (MalformedError, UnsupportedError) as error:
            self._unreadable(error, after=2)
            return None
        self.say(_C.TRUSTED_LIST_FORMAT, _R.WELL_FORMED)
        self._judge_content(content)
        return content

    def _unreadable(
        self, error: MalformedError | UnsupportedError, *, after: int = 0
    ) -> None:
        """Say why it cannot be read; whatever was not answered waits for that."""
        facts = {"what": error.what, "at": error.at}
        self.say(_C.TRUSTED_LIST_FORMAT, fault_reason(error), **facts)
        for each in _IDS[1 + after :]:
            self._checks.wait(each, _C.TRUSTED_LIST_FORMAT)

    def _signed(self, opened: OpenedList) -> Judged | None:
        """Judge signer and signature; None where nothing it says is believed."""
        signer = self._signer(opened)
        key = signer.key
        if key is None:
            self._checks.wait(_C.TRUSTED_LIST_SIGNATURE, _C.TRUSTED_LIST_SIGNER)
            self._nothing(_C.TRUSTED_LIST_SIGNER)
            return None
        certificate = opened.x5c[0] if opened.x5c else None
        try:
            judged = opened.judge(
                Candidate(key, certificate, self._rules.policy.algorithms)
            )
        except (MalformedError, UnsupportedError) as error:
            self._unreadable(error, after=1)
            return None
        self._signature(judged, opened)
        if judged.reason is not _R.VALID:
            self._nothing(_C.TRUSTED_LIST_SIGNATURE)
            return None
        if isinstance(signer, SignerRefused):
            self._nothing(_C.TRUSTED_LIST_SIGNER)
            return None
        return judged

    def _nothing(self, waits_for: CheckId) -> None:
        self._checks.wait(_C.TRUSTED_LIST_FORMAT, waits_for)
        for each in _IDS[3:]:
            self._checks.wait(each, waits_for)

    def _signer(self, opened: OpenedList) -> SignerFound | SignerRefused:
        x5c = opened.x5c[: limits.CHAIN_CERTIFICATES]
        found = unless_distrusted(
            resolve_signer(
                x5c,
                kid=None,
                name=None,
                store=self._expected.signers,
                purpose=Purpose.SIGN_TRUSTED_LISTS,
                at=self._moment(x5c),
                algorithms=self._rules.policy.algorithms,
            )
        )
        self._checks.say(_C.TRUSTED_LIST_SIGNER, found.reason, facts=found.facts)
        return found

    def _moment(self, x5c: tuple[bytes, ...]) -> datetime:
        """Return when the signer is judged: for a pivot, not after it expired."""
        if not self._is_pivot or not x5c:
            return self._rules.at
        try:
            leaf = Certificate.from_der(x5c[0], at="list")
        except (MalformedError, UnsupportedError):
            return self._rules.at
        return min(self._rules.at, leaf.not_after)

    def _signature(self, judged: Judged, opened: OpenedList) -> None:
        facts: dict[str, str] = {}
        if judged.reason is _R.ALGORITHM_NOT_ALLOWED:
            facts = {"found": show(opened.algorithm)}
        elif judged.reason in {_R.KEY_UNUSABLE, _R.ABSENT}:
            facts = {"what": judged.what or "the key does not do that algorithm"}
        self._checks.say(_C.TRUSTED_LIST_SIGNATURE, judged.reason, facts=facts)

    def _judge_content(self, content: ListContent) -> None:
        expected, rules = self._expected, self._rules
        found = show(" ".join(filter(None, (content.territory, content.type))))
        reason = _R.MATCHES if self._matches(content) else _R.MISMATCH
        self.say(_C.TRUSTED_LIST_SCHEME, reason, found=found)
        fresh, facts = freshness(content, rules=rules)
        if self._is_pivot and fresh is _R.STALE:
            fresh, facts = _R.FRESH, {"signed": content.issued}
        self._checks.say(_C.TRUSTED_LIST_FRESHNESS, fresh, facts=facts)
        sequence = sequence_reason(content, expected.seen)
        self.say(_C.TRUSTED_LIST_SEQUENCE, sequence, signed=content.issued)

    def _matches(self, content: ListContent) -> bool:
        """Whether it is the list expected; a pivot must name who signs the next."""
        expected = self._expected
        if expected.type not in {None, content.type}:
            return False
        if expected.territory not in {None, content.territory}:
            return False
        return not self._is_pivot or (
            _next_signers(content, until=self._rules.at) is not None
        )
