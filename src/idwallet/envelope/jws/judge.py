"""Whether a JWS was signed by a key."""

from functools import cache
from typing import Protocol

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws.structures import Jws
from idwallet.report import Reason


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
    algorithm = Algorithm.from_jose(jws.header.algorithm)
    if algorithm is None or algorithm not in allowed:
        return Reason.ALGORITHM_NOT_ALLOWED
    if algorithm not in key.algorithms:
        return Reason.KEY_UNUSABLE
    matches = _primitive()
    if matches(key, algorithm, message=jws.signing_input, signature=jws.signature):
        return Reason.VALID
    return Reason.INVALID


class _Matches(Protocol):
    def __call__(
        self, key: PublicKey, algorithm: Algorithm, *, message: bytes, signature: bytes
    ) -> bool: ...


@cache
def _primitive() -> _Matches:
    # python-jose costs 50 ms to import, which a program that only signs never pays.
    from idwallet.envelope.jws._jose import matches

    return matches
