"""What the status lists at hand say of a credential (Token Status List section 8.3)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from idwallet.errors import LimitError, MalformedError
from idwallet.trust.evidence import StatusListAtHand, content_of
from idwallet.trust.path import ValidatedPath
from idwallet.trust.policy import RevocationRule
from idwallet.trust.revocation.at_hand import revocation_at_hand
from idwallet.trust.revocation.structures import OnHold, Revoked, Unknown
from idwallet.trust.signer import SignerFound
from idwallet.trust.status_list.evaluate import evaluate_status_list
from idwallet.trust.status_list.judge import (
    ListJudgement,
    StatusReason,
    absent,
    judge_status,
)
from idwallet.trust.status_list.signers import signer_path
from idwallet.trust.status_list.structures import (
    AuthenticList,
    ListContext,
    ListFault,
    ListRefused,
    ListSource,
    StatusList,
    refused,
    unread,
)


class StatusAtHand(NamedTuple):
    """What is said, by which piece, and the list that was read from it.

    `piece` is None where there is no list of that address; `found` where none was read
    that counts.
    """

    judgement: ListJudgement
    piece: StatusListAtHand | None = None
    found: StatusList | None = None


_AHEAD: Final = StatusReason.LIST_FROM_THE_FUTURE
# A list for which one of these holds is as good as absent.
_ABSENT: Final = frozenset(
    {StatusReason.LIST_REFUSED, StatusReason.LIST_EXPIRED, _AHEAD}
)
FAILED: Final = frozenset(
    {
        StatusReason.REVOKED,
        StatusReason.SUSPENDED,
        StatusReason.INDEX_OUT_OF_BOUNDS,
    }
)
"""A no, whatever else is said."""

PASSED: Final = frozenset({StatusReason.VALID, StatusReason.VALID_STALE_ACCEPTED})
"""A yes."""


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
        return StatusAtHand(absent(None, uri=uri))
    return newest(said)


def newest(said: Sequence[StatusAtHand]) -> StatusAtHand:
    """Return what counts of all that is said by the lists of one address."""
    if len(said) == 1:
        return said[0]
    ahead = [each for each in said if each.judgement.reason is _AHEAD]
    standing = [each for each in said if each.judgement.reason not in _ABSENT]
    best = max(standing, key=_weight, default=None)
    if ahead and (best is None or best.judgement.reason not in FAILED):
        return ahead[0]
    return max(said, key=_telling) if best is None else best


_ORDER: Final = tuple(StatusReason)


def _telling(said: StatusAtHand) -> tuple[int, float]:
    """Rank what is absent: what is told must not hang on the order of evidence."""
    as_of = said.judgement.as_of
    seconds = 0.0 if as_of is None else as_of.timestamp()
    return _ORDER.index(said.judgement.reason), seconds


def _weight(said: StatusAtHand) -> tuple[float, int]:
    as_of, reason = said.judgement.as_of, said.judgement.reason
    seconds = 0.0 if as_of is None else as_of.timestamp()
    return seconds, 2 if reason in FAILED else int(reason not in PASSED)


def _judged(
    piece: StatusListAtHand, index: int, *, issuer: SignerFound, context: ListContext
) -> StatusAtHand:
    found = _read(piece, issuer=issuer, context=context)

    said = judge_status(
        found, uri=piece.uri, index=index, issuer=issuer, context=context
    )
    if isinstance(found, StatusList):
        path = partial(signer_path, found, context)
        said = heeding_the_signer(
            said, found, path=path, issuer=issuer, context=context
        )
    said = heeding_the_clock(said, piece, context=context)
    if isinstance(found, StatusList) and said.refused is None:
        return StatusAtHand(said, piece, found)
    return StatusAtHand(said, piece)


def heeding_the_signer(
    said: ListJudgement,
    found: AuthenticList,
    *,
    path: Callable[[], ValidatedPath | None],
    issuer: SignerFound,
    context: ListContext,
) -> ListJudgement:
    """Return what is said, unless who signed the list was revoked, or may have been.

    `path` tells the chain by which the signer is believed, None without one. A no by
    somebody of whom that is not known stays a no.
    """
    if said.refused is not None:
        return said
    is_own = found.key == issuer.key
    fault = None if is_own else _signer_fault(path, context=context)
    is_doubt = fault is ListFault.SIGNER_REVOCATION_UNKNOWN
    if fault is None or (is_doubt and said.reason in FAILED):
        return said
    return absent(refused(fault, as_of=found.issued), uri=found.uri)


def _signer_fault(
    path_of: Callable[[], ValidatedPath | None], *, context: ListContext
) -> ListFault | None:
    """Say whether the certificate of who signed the list was taken back.

    It is asked as the issuer's own is, by the rule of the policy; of the issuer itself
    ``issuer.revocation`` says it.
    """
    rule, trust = context.policy.revocation, context.trust
    if rule is RevocationRule.NOT_REQUIRED_ACCEPTED:
        return None
    if rule is RevocationRule.IF_AT_HAND and not trust.evidence.knows_certificates:
        return None
    path = path_of()
    if path is None:
        return None
    said = revocation_at_hand(path, trust=trust, policy=context.policy, at=context.at)
    if isinstance(said.found, Revoked | OnHold):
        return ListFault.SIGNER_REVOKED
    if isinstance(said.found, Unknown) and rule is RevocationRule.REQUIRED:
        return ListFault.SIGNER_REVOCATION_UNKNOWN
    return None


def heeding_the_clock(
    said: ListJudgement, piece: StatusListAtHand, *, context: ListContext
) -> ListJudgement:
    """Return what is said, unless it is a yes got after the moment judged.

    Then a clock is wrong. A no stays a no.
    """
    taken = piece.origin.taken
    if said.reason in FAILED or not _lies_ahead(taken, context):
        return said
    ahead = refused(ListFault.FROM_THE_FUTURE, as_of=said.as_of or taken)
    return absent(ahead, uri=piece.uri)


def _lies_ahead(moment: datetime | None, context: ListContext) -> bool:
    return moment is not None and moment - context.at > context.policy.clock_skew


def _read(
    piece: StatusListAtHand, *, issuer: SignerFound, context: ListContext
) -> StatusList | ListRefused:
    """Return the verified list; a good one is read once in the life of the store."""
    memory = context.trust.memory
    known = memory.lists.get(piece)
    if isinstance(known, StatusList):
        return known
    source = ListSource(piece.uri, issuer, piece.origin.taken)
    try:
        token = content_of(piece.token)
    except (LimitError, MalformedError) as error:
        return unread(error)
    found = evaluate_status_list(token, source, context=context)
    if isinstance(found, StatusList):
        memory.lists.put(piece, found)
    return found
