"""What the credentials of a batch may not have in common, and what they must."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.crypto.keys import PublicKey
from idwallet.errors import UsageError
from idwallet.ports import Random
from idwallet.trust.certificate import Certificate

if TYPE_CHECKING:  # whoever issues without a status need not load lists
    from idwallet.credentials.compact.issue import Compact
    from idwallet.credentials.mdoc.issue import Mdoc
    from idwallet.trust.status_list import StatusReference

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_TIME: Final = timedelta(0)


def rounded(moment: datetime, *, to: timedelta) -> datetime:
    """Return the last moment not after `moment` that is a multiple of `to` from 1970.

    With a day that is midnight UTC before it.

    Raises:
        UsageError: the moment has no time zone.
    """
    require_aware(moment)
    return _EPOCH + (moment - _EPOCH) // to * to


class BatchLife(NamedTuple):
    """From when until when every copy of a batch holds: rounded moments."""

    issued: datetime
    valid_until: datetime


def life_of(
    at: datetime,
    valid_until: datetime,
    *,
    rounding: timedelta,
    chain: Sequence[Certificate],
) -> BatchLife:
    """Round the life of a batch issued at `at` down, so that many batches share it.

    Raises:
        UsageError: `rounding` is no whole number of seconds, or outside of
            `limits.BATCH_ROUNDING_MINIMUM` and `limits.BATCH_ROUNDING_MAXIMUM`; the
            batch would be over before it is issued, or older than a certificate.
    """
    least, most = limits.BATCH_ROUNDING_MINIMUM, limits.BATCH_ROUNDING_MAXIMUM
    if not least <= rounding <= most or rounding % timedelta(seconds=1) != _NO_TIME:
        raise UsageError(f"times of a batch are rounded to {least} to {most}")
    life = BatchLife(rounded(at, to=rounding), rounded(valid_until, to=rounding))
    if life.valid_until <= at:
        raise UsageError("the batch would be over before it is issued: round less")
    if any(life.issued < each.not_before <= at for each in chain):
        raise UsageError("the certificate is younger than the moment: round less")
    return life


def contents_of(
    content: "SdJwtVc | Mdoc | Compact",
    *,
    statuses: "Iterable[StatusReference | None]",
    rounding: timedelta,
) -> "Iterator[SdJwtVc | Mdoc | Compact]":
    """Yield the content of each copy: the same, but for where its status stands.

    Raises:
        UsageError: it has a status already, which every copy would have.
    """
    if content.status is not None:
        raise UsageError("the copies of a batch share no status: give `statuses`")
    content = _rounded_update(content, rounding)
    for status in statuses:
        yield content if status is None else replace(content, status=status)


def _rounded_update(
    content: "SdJwtVc | Mdoc | Compact", rounding: timedelta
) -> "SdJwtVc | Mdoc | Compact":
    """Round what would tell that two mobile documents were planned together."""
    if isinstance(content, SdJwtVc):
        return content
    from idwallet.credentials.compact.issue import Compact

    if isinstance(content, Compact) or content.expected_update is None:
        return content
    planned = rounded(content.expected_update, to=rounding)
    return replace(content, expected_update=planned)


def require_keys(keys: Sequence[PublicKey]) -> None:
    """Refuse keys that would tell that two credentials are one person's.

    Raises:
        UsageError: fewer than two, more than `limits.BATCH_CREDENTIALS`, or one twice.
    """
    if not 1 < len(keys) <= limits.BATCH_CREDENTIALS:
        raise UsageError(f"a batch has 2 to {limits.BATCH_CREDENTIALS} credentials")
    if len({each.thumbprint for each in keys}) != len(keys):
        raise UsageError("each credential of a batch has a key of its own (ISSU_35)")


def assigned(
    statuses: "Sequence[StatusReference]", *, count: int, random: Random
) -> "tuple[StatusReference | None, ...]":
    """Return a status for each credential, in an order that nobody can foretell.

    Raises:
        UsageError: as many statuses as credentials, or none; two are one place or
            neighbours in one list.
    """
    if not statuses:
        return (None,) * count
    if len(statuses) != count:
        raise UsageError("a batch has a status for each credential, or for none")
    if neighbours(statuses):
        raise UsageError(
            "two statuses of a batch are one place or neighbours: "
            "take them from StatusIssuer.allocate_apart"
        )
    size = 16
    drawn = random(size * count)
    keys = [drawn[at : at + size] for at in range(0, len(drawn), size)]
    order = sorted(range(count), key=keys.__getitem__)
    return tuple(statuses[each] for each in order)


def neighbours(statuses: "Sequence[StatusReference]") -> "set[StatusReference]":
    """Return those that stand at or beside the place of another one in its list."""
    placed = sorted((each.uri, each.index) for each in statuses)
    found = {
        later
        for earlier, later in pairwise(placed)
        if earlier[0] == later[0] and later[1] - earlier[1] <= 1
    }
    return {each for each in statuses if (each.uri, each.index) in found}
