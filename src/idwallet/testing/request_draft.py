"""A verifier's request whose every part can be bent before it is signed.

The twin of `idwallet.testing.draft` for the other direction: it makes what
`Verifier.request` refuses to make, so that a wallet can be tried against it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from idwallet.codec.json import JsonObject
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import x5c_parameter
from idwallet.protocols.openid4vp import ClientIdPrefix, RequestMessage, client_id_of
from idwallet.testing.draft import Bend, loose_json, loose_jws, overlaid, unchanged
from idwallet.testing.scene import ANSWER_TO, PID, Scene
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from idwallet.trust.certificate import Certificate
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import Policy

KIOSK: Final = "https://kiosk.example"
"""The name under which `pin` makes the wallet know the verifier's key."""

_SECONDS: Final = 300
_DATED: Final = frozenset({"aud", "iat", "exp"})


def _same(payload: bytes) -> bytes:
    return payload


@dataclass(slots=True)
class RequestDraft:
    """One request in the making, valid until something is changed.

    Change fields, then `message`. `trust` and `policy` are the wallet's. `claims` and
    `header` overlay what is built, and a value of `draft.ABSENT` takes a member out.
    `client_id` is None as long as it follows from `prefix` and the first certificate
    of `chain`; `beside` is the identifier in the link, None where it is the same.
    The `bend_` functions change the payload before it is signed, the token after it
    is, and what carries it: a link, or with `is_fetched` nothing, as it is where a link
    says. `is_unsigned` leaves the request without a signature, and without the dates
    that nobody would vouch for.
    """

    scene: Scene
    signer: Signer
    chain: tuple[bytes, ...]
    trust: TrustStore
    policy: Policy = WALLET
    prefix: ClientIdPrefix = ClientIdPrefix.X509_HASH
    client_id: str | None = None
    beside: str | None = None
    claims: JsonObject = field(default_factory=dict)
    header: JsonObject = field(default_factory=dict)
    is_unsigned: bool = False
    is_fetched: bool = False
    bend_payload: Callable[[bytes], bytes] = _same
    bend_token: Bend = unchanged
    bend_message: Bend = unchanged

    def asker(self) -> str:
        """Return the client identifier that the request names unless overlaid."""
        if self.client_id is not None:
            return self.client_id
        leaf = Certificate.from_der(self.chain[0], at="test chain")
        return client_id_of(leaf, self.prefix)

    def _claims(self) -> JsonObject:
        moment = int(self.scene.at.timestamp())
        claims: JsonObject = {
            "aud": "https://self-issued.me/v2",
            "client_id": self.asker(),
            "response_type": "vp_token",
            "response_mode": "direct_post",
            "response_uri": ANSWER_TO,
            "nonce": "idwallet-TEST-nonce-0000000000000000000000",
            "state": "idwallet-TEST-state",
            "dcql_query": _query(),
            "iat": moment,
            "exp": moment + _SECONDS,
        }
        if self.chain:
            # A pre-registered client sends none (OpenID4VP 1.0 §5.9.2, §8.5).
            claims["client_metadata"] = {"vp_formats_supported": {"dc+sd-jwt": {}}}
        if self.is_unsigned:
            claims = {k: v for k, v in claims.items() if k not in _DATED}
        return overlaid(claims, self.claims)

    def token(self) -> str:
        """Return the signed request object."""
        header: JsonObject = {
            "alg": self.signer.algorithm.jose,
            "typ": "oauth-authz-req+jwt",
        }
        if self.chain:
            header["x5c"] = x5c_parameter(self.chain)
        payload = loose_json(self._claims())
        token = loose_jws(
            overlaid(header, self.header),
            self.bend_payload(payload),
            signer=self.signer,
        )
        return self.bend_token(token)

    def message(self) -> str:
        """Return the request as a wallet gets it."""
        if self.is_fetched and not self.is_unsigned:
            return self.bend_message(self.token())
        beside = self.asker() if self.beside is None else self.beside
        if self.is_unsigned:
            parameters = loose_json(self._claims()).decode()
            return self.bend_message(RequestMessage(parameters, beside).to_uri())
        return self.bend_message(RequestMessage(self.token(), beside).to_uri())

    def pin(self) -> None:
        """Be known to the wallet by a pinned key and a name instead of a chain."""
        anchor = TrustAnchor(
            name="idwallet TEST kiosk",
            purposes=frozenset({Purpose.READ_CREDENTIALS}),
            issuer_names=frozenset({KIOSK}),
            keys=(PinnedKey("1", self.signer.public_key),),
        )
        self.trust = TrustStore([*self.scene.trust.anchors, anchor])
        self.client_id, self.chain = KIOSK, ()


def _query() -> JsonObject:
    return {
        "credentials": [
            {
                "id": "pid",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [PID]},
                "claims": [{"path": ["family_name"]}],
            }
        ]
    }


def request_draft(scene: Scene) -> RequestDraft:
    """Start from a request that passes in a wallet that trusts `scene.trust`."""
    return RequestDraft(
        scene=scene,
        signer=scene.reader_identity.signer,
        chain=scene.reader_identity.chain,
        trust=scene.trust,
    )
