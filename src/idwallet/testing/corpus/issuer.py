"""Forged issuers: signatures, headers, certificates and names."""

import hmac
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.forgery import Forgery
from idwallet.testing.draft import ABSENT, Bend, Draft
from idwallet.testing.pki import Fault

_SIGNATURE: Final = CheckId.ISSUER_SIGNATURE
_TRUST: Final = CheckId.ISSUER_TRUST
_FORMAT: Final = CheckId.CREDENTIAL_FORMAT
_TYPE: Final = CheckId.CREDENTIAL_TYPE


def header(**changes: JsonValue) -> Callable[[Draft], None]:
    """Return a forger that overlays the issuer's header."""

    def forge(made: Draft) -> None:
        made.header = {**made.header, **changes}

    return forge


def with_signature(change: Callable[[bytes], bytes]) -> Callable[[Draft], None]:
    """Return a forger that replaces the issuer's signature."""

    def bend(token: str) -> str:
        head, _, signature = token.rpartition(".")
        found = b64.decode(signature, at="test signature")
        return f"{head}.{b64.encode(change(found))}"

    def forge(made: Draft) -> None:
        made.bend_issuer = bend

    return forge


def bent(change: Bend) -> Callable[[Draft], None]:
    """Return a forger that changes the finished issuer-signed JWT."""

    def forge(made: Draft) -> None:
        made.bend_issuer = change

    return forge


def _der(raw: bytes) -> bytes:
    half = len(raw) // 2
    return encode_dss_signature(
        int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
    )


def _flip(raw: bytes) -> bytes:
    return raw[:-1] + bytes([raw[-1] ^ 1])


def _unsigned(made: Draft) -> None:
    made.header = {"alg": "none"}
    made.bend_issuer = lambda token: token.rpartition(".")[0] + "."


def _hmac(made: Draft) -> None:
    """Sign with HMAC under the issuer's public key, which everybody knows."""
    key = made.issuer_signer.public_key.spki

    def bend(token: str) -> str:
        head = token.rpartition(".")[0]
        return head + "." + b64.encode(hmac.digest(key, head.encode(), sha256))

    made.header = {"alg": "HS256"}
    made.bend_issuer = bend


def _stranger(made: Draft) -> None:
    made.issuer_signer = SoftwareSigner.generate(Algorithm.ES256)


def _embedded_key(made: Draft) -> None:
    _stranger(made)
    made.header = {"jwk": made.issuer_signer.public_key.to_jwk()}


def _embedded_key_alone(made: Draft) -> None:
    _embedded_key(made)
    made.header = {**made.header, "x5c": ABSENT}


def _payload_after_signing(token: str) -> str:
    head, payload, signature = token.split(".")
    text = b64.decode(payload, at="test payload").replace(b'"iat"', b'"jti"')
    return f"{head}.{b64.encode(text)}.{signature}"


def _doubled_header(token: str) -> str:
    head, rest = token.split(".", 1)
    text = b64.decode(head, at="test header")
    return b64.encode(b'{"typ":"dc+sd-jwt",' + text[1:]) + "." + rest


def _noncanonical(token: str) -> str:
    # 86 characters hold 516 bits for 512: the last character has four free bits.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) + 1]


def _certified(fault: Fault) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        identity = made.scene.pki.issuer(fault=fault)
        made.issuer_signer = identity.signer
        made.chain = identity.chain

    return forge


_EXPIRED: Final = frozenset({Fault.LEAF_EXPIRED, Fault.CA_EXPIRED})
_EARLY: Final = frozenset({Fault.LEAF_NOT_YET_VALID, Fault.CA_NOT_YET_VALID})
_NO_PATH: Final = frozenset(
    {
        Fault.WRONG_SIGNER,
        Fault.WRONG_KEY_IDENTIFIER,
        Fault.WRONG_ISSUER_NAME,
        Fault.SELF_SIGNED,
        Fault.STRANGER_ROOT,
    }
)


def _trust_reason(fault: Fault) -> Reason:
    if fault in _EXPIRED:
        return Reason.CERTIFICATE_EXPIRED
    if fault in _EARLY:
        return Reason.CERTIFICATE_NOT_YET_VALID
    return Reason.NO_TRUSTED_PATH if fault in _NO_PATH else Reason.CERTIFICATE_PROFILE


def _long_chain(made: Draft) -> None:
    made.chain = made.chain * limits.CHAIN_CERTIFICATES


def _claims_iss(name: JsonValue) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        made.payload = {**made.payload, "iss": name}

    return forge


def _signed_by(algorithm: Algorithm) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        identity = made.scene.pki.issuer(algorithm=algorithm)
        made.issuer_signer = identity.signer
        made.chain = identity.chain

    return forge


_NOT_ALLOWED: Final = Reason.ALGORITHM_NOT_ALLOWED
_INVALID: Final = Reason.INVALID

SIGNATURES: Final = (
    Forgery("alg none", _SIGNATURE, _NOT_ALLOWED, _unsigned),
    Forgery("alg nOnE", _SIGNATURE, _NOT_ALLOWED, header(alg="nOnE")),
    Forgery("HMAC under the public key", _SIGNATURE, _NOT_ALLOWED, _hmac),
    Forgery(
        "alg of another curve", _SIGNATURE, Reason.KEY_UNUSABLE, header(alg="ES384")
    ),
    Forgery("alg of another family", _SIGNATURE, _NOT_ALLOWED, header(alg="RS256")),
    Forgery("alg of an unknown name", _SIGNATURE, _NOT_ALLOWED, header(alg="ES256K")),
    Forgery(
        "an algorithm the policy does not name",
        _SIGNATURE,
        _NOT_ALLOWED,
        _signed_by(Algorithm.ML_DSA_44),
    ),
    Forgery("a flipped signature bit", _SIGNATURE, _INVALID, with_signature(_flip)),
    Forgery("a DER signature", _SIGNATURE, _INVALID, with_signature(_der)),
    Forgery(
        "a signature one byte short",
        _SIGNATURE,
        _INVALID,
        with_signature(lambda s: s[:-1]),
    ),
    Forgery(
        "a signature one byte long",
        _SIGNATURE,
        _INVALID,
        with_signature(lambda s: s + b"\0"),
    ),
    Forgery(
        "r and s zero", _SIGNATURE, _INVALID, with_signature(lambda s: bytes(len(s)))
    ),
    Forgery("no signature", _SIGNATURE, _INVALID, with_signature(lambda _: b"")),
    Forgery(
        "a payload changed after signing",
        _SIGNATURE,
        _INVALID,
        bent(_payload_after_signing),
    ),
    Forgery("another key under the same certificate", _SIGNATURE, _INVALID, _stranger),
    Forgery(
        "a key embedded beside the certificate", _SIGNATURE, _INVALID, _embedded_key
    ),
)

HEADERS: Final = (
    Forgery("non-canonical base64url", _FORMAT, Reason.MALFORMED, bent(_noncanonical)),
    Forgery("base64url padding", _FORMAT, Reason.MALFORMED, bent(lambda t: t + "==")),
    Forgery("a space in the token", _FORMAT, Reason.MALFORMED, bent(lambda t: " " + t)),
    Forgery("a fourth segment", _FORMAT, Reason.MALFORMED, bent(lambda t: t + ".AAAA")),
    Forgery(
        "an unknown crit",
        _FORMAT,
        Reason.UNSUPPORTED,
        header(crit=["x-test"], **{"x-test": 1}),
    ),
    Forgery("an empty crit", _FORMAT, Reason.MALFORMED, header(crit=[])),
    Forgery("a crit that names alg", _FORMAT, Reason.MALFORMED, header(crit=["alg"])),
    Forgery(
        "a crit that names nothing there",
        _FORMAT,
        Reason.MALFORMED,
        header(crit=["b64"]),
    ),
    Forgery("b64 false without crit", _FORMAT, Reason.MALFORMED, header(b64=False)),
    Forgery("a header member twice", _FORMAT, Reason.MALFORMED, bent(_doubled_header)),
    Forgery("alg is no string", _FORMAT, Reason.MALFORMED, header(alg=256)),
    Forgery("no alg", _FORMAT, Reason.MALFORMED, header(alg=ABSENT)),
    Forgery("x5c is no array", _FORMAT, Reason.MALFORMED, header(x5c="AAAA")),
    Forgery("x5c in base64url", _FORMAT, Reason.MALFORMED, header(x5c=["MIIB_-"])),
    Forgery(
        "an oversized header",
        _FORMAT,
        Reason.LIMIT_EXCEEDED,
        header(note="x" * limits.JWS_HEADER_BYTES),
    ),
    Forgery("typ of a plain JWT", _TYPE, Reason.TYP_MISMATCH, header(typ="JWT")),
    Forgery(
        "typ of the earlier drafts", _TYPE, Reason.TYP_MISMATCH, header(typ="vc+sd-jwt")
    ),
    Forgery("typ of a key binding", _TYPE, Reason.TYP_MISMATCH, header(typ="kb+jwt")),
    Forgery("no typ", _TYPE, Reason.TYP_MISMATCH, header(typ=ABSENT)),
)

CERTIFICATES: Final = (
    *(
        Forgery(
            f"certificate: {fault.value}",
            _TRUST,
            _trust_reason(fault),
            _certified(fault),
        )
        for fault in Fault
    ),
    Forgery("a chain longer than allowed", _FORMAT, Reason.LIMIT_EXCEEDED, _long_chain),
    Forgery(
        "a certificate that cannot be read",
        _TRUST,
        Reason.CERTIFICATE_PROFILE,
        header(x5c=["AAAA"]),
    ),
    Forgery("no certificate", _TRUST, Reason.NO_KEY_MATERIAL, header(x5c=ABSENT)),
    Forgery(
        "a key embedded and no certificate",
        _TRUST,
        Reason.NO_KEY_MATERIAL,
        _embedded_key_alone,
    ),
    Forgery(
        "a kid that nobody pinned",
        _TRUST,
        Reason.NO_KEY_MATERIAL,
        header(x5c=ABSENT, kid="1"),
    ),
    Forgery(
        "the name of another issuer",
        _TRUST,
        Reason.NAME_NOT_REGISTERED,
        _claims_iss("https://other.example"),
        _claims_iss("https://issuer.example"),
    ),
    Forgery(
        "an issuer name that is no string",
        _TRUST,
        Reason.NAME_NOT_REGISTERED,
        _claims_iss(7),
        _claims_iss("https://issuer.example"),
    ),
)

ISSUER_FORGERIES: Final = (*SIGNATURES, *HEADERS, *CERTIFICATES)
