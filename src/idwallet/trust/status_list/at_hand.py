"""What the status lists at hand say of a credential (Token Status List section 8.3)."""

from datetime import datetime
from typing import Final, NamedTuple

from idwallet.errors import LimitError, MalformedError
from idwallet.trust.evidence import StatusListAtHand, content_of
from idwallet.trust.signer import SignerFound
from idwallet.trust.status_list.evaluate import evaluate_status_list
from idwallet.trust.status_list.judge import (
    ListJudgement,
    StatusReason,
    judge_status,
)
from idwallet.trust.status_list.structures import (
    ListContext,
    ListFault,
    ListRefused,
    ListSource,
    StatusList,
    refused,
)


class StatusAtHand(NamedTuple):
    """What is said, by which piece, and the list that was read from it.

    `piece` is None where there is no list of that address; `found` where none was read
    that is authentic.
    """

    judgement: ListJudgement
    piece: StatusListAtHand | None = None
    found: StatusList | None = None


_AHEAD: Final = StatusReason.LIST_FROM_THE_FUTURE
# A list for which one of these holds is as good as absent.
_ABSENT: Final = frozenset(
    {StatusReason.LIST_REFUSED, StatusReason.LIST_EXPIRED, _AHEAD}
)
_FAILED: Final = frozenset(
    {
        StatusReason.REVOKED,
        StatusReason.SUSPENDED,
        StatusReason.INDEX_OUT_OF_BOUNDS,
    }
)
_PASSED: Final = frozenset({StatusReason.VALID, StatusReason.VALID_STALE_ACCEPTED})


def status_at_hand(
    uri: str, index: int, *, issuer: SignerFound, context: ListContext
) -> StatusAtHand:
    """Say what the lists at hand in `context.trust` say of the entry that is named.

    Of several lists of one address the newest that is authentic, and of force, counts;
    of two equally new ones the worse. A list that is refused or expired counts as
    absent. One from the future leaves the question open unless another says no: the
    clock is wrong then, and an older list may only seem to be fresh. Nothing is
    fetched; a list is read when it is first asked, and then remembered.
    """
    said = [
        _judged(each, index, issuer=issuer, context=context)
        for each in context.trust.evidence.lists_of(uri)
    ]
    if not said:
        nothing = judge_status(
            None, uri=uri, index=index, issuer=issuer, context=context
        )
        return StatusAtHand(nothing)
    return said[0] if len(said) == 1 else _newest(said)


def _newest(said: list[StatusAtHand]) -> StatusAtHand:
    ahead = [each for each in said if each.judgement.reason is _AHEAD]
    standing = [each for each in said if each.judgement.reason not in _ABSENT]
    best = max(standing, key=_weight, default=None)
    if ahead and (best is None or best.judgement.reason not in _FAILED):
        return ahead[0]
    return said[0] if best is None else best


def _weight(said: StatusAtHand) -> tuple[float, int]:
    as_of, reason = said.judgement.as_of, said.judgement.reason
    seconds = 0.0 if as_of is None else as_of.timestamp()
    return seconds, 2 if reason in _FAILED else int(reason not in _PASSED)


def _judged(
    piece: StatusListAtHand, index: int, *, issuer: SignerFound, context: ListContext
) -> StatusAtHand:
    found = _read(piece, issuer=issuer, context=context)

    def judge(what: StatusList | ListRefused) -> ListJudgement:
        return judge_status(
            what, uri=piece.uri, index=index, issuer=issuer, context=context
        )

    said = judge(found)
    taken = piece.origin.taken
    if said.reason not in _FAILED and _lies_ahead(taken, context):
        # It was got after the moment judged: a clock is wrong. A no stays a no.
        said = judge(refused(ListFault.FROM_THE_FUTURE, as_of=said.as_of or taken))
    return StatusAtHand(said, piece, found if isinstance(found, StatusList) else None)


def _lies_ahead(moment: datetime | None, context: ListContext) -> bool:
    return moment is not None and moment - context.at > context.policy.clock_skew


def _read(
    piece: StatusListAtHand, *, issuer: SignerFound, context: ListContext
) -> StatusList | ListRefused:
    """Return the verified list; a good one is read once in the life of the store."""
    memory = context.trust.memory
    known = memory.lists.get(piece)
    if known is not None:
        return known
    source = ListSource(piece.uri, issuer, piece.origin.taken)
    try:
        token = content_of(piece.token)
    except LimitError as error:
        return refused(ListFault.LIMIT_EXCEEDED, what=error.what, at=error.at)
    except MalformedError as error:
        return refused(ListFault.MALFORMED, what=error.what, at=error.at)
    found = evaluate_status_list(token, source, context=context)
    if isinstance(found, StatusList):
        memory.lists.put(piece, found)
    return found
