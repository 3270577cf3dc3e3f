"""What a wallet remembers of each visit, to warn before one that is linked to it."""

import hashlib
import hmac
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.jcs import canonicalize
from idwallet.codec.json import read_object, write_json
from idwallet.consent.linking.compare import issued_traces
from idwallet.consent.linking.links import LinkKind
from idwallet.credentials.model import Credential
from idwallet.errors import MalformedError, UsageError
from idwallet.ports import Random

_FORMAT: Final = "idwallet-marks/1"
_CLAUSE: Final = "idwallet marks record 1"
_SALT_BYTES: Final = 32
_MARK_BYTES: Final = 16
_PARTY: Final = "party"


class Mark(NamedTuple):
    """One thing by which a visit is known again: a kind, and what it is.

    Of a claim that is its name and never its value, which could be guessed.
    """

    kind: str
    what: bytes

    def __repr__(self) -> str:
        """Show the kind."""
        return f"Mark({self.kind!r})"


def party_mark(party: str) -> Mark:
    """Return by what whoever asks is known."""
    return Mark(_PARTY, party.encode("utf-8", "backslashreplace"))


def claim_mark(name: str) -> Mark:
    """Return by what a claim is known that tells more than a few people apart."""
    return Mark(LinkKind.CLAIM.value, name.encode("utf-8", "backslashreplace"))


def credential_marks(credential: Credential) -> frozenset[Mark]:
    """Return by what this copy is known, whatever is shown of it.

    The issuer's signature, the key it is bound to and its place in a status list.

    Raises:
        MalformedError, LimitError, UnsupportedError: it cannot be read.
    """
    trace = issued_traces(credential)
    found = {
        Mark(kind, what) for (kind, _), held in trace.unique.items() for what in held
    }
    if trace.status is not None:
        place = canonicalize(list(trace.status))
        found.add(Mark(LinkKind.STATUS_ENTRY.value, place))
    return frozenset(found)


@dataclass(frozen=True, slots=True, repr=False)
class Marks:
    """The marks of one visit, as they are kept: digests under a salt of their own.

    Of two records nobody can tell by looking whether they have anything in common, and
    whoever knows a mark has to try it on each. Keep it sealed all the same.
    """

    salt: bytes
    digests: frozenset[bytes]

    @classmethod
    def of(cls, marks: AbstractSet[Mark], *, random: Random) -> "Marks":
        """Return what is kept of these marks; of too many, some are left out."""
        salt = random(_SALT_BYTES)
        if len(salt) != _SALT_BYTES:
            raise UsageError("a source of randomness returns what it is asked for")
        # Who asked and which copy it was come first: they tell more than any claim.
        ordered = sorted(marks, key=lambda each: (each.kind == LinkKind.CLAIM, each))
        first = ordered[: limits.LINK_MARKS]
        return cls(salt, frozenset(_digest(salt, each) for each in first))

    def known(self, marks: Iterable[Mark]) -> frozenset[Mark]:
        """Return which of these marks that visit had, too."""
        return frozenset(e for e in marks if _digest(self.salt, e) in self.digests)

    def to_bytes(self) -> bytes:
        """Return it as it is kept."""
        return write_json(
            {
                "format": _FORMAT,
                "salt": b64.encode(self.salt),
                "digests": [b64.encode(each) for each in sorted(self.digests)],
            }
        )

    def __repr__(self) -> str:
        """Show how many there are."""
        return f"Marks(<{len(self.digests)} digests>)"


def read_marks(plain: bytes) -> Marks:
    """Read what `Marks.to_bytes` wrote.

    Raises:
        MalformedError: it is no such record.
    """
    read = read_object(plain, at="marks record", clause=_CLAUSE)
    salt, digests = read.get("salt"), read.get("digests")
    if (
        read.get("format") != _FORMAT
        or not isinstance(salt, str)
        or not isinstance(digests, list)
    ):
        raise MalformedError("unknown version", at="marks record", clause=_CLAUSE)
    texts = [salt, *map(str, digests)]
    first, *rest = (b64.decode(e, at="marks record", clause=_CLAUSE) for e in texts)
    return Marks(first, frozenset(rest))


def _digest(salt: bytes, mark: Mark) -> bytes:
    # The kind is a word of ours, so that no other pair is written the same way.
    whole = mark.kind.encode("ascii") + b"\0" + mark.what
    return hmac.new(salt, whole, hashlib.sha256).digest()[:_MARK_BYTES]
