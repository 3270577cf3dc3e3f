"""A peer that is too busy to answer does not end an issuance."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from idwallet import limits
from idwallet.protocols.http import HttpRequest, HttpResponse, json_response
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    ConfirmOffer,
    Done,
    Failed,
    ProveKeys,
    Send,
    Wait,
    start_issuance,
)
from idwallet.protocols.openid4vci.wallet.steps import SendFor
from idwallet.roles.credential_service import Pending
from idwallet.roles.receiving.taking import ConfirmArrived, Receiving
from tests.unit.roles.credential_service_world import AT, World
from tests.unit.roles.test_data_sets import unbound
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


def test_an_issuer_too_busy_to_be_told_what_became_of_it_is_not_asked_again() -> None:
    taking = Taking()
    taking.meddle = busy("/notification", HttpResponse(503), times=1_000)
    shown = begun(taking)
    assert taking.carry(shown.store(at=AT)).step == Done(stored=True)
    told = [e for e in taking.world.sent if e.url.endswith("/notification")]
    assert len(told) == 1


@pytest.mark.parametrize("gives_nonces", [True, False])
def test_keys_are_proven_again_with_a_new_nonce_where_there_are_some(
    *, gives_nonces: bool
) -> None:
    world = World()
    offer, _ = world.offer()
    now, made = start_issuance(offer.to_uri(), world.client, at=AT), list[str]()
    while not isinstance(now.step, Wait):
        if isinstance(now.step, ConfirmOffer):
            now = now.accept(at=AT)
        elif isinstance(now.step, ProveKeys):
            made = ["the thumbprint of a key"]  # whoever is busy looks at no proof
            now = now.prove(["a proof"], thumbprints=made, at=AT)
        else:
            assert isinstance(now.step, Send)
            now = now.receive(answered(world, now.step, gives_nonces), at=AT)
    again = now.poll(at=now.step.until)
    if gives_nonces:
        assert isinstance(again.step, Send)
        assert again.step.purpose is SendFor.NONCE
        again = again.receive(world.ask(again.step.request), at=AT)
    assert isinstance(again.step, ProveKeys)
    assert list(again.step.made) == made
    assert bool(again.step.nonce) is gives_nonces


def answered(world: World, step: Send, gives_nonces: bool) -> HttpResponse:
    """Answer as an issuer that is too busy to issue, and may give out no nonces."""
    if step.purpose is SendFor.CREDENTIAL:
        return HttpResponse(503)
    found = world.ask(step.request)
    if gives_nonces or step.purpose is not SendFor.ISSUER_METADATA:
        return found
    document = found.json(at="metadata")
    return json_response({k: v for k, v in document.items() if k != "nonce_endpoint"})


def test_what_is_bound_to_no_key_is_asked_for_again_without_a_proof() -> None:
    world = unbound()
    offer, _ = world.offer(names=("ticket",))
    now = world.begin(offer).accept(at=AT)
    while isinstance(now.step, Send) and now.step.purpose is not SendFor.CREDENTIAL:
        now = now.receive(world.ask(now.step.request), at=AT)
    waits = now.receive(HttpResponse(503), at=AT)
    assert isinstance(waits.step, Wait)
    later = waits.poll(at=waits.step.until)
    assert isinstance(later.step, Send)
    assert later.step.purpose is SendFor.CREDENTIAL
    shown = later.receive(world.ask(later.step.request), at=AT)
    assert isinstance(shown.step, ConfirmCredentials)


def test_a_busy_server_that_renews_a_token_is_asked_for_it_once_more() -> None:
    taking = Taking()
    taking.world.answer = Pending(72_000)
    waits = taking.arrive()
    assert isinstance(waits.step, Wait)
    taking.world.answer = None
    due = waits.step.until
    taking.meddle = busy("/token", HttpResponse(503))
    again = taking.carry(waits.poll(at=due), at=due)
    assert again.step == Wait(due + timedelta(seconds=5))
    due += timedelta(seconds=5)
    shown = taking.carry(again.poll(at=due), at=due)
    assert isinstance(shown.step, ConfirmArrived)
