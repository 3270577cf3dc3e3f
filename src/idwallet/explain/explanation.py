"""A report in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from idwallet.codec.text import show
from idwallet.errors import UsageError
from idwallet.explain.evidence import write_evidence, write_known
from idwallet.explain.values import (
    name_claims,
    write_facts,
    write_moment,
    write_quoted,
)
from idwallet.explain.words import (
    READERS,
    Language,
    Phrase,
    Reader,
    Words,
    claim_names,
    words,
)
from idwallet.report import (
    BundleNeeded,
    Check,
    CheckId,
    CrlNeeded,
    DidDocumentNeeded,
    IdentifierListNeeded,
    Need,
    Outcome,
    Reason,
    Report,
    StatusListNeeded,
    TypeMetadataNeeded,
)

# Which verdict it is shows in the checks it was made of. The first group met decides:
# a presentation holds checks on a credential too.
_KINDS: Final = (
    ("proof", "proof"),
    ("request", "request"),
    ("reader", "request"),
    ("presentation", "presentation"),
    ("bundle", "bundle"),
    ("trusted_list", "trusted_list"),
    ("registration", "registration"),
    ("document", "document"),
    ("session", "session"),
    ("receipt", "receipt"),
    ("ledger", "ledger"),
)


# Subjects of a signed document: ``signature[0].counter[1].timestamp[0]``,
# ``signature[0].archive[2]``.
_SIGNATURE: Final = "signature["
_STAMP: Final = re.compile(r"[.](?:timestamp|archive)[\[]")
_NUMBER: Final = re.compile(r"\[([0-9]+)\]")


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one check.

    `next_action` is empty when there is nothing to do. `details` are for the
    integrator: title, clause, facts and needs.
    """

    check_id: CheckId
    subject: str
    outcome: Outcome
    text: str
    next_action: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict in words; `str` gives all of it as one readable text."""

    headline: str
    lines: tuple[Line, ...]
    text: str

    def __str__(self) -> str:
        """Return the whole text, without a newline at its end."""
        return self.text


def explain(
    report: Report, *, lang: Language = "en", reader: Reader = "integrator"
) -> Explanation:
    """Say what a report means and what to do next.

    The integrator reads every check with its clause, facts and remedy. The clerk and
    the holder read what stands in the way, and whatever a policy accepted although
    it was not established. Failed checks come first. Text from outside is made safe
    to show; personal data is not there to be shown.

    Raises:
        UsageError: there is no such language or reader.
    """
    if reader not in READERS:
        raise UsageError(f"reader is one of {', '.join(READERS)}")
    telling = _Telling(report, words(lang), lang, reader)
    headline = telling.headline()
    lines = telling.lines()
    whole = telling.for_integrator if reader == "integrator" else telling.for_people
    return Explanation(headline, lines, "\n".join(whole(headline, lines)))


@dataclass(frozen=True, slots=True)
class _Telling:
    """One report on its way into one language for one reader."""

    report: Report
    words: Words
    language: Language
    reader: Reader

    def headline(self) -> str:
        headlines = self.words["headlines"][self._kind()]
        return headlines[self.report.outcome.value][self.reader]

    def lines(self) -> tuple[Line, ...]:
        report = self.report
        waiting_tells = self._nothing_but_waiting()
        told = [
            *self._checks(report.failed(), waiting_tells=waiting_tells),
            *self._checks(report.indeterminate(), waiting_tells=waiting_tells),
            *(self._not_run(*each) for each in report.not_run()),
            *self._checks(report.passed(), waiting_tells=waiting_tells),
        ]
        if self.reader == "integrator":
            return tuple(told)
        # Several checks may come to the same advice; people need it once.
        unique: dict[tuple[Outcome, str], Line] = {}
        for line in told:
            unique.setdefault((line.outcome, line.text), line)
        return tuple(unique.values())

    def for_integrator(self, headline: str, lines: tuple[Line, ...]) -> Iterator[str]:
        yield headline
        yield self._as_of()
        yield from write_evidence(self.report, self.words)
        for line in lines:
            yield ""
            yield line.details[0]
            yield f"  {line.text}"
            yield from (f"  {detail}" for detail in line.details[1:])
            if line.next_action:
                action = self.words["next"]["integrator"]
                yield f"  {action.format(next=line.next_action)}"

    def for_people(self, headline: str, lines: tuple[Line, ...]) -> Iterator[str]:
        yield headline
        yield from (f"- {line.text}" for line in lines)
        actions = tuple(dict.fromkeys(each.next_action for each in lines))
        actions = tuple(action for action in actions if action)
        if actions:
            yield self.words["next"][self.reader]
            yield from (f"- {action}" for action in actions)
        yield self._as_of()
        yield from write_known(self.report, self.words, reader=self.reader)

    def _kind(self) -> str:
        ids = [each.id for each in self.report.checks]
        ids += [check_id for check_id, _ in self.report.required]
        groups = {check_id.value.partition(".")[0] for check_id in ids}
        for group, kind in _KINDS:
            if group in groups:
                return kind
        return "credential"

    def _as_of(self) -> str:
        report = self.report
        return self.words["as_of"][self.reader].format(
            at=write_moment(report.at, self.words),
            policy=write_quoted(report.policy, self.words),
            failed=len(report.failed()),
            indeterminate=len(report.indeterminate()),
            passed=len(report.passed()),
        )

    def _nothing_but_waiting(self) -> bool:
        causes = (*self.report.failed(), *self.report.indeterminate())
        return all(each.reason is Reason.WAITING for each in causes)

    def _checks(
        self, checks: tuple[Check, ...], *, waiting_tells: bool
    ) -> Iterator[Line]:
        for each in checks:
            if self.reader == "integrator" or _concerns(
                each, reader=self.reader, waiting_tells=waiting_tells
            ):
                yield self._line(each)

    def _line(self, each: Check) -> Line:
        phrase = self._phrase(each)
        told = each
        if self.reader != "integrator":
            told = name_claims(each, claim_names(self.language))
        facts = write_facts(told, self.words)
        said: Phrase = {
            "text": phrase["text"].format_map(facts),
            "next": phrase["next"].format_map(facts),
        }
        return self._make_line(
            each.id,
            each.subject,
            outcome=each.outcome,
            phrase=said,
            details=tuple(self._details(each, facts=dict(facts))),
        )

    def _phrase(self, each: Check) -> Phrase:
        told = self.words["checks"][each.id.value]["reasons"][each.reason.value]
        if any(one.id is CheckId.PRESENTATION_RELAY for one in self.report.checks):
            unasked = self.words["unasked"].get(each.id.value, {})
            told = unasked.get(each.reason.value, told)
        return told[self.reader]

    def _not_run(self, check_id: CheckId, subject: str) -> Line:
        title = self._title(
            check_id,
            subject,
            outcome=Outcome.INDETERMINATE,
            reason=self.words["did_not_run"],
        )
        return self._make_line(
            check_id,
            subject,
            outcome=Outcome.INDETERMINATE,
            phrase=self.words["not_run"][self.reader],
            details=(title,),
        )

    def _make_line(
        self,
        check_id: CheckId,
        subject: str,
        *,
        outcome: Outcome,
        phrase: Phrase,
        details: tuple[str, ...],
    ) -> Line:
        if self.reader == "integrator":
            return Line(
                check_id, subject, outcome, phrase["text"], phrase["next"], details
            )
        text = phrase["text"]
        if self._several() and subject not in self.words["subjects"]:
            place = self._place(subject)
            text = self.words["document"].format(subject=place, text=text)
        # "Go on" beside a refusal, or "this is not a refusal", would mislead.
        matters = outcome is self.report.outcome
        return Line(check_id, subject, outcome, text, phrase["next"] if matters else "")

    def _several(self) -> bool:
        subjects = {each.subject for each in self.report.checks}
        subjects |= {subject for _, subject in self.report.required}
        known = self.words["subjects"].keys()
        # A timestamp belongs to the signature that it is on.
        return len({_STAMP.split(each)[0] for each in subjects - known}) > 1

    def _place(self, subject: str) -> str:
        """Return a subject for people, who count signatures from one."""
        if not subject.startswith(_SIGNATURE):
            return show(subject)
        numbers = _NUMBER.findall(_STAMP.split(subject)[0])
        number = "/".join(str(int(each) + 1) for each in numbers)
        return self.words["signature_number"].format(number=number)

    def _title(
        self, check_id: CheckId, subject: str, *, outcome: Outcome, reason: str
    ) -> str:
        own = self.words["subjects"].get(subject)
        if own is None:
            name = write_quoted(subject, self.words)
            template = self.words["credential_subject"]
            if subject.startswith(_SIGNATURE):
                template = self.words["signature_subject"]
            own = template.format(subject=name)
        return self.words["check_title"].format(
            outcome=self.words["outcomes"][outcome.value],
            check=self.words["checks"][check_id.value]["name"],
            id=check_id.value,
            subject=own,
            reason=reason,
        )

    def _details(self, each: Check, *, facts: dict[str, str]) -> Iterator[str]:
        labels = self.words["labels"]
        yield self._title(
            each.id, each.subject, outcome=each.outcome, reason=each.reason.value
        )
        yield labels["clause"].format(clause=each.clause)
        if facts:
            template = self.words["fact"]
            pairs = (
                template.format(name=name, value=value) for name, value in facts.items()
            )
            yield labels["facts"].format(facts="; ".join(pairs))
        if each.needs:
            needs = "; ".join(self._need(need) for need in each.needs)
            yield labels["needs"].format(needs=needs)

    def _need(self, need: Need) -> str:
        template = self.words["needs"][type(need).__name__]
        if isinstance(need, StatusListNeeded):
            uri = write_quoted(need.uri, self.words)
            return template.format(uri=uri, index=need.index)
        if isinstance(need, IdentifierListNeeded):
            return template.format(uri=write_quoted(need.uri, self.words))
        if isinstance(need, BundleNeeded):
            series = write_quoted(need.series, self.words)
            return template.format(series=series, after=need.after)
        if isinstance(need, DidDocumentNeeded):
            did, uri = (write_quoted(e, self.words) for e in (need.did, need.uri))
            return template.format(did=did, uri=uri)
        if isinstance(need, TypeMetadataNeeded):
            return template.format(vct=write_quoted(need.vct, self.words))
        places = (write_quoted(each, self.words) for each in need.uris)
        uris = self.words["separator"].join(places) or self.words["nowhere"]
        if isinstance(need, CrlNeeded):
            issuer = write_quoted(need.issuer, self.words)
            return template.format(issuer=issuer, uris=uris)
        return template.format(uris=uris)


def _concerns(each: Check, *, reader: Reader, waiting_tells: bool) -> bool:
    """Say whether the clerk or the holder needs to hear of this check."""
    if each.reason is Reason.WAITING:
        return waiting_tells
    if each.outcome is not Outcome.PASSED:
        return True
    if each.reason is Reason.SURPLUS_WITHHELD:
        return reader == "holder"
    return each.reason.value.endswith("_accepted")
