"""A wallet whose credentials come in many copies, each for one occasion."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.consent.ledger.ledger import Ledger
from idwallet.consent.linking import LinkKind
from idwallet.consent.linking.visits import Visit, VisitLink
from idwallet.consent.reuse import ONCE_ONLY, ReusePolicy
from idwallet.credentials.model import Credential
from idwallet.credentials.query import QueryMatch
from idwallet.crypto.vault import Vault
from idwallet.errors import (
    BatchEmpty,
    MalformedError,
    SignerUnavailable,
    UsageError,
)
from idwallet.ports import Random, StoredKey
from idwallet.protocols.openid4vp.request import RequestObject
from idwallet.roles.asked import Asked, Authenticated, Choice, OriginOnly, Shown
from idwallet.roles.batches import (
    Batches,
    BatchStanding,
    require_same,
    require_unlinked,
)
from idwallet.roles.choosing import Wear
from idwallet.roles.consenting import Ready, Taking
from idwallet.roles.held.format import Chosen
from idwallet.roles.linked import Linking, remembered
from idwallet.roles.record import HeldCredential

_UNKNOWN_BYTES = 16


class InBatches:
    """What a wallet does with batches; `Holder` is one and has the rest."""

    __slots__ = ()

    _batches: Batches
    _random: Random
    _vault: Vault

    @abstractmethod
    def _verified(self, credential: Credential, *, at: datetime) -> HeldCredential: ...

    @abstractmethod
    def _chosen(self, shown: Shown) -> tuple[StoredKey, Chosen]: ...

    def add_batch(
        self,
        credentials: Sequence[Credential],
        *,
        at: datetime,
        policy: ReusePolicy = ONCE_ONLY,
        accept: frozenset[LinkKind] = frozenset(),
        replaces: HeldCredential | None = None,
    ) -> HeldCredential:
        """Verify a batch of copies and store it as one card, sealed.

        Each copy is held to what `add` asks, and all of them to what makes a batch:
        they say the same, and share nothing by which visits could be linked, but for
        what you `accept` in so many words. `policy` says how often a copy is shown:
        `read_reuse_policy` reads what the issuer wants, `stricter` adds what you want.
        With `replaces` the card takes the place of another one of its type and issuer,
        whose copies are destroyed.

        Raises:
            VerificationFailed, VerificationIndeterminate, UnsupportedError: as `add`;
                nothing of the batch was stored.
            MalformedError: it is no batch, or its copies can be linked.
            UsageError: one credential, too many, another card to replace, or a copy
                that the wallet has already.
            PortError: the store failed; nothing was stored.
        """
        if not 1 < len(credentials) <= limits.BATCH_CREDENTIALS:
            raise UsageError(f"a batch has 2 to {limits.BATCH_CREDENTIALS} copies")
        copies = [self._verified(each, at=at) for each in credentials]
        require_same(copies)
        require_unlinked(credentials, accepted=accept)
        return self._batches.add(copies, policy=policy, replaces=replaces)

    def batch(self, card: HeldCredential, *, at: datetime) -> BatchStanding | None:
        """Say how the batch of a card stands, and whether more copies are due.

        None where the card is no batch. Ask after each showing, and once a day.

        Raises:
            MalformedError: a record was changed; see `Vault.open`.
        """
        require_aware(at)
        return self._batches.standing(card.name, at=at)

    def copies(self, card: HeldCredential) -> tuple[HeldCredential, ...]:
        """Return every copy of a card that can still be shown; itself if no batch.

        Each has a key and a status of its own: `Backup.of` wants them, so that all of
        them are revoked when the device is lost. Of copies that were shown the wallet
        keeps nothing; their keys are destroyed.

        Raises:
            MalformedError: a record was changed; see `Vault.open`.
        """
        return self._batches.copies(card)

    def linked(
        self, choice: Choice, *, earlier: Iterable[Visit] = ()
    ) -> tuple[VisitLink, ...]:
        """Say what of a choice would link this visit to earlier ones; changes nothing.

        Show it to the person before `present`. The wallet remembers by what its visits
        are known, in salted digests beside the entries of its ledger, and forgets it
        with the entry or after `limits.LINK_ENTRIES` more. `earlier` are visits that
        it cannot know: those of another device.

        Raises:
            BatchEmpty: every copy of a one-time credential was shown.
            MalformedError, PortError: see `Vault.get`.
        """
        ledger = Ledger(self._vault, random=self._random)
        linking = Linking(self._batches, ledger, self._party(choice.asked))
        return linking.links(choice.shown, earlier)

    def _wear(
        self, asked: Asked, found: QueryMatch, *, cards: Sequence[HeldCredential]
    ) -> Mapping[str, Wear]:
        """Say of each batch that stands beside another answer what would be shown.

        Where nothing else answers there is nothing to prefer, and nothing is read.
        """
        rivals = [
            cards[one.candidate]
            for each in found.credentials
            if len(each.matches) > 1
            for one in each.matches[: limits.ANSWERS_COMPARED]
        ]
        batches = {each.name: each for each in rivals if not each.thumbprint}
        party = self._party(asked) if batches else ""
        return {
            name: self._wear_of(each, party=party) for name, each in batches.items()
        }

    def _wear_of(self, card: HeldCredential, *, party: str) -> Wear:
        try:
            seen = self._batches.preview(card, party=party)
        except (BatchEmpty, MalformedError):
            return Wear.EMPTY  # showing it says what is wrong
        return Wear.UNSEEN if seen is None else Wear.SEEN

    def _taken(self, choice: Choice) -> Taking:
        """Take what is shown out of its batches, once the edits are made.

        From then on nobody else shows it. Only then is anything signed: a crash in
        between loses a copy.

        A copy whose key is gone was shown by another process meanwhile, or before an
        older state of the wallet was put back: another copy is taken.
        """
        cards = [each.credential for each in choice.shown]
        party = self._party(choice.asked)
        tries = limits.WALLET_RETRIES if _any_batch(cards) else 1
        while True:
            tries -= 1
            taken = self._batches.take(cards, party=party)
            try:
                ready = [
                    self._chosen(replace(each, credential=held))
                    for each, held in zip(choice.shown, taken.held, strict=True)
                ]
            except SignerUnavailable:
                if not tries:
                    raise
                continue
            marks = remembered(
                choice.shown, taken.held, party=party, random=self._random
            )
            return Taking(ready, taken.edits, marks)

    def _tidy(self, choice: Choice, taken: Ready) -> None:
        """Destroy the keys of what was shown and will not be shown again."""
        cards = [each.credential for each in choice.shown]
        self._batches.tidy(cards, shown=[stored for stored, _ in taken])

    def _party(self, asked: Asked) -> str:
        """Return by what whoever asks is known again (ARF 3.0.0 ISSU_57)."""
        if isinstance(asked.request, RequestObject):
            return asked.request.client_id
        if isinstance(asked.by, Authenticated) and asked.by.client_id:
            return asked.by.client_id
        if isinstance(asked.by, OriginOnly):
            return asked.by.origin
        # Nobody knows who it is: a stranger each time.
        return self._random(_UNKNOWN_BYTES).hex()


def _any_batch(cards: Iterable[HeldCredential]) -> bool:
    return any(not each.thumbprint for each in cards)
