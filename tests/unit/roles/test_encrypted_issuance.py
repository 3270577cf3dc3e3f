"""Whoever is between issuer and wallet reads nothing, and cannot put a key in."""

from dataclasses import replace

import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.crypto.agreement import EphemeralKey
from idwallet.errors import UsageError
from idwallet.protocols.http import Headers, HttpRequest, HttpResponse, json_request
from idwallet.protocols.openid4vci.credential import Issued
from idwallet.protocols.openid4vci.encryption import (
    AnswerTo,
    RequestEncryption,
    ResponseEncryption,
    content_of,
    encrypted_request,
    encrypted_response,
)
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    Failed,
    Issuance,
    ProveKeys,
    Send,
    Wait,
    start_issuance,
)
from idwallet.roles.credential_service import (
    CredentialService,
    Denied,
    Pending,
    request_encryption,
)
from tests.unit.roles.credential_service_world import AT, ISSUER, World, metadata
from tests.unit.roles.test_credential_service import LATER, headers_anew

KEY = EphemeralKey.generate()


@pytest.fixture(params=[True, False], ids=["required", "offered"])
def world(request: pytest.FixtureRequest) -> World:
    return World(encryption=KEY, required=request.param)


def asking(world: World) -> tuple[Issuance, HttpRequest]:
    """Go to where a credential is asked for; return what would be sent."""
    offer, _ = world.offer()
    issuance = world.begin(offer).accept(at=AT)
    while True:
        step = issuance.step
        if isinstance(step, ProveKeys):
            proofs, signers = world.proofs(step)
            keys = [each.public_key.thumbprint for each in signers]
            issuance = issuance.prove(proofs, thumbprints=keys, at=AT)
            continue
        assert isinstance(step, Send)
        if step.request.url.endswith("/credential"):
            return issuance, step.request
        issuance = issuance.receive(world.ask(step.request), at=AT)


def test_where_it_is_offered_request_and_answer_are_encrypted(world: World) -> None:
    issuance, request = asking(world)
    assert request.media_type == "application/jwt"
    assert b"proofs" not in request.body
    answer = world.ask(request)
    assert answer.media_type == "application/jwt"
    assert b"credentials" not in answer.body
    shown = issuance.receive(answer, at=AT)
    assert isinstance(shown.step, ConfirmCredentials)


@pytest.mark.parametrize("content", ["A128GCM", "A256GCM"])
def test_either_content_encryption_is_spoken_both_ways(
    world: World, content: str
) -> None:
    described = world.service._desk.metadata
    assert described.request_encryption is not None
    assert described.response_encryption is not None
    only = replace(
        described,
        request_encryption=replace(described.request_encryption, contents=(content,)),
        response_encryption=replace(described.response_encryption, contents=(content,)),
    )
    world.service._desk = replace(world.service._desk, metadata=only)
    world.service._routes = world.service._endpoints()
    issuance, request = asking(world)
    answer = world.ask(request)
    for message in (request, answer):
        head = b64.decode(message.body.split(b".")[0].decode(), at="head", clause="")
        assert read_object(head, at="head")["enc"] == content
    assert isinstance(issuance.receive(answer, at=AT).step, ConfirmCredentials)


def test_what_comes_later_is_encrypted_too(world: World) -> None:
    world.answer = Pending(30)
    offer, _ = world.offer()
    waiting = world.drive(world.begin(offer).accept(at=AT))
    assert isinstance(waiting.step, Wait)
    world.answer = None
    shown = world.drive(waiting.poll(at=LATER), at=LATER)
    assert isinstance(shown.step, ConfirmCredentials)
    assert world.sent[-1].media_type == "application/jwt"


def test_each_answer_is_to_a_key_of_its_own(world: World) -> None:
    issuance, request = asking(world)
    answer = world.ask(request)
    other, _ = asking(world)
    failed = other.receive(answer, at=AT)
    assert isinstance(failed.step, Failed)
    assert isinstance(issuance.receive(answer, at=AT).step, ConfirmCredentials)


def _flipped(token: bytes) -> bytes:
    """The token with one character of its ciphertext changed."""
    place = token.rindex(b".") - 10
    other = b"A" if token[place : place + 1] != b"A" else b"B"
    return token[:place] + other + token[place + 1 :]


@pytest.mark.parametrize("fault", ["clear", "flipped", "other key", "no object"])
def test_an_answer_that_somebody_between_made_is_not_taken(
    world: World, fault: str
) -> None:
    issuance, request = asking(world)
    answer = world.ask(request)
    made = Issued(credentials=("forged",)).response()
    to = AnswerTo(EphemeralKey.generate().public_key, content_of("A128GCM"))
    forged = {
        "clear": made,
        "flipped": replace(answer, body=_flipped(answer.body)),
        "other key": encrypted_response(made, to=to, random=world.client.random),
        "no object": replace(answer, body=b"a.b.c.d.e"),
    }[fault]
    assert forged.body != answer.body
    assert isinstance(issuance.receive(forged, at=AT).step, Failed)
    assert isinstance(issuance.receive(answer, at=AT).step, ConfirmCredentials)


def _with(world: World, made: HttpRequest, sent: HttpRequest) -> Headers:
    """The fields of one request, with token and proof of another."""
    fresh = headers_anew(world, sent)
    return (*made.headers, *(each for each in fresh if each[0] != "Content-Type"))


def test_a_key_for_the_answer_does_not_come_in_the_clear() -> None:
    world = World(encryption=KEY, required=False)
    plain = World()
    _, request = asking(plain)
    asked: JsonObject = request.json()
    mine = AnswerTo(EphemeralKey.generate().public_key, content_of("A128GCM"))
    _, encrypted = asking(world)
    forged = json_request(
        f"{ISSUER}/credential",
        asked | {"credential_response_encryption": mine.to_json()},
    )
    answer = world.ask(replace(forged, headers=_with(world, forged, encrypted)))
    assert answer.json() == {"error": "invalid_encryption_parameters"}


def test_what_must_be_encrypted_is_refused_in_the_clear() -> None:
    world = World(encryption=KEY)
    _, encrypted = asking(world)
    clear = json_request(f"{ISSUER}/credential", {"credential_configuration_id": "id"})
    answer = world.ask(replace(clear, headers=_with(world, clear, encrypted)))
    assert answer.json() == {"error": "invalid_credential_request"}


@pytest.mark.parametrize(
    "change",
    [
        {"enc": "A128CBC-HS256"},
        {"enc": 1},
        {"zip": "DEF"},
        {"jwk": {}},
        {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "alg": "ECDH-ES"}},
    ],
)
def test_another_way_to_encrypt_is_refused(change: JsonObject) -> None:
    world = World(encryption=KEY)
    _, sent = asking(world)
    to = world.described().request_encryption
    assert to is not None
    mine = AnswerTo(EphemeralKey.generate().public_key, content_of("A128GCM"))
    for asked, code in (
        (mine.to_json() | change, "invalid_encryption_parameters"),
        (None, "invalid_encryption_parameters"),
    ):
        document: JsonObject = {"credential_configuration_id": "id"}
        if asked is not None:
            document["credential_response_encryption"] = asked
        made = encrypted_request(
            f"{ISSUER}/credential", document, to=to, random=world.client.random
        )
        forged = replace(made, headers=headers_anew(world, sent))
        assert world.ask(forged).json() == {"error": code}


def _only(encrypted: RequestEncryption, *contents: str) -> RequestEncryption:
    return replace(encrypted, contents=contents)


@pytest.mark.parametrize("content", ["A128GCM", "A256GCM"])
def test_a_content_encryption_that_is_not_offered_is_not_asked_for(
    content: str,
) -> None:
    stronger = ResponseEncryption(
        algorithms=("ECDH-ES",), contents=("A256GCM",), required=True
    )
    world = World(
        encryption=KEY,
        changes={
            "request_encryption": _only(request_encryption(KEY), "A256GCM"),
            "response_encryption": stronger,
        },
    )
    world.described = lambda: metadata(**world.changes)  # type: ignore[method-assign]
    world.__post_init__()
    issuance, sent = asking(world)
    to = world.described().request_encryption
    assert to is not None
    mine = AnswerTo(EphemeralKey.generate().public_key, content_of(content))

    def asked(answer: AnswerTo, *, by: str) -> HttpResponse:
        document: JsonObject = {
            "credential_configuration_id": "id",
            "credential_response_encryption": answer.to_json(),
        }
        made = encrypted_request(
            sent.url, document, to=_only(to, by), random=world.client.random
        )
        return world.ask(replace(made, headers=headers_anew(world, sent)))

    answer = asked(mine, by="A256GCM").json()
    offered = content == "A256GCM"
    # The twin gets as far as the proof, which it does not bring.
    assert answer == {
        "error": "invalid_proof" if offered else "invalid_encryption_parameters"
    }
    strong = AnswerTo(mine.key, content_of("A256GCM"))
    assert asked(strong, by=content).json() == {
        "error": "invalid_proof" if offered else "invalid_credential_request"
    }
    own = issuance._key.public_key
    made = encrypted_response(
        Issued(credentials=("any",)).response(),
        to=AnswerTo(own, content_of(content)),
        random=world.client.random,
    )
    came = issuance.receive(made, at=AT).step
    assert isinstance(came, ConfirmCredentials if offered else Failed)


def test_an_answer_encrypted_where_only_requests_are_is_refused() -> None:
    world = World(encryption=KEY)
    named = {"request_encryption": request_encryption(KEY)}
    world.described = lambda: metadata(**named)  # type: ignore[method-assign]
    world.__post_init__()
    _, sent = asking(world)
    to = world.described().request_encryption
    assert to is not None
    mine = AnswerTo(EphemeralKey.generate().public_key, content_of("A128GCM"))
    for asked, code in (
        (mine.to_json(), "invalid_encryption_parameters"),
        (None, "invalid_proof"),
    ):
        document: JsonObject = {"credential_configuration_id": "id"}
        if asked is not None:
            document["credential_response_encryption"] = asked
        made = encrypted_request(sent.url, document, to=to, random=world.client.random)
        forged = replace(made, headers=headers_anew(world, sent))
        assert world.ask(forged).json() == {"error": code}


def test_a_request_to_another_key_is_refused() -> None:
    world = World(encryption=KEY)
    _, sent = asking(world)
    other = request_encryption(EphemeralKey.generate())
    made = encrypted_request(
        f"{ISSUER}/credential", {}, to=other, random=world.client.random
    )
    forged = replace(made, headers=headers_anew(world, sent))
    assert world.ask(forged).json() == {"error": "invalid_credential_request"}


@pytest.mark.parametrize(
    ("keys", "contents"),
    [
        (({"kty": "EC", "kid": "1", "alg": "ECDH-ES+A256KW"},), ("A128GCM",)),
        (None, ("A128CBC-HS256",)),
    ],
)
def test_an_issuer_that_encrypts_in_another_way_only_ends_the_issuance(
    keys: tuple[JsonObject, ...] | None, contents: tuple[str, ...]
) -> None:
    world = World(encryption=KEY)
    named = request_encryption(KEY)
    changed = RequestEncryption(
        keys=keys or named.keys, contents=contents, required=True
    )
    document = metadata(request_encryption=changed).to_json()
    offer, _ = world.offer()
    issuance = start_issuance(offer.to_uri(), world.client, at=AT)
    kind = (("Content-Type", "application/json"),)
    issuance = issuance.receive(HttpResponse(200, kind, write_json(document)), at=AT)
    failed = world.drive(world.drive(issuance).accept(at=AT))
    assert isinstance(failed.step, Failed)
    assert failed.step.code == "unsupported"


def test_a_service_decrypts_with_the_key_that_it_names() -> None:
    world = World(encryption=KEY)
    named = world.described()
    parts = {
        "issuer": world.service._issuer,
        "seal": world.service._desk.tickets._key,
        "replay": world.service._desk.replay,
        "supply": lambda _: Denied(),
    }
    for description, key in (
        (named, None),
        (named, EphemeralKey.generate()),
        (metadata(), KEY),
        (replace(named, request_encryption=None), None),
    ):
        with pytest.raises(UsageError):
            CredentialService(metadata=description, decryption=key, **parts)  # type: ignore[arg-type]
    assert CredentialService(metadata=named, decryption=KEY, **parts)  # type: ignore[arg-type]
