"""Which copies a batch has, which were shown, and which one is next."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.codec.numeric_date import numeric_date
from idwallet.consent.reuse.policy import ReuseMethod, ReusePolicy, WhenEmpty
from idwallet.errors import BatchEmpty, MalformedError, UsageError
from idwallet.ports import Random

_FORMAT: Final = "idwallet-batch/1"
_CLAUSE: Final = "idwallet batch record 1"
_AT: Final = "batch record"
_KEY_BYTES: Final = 16
_PARTY_BYTES: Final = 12
_DRAWN_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a credential: where it is stored, and how often it was shown.

    `name` is that of its record, `key` the thumbprint of the key that it is bound to.
    `party` is a keyed digest of whom it is for, None where it is nobody's yet.
    """

    name: str
    key: str
    shown: int = 0
    party: str | None = None


class RefillReason(StrEnum):
    """Why the issuer is to be asked for more copies."""

    FEW_LEFT = "few_left"
    EMPTY = "empty"
    ENDS_SOON = "ends_soon"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class RefillHint:
    """That a batch needs more copies: of which card, why, and how many are left.

    `ask_for` is how many the issuer gives at once, as far as that is known.
    """

    card: str
    reason: RefillReason
    left: int
    ask_for: int | None


@dataclass(frozen=True, slots=True)
class Pick:
    """The copy to show next. `again` says that it was shown before."""

    copy: Copy
    again: bool


@dataclass(frozen=True, slots=True, repr=False)
class BatchState:
    """The copies of one card, and how they may be used. Nobody changes it.

    `copies` can still be shown; `spent` counts those that cannot any more; `orphans`
    are keys of such copies that are yet to be destroyed.
    """

    card: str
    policy: ReusePolicy
    copies: tuple[Copy, ...]
    secret: bytes
    valid_until: datetime | None = None
    spent: int = 0
    orphans: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Show numbers only."""
        return f"BatchState(<{len(self.copies)} copies, {self.spent} spent>)"

    @property
    def unused(self) -> int:
        """How many copies nobody has seen."""
        return sum(not each.shown for each in self.copies)

    def pick(self, party: str, *, random: Random) -> Pick:
        """Choose the copy to show to `party`, as the policy has it; changes nothing.

        `party` is by what the asker is known: a verifier's client identifier. Of
        several that would do, one is drawn.

        Raises:
            BatchEmpty: none is left, and the policy shows none again.
        """
        choose = _METHODS[self.policy.method]
        found = choose(self, self._party(party))
        if found:
            chosen = _drawn(found, random)
            return Pick(chosen, again=chosen.shown > 0)
        shown = [each for each in self.copies if each.shown]
        if self.policy.when_empty is WhenEmpty.REFUSE or not shown:
            raise BatchEmpty(self.card)
        # The one that most have seen: every other would be linked as well.
        most = max(each.shown for each in shown)
        return Pick(_drawn([e for e in shown if e.shown == most], random), again=True)

    def after(self, pick: Pick, party: str) -> "BatchState":
        """Return the state once that copy counts as shown to `party`.

        A copy that will never be shown again is not among `copies` any more, and its
        key is among `orphans`: whoever stores the state removes its record with it.

        Raises:
            UsageError: the copy is none of this state.
        """
        if pick.copy not in self.copies:
            raise UsageError("that copy is not one of this batch as it stands")
        whose = pick.copy.party or self._party(party)
        seen = replace(pick.copy, shown=pick.copy.shown + 1, party=whose)
        kept = [seen if e.name == seen.name else e for e in self.copies]
        gone = [each for each in kept if self._is_over(each, last=seen)]
        return replace(
            self,
            copies=tuple(each for each in kept if each not in gone),
            spent=self.spent + len(gone),
            orphans=(*self.orphans, *(each.key for each in gone)),
        )

    def gone_after(self, pick: Pick, party: str) -> tuple[Copy, ...]:
        """Return the copies that `after` takes away: their records go with it."""
        left = {each.name for each in self.after(pick, party).copies}
        return tuple(each for each in self.copies if each.name not in left)

    def _is_over(self, copy: Copy, *, last: Copy) -> bool:
        if self.policy.method is not ReuseMethod.ONCE_ONLY or not copy.shown:
            return False
        again = self.policy.when_empty is WhenEmpty.SHOW_AGAIN
        return not (again and copy.name == last.name)

    def refill(self, *, at: datetime) -> RefillHint | None:
        """Say whether more copies are due at the moment `at`, and why."""
        reason = self._due(at)
        if reason is None:
            return None
        return RefillHint(self.card, reason, self.unused, self.policy.batch_size)

    def _due(self, at: datetime) -> RefillReason | None:
        ends = self.valid_until
        if ends is not None and at >= ends:
            return RefillReason.ENDED
        method, left = self.policy.method, self.unused
        if method in {ReuseMethod.ONCE_ONLY, ReuseMethod.PER_RELYING_PARTY}:
            if not left:
                return RefillReason.EMPTY
            if left <= self.policy.refill_unused:
                return RefillReason.FEW_LEFT
        if ends is not None and at >= ends - self.policy.refill_before:
            return RefillReason.ENDS_SOON
        return None

    def without_orphans(self, destroyed: Iterable[str]) -> "BatchState":
        """Return the state once those keys are destroyed."""
        done = frozenset(destroyed)
        return replace(
            self, orphans=tuple(each for each in self.orphans if each not in done)
        )

    def _party(self, party: str) -> str:
        # Keyed: an entry erased from the ledger is not to be found again here.
        made = hmac.digest(self.secret, party.encode(), "sha256")
        return b64.encode(made[:_PARTY_BYTES])

    def to_bytes(self) -> bytes:
        """Return the record as it is sealed."""
        record: JsonObject = {
            "format": _FORMAT,
            "policy": self.policy.to_json(),
            "secret": b64.encode(self.secret),
            "copies": [
                [each.name, each.key, each.shown, each.party] for each in self.copies
            ],
            "valid_until": None
            if self.valid_until is None
            else self.valid_until.timestamp(),
            "spent": self.spent,
            "orphans": list(self.orphans),
        }
        return write_json(record)


def new_batch_state(
    card: str,
    copies: Iterable[Copy],
    *,
    policy: ReusePolicy,
    valid_until: datetime | None,
    random: Random,
) -> BatchState:
    """Return the state of a batch of which nothing was shown yet."""
    return BatchState(
        card, policy, tuple(copies), random(_KEY_BYTES), valid_until=valid_until
    )


def read_batch_state(card: str, data: bytes) -> BatchState:
    """Read what `BatchState.to_bytes` wrote.

    Raises:
        MalformedError: it is none, or of an unknown version.
    """
    record = read_object(data, at=_AT, clause=_CLAUSE)
    if record.get("format") != _FORMAT:
        raise MalformedError("unknown version", at=_AT, clause=_CLAUSE)
    try:
        return BatchState(
            card=card,
            policy=_read_policy(record["policy"]),
            copies=tuple(_read_copy(each) for each in _listed(record["copies"])),
            secret=b64.decode(_text(record["secret"]), at=_AT, clause=_CLAUSE),
            valid_until=_read_moment(record["valid_until"]),
            spent=_whole(record["spent"]),
            orphans=tuple(_text(each) for each in _listed(record["orphans"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedError("a member is wrong", at=_AT, clause=_CLAUSE) from error


def _read_policy(value: JsonValue) -> ReusePolicy:
    if not isinstance(value, dict):
        raise TypeError("policy")
    size = value["batch_size"]
    return ReusePolicy(
        method=ReuseMethod(_text(value["method"])),
        when_empty=WhenEmpty(_text(value["when_empty"])),
        refill_unused=_whole(value["refill_unused"]),
        refill_before=timedelta(seconds=_whole(value["refill_before"])),
        batch_size=None if size is None else _whole(size),
    )


def _read_copy(value: JsonValue) -> Copy:
    name, key, shown, party = _listed(value)
    return Copy(
        _text(name), _text(key), _whole(shown), None if party is None else _text(party)
    )


def _read_moment(value: JsonValue) -> datetime | None:
    moment = numeric_date(value)
    if value is not None and moment is None:
        raise ValueError("moment")
    return moment


def _listed(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        raise TypeError("list")
    return value


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _whole(value: JsonValue) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("number")
    return value


def _drawn(copies: list[Copy], random: Random) -> Copy:
    """Return one of them, each as likely but for less than one in 2^120."""
    drawn = int.from_bytes(random(_DRAWN_BYTES))
    return copies[drawn % len(copies)]


def _unused(state: BatchState, _: str) -> list[Copy]:
    return [each for each in state.copies if not each.shown]


def _of_party(state: BatchState, party: str) -> list[Copy]:
    own = [each for each in state.copies if each.party == party]
    return own[:1] or _unused(state, party)


def _least_shown(state: BatchState, _: str) -> list[Copy]:
    least = min((each.shown for each in state.copies), default=0)
    return [each for each in state.copies if each.shown == least]


def _the_one(state: BatchState, _: str) -> list[Copy]:
    shown = [each for each in state.copies if each.shown]
    return (shown or list(state.copies))[:1]


_METHODS: Final = {
    ReuseMethod.ONCE_ONLY: _unused,
    ReuseMethod.PER_RELYING_PARTY: _of_party,
    ReuseMethod.ROTATING_BATCH: _least_shown,
    ReuseMethod.LIMITED_TIME: _the_one,
}
