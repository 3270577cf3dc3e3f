"""What a service asks of the application that it stands in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from idwallet.credentials.compact.issue import Compact
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.errors import UsageError
from idwallet.protocols.oauth.authorization import AuthorizationRequest
from idwallet.protocols.openid4vci.credential import NotificationEvent
from idwallet.protocols.openid4vci.key_attestation import KeyAttestation
from idwallet.trust.status_list import StatusReference


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Credentials that a wallet may have: for whom, of what kind, and how many.

    `subject` is the application's own name of the account that was authorised, never
    what a wallet said. `identifier` is the data set, None where it has but one.
    `provider` is who attests the wallet, None where that was not asked for, `attested`
    what was attested of the keys, if that was. What was put off is asked about again
    without it.
    """

    subject: str
    configuration: str
    identifier: str | None
    count: int
    provider: str | None = None
    attested: KeyAttestation | None = None


@dataclass(frozen=True, slots=True)
class Supplied:
    """What is to be issued, once for each key; until when it holds (aware).

    `statuses` are places in status lists, one for each of `Order.count`, where what is
    issued can be revoked (`StatusIssuer.allocate_apart`); then `content` has none.
    """

    content: SdJwtVc | Mdoc | Compact
    valid_until: datetime
    statuses: Sequence[StatusReference] = ()

    def __post_init__(self) -> None:
        """Refuse two statuses for one credential.

        Raises:
            UsageError: `content` has a status of its own beside them.
        """
        if self.statuses and self.content.status is not None:
            raise UsageError("a status in the content, or one for each copy")


@dataclass(frozen=True, slots=True)
class Pending:
    """It takes time: the wallet is to ask again after `interval` seconds."""

    interval: int


@dataclass(frozen=True, slots=True)
class Denied:
    """The account may not have it."""


Supply = Callable[[Order], Supplied | Pending | Denied]
"""Looks up what a credential is to say. It may be asked twice for the same."""

DataSets = Callable[[str, str], Sequence[str]]
"""Names the data sets that an account has of a configuration, none where it has one."""


def one_data_set(_subject: str, _configuration: str) -> Sequence[str]:
    """Say that an account has one data set of everything."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AuthorizationAsked:
    """Somebody's browser came to be let in.

    Let the person sign in and agree, then answer by `CredentialService.grant` with the
    account that signed in, or by `refuse`. `offered_to` is the account that the offer
    was made to, None where the wallet began by itself: grant to nobody else, for who
    scans an offer need not be whom it was made for. `jkt` is the thumbprint of the key
    that the wallet proved when it pushed the request; the code serves that key alone.
    `provider` is who attests the wallet, `instance` the thumbprint of the key that is
    attested; both are "" where that was not asked for. `session` tells this one from
    every other.
    """

    request: AuthorizationRequest
    configurations: tuple[str, ...]
    offered_to: str | None = None
    jkt: str = ""
    provider: str = ""
    instance: str = ""
    session: str = field(default="", repr=False)

    def __repr__(self) -> str:
        """Show what is asked for."""
        return f"AuthorizationAsked({', '.join(self.configurations)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What a wallet says became of what it got; it may say so more than once."""

    subject: str
    configuration: str
    event: NotificationEvent
