"""Forged proofs of possession: what an issuer must not bind a credential to.

    for forgery in PROOFS:
        valid, forged = forgery.twins(scene)
        my_issuer.take(valid.proof())      # proves valid.signer's key
        my_issuer.take(forged.proof())     # must be refused, for forgery.reason

The issuer under test is `ProofDraft.audience` and gave out `ProofDraft.nonce`; it
judges at `Scene.at`. `judge_proof` is this library's own answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.possession import prove_possession
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import x5c_parameter
from idwallet.errors import VerificationError
from idwallet.report import CheckId, Reason, Report
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.corpus.tokens import (
    ALGORITHM_NAMES,
    INVALID_SIGNATURES,
    MALFORMED_HEADERS,
    UNREADABLE,
    hmac_under,
    payload_replaced,
)
from idwallet.testing.draft import (
    ABSENT,
    Bend,
    loose_json,
    loose_jws,
    overlaid,
    unchanged,
)
from idwallet.testing.scene import Scene

_FORMAT: Final = CheckId.PROOF_FORMAT
_SIGNATURE: Final = CheckId.PROOF_SIGNATURE
_AUDIENCE: Final = CheckId.PROOF_AUDIENCE
_NONCE: Final = CheckId.PROOF_NONCE
_FRESHNESS: Final = CheckId.PROOF_FRESHNESS
_MALFORMED: Final = Reason.MALFORMED


@dataclass(slots=True)
class ProofDraft:
    """One proof in the making, valid until something is changed.

    Change fields, then `proof`. `claims` and `header` overlay what is built, and a
    value of `draft.ABSENT` takes a member out. `bend_proof` changes the signed token.
    """

    scene: Scene
    signer: Signer
    audience: str = "https://issuer.example"
    nonce: str = "idwallet-TEST-c-nonce"
    claims: JsonObject = field(default_factory=dict)
    header: JsonObject = field(default_factory=dict)
    bend_payload: Callable[[bytes], bytes] = lambda payload: payload
    bend_proof: Bend = unchanged

    def proof(self) -> str:
        """Return the signed proof."""
        header: JsonObject = {
            "alg": self.signer.algorithm.jose,
            "typ": "openid4vci-proof+jwt",
            "jwk": self.signer.public_key.to_jwk(),
        }
        claims: JsonObject = {
            "aud": self.audience,
            "iat": int(self.scene.at.timestamp()),
            "nonce": self.nonce,
        }
        token = loose_jws(
            overlaid(header, self.header),
            self.bend_payload(loose_json(overlaid(claims, self.claims))),
            signer=self.signer,
        )
        return self.bend_proof(token)


@dataclass(frozen=True, slots=True)
class ProofForgery(Forged[ProofDraft]):
    """A proof that an issuer must refuse; see `Forged`."""

    def twins(self, scene: Scene) -> tuple[ProofDraft, ProofDraft]:
        """Return the valid proof and the forged one."""
        return self.apart(lambda: ProofDraft(scene, scene.holder_signer))


def judge_proof(made: ProofDraft) -> Report:
    """Check a proof as an issuer of this library would."""
    try:
        proven = prove_possession(
            made.proof(), audience=made.audience, nonce=made.nonce, at=made.scene.at
        )
    except VerificationError as error:
        return error.report
    return proven.report


def _says(**claims: JsonValue) -> Callable[[ProofDraft], None]:
    def forge(made: ProofDraft) -> None:
        made.claims = {**made.claims, **claims}

    return forge


def _header(**members: JsonValue) -> Callable[[ProofDraft], None]:
    def forge(made: ProofDraft) -> None:
        made.header = {**made.header, **members}

    return forge


def _bent(bend: Bend) -> Callable[[ProofDraft], None]:
    def forge(made: ProofDraft) -> None:
        made.bend_proof = bend

    return forge


def _payload(bend: Callable[[bytes], bytes]) -> Callable[[ProofDraft], None]:
    def forge(made: ProofDraft) -> None:
        made.bend_payload = bend

    return forge


def _times(**away: timedelta) -> Callable[[ProofDraft], None]:
    """Return a forger that sets dates relative to the moment judged."""

    def forge(made: ProofDraft) -> None:
        at = made.scene.at
        moments = {name: int((at + each).timestamp()) for name, each in away.items()}
        made.claims = {**made.claims, **moments}

    return forge


def _key(**members: JsonValue) -> Callable[[ProofDraft], None]:
    """Return a forger that changes members of the JWK in the header."""

    def forge(made: ProofDraft) -> None:
        jwk: JsonObject = overlaid(made.signer.public_key.to_jwk(), members)
        made.header = {**made.header, "jwk": jwk}

    return forge


def _key_of_another(made: ProofDraft) -> None:
    other = SoftwareSigner.generate(Algorithm.ES256)
    made.header = {"jwk": other.public_key.to_jwk()}


def _hmac(made: ProofDraft) -> None:
    made.header = {"alg": "HS256"}
    made.bend_proof = hmac_under(made.signer.public_key)


def _unlisted_algorithm(made: ProofDraft) -> None:
    made.signer = SoftwareSigner.generate(Algorithm.ML_DSA_44)


def _certificate_beside(made: ProofDraft) -> None:
    made.header = {"x5c": x5c_parameter(made.scene.issuer_identity.chain)}


_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)

PROOFS: Final = (
    *(
        ProofForgery(name, _FORMAT, _MALFORMED, _bent(bend))
        for name, bend in UNREADABLE
    ),
    *(
        ProofForgery(name, _FORMAT, _MALFORMED, _header(**members))
        for name, members in MALFORMED_HEADERS
    ),
    *(
        ProofForgery(name, _FORMAT, Reason.TYP_MISMATCH, _header(typ=typ))
        for name, typ in (
            ("typ of a plain JWT", "JWT"),
            ("typ of a key binding", "kb+jwt"),
            ("typ of a credential", "dc+sd-jwt"),
            ("typ of a request", "oauth-authz-req+jwt"),
            ("typ of another proof", "dpop+jwt"),
            ("typ in capitals", "OPENID4VCI-PROOF+JWT"),
            ("no typ", ABSENT),
        )
    ),
    ProofForgery("an empty proof", _FORMAT, _MALFORMED, _bent(lambda _: "")),
    ProofForgery(
        "an unknown crit", _FORMAT, Reason.UNSUPPORTED, _header(crit=["x"], x=1)
    ),
    ProofForgery(
        "a proof too long",
        _FORMAT,
        Reason.LIMIT_EXCEEDED,
        _says(note="x" * limits.PROOF_BYTES),
    ),
    ProofForgery(
        "an audience twice",
        _FORMAT,
        _MALFORMED,
        _payload(lambda payload: payload[:-1] + b',"aud":"https://thief.example"}'),
    ),
    ProofForgery(
        "a payload that is an array",
        _FORMAT,
        _MALFORMED,
        _payload(lambda p: b"[%s]" % p),
    ),
    ProofForgery("no key", _FORMAT, _MALFORMED, _header(jwk=ABSENT)),
    ProofForgery(
        "a key that is a string", _FORMAT, _MALFORMED, _header(jwk="MAMCAQE=")
    ),
    ProofForgery(
        "a kid beside the key", _FORMAT, _MALFORMED, _header(kid="did:example:1#1")
    ),
    ProofForgery(
        "a certificate beside the key", _FORMAT, _MALFORMED, _certificate_beside
    ),
    ProofForgery(
        "a key by name alone",
        _FORMAT,
        Reason.UNSUPPORTED,
        _header(jwk=ABSENT, kid="did:example:1#1"),
    ),
    ProofForgery("a client that is a number", _FORMAT, _MALFORMED, _says(iss=1)),
    ProofForgery("an end in words", _FORMAT, _MALFORMED, _says(exp="soon")),
    *(
        ProofForgery(name, _SIGNATURE, Reason.INVALID, _bent(bend))
        for name, bend in INVALID_SIGNATURES
    ),
    *(
        ProofForgery(name, _SIGNATURE, reason, _header(alg=alg))
        for name, alg, reason in ALGORITHM_NAMES
    ),
    ProofForgery(
        "HMAC under the public key", _SIGNATURE, Reason.ALGORITHM_NOT_ALLOWED, _hmac
    ),
    ProofForgery(
        "an algorithm the policy does not name",
        _SIGNATURE,
        Reason.ALGORITHM_NOT_ALLOWED,
        _unlisted_algorithm,
    ),
    ProofForgery(
        "the key of somebody else", _SIGNATURE, Reason.INVALID, _key_of_another
    ),
    ProofForgery(
        "a payload changed after signing",
        _SIGNATURE,
        Reason.INVALID,
        _bent(payload_replaced(b"{", b'{"a":1,')),
    ),
    *(
        ProofForgery(name, _SIGNATURE, Reason.KEY_UNUSABLE, _key(**members))
        for name, members in (
            ("a private key", {"d": "AAAA"}),
            ("a key for encryption", {"use": "enc"}),
            ("a key that must not verify", {"key_ops": ["sign"]}),
            ("a key for another algorithm", {"alg": "ES384"}),
            ("a symmetric key", {"kty": "oct", "k": "AAAA"}),
            ("a point off the curve", {"x": "A" * 43}),
            ("a short coordinate", {"x": "AAAA"}),
            ("a key without a coordinate", {"y": ABSENT}),
        )
    ),
    ProofForgery(
        "for another issuer",
        _AUDIENCE,
        Reason.MISMATCH,
        _says(aud="https://thief.example"),
    ),
    ProofForgery(
        "for the issuer's address with a slash",
        _AUDIENCE,
        Reason.MISMATCH,
        _says(aud="https://issuer.example/"),
    ),
    ProofForgery(
        "for two issuers",
        _AUDIENCE,
        Reason.ABSENT,
        _says(aud=["https://issuer.example", "https://thief.example"]),
    ),
    ProofForgery("for nobody", _AUDIENCE, Reason.ABSENT, _says(aud=ABSENT)),
    ProofForgery("another nonce", _NONCE, Reason.MISMATCH, _says(nonce="replayed")),
    ProofForgery("an empty nonce", _NONCE, Reason.MISMATCH, _says(nonce="")),
    ProofForgery("no nonce", _NONCE, Reason.ABSENT, _says(nonce=ABSENT)),
    ProofForgery("a nonce that is null", _NONCE, Reason.ABSENT, _says(nonce=None)),
    ProofForgery("signed yesterday", _FRESHNESS, Reason.TOO_OLD, _times(iat=-_DAY)),
    ProofForgery(
        "signed tomorrow", _FRESHNESS, Reason.FROM_THE_FUTURE, _times(iat=_DAY)
    ),
    ProofForgery(
        "not to be used before later",
        _FRESHNESS,
        Reason.FROM_THE_FUTURE,
        _times(nbf=2 * _MINUTE),
        _times(nbf=-_MINUTE),
    ),
    ProofForgery(
        "ended before now",
        _FRESHNESS,
        Reason.TOO_OLD,
        _times(exp=-2 * _MINUTE),
        _times(exp=2 * _MINUTE),
    ),
    ProofForgery("signed at no moment", _FRESHNESS, Reason.ABSENT, _says(iat=ABSENT)),
    ProofForgery("signed at a string", _FRESHNESS, Reason.ABSENT, _says(iat="now")),
    ProofForgery("signed at true", _FRESHNESS, Reason.ABSENT, _says(iat=True)),
)
