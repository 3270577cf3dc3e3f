"""Forged readers: who asks, under whose name, by which key and certificate."""

from dataclasses import replace
from typing import Final

from cryptography import x509

from idwallet.codec.json import JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import x5c_parameter
from idwallet.protocols.openid4vp import ClientIdPrefix
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.issuer import many_constraints, many_names, trust_reason
from idwallet.testing.corpus.requests import (
    Change,
    RequestForgery,
    asks,
    bent,
    header,
)
from idwallet.testing.corpus.tokens import (
    ALGORITHM_NAMES,
    INVALID_SIGNATURES,
    hmac_under,
    payload_replaced,
)
from idwallet.testing.draft import ABSENT
from idwallet.testing.haip import under_haip
from idwallet.testing.pki import MDOC_SIGNER, Fault
from idwallet.testing.pki import Change as PlanChange
from idwallet.testing.request_draft import RequestDraft

_SIGNATURE: Final = CheckId.REQUEST_SIGNATURE
_READER: Final = CheckId.READER_AUTHORISED
_NAME: Final = Reason.CLIENT_ID_MISMATCH
_PLACE: Final = Reason.RESPONSE_URI_MISMATCH
_HOST: Final = "shop.example"


def stranger(made: RequestDraft) -> None:
    """Sign with a key that nobody knows."""
    made.signer = SoftwareSigner.generate(Algorithm.ES256)


def _embedded_key(made: RequestDraft) -> None:
    stranger(made)
    made.header = {"jwk": made.signer.public_key.to_jwk()}


def _key_in_metadata(made: RequestDraft) -> None:
    stranger(made)
    key: JsonValue = {**made.signer.public_key.to_jwk(), "kid": "1"}
    made.header = {"kid": "1"}
    made.claims = {
        "client_metadata": {
            "jwks": {"keys": [key]},
            "vp_formats_supported": {"dc+sd-jwt": {}},
        }
    }


def _hmac(made: RequestDraft) -> None:
    made.header = {"alg": "HS256"}
    made.bend_token = hmac_under(made.signer.public_key)


def _unlisted_algorithm(made: RequestDraft) -> None:
    identity = made.scene.pki.reader("shop.example", algorithm=Algorithm.ML_DSA_44)
    made.signer, made.chain = identity.signer, identity.chain


def _known_by_host(made: RequestDraft) -> None:
    made.prefix = ClientIdPrefix.X509_SAN_DNS
    made.client_id = f"{made.prefix.value}:{_HOST}"


def _named(client_id: str) -> Change:
    def forge(made: RequestDraft) -> None:
        made.client_id = client_id

    return forge


def _beside(client_id: str) -> Change:
    def forge(made: RequestDraft) -> None:
        made.beside = client_id

    return forge


def _certified(
    *, fault: Fault | None = None, change: PlanChange | None = None, above: int = 1
) -> Change:
    """Return a forger that has the same host certified once more."""

    def forge(made: RequestDraft) -> None:
        identity = made.scene.pki.reader(
            _HOST, fault=fault, change=change, intermediates=above
        )
        made.signer, made.chain = identity.signer, identity.chain

    return forge


def _for_hosts(*names: str) -> Change:
    general = tuple(x509.DNSName(name) for name in names)
    return _certified(change=lambda plan: replace(plan, alternative_names=general))


def _two_hosts(made: RequestDraft) -> None:
    _known_by_host(made)
    _for_hosts(_HOST, "other.example")(made)


def _under_the_same_hash(made: RequestDraft) -> None:
    made.client_id = made.asker()
    _certified()(made)


def _exhausting(made: RequestDraft) -> None:
    identity = made.scene.pki.reader(
        _HOST, change=many_names, ca_change=many_constraints
    )
    made.signer, made.chain = identity.signer, identity.chain


def _swapped(made: RequestDraft) -> None:
    leaf, *above = made.chain
    made.chain = (leaf, *reversed(above))


def _leaf_twice(made: RequestDraft) -> None:
    made.chain = (made.chain[0], *made.chain)


def _leaf_alone(made: RequestDraft) -> None:
    made.chain = made.chain[:1]


def _with_root(made: RequestDraft) -> None:
    made.header = {"x5c": x5c_parameter((*made.chain, made.scene.pki.root.der))}


def _pinned(made: RequestDraft) -> None:
    made.pin()


def _pinned_by_kid(made: RequestDraft) -> None:
    made.pin()
    made.header = {"kid": "1"}


REQUEST_SIGNATURES: Final = (
    *(
        RequestForgery(name, _SIGNATURE, Reason.INVALID, bent(bend))
        for name, bend in INVALID_SIGNATURES
    ),
    *(
        RequestForgery(name, _SIGNATURE, reason, header(alg=alg))
        for name, alg, reason in ALGORITHM_NAMES
    ),
    RequestForgery(
        "HMAC under the public key", _SIGNATURE, Reason.ALGORITHM_NOT_ALLOWED, _hmac
    ),
    RequestForgery(
        "an algorithm the policy does not name",
        _SIGNATURE,
        Reason.ALGORITHM_NOT_ALLOWED,
        _unlisted_algorithm,
    ),
    RequestForgery(
        "another key under the same certificate", _SIGNATURE, Reason.INVALID, stranger
    ),
    RequestForgery(
        "another key under a pinned name",
        _SIGNATURE,
        Reason.INVALID,
        stranger,
        _pinned,
    ),
    RequestForgery(
        "a key embedded in the header", _SIGNATURE, Reason.INVALID, _embedded_key
    ),
    RequestForgery(
        "a key in the metadata", _SIGNATURE, Reason.INVALID, _key_in_metadata
    ),
    RequestForgery(
        "an address changed after signing",
        _SIGNATURE,
        Reason.INVALID,
        bent(payload_replaced(b"/answer", b"/thief")),
    ),
)


NAMES: Final = (
    RequestForgery("the hash of nothing", _READER, _NAME, _named("x509_hash:")),
    RequestForgery(
        "the hash of something else", _READER, _NAME, _named("x509_hash:" + "A" * 43)
    ),
    RequestForgery(
        "another certificate under the same hash", _READER, _NAME, _under_the_same_hash
    ),
    RequestForgery(
        "a host as if it were a hash", _READER, _NAME, _named(f"x509_hash:{_HOST}")
    ),
    *(
        RequestForgery(
            f"the host {host or 'of nobody'}",
            _READER,
            _NAME,
            _named(f"x509_san_dns:{host}"),
            _known_by_host,
        )
        for host in (
            "other.example",
            "example",
            "*.example",
            "sub.shop.example",
            "shop.example.",
            "xn--hop-6cd.example",
            "",
        )
    ),
    RequestForgery(
        "a wildcard certificate",
        _READER,
        _NAME,
        _for_hosts("*.example"),
        _known_by_host,
    ),
    RequestForgery(
        "one name beside the request, another inside",
        _READER,
        _NAME,
        _beside("x509_san_dns:bank.example"),
    ),
    RequestForgery("no name beside the request", _READER, _NAME, _beside("")),
)

PLACES: Final = (
    *(
        RequestForgery(
            f"an answer to {host}",
            _READER,
            _PLACE,
            asks(response_uri=f"https://{host}/answer"),
            _known_by_host,
        )
        for host in ("evil.test", f"sub.{_HOST}", f"{_HOST}.evil.test", "127.0.0.1")
    ),
    RequestForgery(
        "an answer to the other host of the certificate",
        _READER,
        _PLACE,
        asks(response_uri="https://other.example/answer"),
        _two_hosts,
    ),
    RequestForgery(
        "the name of the other host of the certificate",
        _READER,
        _PLACE,
        _named("x509_san_dns:other.example"),
        _two_hosts,
    ),
)

CHAINS: Final = (
    *(
        RequestForgery(
            f"certificate: {fault.value}",
            _READER,
            trust_reason(fault),
            _certified(fault=fault),
        )
        for fault in Fault
    ),
    RequestForgery(
        "certificate: of an issuer of credentials",
        _READER,
        Reason.CERTIFICATE_PROFILE,
        _certified(change=lambda plan: replace(plan, key_purposes=(MDOC_SIGNER,))),
    ),
    RequestForgery(
        "names without end",
        _READER,
        Reason.BUDGET_EXCEEDED,
        _exhausting,
    ),
    RequestForgery(
        "a certificate that cannot be read",
        _READER,
        Reason.CERTIFICATE_PROFILE,
        header(x5c=["AAAA"]),
    ),
    RequestForgery(
        "no certificate", _READER, Reason.NO_KEY_MATERIAL, header(x5c=ABSENT)
    ),
    RequestForgery(
        "a kid in place of the certificate",
        _READER,
        Reason.NO_KEY_MATERIAL,
        header(x5c=ABSENT, kid="1"),
    ),
    RequestForgery(
        "no certificate above the leaf", _READER, Reason.NO_TRUSTED_PATH, _leaf_alone
    ),
    RequestForgery(
        "certificates in another order",
        _READER,
        Reason.NO_TRUSTED_PATH,
        _swapped,
        _certified(above=2),
    ),
    RequestForgery(
        "the first certificate twice", _READER, Reason.NO_TRUSTED_PATH, _leaf_twice
    ),
    RequestForgery(
        "the root in the chain under HAIP",
        _READER,
        Reason.CERTIFICATE_PROFILE,
        _with_root,
        under_haip,
    ),
    RequestForgery(
        "a kind of client that HAIP does not have",
        CheckId.REQUEST_FORMAT,
        Reason.OUTSIDE_PROFILE,
        _known_by_host,
        under_haip,
    ),
    RequestForgery(
        "a name that nobody pinned",
        _READER,
        Reason.KEY_NOT_PINNED,
        _named("https://bank.example"),
        _pinned,
    ),
    RequestForgery(
        "a kid that nobody pinned",
        _READER,
        Reason.KEY_NOT_PINNED,
        header(kid="2"),
        _pinned_by_kid,
    ),
)

READER_FORGERIES: Final = (*NAMES, *PLACES, *CHAINS)
