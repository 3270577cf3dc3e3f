"""What an anchor's signatures are worth from which somebody else may have signed.

A key that was stolen signs whatever date it likes. So what says that it was signed
after the moment of distrust is refused, and what says that it was signed before is
believed only with a proof that it existed then; without one it cannot be told apart.
"""

from datetime import datetime
from enum import StrEnum

from idwallet.codec.moment import require_aware


class Standing(StrEnum):
    """How something signed stands to the moment of distrust."""

    BEFORE = "before"
    """By proof it existed before: it stands."""

    AFTER = "after"
    """It says itself that it was signed at that moment or later: it falls."""

    CANNOT_BE_TOLD = "cannot_be_told"
    """It says that it was signed before, or nothing, and nobody proves it."""


def standing(
    distrusted_after: datetime,
    *,
    signed: datetime | None,
    existed: datetime | None,
) -> Standing:
    """Say how what was signed stands to the moment from which its signer is distrusted.

    `signed` is when it says that it was signed, None where it does not. `existed` is a
    moment at which, by a proof that does not come from the signer, it existed already:
    None where there is no proof.

    Raises:
        UsageError: a moment has no zone.
    """
    given = (each for each in (distrusted_after, signed, existed) if each is not None)
    require_aware(*given)
    if existed is not None and existed < distrusted_after:
        return Standing.BEFORE
    if signed is not None and signed >= distrusted_after:
        return Standing.AFTER
    return Standing.CANNOT_BE_TOLD
