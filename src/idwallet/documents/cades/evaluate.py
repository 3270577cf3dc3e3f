"""Whether CAdES signatures stand (ETSI EN 319 102-1), in numbered steps.

For each signature, the counter-signatures on it included:

1. its signer's certificate is found (5.2.3);
2. its timestamps are judged, and prove the earliest moment at which it existed (5.5);
3. the signature value is verified (5.2.7);
4. the document is the one that was signed (5.2.7);
5. what was signed beside it is what the baseline has (5.2.8, EN 319 122-1 6.3);
6. the certificate leads to an anchor, as of the proven moment (5.2.6);
7. no certificate of that path was revoked before it (5.2.6, 5.5).

No chain to an anchor leaves a signature undecided, as 5.2.6 has it: evidence may come.
What is changed, or signed by another key, fails.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.documents.cades import baseline
from idwallet.documents.cades.context import Judging
from idwallet.documents.cades.stamps import judge_stamps
from idwallet.documents.cades.standing import judge_revocation, judge_trust
from idwallet.documents.model import Level, VerifiedSignature
from idwallet.envelope.cms import (
    SignerInfo,
    SignerJudgement,
    find_certificate,
    judge_signer,
    read_counter_signatures,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError, fault_reason
from idwallet.report import Check, CheckId, Checks, EvidenceUsed, Facts, Reason
from idwallet.trust.certificate import Certificate
from idwallet.trust.path import ValidatedPath

ANSWERED: Final = (
    CheckId.SIGNER_TRUST,
    CheckId.SIGNER_SIGNATURE,
    CheckId.DOCUMENT_INTEGRITY,
    CheckId.SIGNATURE_PROFILE,
    CheckId.SIGNER_REVOCATION,
)
"""What is answered of every signature, timestamps apart."""


class Judged(NamedTuple):
    """One signature and those on it: their checks and subjects.

    `verified` is worth something only where every check passed.
    """

    checks: tuple[Check, ...]
    subjects: tuple[str, ...]
    verified: VerifiedSignature | None
    evidence: tuple[EvidenceUsed, ...] = ()


def judge_signatures(judging: Judging) -> tuple[Judged, ...]:
    """Judge every signature of a message; never raises because of it."""
    judging = judging.with_evidence_inside()
    return tuple(
        _judge(_Signature(signer, judging, on=None, subject=f"signature[{n}]"))
        for n, signer in enumerate(judging.message.signers)
    )


def _judge(signature: "_Signature") -> Judged:
    try:
        return signature.judge()
    except (MalformedError, UnsupportedError) as error:
        subject = signature.subject
        broken = Checks(subject)
        facts = {"what": error.what, "at": error.at}
        broken.say(CheckId.DOCUMENT_FORMAT, fault_reason(error), facts=facts)
        for each in ANSWERED:
            broken.wait(each, CheckId.DOCUMENT_FORMAT)
        return Judged(broken.made(), (subject,), None)


class _Signature:
    """One signature being judged; `on` is the one that it counter-signs, if any."""

    def __init__(
        self,
        signer: SignerInfo,
        judging: Judging,
        *,
        on: SignerInfo | None,
        subject: str,
    ) -> None:
        self.subject = subject
        self._signer = signer
        self._judging = judging
        self._on = on
        self._checks = Checks(subject)

    def judge(self) -> Judged:
        """Go through the steps that the module names.

        Raises:
            MalformedError, UnsupportedError: a part of the signature breaks its format.
        """
        judging, checks = self._judging, self._checks
        judging.budget.spend(at=self.subject)
        leaf = self._leaf()
        stamps = judge_stamps(self._signer, judging, subject=self.subject)
        best, used = stamps.best, stamps.evidence
        counters = tuple(map(_judge, self._counters()))
        verified, origins = None, None
        if leaf is None:
            for each in ANSWERED[1:]:
                checks.wait(each, CheckId.SIGNER_TRUST)
        else:
            path = judge_trust(leaf, judging, existed=best, checks=checks)
            found = self._signature(leaf)
            used += judge_revocation(path, judging, existed=best, checks=checks)
            if path is not None:
                # Else a forged document that carries somebody's certificate would make
                # whoever reads it fetch.
                if found.signature is Reason.VALID:
                    origins = path.anchor.fetch_origins
                verified = _verified(
                    path, found, best=best, at=judging.at, counters=counters
                )
        own = (*checks.made(origins), *stamps.checks)
        return Judged(
            (*own, *(made for each in counters for made in each.checks)),
            (self.subject, *(name for each in counters for name in each.subjects)),
            verified,
            (*used, *(piece for each in counters for piece in each.evidence)),
        )

    def _leaf(self) -> Certificate | None:
        """Find the signer's certificate (5.2.3)."""
        der = find_certificate(self._signer, self._judging.message.certificates)
        if der is None:
            self._checks.say(CheckId.SIGNER_TRUST, Reason.NO_KEY_MATERIAL)
            return None
        try:
            return Certificate.from_der(der, at=self.subject)
        except (MalformedError, UnsupportedError) as error:
            facts = {"name": "?", "what": error.what}
            self._checks.say(
                CheckId.SIGNER_TRUST, Reason.CERTIFICATE_PROFILE, facts=facts
            )
            return None

    def _signature(self, leaf: Certificate) -> SignerJudgement:
        """Verify the signature, what it covers and what it says (5.2.7, 5.2.8)."""
        message = self._judging.message if self._on is None else None
        found = judge_signer(
            self._signer,
            key=leaf.public_key,
            certificate=leaf.der,
            digest=self._digest(),
            content_type=None if message is None else message.content_type,
            allowed=self._judging.policy.algorithms,
        )
        self._say_signature(found.signature)
        self._say_content(found)
        if found.signature is Reason.ABSENT:
            self._checks.wait(CheckId.SIGNATURE_PROFILE, CheckId.SIGNER_SIGNATURE)
        else:
            what = baseline.fault(self._signer, message)
            self._say_profile(what or baseline.certificate_fault(found.certificate))
        return found

    def _digest(self) -> bytes | None:
        name = self._signer.digest
        if name is None:
            return None
        if self._on is not None:
            return hashlib.new(name, self._on.signature).digest()
        return self._judging.digests.get(name)

    def _say_signature(self, reason: Reason) -> None:
        facts: Facts = {}
        if reason is Reason.ALGORITHM_NOT_ALLOWED:
            scheme = self._signer.scheme
            facts = {"found": "unknown" if scheme is None else scheme.name}
        self._checks.say(CheckId.SIGNER_SIGNATURE, reason, facts=facts)

    def _say_content(self, found: SignerJudgement) -> None:
        """Say whether the document is the one signed, where the signature stands."""
        if found.signature is not Reason.VALID:
            self._checks.wait(CheckId.DOCUMENT_INTEGRITY, CheckId.SIGNER_SIGNATURE)
            return
        is_other = found.content is Reason.TYP_MISMATCH
        reason = Reason.INTEGRITY_MISMATCH if is_other else found.content
        self._checks.say(CheckId.DOCUMENT_INTEGRITY, reason)

    def _say_profile(self, what: str | None) -> None:
        if what is not None:
            facts = {"what": what}
            self._checks.say(CheckId.SIGNATURE_PROFILE, Reason.MISMATCH, facts=facts)
            return
        level = baseline.level(self._signer).value
        facts = {"found": f"CAdES {level}"}
        self._checks.say(CheckId.SIGNATURE_PROFILE, Reason.MATCHES, facts=facts)

    def _counters(self) -> Iterator["_Signature"]:
        """Yield the signatures on this one (RFC 5652 11.4).

        Raises:
            LimitError: they stand on each other deeper than
                `limits.COUNTER_SIGNATURE_DEPTH`, or are too many.
            MalformedError: one breaks RFC 5652.
        """
        found = read_counter_signatures(self._signer)
        depth = self.subject.count(".counter")
        if found and depth >= limits.COUNTER_SIGNATURE_DEPTH:
            raise LimitError(
                "counter-signatures too deep", at=self.subject, clause="idwallet limits"
            )
        for n, each in enumerate(found):
            yield _Signature(
                each,
                self._judging,
                on=self._signer,
                subject=f"{self.subject}.counter[{n}]",
            )


def _verified(
    path: ValidatedPath,
    found: SignerJudgement,
    *,
    best: datetime | None,
    at: datetime,
    counters: tuple[Judged, ...],
) -> VerifiedSignature:
    leaf = path.leaf
    return VerifiedSignature(
        name=leaf.shown,
        certificate=leaf.sha256.hex(),
        anchor=path.anchor.name,
        signing_time=found.signing_time,
        best_signature_time=best or at,
        timestamped=best is not None,
        level=Level.B_B if best is None else Level.B_T,
        counter_signatures=tuple(
            each.verified for each in counters if each.verified is not None
        ),
    )
