"""Hold credentials, read requests, and show what the person chooses."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from idwallet.codec.numeric_date import numeric_date
from idwallet.credentials.model import Credential
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query import CandidateMatch, Query, QueryMatch, match
from idwallet.credentials.required import STORED, Context, HeldBy, required_of
from idwallet.credentials.sdjwt.evaluate import evaluate
from idwallet.credentials.sdjwt.metadata import NO_TYPES, TypeMetadataSet
from idwallet.credentials.sdjwt.present import (
    bind_to_key,
    choose_disclosures,
    holder_thumbprint,
    read_held,
    revealed_places,
    show_claims,
)
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.errors import (
    SignerUnavailable,
    UsageError,
    VerificationError,
    VerificationFailed,
    VerificationIndeterminate,
)
from idwallet.ports import CredentialStore, KeyStore, Random
from idwallet.protocols.openid4vp.evaluate import evaluate_request
from idwallet.protocols.openid4vp.request import RequestObject
from idwallet.protocols.openid4vp.response import (
    write_response,
    write_response_json,
)
from idwallet.report import Check, Outcome, Report, Required
from idwallet.roles.record import HeldCredential, open_record, seal_record
from idwallet.trust import policies
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import Policy
from idwallet.trust.signer import SignerFound

_SUBJECT: Final = "credential"


@dataclass(frozen=True, slots=True)
class Authenticated:
    """An asker whose certificate chain or pinned key the wallet trusts.

    `name` is the name by which it is trusted; pass it through `codec.text` to show. It
    need not be unique: `anchor` is the name of the trust anchor behind it,
    `certificate` the SHA-256 of its own certificate in hexadecimal, or None where the
    key was pinned.
    """

    name: str
    client_id: str
    anchor: str
    certificate: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """A request that passed every check: who asks, for what, and why.

    `purpose` is the verifier's own word, or None; pass it through `codec.text`.
    """

    by: Authenticated
    query: Query
    purpose: str | None
    report: Report
    request: RequestObject

    def __repr__(self) -> str:
        """Show who asks."""
        return f"Asked(by={self.by.client_id!r})"


@dataclass(frozen=True, slots=True)
class Shown:
    """One credential that will be shown, and the claims of it that will.

    `paths` are the claims that were asked for. `reveals` is where every claim stands
    that the verifier will see, each element of an array by itself: also what the
    issuer put in one disclosure with a claim, and what it discloses always. Besides
    these only the credential's type, issuer, key, dates and status are seen.
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
        held = read_held(credential.raw)
        reveals = revealed_places(held, choose_disclosures(held, found.paths))
        return Shown(query_id, credential, found.paths, reveals)

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
    the verifier's https address.
    """

    body: str
    json: str
    send_to: str

    def __repr__(self) -> str:
        """Show the address only: the rest is personal data."""
        return f"PresentationResponse(send_to={self.send_to!r})"


class Holder:
    """A wallet: what is in `store` is sealed with `seal_key` before it gets there.

    `keys` holds the private keys that credentials are bound to. `policy` judges
    credentials when they are added and requests when they are read.
    """

    __slots__ = ("_keys", "_policy", "_random", "_seal", "_store", "_trust", "_types")

    def __init__(  # noqa: PLR0913 - the parts that make a wallet
        self,
        *,
        store: CredentialStore,
        seal: SealKey,
        keys: KeyStore,
        trust: TrustStore,
        policy: Policy = policies.WALLET,
        types: TypeMetadataSet = NO_TYPES,
        random: Random = secrets.token_bytes,
    ) -> None:
        """Take the wallet's parts; nothing is read yet."""
        self._store = store
        self._seal = seal
        self._keys = keys
        self._trust = trust
        self._policy = policy
        self._types = types
        self._random = random

    def add(self, credential: Credential, *, at: datetime) -> HeldCredential:
        """Verify a credential and store it, sealed.

        Raises:
            VerificationFailed: a check failed: forged, expired, another's key.
            VerificationIndeterminate: something could not be decided.
            PortError: the store failed; nothing was stored.
        """
        _require_aware(at)
        thumbprint = holder_thumbprint(credential.raw) or ""
        mine = bool(thumbprint) and self._keys.get(thumbprint) is not None
        verdict = evaluate(
            credential.raw,
            expected=HeldBy(frozenset({thumbprint} if mine else ())),
            context=Context(self._trust, self._policy, at),
            subject=_SUBJECT,
            types=self._types,
        )
        report = self._report(
            verdict.checks, at=at, required=required_of(STORED, _SUBJECT)
        )
        issuer, unpacked = verdict.issuer, verdict.unpacked
        if report.outcome is not Outcome.PASSED or issuer is None or unpacked is None:
            raise _refusal(report)
        held = HeldCredential(
            name=self._random(16).hex(),
            format=credential.format,
            credential_type=verdict.types[0],
            types=verdict.types,
            issuer=issuer.name,
            claims=unpacked.claims,
            positioned=unpacked.positioned,
            raw=credential.raw,
            thumbprint=thumbprint,
            authority_key_ids=_authority_key_ids(issuer),
            valid_from=numeric_date(unpacked.claims.get("nbf")),
            valid_until=verdict.valid_until,
        )
        self._store.put(seal_record(held, key=self._seal, random=self._random))
        return held

    def credentials(self) -> tuple[HeldCredential, ...]:
        """Return every credential in the wallet.

        Raises:
            MalformedError: a record was changed, swapped, or sealed with another key.
        """
        return tuple(
            open_record(record, key=self._seal) for record in self._store.records()
        )

    def read_request(self, raw: str | bytes, *, at: datetime) -> Asked:
        """Verify a request and return who asks for what.

        `raw` is a link, a JSON document or the bare signed request.

        Raises:
            VerificationFailed: a check failed; show the holder nothing of it.
            VerificationIndeterminate: something could not be decided.
        """
        _require_aware(at)
        verdict = evaluate_request(raw, trust=self._trust, policy=self._policy, at=at)
        report = self._report(verdict.checks, at=at, required=verdict.required)
        request, signer = verdict.request, verdict.signer
        if report.outcome is not Outcome.PASSED or request is None or signer is None:
            raise _refusal(report)
        by = Authenticated(
            name=signer.name,
            client_id=request.client_id,
            anchor=signer.anchor.name,
            certificate=None if signer.path is None else signer.path.leaf.sha256.hex(),
        )
        return Asked(by, request.query, request.purpose, report, request)

    def _report(
        self, checks: tuple[Check, ...], *, at: datetime, required: Required
    ) -> Report:
        return Report(checks=checks, required=required, at=at, policy=self._policy.name)

    def match(self, asked: Asked, *, at: datetime) -> Match:
        """Find what answers the request; pure, and nothing leaves the wallet.

        What is not valid at the moment `at` answers nothing.

        Raises:
            UsageError: `at` has no time zone.
        """
        _require_aware(at)
        held = self.credentials()
        found = match(
            asked.query,
            [each.candidate() for each in held],
            at=at,
            leeway=self._policy.clock_skew,
        )
        return Match(asked, found, held)

    def present(
        self, asked: Asked, choice: Choice, *, at: datetime
    ) -> PresentationResponse:
        """Answer `asked` with exactly what `choice` says.

        Signs once for each credential shown; sends nothing.

        Raises:
            UsageError: `choice` came from another request or says less than would be
                seen, or the request expired.
            SignerUnavailable: the key of a credential is gone.
            SignerLocked: a key wants a PIN or a fingerprint.
        """
        _require_aware(at)
        if choice.asked is not asked:
            raise UsageError("the choice was made for another request")
        request = asked.request
        if at > request.expires:
            raise UsageError("the request has expired: ask the verifier for a new one")
        presentations: dict[str, list[str]] = {}
        for each in choice.shown:
            shown = self._show(each, request, at=at)
            presentations.setdefault(each.query_id, []).append(shown)
        return PresentationResponse(
            body=write_response(presentations, state=request.state),
            json=write_response_json(presentations, state=request.state),
            send_to=request.response_uri,
        )

    def _show(self, shown: Shown, request: RequestObject, *, at: datetime) -> str:
        credential = shown.credential
        stored = self._keys.get(credential.thumbprint)
        if stored is None:
            raise SignerUnavailable("the key this credential is bound to is gone")
        held = read_held(credential.raw)
        chosen = choose_disclosures(held, shown.paths)
        if shown.reveals != revealed_places(held, chosen):
            # Whoever agreed to less must not find out later.
            raise UsageError("the choice does not say what would be seen: use choose")
        return bind_to_key(
            show_claims(held, chosen),
            signer=StoredKeySigner(stored),
            nonce=request.nonce,
            audience=request.client_id,
            algorithm=held.algorithm,
            at=at,
        )


def _require_aware(at: datetime) -> None:
    if at.utcoffset() is None:
        raise UsageError("`at` carries its time zone: use an aware datetime")


def _authority_key_ids(issuer: SignerFound) -> tuple[bytes, ...]:
    return () if issuer.path is None else issuer.path.authority_key_ids()


def _refusal(report: Report) -> VerificationError:
    if report.outcome is Outcome.FAILED:
        return VerificationFailed(report)
    return VerificationIndeterminate(report)
