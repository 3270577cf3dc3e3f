"""What a wallet is asked, what of it answers, and what the person chose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from idwallet.consent.occasion import AuthenticatedBy
from idwallet.consent.purpose import NOBODY, Judgement, PartyFacts
from idwallet.consent.transaction import Transaction, read_transaction
from idwallet.credentials.mdoc.dc_api import EncryptionInfo
from idwallet.credentials.mdoc.request import DeviceRequest
from idwallet.credentials.mdoc.transcript import Handover
from idwallet.credentials.presence import PersonVerified
from idwallet.credentials.query import Query, QueryMatch
from idwallet.errors import UsageError
from idwallet.protocols.dc_api.request import PageRequest
from idwallet.protocols.http import HttpRequest
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.reply import answer_request
from idwallet.protocols.openid4vp.request import RequestObject
from idwallet.report import Report
from idwallet.roles.choosing import (
    NO_WEAR,
    Choosing,
    Preference,
    Wear,
    needed_queries,
)
from idwallet.roles.record import HeldCredential
from idwallet.roles.showing import Shown
from idwallet.trust.relying_party import Registration

__all__ = [
    "Anonymous",
    "Asked",
    "Asker",
    "Authenticated",
    "Choice",
    "HeardRequest",
    "Match",
    "OriginOnly",
    "Preference",
    "PresentationResponse",
    "Shown",
]


@dataclass(frozen=True, slots=True)
class Authenticated:
    """An asker whose certificate chain, pinned key or attestation the wallet trusts.

    `name` is the name by which it is trusted; pass it through `codec.text` to show. It
    need not be unique: `anchor` is the name of the trust anchor behind it,
    `certificate` the SHA-256 of its own certificate in hexadecimal, or None where the
    key was pinned or attested. The `client_id` of a reader in person is that which its
    certificate would give it (``x509_hash``, OpenID4VP 1.0 section 5.9.3).
    """

    name: str
    client_id: str
    anchor: str
    certificate: str | None

    @property
    def known_by(self) -> AuthenticatedBy:
        """How it is known who asks."""
        if self.certificate is not None:
            return AuthenticatedBy.CERTIFICATE
        prefix, _, _ = self.client_id.partition(":")
        if prefix == ClientIdPrefix.VERIFIER_ATTESTATION:
            return AuthenticatedBy.ATTESTATION
        if prefix == ClientIdPrefix.DECENTRALIZED_IDENTIFIER:
            return AuthenticatedBy.IDENTIFIER
        return AuthenticatedBy.PINNED_KEY


@dataclass(frozen=True, slots=True)
class OriginOnly:
    """An asker of whom a browser vouches for the origin, and nobody for anything else.

    No policy of this library admits one but for the claims that it names.
    """

    origin: str
    client_id: str


@dataclass(frozen=True, slots=True)
class Anonymous:
    """An asker whom nobody vouches for: it did not sign, or not for all that it asks.

    `send_to` is where the answer goes and `client_id` how it calls itself, both None
    for a reader of mobile documents who is there in person. A policy admits it for the
    claims that it names (`Policy.unauthenticated`), a reader who is there only with
    `ReaderRule.ANONYMOUS_ACCEPTED` beside. The person has to be told.
    """

    client_id: str | None = None
    send_to: str | None = None


Asker = Authenticated | OriginOnly | Anonymous
"""Who asks, as far as it is known."""


@dataclass(frozen=True, slots=True)
class HeardRequest:
    """A request of a reader of mobile documents, and the conversation it was heard in.

    The answer is signed for that conversation and no other. `page` is how it is
    encrypted, and for which origin, where a page asked by ``org-iso-mdoc``.
    """

    documents: DeviceRequest
    handover: Handover
    page: "PageReader | None" = None


class PageReader(NamedTuple):
    """A page that asks as a reader does: its origin, and what the answer is for."""

    origin: str
    info: EncryptionInfo


@dataclass(frozen=True, slots=True)
class ShownUnasked:
    """Nobody asked by a message: the holder shows a code at a till.

    `audience` is what is printed there and binds the code to it, None where nothing is.
    """

    audience: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """A request that passed every check: who asks, for what, and why.

    `purpose` is the verifier's own word, or None; pass it through `codec.text`.
    `request` is what was read: of OpenID4VP, of a page, or of a reader of mobile
    documents.
    `query` says what either asks for in the same words, with what would be kept
    (`ClaimQuery.intent_to_retain`). `evidence` is the request as it came, without what
    carried it: the ledger keeps it, and a receipt has its digest.

    `registration` is what the verifier is registered for (ETSI TS 119 475), verified
    and its own; None where it showed none. Ask `registration_for`: a registration may
    speak for some of the queries only. `party` is what an issuer's disclosure policy
    is held against.
    """

    by: Asker
    query: Query
    purpose: str | None
    report: Report
    request: RequestObject | HeardRequest | PageRequest | ShownUnasked
    evidence: bytes
    registration: Registration | None = None
    registered_ids: tuple[str, ...] = ()
    party: PartyFacts = NOBODY

    def registration_for(self, query_id: str) -> Registration | None:
        """Return what the verifier is registered for where it asks that query."""
        if self.registered_ids and query_id not in self.registered_ids:
            return None
        return self.registration

    @property
    def transactions(self) -> tuple[Transaction, ...]:
        """What the person would agree to by answering, line by line.

        It is read from the very text whose hash the answer will hold: show every line,
        by its `shown`, before anything is presented (OpenID4VP 1.0 section 8.4).
        """
        if not isinstance(self.request, RequestObject):
            return ()  # no type known here defines how a device agrees (B.2.1)
        found = self.request.transaction_data
        return tuple(read_transaction(each.type, each.content) for each in found)

    def __repr__(self) -> str:
        """Show who asks."""
        return f"Asked(by={self.by.client_id!r})"

    @property
    def asker(self) -> str | None:
        """The name or origin of who asks, None where nobody knows."""
        if isinstance(self.by, OriginOnly):
            return self.by.origin
        return self.by.name if isinstance(self.by, Authenticated) else None

    @property
    def answer_to(self) -> str | None:
        """The https address that the answer goes to, None where it is in person."""
        request = self.request
        return request.response_uri if isinstance(request, RequestObject) else None


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person agreed to show in answer to one request.

    `judgement` is what they were told of the request, None where nobody judged it.
    """

    asked: Asked
    shown: tuple[Shown, ...]
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Match:
    """What of the wallet answers a request. Nothing is signed, nothing left yet.

    `found` says for each credential query which credentials answer it, and the
    nearest misses: the right credential that lacks a claim. `judgement` says of each
    claim whether the purpose needs it, and what the person should be warned of. `wear`
    says of batches that stand beside other answers whether a copy is left.
    """

    asked: Asked
    found: QueryMatch
    credentials: tuple[HeldCredential, ...]
    judgement: Judgement
    wear: Mapping[str, Wear] = field(default_factory=lambda: NO_WEAR)

    def __repr__(self) -> str:
        """Show whether the request can be answered."""
        return f"Match(satisfiable={self.found.is_satisfiable()})"

    def choose(
        self,
        preferred: Mapping[str, HeldCredential | Shown] | None = None,
        *,
        preference: Preference = Preference.LEAST,
    ) -> Choice:
        """Choose what to show: per credential query what is preferred.

        A query is given the credential to answer it with, or one of its `offers`.
        Where nothing is preferred the answer is taken that tells least: of several
        claim sets, credentials and options, the one with the fewest claims that the
        purpose does not need, then the one that shows least, then a copy that nobody
        has seen, then the verifier's first. With `Preference.VERIFIER` it is the
        verifier's first at once. What is optional is shown only if it is preferred.

        Raises:
            UsageError: the request cannot be answered, or what is preferred does not
                answer its query or stands beside another option.
        """
        if not self.found.is_satisfiable():
            raise UsageError("the wallet cannot answer this request: see match.found")
        wanted = preferred or {}
        choosing = self._choosing()
        needed = needed_queries(
            self.found, wanted, choosing=choosing, preference=preference
        )
        least = preference is Preference.LEAST
        take = choosing.least if least else choosing.first
        return Choice(
            self.asked,
            tuple(
                _taken(name, wanted.get(name), choosing=choosing, take=take)
                for name in needed
            ),
            self.judgement,
        )

    def offers(self, query_id: str) -> tuple[Shown, ...]:
        """Return what each credential that answers this query would show.

        A person can be shown them side by side: one credential may reveal more than
        another for the same question (`Shown.more_than_asked`), and one claim set more
        than another. Any of them may be given to `choose`.
        """
        return self._choosing().offers(query_id)

    def _choosing(self) -> Choosing:
        return Choosing(
            self.asked.query,
            self.found,
            credentials=self.credentials,
            judgement=self.judgement,
            party=self.asked.party,
            wear=self.wear,
        )


def _taken(
    query_id: str,
    preferred: HeldCredential | Shown | None,
    *,
    choosing: Choosing,
    take: Callable[[str, HeldCredential | None], Shown | None],
) -> Shown:
    if isinstance(preferred, Shown):
        found = preferred if preferred in choosing.offers(query_id) else None
    else:
        found = take(query_id, preferred)
    if found is None:
        raise UsageError("that credential does not answer that query")
    return found


@dataclass(frozen=True, slots=True, repr=False)
class PresentationResponse:
    """The answer to a request: what to send, and where.

    `body` is the form of ``direct_post`` (``application/x-www-form-urlencoded``);
    `json` the same as JSON for applications that carry it themselves. `send_to` is
    the verifier's https address. `entry` is the index of the ledger's entry: tell the
    wallet when it was sent (`Holder.record_sent`). `person` is how the holder was
    verified for it. `mode` is how it is to be sent; `Holder` has encrypted it already.
    """

    body: str
    json: str
    send_to: str
    entry: int
    person: PersonVerified = PersonVerified.NONE
    mode: ResponseMode = ResponseMode.DIRECT_POST

    def to_http(self) -> HttpRequest:
        """Return it as it is posted; `read_reply` reads what the verifier says.

        No redirect may be followed from there.

        Raises:
            UsageError: it goes to the browser: see `to_redirect`.
        """
        if self.mode is ResponseMode.FRAGMENT:
            raise UsageError("this answer is not posted: open to_redirect()")
        return answer_request(self.send_to, self.body)

    def to_redirect(self) -> str:
        """Return the address to open in the browser, with the answer in its fragment.

        Raises:
            UsageError: it is posted: see `to_http`.
        """
        if self.mode is not ResponseMode.FRAGMENT:
            raise UsageError("this answer is posted: send to_http()")
        return f"{self.send_to}#{self.body}"

    def __repr__(self) -> str:
        """Show the address only: the rest is personal data."""
        return f"PresentationResponse(send_to={self.send_to!r})"
