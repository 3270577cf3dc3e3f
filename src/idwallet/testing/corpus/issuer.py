"""Forged issuers: signatures, headers, certificates and names."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from cryptography import x509

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
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
from idwallet.testing.pki import MDOC_READER, Fault

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


def _payload(bend: Callable[[JsonObject], JsonValue]) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        made.bend_payload = bend

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


def _two_intermediates(made: Draft) -> None:
    identity = made.scene.pki.issuer(intermediates=2)
    made.issuer_signer, made.chain = identity.signer, identity.chain


def _swapped(made: Draft) -> None:
    leaf, *above = made.chain
    made.chain = (leaf, *reversed(above))


def _leaf_alone(made: Draft) -> None:
    made.chain = made.chain[:1]


def _leaf_twice(made: Draft) -> None:
    made.chain = (made.chain[0], *made.chain)


def _last_twice(made: Draft) -> None:
    made.chain = (*made.chain, made.chain[-1])


def _two_hosts(made: Draft) -> None:
    names = tuple(map(x509.DNSName, ("issuer.example", "other.example")))
    identity = made.scene.pki.issuer(
        change=lambda plan: replace(plan, alternative_names=names)
    )
    made.issuer_signer, made.chain = identity.signer, identity.chain
    made.payload = {**made.payload, "iss": "https://other.example"}


def _of_a_reader(made: Draft) -> None:
    identity = made.scene.pki.issuer(
        change=lambda plan: replace(plan, key_purposes=(MDOC_READER,))
    )
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
    Forgery(
        "b64 true and critical",
        _FORMAT,
        Reason.UNSUPPORTED,
        header(crit=["b64"], b64=True),
    ),
    Forgery(
        "a token signed inside a token",
        _FORMAT,
        _MALFORMED,
        _payload(lambda _: "eyJhbGciOiJFUzI1NiJ9.e30.AAAA"),
    ),
    Forgery("a payload that is an array", _FORMAT, _MALFORMED, _payload(lambda p: [p])),
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

_WRONG_NAMES: Final[tuple[tuple[str, JsonValue], ...]] = (
    ("the name of another issuer", "https://other.example"),
    ("the name of a host below", "https://sub.issuer.example"),
    ("a name that is no https URL", "http://issuer.example"),
    ("a name behind a user part", "https://other.example@issuer.example"),
    ("a name behind a backslash", "https://other.example\\@issuer.example"),
    ("a name behind white space", " https://issuer.example"),
    ("a name with a tab in it", "https://iss\tuer.example"),
    ("a name in Cyrillic", "https://i\u0455suer.example"),
    ("an empty name", ""),
    ("an issuer name that is no string", 7),
    ("a name that is null", None),
    ("a name in an array", ["https://issuer.example"]),
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
    *(
        Forgery(
            what,
            _TRUST,
            Reason.NAME_NOT_REGISTERED,
            _claims_iss(name),
            _claims_iss("https://issuer.example"),
        )
        for what, name in _WRONG_NAMES
    ),
    Forgery(
        "no certificate above the leaf", _TRUST, Reason.NO_TRUSTED_PATH, _leaf_alone
    ),
    Forgery(
        "certificates in another order",
        _TRUST,
        Reason.NO_TRUSTED_PATH,
        _swapped,
        _two_intermediates,
    ),
    Forgery("the first certificate twice", _TRUST, Reason.NO_TRUSTED_PATH, _leaf_twice),
    Forgery("the last certificate twice", _TRUST, Reason.NO_TRUSTED_PATH, _last_twice),
    Forgery(
        "the name of another host of the certificate's owner",
        _TRUST,
        Reason.NAME_NOT_REGISTERED,
        _claims_iss("https://third.example"),
        _two_hosts,
    ),
    Forgery(
        "the certificate of a reader", _TRUST, Reason.CERTIFICATE_PROFILE, _of_a_reader
    ),
)

ISSUER_FORGERIES: Final = (*SIGNATURES, *HEADERS, *CERTIFICATES)
