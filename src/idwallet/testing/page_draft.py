"""A page's request whose every part can be bent before it is signed.

The twin of `idwallet.testing.request_draft` for the Digital Credentials API: it makes
what `Verifier.ask_page` refuses to make, so that a wallet can be tried against it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.credentials.required import Context
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import x5c_parameter
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols.dc_api import (
    PageProtocol,
    evaluate_page_request,
    read_page_message,
)
from idwallet.protocols.dc_api.evaluate import PageVerdict
from idwallet.protocols.openid4vp.client import ClientIdPrefix, client_id_of
from idwallet.protocols.openid4vp.evaluate import unread
from idwallet.protocols.openid4vp.formed import format_fault
from idwallet.report import Report
from idwallet.testing.draft import loose_json, loose_jws, overlaid
from idwallet.testing.scene import PID, Scene
from idwallet.trust.anchors import TrustStore
from idwallet.trust.certificate import Certificate
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import Policy

ORIGIN: Final = "https://shop.example"
"""The origin of the shop's page, as a platform says it."""

_SECONDS: Final = 300


def _same(data: bytes) -> bytes:
    return data


def _unbent(data: JsonObject) -> JsonObject:
    return data


@dataclass(slots=True)
class PageSignature:
    """One signature over a request: who signs, under which header.

    `header` overlays what follows from `chain`; `own` is what stands in the protected
    header of one signature among several. `bend` changes the signed entry.
    """

    signer: Signer
    chain: tuple[bytes, ...]
    header: JsonObject = field(default_factory=dict)
    own: JsonObject = field(default_factory=dict)
    bend: Callable[[JsonObject], JsonObject] = _unbent
    payload: Callable[[bytes], bytes] = _same

    def name(self) -> str:
        """Return the client identifier that the certificate gives."""
        leaf = Certificate.from_der(self.chain[0], at="test chain")
        return client_id_of(leaf, ClientIdPrefix.X509_HASH)

    def protected(self, *, typed: bool) -> JsonObject:
        """Return the protected header, with `typ` where it has to be there."""
        header: JsonObject = {"alg": self.signer.algorithm.jose}
        if typed:
            header["typ"] = "oauth-authz-req+jwt"
        if self.chain:
            header["x5c"] = x5c_parameter(self.chain)
        return overlaid(header, self.header)


@dataclass(slots=True)
class PageDraft:
    """One request of a page in the making, valid until something is changed.

    `trust` and `policy` are the wallet's, `origin` what the platform says. `claims`
    overlay what is built, and a value of `draft.ABSENT` takes a member out. `data`
    overlays what travels beside, `bend_text` changes the JSON text at last.
    """

    scene: Scene
    trust: TrustStore
    signatures: list[PageSignature]
    policy: Policy = WALLET
    protocol: PageProtocol = PageProtocol.SIGNED
    origin: str = ORIGIN
    claims: JsonObject = field(default_factory=dict)
    data: JsonObject = field(default_factory=dict)
    bend_payload: Callable[[bytes], bytes] = _same
    bend_text: Callable[[bytes], bytes] = _same

    def payload(self) -> JsonObject:
        """Return what is asked."""
        moment = int(self.scene.at.timestamp())
        claims: JsonObject = {
            "response_type": "vp_token",
            "response_mode": "dc_api",
            "nonce": "idwallet-TEST-nonce-0000000000000000000000",
            "dcql_query": {
                "credentials": [
                    {
                        "id": "pid",
                        "format": "dc+sd-jwt",
                        "meta": {"vct_values": [PID]},
                        "claims": [{"path": ["family_name"]}],
                    }
                ]
            },
            "client_metadata": {"vp_formats_supported": {"dc+sd-jwt": {}}},
        }
        if self.protocol is not PageProtocol.UNSIGNED:
            claims |= {
                "expected_origins": [ORIGIN],
                "iat": moment,
                "exp": moment + _SECONDS,
            }
        if self.protocol is PageProtocol.SIGNED:
            claims["client_id"] = self.signatures[0].name()
        return overlaid(claims, self.claims)

    def _signed(self) -> JsonObject:
        by = self.signatures[0]
        payload = self.bend_payload(loose_json(self.payload()))
        return {
            "request": loose_jws(by.protected(typed=True), payload, signer=by.signer)
        }

    def _multisigned(self) -> JsonObject:
        payload = self.bend_payload(loose_json(self.payload()))
        entries: list[JsonValue] = []
        for by in self.signatures:
            header = by.protected(typed=False)
            header["client_id"] = by.name() if by.chain else ""
            head, _, tail = loose_jws(
                overlaid(header, by.own), by.payload(payload), signer=by.signer
            ).split(".")
            entries.append(by.bend({"protected": head, "signature": tail}))
        return {"request": {"payload": b64.encode(payload), "signatures": entries}}

    def text(self) -> bytes:
        """Return the request as the platform hands it over."""
        if self.protocol is PageProtocol.UNSIGNED:
            data = self.payload()
        elif self.protocol is PageProtocol.SIGNED:
            data = self._signed()
        else:
            data = self._multisigned()
        message: JsonObject = {
            "protocol": self.protocol.value,
            "data": overlaid(data, self.data),
        }
        return self.bend_text(loose_json({"requests": [message]}))

    def parsed(self) -> JsonObject:
        """Return the same, read."""
        return read_object(self.text(), at="test")


def page_draft(scene: Scene) -> PageDraft:
    """Start from a request that passes in a wallet that trusts `scene.trust`."""
    identity = scene.reader_identity
    by = PageSignature(identity.signer, identity.chain)
    return PageDraft(scene=scene, trust=scene.trust, signatures=[by])


def judge_page(made: PageDraft) -> Report:
    """Evaluate a page's request as a wallet of this library would."""
    context = Context(made.trust, made.policy, made.scene.at)
    verdict: PageVerdict
    try:
        message = read_page_message(made.text())
    except (MalformedError, UnsupportedError) as fault:
        verdict = unread(format_fault(fault))
    else:
        verdict = evaluate_page_request(message, origin=made.origin, context=context)
    return Report(
        checks=verdict.checks,
        required=verdict.required,
        at=made.scene.at,
        policy=made.policy.name,
        evidence=verdict.evidence,
    )
