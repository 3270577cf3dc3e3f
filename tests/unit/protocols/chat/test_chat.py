"""Texts of a chat are what they say they are, or refused, or somebody's talk."""

import json
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet import limits
from idwallet.codec import b64
from idwallet.errors import (
    IdWalletError,
    LimitError,
    MalformedError,
    UnsupportedError,
    UsageError,
)
from idwallet.protocols import (
    ChatFile,
    ChatKind,
    ChatMessage,
    ChatSignature,
    HttpRequest,
    HttpResponse,
    carried_file,
    carried_request,
    carried_response,
    carried_signature,
    file_in,
    read_chat,
    request_in,
    response_in,
    signature_in,
)

OFFER: Final = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fa.example"
REQUEST: Final = "openid4vp://?client_id=a&request=b"
ASKED: Final = carried_request(
    HttpRequest("POST", "https://a.example/token", (("DPoP", "a.b.c"),), b"code=1"),
    name="q1",
)
TOLD: Final = carried_response(
    HttpResponse(200, (("Content-Type", "application/json"),), b"{}"), to=ASKED
)


@pytest.mark.parametrize("kind", ChatKind)
def test_a_message_is_read_as_it_was_written(kind: ChatKind) -> None:
    message = ChatMessage(kind=kind, body='Ж <b> \\ \n " €', name="a_1", answers="b-2")
    text = message.to_text()
    assert "\n" not in text
    assert read_chat(text) == read_chat(f"  {text}\n".encode()) == message
    assert "Ж" not in repr(message)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (OFFER, ChatKind.OFFER),
        (f"\n{OFFER} ", ChatKind.OFFER),
        (REQUEST, ChatKind.REQUEST),
        ('{"credential_issuer": "https://a.example"}', ChatKind.OFFER),
        ('{"client_id": "a", "request": "b"}', ChatKind.REQUEST),
        ('{"vp_token": {}, "state": "s"}', ChatKind.ANSWER),
        ('{"response": "a.b.c.d.e"}', ChatKind.ANSWER),
    ],
)
def test_what_was_copied_from_elsewhere_is_known_by_its_form(
    text: str, kind: ChatKind
) -> None:
    assert read_chat(text) == ChatMessage(kind=kind, body=text.strip())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "{hello}",
        "{}",
        '{"a": 1, "a": 2}',
        '{"message": "client_id"}',
        "https://a.example/?credential_offer=1",
        f"look: {OFFER}",
        f"{OFFER} look",
        "OPENID4VP://?a=b",
        b"\xff\xfe",
        "\ud800",
    ],
)
def test_somebodys_talk_is_none_of_ours(text: str | bytes) -> None:
    assert read_chat(text) is None


def own(**changes: object) -> str:
    value = {"idwallet_chat": 1, "kind": "offer", "name": "n", "body": OFFER}
    merged = {**value, **changes}
    return json.dumps({k: v for k, v in merged.items() if v is not ...})


def test_the_twin_of_every_refusal_is_read() -> None:
    assert read_chat(own()) == ChatMessage(kind=ChatKind.OFFER, body=OFFER, name="n")
    assert read_chat(own(name=..., more=[1])) is not None


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (own(idwallet_chat=2), UnsupportedError),
        (own(idwallet_chat=True), UnsupportedError),
        (own(idwallet_chat="1"), UnsupportedError),
        (own(kind="money"), UnsupportedError),
        (own(kind=...), MalformedError),
        (own(kind=1), MalformedError),
        (own(body=...), MalformedError),
        (own(body=""), MalformedError),
        (own(body={"a": 1}), MalformedError),
        (own(name=""), MalformedError),
        (own(name="a b"), MalformedError),
        (own(name="n" * 65), MalformedError),
        (own(answers=None), MalformedError),
        (own()[:-1], MalformedError),
        (own()[:-1] + ', "body": "x"}', MalformedError),
        (own() + "x", MalformedError),
        ("{" + " " * limits.CHAT_BYTES + "}", LimitError),
    ],
)
def test_what_says_that_it_is_ours_keeps_to_the_form(
    text: str, error: type[IdWalletError]
) -> None:
    with pytest.raises(error) as caught:
        read_chat(text)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "offer"},
        {"body": ""},
        {"name": "ä"},
        {"answers": ""},
    ],
)
def test_what_cannot_be_written_is_refused(wrong: dict[str, str]) -> None:
    given = {"kind": ChatKind.OFFER, "body": "b", **wrong}
    with pytest.raises(UsageError):
        ChatMessage(**given)  # type: ignore[arg-type]  # any field
    with pytest.raises(LimitError):
        ChatMessage(kind=ChatKind.OFFER, body="b" * (limits.CHAT_BYTES + 1))


# --- HTTP inside ----------------------------------------------------------------------


def test_a_request_and_its_answer_come_through_whole() -> None:
    came = read_chat(ASKED.to_text())
    assert came is not None
    assert request_in(came) == HttpRequest(
        "POST", "https://a.example/token", (("DPoP", "a.b.c"),), b"code=1"
    )
    told = read_chat(TOLD.to_text())
    assert told is not None
    response = response_in(told, to=ASKED)
    assert (response.status, response.json()) == (200, {})


def inside(message: ChatMessage, **changes: object) -> ChatMessage:
    value = {**json.loads(message.body), **changes}
    body = json.dumps({k: v for k, v in value.items() if v is not ...})
    return ChatMessage(
        kind=message.kind, body=body, name=message.name, answers=message.answers
    )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"method": "PUT"}, MalformedError),
        ({"method": ["GET"]}, MalformedError),
        ({"url": "http://a.example/"}, MalformedError),
        ({"url": "https://user@a.example/"}, MalformedError),
        ({"url": ...}, MalformedError),
        ({"headers": "DPoP"}, MalformedError),
        ({"headers": [["DPoP"]]}, MalformedError),
        ({"headers": [["DPoP", 1]]}, MalformedError),
        ({"headers": [["DPoP", "a", "b"]]}, MalformedError),
        ({"headers": [["DPoP", "a\r\nHost: b"]]}, MalformedError),
        ({"headers": [["DPoP: a", "b"]]}, MalformedError),
        ({"headers": [["a", "b"]] * (limits.CHAT_HEADERS + 1)}, LimitError),
        ({"body": "not base64url!"}, MalformedError),
        ({"body": None}, MalformedError),
        ({"body": "A" * (limits.HTTP_BODY_BYTES // 3 * 4 + 4)}, LimitError),
    ],
)
def test_a_carried_request_keeps_to_its_form(
    changes: dict[str, object], error: type[IdWalletError]
) -> None:
    assert request_in(inside(ASKED)).method == "POST"
    with pytest.raises(error):
        request_in(inside(ASKED, **changes))


@pytest.mark.parametrize("status", [..., "200", True, 99, 600, 200.0, None])
def test_a_carried_response_has_a_status(status: object) -> None:
    assert response_in(inside(TOLD), to=ASKED).status == 200
    with pytest.raises(MalformedError):
        response_in(inside(TOLD, status=status), to=ASKED)


def test_an_answer_to_another_message_is_not_taken() -> None:
    other = carried_request(HttpRequest("GET", "https://a.example/"), name="q2")
    assert response_in(TOLD, to=ASKED).status == 200
    with pytest.raises(MalformedError):
        response_in(TOLD, to=other)
    unnamed = ChatMessage(kind=TOLD.kind, body=TOLD.body)
    nameless = ChatMessage(kind=ASKED.kind, body=ASKED.body)
    with pytest.raises(MalformedError):
        response_in(unnamed, to=nameless)  # None is not a name that two share
    with pytest.raises(MalformedError):
        request_in(nameless)
    with pytest.raises(UsageError):
        carried_response(HttpResponse(200), to=nameless)


WRONG: Final[tuple[Callable[[], object], ...]] = (
    lambda: request_in(TOLD),
    lambda: response_in(ASKED, to=ASKED),
    lambda: carried_response(HttpResponse(200), to=TOLD),
    lambda: carried_request(HttpRequest("GET", "https://a.example/"), name="a b"),
)


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_such_message_is_not_taken_for_one(
    wrong: Callable[[], object],
) -> None:
    with pytest.raises(UsageError):
        wrong()


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_whatever_people_write_raises_nothing_else(text: str | bytes) -> None:
    assert read_chat(text) is None


@given(st.sampled_from([own(), ASKED.to_text(), TOLD.to_text()]), st.data())
def test_no_damage_to_a_message_raises_what_is_no_error_of_ours(
    text: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="utf-8"))
    try:
        came = read_chat(text[:place] + letter + text[place + 1 :])
        if came is not None and came.kind is ChatKind.CARRIED_REQUEST:
            request_in(came)
        if came is not None and came.kind is ChatKind.CARRIED_RESPONSE:
            response_in(came, to=ASKED)
    except (MalformedError, UnsupportedError):
        pass


# --- files, and documents to be signed ------------------------------------------------

PDF: Final = ChatFile(name="договор.pdf", content=b"%PDF", media_type="application/pdf")
SENT: Final = carried_file(PDF, name="f1")
SESSION: Final = ChatMessage(kind=ChatKind.SIGNING_SESSION, body="{}", name="s1")
SIGNED: Final = carried_signature(b"returned", b"signature", to=SESSION)


def test_a_file_and_a_signature_come_through_whole() -> None:
    came = read_chat(SENT.to_text())
    assert came is not None
    assert (came.name, file_in(came)) == ("f1", PDF)
    back = read_chat(SIGNED.to_text())
    assert back is not None
    assert back.answers == SESSION.name
    assert signature_in(back) == ChatSignature(b"returned", b"signature")
    assert "договор" not in repr(PDF)
    assert "returned" not in repr(signature_in(back))


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "../договор.pdf"},
        {"name": "a/b.pdf"},
        {"name": "C:b.pdf"},
        {"name": "a\\b.pdf"},
        {"name": ".."},
        {"name": ""},
        {"name": "a\n.pdf"},
        {"name": "a.pdf "},
        {"name": "a" * (limits.ZIP_NAME_BYTES + 1)},
        {"name": None},
        {"name": ...},
        {"type": "pdf"},
        {"type": "application/pdf; a=b"},
        {"type": ...},
        {"content": "not base64url!"},
        {"content": ...},
    ],
)
def test_a_file_has_a_name_that_leads_nowhere_else_a_type_and_octets(
    changes: dict[str, object],
) -> None:
    assert file_in(inside(SENT)).name == PDF.name
    with pytest.raises(MalformedError):
        file_in(inside(SENT, **changes))


def test_a_file_that_is_too_long_is_refused_by_both_sides() -> None:
    long = b"a" * (limits.CHAT_FILE_BYTES + 1)
    carried_file(ChatFile(name="a", content=long[1:]))
    with pytest.raises(LimitError):
        ChatFile(name="a", content=long)
    with pytest.raises(LimitError):
        file_in(inside(SENT, content=b64.encode(long)))


@pytest.mark.parametrize(
    "changes",
    [{"returned": ...}, {"signature": ...}, {"signature": 1}, {"returned": "="}],
)
def test_a_signature_keeps_to_its_form_and_says_what_it_answers(
    changes: dict[str, object],
) -> None:
    assert signature_in(inside(SIGNED)).signature == b"signature"
    with pytest.raises(MalformedError):
        signature_in(inside(SIGNED, **changes))
    with pytest.raises(MalformedError):
        signature_in(ChatMessage(kind=SIGNED.kind, body=SIGNED.body))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: file_in(SIGNED),
        lambda: signature_in(SENT),
        lambda: carried_signature(b"", b"", to=SENT),
        lambda: carried_signature(
            b"", b"", to=ChatMessage(kind=SESSION.kind, body=SESSION.body)
        ),
    ],
)
def test_what_is_no_file_and_no_session_is_not_taken_for_one(
    wrong: Callable[[], object],
) -> None:
    with pytest.raises(UsageError):
        wrong()
