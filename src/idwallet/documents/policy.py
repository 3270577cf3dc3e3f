"""What a verdict on a document requires, and what it accepts on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.errors import UsageError
from idwallet.trust.freshness import STRICTEST, FreshnessRule
from idwallet.trust.policy import RevocationRule
from idwallet.trust.revocation import RevocationRules
from idwallet.trust.timestamp import TimestampRules


class TimestampRule(StrEnum):
    """Whether a signature must be stamped with the time; a stamp there is judged."""

    REQUIRED = "required"
    IF_PRESENT = "if_present"


class CoverageRule(StrEnum):
    """Who has to have signed each file of a container; none may be signed by nobody."""

    BY_EACH = "by_each"
    BY_ANY = "by_any"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPolicy:
    """What a signed document needs before it is said to have passed.

    Left out, every rule is at its strictest but one: a signature needs no timestamp
    unless `timestamp` says so. `revocation` goes for signers and for authorities that
    stamp the time. `coverage` says whether each signature has to be on every file of a
    container, or each file to have a signature. `revocation_age` is how old evidence
    about a certificate may be. `freshness` says what becomes of anchors out of a bundle
    that was to be renewed. `algorithms` bounds every signature, those of
    certificates and timestamps included; RSA is among them, as most certificates for
    documents are of RSA keys. `algorithm_until` says of some of them until when: from
    that moment on they count only for what is proven to have existed before
    (EN 319 102-1 5.6.2.2). `name` goes into each report.
    """

    name: str
    timestamp: TimestampRule = TimestampRule.IF_PRESENT
    revocation: RevocationRule = RevocationRule.REQUIRED
    coverage: CoverageRule = CoverageRule.BY_EACH
    revocation_age: timedelta = timedelta(days=7)
    clock_skew: timedelta = limits.CLOCK_SKEW
    freshness: FreshnessRule = STRICTEST
    algorithms: frozenset[Algorithm] = DEFAULT_ALGORITHMS | {
        Algorithm.PS256,
        Algorithm.RS256,
    }
    algorithm_until: Mapping[Algorithm, datetime] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )

    def __post_init__(self) -> None:
        """Refuse a policy that no evidence could meet, or that any could.

        Raises:
            UsageError: no name, no algorithm, none that counts for good, a rule that is
                no member of its enum, an age or a skew out of its bounds, or an end of
                an algorithm that has no zone.
        """
        if type(self.timestamp) is not TimestampRule:
            raise UsageError("timestamp is a TimestampRule, as TimestampRule(text)")
        if type(self.revocation) is not RevocationRule:
            raise UsageError("revocation is a RevocationRule, as RevocationRule(text)")
        if type(self.coverage) is not CoverageRule:
            raise UsageError("coverage is a CoverageRule, as CoverageRule(text)")
        if not self.name:
            raise UsageError("a policy needs a name: reports carry it")
        # Both refuse what would switch a check off.
        RevocationRules(maximum_age=self.revocation_age, algorithms=self.algorithms)
        TimestampRules(algorithms=self.algorithms, clock_skew=self.clock_skew)
        until = MappingProxyType(dict(self.algorithm_until))
        if any(each.utcoffset() is None for each in until.values()):
            raise UsageError("the end of an algorithm needs a zone")
        if not self.algorithms - until.keys():
            raise UsageError("a policy needs an algorithm that counts for good")
        object.__setattr__(self, "algorithm_until", until)

    def algorithms_at(self, moment: datetime) -> frozenset[Algorithm]:
        """Return what counts for something that is known since a moment."""
        if not self.algorithm_until:
            return self.algorithms
        ended = {each for each, end in self.algorithm_until.items() if moment >= end}
        return self.algorithms - ended


DOCUMENTS: Final = DocumentPolicy(name="documents")
"""Nobody revoked, as far as is known; timestamps judged where there are any."""

ARCHIVE: Final = DocumentPolicy(name="archive", timestamp=TimestampRule.REQUIRED)
"""What is to be kept: the time of every signature proven too."""

OFFLINE: Final = DocumentPolicy(name="offline", revocation=RevocationRule.IF_AT_HAND)
"""Where nobody can be asked: what is at hand about revocation counts."""
