"""What became of a request, for the page that waits and for the operator's log."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.protocols.openid4vp.reference import RequestReference
from idwallet.protocols.openid4vp.refusals import ErrorCode
from idwallet.report import Report
from idwallet.roles.verifier import PresentationRequest


class AnswerState(StrEnum):
    """How far it is, as the session that began may know."""

    WAITING = "waiting"
    """No wallet has answered yet."""
    ANSWERED = "answered"
    """A wallet has; it is handed out when the browser comes back from there."""
    DECLINED = "declined"
    """The wallet answered with an error; another one may still answer."""
    PASSED = "passed"
    """Every check passed: `presentation` holds what was proven, this one time."""
    FAILED = "failed"
    """A check failed; `report` says which, unless it would pass by now."""
    INDETERMINATE = "indeterminate"
    """Something could not be decided: see `report.missing()`, and ask again."""
    TAKEN = "taken"
    """It was handed out before."""
    EXPIRED = "expired"
    """Nobody answered in time."""
    FOREIGN = "foreign"
    """Another session began it, or the browser brings another answer's code."""
    UNKNOWN = "unknown"
    """The handle is none, was forgotten, or its request was of another policy."""


@dataclass(frozen=True, slots=True, repr=False)
class PresentationOutcome:
    """What became of a request.

    `verdict` is there for `PASSED`, `FAILED` and `INDETERMINATE` (where it may be an
    `AwaitingPortrait`), with the `request` as the wallet got it: `give_receipt` takes
    both. `error` is there for `DECLINED` where the wallet named one.
    """

    state: AnswerState
    verdict: VerifiedPresentation | Unverified | None = None
    error: ErrorCode | None = None
    request: PresentationRequest | None = None

    def __repr__(self) -> str:
        """Show the state only."""
        return f"PresentationOutcome({self.state.value})"

    @property
    def presentation(self) -> VerifiedPresentation | None:
        """What was proven; None unless every check passed."""
        found = self.verdict
        return found if isinstance(found, VerifiedPresentation) else None

    @property
    def report(self) -> Report | None:
        """The checks of the answer, None where none is judged."""
        return None if self.verdict is None else self.verdict.report


@dataclass(frozen=True, slots=True, repr=False)
class Started:
    """A request that a page shows.

    `link` is to be opened on the same device, or shown as a QR code. `handle` belongs
    to the session that began and to nobody else: keep it there, or in its cookie.
    `reference` is None where the link holds the whole request. `expires` is aware, UTC.
    """

    link: str
    handle: str
    expires: datetime
    reference: RequestReference | None

    def __repr__(self) -> str:
        """Show until when."""
        return f"Started(expires={self.expires})"


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something came to the endpoint for answers, for the operator's log.

    A wallet learns none of it. `request` names the request that it is for, None where
    there is none; `report` is there where an answer was judged, else `fault` says in a
    word what was wrong, or `error` with what the wallet declined. No personal data.
    """

    request: str | None
    report: Report | None = None
    fault: str | None = None
    error: ErrorCode | None = None
