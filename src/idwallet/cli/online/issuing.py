"""An offer being taken up from a terminal: what needs no person, and what is kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from idwallet.cli.faults import input_fault
from idwallet.cli.online.pending import PendingIssuance, forget, keep, new_name
from idwallet.cli.online.trace import Carrier
from idwallet.cli.pocket import Pocket
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import StoredKeySigner
from idwallet.protocols.openid4vci.wallet import Send, SendFor, WalletClient
from idwallet.roles.receiving.taking import Receiving
from idwallet.roles.record import HeldCredential
from idwallet.trust.anchors import TrustStore

COPIES: Final = 10
"""How many copies are asked for, if nothing else is said and there are so many."""

_KEY: Final = Algorithm.ES256.jose


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A wallet at work: who issues is believed by `trust`, `clock` tells the moment."""

    pocket: Pocket
    trust: TrustStore
    carrier: Carrier
    clock: Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class Taking:
    """One offer being taken up into a wallet. It is changed as it goes on.

    `accepted`: the person took it up, so that what was begun is not thrown away.
    """

    desk: Desk
    pending: PendingIssuance
    receiving: Receiving
    accepted: bool = False
    _over: bool = False

    def advance(self, doing: Callable[[SendFor], None]) -> None:
        """Send what is to be sent, until there is something for a person.

        `doing` is told what is sent for.

        Raises:
            PortError: the issuer could not be reached.
        """
        while isinstance(self.receiving.step, Send):
            step = self.receiving.step
            doing(step.purpose)
            response = self.desk.carrier.send(step.request)
            self.receiving = self.receiving.receive(response, at=self.desk.clock())

    def named(self, issuer: str) -> None:
        """Remember who offers."""
        self.pending = replace(self.pending, issuer=issuer)

    def hold(self) -> str:
        """Keep where it stands, and return the name to go on under."""
        saved = self.receiving.save(self.desk.pocket.seal)
        self.pending = replace(self.pending, saved=saved)
        keep(self.desk.pocket, self.pending)
        return self.pending.name

    def count(self, card: HeldCredential) -> int:
        """Return how many copies a card stands for."""
        return len(self.desk.pocket.batches.copies(card))

    def broken_off(self) -> str | None:
        """Keep what was begun and is not over; else leave no trace of it.

        Returns the name to go on under, None where there is nothing to go on with.
        """
        if self.accepted and not self._over:
            return self.hold()
        self.finish()
        return None

    def finish(self) -> None:
        """Forget it, and destroy the key that its token was bound to."""
        self._over = True
        self.desk.pocket.keys.delete(self.pending.dpop)
        forget(self.desk.pocket, self.pending.name)


def begin(raw: bytes, desk: Desk, *, client: tuple[str, str], copies: int) -> Taking:
    """Begin with an offer. `client` is the wallet's identifier and its address.

    Raises:
        MalformedError: it is no offer.
        LimitError: it is too long for one.
    """
    identifier, address = client
    signer = StoredKeySigner(desk.pocket.keys.create(_KEY, None))
    known = WalletClient(client_id=identifier, redirect_uri=address, dpop=signer)
    thumbprint = signer.public_key.thumbprint
    try:
        wallet = desk.pocket.holder(desk.trust)
        receiving = wallet.take_offer(raw, known, at=desk.clock(), copies=copies)
    except Exception:
        desk.pocket.keys.delete(thumbprint)
        raise
    pending = PendingIssuance(
        name=new_name(),
        issuer="",
        client_id=identifier,
        redirect_uri=address,
        dpop=thumbprint,
    )
    return Taking(desk=desk, pending=pending, receiving=receiving)


def go_on(pending: PendingIssuance, desk: Desk) -> Taking:
    """Go on with an issuance that was kept.

    Raises:
        CommandFault: the key that its token is bound to is gone.
        MalformedError: it was changed.
    """
    dpop = desk.pocket.keys.get(pending.dpop)
    if dpop is None:
        raise input_fault("the key that the issuer's token is bound to is gone")
    client = WalletClient(
        client_id=pending.client_id,
        redirect_uri=pending.redirect_uri,
        dpop=StoredKeySigner(dpop),
    )
    receiving = desk.pocket.holder(desk.trust).resume(
        pending.saved, client, key=desk.pocket.seal, at=desk.clock(), copies=COPIES
    )
    return Taking(desk=desk, pending=pending, receiving=receiving, accepted=True)
