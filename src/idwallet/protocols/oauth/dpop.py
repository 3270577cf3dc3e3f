"""Proofs that bind a token to a key (RFC 9449).

A proof is judged in full or not at all: whoever asks learns that it is invalid, never
which part of it.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.codec.moment import require_aware
from idwallet.codec.numeric_date import numeric_date
from idwallet.codec.web import read_web_address
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import VALID, Jws, read_compact, sign_compact
from idwallet.envelope.jws import signature_reason as reason_of
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.ports import Random

TYP: Final = "dpop+jwt"
HEADER: Final = "DPoP"
NONCE_HEADER: Final = "DPoP-Nonce"
TOKEN_TYPE: Final = "DPoP"  # noqa: S105 - the name of a type

_CLAUSE: Final = "RFC 9449 §4.3"
_AT: Final = "DPoP"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ID_BYTES: Final = 16
_NONCE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


@dataclass(frozen=True, slots=True, repr=False)
class Bound:
    """The request that a proof is for.

    `token` is the access token that goes along, None at a token endpoint; `nonce` what
    the server gave out, None where it has given none.
    """

    method: str
    url: str
    token: str | None = None
    nonce: str | None = None

    def __repr__(self) -> str:
        """Show the method only."""
        return f"Bound({self.method})"


@dataclass(frozen=True, slots=True)
class DpopProof:
    """A proof that was judged: whose key signed, and what tells it from others.

    `identity` is a SHA-256 digest; of two proofs with the same one, one is a replay.
    `nonce` is what it brought, None where it brought none.
    """

    key: PublicKey
    identity: bytes
    nonce: str | None
    signed: datetime

    @property
    def thumbprint(self) -> str:
        """The key's thumbprint, as tokens are bound to it (section 6.1)."""
        return self.key.thumbprint


def make_dpop(signer: Signer, bound: Bound, *, at: datetime, random: Random) -> str:
    """Sign a proof for one request (section 4.2).

    Raises:
        UsageError: `at` has no zone.
        SignerError: the key could not sign.
    """
    require_aware(at)
    claims: JsonObject = {
        "jti": b64.encode(random(_ID_BYTES)),
        "htm": bound.method,
        "htu": _target(bound.url),
        "iat": (at - _EPOCH) // timedelta(seconds=1),
    }
    if bound.token is not None:
        claims["ath"] = _digest(bound.token)
    if bound.nonce is not None:
        claims["nonce"] = bound.nonce
    header: JsonObject = {"typ": TYP, "jwk": signer.public_key.to_jwk()}
    return sign_compact(write_json(claims), header=header, signer=signer)


def is_nonce(text: str) -> bool:
    """Whether a server may have given that out (section 8.1: no blank, no quote)."""
    return len(text) <= limits.TOKEN_CHARACTERS and bool(_NONCE.fullmatch(text))


def judge_dpop(
    text: str,
    bound: Bound,
    *,
    at: datetime,
    algorithms: frozenset[Algorithm],
    skew: timedelta = limits.CLOCK_SKEW,
) -> DpopProof:
    """Judge a proof against the request that it came with (section 4.3).

    The nonce is compared with that of `bound` where it has one; else it is the
    caller's to say whether the proof's own is one that was given out. That a proof
    serves once is the caller's to see to, by `DpopProof.identity`.

    Raises:
        MalformedError: it is not that proof: another request, token or nonce, another
            moment, a signature that does not verify, or no proof at all.
        UnsupportedError: its key or algorithm is none that is known here.
        UsageError: `at` has no zone.
    """
    require_aware(at)
    jws, key = _open(text, algorithms=algorithms)
    claims = read_object(jws.payload, at=_AT, clause=_CLAUSE)
    nonce = _claim(claims, "nonce") if "nonce" in claims else None
    _require_bound(claims, bound)
    if bound.nonce is not None and not _equal(nonce or "", bound.nonce):
        raise _fault("another nonce")
    signed = numeric_date(claims.get("iat"))
    if signed is None:
        raise _fault("no time")
    if not signed - skew <= at <= signed + limits.DPOP_LIFETIME + skew:
        raise _fault("too old, or from the future")
    return DpopProof(key, _identity(key, _claim(claims, "jti")), nonce, signed)


def _require_bound(claims: JsonObject, bound: Bound) -> None:
    if claims.get("htm") != bound.method:
        raise _fault("another method")
    if not _same(_claim(claims, "htu"), bound.url):
        raise _fault("another address")
    token = bound.token
    if token is not None and not _equal(_claim(claims, "ath"), _digest(token)):
        raise _fault("another access token")


def _equal(found: str, expected: str) -> bool:
    return hmac.compare_digest(found.encode(), expected.encode())


def _open(text: str, *, algorithms: frozenset[Algorithm]) -> tuple[Jws, PublicKey]:
    jws = read_compact(
        text, at=_AT, understood=frozenset(), max_bytes=limits.PROOF_BYTES
    )
    if jws.header.typ != TYP:
        raise _fault("not typed as a proof")
    jwk = jws.header.parameters.get("jwk")
    if not isinstance(jwk, dict):
        raise _fault("no key")
    if {"kid", "x5c"} & jws.header.parameters.keys():
        raise _fault("more than one key")
    key = PublicKey.from_jwk(jwk, at=_AT)  # it refuses a private one (4.3 item 7)
    if reason_of(jws, key=key, allowed=algorithms) is not VALID:
        raise _fault("the signature does not verify")
    return jws, key


def _same(said: str, url: str) -> bool:
    """Whether two addresses are one, their queries left out (4.3 item 9)."""
    try:
        return _target(said) == _target(url)
    except (MalformedError, UnsupportedError):
        return False


def _target(url: str) -> str:
    address = read_web_address(url, at=_AT)
    return f"{address.origin}{address.target.partition('?')[0]}"


def _digest(token: str) -> str:
    return b64.encode(hashlib.sha256(token.encode()).digest())


def _identity(key: PublicKey, jti: str) -> bytes:
    return hashlib.sha256(f"idwallet dpop/1 {key.thumbprint} {jti}".encode()).digest()


def _claim(claims: JsonObject, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise _fault(f"no {name}")
    return value


def _fault(what: str) -> MalformedError:
    return MalformedError(what, at=_AT, clause=_CLAUSE)
