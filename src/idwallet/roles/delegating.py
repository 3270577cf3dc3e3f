"""A wallet whose cards let somebody else answer, and what ends that again."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.credentials.compact.evaluate_guardian import ends
from idwallet.credentials.compact.guardian import (
    Act,
    Delegation,
    delegate,
    read_delegation,
    withdraw,
    withdrawn_by,
)
from idwallet.credentials.model import Credential, Format
from idwallet.credentials.presence import VerifyPerson, verified_by
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.vault import Edit, Vault
from idwallet.errors import (
    MalformedError,
    PortError,
    SignerUnavailable,
    UnsupportedError,
    UsageError,
)
from idwallet.ports import KeyStore, Shelf
from idwallet.roles.consenting import Consenting
from idwallet.roles.record import HeldCredential
from idwallet.roles.wards import (
    NOBODY,
    ActingRecord,
    Delegated,
    Ended,
    Given,
    Ward,
    read_acting,
)

_NAME: Final = "acting"
_DIGEST: Final = 32
_LONGEST: Final = timedelta(minutes=limits.DELEGATION_MINUTES)


class Delegations:
    """What a wallet keeps of delegations: what it gave, what it was given, their ends.

    It is sealed in `vault`; `keys` are the wallet's. A statement ends something if it
    is signed by one of `algorithms`.
    """

    __slots__ = ("_algorithms", "_keys", "_vault")

    def __init__(
        self, vault: Vault, *, keys: KeyStore, algorithms: frozenset[Algorithm]
    ) -> None:
        """Take the wallet's parts; nothing is read yet."""
        self._vault = vault
        self._keys = keys
        self._algorithms = algorithms

    def __repr__(self) -> str:
        """Show nothing of them."""
        return "<Delegations>"

    def delegate(
        self,
        card: HeldCredential,
        *,
        to: PublicKey,
        acts: Iterable[Act],
        until: datetime,
        at: datetime,
    ) -> Delegated:
        """Let whoever has the key `to` answer for whom this card is about.

        From `at` until `until`, less than a day, and for the claims of these `acts`
        alone; whoever takes it needs a right of their own beside (`guardian_key`). The
        wallet keeps what it gave, for `take_back`. What is returned holds the card:
        hand it to nobody else.

        Raises:
            UsageError: no compact card of this wallet, no act, a day or longer, a
                moment without a zone, or more at a time than `limits.WARDS`, or
                than fits into a wallet.
            SignerUnavailable, SignerLocked: the key of the card did not sign.
            PortError: the store failed; nothing may be handed on.
        """
        require_aware(at)
        if card.format is not Format.COMPACT or isinstance(card, Ward):
            raise UsageError("what is delegated is a compact card of this wallet's own")
        octets = self._new(card.thumbprint, to=to, acts=acts, since=at, until=until)
        given = Given(octets, card.thumbprint)
        self.change(lambda was: was._replace(given=(*was.given, given)), at=at)
        return Delegated(Credential(card.format, card.raw), octets)

    def _new(
        self,
        thumbprint: str,
        *,
        to: PublicKey,
        acts: Iterable[Act],
        since: datetime,
        until: datetime,
    ) -> bytes:
        """Return one that was not taken back before it was made.

        What says the same from the same second on is one delegation: one that is given
        again within a second of its end begins, and ends, a second before.
        """
        ended, named = self.record().statements, frozenset(acts)
        signer, earlier = self._signer(thumbprint), timedelta()
        while True:
            octets = delegate(
                to,
                acts=named,
                signer=signer,
                since=since - earlier,
                until=until - earlier,
            )
            identity = read_delegation(octets, at="delegation").identity
            if not any(identity in statement for statement in ended):
                return octets
            earlier += timedelta(seconds=1)

    def given(self) -> tuple[Given, ...]:
        """Return what the cards of this wallet delegated, what is over included.

        Raises:
            MalformedError, PortError: see `Vault.get`.
        """
        return self.record().given

    def take_back(self, delegation: bytes | Ward, *, at: datetime) -> bytes:
        """End a delegation that this wallet gave, or was given; return who to tell.

        The statement that is returned says so to whoever reads it: to the other wallet
        (`heed`), to verifiers (`Verifier.without`). Until they have it they believe
        the delegation, at most until it ends. This wallet forgets it at once.

        Raises:
            UsageError: `at` has no zone, or this wallet knows of no such delegation.
            SignerUnavailable, SignerLocked: the key did not sign; nothing was ended.
            PortError: the store failed; nothing was ended.
        """
        require_aware(at)
        found = (
            delegation.delegation
            if isinstance(delegation, Ward)
            else read_delegation(delegation, at="delegation")
        )
        signer = self._signer(self._own_key(found))
        statement = withdraw(found, signer=signer)
        self._end(found, statement, at=at)
        return statement

    def _own_key(self, delegation: Delegation) -> str:
        known = self.record()
        for given in known.given:
            if given.delegation.identity == delegation.identity:
                return given.thumbprint
        for ward in known.wards:
            if ward.opened()[1].identity == delegation.identity:
                return delegation.guardian.thumbprint
        raise UsageError("this wallet knows of no such delegation")

    def heed(self, statement: bytes, *, at: datetime) -> bool:
        """End what a statement of `take_back` ends; return whether it ended anything.

        Whoever sent it, it counts if the child's key or the guardian's signed it. What
        was ended is not taken again (`add_ward`), nor is what has yet to come here.

        Raises:
            UsageError: `at` has no zone.
            PortError: the store failed.
        """
        require_aware(at)
        if len(statement) > limits.DELEGATION_END_BYTES:
            return False  # what makes it longer than any stands where nobody signs
        known, allowed = self.record(), self._algorithms
        for ward in known.wards:
            issued, delegation = ward.opened()
            keys = (issued.credential.key, delegation.guardian)
            if ends(statement, delegation, by=keys, allowed=allowed):
                self._end(delegation, statement, at=at)
                return True
        for given in known.given:
            delegation = given.delegation
            if ends(statement, delegation, by=(delegation.guardian,), allowed=allowed):
                self._end(delegation, statement, at=at)
                return True
        self._expect(statement, at=at)
        return False

    def _expect(self, statement: bytes, *, at: datetime) -> None:
        """Keep what names a delegation that is not here: it may come after its end.

        Nobody has judged it, so it takes no room that is needed for what was.
        """
        try:
            named = withdrawn_by(statement, at="statement")
        except (MalformedError, UnsupportedError):
            return
        known = self.record().at(at)
        is_new = statement not in known.statements
        if len(named.payload) == _DIGEST and is_new and known.has_room_for(statement):
            ended = Ended(statement, at + _LONGEST)
            self.change(lambda was: was.with_end(ended), at=at)

    def delete_ward(self, name: str) -> None:
        """Remove the card of a child; one that is not there is no error.

        Raises:
            PortError: the store failed.
        """
        self.change(
            lambda was: was._replace(
                wards=tuple(each for each in was.wards if each.name != name)
            )
        )

    def _end(self, delegation: Delegation, statement: bytes, *, at: datetime) -> None:
        over = delegation.identity

        def without(was: ActingRecord) -> ActingRecord:
            left = ActingRecord(
                tuple(e for e in was.wards if e.opened()[1].identity != over),
                tuple(e for e in was.given if e.delegation.identity != over),
                was.ended,
            )
            # What is ended has to end: of too many statements the first give way.
            return left.with_end(Ended(statement, delegation.until))

        self.change(without, at=at)

    # --- the record -------------------------------------------------------------------

    def _signer(self, thumbprint: str) -> StoredKeySigner:
        stored = self._keys.get(thumbprint)
        if stored is None:
            raise SignerUnavailable("the key that would delegate is not here")
        return StoredKeySigner(stored)

    def record(self) -> ActingRecord:
        """Return all of it.

        Raises:
            MalformedError, PortError: see `Vault.get`.
        """
        record = self._vault.get(Shelf.SETTING, _NAME)
        return NOBODY if record is None else read_acting(record.plain)

    def change(
        self,
        change: Callable[[ActingRecord], ActingRecord],
        *,
        at: datetime | None = None,
    ) -> None:
        """Change the record as it is now, whoever else changes it meanwhile.

        With `at`, what is over by then is dropped.

        Raises:
            UsageError: it would pass a bound.
            PortError: the store failed, or others change the wallet all the time.
        """
        for _ in range(limits.WALLET_RETRIES):
            stored = self._vault.get(Shelf.SETTING, _NAME)
            was = NOBODY if stored is None else read_acting(stored.plain)
            made = change(was if at is None else was.at(at))
            plain = made.require_bounded().to_bytes()
            edit = (
                Edit.adding(Shelf.SETTING, _NAME, plain=plain)
                if stored is None
                else Edit.replacing(stored, plain)
            )
            if self._vault.change([edit]):
                return
        raise PortError("the wallet is too busy: others change it all the time")


class Delegating(Consenting):
    """What a wallet does to let somebody answer, or to end that; `Holder` is one."""

    __slots__ = ()

    _keys: KeyStore
    _verify_person: VerifyPerson

    @property
    def _delegations(self) -> Delegations:
        return Delegations(
            self._vault, keys=self._keys, algorithms=self._policy.algorithms
        )

    def delegate(
        self,
        card: HeldCredential,
        *,
        to: PublicKey,
        acts: Iterable[Act],
        until: datetime,
        at: datetime,
    ) -> Delegated:
        """Let whoever has the key `to` answer for whom this card is about.

        From `at` until `until`, less than a day, and for the claims of these `acts`
        alone; whoever takes it needs a right of their own beside (`guardian_key`). The
        wallet keeps what it gave, for `take_back`. What is returned holds the card:
        hand it to nobody else.

        Raises:
            UsageError, SignerError, PortError: see `Delegations.delegate`.
            SigningDeclined: the person was not verified, as `verify_person` says.
        """
        verified_by(self._verify_person)
        return self._delegations.delegate(card, to=to, acts=acts, until=until, at=at)

    def delegations(self) -> tuple[Given, ...]:
        """Return what the cards of this wallet delegated, what is over included.

        Raises:
            MalformedError, PortError: see `Vault.get`.
        """
        return self._delegations.given()

    def withdrawn(self, *, at: datetime) -> tuple[bytes, ...]:
        """Return the statements here that end what would else not be over at `at`.

        Those of `take_back` stand here from the moment at which it ended something: who
        tells all of these after it, and again after a power cut, has told everybody.
        Among them may be some that came from anybody (`heed`): whoever reads a
        statement judges it.

        Raises:
            UsageError: `at` has no zone.
            MalformedError, PortError: see `Vault.get`.
        """
        require_aware(at)
        return self._delegations.record().at(at).statements

    def drop_over(self, *, at: datetime) -> None:
        """Forget delegations, children and statements that are over by `at`.

        Whatever changes delegations does so besides; nothing else does. Nothing is
        written where nothing is over.

        Raises:
            UsageError: `at` has no zone.
            MalformedError, PortError: the store failed, or cannot be read.
        """
        require_aware(at)
        known = self._delegations.record()
        if known.at(at) != known:
            self._delegations.change(lambda was: was, at=at)

    def take_back(self, delegation: bytes | Ward, *, at: datetime) -> bytes:
        """End a delegation that this wallet gave, or was given; return who to tell.

        The statement that is returned says so to whoever reads it: to the other wallet
        (`heed`), to verifiers (`Verifier.without`), to who makes their bundles
        (`BundlePart.of_withdrawn`). Until they have it they believe the delegation, at
        most until it ends. This wallet forgets it at once.

        Raises:
            UsageError, SignerError, PortError: see `Delegations.take_back`.
        """
        return self._delegations.take_back(delegation, at=at)

    def heed(self, statement: bytes, *, at: datetime) -> bool:
        """End what a statement of `take_back` ends; return whether it ended anything.

        Whoever sent it, it counts if the child's key or the guardian's signed it. What
        was ended is not taken again (`add_ward`), nor is what has yet to come here.

        Raises:
            UsageError: `at` has no zone.
            PortError: the store failed.
        """
        return self._delegations.heed(statement, at=at)

    def delete_ward(self, name: str) -> None:
        """Remove the card of a child; one that is not there is no error.

        The delegation stands all the same: see `take_back`.

        Raises:
            PortError: the store failed.
        """
        self._delegations.delete_ward(name)
