"""What a wallet is asked, what of it answers, and what the person chose."""

from collections.abc import Mapping
from dataclasses import dataclass

from idwallet.consent.transaction import Transaction, read_transaction
from idwallet.credentials.mdoc.request import DeviceRequest
from idwallet.credentials.mdoc.transcript import Handover
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.presence import PersonVerified
from idwallet.credentials.query import CandidateMatch, Query, QueryMatch
from idwallet.errors import UsageError
from idwallet.protocols.openid4vp.request import RequestObject
from idwallet.report import Report
from idwallet.roles.record import HeldCredential
from idwallet.trust.relying_party import Registration


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

    The answer is signed for that conversation and no other.
    """

    documents: DeviceRequest
    handover: Handover


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """A request that passed every check: who asks, for what, and why.

    `purpose` is the verifier's own word, or None; pass it through `codec.text`.
    `request` is what was read: of OpenID4VP, or of a reader of mobile documents.
    `query` says what either asks for in the same words, with what would be kept
    (`ClaimQuery.intent_to_retain`). `evidence` is the request as it came, without what
    carried it: the ledger keeps it, and a receipt has its digest.

    `registration` is what the verifier is registered for (ETSI TS 119 475), verified
    and its own; None where it showed none. Ask `registration_for`: a registration may
    speak for some of the queries only.
    """

    by: Asker
    query: Query
    purpose: str | None
    report: Report
    request: RequestObject | HeardRequest
    evidence: bytes
    registration: Registration | None = None
    registered_ids: tuple[str, ...] = ()

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
        if isinstance(self.request, HeardRequest):
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
class Shown:
    """One credential that will be shown, and the claims of it that will.

    `paths` are the claims that answer what was asked for: to a reader of mobile
    documents the statement about an age that is nearest to the one asked (ISO/IEC
    18013-5 7.2.5), else exactly those asked for. `reveals` is where every claim stands
    that the verifier will see, each element of an array by itself: also what the
    issuer put in one disclosure with a claim, and what it discloses always. Besides
    these only the credential's type, issuer, key, dates and status are seen, and of
    a mobile document how many elements it has.
    """

    query_id: str
    credential: HeldCredential
    paths: tuple[ClaimPath, ...]
    reveals: tuple[ClaimPath, ...]

    @property
    def more_than_asked(self) -> tuple[ClaimPath, ...]:
        """What of `reveals` nobody asked for: it cannot be kept back by itself."""
        asked = frozenset(self.paths)
        return tuple(
            place
            for place in self.reveals
            if not any(place[:size] in asked for size in range(1, len(place) + 1))
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person agreed to show in answer to one request."""

    asked: Asked
    shown: tuple[Shown, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Match:
    """What of the wallet answers a request. Nothing is signed, nothing left yet.

    `found` says for each credential query which credentials answer it, and the
    nearest misses: the right credential that lacks a claim.
    """

    asked: Asked
    found: QueryMatch
    credentials: tuple[HeldCredential, ...]

    def __repr__(self) -> str:
        """Show whether the request can be answered."""
        return f"Match(satisfiable={self.found.is_satisfiable()})"

    def choose(self, preferred: Mapping[str, HeldCredential] | None = None) -> Choice:
        """Choose what to show: per credential query the preferred credential.

        Where nothing is preferred the first match is taken, and of several options
        the verifier's first. What is optional is shown only if it is preferred.

        Raises:
            UsageError: the request cannot be answered, or a preferred credential
                does not answer its query or stands beside another option.
        """
        if not self.found.is_satisfiable():
            raise UsageError("the wallet cannot answer this request: see match.found")
        wanted = preferred or {}
        return Choice(
            self.asked,
            tuple(
                self._take(name, wanted.get(name))
                for name in self._needed(frozenset(wanted))
            ),
        )

    def _needed(self, preferred: frozenset[str]) -> tuple[str, ...]:
        """Return the queries to answer: of each set the option most preferred."""
        needed: dict[str, None] = {}
        for each in self.found.sets:
            counts = [len(preferred.intersection(option)) for option in each.options]
            most = max(counts, default=0)
            if each.required or most:
                needed |= dict.fromkeys(each.options[counts.index(most)])
        if not needed.keys() >= preferred:
            # Else another credential than the person chose would be shown.
            raise UsageError("a preferred credential answers nothing that is needed")
        return tuple(needed)

    def offers(self, query_id: str) -> tuple[Shown, ...]:
        """Return what each credential that answers this query would show.

        A person can be shown them side by side: one credential may reveal more than
        another for the same question (`Shown.more_than_asked`).
        """
        return tuple(self._shown(query_id, e) for e in self._matches(query_id))

    def _matches(self, query_id: str) -> tuple[CandidateMatch, ...]:
        found = self.found.credential(query_id)
        return () if found is None else found.matches

    def _shown(self, query_id: str, found: CandidateMatch) -> Shown:
        credential = self.credentials[found.candidate]
        chosen = credential.opened().choose(found.paths)
        return Shown(query_id, credential, found.paths, chosen.reveals)

    def _take(self, query_id: str, preferred: HeldCredential | None) -> Shown:
        for each in self._matches(query_id):
            if preferred in (None, self.credentials[each.candidate]):
                return self._shown(query_id, each)
        raise UsageError("that credential does not answer that query")


@dataclass(frozen=True, slots=True, repr=False)
class PresentationResponse:
    """The answer to a request: what to send, and where.

    `body` is the form of ``direct_post`` (``application/x-www-form-urlencoded``);
    `json` the same as JSON for applications that carry it themselves. `send_to` is
    the verifier's https address. `entry` is the index of the ledger's entry: tell the
    wallet when it was sent (`Holder.record_sent`). `person` is how the holder was
    verified for it.
    """

    body: str
    json: str
    send_to: str
    entry: int
    person: PersonVerified = PersonVerified.NONE

    def __repr__(self) -> str:
        """Show the address only: the rest is personal data."""
        return f"PresentationResponse(send_to={self.send_to!r})"
