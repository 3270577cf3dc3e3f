"""Whether a JWS was signed by a key."""

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from idwallet.codec import b64
from idwallet.codec.text import show
from idwallet.crypto.algorithms import JOSE_NAMES, Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws.structures import Jws
from idwallet.report import Reason

if TYPE_CHECKING:
    from idwallet.envelope.jws._jose import Matches

VALID: Final = Reason.VALID
"""The reason that `signature_reason` returns most often, to be compared with."""


def signature_reason(
    jws: Jws, *, key: PublicKey, allowed: frozenset[Algorithm]
) -> Reason:
    """Judge the signature with a key that the caller has reason to trust.

    What the key can do and what the policy allows decide the algorithm; the header
    may only agree (RFC 8725 §3.1). No key that came in the header is looked at.

    Returns:
        VALID or INVALID; ALGORITHM_NOT_ALLOWED when the header names what `allowed`
        does not hold; KEY_UNUSABLE when the key does not do what the header names.

    Raises:
        UnsupportedError: python-jose runs on another back end than cryptography.
    """
    algorithm = JOSE_NAMES.get(jws.header.algorithm)
    if algorithm is None or algorithm not in allowed:
        return Reason.ALGORITHM_NOT_ALLOWED
    if algorithm not in key.algorithms:
        return Reason.KEY_UNUSABLE
    matches = _door()[algorithm]
    same = matches(key.native, message=jws.signing_input, signature=jws.signature)
    return VALID if same else Reason.INVALID


def signature_facts(reason: Reason, jws: Jws) -> dict[str, str]:
    """Return the facts that go with a reason about a signature and its header."""
    if reason is Reason.ALGORITHM_NOT_ALLOWED:
        return {"found": show(jws.header.algorithm)}
    if reason is Reason.TYP_MISMATCH:
        return {"found": show(jws.header.typ or "no typ")}
    if reason is Reason.KEY_UNUSABLE:
        return {"what": "the key does not do the algorithm that the header names"}
    return {}


def names_certificate(jws: Jws, certificate: bytes) -> bool:
    """Say whether the header names no other certificate than this one (DER).

    It does so by ``x5t#S256`` (RFC 7515 §4.1.8); a header without it names none.
    """
    said = jws.header.parameters.get("x5t#S256")
    return said is None or said == b64.encode(sha256(certificate).digest())


@cache
def _door() -> "dict[Algorithm, Matches]":
    # python-jose costs 50 ms to import, which a program that only signs never pays.
    from idwallet.envelope.jws._jose import MATCHES

    return MATCHES
