"""Judge a compact credential (docs/reference/compact.md section 8).

The steps, in the order of the code:

1. find the issuer's key and judge the trust in it;
2. judge the issuer's signature;
3. compare the claims shown with the root;
4. judge type and validity;
5. judge what the holder signed: for whom, in answer to what, and when;
6. judge whether the issuer or the credential was taken back.

Independent steps all run; a dependent one says what it waits for.
"""

import hmac
from datetime import datetime
from typing import Final, NamedTuple

from idwallet.codec.json import JsonObject
from idwallet.codec.text import show
from idwallet.credentials.compact import tree
from idwallet.credentials.compact.holder import Bound, HolderJudgement
from idwallet.credentials.compact.rows import made, with_clauses
from idwallet.credentials.compact.structures import (
    CompactCredential,
    CompactProof,
    IssuedCompact,
    ShownClaims,
)
from idwallet.credentials.issuer import believes, issuer_trust
from idwallet.credentials.required import Context, HeldBy
from idwallet.credentials.status import (
    Issued,
    Used,
    judge_issuer_revocation,
    judge_status,
)
from idwallet.envelope.cose import signature_reason
from idwallet.errors import MalformedError, UnsupportedError, fault_reason
from idwallet.report import (
    Check,
    CheckId,
    Checks,
    EvidenceUsed,
    Facts,
    Reason,
    check,
)
from idwallet.report.verdict import Answer, Given
from idwallet.trust.anchors import Purpose
from idwallet.trust.by_key_id import resolve_by_key_id
from idwallet.trust.signer import (
    SignerFound,
    SignerRefused,
    for_types,
    resolve_signer,
)


class CompactVerdict(NamedTuple):
    """The checks of one compact credential, and what they were about.

    `claims` are what the issuer signed of what was shown; unverified data unless every
    check passed. `is_proven` says that the holder signed it, at `moment` by the
    holder's own clock.
    """

    checks: tuple[Check, ...]
    credential: CompactCredential
    claims: JsonObject
    issuer: SignerFound | None = None
    valid_until: datetime | None = None
    evidence: tuple[EvidenceUsed, ...] = ()
    is_proven: bool = False
    moment: datetime | None = None

    def __repr__(self) -> str:
        """Show the number of checks only."""
        return f"CompactVerdict(<{len(self.checks)} checks>)"


def unreadable(error: MalformedError | UnsupportedError, *, subject: str) -> Check:
    """Return what is said of a proof that cannot be read."""
    facts = {"what": error.what, "at": error.at}
    reason = fault_reason(error)
    said = check(CheckId.CREDENTIAL_FORMAT, reason, subject=subject, facts=facts)
    (found,) = with_clauses((said,))
    return found


def evaluate(
    proof: CompactProof, *, bound: Bound, context: Context, subject: str
) -> CompactVerdict:
    """Judge a credential as shown; never raises because of it.

    `bound` is what the holder has to have signed it for. `subject` names the credential
    in the checks.
    """
    judgement = _Judgement(
        proof.credential, proof.shown, context=context, subject=subject
    )
    return judgement.run(HolderJudgement(proof, bound=bound, context=context))


def evaluate_issued(
    credential: CompactCredential,
    shown: ShownClaims | None,
    *,
    expected: HeldBy | None,
    context: Context,
    subject: str,
) -> CompactVerdict:
    """Judge a credential as issued to a holder; never raises because of it.

    `shown` are all of its claims, as if they were shown. Without `expected` nothing is
    said of whose key it has: the caller judges that.
    """
    judgement = _Judgement(credential, shown, context=context, subject=subject)
    return judgement.run(expected)


def all_of(issued: IssuedCompact) -> ShownClaims | None:
    """Return every claim as if it were shown: one seed proves them all."""
    if issued.credential.single is not None:
        return None
    places = (1 << len(issued.items)) - 1
    return ShownClaims(places, issued.seed, issued.items, issued.claims)


class _Judgement:
    """One credential, one moment; collects checks."""

    __slots__ = ("_answer", "_checks", "_context", "_credential", "_say", "_shown")

    def __init__(
        self,
        credential: CompactCredential,
        shown: ShownClaims | None,
        *,
        context: Context,
        subject: str,
    ) -> None:
        self._credential = credential
        self._shown = shown
        self._context = context
        self._checks = Checks(subject)
        self._say = self._checks.say
        self._answer = self._checks.answers.append

    def run(self, expected: HolderJudgement | HeldBy | None) -> CompactVerdict:
        checks, credential = self._checks, self._credential
        self._answer(_WELL_FORMED)
        signer = self._signer()
        said = issuer_trust(
            signer,
            self._context,
            message=credential.envelope.signing_input,
            subject=checks.subject,
        )
        self._answer(said)
        believed = believes(said)
        authentic = self._signature(signer)
        self._disclosures()
        self._answer((_TYPE, Reason.ACCEPTED, (("found", show(credential.type)),)))
        until = self._validity(signer)
        is_proven, moment = False, None
        if isinstance(expected, HeldBy):
            held = credential.key.thumbprint in expected.thumbprints
            reason = Reason.KEY_HELD if held else Reason.KEY_NOT_HELD
            self._say(CheckId.HOLDER_BINDING, reason)
        elif expected is not None:
            is_proven = expected.conclude(checks)
            moment = expected.moment
        issuer = signer if isinstance(signer, SignerFound) else None
        issued = Issued(issuer, authentic, believed)
        used = judge_issuer_revocation(issued, context=self._context, checks=checks)
        used += self._status(issued)
        single = credential.single
        claims = single if self._shown is None else self._shown.claims
        return CompactVerdict(
            made(checks, issued.origins),
            credential,
            claims or {},
            issuer,
            until,
            used,
            is_proven,
            moment,
        )

    # Steps 1 and 2.

    def _signer(self) -> SignerFound | SignerRefused:
        context, envelope = self._context, self._credential.envelope
        if envelope.x5chain:
            signer = resolve_signer(
                envelope.x5chain,
                kid=None,
                name=None,
                store=context.trust,
                purpose=_ISSUING,
                at=context.at,
                algorithms=context.policy.algorithms,
            )
        else:
            signer = resolve_by_key_id(
                envelope.kid or b"",
                store=context.trust,
                purpose=_ISSUING,
                at=context.at,
                algorithms=context.policy.algorithms,
            )
        if isinstance(signer, SignerFound):
            return for_types(signer, (self._credential.type,))
        return signer

    def _signature(self, signer: SignerFound | SignerRefused) -> bool:
        if signer.key is None:
            self._checks.wait(CheckId.ISSUER_SIGNATURE, CheckId.ISSUER_TRUST)
            return False
        envelope, allowed = self._credential.envelope, self._context.policy.algorithms
        reason = signature_reason(envelope, key=signer.key, allowed=allowed)
        facts: Given = ()
        if reason is Reason.ALGORITHM_NOT_ALLOWED:
            facts = (("found", show(str(envelope.header.algorithm))),)
        elif reason is Reason.KEY_UNUSABLE:
            facts = (("what", "the key does not do what the header names"),)
        self._answer((CheckId.ISSUER_SIGNATURE, reason, facts))
        return reason is Reason.VALID

    # Step 3.

    def _disclosures(self) -> None:
        credential, shown = self._credential, self._shown
        if shown is None:
            self._answer(_ALL_MATCH)
            return
        try:
            root = tree.shown_root(
                credential.context,
                shown.items,
                leaves=credential.leaves,
                shown=shown.places,
                blocks=shown.blocks,
            )
        except MalformedError as error:
            facts: Facts = {"what": error.what, "at": error.at}
            self._say(_DISCLOSURES, Reason.MALFORMED, facts=facts)
            return
        if hmac.compare_digest(root, credential.root):
            self._answer(_ALL_MATCH)
        else:
            facts = {"at": "root"}
            self._say(_DISCLOSURES, Reason.INTEGRITY_MISMATCH, facts=facts)

    # Step 4.

    def _validity(self, signer: SignerFound | SignerRefused) -> datetime | None:
        """Say whether it holds; return until when, None where it does not."""
        since, until = self._credential.valid_from, self._credential.valid_until
        at, skew = self._context.at, self._context.policy.clock_skew
        reason, facts = Reason.CURRENT, {"until": until}
        if at - skew >= until:
            reason = Reason.EXPIRED
        elif at + skew < since:
            reason, facts = Reason.NOT_YET_VALID, {"since": since}
        elif _is_outside(signer, since):
            reason, facts = Reason.SIGNED_OUTSIDE_CERTIFICATE, {"signed": since}
        self._answer((CheckId.CREDENTIAL_VALIDITY, reason, tuple(facts.items())))
        return until if "until" in facts else None

    # Step 6.

    def _status(self, issued: Issued) -> Used:
        """Say whether it was taken back; what lives too short for that says so."""
        credential = self._credential
        if credential.status is not None:
            members = {"status": credential.status}
            return judge_status(
                members, issued, context=self._context, checks=self._checks
            )
        if credential.is_short_lived:
            until = ("until", credential.valid_until)
            self._answer((CheckId.CREDENTIAL_STATUS, Reason.SHORT_LIVED, (until,)))
        else:
            # Whatever a policy accepts of other formats: this one has to have it.
            self._say(CheckId.CREDENTIAL_STATUS, Reason.NO_STATUS)
        return ()


_WELL_FORMED: Final[Answer] = (CheckId.CREDENTIAL_FORMAT, Reason.WELL_FORMED, ())
_ALL_MATCH: Final[Answer] = (CheckId.CREDENTIAL_DISCLOSURES, Reason.ALL_MATCH, ())
_DISCLOSURES: Final = CheckId.CREDENTIAL_DISCLOSURES
_TYPE: Final = CheckId.CREDENTIAL_TYPE
_ISSUING: Final = Purpose.ISSUE_CREDENTIALS


def _is_outside(signer: SignerFound | SignerRefused, since: datetime) -> bool:
    if not isinstance(signer, SignerFound) or signer.path is None:
        return False
    leaf = signer.path.leaf
    return not leaf.not_before <= since <= leaf.not_after
