"""Whatever comes, a wallet's machine and a verifier's service say what to do."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.form import write_form
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols.http import FORM, HttpRequest, HttpResponse
from idwallet.protocols.openid4vp.abilities import read_wallet_metadata
from idwallet.protocols.openid4vp.inquiry import (
    REQUEST_OBJECT,
    FetchRequest,
    RequestFailed,
    RequestReady,
    start_inquiry,
)
from idwallet.protocols.openid4vp.reference import RequestReference, RequestUriMethod
from idwallet.protocols.openid4vp.reply import read_reply
from idwallet.roles.presentation_service import AnswerState, Started
from tests.unit.roles.presentation_service_world import (
    ABILITIES,
    PUBLIC,
    SESSION,
    World,
)

WORDS = st.sampled_from(
    [
        "openid4vp://?",
        "client_id=",
        "&request_uri=https%3A%2F%2Fa.example%2Fr",
        "&request_uri_method=post",
        "&request=",
        "x509_hash%3AA",
        '{"client_id":"a","request_uri":"https://a.example/"}',
        "%",
        "#",
        "&",
        "\ud800",
        "e30.e30.e30",
        "{",
    ]
)
TEXTS = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=8).map("".join))
OCTETS = st.one_of(
    st.binary(max_size=60), TEXTS.map(lambda t: t.encode("utf-8", "replace"))
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Content-Type", "content-type", "Location", "X"]),
        st.sampled_from([REQUEST_OBJECT, FORM, "application/json", "", "a;b"]),
    ),
    max_size=2,
).map(tuple)
STATUS = st.sampled_from([200, 200, 200, 302, 400, 500])
METHODS = st.sampled_from(["GET", "POST", "PUT", ""])


@given(st.one_of(TEXTS, OCTETS))
def test_whatever_a_person_scans_is_ready_to_fetch_or_failed(raw: str | bytes) -> None:
    step = start_inquiry(raw, wallet=ABILITIES).step
    assert isinstance(step, FetchRequest | RequestReady | RequestFailed)


@given(STATUS, HEADERS, OCTETS)
def test_whatever_a_verifier_sends_fails_unless_it_is_the_request(
    status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> None:
    link = RequestReference("x509_hash:A", "https://a.example/", RequestUriMethod.POST)
    inquiry = start_inquiry(link.to_uri(), wallet=ABILITIES)
    after = inquiry.receive(HttpResponse(status, headers, body))
    assert isinstance(after.step, RequestFailed)


@given(STATUS, HEADERS, OCTETS)
def test_whatever_a_verifier_replies_is_read_or_malformed(
    status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> None:
    try:
        reply = read_reply(HttpResponse(status, headers, body))
    except MalformedError:
        return
    assert reply.is_taken is (status == 200)


@given(TEXTS)
def test_whatever_a_wallet_says_of_itself_is_read_or_refused(text: str) -> None:
    try:
        read_wallet_metadata(text)
    except (MalformedError, UnsupportedError):
        return


@cache
def waiting() -> tuple[World, Started]:
    world = World()
    return world, world.start()


PLACES = st.one_of(
    st.just(f"{PUBLIC}/answer"),
    st.deferred(lambda: st.just(_request_uri())),
    TEXTS.map(lambda text: f"{PUBLIC}/{text}"),
    TEXTS,
)


def _request_uri() -> str:
    reference = waiting()[1].reference
    assert reference is not None
    return reference.request_uri


BODIES = st.one_of(
    OCTETS,
    st.dictionaries(
        st.sampled_from(["response", "state", "vp_token", "error", "wallet_metadata"]),
        TEXTS.map(lambda text: text.encode("utf-8", "replace").decode()),
        max_size=3,
    ).map(lambda form: write_form(form).encode()),
)


@given(METHODS, PLACES, HEADERS, BODIES)
def test_whatever_is_posted_is_answered_and_nothing_is_proven(
    method: str, place: str, headers: tuple[tuple[str, str], ...], body: bytes
) -> None:
    world, started = waiting()
    said = world.carry(HttpRequest(method, place, headers, body))
    assert said.status in {200, 400, 404, 405}
    if said.status == 200:
        assert said.header("Content-Type") == REQUEST_OBJECT
    assert world.state(started) is AnswerState.WAITING


@given(TEXTS, TEXTS, st.one_of(st.none(), TEXTS))
def test_whatever_a_browser_brings_proves_nothing(
    handle: str, session: str, code: str | None
) -> None:
    world, started = waiting()
    for given_handle, given_session in ((handle, SESSION), (started.handle, session)):
        found = world.service().outcome(
            given_handle, session=given_session, at=world.at, response_code=code
        )
        assert found.presentation is None
