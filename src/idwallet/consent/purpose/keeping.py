"""How long a purpose lets what was shown be kept, as a moment and as a promise."""

from datetime import datetime, timedelta
from typing import Literal

from idwallet.codec.moment import require_aware
from idwallet.consent.purpose.structures import Counted, PurposeProfile
from idwallet.consent.receipt import Promise
from idwallet.errors import UsageError


def promise_for(
    profile: PurposeProfile,
    *,
    shown: datetime,
    ended: datetime | None = None,
    lang: Literal["en", "ru"] = "en",
) -> Promise:
    """Return what a verifier may promise: that it keeps no longer than its purpose.

    `shown` is when it was shown, `ended` when the dealings end for which it was shown,
    as when a guest departs; without it they end at once. `Promise.until` is when it
    must be erased. Where the profile names no time, nothing is kept beyond the
    dealings, and where they end at once nothing is kept at all. The basis is the
    profile's, in `lang`.

    Raises:
        UsageError: a moment has no zone, or the dealings end before they began.
    """
    end = shown if ended is None else ended
    require_aware(shown, end)
    if end < shown:
        raise UsageError("the dealings end before they began")
    retention = profile.retention
    if retention is None:
        until, basis = end, None
    else:
        begun = shown if retention.counted is Counted.PRESENTATION else end
        until = begun + timedelta(days=retention.days)
        basis = getattr(retention.basis, lang)
    if until <= shown:
        return Promise(kept=False)
    return Promise(kept=True, until=until, basis=basis)
