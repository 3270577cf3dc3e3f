"""A JAdES signature with all that it carries, those on it included."""

from typing import NamedTuple

from idwallet import limits
from idwallet.documents.jades import read
from idwallet.documents.jades.elements import material_of
from idwallet.documents.jades.read import SignatureRead, read_counter_signature
from idwallet.documents.judging.material import Material, together
from idwallet.errors import LimitError, MalformedError, UnsupportedError


class Found(NamedTuple):
    """A signature, the material that it carries, and the signatures on it in order."""

    read: SignatureRead
    inside: Material
    counters: "tuple[Found | MalformedError | UnsupportedError, ...]"


class Count:
    """How many signatures of a document are looked into still."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        """Begin with as many as are judged at most."""
        self._left = limits.DOCUMENT_SIGNATURE_CHECKS

    def take(self, *, at: str) -> None:
        """Take one.

        Raises:
            LimitError: there is none left.
        """
        if self._left == 0:
            raise LimitError("too many signatures", at=at, clause="idwallet limits")
        self._left -= 1


def find(
    one: read.Found, *, count: Count, depth: int = 0
) -> Found | MalformedError | UnsupportedError:
    """Return a signature with what is on it, or why it cannot be read.

    Certificates in its signed header become candidates for paths, as those in ``etsiU``
    are; nothing more. Each signature that is on another is read before any is judged,
    so they are counted.

    Raises:
        LimitError: there are more than anybody looks into.
    """
    if not isinstance(one, SignatureRead):
        return one
    within = [each for each in one.elements if each.name == "cSig"]
    try:
        own = material_of(one.elements)
        if within and depth >= limits.COUNTER_SIGNATURE_DEPTH:
            raise LimitError(
                "counter-signatures too deep", at=one.parts.at, clause="idwallet limits"
            )
    except (MalformedError, UnsupportedError) as error:
        return error
    counters = []
    for each in within:
        count.take(at=each.at)
        counter = read_counter_signature(each.value, at=each.at)
        counters.append(find(counter, count=count, depth=depth + 1))
    signed = Material(tuple(dict.fromkeys(one.parts.header.x5c)))
    below = [each.inside for each in counters if isinstance(each, Found)]
    return Found(one, together([signed, own, *below]), tuple(counters))
