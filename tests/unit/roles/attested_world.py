"""Providers of wallets, those believed and those not, and a service that asks them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from idwallet.crypto.keys import PublicKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.protocols.oauth.client_attestation import WalletAttestation
from idwallet.protocols.openid4vci.metadata import CredentialConfiguration, ProofType
from idwallet.protocols.openid4vci.wallet import WalletClient
from idwallet.roles.credential_service import (
    AttestationRule,
    Client,
    IssuanceRules,
)
from idwallet.roles.wallet_provider import KeyClaims, WalletProvider
from idwallet.testing.pki import TestPki
from idwallet.testing.scene import PID
from idwallet.trust.anchors import Purpose
from tests.unit.roles.credential_service_world import (
    AT,
    BACK,
    CLIENT_ID,
    SCENE,
    World,
)

PROVIDER: Final = "https://provider.example"
DOCUMENTS: Final = "1.3.6.1.5.5.7.3.36"
MODERATE: Final = KeyClaims(
    key_storage=("iso_18045_moderate",), user_authentication=("iso_18045_moderate",)
)
HOUR: Final = timedelta(hours=1)


def provider(pki: TestPki = SCENE.pki, *, name: str = PROVIDER) -> WalletProvider:
    """Somebody who attests wallets, certified by the root of `pki`."""
    made = pki.issuer(
        name, change=lambda plan: replace(plan, key_purposes=(DOCUMENTS,))
    )
    return WalletProvider(signer=made.signer, certificates=made.chain, name=name)


GENUINE: Final = provider()
STRANGER: Final = provider(TestPki(at=AT))
ISSUER_ONLY: Final = WalletProvider(
    signer=SCENE.issuer_identity.signer,
    certificates=SCENE.issuer_identity.chain,
    name="https://issuer.example",
)
"""An issuer under the same root: certified, and not for attesting wallets."""

TRUST: Final = SCENE.pki.store(purposes=[Purpose.ATTEST_WALLETS])


def configured(kinds: Mapping[str, ProofType]) -> dict[str, CredentialConfiguration]:
    """An ID of which keys are proven in these ways."""
    return {
        "id": CredentialConfiguration(
            format="dc+sd-jwt",
            credential_type=PID,
            scope="id",
            binding_methods=("jwk",),
            proofs=kinds,
        )
    }


WANTED: Final = ProofType(
    algorithms=("ES256",),
    attested=True,
    key_storage=("iso_18045_moderate", "iso_18045_high"),
    user_authentication=("iso_18045_moderate",),
)


def attesting(
    rule: AttestationRule = AttestationRule.REQUIRED,
    *,
    kinds: Mapping[str, ProofType] | None = None,
    providers: frozenset[str] = frozenset(),
) -> World:
    """A service that wants wallets attested, or keys."""
    changes = {} if kinds is None else {"configurations": configured(kinds)}
    world = World(
        rules=IssuanceRules(
            clients={CLIENT_ID: Client(frozenset({BACK}), providers)},
            refresh_lifetime=timedelta(days=1),
            attestation=rule,
        ),
        changes=changes,
        more={"trust": TRUST},
    )
    world.client = client_of(world, GENUINE)
    return world


def client_of(
    world: World,
    by: WalletProvider,
    *,
    signer: SoftwareSigner | None = None,
    client_id: str = CLIENT_ID,
    until: datetime = AT + HOUR,
    at: datetime = AT,
) -> WalletClient:
    """A wallet attested by somebody; its tokens are bound to the key attested."""
    held = signer or world.client.dpop
    attested = attestation_of(
        held.public_key, by, client_id=client_id, until=until, at=at
    )
    return replace(world.client, attestation=WalletAttestation(attested, held))


def attestation_of(
    key: PublicKey,
    by: WalletProvider,
    *,
    client_id: str = CLIENT_ID,
    until: datetime = AT + HOUR,
    at: datetime = AT,
) -> str:
    """What somebody attests of a wallet."""
    return by.attest_wallet(
        key, client_id=client_id, valid_until=until, at=at, wallet="A test wallet"
    )
