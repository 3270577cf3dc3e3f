"""What a status list says about one credential at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from idwallet.codec.text import show
from idwallet.report import Facts, FactValue
from idwallet.trust.freshness import Freshness
from idwallet.trust.signer import SignerFound, SignerRefused
from idwallet.trust.status_list.signers import Authority, authority
from idwallet.trust.status_list.structures import (
    AuthenticList,
    ListContext,
    ListFault,
    ListRefused,
    StatusList,
    distrusted,
    refused,
)
from idwallet.trust.status_list.timeliness import freshness, untimely
from idwallet.trust.status_list.values import StatusKind, StatusValue


class StatusReason(StrEnum):
    """What the status of a credential comes to; the comments say how it is meant."""

    VALID = "valid"  # passed
    VALID_STALE_ACCEPTED = "valid_stale_accepted"  # passed, by the policy's leave
    REVOKED = "revoked"  # failed
    SUSPENDED = "suspended"  # failed
    INDEX_OUT_OF_BOUNDS = "index_out_of_bounds"  # failed
    APPLICATION_SPECIFIC = "application_specific"  # indeterminate, as all below
    UNASSIGNED = "unassigned"
    LIST_NEEDED = "list_needed"
    LIST_REFUSED = "list_refused"
    LIST_EXPIRED = "list_expired"
    LIST_STALE = "list_stale"
    LIST_FROM_THE_FUTURE = "list_from_the_future"


@dataclass(frozen=True, slots=True)
class ListJudgement:
    """What a list says about a credential, and as of when.

    `facts` always has ``found`` (the address of the list, safe to show), and once the
    list was read ``signed`` (when it was issued); what else the reason promises stands
    beside them. `refused` is the refusal where the list was refused.
    """

    reason: StatusReason
    as_of: datetime | None
    facts: Facts
    status: StatusValue | None = None
    refused: ListRefused | None = None


_SAYS: Final[Mapping[StatusKind, StatusReason]] = MappingProxyType(
    {
        StatusKind.INVALID: StatusReason.REVOKED,
        StatusKind.SUSPENDED: StatusReason.SUSPENDED,
        StatusKind.APPLICATION_SPECIFIC: StatusReason.APPLICATION_SPECIFIC,
        StatusKind.UNASSIGNED: StatusReason.UNASSIGNED,
    }
)
VALID: Final[Mapping[Freshness, StatusReason]] = MappingProxyType(
    {
        Freshness.FRESH: StatusReason.VALID,
        Freshness.STALE_ACCEPTED: StatusReason.VALID_STALE_ACCEPTED,
    }
)
"""What it comes to that a list has nothing against a credential."""

_ABSENT: Final[Mapping[ListFault, StatusReason]] = MappingProxyType(
    {
        ListFault.EXPIRED: StatusReason.LIST_EXPIRED,
        ListFault.STALE: StatusReason.LIST_STALE,
        ListFault.FROM_THE_FUTURE: StatusReason.LIST_FROM_THE_FUTURE,
    }
)


def judge_status(
    found: StatusList | ListRefused | None,
    *,
    uri: str,
    index: int,
    issuer: SignerFound,
    context: ListContext,
) -> ListJudgement:
    """Say what the list at hand means for the credential that names `uri` and `index`.

    `found` is the list of that address, None where there is none. `issuer` is who the
    credential was found to be signed by, at this moment and under this trust store. A
    list that is refused, for whatever reason, counts as absent: it says neither yes
    nor no. Nothing is fetched.
    """
    if isinstance(found, StatusList):
        right = authority(found, issuer=issuer, context=context)
        fresh = usable(found, uri=uri, right=right, context=context)
        if isinstance(fresh, Freshness):
            return _entry(found, index=index, fresh=fresh)
        found = fresh
    return absent(found, uri=uri)


def read_entry(
    found: StatusList | ListRefused, *, uri: str, index: int, context: ListContext
) -> ListJudgement:
    """Say what a list says about an index, to whoever has no credential in hand.

    All is judged as by `judge_status`, but for one thing that only a credential can
    settle: whether the signer of the list may speak about its issuer's credentials.
    """
    if isinstance(found, StatusList):
        fresh = (
            _mistaken(found, uri=uri, context=context)
            or untimely(found.times, context)
            or freshness(found.times, context)
        )
        if isinstance(fresh, Freshness):
            return _entry(found, index=index, fresh=fresh)
        found = fresh
    return absent(found, uri=uri)


def absent(found: ListRefused | None, *, uri: str) -> ListJudgement:
    """Say that there is no list of an address, or none that counts."""
    if found is None:
        return _open(StatusReason.LIST_NEEDED, uri)
    reason = _ABSENT.get(found.fault, StatusReason.LIST_REFUSED)
    facts: dict[str, FactValue] = {"what": found.fault.value, **found.facts}
    return _open(reason, uri, refusal=found, facts=facts)


def _open(
    reason: StatusReason,
    uri: str,
    *,
    refusal: ListRefused | None = None,
    facts: Mapping[str, FactValue] = MappingProxyType({}),
) -> ListJudgement:
    as_of = None if refusal is None else refusal.as_of
    told: dict[str, FactValue] = {**facts, "found": show(uri)}
    if as_of is not None:
        told["signed"] = as_of
    return ListJudgement(reason, as_of, MappingProxyType(told), refused=refusal)


def usable(
    found: AuthenticList,
    *,
    uri: str,
    right: Authority | SignerRefused | None,
    context: ListContext,
) -> Freshness | ListRefused:
    """Say how fresh a list of that address is, or why it counts as absent.

    `right` is by what right its signer speaks about the credential at hand.
    """
    return (
        _mistaken(found, uri=uri, context=context)
        # As when it is read: what is said of a list must not hang on whether it was
        # read before.
        or untimely(found.times, context)
        or _unentitled(found, right)
        or freshness(found.times, context)
    )


def _mistaken(
    found: AuthenticList, *, uri: str, context: ListContext
) -> ListRefused | None:
    if found.uri != uri:
        # §8.3 step 4.a, again: whoever keeps lists may have mixed them up.
        return refused(ListFault.URI_MISMATCH, as_of=found.issued)
    if found.key.algorithms.isdisjoint(context.policy.algorithms):
        # It may have been read under another policy.
        return refused(ListFault.ALGORITHM_NOT_ALLOWED, as_of=found.issued)
    return None


def _unentitled(
    found: AuthenticList, right: Authority | SignerRefused | None
) -> ListRefused | None:
    if isinstance(right, SignerRefused):
        return distrusted(right, as_of=found.issued)
    if right is None:
        return refused(ListFault.SIGNER_NOT_ENTITLED, as_of=found.issued)
    return None


def _entry(found: StatusList, *, index: int, fresh: Freshness) -> ListJudgement:
    facts: dict[str, FactValue] = {"found": show(found.uri), "signed": found.issued}
    if not found.holds(index):
        # §8.3 step 6; never a default: index 2**40 of a short list is not valid.
        reason = StatusReason.INDEX_OUT_OF_BOUNDS
        return ListJudgement(reason, found.issued, MappingProxyType(facts))
    value = found.status(index)
    reason = _SAYS.get(value.kind) or VALID[fresh]
    if found.expires is not None:
        facts["until"] = found.expires
    return ListJudgement(reason, found.issued, MappingProxyType(facts), value)
