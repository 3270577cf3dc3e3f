"""A chain out of certificates in no order, as CMS and timestamps bring them."""

from collections.abc import Iterable

from idwallet import limits
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.certificate import Certificate


def order_chain(
    leaf: Certificate, candidates: Iterable[bytes], *, at: str
) -> tuple[Certificate, ...]:
    """Return the leaf and who issued whom above it, as far as they are at hand.

    Of two that bear the issuer's name the first whose key identifier fits is taken, and
    no other way is tried: a forest of cross-certificates is an attack on time. Whether
    anybody issued anybody is for `validate_path`. What cannot be read is passed over.
    """
    chain = [leaf]
    left = list(dict.fromkeys(candidates))
    # One more than a path may have, so that `validate_path` says that it is too long.
    while len(chain) <= limits.CHAIN_CERTIFICATES and not chain[-1].self_issued:
        above = next(
            (each for each in _read(left, at) if _may_issue(each, chain[-1])), None
        )
        if above is None or above in chain:
            break
        chain.append(above)
    return tuple(chain)


def _read(candidates: list[bytes], at: str) -> Iterable[Certificate]:
    for der in candidates:
        try:
            yield Certificate.from_der(der, at=at)
        except (MalformedError, UnsupportedError):
            continue


def _may_issue(upper: Certificate, lower: Certificate) -> bool:
    if upper.subject_der != lower.issuer_der:
        return False
    wanted, had = lower.authority_key_id, upper.subject_key_id
    return wanted is None or had is None or wanted == had
