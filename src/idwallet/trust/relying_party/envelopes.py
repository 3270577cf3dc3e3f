"""Registration certificates as JWT and CWT (ETSI TS 119 475 sections 5.2.2, 5.2.3)."""

from collections.abc import Callable
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.json import JsonObject, read_object
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.envelope import cose, jws
from idwallet.envelope.cose.labels import TYP
from idwallet.report import Reason
from idwallet.trust.relying_party.claims import named_claims

TYP_JWT: Final = "rc-wrp+jwt"
TYP_CWT: Final = "rc-wrp+cwt"

# What JAdES adds to the header and this reader acts on, or need not: a time that the
# signer claims proves nothing (ETSI TS 119 182-1).
_UNDERSTOOD: Final = frozenset({"b64", "sigT", "iat"})
_RULES: Final = cose.CoseRules(
    cose.TagRule.CWT_TAG_OPTIONAL,
    cose.ChainRule.EITHER,
    understood=frozenset({TYP}),
)
_AT: Final = "registration"
_NO_ASCII: Final = b"\x80"


class Envelope(NamedTuple):
    """A registration certificate whose envelope was read; nothing it says was.

    `signature` says of a key, and of the algorithms that a policy allows, whether it
    signed; `names` whether the header names no other certificate than that one (DER).
    """

    expected_typ: str
    typ: str | None
    algorithm: str
    x5c: tuple[bytes, ...]
    signature: Callable[[PublicKey, frozenset[Algorithm]], Reason]
    names: Callable[[bytes], bool]
    claims: Callable[[], JsonObject]


def open_registration(data: str | bytes) -> Envelope:
    """Take a registration certificate of either form apart, believing nothing.

    Raises:
        LimitError: a bound of `limits` is passed.
        MalformedError: it is neither a compact JWS nor a COSE_Sign1.
        UnsupportedError: it calls critical what is not known here.
    """
    if isinstance(data, bytes) and data[:1] >= _NO_ASCII:
        return _cwt(data)
    return _jwt(data)


def _jwt(data: str | bytes) -> Envelope:
    token = jws.read_compact(
        data, at=_AT, understood=_UNDERSTOOD, max_bytes=limits.REGISTRATION_BYTES
    )

    def signature(key: PublicKey, allowed: frozenset[Algorithm]) -> Reason:
        return jws.signature_reason(token, key=key, allowed=allowed)

    def names(certificate: bytes) -> bool:
        return jws.names_certificate(token, certificate)

    def claims() -> JsonObject:
        return read_object(
            token.payload,
            at=_AT,
            clause="RFC 7519 §7.2",
            max_bytes=limits.REGISTRATION_BYTES,
        )

    header = token.header
    return Envelope(
        TYP_JWT, header.typ, header.algorithm, header.x5c, signature, names, claims
    )


def _cwt(data: bytes) -> Envelope:
    sign1 = cose.read_sign1(data, at=_AT, rules=_RULES)

    def signature(key: PublicKey, allowed: frozenset[Algorithm]) -> Reason:
        return cose.signature_reason(sign1, key=key, allowed=allowed)

    def claims() -> JsonObject:
        return named_claims(cose.read_cwt(sign1.payload, at=_AT).claims)

    typ = sign1.header.typ
    name = None if typ is None else str(typ).removeprefix("application/")
    algorithm = str(sign1.header.algorithm)
    return Envelope(
        TYP_CWT, name, algorithm, sign1.x5chain, signature, lambda _: True, claims
    )
