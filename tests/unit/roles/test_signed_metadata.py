"""Metadata that are signed are believed for who signed them, or not read at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.codec.json import JsonObject, write_json
from idwallet.credentials.required import Context
from idwallet.envelope.jws import sign_compact, x5c_parameter
from idwallet.errors import MalformedError, UsageError
from idwallet.protocols.http import HttpRequest, HttpResponse
from idwallet.protocols.openid4vci.signed_metadata import (
    JWT,
    TYP,
    judge_signed_metadata,
)
from idwallet.protocols.openid4vci.wallet import (
    ConfirmOffer,
    Failed,
    SendFor,
    SignedMetadataRule,
    start_issuance,
)
from idwallet.roles.issuer import Issuer
from idwallet.testing.pki import TestIdentity, TestPki
from idwallet.trust.policies import WALLET
from tests.unit.roles.credential_service_world import (
    AT,
    BACK,
    CLIENT_ID,
    ISSUER,
    SCENE,
    Client,
    IssuanceRules,
    World,
    metadata,
)

CONTEXT = Context(SCENE.trust, WALLET, AT)
URL = f"{ISSUER}/.well-known/openid-credential-issuer"


def signing(*, rule: SignedMetadataRule = SignedMetadataRule.IF_BELIEVED) -> World:
    """A service that signs its metadata, and a wallet that asks for that."""
    world = World(
        rules=IssuanceRules(
            clients={CLIENT_ID: Client(frozenset({BACK}))},
            metadata_lifetime=timedelta(days=1),
        )
    )
    world.client = replace(world.client, trust=SCENE.trust, signed_metadata=rule)
    return world


def signed(identity: TestIdentity, **changes: object) -> str:
    """Metadata signed by somebody, with some claims changed or left out (None)."""
    claims: JsonObject = {
        **metadata().to_json(),
        "sub": ISSUER,
        "iat": int(AT.timestamp()),
    } | changes  # type: ignore[operator]  # any value
    kept: JsonObject = {k: v for k, v in claims.items() if v is not None}
    header: JsonObject = {"typ": TYP, "x5c": x5c_parameter(list(identity.chain))}
    return sign_compact(write_json(kept), header=header, signer=identity.signer)


def test_who_signed_the_metadata_is_shown_with_the_offer() -> None:
    world = signing()
    offer, _ = world.offer()
    asked = world.begin(offer)
    assert isinstance(asked.step, ConfirmOffer)
    assert asked.step.signed_by == ISSUER
    assert len(world.sent) == 2  # signed at once: nothing was asked for twice


def test_plain_metadata_are_read_where_nothing_is_signed_and_say_so() -> None:
    world = World()
    world.client = replace(world.client, trust=SCENE.trust)
    offer, _ = world.offer()
    asked = world.begin(offer)
    assert isinstance(asked.step, ConfirmOffer)
    assert asked.step.signed_by is None


def test_metadata_that_must_be_signed_are_not_read_plain() -> None:
    world = World()
    world.client = replace(
        world.client,
        trust=SCENE.trust,
        signed_metadata=SignedMetadataRule.REQUIRED,
    )
    offer, _ = world.offer()
    assert world.begin(offer).step == Failed("malformed", SendFor.ISSUER_METADATA)


def test_metadata_of_a_stranger_are_not_read_and_asked_for_plain() -> None:
    world = signing()
    stranger = TestPki(at=AT).issuer(ISSUER)
    issuance = start_issuance(world.offer()[0].to_uri(), world.client, at=AT)
    answer = HttpResponse(200, (("Content-Type", JWT),), signed(stranger).encode())
    again = issuance.receive(answer, at=AT).step
    assert again.request.header("Accept") == "application/json"  # type: ignore[union-attr]
    must = replace(world.client, signed_metadata=SignedMetadataRule.REQUIRED)
    issuance = start_issuance(world.offer()[0].to_uri(), must, at=AT)
    ended = issuance.receive(answer, at=AT).step
    assert ended == Failed("malformed", SendFor.ISSUER_METADATA)


def test_a_wallet_that_insists_on_signatures_passes_with_them() -> None:
    world = signing(rule=SignedMetadataRule.REQUIRED)
    assert isinstance(world.begin(world.offer()[0]).step, ConfirmOffer)


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "https://another.example"},
        {"sub": None},
        {"iat": None},
        {"iat": int((AT + timedelta(hours=1)).timestamp())},
        {"exp": int((AT - timedelta(hours=1)).timestamp())},
    ],
    ids=["sub", "no sub", "no iat", "future", "expired"],
)
def test_signed_metadata_that_break_a_rule_are_not_believed(
    changes: dict[str, object],
) -> None:
    genuine = judge_signed_metadata(
        signed(SCENE.issuer_identity), identifier=ISSUER, context=CONTEXT
    )
    assert genuine.signer.name == ISSUER
    forged = signed(SCENE.issuer_identity, **changes)
    with pytest.raises(MalformedError):
        judge_signed_metadata(forged, identifier=ISSUER, context=CONTEXT)


def test_who_attests_to_the_metadata_adds_nothing_to_who_signed_them() -> None:
    said = signed(SCENE.issuer_identity, iss="https://another.example")
    found = judge_signed_metadata(said, identifier=ISSUER, context=CONTEXT)
    assert found.signer.name == ISSUER


def test_one_issuer_cannot_sign_the_metadata_of_another() -> None:
    other = SCENE.pki.issuer("https://another.example")
    with pytest.raises(MalformedError, match="nobody believed"):
        judge_signed_metadata(signed(other), identifier=ISSUER, context=CONTEXT)


def test_a_credential_is_no_metadata() -> None:
    raw = SCENE.issue().raw.split("~")[0]
    with pytest.raises(MalformedError, match="typ"):
        judge_signed_metadata(raw, identifier=ISSUER, context=CONTEXT)


def test_a_signed_copy_serves_until_half_its_life_is_over() -> None:
    world = signing()
    asked = HttpRequest("GET", URL, (("Accept", "application/jwt"),))
    first, same = world.ask(asked), world.ask(asked, at=AT + timedelta(hours=11))
    later = world.ask(asked, at=AT + timedelta(hours=13))
    assert first.body == same.body != later.body
    assert first.header("Vary") == "Accept"
    plain = world.ask(HttpRequest("GET", URL))
    assert plain.media_type == "application/json"


def test_metadata_are_signed_by_a_key_that_certificates_name() -> None:
    pinned = Issuer(signer=SCENE.issuer_identity.signer, kid="1")
    assert not pinned.names_certificates
    with pytest.raises(UsageError, match="certificates"):
        pinned.sign_metadata({"credential_issuer": ISSUER}, at=AT, until=AT)
