"""The service: what it offers, and which endpoint a request is for."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.moment import require_aware
from idwallet.crypto.agreement import Agreement
from idwallet.crypto.seal import SealKey
from idwallet.errors import MalformedError, UsageError
from idwallet.ports import Random, ReplayGuard
from idwallet.protocols.http import HttpRequest, HttpResponse, json_response
from idwallet.protocols.oauth.errors import OAuthCode, OAuthError
from idwallet.protocols.oauth.server_metadata import (
    WELL_KNOWN as SERVER_PLACE,
)
from idwallet.protocols.openid4vci.metadata import (
    WELL_KNOWN,
    IssuerMetadata,
)
from idwallet.protocols.openid4vci.offer import (
    CodeGrant,
    CredentialOffer,
    InputMode,
    PreAuthorizedGrant,
    TransactionCode,
)
from idwallet.roles.credential_service import handing_out, letting_in
from idwallet.roles.credential_service.described import (
    require_decrypted,
    require_served,
    require_signer,
    server_of,
    well_known,
)
from idwallet.roles.credential_service.desk import Desk
from idwallet.roles.credential_service.kept import keep, kept
from idwallet.roles.credential_service.metadata import MetadataPage
from idwallet.roles.credential_service.presented import Presented, tie
from idwallet.roles.credential_service.rules import IssuanceRules
from idwallet.roles.credential_service.supply import (
    AuthorizationAsked,
    DataSets,
    Notification,
    Supply,
    one_data_set,
)
from idwallet.roles.credential_service.tickets import Kind, Tickets
from idwallet.roles.issuer import Issuer
from idwallet.roles.verifier import PresentationRequest
from idwallet.trust.anchors import TrustStore

_NOT_FOUND: Final = 404
_NOT_ALLOWED: Final = 405
_MILLION: Final = 1_000_000
_EVEN: Final = 2**32 // _MILLION * _MILLION


def _unseen(_: OAuthError) -> None:
    """Tell nobody."""


def _unheard(_: Notification) -> None:
    """Notify nobody."""


@dataclass(frozen=True, slots=True, repr=False)
class Offered:
    """An offer, and the code that the person must get by another way, if any.

    `offer` may be shown to whoever it is for: as a link, or a QR code.
    `transaction_code` goes to the person alone, by letter or message, never beside it.
    """

    offer: CredentialOffer
    transaction_code: str | None

    def __repr__(self) -> str:
        """Show nothing: it is worth a credential."""
        return "Offered()"


class CredentialService:
    """Issues over HTTP. Thread-safe, and alike in every process with the same parts.

    `metadata` says where its endpoints are and what is issued, each configuration
    bound to a key, proven by ``jwt`` or attested; `trust` says who is believed about
    wallets and their keys (`Purpose.ATTEST_WALLETS`), where that is asked for;
    `data_sets` which data sets an account has of a configuration; `refused` is told of
    each refusal, with its cause, which the peer never learns; `decryption` is the
    key that their `request_encryption` names, if it does. `seal` seals what it hands
    out: share it among its processes, and change it at the cost of whatever is under
    way. `replay` sees to it that each code, nonce and proof serves once. `supply` looks
    up what a credential is to say.
    """

    __slots__ = ("_desk", "_issuer", "_notified", "_refused", "_routes", "_supply")

    def __init__(  # noqa: PLR0913 - the parts that make a service
        self,
        *,
        issuer: Issuer,
        metadata: IssuerMetadata,
        seal: SealKey,
        replay: ReplayGuard,
        supply: Supply,
        notified: Callable[[Notification], None] = _unheard,
        decryption: Agreement | None = None,
        rules: IssuanceRules | None = None,
        trust: TrustStore | None = None,
        data_sets: DataSets = one_data_set,
        refused: Callable[[OAuthError], None] = _unseen,
        random: Random = secrets.token_bytes,
    ) -> None:
        """Take the parts together.

        Raises:
            UsageError: the metadata name an endpoint, a proof or an encryption that
                this service does not serve.
        """
        rules = rules or IssuanceRules()
        require_served(metadata, rules, trusts=trust is not None)
        require_decrypted(metadata, decryption)
        require_signer(issuer, rules)
        self._issuer, self._supply = issuer, supply
        self._notified, self._refused = notified, refused
        self._desk = Desk(
            metadata=metadata,
            server=server_of(metadata, rules),
            tickets=Tickets(seal, issuer=metadata.issuer, random=random),
            replay=replay,
            rules=rules,
            random=random,
            decryption=decryption,
            trust=trust,
            data_sets=data_sets,
        )
        self._routes = self._endpoints()

    def offer(
        self,
        *,
        subject: str,
        configurations: Sequence[str],
        transaction_code: bool = True,
        at: datetime,
    ) -> Offered:
        """Offer credentials to an account that the application knows already.

        Whoever has the offer gets them, so a transaction code goes with it unless it
        is said otherwise: then let nobody but the person see it (section 13.6).

        Raises:
            UsageError: no account, nothing that is issued here, or no zone.
        """
        require_aware(at)
        self._require_offered(subject, configurations)
        code = _digits(self._desk.random) if transaction_code else None
        ticket = self._offer_ticket(subject, configurations, code=code, at=at)
        wanted = None
        if code is not None:
            wanted = TransactionCode(input_mode=InputMode.NUMERIC, length=len(code))
        offer = CredentialOffer(
            issuer=self._desk.metadata.issuer,
            configurations=tuple(configurations),
            pre_authorized=PreAuthorizedGrant(code=ticket, transaction_code=wanted),
        )
        return Offered(offer, code)

    def _offer_ticket(
        self,
        subject: str,
        configurations: Sequence[str],
        *,
        code: str | None,
        at: datetime,
    ) -> str:
        desk = self._desk
        salt = b64.encode(desk.random(16))
        values: JsonObject = {
            "subject": subject,
            "configurations": list[JsonValue](configurations),
            "salt": salt,
            "transaction_code": ""
            if code is None
            else letting_in.transaction_digest(code, salt=salt),
        }
        until = at + desk.rules.offer_lifetime
        return desk.tickets.issue(Kind.OFFER, values, until=until)

    def invite(
        self, *, subject: str, configurations: Sequence[str], at: datetime
    ) -> CredentialOffer:
        """Offer credentials to an account that has to sign in to get them.

        It is safe to be seen: who takes it up signs in, and `grant` refuses another
        account than the one it was made for.

        Raises:
            UsageError: no account, nothing that is issued here, or no zone.
        """
        require_aware(at)
        self._require_offered(subject, configurations)
        state = self._desk.tickets.issue(
            Kind.STATE,
            {"subject": subject, "configurations": list[JsonValue](configurations)},
            until=at + self._desk.rules.offer_lifetime,
        )
        return CredentialOffer(
            issuer=self._desk.metadata.issuer,
            configurations=tuple(configurations),
            code=CodeGrant(issuer_state=state),
        )

    def handle(
        self, request: HttpRequest, *, at: datetime
    ) -> HttpResponse | AuthorizationAsked:
        """Answer a request; a browser that wants to be let in is handed on.

        `request.url` is the public address, as the wallet wrote it: behind a proxy it
        is the application's to put it together again. Nothing that comes raises.

        Raises:
            UsageError: `at` has no zone.
            PortError: the replay guard failed; nothing was handed out.
            SignerError: the key could not sign; nothing was handed out.
        """
        require_aware(at)
        try:
            address = request.address()
            target = address.target.partition("?")[0]
            found = self._routes.get(f"{address.origin}{target}")
            if found is None:
                return HttpResponse(_NOT_FOUND)
            method, endpoint = found
            if request.method != method:
                return HttpResponse(_NOT_ALLOWED, (("Allow", method),))
            return endpoint(request, at)
        except OAuthError as error:
            self._refused(error)
            return error.response()
        except MalformedError as error:
            unreadable = OAuthError("unreadable", OAuthCode.INVALID_REQUEST)
            unreadable.__cause__ = error
            self._refused(unreadable)
            return unreadable.response()

    def grant(
        self,
        asked: AuthorizationAsked,
        *,
        subject: str,
        at: datetime,
        presented: Presented | None = None,
    ) -> HttpResponse:
        """Send the browser back: the person signed in as `subject`, and agreed.

        Where claims come from what the person showed, hand it over as `presented`: it
        counts in its own session only, and what is issued is bound to the key that
        showed it (openid/OpenID4VCI#742).

        Raises:
            UsageError: no account, another one than the offer was made to, or no zone;
                or it was presented in another session, or before, or without a key.
        """
        require_aware(at)
        return letting_in.grant(
            self._desk, asked, subject=subject, presented=presented, at=at
        )

    def tie(
        self, asked: AuthorizationAsked, request: PresentationRequest, *, at: datetime
    ) -> str:
        """Tie a presentation to a session; keep it in the session, for `Presented`.

        Raises:
            UsageError: `asked` did not come from `handle`, or no zone.
        """
        require_aware(at)
        return tie(self._desk, asked, request=request, at=at)

    def keep(self, asked: AuthorizationAsked, *, at: datetime) -> str:
        """Seal a browser that waits to be let in, while the person signs in.

        Put it into a form or a cookie of that browser, so that any of your processes
        goes on: nobody else can read it, and it is over with the lifetime of an offer.

        Raises:
            UsageError: `at` has no zone.
        """
        require_aware(at)
        return keep(self._desk, asked, at=at)

    def kept(self, text: str, *, at: datetime) -> AuthorizationAsked | None:
        """Return what `keep` sealed, None where it is nothing of ours, or over.

        Raises:
            UsageError: `at` has no zone.
        """
        require_aware(at)
        return kept(self._desk, text, at=at)

    def refuse(self, asked: AuthorizationAsked) -> HttpResponse:
        """Send the browser back without anything."""
        return letting_in.refuse(self._desk, asked)

    def _require_offered(self, subject: str, configurations: Sequence[str]) -> None:
        known = self._desk.metadata.configurations
        if not subject or not configurations:
            raise UsageError("an offer is to an account, and of something")
        if len(set(configurations)) != len(configurations) or any(
            name not in known for name in configurations
        ):
            raise UsageError("an offer is of what the metadata name, each once")

    def _endpoints(self) -> "Mapping[str, tuple[str, _Endpoint]]":
        desk = self._desk
        metadata, server = desk.metadata, desk.server
        places: dict[str | None, tuple[str, _Endpoint]] = {
            well_known(metadata.issuer, WELL_KNOWN): (
                "GET",
                MetadataPage(metadata, issuer=self._issuer, rules=desk.rules),
            ),
            well_known(server.issuer, SERVER_PLACE): (
                "GET",
                lambda _, __: json_response(server.to_json()),
            ),
            server.token_endpoint: ("POST", self._token),
            server.par_endpoint: ("POST", self._push),
            server.authorization_endpoint: ("GET", self._authorize),
            server.challenge_endpoint: ("POST", self._challenge),
            metadata.nonce_endpoint: ("POST", self._nonce),
            metadata.credential_endpoint: ("POST", self._credential),
            metadata.deferred_endpoint: ("POST", self._deferred),
            metadata.notification_endpoint: ("POST", self._notification),
        }
        return {name: each for name, each in places.items() if name is not None}

    def _token(self, request: HttpRequest, at: datetime) -> HttpResponse:
        return letting_in.token(self._desk, request, at=at)

    def _push(self, request: HttpRequest, at: datetime) -> HttpResponse:
        return letting_in.push(self._desk, request, at=at)

    def _authorize(self, request: HttpRequest, at: datetime) -> AuthorizationAsked:
        return letting_in.authorize(self._desk, request, at=at)

    def _nonce(self, _: HttpRequest, at: datetime) -> HttpResponse:
        return handing_out.nonce(self._desk, at=at)

    def _challenge(self, _: HttpRequest, at: datetime) -> HttpResponse:
        return letting_in.challenge(self._desk, at=at)

    def _credential(self, request: HttpRequest, at: datetime) -> HttpResponse:
        return handing_out.credential(
            self._desk, request, issuer=self._issuer, supply=self._supply, at=at
        )

    def _deferred(self, request: HttpRequest, at: datetime) -> HttpResponse:
        return handing_out.deferred(
            self._desk, request, issuer=self._issuer, supply=self._supply, at=at
        )

    def _notification(self, request: HttpRequest, at: datetime) -> HttpResponse:
        return handing_out.notification(
            self._desk, request, notified=self._notified, at=at
        )


_Endpoint = Callable[[HttpRequest, datetime], HttpResponse | AuthorizationAsked]


def _digits(random: Random) -> str:
    """Return six digits, each as likely as any other."""
    while True:
        number = int.from_bytes(random(4))
        # Above the last whole million of 2**32 the small ones would be likelier.
        if number < _EVEN:
            return f"{number % _MILLION:06d}"
