"""Policies of reuse (ARF 3.0.0 ISSU_37 to ISSU_57; ETSI TS 119 472-3 4.2.4.2)."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import MalformedError, UnsupportedError, UsageError

_CLAUSE: Final = "ETSI TS 119 472-3 §4.2.4.2"
_NAMED: Final = "arf_annex_ii"
_METADATA: Final = "credential_reuse_policy"


class ReuseMethod(StrEnum):
    """How often a copy is shown, by its name in an issuer's metadata; strictest first.

    Methods A, D, C and B of the ARF, in the order of how little they let link.
    """

    ONCE_ONLY = "once_only"
    """Each copy once: no two visits have anything in common (ISSU_43 to 47)."""
    PER_RELYING_PARTY = "per-relying-party"
    """One copy for each party: who asks again recognises it, two parties do not
    (ISSU_55 to 57)."""
    ROTATING_BATCH = "rotating-batch"
    """Every copy once in a drawn order, then all over again (ISSU_51 to 54)."""
    LIMITED_TIME = "limited_time"
    """The same copy each time, until it is replaced: every visit is linked (ISSU_48
    to 50)."""


class WhenEmpty(StrEnum):
    """What happens when no copy is left that the method would show."""

    REFUSE = "refuse"
    """Nothing is shown until the issuer has given more."""
    SHOW_AGAIN = "show_again"
    """The copy that was shown last is shown again, after a warning (ISSU_47)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReusePolicy:
    """How often a copy is shown, and when more are fetched.

    `refill_unused` is the number of unused copies at which, and `refill_before` the
    time before their end from which, the issuer is to be asked for more; `batch_size`
    how many to ask for, None where the issuer did not say.
    """

    method: ReuseMethod
    when_empty: WhenEmpty = WhenEmpty.REFUSE
    refill_unused: int = 2
    refill_before: timedelta = timedelta(days=1)
    batch_size: int | None = None

    def __post_init__(self) -> None:
        """Refuse a policy that would never ask for more in time.

        Raises:
            UsageError: a negative number or time, or a batch that is refilled as soon
                as it is there.
        """
        if self.refill_unused < 0 or self.refill_before < timedelta(0):
            raise UsageError("a refill is due at no negative number or time")
        if self.batch_size is not None and not (
            self.refill_unused < self.batch_size <= limits.BATCH_CREDENTIALS
        ):
            raise UsageError("a batch is larger than what it is refilled at")

    def stricter(self, other: "ReusePolicy") -> "ReusePolicy":
        """Return what keeps both policies: a holder may be stricter than an issuer.

        Of the methods the stricter one; nothing is shown again where either refuses;
        more is asked for as early as either wants it.
        """
        order = list(ReuseMethod)
        refuse = WhenEmpty.REFUSE in (self.when_empty, other.when_empty)
        return replace(
            self,
            method=min(self.method, other.method, key=order.index),
            when_empty=WhenEmpty.REFUSE if refuse else WhenEmpty.SHOW_AGAIN,
            refill_unused=max(self.refill_unused, other.refill_unused),
            refill_before=max(self.refill_before, other.refill_before),
            batch_size=None
            if self.batch_size is None and other.batch_size is None
            else max(self.batch_size or 0, other.batch_size or 0),
        )

    def to_json(self) -> JsonObject:
        """Return the policy as it is stored."""
        return {
            "method": self.method.value,
            "when_empty": self.when_empty.value,
            "refill_unused": self.refill_unused,
            "refill_before": int(self.refill_before.total_seconds()),
            "batch_size": self.batch_size,
        }


ONCE_ONLY: Final = ReusePolicy(method=ReuseMethod.ONCE_ONLY)
"""What holds where nobody said anything: each copy once, then none."""


def read_reuse_policy(metadata: JsonObject, *, at: str) -> ReusePolicy:
    """Read ``credential_reuse_policy`` of a credential's metadata (OpenID4VCI 12.2.4).

    The issuer's first option and the first of its methods count: all four are known
    here, and they stand in the order that the issuer prefers (ISSU_39, ISSU_40). As the
    ARF has it, the last copy may be shown again while no more can be had (ISSU_47);
    `ReusePolicy.stricter` with `ONCE_ONLY` takes that back. Metadata without the member
    gives `ONCE_ONLY`.

    Raises:
        MalformedError: a member is missing, of another type, or out of its bounds.
        UnsupportedError: another kind of policy, or a method that nobody knows.
    """
    if _METADATA not in metadata:
        return ONCE_ONLY
    at = f"{at}/{_METADATA}"
    policy = metadata[_METADATA]
    if not isinstance(policy, dict) or not isinstance(policy.get("id"), str):
        raise MalformedError("no reuse policy", at=at, clause=_CLAUSE)
    if policy["id"] != _NAMED:
        raise UnsupportedError("another kind of reuse policy", at=at, clause=_CLAUSE)
    options = policy.get("options")
    option = options[0] if isinstance(options, list) and options else None
    if not isinstance(option, dict):
        raise MalformedError("no options", at=f"{at}/options", clause=_CLAUSE)
    return _option(option, at=f"{at}/options/0")


def _option(option: JsonObject, *, at: str) -> ReusePolicy:
    details = option.get("details")
    named = details[0] if isinstance(details, list) and details else None
    if not isinstance(named, str):
        raise MalformedError("no details", at=at, clause=_CLAUSE)
    if named not in _METHODS:
        raise UnsupportedError("an unknown method", at=at, clause=_CLAUSE)
    seconds = _number(option, "reissue_trigger_lifetime_left", at=at)
    unused = _number(option, "reissue_trigger_unused", at=at)
    try:
        return ReusePolicy(
            method=_METHODS[named],
            when_empty=WhenEmpty.SHOW_AGAIN,
            refill_unused=ONCE_ONLY.refill_unused if unused is None else unused,
            refill_before=ONCE_ONLY.refill_before
            if seconds is None
            else timedelta(seconds=seconds),
            batch_size=_number(option, "batch_size", at=at),
        )
    except UsageError as error:
        raise MalformedError("numbers out of bounds", at=at, clause=_CLAUSE) from error


_METHODS: Final = {each.value: each for each in ReuseMethod}
_LARGEST: Final = 10**9


def _number(option: JsonObject, name: str, *, at: str) -> int | None:
    value: JsonValue = option.get(name)
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise MalformedError("no number", at=f"{at}/{name}", clause=_CLAUSE)
    return value
