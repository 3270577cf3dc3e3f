"""A parent answers for a child: what was delegated, by which right, and no more."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from idwallet import limits
from idwallet.codec.cbor import CborValue, write_cbor
from idwallet.credentials.compact.evaluate_guardian import ends
from idwallet.credentials.compact.guardian import (
    AAD,
    Act,
    delegate,
    read_delegation,
    takes,
    withdraw,
)
from idwallet.credentials.compact.present import Addressed
from idwallet.credentials.compact.structures import read_proof
from idwallet.credentials.query import Query
from idwallet.credentials.required import STORED_MDOC
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.short_key import short_key
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose import CoseForm, CoseHeaders, Sign1Signer, TagForm
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.report import TABLE, CheckId, Outcome, Reason, Report
from idwallet.testing.compact.guardians import (
    GUARDIAN_FORGERIES,
    WINDOW,
    GuardianDraft,
    GuardianForgery,
)
from idwallet.testing.scene import Scene

HOUR = timedelta(hours=1)
LAST_SECOND = limits.NUMERIC_DATE_MAXIMUM
DELEGATION = CheckId.HOLDER_DELEGATION


@cache
def scene() -> Scene:
    return Scene()


def failed(report: Report) -> dict[CheckId, Reason]:
    return {each.id: each.reason for each in report.failed()}


def test_a_parent_answers_for_a_child_and_the_verdict_says_who_for_whom() -> None:
    family = GuardianDraft(scene())
    report = family.judge()
    assert report.outcome is Outcome.PASSED
    (said,) = (each for each in report.checks if each.id is DELEGATION)
    assert said.reason is Reason.DELEGATED_ACCEPTED
    assert said.fact("by") == f"key {family.parent.public_key.thumbprint[:8]}"
    assert said.fact("name") == f"key {family.child.public_key.thumbprint[:8]}"
    assert said.fact("what") == "age"
    subjects = {each.subject for each in report.checks}
    assert any(each.endswith(".guardian") for each in subjects)


@pytest.mark.parametrize("forgery", GUARDIAN_FORGERIES, ids=lambda each: each.name)
def test_the_fault_moves_its_check_and_no_other(forgery: GuardianForgery) -> None:
    valid, forged = forgery.twins(scene())
    assert valid.judge().outcome is Outcome.PASSED
    report = forged.judge()
    against = {
        each.id: each.reason
        for each in report.checks
        if each.outcome is not Outcome.PASSED and each.reason is not Reason.WAITING
    }
    assert against == {forgery.check: forgery.reason}
    assert report.outcome is TABLE[forgery.check, forgery.reason].outcome


def test_a_statement_about_another_delegation_ends_none_that_it_mentions() -> None:
    """Outside of its signature anybody writes what they like into a genuine one."""
    family = GuardianDraft(scene())
    first, second = (
        read_delegation(
            delegate(
                family.parent.public_key,
                acts=acts,
                signer=family.child,
                since=family.since,
                until=family.until,
            ),
            at="x",
        )
        for acts in ([Act.AGE], [Act.HOTEL])
    )
    about_second = CoseHeaders({}, {4: first.identity})
    by = Sign1Signer(
        family.child, headers=about_second, form=CoseForm(TagForm.UNTAGGED)
    )
    written = by.sign(second.identity, external_aad=b"idwallet-delegation-withdrawn/1")
    assert first.identity in written
    allowed = scene().new_verifier().policy.algorithms
    key = family.child.public_key
    assert ends(written, second, by=[key], allowed=allowed)
    assert not ends(written, first, by=[key], allowed=allowed)


@pytest.mark.parametrize("by", ["child", "parent"])
def test_a_delegation_that_was_taken_back_answers_no_question_either(by: str) -> None:
    family = GuardianDraft(scene())
    family.asks = True
    assert family.judge().outcome is Outcome.PASSED
    family.withdrawn_by = family.stranger
    assert family.judge().outcome is Outcome.PASSED
    family.withdrawn_by = getattr(family, by)
    assert failed(family.judge()) == {DELEGATION: Reason.REVOKED}


def test_statements_of_verifier_and_standing_request_add_up() -> None:
    family = GuardianDraft(scene())
    octets = delegate(
        family.parent.public_key,
        acts=[Act.AGE],
        signer=family.child,
        since=family.since,
        until=family.until,
    )
    statement = withdraw(read_delegation(octets, at="x"), signer=family.child)
    verifier = scene().new_verifier().without(b"nothing that can be read", statement)
    standing = verifier.standing_request(Query.age_over(18), window=WINDOW)
    proof = family.proof(octets, Addressed(standing.audience))
    for each in (standing, standing.without(b"one"), standing.without(b"1", b"2")):
        assert failed(family.judged(proof, each)) == {DELEGATION: Reason.REVOKED}
    again = scene().new_verifier().standing_request(Query.age_over(18), window=WINDOW)
    known = again.without(statement).without(b"nothing that can be read")
    assert failed(family.judged(proof, known)) == {DELEGATION: Reason.REVOKED}
    assert family.judged(proof, again).outcome is Outcome.PASSED


def test_statements_are_bounded() -> None:
    verifier = scene().new_verifier()
    many = (b"x",) * limits.DELEGATIONS_WITHDRAWN
    full = verifier.without(*many)
    standing = verifier.standing_request(Query.age_over(18), window=WINDOW)
    for each in (full, standing.without(*many)):
        with pytest.raises(UsageError, match="DELEGATIONS_WITHDRAWN"):
            each.without(b"y")


def test_a_strangers_statement_takes_nothing_back() -> None:
    family = GuardianDraft(scene())
    family.withdrawn_by = family.stranger
    assert family.judge().outcome is Outcome.PASSED


def test_acts_add_up() -> None:
    family = GuardianDraft(scene())
    family.acts, family.shown = [Act.AGE, Act.HOTEL], ("age_over_18", "family_name")
    assert family.judge().outcome is Outcome.PASSED


@pytest.mark.parametrize("life", [timedelta(), timedelta(days=1), -HOUR])
def test_a_delegation_lives_for_less_than_a_day(life: timedelta) -> None:
    key = SoftwareSigner.generate(Algorithm.ES256)
    at = scene().at
    with pytest.raises(UsageError):
        delegate(key.public_key, acts=[Act.AGE], signer=key, since=at, until=at + life)


def test_no_act_is_no_delegation() -> None:
    key = SoftwareSigner.generate(Algorithm.ES256)
    at = scene().at
    with pytest.raises(UsageError):
        delegate(key.public_key, acts=[], signer=key, since=at, until=at + HOUR)


@pytest.mark.parametrize("octets", [b"", b"\x80", b"\xf6", bytes(40)])
def test_what_is_no_delegation_is_refused(octets: bytes) -> None:
    with pytest.raises(MalformedError):
        read_delegation(octets, at="x")


def test_a_proof_with_half_of_a_delegation_is_refused() -> None:
    with pytest.raises(MalformedError):
        read_proof(b"\x84\x40\xa0\x41\x80\x41\x00", at="x")


def test_a_statement_ends_the_delegation_that_it_names_and_no_other() -> None:
    family = GuardianDraft(scene())
    first, second = (
        delegate(
            family.parent.public_key,
            acts=acts,
            signer=family.child,
            since=family.since,
            until=family.until,
        )
        for acts in ([Act.AGE], [Act.AGE, Act.HOTEL])
    )
    statement = withdraw(read_delegation(second, at="x"), signer=family.child)
    verifier = scene().new_verifier().without(statement)
    standing = verifier.standing_request(Query.age_over(18), window=WINDOW)
    to = Addressed(standing.audience)
    assert failed(family.judged(family.proof(second, to), standing)) == {
        DELEGATION: Reason.REVOKED
    }
    assert family.judged(family.proof(first, to), standing).outcome is Outcome.PASSED


@pytest.mark.parametrize("asks", [False, True])
def test_nobody_acts_without_every_check_of_the_right(*, asks: bool) -> None:
    family = GuardianDraft(scene())
    family.asks = asks
    report = family.judge()
    (subject,) = {each for _, each in report.required if each.endswith(".guardian")}
    assert {id_ for id_, each in report.required if each == subject} == {*STORED_MDOC}
    assert (DELEGATION, subject.removesuffix(".guardian")) in report.required


KEY = SoftwareSigner.generate(Algorithm.ES256)
SHORT = short_key(KEY.public_key)
FORM = CoseForm(TagForm.UNTAGGED)
ALONE = CoseHeaders({}, {})


def delegation(*parts: CborValue, headers: CoseHeaders = ALONE) -> bytes:
    by = Sign1Signer(KEY, headers=headers, form=FORM)
    return by.sign(write_cbor([*parts]), external_aad=AAD)


@pytest.mark.parametrize(
    "parts",
    [
        (SHORT, [1], 0, limits.DELEGATION_MINUTES),
        (SHORT, [1], 0, 0),
        (SHORT, [1], 0, -1),
        (SHORT, [1], 0, True),
        (SHORT, [1], -1, 5),
        (SHORT, [1], 1 << 50, 5),
        (SHORT, [1], LAST_SECOND - 5 * 60 + 1, 5),
        (SHORT, [1], LAST_SECOND, 1),
        (SHORT, [1], None, 5),
        (SHORT, [], 0, 5),
        (SHORT, [2, 1], 0, 5),
        (SHORT, [1, 1], 0, 5),
        (SHORT, [True], 0, 5),
        (SHORT, ["age"], 0, 5),
        (SHORT, 1, 0, 5),
        (SHORT[:-2], [1], 0, 5),
        (None, [1], 0, 5),
        (SHORT, [1], 0),
        (SHORT, [1], 0, 5, None),
    ],
)
def test_a_delegation_is_written_in_one_way(parts: tuple[CborValue, ...]) -> None:
    read = read_delegation(delegation(SHORT, [1, 2], 0, 5), at="x")
    assert read.acts == {Act.AGE, Act.HOTEL}
    with pytest.raises((MalformedError, UnsupportedError)):
        read_delegation(delegation(*parts), at="x")


def test_a_delegation_ends_in_the_last_second_there_is_at_most() -> None:
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    read = read_delegation(delegation(SHORT, [1], LAST_SECOND - 5 * 60, 5), at="x")
    assert read.until == last


def test_a_stranger_whose_delegation_ends_past_all_years_stops_no_till() -> None:
    family = GuardianDraft(scene())
    octets = delegation(SHORT, [1], LAST_SECOND, 1)
    verifier = scene().new_verifier()
    standing = verifier.standing_request(Query.age_over(18), window=WINDOW)
    proof = family.proof(octets, Addressed(standing.audience))
    assert failed(family.judged(proof, standing)) == {
        CheckId.CREDENTIAL_FORMAT: Reason.MALFORMED
    }


def test_a_delegation_of_almost_a_day_is_read() -> None:
    read = read_delegation(
        delegation(SHORT, [1], 0, limits.DELEGATION_MINUTES - 1), at="x"
    )
    assert read.until - read.since == timedelta(days=1) - timedelta(minutes=1)


def test_an_act_of_a_later_version_is_not_passed_over() -> None:
    with pytest.raises(UnsupportedError):
        read_delegation(delegation(SHORT, [1, 4], 0, 5), at="x")


@pytest.mark.parametrize(
    "headers", [CoseHeaders({4: b"me"}, {}), CoseHeaders({}, {4: b"me"})]
)
def test_a_delegation_has_no_header_but_its_algorithm(headers: CoseHeaders) -> None:
    with pytest.raises(MalformedError):
        read_delegation(delegation(SHORT, [1], 0, 5, headers=headers), at="x")


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize(
    ("claim", "by"),
    [
        ("age_over_18", {Act.AGE}),
        ("age_in_years", set()),
        ("portrait", set()),
        ("personal_number", set()),
        ("family_name", {Act.HOTEL, Act.SCHOOL}),
        ("birth_date", {Act.HOTEL, Act.SCHOOL}),
        ("resident_address", {Act.HOTEL}),
        ("document_number", {Act.HOTEL}),
        ("student_number", {Act.SCHOOL}),
    ],
)
def test_an_act_takes_its_claims_and_no_others(
    act: Act, claim: str, by: set[Act]
) -> None:
    assert takes([act], claim) is (act in by)
    assert not takes([], claim)
