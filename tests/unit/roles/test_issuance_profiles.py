"""What is outside of a profile is refused with the profile's clause, on both sides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.errors import UsageError
from idwallet.profiles import EU_AGE_1, HAIP_1_0, OPENID4VCI_1_0, Profile
from idwallet.protocols.openid4vci.metadata import (
    CredentialConfiguration,
    IssuerMetadata,
    ProofType,
)
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    ConfirmOffer,
    Failed,
    OpenBrowser,
)
from idwallet.roles.credential_service import (
    AttestationRule,
    Client,
    CredentialService,
    IssuanceRules,
    Supplied,
    TokenRule,
)
from idwallet.roles.issuer import Issuer
from idwallet.trust.policies import WALLET
from idwallet.trust.status_list.values import StatusReference
from tests.unit.roles.attested_world import GENUINE, TRUST, attesting, client_of
from tests.unit.roles.credential_service_world import (
    AT,
    BACK,
    CLIENT_ID,
    SCENE,
    World,
    metadata,
)

BOTH = {CLIENT_ID: Client(frozenset({BACK}))}


def under(profile: Profile) -> IssuanceRules:
    """The rules of a service that keeps to a profile."""
    return IssuanceRules(
        clients=BOTH,
        attestation=AttestationRule.REQUIRED
        if profile is HAIP_1_0
        else AttestationRule.NOT_ASKED,
        policy=replace(WALLET, profile=profile),
    )


def only_id(**changes: object) -> dict[str, CredentialConfiguration]:
    return {"id": replace(metadata().configurations["id"], **changes)}  # type: ignore[arg-type]


def haip(**changes: object) -> World:
    """A service within HAIP, and a wallet that keeps to it."""
    given = {"configurations": only_id()} | changes
    world = World(rules=under(HAIP_1_0), changes=given, more={"trust": TRUST})
    world.client = replace(
        client_of(world, GENUINE), policy=replace(WALLET, profile=HAIP_1_0)
    )
    return world


def age(**changes: object) -> World:
    """A service within the EU's profile for proofs of age, and such a wallet."""
    given = {
        "configurations": {
            "proof_of_age": CredentialConfiguration(
                format="mso_mdoc",
                credential_type="eu.europa.ec.av.1",
                scope="proof_of_age",
                binding_methods=("cose_key",),
                proofs={"jwt": ProofType(algorithms=("ES256",))},
            )
        },
        "batch_size": 30,
    } | changes
    world = World(rules=under(EU_AGE_1), changes=given)
    world.client = replace(world.client, policy=replace(WALLET, profile=EU_AGE_1))
    proof = Mdoc(
        doc_type="eu.europa.ec.av.1",
        elements={"eu.europa.ec.av.1": {"age_over_18": True}},
    )
    world.answer = Supplied(proof, AT + timedelta(days=90))
    return world


def test_within_haip_a_browser_ends_in_a_credential() -> None:
    world = haip()
    invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
    browser = world.drive(world.begin(invited).accept(at=AT))
    assert isinstance(browser.step, OpenBrowser)
    done = world.drive(browser.returned(world.browse(browser.step.url), at=AT))
    assert isinstance(done.step, ConfirmCredentials)


def test_a_proof_of_age_comes_in_a_batch() -> None:
    world = age()
    offer, _ = world.offer(names=("proof_of_age",))
    step = world.drive(world.begin(offer).accept(at=AT), count=30).step
    assert isinstance(step, ConfirmCredentials)
    assert len(step.received[0].credentials) == 30


def test_a_proof_of_age_has_no_status() -> None:
    world = age()
    supplied = world.answer
    assert isinstance(supplied, Supplied)
    status = StatusReference("https://issuer.example/list", 7)
    content = replace(supplied.content, status=status)
    world.answer = replace(supplied, content=content)
    offer, _ = world.offer(names=("proof_of_age",))
    with pytest.raises(UsageError, match=r"Annex A\.3"):
        world.drive(world.begin(offer).accept(at=AT), count=2)


# --- what a wallet refuses ------------------------------------------------------------


def _refused_by(world: World, other: Profile) -> Failed:
    """A service without the profile, and a wallet that keeps to it."""
    world.client = replace(world.client, policy=replace(WALLET, profile=other))
    offer, _ = world.offer(names=tuple(world.service._desk.metadata.configurations))
    ended = world.begin(offer).step
    assert isinstance(ended, Failed)
    assert ended.code == "unsupported"
    return ended


def _plain(**changes: object) -> World:
    return World(changes={"configurations": only_id()} | changes)


def _without(world: World, **changes: object) -> World:
    server = replace(world.service._desk.server, **changes)  # type: ignore[arg-type]
    world.service._desk = replace(world.service._desk, server=server)
    world.service._routes = world.service._endpoints()
    return world


@pytest.mark.parametrize(
    ("world", "clause"),
    [
        (_plain, "HAIP 1.0 §4.4.1"),
        (lambda: _plain(configurations=only_id(scope=None)), "HAIP 1.0 §4.1"),
        (lambda: _without(attesting(), dpop_algorithms=()), "HAIP 1.0 §4"),
        (lambda: _without(attesting(), par_endpoint=None), "HAIP 1.0 §4"),
        (lambda: _without(attesting(), names_itself=False), "HAIP 1.0 §4"),
        (lambda: _without(attesting(), authorization_endpoint=None), "HAIP 1.0 §4"),
    ],
    ids=["no attestation", "no scope", "bearer", "not pushed", "nameless", "no code"],
)
def test_a_wallet_takes_nothing_that_is_outside_of_haip(
    world: Callable[[], World], clause: str
) -> None:
    made = world()
    names = made.service._desk.metadata.configurations
    if "card" in names:  # it has no scope
        kept = replace(made.service._desk.metadata, configurations=only_id())
        made.service._desk = replace(made.service._desk, metadata=kept)
        made.service._routes = made.service._endpoints()
    assert _refused_by(made, HAIP_1_0).clause == clause


def test_a_wallet_for_proofs_of_age_takes_nothing_else() -> None:
    ended = _refused_by(_plain(), EU_AGE_1)
    assert ended.clause == "EU age verification, Annex A.3 and A.4"
    world = age()
    offer, _ = world.offer(names=("proof_of_age",))
    assert isinstance(world.begin(offer).step, ConfirmOffer)


def test_without_a_profile_nothing_is_demanded_beyond_the_standard() -> None:
    assert not OPENID4VCI_1_0.rules
    world = _plain()
    assert isinstance(world.begin(world.offer()[0]).step, ConfirmOffer)


# --- what a service does not serve ----------------------------------------------------


@pytest.mark.parametrize(
    ("make", "clause"),
    [
        (lambda: haip(configurations=only_id(scope=None)), "4.1"),
        (lambda: haip(nonce_endpoint=None), "4.1"),
        (lambda: age(batch_size=1), "4.6.1"),
        (lambda: age(configurations=only_id()), "Annex A"),
    ],
    ids=["scope", "nonce", "batch", "another credential"],
)
def test_a_service_is_not_made_outside_of_its_profile(
    make: Callable[[], World], clause: str
) -> None:
    with pytest.raises(UsageError, match=clause):
        make()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"clients": {}}, "code_grant"),
        ({"attestation": AttestationRule.NOT_ASKED}, "attested_wallets"),
        ({"tokens": TokenRule.BEARER_ACCEPTED}, "bearer"),
    ],
    ids=["no code", "no attestation", "bearer"],
)
def test_rules_outside_of_haip_make_no_service(
    changes: dict[str, object], said: str
) -> None:
    def made(rules: IssuanceRules, issuer: Issuer = SCENE.issuer) -> CredentialService:
        described: IssuerMetadata = metadata(configurations=only_id())
        world = World()
        return CredentialService(
            issuer=issuer,
            metadata=described,
            seal=world.service._desk.tickets._key,
            replay=world.service._desk.replay,
            supply=world._supply,
            rules=rules,
            trust=TRUST,
        )

    rules = under(HAIP_1_0)
    assert made(rules)
    with pytest.raises(UsageError, match=said):
        made(replace(rules, **changes))  # type: ignore[arg-type]  # one of its fields
    pinned = Issuer(signer=SCENE.issuer_identity.signer, kid="1")
    with pytest.raises(UsageError, match="certificates"):
        made(rules, pinned)
