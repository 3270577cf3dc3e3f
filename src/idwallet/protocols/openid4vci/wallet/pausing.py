"""A peer that is too busy: the same is asked once more, later."""

import re
from datetime import datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.protocols.http import HttpResponse
from idwallet.protocols.openid4vci.wallet.known import configuration_now, issuer_of
from idwallet.protocols.openid4vci.wallet.progress import Phase, Progress
from idwallet.protocols.openid4vci.wallet.renew import refreshed_first

_BUSY: Final = frozenset({429, *range(500, 600)})
_SOON: Final = timedelta(seconds=5)
_SECONDS: Final = re.compile("[0-9]{1,9}")
# What was put off has its own wait, and nobody is told twice.
_NEVER: Final = frozenset({Phase.DEFERRED, Phase.NOTIFY})
_WITH_TOKEN: Final = frozenset({Phase.NONCE, Phase.PROVE, Phase.CREDENTIAL})


def is_busy(response: HttpResponse) -> bool:
    """Whether an answer says nothing of what was asked (RFC 9110 15.6, RFC 6585 4)."""
    return response.status in _BUSY


def wait_of(response: HttpResponse, *, usual: timedelta) -> timedelta:
    """Return how long a busy peer wants to be left alone (RFC 9110 10.2.3).

    A date in place of seconds is not read; `limits.PAUSE_SECONDS` is the most.
    """
    said = response.header("Retry-After") or ""
    if _SECONDS.fullmatch(said) is None:
        return usual
    return timedelta(seconds=min(max(int(said), 1), limits.PAUSE_SECONDS))


def paused(
    progress: Progress, response: HttpResponse, *, at: datetime
) -> Progress | None:
    """Return the state that waits and asks again; None where it is not to be.

    An offer can often be taken up but once, so one answer of a peer that is restarted
    does not end it; `limits.ISSUANCE_PAUSES` of them do.
    """
    count = progress.number("pauses")
    never = progress.phase in _NEVER or count >= limits.ISSUANCE_PAUSES
    if never or not is_busy(response):
        return None
    due = int((at + wait_of(response, usual=_SOON)).timestamp())
    return Progress(
        Phase.PAUSE,
        {
            **progress.values,
            "pauses": count + 1,
            "goes_on": _again_at(progress).value,
            "goes_on_at": due,
        },
    )


def _again_at(progress: Progress) -> Phase:
    """Return the phase that comes after the wait: proofs would be old by then."""
    if progress.phase is not Phase.CREDENTIAL:
        return progress.phase
    if not configuration_now(progress).is_bound:
        return Phase.CREDENTIAL
    has_nonces = issuer_of(progress).nonce_endpoint is not None
    return Phase.NONCE if has_nonces else Phase.PROVE


def gone_on(progress: Progress, *, at: datetime) -> Progress:
    """Return the state after the wait, which first gets a token where its own is over.

    The keys stay, and are proven again: others would leave these behind.
    """
    phase = Phase(progress.text("goes_on"))
    after = progress.on(Phase.PAUSE, goes_on="", goes_on_at=0)
    if phase not in _WITH_TOKEN:
        return after.on(phase)
    return refreshed_first(after, phase, at=at)
