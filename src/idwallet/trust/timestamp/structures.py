"""Timestamps that were read and not yet judged, and what judging comes to."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from idwallet import limits
from idwallet.crypto.algorithms import Algorithm
from idwallet.envelope.cms import SignedData
from idwallet.errors import UsageError
from idwallet.report import Facts, Reason
from idwallet.trust.path import ValidatedPath


class TimestampInfo(NamedTuple):
    """A TSTInfo (RFC 3161 section 2.4.2).

    `hashed` is a name of hashlib, None where the digest is none that is made here;
    `imprint` is the digest stamped. `accuracy` is how far off the moment may be, None
    where the authority does not say. `policy` is an OID with dots.
    """

    hashed: str | None
    imprint: bytes
    moment: datetime
    accuracy: timedelta | None
    serial: int
    policy: str
    nonce: int | None

    def __repr__(self) -> str:
        """Say when."""
        return f"TimestampInfo(<{self.moment.isoformat()}>)"


@dataclass(frozen=True, slots=True)
class TimestampToken:
    """A token with what it says; nothing of it is believed yet.

    `der` is the whole of it as it came.
    """

    info: TimestampInfo
    signed: SignedData = field(repr=False)
    der: bytes = field(repr=False)
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampRules:
    """What a timestamp must keep to count.

    `algorithms` bounds who may sign it, as it does for chains. `clock_skew` is how far
    the authority's clock may stand before the one that the moment judged comes from.
    With `existed` another proof says that the token was there at the moment judged:
    then keys that were lost later do not undo it.
    """

    algorithms: frozenset[Algorithm]
    clock_skew: timedelta = limits.CLOCK_SKEW
    existed: bool = False

    def __post_init__(self) -> None:
        """Refuse rules that nobody or anybody could meet.

        Raises:
            UsageError: no algorithm, or a skew that is negative or longer than
                `limits.CLOCK_SKEW_MAXIMUM`.
        """
        if not self.algorithms:
            raise UsageError("rules without algorithms accept no timestamp")
        if not timedelta() <= self.clock_skew <= limits.CLOCK_SKEW_MAXIMUM:
            raise UsageError("clock skew is between 0 and limits.CLOCK_SKEW_MAXIMUM")


class ProvenTime(NamedTuple):
    """What was stamped existed at `moment`, as an authority that is believed says.

    `path` is the authority's; that nothing in it is revoked is judged apart.
    """

    moment: datetime
    accuracy: timedelta | None
    path: ValidatedPath
    facts: Facts

    @property
    def name(self) -> str:
        """The authority's name, safe to show."""
        return self.path.leaf.shown


class TimestampRefused(NamedTuple):
    """Why a timestamp proves nothing, in the words of `idwallet.report.TABLE`."""

    reason: Reason
    facts: Facts
