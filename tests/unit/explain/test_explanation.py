import dataclasses
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from idwallet.errors import UsageError
from idwallet.explain import Explanation, explain
from idwallet.explain.words import LANGUAGES, READERS, Language, Reader
from idwallet.report import (
    GIVEN,
    TABLE,
    Check,
    CheckId,
    CrlNeeded,
    EvidenceKind,
    EvidenceUsed,
    Facts,
    FactValue,
    OcspNeeded,
    Origin,
    Outcome,
    Reason,
    Report,
    Required,
    StatusListNeeded,
    TypeMetadataNeeded,
    check,
    waiting,
)

GOLDEN = Path(__file__).parent / "golden"
AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINISTRY = "CN=Ministry of Interior PID Issuer,C=UT"
LIST = StatusListNeeded("https://status.ministry.example/lists/7", 412)
AGE = "/age_equal_or_over/18"

C, R = CheckId, Reason


def _checks(subject: str, changes: dict[CheckId, Check]) -> list[Check]:
    """Every check that a till makes on one credential, passed but for the changes."""
    until = datetime(2027, 5, 1, tzinfo=UTC)
    passed: list[tuple[CheckId, Reason, Facts | None]] = [
        (C.CREDENTIAL_FORMAT, R.WELL_FORMED, None),
        (C.ISSUER_TRUST, R.TRUSTED, {"name": MINISTRY, "until": until}),
        (C.ISSUER_SIGNATURE, R.VALID, None),
        (
            C.ISSUER_REVOCATION,
            R.UNKNOWN_ACCEPTED,
            {"name": MINISTRY, "what": "no evidence"},
        ),
        (C.CREDENTIAL_TYPE, R.ACCEPTED, {"found": "urn:eudi:pid:1"}),
        (C.CREDENTIAL_DISCLOSURES, R.ALL_MATCH, None),
        (C.CREDENTIAL_METADATA, R.MATCHES, {"found": "urn:eudi:pid:1"}),
        (C.CREDENTIAL_VALIDITY, R.CURRENT, {"until": until}),
        (C.CREDENTIAL_STATUS, R.STATUS_NOT_REQUIRED_ACCEPTED, {"found": LIST.uri}),
        (C.HOLDER_BINDING, R.PROVEN, None),
        (C.HOLDER_PRESENCE, R.NOT_ESTABLISHED_ACCEPTED, None),
        (C.PRESENTATION_NONCE, R.MATCHES, None),
        (C.PRESENTATION_AUDIENCE, R.MATCHES, None),
        (C.PRESENTATION_FRESHNESS, R.FRESH, None),
        (C.PRESENTATION_QUERY, R.ANSWERED, None),
    ]
    return [
        changes.get(check_id, check(check_id, reason, subject=subject, facts=facts))
        for check_id, reason, facts in passed
    ]


def _till(*changes: Check, also: tuple[Check, ...] = ()) -> Report:
    known = {each.id: each for each in changes}
    replay = known.get(
        C.PRESENTATION_REPLAY,
        check(C.PRESENTATION_REPLAY, R.FIRST_USE, subject="response"),
    )
    whole = check(C.PRESENTATION_FORMAT, R.WELL_FORMED, subject="response")
    return _report(whole, replay, *_checks("pid", known), *also)


def _report(*checks: Check, required: Required | None = None) -> Report:
    if required is None:
        required = frozenset((each.id, each.subject) for each in checks)
    return Report(checks, required, AT, "retail")


def _expired() -> Report:
    until = datetime(2026, 11, 3, 23, 59, 59, tzinfo=UTC)
    return _till(
        check(C.CREDENTIAL_VALIDITY, R.EXPIRED, subject="pid", facts={"until": until})
    )


def _self_made() -> Report:
    return _till(
        check(
            C.ISSUER_TRUST,
            R.NO_TRUSTED_PATH,
            subject="pid",
            facts={"name": "CN=Made at Home"},
        ),
        waiting(C.CREDENTIAL_STATUS, subject="pid", waits_for=C.ISSUER_TRUST),
    )


def _status_list() -> Report:
    return _till(
        check(
            C.CREDENTIAL_STATUS,
            R.STATUS_LIST_NEEDED,
            subject="pid",
            needs=(LIST,),
            facts={"found": LIST.uri},
        )
    )


def _replay() -> Report:
    return _till(check(C.PRESENTATION_REPLAY, R.ALREADY_USED, subject="response"))


def _under_age() -> Report:
    return _till(
        check(
            C.PRESENTATION_QUERY,
            R.VALUE_DIFFERS,
            subject="pid",
            facts={"paths": (AGE,)},
        )
    )


def _missing_claim() -> Report:
    return _till(
        check(
            C.PRESENTATION_QUERY,
            R.CLAIM_MISSING,
            subject="pid",
            facts={"paths": ("/given_name", "/family_name")},
        )
    )


def _several() -> Report:
    since = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    student = _checks(
        "student",
        {
            C.CREDENTIAL_VALIDITY: check(
                C.CREDENTIAL_VALIDITY,
                R.NOT_YET_VALID,
                subject="student",
                facts={"since": since},
            ),
            C.HOLDER_BINDING: check(C.HOLDER_BINDING, R.INVALID, subject="student"),
        },
    )
    return _till(
        check(
            C.CREDENTIAL_METADATA,
            R.NOT_AT_HAND,
            subject="pid",
            needs=(TypeMetadataNeeded("urn:eudi:pid:1"),),
            facts={"found": "urn:eudi:pid:1"},
        ),
        also=tuple(student),
    )


def _known() -> Report:
    """Status and issuer known from a bundle, the list past its time to live."""
    taken = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    bundle = Origin(taken=taken, source="bundle", digest="5e" * 32, sequence=41)
    report = _till(
        check(
            C.CREDENTIAL_STATUS,
            R.NOT_REVOKED_STALE_ACCEPTED,
            subject="pid",
            facts={"found": LIST.uri, "signed": taken - timedelta(hours=1)},
        ),
        check(
            C.ISSUER_REVOCATION,
            R.UNKNOWN,
            subject="pid",
            needs=(
                OcspNeeded(("http://ocsp.ministry.example",)),
                CrlNeeded("CN=Ministry CA", ()),
            ),
            facts={"name": MINISTRY, "what": "no evidence"},
        ),
    )
    used = EvidenceUsed(
        kind=EvidenceKind.STATUS_LIST,
        check=C.CREDENTIAL_STATUS,
        subject="pid",
        about=LIST.uri,
        as_of=taken - timedelta(hours=1),
        origin=bundle,
    )
    others = (
        dataclasses.replace(used, as_of=taken),
        dataclasses.replace(used, kind=EvidenceKind.CRL, about="CN=Ministry CA"),
        dataclasses.replace(
            used, kind=EvidenceKind.OCSP_RESPONSE, as_of=None, origin=GIVEN
        ),
    )
    return dataclasses.replace(report, evidence=(used, *others), anchors=bundle)


VERDICTS: dict[str, Callable[[], Report]] = {
    "passed": _till,
    "expired": _expired,
    "self_made": _self_made,
    "status_list": _status_list,
    "replay": _replay,
    "under_age": _under_age,
    "missing_claim": _missing_claim,
    "several": _several,
    "known": _known,
}


def golden(language: Language, reader: Reader, *, verdict: str) -> tuple[Path, str]:
    """The file of a golden text, and the text as it comes now."""
    told = explain(VERDICTS[verdict](), lang=language, reader=reader)
    return GOLDEN / f"{verdict}.{language}.{reader}.txt", f"{told}\n"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_whole_verdict_reads_as_its_golden_text(
    verdict: str, language: Language, reader: Reader
) -> None:
    path, text = golden(language, reader, verdict=verdict)
    assert text == path.read_text("utf-8")


def test_a_cause_that_has_a_code_is_told_in_the_language_of_the_reader() -> None:
    told = str(explain(_known(), lang="ru"))
    assert "сведений нет" in told
    assert "no evidence" not in told
    assert "no evidence" in str(explain(_known()))


def test_a_cause_without_a_code_is_told_as_it_is_and_safe_to_show() -> None:
    facts = {"what": "key\u202eused", "at": "/typ"}
    made = check(C.REQUEST_FORMAT, R.MALFORMED, subject="request", facts=facts)
    told = str(explain(_report(made), lang="ru"))
    assert "key" in told
    assert "\u202e" not in told


def test_there_are_no_golden_texts_but_these() -> None:
    paths = {
        golden(language, reader, verdict=verdict)[0].name
        for verdict in VERDICTS
        for language in LANGUAGES
        for reader in READERS
    }
    letters = {  # of test_ledger.py and test_transactions.py
        f"{name}.{language}.txt"
        for name in ("deletion", "transactions")
        for language in LANGUAGES
    }
    assert {path.name for path in GOLDEN.iterdir()} == paths | letters


def _value(name: str) -> FactValue:
    if name in {"until", "since", "signed"}:
        return AT
    if name in {"paths", "credentials"}:
        return ("/a", "/b")
    if name in {"window", "entries"}:
        return 300
    return "issuer.trust" if name == "waits_for" else "something"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_of_the_table_can_be_told_to_everybody(
    language: Language, reader: Reader
) -> None:
    for (check_id, reason), row in TABLE.items():
        facts = {name: _value(name) for name in row.facts}
        made = check(check_id, reason, subject="pid", facts=facts)
        told = str(explain(_report(made), lang=language, reader=reader))
        assert "{" not in told, (check_id, reason)
        assert not re.search(r"(?<!\.)\.\.(?!\.)", told), (check_id, reason)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_integrator_reads_every_check_with_clause_and_facts(
    language: Language,
) -> None:
    report = _several()
    told = explain(report, lang=language)
    assert sorted((each.check_id, each.subject) for each in told.lines) == sorted(
        (each.id, each.subject) for each in report.checks
    )
    for each in report.checks:
        assert each.id.value in str(told)
        assert each.clause in str(told)
        for name, _ in each.facts:
            assert f"{name} = " in str(told)


def test_failed_checks_come_first_then_undecided_then_passed() -> None:
    outcomes = [line.outcome for line in explain(_several()).lines]
    order = [Outcome.FAILED, Outcome.INDETERMINATE, Outcome.PASSED]
    assert outcomes == sorted(outcomes, key=order.index)


@pytest.mark.parametrize("reader", ["clerk", "holder"])
def test_what_was_accepted_is_told_to_everybody_even_when_all_passed(
    reader: Reader,
) -> None:
    told = explain(_till(), reader=reader)
    assert {line.check_id for line in told.lines} == {
        C.ISSUER_REVOCATION,
        C.CREDENTIAL_STATUS,
        C.HOLDER_PRESENCE,
    }


def test_a_clerk_who_may_accept_reads_the_headline_and_the_date_only() -> None:
    made = check(C.PRESENTATION_NONCE, R.MATCHES, subject="pid")
    assert str(explain(_report(made), reader="clerk")) == (
        "Accept. Everything asked for is confirmed.\n"
        "Checked as of 24 November 2026, 12:00 UTC."
    )


@pytest.mark.parametrize("reader", ["clerk", "holder"])
def test_nobody_is_told_to_go_on_or_that_it_is_no_refusal_beside_a_refusal(
    reader: Reader,
) -> None:
    told = explain(_several(), reader=reader)
    advised = {line.outcome for line in told.lines if line.next_action}
    assert advised == {Outcome.FAILED}
    assert Outcome.INDETERMINATE in {line.outcome for line in told.lines}
    assert Outcome.PASSED in {line.outcome for line in told.lines}


@pytest.mark.parametrize("reader", ["clerk", "holder"])
def test_what_waits_is_not_told_to_people_when_its_cause_is(reader: Reader) -> None:
    told = explain(_self_made(), reader=reader)
    failed = [line for line in told.lines if line.outcome is not Outcome.PASSED]
    assert [line.check_id for line in failed] == [C.ISSUER_TRUST]


@pytest.mark.parametrize("reader", ["clerk", "holder"])
def test_what_waits_is_told_to_people_when_nothing_else_is(reader: Reader) -> None:
    made = waiting(C.ISSUER_SIGNATURE, subject="pid", waits_for=C.ISSUER_TRUST)
    told = explain(_report(made), reader=reader)
    assert [line.check_id for line in told.lines] == [C.ISSUER_SIGNATURE]


def test_the_same_advice_is_given_to_people_once_and_to_the_integrator_each_time() -> (
    None
):
    reason = R.BINDING_NOT_REQUIRED_ACCEPTED
    ids = [C.HOLDER_BINDING, C.PRESENTATION_NONCE, C.PRESENTATION_AUDIENCE]
    report = _report(*(check(each, reason, subject="pid") for each in ids))
    assert len(explain(report, reader="clerk").lines) == 1
    assert len(explain(report, reader="integrator").lines) == 3


def test_a_surplus_is_told_to_the_holder_and_not_to_the_clerk() -> None:
    facts = {"paths": ("/shoe_size",)}
    report = _report(
        check(C.PRESENTATION_QUERY, R.SURPLUS_WITHHELD, subject="pid", facts=facts)
    )
    assert explain(report, reader="clerk").lines == ()
    assert "/shoe_size" in str(explain(report, reader="holder"))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_required_check_that_did_not_run_is_told(
    language: Language, reader: Reader
) -> None:
    made = check(C.PRESENTATION_NONCE, R.MATCHES, subject="pid")
    report = _report(made, required=frozenset({(C.ISSUER_TRUST, "pid")}))
    told = explain(report, lang=language, reader=reader)
    line = told.lines[0]
    assert (line.check_id, line.subject) == (C.ISSUER_TRUST, "pid")
    assert line.outcome is Outcome.INDETERMINATE
    assert line.next_action
    assert line.text in str(told)


@pytest.mark.parametrize("reader", READERS)
def test_a_report_without_checks_is_told_as_undecided(reader: Reader) -> None:
    told = explain(_report(), reader=reader)
    assert told.lines == ()
    assert told.headline in str(told)


@pytest.mark.parametrize(
    ("made", "headline"),
    [
        (
            check(C.REQUEST_SIGNATURE, R.INVALID, subject="request"),
            "The wallet refuses the request.",
        ),
        (
            check(C.READER_AUTHORISED, R.NO_KEY_MATERIAL, subject="request"),
            "The wallet refuses the request.",
        ),
        (
            check(C.PROOF_NONCE, R.ABSENT, subject="proof"),
            "The wallet did not prove its key. Do not issue the document.",
        ),
        (
            check(C.CREDENTIAL_TYPE, R.TYPE_ABSENT, subject="credential"),
            "Do not accept the document.",
        ),
        (
            check(C.PRESENTATION_NONCE, R.ABSENT, subject="pid"),
            "Do not accept.",
        ),
    ],
    ids=["request", "reader", "proof", "credential", "presentation"],
)
def test_the_headline_says_what_was_judged(made: Check, headline: str) -> None:
    assert explain(_report(made), reader="clerk").headline == headline


def test_what_was_required_says_what_was_judged_though_it_did_not_run() -> None:
    report = _report(required=frozenset({(C.PROOF_FORMAT, "proof")}))
    assert "document yet" in explain(report, reader="clerk").headline


def test_one_document_is_not_named_and_several_are() -> None:
    assert "pid" not in str(explain(_expired(), reader="clerk"))
    told = str(explain(_several(), reader="clerk"))
    assert "- [pid] " in told
    assert "- [student] " in told


def test_people_read_names_of_claims_and_the_integrator_reads_paths() -> None:
    assert AGE in str(explain(_under_age()))
    told = {
        language: str(explain(_under_age(), lang=language, reader="clerk"))
        for language in LANGUAGES
    }
    assert "“Aged 18 or over”" in told["en"]
    assert "«Возраст: не менее 18 лет»" in told["ru"]
    assert AGE not in told["en"] + told["ru"]


def test_known_subjects_are_named_in_the_readers_language() -> None:
    made = check(C.REQUEST_SIGNATURE, R.INVALID, subject="request")
    assert "the request" in explain(_report(made)).lines[0].details[0]
    assert "запрос" in explain(_report(made), lang="ru").lines[0].details[0]


def test_moments_are_told_in_utc_and_in_the_readers_language() -> None:
    moscow = timezone(timedelta(hours=3))
    until = datetime(2026, 5, 1, 1, 5, tzinfo=moscow)
    report = _report(
        check(C.CREDENTIAL_VALIDITY, R.EXPIRED, subject="pid", facts={"until": until})
    )
    assert "30 April 2026, 22:05 UTC" in str(explain(report, reader="clerk"))
    assert "30 апреля 2026 г., 22:05 UTC" in str(
        explain(report, lang="ru", reader="clerk")
    )


def test_a_long_list_of_paths_is_cut() -> None:
    paths = tuple(f"/claim_{number}" for number in range(40))
    report = _report(
        check(
            C.PRESENTATION_QUERY, R.CLAIM_MISSING, subject="pid", facts={"paths": paths}
        )
    )
    told = str(explain(report, reader="clerk"))
    assert "/claim_11" in told
    assert "/claim_12" not in told
    assert "and more" in told


def test_a_number_that_is_not_a_time_is_told_without_a_unit() -> None:
    facts: Facts = {"signed": AT, "window": 300, "attempts": 2}
    report = _report(
        check(C.PRESENTATION_FRESHNESS, R.TOO_OLD, subject="pid", facts=facts)
    )
    told = str(explain(report))
    assert "attempts = 2" in told
    assert "an age of 300 s" in told


def test_a_waiting_check_of_an_unknown_name_is_told_as_it_stands() -> None:
    made = check(
        C.ISSUER_SIGNATURE, R.WAITING, subject="pid", facts={"waits_for": "issuer.mood"}
    )
    assert "“issuer.mood”" in str(explain(_report(made)))


HOSTILE = "\x1b[2J\u202eevil\u200b<script>{name}\n{at}"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_from_outside_cannot_act_on_what_shows_it(
    language: Language, reader: Reader
) -> None:
    facts = {"name": HOSTILE, "found": HOSTILE, "what": HOSTILE, "at": HOSTILE}
    paths = {"paths": (HOSTILE,)}
    needs = (StatusListNeeded(HOSTILE, 1), TypeMetadataNeeded(HOSTILE))
    report = Report(
        (
            check(C.ISSUER_TRUST, R.NO_TRUSTED_PATH, subject=HOSTILE, facts=facts),
            check(C.PRESENTATION_FORMAT, R.MALFORMED, subject="response", facts=facts),
            check(C.PRESENTATION_QUERY, R.CLAIM_MISSING, subject="pid", facts=paths),
            check(
                C.CREDENTIAL_STATUS,
                R.STATUS_LIST_NEEDED,
                subject="pid",
                facts=facts,
                needs=needs,
            ),
        ),
        frozenset({(C.HOLDER_BINDING, HOSTILE)}),
        AT,
        HOSTILE,
    )
    told = str(explain(report, lang=language, reader=reader))
    assert not set(told) & set("\x1b\u202e\u200b")
    assert "\n{at}" not in told
    assert "<script>" not in told


def test_telling_twice_tells_the_same_and_changes_nothing() -> None:
    report = _several()
    before = report.to_json()
    assert explain(report) == explain(report)
    assert report.to_json() == before


def test_an_explanation_cannot_be_changed() -> None:
    told: Explanation = explain(_till())
    with pytest.raises(dataclasses.FrozenInstanceError):
        told.headline = "Accept."  # type: ignore[misc]


def test_a_language_or_a_reader_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="en, ru"):
        explain(_till(), lang="de")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="integrator, clerk, holder"):
        explain(_till(), reader="judge")  # type: ignore[arg-type]


def test_importing_reads_no_catalogue() -> None:
    program = (
        "import idwallet.explain, sys;"
        "from idwallet.explain.words import words;"
        "sys.exit(words.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode == 0
