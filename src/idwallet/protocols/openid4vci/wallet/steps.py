"""What is to be done next by whoever drives an issuance."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from idwallet.protocols.http import HttpRequest
from idwallet.protocols.openid4vci.credential import ProofKind
from idwallet.protocols.openid4vci.metadata import (
    CredentialConfiguration,
    IssuerMetadata,
)
from idwallet.protocols.openid4vci.offer import TransactionCode


class SendFor(StrEnum):
    """What a request is for; a person may be shown that."""

    OFFER = "offer"
    ISSUER_METADATA = "issuer_metadata"
    SERVER_METADATA = "server_metadata"
    PUSHED_REQUEST = "pushed_request"
    TOKEN = "token"  # noqa: S105 - the name of a step
    CHALLENGE = "challenge"
    NONCE = "nonce"
    CREDENTIAL = "credential"
    DEFERRED = "deferred"
    NOTIFICATION = "notification"


@dataclass(frozen=True, slots=True)
class Send:
    """Send the request, following no redirect, and hand the answer to `receive`."""

    request: HttpRequest
    purpose: SendFor


@dataclass(frozen=True, slots=True)
class ConfirmOffer:
    """Ask the person whether they want these credentials from this issuer.

    Everything in it is the issuer's own word. An offer proves nothing about who sent
    it (OpenID4VCI 1.0 section 13.5): show `issuer`, its address, and where a
    transaction code would be sent (`code_goes_to`, a host), and go on by `accept` or
    `decline`. `signed_by` is who signed the metadata, somebody believed, as text safe
    to show; None where nobody did. `offered_from` is the origin that the offer itself
    was got from where it came by reference, which need not be the issuer's.
    """

    issuer: IssuerMetadata
    configurations: tuple[CredentialConfiguration, ...]
    transaction_code: TransactionCode | None
    code_goes_to: str
    signed_by: str | None = None
    offered_from: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class OpenBrowser:
    """Open the address in the person's browser; hand what comes back to `returned`."""

    url: str

    def __repr__(self) -> str:
        """Show nothing of the session."""
        return "OpenBrowser()"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveKeys:
    """Make keys and a proof for each, and hand the proofs to `prove`.

    At most `count` of them, each by `make_proof` for `audience` and `nonce` (None
    where the issuer gives none out). `algorithms` are JOSE names that the issuer takes,
    empty where it did not say. `kind` is what to hand over: proofs, or one attestation
    of all keys (Appendix F.3). `attested`: it wants a key attestation, inside of the
    one proof of the first of its keys where `kind` is a proof, with one of the
    resistances in `key_storage` and `user_authentication`, any where they are empty.
    `made` are thumbprints of keys that were made for it already: before it was sealed,
    or for a challenge that the issuer did not take.
    """

    configuration: CredentialConfiguration
    audience: str
    nonce: str | None
    count: int
    algorithms: tuple[str, ...]
    attested: bool
    kind: ProofKind = ProofKind.JWT
    key_storage: tuple[str, ...] = ()
    user_authentication: tuple[str, ...] = ()
    made: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Received:
    """Credentials that came for one configuration, each as its format writes it.

    `name` is the configuration's in the issuer's metadata. `thumbprints` are of the
    keys that were proven for them: what is bound to another key is not what was asked
    for.
    """

    name: str
    configuration: CredentialConfiguration
    credentials: tuple[str, ...]
    thumbprints: tuple[str, ...]
    notification: str | None = None

    def __repr__(self) -> str:
        """Show how many there are."""
        return f"Received(<{len(self.credentials)} credentials>)"


@dataclass(frozen=True, slots=True)
class ConfirmCredentials:
    """Verify what came, show it to the person, and store it if they say it is theirs.

    Whoever is tricked into taking another's offer would else present another's name,
    or let another watch what becomes of it (openid/OpenID4VCI#806). Go on by `store`
    or `reject`.
    """

    received: tuple[Received, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """The issuer needs time; go on by `poll`, not before `until` (aware, UTC).

    It puts a credential off (OpenID4VCI 1.0 section 9), or is too busy to answer.
    """

    until: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """There is nothing left to do. `stored`: the person took some of what came."""

    stored: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """The issuer refused, or broke the protocol.

    `code` is the issuer's error code, or ours: ``malformed`` for what is no answer,
    ``unsupported`` for what this wallet cannot do, or its profile does not have.
    `during` says at which request; `what` and `clause` what was wrong where this wallet
    found it, for whoever looks for the cause.
    """

    code: str
    during: SendFor | None
    what: str = field(default="", compare=False)
    clause: str = field(default="", compare=False)


Step = (
    Send
    | ConfirmOffer
    | OpenBrowser
    | ProveKeys
    | ConfirmCredentials
    | Wait
    | Done
    | Failed
)
