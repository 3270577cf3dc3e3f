"""Whether a COSE_Sign1 was signed by a key."""

from functools import lru_cache
from typing import Final

from idwallet.crypto.algorithms import CURVE_OF_KEY, Algorithm
from idwallet.crypto.keys import PublicKey, signature_matches
from idwallet.envelope.cose.structures import CoseSign1
from idwallet.report import Reason


def signature_reason(
    sign1: CoseSign1, *, key: PublicKey, allowed: frozenset[Algorithm]
) -> Reason:
    """Judge the signature with a key that the caller has reason to trust.

    What the key can do and what the policy allows decide the algorithm; the header
    may only agree (RFC 9053 §2). No key that came in a header is looked at, and no
    MAC algorithm is an `Algorithm`.

    Returns:
        VALID or INVALID; ALGORITHM_NOT_ALLOWED when the header names what `allowed`
        does not hold; KEY_UNUSABLE when the key does not do what the header names.
    """
    named = sign1.header.algorithm
    algorithm = _algorithm(named, key.algorithms) if isinstance(named, int) else None
    if algorithm is None or algorithm not in allowed:
        return Reason.ALGORITHM_NOT_ALLOWED
    if algorithm not in key.algorithms:
        return Reason.KEY_UNUSABLE
    if signature_matches(
        key, algorithm, signature=sign1.signature, message=sign1.signing_input
    ):
        return _VALID
    return Reason.INVALID


# The same few over and over: what it says depends on nothing else.
@lru_cache(maxsize=256)
def _algorithm(named: int, able: frozenset[Algorithm]) -> Algorithm | None:
    """Return what the header names, where it leaves the curve to the key as well."""
    other = CURVE_OF_KEY.get(named)
    if other is not None and other in able:
        return other
    return Algorithm.from_cose(named)


_VALID: Final = Reason.VALID
