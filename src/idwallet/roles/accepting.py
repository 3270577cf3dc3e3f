"""What of a wallet's cards whoever asks can verify, by the algorithm of their keys.

A card whose holder would sign with what the verifier does not take is told apart before
the person agrees to anything: the answer would be refused (OpenID4VP 1.0 section 11.1).
It is said for compact credentials, which have no other sign of it; what a verifier says
of other formats binds their signatures as the standards have it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from idwallet.credentials.model import Format
from idwallet.credentials.query import Candidate
from idwallet.protocols.openid4vp.parameters import FormatSupport


def accepted_of(
    candidates: Sequence[Candidate], formats: Iterable[FormatSupport]
) -> Sequence[Candidate]:
    """Return the candidates, each marked whose key signs with nothing accepted.

    `formats` is what the verifier says that it verifies; where it says nothing of the
    holder's algorithms, it restricts nothing.
    """
    taken = [each.binding_algorithms for each in formats if each.format == _COMPACT]
    if not any(taken):
        return candidates
    accepted = frozenset(number for each in taken for number in each)
    return tuple(_marked(each, accepted) for each in candidates)


def _marked(candidate: Candidate, accepted: frozenset[str | int]) -> Candidate:
    signs = candidate.key_algorithms
    if candidate.format != _COMPACT or not signs or signs & accepted:
        return candidate
    return replace(candidate, key_refused=True)


_COMPACT = Format.COMPACT.value
