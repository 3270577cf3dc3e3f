"""A parent's wallet answers for a child: for it alone, and no further than it may."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from idwallet import limits
from idwallet.consent.ledger.entry import EntryKind, read_entry, write_entry
from idwallet.credentials.compact.guardian import Act, read_delegation, withdraw
from idwallet.credentials.compact.issue import Compact, CompactShape
from idwallet.credentials.model import (
    Credential,
    Format,
    Unverified,
    VerifiedPresentation,
)
from idwallet.credentials.presence import PersonVerified
from idwallet.credentials.query import Query
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer, StoredKeySigner
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose import CoseForm, CoseHeaders, Sign1Signer, TagForm
from idwallet.errors import (
    MalformedError,
    SignerUnavailable,
    SigningDeclined,
    UsageError,
    VerificationFailed,
)
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.asked import Asked, Choice, Shown
from idwallet.roles.at_tills import QrAnswer
from idwallet.roles.holder import Holder
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.record import HeldCredential
from idwallet.roles.standing import StandingRequest
from idwallet.roles.verifier import PresentationRequest
from idwallet.roles.wards import (
    ActingRecord,
    Delegated,
    Ended,
    KeptWard,
    Ward,
    read_acting,
)
from idwallet.testing.compact.draft import twelve_claims
from idwallet.testing.compact.family import (
    CARD,
    HOUR,
    Family,
    Person,
    issued,
    right_over,
)
from idwallet.testing.scene import Scene

MINUTE = timedelta(minutes=1)
DELEGATION = CheckId.HOLDER_DELEGATION
AGE = Query.claims(CARD, "age_over_18", formats=[Format.COMPACT])
HOTEL = Query.claims(CARD, "family_name", "birth_date", formats=[Format.COMPACT])


@cache
def scene() -> Scene:
    return Scene()


@pytest.fixture
def family() -> Family:
    return Family(scene())


def asked_for(family: Family, query: Query = AGE) -> tuple[PresentationRequest, Asked]:
    verifier = family.scene.new_verifier()
    request = verifier.request(query, purpose="a sale", at=family.at)
    raw = request.message.raw
    return request, family.parent.wallet.read_request(raw, at=family.at)


def judged(
    family: Family, answer: str, request: PresentationRequest | StandingRequest
) -> VerifiedPresentation | Unverified:
    return evaluate_presentation(
        answer, request=request, trust=family.till_trust(), at=family.at
    )


def text_of(answer: QrAnswer) -> str:
    (code,) = answer.codes
    return code.text


def reason_of(error: pytest.ExceptionInfo[VerificationFailed]) -> Reason:
    (failed,) = error.value.report.failed()
    return failed.reason


def reasons_of(
    error: pytest.ExceptionInfo[VerificationFailed],
) -> dict[CheckId, Reason]:
    return {each.id: each.reason for each in error.value.report.failed()}


def test_a_parent_answers_a_tills_question_for_a_child(family: Family) -> None:
    ward, (request, asked) = family.ward(), asked_for(family)
    wallet = family.parent.wallet
    choice = wallet.match_ward(asked, ward, at=family.at).choose()
    answer = wallet.present_qr(asked, choice, at=family.at)
    verdict = judged(family, text_of(answer), request)
    assert verdict.report.outcome is Outcome.PASSED
    (said,) = (each for each in verdict.report.checks if each.id is DELEGATION)
    assert said.fact("by") == f"key {family.parent.key.thumbprint[:8]}"
    assert said.fact("name") == f"key {family.child.key.thumbprint[:8]}"
    assert isinstance(verdict, VerifiedPresentation)
    (shown,) = verdict.credentials
    assert shown.acted_for == ward.pseudonym
    # Nothing is bound to a guardian's key as if it was the child's.
    assert (shown.shown_by, shown.holder) == (None, None)
    assert verdict.age_over(18) is True


def test_a_holder_who_acts_alone_acts_for_nobody(family: Family) -> None:
    family.parent.given(Compact(CARD, twelve_claims()))
    wallet, (request, asked) = family.parent.wallet, asked_for(family)
    choice = wallet.match(asked, at=family.at).choose()
    answer = wallet.present_qr(asked, choice, at=family.at)
    verdict = judged(family, text_of(answer), request)
    assert isinstance(verdict, VerifiedPresentation)
    assert verdict.credentials[0].acted_for is None
    assert verdict.credentials[0].shown_by == family.parent.key
    assert verdict.credentials[0].holder == family.parent.key.thumbprint


def test_a_child_delegates_only_once_it_is_verified(family: Family) -> None:
    def declines() -> PersonVerified:
        raise SigningDeclined("not the owner of this phone")

    child = family.child
    lent = Holder(
        store=child.store,
        seal=child.seal,
        keys=child.keys,
        trust=family.scene.trust,
        verify_person=declines,
    )
    with pytest.raises(SigningDeclined):
        lent.delegate(
            family.card,
            to=family.parent.key,
            acts=[Act.AGE],
            until=family.at + HOUR,
            at=family.at,
        )
    assert child.wallet.delegations() == ()
    assert family.delegated().delegation


def test_a_parent_shows_a_code_that_nobody_asked_for(family: Family) -> None:
    verifier = family.scene.new_verifier()
    standing = verifier.standing_request(AGE, window=timedelta(seconds=30))
    printed = standing.printed_code(since=family.at, until=family.at + HOUR)
    wallet, ward = family.parent.wallet, family.ward()
    asked = wallet.read_till_code(printed, at=family.at)
    choice = wallet.match_ward(asked, ward, at=family.at).choose()
    answer = wallet.present_qr(asked, choice, at=family.at)
    verdict = judged(family, text_of(answer), standing)
    assert verdict.report.outcome is Outcome.PASSED


def test_the_same_is_posted_where_a_request_came_online(family: Family) -> None:
    ward, (request, asked) = family.ward(), asked_for(family)
    wallet = family.parent.wallet
    choice = wallet.match_ward(asked, ward, at=family.at).choose()
    answer = wallet.present(asked, choice, at=family.at)
    verdict = evaluate_presentation(
        answer.body, request=request, trust=family.scene.trust, at=family.at
    )
    assert verdict.report.outcome is Outcome.PASSED
    assert any(each.id is DELEGATION for each in verdict.report.checks)


def test_the_ledger_says_for_whom_and_no_name(family: Family) -> None:
    ward, (_, asked) = family.ward(), asked_for(family)
    wallet = family.parent.wallet
    choice = wallet.match_ward(asked, ward, at=family.at).choose()
    wallet.present_qr(asked, choice, at=family.at)
    (happening,) = wallet.history()
    entry = happening.entry
    assert entry is not None
    assert entry.acted_for == f"key {family.child.key.thumbprint[:8]}" == ward.pseudonym
    octets = write_entry(entry, salt=bytes(16))
    assert read_entry(octets, at="x") == entry
    assert b"entry/2" in octets
    for value in twelve_claims().values():
        assert str(value).encode() not in octets or len(str(value)) < 5


def test_an_entry_of_the_owner_is_as_it_was_before(family: Family) -> None:
    own = family.parent.given(Compact(CARD, twelve_claims()))
    _, asked = asked_for(family)
    wallet = family.parent.wallet
    wallet.present_qr(asked, wallet.match(asked, at=family.at).choose(), at=family.at)
    (happening,) = wallet.history()
    assert happening.entry is not None
    assert happening.entry.acted_for is None
    octets = write_entry(happening.entry, salt=bytes(16))
    assert b"entry/1" in octets
    assert b"acted_for" not in octets
    with pytest.raises(MalformedError):
        read_entry(octets.replace(b"entry/1", b"entry/2"), at="x")
    acting = write_entry(replace(happening.entry, acted_for="key x"), salt=bytes(16))
    with pytest.raises(MalformedError):
        read_entry(acting.replace(b"entry/2", b"entry/1"), at="x")
    assert own.thumbprint == family.parent.key.thumbprint


def test_nobody_acts_for_anybody_where_nothing_is_shown(family: Family) -> None:
    _, asked = asked_for(family)
    wallet = family.parent.wallet
    wallet.decline(asked, at=family.at)
    entry = wallet.history()[0].entry
    assert entry is not None
    with pytest.raises(UsageError):
        replace(entry, acted_for="key x")
    assert replace(entry, kind=EntryKind.SHOWN, acted_for="key x").acted_for


def test_a_childs_card_stands_not_among_the_parents(family: Family) -> None:
    family.ward()
    wallet, (_, asked) = family.parent.wallet, asked_for(family)
    assert [each.name for each in wallet.credentials()] == [family.right.name]
    assert not wallet.match(asked, at=family.at).found.is_satisfiable()


def test_a_parents_card_answers_nothing_that_is_about_the_child(
    family: Family,
) -> None:
    ward = family.ward()
    wallet, (_, asked) = family.parent.wallet, asked_for(family)
    own = family.parent.given(Compact(CARD, twelve_claims()))
    match = wallet.match_ward(asked, ward, at=family.at)
    assert match.credentials == (ward,)
    assert match.choose().shown[0].credential == ward
    query_id = asked.query.credentials[0].id
    with pytest.raises(UsageError, match="does not answer"):
        match.choose({query_id: own})
    with pytest.raises(UsageError, match="does not answer"):
        wallet.match(asked, at=family.at).choose({query_id: ward})


def test_one_answer_is_about_one_person(family: Family) -> None:
    ward = family.ward()
    wallet, (_, asked) = family.parent.wallet, asked_for(family)
    family.parent.given(Compact(CARD, twelve_claims()))
    both = (
        *wallet.match_ward(asked, ward, at=family.at).choose().shown,
        *wallet.match(asked, at=family.at).choose().shown,
    )
    with pytest.raises(UsageError, match="alone"):
        wallet.present(asked, Choice(asked, both), at=family.at)
    assert wallet.history() == ()


def test_only_what_was_delegated_is_matched_and_told(family: Family) -> None:
    ward, (_, asked) = family.ward(), asked_for(family, HOTEL)
    assert set(ward.claims) == {"age_over_18", "age_over_21", "age_over_65"}
    match = family.parent.wallet.match_ward(asked, ward, at=family.at)
    assert not match.found.is_satisfiable()
    wide = family.ward([Act.AGE, Act.HOTEL])
    match = family.parent.wallet.match_ward(asked, wide, at=family.at)
    assert match.found.is_satisfiable()


def test_a_choice_that_goes_further_is_not_signed(family: Family) -> None:
    ward, (_, asked) = family.ward(), asked_for(family)
    wallet = family.parent.wallet
    choice = wallet.match_ward(asked, ward, at=family.at).choose()
    (shown,) = choice.shown
    name = ("family_name",)
    wider = Shown(shown.query_id, ward, (*shown.paths, name), (*shown.reveals, name))
    with pytest.raises(VerificationFailed) as error:
        wallet.present_qr(asked, replace(choice, shown=(wider,)), at=family.at)
    assert reason_of(error) is Reason.CLAIM_NOT_ADMITTED
    hidden = Shown(shown.query_id, ward, (*shown.paths, name), shown.reveals)
    with pytest.raises(UsageError, match="would be seen"):
        wallet.present_qr(asked, replace(choice, shown=(hidden,)), at=family.at)
    assert wallet.history() == ()
    wallet.present_qr(asked, choice, at=family.at)


def test_a_child_that_somebody_made_up_is_none(family: Family) -> None:
    ward = family.ward()
    wide = read_delegation(family.delegated([Act.AGE, Act.HOTEL]).delegation, at="x")
    wallet, (_, asked) = family.parent.wallet, asked_for(family)
    choice = wallet.match_ward(asked, ward, at=family.at).choose()
    for made in (replace(ward, delegation=wide), replace(ward, name="another")):
        shown = tuple(replace(each, credential=made) for each in choice.shown)
        with pytest.raises(UsageError, match="no such child"):
            wallet.present_qr(asked, replace(choice, shown=shown), at=family.at)
        with pytest.raises(UsageError, match="no such child"):
            wallet.match_ward(asked, made, at=family.at)
    wallet.present_qr(asked, choice, at=family.at)


def test_a_delegation_that_is_over_is_neither_matched_nor_signed(
    family: Family,
) -> None:
    ward, (_, asked) = family.ward(), asked_for(family)
    wallet = family.parent.wallet
    choice = wallet.match_ward(asked, ward, at=family.at).choose()
    late = family.at + HOUR + wallet_skew()
    assert asked_for(family)[0].expires < late
    query = wallet.show_unasked(AGE, at=late)
    with pytest.raises(VerificationFailed) as error:
        wallet.match_ward(query, ward, at=late)
    assert reason_of(error) is Reason.EXPIRED
    unasked = wallet.show_unasked(AGE, at=family.at)
    shown = wallet.match_ward(unasked, ward, at=family.at).choose()
    with pytest.raises(VerificationFailed) as error:
        wallet.present_qr(unasked, shown, at=late)
    assert reason_of(error) is Reason.EXPIRED
    assert wallet.history() == ()
    wallet.present_qr(asked, choice, at=family.at)


def wallet_skew() -> timedelta:
    from idwallet.trust.policies import WALLET

    return WALLET.clock_skew


@pytest.mark.parametrize("by", ["child", "parent"])
def test_either_takes_it_back_and_it_is_not_taken_again(
    family: Family, by: str
) -> None:
    handed = family.delegated()
    wallet, at = family.parent.wallet, family.at
    ward = wallet.add_ward(handed, at=at)
    request, asked = asked_for(family)
    choice = wallet.match_ward(asked, ward, at=at).choose()
    person: Person = getattr(family, by)
    statement = person.wallet.take_back(handed.delegation, at=at)
    if by == "child":
        assert wallet.wards() == (ward,)
        assert wallet.heed(statement, at=at)
        assert not wallet.heed(statement, at=at)
    else:
        assert family.child.wallet.heed(statement, at=at)
    assert wallet.wards() == family.child.wallet.delegations() == ()
    with pytest.raises(UsageError, match="no such child"):
        wallet.present_qr(asked, choice, at=at)
    with pytest.raises(VerificationFailed) as error:
        wallet.add_ward(handed, at=at)
    assert reason_of(error) is Reason.REVOKED
    other = wallet.add_ward(family.delegated(life=2 * HOUR), at=at)
    choice = wallet.match_ward(asked, other, at=at).choose()
    answer = wallet.present_qr(asked, choice, at=at)
    assert judged(family, text_of(answer), request).report.outcome is Outcome.PASSED


def test_what_is_delegated_again_within_the_same_second_is_not_over(
    family: Family,
) -> None:
    wallet, at = family.parent.wallet, family.at
    starts = []
    for _ in range(3):
        handed = family.delegated()
        ward = wallet.add_ward(handed, at=at)
        starts.append(ward.since)
        assert ward.until - ward.since == HOUR
        # The parent's wallet keeps the statements, and takes none of them for this one.
        over = family.child.wallet.take_back(handed.delegation, at=at)
        assert wallet.heed(over, at=at)
    second = timedelta(seconds=1)
    assert starts == [at, at - second, at - 2 * second]


def test_the_longest_delegation_is_given_again_within_the_same_second(
    family: Family,
) -> None:
    longest = timedelta(minutes=limits.DELEGATION_MINUTES - 1)
    wallet, ends = family.child.wallet, []
    for _ in range(2):
        octets = family.delegated(life=longest + 59 * timedelta(seconds=1)).delegation
        ends.append(read_delegation(octets, at="it").until - family.at)
        wallet.take_back(octets, at=family.at)
    assert ends == [longest, longest - timedelta(seconds=1)]


def test_the_statement_of_a_wallet_ends_it_at_a_till(family: Family) -> None:
    handed = family.delegated()
    wallet, at = family.parent.wallet, family.at
    ward = wallet.add_ward(handed, at=at)
    statement = family.child.wallet.take_back(handed.delegation, at=at)
    for known, outcome in (((), Outcome.PASSED), ((statement,), Outcome.FAILED)):
        verifier = family.scene.new_verifier().without(*known)
        request = verifier.request(AGE, purpose="a sale", at=at)
        asked = wallet.read_request(request.message.raw, at=at)
        choice = wallet.match_ward(asked, ward, at=at).choose()
        answer = wallet.present_qr(asked, choice, at=at)
        verdict = judged(family, text_of(answer), request)
        assert verdict.report.outcome is outcome


def test_a_stranger_ends_nothing(family: Family) -> None:
    ward = family.ward()
    other = Family(scene())
    statement = other.parent.wallet.take_back(other.ward(), at=family.at)
    for each in (statement, b"", b"\x80"):
        assert not family.parent.wallet.heed(each, at=family.at)
    with pytest.raises(UsageError, match="no such delegation"):
        family.stranger.wallet.take_back(ward, at=family.at)
    assert family.parent.wallet.wards() == (ward,)


def test_a_stranger_who_signs_that_it_is_over_ends_nothing(family: Family) -> None:
    handed = family.delegated()
    ward = family.parent.wallet.add_ward(handed, at=family.at)
    stranger = SoftwareSigner.generate(Algorithm.ES256)
    forged = withdraw(read_delegation(handed.delegation, at="x"), signer=stranger)
    for person in (family.parent, family.child):
        assert not person.wallet.heed(forged, at=family.at)
    assert family.parent.wallet.wards() == (ward,)
    assert len(family.child.wallet.delegations()) == 1


def test_what_was_delegated_to_somebody_else_is_not_taken(family: Family) -> None:
    handed = family.delegated()
    stranger = family.stranger
    with pytest.raises(VerificationFailed) as error:
        stranger.wallet.add_ward(handed, at=family.at)
    assert reasons_of(error) == {DELEGATION: Reason.NOT_GUARDIAN}
    stranger.given(right_over(family.child.key))
    with pytest.raises(VerificationFailed) as error:
        stranger.wallet.add_ward(handed, at=family.at)
    assert reasons_of(error) == {DELEGATION: Reason.NOT_GUARDIAN}
    assert stranger.wallet.wards() == ()
    family.parent.wallet.add_ward(handed, at=family.at)


def test_a_parent_passes_nothing_on(family: Family) -> None:
    with pytest.raises(SignerUnavailable):
        passed_on(family, family.card)
    with pytest.raises(UsageError, match="of this wallet's own"):
        passed_on(family, family.ward())


def passed_on(family: Family, card: HeldCredential) -> Delegated:
    return family.parent.wallet.delegate(
        card,
        to=family.stranger.key,
        acts=[Act.AGE],
        until=family.at + HOUR,
        at=family.at,
    )


def test_the_guardian_of_another_child_is_refused(family: Family) -> None:
    other = Family(scene())
    handed = other.delegated(to=family.parent.key)
    with pytest.raises(VerificationFailed) as error:
        family.parent.wallet.add_ward(handed, at=family.at)
    assert reasons_of(error) == {DELEGATION: Reason.NOT_GUARDIAN}
    family.parent.given(right_over(other.child.key))
    assert family.parent.wallet.add_ward(handed, at=family.at).acts == {Act.AGE}


def test_a_delegation_by_another_card_is_refused(family: Family) -> None:
    other = Family(scene())
    other.right = family.parent.given(right_over(other.child.key))
    handed = other.delegated(to=family.parent.key)
    swapped = Delegated(family.delegated().card, handed.delegation)
    with pytest.raises(VerificationFailed) as error:
        family.parent.wallet.add_ward(swapped, at=family.at)
    assert reasons_of(error) == {DELEGATION: Reason.INVALID}
    family.parent.wallet.add_ward(handed, at=family.at)


def test_a_right_that_does_not_go_so_far_is_refused(family: Family) -> None:
    for handed in (family.delegated([Act.SCHOOL]), family.delegated(life=9 * HOUR)):
        with pytest.raises(VerificationFailed) as error:
            family.parent.wallet.add_ward(handed, at=family.at)
        assert reason_of(error) is Reason.WIDER_THAN_RIGHT
    family.parent.given(right_over(family.child.key, ["school"]))
    ward = family.parent.wallet.add_ward(family.delegated([Act.SCHOOL]), at=family.at)
    assert ward.right is not None


def test_a_single_purpose_card_is_delegated_whole_or_not(family: Family) -> None:
    single = family.child.given(
        Compact(
            CARD,
            {"age_over_18": True, "family_name": "Образцова"},
            shape=CompactShape.SINGLE_PURPOSE,
        )
    )
    family.card = single
    with pytest.raises(VerificationFailed) as error:
        family.parent.wallet.add_ward(family.delegated(), at=family.at)
    assert reason_of(error) is Reason.CLAIM_NOT_ADMITTED
    ward = family.parent.wallet.add_ward(
        family.delegated([Act.AGE, Act.HOTEL]), at=family.at
    )
    assert set(ward.claims) == {"age_over_18", "family_name"}


def test_a_card_that_nobody_trusts_is_refused(family: Family) -> None:
    handed = family.delegated()
    other = Scene()
    made = issued(Compact(CARD, twelve_claims()), family.child.key, scene=other)
    with pytest.raises(VerificationFailed) as error:
        family.parent.wallet.add_ward(Delegated(made, handed.delegation), at=family.at)
    assert CheckId.ISSUER_TRUST in reasons_of(error)
    assert DELEGATION not in reasons_of(error)
    assert family.parent.wallet.wards() == ()


def test_a_right_that_was_deleted_answers_no_more(family: Family) -> None:
    ward, (_, asked) = family.ward(), asked_for(family)
    wallet = family.parent.wallet
    choice = wallet.match_ward(asked, ward, at=family.at).choose()
    wallet.delete(family.right.name)
    (now,) = wallet.wards()
    assert now.right is None
    with pytest.raises(UsageError):
        wallet.present_qr(asked, choice, at=family.at)
    with pytest.raises(VerificationFailed) as error:
        wallet.match_ward(asked, now, at=family.at)
    assert reason_of(error) is Reason.NOT_GUARDIAN
    with pytest.raises(UsageError):
        now.opened()


def test_a_right_whose_key_is_gone_answers_no_more(family: Family) -> None:
    ward, (_, asked) = family.ward(), asked_for(family)
    family.parent.keys.delete(ward.signed_by)
    (now,) = family.parent.wallet.wards()
    assert now.right is None
    for refused in (
        lambda: family.parent.wallet.match_ward(asked, now, at=family.at),
        lambda: family.parent.wallet.add_ward(family.delegated(), at=family.at),
    ):
        with pytest.raises(VerificationFailed) as error:
            refused()
        assert reason_of(error) is Reason.NOT_GUARDIAN


def test_a_renewed_right_is_found(family: Family) -> None:
    wallet = family.parent.wallet
    first = family.ward()
    family.parent.given(right_over(family.child.key), life=10 * HOUR)
    (ward,) = wallet.wards()
    assert ward.right is not None
    assert first.right is not None
    assert ward.right.credential.valid_until > first.right.credential.valid_until
    _, asked = asked_for(family)
    with pytest.raises(UsageError, match="otherwise"):
        wallet.match_ward(asked, first, at=family.at)
    assert wallet.match_ward(asked, ward, at=family.at).found.is_satisfiable()


def test_of_one_child_the_newest_delegation_is_kept(family: Family) -> None:
    family.ward()
    newest = family.ward([Act.HOTEL])
    assert family.parent.wallet.wards() == (newest,)
    family.parent.wallet.delete_ward(newest.name)
    family.parent.wallet.delete_ward(newest.name)
    assert family.parent.wallet.wards() == ()


def test_what_is_over_is_dropped_with_the_next_change(family: Family) -> None:
    first, handed = family.delegated(), family.delegated(life=3 * HOUR)
    ward = family.parent.wallet.add_ward(first, at=family.at)
    family.parent.wallet.take_back(ward, at=family.at)
    later = family.at + 2 * HOUR
    family.parent.wallet.add_ward(handed, at=later)
    assert len(family.parent.wallet.wards()) == 1
    with pytest.raises(VerificationFailed) as error:
        family.parent.wallet.add_ward(first, at=later)
    assert reason_of(error) is Reason.EXPIRED  # it is not known to be taken back
    assert len(family.child.wallet.delegations()) == 2
    family.child.wallet.delegate(
        family.card,
        to=family.parent.key,
        acts=[Act.AGE],
        until=later + HOUR,
        at=later,
    )
    assert len(family.child.wallet.delegations()) == 2  # of three


def test_what_is_over_is_dropped_by_itself_where_a_wallet_is_tidied(
    family: Family,
) -> None:
    wallet, at = family.child.wallet, family.at
    over, stands = family.delegated(), family.delegated(life=3 * HOUR)
    wallet.drop_over(at=at)
    given = [each.octets for each in wallet.delegations()]
    assert given == [over.delegation, stands.delegation]
    wallet.drop_over(at=at + 2 * HOUR)
    assert [each.octets for each in wallet.delegations()] == [stands.delegation]


def test_a_statement_can_be_told_again_until_what_it_ended_would_be_over(
    family: Family,
) -> None:
    wallet, at = family.child.wallet, family.at
    handed = family.delegated()
    assert wallet.withdrawn(at=at) == ()
    statement = wallet.take_back(handed.delegation, at=at)
    assert wallet.withdrawn(at=at) == (statement,)
    until = read_delegation(handed.delegation, at="handed").until
    assert wallet.withdrawn(at=until - MINUTE) == (statement,)
    assert wallet.withdrawn(at=until) == ()
    with pytest.raises(UsageError, match="zone"):
        wallet.withdrawn(at=at.replace(tzinfo=None))


def test_delegations_are_bounded(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WARDS", 2)
    family.delegated()
    family.delegated([Act.HOTEL])
    with pytest.raises(UsageError, match=r"limits\.WARDS"):
        family.delegated([Act.SCHOOL])


def test_what_travels_is_read_as_it_was_written(family: Family) -> None:
    handed = family.delegated()
    text = handed.to_json()
    assert Delegated.from_json(text) == handed
    assert "Образцова" not in repr(handed)
    for broken in (
        "",
        "{}",
        text.replace("delegated/1", "delegated/2"),
        text.replace('"card"', '"cart"'),
        text[:-1] + ',"more":1}',
        text + " " * limits.DELEGATED_BYTES,
    ):
        with pytest.raises(MalformedError):
            Delegated.from_json(broken)


def test_a_ward_stays_in_the_wallet_and_shows_nothing(family: Family) -> None:
    ward = family.ward()
    again = family.parent.opened(scene().trust)
    assert again.wards() == (ward,)
    assert "Образцова" not in repr(ward)
    assert isinstance(ward, Ward)
    assert (ward.since, ward.until) == (family.at, family.at + HOUR)


def test_only_a_right_has_a_guardians_key(family: Family) -> None:
    assert family.parent.wallet.guardian_key(family.right) == family.parent.key
    with pytest.raises(UsageError, match="guardian"):
        family.child.wallet.guardian_key(family.card)


def test_a_statement_that_comes_before_its_delegation_ends_it_all_the_same(
    family: Family,
) -> None:
    handed, wallet = family.delegated(), family.parent.wallet
    statement = family.child.wallet.take_back(handed.delegation, at=family.at)
    for _ in range(2):
        assert not wallet.heed(statement, at=family.at)
    assert not wallet.heed(b"nothing that can be read", at=family.at)
    with pytest.raises(VerificationFailed) as error:
        wallet.add_ward(handed, at=family.at)
    assert reason_of(error) is Reason.REVOKED
    other = Family(scene())
    honest = family.delegated(life=2 * HOUR)
    forged = withdraw(
        read_delegation(honest.delegation, at="x"),
        signer=StoredKeySigner(other.child.keys.create("ES256", None)),
    )
    assert not wallet.heed(forged, at=family.at)
    assert wallet.add_ward(honest, at=family.at)


def test_statements_that_nobody_judged_take_no_room_of_those_that_were(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DELEGATIONS_WITHDRAWN", 2)
    wallet = family.parent.wallet
    ends = [
        family.child.wallet.take_back(family.delegated(acts).delegation, at=family.at)
        for acts in ([Act.AGE], [Act.HOTEL], [Act.SCHOOL])
    ]
    for each in ends:
        assert not wallet.heed(each, at=family.at)
    for acts in ([Act.AGE], [Act.HOTEL], [Act.AGE, Act.HOTEL]):
        handed = family.delegated(acts, life=2 * HOUR)
        ward = wallet.add_ward(handed, at=family.at)
        wallet.take_back(ward, at=family.at)
        assert wallet.wards() == ()
        with pytest.raises(VerificationFailed) as error:
            wallet.add_ward(handed, at=family.at)
        assert reason_of(error) is Reason.REVOKED


def padded(delegation: bytes, *, signer: Signer, octets: int) -> bytes:
    """Sign that it is over, and add octets where nobody signs them."""
    form = CoseForm(TagForm.UNTAGGED)
    by = Sign1Signer(signer, headers=CoseHeaders({}, {4: b"x" * octets}), form=form)
    over = read_delegation(delegation, at="x").identity
    return by.sign(over, external_aad=b"idwallet-delegation-withdrawn/1")


@pytest.mark.parametrize("octets", [8_000, 20_000, 1_000_000])
def test_no_statement_is_so_long_that_a_wallet_cannot_be_read_any_more(
    family: Family, octets: int
) -> None:
    handed, wallet = family.delegated(), family.parent.wallet
    ward = wallet.add_ward(handed, at=family.at)
    stranger = SoftwareSigner.generate(Algorithm.ES256)
    forged = padded(handed.delegation, signer=stranger, octets=octets)
    assert not wallet.heed(forged, at=family.at)
    stored = family.child.keys.get(family.card.thumbprint)
    assert stored is not None
    signer = StoredKeySigner(stored)
    genuine = padded(handed.delegation, signer=signer, octets=octets)
    is_short = len(genuine) <= limits.DELEGATION_END_BYTES
    assert wallet.heed(genuine, at=family.at) is is_short
    assert wallet.wards() == (() if is_short else (ward,))
    plain = family.child.wallet.take_back(handed.delegation, at=family.at)
    assert wallet.heed(plain, at=family.at) is not is_short
    assert wallet.wards() == ()


def test_a_full_record_of_delegations_is_read_again() -> None:
    until = scene().at + HOUR
    card = Credential(Format.COMPACT, "A" * 22_000)
    kept = KeptWard("ward", "issuer", (), Delegated(card, bytes(200)))
    record = ActingRecord(wards=(kept,) * limits.WARDS)
    with pytest.raises(UsageError, match="octets"):
        record.require_bounded()
    record = ActingRecord(wards=(kept,) * 23).require_bounded()
    unjudged = 0
    for n in range(2 * limits.DELEGATIONS_WITHDRAWN):
        size = limits.DELEGATION_END_BYTES if n % 2 else 100
        statement = n.to_bytes(size)
        unjudged += record.has_room_for(statement)
        record = record.with_end(Ended(statement, until))
        assert record.statements[-1] == statement
    assert 0 < unjudged <= len(record.ended) <= limits.DELEGATIONS_WITHDRAWN
    assert read_acting(record.require_bounded().to_bytes()) == record
