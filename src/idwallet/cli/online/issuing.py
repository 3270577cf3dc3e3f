"""An issuance driven from a terminal: what needs no person, and the keys it takes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.cli.faults import input_fault, usage_fault
from idwallet.cli.online.pending import PendingIssuance, forget, keep, new_name
from idwallet.cli.online.trace import Carrier
from idwallet.cli.pocket import Pocket
from idwallet.credentials.possession import make_proof
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import StoredKeySigner
from idwallet.protocols.openid4vci.wallet import (
    Issuance,
    ProveKeys,
    Send,
    SendFor,
    WalletClient,
    restore_issuance,
    start_issuance,
)

COPIES: Final = 10
"""How many copies are asked for, if nothing else is said and there are so many."""

_KEY: Final = Algorithm.ES256.jose


@dataclass(slots=True, kw_only=True)
class Taking:
    """One offer being taken up into a wallet. It is changed as it goes on.

    `accepted`: the person took it up, so that what was begun is not thrown away.
    """

    pocket: Pocket
    carrier: Carrier
    clock: Callable[[], datetime]
    pending: PendingIssuance
    issuance: Issuance
    copies: int = COPIES
    keys: tuple[str, ...] = ()
    accepted: bool = False
    _over: bool = False

    def advance(self, doing: Callable[[SendFor], None]) -> None:
        """Send what is to be sent and prove what is to be proven, until a person.

        `doing` is told what is sent for.

        Raises:
            PortError: the issuer could not be reached; `hold` keeps where it stands.
            CommandFault: it wants a key that this wallet does not have.
        """
        while isinstance(self.issuance.step, Send | ProveKeys):
            step = self.issuance.step
            if isinstance(step, Send):
                doing(step.purpose)
                response = self.carrier.send(step.request)
                self.issuance = self.issuance.receive(response, at=self.clock())
            else:
                self._prove(step)

    def _prove(self, step: ProveKeys) -> None:
        if step.attested:
            raise usage_fault(
                "the issuer wants keys that their maker attests; those of this wallet "
                "are files"
            )
        if step.algorithms and _KEY not in step.algorithms:
            raise usage_fault(f"the issuer takes no {_KEY} keys")
        count = min(step.count, self.copies, limits.BATCH_CREDENTIALS)
        at = self.clock()
        signers = [
            StoredKeySigner(self.pocket.keys.create(_KEY, None)) for _ in range(count)
        ]
        thumbprints = tuple(each.public_key.thumbprint for each in signers)
        self.keys += thumbprints
        self.issuance = self.issuance.prove(
            [
                make_proof(each, audience=step.audience, nonce=step.nonce or "", at=at)
                for each in signers
            ],
            thumbprints=thumbprints,
            at=at,
        )

    def named(self, issuer: str) -> None:
        """Remember who offers."""
        self.pending = replace(self.pending, issuer=issuer)

    def hold(self) -> str:
        """Keep where it stands, and return the name to go on under."""
        saved = self.issuance.save(self.pocket.seal)
        self.pending = replace(self.pending, saved=saved, keys=self.keys)
        keep(self.pocket, self.pending)
        return self.pending.name

    def broken_off(self) -> str | None:
        """Keep what was begun and is not over; else leave no trace of it.

        Returns the name to go on under, None where there is nothing to go on with.
        """
        if self.accepted and not self._over:
            return self.hold()
        self.finish(stored=frozenset())
        return None

    def finish(self, *, stored: frozenset[str]) -> None:
        """Destroy every key that no stored credential is bound to, and forget it."""
        self._over = True
        for each in self.keys:
            if each not in stored:
                self.pocket.keys.delete(each)
        self.pocket.keys.delete(self.pending.dpop)
        forget(self.pocket, self.pending.name)


def begin(
    raw: bytes,
    *,
    pocket: Pocket,
    client: tuple[str, str],
    carrier: Carrier,
    clock: Callable[[], datetime],
) -> Taking:
    """Begin with an offer. `client` is the wallet's identifier and its address.

    Raises:
        MalformedError: it is no offer.
        LimitError: it is too long for one.
    """
    identifier, address = client
    dpop = pocket.keys.create(_KEY, None)
    signer = StoredKeySigner(dpop)
    known = WalletClient(client_id=identifier, redirect_uri=address, dpop=signer)
    try:
        issuance = start_issuance(raw, known, at=clock())
    except Exception:
        pocket.keys.delete(signer.public_key.thumbprint)
        raise
    return Taking(
        pocket=pocket,
        carrier=carrier,
        clock=clock,
        pending=PendingIssuance(
            name=new_name(),
            issuer="",
            client_id=identifier,
            redirect_uri=address,
            dpop=signer.public_key.thumbprint,
        ),
        issuance=issuance,
    )


def go_on(
    pending: PendingIssuance,
    *,
    pocket: Pocket,
    carrier: Carrier,
    clock: Callable[[], datetime],
) -> Taking:
    """Go on with an issuance that was kept.

    Raises:
        CommandFault: the key that its token is bound to is gone.
        MalformedError: it was changed.
    """
    dpop = pocket.keys.get(pending.dpop)
    if dpop is None:
        raise input_fault("the key that the issuer's token is bound to is gone")
    client = WalletClient(
        client_id=pending.client_id,
        redirect_uri=pending.redirect_uri,
        dpop=StoredKeySigner(dpop),
    )
    return Taking(
        pocket=pocket,
        carrier=carrier,
        clock=clock,
        pending=pending,
        issuance=restore_issuance(pending.saved, client, key=pocket.seal, at=clock()),
        keys=pending.keys,
        accepted=True,
    )
