"""An SD-JWT VC presentation whose every part can be bent before it is signed.

A forged input proves something only beside a valid twin that differs in nothing but
the fault. A `Draft` builds the twin; a forger changes one of its parts and builds
again. Nothing here is checked on purpose: it must be able to make what `Issuer` and
`Holder` refuse to make.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.sdjwt.structures import HASHES, issued_digest
from idwallet.crypto.signer import Signer
from idwallet.envelope.jwe import encrypt
from idwallet.envelope.jws import x5c_parameter
from idwallet.report import Origin
from idwallet.roles.verifier import PresentationRequest
from idwallet.testing.scene import LIFE, PID, Scene
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import EvidenceAtHand, ExistenceAtHand

_SALT: Final = "idwallet-TEST-salt-00000"

Bend = Callable[[str], str]
"""Changes a finished token."""


def unchanged(text: str) -> str:
    """Bend nothing."""
    return text


def loose_json(value: JsonValue) -> bytes:
    """Write JSON without any of the writer's refusals."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def loose_jws(header: JsonObject, payload: bytes, *, signer: Signer) -> str:
    """Sign a compact JWS with whatever header is given."""
    head = b64.encode(loose_json(header)) + "." + b64.encode(payload)
    return head + "." + b64.encode(signer.sign(head.encode("ascii")))


def digest(text: str, algorithm: str = "sha-256") -> str:
    """Return the digest of a disclosure."""
    return b64.encode(HASHES[algorithm](text.encode()).digest())


def disclose(*parts: JsonValue) -> str:
    """Encode a disclosure of any shape."""
    return b64.encode(loose_json([*parts]))


@dataclass(slots=True)
class Draft:
    """One presentation in the making, valid until something is changed.

    Change fields, then `response`. `claims` become disclosures in order, each with
    a salt of its own; `open_claims` stand in the payload as they are. `payload`,
    `header`, `binding` and `binding_header` overlay what is built, and a value of
    `ABSENT` takes a member out. `extra` are disclosures that are shown without a
    digest, `digests` are digests put into ``_sd`` as they are. `evidence` is what the
    verifier has at hand beside the anchors, which are the scene's unless `trust` is
    set; `proven` is when a proof was taken that the credential exists. The `bend_`
    functions change finished tokens, after they are signed and before an answer is
    encrypted.
    """

    scene: Scene
    request: PresentationRequest
    issuer_signer: Signer
    holder_signer: Signer
    chain: tuple[bytes, ...]
    algorithm: str = "sha-256"
    claims: dict[str, JsonValue] = field(default_factory=dict)
    open_claims: JsonObject = field(default_factory=dict)
    payload: JsonObject = field(default_factory=dict)
    header: JsonObject = field(default_factory=dict)
    binding: JsonObject = field(default_factory=dict)
    binding_header: JsonObject = field(default_factory=dict)
    extra: list[str] = field(default_factory=list)
    digests: list[JsonValue] = field(default_factory=list)
    bend_payload: Callable[[JsonObject], JsonValue] = lambda payload: payload
    bend_issuer: Bend = unchanged
    bend_shown: Bend = unchanged
    bend_binding: Bend = unchanged
    bend_token: Bend = unchanged
    bend_response: Bend = unchanged
    query_id: str = "pid"
    evidence: EvidenceAtHand | None = None
    trust: TrustStore | None = None
    proven: datetime | None = None

    def issuer_jwt(self) -> tuple[str, list[str]]:
        """Return the issuer-signed JWT and the disclosures that go with it."""
        disclosures = [
            disclose(f"{_SALT}{n}", name, value)
            for n, (name, value) in enumerate(self.claims.items())
        ]
        digests: list[JsonValue] = [digest(d, self.algorithm) for d in disclosures]
        payload: JsonObject = {
            "vct": PID,
            "iat": int(self.scene.at.timestamp()),
            "exp": int((self.scene.at + LIFE).timestamp()),
            "cnf": {"jwk": self.holder_signer.public_key.to_jwk()},
            **self.open_claims,
            "_sd": [*digests, *self.digests],
            "_sd_alg": self.algorithm,
        }
        header: JsonObject = {
            "alg": self.issuer_signer.algorithm.jose,
            "typ": "dc+sd-jwt",
            "x5c": x5c_parameter(self.chain),
        }
        body = self.bend_payload(overlaid(payload, self.payload))
        token = loose_jws(
            overlaid(header, self.header), loose_json(body), signer=self.issuer_signer
        )
        return self.bend_issuer(token), disclosures

    def shown(self) -> str:
        """Return the token with its disclosures, up to the last tilde."""
        token, disclosures = self.issuer_jwt()
        return self.bend_shown("~".join((token, *disclosures, *self.extra, "")))

    def token(self) -> str:
        """Return the whole presentation with its key binding."""
        shown = self.shown()
        said: JsonObject = {
            "iat": int(self.scene.at.timestamp()),
            "aud": self.request.client_id,
            "nonce": self.request.nonce,
            "sd_hash": digest(shown, self.algorithm),
        }
        header: JsonObject = {
            "alg": self.holder_signer.algorithm.jose,
            "typ": "kb+jwt",
        }
        bound = loose_jws(
            overlaid(header, self.binding_header),
            loose_json(overlaid(said, self.binding)),
            signer=self.holder_signer,
        )
        return self.bend_token(shown + self.bend_binding(bound))

    def believed(self) -> TrustStore:
        """Return what the verifier believes, with the evidence at hand."""
        trust = self.trust or self.scene.trust
        at_hand = trust.evidence if self.evidence is None else self.evidence
        if self.proven is not None:
            digests = frozenset({issued_digest(self.shown())})
            origin = Origin(taken=self.proven, source="receipts")
            proof = ExistenceAtHand(digests=digests, origin=origin)
            at_hand = at_hand.plus(EvidenceAtHand(existence=[proof]))
        return trust if at_hand is trust.evidence else trust.with_evidence(at_hand)

    def answer(self) -> str:
        """Return the parameters of the response as JSON, in the clear."""
        members: JsonObject = {
            "vp_token": {self.query_id: [self.token()]},
            "state": self.request.state,
        }
        return self.bend_response(loose_json(members).decode())

    def response(self) -> str:
        """Return the response body, as JSON; encrypted where the request wants that."""
        text, key = self.answer(), self.request.decryption
        if key is None:
            return text
        token = encrypt(
            text.encode("utf-8", "surrogatepass"),
            to=key.public.key,
            random=secrets.token_bytes,
            header={"kid": key.kid},
        )
        return loose_json({"response": token}).decode()


ABSENT: Final = "\0absent"
"""As a value of an overlay: take the member out."""


def overlaid(base: JsonObject, changes: JsonObject) -> JsonObject:
    """Return `base` with `changes` on top."""
    made = {**base, **changes}
    return {name: value for name, value in made.items() if value != ABSENT}


def draft(scene: Scene, request: PresentationRequest | None = None) -> Draft:
    """Start from a presentation that passes under `scene.verifier`.

    It shows ``family_name`` and the whole of ``age_equal_or_over``.
    """
    return Draft(
        scene=scene,
        request=request or scene.request(),
        issuer_signer=scene.issuer_identity.signer,
        holder_signer=scene.holder_signer,
        chain=scene.issuer_identity.chain,
        claims={"family_name": "Образцова", "age_equal_or_over": {"18": True}},
    )
