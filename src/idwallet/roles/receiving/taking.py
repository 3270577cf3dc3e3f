"""Credentials on their way into a wallet: keys made and proven, what comes verified.

What a person has to say stays with the person: whether they want what is offered, and
whether what came is about them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.credentials.possession import make_proof
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.errors import SignerUnavailable, UnsupportedError, UsageError
from idwallet.protocols.http import HttpResponse
from idwallet.protocols.openid4vci.credential import ProofKind
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    ConfirmOffer,
    Done,
    Failed,
    Issuance,
    OpenBrowser,
    ProveKeys,
    Send,
    Wait,
)
from idwallet.roles.receiving.arrived import Arrived, Refused, Terms, judge_received
from idwallet.roles.record import HeldCredential

_PREFERRED: Final = ("ES256", "ES384", "EdDSA", "ES512")


@dataclass(frozen=True, slots=True)
class ConfirmArrived:
    """Show what came, and ask: "is this you?" Go on by `store` or `reject`.

    Somebody can put an offer of *their own* account before your user: everything
    verifies, and the person alone can tell (openid/OpenID4VCI#806).
    """

    arrived: tuple[Arrived, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestKeys:
    """Have the wallet's provider attest `keys`, and hand it over to `attested`.

    The issuer wants one of the resistances in `key_storage` and `user_authentication`,
    any where they are empty, and `nonce` in it (OpenID4VCI 1.0 Appendix D).
    """

    keys: tuple[PublicKey, ...]
    nonce: str | None
    key_storage: tuple[str, ...]
    user_authentication: tuple[str, ...]


_Asks = Send | ConfirmOffer | OpenBrowser | AttestKeys | ConfirmArrived
_Ends = Wait | Done | Failed


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Receiving:
    """An offer being taken up by a wallet. It is a value: each method returns the next.

    `step` says what is to be done. `refused` is everything that came and was not
    taken, `stored` the cards that are in the wallet now.
    """

    step: _Asks | _Ends
    refused: tuple[Refused, ...] = ()
    stored: tuple[HeldCredential, ...] = ()
    _issuance: Issuance = field()
    _terms: Terms = field()
    _names: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Show the step only."""
        return f"Receiving({type(self.step).__name__})"

    def save(self, key: SealKey) -> bytes:
        """Seal the state; `Holder.resume` goes on in another process, on another day.

        What waits for the person is verified again then.
        """
        return self._issuance.save(key)

    def renewal(self, key: SealKey) -> bytes | None:
        """Seal what it takes to have the cards in `stored` anew; None where it cannot.

        Keep it beside them, and give it to `Holder.resume` with `replaces` when a batch
        runs out or its end comes near. It serves once: what that leads to has another.
        The key of `WalletClient.dpop` has to be the same then.
        """
        return self._issuance.renewal(self._names, key=key)

    def receive(self, response: HttpResponse, *, at: datetime) -> "Receiving":
        """Take the answer to what `Send` sent.

        Raises:
            UsageError: nothing was sent.
            SignerError: the key store could not make or use a key; try again.
            PortError: a store failed; try again.
        """
        return self._on(self._issuance.receive(response, at=at), at=at)

    def accept(
        self, *, transaction_code: str | None = None, at: datetime
    ) -> "Receiving":
        """Take the offer up; see `Issuance.accept`.

        Raises:
            UsageError: nothing is offered, or the code is none.
        """
        after = self._issuance.accept(transaction_code=transaction_code, at=at)
        return self._on(after, at=at)

    def attested(self, attestation: str, *, at: datetime) -> "Receiving":
        """Take the key attestation that the wallet's provider gave.

        Raises:
            UsageError: none is wanted.
            SignerError: the key could not sign the proof that it goes into.
        """
        step = self._issuance.step
        if not isinstance(step, ProveKeys) or not isinstance(self.step, AttestKeys):
            raise UsageError("no attestation is wanted: see step")
        thumbprints = [each.thumbprint for each in self.step.keys]
        proof = attestation
        if step.kind is ProofKind.JWT:
            stored = self._terms.keys.get(thumbprints[0])
            if stored is None:
                raise SignerUnavailable("the first of the keys is gone")
            proof = make_proof(
                StoredKeySigner(stored),
                audience=step.audience,
                nonce=step.nonce,
                attestation=attestation,
                at=at,
            )
        after = self._issuance.prove([proof], thumbprints=thumbprints, at=at)
        return self._on(after, at=at)

    def decline(self, *, at: datetime) -> "Receiving":
        """Leave the offer; nothing is sent.

        Raises:
            UsageError: nothing is offered.
        """
        return self._on(self._issuance.decline(at=at), at=at)

    def returned(self, url: str, *, at: datetime) -> "Receiving":
        """Take the address that the browser came back with; see `Issuance.returned`.

        Raises:
            UsageError: no browser was opened.
            MalformedError: it belongs to another session, address or server.
        """
        return self._on(self._issuance.returned(url, at=at), at=at)

    def poll(self, *, at: datetime) -> "Receiving":
        """Ask for what was deferred, or once more what nobody had time to answer.

        Raises:
            UsageError: there is nothing to wait for, or it is too early.
        """
        return self._on(self._issuance.poll(at=at), at=at)

    def store(self, *, at: datetime) -> "Receiving":
        """Store what the person said is theirs, and tell the issuer.

        What the wallet has a copy of already is told the issuer as a failure, and
        stands in `refused`.

        Raises:
            UsageError: nothing came.
            PortError: the store failed; what was stored before that is in the wallet.
        """
        kept: list[HeldCredential] = []
        names: list[str] = []
        refused: list[Refused] = []
        for each in self._arrived():
            try:
                kept.append(_kept(each, self._terms))
                names.append(each.name)
            except UsageError as error:
                refused.append(Refused(name=each.name, error=error, place=each.place))
        own = replace(
            self,
            refused=(*self.refused, *refused),
            stored=(*self.stored, *kept),
            _names=tuple(dict.fromkeys((*self._names, *names))),
        )
        bound = {key for e in self._arrived() for key in _keys_of(e.copies)}
        return own._settled(  # noqa: SLF001 - another state of itself
            bound, stored=True, refused=refused, at=at
        )

    def reject(self, *, at: datetime) -> "Receiving":
        """Take nothing of what came: the person says that it is not theirs.

        Its keys are destroyed.

        Raises:
            UsageError: nothing came.
            SignerError: a key could not be destroyed.
        """
        self._arrived()
        return self._settled(set(), stored=False, refused=(), at=at)

    def _arrived(self) -> tuple[Arrived, ...]:
        if not isinstance(self.step, ConfirmArrived):
            raise UsageError("nothing came that waits for the person: see step")
        return self.step.arrived

    def _settled(
        self,
        bound: set[str],
        *,
        stored: bool,
        refused: Iterable[Refused],
        at: datetime,
    ) -> "Receiving":
        """Tell the issuer what became of what came, and destroy keys left over."""
        shown = self._issuance.step
        if not isinstance(shown, ConfirmCredentials):
            raise UsageError("nothing came that waits for the person: see step")
        places = {each.place for each in self._arrived()}
        unusable = set(range(len(shown.received))) - places
        unusable |= {each.place for each in refused}
        proven = {key for each in shown.received for key in each.thumbprints}
        self._destroy(proven - bound)
        tell = self._issuance.store if stored else self._issuance.reject
        return self._on(tell(at=at, unusable=unusable), at=at)

    def _on(self, issuance: Issuance, *, at: datetime) -> "Receiving":
        """Go on until there is something that this cannot do by itself."""
        if isinstance(issuance.step, Failed):
            self._destroy(self._issuance.keys)
        while True:
            step = issuance.step
            if isinstance(step, ProveKeys) and step.attested:
                asks = _to_attest(step, self._terms)
                made = [each.thumbprint for each in asks.keys]
                return replace(self, step=asks, _issuance=issuance.made(made, at=at))
            if isinstance(step, ProveKeys):
                issuance = _proven(issuance, step, terms=self._terms, at=at)
            elif isinstance(step, ConfirmCredentials):
                arrived, refused = _judged(step, self._terms, at=at)
                told = (*self.refused, *refused)
                if arrived:
                    waits = ConfirmArrived(arrived)
                    return replace(self, step=waits, refused=told, _issuance=issuance)
                self = replace(self, refused=told)  # noqa: PLW0642 - it is a value
                self._destroy(
                    {key for each in step.received for key in each.thumbprints}
                )
                everything = range(len(step.received))
                issuance = issuance.store(at=at, unusable=everything)
            else:
                return replace(self, step=step, _issuance=issuance)

    def _destroy(self, thumbprints: Iterable[str]) -> None:
        for each in sorted(thumbprints):
            self._terms.keys.delete(each)


def begin(issuance: Issuance, terms: Terms, *, at: datetime) -> Receiving:
    """Return an issuance, just started or restored, as a wallet's."""
    first = Receiving(step=Done(stored=False), _issuance=issuance, _terms=terms)
    return first._on(issuance, at=at)  # noqa: SLF001 - it makes one


def _proven(
    issuance: Issuance, step: ProveKeys, *, terms: Terms, at: datetime
) -> Issuance:
    """Make keys, prove each, and go on."""
    signers = _keys_for(step, terms)
    return issuance.prove(
        [
            make_proof(each, audience=step.audience, nonce=step.nonce, at=at)
            for each in signers
        ],
        thumbprints=[each.public_key.thumbprint for each in signers],
        at=at,
    )


def _to_attest(step: ProveKeys, terms: Terms) -> AttestKeys:
    return AttestKeys(
        keys=tuple(each.public_key for each in _keys_for(step, terms)),
        nonce=step.nonce,
        key_storage=step.key_storage,
        user_authentication=step.user_authentication,
    )


def _keys_for(step: ProveKeys, terms: Terms) -> list[StoredKeySigner]:
    """Return the keys that were made for it, if all are there, or new ones."""
    before = [terms.keys.get(each) for each in step.made]
    there = [StoredKeySigner(each) for each in before if each is not None]
    return there if there and len(there) == len(before) else _new_keys(step, terms)


def _new_keys(step: ProveKeys, terms: Terms) -> list[StoredKeySigner]:
    most = limits.BATCH_CREDENTIALS if terms.copies is None else terms.copies
    name = _algorithm(step.algorithms)
    nonce = None
    if step.attested and step.nonce is not None:
        nonce = step.nonce.encode()  # the platform attests each key for it, if it does
    return [
        StoredKeySigner(terms.keys.create(name, nonce))
        for _ in range(min(step.count, most, limits.CREDENTIAL_PROOFS))
    ]


def _algorithm(named: tuple[str, ...]) -> str:
    """Return an algorithm that the issuer takes, the most usual one first.

    Raises:
        UnsupportedError: none of them is known here.
    """
    known = [each for each in named if Algorithm.from_jose(each) is not None]
    for each in (*_PREFERRED, *known):
        if each in known or not named:
            return each
    raise UnsupportedError(
        "none of the issuer's algorithms", clause="OpenID4VCI 1.0 §12.2.4"
    )


def _judged(
    step: ConfirmCredentials, terms: Terms, *, at: datetime
) -> tuple[tuple[Arrived, ...], tuple[Refused, ...]]:
    said = [
        judge_received(each, terms, place=place, at=at)
        for place, each in enumerate(step.received)
    ]
    arrived = tuple(each for each in said if isinstance(each, Arrived))
    return arrived, tuple(each for each in said if isinstance(each, Refused))


def _keys_of(copies: Iterable[HeldCredential]) -> Iterable[str]:
    return (each.thumbprint for each in copies)


def _kept(arrived: Arrived, terms: Terms) -> HeldCredential:
    """Store one credential as a card, in the place of another where it has one.

    What stood here when the program was killed may be stored already. Its keys were
    made for this issuance and no other: so a batch that has one of them is this one.
    """
    copies = [replace(each, disclosure=arrived.disclosure) for each in arrived.copies]
    wallet = terms.wallet
    if len(copies) > 1:
        before = wallet._cabinet.batch_of(copies)  # noqa: SLF001 - a part of the wallet
        if before is not None:
            return before
        return wallet._batches.add(  # noqa: SLF001 - a part of the wallet
            copies, policy=arrived.reuse, replaces=arrived.replaces
        )
    card = wallet._keep(copies[0])  # noqa: SLF001 - a part of the wallet
    if arrived.replaces is not None:
        wallet.delete(arrived.replaces.name)
    return card
