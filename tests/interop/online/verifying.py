"""A verifier of ours that anybody may answer, over TLS on this machine."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import Final

from idwallet import (
    Holder,
    Issuer,
    MemoryReplay,
    Policy,
    Query,
    RelyingParty,
    SealKey,
    Verifier,
    policies,
)
from idwallet.adapters.store import MemoryStore
from idwallet.codec.json import JsonObject
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.model import Credential, Unverified, VerifiedPresentation
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import (
    MemoryKeyStore,
    SoftwareSigner,
    SoftwareStoredKey,
)
from idwallet.protocols.http import HttpRequest, HttpResponse
from idwallet.protocols.openid4vp import ACCEPTANCE_BODY, REFUSAL_BODY
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.reference import RequestUriMethod
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.presentation_service import MemoryExchanges, PresentationService
from idwallet.roles.verifier import PresentationRequest
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene
from idwallet.testing.pki import TestPki
from idwallet.testing.scene import PID, test_claims
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import Admission, ReaderRule
from tests.interop.mdoc_peers import private_jwk
from tests.interop.online.issuing import now
from tests.interop.online.serving import origin_of, port_of_ours, served
from tests.interop.online.tls import HOST, Authority

_MONTH: Final = timedelta(days=30)
_KINDS: Final = {"dc+sd-jwt": "pid", "mso_mdoc": "mdl"}

IDENTITY: Final[JsonObject] = {
    "id": "pid",
    "format": "dc+sd-jwt",
    "meta": {"vct_values": [PID]},
    "claims": [{"path": ["family_name"]}, {"path": ["address", "locality"]}],
}
LICENCE: Final[JsonObject] = {
    "id": "mdl",
    "format": "mso_mdoc",
    "meta": {"doctype_value": MDL},
    "claims": [
        {"path": [NAMESPACE, "family_name"]},
        {"path": [NAMESPACE, "age_over_18"], "values": [True]},
    ],
}
_ADMITTED: Final = (
    Admission(PID, frozenset({("family_name",), ("address", "locality")})),
    Admission(MDL, frozenset({(NAMESPACE, "family_name"), (NAMESPACE, "age_over_18")})),
)
BOTH: Final = Query.from_dcql({"credentials": [IDENTITY, LICENCE]})

Judged = VerifiedPresentation | Unverified


class _OneKey(MemoryKeyStore):
    """A key store with one key, which peers' wallets hold too."""

    __slots__ = ("_signer",)

    def __init__(self, signer: SoftwareSigner) -> None:
        super().__init__()
        self._signer = signer

    def get(self, thumbprint: str) -> SoftwareStoredKey | None:
        if thumbprint == self._signer.public_key.thumbprint:
            return SoftwareStoredKey(self._signer)
        return super().get(thumbprint)


class Trusted:
    """Whom both sides trust, and a person's two credentials with their keys."""

    def __init__(self) -> None:
        self.scene = MdocScene(at=now())
        self.readers = TestPki(at=now())
        self.trust = TrustStore([*self.scene.root().anchors, self.readers.anchor()])
        signer = self.scene.signer
        self.issuer = Issuer(signer=signer.signer, certificates=signer.chain)
        self.key = SoftwareSigner.generate(Algorithm.ES256)
        elements = {
            "family_name": "Примерова",
            "birth_date": date(1990, 5, 17),
            "age_over_18": True,
        }
        self.identity = self.issue(SdJwtVc(vct=PID, claims=test_claims()))
        self.licence = self.issue(Mdoc(MDL, {NAMESPACE: {**elements}}))

    def issue(self, content: SdJwtVc | Mdoc) -> Credential:
        """Issue to the person's key."""
        return self.issuer.issue(
            content,
            holder_key=HolderKey.unproven(self.key.public_key, reason="a test key"),
            valid_until=now() + _MONTH,
            at=now(),
        )

    def wallet(self, *, strangers: bool = False) -> Holder:
        """Return a wallet of ours with both credentials; it may answer strangers."""
        policy = replace(
            policies.WALLET,
            name="strangers for what is asked here",
            readers=ReaderRule.ANONYMOUS_ACCEPTED,
            unauthenticated=_ADMITTED,
        )
        made = Holder(
            store=MemoryStore(),
            seal=SealKey(bytes(32)),
            keys=_OneKey(self.key),
            trust=self.trust,
            policy=policy if strangers else policies.WALLET,
        )
        for each in (self.identity, self.licence):
            made.add(each, at=now())
        return made

    def verifier(self) -> Verifier:
        """Return a verifier of ours whom the wallets know."""
        reader = self.readers.reader(HOST)
        party = RelyingParty(
            signer=reader.signer,
            certificates=reader.chain,
            answer_to=f"https://{HOST}/answer",
        )
        return Verifier(identity=party, policy=policies.RETAIL, replay=MemoryReplay())

    def held(self) -> list[JsonObject]:
        """Return the credentials as a peer's wallet takes them."""
        return [
            {
                "format": form,
                "raw": credential.raw,
                "key": private_jwk(self.key),
            }
            for form, credential in (
                ("dc+sd-jwt", self.identity),
                ("mso_mdoc", self.licence),
            )
        ]


@dataclass
class VerifyingWorld:
    """A verifier that judges what is posted to it, and keeps the verdicts."""

    door: socket.socket
    trusted: Trusted
    prefix: ClientIdPrefix | None = ClientIdPrefix.X509_HASH
    asked: dict[str, PresentationRequest] = field(default_factory=dict)
    verdicts: list[Judged] = field(default_factory=list)

    def __post_init__(self) -> None:
        answer_to = f"{origin_of(self.door)}/answer"
        self.reader = self.trusted.readers.reader(HOST)
        identity = (
            RelyingParty.anonymous(answer_to=answer_to)
            if self.prefix is None
            else RelyingParty(
                signer=self.reader.signer,
                certificates=self.reader.chain,
                answer_to=answer_to,
                prefix=self.prefix,
            )
        )
        self.verifier = Verifier(
            identity=identity, policy=policies.RETAIL, replay=MemoryReplay()
        )

    def ask(
        self,
        query: Query = BOTH,
        *,
        mode: ResponseMode = ResponseMode.DIRECT_POST,
        transactions: Sequence[JsonObject] = (),
    ) -> PresentationRequest:
        """Make a request, whose answer is then waited for."""
        made = self.verifier.request(
            query, purpose="a test", at=now(), mode=mode, transactions=transactions
        )
        self.asked["open"] = made
        return made

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Judge what is posted as the answer to what was asked last."""
        judged = evaluate_presentation(
            request.body,
            request=self.asked["open"],
            trust=self.trusted.trust,
            at=now(),
        )
        self.verdicts.append(judged)
        passed = isinstance(judged, VerifiedPresentation)
        body = ACCEPTANCE_BODY if passed else REFUSAL_BODY
        kind = (("Content-Type", "application/json"),)
        return HttpResponse(200 if passed else 400, kind, body)


@contextmanager
def verifying(
    authority: Authority,
    trusted: Trusted,
    *,
    prefix: ClientIdPrefix | None = ClientIdPrefix.X509_HASH,
) -> Iterator[VerifyingWorld]:
    """Serve such a verifier until the block ends."""
    with port_of_ours() as door:
        world = VerifyingWorld(door, trusted, prefix)
        with served(world.handle, door, authority):
            yield world


@contextmanager
def presenting(
    authority: Authority,
    trusted: Trusted,
    *,
    mode: ResponseMode,
    method: RequestUriMethod,
    policy: Policy = policies.RETAIL,
) -> Iterator[PresentationService]:
    """Serve a verifier's endpoints until the block ends; requests are fetched there."""
    with port_of_ours() as door:
        reader = trusted.readers.reader(HOST)
        public = origin_of(door)
        party = RelyingParty(
            signer=reader.signer,
            certificates=reader.chain,
            answer_to=f"{public}/answer",
        )
        service = PresentationService(
            verifier=Verifier(identity=party, policy=policy, replay=MemoryReplay()),
            trust=lambda: trusted.trust,
            public=public,
            store=MemoryExchanges(),
            seal=SealKey(bytes(32)),
            mode=mode,
            method=method,
        )
        with served(partial(service.handle, at=now()), door, authority):
            yield service
