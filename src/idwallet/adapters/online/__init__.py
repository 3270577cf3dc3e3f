"""Verify with what is at hand, fetch what is missing, and verify again."""

from datetime import datetime

from idwallet.adapters.online.documents import OnlineDocuments
from idwallet.adapters.online.fetching import Judge
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.errors import require_passed
from idwallet.report import Report
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import PresentationRequest
from idwallet.trust.anchors import TrustStore

__all__ = ["Online"]

_Judged = VerifiedPresentation | Unverified


class Online(OnlineDocuments):
    """A verifier's trust while there is a network: what a verdict lacks is fetched.

        online = Online(trust, fetcher=HttpFetcher())
        verified = online.verify_presentation(answer, request=request, at=now())
        kept = online.augment_document(signed, Level.B_LTA, policy=ARCHIVE, at=now(),
                                       authority=tsa)

    Only an open verdict makes it fetch, and only from where the trust anchor says under
    which the credential was verified. What was fetched stays at hand for the next
    verdict, judged like all evidence by the policy's rules on age; `trust` holds it.
    OCSP, which asks about one certificate, comes last.

    A fetch that fails leaves the verdict open as it was. `failed` is then called with
    the need and the error; it must not raise. Safe between threads, and of use in an
    event loop by the doors that end in ``_async``.
    """

    def verify_presentation(
        self, response: str | bytes, *, request: PresentationRequest, at: datetime
    ) -> VerifiedPresentation:
        """Return what was proven, or raise; see `idwallet.verify_presentation`.

        Raises:
            VerificationFailed: a check failed.
            VerificationIndeterminate: something could not be decided, fetched or not.
            UsageError: see `idwallet.verify_presentation`.
            PortError: the replay guard did not answer; not that a fetch failed.
        """
        judged = self.evaluate_presentation(response, request=request, at=at)
        return _passed(judged)

    async def verify_presentation_async(
        self, response: str | bytes, *, request: PresentationRequest, at: datetime
    ) -> VerifiedPresentation:
        """Do as `verify_presentation` does, in an event loop."""
        judged = await self.evaluate_presentation_async(
            response, request=request, at=at
        )
        return _passed(judged)

    def evaluate_presentation(
        self, response: str | bytes, *, request: PresentationRequest, at: datetime
    ) -> VerifiedPresentation | Unverified:
        """Judge an answer; fetch what is missing, and judge it again.

        Raises:
            UsageError: see `idwallet.evaluate_presentation`.
            PortError: the replay guard did not answer; not that a fetch failed.
        """
        return self.driven(self._judging(response, request, at=at))

    async def evaluate_presentation_async(
        self, response: str | bytes, *, request: PresentationRequest, at: datetime
    ) -> VerifiedPresentation | Unverified:
        """Do as `evaluate_presentation` does, in an event loop.

        Judging runs in a thread of its own: a replay guard may wait for a disk.
        """
        return await self.driven_async(self._judging(response, request, at=at))

    def _judging(
        self, response: str | bytes, request: PresentationRequest, *, at: datetime
    ) -> Judge[_Judged]:
        known = request.verifier.types

        def judge(trust: TrustStore) -> tuple[_Judged, Report]:
            judged = evaluate_presentation(
                response,
                request=request.with_types(self.types(known)),
                trust=trust,
                at=at,
            )
            return judged, judged.report

        return judge


def _passed(judged: _Judged) -> VerifiedPresentation:
    require_passed(judged.report)
    if not isinstance(judged, VerifiedPresentation):
        raise TypeError("a passed verdict comes with what was verified")
    return judged
