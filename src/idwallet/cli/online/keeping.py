"""What came from an issuer: verified, shown, and kept if the person says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from idwallet.cli.screen import heading, note
from idwallet.cli.verdicts import personal_claims
from idwallet.cli.words import Speech
from idwallet.credentials.model import Credential, Format
from idwallet.protocols.openid4vci.wallet import Received
from idwallet.roles.holder import Holder
from idwallet.roles.record import HeldCredential


@dataclass(slots=True)
class Kept:
    """The cards that were kept, each with its copies."""

    cards: list[HeldCredential] = field(default_factory=list)
    copies: dict[str, tuple[HeldCredential, ...]] = field(default_factory=dict)

    @property
    def keys(self) -> frozenset[str]:
        """The thumbprints of the keys that what was kept is bound to."""
        return frozenset(e.thumbprint for each in self.copies.values() for e in each)

    def count(self, card: HeldCredential) -> int:
        """Return how many copies a card stands for."""
        return len(self.copies[card.name])

    def document(self, card: HeldCredential) -> dict[str, object]:
        """Return a card as JSON, and no claim of it."""
        return {
            "name": card.name,
            "format": card.format.value,
            "type": card.credential_type,
            "issuer": card.issuer,
            "copies": self.count(card),
        }


def keep_received(
    received: Sequence[Received],
    *,
    wallet: Holder,
    speech: Speech,
    at: datetime,
    agrees: Callable[[], bool],
) -> Kept:
    """Verify and keep what came; what the person does not agree to is removed again.

    An offer of somebody else's account brings what verifies and names another person:
    only the person can tell (openid/OpenID4VCI#806).

    Raises:
        VerificationFailed, VerificationIndeterminate: something does not verify, and
            nothing is kept.
    """
    found = Kept()
    try:
        for each in received:
            card = _kept(each, wallet=wallet, at=at)
            found.cards.append(card)
            found.copies[card.name] = wallet.copies(card)
        for card in found.cards:
            _show(card, speech)
        agreed = agrees()
    except BaseException:
        _remove(found, wallet)
        raise
    if agreed:
        return found
    _remove(found, wallet)
    return Kept()


def _kept(each: Received, *, wallet: Holder, at: datetime) -> HeldCredential:
    form = Format(each.configuration.format)
    credentials = [Credential(form, text) for text in each.credentials]
    if len(credentials) == 1:
        return wallet.add(credentials[0], at=at)
    return wallet.add_batch(credentials, at=at)


def _show(card: HeldCredential, speech: Speech) -> None:
    kind = speech.kind(card.credential_type)
    note(heading(speech.say("offer.came", kind=kind, issuer=card.issuer)))
    for path, value in personal_claims(card.claims):
        note(f"  - {speech.claim_line(path, value)}")


def _remove(found: Kept, wallet: Holder) -> None:
    for card in found.cards:
        wallet.delete(card.name)
