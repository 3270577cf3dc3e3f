"""Issuance attacked: what a thief sends uses nothing up, and guesses are counted."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from idwallet.adapters.replay import FolderReplay
from idwallet.codec.form import write_form
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import SignerUnavailable, UsageError
from idwallet.protocols.http import HttpRequest, HttpResponse, json_request
from idwallet.protocols.oauth import dpop
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    OpenBrowser,
    Send,
    Wait,
)
from idwallet.roles.credential_service import AuthorizationAsked, Pending
from idwallet.roles.credential_service.tickets import Kind
from idwallet.roles.issuer import Issuer
from tests.unit.roles.credential_service_world import AT, ISSUER, SCENE, World

THIEF = SoftwareSigner.generate(Algorithm.ES256)
LATER = AT + timedelta(minutes=1)


@pytest.fixture
def world() -> World:
    return World()


def posted(
    world: World,
    values: Mapping[str, str],
    *,
    to: str = "token",
    signer: Signer | None = None,
) -> HttpRequest:
    """A form with a proof of a key: the wallet's, or another's."""
    url = f"{ISSUER}/{to}"
    nonce = world.service._desk.nonce(Kind.DPOP_NONCE, at=AT)
    proof = dpop.make_dpop(
        signer or world.client.dpop,
        dpop.Bound("POST", url, None, nonce),
        at=AT,
        random=world.client.random,
    )
    kind = ("Content-Type", "application/x-www-form-urlencoded")
    return HttpRequest(
        "POST", url, (kind, ("DPoP", proof)), write_form(values).encode()
    )


def pre_authorized(world: World, *, code: bool = False) -> dict[str, str]:
    offer, typed = world.offer(code=code)
    assert offer.pre_authorized is not None
    values = {
        "grant_type": "urn:ietf:params:oauth:grant-type:pre-authorized_code",
        "pre-authorized_code": offer.pre_authorized.code,
    }
    return values if typed is None else values | {"tx_code": typed}


def browsed(world: World) -> dict[str, str]:
    """The token request of a wallet whose browser came back."""
    invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
    waiting = world.drive(world.begin(invited).accept(at=AT))
    assert isinstance(waiting.step, OpenBrowser)
    back = waiting.returned(world.browse(waiting.step.url), at=AT)
    assert isinstance(back.step, Send)
    return back.step.request.form()


def test_a_thief_without_the_key_uses_up_neither_code_nor_refresh_token(
    world: World,
) -> None:
    values = browsed(world)
    stolen = posted(world, values, signer=THIEF)
    assert world.ask(stolen).json() == {"error": "invalid_grant"}
    refresh = str(world.ask(posted(world, values)).json()["refresh_token"])
    again = {"grant_type": "refresh_token", "refresh_token": refresh}
    stolen = posted(world, again, signer=THIEF)
    assert world.ask(stolen).json() == {"error": "invalid_grant"}
    made_up = posted(world, again | {"refresh_token": "AAAA"})
    assert world.ask(made_up).json() == {"error": "invalid_grant"}
    assert "access_token" in world.ask(posted(world, again)).json()
    assert world.ask(posted(world, again)).json() == {"error": "invalid_grant"}


def test_who_asks_for_more_than_was_offered_can_ask_again(world: World) -> None:
    values = pre_authorized(world)
    details = [{"type": "openid_credential", "credential_configuration_id": "card"}]
    more = values | {"authorization_details": json.dumps(details)}
    refused = world.ask(posted(world, more)).json()
    assert refused == {"error": "invalid_authorization_details"}
    assert "access_token" in world.ask(posted(world, values)).json()


def pushed(world: World, **changes: str) -> dict[str, str]:
    """What a wallet pushes, with something else in it."""
    invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
    step = world.begin(invited).accept(at=AT).step
    assert isinstance(step, Send)
    values = step.request.form() | changes
    return {name: value for name, value in values.items() if value}


def asked_by(world: World, request: HttpRequest) -> AuthorizationAsked:
    """Push it, and open the browser with it."""
    reference = str(world.ask(request).json()["request_uri"])
    query = write_form({"client_id": "wallet.example", "request_uri": reference})
    asked = world.service.handle(
        HttpRequest("GET", f"{ISSUER}/authorize?{query}"), at=AT
    )
    assert isinstance(asked, AuthorizationAsked)
    return asked


@pytest.mark.parametrize("proven", [True, False], ids=["proven too", "named only"])
def test_a_code_serves_the_key_that_was_named_for_it(
    world: World, proven: bool
) -> None:
    own = world.client.dpop.public_key.thumbprint
    request = posted(world, pushed(world, dpop_jkt=own), to="par")
    if not proven:
        request = replace(request, headers=request.headers[:1])
    assert asked_by(world, request).jkt == own


def test_what_scopes_and_details_ask_for_counts_both(world: World) -> None:
    details = [{"type": "openid_credential", "credential_configuration_id": "card"}]
    values = pushed(
        world, authorization_details=json.dumps(details), scope="id", issuer_state=""
    )
    asked = asked_by(world, posted(world, values, to="par"))
    assert asked.configurations == ("card", "id")


def test_a_request_for_this_issuer_may_say_so(world: World) -> None:
    request = posted(world, pushed(world, resource=ISSUER), to="par")
    assert asked_by(world, request).request.resource == ISSUER


@pytest.mark.parametrize(
    "reference",
    ["urn:ietf:params:oauth:request_uri:AAAA", "urn:ietf:params:oauth:request_uri:"],
)
def test_a_made_up_reference_lets_no_browser_in(world: World, reference: str) -> None:
    query = write_form({"client_id": "wallet.example", "request_uri": reference})
    answer = world.ask(HttpRequest("GET", f"{ISSUER}/authorize?{query}"))
    assert answer.json() == {"error": "invalid_request"}


def test_a_reference_is_named_as_it_was_given_out(world: World) -> None:
    request = posted(world, pushed(world), to="par")
    reference = str(world.ask(request).json()["request_uri"])
    bare = reference.removeprefix("urn:ietf:params:oauth:request_uri:")
    query = write_form({"client_id": "wallet.example", "request_uri": bare})
    answer = world.ask(HttpRequest("GET", f"{ISSUER}/authorize?{query}"))
    assert answer.json() == {"error": "invalid_request"}


class Failing:
    """A key in hardware that is away for a while."""

    def __init__(self, signer: Signer) -> None:
        self.public_key, self.algorithm = signer.public_key, signer.algorithm
        self.signer, self.away = signer, False

    def sign(self, data: bytes) -> bytes:
        if self.away:
            raise SignerUnavailable("away")
        return self.signer.sign(data)


def test_a_key_that_fails_today_loses_nothing_that_was_put_off(world: World) -> None:
    key = Failing(SCENE.issuer_identity.signer)
    world.service._issuer = Issuer(signer=key, certificates=SCENE.issuer_identity.chain)
    world.answer = Pending(30)
    offer, _ = world.offer()
    waiting = world.drive(world.begin(offer).accept(at=AT))
    assert isinstance(waiting.step, Wait)
    world.answer, key.away = None, True
    with pytest.raises(SignerUnavailable):
        world.drive(waiting.poll(at=LATER), at=LATER)
    key.away = False
    shown = world.drive(waiting.poll(at=LATER), at=LATER)
    assert isinstance(shown.step, ConfirmCredentials)


def test_a_bound_token_is_no_bearer_token_even_beside_its_proof(world: World) -> None:
    token = str(world.ask(posted(world, pre_authorized(world))).json()["access_token"])
    url = f"{ISSUER}/notification"

    def told(kind: str) -> HttpResponse:
        nonce = world.service._desk.nonce(Kind.DPOP_NONCE, at=AT)
        proof = dpop.make_dpop(
            world.client.dpop,
            dpop.Bound("POST", url, token, nonce),
            at=AT,
            random=world.client.random,
        )
        fields = (("Authorization", f"{kind} {token}"), ("DPoP", proof))
        sent = json_request(
            url, {"notification_id": "x", "event": "credential_failure"}
        )
        return world.ask(replace(sent, headers=(*sent.headers, *fields)))

    assert told("Bearer").status == 401
    assert told("DPoP").json() == {"error": "invalid_notification_id"}


def test_the_token_endpoint_refuses_a_proof_as_rfc_9449_has_it(world: World) -> None:
    sent = posted(world, pre_authorized(world))
    answer = world.ask(replace(sent, headers=(sent.headers[0], ("DPoP", "no.proof.x"))))
    assert (answer.status, answer.json()) == (400, {"error": "invalid_dpop_proof"})
    assert answer.header("WWW-Authenticate") is None


def test_what_is_encrypted_to_nobody_is_refused(world: World) -> None:
    token = str(world.ask(posted(world, pre_authorized(world))).json()["access_token"])
    url = f"{ISSUER}/credential"
    proof = dpop.make_dpop(
        world.client.dpop,
        dpop.Bound(
            "POST", url, token, world.service._desk.nonce(Kind.DPOP_NONCE, at=AT)
        ),
        at=AT,
        random=world.client.random,
    )
    fields = (
        ("Content-Type", "application/jwt"),
        ("Authorization", f"DPoP {token}"),
        ("DPoP", proof),
    )
    answer = world.ask(HttpRequest("POST", url, fields, b"a.b.c.d.e"))
    assert answer.json() == {"error": "invalid_credential_request"}


def test_guesses_of_a_transaction_code_count_in_every_process_and_after_a_restart(
    tmp_path: Path,
) -> None:
    def process() -> World:
        return World(replay=FolderReplay(tmp_path))

    first = process()
    values = pre_authorized(first, code=True)
    wrong = values | {"tx_code": "nonono"}
    for number in range(5):
        world = first if number % 2 else process()
        assert world.ask(posted(world, wrong)).json() == {"error": "invalid_grant"}
    for world in (first, process()):
        assert world.ask(posted(world, values)).json() == {"error": "invalid_grant"}
    twin = pre_authorized(first, code=True)
    assert "access_token" in first.ask(posted(first, twin)).json()


@pytest.mark.parametrize("kind", ["offer", "code"])
def test_of_processes_that_race_for_one_code_one_gives_a_token(
    tmp_path: Path, kind: str
) -> None:
    worlds = [World(replay=FolderReplay(tmp_path)) for _ in range(4)]
    own = worlds[0].client
    values = pre_authorized(worlds[0]) if kind == "offer" else browsed(worlds[0])
    asked = [
        (each, posted(each, values, signer=own.dpop)) for each in worlds for _ in "ab"
    ]
    with ThreadPoolExecutor(len(asked)) as pool:
        answers = list(pool.map(lambda pair: pair[0].ask(pair[1]).json(), asked))
    assert sum("access_token" in each for each in answers) == 1
    refused = [each for each in answers if "access_token" not in each]
    assert refused == [{"error": "invalid_grant"}] * 7


def test_an_answer_in_the_clear_is_given_where_encryption_is_only_offered() -> None:
    key = EphemeralKey.generate()
    world = World(encryption=key, required=False)
    answers = world.service._desk.answer_to(None, HttpRequest("POST", ISSUER))
    assert answers is None


def test_a_state_lets_nobody_have_more_than_it_was_made_for(world: World) -> None:
    details = [{"type": "openid_credential", "credential_configuration_id": "card"}]
    more = pushed(world, authorization_details=json.dumps(details))
    refused = world.ask(posted(world, more, to="par")).json()
    assert refused == {"error": "invalid_request"}
    assert asked_by(world, posted(world, pushed(world), to="par")).offered_to == "anna"


def test_nobody_is_let_in_as_nobody(world: World) -> None:
    values = pushed(world, issuer_state="")
    asked = asked_by(world, posted(world, values, to="par"))
    assert asked.offered_to is None
    with pytest.raises(UsageError, match="of somebody"):
        world.service.grant(asked, subject="", at=AT)
    assert world.service.grant(asked, subject="anna", at=AT).status == 302


def token_for(world: World, subject: str, *names: str) -> str:
    """A token of the same wallet's key, for an account and credentials."""
    made = world.service.offer(
        subject=subject, configurations=names, transaction_code=False, at=AT
    )
    assert made.offer.pre_authorized is not None
    values = {
        "grant_type": "urn:ietf:params:oauth:grant-type:pre-authorized_code",
        "pre-authorized_code": made.offer.pre_authorized.code,
    }
    return str(world.ask(posted(world, values)).json()["access_token"])


def with_token(world: World, request: HttpRequest, token: str) -> HttpRequest:
    """The request with another token of the same key."""
    nonce = world.service._desk.nonce(Kind.DPOP_NONCE, at=AT)
    bound = dpop.Bound("POST", request.url, token, nonce)
    proof = dpop.make_dpop(world.client.dpop, bound, at=AT, random=world.client.random)
    replaced = {"Authorization": f"DPoP {token}", "DPoP": proof}
    fields = tuple((name, replaced.get(name, value)) for name, value in request.headers)
    return replace(request, headers=fields)


@pytest.mark.parametrize(
    ("subject", "name", "code"),
    [
        ("anna", "id", None),
        ("berta", "id", "invalid_transaction_id"),
        ("anna", "card", "invalid_transaction_id"),
    ],
)
def test_what_was_put_off_is_for_its_account_and_what_the_token_allows(
    world: World, subject: str, name: str, code: str | None
) -> None:
    # One wallet, one key, and tokens for two accounts: a shared phone.
    world.answer = Pending(30)
    offer, _ = world.offer()
    waiting = world.drive(world.begin(offer).accept(at=AT))
    world.answer = None
    step = waiting.poll(at=AT + timedelta(seconds=30)).step
    assert isinstance(step, Send)
    token = token_for(world, subject, name)
    answer = world.ask(with_token(world, step.request, token)).json()
    assert answer.get("error") == code
    assert ("credentials" in answer) is (code is None)


@pytest.mark.parametrize("subject", ["anna", "berta"])
def test_nobody_says_what_became_of_what_another_got(
    world: World, subject: str
) -> None:
    offer, _ = world.offer()
    shown = world.drive(world.begin(offer).accept(at=AT))
    told = shown.store(at=AT).step
    assert isinstance(told, Send)
    token = token_for(world, subject, "id")
    answer = world.ask(with_token(world, told.request, token))
    assert answer.status == (204 if subject == "anna" else 400)
    assert [each.subject for each in world.told] == ["anna"] * (subject == "anna")
