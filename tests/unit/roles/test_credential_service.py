"""A wallet gets what it is offered, and nobody gets anything else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet import limits
from idwallet.codec.json import read_object
from idwallet.credentials.sdjwt.present import holder_thumbprint, read_held
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import read_compact
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.protocols.http import (
    HttpRequest,
    HttpResponse,
    json_request,
    json_response,
)
from idwallet.protocols.oauth import dpop
from idwallet.protocols.openid4vci.credential import (
    Deferred,
    NotificationEvent,
    read_credential_response,
)
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    ConfirmOffer,
    Done,
    Failed,
    Issuance,
    OpenBrowser,
    ProveKeys,
    Send,
    Wait,
    restore_issuance,
    start_issuance,
)
from idwallet.roles.credential_service import (
    AuthorizationAsked,
    Denied,
    IssuanceRules,
    Pending,
    Supplied,
    TokenRule,
)
from idwallet.testing.evidence import LIST
from idwallet.trust.status_list import StatusReference
from tests.unit.roles.credential_service_world import (
    AT,
    BACK,
    ISSUER,
    SCENE,
    World,
    form,
    metadata,
)

LATER = AT + timedelta(minutes=1)


@pytest.fixture
def world() -> World:
    return World()


def test_an_offer_with_a_transaction_code_ends_in_a_credential_for_the_proven_key(
    world: World,
) -> None:
    offer, code = world.offer(code=True)
    asked = world.begin(offer)
    assert isinstance(asked.step, ConfirmOffer)
    assert asked.step.transaction_code is not None
    assert asked.step.code_goes_to == "issuer.example"
    shown = world.drive(asked.accept(transaction_code=code, at=AT))
    assert isinstance(shown.step, ConfirmCredentials)
    (received,) = shown.step.received
    assert [holder_thumbprint(each) for each in received.credentials] == [
        world.keys[0].public_key.thumbprint
    ]
    assert received.thumbprints == (world.keys[0].public_key.thumbprint,)
    done = world.drive(shown.store(at=AT))
    assert done.step == Done(stored=True)
    assert [each.event for each in world.told] == [NotificationEvent.ACCEPTED]
    assert {each.subject for each in world.orders} == {"anna"}


def test_a_browser_ends_in_a_credential_and_its_code_serves_once(world: World) -> None:
    invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
    waiting = world.drive(world.begin(invited).accept(at=AT))
    assert isinstance(waiting.step, OpenBrowser)
    assert "code_challenge" not in waiting.step.url  # pushed, not carried
    back = world.browse(waiting.step.url)
    shown = world.drive(waiting.returned(back, at=AT))
    assert isinstance(shown.step, ConfirmCredentials)
    again = world.drive(waiting.returned(back, at=AT))
    assert isinstance(again.step, Failed)
    assert again.step.code == "invalid_grant"


def test_a_batch_comes_with_a_credential_for_each_key(world: World) -> None:
    offer, _ = world.offer()
    shown = world.drive(world.begin(offer).accept(at=AT), count=4)
    assert isinstance(shown.step, ConfirmCredentials)
    (received,) = shown.step.received
    found = {holder_thumbprint(each) for each in received.credentials}
    assert found == {each.public_key.thumbprint for each in world.keys}
    assert len(found) == 4


@pytest.mark.parametrize("count", [1, 4])
def test_each_copy_has_a_place_of_its_own_where_it_can_be_revoked(
    count: int, world: World
) -> None:
    places = [StatusReference(LIST, 10 * each) for each in range(count)]
    until = AT + timedelta(days=30)
    world.answer = Supplied(SCENE.content(), until, places)
    offer, _ = world.offer()
    shown = world.drive(world.begin(offer).accept(at=AT), count=count)
    assert isinstance(shown.step, ConfirmCredentials)
    (received,) = shown.step.received
    said = [read_held(each).unpacked.claims["status"] for each in received.credentials]
    wanted = [{"status_list": {"idx": e.index, "uri": e.uri}} for e in places]
    assert sorted(said, key=str) == sorted(wanted, key=str)


def test_more_or_fewer_places_than_copies_are_a_fault_of_the_application(
    world: World,
) -> None:
    until = AT + timedelta(days=30)
    world.answer = Supplied(SCENE.content(), until, [StatusReference(LIST, 1)])
    offer, _ = world.offer()
    with pytest.raises(UsageError):
        world.drive(world.begin(offer).accept(at=AT), count=2)
    listed = replace(SCENE.content(), status=StatusReference(LIST, 2))
    with pytest.raises(UsageError):
        Supplied(listed, until, [StatusReference(LIST, 1)])


def test_two_offered_credentials_are_asked_for_one_after_another(world: World) -> None:
    offer, _ = world.offer(names=("id", "card"))
    shown = world.drive(world.begin(offer).accept(at=AT))
    assert isinstance(shown.step, ConfirmCredentials)
    assert [each.configuration for each in world.orders] == ["id", "card"]
    assert len(shown.step.received) == 2


def test_what_the_person_does_not_take_is_told_to_the_issuer(world: World) -> None:
    offer, _ = world.offer()
    shown = world.drive(world.begin(offer).accept(at=AT))
    done = world.drive(shown.reject(at=AT))
    assert done.step == Done(stored=False)
    assert [each.event for each in world.told] == [NotificationEvent.DELETED]


def test_a_declined_offer_sends_nothing_more(world: World) -> None:
    offer, _ = world.offer()
    asked = world.begin(offer)
    before = len(world.sent)
    assert asked.decline(at=AT).step == Done(stored=False)
    assert len(world.sent) == before
    assert world.orders == []


def test_an_issuance_goes_on_after_it_was_sealed_at_any_step(world: World) -> None:
    key = SealKey(bytes(range(1, 33)))
    offer, _ = world.offer()
    issuance = start_issuance(offer.to_uri(), world.client, at=AT)
    seen = set()
    for _ in range(40):
        saved = issuance.save(key)
        issuance = restore_issuance(saved, world.client, key=key, at=AT)
        step = issuance.step
        seen.add(type(step).__name__)
        if isinstance(step, Send):
            issuance = issuance.receive(world.ask(step.request), at=AT)
        elif isinstance(step, ConfirmOffer):
            issuance = issuance.accept(at=AT)
        elif isinstance(step, ProveKeys):
            proofs, signers = world.proofs(step)
            issuance = issuance.prove(
                proofs, thumbprints=[e.public_key.thumbprint for e in signers], at=AT
            )
        elif isinstance(step, ConfirmCredentials):
            issuance = issuance.store(at=AT)
        else:
            break
    assert isinstance(issuance.step, Done)
    assert seen == {"Send", "ConfirmOffer", "ProveKeys", "ConfirmCredentials", "Done"}
    with pytest.raises(MalformedError):
        restore_issuance(saved, world.client, key=SealKey(bytes(32)), at=AT)
    with pytest.raises(MalformedError):
        changed = saved[:-1] + bytes((saved[-1] ^ 1,))
        restore_issuance(changed, world.client, key=key, at=AT)


def test_what_takes_time_comes_later_for_the_keys_that_were_proven_at_first(
    world: World,
) -> None:
    world.answer = Pending(30)
    offer, _ = world.offer()
    waiting = world.drive(world.begin(offer).accept(at=AT), count=2)
    assert waiting.step == Wait(AT + timedelta(seconds=30))
    with pytest.raises(UsageError):
        waiting.poll(at=AT)
    still = world.drive(waiting.poll(at=LATER), at=LATER)
    assert isinstance(still.step, Wait)
    world.answer = None
    then = LATER + timedelta(minutes=1)
    shown = world.drive(still.poll(at=then), at=then)
    assert isinstance(shown.step, ConfirmCredentials)
    found = {holder_thumbprint(each) for each in shown.step.received[0].credentials}
    assert found == {each.public_key.thumbprint for each in world.keys}
    assert world.drive(shown.store(at=then), at=then).step == Done(stored=True)


# Attacks.


def test_a_transaction_of_another_wallet_gives_nothing(world: World) -> None:
    """openid/OpenID4VCI#740: a stolen transaction and a token of one's own."""
    world.answer = Pending(30)
    offer, _ = world.offer()
    waiting = world.drive(world.begin(offer).accept(at=AT))
    stolen = read_object(world.sent[-1].body, at="request")
    assert "proofs" in stolen
    transaction = _transaction(waiting)
    thief = World(rules=world.rules)
    thief.service = world.service
    mine, _ = world.offer()
    taken = thief.drive(thief.begin(mine).accept(at=AT))
    world.answer = None
    assert isinstance(taken.step, Wait)
    own = thief.drive(taken.poll(at=LATER), at=LATER)
    assert isinstance(own.step, ConfirmCredentials)  # the twin: one's own is had
    request = replace(
        thief.sent[-1],
        body=thief.sent[-1].body.replace(
            _transaction_in(thief.sent[-1]).encode(), transaction.encode()
        ),
        headers=_fresh(thief, thief.sent[-1]),
    )
    answer = thief.ask(request, at=LATER)
    assert answer.json() == {"error": "invalid_transaction_id"}


def _transaction_in(request: HttpRequest) -> str:
    return str(read_object(request.body, at="request")["transaction_id"])


def _transaction(waiting: Issuance) -> str:
    polled = waiting.poll(at=LATER)
    assert isinstance(polled.step, Send)
    return _transaction_in(polled.step.request)


def _fresh(world: World, request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """The same header with a new proof of the same wallet's key."""
    token = (request.header("Authorization") or "").partition(" ")[2]
    nonce = world.ask(HttpRequest("POST", f"{ISSUER}/nonce"), at=LATER)
    proof = dpop.make_dpop(
        world.client.dpop,
        dpop.Bound("POST", request.url, token, nonce.header("DPoP-Nonce")),
        at=LATER,
        random=world.client.random,
    )
    return tuple(
        (name, proof if name == "DPoP" else value) for name, value in request.headers
    )


def test_the_largest_batch_can_be_put_off() -> None:
    most = limits.CREDENTIAL_PROOFS
    world = World(changes={"batch_size": most}, answer=Pending(30))
    offer, _ = world.offer()
    waiting = world.drive(world.begin(offer).accept(at=AT), count=most)
    assert isinstance(waiting.step, Wait)
    longest = Deferred(transaction="x" * limits.TRANSACTION_CHARACTERS, interval=1)
    assert read_credential_response(longest.to_json(), status=202) == longest
    longer = replace(longest, transaction=f"{longest.transaction}x")
    with pytest.raises(LimitError):
        read_credential_response(longer.to_json(), status=202)


def test_a_transaction_serves_once(world: World) -> None:
    world.answer = Pending(30)
    offer, _ = world.offer()
    waiting = world.drive(world.begin(offer).accept(at=AT))
    world.answer = None
    shown = world.drive(waiting.poll(at=LATER), at=LATER)
    assert isinstance(shown.step, ConfirmCredentials)
    again = world.drive(waiting.poll(at=LATER), at=LATER)
    assert isinstance(again.step, Failed)
    assert again.step.code == "invalid_transaction_id"


def test_nothing_is_stored_before_the_person_saw_whose_it_is(world: World) -> None:
    """openid/OpenID4VCI#806: an offer of another's account, put before a victim."""
    offer, _ = world.offer()
    shown = world.drive(world.begin(offer).accept(at=AT))
    assert isinstance(shown.step, ConfirmCredentials)
    assert world.told == []
    with pytest.raises(UsageError):
        shown.accept(at=AT)
    assert world.drive(shown.reject(at=AT)).step == Done(stored=False)


def test_an_offer_that_somebody_else_signs_in_for_is_not_granted(world: World) -> None:
    """The same with a browser: who scans an offer need not be whom it was made for."""
    invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
    waiting = world.drive(world.begin(invited).accept(at=AT))
    assert isinstance(waiting.step, OpenBrowser)
    asked = world.service.handle(HttpRequest("GET", waiting.step.url), at=AT)
    assert isinstance(asked, AuthorizationAsked)
    assert asked.offered_to == "anna"
    with pytest.raises(UsageError, match="another account"):
        world.service.grant(asked, subject="mallory", at=AT)
    refused = world.service.refuse(asked).header("Location") or ""
    assert isinstance(world.drive(waiting.returned(refused, at=AT)).step, Failed)


def test_a_wrong_transaction_code_can_be_typed_again_and_not_for_ever(
    world: World,
) -> None:
    offer, code = world.offer(code=True)
    wrong = f"{(int(code or 0) + 1) % 1_000_000:06d}"
    asked = world.begin(offer)
    for _ in range(world.rules.attempts - 1):
        failed = world.drive(asked.accept(transaction_code=wrong, at=AT))
        assert isinstance(failed.step, Failed)
        assert failed.step.code == "invalid_grant"
    right = world.drive(asked.accept(transaction_code=code, at=AT))
    assert isinstance(right.step, ConfirmCredentials)

    offer, code = world.offer(code=True)
    asked = world.begin(offer)
    wrong = f"{(int(code or 0) + 1) % 1_000_000:06d}"
    for _ in range(world.rules.attempts):
        world.drive(asked.accept(transaction_code=wrong, at=AT))
    late = world.drive(asked.accept(transaction_code=code, at=AT))
    assert isinstance(late.step, Failed)
    assert late.step.code == "invalid_grant"


def test_an_offer_serves_once(world: World) -> None:
    offer, _ = world.offer()
    asked = world.begin(offer)
    assert isinstance(world.drive(asked.accept(at=AT)).step, ConfirmCredentials)
    again = world.drive(world.begin(offer).accept(at=AT))
    assert isinstance(again.step, Failed)
    assert again.step.code == "invalid_grant"


def test_an_offer_is_over_in_time(world: World) -> None:
    offer, _ = world.offer()
    late = AT + world.rules.offer_lifetime
    asked = world.begin(offer)
    failed = world.drive(asked.accept(at=late), at=late)
    assert isinstance(failed.step, Failed)
    assert failed.step.code == "invalid_grant"


@pytest.mark.parametrize(
    "change",
    [
        {"code_verifier": "a" * 43},
        {"redirect_uri": "eu.example.wallet:/other"},
        {"client_id": "other.example"},
        {"code": "forged"},
    ],
)
def test_a_code_is_redeemed_by_who_asked_for_it_only(
    world: World, change: dict[str, str]
) -> None:
    invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
    waiting = world.drive(world.begin(invited).accept(at=AT))
    assert isinstance(waiting.step, OpenBrowser)
    back = world.browse(waiting.step.url)
    returned = waiting.returned(back, at=AT)
    assert isinstance(returned.step, Send)
    sent = returned.step.request
    forged = form(sent.form() | change)
    forged = replace(forged, headers=(*forged.headers, _proof(world, forged)))
    assert world.ask(forged).json() == {"error": "invalid_grant"}
    assert isinstance(world.drive(returned).step, ConfirmCredentials)


def _proof(
    world: World, request: HttpRequest, signer: SoftwareSigner | None = None
) -> tuple[str, str]:
    nonce = world.ask(HttpRequest("POST", f"{ISSUER}/nonce")).header("DPoP-Nonce")
    return "DPoP", dpop.make_dpop(
        signer or world.client.dpop,
        dpop.Bound("POST", request.url, None, nonce),
        at=AT,
        random=world.client.random,
    )


def test_a_code_is_redeemed_with_the_key_that_pushed_its_request(world: World) -> None:
    invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
    waiting = world.drive(world.begin(invited).accept(at=AT))
    assert isinstance(waiting.step, OpenBrowser)
    returned = waiting.returned(world.browse(waiting.step.url), at=AT)
    assert isinstance(returned.step, Send)
    sent = returned.step.request
    other = form(sent.form())
    thief = SoftwareSigner.generate(Algorithm.ES256)
    other = replace(other, headers=(*other.headers, _proof(world, other, thief)))
    assert world.ask(other).json() == {"error": "invalid_grant"}


def test_where_the_rules_take_bearers_one_gets_no_refresh_token(world: World) -> None:
    for tokens, given in ((TokenRule.BEARER_ACCEPTED, True), (TokenRule.BOUND, False)):
        lax = World(rules=replace(world.rules, tokens=tokens))
        offer, _ = lax.offer()
        assert offer.pre_authorized is not None
        asked = form(
            {
                "grant_type": "urn:ietf:params:oauth:grant-type:pre-authorized_code",
                "pre-authorized_code": offer.pre_authorized.code,
            }
        )
        answer = lax.ask(asked).json()
        if not given:
            assert answer == {"error": "invalid_dpop_proof"}
            continue
        assert answer["token_type"] == "Bearer"
        assert "refresh_token" not in answer
        told = json_request(f"{ISSUER}/notification", {"event": "credential_failure"})
        for kind, status in (("DPoP", 401), ("Bearer", 400)):
            field = ("Authorization", f"{kind} {answer['access_token']}")
            sent = replace(told, headers=(*told.headers, field))
            assert lax.ask(sent).status == status


def test_a_token_without_a_proof_of_a_key_is_not_given(world: World) -> None:
    offer, _ = world.offer()
    assert offer.pre_authorized is not None
    answer = world.ask(
        form(
            {
                "grant_type": "urn:ietf:params:oauth:grant-type:pre-authorized_code",
                "pre-authorized_code": offer.pre_authorized.code,
            }
        )
    )
    assert answer.json() == {"error": "invalid_dpop_proof"}


def _credential_request(world: World) -> HttpRequest:
    """Go to where a credential is asked for, and return what would be sent."""
    offer, _ = world.offer()
    issuance = world.begin(offer).accept(at=AT)
    while True:
        step = issuance.step
        if isinstance(step, ProveKeys):
            proofs, signers = world.proofs(step)
            issuance = issuance.prove(
                proofs, thumbprints=[e.public_key.thumbprint for e in signers], at=AT
            )
        elif isinstance(step, Send) and step.request.url.endswith("/credential"):
            return step.request
        else:
            assert isinstance(step, Send)
            issuance = issuance.receive(world.ask(step.request), at=AT)


def test_a_credential_request_serves_once(world: World) -> None:
    request = _credential_request(world)
    assert world.ask(request).status == 200
    assert world.ask(request).status == 401


def test_a_stolen_token_serves_nobody_without_its_key(world: World) -> None:
    request = _credential_request(world)
    kept = tuple(each for each in request.headers if each[0] != "DPoP")
    assert world.ask(replace(request, headers=kept)).status == 401
    bearer = tuple((name, value.replace("DPoP ", "Bearer ")) for name, value in kept)
    assert world.ask(replace(request, headers=bearer)).status == 401
    assert world.ask(request).status == 200


def test_proofs_that_came_before_serve_no_second_time(world: World) -> None:
    request = _credential_request(world)
    assert world.ask(request).status == 200
    again = replace(request, headers=headers_anew(world, request))
    assert world.ask(again).json() == {"error": "invalid_nonce"}


def headers_anew(world: World, request: HttpRequest) -> tuple[tuple[str, str], ...]:
    token = (request.header("Authorization") or "").partition(" ")[2]
    nonce = world.ask(HttpRequest("POST", f"{ISSUER}/nonce")).header("DPoP-Nonce")
    proof = dpop.make_dpop(
        world.client.dpop,
        dpop.Bound("POST", request.url, token, nonce),
        at=AT,
        random=world.client.random,
    )
    return tuple(
        (name, proof if name == "DPoP" else value) for name, value in request.headers
    )


def test_a_denied_account_gets_nothing(world: World) -> None:
    world.answer = Denied()
    offer, _ = world.offer()
    failed = world.drive(world.begin(offer).accept(at=AT))
    assert isinstance(failed.step, Failed)
    assert failed.step.code == "credential_request_denied"


def test_what_was_not_granted_is_not_issued(world: World) -> None:
    request = _credential_request(world)
    for asked, code in (
        (b'"card"', "credential_request_denied"),
        (b'"none"', "unknown_credential_configuration"),
    ):
        other = replace(
            request,
            body=request.body.replace(b'"id"', asked),
            headers=headers_anew(world, request),
        )
        assert world.ask(other).json() == {"error": code}
    assert world.ask(request).status == 200


def test_tickets_of_one_kind_open_nothing_else(world: World) -> None:
    """A challenge is no token, an offer no code, a token no transaction."""
    challenge = world.ask(HttpRequest("POST", f"{ISSUER}/nonce")).json()["c_nonce"]
    request = _credential_request(world)
    headers = tuple(
        (name, f"DPoP {challenge}" if name == "Authorization" else value)
        for name, value in request.headers
    )
    assert world.ask(replace(request, headers=headers)).status == 401


def test_a_refresh_token_serves_once_and_its_own_key_only(world: World) -> None:
    offer, _ = world.offer()
    world.drive(world.begin(offer).accept(at=AT))
    token = next(each for each in world.sent if each.url.endswith("/token"))
    assert token.form()["grant_type"].endswith("pre-authorized_code")
    offer, _ = world.offer()
    assert offer.pre_authorized is not None
    asked = form(
        {
            "grant_type": "urn:ietf:params:oauth:grant-type:pre-authorized_code",
            "pre-authorized_code": offer.pre_authorized.code,
        }
    )
    asked = replace(asked, headers=(*asked.headers, _proof(world, asked)))
    refresh = world.ask(asked).json()["refresh_token"]
    again = form({"grant_type": "refresh_token", "refresh_token": str(refresh)})
    thief = SoftwareSigner.generate(Algorithm.ES256)
    once = form({"grant_type": "refresh_token", "refresh_token": str(refresh)})
    once = replace(once, headers=(*once.headers, _proof(world, once)))
    assert "access_token" in world.ask(once).json()
    for signer in (None, thief):
        late = replace(again, headers=(*again.headers, _proof(world, again, signer)))
        assert world.ask(late).json() == {"error": "invalid_grant"}


def test_a_browser_without_a_pushed_request_is_not_let_in(world: World) -> None:
    invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
    waiting = world.drive(world.begin(invited).accept(at=AT))
    assert isinstance(waiting.step, OpenBrowser)
    for url in (
        f"{ISSUER}/authorize",
        f"{ISSUER}/authorize?client_id=wallet.example&request_uri=urn%3Ax",
        waiting.step.url.replace("wallet.example", "other.example"),
    ):
        assert world.ask(HttpRequest("GET", url)).status == 400
    # The last one named the right request for another client: it is used up.
    assert world.ask(HttpRequest("GET", waiting.step.url)).status == 400


def test_an_unknown_client_or_address_pushes_nothing(world: World) -> None:
    invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
    pushed = world.begin(invited).accept(at=AT)
    assert isinstance(pushed.step, Send)
    fields = pushed.step.request.form()
    for change, code in (
        ({"client_id": "other.example"}, "invalid_client"),
        ({"redirect_uri": f"{BACK}/evil"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"request_uri": "urn:x"}, "invalid_request"),
    ):
        forged = form(fields | change, to="par")
        assert world.ask(forged).json() == {"error": code}
    assert isinstance(world.drive(pushed).step, OpenBrowser)


def test_a_redirect_of_another_session_does_not_end_this_one(world: World) -> None:
    invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
    waiting = world.drive(world.begin(invited).accept(at=AT))
    assert isinstance(waiting.step, OpenBrowser)
    back = world.browse(waiting.step.url)
    with pytest.raises(MalformedError):
        waiting.returned(back.replace("state=", "state=x"), at=AT)
    with pytest.raises(MalformedError):
        waiting.returned(back.replace("issuer.example", "evil.example"), at=AT)
    assert isinstance(
        world.drive(waiting.returned(back, at=AT)).step, ConfirmCredentials
    )


def test_other_places_and_methods_are_not_there(world: World) -> None:
    assert world.ask(HttpRequest("GET", f"{ISSUER}/")).status == 404
    assert world.ask(HttpRequest("GET", f"{ISSUER}/token")).status == 405
    assert world.ask(HttpRequest("POST", "https://other.example/token")).status == 404
    assert world.ask(HttpRequest("GET", "no address")).status == 400


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"\xff", b'{"a":1,"a":2}'])
def test_no_body_raises_and_none_is_answered_with_a_word(
    world: World, body: bytes
) -> None:
    for place in ("token", "par", "nonce", "credential", "deferred", "notification"):
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            request = HttpRequest(
                "POST", f"{ISSUER}/{place}", (("Content-Type", kind),), body
            )
            answer = world.ask(request)
            if place == "nonce":
                assert answer.status == 200
                continue
            assert answer.status in {400, 401}
            assert answer.json().keys() == {"error"}


def test_a_service_refuses_metadata_that_it_does_not_serve(world: World) -> None:
    for changes in (
        {"authorization_servers": ("https://as.example",)},
        {"nonce_endpoint": None},
        {"deferred_endpoint": None},
    ):
        with pytest.raises(UsageError):
            type(world.service)(
                issuer=world.service._issuer,
                metadata=metadata(**changes),
                seal=SealKey(bytes(32)),
                replay=world.service._desk.replay,
                supply=lambda _: Denied(),
            )


def test_rules_that_are_none_are_refused() -> None:
    for changes in (
        {"attempts": 0},
        {"attempts": 11},
        {"offer_lifetime": timedelta()},
        {"tokens": "bound"},
        {
            "tokens": TokenRule.BEARER_ACCEPTED,
            "token_lifetime": timedelta(minutes=6),
        },
    ):
        with pytest.raises(UsageError):
            IssuanceRules(**changes)  # type: ignore[arg-type]
    assert IssuanceRules(tokens=TokenRule.BEARER_ACCEPTED)


def test_an_offer_is_to_somebody_and_of_what_is_issued(world: World) -> None:
    for subject, names in (("", ["id"]), ("anna", []), ("anna", ["none"])):
        with pytest.raises(UsageError):
            world.service.offer(subject=subject, configurations=names, at=AT)
    with pytest.raises(UsageError):
        world.service.invite(subject="anna", configurations=["id", "id"], at=AT)


# What an issuer, or whoever stands for it, does wrong.


def _answered(world: World, place: str, answer: HttpResponse) -> object:
    """Take an offer up, and let one endpoint answer with that."""
    offer, _ = world.offer()
    issuance = start_issuance(offer.to_uri(), world.client, at=AT)
    while not isinstance(issuance.step, Failed | ConfirmCredentials):
        step = issuance.step
        if isinstance(step, ConfirmOffer):
            issuance = issuance.accept(at=AT)
        elif isinstance(step, ProveKeys):
            proofs, signers = world.proofs(step)
            issuance = issuance.prove(
                proofs, thumbprints=[e.public_key.thumbprint for e in signers], at=AT
            )
        else:
            assert isinstance(step, Send)
            found = world.ask(step.request)
            if step.purpose.value == place:
                found = answer
            issuance = issuance.receive(found, at=AT)
    return issuance.step


PLACES = ("issuer_metadata", "server_metadata", "token", "nonce", "credential")
JSON = (("Content-Type", "application/json"),)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(302, (("Location", "https://evil.example/"),)),
        HttpResponse(404),
        HttpResponse(200),
        HttpResponse(200, JSON, b"{}"),
        HttpResponse(200, JSON, b"[]"),
        HttpResponse(200, JSON, b'{"a":'),
        HttpResponse(200, (("Content-Type", "text/html"),), b"{}"),
        HttpResponse(200, (*JSON, *JSON), b"{}"),
    ],
)
def test_an_answer_that_is_none_ends_the_issuance(
    world: World, place: str, answer: HttpResponse
) -> None:
    step = _answered(world, place, answer)
    assert isinstance(step, Failed)
    assert step.code == "malformed"
    assert step.during is not None
    assert step.during.value == place


def test_metadata_of_another_issuer_end_the_issuance(world: World) -> None:
    document = metadata(issuer="https://evil.example").to_json()
    step = _answered(world, "issuer_metadata", json_response(document))
    assert isinstance(step, Failed)


def test_a_token_that_serves_anybody_is_not_taken(world: World) -> None:
    body = b'{"access_token":"abc","token_type":"Bearer"}'
    step = _answered(world, "token", HttpResponse(200, JSON, body))
    assert isinstance(step, Failed)
    assert step.code == "malformed"


def test_more_credentials_than_keys_are_not_taken(world: World) -> None:
    body = b'{"credentials":[{"credential":"a"},{"credential":"b"}]}'
    step = _answered(world, "credential", HttpResponse(200, JSON, body))
    assert isinstance(step, Failed)
    one = _answered(
        world,
        "credential",
        HttpResponse(200, JSON, b'{"credentials":[{"credential":"a"}]}'),
    )
    assert isinstance(one, ConfirmCredentials)  # it is for the wallet to verify


NONCE = ("DPoP-Nonce", "abc")
CHALLENGE = ("WWW-Authenticate", 'DPoP error="use_dpop_nonce"')


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("token", HttpResponse(400, (*JSON, NONCE), b'{"error":"use_dpop_nonce"}')),
        # A resource server says it in a challenge, and nothing else (RFC 9449 9).
        ("credential", HttpResponse(401, (CHALLENGE, NONCE), b"")),
    ],
)
def test_a_server_that_always_wants_another_nonce_is_asked_twice_at_most(
    name: str, answer: HttpResponse, world: World
) -> None:
    step = _answered(world, name, answer)
    assert isinstance(step, Failed)
    assert step.code == "use_dpop_nonce"
    asked = [each for each in world.sent if each.url.endswith(f"/{name}")]
    assert len(asked) == 2
    proof = asked[1].header("DPoP")
    assert proof is not None
    assert read_object(read_compact(proof, at="x").payload, at="x")["nonce"] == "abc"


@pytest.mark.parametrize("nonce", ["", "a b", 'a"b', "é", "\udc80", "a" * 20_000])
def test_a_nonce_that_is_none_is_not_heeded(world: World, nonce: str) -> None:
    offer, _ = world.offer()
    asked = world.begin(offer)
    sent = asked.accept(at=AT)
    assert isinstance(sent.step, Send)
    answer = HttpResponse(
        400, (*JSON, ("DPoP-Nonce", nonce)), b'{"error":"use_dpop_nonce"}'
    )
    again = sent.receive(answer, at=AT)
    assert isinstance(again.step, Send)  # once more, and with no nonce
    assert isinstance(world.drive(again).step, Failed | ConfirmCredentials)


def test_nothing_shows_what_is_worth_a_credential(world: World) -> None:
    offer, code = world.offer(code=True)
    asked = world.begin(offer)
    issuance = asked.accept(transaction_code=code, at=AT)
    made = world.service.offer(subject="anna", configurations=["id"], at=AT)
    shown = repr(issuance) + repr(asked) + repr(made) + repr(issuance.step)
    assert code is not None
    assert code not in shown
    assert offer.pre_authorized is not None
    assert offer.pre_authorized.code not in shown
