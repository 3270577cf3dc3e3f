"""An issuer's service, a wallet that takes its offers up, and whoever is between."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from idwallet import MemoryReplay
from idwallet.codec.form import write_form
from idwallet.credentials.possession import make_proof
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.ports import ReplayGuard
from idwallet.protocols.http import HttpRequest, HttpResponse
from idwallet.protocols.openid4vci.encryption import ResponseEncryption
from idwallet.protocols.openid4vci.metadata import (
    CredentialConfiguration,
    IssuerMetadata,
    ProofType,
)
from idwallet.protocols.openid4vci.offer import CredentialOffer
from idwallet.protocols.openid4vci.wallet import (
    Issuance,
    ProveKeys,
    Send,
    WalletClient,
    start_issuance,
)
from idwallet.roles.credential_service import (
    AuthorizationAsked,
    Client,
    CredentialService,
    Denied,
    IssuanceRules,
    Notification,
    Order,
    Pending,
    Supplied,
    request_encryption,
    service_metadata,
)
from idwallet.roles.issuer import Issuer
from idwallet.testing.scene import PID, Scene

AT: Final = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
ISSUER: Final = "https://issuer.example"
BACK: Final = "eu.example.wallet:/back"
CLIENT_ID: Final = "wallet.example"
SCENE: Final = Scene(at=AT)

Change = Callable[[HttpRequest], HttpRequest]


def metadata(**changes: object) -> IssuerMetadata:
    """The metadata of the service: an ID bound to keys, ten at a time."""
    made = service_metadata(
        ISSUER,
        {
            name: CredentialConfiguration(
                format="dc+sd-jwt",
                credential_type=PID,
                scope=scope,
                binding_methods=("jwk",),
                proofs={"jwt": ProofType(algorithms=("ES256",))},
            )
            for name, scope in (("id", "id"), ("card", None))
        },
        batch_size=10,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field


@dataclass
class World:
    """A service and what it is asked to supply; a wallet and its keys."""

    rules: IssuanceRules = field(
        default_factory=lambda: IssuanceRules(
            clients={CLIENT_ID: Client(frozenset({BACK}))},
            refresh_lifetime=timedelta(days=1),
        )
    )
    answer: Supplied | Pending | Denied | None = None
    encryption: EphemeralKey | None = None
    required: bool = True
    changes: Mapping[str, object] = field(default_factory=dict)
    more: Mapping[str, object] = field(default_factory=dict)
    replay: ReplayGuard = field(default_factory=MemoryReplay)
    orders: list[Order] = field(default_factory=list)
    told: list[Notification] = field(default_factory=list)
    keys: list[SoftwareSigner] = field(default_factory=list)
    sent: list[HttpRequest] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.service = CredentialService(
            issuer=Issuer(
                signer=SCENE.issuer_identity.signer,
                certificates=SCENE.issuer_identity.chain,
            ),
            metadata=self.described(),
            decryption=self.encryption,
            seal=SealKey(bytes(range(32))),
            replay=self.replay,
            supply=self._supply,
            notified=self.told.append,
            rules=self.rules,
            **self.more,  # type: ignore[arg-type]  # any other part of a service
        )
        self.client = WalletClient(
            client_id=CLIENT_ID,
            redirect_uri=BACK,
            dpop=SoftwareSigner.generate(Algorithm.ES256),
        )

    def described(self) -> IssuerMetadata:
        """What the service says of itself."""
        if self.encryption is None:
            return metadata(**self.changes)
        return metadata(
            request_encryption=request_encryption(
                self.encryption, required=self.required
            ),
            response_encryption=ResponseEncryption(
                algorithms=("ECDH-ES",),
                contents=("A128GCM", "A256GCM"),
                required=self.required,
            ),
        )

    def _supply(self, order: Order) -> Supplied | Pending | Denied:
        self.orders.append(order)
        return self.answer or Supplied(SCENE.content(), AT + timedelta(days=30))

    def ask(self, request: HttpRequest, *, at: datetime = AT) -> HttpResponse:
        """Send a request that is to be answered at once."""
        self.sent.append(request)
        answer = self.service.handle(request, at=at)
        assert isinstance(answer, HttpResponse)
        return answer

    def offer(
        self, *, code: bool = False, names: Sequence[str] = ("id",)
    ) -> tuple[CredentialOffer, str | None]:
        """Offer to the account of an invented person."""
        made = self.service.offer(
            subject="anna", configurations=names, transaction_code=code, at=AT
        )
        return made.offer, made.transaction_code

    def begin(self, offer: CredentialOffer) -> Issuance:
        """Take the offer up to where the person is asked."""
        return self.drive(start_issuance(offer.to_uri(), self.client, at=AT))

    def drive(
        self, issuance: Issuance, *, count: int = 1, at: datetime = AT
    ) -> Issuance:
        """Send what is to be sent and prove what is to be proven, until a person."""
        while isinstance(issuance.step, Send | ProveKeys):
            step = issuance.step
            if isinstance(step, Send):
                issuance = issuance.receive(self.ask(step.request, at=at), at=at)
            else:
                proofs, signers = self.proofs(step, count=count, at=at)
                issuance = issuance.prove(
                    proofs,
                    thumbprints=[e.public_key.thumbprint for e in signers],
                    at=at,
                )
        return issuance

    def proofs(
        self, step: ProveKeys, *, count: int = 1, at: datetime = AT
    ) -> tuple[list[str], list[SoftwareSigner]]:
        """Make keys, and a proof for each."""
        signers = [SoftwareSigner.generate(Algorithm.ES256) for _ in range(count)]
        self.keys += signers
        made = [
            make_proof(each, audience=step.audience, nonce=step.nonce or "", at=at)
            for each in signers
        ]
        return made, signers

    def browse(self, url: str, *, subject: str = "anna") -> str:
        """Open the address, sign in, agree; return where the browser is sent."""
        asked = self.service.handle(HttpRequest("GET", url), at=AT)
        assert isinstance(asked, AuthorizationAsked)
        back = self.service.grant(asked, subject=subject, at=AT)
        return back.header("Location") or ""


def form(values: Mapping[str, str], *, to: str = "token") -> HttpRequest:
    """A form as anybody may send it, without a proof."""
    kind = (("Content-Type", "application/x-www-form-urlencoded"),)
    return HttpRequest("POST", f"{ISSUER}/{to}", kind, write_form(values).encode())
