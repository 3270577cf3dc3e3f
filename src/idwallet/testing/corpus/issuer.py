"""Forged issuers: signatures, headers, certificates and names."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from cryptography import x509

from idwallet import limits
from idwallet.codec.json import JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import CheckId, Reason
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.corpus.forgery import Forgery
from idwallet.testing.corpus.tokens import (
    ALGORITHM_NAMES,
    INVALID_SIGNATURES,
    MALFORMED_HEADERS,
    UNREADABLE,
    hmac_under,
    payload_replaced,
)
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


def bent(change: Bend) -> Callable[[Draft], None]:
    """Return a forger that changes the finished issuer-signed JWT."""

    def forge(made: Draft) -> None:
        made.bend_issuer = change

    return forge


def _unsigned(made: Draft) -> None:
    made.header = {"alg": "none"}
    made.bend_issuer = lambda token: token.rpartition(".")[0] + "."


def _hmac(made: Draft) -> None:
    made.header = {"alg": "HS256"}
    made.bend_issuer = hmac_under(made.issuer_signer.public_key)


def _stranger(made: Draft) -> None:
    made.issuer_signer = SoftwareSigner.generate(Algorithm.ES256)


def _embedded_key(made: Draft) -> None:
    _stranger(made)
    made.header = {"jwk": made.issuer_signer.public_key.to_jwk()}


def _embedded_key_alone(made: Draft) -> None:
    _embedded_key(made)
    made.header = {**made.header, "x5c": ABSENT}


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


def trust_reason(fault: Fault) -> Reason:
    """Return what a chain with that fault is refused for."""
    if fault in _EXPIRED:
        return Reason.CERTIFICATE_EXPIRED
    if fault in _EARLY:
        return Reason.CERTIFICATE_NOT_YET_VALID
    return Reason.NO_TRUSTED_PATH if fault in _NO_PATH else Reason.CERTIFICATE_PROFILE


_NAMES: Final = tuple(x509.DNSName(f"h{n}.example") for n in range(65))


def many_names(plan: CertificatePlan) -> CertificatePlan:
    """Name more hosts than are compared with what `many_constraints` permits."""
    return replace(plan, alternative_names=_NAMES)


def many_constraints(plan: CertificatePlan) -> CertificatePlan:
    """Permit so many hosts below a CA that comparing would cost more than allowed."""
    return replace(plan, permitted=_NAMES)


def _exhausting(made: Draft) -> None:
    identity = made.scene.pki.issuer(change=many_names, ca_change=many_constraints)
    made.issuer_signer, made.chain = identity.signer, identity.chain


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
_MALFORMED: Final = Reason.MALFORMED

SIGNATURES: Final = (
    Forgery("alg none and no signature", _SIGNATURE, _NOT_ALLOWED, _unsigned),
    *(
        Forgery(name, _SIGNATURE, reason, header(alg=alg))
        for name, alg, reason in ALGORITHM_NAMES
    ),
    Forgery("HMAC under the public key", _SIGNATURE, _NOT_ALLOWED, _hmac),
    Forgery(
        "an algorithm the policy does not name",
        _SIGNATURE,
        _NOT_ALLOWED,
        _signed_by(Algorithm.ML_DSA_44),
    ),
    *(
        Forgery(name, _SIGNATURE, Reason.INVALID, bent(bend))
        for name, bend in INVALID_SIGNATURES
    ),
    Forgery(
        "a payload changed after signing",
        _SIGNATURE,
        _INVALID,
        bent(payload_replaced(b'"iat"', b'"jti"')),
    ),
    Forgery("another key under the same certificate", _SIGNATURE, _INVALID, _stranger),
    Forgery(
        "a key embedded beside the certificate", _SIGNATURE, _INVALID, _embedded_key
    ),
)

HEADERS: Final = (
    *(Forgery(name, _FORMAT, _MALFORMED, bent(bend)) for name, bend in UNREADABLE),
    *(
        Forgery(name, _FORMAT, _MALFORMED, header(**members))
        for name, members in MALFORMED_HEADERS
    ),
    Forgery("a space in the token", _FORMAT, _MALFORMED, bent(lambda t: " " + t)),
    Forgery(
        "an unknown crit",
        _FORMAT,
        Reason.UNSUPPORTED,
        header(crit=["x-test"], **{"x-test": 1}),
    ),
    Forgery("x5c is no array", _FORMAT, _MALFORMED, header(x5c="AAAA")),
    Forgery("x5c in base64url", _FORMAT, _MALFORMED, header(x5c=["MIIB_-"])),
    Forgery(
        "an oversized header",
        _FORMAT,
        Reason.LIMIT_EXCEEDED,
        header(note="x" * limits.JWS_HEADER_BYTES),
    ),
    *(
        Forgery(name, _TYPE, Reason.TYP_MISMATCH, header(typ=typ))
        for name, typ in (
            ("typ of a plain JWT", "JWT"),
            ("typ of the earlier drafts", "vc+sd-jwt"),
            ("typ of a key binding", "kb+jwt"),
            ("typ of a request", "oauth-authz-req+jwt"),
            ("typ of a proof of possession", "openid4vci-proof+jwt"),
            ("typ in capitals", "DC+SD-JWT"),
            ("no typ", ABSENT),
        )
    ),
)

CERTIFICATES: Final = (
    *(
        Forgery(
            f"certificate: {fault.value}",
            _TRUST,
            trust_reason(fault),
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
    Forgery("names without end", _TRUST, Reason.BUDGET_EXCEEDED, _exhausting),
    Forgery(
        "no certificate and a name that nobody pinned",
        _TRUST,
        Reason.KEY_NOT_PINNED,
        header(x5c=ABSENT),
        _claims_iss("https://issuer.example"),
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
