"""Checks and the report they add up to."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import repeat
from operator import attrgetter
from typing import Final, NamedTuple, NoReturn, TypeGuard

from idwallet.report.checks import CheckId, Outcome, Reason
from idwallet.report.evidence import EvidenceUsed, Origin
from idwallet.report.needs import BundleNeeded, Need
from idwallet.report.table import TABLE

FactValue = str | int | datetime | tuple[str, ...]
Facts = Mapping[str, FactValue]
Given = tuple[tuple[str, FactValue], ...]
Answer = tuple[CheckId, Reason, Given]
"""What `Checks` collects: what a check says, not made yet."""

REPORT_FORMAT: Final = "idwallet-report/1"
"""The version of `Report.to_json`; a change of its shape changes this."""


class Check(NamedTuple):
    """One answered question.

    `subject` says about what: the identifier of the credential query (``"pid"``,
    ``"pid[1]"`` for the second answer to it), or ``"request"``, ``"response"``,
    ``"credential"``, ``"proof"``. `facts` holds dates, names of issuers and relying
    parties, and claim *paths*, never a claim's value.

    Make checks with `check`, which takes outcome and clause from the table. It is a
    named tuple because a verification makes a dozen: twice as fast as a dataclass.
    """

    id: CheckId
    subject: str
    outcome: Outcome
    reason: Reason
    clause: str
    needs: tuple[Need, ...] = ()
    facts: Given = ()

    def fact(self, name: str) -> FactValue:
        """Return the fact of that name; the table says which there are.

        Raises:
            KeyError: the check carries no such fact.
        """
        return dict(self.facts)[name]


Make = Callable[[Answer, str], Check]
"""What makes a check of an answer and its subject."""

Required = frozenset[tuple[CheckId, str]]
"""The (check, subject) pairs without which a report cannot pass."""

_REMEMBERED: Final = 4096
_ANSWERS: Final = frozenset({tuple})


def check(
    check_id: CheckId,
    reason: Reason,
    *,
    subject: str,
    needs: tuple[Need, ...] = (),
    facts: Facts | None = None,
) -> Check:
    """Make the check that the table defines for this reason.

    Equal checks are shared objects: a verification makes a dozen of them, and most
    say what was said before. Lists of facts and needs are not remembered: whoever
    presents a credential chooses how long they are, and a need points to a person.

    Raises:
        KeyError: the table has no such row or the row promises a fact that is not
            given, which is a fault of this library.
        ValueError: a moment among the facts has no time zone.
    """
    given = tuple(facts.items()) if facts else ()
    if needs or any(type(value) is tuple for _, value in given):
        return _make((check_id, reason, given), subject, needs=needs)
    return _made((check_id, reason, given), subject)


def _make(answer: Answer, subject: str, *, needs: tuple[Need, ...] = ()) -> Check:
    check_id, reason, given = answer
    row = TABLE[check_id, reason]
    facts = _facts(given, row.facts)
    return Check(check_id, subject, row.outcome, reason, row.clause, needs, facts)


# Remembered, since the same issuers and types come again and again; what is kept is
# what reports hold, and no report holds personal data.
_made = lru_cache(maxsize=_REMEMBERED)(_make)


def _facts(given: Given, promised: tuple[str, ...]) -> Given:
    """Return the facts sorted by name: equal verdicts are equal however written."""
    found = dict(given)
    for name in promised:
        if name not in found:
            raise KeyError(f"the table promises the fact {name!r}")
    for name, value in given:
        if isinstance(value, datetime):
            _require_aware(value, name)
    return tuple(sorted(given))


def waiting(check_id: CheckId, *, subject: str, waits_for: CheckId) -> Check:
    """Make the check that could not run because `waits_for` did not pass."""
    return check(
        check_id,
        Reason.WAITING,
        subject=subject,
        facts={"waits_for": waits_for.value},
    )


class Checks:
    """Collects the checks of one subject, in the order in which they are answered.

    `answers` are made into checks all at once, by `made`. Who answers often appends
    to it, which runs no Python code; facts that hold a list go by `add`, as `check`
    remembers none.
    """

    __slots__ = ("answers", "needs_something", "subject")

    def __init__(self, subject: str) -> None:
        """Start with none."""
        self.subject = subject
        self.needs_something = False
        self.answers: list[Answer | Check] = []

    def say(
        self, check_id: CheckId, reason: Reason, *, facts: Facts | None = None
    ) -> None:
        """Answer one question; see `check`."""
        given = tuple(facts.items()) if facts else ()
        self.answers.append((check_id, reason, given))

    def wait(self, check_id: CheckId, waits_for: CheckId) -> None:
        """Say that a question cannot be answered because of another; see `waiting`."""
        self.add(waiting(check_id, subject=self.subject, waits_for=waits_for))

    def add(self, *checks: Check) -> None:
        """Take checks that were made elsewhere."""
        self.answers.extend(checks)
        if any(each.needs for each in checks):
            self.needs_something = True

    def made(
        self, origins: Iterable[str] | None = None, *, make: "Make | None" = None
    ) -> tuple[Check, ...]:
        """Return the checks, what they need with the `origins` it may be fetched from.

        None stands for a carrier that nobody verified and trusted, and takes away every
        need of an address: else a forged credential would make somebody fetch. `make`
        makes a check of an answer and its subject, `check` if none is given.

        Raises:
            KeyError, ValueError: see `check`.
        """
        answers, subject = self.answers, self.subject
        make = make or _made
        if self.needs_something:
            answers = _settled(answers, None if origins is None else sorted(origins))
        if _are_answers(answers):
            return tuple(map(make, answers, repeat(subject)))
        return tuple(
            [
                each if isinstance(each, Check) else make(each, subject)
                for each in answers
            ]
        )


def _settled(
    answers: list[Answer | Check], origins: list[str] | None
) -> list[Answer | Check]:
    return [
        each._replace(needs=tuple(_from(origins, each.needs)))
        if isinstance(each, Check)
        else each
        for each in answers
    ]


def _from(origins: list[str] | None, needs: tuple[Need, ...]) -> Iterator[Need]:
    for need in needs:
        if isinstance(need, BundleNeeded):  # it names no address
            yield need
        elif origins is not None:
            yield replace(need, origins=tuple(origins))


# Members looked up once: Python 3.11 takes as long to find one as to call a function.
_PASSED: Final = Outcome.PASSED
_FAILED: Final = Outcome.FAILED
_ALL_PASSED: Final = frozenset({_PASSED})
_OUTCOME: Final = attrgetter("outcome")
_QUESTION: Final = attrgetter("id", "subject")


def _are_answers(collected: list[Answer | Check]) -> TypeGuard[list[Answer]]:
    return _ANSWERS.issuperset(map(type, collected))


def conclude(checks: Iterable[Check], required: Required) -> Outcome:
    """Add checks up to one outcome.

    Any failed check fails. Otherwise an indeterminate check, a required check that
    did not run, or an empty `required` is indeterminate. Otherwise it passed.
    """
    answered = tuple(checks)
    outcomes = set(map(_OUTCOME, answered))
    if _FAILED in outcomes:
        return _FAILED
    if not required or outcomes != _ALL_PASSED:
        return Outcome.INDETERMINATE
    if not required.issubset(map(_QUESTION, answered)):
        return Outcome.INDETERMINATE
    return _PASSED


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict with everything that led to it, and no personal data.

    `at` is the moment judged (aware, UTC). `policy` names the policy applied.
    `required` holds the checks without which nothing passes. `evidence` is what was
    looked at, each piece with when and from where it was taken; `anchors` says the
    same of the trust anchors, None where none were asked. `outcome` is computed from
    the checks and cannot be given.

    Raises:
        ValueError: `at` has no time zone.
    """

    checks: tuple[Check, ...]
    required: Required
    at: datetime
    policy: str
    evidence: tuple[EvidenceUsed, ...] = field(default=(), kw_only=True)
    anchors: Origin | None = field(default=None, kw_only=True)
    outcome: Outcome = field(init=False)

    def __post_init__(self) -> None:
        """Conclude, on copies: what was concluded cannot change afterwards."""
        _require_aware(self.at, "at")
        checks, required = tuple(self.checks), frozenset(self.required)
        object.__setattr__(self, "checks", checks)
        object.__setattr__(self, "required", required)
        object.__setattr__(self, "outcome", conclude(checks, required))

    def __bool__(self) -> NoReturn:
        """Refuse to be a truth value: an indeterminate verdict is neither.

        Raises:
            TypeError: always.
        """
        raise TypeError("a Report is not true or false: look at report.outcome")

    def passed(self) -> tuple[Check, ...]:
        """Return the checks that passed."""
        return self._with(Outcome.PASSED)

    def failed(self) -> tuple[Check, ...]:
        """Return the checks that failed."""
        return self._with(Outcome.FAILED)

    def indeterminate(self) -> tuple[Check, ...]:
        """Return the checks that could not be decided."""
        return self._with(Outcome.INDETERMINATE)

    def _with(self, outcome: Outcome) -> tuple[Check, ...]:
        return tuple(each for each in self.checks if each.outcome is outcome)

    def missing(self) -> tuple[Need, ...]:
        """Return what would settle the undecided checks, each once, in order."""
        needs = (need for each in self.indeterminate() for need in each.needs)
        return tuple(dict.fromkeys(needs))

    def not_run(self) -> tuple[tuple[CheckId, str], ...]:
        """Return the required checks that nothing answered, sorted."""
        answered = {(each.id, each.subject) for each in self.checks}
        return tuple(sorted(self.required - answered))

    def to_json(self) -> dict[str, object]:
        """Return the report as JSON values: deterministic, versioned."""
        return {
            "format": REPORT_FORMAT,
            "outcome": self.outcome.value,
            "at": _utc(self.at),
            "policy": self.policy,
            "checks": [_check_json(each) for each in self.checks],
            "not_run": [[check_id.value, name] for check_id, name in self.not_run()],
            "anchors": None if self.anchors is None else _origin_json(self.anchors),
            "evidence": [_evidence_json(each) for each in self.evidence],
        }


def _require_aware(moment: datetime, name: str) -> None:
    if moment.utcoffset() is None:
        raise ValueError(f"{name} has no time zone")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _fact_json(value: FactValue) -> object:
    if isinstance(value, datetime):
        return _utc(value)
    return list(value) if isinstance(value, tuple) else value


def _check_json(each: Check) -> dict[str, object]:
    found: dict[str, object] = {
        "id": each.id.value,
        "subject": each.subject,
        "outcome": each.outcome.value,
        "reason": each.reason.value,
        "clause": each.clause,
    }
    if each.facts:
        found["facts"] = {name: _fact_json(value) for name, value in each.facts}
    if each.needs:
        found["needs"] = [_need_json(need) for need in each.needs]
    return found


def _need_json(need: Need) -> dict[str, object]:
    fields = {name: getattr(need, name) for name in need.__dataclass_fields__}
    plain = {name: _plain(value) for name, value in fields.items()}
    return {"need": type(need).__name__, **plain}


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return list(value) if isinstance(value, tuple) else value


def _evidence_json(used: EvidenceUsed) -> dict[str, object]:
    return {
        "kind": used.kind.value,
        "check": used.check.value,
        "subject": used.subject,
        "about": used.about,
        "as_of": None if used.as_of is None else _utc(used.as_of),
        **_origin_json(used.origin),
    }


def _origin_json(origin: Origin) -> dict[str, object]:
    return {
        "taken": None if origin.taken is None else _utc(origin.taken),
        "source": origin.source,
        "digest": origin.digest,
        "sequence": origin.sequence,
    }
