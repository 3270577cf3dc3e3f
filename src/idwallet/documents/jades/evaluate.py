"""Whether JAdES signatures stand (ETSI EN 319 102-1), in numbered steps.

For each signature, the counter-signatures on it included:

1. its signer's certificate is found, by what is signed alone (5.2.3);
2. its timestamps are judged, and prove the earliest moment at which it existed (5.5);
3. the signature value is verified (5.2.7);
4. the document is the one that was signed (5.2.7);
5. what was signed beside it is what the baseline has (5.2.8, TS 119 182-1 6.3);
6. the certificate leads to an anchor, as of the proven moment (5.2.6);
7. no certificate of that path was revoked before it (5.2.6, 5.5).

A signature over a document that travels apart cannot be verified without it; one that
names the document by its digest can. What stands in unprotected headers is evidence at
most, whoever wrote it there.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from idwallet import limits
from idwallet.codec import b64
from idwallet.documents.jades import baseline
from idwallet.documents.jades.archive import archive_stamps, piece_of
from idwallet.documents.jades.certificate import find_leaf, reference_fault
from idwallet.documents.jades.content import Brought
from idwallet.documents.jades.elements import Element, tokens
from idwallet.documents.jades.found import Count, Found, find
from idwallet.documents.jades.payload import Payload, bring, payload_of, payload_on
from idwallet.documents.jades.read import read_jws
from idwallet.documents.judging.archive import Archive, judge_archive
from idwallet.documents.judging.context import Asked, Judging, judging
from idwallet.documents.judging.levels import level_of
from idwallet.documents.judging.material import Material, together
from idwallet.documents.judging.outcome import (
    ANSWERED,
    DOCUMENT,
    Judged,
    Judgement,
    broken_signature,
    unreadable,
)
from idwallet.documents.judging.stamps import Stamp, judge_stamps
from idwallet.documents.judging.standing import judge_revocation, judge_trust
from idwallet.documents.model import Documents, Level, VerifiedSignature
from idwallet.envelope.jws import signature_facts, signature_reason
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.report import CheckId, Checks, EvidenceUsed, Reason
from idwallet.trust.certificate import Certificate
from idwallet.trust.path import ValidatedPath


def evaluate(signed: bytes, document: Documents | None, *, asked: Asked) -> Judgement:
    """Judge every signature of a JSON Web Signature; never raises because of it.

    `document` is what was signed where it came apart: one, or several by the names that
    the signature gives them.
    """
    try:
        read = read_jws(signed, at=DOCUMENT)
        count = Count()
        found = [find(each, count=count) for each in read.signatures]
        brought = bring(document, read)
        inside = _joined([each.inside for each in found if isinstance(each, Found)])
    except (MalformedError, UnsupportedError) as error:
        return unreadable(error)
    using = judging(asked, inside)
    signatures = tuple(
        _judged(each, brought, using=using, subject=f"signature[{n}]")
        for n, each in enumerate(found)
    )
    contents = (each.parts.payload for each in read.readable())
    return Judgement(signatures, content=next(contents, None))


def _joined(found: list[Material]) -> Material:
    joined = together(found)
    kinds = (joined.certificates, joined.crls, joined.responses)
    if max(map(len, kinds)) > limits.JADES_VALUES:
        raise LimitError("too many values", at=DOCUMENT, clause="idwallet limits")
    return joined


def _judged(
    found: Found | MalformedError | UnsupportedError,
    brought: Brought,
    *,
    using: Judging,
    subject: str,
) -> Judged:
    if not isinstance(found, Found):
        return broken_signature(found, subject=subject)
    try:
        read = found.read
        payload = payload_of(read.parts, read.references, brought=brought)
        return _Signature(found, payload, using=using, subject=subject).judge()
    except (MalformedError, UnsupportedError) as error:
        return broken_signature(error, subject=subject)


class _Own(NamedTuple):
    """What judging the signature itself came to."""

    path: ValidatedPath | None = None
    is_valid: bool = False
    evidence: tuple[EvidenceUsed, ...] = ()


class _Signature:
    """One signature being judged; a counter-signature where `is_counter`."""

    def __init__(
        self,
        found: Found,
        payload: Payload,
        *,
        using: Judging,
        subject: str,
        is_counter: bool = False,
    ) -> None:
        self.subject = subject
        self._found = found
        self._parts = found.read.parts
        self._payload = payload
        self._judging = using
        self._is_counter = is_counter
        self._checks = Checks(subject)

    def judge(self) -> Judged:
        """Go through the steps that the module names.

        Raises:
            MalformedError, UnsupportedError: a part of the signature breaks its format.
        """
        self._judging.budget.spend(at=self.subject)
        leaf = self._leaf()
        archive = judge_archive(
            archive_stamps(self._found, self._payload.hash_of),
            self._judging,
            subject=self.subject,
        )
        proven = self._proven(archive)
        self._judging = archive.judging
        stamps = judge_stamps(
            list(self._stamps()), self._judging, subject=self.subject, proven=proven
        )
        counters = tuple(self._counters())
        own = self._standing(leaf, best=stamps.best)
        verified = None
        if own.path is not None:
            level = self._level(stamps.best, archived=archive.best is not None)
            verified = self._verified(
                own.path, stamped=stamps.best, level=level, counters=counters
            )
        # Else a forged document that carries somebody's certificate would make
        # whoever reads it fetch.
        path = own.path if own.is_valid else None
        made = self._checks.made(None if path is None else path.anchor.fetch_origins)
        checks = (*made, *stamps.checks, *archive.checks)
        used = (*stamps.evidence, *archive.evidence, *own.evidence)
        return Judged(
            (*checks, *(check for each in counters for check in each.checks)),
            (self.subject, *(name for each in counters for name in each.subjects)),
            verified,
            (*used, *(piece for each in counters for piece in each.evidence)),
        )

    def _proven(self, archive: Archive) -> datetime | None:
        """Return since when archive timestamps prove that this signature existed.

        Those on a signature cover the ones that stood on it.
        """
        moments = [archive.best]
        if self._is_counter:
            moments.append(self._judging.proven(piece_of(self._parts)))
        return min((each for each in moments if each is not None), default=None)

    def _standing(self, leaf: Certificate | None, *, best: datetime | None) -> _Own:
        """Judge the signature itself, and whose it is (steps 3 to 7)."""
        checks, using = self._checks, self._judging
        if leaf is None:
            for each in ANSWERED[1:]:
                checks.wait(each, CheckId.SIGNER_TRUST)
            return _Own()
        path = judge_trust(leaf, using, existed=best, checks=checks)
        is_valid = self._verify(leaf, existed=best)
        used = judge_revocation(path, using, existed=best, checks=checks)
        return _Own(path, is_valid, used)

    def _level(self, best: datetime | None, *, archived: bool) -> Level:
        reached = level_of(self.subject, self._judging, best=best, archived=archived)
        elements = self._found.read.elements
        if reached is not Level.B_B and not baseline.may_be_long_term(elements):
            return Level.B_T
        return reached

    def _leaf(self) -> Certificate | None:
        """Find the signer's certificate (5.2.3)."""
        header = self._parts.header
        der = find_leaf(header, self._judging.inside.certificates, at=self.subject)
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

    def _stamps(self) -> Iterator[Stamp]:
        """Yield the timestamps on the signature value (TS 119 182-1 5.3.4).

        They are on its base64url text, of which there is one spelling.
        """
        text = b64.encode(self._parts.signature).encode("ascii")
        for element in self._elements("sigTst"):
            for der in tokens(element):
                yield Stamp(der, lambda name: hashlib.new(name, text).digest())

    def _elements(self, name: str) -> list[Element]:
        return [each for each in self._found.read.elements if each.name == name]

    def _verify(self, leaf: Certificate, *, existed: datetime | None) -> bool:
        """Verify the signature, what it covers and what it says (5.2.7, 5.2.8)."""
        self._say_profile(leaf)
        payload, checks = self._payload, self._checks
        if payload.body is None:
            checks.say(CheckId.DOCUMENT_INTEGRITY, payload.reason)
            checks.wait(CheckId.SIGNER_SIGNATURE, CheckId.DOCUMENT_INTEGRITY)
            return False
        jws = self._parts.covering(payload.body, payload=payload.payload)
        allowed = self._judging.allowed(existed)
        reason = signature_reason(jws, key=leaf.public_key, allowed=allowed)
        checks.say(CheckId.SIGNER_SIGNATURE, reason, facts=signature_facts(reason, jws))
        if reason is not Reason.VALID:
            checks.wait(CheckId.DOCUMENT_INTEGRITY, CheckId.SIGNER_SIGNATURE)
            return False
        checks.say(CheckId.DOCUMENT_INTEGRITY, payload.reason)
        return True

    def _say_profile(self, leaf: Certificate) -> None:
        header, elements = self._parts.header, self._found.read.elements
        what = (
            baseline.fault(
                header,
                is_detached=not self._parts.body,
                is_counter=self._is_counter,
            )
            or reference_fault(header, leaf.der, at=self.subject)
            or baseline.unsigned_fault(elements)
        )
        if what is not None:
            facts = {"what": what}
            self._checks.say(CheckId.SIGNATURE_PROFILE, Reason.MISMATCH, facts=facts)
            return
        facts = {"found": f"JAdES {baseline.level(elements).value}"}
        self._checks.say(CheckId.SIGNATURE_PROFILE, Reason.MATCHES, facts=facts)

    def _counters(self) -> Iterator[Judged]:
        """Judge the signatures on this one (TS 119 182-1 5.3.2)."""
        value = self._parts.signature
        for n, found in enumerate(self._found.counters):
            subject = f"{self.subject}.counter[{n}]"
            if not isinstance(found, Found):
                yield broken_signature(found, subject=subject)
                continue
            counter = _Signature(
                found,
                payload_on(found.read.parts, value),
                using=self._judging,
                subject=subject,
                is_counter=True,
            )
            try:
                yield counter.judge()
            except (MalformedError, UnsupportedError) as error:
                yield broken_signature(error, subject=subject)

    def _verified(
        self,
        path: ValidatedPath,
        *,
        stamped: datetime | None,
        level: Level,
        counters: tuple[Judged, ...],
    ) -> VerifiedSignature:
        leaf = path.leaf
        return VerifiedSignature(
            name=leaf.shown,
            certificate=leaf.sha256.hex(),
            anchor=path.anchor.name,
            signing_time=baseline.signing_time(self._parts.header),
            best_signature_time=stamped or self._judging.at,
            timestamped=stamped is not None,
            level=level,
            counter_signatures=tuple(
                each.verified for each in counters if each.verified is not None
            ),
        )
