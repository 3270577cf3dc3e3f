"""What a verdict on a document requires, and what it accepts on purpose."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from idwallet import limits
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.errors import UsageError
from idwallet.trust.policy import RevocationRule
from idwallet.trust.revocation import RevocationRules
from idwallet.trust.timestamp import TimestampRules


class TimestampRule(StrEnum):
    """Whether a signature must be stamped with the time; a stamp there is judged."""

    REQUIRED = "required"
    IF_PRESENT = "if_present"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPolicy:
    """What a signed document needs before it is said to have passed.

    Left out, every rule is at its strictest but one: a signature needs no timestamp
    unless `timestamp` says so. `revocation` goes for signers and for authorities that
    stamp the time. `revocation_age` is how old evidence about a certificate may be.
    `algorithms` bounds every signature, those of certificates and timestamps included;
    RSA is among them, as most certificates for documents are of RSA keys. `name` goes
    into each report.
    """

    name: str
    timestamp: TimestampRule = TimestampRule.IF_PRESENT
    revocation: RevocationRule = RevocationRule.REQUIRED
    revocation_age: timedelta = timedelta(days=7)
    clock_skew: timedelta = limits.CLOCK_SKEW
    algorithms: frozenset[Algorithm] = DEFAULT_ALGORITHMS | {
        Algorithm.PS256,
        Algorithm.RS256,
    }

    def __post_init__(self) -> None:
        """Refuse a policy that no evidence could meet, or that any could.

        Raises:
            UsageError: no name, no algorithm, a rule that is no member of its enum, an
                age or a skew out of its bounds.
        """
        if type(self.timestamp) is not TimestampRule:
            raise UsageError("timestamp is a TimestampRule, as TimestampRule(text)")
        if type(self.revocation) is not RevocationRule:
            raise UsageError("revocation is a RevocationRule, as RevocationRule(text)")
        if not self.name:
            raise UsageError("a policy needs a name: reports carry it")
        # Both refuse what would switch a check off.
        RevocationRules(maximum_age=self.revocation_age, algorithms=self.algorithms)
        TimestampRules(algorithms=self.algorithms, clock_skew=self.clock_skew)


DOCUMENTS: Final = DocumentPolicy(name="documents")
"""Nobody revoked, as far as is known; timestamps judged where there are any."""

ARCHIVE: Final = DocumentPolicy(name="archive", timestamp=TimestampRule.REQUIRED)
"""What is to be kept: the time of every signature proven too."""

OFFLINE: Final = DocumentPolicy(name="offline", revocation=RevocationRule.IF_AT_HAND)
"""Where nobody can be asked: what is at hand about revocation counts."""
