"""Whether what came is what was asked for: verified, of that type, to a proven key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from idwallet.codec.json import JsonObject, write_json
from idwallet.consent.linking import LinkKind
from idwallet.consent.purpose import DisclosurePolicy, read_disclosure_policy
from idwallet.consent.reuse import ONCE_ONLY, ReusePolicy, read_reuse_policy
from idwallet.credentials.model import Credential, Format
from idwallet.errors import (
    IdWalletError,
    MalformedError,
    UnsupportedError,
    UsageError,
    VerificationError,
)
from idwallet.ports import KeyStore
from idwallet.profiles import OPENID4VCI_1_0, IssuanceProfile, IssuanceRule
from idwallet.protocols.openid4vci.metadata import CredentialConfiguration
from idwallet.protocols.openid4vci.wallet import Received
from idwallet.roles.batches import (
    Batches,
    require_same,
    require_unlinked,
    says_the_same,
)
from idwallet.roles.cabinet import Cabinet
from idwallet.roles.record import HeldCredential

_CONTINUITY: Final = "OpenID4VCI 1.0 §8.3"
_TYPE: Final = "OpenID4VCI 1.0 §8.1"
_DISCLOSURE: Final = "embedded_disclosure_policy"
_REUSE: Final = "credential_reuse_policy"


class Wallet(Protocol):
    """What of a wallet is needed to take credentials in; `Holder` has it."""

    _keys: KeyStore
    _batches: Batches
    _cabinet: Cabinet

    def _verified(self, credential: Credential, *, at: datetime) -> HeldCredential: ...

    def _keep(self, held: HeldCredential) -> HeldCredential: ...

    def delete(self, name: str) -> None:
        """Remove a credential."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """By which terms a wallet takes credentials in; see `Holder.take_offer`."""

    wallet: Wallet
    copies: int | None = None
    accept: frozenset[LinkKind] = frozenset()
    replaces: tuple[HeldCredential, ...] = ()
    profile: IssuanceProfile = OPENID4VCI_1_0

    def __post_init__(self) -> None:
        """Refuse to take nothing.

        Raises:
            UsageError: fewer than one copy.
        """
        if self.copies is not None and self.copies < 1:
            raise UsageError("at least one copy")

    @property
    def keys(self) -> KeyStore:
        """Where the wallet's keys are."""
        return self.wallet._keys  # noqa: SLF001 - a part of the wallet that it is of


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Arrived:
    """A credential that came and verified, in one copy or several; not stored yet.

    `card.claims` are whose it is and what it says: show them. `name` is what the
    issuer's metadata call it. `disclosure` is who its issuer wants to see it, `reuse`
    how often a copy is shown; `unread` names what of that could not be read: then
    nobody is kept out, and a copy is shown once. `replaces` is the card whose place it
    takes, None where it is new.
    """

    name: str
    configuration: CredentialConfiguration
    copies: tuple[HeldCredential, ...]
    place: int
    disclosure: DisclosurePolicy | None = None
    reuse: ReusePolicy = ONCE_ONLY
    unread: tuple[str, ...] = ()
    replaces: HeldCredential | None = None

    def __repr__(self) -> str:
        """Show type and number only."""
        return f"Arrived({self.card.credential_type!r}, <{len(self.copies)} copies>)"

    @property
    def card(self) -> HeldCredential:
        """One of the copies: they say the same."""
        return self.copies[0]

    @property
    def says_the_same(self) -> bool:
        """Whether it says what the card said whose place it takes."""
        return self.replaces is not None and says_the_same(self.card, self.replaces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A credential that came and is not taken, and why."""

    name: str
    error: IdWalletError
    place: int


def judge_received(
    received: Received, terms: Terms, *, place: int, at: datetime
) -> Arrived | Refused:
    """Verify what came, and hold it against what was asked for.

    What is bound to a key that was not proven in this issuance is refused, whoever
    signed it: else it could be somebody else's (openid/OpenID4VCI#740).
    """
    try:
        copies = _copies(received, terms, at=at)
    except (
        VerificationError,
        MalformedError,
        UnsupportedError,
        UsageError,
    ) as error:
        return Refused(name=received.name, error=error, place=place)
    disclosure, reuse, unread = _policies(received.configuration.beside)
    return Arrived(
        name=received.name,
        configuration=received.configuration,
        copies=copies,
        place=place,
        disclosure=disclosure,
        reuse=reuse,
        unread=unread,
        replaces=_replaced(copies[0], terms.replaces),
    )


def _copies(
    received: Received, terms: Terms, *, at: datetime
) -> tuple[HeldCredential, ...]:
    kind = Format(received.configuration.format)
    credentials = [Credential(kind, raw) for raw in received.credentials]
    wallet = terms.wallet
    copies = tuple(
        wallet._verified(each, at=at)  # noqa: SLF001 - a part of the wallet
        for each in credentials
    )
    for each in copies:
        if each.thumbprint not in received.thumbprints:
            raise _fault("bound to a key that was not proven for it", _CONTINUITY)
        if received.configuration.credential_type not in each.types:
            raise _fault("of another type than was offered", _TYPE)
        _require_certified(each, terms)
    if len(copies) > 1:
        require_same(copies)
        require_unlinked(credentials, accepted=terms.accept)
    return copies


def _require_certified(held: HeldCredential, terms: Terms) -> None:
    clause = terms.profile.clause(IssuanceRule.CERTIFICATES)
    if clause is not None and not held.authority_key_ids:
        raise _fault("signed by a key that no certificate names", clause)


def _fault(what: str, clause: str) -> MalformedError:
    return MalformedError(what, at="credential", clause=clause)


def _policies(
    beside: JsonObject,
) -> tuple[DisclosurePolicy | None, ReusePolicy, tuple[str, ...]]:
    """Return what the issuer's metadata say of its use, and what could not be read."""
    unread: list[str] = []
    disclosure: DisclosurePolicy | None = None
    reuse = ONCE_ONLY
    try:
        if _DISCLOSURE in beside:
            data = write_json(beside[_DISCLOSURE])
            disclosure = read_disclosure_policy(data, at=_DISCLOSURE)
    except (MalformedError, UnsupportedError):
        unread.append(_DISCLOSURE)
    try:
        reuse = read_reuse_policy(beside, at="credential_metadata")
    except (MalformedError, UnsupportedError):
        unread.append(_REUSE)
    return disclosure, reuse, tuple(unread)


def _replaced(
    new: HeldCredential, known: Sequence[HeldCredential]
) -> HeldCredential | None:
    same = (new.format, new.types, new.issuer)
    alike = [e for e in known if (e.format, e.types, e.issuer) == same]
    # Of two diplomas of one person each takes the place of its own.
    return next((e for e in alike if says_the_same(new, e)), next(iter(alike), None))
