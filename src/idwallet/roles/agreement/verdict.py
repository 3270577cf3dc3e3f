"""What judging an agreement comes to."""

from dataclasses import dataclass
from datetime import datetime

from idwallet.consent.transaction import Contract
from idwallet.credentials.model import VerifiedCredential
from idwallet.errors import UsageError, require_passed
from idwallet.report import Outcome, Report


@dataclass(frozen=True, slots=True, repr=False)
class AgreedParty:
    """Who agreed as one party: identified by which issuers, asked by whom, and when.

    `credentials` are those whose key agreed to the contract. `beside` was shown in the
    same answer, as whoever asked says: that it is the same person's is not proven, and
    neither is that its holder ever saw the contract.

    `agreed` is what the holder's device and the asker say of the time: a later moment
    is ruled out where the agreement was judged with a proof of existence, an earlier
    one only as far as the asker is believed, who signed the request first.
    """

    party: str
    credentials: tuple[VerifiedCredential, ...]
    asked_by: str
    agreed: datetime
    beside: tuple[VerifiedCredential, ...] = ()

    def __repr__(self) -> str:
        """Show when only: the rest is personal data."""
        return f"AgreedParty({self.agreed})"


@dataclass(frozen=True, slots=True, repr=False)
class VerifiedAgreement:
    """An agreement all of whose checks passed; nothing else can make one.

    `existed_by` is the moment by which it is proven to have been made, None where
    nothing proves it: then every time in it is what its parties and their asker say.
    """

    report: Report
    contract: Contract
    parties: tuple[AgreedParty, ...]
    existed_by: datetime | None

    def __post_init__(self) -> None:
        """Exist only with a passed report."""
        require_passed(self.report)

    def __repr__(self) -> str:
        """Show the number of parties only."""
        return f"VerifiedAgreement(<{len(self.parties)} parties>)"

    def party(self, name: str) -> AgreedParty:
        """Return who agreed as that party.

        Raises:
            UsageError: the contract has no such party.
        """
        for each in self.parties:
            if each.party == name:
                return each
        raise UsageError("the contract has no such party")


@dataclass(frozen=True, slots=True)
class UnverifiedAgreement:
    """An agreement that did not pass: a report and nothing else."""

    report: Report

    def __post_init__(self) -> None:
        """Refuse a report that passed: it belongs to a verified type."""
        if self.report.outcome is Outcome.PASSED:
            raise UsageError("a passed report belongs to a verified result")
