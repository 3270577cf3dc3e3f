"""A driving licence in the story: a mobile document, shown, and then altered."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final

from idwallet.adapters.store import MemoryStore
from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.codec.pem import write_pem
from idwallet.credentials.mdoc.from_json import elements_of
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.model import Credential
from idwallet.credentials.possession import make_proof, prove_possession
from idwallet.credentials.query import Query
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.software import MemoryKeyStore
from idwallet.ports import KeyStore
from idwallet.protocols.openid4vp.response import (
    WalletRefusal,
    read_response,
    write_response,
)
from idwallet.report import Report
from idwallet.roles.asked import Choice, PresentationResponse
from idwallet.roles.holder import Holder
from idwallet.roles.issuer import Issuer
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import PresentationRequest, Verifier
from idwallet.testing.mdoc import MDL, MdocScene
from idwallet.trust.anchors import TrustStore

PURPOSE: Final = "car hire / прокат машины"
_ISSUER: Final = "https://roads.example"
_QUERY: Final = "driving-licence"
_ASKED: Final = ("family_name", "driving_privileges", "expiry_date")
_LIFE: Final = timedelta(days=90)
# A text of one letter, as CBOR has it: the category B, and what somebody makes of it.
_CATEGORY: Final = b"vehicle_category_codeaB"
_ALTERED: Final = b"vehicle_category_codeaC"


@dataclass(frozen=True, slots=True)
class Licence:
    """The licence, the question about it, the answer, and what became of both."""

    elements: JsonObject
    card: Credential
    request: PresentationRequest
    choice: Choice
    answer: str
    root_pem: str
    report: Report
    altered_report: Report


def drive(till: Verifier, readers: TrustStore, *, at: datetime) -> Licence:
    """Issue Anna's licence, show three elements of it, and alter one.

    `readers` believes the one who asks, whose `till` makes the requests.
    """
    roads = MdocScene(at=at)
    trust = TrustStore([*roads.root().anchors, *readers.anchors])
    keys = MemoryKeyStore()
    text = files("idwallet.cli.demo").joinpath("people.json").read_text("utf-8")
    elements: JsonObject = json.loads(text)["licence"]
    card = _issue(roads, elements, keys=keys)
    seal = SealKey.generate(secrets.token_bytes)
    wallet = Holder(store=MemoryStore(), seal=seal, keys=keys, trust=trust)
    wallet.add(card, at=at)
    request = till.request(Query.claims(_QUERY, *_ASKED), purpose=PURPOSE, at=at)
    choice, answer = _answered(wallet, request, at=at)
    # Whoever alters it answers another request: each takes one answer.
    again = till.request(Query.claims(_QUERY, *_ASKED), purpose=PURPOSE, at=at)
    altered = _altered(_answered(wallet, again, at=at)[1], again)
    judged, refused = (
        evaluate_presentation(shown, request=each, trust=trust, at=at).report
        for shown, each in ((answer.body, request), (altered, again))
    )
    root = _root_pem(roads)
    return Licence(elements, card, request, choice, answer.body, root, judged, refused)


def _issue(roads: MdocScene, elements: JsonObject, *, keys: KeyStore) -> Credential:
    """Issue the licence to a key that its holder proved to have."""
    signer = StoredKeySigner(keys.create("ES256", None))
    nonce = secrets.token_urlsafe(16)
    proof = make_proof(signer, audience=_ISSUER, nonce=nonce, at=roads.at)
    identity = roads.signer
    issuer = Issuer(signer=identity.signer, certificates=identity.chain)
    return issuer.issue(
        Mdoc(MDL, elements_of(elements, MDL, at="people.json/licence")),
        holder_key=prove_possession(proof, audience=_ISSUER, nonce=nonce, at=roads.at),
        valid_until=roads.at + _LIFE,
        at=roads.at,
    )


def _answered(
    wallet: Holder, request: PresentationRequest, *, at: datetime
) -> tuple[Choice, PresentationResponse]:
    asked = wallet.read_request(request.message.to_uri(), at=at)
    choice = wallet.match(asked, at=at).choose()
    return choice, wallet.present(asked, choice, at=at)


def _altered(answer: PresentationResponse, request: PresentationRequest) -> str:
    """Return an answer in which one letter is another one."""
    read = read_response(answer.body)
    texts = () if isinstance(read, WalletRefusal) else read.presentations[_QUERY]
    octets = b64.decode(texts[0], at="answer").replace(_CATEGORY, _ALTERED)
    return write_response({_QUERY: [b64.encode(octets)]}, state=request.state)


def _root_pem(roads: MdocScene) -> str:
    held = (each.certificate for each in roads.root().anchors)
    return "".join(write_pem("CERTIFICATE", e.der) for e in held if e is not None)
