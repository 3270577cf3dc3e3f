"""Entries at their places, as a wallet keeps and hands them out."""

import hashlib
from dataclasses import dataclass, field
from typing import NamedTuple

from idwallet import limits
from idwallet.consent.ledger.entry import Entry


class Evidence(NamedTuple):
    """What an entry has beside it, as it came: the signed request, and a receipt."""

    request: bytes | None = None
    receipt: str | None = None

    def __repr__(self) -> str:
        """Show which there are."""
        return f"Evidence(<{sum(each is not None for each in self)} pieces>)"

    def is_of(self, entry: Entry) -> bool:
        """Whether each piece is of the digest that the entry has, and not too long."""
        if len(self.request or b"") > limits.LEDGER_EVIDENCE_BYTES:
            return False
        receipt = None if self.receipt is None else self.receipt.encode()
        return all(
            octets is None or hashlib.sha256(octets).digest() == digest
            for octets, digest in (
                (self.request, entry.request),
                (receipt, entry.receipt),
            )
        )


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry at its place; `entry` is None where it is concealed.

    It is concealed when its owner erased it, or does not show it here: which of both,
    nobody else can tell. `digest` is what the chain holds of it.
    """

    index: int
    entry: Entry | None
    digest: bytes
    evidence: Evidence = field(default=NO_EVIDENCE, repr=False)
