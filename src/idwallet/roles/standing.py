"""Take codes that holders show unasked: at a till, with no network and no question.

One request stands for a long time and takes many proofs, each once. How much a proof
shown like that is worth, its verdict says (docs/reference/compact.md section 7).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import InitVar, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from idwallet import limits
from idwallet.codec.qr_text import QrKind, read_qr_text, write_qr_text
from idwallet.credentials.compact.holder import Bound
from idwallet.credentials.model import Format, Unverified, VerifiedPresentation
from idwallet.credentials.query import CredentialQuery, Query, judge_answer
from idwallet.credentials.query.as_compact import as_compact
from idwallet.credentials.required import (
    ANSWERED_ONE_WAY,
    SHOWN_ONE_WAY,
    Context,
    required_of,
)
from idwallet.errors import (
    MalformedError,
    UnsupportedError,
    UsageError,
    fault_reason,
)
from idwallet.protocols.qr.till import TillCode, audience_of, write_till_code
from idwallet.report import CheckId, waiting
from idwallet.roles.answering import RESPONSE, WELL_FORMED, Answering
from idwallet.roles.compact_shown import CompactShown, judge_proof
from idwallet.roles.shown import (
    Shown,
    candidate_of,
    narrowed_of,
    unreadable,
    with_surplus,
)
from idwallet.roles.takes_codes import with_statements
from idwallet.trust.anchors import TrustStore

if TYPE_CHECKING:
    from idwallet.roles.verifier import Verifier

_WITNESS: Final = object()
"""Held by nobody outside: what is made without it did not come from here."""

_SHORTEST: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, repr=False)
class StandingRequest:
    """What a till takes of whoever shows a code; it takes each code once.

    `window` is how old a code may be, by the till's own clock. `audience` is what a
    code is bound to whose holder read what is printed at this till. Only
    `Verifier.standing_request` makes one.
    """

    query: Query
    till: str
    purpose: str
    window: timedelta
    verifier: "Verifier"
    policy_digest: bytes
    witness: InitVar[object] = None
    withdrawn: tuple[bytes, ...] = ()

    def __post_init__(self, witness: object) -> None:
        """Refuse what no verifier made.

        Raises:
            UsageError: somebody else than a `Verifier` called.
        """
        if witness is not _WITNESS:
            raise UsageError("a StandingRequest comes from Verifier.standing_request")

    def __repr__(self) -> str:
        """Show the till."""
        return f"StandingRequest({self.audience!r})"

    def without(self, *statements: bytes) -> "StandingRequest":
        """Return the same request, which takes no delegation that one of these ends.

        They are statements of `withdraw`, by the child's key or the
        guardian's; from anybody else they end nothing.

        Raises:
            UsageError: more than `limits.DELEGATIONS_WITHDRAWN`.
        """
        withdrawn = with_statements(self.withdrawn, statements)
        return replace(self, withdrawn=withdrawn, witness=_WITNESS)

    @property
    def audience(self) -> str:
        """What a code for this very till is bound to."""
        return audience_of(self.verifier.identity.client_id, self.till)

    def printed_code(self, *, since: datetime, until: datetime) -> str:
        """Return the text of the QR code to print and put up at the till.

        Whoever reads it sees who asks, and for what; what they show afterwards is bound
        to this till. It holds from `since` until `until`.

        Raises:
            UsageError: this relying party has no certificates, or the times are not in
                order or further apart than `limits.TILL_LIFETIME`.
            SignerError: the key could not sign.
        """
        identity = self.verifier.identity
        if not identity.certificates:
            raise UsageError("a printed code is signed with certificates")
        code = TillCode(
            identity.client_id, self.till, since, until, self.purpose, self.query
        )
        octets = write_till_code(
            code, signer=identity.signer, certificates=identity.certificates
        )
        return write_qr_text(QrKind.TILL, octets)


def standing_request(
    verifier: "Verifier",
    query: Query,
    *,
    window: timedelta,
    till: str,
    purpose: str,
) -> StandingRequest:
    """Return a request that stands; see `Verifier.standing_request`.

    `query` is asked of compact credentials, in whichever encodings it was written.

    Raises:
        UsageError: `window` is shorter than five seconds or longer than
            `limits.QR_WINDOW`, the till has no name or a ``#`` in it, or `query` asks
            for several credentials, or for what no compact one says.
    """
    if not _SHORTEST <= window <= limits.QR_WINDOW:
        raise UsageError(
            f"a window is {_SHORTEST} at least, and limits.QR_WINDOW at most"
        )
    audience_of(verifier.identity.client_id, till)
    return StandingRequest(
        as_compact(query.require_askable()).require_askable(),
        till,
        purpose,
        window,
        verifier,
        verifier.policy.digest(),
        witness=_WITNESS,
    )


def judge_shown_code(
    text: str, *, request: StandingRequest, trust: TrustStore, at: datetime
) -> VerifiedPresentation | Unverified:
    """Judge a code that was shown unasked; never raises because of it.

    Raises:
        PortError: the replay guard did not answer.
    """
    return _Code(request, trust=trust, at=at).judge(text)


class _OneProof(NamedTuple):
    """A proof as the replay guard knows it: whose, and of which moment."""

    verifier: "Verifier"
    digest: bytes
    issued: datetime
    expires: datetime

    def key(self) -> bytes:
        return self.digest


class _Code(Answering):
    """One code; collects checks."""

    __slots__ = ("_standing",)

    def __init__(
        self, standing: StandingRequest, *, trust: TrustStore, at: datetime
    ) -> None:
        until = at + standing.window
        super().__init__(
            _OneProof(standing.verifier, b"", at, until), trust=trust, at=at
        )
        self._standing = standing
        self._required = required_of(ANSWERED_ONE_WAY, RESPONSE)

    def judge(self, text: str) -> VerifiedPresentation | Unverified:
        octets = self._read(text)
        if octets is None:
            return Unverified(self._report())
        asked, verdict = self._verdict(octets)
        shown = [Shown(asked.id, asked.id, verdict)]
        use = None
        # Whoever shows somebody else's credential must not use up its moment.
        if verdict.verdict is None or not verdict.verdict.is_proven:
            self._wait(CheckId.PRESENTATION_REPLAY, CheckId.HOLDER_BINDING)
        elif not verdict.guardian.is_delegated:
            # Signed with a key that the proof itself named: anybody can do that.
            self._wait(CheckId.PRESENTATION_REPLAY, CheckId.HOLDER_DELEGATION)
        else:
            self._question = self._once(verdict)
            use = self._consume(octets)
        if unreadable(verdict) is not None:
            self._wait(CheckId.PRESENTATION_QUERY, CheckId.CREDENTIAL_FORMAT)
            return Unverified(self._report())
        found = narrowed_of(verdict, asked)
        narrowed = {} if found is None else {asked.id: found}
        judged = judge_answer(self._standing.query, {asked.id: [candidate_of(verdict)]})
        self._checks += [with_surplus(each, narrowed) for each in judged]
        return self._concluded(use, shown, narrowed=narrowed)

    def _read(self, text: str) -> bytes | None:
        try:
            found = read_qr_text(text, at="code")
            if found.kind is not QrKind.PROOF:
                raise MalformedError(
                    "a code that shows no credential",
                    at="code",
                    clause="idwallet compact 1 §10",
                )
        except (MalformedError, UnsupportedError) as error:
            facts = {"what": error.what, "at": error.at}
            self._say(CheckId.PRESENTATION_FORMAT, fault_reason(error), facts=facts)
            return None
        self._told(WELL_FORMED)
        return found.octets

    def _verdict(self, octets: bytes) -> tuple[CredentialQuery, CompactShown]:
        """Judge the proof, as the answer to the query that asks for its type."""
        standing = self._standing
        context = Context(self._trust, standing.verifier.policy, self._at)
        withdrawn = (*standing.verifier.withdrawn, *standing.withdrawn)
        bound = Bound(standing.audience, None, standing.window, withdrawn)
        first = standing.query.credentials[0]
        verdict = judge_proof(octets, bound=bound, context=context, subject=first.id)
        asked = _asked_for(standing.query.credentials, verdict.types)
        if asked is not first:
            verdict = judge_proof(
                octets, bound=bound, context=context, subject=asked.id
            )
        self._required |= required_of(SHOWN_ONE_WAY, asked.id) | verdict.required
        self._checks += verdict.checks
        self._evidence += verdict.evidence
        return asked, verdict

    def _once(self, shown: CompactShown) -> _OneProof:
        """Return what a second use is known by: not the octets, which can be varied.

        The holder can sign one moment twice, and an ECDSA signature can be turned into
        another one that is valid: the credential and the moment are the same.
        """
        verdict, standing = shown.verdict, self._standing
        if verdict is None or verdict.moment is None:
            raise UsageError("nothing was proven")  # is_proven says otherwise
        digest = hashlib.sha256(b"idwallet code shown unasked/1\0")
        # One guard may serve every till of a shop: a code bound to none is good once.
        digest.update(
            hashlib.sha256(standing.verifier.identity.client_id.encode()).digest()
        )
        digest.update(verdict.credential.identity)
        digest.update(int(verdict.moment.timestamp()).to_bytes(8, "big"))
        skew = standing.verifier.policy.clock_skew
        # What is further ahead is refused now, and need not be remembered till then:
        # nobody fills a guard with moments of the year 9999.
        latest = min(max(verdict.moment, self._at), self._at + skew)
        return _OneProof(
            standing.verifier,
            digest.digest(),
            verdict.moment,
            latest + standing.window + skew,
        )

    def _wait(self, check_id: CheckId, cause: CheckId) -> None:
        self._told(waiting(check_id, subject=RESPONSE, waits_for=cause))


def _asked_for(
    asked: Sequence[CredentialQuery], types: tuple[str, ...]
) -> CredentialQuery:
    for each in asked:
        if each.format == Format.COMPACT and not each.types.isdisjoint(types):
            return each
    return asked[0]
