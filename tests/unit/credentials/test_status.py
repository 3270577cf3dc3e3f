"""Status by identifier lists, and by both mechanisms at once, of any format.

What a credential says by a status list alone is tested in `tests/checks`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.x509 import ReasonFlags

from idwallet.credentials.required import Context
from idwallet.credentials.status import Issued, judge_status
from idwallet.errors import MalformedError
from idwallet.profiles import OPENID4VP_1_0
from idwallet.report import (
    Check,
    CheckId,
    Checks,
    EvidenceKind,
    EvidenceUsed,
    IdentifierListNeeded,
    Origin,
    Outcome,
    Reason,
    StatusListNeeded,
)
from idwallet.testing.evidence import crls
from idwallet.testing.identifier_draft import GOOD, LIST, REVOKED
from idwallet.testing.identifiers import IdentifierScene, identifier_draft
from idwallet.testing.status import status_draft
from idwallet.testing.status_draft import LIST as BITS
from idwallet.testing.status_draft import REVOKED as INDEX
from idwallet.trust.evidence import EvidenceAtHand, StatusListAtHand
from idwallet.trust.policies import (
    FreshnessRule,
    RevocationRule,
    StaleRule,
    StatusRule,
)
from idwallet.trust.policy import Policy

SCENE = IdentifierScene(seed=b"status of credentials")
POLICY = replace(SCENE.context.policy, revocation=RevocationRule.IF_AT_HAND)
ISSUED = Issued(SCENE.found_issuer(), authentic=True)
ORIGIN = Origin(taken=SCENE.at, source="test")
TOKEN = identifier_draft(SCENE).token()
BIT_TOKEN = status_draft(SCENE).token().encode("ascii")


def at_hand(uri: str, token: bytes | Callable[[], bytes]) -> StatusListAtHand:
    return StatusListAtHand(uri=uri, token=token, origin=ORIGIN)


IDENTIFIERS = at_hand(LIST, TOKEN)
ENTRIES = at_hand(BITS, BIT_TOKEN)


def by_identifier(identifier: object = GOOD, **more: object) -> dict[str, object]:
    return {"identifier_list": {"id": identifier, "uri": LIST, **more}}


def by_index(index: int = 4) -> dict[str, object]:
    return {"status_list": {"idx": index, "uri": BITS}}


def asked(
    status: object,
    *pieces: StatusListAtHand,
    policy: Policy = POLICY,
    issued: Issued = ISSUED,
    after: timedelta = timedelta(),
) -> tuple[Mapping[CheckId, Check], tuple[EvidenceUsed, ...]]:
    trust = SCENE.context.trust.with_evidence(EvidenceAtHand(status_lists=pieces))
    checks = Checks("mdl")
    used = judge_status(
        {"status": status},
        issued,
        context=Context(trust, policy, SCENE.at + after),
        checks=checks,
    )
    return {each.id: each for each in checks.made(issued.origins)}, used


def status(*given: object, **more: object) -> Check:
    return asked(*given, **more)[0][CheckId.CREDENTIAL_STATUS]  # type: ignore[arg-type]


# --- by one identifier list ----------------------------------------------------------


def test_who_is_on_the_list_at_hand_is_revoked_and_who_is_not_is_not() -> None:
    revoked = status(by_identifier(REVOKED), IDENTIFIERS)
    assert (revoked.outcome, revoked.reason) == (Outcome.FAILED, Reason.REVOKED)
    valid = status(by_identifier(), IDENTIFIERS)
    assert (valid.outcome, valid.reason) == (Outcome.PASSED, Reason.NOT_REVOKED)
    assert valid.fact("signed") == SCENE.at


def test_the_list_is_named_as_evidence_with_its_origin() -> None:
    checks, used = asked(by_identifier(), IDENTIFIERS)
    (one,) = used
    assert one.kind is EvidenceKind.IDENTIFIER_LIST
    assert (one.about, one.as_of, one.origin) == (LIST, SCENE.at, ORIGIN)
    assert CheckId.CREDENTIAL_TRACKING not in checks


def test_without_a_list_one_is_needed_and_nobody_is_named() -> None:
    found = status(by_identifier())
    assert found.outcome is Outcome.INDETERMINATE
    assert found.reason is Reason.STATUS_LIST_NEEDED
    assert found.needs == (IdentifierListNeeded(LIST),)


def test_a_stale_list_passes_only_where_a_policy_says_so() -> None:
    late = timedelta(hours=2)
    found = status(by_identifier(), IDENTIFIERS, after=late)
    assert found.reason is Reason.LIST_STALE
    assert found.needs == (IdentifierListNeeded(LIST),)
    lax = replace(POLICY, freshness=FreshnessRule(StaleRule.ACCEPTED))
    found = status(by_identifier(), IDENTIFIERS, after=late, policy=lax)
    assert found.reason is Reason.NOT_REVOKED_STALE_ACCEPTED


def test_a_list_got_after_the_moment_judged_says_no_and_never_yes() -> None:
    later = replace(IDENTIFIERS, origin=replace(ORIGIN, taken=SCENE.at + _HOUR))
    assert status(by_identifier(), later).reason is Reason.LIST_FROM_THE_FUTURE
    assert status(by_identifier(REVOKED), later).reason is Reason.REVOKED


_HOUR = timedelta(hours=1)


def test_of_two_lists_the_newer_counts() -> None:
    made = identifier_draft(SCENE)
    made.claims[6] = int((SCENE.at - timedelta(minutes=5)).timestamp())
    made.members["identifiers"] = {GOOD: {}}
    older = at_hand(LIST, made.token())
    for pieces in ((older, IDENTIFIERS), (IDENTIFIERS, older)):
        assert status(by_identifier(), *pieces).reason is Reason.NOT_REVOKED
    assert status(by_identifier(), older).reason is Reason.REVOKED


def test_a_list_is_read_once_in_the_life_of_a_trust_store() -> None:
    calls: list[int] = []

    def content() -> bytes:
        calls.append(1)
        return TOKEN

    piece = at_hand(LIST, content)
    trust = SCENE.context.trust.with_evidence(EvidenceAtHand(status_lists=[piece]))
    for identifier, reason in ((GOOD, Reason.NOT_REVOKED), (REVOKED, Reason.REVOKED)):
        checks = Checks("mdl")
        judge_status(
            {"status": by_identifier(identifier)},
            ISSUED,
            context=Context(trust, POLICY, SCENE.at),
            checks=checks,
        )
        assert checks.made()[0].reason is reason
    assert len(calls) == 1


def test_a_broken_carrier_leaves_the_question_open() -> None:
    def broken() -> bytes:
        raise MalformedError("a part is broken", at="bundle", clause="none")

    found = status(by_identifier(), at_hand(LIST, broken))
    assert (found.outcome, found.reason) == (
        Outcome.INDETERMINATE,
        Reason.LIST_REFUSED,
    )


def test_one_kind_of_list_is_not_taken_for_the_other() -> None:
    entries = at_hand(LIST, status_draft(SCENE).token().encode("ascii"))
    assert status(by_identifier(), entries).reason is Reason.LIST_REFUSED
    identifiers = at_hand(BITS, TOKEN)
    assert status(by_index(), identifiers).reason is Reason.LIST_REFUSED


def test_nobody_is_asked_about_a_credential_that_nobody_believed_signed() -> None:
    forged = Issued(SCENE.found_issuer(), authentic=False)
    for issued in (forged, Issued(None, authentic=True)):
        found, used = asked(by_identifier(), IDENTIFIERS, issued=issued)
        check = found[CheckId.CREDENTIAL_STATUS]
        assert check.reason is Reason.WAITING
        assert check.needs == ()
        assert used == ()


def test_a_policy_may_do_without_and_the_verdict_says_so() -> None:
    lax = replace(POLICY, status=StatusRule.NOT_REQUIRED_ACCEPTED)
    found = status(by_identifier(REVOKED), IDENTIFIERS, policy=lax)
    assert found.reason is Reason.STATUS_NOT_REQUIRED_ACCEPTED
    assert found.fact("found") == LIST


@pytest.mark.parametrize(
    "said",
    [
        {"identifier_list": None},
        by_identifier("hex"),
        by_identifier(bytes(65)),
        by_identifier(certificate=""),
        {**by_index(), "identifier_list": {}},
        {**by_identifier(), "status_list": {"idx": -1, "uri": BITS}},
    ],
    ids=["null", "text", "long", "certificate", "beside an index", "index beside"],
)
def test_what_cannot_be_read_is_malformed(said: object) -> None:
    found = status(said, IDENTIFIERS, ENTRIES)
    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.MALFORMED)


@pytest.mark.parametrize("named", [False, True], ids=["anchor", "named"])
@pytest.mark.parametrize("rule", [RevocationRule.REQUIRED, RevocationRule.IF_AT_HAND])
def test_a_signer_of_lists_that_was_revoked_signs_none(
    named: bool, rule: RevocationRule
) -> None:
    # Also below an authority that no anchor is, but the credential's own word.
    by = SCENE.unknown_lister if named else SCENE.lister
    piece = at_hand(LIST, identifier_draft(SCENE, by=by).token())
    more = {"certificate": SCENE.unknown_root} if named else {}
    policy = replace(POLICY, revocation=rule)
    for revoked, reason in (
        ({}, Reason.NOT_REVOKED),
        ({0: None}, Reason.LIST_REFUSED),
        ({1: ReasonFlags.certificate_hold}, Reason.LIST_REFUSED),
    ):
        evidence = EvidenceAtHand(status_lists=[piece], crls=crls(by, revoked=revoked))
        checks = Checks("mdl")
        judge_status(
            {"status": by_identifier(**more)},
            ISSUED,
            context=Context(
                SCENE.context.trust.with_evidence(evidence), policy, SCENE.at
            ),
            checks=checks,
        )
        assert checks.made()[0].reason is reason


# --- under which profile -------------------------------------------------------------


def test_without_the_draft_the_mechanism_is_unsupported() -> None:
    published = replace(POLICY, profile=OPENID4VP_1_0)
    found = status(by_identifier(REVOKED), IDENTIFIERS, policy=published)
    assert found.outcome is Outcome.INDETERMINATE
    assert found.reason is Reason.UNSUPPORTED


def test_without_the_draft_what_stands_beside_a_status_list_is_not_looked_at() -> None:
    published = replace(POLICY, profile=OPENID4VP_1_0)
    both = {**by_index(), **by_identifier(REVOKED)}
    found = status(both, IDENTIFIERS, ENTRIES, policy=published)
    assert found.reason is Reason.NOT_REVOKED


# --- by both mechanisms --------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "identifier", "reason"),
    [
        (4, GOOD, Reason.NOT_REVOKED),
        (4, REVOKED, Reason.REVOKED),
        (INDEX, GOOD, Reason.REVOKED),
        (INDEX, REVOKED, Reason.REVOKED),
    ],
)
def test_of_two_mechanisms_neither_excuses_the_other(
    index: int, identifier: bytes, reason: Reason
) -> None:
    both = {**by_index(index), **by_identifier(identifier)}
    found, used = asked(both, IDENTIFIERS, ENTRIES)
    assert found[CheckId.CREDENTIAL_STATUS].reason is reason
    assert {each.kind for each in used} == {
        EvidenceKind.STATUS_LIST,
        EvidenceKind.IDENTIFIER_LIST,
    }
    assert CheckId.CREDENTIAL_TRACKING in found


def test_a_mechanism_without_a_list_leaves_the_other_s_yes_open_and_its_no_a_no() -> (
    None
):
    both = {**by_index(), **by_identifier()}
    found = status(both, ENTRIES)
    assert found.reason is Reason.STATUS_LIST_NEEDED
    assert found.needs == (IdentifierListNeeded(LIST),)
    found = status(both, IDENTIFIERS)
    assert found.needs == (StatusListNeeded(BITS, 4),)
    found = status(both)
    assert found.needs == (StatusListNeeded(BITS, 4), IdentifierListNeeded(LIST))
    revoked = {**by_index(INDEX), **by_identifier()}
    assert status(revoked, ENTRIES).reason is Reason.REVOKED


def test_a_yes_by_a_policy_s_leave_is_said_before_a_plain_one() -> None:
    lax = replace(POLICY, freshness=FreshnessRule(StaleRule.ACCEPTED))
    made = identifier_draft(SCENE)
    made.claims[65534] = 86_400
    lasting = at_hand(LIST, made.token())
    both = {**by_index(), **by_identifier()}
    found = status(both, ENTRIES, lasting, policy=lax, after=timedelta(hours=2))
    assert found.reason is Reason.NOT_REVOKED_STALE_ACCEPTED
    assert found.fact("found") == BITS
