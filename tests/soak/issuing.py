"""Wallets that take up offers over a bad line, and whether each gets its own."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import cycle
from random import Random
from threading import Lock
from typing import Any, Final

from idwallet import Issuer, SealKey
from idwallet.adapters.store import MemoryStore
from idwallet.codec.json import read_object
from idwallet.credentials.model import Credential, Format
from idwallet.credentials.possession import make_proof
from idwallet.credentials.sdjwt.structures import read_sd_jwt
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.software import MemoryKeyStore, SoftwareSigner
from idwallet.ports import ReplayGuard
from idwallet.protocols.http import HttpRequest, HttpResponse
from idwallet.protocols.openid4vci.metadata import CredentialConfiguration, ProofType
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    ConfirmOffer,
    Done,
    Failed,
    Issuance,
    ProveKeys,
    Send,
    Wait,
    WalletClient,
    restore_issuance,
    start_issuance,
)
from idwallet.roles.credential_service import (
    AuthorizationAsked,
    CredentialService,
    Order,
    Pending,
    Supplied,
    service_metadata,
)
from idwallet.roles.holder import Holder
from idwallet.testing.scene import PID, Scene
from tests.soak.line import Line, Lost
from tests.soak.moment import now

_SEAL: Final = SealKey(bytes(32))
_MOST_OFFERS: Final = 60


@dataclass
class IssuingSide:
    """The service, and a book of what it handed out to which key."""

    origin: str
    replays: Sequence[ReplayGuard]
    wrong: list[str]
    scene: Scene = field(default_factory=lambda: Scene(at=now()))
    issued_to: set[int] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)
    _asked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        identity = self.scene.issuer_identity
        metadata = service_metadata(
            self.origin,
            {
                "id": CredentialConfiguration(
                    format="dc+sd-jwt",
                    credential_type=PID,
                    scope="id",
                    binding_methods=("jwk",),
                    proofs={"jwt": ProofType(algorithms=("ES256",))},
                )
            },
            batch_size=3,
        )
        services = [
            CredentialService(
                issuer=Issuer(signer=identity.signer, certificates=identity.chain),
                metadata=metadata,
                seal=SealKey(bytes(range(32))),
                replay=each,
                supply=self._supply,
            )
            for each in self.replays
        ]
        self._turns = cycle(services)

    @property
    def service(self) -> CredentialService:
        """One process of the service after the other: nothing but a guard is shared."""
        with self._lock:
            return next(self._turns)

    def _supply(self, order: Order) -> Supplied | Pending:
        """Every third account has to wait; who gets it is in what it says."""
        with self._lock:
            self._asked[order.subject] += 1
            first = self._asked[order.subject] == 1
        if first and int(order.subject.rpartition("-")[2]) % 3 == 0:
            return Pending(1)
        content = self.scene.content()
        claims = {**content.claims, "family_name": order.subject}
        return Supplied(replace(content, claims=claims), now() + timedelta(days=1))

    def forget(self, account: str) -> None:
        """Leave an account that is served."""
        with self._lock:
            self._asked.pop(account, None)

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer, and write down which keys got something."""
        answer = self.service.handle(request, at=now())
        assert not isinstance(answer, AuthorizationAsked)
        if answer.status == 200 and b'"credentials"' in answer.body:
            self.enter(answer)
        return answer

    def enter(self, answer: HttpResponse) -> None:
        """Write down which keys an answer has credentials for."""
        listed: Any = answer.json()["credentials"]
        for each in listed:
            key = hash(bound_to(each["credential"]))
            with self._lock:
                if key in self.issued_to:
                    self.wrong.append("a key got two credentials")
                self.issued_to.add(key)


def bound_to(raw: str) -> str:
    """Return the thumbprint of the key that an SD-JWT VC is bound to."""
    payload: Any = read_object(read_sd_jwt(raw).issuer_jwt.payload, at="test")
    return PublicKey.from_jwk(payload["cnf"]["jwk"], at="test").thumbprint


class Interrupted(Exception):  # noqa: N818 - reads as what happened
    """A fault of the line ended an issuance: another offer is needed."""


@dataclass
class TakingSide:
    """One wallet after another that takes up an offer over a bad line."""

    side: IssuingSide
    line: Line
    random: Random
    count: Callable[[str], None]

    def one(self, account: str) -> None:
        """Take an offer up until it ends in a card; all that comes is checked."""
        for _ in range(_MOST_OFFERS):
            self.line.since = 0
            try:
                self._attempt(account)
            except Interrupted:
                self.count("offers interrupted")
                if self.line.since == 0:
                    self.side.wrong.append("refused though nothing went wrong")
                continue
            self.count("offers taken up")
            self.side.forget(account)
            return
        self.side.wrong.append("an account was lost")

    def _attempt(self, account: str) -> None:
        offered = self.side.service.offer(
            subject=account, configurations=["id"], at=now()
        )
        keys = MemoryKeyStore()
        client = WalletClient(
            client_id="wallet.example",
            redirect_uri="eu.example.wallet:/back",
            dpop=SoftwareSigner.generate(Algorithm.ES256),
        )
        issuance = start_issuance(offered.offer.to_uri(), client, at=now())
        stored = False
        while not isinstance(issuance.step, Done):
            step = issuance.step
            if isinstance(step, ConfirmOffer):
                code = offered.transaction_code
                issuance = issuance.accept(transaction_code=code, at=now())
            elif isinstance(step, ConfirmCredentials):
                self._check(step, keys, account)
                stored = True
                issuance = issuance.store(at=now())
            else:
                issuance = self._next(issuance, keys)
            if self.random.randrange(4) == 0:  # the wallet's process ends, and goes on
                saved = issuance.save(_SEAL)
                issuance = restore_issuance(saved, client, key=_SEAL, at=now())
        if not stored:
            self.side.wrong.append("an issuance ended with nothing")

    def _next(self, issuance: Issuance, keys: MemoryKeyStore) -> Issuance:
        """Do what needs no person."""
        step = issuance.step
        if isinstance(step, Send):
            return issuance.receive(self._sent(step.request), at=now())
        if isinstance(step, ProveKeys):
            return _proven(issuance, step, keys, self.random.randint(1, 3))
        if isinstance(step, Wait):
            return issuance.poll(at=max(now(), step.until))
        assert isinstance(step, Failed), step
        raise Interrupted

    def _sent(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.line.send(request)
        except Lost:
            # A wallet asks again. What it proved with the first is used up, if that
            # arrived: then it is refused, and the person needs another offer.
            return self.line.insist(request)

    def _check(
        self, step: ConfirmCredentials, keys: MemoryKeyStore, account: str
    ) -> None:
        wallet = Holder(
            store=MemoryStore(), seal=_SEAL, keys=keys, trust=self.side.scene.trust
        )
        for received in step.received:
            for raw in received.credentials:
                held = wallet.add(Credential(Format.SD_JWT_VC, raw), at=now())
                if held.claims["family_name"] != account:
                    self.side.wrong.append("a credential of somebody else")
                if bound_to(raw) not in received.thumbprints:
                    self.side.wrong.append("a credential for another key")


def _proven(
    issuance: Issuance, step: ProveKeys, keys: MemoryKeyStore, count: int
) -> Issuance:
    signers = [StoredKeySigner(keys.create("ES256", None)) for _ in range(count)]
    proofs = [
        make_proof(each, audience=step.audience, nonce=step.nonce or "", at=now())
        for each in signers
    ]
    names = [each.public_key.thumbprint for each in signers]
    return issuance.prove(proofs, thumbprints=names, at=now())
