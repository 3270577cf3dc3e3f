"""What a caller expects of a COSE message, by the profile that it reads for."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from idwallet.envelope.cose import labels

_Form = Callable[[int], tuple[int, ...]]


def _untagged(_: int) -> tuple[int, ...]:
    return ()


def _tagged(own: int) -> tuple[int, ...]:
    return (own,)


def _cwt(own: int) -> tuple[int, ...]:
    return labels.CWT_TAG, own


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags that may stand around one structure, outermost first.

    `starts` are the octets that a message with such tags begins with, the head of its
    array of four included.
    """

    allowed: frozenset[tuple[int, ...]]
    starts: tuple[bytes, ...]

    @classmethod
    def of(cls, forms: tuple[_Form, ...], *, own: int) -> "Tags":
        """Return what the forms make of a structure with that tag of its own."""
        allowed = [form(own) for form in forms]
        heads = [b"".join(map(labels.TAG_HEADS.__getitem__, each)) for each in allowed]
        return cls(frozenset(allowed), tuple(each + labels.ARRAY for each in heads))


class TagRule(Enum):
    """Which CBOR tags stand around the array; any others are refused."""

    TAGGED = (_tagged,)
    """Tag 18 (COSE_Sign1) or 17 (COSE_Mac0), as the function called says."""

    UNTAGGED = (_untagged,)
    """None: the place where the message stands says what it is."""

    TAG_OPTIONAL = (_tagged, _untagged)
    """The structure's own tag, or none."""

    CWT_TAGGED = (_cwt,)
    """Tag 61, and in it the structure's own (RFC 8392 §6)."""

    CWT_TAG_OPTIONAL = (_cwt, _tagged)
    """The structure's own tag, with tag 61 around it or not."""

    def __init__(self, *forms: _Form) -> None:
        """Spell out what the rule allows of either structure."""
        self.sign1 = Tags.of(forms, own=labels.SIGN1_TAG)
        self.mac0 = Tags.of(forms, own=labels.MAC0_TAG)


class ChainRule(Enum):
    """Which header the certificates stand in (RFC 9360 §2 leaves it to profiles)."""

    PROTECTED = "protected"
    """Under the signature."""

    UNPROTECTED = "unprotected"
    """Outside: whoever carries the message may exchange the chain for another one of
    the same key."""

    EITHER = "either"


@dataclass(frozen=True, slots=True)
class CoseRules:
    """What a profile has: tags, the place of the chain, and critical labels.

    `understood` names the critical parameters that the caller acts on; any other that
    the message calls critical is an `UnsupportedError`.
    """

    tag: TagRule
    chain: ChainRule = ChainRule.PROTECTED
    understood: frozenset[int | str] = frozenset()
