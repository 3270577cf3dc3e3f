"""A page asks through a browser, and both sides hold the answer to its origin."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.consent.occasion import AuthenticatedBy
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.credentials.query import Query
from idwallet.crypto.seal import SealKey, unseal
from idwallet.errors import MalformedError, UsageError, VerificationFailed
from idwallet.profiles import HAIP_1_0
from idwallet.protocols.dc_api import PageProtocol
from idwallet.protocols.openid4vp import ErrorCode
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.report import Outcome, Reason
from idwallet.roles.asked import Authenticated, OriginOnly
from idwallet.roles.holder import Holder
from idwallet.roles.in_browser import PageResponse
from idwallet.roles.page import Page, page_options
from idwallet.roles.page_question import PageQuestion
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import RelyingParty
from idwallet.testing.corpus.attested import ADMITTING
from idwallet.testing.draft import ABSENT, overlaid
from idwallet.testing.scene import ANSWER_TO
from idwallet.trust.did import did_jwk
from idwallet.trust.policies import WALLET, ReaderRule
from tests.unit.roles.two_formats import (
    issued,
    of_card,
    of_licence,
    query,
    scene,
    wallet,
)

ORIGIN = "https://shop.example"
NAME = query(of_card("family_name"))
BOTH = query(of_card("family_name"), of_licence("age_over_21"))
LICENCE = query(of_licence("age_over_21"))
SEAL = SealKey(bytes(range(32)))
CONTEXT = b"idwallet page question/1"
UNSIGNED = PageProtocol.UNSIGNED


def asks(asked: Query = BOTH, *, page: Page | None = None) -> PageQuestion:
    return scene().verifier.ask_page(
        asked, page=page or Page(origin=ORIGIN), purpose="a test", at=scene().at
    )


def holding(*, strangers: bool = False) -> Holder:
    held = wallet(scene().issue(), issued())
    if strangers:
        held._policy = replace(ADMITTING, readers=ReaderRule.ANONYMOUS_ACCEPTED)
    return held


def answered(
    question: PageQuestion, *, origin: str = ORIGIN, strangers: bool = False
) -> PageResponse:
    held = holding(strangers=strangers)
    asked = held.read_page_request(question.options, origin=origin, at=scene().at)
    choice = held.match(asked, at=scene().at).choose()
    return held.present_page(asked, choice, at=scene().at)


def judged(
    question: PageQuestion, answer: str | bytes
) -> VerifiedPresentation | Unverified:
    return evaluate_presentation(
        answer, request=question, trust=scene().trust, at=scene().at
    )


def faults(found: VerifiedPresentation | Unverified) -> set[tuple[str, Reason]]:
    failed = (e for e in found.report.checks if e.outcome is Outcome.FAILED)
    return {(each.id.value, each.reason) for each in failed}


@pytest.mark.parametrize("mode", [ResponseMode.DC_API, ResponseMode.DC_API_JWT])
def test_a_card_and_a_licence_answer_a_page_in_one_response(mode: ResponseMode) -> None:
    question = asks(page=Page(origin=ORIGIN, mode=mode))
    answer = answered(question)
    assert judged(question, answer.json).report.outcome is Outcome.PASSED
    (name,) = read_object(answer.json, at="x")["data"]
    assert name == ("response" if mode.is_encrypted else "vp_token")


def test_an_answer_is_encrypted_unless_the_page_says_otherwise() -> None:
    question = asks()
    assert list(answered(question).data) == ["response"]


def test_who_signs_is_authenticated_and_the_audience_is_the_origin_all_the_same() -> (
    None
):
    question = asks()
    held = holding()
    asked = held.read_page_request(question.options, origin=ORIGIN, at=scene().at)
    assert isinstance(asked.by, Authenticated)
    assert asked.purpose == "a test"
    assert question.audience == f"origin:{ORIGIN}"
    assert asked.answer_to is None


def test_a_page_that_does_not_sign_is_known_by_its_origin_alone() -> None:
    question = asks(NAME, page=Page(origin=ORIGIN, protocol=UNSIGNED))
    with pytest.raises(VerificationFailed) as caught:
        holding().read_page_request(question.options, origin=ORIGIN, at=scene().at)
    assert {e.reason for e in caught.value.report.failed()} == {Reason.ANONYMOUS}
    held = holding(strangers=True)
    asked = held.read_page_request(question.options, origin=ORIGIN, at=scene().at)
    assert asked.by == OriginOnly(ORIGIN, f"origin:{ORIGIN}")
    answer = answered(question, strangers=True)
    assert judged(question, answer.json).report.outcome is Outcome.PASSED


def test_who_asked_is_entered_by_its_origin() -> None:
    question = asks(NAME, page=Page(origin=ORIGIN, protocol=UNSIGNED))
    held = holding(strangers=True)
    asked = held.read_page_request(question.options, origin=ORIGIN, at=scene().at)
    choice = held.match(asked, at=scene().at).choose()
    held.present_page(asked, choice, at=scene().at)
    (happening,) = held.history()
    party = happening.entry.party
    assert party is not None
    assert party.authenticated is AuthenticatedBy.ORIGIN
    assert party.identifier == ORIGIN


def test_an_unsigned_request_from_another_page_is_answered_for_that_page() -> None:
    question = asks(NAME, page=Page(origin=ORIGIN, protocol=UNSIGNED))
    answer = answered(question, origin="https://evil.test", strangers=True)
    assert ("presentation.audience", Reason.MISMATCH) in faults(
        judged(question, answer.json)
    )


def test_a_signed_request_on_another_page_is_refused() -> None:
    question = asks()
    for origin in ("https://evil.test", f"{ORIGIN}/", ORIGIN.upper()):
        with pytest.raises(VerificationFailed) as caught:
            holding().read_page_request(question.options, origin=origin, at=scene().at)
        (failed,) = caught.value.report.failed()
        assert failed.reason is Reason.ORIGIN_MISMATCH
        assert dict(failed.facts)["found"] == origin


def several() -> Page:
    signer = scene().reader_identity.signer
    other = RelyingParty.decentralized(
        did_jwk(signer.public_key), signer=signer, answer_to=ANSWER_TO
    )
    return Page(origin=ORIGIN, beside=(other,))


def test_a_request_is_signed_in_several_names_and_a_wallet_takes_the_one_it_knows() -> (
    None
):
    question = asks(page=several())
    assert question.message.protocol is PageProtocol.MULTISIGNED
    held = holding()
    asked = held.read_page_request(question.options, origin=ORIGIN, at=scene().at)
    assert isinstance(asked.by, Authenticated)
    assert asked.by.client_id == scene().verifier.identity.client_id
    answer = answered(question)
    assert judged(question, answer.json).report.outcome is Outcome.PASSED


def test_a_reader_of_documents_asks_through_a_browser_too() -> None:
    page = Page(origin=ORIGIN, protocol=PageProtocol.ISO_MDOC)
    question = asks(LICENCE, page=page)
    assert set(question.message.data) == {"deviceRequest", "encryptionInfo"}
    held = holding()
    asked = held.read_page_request(question.options, origin=ORIGIN, at=scene().at)
    assert isinstance(asked.by, Authenticated)
    answer = answered(question)
    assert answer.protocol is PageProtocol.ISO_MDOC
    assert judged(question, answer.json).report.outcome is Outcome.PASSED


def test_documents_for_another_page_do_not_open() -> None:
    page = Page(origin=ORIGIN, protocol=PageProtocol.ISO_MDOC)
    question = asks(LICENCE, page=page)
    # The signature of who asks covers the page's origin: nobody else repeats it.
    with pytest.raises(VerificationFailed):
        answered(question, origin="https://evil.test")
    other = asks(LICENCE, page=page)
    found = judged(question, answered(other).json)
    assert ("presentation.format", Reason.MALFORMED) in faults(found)


def test_one_answer_uses_a_question_up() -> None:
    question = asks()
    first, second = answered(question), answered(question)
    assert judged(question, first.json).report.outcome is Outcome.PASSED
    assert ("presentation.replay", Reason.ALREADY_USED) in faults(
        judged(question, second.json)
    )


def test_another_process_judges_what_was_sealed() -> None:
    question = asks()
    saved = question.save(SEAL)
    again = scene().verifier.restore_page(saved, SEAL)
    assert again.options == question.options
    assert judged(again, answered(question).json).report.outcome is Outcome.PASSED
    with pytest.raises(MalformedError):
        scene().verifier.restore(saved, SEAL)
    with pytest.raises(MalformedError):
        scene().verifier.restore_page(saved, SealKey(bytes(32)))
    haip = replace(scene().verifier, policy=replace(WALLET, name="other"))
    with pytest.raises(UsageError):
        haip.restore_page(saved, SEAL)


DOCUMENTS = Page(origin=ORIGIN, protocol=PageProtocol.ISO_MDOC)


def resealed(saved: bytes, **changes: JsonValue) -> bytes:
    """Seal anew what was saved, with changes: as whoever holds the key could."""
    plain = unseal(saved, key=SEAL, context=CONTEXT, at="saved")
    state = overlaid(read_object(plain, at="saved"), changes)
    return SEAL.seal(write_json(state), context=CONTEXT)


def test_another_process_judges_documents_that_only_the_sealed_key_opens() -> None:
    question = asks(LICENCE, page=DOCUMENTS)
    again = scene().verifier.restore_page(question.save(SEAL), SEAL)
    assert again.options == question.options
    assert again.device is not None
    assert question.device is not None
    assert again.device.key() == question.device.key()
    answer = answered(question)
    assert list(answer.data) == ["response"]
    found = judged(again, answer.json)
    assert isinstance(found, VerifiedPresentation), faults(found)
    assert found.age_over(21) is True


def test_an_answer_judged_where_it_was_asked_is_used_up_where_it_was_restored() -> None:
    question = asks(LICENCE, page=DOCUMENTS)
    again = scene().verifier.restore_page(question.save(SEAL), SEAL)
    first, second = answered(question), answered(question)
    assert judged(question, first.json).report.outcome is Outcome.PASSED
    assert ("presentation.replay", Reason.ALREADY_USED) in faults(
        judged(again, second.json)
    )


def test_what_was_sealed_answers_no_other_question_of_the_page() -> None:
    one, other = (asks(LICENCE, page=DOCUMENTS) for _ in range(2))
    again = scene().verifier.restore_page(other.save(SEAL), SEAL)
    assert judged(again, answered(one).json).report.outcome is Outcome.FAILED
    assert judged(again, answered(other).json).report.outcome is Outcome.PASSED


def test_the_key_of_another_question_is_not_taken_for_its_own() -> None:
    saved, other = (asks(LICENCE, page=DOCUMENTS).save(SEAL) for _ in range(2))
    plain = unseal(other, key=SEAL, context=CONTEXT, at="saved")
    foreign = read_object(plain, at="saved")["recipient"]
    with pytest.raises(MalformedError, match="another key than was sent"):
        scene().verifier.restore_page(resealed(saved, recipient=foreign), SEAL)
    signed = asks(LICENCE).save(SEAL)
    with pytest.raises(MalformedError, match="a key of another protocol"):
        scene().verifier.restore_page(resealed(signed, recipient=foreign), SEAL)


def test_a_question_to_documents_without_its_key_is_refused() -> None:
    saved = asks(LICENCE, page=DOCUMENTS).save(SEAL)
    without = resealed(saved, recipient=ABSENT)
    with pytest.raises(MalformedError, match="no key"):
        scene().verifier.restore_page(without, SEAL)
    with pytest.raises(MalformedError):
        scene().verifier.restore_page(resealed(saved, recipient="AAAA"), SEAL)


@pytest.mark.parametrize("version", ["idwallet-page-question/3", None, [], {}, 1])
def test_what_another_version_saved_is_refused(version: JsonValue) -> None:
    later = resealed(asks(LICENCE, page=DOCUMENTS).save(SEAL), format=version)
    with pytest.raises(MalformedError, match="unknown version"):
        scene().verifier.restore_page(later, SEAL)


def test_what_needs_no_key_is_saved_as_before_there_were_any() -> None:
    plain = unseal(asks().save(SEAL), key=SEAL, context=CONTEXT, at="saved")
    state = read_object(plain, at="saved")
    assert state["format"] == "idwallet-page-question/1"
    assert state.keys() == {"format", "origin", "kept"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("deviceRequest", each) for each in (ABSENT, None, 1, "not base64url!")),
        *(("encryptionInfo", each) for each in (ABSENT, None, 1, "", "AAAA", "!")),
    ],
)
def test_a_saved_message_of_another_shape_is_refused(
    name: str, value: JsonValue
) -> None:
    saved = asks(LICENCE, page=DOCUMENTS).save(SEAL)
    plain = unseal(saved, key=SEAL, context=CONTEXT, at="saved")
    kept = b64.decode(str(read_object(plain, at="saved")["kept"]), at="kept")
    context = b"idwallet presentation request/1"
    state = read_object(unseal(kept, key=SEAL, context=context, at="kept"), at="kept")
    message = read_object(str(state["raw"]), at="raw")
    data = message["data"]
    assert isinstance(data, dict)
    message["data"] = overlaid(data, {name: value})
    state["raw"] = write_json(message).decode()
    sealed = SEAL.seal(write_json(state), context=context)
    with pytest.raises(MalformedError):
        scene().verifier.restore_page(resealed(saved, kept=b64.encode(sealed)), SEAL)


def test_a_refusal_is_a_code_and_nothing_else() -> None:
    question = asks(page=Page(origin=ORIGIN, mode=ResponseMode.DC_API))
    held = holding()
    asked = held.read_page_request(question.options, origin=ORIGIN, at=scene().at)
    refused = held.decline_page(asked, at=scene().at)
    assert dict(refused.data) == {"error": ErrorCode.ACCESS_DENIED.value}
    assert faults(judged(question, refused.json)) == {
        ("presentation.format", Reason.DECLINED)
    }


def test_a_refused_reader_gets_no_document() -> None:
    page = Page(origin=ORIGIN, protocol=PageProtocol.ISO_MDOC)
    question = asks(LICENCE, page=page)
    held = holding()
    asked = held.read_page_request(question.options, origin=ORIGIN, at=scene().at)
    refused = held.decline_page(asked, at=scene().at)
    assert judged(question, refused.json).report.outcome is Outcome.FAILED


def test_a_page_that_asked_is_answered_by_no_other_way() -> None:
    question = asks()
    held = holding()
    asked = held.read_page_request(question.options, origin=ORIGIN, at=scene().at)
    choice = held.match(asked, at=scene().at).choose()
    with pytest.raises(UsageError):
        held.present(asked, choice, at=scene().at)
    with pytest.raises(UsageError):
        held.decline(asked, at=scene().at)
    with pytest.raises(UsageError):
        held.present_device(asked, choice, at=scene().at)
    posted = held.read_request(scene().request().message.to_uri(), at=scene().at)
    with pytest.raises(UsageError):
        held.decline_page(posted, at=scene().at)
    late = scene().at + timedelta(days=2)
    with pytest.raises(UsageError):
        held.present_page(asked, choice, at=late)


def test_a_page_offers_several_ways_and_a_wallet_takes_the_first_it_speaks() -> None:
    signed = asks(LICENCE)
    reader = asks(LICENCE, page=Page(origin=ORIGIN, protocol=PageProtocol.ISO_MDOC))
    options = page_options(signed, reader)
    listed = options["requests"]
    assert isinstance(listed, list)
    assert len(listed) == 2
    unknown: JsonObject = {"protocol": "preview", "data": {}}
    held = holding()
    asked = held.read_page_request(
        json.dumps({"requests": [unknown, *listed]}), origin=ORIGIN, at=scene().at
    )
    choice = held.match(asked, at=scene().at).choose()
    answer = held.present_page(asked, choice, at=scene().at)
    assert answer.protocol is PageProtocol.SIGNED
    assert judged(signed, answer.json).report.outcome is Outcome.PASSED
    with pytest.raises(UsageError):
        page_options(signed, asks(LICENCE))
    with pytest.raises(UsageError):
        page_options()


def test_a_profile_that_encrypts_lets_no_page_ask_in_the_clear() -> None:
    haip = replace(
        scene().verifier,
        policy=replace(scene().verifier.policy, name="haip", profile=HAIP_1_0),
    )
    with pytest.raises(UsageError):
        haip.ask_page(
            NAME,
            page=Page(origin=ORIGIN, mode=ResponseMode.DC_API),
            purpose="a test",
            at=scene().at,
        )


@pytest.mark.parametrize("origin", ["", "https://shop example", "https://мир.example"])
def test_what_is_no_origin_is_a_mistake_of_the_caller(origin: str) -> None:
    with pytest.raises(UsageError):
        Page(origin=origin)
    with pytest.raises(UsageError):
        holding().read_page_request(asks().options, origin=origin, at=scene().at)


def test_a_page_is_answered_by_modes_of_its_own() -> None:
    with pytest.raises(UsageError):
        Page(origin=ORIGIN, mode=ResponseMode.DIRECT_POST)
    anonymous = RelyingParty.anonymous(answer_to=ANSWER_TO)
    with pytest.raises(UsageError):
        Page(origin=ORIGIN, beside=(anonymous,))
    stranger = replace(scene().verifier, identity=anonymous)
    made = stranger.ask_page(
        NAME, page=Page(origin=ORIGIN), purpose="a test", at=scene().at
    )
    assert made.message.protocol is UNSIGNED


def test_a_party_known_by_agreement_says_no_metadata_and_so_no_key() -> None:
    signer = scene().reader_identity.signer
    name = "https://kiosk.example"
    party = RelyingParty(signer=signer, answer_to=ANSWER_TO, client_id=name)
    verifier = replace(scene().verifier, identity=party)
    made = verifier.ask_page(
        NAME, page=Page(origin=ORIGIN), purpose="a test", at=scene().at
    )
    assert made.decryption is None
    with pytest.raises(UsageError):
        verifier.ask_page(
            NAME,
            page=Page(origin=ORIGIN, mode=ResponseMode.DC_API_JWT),
            purpose="a test",
            at=scene().at,
        )
