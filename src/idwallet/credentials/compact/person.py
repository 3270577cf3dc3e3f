"""How the person was verified, in a proof: one number (docs/reference/compact.md §6).

It is the wallet's word, signed by the holder, as ``amr`` is in a key binding
(docs/adr/0050-presence-is-said-by-amr.md). Numbers are only added at the end.
"""

from types import MappingProxyType
from typing import Final

from idwallet.codec.cbor import CborValue
from idwallet.credentials.presence import PersonVerified
from idwallet.errors import MalformedError, UnsupportedError

CLAUSE: Final = "idwallet compact 1 §6"

_WAYS: Final = (
    PersonVerified.PIN,
    PersonVerified.SHORT_PIN,
    PersonVerified.PATTERN,
    PersonVerified.PASSPHRASE,
    PersonVerified.MEDIUM_PASSPHRASE,
    PersonVerified.SHORT_PASSPHRASE,
    PersonVerified.FINGERPRINT,
    PersonVerified.FINGERPRINT_EXTERNAL,
    PersonVerified.FACE,
    PersonVerified.FACE_EXTERNAL,
    PersonVerified.OTHER_KNOWLEDGE,
    PersonVerified.OTHER_INHERENCE,
)
_NUMBERS: Final = MappingProxyType({each: n for n, each in enumerate(_WAYS, start=1)})


def parts_of(how: PersonVerified) -> tuple[int, ...]:
    """Return what stands in a proof: nothing where nobody was verified."""
    number = _NUMBERS.get(how)
    return () if number is None else (number,)


def person_of(value: CborValue, *, at: str) -> PersonVerified:
    """Return how the person was verified, as a proof says it.

    Raises:
        MalformedError: it is no number of a way; that nobody was verified is not said.
        UnsupportedError: a way of later versions.
    """
    if type(value) is not int or value <= 0:
        raise MalformedError("no way to verify a person", at=at, clause=CLAUSE)
    if value > len(_WAYS):
        raise UnsupportedError(
            "a way to verify a person of later versions", at=at, clause=CLAUSE
        )
    return _WAYS[value - 1]


def person_in(parts: list[CborValue], *, at: str) -> PersonVerified:
    """Return how the person was verified: the last of an even number of parts.

    Raises:
        MalformedError, UnsupportedError: see `person_of`.
    """
    return PersonVerified.NONE if len(parts) % 2 else person_of(parts[-1], at=at)
