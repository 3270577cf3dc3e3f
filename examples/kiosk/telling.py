"""A verdict in words, in both languages, and the name of the case for the page."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final

from idwallet import CheckId, Outcome, Reason, Report, explain

# Which case it is shows in the checks. The first that fits names it.
_CASES: Final[tuple[tuple[str, CheckId, frozenset[Reason]], ...]] = (
    ("second-use", CheckId.PRESENTATION_REPLAY, frozenset({Reason.ALREADY_USED})),
    (
        "wrong-till",
        CheckId.PRESENTATION_AUDIENCE,
        frozenset({Reason.MISMATCH, Reason.NOT_BOUND}),
    ),
    ("other-question", CheckId.PRESENTATION_NONCE, frozenset({Reason.MISMATCH})),
    (
        "too-late",
        CheckId.PRESENTATION_FRESHNESS,
        frozenset({Reason.TOO_OLD, Reason.REQUEST_EXPIRED}),
    ),
    ("revoked", CheckId.CREDENTIAL_STATUS, frozenset({Reason.REVOKED})),
    (
        "not-met",
        CheckId.PRESENTATION_QUERY,
        frozenset({Reason.VALUE_DIFFERS, Reason.CLAIM_MISSING}),
    ),
    (
        "unreadable",
        CheckId.PRESENTATION_FORMAT,
        frozenset({Reason.MALFORMED, Reason.UNSUPPORTED, Reason.LIMIT_EXCEEDED}),
    ),
)
_STALE: Final = frozenset(
    {
        Reason.NOT_REVOKED_STALE_ACCEPTED,
        Reason.ANCHORS_STALE_ACCEPTED,
        Reason.STALE_ACCEPTED,
    }
)


@dataclass(frozen=True)
class Said:
    """What a clerk reads in one language."""

    headline: str
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    actions: tuple[str, ...]
    as_of: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """What is kept of a verdict: no claim, no name, no key of anybody."""

    outcome: str
    case: str
    why: str
    said: Mapping[str, Said]

    def to_text(self) -> str:
        """Return it as it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> "Told":
        """Read what was stored."""
        found = json.loads(text)
        said = {
            lang: Said(**{name: _kept(value) for name, value in each.items()})
            for lang, each in found["said"].items()
        }
        return cls(found["outcome"], found["case"], found["why"], said)


def tell_unbelieved(report: Report) -> Told:
    """Put into words why this device checks nobody: it is no verdict on anybody."""
    told = tell(report)
    return replace(told, outcome=Outcome.INDETERMINATE.value, case="cannot-check")


def tell(report: Report) -> Told:
    """Put a report into words for a clerk."""
    decided = report.failed() or report.indeterminate()
    why = sorted({f"{each.id.value}:{each.reason.value}" for each in decided})
    said = {lang: _said(report, lang) for lang in ("en", "ru")}
    return Told(report.outcome.value, _case(report), " ".join(why), said)


def _case(report: Report) -> str:
    if report.outcome is Outcome.PASSED:
        is_stale = any(each.reason in _STALE for each in report.checks)
        return "stale-accepted" if is_stale else "passed"
    if report.outcome is Outcome.INDETERMINATE:
        return "cannot-check"
    failed = {(each.id, each.reason) for each in report.failed()}
    for case, check, reasons in _CASES:
        if any((check, reason) in failed for reason in reasons):
            return case
    return "failed"


def _said(report: Report, lang: str) -> Said:
    told = explain(report, lang="ru" if lang == "ru" else "en", reader="clerk")
    actions = dict.fromkeys(each.next_action for each in told.lines)
    rest = told.text.split("\n")
    # What stands behind the last item of a list says as of when all this is.
    last = max((n for n, line in enumerate(rest) if line.startswith("- ")), default=0)
    return Said(
        told.headline,
        tuple(each.text for each in told.lines if each.outcome is not Outcome.PASSED),
        tuple(each.text for each in told.lines if each.outcome is Outcome.PASSED),
        tuple(each for each in actions if each),
        tuple(rest[last + 1 :]),
    )


def _kept(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
