import copy
import dataclasses
import json
import pickle
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations

import pytest

from idwallet.report import (
    GIVEN,
    REPORT_FORMAT,
    BundleNeeded,
    Check,
    CheckId,
    Checks,
    CrlNeeded,
    EvidenceKind,
    EvidenceUsed,
    Need,
    OcspNeeded,
    Origin,
    Outcome,
    Reason,
    Report,
    StatusListNeeded,
    TypeMetadataNeeded,
    check,
    conclude,
    verdict,
    waiting,
)

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LIST = StatusListNeeded("https://issuer.example/statuslists/1", 412)

PASSED = check(CheckId.ISSUER_SIGNATURE, Reason.VALID, subject="pid")
FAILED = check(CheckId.PRESENTATION_NONCE, Reason.MISMATCH, subject="pid")
UNDECIDED = check(CheckId.HOLDER_PRESENCE, Reason.NOT_ESTABLISHED, subject="pid")


def _key(each: Check) -> tuple[CheckId, str]:
    return each.id, each.subject


def _report(*checks: Check, required: tuple[Check, ...] | None = None) -> Report:
    keys = frozenset(_key(each) for each in (checks if required is None else required))
    return Report(checks, keys, AT, "retail")


# --- conclude ---------------------------------------------------------------------


def test_passed_when_every_required_check_ran_and_all_passed() -> None:
    assert conclude([PASSED], frozenset({_key(PASSED)})) is Outcome.PASSED


def test_one_failed_check_fails_whatever_stands_beside_it() -> None:
    required = frozenset({_key(PASSED), _key(FAILED), _key(UNDECIDED)})
    for checks in permutations([PASSED, FAILED, UNDECIDED]):
        assert conclude(checks, required) is Outcome.FAILED


def test_a_failed_check_fails_though_nobody_required_it() -> None:
    assert conclude([PASSED, FAILED], frozenset({_key(PASSED)})) is Outcome.FAILED


def test_a_failed_check_fails_though_nothing_was_required() -> None:
    assert conclude([FAILED], frozenset()) is Outcome.FAILED


def test_a_failed_check_fails_though_another_required_one_did_not_run() -> None:
    assert conclude([FAILED], frozenset({_key(PASSED)})) is Outcome.FAILED


def test_one_undecided_check_leaves_the_whole_undecided_in_any_order() -> None:
    required = frozenset({_key(PASSED), _key(UNDECIDED)})
    for checks in permutations([PASSED, UNDECIDED]):
        assert conclude(checks, required) is Outcome.INDETERMINATE


def test_an_undecided_check_that_nobody_required_leaves_the_whole_undecided() -> None:
    required = frozenset({_key(PASSED)})
    assert conclude([PASSED, UNDECIDED], required) is Outcome.INDETERMINATE


def test_a_required_check_that_did_not_run_leaves_the_whole_undecided() -> None:
    required = frozenset({_key(PASSED), _key(FAILED)})
    assert conclude([PASSED], required) is Outcome.INDETERMINATE


def test_a_required_check_is_not_answered_by_the_same_check_on_another_subject() -> (
    None
):
    required = frozenset({(CheckId.ISSUER_SIGNATURE, "student")})
    assert conclude([PASSED], required) is Outcome.INDETERMINATE


def test_a_required_check_is_not_answered_by_another_check_on_its_subject() -> None:
    required = frozenset({(CheckId.ISSUER_TRUST, "pid")})
    assert conclude([PASSED], required) is Outcome.INDETERMINATE


def test_requiring_nothing_is_never_a_pass() -> None:
    assert conclude([PASSED], frozenset()) is Outcome.INDETERMINATE
    assert conclude([], frozenset()) is Outcome.INDETERMINATE


def test_running_nothing_is_never_a_pass() -> None:
    assert conclude([], frozenset({_key(PASSED)})) is Outcome.INDETERMINATE


def test_more_passed_checks_than_required_still_pass() -> None:
    fresh = check(CheckId.PRESENTATION_FRESHNESS, Reason.FRESH, subject="pid")
    assert conclude([fresh, PASSED], frozenset({_key(PASSED)})) is Outcome.PASSED


def test_checks_may_come_from_a_generator() -> None:
    checks = (each for each in [PASSED])
    assert conclude(checks, frozenset({_key(PASSED)})) is Outcome.PASSED


# --- check ------------------------------------------------------------------------


def test_a_check_without_a_promised_fact_cannot_be_made() -> None:
    with pytest.raises(KeyError, match="'until'"):
        check(CheckId.CREDENTIAL_VALIDITY, Reason.EXPIRED, subject="pid")
    with pytest.raises(KeyError, match="'since'"):
        check(
            CheckId.READER_AUTHORISED,
            Reason.CERTIFICATE_NOT_YET_VALID,
            subject="request",
            facts={"name": "Corner Shop"},
        )


def test_a_check_that_promises_no_fact_may_be_made_with_empty_facts() -> None:
    made = check(CheckId.ISSUER_SIGNATURE, Reason.VALID, subject="pid", facts={})
    assert made == PASSED


def test_a_fact_beyond_the_promised_ones_is_kept() -> None:
    made = check(
        CheckId.ISSUER_SIGNATURE, Reason.VALID, subject="pid", facts={"name": "X"}
    )
    assert made.fact("name") == "X"


def test_facts_are_in_the_order_of_their_names() -> None:
    facts = {"what": "no nonce", "at": "/nonce"}
    made = check(
        CheckId.REQUEST_FORMAT, Reason.MALFORMED, subject="request", facts=facts
    )
    assert made.facts == (("at", "/nonce"), ("what", "no nonce"))


def test_a_moment_without_a_time_zone_is_refused_among_facts() -> None:
    naive = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 - the fault under test
    with pytest.raises(ValueError, match=r"^until has no time zone$"):
        check(
            CheckId.CREDENTIAL_VALIDITY,
            Reason.EXPIRED,
            subject="pid",
            facts={"until": naive},
        )


def test_a_fact_is_found_by_its_name_and_no_other() -> None:
    made = check(
        CheckId.CREDENTIAL_VALIDITY,
        Reason.EXPIRED,
        subject="pid",
        facts={"until": AT},
    )
    assert made.fact("until") == AT
    with pytest.raises(KeyError):
        made.fact("since")


def test_equal_checks_are_shared_and_others_are_not() -> None:
    first = check(CheckId.ISSUER_SIGNATURE, Reason.VALID, subject="shared")
    again = check(CheckId.ISSUER_SIGNATURE, Reason.VALID, subject="shared")
    assert again is first
    empty = check(CheckId.ISSUER_SIGNATURE, Reason.VALID, subject="shared", facts={})
    assert empty is first
    other = check(CheckId.ISSUER_SIGNATURE, Reason.VALID, subject="student")
    assert other.subject == "student"
    needy = check(
        CheckId.HOLDER_PRESENCE,
        Reason.NOT_ESTABLISHED,
        subject="pid",
        needs=(LIST,),
    )
    assert needy.needs == (LIST,)
    plain = check(CheckId.HOLDER_PRESENCE, Reason.NOT_ESTABLISHED, subject="pid")
    assert plain.needs == ()


def test_the_memory_of_shared_checks_is_bounded() -> None:
    made = [
        check(CheckId.ISSUER_SIGNATURE, Reason.VALID, subject=str(number))
        for number in range(5_000)
    ]
    assert [each.subject for each in made] == [str(n) for n in range(5_000)]
    remembered = verdict._made.cache_info()
    assert remembered.maxsize is not None
    assert remembered.currsize <= remembered.maxsize == 4_096


def test_what_a_stranger_can_make_long_or_points_to_a_person_is_not_remembered() -> (
    None
):
    verdict._made.cache_clear()  # a full memory would hide what is added to it
    for number in range(3):
        needy = check(
            CheckId.HOLDER_PRESENCE,
            Reason.NOT_ESTABLISHED,
            subject=f"not remembered {number}",
            needs=(LIST,),
        )
        long = check(
            CheckId.PRESENTATION_QUERY,
            Reason.SURPLUS_WITHHELD,
            subject=f"not remembered {number}",
            facts={"paths": ("/a", "/b")},
        )
        assert needy.needs == (LIST,)
        assert long.fact("paths") == ("/a", "/b")
    assert verdict._made.cache_info().currsize == 0
    plain = check(
        CheckId.HOLDER_BINDING, Reason.KEY_UNUSABLE, subject="pid", facts={"what": "x"}
    )
    assert plain.fact("what") == "x"
    assert verdict._made.cache_info().currsize == 1


def test_a_waiting_check_names_what_it_waits_for() -> None:
    made = waiting(
        CheckId.ISSUER_SIGNATURE, subject="pid", waits_for=CheckId.ISSUER_TRUST
    )
    assert made.outcome is Outcome.INDETERMINATE
    assert made.reason is Reason.WAITING
    assert made.subject == "pid"
    assert made.fact("waits_for") == "issuer.trust"


# --- checks of one subject --------------------------------------------------------


def test_the_checks_of_a_subject_are_made_in_the_order_of_their_answers() -> None:
    checks = Checks("pid")
    assert (checks.subject, checks.made()) == ("pid", ())
    checks.say(CheckId.ISSUER_SIGNATURE, Reason.VALID)
    checks.wait(CheckId.CREDENTIAL_STATUS, CheckId.ISSUER_TRUST)
    checks.add(FAILED, UNDECIDED)
    checks.say(CheckId.ISSUER_TRUST, Reason.KEY_PINNED, facts={"name": "n"})
    checks.answers.append((CheckId.PRESENTATION_FRESHNESS, Reason.FRESH, ()))
    assert checks.made() == (
        PASSED,
        waiting(
            CheckId.CREDENTIAL_STATUS, subject="pid", waits_for=CheckId.ISSUER_TRUST
        ),
        FAILED,
        UNDECIDED,
        check(
            CheckId.ISSUER_TRUST,
            Reason.KEY_PINNED,
            subject="pid",
            facts={"name": "n"},
        ),
        check(CheckId.PRESENTATION_FRESHNESS, Reason.FRESH, subject="pid"),
    )
    assert checks.made() == checks.made()


def test_checks_that_were_made_elsewhere_keep_their_subject() -> None:
    checks = Checks("card")
    checks.add(PASSED)
    checks.say(CheckId.ISSUER_SIGNATURE, Reason.VALID, facts={})
    assert [each.subject for each in checks.made()] == ["pid", "card"]
    assert checks.made()[0] is PASSED


def test_checks_are_of_the_subject_with_and_without_others_among_them() -> None:
    alone = Checks("card")
    assert alone.needs_something is False
    alone.say(CheckId.CREDENTIAL_STATUS, Reason.NO_STATUS)
    assert [each.subject for each in alone.made()] == ["card"]
    alone.add(PASSED)
    assert [each.subject for each in alone.made()] == ["card", "pid"]


def test_what_is_answered_is_held_to_the_table_when_it_is_made() -> None:
    checks = Checks("pid")
    checks.say(CheckId.ISSUER_SIGNATURE, Reason.EXPIRED)
    with pytest.raises(KeyError):
        checks.made()
    lacking = Checks("pid")
    lacking.say(CheckId.ISSUER_TRUST, Reason.KEY_PINNED)
    with pytest.raises(KeyError, match="promises the fact 'name'"):
        lacking.made()


# --- report -----------------------------------------------------------------------


def test_a_report_is_not_a_truth_value() -> None:
    for report in (_report(PASSED), _report(FAILED), _report()):
        said = r"^a Report is not true or false: look at report\.outcome$"
        with pytest.raises(TypeError, match=said):
            bool(report)


@pytest.mark.parametrize(
    ("each", "outcome"),
    [
        (PASSED, Outcome.PASSED),
        (FAILED, Outcome.FAILED),
        (UNDECIDED, Outcome.INDETERMINATE),
    ],
)
def test_a_report_comes_to_what_its_checks_conclude(
    each: Check, outcome: Outcome
) -> None:
    assert _report(each).outcome is outcome


def test_the_outcome_of_a_report_cannot_be_given_or_changed() -> None:
    with pytest.raises(TypeError):
        Report((FAILED,), frozenset(), AT, "retail", Outcome.PASSED)  # type: ignore[call-arg]
    with pytest.raises(dataclasses.FrozenInstanceError):
        _report(FAILED).outcome = Outcome.PASSED  # type: ignore[misc]


def test_a_list_changed_after_the_verdict_does_not_change_the_verdict() -> None:
    checks, required = [PASSED], {_key(PASSED)}
    report = Report(checks, required, AT, "retail")  # type: ignore[arg-type]
    checks.append(FAILED)
    required.clear()
    assert report.checks == (PASSED,)
    assert report.required == frozenset({_key(PASSED)})


def test_a_report_with_other_checks_is_concluded_anew() -> None:
    report = dataclasses.replace(_report(PASSED), checks=(PASSED, FAILED))
    assert report.outcome is Outcome.FAILED


def test_a_report_judged_at_a_moment_without_a_time_zone_is_refused() -> None:
    naive = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 - the fault under test
    with pytest.raises(ValueError, match=r"^at has no time zone$"):
        Report((PASSED,), frozenset({_key(PASSED)}), naive, "retail")


def test_checks_are_sorted_out_by_outcome() -> None:
    report = _report(PASSED, FAILED, UNDECIDED)
    assert report.passed() == (PASSED,)
    assert report.failed() == (FAILED,)
    assert report.indeterminate() == (UNDECIDED,)


def test_missing_names_each_need_of_undecided_checks_once_and_in_order() -> None:
    metadata = TypeMetadataNeeded("urn:eudi:pid:1")
    facts = {"found": LIST.uri}
    first = check(
        CheckId.CREDENTIAL_STATUS,
        Reason.STATUS_LIST_NEEDED,
        subject="a",
        needs=(LIST, metadata),
        facts=facts,
    )
    second = first._replace(subject="b", needs=(metadata, LIST))
    assert _report(first, second).missing() == (LIST, metadata)


def test_what_a_passed_or_failed_check_would_need_is_not_missing() -> None:
    needy = PASSED._replace(needs=(LIST,))
    hopeless = FAILED._replace(needs=(LIST,))
    assert _report(needy, hopeless).missing() == ()


def test_not_run_names_required_checks_without_an_answer_sorted() -> None:
    report = _report(PASSED, required=(UNDECIDED, PASSED, FAILED))
    assert report.not_run() == (
        (CheckId.HOLDER_PRESENCE, "pid"),
        (CheckId.PRESENTATION_NONCE, "pid"),
    )


def test_a_report_and_its_checks_survive_copying_and_travel() -> None:
    report = _report(PASSED, FAILED, UNDECIDED)
    for made in (
        copy.copy(report),
        copy.deepcopy(report),
        pickle.loads(pickle.dumps(report)),
    ):
        assert made == report
        assert made.outcome is Outcome.FAILED
        assert hash(made) == hash(report)
        assert made.to_json() == report.to_json()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="no time zone to set here")
def test_moments_are_written_in_utc_whatever_zone_the_machine_is_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Europe/Moscow")
    time.tzset()
    try:
        assert _report(PASSED).to_json()["at"] == "2026-11-24T12:00:00Z"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_checks_with_the_same_facts_in_another_order_are_equal() -> None:
    facts = {"name": "CN=Kiosk", "until": AT}
    back = dict(reversed(facts.items()))
    made = [
        check(CheckId.ISSUER_TRUST, Reason.TRUSTED, subject="pid", facts=each)
        for each in (facts, back)
    ]
    assert made[0] == made[1]
    assert _report(made[0]).to_json() == _report(made[1]).to_json()


def test_to_json_holds_everything_and_is_the_same_each_time() -> None:
    moscow = timezone(timedelta(hours=3))
    trusted = check(
        CheckId.ISSUER_TRUST,
        Reason.TRUSTED,
        subject="pid",
        facts={"until": datetime(2027, 1, 1, 3, 0, tzinfo=moscow), "name": "Kiosk"},
    )
    surplus = check(
        CheckId.PRESENTATION_QUERY,
        Reason.SURPLUS_WITHHELD,
        subject="pid",
        facts={"paths": ("/given_name", "/family_name")},
    )
    too_old = check(
        CheckId.PRESENTATION_FRESHNESS,
        Reason.TOO_OLD,
        subject="pid",
        facts={"signed": AT, "window": 300},
    )
    status = check(
        CheckId.CREDENTIAL_STATUS,
        Reason.STATUS_LIST_NEEDED,
        subject="pid",
        needs=(LIST,),
        facts={"found": LIST.uri},
    )
    report = _report(trusted, surplus, too_old, status, PASSED, required=(FAILED,))
    assert report.to_json() == {
        "format": "idwallet-report/1",
        "outcome": "failed",
        "at": "2026-11-24T12:00:00Z",
        "policy": "retail",
        "checks": [
            {
                "id": "issuer.trust",
                "subject": "pid",
                "outcome": "passed",
                "reason": "trusted",
                "clause": "RFC 5280 §6.1",
                "facts": {"name": "Kiosk", "until": "2027-01-01T00:00:00Z"},
            },
            {
                "id": "presentation.query",
                "subject": "pid",
                "outcome": "passed",
                "reason": "surplus_withheld",
                "clause": "OpenID4VP 1.0 §6.4",
                "facts": {"paths": ["/given_name", "/family_name"]},
            },
            {
                "id": "presentation.freshness",
                "subject": "pid",
                "outcome": "failed",
                "reason": "too_old",
                "clause": "RFC 9901 §7.3 step 5.e",
                "facts": {"signed": "2026-11-24T12:00:00Z", "window": 300},
            },
            {
                "id": "credential.status",
                "subject": "pid",
                "outcome": "indeterminate",
                "reason": "status_list_needed",
                "clause": "Token Status List draft 21 §8.3",
                "facts": {"found": "https://issuer.example/statuslists/1"},
                "needs": [
                    {
                        "need": "StatusListNeeded",
                        "uri": "https://issuer.example/statuslists/1",
                        "index": 412,
                        "origins": [],
                    }
                ],
            },
            {
                "id": "issuer.signature",
                "subject": "pid",
                "outcome": "passed",
                "reason": "valid",
                "clause": "RFC 9901 §7.1 step 2.b",
            },
        ],
        "not_run": [["presentation.nonce", "pid"]],
        "anchors": None,
        "evidence": [],
    }
    assert json.dumps(report.to_json()) == json.dumps(report.to_json())
    assert report.to_json()["format"] == REPORT_FORMAT


def test_to_json_says_as_of_when_and_from_where_everything_was_taken() -> None:
    moscow = timezone(timedelta(hours=3))
    bundle = Origin(
        taken=datetime(2026, 11, 24, 9, 0, tzinfo=moscow),
        source="bundle",
        digest="ab" * 32,
        sequence=7,
    )
    listed = EvidenceUsed(
        kind=EvidenceKind.STATUS_LIST,
        check=CheckId.CREDENTIAL_STATUS,
        subject="pid",
        about=LIST.uri,
        as_of=AT,
        origin=GIVEN,
    )
    unread = dataclasses.replace(listed, kind=EvidenceKind.CRL, as_of=None)
    report = Report(
        (PASSED,), frozenset(), AT, "retail", evidence=(listed, unread), anchors=bundle
    )
    found = report.to_json()
    assert found["anchors"] == {
        "taken": "2026-11-24T06:00:00Z",
        "source": "bundle",
        "digest": "ab" * 32,
        "sequence": 7,
    }
    nothing = {"taken": None, "digest": None, "sequence": None}
    about = {"check": "credential.status", "subject": "pid", "about": LIST.uri}
    assert found["evidence"] == [
        {
            "kind": "status_list",
            **about,
            "as_of": "2026-11-24T12:00:00Z",
            "source": "application",
            **nothing,
        },
        {
            "kind": "crl",
            **about,
            "as_of": None,
            "source": "application",
            **nothing,
        },
    ]
    assert json.loads(json.dumps(found)) == found


def test_a_need_with_addresses_is_json_values() -> None:
    uris = ("https://crl.example/1", "https://crl.example/2")
    need = CrlNeeded("CN=a CA", uris, ("https://crl.example",))
    unknown = check(
        CheckId.ISSUER_REVOCATION,
        Reason.UNKNOWN,
        subject="pid",
        needs=(need, OcspNeeded((), b"\x30\0")),
        facts={"name": "a CA", "what": "no evidence"},
    )
    found = _report(unknown).to_json()
    assert json.loads(json.dumps(found)) == found
    assert found["checks"][0]["needs"] == [  # type: ignore[index]  # a list of objects
        {
            "need": "CrlNeeded",
            "issuer": "CN=a CA",
            "uris": list(need.uris),
            "origins": ["https://crl.example"],
        },
        {"need": "OcspNeeded", "uris": [], "request": "3000", "origins": []},
    ]


# --- what may be fetched ------------------------------------------------------------


def needing(*needs: Need) -> Checks:
    """The checks of a credential, one of which needs these."""
    checks = Checks("pid")
    checks.say(CheckId.ISSUER_SIGNATURE, Reason.VALID)
    checks.add(
        check(
            CheckId.CREDENTIAL_STATUS,
            Reason.STATUS_LIST_NEEDED,
            subject="pid",
            needs=needs,
            facts={"found": "https://issuer.example/statuslists/1"},
        )
    )
    return checks


def test_a_need_says_from_where_it_may_be_fetched() -> None:
    bundle = BundleNeeded("series", 7)
    crl = CrlNeeded("CN=a CA", ("http://crl.example/1",))
    checks = needing(LIST, crl, OcspNeeded(()), TypeMetadataNeeded("x"), bundle)
    found = checks.made(frozenset({"https://b.example", "https://a.example"}))
    named = ("https://a.example", "https://b.example")
    assert found[1].needs == (
        replace(LIST, origins=named),
        replace(crl, origins=named),
        OcspNeeded((), origins=named),
        TypeMetadataNeeded("x", origins=named),
        bundle,
    )


def test_who_is_not_believed_makes_nobody_fetch() -> None:
    bundle = BundleNeeded("series", 7)
    checks = needing(LIST, bundle)
    believed = checks.made(())
    assert [len(each.needs) for each in believed] == [0, 2]
    after = checks.made()
    assert [each.needs for each in after] == [(), (bundle,)]
    assert [e._replace(needs=()) for e in believed] == [
        e._replace(needs=()) for e in after
    ]


def test_where_nothing_is_needed_nothing_is_settled() -> None:
    checks = Checks("pid")
    checks.say(CheckId.ISSUER_SIGNATURE, Reason.VALID)
    checks.wait(CheckId.CREDENTIAL_STATUS, CheckId.ISSUER_SIGNATURE)
    assert checks.made(["https://a.example"]) == checks.made()
