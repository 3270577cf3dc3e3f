"""A wallet that an office keeps for a child who has no phone.

It is the office's own, and no citizen's: the key of the child's card is made there, and
delegates what the office decides. Nothing of it reaches a parent but by messages.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from examples.messenger.people import Child, is_aged
from examples.messenger.register import publish_withdrawn
from examples.messenger.talking import World

from idwallet import (
    Holder,
    HolderKey,
    Issuer,
    SoftwareKeyStore,
    SqlStore,
    StoredKeySigner,
    VerifiedPresentation,
)
from idwallet.roles import Act, Compact, Delegated, HeldCredential, guardian_right

ACTS: Final = (Act.AGE, Act.SCHOOL)
"""What a parent may do: prove an age, and say the child's name at a school."""

_LIFE: Final = timedelta(hours=23)  # without a status: less than a day
DELEGATED: Final = timedelta(hours=2)
"""How long a parent may, each time."""

_AGES: Final = (12, 14, 16, 18)


class Custody:
    """The wallet of one child, in a folder of the office."""

    def __init__(self, world: World, issuer: Issuer, *, child: Child) -> None:
        """Take whose it is, and who issues the card."""
        self._world = world
        self._issuer = issuer
        self._child = child
        self._folder = world.folder / "children" / child.name

    def right(self, *, at: datetime) -> Compact:
        """Return the content of a right over this child, for a parent's wallet."""
        with self._open() as (holder, keys):
            card = self._card(holder, keys, at=at)
            found = keys.get(card.thumbprint)
        if found is None:
            raise LookupError("the office lost the key of a child's card")
        return guardian_right(StoredKeySigner(found).public_key, acts=ACTS)

    def delegate(
        self, result: VerifiedPresentation, *, at: datetime
    ) -> Delegated | None:
        """Let whoever showed a right over this child answer for it, for two hours.

        None where that right names another child, or an earlier card of this one, or
        is over sooner: no wallet would keep what lasts longer than its right.
        """
        (shown,) = result.credentials
        key, ends, until = shown.shown_by, shown.valid_until, at + DELEGATED
        is_named = shown.claims.get("guardian_of") == self.named(at=at)
        if not is_named or key is None or isinstance(key, dict):
            return None
        if ends is None or ends < until:
            return None
        with self._open() as (holder, keys):
            card = self._card(holder, keys, at=at)
            return holder.delegate(card, to=key, acts=ACTS, until=until, at=at)

    def named(self, *, at: datetime) -> str:
        """Return by what a right names the child, as it is shown and asked for."""
        named = self.right(at=at).claims["guardian_of"]
        if not isinstance(named, bytes):
            raise TypeError("a right names a child by octets")
        return urlsafe_b64encode(named).decode().rstrip("=")

    def take_back(self, *, at: datetime) -> tuple[bytes, ...]:
        """End all that was delegated and is not over; tell everybody who verifies.

        What is returned ends what would else not be over. It is kept from the moment at
        which something ended and told anew each time: whatever a power cut came
        between, whoever takes back once more tells all of it.
        """
        with self._open() as (holder, _):
            holder.drop_over(at=at)
            # One by one: two that say the same within a second end together.
            while given := holder.delegations():
                holder.take_back(given[0].octets, at=at)
            said = holder.withdrawn(at=at)
        for statement in said:
            publish_withdrawn(self._world.folder, statement, at=at)
        return said

    def tidy(self, *, at: datetime) -> None:
        """Forget to whom something was delegated that is over."""
        if self._folder.exists():
            with self._open() as (holder, _):
                holder.drop_over(at=at)

    @contextmanager
    def _open(self) -> Iterator[tuple[Holder, SoftwareKeyStore]]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        seal = self._world.seal
        keys = SoftwareKeyStore(self._folder / "keys", seal)
        store = SqlStore(self._folder / "wallet.db")
        try:
            trust = self._world.trust
            yield Holder(store=store, seal=seal, keys=keys, trust=trust), keys
        finally:
            store.close()

    def _card(
        self, holder: Holder, keys: SoftwareKeyStore, *, at: datetime
    ) -> HeldCredential:
        for card in holder.credentials():
            until = card.valid_until
            if until is not None and until > at + DELEGATED:
                return card
            if until is None or until <= at:
                # Not sooner: its key takes back what it delegated.
                holder.delete(card.name)
        made = self._issuer.issue(
            self._content(at),
            holder_key=HolderKey.unproven(
                StoredKeySigner(keys.create("ES256", None)).public_key,
                reason="the office made it itself",
            ),
            valid_until=at + _LIFE,
            at=at,
        )
        return holder.add(made, at=at)

    def _content(self, at: datetime) -> Compact:
        child = self._child
        ages = {f"age_over_{n}": is_aged(child.born, n, at=at) for n in _AGES}
        names = {"given_name": child.given_name, "family_name": child.family_name}
        return Compact("national-id", {**ages, **names})
