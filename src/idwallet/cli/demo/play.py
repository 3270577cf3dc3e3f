"""The story played: every scene is done by the library's own roles, for real."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final

from idwallet.adapters.store import MemoryStore
from idwallet.cli.demo.contract import Contract, agree
from idwallet.cli.demo.licence import Licence, drive
from idwallet.cli.demo.portrait import draw_portrait
from idwallet.codec.json import JsonObject
from idwallet.credentials.model import Credential, Unverified, VerifiedPresentation
from idwallet.credentials.possession import make_proof, prove_possession
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.credentials.sdjwt.present import (
    bind_to_key,
    choose_disclosures,
    read_held,
    show_claims,
)
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import Signer, StoredKeySigner
from idwallet.crypto.software import MemoryKeyStore
from idwallet.ports import KeyStore, Shelf, WalletStore
from idwallet.protocols.openid4vp.response import write_response
from idwallet.report import Outcome, Report, StatusListNeeded
from idwallet.roles.asked import Choice, Match
from idwallet.roles.holder import Holder
from idwallet.roles.issuer import Issuer
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import PresentationRequest, RelyingParty, Verifier
from idwallet.testing.pki import Fault, TestIdentity, TestPki
from idwallet.trust import policies
from idwallet.trust.replay import MemoryReplay

ISSUER: Final = "https://id.example"
SHOP: Final = "till.example"
ANSWER_TO: Final = "https://till.example/answer"
TYPE: Final = "urn:eudi:pid:1"
PURPOSE: Final = "age-restricted-sale"
STATUS_LIST: Final = "https://id.example/status/7"
_AGE: Final = 18
_QUERY_ID: Final = "national-id"
_LIFE: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene as it was played.

    `sizes` are bytes and counts by the name of the sentence that tells them. `report`
    is the verdict where there is one, `expected` what it should have come to.
    """

    name: str
    sizes: Mapping[str, int] = field(default_factory=dict)
    report: Report | None = None
    expected: Outcome | None = None
    choice: Choice | None = None
    miss: Match | None = None
    shows_claims: bool = False
    is_document: bool = False

    def is_as_told(self) -> bool:
        """Return whether the verdict is the one that the story tells."""
        return self.report is None or self.report.outcome is self.expected


@dataclass(frozen=True, slots=True)
class Purse:
    """Somebody's wallet and what it is made of."""

    holder: Holder
    store: WalletStore
    keys: KeyStore


class Stage:
    """The authority, the shop and the trust between them, made at one moment."""

    def __init__(self, at: datetime) -> None:
        """Make test certificates and keys."""
        self.at = at
        self.pki = TestPki(at=at)
        self.authority = self.pki.issuer(ISSUER)
        self.forger = self.pki.issuer(ISSUER, fault=Fault.STRANGER_ROOT)
        self.shop = self.pki.reader(SHOP)
        self.trust = self.pki.store()
        self.till = Verifier(
            identity=RelyingParty(
                signer=self.shop.signer,
                certificates=self.shop.chain,
                answer_to=ANSWER_TO,
            ),
            policy=policies.RETAIL,
            replay=MemoryReplay(),
        )
        self.portrait = draw_portrait()

    def claims(self, person: str) -> JsonObject:
        """Return the claims of one of the invented people, with the portrait."""
        text = files("idwallet.cli.demo").joinpath("people.json").read_text("utf-8")
        found: JsonObject = json.loads(text)[person]
        encoded = base64.b64encode(self.portrait).decode("ascii")
        return {**found, "picture": f"data:image/png;base64,{encoded}"}

    def new_purse(self) -> Purse:
        """Return an empty wallet in memory that trusts what everybody trusts."""
        store, keys = MemoryStore(), MemoryKeyStore()
        seal = SealKey.generate(secrets.token_bytes)
        holder = Holder(store=store, seal=seal, keys=keys, trust=self.trust)
        return Purse(holder, store, keys)

    def issue(
        self,
        claims: JsonObject,
        *,
        signer: Signer,
        by: TestIdentity | None = None,
        status: StatusListNeeded | None = None,
    ) -> Credential:
        """Issue a card to whoever holds `signer`, after checking its proof."""
        nonce = secrets.token_urlsafe(16)
        proof = make_proof(signer, audience=ISSUER, nonce=nonce, at=self.at)
        identity = by or self.authority
        issuer = Issuer(signer=identity.signer, certificates=identity.chain)
        return issuer.issue(
            SdJwtVc(vct=TYPE, claims=claims, issuer_name=ISSUER, status=status),
            holder_key=prove_possession(
                proof, audience=ISSUER, nonce=nonce, at=self.at
            ),
            valid_until=self.at + _LIFE,
            at=self.at,
        )

    def ask(self) -> PresentationRequest:
        """Ask for the one fact."""
        return self.till.request(Query.age_over(_AGE), purpose=PURPOSE, at=self.at)

    def judge(
        self, answer: str, request: PresentationRequest
    ) -> VerifiedPresentation | Unverified:
        """Judge an answer as the till does."""
        return evaluate_presentation(
            answer, request=request, trust=self.trust, at=self.at
        )


@dataclass(frozen=True, slots=True)
class Story:
    """All scenes in order, and what was made on the way."""

    stage: Stage
    scenes: tuple[Scene, ...]
    claims: JsonObject
    card: Credential
    request: PresentationRequest
    answer: str
    contract: Contract
    licence: Licence

    def to_json(self) -> dict[str, object]:
        """Return what happened as JSON, without what only the wallet sees."""
        return {
            "at": f"{self.stage.at:%Y-%m-%dT%H:%M:%SZ}",
            "as_told": all(each.is_as_told() for each in self.scenes),
            "scenes": [_scene_document(each) for each in self.scenes],
        }


def new_signer(keys: KeyStore) -> StoredKeySigner:
    """Make a holder's key."""
    return StoredKeySigner(keys.create("ES256", None))


def play(stage: Stage, purse: Purse) -> Story:
    """Play every scene with Anna's wallet `purse`."""
    claims = stage.claims("adult")
    card = stage.issue(claims, signer=new_signer(purse.keys))
    held = purse.holder.add(card, at=stage.at)
    record = purse.store.get(Shelf.CREDENTIAL, held.name)
    request = stage.ask()
    asked = purse.holder.read_request(request.message.to_uri(), at=stage.at)
    choice = purse.holder.match(asked, at=stage.at).choose()
    answer = purse.holder.present(asked, choice, at=stage.at).body
    closed = len(read_held(card.raw).disclosable())
    opened = answer.count("~") - 1
    judged = stage.judge(answer, request)
    scenes = (
        Scene("issue", sizes={"photo": len(stage.portrait), "card": len(card.raw)}),
        Scene(
            "keep",
            sizes={"record": 0 if record is None else len(record)},
            shows_claims=True,
        ),
        Scene("ask", sizes={"request": len(request.message.raw)}, choice=choice),
        Scene(
            "show",
            sizes={"answer": len(answer), "opened": opened, "closed": closed - opened},
        ),
        Scene("verify", report=judged.report, expected=Outcome.PASSED),
        _forged(stage, claims),
        Scene(
            "again",
            report=stage.judge(answer, request).report,
            expected=Outcome.FAILED,
        ),
        _minor(stage),
        _status(stage, claims),
    )
    licence = drive(stage.till, stage.trust, at=stage.at)
    made = agree(stage.pki, at=stage.at)
    told = (*scenes, *_licence(licence), *_contract(made))
    return Story(stage, told, claims, card, request, answer, made, licence)


def _licence(made: Licence) -> tuple[Scene, ...]:
    """Tell of the driving licence that was shown, and of what became of it."""
    sizes = {"licence": len(made.card.raw), "licence_answer": len(made.answer)}
    return (
        Scene(
            "licence",
            sizes=sizes,
            choice=made.choice,
            report=made.report,
            expected=Outcome.PASSED,
        ),
        Scene("altered", report=made.altered_report, expected=Outcome.FAILED),
    )


def _contract(made: Contract) -> tuple[Scene, ...]:
    """Tell of the contract that two people signed, and of what became of it."""
    return (
        Scene(
            "contract",
            sizes={"paper": len(made.paper), "signed": len(made.signed)},
            report=made.report,
            expected=Outcome.PASSED,
            is_document=True,
        ),
        Scene(
            "changed",
            report=made.changed_report,
            expected=Outcome.FAILED,
            is_document=True,
        ),
    )


def _forged(stage: Stage, claims: JsonObject) -> Scene:
    """Make a card under a root of the forger's own, and show it."""
    keys = MemoryKeyStore()
    signer = new_signer(keys)
    card = stage.issue(claims, signer=signer, by=stage.forger)
    request = stage.ask()
    report = stage.judge(_bent_answer(card, signer, request=request), request).report
    return Scene("forged", report=report, expected=Outcome.FAILED)


def _minor(stage: Stage) -> Scene:
    """Let somebody of 16 ask his wallet, and then go round it."""
    purse = stage.new_purse()
    signer = new_signer(purse.keys)
    card = stage.issue(stage.claims("minor"), signer=signer)
    purse.holder.add(card, at=stage.at)
    request = stage.ask()
    asked = purse.holder.read_request(request.message.to_uri(), at=stage.at)
    miss = purse.holder.match(asked, at=stage.at)
    report = stage.judge(_bent_answer(card, signer, request=request), request).report
    return Scene("minor", report=report, expected=Outcome.FAILED, miss=miss)


def _status(stage: Stage, claims: JsonObject) -> Scene:
    """Show a card that names a status list."""
    purse = stage.new_purse()
    card = stage.issue(
        claims,
        signer=new_signer(purse.keys),
        status=StatusListNeeded(STATUS_LIST, 4711),
    )
    purse.holder.add(card, at=stage.at)
    request = stage.ask()
    asked = purse.holder.read_request(request.message.to_uri(), at=stage.at)
    choice = purse.holder.match(asked, at=stage.at).choose()
    answer = purse.holder.present(asked, choice, at=stage.at).body
    report = stage.judge(answer, request).report
    return Scene("status", report=report, expected=Outcome.INDETERMINATE)


def _bent_answer(
    card: Credential, signer: Signer, *, request: PresentationRequest
) -> str:
    """Answer without a wallet that would refuse to: any claim, whatever it says."""
    held = read_held(card.raw)
    shown = show_claims(
        held, choose_disclosures(held, [("age_equal_or_over", str(_AGE))])
    )
    bound = bind_to_key(
        shown,
        signer=signer,
        nonce=request.nonce,
        audience=request.client_id,
        algorithm=held.algorithm,
        at=request.issued,
    )
    return write_response({_QUERY_ID: [bound]}, state=request.state)


def _scene_document(scene: Scene) -> dict[str, object]:
    document: dict[str, object] = {"scene": scene.name}
    if scene.sizes:
        document["sizes"] = dict(scene.sizes)
    if scene.report is not None:
        document["report"] = scene.report.to_json()
    return document
