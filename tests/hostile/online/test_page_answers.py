"""What a wallet answers a page is held to the question; each fault beside its twin."""

from collections.abc import Callable
from dataclasses import replace
from secrets import token_bytes
from typing import Final

import pytest

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.credentials.mdoc.dc_api import encrypt_response
from idwallet.credentials.mdoc.transcript import DcApiHandover, RedirectHandover
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.credentials.query import Query
from idwallet.protocols.dc_api import PageProtocol
from idwallet.protocols.openid4vp.encryption import (
    AnswerKey,
    EncryptTo,
    decrypt_answer,
    encrypt_answer,
)
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.response import response_members
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.asked import HeardRequest
from idwallet.roles.held.format import Conversation
from idwallet.roles.page import Page
from idwallet.roles.page_question import PageQuestion
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.signing import signed
from idwallet.testing.draft import loose_json
from tests.unit.roles.two_formats import (
    issued,
    of_card,
    of_licence,
    query,
    scene,
    wallet,
)

ORIGIN: Final = "https://shop.example"
EVIL: Final = "https://evil.test"
CARD: Final = query(of_card("family_name"))
LICENCE: Final = query(of_licence("age_over_21"))
CLEAR: Final = Page(origin=ORIGIN, mode=ResponseMode.DC_API)
SEALED: Final = Page(origin=ORIGIN)
ISO: Final = Page(origin=ORIGIN, protocol=PageProtocol.ISO_MDOC)

_C, _R = CheckId, Reason
Bend = Callable[[JsonObject, PageQuestion], JsonValue]
Spoken = Callable[[Conversation], Conversation]


def same(spoken: Conversation) -> Conversation:
    return spoken


def asks(asked: Query, page: Page) -> PageQuestion:
    return scene().verifier.ask_page(asked, page=page, purpose="a test", at=scene().at)


def conversation(question: PageQuestion) -> Conversation:
    key = question.decryption
    return Conversation(
        client_id=question.audience,
        nonce=question.nonce,
        response_uri=question.origin,
        thumbprint=None if key is None else key.public.thumbprint,
        over=question.handover,
    )


def shown(question: PageQuestion, spoken: Spoken = same) -> JsonObject:
    """What a wallet says in the clear, in a conversation that may be another."""
    held = wallet(scene().issue(), issued())
    asked = held.read_page_request(question.options, origin=ORIGIN, at=scene().at)
    choice = held.match(asked, at=scene().at).choose()
    taken = [held._chosen(each) for each in choice.shown]
    said = spoken(conversation(question))
    presentations = signed(choice, taken, bound=[said] * len(taken), at=scene().at)
    return response_members(presentations)


def sealed(question: PageQuestion, members: JsonObject) -> JsonObject:
    key = question.decryption
    if key is None:
        return members
    return {"response": encrypt_answer(members, to=key.public, random=token_bytes)}


def envelope(question: PageQuestion, data: JsonValue) -> JsonObject:
    return {"protocol": question.message.protocol.value, "data": data}


def judged(
    question: PageQuestion, answer: JsonValue | bytes
) -> VerifiedPresentation | Unverified:
    octets = answer if isinstance(answer, bytes) else loose_json(answer)
    return evaluate_presentation(
        octets, request=question, trust=scene().trust, at=scene().at
    )


def failed(found: VerifiedPresentation | Unverified) -> set[tuple[CheckId, Reason]]:
    return {
        (each.id, each.reason)
        for each in found.report.checks
        if each.outcome is Outcome.FAILED
    }


def to(client_id: str) -> Spoken:
    return lambda spoken: replace(spoken, client_id=client_id)


def over(handover: Callable[[Conversation], object]) -> Spoken:
    return lambda spoken: replace(spoken, over=handover(spoken))  # type: ignore[arg-type]


def passes(asked: Query, page: Page) -> bool:
    """Whether the twin passes: the same answer to the same question, without fault."""
    question = asks(asked, page)
    found = judged(question, envelope(question, sealed(question, shown(question))))
    return found.report.outcome is Outcome.PASSED


# --- for whom and over what it was signed ---------------------------------------------

AUDIENCES: Final = {
    "the origin without its prefix": ORIGIN,
    "another origin": f"origin:{EVIL}",
    "another origin without its prefix": EVIL,
    "the origin with a slash": f"origin:{ORIGIN}/",
    "who signed, in place of the origin": "x509_hash",
    "a client of earlier drafts": f"web-origin:{ORIGIN}",
}


@pytest.mark.parametrize("name", AUDIENCES)
def test_a_card_for_another_audience_fails_for_its_audience(name: str) -> None:
    audience = AUDIENCES[name]
    if audience == "x509_hash":
        audience = scene().verifier.identity.client_id
    question = asks(CARD, CLEAR)
    found = judged(question, envelope(question, shown(question, to(audience))))
    # What is known to stand there by mistake is told apart, and fails all the same.
    reason = _R.MISMATCH if EVIL in audience else _R.OTHER_INPUT
    assert failed(found) == {(_C.PRESENTATION_AUDIENCE, reason)}
    assert passes(CARD, CLEAR)


def test_a_card_for_another_nonce_fails_for_its_nonce() -> None:
    question = asks(CARD, CLEAR)
    other = shown(question, lambda spoken: replace(spoken, nonce="n" * 43))
    found = judged(question, envelope(question, other))
    assert failed(found) == {(_C.PRESENTATION_NONCE, _R.MISMATCH)}


CONVERSATIONS: Final = {
    "of another page": over(lambda e: DcApiHandover(EVIL, e.nonce, e.thumbprint)),
    "of the origin with its prefix": over(
        lambda e: DcApiHandover(e.client_id, e.nonce, e.thumbprint)
    ),
    "with another nonce": over(lambda e: DcApiHandover(ORIGIN, "n" * 43, e.thumbprint)),
    "encrypted to another key": over(
        lambda e: DcApiHandover(ORIGIN, e.nonce, bytes(32))
    ),
    "by link": over(
        lambda e: RedirectHandover(e.client_id, e.nonce, ORIGIN, e.thumbprint)
    ),
}


@pytest.mark.parametrize("page", [CLEAR, SEALED], ids=["dc_api", "dc_api.jwt"])
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_licence_shown_in_another_conversation_fails(name: str, page: Page) -> None:
    question = asks(LICENCE, page)
    members = shown(question, CONVERSATIONS[name])
    found = judged(question, envelope(question, sealed(question, members)))
    assert {check for check, _ in failed(found)} == {_C.HOLDER_BINDING}
    assert passes(LICENCE, page)


# --- how it came ----------------------------------------------------------------------


def in_the_clear(answer: JsonObject, question: PageQuestion) -> JsonValue:
    assert question.decryption is not None
    return envelope(question, opened(answer, question))


def opened(answer: JsonObject, question: PageQuestion) -> JsonObject:
    assert question.decryption is not None
    data = answer["data"]
    assert isinstance(data, dict)
    return decrypt_answer(str(data["response"]), key=question.decryption)


def to_another_key(answer: JsonObject, question: PageQuestion) -> JsonValue:
    other = AnswerKey.generate(str(question.decryption and question.decryption.kid))
    token = encrypt_answer(
        opened(answer, question), to=other.public, random=token_bytes
    )
    return envelope(question, {"response": token})


def under_another_name(answer: JsonObject, question: PageQuestion) -> JsonValue:
    key = question.decryption
    assert key is not None
    to_ = EncryptTo(key.key.public_key, "another")
    token = encrypt_answer(opened(answer, question), to=to_, random=token_bytes)
    return envelope(question, {"response": token})


def nested(answer: JsonObject, question: PageQuestion) -> JsonValue:
    key = question.decryption
    assert key is not None
    data = answer["data"]
    token = encrypt_answer(
        data if isinstance(data, dict) else {}, to=key.public, random=token_bytes
    )
    return envelope(question, {"response": token})


def data_with(**more: JsonValue) -> Bend:
    def bend(answer: JsonObject, _: PageQuestion) -> JsonValue:
        data = answer["data"]
        assert isinstance(data, dict)
        return {**answer, "data": {**data, **more}}

    return bend


def with_(**more: JsonValue) -> Bend:
    return lambda answer, _: {**answer, **more}


def token(change: Callable[[JsonObject], JsonValue]) -> Bend:
    def bend(answer: JsonObject, question: PageQuestion) -> JsonValue:
        data = answer["data"]
        assert isinstance(data, dict)
        inside = data["vp_token"]
        assert isinstance(inside, dict)
        return envelope(question, {"vp_token": change(inside)})

    return bend


DEEP: JsonValue = 1
for _ in range(limits.JSON_DEPTH + 1):
    DEEP = [DEEP]

CLEARLY: Final[dict[str, tuple[Reason, Bend]]] = {
    "encrypted, though in the clear was asked": (
        _R.UNSUPPORTED,
        lambda _, question: envelope(question, {"response": "a.b.c.d.e"}),
    ),
    "by another protocol": (
        _R.MALFORMED,
        with_(protocol="openid4vp-v1-unsigned"),
    ),
    "by one nobody knows": (_R.UNSUPPORTED, with_(protocol="openid4vp")),
    "by none": (_R.MALFORMED, with_(protocol=1)),
    "without data": (_R.MALFORMED, with_(data="text")),
    "an error beside": (_R.MALFORMED, data_with(error="access_denied")),
    "no presentation": (_R.MALFORMED, token(lambda _: {})),
    "a list for the presentations": (_R.MALFORMED, token(list)),
    "one presentation that is no list": (_R.MALFORMED, token(lambda _: {"pid": "a"})),
    "too many presentations": (
        _R.LIMIT_EXCEEDED,
        token(lambda inside: {"pid": ["a~"] * (limits.PRESENTATIONS + 1)}),
    ),
    "too deep": (_R.LIMIT_EXCEEDED, data_with(more=DEEP)),
    "an empty object": (_R.MALFORMED, lambda _, __: {}),
}

SEALEDLY: Final[dict[str, tuple[Reason, Bend]]] = {
    "in the clear, though encrypted was asked": (_R.MALFORMED, in_the_clear),
    "to another key": (_R.MALFORMED, to_another_key),
    "to a key of another name": (_R.MALFORMED, under_another_name),
    "encrypted twice": (_R.MALFORMED, nested),
    "a presentation beside": (_R.MALFORMED, data_with(vp_token={"pid": ["a"]})),
    "a number for the answer": (_R.MALFORMED, data_with(response=1)),
    "no JWE": (_R.MALFORMED, data_with(response="a.b.c")),
}


@pytest.mark.parametrize(
    ("page", "name", "expected", "bend"),
    [
        *((CLEAR, name, *case) for name, case in CLEARLY.items()),
        *((SEALED, name, *case) for name, case in SEALEDLY.items()),
    ],
    ids=[*CLEARLY, *SEALEDLY],
)
def test_an_answer_that_came_in_another_way_fails_for_its_form(
    page: Page, name: str, expected: Reason, bend: Bend
) -> None:
    assert name
    question = asks(CARD, page)
    good = envelope(question, sealed(question, shown(question)))
    found = judged(question, bend(read_object(write_json(good), at="x"), question))
    assert failed(found) == {(_C.PRESENTATION_FORMAT, expected)}
    assert judged(question, good).report.outcome is Outcome.PASSED


def test_an_answer_with_a_member_twice_fails_for_its_form() -> None:
    question = asks(CARD, CLEAR)
    good = write_json(envelope(question, shown(question)))
    found = judged(question, good[:-1] + b',"data":{}}')
    assert failed(found) == {(_C.PRESENTATION_FORMAT, _R.MALFORMED)}
    assert judged(question, good).report.outcome is Outcome.PASSED


def test_an_answer_that_is_too_long_is_not_read() -> None:
    question = asks(CARD, CLEAR)
    good = write_json(envelope(question, shown(question)))
    found = judged(question, good + b" " * limits.RESPONSE_BYTES)
    assert failed(found) == {(_C.PRESENTATION_FORMAT, _R.LIMIT_EXCEEDED)}


def test_an_answer_to_one_question_answers_no_other() -> None:
    first, second = asks(CARD, SEALED), asks(CARD, SEALED)
    answer = envelope(first, sealed(first, shown(first)))
    assert failed(judged(second, answer)) == {(_C.PRESENTATION_FORMAT, _R.MALFORMED)}
    assert judged(first, answer).report.outcome is Outcome.PASSED


# --- org-iso-mdoc ---------------------------------------------------------------------


def documents(question: PageQuestion) -> JsonObject:
    held = wallet(issued())
    asked = held.read_page_request(question.options, origin=ORIGIN, at=scene().at)
    choice = held.match(asked, at=scene().at).choose()
    answer = held.present_page(asked, choice, at=scene().at)
    return read_object(answer.json, at="x")


def test_documents_encrypted_for_another_page_or_key_do_not_open() -> None:
    question, other = asks(LICENCE, ISO), asks(LICENCE, ISO)
    held = wallet(issued())
    asked = held.read_page_request(question.options, origin=ORIGIN, at=scene().at)
    heard = asked.request
    assert isinstance(heard, HeardRequest)
    assert heard.page is not None
    for info, origin in ((heard.page.info, EVIL), (_info(other), ORIGIN)):
        octets = encrypt_response(b"\xa0", info=info, origin=origin)
        made = envelope(question, {"response": b64.encode(octets)})
        assert failed(judged(question, made)) == {
            (_C.PRESENTATION_FORMAT, _R.MALFORMED)
        }
    assert judged(question, documents(question)).report.outcome is Outcome.PASSED


def _info(question: PageQuestion):  # type: ignore[no-untyped-def]
    held = wallet(issued())
    asked = held.read_page_request(question.options, origin=ORIGIN, at=scene().at)
    assert isinstance(asked.request, HeardRequest)
    assert asked.request.page is not None
    return asked.request.page.info


@pytest.mark.parametrize(
    "data", [{}, {"response": 1}, {"response": "="}, {"response": "AAAA"}], ids=str
)
def test_documents_that_are_none_fail_for_their_form(data: JsonObject) -> None:
    question = asks(LICENCE, ISO)
    found = judged(question, envelope(question, data))
    assert {check for check, _ in failed(found)} == {_C.PRESENTATION_FORMAT}
