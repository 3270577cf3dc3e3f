"""A peer that is too busy to answer does not end an issuance."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from idwallet import limits
from idwallet.protocols.http import HttpRequest, HttpResponse, json_response
from idwallet.protocols.openid4vci.wallet import ConfirmOffer, Done, Failed, Send, Wait
from idwallet.roles.receiving.taking import ConfirmArrived, Receiving
from tests.unit.roles.credential_service_world import AT
from tests.unit.roles.test_receiving import KEY, Taking

PLACES = [
    "/.well-known/openid-credential-issuer",
    "/.well-known/oauth-authorization-server",
    "/token",
    "/nonce",
    "/credential",
]


def busy(
    place: str, answer: HttpResponse, *, times: int = 1
) -> Callable[[HttpRequest, HttpResponse], HttpResponse]:
    """Have that place answer so, so many times, after it did what it was asked."""
    left = [times]

    def meddle(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if place in request.url and left[0]:
            left[0] -= 1
            return answer
        return response

    return meddle


def begun(taking: Taking) -> Receiving:
    """Accept the offer, wherever the issuer was busy before or after it."""
    now = taking.begin()
    if isinstance(now.step, Wait):
        now = taking.carry(now.poll(at=now.step.until), at=now.step.until)
    assert isinstance(now.step, ConfirmOffer)
    return taking.carry(now.accept(at=AT + timedelta(seconds=5)))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("place", PLACES)
def test_whoever_is_busy_is_asked_once_more_and_the_card_comes(
    place: str, status: int
) -> None:
    taking = Taking()
    taking.meddle = busy(place, HttpResponse(status))
    now = begun(taking)
    if isinstance(now.step, Wait):
        assert now.step.until == AT + timedelta(seconds=5)
        now = taking.carry(now.poll(at=now.step.until), at=now.step.until)
    assert isinstance(now.step, ConfirmArrived)
    assert taking.carry(now.store(at=AT)).step == Done(stored=True)
    # The keys that were made for it serve: none is left behind.
    assert taking.made == len(now.step.arrived[0].copies)


def test_a_server_that_was_not_reached_gives_the_token_afterwards() -> None:
    taking = Taking()
    now = taking.begin()
    waits = now.accept(at=AT)
    assert isinstance(waits.step, Send)
    waits = waits.receive(HttpResponse(502), at=AT)  # of what stands before it
    assert isinstance(waits.step, Wait)
    again = taking.carry(waits.poll(at=waits.step.until), at=waits.step.until)
    assert isinstance(again.step, ConfirmArrived)


def test_a_wait_goes_on_in_another_process() -> None:
    taking = Taking()
    taking.meddle = busy("/credential", HttpResponse(503))
    waits = begun(taking)
    assert isinstance(waits.step, Wait)
    due = waits.step.until
    saved = waits.save(KEY)
    again = taking.wallet.resume(saved, taking.world.client, key=KEY, at=due)
    assert again.step == waits.step
    shown = taking.carry(again.poll(at=due), at=due)
    assert isinstance(shown.step, ConfirmArrived)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30),
        ("0", 1),
        ("999999999", limits.PAUSE_SECONDS),
        ("9999999999", 5),
        ("-1", 5),
        ("+7", 5),
        (" 7", 5),
        ("7.5", 5),
        ("\u0667", 5),
        ("Fri, 27 Nov 2026 12:00:00 GMT", 5),
    ],
)
def test_it_is_left_alone_for_as_long_as_it_says_within_a_day(
    said: str, seconds: int
) -> None:
    taking = Taking()
    answer = HttpResponse(503, (("Retry-After", said),))
    taking.meddle = busy("/nonce", answer)
    assert begun(taking).step == Wait(AT + timedelta(seconds=seconds))


def test_a_token_that_ran_out_meanwhile_is_renewed_first() -> None:
    taking = Taking()
    answer = HttpResponse(503, (("Retry-After", "7200"),))
    taking.meddle = busy("/credential", answer)
    waits = begun(taking)
    assert isinstance(waits.step, Wait)
    sent = len(taking.world.sent)
    due = waits.step.until
    shown = taking.carry(waits.poll(at=due), at=due)
    assert isinstance(shown.step, ConfirmArrived)
    tokens = [e for e in taking.world.sent[sent:] if e.url.endswith("/token")]
    assert b"refresh_token" in tokens[0].body


def test_who_is_always_busy_ends_it_and_leaves_no_key_behind() -> None:
    taking = Taking()
    answer = json_response({"error": "server_error"}, status=503)
    taking.meddle = busy("/credential", answer, times=1_000)
    now = begun(taking)
    for _ in range(limits.ISSUANCE_PAUSES - 1):
        assert isinstance(now.step, Wait)
        now = taking.carry(now.poll(at=now.step.until), at=now.step.until)
    assert isinstance(now.step, Wait)
    ended = taking.carry(now.poll(at=now.step.until), at=now.step.until)
    assert isinstance(ended.step, Failed)
    assert ended.step.code == "server_error"
    assert not taking.made


@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 408])
def test_any_other_answer_than_of_who_is_busy_says_what_it_says(status: int) -> None:
    taking = Taking()
    taking.meddle = busy("/credential", HttpResponse(status))
    assert isinstance(begun(taking).step, Failed)
