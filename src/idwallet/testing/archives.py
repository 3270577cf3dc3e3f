"""Decades in memory: signers and timestamp authorities whose certificates end in turn.

scene = ArchiveScene()
trust = scene.trust(scene.at)                       # everybody's CRLs of that day
kept = augment_document(signed, Level.B_LTA, authority=scene.stamping(1), ...)
later = scene.years(7)                              # only the second authority is left
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from idwallet.testing.authorities import document_signer, timestamp_authority
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.evidence import crls
from idwallet.testing.pki import MOMENT, TestIdentity, TestPki
from idwallet.testing.tsa import TestTsa, TimestampDraft
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import EvidenceAtHand

YEAR: Final = timedelta(days=365)
_LIVES: Final = ((0, 3), (0, 8), (2, 20), (10, 40))


class ArchiveScene:
    """An infrastructure that stands for sixty years, and whom it certified.

    `signer` and `second` are certified for two years. `authorities` stamp the time: the
    first until year 3, the second until year 8, the third from year 2 to 20, the fourth
    from year 10 to 40.
    """

    def __init__(self, *, seed: bytes | None = None, at: datetime = MOMENT) -> None:
        """Certify everybody; with a `seed` they are the same on every run."""
        self.at = at
        self.pki = TestPki(at=at, seed=seed, life=60 * YEAR, distinct=True)
        self.signer = document_signer(self.pki, change=self._living(0, 2))
        self.second = document_signer(
            self.pki, "https://second.example", change=self._living(0, 2)
        )
        self.authorities = tuple(
            timestamp_authority(self.pki, change=self._living(*life)) for life in _LIVES
        )

    def years(self, number: float) -> datetime:
        """Return the moment so many years after the beginning."""
        return self.at + number * YEAR

    def _living(
        self, since: int, until: int
    ) -> Callable[[CertificatePlan], CertificatePlan]:
        def change(plan: CertificatePlan) -> CertificatePlan:
            began = plan.not_before if since == 0 else self.years(since)
            return replace(plan, not_before=began, not_after=self.years(until))

        return change

    def stamping(
        self,
        number: int,
        at: datetime | None = None,
        *,
        change: Callable[[TimestampDraft], None] | None = None,
    ) -> TestTsa:
        """Return the authority of that number at work, at that moment."""
        return TestTsa(
            self.pki,
            identity=self.authorities[number],
            moment=at or self.at,
            change=change,
        )

    @property
    def everybody(self) -> tuple[TestIdentity, ...]:
        """Whoever signs or stamps."""
        return (self.signer, self.second, *self.authorities)

    def trust(self, at: datetime, *who: TestIdentity) -> TrustStore:
        """Return a store with that day's CRLs about these, or about everybody."""
        found = {
            each.der: each
            for identity in who or self.everybody
            for each in crls(identity, at=at)
            if isinstance(each.der, bytes)
        }
        return self.bare().with_evidence(EvidenceAtHand(crls=found.values()))

    def bare(self) -> TrustStore:
        """Return a store that believes the root, with no evidence at hand."""
        return self.pki.store()
