"""Codes shown at a till that asks by what is printed there, or not at all."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from idwallet import limits
from idwallet.adapters.store import MemoryStore
from idwallet.codec import b64
from idwallet.codec.cbor import read_cbor, write_cbor
from idwallet.codec.qr import qr_modules
from idwallet.codec.qr_text import QrKind, read_qr_text, write_qr_text
from idwallet.consent.ledger.entry import EntryKind
from idwallet.credentials.compact.bound_to import holder_aad
from idwallet.credentials.compact.guardian import Act, delegate
from idwallet.credentials.compact.issue import Compact, CompactShape
from idwallet.credentials.compact.present import Acting, stepped
from idwallet.credentials.compact.structures import (
    read_issued,
)
from idwallet.credentials.mdoc.members import a_list
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.credentials.presence import PersonVerified
from idwallet.credentials.query import Query
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose import CoseForm, Sign1Signer, TagForm
from idwallet.errors import UsageError, VerificationFailed
from idwallet.ports import Use
from idwallet.protocols.qr.till import TillCode, write_till_code
from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.roles.at_tills import STEP, QrAnswer
from idwallet.roles.holder import Holder
from idwallet.roles.portrait import AwaitingPortrait
from idwallet.roles.presentation import evaluate_presentation, verify_presentation
from idwallet.roles.relying_party import RelyingParty
from idwallet.roles.standing import StandingRequest
from idwallet.testing.compact import twelve_claims
from idwallet.testing.compact.changes import octets_of
from idwallet.testing.pki import Fault
from idwallet.testing.scene import ANSWER_TO, Scene
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import OneWayRule, PresenceRule
from idwallet.trust.replay import MemoryReplay
from tests.unit.roles.test_compact import issued

WINDOW = timedelta(seconds=30)
SECOND = timedelta(seconds=1)
UNBOUND = replace(RETAIL, name="kiosk", one_way=OneWayRule.UNBOUND_ACCEPTED)


class Shop(Scene):
    """A till that has the issuer's key at hand, and somebody with a compact card."""

    def __init__(self, *, shape: CompactShape = CompactShape.SELECTIVE) -> None:
        super().__init__()
        own = TrustAnchor.from_signer_certificate(
            self.issuer_identity.chain[0],
            name="the issuer's own certificate",
            purposes=[Purpose.ISSUE_CREDENTIALS],
        )
        self.till_trust = TrustStore([own])
        self.wallet: Holder = self.new_wallet()
        content = Compact("national-id", twelve_claims(), shape=shape)
        self.wallet.add(issued(self, content), at=self.at)
        self.standing = self.verifier.standing_request(
            Query.age_over(18), window=WINDOW, till="till-3", purpose="age of a buyer"
        )

    def code(self, standing: StandingRequest | None = None) -> QrAnswer:
        """Read what is printed, and show a code for it."""
        printed = (standing or self.standing).printed_code(
            since=self.at - timedelta(days=30), until=self.at + timedelta(days=30)
        )
        asked = self.wallet.read_till_code(printed, at=self.at)
        choice = self.wallet.match(asked, at=self.at).choose()
        return self.wallet.present_qr(asked, choice, at=self.at)

    def unbound(self) -> QrAnswer:
        asked = self.wallet.show_unasked(Query.age_over(18), at=self.at)
        choice = self.wallet.match(asked, at=self.at).choose()
        return self.wallet.present_qr(asked, choice, at=self.at)

    @property
    def last_second(self) -> timedelta:
        """How much later than `at` a window ends that began with the step."""
        return stepped(self.at, STEP) + WINDOW - self.at

    def judge(
        self, text: str, *, later: timedelta = timedelta()
    ) -> VerifiedPresentation | Unverified:
        return evaluate_presentation(
            text, request=self.standing, trust=self.till_trust, at=self.at + later
        )


@pytest.mark.parametrize("fault", Fault)
def test_a_printed_code_by_any_bad_certificate_has_a_verdict(fault: Fault) -> None:
    shop = Shop()
    who = shop.pki.reader("till.example", fault=fault)
    party = RelyingParty(signer=who.signer, certificates=who.chain, answer_to=ANSWER_TO)
    printed = (
        replace(shop.verifier, identity=party)
        .standing_request(Query.age_over(18), window=WINDOW, till="till-3")
        .printed_code(
            since=shop.at - timedelta(days=1), until=shop.at + timedelta(days=9)
        )
    )
    with pytest.raises(VerificationFailed) as caught:
        shop.wallet.read_till_code(printed, at=shop.at)
    assert caught.value.report.failed()


def test_a_code_with_nothing_in_it_is_a_verdict_whichever_way_was_asked() -> None:
    shop = Shop()
    asked = shop.verifier.request(Query.age_over(18), purpose="a test", at=shop.at)
    for request in (shop.standing, asked):
        for text in ("IDW1P:", "IDW1A:", "IDW1F:"):
            found = evaluate_presentation(
                text, request=request, trust=shop.till_trust, at=shop.at
            )
            assert isinstance(found, Unverified), text


class Remembering(MemoryReplay):
    """A guard that tells until when it has to remember."""

    def __init__(self) -> None:
        super().__init__()
        self.until: set[datetime] = set()

    def consume(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> Use:
        self.until.add(until)
        return super().consume(request, response, until=until, at=at)


def taken_over(shop: Shop, text: str) -> str:
    """Show what was photographed, as by a guardian whom the thief himself named."""
    thief = SoftwareSigner.generate(Algorithm.ES256)
    delegation = delegate(
        thief.public_key,
        acts=[Act.AGE],
        signer=thief,
        since=shop.at,
        until=shop.at + timedelta(hours=1),
    )
    card = Compact("national-id", twelve_claims(), shape=CompactShape.SINGLE_PURPOSE)
    own = b64.decode(issued(shop, card).raw, at="x", clause="x")
    right = read_issued(own, at="x").value
    seen = a_list(
        read_cbor(read_qr_text(text, at="x").octets, at="x"), at="x", clause="x"
    )
    payload = a_list(read_cbor(octets_of(seen[2]), at="x"), at="x", clause="x")
    acting = Acting(read_cbor(delegation, at="x"), right)
    by = Sign1Signer(thief, form=CoseForm(TagForm.UNTAGGED))
    proof = by.sign(
        write_cbor([*payload, *acting.parts()]),
        external_aad=holder_aad(shop.standing.audience, None),
    )
    return write_qr_text(QrKind.PROOF, proof)


def failed(report: Report) -> dict[CheckId, Reason]:
    return {each.id: each.reason for each in report.failed()}


def test_a_code_for_the_printed_till_passes_once_and_says_it_could_be_relayed() -> None:
    shop = Shop()
    (code,) = shop.code().codes
    verified = verify_presentation(
        code.text, request=shop.standing, trust=shop.till_trust, at=shop.at
    )
    assert verified.age_over(18) is True
    said = {each.id: each.reason for each in verified.report.checks}
    assert said[CheckId.PRESENTATION_RELAY] is Reason.RELAY_POSSIBLE_ACCEPTED
    assert said[CheckId.PRESENTATION_AUDIENCE] is Reason.MATCHES
    again = shop.judge(code.text)
    assert failed(again.report) == {CheckId.PRESENTATION_REPLAY: Reason.ALREADY_USED}


def test_another_signature_of_the_same_moment_is_no_second_use() -> None:
    shop = Shop()
    first, second = shop.code().codes[0], shop.code().codes[0]
    assert first.text != second.text
    assert shop.judge(first.text).report.outcome is Outcome.PASSED
    assert failed(shop.judge(second.text).report) == {
        CheckId.PRESENTATION_REPLAY: Reason.ALREADY_USED
    }


def test_a_photograph_is_refused_after_the_window() -> None:
    shop = Shop()
    (code,) = shop.code().codes
    late = shop.judge(code.text, later=WINDOW + SECOND)
    assert failed(late.report) == {CheckId.PRESENTATION_FRESHNESS: Reason.TOO_OLD}


def test_a_code_for_another_till_is_refused() -> None:
    shop = Shop()
    other = shop.verifier.standing_request(
        Query.age_over(18), window=WINDOW, till="till-4"
    )
    (code,) = shop.code(other).codes
    assert failed(shop.judge(code.text).report) == {
        CheckId.PRESENTATION_AUDIENCE: Reason.MISMATCH
    }


def test_a_code_bound_to_nobody_passes_only_where_a_policy_names_it() -> None:
    shop = Shop()
    (code,) = shop.unbound().codes
    assert failed(shop.judge(code.text).report) == {
        CheckId.PRESENTATION_AUDIENCE: Reason.NOT_BOUND
    }
    kiosk = shop.new_verifier(policy=UNBOUND)
    standing = kiosk.standing_request(Query.age_over(18), window=WINDOW)
    verified = verify_presentation(
        code.text, request=standing, trust=shop.till_trust, at=shop.at
    )
    reasons = {each.reason for each in verified.report.checks}
    assert Reason.NOT_BOUND_ACCEPTED in reasons


def test_somebody_elses_code_does_not_use_up_a_moment() -> None:
    shop = Shop()
    (code,) = shop.code().codes
    octets = bytearray(read_qr_text(code.text, at="x").octets)
    octets[-1] ^= 1
    forged = shop.judge(write_qr_text(QrKind.PROOF, bytes(octets)))
    said = {each.id: each.reason for each in forged.report.checks}
    assert said[CheckId.HOLDER_BINDING] is Reason.INVALID
    assert said[CheckId.PRESENTATION_REPLAY] is Reason.WAITING
    assert shop.judge(code.text).report.outcome is Outcome.PASSED


def test_who_delegates_to_himself_does_not_use_up_somebody_elses_moment() -> None:
    shop = Shop()
    (code,) = shop.code().codes
    forged = shop.judge(taken_over(shop, code.text))
    said = {each.id: each.reason for each in forged.report.checks}
    assert said[CheckId.HOLDER_DELEGATION] is Reason.INVALID
    (replay,) = (
        each for each in forged.report.checks if each.id is CheckId.PRESENTATION_REPLAY
    )
    assert replay.reason is Reason.WAITING
    assert shop.judge(code.text).report.outcome is Outcome.PASSED


def test_one_guard_at_two_tills_takes_a_code_bound_to_none_once() -> None:
    shop = Shop()
    (code,) = shop.unbound().codes
    kiosk = shop.new_verifier(policy=UNBOUND)
    first, second = (
        evaluate_presentation(
            code.text,
            request=kiosk.standing_request(
                Query.age_over(18), window=WINDOW, till=till
            ),
            trust=shop.till_trust,
            at=shop.at,
        )
        for till in ("till-1", "till-2")
    )
    assert first.report.outcome is Outcome.PASSED
    assert failed(second.report) == {CheckId.PRESENTATION_REPLAY: Reason.ALREADY_USED}


def test_a_code_is_remembered_until_its_window_is_over() -> None:
    shop = Shop()
    exact = replace(RETAIL, name="exact", clock_skew=timedelta())
    guard = Remembering()
    till = replace(shop.new_verifier(policy=exact), replay=guard)
    shop.standing = till.standing_request(
        Query.age_over(18), window=WINDOW, till="till-3"
    )
    (code,) = shop.code().codes
    assert shop.judge(code.text).report.outcome is Outcome.PASSED
    for each in (SECOND, WINDOW - SECOND, shop.last_second):
        again = shop.judge(code.text, later=each).report
        assert failed(again) == {CheckId.PRESENTATION_REPLAY: Reason.ALREADY_USED}
    assert min(guard.until) >= shop.at + shop.last_second


def signed_at(shop: Shop, seconds: int) -> str:
    """Return a code whose holder signed another moment than there is."""
    (code,) = shop.code().codes
    seen = a_list(
        read_cbor(read_qr_text(code.text, at="x").octets, at="x"), at="x", clause="x"
    )
    payload = a_list(read_cbor(octets_of(seen[2]), at="x"), at="x", clause="x")
    by = Sign1Signer(shop.holder_signer, form=CoseForm(TagForm.UNTAGGED))
    proof = by.sign(
        write_cbor([seconds, *payload[1:]]),
        external_aad=holder_aad(shop.standing.audience, None),
    )
    return write_qr_text(QrKind.PROOF, proof)


@pytest.mark.parametrize("before", [0, 60, 3600])
def test_a_moment_at_the_end_of_all_years_is_judged_and_not_remembered_till_then(
    before: int,
) -> None:
    shop, guard = Shop(), Remembering()
    till = replace(shop.new_verifier(), replay=guard)
    shop.standing = till.standing_request(
        Query.age_over(18), window=WINDOW, till="till-3"
    )
    text = signed_at(shop, limits.NUMERIC_DATE_MAXIMUM - before)
    assert failed(shop.judge(text).report) == {
        CheckId.PRESENTATION_FRESHNESS: Reason.FROM_THE_FUTURE
    }
    assert max(guard.until) <= shop.at + timedelta(hours=1)


def test_a_window_ends_with_its_last_second() -> None:
    shop = Shop()
    (code,) = shop.code().codes
    on_time = shop.judge(code.text, later=shop.last_second)
    assert on_time.report.outcome is Outcome.PASSED


def test_two_moments_of_one_credential_are_two_codes() -> None:
    shop = Shop()
    asked = shop.wallet.show_unasked(Query.age_over(18), at=shop.at)
    choice = shop.wallet.match(asked, at=shop.at).choose()
    answer = shop.wallet.present_qr(asked, choice, at=shop.at, codes=2, step=5 * SECOND)
    kiosk = shop.new_verifier(policy=UNBOUND)
    standing = kiosk.standing_request(Query.age_over(18), window=WINDOW)
    for each in answer.codes:
        report = evaluate_presentation(
            each.text,
            request=standing,
            trust=shop.till_trust,
            at=shop.at + 5 * SECOND,
        ).report
        assert report.outcome is Outcome.PASSED


def test_codes_follow_one_another_and_are_good_in_their_turn() -> None:
    shop = Shop()
    asked = shop.wallet.show_unasked(Query.age_over(18), at=shop.at)
    choice = shop.wallet.match(asked, at=shop.at).choose()
    before = len(shop.wallet.history())
    answer = shop.wallet.present_qr(asked, choice, at=shop.at, codes=4)
    assert len(shop.wallet.history()) == before + 1
    assert len({each.text for each in answer.codes}) == 4
    assert answer.at(shop.at) is answer.codes[0]
    assert answer.at(shop.at + timedelta(seconds=46)) is answer.codes[3]
    assert answer.at(shop.at + timedelta(hours=1)) is None
    kiosk = shop.new_verifier(policy=UNBOUND)
    standing = kiosk.standing_request(Query.age_over(18), window=WINDOW)
    early = evaluate_presentation(
        answer.codes[3].text, request=standing, trust=shop.till_trust, at=shop.at
    )
    assert failed(early.report) == {
        CheckId.PRESENTATION_FRESHNESS: Reason.FROM_THE_FUTURE
    }


def test_who_is_too_young_fails_the_query() -> None:
    shop = Shop()
    older = shop.verifier.standing_request(
        Query.claims("national-id", "age_over_65"), window=WINDOW, till="till-3"
    )
    (code,) = shop.code(older).codes
    report = shop.judge(code.text).report
    assert failed(report) == {CheckId.PRESENTATION_QUERY: Reason.CLAIM_MISSING}


@pytest.mark.parametrize(
    "text", ["", "no code", "IDW1R:BB8", "IDW1P:bb8", "IDW9P:BB8", "IDW1P:\ud800"]
)
def test_what_is_no_code_of_a_credential_is_judged_and_raises_nothing(
    text: str,
) -> None:
    report = Shop().judge(text).report
    assert CheckId.PRESENTATION_FORMAT in failed(report)


def test_a_forged_printed_code_is_not_answered() -> None:
    shop = Shop()
    printed = shop.standing.printed_code(
        since=shop.at, until=shop.at + timedelta(days=1)
    )
    octets = read_qr_text(printed, at="x").octets
    for old, new in ((b"till-3", b"till-9"), (b"age_over_18", b"age_over_21")):
        forged = write_qr_text(QrKind.TILL, octets.replace(old, new))
        with pytest.raises(VerificationFailed) as caught:
            shop.wallet.read_till_code(forged, at=shop.at)
        assert failed(caught.value.report) == {
            CheckId.REQUEST_SIGNATURE: Reason.INVALID
        }


def test_a_printed_code_of_another_name_is_not_answered() -> None:
    shop = Shop()
    party = shop.verifier.identity
    code = TillCode(
        "x509_san_dns:bank.example",
        "till-3",
        shop.at,
        shop.at + timedelta(days=1),
        "",
        shop.standing.query,
    )
    octets = write_till_code(code, signer=party.signer, certificates=party.certificates)
    with pytest.raises(VerificationFailed) as caught:
        shop.wallet.read_till_code(write_qr_text(QrKind.TILL, octets), at=shop.at)
    assert failed(caught.value.report) == {
        CheckId.READER_AUTHORISED: Reason.CLIENT_ID_MISMATCH
    }


@pytest.mark.parametrize(
    ("days", "reason"), [(-40, Reason.NOT_YET_VALID), (40, Reason.EXPIRED)]
)
def test_a_printed_code_holds_for_its_time(days: int, reason: Reason) -> None:
    shop = Shop()
    since = shop.at - timedelta(days=days)
    printed = shop.standing.printed_code(since=since, until=since + timedelta(days=10))
    with pytest.raises(VerificationFailed) as caught:
        shop.wallet.read_till_code(printed, at=shop.at)
    assert failed(caught.value.report) == {CheckId.REQUEST_VALIDITY: reason}


def test_two_ways_the_till_shows_a_question_and_the_phone_answers() -> None:
    shop = Shop()
    request = shop.verifier.request(
        Query.age_over(18, formats=["idwallet-compact"]), purpose="a sale", at=shop.at
    )
    text = request.message.to_qr()
    asked = shop.wallet.read_request(text, at=shop.at)
    choice = shop.wallet.match(asked, at=shop.at).choose()
    (code,) = shop.wallet.present_qr(asked, choice, at=shop.at).codes
    verified = verify_presentation(
        code.text, request=request, trust=shop.till_trust, at=shop.at
    )
    said = {each.id: each.reason for each in verified.report.checks}
    assert said[CheckId.PRESENTATION_NONCE] is Reason.MATCHES
    assert CheckId.PRESENTATION_RELAY not in said
    again = evaluate_presentation(
        code.text, request=request, trust=shop.till_trust, at=shop.at
    )
    assert again.report.outcome is Outcome.FAILED


def test_a_request_that_no_phone_reads_says_how_long_it_is() -> None:
    shop = Shop()
    query = Query.claims("national-id", *list(twelve_claims())[1:])
    purpose = hashlib.sha512(b"x").hexdigest() * 2 + hashlib.sha512(b"y").hexdigest()
    request = shop.verifier.request(query, purpose=purpose, at=shop.at)
    with pytest.raises(UsageError, match=r"\d+ characters"):
        request.message.to_qr()


def test_an_age_of_twelve_claims_takes_three_hundred_octets_and_version_fifteen() -> (
    None
):
    shop = Shop()
    (code,) = shop.code().codes
    assert len(read_qr_text(code.text, at="x").octets) <= 300
    assert (len(qr_modules(code.text)) - 17) // 4 <= 15


@pytest.mark.parametrize("seconds", [0, 4, 301])
def test_a_window_is_of_seconds(seconds: int) -> None:
    shop = Shop()
    with pytest.raises(UsageError, match="window"):
        shop.verifier.standing_request(
            Query.age_over(18), window=timedelta(seconds=seconds)
        )


def test_nobody_else_makes_a_standing_request() -> None:
    shop = Shop()
    with pytest.raises(UsageError, match="standing_request"):
        StandingRequest(
            shop.standing.query, "till", "", WINDOW, shop.verifier, b"", None
        )
    with pytest.raises(UsageError, match="till"):
        shop.verifier.standing_request(Query.age_over(18), window=WINDOW, till="a#b")


def test_a_clerk_compares_the_picture_of_a_code_once() -> None:
    shop = Shop()
    picture = b"\xff\xd8\xff" + bytes(100)
    card = Compact("national-id", {"age_over_18": True, "portrait": picture})
    wallet = shop.new_wallet()
    wallet.add(issued(shop, card), at=shop.at)
    strict = replace(RETAIL, name="seen", presence=PresenceRule.COMPARED)
    standing = shop.new_verifier(policy=strict).standing_request(
        Query.claims("national-id", "age_over_18", "portrait"), window=WINDOW
    )
    printed = standing.printed_code(since=shop.at, until=shop.at + timedelta(days=1))
    asked = wallet.read_till_code(printed, at=shop.at)
    choice = wallet.match(asked, at=shop.at).choose()
    (code,) = wallet.present_qr(asked, choice, at=shop.at).codes
    first, second = (
        evaluate_presentation(
            code.text, request=standing, trust=shop.till_trust, at=shop.at
        )
        for _ in range(2)
    )
    assert isinstance(first, AwaitingPortrait)
    assert isinstance(second, AwaitingPortrait)
    assert first.portrait.image == picture
    passed = first.confirm(matches=True, by="clerk 1", at=shop.at)
    assert passed.report.outcome is Outcome.PASSED
    again = second.confirm(matches=True, by="clerk 2", at=shop.at)
    assert failed(again.report) == {CheckId.PRESENTATION_REPLAY: Reason.ALREADY_USED}


def verifying(shop: Shop, how: PersonVerified = PersonVerified.FACE) -> Holder:
    """Return a wallet with the same card, which verifies who holds the phone."""
    wallet = Holder(
        store=MemoryStore(),
        seal=SealKey(bytes(32)),
        keys=shop.keys,
        trust=shop.trust,
        verify_person=lambda: how,
    )
    wallet.add(issued(shop, Compact("national-id", twelve_claims())), at=shop.at)
    return wallet


def attests(judged: VerifiedPresentation | Unverified) -> Reason:
    (said,) = (
        e.reason for e in judged.report.checks if e.id is CheckId.HOLDER_PRESENCE
    )
    return said


def test_codes_say_how_the_person_was_verified_for_a_minute() -> None:
    shop = Shop()
    shop.wallet = verifying(shop)
    asked = shop.wallet.read_till_code(
        shop.standing.printed_code(since=shop.at, until=shop.at + timedelta(days=1)),
        at=shop.at,
    )
    choice = shop.wallet.match(asked, at=shop.at).choose()
    shown = shop.wallet.present_qr(asked, choice, at=shop.at, codes=7)
    assert shown.person is PersonVerified.FACE
    told = [
        attests(shop.judge(each.text, later=each.since - shop.at))
        for each in shown.codes
    ]
    first = stepped(shop.at, STEP)
    within = sum(each.since - shop.at <= timedelta(minutes=1) for each in shown.codes)
    assert first <= shop.at
    assert within in {4, 5}
    absent = [Reason.NOT_ESTABLISHED_ACCEPTED] * (7 - within)
    assert told == [Reason.ATTESTED] * within + absent


@pytest.mark.parametrize("by_code", [True, False])
@pytest.mark.parametrize("how", [PersonVerified.PIN, PersonVerified.NONE])
def test_an_answer_says_how_the_person_was_verified(
    how: PersonVerified, *, by_code: bool
) -> None:
    shop = Shop()
    wallet = verifying(shop, how)
    request = shop.request(Query.age_over(18, formats=["idwallet-compact"]))
    asked = wallet.read_request(request.message.to_json(), at=shop.at)
    choice = wallet.match(asked, at=shop.at).choose()
    if by_code:
        answer = wallet.present_qr(asked, choice, at=shop.at).codes[0].text
    else:
        answer = wallet.present(asked, choice, at=shop.at).body
    judged = evaluate_presentation(
        answer, request=request, trust=shop.till_trust, at=shop.at
    )
    is_said = how is PersonVerified.PIN
    reason = Reason.ATTESTED if is_said else Reason.NOT_ESTABLISHED_ACCEPTED
    assert attests(judged) is reason


def test_who_shows_nothing_at_a_till_has_it_in_the_ledger() -> None:
    shop = Shop()
    printed = shop.standing.printed_code(
        since=shop.at, until=shop.at + timedelta(days=1)
    )
    asked = shop.wallet.read_till_code(printed, at=shop.at)
    match = shop.wallet.match(asked, at=shop.at)
    entry = shop.wallet.decline_till(asked, at=shop.at, judgement=match.judgement)
    (held,) = shop.wallet.ledger.entries()[entry:]
    found = held.entry
    assert found is not None
    assert (found.kind, found.shown) == (EntryKind.DECLINED, ())
    assert found.purpose == "age of a buyer"
    message = shop.request(Query.age_over(18, formats=["idwallet-compact"]))
    by_message = shop.wallet.read_request(message.message.to_json(), at=shop.at)
    with pytest.raises(UsageError, match="decline"):
        shop.wallet.decline_till(by_message, at=shop.at)


def test_a_moment_is_of_one_credential_and_of_one_shop() -> None:
    shop = Shop()
    (code,) = shop.unbound().codes
    shop.wallet = shop.new_wallet()
    shop.wallet.add(issued(shop), at=shop.at)
    (neighbours,) = shop.unbound().codes
    kiosk = shop.new_verifier(policy=UNBOUND)
    who = RelyingParty(
        signer=shop.reader_identity.signer, client_id="another", answer_to=ANSWER_TO
    )
    for till, text in (
        (kiosk, code.text),
        (kiosk, neighbours.text),
        (replace(kiosk, identity=who), code.text),
    ):
        standing = till.standing_request(Query.age_over(18), window=WINDOW)
        report = evaluate_presentation(
            text, request=standing, trust=shop.till_trust, at=shop.at
        ).report
        assert report.outcome is Outcome.PASSED
