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
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from idwallet import limits
from idwallet.documents.cades import baseline
from idwallet.documents.cades.index import Sets, archive_digests, archive_stamps
from idwallet.documents.judging.archive import Archive, judge_archive
from idwallet.documents.judging.context import Asked, Judging, judging
from idwallet.documents.judging.levels import level_of
from idwallet.documents.judging.material import Material
from idwallet.documents.judging.outcome import (
    ANSWERED,
    DOCUMENT,
    Judged,
    Judgement,
    broken_signature,
    unreadable,
    unsigned,
)
from idwallet.documents.judging.stamps import Stamp, judge_stamps
from idwallet.documents.judging.standing import judge_revocation, judge_trust
from idwallet.documents.model import Document, Level, VerifiedSignature, pieces
from idwallet.envelope.cms import (
    SignedData,
    SignerInfo,
    SignerJudgement,
    digest_content,
    find_certificate,
    judge_signer,
    names,
    read_counter_signatures,
    read_signed_data,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.report import Check, CheckId, Checks, EvidenceUsed, Facts, Reason
from idwallet.trust.certificate import Certificate
from idwallet.trust.path import ValidatedPath


class _Message(NamedTuple):
    """A message; `digests` are the document's, by the names of hashlib, if at hand."""

    read: SignedData
    digests: Mapping[str, bytes]
    sets: Sets


def evaluate(
    signed: bytes,
    document: Document | None,
    *,
    asked: Asked,
    archived: Judging | None = None,
) -> Judgement:
    """Judge every signature of a CMS message; never raises because of it.

    `document` is what was signed where it came apart. `archived` is what the message is
    judged with where something around it proves when it existed.
    """
    try:
        read = read_signed_data(signed, at=DOCUMENT)
    except (MalformedError, UnsupportedError) as error:
        return unreadable(error)
    if not read.signers:
        return unsigned()
    message = _Message(read, _digests(read, document), Sets(read))
    inside = Material(read.certificates, read.crls, read.responses)
    using = judging(asked, inside)
    if archived is not None:
        using = archived.holding(inside, settled=asked.settled)
    signatures = tuple(
        _judge(_Signature(signer, message, using=using, subject=f"signature[{n}]"))
        for n, signer in enumerate(read.signers)
    )
    return Judgement(signatures, content=read.content)


def _digests(message: SignedData, document: Document | None) -> dict[str, bytes]:
    """Digest the document once by every name that a signature has; none without one.

    What came inside and what was brought must be the same, as what came inside is
    handed on: where they are two, no signature is on both of them.
    """
    given = message.content if document is None else document
    if given is None:
        return {}
    named = {each.digest for each in message.signers if each.digest is not None}
    named |= archive_digests(message)
    found = digest_content(pieces(given), named)
    if document is None or message.content is None:
        return found
    is_same = digest_content(pieces(message.content), named) == found
    return found if is_same else dict.fromkeys(found, b"")


def _judge(signature: "_Signature") -> Judged:
    try:
        return signature.judge()
    except (MalformedError, UnsupportedError) as error:
        return broken_signature(error, subject=signature.subject)


class _Own(NamedTuple):
    """What judging the signature itself came to."""

    path: ValidatedPath | None = None
    found: SignerJudgement | None = None
    evidence: tuple[EvidenceUsed, ...] = ()


class _Signature:
    """One signature being judged; `on` is the one that it counter-signs, if any."""

    def __init__(
        self,
        signer: SignerInfo,
        message: _Message,
        *,
        using: Judging,
        subject: str,
        on: SignerInfo | None = None,
    ) -> None:
        self.subject = subject
        self._signer = signer
        self._message = message
        self._judging = using
        self._on = on
        self._checks = Checks(subject)

    def judge(self) -> Judged:
        """Go through the steps that the module names.

        Raises:
            MalformedError, UnsupportedError: a part of the signature breaks its format.
        """
        self._judging.budget.spend(at=self.subject)
        leaf = self._leaf()
        archive = self._archive()
        self._judging = archive.judging
        stamps = judge_stamps(
            self._stamps(),
            self._judging,
            subject=self.subject,
            proven=self._proven(archive),
        )
        counters = tuple(map(_judge, self._counters()))
        own = self._standing(leaf, best=stamps.best)
        verified = None
        if own.path is not None and own.found is not None:
            level = self._level(archive, best=stamps.best)
            verified = _verified(
                own.path,
                own.found,
                best=stamps.best,
                at=self._judging.at,
                level=level,
                counters=counters,
            )
        made = (*self._made(own), *stamps.checks, *archive.checks)
        used = (*stamps.evidence, *archive.evidence, *own.evidence)
        return Judged(
            (*made, *(check for each in counters for check in each.checks)),
            (self.subject, *(name for each in counters for name in each.subjects)),
            verified,
            (*used, *(piece for each in counters for piece in each.evidence)),
        )

    def _standing(self, leaf: Certificate | None, *, best: datetime | None) -> "_Own":
        """Judge the signature itself, and whose it is (steps 3 to 7)."""
        checks, using = self._checks, self._judging
        if leaf is None:
            for each in ANSWERED[1:]:
                checks.wait(each, CheckId.SIGNER_TRUST)
            return _Own()
        path = judge_trust(leaf, using, existed=best, checks=checks)
        found = self._signature(leaf, existed=best)
        used = judge_revocation(path, using, existed=best, checks=checks)
        return _Own(path, found, used)

    def _made(self, own: "_Own") -> tuple[Check, ...]:
        """Return the checks; whom they may ask, only where the signature stands.

        Else a forged document that carries somebody's certificate would make whoever
        reads it fetch.
        """
        is_valid = own.found is not None and own.found.signature is Reason.VALID
        path = own.path if is_valid else None
        return self._checks.made(None if path is None else path.anchor.fetch_origins)

    def _archive(self) -> Archive:
        """Judge the archive timestamps; those on it cover a counter-signature too."""
        if self._on is not None:
            return Archive(self._judging, None, (), ())
        message = self._message
        found = archive_stamps(self._signer, message.sets, digest=message.digests.get)
        return judge_archive(found, self._judging, subject=self.subject)

    def _proven(self, archive: Archive) -> datetime | None:
        """Return since when an archive timestamp proves that this signature existed."""
        known = self._judging.proven(self._signer.der)
        if self._on is not None or archive.best is None:
            return known
        return archive.best if known is None else min(known, archive.best)

    def _level(self, archive: Archive, *, best: datetime | None) -> Level:
        reached = level_of(
            self.subject,
            self._judging,
            best=best,
            archived=self._on is None and self._proven(archive) is not None,
        )
        if reached is not Level.B_B and not baseline.may_be_long_term(self._signer):
            return Level.B_T
        return reached

    def _stamps(self) -> list[Stamp]:
        """Return the timestamps on the signature value (EN 319 122-1 5.3)."""
        signature = self._signer.signature
        return [
            Stamp(each, lambda name: hashlib.new(name, signature).digest())
            for attribute in self._signer.unsigned
            if attribute.oid == names.SIGNATURE_TIMESTAMP
            for each in attribute.values
        ]

    def _leaf(self) -> Certificate | None:
        """Find the signer's certificate (5.2.3)."""
        der = find_certificate(self._signer, self._message.read.certificates)
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

    def _signature(
        self, leaf: Certificate, *, existed: datetime | None
    ) -> SignerJudgement:
        """Verify the signature, what it covers and what it says (5.2.7, 5.2.8)."""
        message = self._message.read if self._on is None else None
        found = judge_signer(
            self._signer,
            key=leaf.public_key,
            certificate=leaf.der,
            digest=self._digest(),
            content_type=None if message is None else message.content_type,
            allowed=self._judging.allowed(existed),
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
        return self._message.digests.get(name)

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
        level = baseline.level(self._signer, self._message.read).value
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
                self._message,
                using=self._judging,
                subject=f"{self.subject}.counter[{n}]",
                on=self._signer,
            )


def _verified(
    path: ValidatedPath,
    found: SignerJudgement,
    *,
    best: datetime | None,
    at: datetime,
    level: Level,
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
        level=level,
        counter_signatures=tuple(
            each.verified for each in counters if each.verified is not None
        ),
    )
