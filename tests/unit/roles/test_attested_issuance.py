"""Wallets and keys are attested by somebody believed, or nothing is issued to them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.codec.form import write_form
from idwallet.codec.json import JsonValue, read_object, write_json
from idwallet.credentials.possession import make_proof
from idwallet.credentials.required import Context
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.software import MemoryKeyStore, SoftwareSigner
from idwallet.envelope.jws import read_compact, sign_compact
from idwallet.errors import MalformedError, UsageError
from idwallet.protocols.http import HttpRequest
from idwallet.protocols.oauth.client_attestation import (
    HEADER,
    POP_HEADER,
    WalletAttestation,
    attested_headers,
    judge_client,
)
from idwallet.protocols.oauth.errors import OAuthError
from idwallet.protocols.openid4vci.key_attestation import judge_key_attestation
from idwallet.protocols.openid4vci.metadata import ProofType
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    ConfirmOffer,
    Done,
    Failed,
    OpenBrowser,
    ProveKeys,
    Send,
    SendFor,
)
from idwallet.roles.credential_service import (
    AttestationRule,
    Client,
    CredentialService,
    IssuanceRules,
)
from idwallet.roles.holder import Holder
from idwallet.roles.receiving.taking import AttestKeys, ConfirmArrived, Receiving
from idwallet.roles.wallet_provider import KeyClaims, WalletProvider
from idwallet.testing.evidence import LIST, status_list
from idwallet.trust.evidence import EvidenceAtHand
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import StatusRule
from idwallet.trust.status_list.values import StatusReference
from tests.unit.roles.attested_world import (
    DOCUMENTS,
    GENUINE,
    HOUR,
    MODERATE,
    PROVIDER,
    STRANGER,
    TRUST,
    WANTED,
    attesting,
    client_of,
)
from tests.unit.roles.credential_service_world import (
    AT,
    BACK,
    CLIENT_ID,
    ISSUER,
    SCENE,
    World,
)

KEY = SealKey(bytes(range(32)))
JWT_ONLY = {"jwt": WANTED}
ATTESTATION_ONLY = {"attestation": WANTED}


def taken_up(world: World) -> object:
    """Go as far as the wallet gets by itself."""
    offer, _ = world.offer()
    asked = world.begin(offer)
    assert isinstance(asked.step, ConfirmOffer)
    return world.drive(asked.accept(at=AT)).step


def test_an_attested_wallet_is_let_in_after_it_got_a_challenge() -> None:
    world = attesting()
    assert isinstance(taken_up(world), ConfirmCredentials)
    # Once without a nonce for the proof of its key, and once with it.
    _, token = [each for each in world.sent if each.url == f"{ISSUER}/token"]
    assert token.header(HEADER) is not None
    assert token.header(POP_HEADER) is not None
    assert world.orders[0].provider == PROVIDER
    assert world.sent[2].url == f"{ISSUER}/challenge"


def test_a_browser_is_let_in_with_the_same_wallet_that_pushed() -> None:
    world = attesting()
    invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
    browser = world.drive(world.begin(invited).accept(at=AT))
    assert isinstance(browser.step, OpenBrowser)
    back = world.browse(browser.step.url)
    done = world.drive(browser.returned(back, at=AT))
    assert isinstance(done.step, ConfirmCredentials)


def test_the_code_of_one_instance_serves_no_other_of_the_same_wallet() -> None:
    world = attesting()
    invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
    browser = world.drive(world.begin(invited).accept(at=AT))
    assert isinstance(browser.step, OpenBrowser)
    back = world.browse(browser.step.url)
    other = SoftwareSigner.generate(Algorithm.ES256)
    browser._client = client_of(world, GENUINE, signer=other)
    ended = world.drive(browser.returned(back, at=AT)).step
    assert isinstance(ended, Failed)
    assert ended.code == "invalid_grant"


def test_a_wallet_without_an_attestation_is_not_let_in() -> None:
    world = attesting()
    world.client = replace(world.client, attestation=None)
    ended = taken_up(world)
    assert ended == Failed("invalid_client", SendFor.TOKEN)


def test_a_wallet_attested_by_somebody_else_is_not_let_in() -> None:
    world = attesting()
    world.client = client_of(world, STRANGER)
    assert taken_up(world) == Failed("invalid_client", SendFor.TOKEN)


def test_a_client_is_attested_by_its_own_provider_alone() -> None:
    world = attesting(providers=frozenset({"https://another.example"}))
    assert taken_up(world) == Failed("invalid_client", SendFor.TOKEN)
    world = attesting(providers=frozenset({PROVIDER}))
    assert isinstance(taken_up(world), ConfirmCredentials)


def test_a_token_is_bound_to_the_attested_key_where_that_is_demanded() -> None:
    world = attesting(AttestationRule.REQUIRED_SAME_KEY)
    assert isinstance(taken_up(world), ConfirmCredentials)
    world = attesting(AttestationRule.REQUIRED_SAME_KEY)
    other = SoftwareSigner.generate(Algorithm.ES256)
    world.client = client_of(world, GENUINE, signer=other)
    assert taken_up(world) == Failed("invalid_client", SendFor.TOKEN)
    world = attesting(AttestationRule.REQUIRED)
    world.client = client_of(world, GENUINE, signer=other)
    assert isinstance(taken_up(world), ConfirmCredentials)


def test_a_wallet_that_brought_no_challenge_is_given_one_and_let_in() -> None:
    world = attesting()
    metadata = world.service._desk.server
    hidden = replace(metadata, challenge_endpoint=None)
    world.service._desk = replace(world.service._desk, server=hidden)
    world.service._routes = world.service._endpoints()
    assert isinstance(taken_up(world), ConfirmCredentials)
    first, second, third = [e for e in world.sent if e.url == f"{ISSUER}/token"]
    assert len({each.header(POP_HEADER) for each in (first, second, third)}) == 3


def test_the_challenge_comes_with_the_refusal() -> None:
    world = attesting()
    held = world.client.attestation
    assert held is not None
    fields = attested_headers(
        held,
        client_id=CLIENT_ID,
        audience=ISSUER,
        challenge=None,
        at=AT,
        random=world.client.random,
    )
    context = Context(TRUST, WALLET, AT)
    found = judge_client(fields[0][1], fields[1][1], audience=ISSUER, context=context)
    assert (found.client_id, found.wallet) == (CLIENT_ID, "A test wallet")
    assert found.provider.name == PROVIDER
    assert CLIENT_ID in repr(found)
    assert held.attestation not in repr(held)


def test_a_service_needs_to_know_whom_it_believes_about_wallets() -> None:
    for changes in (
        {"rules": IssuanceRules(attestation=AttestationRule.REQUIRED)},
        {},
    ):
        world = attesting(kinds=JWT_ONLY) if not changes else attesting()
        with pytest.raises(UsageError, match="trust store"):
            CredentialService(
                issuer=SCENE.issuer,
                metadata=world.service._desk.metadata,
                seal=KEY,
                replay=world.service._desk.replay,
                supply=world._supply,
                **changes,  # type: ignore[arg-type]  # one part of it
            )


# --- keys -------------------------------------------------------------------------


class KeysAttested:
    """A wallet whose keys are attested while it takes an offer up."""

    def __init__(
        self,
        kinds: dict[str, ProofType],
        *,
        by: WalletProvider = GENUINE,
        said: KeyClaims = MODERATE,
    ) -> None:
        self.world = attesting(AttestationRule.NOT_ASKED, kinds=kinds)
        self.by, self.said = by, said
        self.keys = MemoryKeyStore()
        self.wallet = Holder(
            store=SCENE.new_wallet().vault._store,
            seal=KEY,
            keys=self.keys,
            trust=SCENE.trust,
        )
        self.attest: Callable[[AttestKeys], str] = self.genuine

    def genuine(self, asked: AttestKeys) -> str:
        return self.by.attest_keys(
            asked.keys,
            nonce=asked.nonce,
            valid_until=AT + HOUR,
            at=AT,
            said=self.said,
        )

    def take(self) -> Receiving:
        offer, _ = self.world.offer(names=("id",))
        taking = self.wallet.take_offer(offer.to_uri(), self.world.client, at=AT)
        while True:
            step = taking.step
            if isinstance(step, Send):
                answer = self.world.ask(step.request)
                taking = taking.receive(answer, at=AT)
            elif isinstance(step, ConfirmOffer):
                taking = taking.accept(at=AT)
            elif isinstance(step, AttestKeys):
                taking = taking.attested(self.attest(step), at=AT)
            elif isinstance(step, ConfirmArrived):
                taking = taking.store(at=AT)
            else:
                return taking


@pytest.mark.parametrize("kinds", [JWT_ONLY, ATTESTATION_ONLY], ids=["jwt", "alone"])
def test_attested_keys_get_a_credential_each(kinds: dict[str, ProofType]) -> None:
    taking = KeysAttested(kinds)
    done = taking.take()
    assert done.step == Done(stored=True)
    (card,) = done.stored
    standing = taking.wallet.batch(card, at=AT)
    assert standing is not None
    assert standing.unused == 10
    (order,) = taking.world.orders
    assert order.attested is not None
    assert order.attested.key_storage == ("iso_18045_moderate",)
    assert order.attested.provider.name == PROVIDER
    assert len(order.attested.keys) == 10


@pytest.mark.parametrize("apart", [False, True], ids=["together", "apart"])
def test_several_proofs_are_of_keys_that_are_attested_together(apart: bool) -> None:
    # The application is told of one attestation: nothing of it may be another key's.
    world = attesting(AttestationRule.NOT_ASKED, kinds=JWT_ONLY)
    keys = [SoftwareSigner.generate(Algorithm.ES256) for _ in range(2)]

    def proofs(step: ProveKeys) -> list[str]:
        def attested(named: list[SoftwareSigner]) -> str:
            public = [each.public_key for each in named]
            until = AT + HOUR
            return GENUINE.attest_keys(
                public, nonce=step.nonce, valid_until=until, at=AT, said=MODERATE
            )

        return [
            make_proof(
                each,
                audience=step.audience,
                nonce=step.nonce,
                at=AT,
                attestation=attested([each] if apart else keys),
            )
            for each in keys
        ]

    offer, _ = world.offer()
    issuance = world.begin(offer).accept(at=AT)
    while isinstance(issuance.step, Send | ProveKeys):
        step = issuance.step
        if isinstance(step, Send):
            issuance = issuance.receive(world.ask(step.request), at=AT)
        else:
            thumbprints = [each.public_key.thumbprint for each in keys]
            issuance = issuance.prove(proofs(step), thumbprints=thumbprints, at=AT)
    if apart:
        assert issuance.step == Failed("invalid_proof", SendFor.CREDENTIAL)
    else:
        assert isinstance(issuance.step, ConfirmCredentials)


def test_keys_that_wait_to_be_attested_are_the_same_after_a_while() -> None:
    taking = KeysAttested(JWT_ONLY)
    offer, _ = taking.world.offer(names=("id",))
    waits = taking.wallet.take_offer(offer.to_uri(), taking.world.client, at=AT)
    while not isinstance(waits.step, AttestKeys):
        if isinstance(waits.step, ConfirmOffer):
            waits = waits.accept(at=AT)
        assert isinstance(waits.step, Send)
        waits = waits.receive(taking.world.ask(waits.step.request), at=AT)
    again = taking.wallet.resume(waits.save(KEY), taking.world.client, key=KEY, at=AT)
    assert isinstance(again.step, AttestKeys)
    assert again.step.keys == waits.step.keys
    assert len(taking.keys._keys) == 10
    with pytest.raises(UsageError, match="no attestation is wanted"):
        replace(again, step=Done(stored=False)).attested("x", at=AT)


def test_a_plain_proof_is_made_where_no_attestation_is_wanted() -> None:
    taking = KeysAttested({"jwt": ProofType(algorithms=("ES256",))} | ATTESTATION_ONLY)
    assert taking.take().step == Done(stored=True)
    assert taking.world.orders[0].attested is None


def _by(by: WalletProvider, **changes: object) -> Callable[[AttestKeys], str]:
    def attest(asked: AttestKeys) -> str:
        given = {
            "nonce": asked.nonce,
            "valid_until": AT + HOUR,
            "at": AT,
            "said": MODERATE,
        } | changes
        return by.attest_keys(asked.keys, **given)  # type: ignore[arg-type]

    return attest


def _of_other_keys(asked: AttestKeys) -> str:
    other = SoftwareSigner.generate(Algorithm.ES256).public_key
    return _by(GENUINE)(replace(asked, keys=(other,)))


@pytest.mark.parametrize(
    "attest",
    [
        _by(STRANGER),
        _by(GENUINE, nonce="another"),
        _by(GENUINE, valid_until=AT - HOUR, at=AT - 2 * HOUR),
        _by(GENUINE, said=KeyClaims(key_storage=("iso_18045_basic",))),
        _by(GENUINE, said=KeyClaims()),
        _of_other_keys,
        lambda asked: "no.jws.here",
    ],
    ids=["stranger", "nonce", "expired", "level", "silent", "mismatch", "garbage"],
)
def test_keys_that_are_not_attested_as_demanded_get_nothing(
    attest: Callable[[AttestKeys], str],
) -> None:
    taking = KeysAttested(JWT_ONLY)
    taking.attest = attest
    ended = taking.take().step
    assert ended == Failed("invalid_proof", SendFor.CREDENTIAL)
    assert not taking.world.orders


def test_a_proof_names_its_key_by_its_place_in_the_attestation() -> None:
    # Appendix F.1 has an example with a `kid` and no `jwk`.
    signers = [SoftwareSigner.generate(Algorithm.ES256) for _ in range(2)]
    text = GENUINE.attest_keys(
        [each.public_key for each in signers],
        nonce="n",
        valid_until=AT + HOUR,
        at=AT,
        said=MODERATE,
    )
    found = judge_key_attestation(
        text, WANTED, nonce="n", context=Context(TRUST, WALLET, AT), expires=True
    )
    assert found.named("1") == signers[1].public_key
    for kid in ("2", "01", "-1", "", "x", "9" * 9, "\u0661"):
        assert found.named(kid) is None
    assert found.holds(signers[0].public_key)


def test_an_attestation_that_does_not_say_when_is_none() -> None:
    key = SoftwareSigner.generate(Algorithm.ES256)
    text = GENUINE.attest_keys(
        [key.public_key], nonce=None, valid_until=AT + HOUR, at=AT, said=MODERATE
    )
    context = Context(TRUST, WALLET, AT + timedelta(hours=2))
    with pytest.raises(MalformedError, match="expired"):
        judge_key_attestation(text, WANTED, nonce=None, context=context, expires=False)
    now = Context(TRUST, WALLET, AT)
    assert judge_key_attestation(text, WANTED, nonce=None, context=now, expires=True)
    for name, expires in (("iat", False), ("exp", True)):
        silent = _without(text, name)
        with pytest.raises(MalformedError, match="no iat or exp"):
            judge_key_attestation(
                silent, WANTED, nonce=None, context=now, expires=expires
            )
    bare = _without(text, "exp")  # alone, it need not say until when (Appendix F.3)
    assert judge_key_attestation(bare, WANTED, nonce=None, context=now, expires=False)


def test_an_attestation_is_of_the_keys_nonce_and_levels_that_are_asked_for() -> None:
    key = SoftwareSigner.generate(Algorithm.ES256)
    text = GENUINE.attest_keys(
        [key.public_key], nonce="n", valid_until=AT + HOUR, at=AT, said=MODERATE
    )
    now = Context(TRUST, WALLET, AT)

    def judged(text: str, wanted: ProofType = WANTED, nonce: str | None = "n") -> bool:
        found = judge_key_attestation(
            text, wanted, nonce=nonce, context=now, expires=True
        )
        return found.holds(key.public_key)

    assert judged(text)
    assert judged(text, nonce=None)  # an issuer that gives none out compares none
    twice = _with(text, attested_keys=[key.public_key.to_jwk()] * 2)
    for forged, wanted in (
        (_without(text, "nonce"), WANTED),
        (twice, WANTED),
        (text, replace(WANTED, algorithms=("ES384",))),
        (text, replace(WANTED, user_authentication=("iso_18045_high",))),
        (text, replace(WANTED, key_storage=("iso_18045_high",))),
    ):
        with pytest.raises(MalformedError):
            judged(forged, wanted)


def _without(text: str, name: str) -> str:
    return _with(text, **{name: None})


def _with(text: str, **changes: JsonValue) -> str:
    """The attestation with other claims, signed again by its provider."""
    jws = read_compact(text, at="attestation", understood=frozenset())
    claims = read_object(jws.payload, at="attestation") | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    header = dict(jws.header.parameters)
    header.pop("alg")
    return sign_compact(write_json(claims), header=header, signer=GENUINE._signer)


def test_a_wallet_attested_as_one_client_pushes_nothing_as_another() -> None:
    # Attested and proven consistently, by somebody believed: for another client.
    world = attesting()
    world.rules = replace(
        world.rules,
        clients={**world.rules.clients, "other.example": Client(frozenset({BACK}))},
    )
    world.__post_init__()
    for said in (CLIENT_ID, "other.example"):
        world.client = client_of(world, GENUINE, client_id="other.example")
        world.client = replace(world.client, client_id="other.example")
        invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
        issuance = world.begin(invited).accept(at=AT)
        while isinstance(issuance.step, Send):
            request = issuance.step.request
            if request.url.endswith("/par"):
                form = write_form(request.form() | {"client_id": said}).encode()
                request = replace(request, body=form)
            issuance = issuance.receive(world.ask(request), at=AT)
        if said == CLIENT_ID:
            assert issuance.step == Failed("invalid_client", SendFor.PUSHED_REQUEST)
        else:
            assert isinstance(issuance.step, OpenBrowser)


# --- what was taken back --------------------------------------------------------------

PLACE = StatusReference(LIST, 7)


def _taken_back(entries: list[tuple[int, int]] | None) -> World:
    """A wallet whose attestation has a place in a list, and what is at hand of it."""
    pki = SCENE.pki
    made = pki.issuer(
        PROVIDER, change=lambda plan: replace(plan, key_purposes=(DOCUMENTS,))
    )
    by = WalletProvider(signer=made.signer, certificates=made.chain, name=PROVIDER)
    world = attesting()
    evidence = TRUST.evidence
    if entries is not None:
        evidence = evidence.plus(
            EvidenceAtHand(status_lists=[status_list(made, entries=entries, at=AT)])
        )
    desk = world.service._desk
    world.service._desk = replace(desk, trust=TRUST.with_evidence(evidence))
    world.service._routes = world.service._endpoints()
    held = world.client.dpop
    text = by.attest_wallet(
        held.public_key,
        client_id=CLIENT_ID,
        valid_until=AT + HOUR,
        at=AT,
        status=PLACE,
    )
    world.client = replace(world.client, attestation=WalletAttestation(text, held))
    return world


def test_a_wallet_that_was_taken_back_is_not_let_in() -> None:
    assert isinstance(taken_up(_taken_back([])), ConfirmCredentials)
    ended = taken_up(_taken_back([(7, 1)]))
    assert ended == Failed("invalid_client", SendFor.TOKEN)


def test_a_wallet_of_which_nobody_knows_is_let_in_where_the_rules_do_without() -> None:
    assert taken_up(_taken_back(None)) == Failed("invalid_client", SendFor.TOKEN)
    world = _taken_back(None)
    rules = replace(
        world.service._desk.rules, attestation_status=StatusRule.NOT_REQUIRED_ACCEPTED
    )
    world.service._desk = replace(world.service._desk, rules=rules)
    world.service._routes = world.service._endpoints()
    assert isinstance(taken_up(world), ConfirmCredentials)
    must = replace(rules, attestation_status=StatusRule.REQUIRED)
    world = attesting()  # whose attestation says nothing of its status
    world.service._desk = replace(world.service._desk, rules=must)
    world.service._routes = world.service._endpoints()
    assert taken_up(world) == Failed("invalid_client", SendFor.TOKEN)


def test_whoever_runs_the_service_learns_why_and_the_wallet_does_not() -> None:
    told: list[OAuthError] = []
    world = attesting()
    world.service._refused = told.append
    world.client = client_of(world, STRANGER)
    assert taken_up(world) == Failed("invalid_client", SendFor.TOKEN)
    cause = told[-1].__cause__
    assert isinstance(cause, MalformedError)
    assert "nobody believed signed it: no_trusted_path" in cause.what
    assert world.ask(HttpRequest("POST", f"{ISSUER}/token")).status == 400
    assert told[-1].code == "invalid_request"
