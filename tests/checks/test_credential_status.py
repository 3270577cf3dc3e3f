from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.codec.json import JsonObject
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import (
    Check,
    CheckId,
    EvidenceKind,
    Outcome,
    Reason,
    StatusListNeeded,
)
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.corpus import Forgery, judge
from idwallet.testing.corpus.taken_back import KNOWN, STATUS_FORGERIES, listed
from idwallet.testing.draft import Draft
from idwallet.testing.evidence import LIST, crls, status_list, taken_at
from idwallet.testing.status_draft import delegated
from idwallet.trust.evidence import EvidenceAtHand, StatusListAtHand, content_of
from idwallet.trust.freshness import FreshnessRule
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import Policy, StatusRule
from tests.checks import compact
from tests.checks.presentations import came_to, only, scene, twins, under

HOUR = timedelta(hours=1)
STATUS = CheckId.CREDENTIAL_STATUS
URI = "https://status.example/1"
LISTED: JsonObject = {"status": {"status_list": {"idx": 7, "uri": URI}}}


@pytest.mark.parametrize(
    ("rule", "outcome", "reason"),
    [
        (StatusRule.REQUIRED, Outcome.FAILED, Reason.NO_STATUS),
        (StatusRule.IF_PRESENT, Outcome.PASSED, Reason.NO_STATUS_ACCEPTED),
        (StatusRule.NOT_REQUIRED_ACCEPTED, Outcome.PASSED, Reason.NO_STATUS_ACCEPTED),
    ],
)
def test_a_credential_without_a_status_is_for_the_policy_to_accept(
    rule: StatusRule, outcome: Outcome, reason: Reason
) -> None:
    made = under(replace(RETAIL, name="status", status=rule))
    assert came_to(only(judge(made), STATUS), outcome, reason)


@pytest.mark.parametrize("rule", [StatusRule.REQUIRED, StatusRule.IF_PRESENT])
def test_a_status_that_is_there_asks_for_its_list(rule: StatusRule) -> None:
    made = under(replace(RETAIL, name="status", status=rule))
    made.payload = LISTED
    check = only(judge(made), STATUS)
    assert came_to(check, Outcome.INDETERMINATE, Reason.STATUS_LIST_NEEDED)
    assert check.needs == (StatusListNeeded(URI, 7),)


def test_a_policy_may_do_without_and_the_verdict_says_so() -> None:
    rule = StatusRule.NOT_REQUIRED_ACCEPTED
    made = under(replace(RETAIL, name="status", status=rule))
    made.payload = LISTED
    check = only(judge(made), STATUS)
    assert came_to(check, Outcome.PASSED, Reason.STATUS_NOT_REQUIRED_ACCEPTED)
    assert check.fact("found") == URI


def test_a_forged_credential_makes_nobody_fetch() -> None:
    forged = under(RETAIL)
    forged.payload = LISTED
    forged.issuer_signer = SoftwareSigner.generate(Algorithm.ES256)
    report = judge(forged)
    check = only(report, STATUS)
    assert came_to(check, Outcome.INDETERMINATE, Reason.WAITING)
    assert check.needs == ()
    assert report.missing() == ()
    untrusted = under(RETAIL)
    untrusted.payload = {**LISTED, "iss": "https://other.example"}
    assert judge(untrusted).missing() == ()


@pytest.mark.parametrize(
    "name", ["a status that is no object", "a status index below zero"]
)
def test_a_status_that_cannot_be_read_fails(name: str) -> None:
    valid, forged = twins(name, STATUS)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, Reason.MALFORMED)


def test_a_mechanism_that_nobody_knows_stays_open() -> None:
    _, forged = twins("an unknown status mechanism", STATUS)
    assert came_to(forged, Outcome.INDETERMINATE, Reason.UNSUPPORTED)
    assert forged.needs == ()


def listed_with(*lists: StatusListAtHand, policy: Policy = RETAIL) -> Draft:
    made = under(policy)
    listed(made)
    made.evidence = EvidenceAtHand(status_lists=lists)
    return made


def test_a_credential_that_its_list_calls_valid_passes() -> None:
    report = judge(listed_with(status_list(scene().issuer_identity, at=scene().at)))
    check = only(report, STATUS)
    assert came_to(check, Outcome.PASSED, Reason.NOT_REVOKED)
    assert check.fact("signed") == scene().at
    assert check.needs == ()
    assert report.outcome is Outcome.PASSED


def test_the_verdict_says_as_of_when_the_list_is_and_where_it_came_from() -> None:
    since, taken = scene().at - 2 * HOUR, scene().at - HOUR
    made = status_list(scene().issuer_identity, at=since, taken=taken)
    report = judge(listed_with(made))
    (used,) = report.evidence
    assert (used.kind, used.check) == (EvidenceKind.STATUS_LIST, STATUS)
    assert (used.subject, used.about, used.as_of) == ("pid", LIST, since)
    assert used.origin == taken_at(taken)


@pytest.mark.parametrize("each", STATUS_FORGERIES, ids=lambda e: str(e.name))
def test_what_a_list_says_against_it_or_leaves_open_never_passes(
    each: Forgery,
) -> None:
    valid, forged = twins(each.name, STATUS)
    assert came_to(valid, Outcome.PASSED, Reason.NOT_REVOKED)
    assert forged.reason is each.reason
    no = {Reason.REVOKED, Reason.SUSPENDED, Reason.INDEX_OUT_OF_BOUNDS}
    fails = each.reason in no
    assert forged.outcome is (Outcome.FAILED if fails else Outcome.INDETERMINATE)


@pytest.mark.parametrize("each", STATUS_FORGERIES, ids=lambda e: str(e.name))
def test_only_where_another_list_would_help_is_one_named(each: Forgery) -> None:
    _, forged = twins(each.name, STATUS)
    helps = {
        Reason.STATUS_LIST_NEEDED,
        Reason.LIST_REFUSED,
        Reason.LIST_EXPIRED,
        Reason.LIST_STALE,
    }
    needed = (StatusListNeeded(LIST, 7),) if each.reason in helps else ()
    assert forged.needs == needed


def test_a_list_past_its_time_to_live_is_accepted_where_a_policy_says_so() -> None:
    old = status_list(scene().issuer_identity, at=scene().at - 6 * HOUR)
    check = only(judge(listed_with(old)), STATUS)
    assert came_to(check, Outcome.PASSED, Reason.NOT_REVOKED_STALE_ACCEPTED)
    strict = replace(RETAIL, name="fresh", freshness=FreshnessRule())
    check = only(judge(listed_with(old, policy=strict)), STATUS)
    assert came_to(check, Outcome.INDETERMINATE, Reason.LIST_STALE)
    assert check.fact("window") == 3600


def test_a_list_taken_a_moment_ago_is_fresh_though_it_was_issued_before() -> None:
    strict = replace(RETAIL, name="fresh", freshness=FreshnessRule())
    issuer, since = scene().issuer_identity, scene().at - 6 * HOUR
    taken = status_list(issuer, at=since, taken=scene().at)
    check = only(judge(listed_with(taken, policy=strict)), STATUS)
    assert came_to(check, Outcome.PASSED, Reason.NOT_REVOKED)


def test_a_revoked_issuer_sends_nobody_to_a_list() -> None:
    made = listed_with()
    issuer = scene().issuer_identity
    made.evidence = EvidenceAtHand(crls=crls(issuer, revoked={0: None}))
    report = judge(made)
    check = only(report, STATUS)
    assert came_to(check, Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.ISSUER_REVOCATION.value
    assert report.missing() == ()
    assert report.outcome is Outcome.FAILED


def test_of_two_lists_the_newer_counts_whatever_their_order() -> None:
    issuer = scene().issuer_identity
    old = status_list(issuer, at=scene().at - 2 * HOUR)
    new = status_list(issuer, entries=[(7, 1)], at=scene().at - HOUR)
    for lists in ((old, new), (new, old)):
        check = only(judge(listed_with(*lists)), STATUS)
        assert came_to(check, Outcome.FAILED, Reason.REVOKED)
    new = status_list(issuer, at=scene().at - HOUR)
    old = status_list(issuer, entries=[(7, 2)], at=scene().at - 2 * HOUR)
    for lists in ((old, new), (new, old)):
        assert only(judge(listed_with(*lists)), STATUS).outcome is Outcome.PASSED


def test_of_two_lists_of_one_moment_the_worse_counts() -> None:
    issuer = scene().issuer_identity
    good = status_list(issuer, at=scene().at)
    bad = status_list(issuer, entries=[(7, 1)], at=scene().at)
    for lists in ((good, bad), (bad, good)):
        assert only(judge(listed_with(*lists)), STATUS).reason is Reason.REVOKED


def test_a_list_by_somebody_else_hides_no_list_of_the_issuer() -> None:
    stranger = status_list(scene().pki.issuer("https://x.example"), at=scene().at)
    for entries, reason in (((), Reason.NOT_REVOKED), ([(7, 1)], Reason.REVOKED)):
        mine = status_list(
            scene().issuer_identity, entries=entries, at=scene().at - HOUR
        )
        for lists in ((stranger, mine), (mine, stranger)):
            assert only(judge(listed_with(*lists)), STATUS).reason is reason


def test_a_list_of_tomorrow_beside_a_good_one_says_that_the_clock_is_wrong() -> None:
    issuer = scene().issuer_identity
    ahead = status_list(issuer, at=scene().at + 24 * HOUR)
    good = status_list(issuer, at=scene().at - HOUR)
    bad = status_list(issuer, entries=[(7, 1)], at=scene().at - HOUR)
    open_one = only(judge(listed_with(good, ahead)), STATUS)
    assert came_to(open_one, Outcome.INDETERMINATE, Reason.LIST_FROM_THE_FUTURE)
    assert only(judge(listed_with(ahead, bad)), STATUS).reason is Reason.REVOKED


def test_a_list_is_verified_once_and_not_for_each_credential() -> None:
    asked: list[int] = []
    made = status_list(scene().issuer_identity, at=scene().at)
    token = content_of(made.token)

    def read() -> bytes:
        asked.append(1)
        return token

    lazy = StatusListAtHand(uri=LIST, token=read, origin=made.origin)
    trust = scene().trust.with_evidence(EvidenceAtHand(status_lists=[lazy]))
    for _ in range(3):
        shown = listed_with(lazy)
        report = evaluate_presentation(
            shown.response(), request=shown.request, trust=trust, at=scene().at
        ).report
        assert only(report, STATUS).reason is Reason.NOT_REVOKED
    assert asked == [1]


def delegated_by(*, revoked: bool, policy: Policy) -> Check:
    """The status by a list of a delegate, whose CRLs are at hand as the issuer's."""
    delegate = scene().pki.issuer("https://lists.example", change=delegated)
    about = crls(delegate, revoked={0: None} if revoked else {})
    made = listed_with(status_list(delegate, at=scene().at), policy=policy)
    made.evidence = EvidenceAtHand(
        status_lists=made.evidence.status_lists if made.evidence else (),
        crls=(*about, *crls(scene().issuer_identity)),
    )
    return only(judge(made), STATUS)


@pytest.mark.parametrize("policy", [RETAIL, KNOWN], ids=lambda e: str(e.name))
def test_a_list_by_a_delegate_who_was_revoked_counts_as_absent(policy: Policy) -> None:
    good = delegated_by(revoked=False, policy=policy)
    assert good.outcome is Outcome.PASSED
    bad = delegated_by(revoked=True, policy=policy)
    assert came_to(bad, Outcome.INDETERMINATE, Reason.LIST_REFUSED)
    assert bad.fact("what") == "signer_revoked"


def test_who_must_know_of_the_issuer_must_know_of_the_lists_signer() -> None:
    delegate = scene().pki.issuer("https://lists.example", change=delegated)
    for entries, reason in (((), Reason.LIST_REFUSED), ([(7, 1)], Reason.REVOKED)):
        made = listed_with(
            status_list(delegate, entries=entries, at=scene().at), policy=KNOWN
        )
        lists = made.evidence.status_lists if made.evidence else ()
        made.evidence = EvidenceAtHand(
            status_lists=lists, crls=crls(scene().issuer_identity)
        )
        assert only(judge(made), STATUS).reason is reason
    made.request = under(RETAIL).request
    made.evidence = EvidenceAtHand(status_lists=[status_list(delegate, at=scene().at)])
    assert only(judge(made), STATUS).reason is Reason.NOT_REVOKED


def test_a_compact_credential_needs_a_status_unless_it_lives_less_than_a_day() -> None:
    made = compact.shown()
    check = compact.said(made.judge(), CheckId.CREDENTIAL_STATUS)
    assert came_to(check, Outcome.PASSED, Reason.SHORT_LIVED)
    made.life = made.life._replace(minutes=24 * 60 - 1)
    assert compact.said(made.judge(), CheckId.CREDENTIAL_STATUS).outcome is (
        Outcome.PASSED
    )
    made.life = made.life._replace(minutes=24 * 60)
    check = compact.said(made.judge(), CheckId.CREDENTIAL_STATUS)
    assert came_to(check, Outcome.FAILED, Reason.NO_STATUS)
