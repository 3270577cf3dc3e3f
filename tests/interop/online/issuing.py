"""A credential service of ours that issues both formats, for wallets of others."""

import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from idwallet import Issuer, MemoryReplay, SealKey
from idwallet.codec.json import JsonObject
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.crypto.agreement import EphemeralKey
from idwallet.protocols.http import HttpRequest, HttpResponse, json_response
from idwallet.protocols.openid4vci.display import Display
from idwallet.protocols.openid4vci.encryption import ResponseEncryption
from idwallet.protocols.openid4vci.metadata import (
    CredentialConfiguration,
    IssuerMetadata,
    ProofType,
)
from idwallet.protocols.openid4vci.offer import CredentialOffer
from idwallet.roles.credential_service import (
    AttestationRule,
    AuthorizationAsked,
    Client,
    CredentialService,
    IssuanceRules,
    Notification,
    Order,
    Pending,
    Supplied,
    TokenRule,
    request_encryption,
    service_metadata,
)
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene
from idwallet.testing.pki import TestPki
from idwallet.testing.scene import PID, Scene
from idwallet.trust.anchors import Purpose
from tests.interop.mdoc_peers import private_jwk
from tests.interop.online.serving import origin_of, port_of_ours, served
from tests.interop.online.tls import Authority

CLIENT_ID: Final = "wallet.example"
BACK: Final = "https://wallet.example/back"
ACCOUNT: Final = "anna"
MONTH: Final = timedelta(days=30)
CARD: Final = "national-id"
LICENCE: Final = "driving-licence"
_DOCUMENTS: Final = "1.3.6.1.5.5.7.3.36"


def now() -> datetime:
    """Return the moment that peers, who read the clock, live in."""
    return datetime.now(UTC)


def configurations() -> dict[str, CredentialConfiguration]:
    """What is issued: an identity as an SD-JWT VC, a licence as a mobile document."""
    return {
        CARD: CredentialConfiguration(
            format="dc+sd-jwt",
            credential_type=PID,
            scope=CARD,
            binding_methods=("jwk",),
            proofs={"jwt": ProofType(algorithms=("ES256",))},
            display=(Display(name="TEST identity", locale="en"),),
        ),
        LICENCE: CredentialConfiguration(
            format="mso_mdoc",
            credential_type=MDL,
            scope=LICENCE,
            binding_methods=("cose_key",),
            proofs={"jwt": ProofType(algorithms=("ES256",))},
            display=(Display(name="TEST licence", locale="en"),),
        ),
    }


@dataclass
class IssuingWorld:
    """The service with what it was told; change what it says before a wallet comes."""

    door: socket.socket
    tokens: TokenRule = TokenRule.BOUND
    encryption: EphemeralKey | None = None
    pending: int = 0
    notifies: bool = True
    attestation: AttestationRule = AttestationRule.NOT_ASKED
    keys_attested: bool = False
    offers: dict[str, CredentialOffer] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    told: list[Notification] = field(default_factory=list)
    came: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cards = Scene(at=now())
        self.licences = MdocScene(at=now())
        signer = self.licences.signer
        self.service = CredentialService(
            # One who signs documents by the rules of ISO/IEC 18013-5 signs both.
            issuer=Issuer(signer=signer.signer, certificates=signer.chain),
            metadata=self._metadata(),
            decryption=self.encryption,
            seal=SealKey(bytes(32)),
            replay=MemoryReplay(),
            supply=self._supply,
            notified=self.told.append,
            trust=self.cards.pki.store(purposes=[Purpose.ATTEST_WALLETS]),
            rules=IssuanceRules(
                clients={CLIENT_ID: Client(frozenset({BACK}))},
                tokens=self.tokens,
                attestation=self.attestation,
            ),
        )

    @property
    def origin(self) -> str:
        """The issuer's identifier."""
        return origin_of(self.door)

    def _metadata(self) -> IssuerMetadata:
        listed = configurations()
        if self.keys_attested:
            wanted = ProofType(
                algorithms=("ES256",), attested=True, key_storage=("iso_18045_high",)
            )
            listed = {
                name: replace(each, proofs={"jwt": wanted})
                for name, each in listed.items()
            }
        made = service_metadata(self.origin, listed, batch_size=10)
        if not self.notifies:
            made = replace(made, notification_endpoint=None)
        if self.encryption is None:
            return made
        return replace(
            made,
            request_encryption=request_encryption(self.encryption, required=True),
            response_encryption=ResponseEncryption(
                algorithms=("ECDH-ES",), contents=("A256GCM",), required=True
            ),
        )

    def _supply(self, order: Order) -> Supplied | Pending:
        self.orders.append(order)
        if self.pending > 0:
            self.pending -= 1
            return Pending(1)
        if order.configuration == CARD:
            return Supplied(self.cards.content(), now() + MONTH)
        elements = {"family_name": "Примерова", "birth_date": date(1990, 5, 17)}
        return Supplied(Mdoc(MDL, {NAMESPACE: {**elements}}), now() + MONTH)

    def provider(self, *, believed: bool = True) -> JsonObject:
        """Certify who attests wallets, and return it as a peer takes it."""
        pki = self.cards.pki if believed else TestPki(at=now())
        name = "https://provider.example"
        made = pki.issuer(
            name, change=lambda plan: replace(plan, key_purposes=(_DOCUMENTS,))
        )
        return {
            "name": name,
            "key": private_jwk(made.signer),
            "chain": [b64encode(each).decode() for each in made.chain],
        }

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer; whoever comes with a browser is signed in and agrees at once."""
        offer = self.offers.get(request.url)
        if offer is not None:
            return json_response(offer.to_json())
        answer = self.service.handle(request, at=now())
        if isinstance(answer, AuthorizationAsked):
            answer = self.service.grant(answer, subject=ACCOUNT, at=now())
        self.came.append((request.address().target.partition("?")[0], answer.status))
        return answer


@contextmanager
def issuing(authority: Authority, **terms: Any) -> Iterator[IssuingWorld]:
    """Serve such a service, `terms` its fields, until the block ends."""
    with port_of_ours() as door:
        world = IssuingWorld(door, **terms)
        with served(world.handle, door, authority):
            yield world
