"""What a wallet writes down of each request, and what a person can do with it later."""

import hashlib
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, TypeGuard

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.codec.moment import require_aware
from idwallet.codec.qr_text import is_qr_text
from idwallet.consent.ledger.deletion import DeletionRequest, draft_deletion
from idwallet.consent.ledger.entry import Entry, EntryKind, Sending
from idwallet.consent.ledger.history import Happening, happenings
from idwallet.consent.ledger.ledger import Ledger
from idwallet.consent.ledger.position import Evidence
from idwallet.consent.ledger.ts10 import transaction_log
from idwallet.consent.occasion import (
    AuthenticatedBy,
    ClaimsShown,
    LegalContacts,
    Party,
    asked_of,
    in_order,
)
from idwallet.consent.purpose import Judgement
from idwallet.consent.purpose.circumstances import Earlier
from idwallet.consent.receipt import VerifiedReceipt, read_receipt, verify_receipt
from idwallet.consent.receipt.structures import receipt_digest
from idwallet.credentials.mdoc.present import DeviceElements
from idwallet.credentials.paths import telling
from idwallet.crypto.vault import Edit, Vault
from idwallet.errors import MalformedError, PortError, UsageError
from idwallet.ports import Random, StoredKey
from idwallet.roles.asked import (
    Asked,
    Authenticated,
    Choice,
    OriginOnly,
    Shown,
)
from idwallet.roles.askers import Askers
from idwallet.roles.held.format import Chosen
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import Policy

Ready = Sequence[tuple[StoredKey, Chosen]]
"""What signs each credential shown, and what of it is chosen."""


class Taking(NamedTuple):
    """What is ready to be signed, and what using it up changes in the vault."""

    ready: Ready
    edits: Sequence[Edit]
    marks: bytes
    """By what this visit could be known again; see `linking.marks`."""


Said = Mapping[str, DeviceElements]
"""What a device says by itself, by the query's identifier."""


class Consenting:
    """A wallet's ledger; `Holder` is one and has the rest."""

    __slots__ = ()

    _askers: Askers
    _trust: TrustStore
    _policy: Policy
    _vault: Vault
    _random: Random

    @property
    def ledger(self) -> Ledger:
        """What was asked of this wallet, and what it showed; see `consent.Ledger`."""
        return Ledger(self._vault, random=self._random)

    def history(self) -> tuple[Happening, ...]:
        """Return every occasion with what became of it, the first one first.

        Raises:
            MalformedError, PortError: see `Vault.records`.
        """
        return happenings(self.ledger.entries())

    def transactions(self) -> list[JsonObject]:
        """Return the log in the shape of TS10, for a backup (`Backup.of`).

        Raises:
            MalformedError, PortError: see `Vault.records`.
        """
        return transaction_log(self.ledger.entries())

    def earlier(self, asked: Asked) -> Earlier:
        """Return how often the same party asked before, and how often it was refused.

        The ledger knows: what was erased of it counts as no request, and whoever is
        not known by name is not known again either.

        Raises:
            MalformedError, PortError: see `Vault.records`.
        """
        return self._askers.earlier(party_of(asked))

    def record_sent(self, index: int, *, at: datetime, sent: bool = True) -> int:
        """Write down that the answer of an entry was sent, or that it was not.

        Until then it counts as perhaps sent. Returns the index of the new entry.

        Raises:
            UsageError: `at` has no zone, or nothing was answered there.
            PortError: the store failed.
        """
        entry = self._answered(index)
        if entry is None:
            raise UsageError("the ledger has no answer at that index")
        return self._outcome(index, Sending.SENT if sent else Sending.NOT_SENT, at=at)

    def _outcome(self, index: int, outcome: Sending, *, at: datetime) -> int:
        made = Entry(
            kind=EntryKind.OUTCOME, time=at, about=index, outcome=outcome.value
        )
        return self.ledger.enter(made)

    def keep_receipt(
        self, token: str, *, at: datetime, index: int | None = None
    ) -> VerifiedReceipt:
        """Verify a receipt against the entry that it is for, and keep it with it.

        `token` is the receipt, or the text of a QR code that holds it. Without `index`
        it is held against the newest answer to the request that it names. The same
        receipt is kept once.

        Raises:
            VerificationFailed: it is not by who asked, or not about what was shown.
            VerificationIndeterminate: something could not be decided.
            UsageError: `at` has no zone, or no receipt can be for that entry; or,
                without `index`, nothing was answered that it can be for.
            MalformedError, UnsupportedError, LimitError: a code that holds no receipt;
                or, without `index`, no receipt.
            PortError: the store failed.
        """
        token = _out_of_code(token)
        index = self._named_in(token) if index is None else index
        entry = self._answered(index)
        if entry is None:
            raise UsageError("the ledger has no answer at that index")
        found = verify_receipt(
            token,
            about=entry.occasion(),
            trust=self._trust,
            policy=self._policy,
            at=at,
        )
        digest = receipt_digest(found.token)
        if not any(
            each.entry is not None
            and (each.entry.about, each.entry.receipt) == (index, digest)
            for each in self.ledger.entries()
        ):
            made = Entry(kind=EntryKind.RECEIPT, time=at, about=index, receipt=digest)
            self.ledger.enter(made, evidence=Evidence(receipt=found.token))
        return found

    def _named_in(self, token: str) -> int:
        """Return the index of the newest answer to the request that a receipt names."""
        request = read_receipt(token).receipt.request
        for each in reversed(self.ledger.entries()):
            if _is_answer(each.entry) and each.entry.request == request:
                return each.index
        raise UsageError("the ledger has no answer that this receipt can be for")

    def ask_deletion(self, index: int, *, at: datetime) -> DeletionRequest:
        """Draft a request to delete what an entry shows, and write down that it began.

        It is sent by nobody: the person chooses one of its contacts.

        Raises:
            UsageError: `at` has no zone, or nothing was shown there.
            PortError: the store failed.
        """
        entry = self.ledger.entry(index).entry
        if entry is None:
            raise UsageError("that entry was erased: of whom to ask is not known")
        made = draft_deletion(entry, index=index, at=at)
        self.ledger.enter(made.entry())
        return made

    def _answered(self, index: int) -> Entry | None:
        entry = self.ledger.entry(index).entry
        return entry if _is_answer(entry) else None

    # --- written by the wallet itself -------------------------------------------------

    @abstractmethod
    def _judged_alone(self, asked: Asked, *, at: datetime) -> Judgement:
        """Judge a request without a look at what the wallet holds.

        What is not looked at cannot take longer to look at.
        """

    @abstractmethod
    def _acting_for(self, choice: Choice, *, at: datetime) -> str | None:
        """Say for whom an answer is that is not about the wallet's owner.

        It is the pseudonym of a child, None where the owner answers alone.

        Raises:
            VerificationFailed: what was delegated is over, or does not go so far.
            VerificationIndeterminate: whether it was taken back is not known.
            UsageError: the answer would be about several people.
        """

    @abstractmethod
    def _taken(self, choice: Choice) -> Taking: ...

    @abstractmethod
    def _tidy(self, choice: Choice, taken: Ready) -> None: ...

    @contextmanager
    def _entering(
        self, choice: Choice, *, at: datetime, said: Said | None = None
    ) -> Iterator[tuple[int, Ready]]:
        """Write down what will be shown, and hand out what signs it.

        What is used up by showing it is used up in the same change. Where it is not
        signed, that is written down too.

        Raises:
            PortError: the store failed, or others change the wallet all the time.
        """
        index, ready = self._enter_shown(choice, at=at, said=said or {})
        try:
            yield index, ready
        except Exception:
            # A key refused, or its device is gone: nothing left this wallet. Where it
            # dies instead, the entry says that it is not known.
            with suppress(PortError, MalformedError):
                self._outcome(index, Sending.NOT_SENT, at=at)
            raise
        self._tidy(choice, ready)

    def _enter_shown(
        self, choice: Choice, *, at: datetime, said: Said
    ) -> tuple[int, Ready]:
        acted_for = self._acting_for(choice, at=at)
        shown = tuple(
            _shown(each, said.get(each.query_id, {})) for each in choice.shown
        )
        entry = replace(
            _entry(
                choice.asked,
                kind=EntryKind.SHOWN,
                at=at,
                shown=shown,
                judgement=choice.judgement,
            ),
            acted_for=acted_for,
        )
        evidence = Evidence(choice.asked.evidence)
        for _ in range(limits.WALLET_RETRIES):
            # What cannot be shown at all is found out before the ledger has it.
            taking = self._taken(choice)
            index = self.ledger.add(
                entry, evidence=evidence, beside=taking.edits, marks=taking.marks
            )
            if index is not None:
                return index, taking.ready
        raise PortError("the wallet is too busy: others change it all the time")

    def _enter_declined(
        self, asked: Asked, *, at: datetime, judgement: Judgement | None
    ) -> int:
        require_aware(at)
        if judgement is None:
            judgement = self._judged_alone(asked, at=at)
        entry = _entry(asked, kind=EntryKind.DECLINED, at=at, judgement=judgement)
        return self.ledger.enter(entry, evidence=Evidence(asked.evidence))


def _entry(
    asked: Asked,
    *,
    kind: EntryKind,
    at: datetime,
    shown: tuple[ClaimsShown, ...] = (),
    judgement: Judgement | None = None,
) -> Entry:
    registration = asked.registration
    return Entry(
        kind=kind,
        time=at,
        party=party_of(asked),
        legal=None if registration is None else LegalContacts.of(registration),
        purpose=asked.purpose,
        asked=asked_of(asked.query),
        shown=shown,
        judgement={} if judgement is None else _codes(judgement),
        request=hashlib.sha256(asked.evidence).digest(),
    )


def _out_of_code(token: str) -> str:
    if not is_qr_text(token):
        return token
    from idwallet.roles.receipts import read_receipt_code

    return read_receipt_code(token)


def _is_answer(entry: Entry | None) -> TypeGuard[Entry]:
    kinds = {EntryKind.SHOWN, EntryKind.DECLINED}
    return entry is not None and entry.kind in kinds


def _codes(judgement: Judgement) -> Counter[str]:
    """Count what each claim is to the purpose, and note each warning once."""
    found = Counter(each.finding.value for each in judgement.claims)
    found.update(each.code.value for each in judgement.cautions)
    return found


def party_of(asked: Asked) -> Party:
    """Return who asked, as a ledger has it."""
    by = asked.by
    if isinstance(by, OriginOnly):
        return Party("", by.origin, AuthenticatedBy.ORIGIN)
    if not isinstance(by, Authenticated):
        return Party("", by.client_id or "", AuthenticatedBy.NOTHING)
    return Party(by.name, by.client_id, by.known_by, by.anchor, by.certificate)


def _shown(shown: Shown, said: DeviceElements) -> ClaimsShown:
    """Return what will be seen of one credential, and where."""
    held = shown.credential
    places = telling(held.positioned, shown.reveals)
    own = tuple(
        (namespace, name) for namespace, names in said.items() for name in names
    )
    return ClaimsShown(
        shown.query_id,
        held.format.value,
        held.credential_type,
        in_order((*places, *own)),
    )
