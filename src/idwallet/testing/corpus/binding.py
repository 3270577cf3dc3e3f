"""Forged key binding: every refusal rule of RFC 9901 section 7.3."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.disclosures import shows, signs
from idwallet.testing.corpus.forgery import Forgery
from idwallet.testing.corpus.tokens import flipped, hmac_under
from idwallet.testing.draft import ABSENT, Bend, Draft, digest, disclose, draft

_CHECK: Final = CheckId.HOLDER_BINDING
_NONCE: Final = CheckId.PRESENTATION_NONCE
_AUDIENCE: Final = CheckId.PRESENTATION_AUDIENCE
_FRESHNESS: Final = CheckId.PRESENTATION_FRESHNESS
_SURPLUS: Final = disclose("idwallet-TEST-surplus-00", "surplus", "surplus")


def says(**members: JsonValue) -> Callable[[Draft], None]:
    """Return a forger that overlays what the key binding says."""

    def forge(made: Draft) -> None:
        made.binding = {**made.binding, **members}

    return forge


def _header(**members: JsonValue) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        made.binding_header = {**made.binding_header, **members}

    return forge


def _bent(change: Bend) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        made.bend_binding = change

    return forge


def _keep_key(made: Draft) -> None:
    """Bind the credential to the holder's key, whoever signs afterwards."""
    key: JsonValue = made.holder_signer.public_key.to_jwk()
    made.payload = {**made.payload, "cnf": {"jwk": key}}


def _another_key(made: Draft) -> None:
    made.holder_signer = SoftwareSigner.generate(Algorithm.ES256)


def _another_embedded_key(made: Draft) -> None:
    _another_key(made)
    made.binding_header = {"jwk": made.holder_signer.public_key.to_jwk()}


def _issuer_key(made: Draft) -> None:
    made.holder_signer = made.issuer_signer


def _hmac(made: Draft) -> None:
    made.binding_header = {"alg": "HS256"}
    made.bend_binding = hmac_under(made.holder_signer.public_key)


def _spliced(made: Draft) -> None:
    """Take the binding that the same holder made for the same request, to show more."""
    other = draft(made.scene, made.request)
    other.claims = {**other.claims, "birthdate": "1990-05-17"}
    binding = other.token().rpartition("~")[2]
    made.bend_binding = lambda _: binding


def _other_nonce(made: Draft) -> None:
    made.binding = {"nonce": made.scene.request().nonce}


def _named(change: Callable[[str], str]) -> Callable[[Draft], None]:
    """Return a forger that changes whom the binding is for."""

    def forge(made: Draft) -> None:
        made.binding = {"aud": change(made.request.client_id)}

    return forge


def _disclosure_taken(made: Draft) -> None:
    made.bend_token = lambda token: token.replace(f"{_SURPLUS}~", "")


def _disclosures_swapped(made: Draft) -> None:
    def bend(token: str) -> str:
        first, *middle, last = token.split("~")
        return "~".join((first, *reversed(middle), last))

    made.bend_token = bend


_MINUTES: Final = timedelta(minutes=2)


def _moments(**away: timedelta) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        at = made.scene.at
        moments = {name: int((at + each).timestamp()) for name, each in away.items()}
        made.binding = {**made.binding, **moments}

    return forge


def _confirms(change: Callable[[JsonObject], JsonValue]) -> Callable[[Draft], None]:
    """Return a forger that changes ``cnf``, given the holder's public JWK."""

    def forge(made: Draft) -> None:
        changed = change(made.holder_signer.public_key.to_jwk())
        made.payload = {**made.payload, "cnf": changed}

    return forge


def _with(**members: JsonValue) -> Callable[[Draft], None]:
    return _confirms(lambda jwk: {"jwk": {**jwk, **members}})


def _nonce_encoded(made: Draft) -> None:
    nonce = b64.encode(made.request.nonce.encode())
    made.binding = {**made.binding, "nonce": nonce}


def _hashed_by_another(made: Draft) -> None:
    """Bind what is shown, by a hash that its issuer did not choose."""

    def bind(shown: str) -> str:
        made.binding = {**made.binding, "sd_hash": digest(shown, "sha-512")}
        return shown

    made.bend_shown = bind


_ENDS: Final = _moments(exp=_MINUTES)
_BEGAN: Final = _moments(nbf=-_MINUTES)
_UNUSABLE: Final = Reason.KEY_UNUSABLE
_NOT_ALLOWED: Final = Reason.ALGORITHM_NOT_ALLOWED
_HASH: Final = Reason.PRESENTATION_HASH_MISMATCH

BINDING_FORGERIES: Final = (
    Forgery("no key binding", _CHECK, Reason.ABSENT, _bent(lambda _: "")),
    Forgery("a flipped binding signature", _CHECK, Reason.INVALID, _bent(flipped)),
    Forgery("bound by another key", _CHECK, Reason.INVALID, _another_key, _keep_key),
    Forgery(
        "bound by a key it brings along",
        _CHECK,
        Reason.INVALID,
        _another_embedded_key,
        _keep_key,
    ),
    Forgery("bound by the issuer", _CHECK, Reason.INVALID, _issuer_key, _keep_key),
    Forgery("binding alg none", _CHECK, _NOT_ALLOWED, _header(alg="none")),
    Forgery("binding by HMAC", _CHECK, _NOT_ALLOWED, _hmac),
    Forgery("binding alg of another curve", _CHECK, _UNUSABLE, _header(alg="ES512")),
    Forgery("binding typ JWT", _CHECK, Reason.TYP_MISMATCH, _header(typ="JWT")),
    *(
        Forgery(
            f"a binding of typ {typ}", _CHECK, Reason.TYP_MISMATCH, _header(typ=typ)
        )
        for typ in (
            "dc+sd-jwt",
            "openid4vci-proof+jwt",
            "oauth-authz-req+jwt",
            "KB+JWT",
            "application/kb+jwt",
        )
    ),
    Forgery("binding without typ", _CHECK, Reason.TYP_MISMATCH, _header(typ=ABSENT)),
    Forgery("a binding that is no JWT", _CHECK, Reason.MALFORMED, _bent(lambda _: "x")),
    Forgery(
        "a binding with a crit", _CHECK, Reason.MALFORMED, _header(crit=["x"], x=1)
    ),
    Forgery(
        "a binding too long",
        CheckId.CREDENTIAL_FORMAT,
        Reason.LIMIT_EXCEEDED,
        says(note="x" * limits.KEY_BINDING_BYTES),
    ),
    Forgery("sd_hash of something else", _CHECK, _HASH, says(sd_hash="AAAA")),
    Forgery("the binding of another presentation", _CHECK, _HASH, _spliced),
    Forgery(
        "sd_hash of another algorithm",
        _CHECK,
        Reason.HASHED_OTHERWISE,
        _hashed_by_another,
    ),
    Forgery("no sd_hash", _CHECK, _HASH, says(sd_hash=ABSENT)),
    Forgery("sd_hash that is no string", _CHECK, _HASH, says(sd_hash=[])),
    Forgery(
        "a disclosure taken out afterwards",
        _CHECK,
        _HASH,
        _disclosure_taken,
        shows(_SURPLUS),
    ),
    Forgery("disclosures reordered afterwards", _CHECK, _HASH, _disclosures_swapped),
    Forgery(
        "a credential bound to no key", _CHECK, Reason.KEY_ABSENT, signs(cnf=ABSENT)
    ),
    Forgery("a confirmation that is no object", _CHECK, _UNUSABLE, signs(cnf="key")),
    Forgery("a confirmation by kid alone", _CHECK, _UNUSABLE, signs(cnf={"kid": "1"})),
    Forgery("a private key in cnf", _CHECK, _UNUSABLE, _with(d="AAAA")),
    Forgery("an encryption key in cnf", _CHECK, _UNUSABLE, _with(use="enc")),
    Forgery(
        "a key in cnf that must not verify", _CHECK, _UNUSABLE, _with(key_ops=["sign"])
    ),
    Forgery(
        "a symmetric key in cnf",
        _CHECK,
        _UNUSABLE,
        _confirms(lambda _: {"jwk": {"kty": "oct", "k": "AAAA"}}),
    ),
    Forgery(
        "several keys in cnf", _CHECK, _UNUSABLE, _confirms(lambda jwk: [{"jwk": jwk}])
    ),
    Forgery("a point off the curve in cnf", _CHECK, _UNUSABLE, _with(x="A" * 43)),
    Forgery("a short coordinate in cnf", _CHECK, _UNUSABLE, _with(x="AAAA")),
    Forgery("an unknown curve in cnf", _CHECK, _UNUSABLE, _with(crv="secp256k1")),
    Forgery("another nonce", _NONCE, Reason.MISMATCH, says(nonce="A" * 43)),
    Forgery("the nonce of another request", _NONCE, Reason.MISMATCH, _other_nonce),
    Forgery("no nonce", _NONCE, Reason.ABSENT, says(nonce=ABSENT)),
    Forgery("a nonce that is no string", _NONCE, Reason.ABSENT, says(nonce=["A"])),
    Forgery("another audience", _AUDIENCE, Reason.MISMATCH, says(aud="x509_hash:AAAA")),
    Forgery(
        "an audience among others",
        _AUDIENCE,
        Reason.ABSENT,
        says(aud=["x509_hash:AAAA"]),
    ),
    *(
        Forgery(f"an audience {what}", _AUDIENCE, Reason.OTHER_INPUT, _named(change))
        for what, change in (
            ("without its prefix", lambda name: name.partition(":")[2]),
            ("whose prefix is in capitals", lambda name: name.replace("x", "X", 1)),
            ("with a slash behind it", lambda name: f"{name}/"),
        )
    ),
    Forgery("the nonce encoded once more", _NONCE, Reason.OTHER_INPUT, _nonce_encoded),
    *(
        Forgery(f"an audience {what}", _AUDIENCE, Reason.MISMATCH, _named(change))
        for what, change in (
            ("of another prefix", lambda _: "x509_san_dns:shop.example"),
            ("with something behind it", lambda name: f"{name}\0"),
            ("that ends early", lambda name: name[:-1]),
        )
    ),
    Forgery("no audience", _AUDIENCE, Reason.ABSENT, says(aud=ABSENT)),
    Forgery(
        "bound an hour ago",
        _FRESHNESS,
        Reason.TOO_OLD,
        _moments(iat=-timedelta(hours=1)),
    ),
    Forgery(
        "bound in an hour",
        _FRESHNESS,
        Reason.FROM_THE_FUTURE,
        _moments(iat=timedelta(hours=1)),
    ),
    Forgery(
        "a binding that has ended",
        _FRESHNESS,
        Reason.TOO_OLD,
        _moments(exp=-_MINUTES),
        _ENDS,
    ),
    Forgery(
        "a binding that ended before it was signed",
        _FRESHNESS,
        Reason.TOO_OLD,
        _moments(exp=-timedelta(days=9)),
        _ENDS,
    ),
    Forgery(
        "a binding that has not begun",
        _FRESHNESS,
        Reason.FROM_THE_FUTURE,
        _moments(nbf=_MINUTES),
        _BEGAN,
    ),
    Forgery(
        "a binding with an end in words",
        _CHECK,
        Reason.MALFORMED,
        says(exp="soon"),
        _ENDS,
    ),
    Forgery(
        "a binding with a beginning in words",
        _CHECK,
        Reason.MALFORMED,
        says(nbf="soon"),
        _BEGAN,
    ),
    Forgery("bound at no moment", _FRESHNESS, Reason.ABSENT, says(iat=ABSENT)),
    Forgery("bound at a moment in words", _FRESHNESS, Reason.ABSENT, says(iat="now")),
)
