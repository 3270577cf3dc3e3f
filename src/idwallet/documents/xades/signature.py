"""One XAdES signature judged; see `evaluate` for the steps."""

from datetime import datetime
from typing import NamedTuple

from idwallet.codec.xml import XmlNode, read_made
from idwallet.documents.judging.archive import Archive, judge_archive
from idwallet.documents.judging.context import Judging
from idwallet.documents.judging.levels import level_of
from idwallet.documents.judging.outcome import ANSWERED, Judged
from idwallet.documents.judging.stamps import judge_stamps
from idwallet.documents.judging.standing import judge_revocation, judge_trust
from idwallet.documents.model import Level, VerifiedSignature
from idwallet.documents.xades import baseline, names
from idwallet.documents.xades.archive import archive_stamps
from idwallet.documents.xades.brought import Brought
from idwallet.documents.xades.coverage import (
    Extent,
    Stands,
    content_of,
    extent_of,
    left_open,
    loose_part,
)
from idwallet.documents.xades.stamps import signature_stamps
from idwallet.envelope.xmldsig import (
    SIGNED_PROPERTIES,
    Covered,
    SignedProperties,
    XmlSignature,
    judge_reference,
    judge_value,
    names_certificate,
    properties_of,
)
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import CheckId, Checks, Facts, Reason
from idwallet.trust.certificate import Certificate
from idwallet.trust.path import ValidatedPath


class Task(NamedTuple):
    """A signature, and what it is judged with.

    `on` is the one that it counter-signs; `extent` is what the signatures before it are
    on, None where there is none that stands.
    """

    signature: XmlSignature
    using: Judging
    brought: Brought
    on: XmlNode | None
    extent: Extent | None


class SignatureJudge:
    """Judges one signature.

    Afterwards `extent` is what it is on, `content` that where it came inside, and
    `using` what those on it are judged with.
    """

    def __init__(self, task: Task, *, subject: str) -> None:
        """Take what is judged; `subject` is what the checks call it."""
        self.content: bytes | None = None
        self.extent: Extent | None = None
        self._task = task
        self._signature = task.signature
        self.using = task.using
        self._subject = subject
        self._checks = Checks(subject)
        self._signing_time: datetime | None = None

    def judged(self) -> Judged:
        """Go through the steps that `evaluate` names.

        Raises:
            MalformedError, UnsupportedError: a part of the signature breaks its format.
        """
        checks = self._checks
        self.using.budget.spend(at=self._subject)
        leaf = self._leaf()
        archive = self._archive()
        using = self.using = archive.judging
        stamps = judge_stamps(
            signature_stamps(self._signature.node),
            using,
            subject=self._subject,
            proven=self._proven(archive),
        )
        best, used = stamps.best, (*stamps.evidence, *archive.evidence)
        verified, origins = None, None
        if leaf is None:
            for each in ANSWERED[1:]:
                checks.wait(each, CheckId.SIGNER_TRUST)
        else:
            path = judge_trust(leaf, using, existed=best, checks=checks)
            value = self._value(leaf, existed=best)
            used += judge_revocation(path, using, existed=best, checks=checks)
            if path is not None:
                # Else a forged document that carries somebody's certificate would make
                # whoever reads it fetch.
                if value is Reason.VALID:
                    origins = path.anchor.fetch_origins
                verified = self._verified(path, archive, best=best)
        own = (*checks.made(origins), *stamps.checks, *archive.checks)
        return Judged(own, (self._subject,), verified, used)

    def _verified(
        self, path: ValidatedPath, archive: Archive, *, best: datetime | None
    ) -> VerifiedSignature:
        return VerifiedSignature(
            name=path.leaf.shown,
            certificate=path.leaf.sha256.hex(),
            anchor=path.anchor.name,
            signing_time=self._signing_time,
            best_signature_time=best or self.using.at,
            timestamped=best is not None,
            level=self._level(archive, best=best),
        )

    def _archive(self) -> Archive:
        """Judge the archive timestamps on the signature (5.6.3.4)."""
        found = archive_stamps(self._signature)
        if not found:
            return Archive(self.using, None, (), ())
        return judge_archive(found, self.using, subject=self._subject)

    def _proven(self, archive: Archive) -> datetime | None:
        """Return since when an archive timestamp proves that it existed.

        One on the signature that this one stands on covers it too.
        """
        covered = self.using.proven(self._signature.value)
        found = [each for each in (archive.best, covered) if each is not None]
        return min(found, default=None)

    def _level(self, archive: Archive, *, best: datetime | None) -> Level:
        reached = level_of(
            self._subject,
            self.using,
            best=best,
            archived=archive.best is not None,
        )
        is_long = baseline.may_be_long_term(self._signature.node)
        return reached if is_long or reached is Level.B_B else Level.B_T

    def _leaf(self) -> Certificate | None:
        """Find the signer's certificate, which came in KeyInfo (5.2.3)."""
        found = self._signature.certificates
        if not found:
            self._checks.say(CheckId.SIGNER_TRUST, Reason.NO_KEY_MATERIAL)
            return None
        try:
            return Certificate.from_der(found[0], at=self._subject)
        except (MalformedError, UnsupportedError) as error:
            facts = {"name": "?", "what": error.what}
            self._checks.say(
                CheckId.SIGNER_TRUST, Reason.CERTIFICATE_PROFILE, facts=facts
            )
            return None

    def _value(self, leaf: Certificate, *, existed: datetime | None) -> Reason:
        """Verify the value, and what it covers where it stands (5.2.7, 5.2.8)."""
        signature, checks = self._signature, self._checks
        found = judge_value(
            signature, key=leaf.public_key, allowed=self.using.allowed(existed)
        )
        facts: Facts = {}
        if found is Reason.ALGORITHM_NOT_ALLOWED:
            scheme = signature.scheme
            facts = {"found": "unknown" if scheme is None else scheme.name}
        checks.say(CheckId.SIGNER_SIGNATURE, found, facts=facts)
        if found is not Reason.VALID:
            checks.wait(CheckId.DOCUMENT_INTEGRITY, CheckId.SIGNER_SIGNATURE)
            checks.wait(CheckId.SIGNATURE_PROFILE, CheckId.SIGNER_SIGNATURE)
            return found
        stands, fault = self._references()
        if fault is None:
            self._say_covered(stands)
        else:
            checks.say(CheckId.DOCUMENT_INTEGRITY, fault)
        self._profile(stands, leaf)
        return found

    def _references(self) -> tuple[list[Stands], Reason | None]:
        """Return the references that are right, and why another one is not."""
        stands, fault = [], None
        for each in self._signature.references:
            covered = judge_reference(each, self._signature)
            if isinstance(covered, Covered):
                stands.append(Stands(each, covered))
            elif fault is not Reason.INTEGRITY_MISMATCH:
                # What is changed goes before what is not at hand.
                fault = covered
        return stands, fault

    def _say_covered(self, stands: list[Stands]) -> None:
        """Say whether what stands is all there is, and what is expected of it."""
        task = self._task
        what = self._left_open(stands)
        if what is not None:
            facts = {"what": what}
            self._checks.say(
                CheckId.DOCUMENT_INTEGRITY, Reason.NOT_COVERED, facts=facts
            )
            return
        reason = Reason.MATCHES
        if task.on is None and self.extent is not None:
            self.content = content_of(self.extent, stands)
            reason = task.brought.inside_reason(self.content, stands)
        self._checks.say(CheckId.DOCUMENT_INTEGRITY, reason)

    def _left_open(self, stands: list[Stands]) -> str | None:
        task, signature = self._task, self._signature
        if task.on is not None:
            values = task.on.children(names.VALUE)
            nodes = [each.reference.node for each in stands]
            if len(values) != 1 or values[0] not in nodes:
                return "the signature that it stands on"
            return loose_part(signature, stands)
        self.extent = extent_of(signature, stands)
        if task.brought.apart.keys() - self.extent.apart:
            return "a document that was brought beside it"
        if task.extent is not None and task.extent != self.extent:
            return "what the signature before it is on"
        return left_open(signature, stands, extent=self.extent)

    def _profile(self, stands: list[Stands], leaf: Certificate) -> None:
        """Hold what was signed beside the document against the baseline (5.2.8)."""
        signature, checks = self._signature, self._checks
        what = baseline.fault(signature.node, signature.references)
        if what is None:
            octets = [
                each.covered.octets
                for each in stands
                if each.reference.type == SIGNED_PROPERTIES
            ]
            if not octets:
                # Another one stands where they did.
                checks.wait(CheckId.SIGNATURE_PROFILE, CheckId.DOCUMENT_INTEGRITY)
                return
            what = self._properties_fault(octets[0], leaf)
        if what is not None:
            facts = {"what": what}
            checks.say(CheckId.SIGNATURE_PROFILE, Reason.MISMATCH, facts=facts)
            return
        found = f"XAdES {baseline.level(signature.node).value}"
        checks.say(CheckId.SIGNATURE_PROFILE, Reason.MATCHES, facts={"found": found})

    def _properties_fault(self, octets: bytes, leaf: Certificate) -> str | None:
        at = f"{self._subject}/SignedProperties"
        root = read_made(octets, at=at)
        what = baseline.properties_fault(root, self._signature.references)
        if what is not None:
            return what
        properties = properties_of(root, at=at)
        self._signing_time = properties.signing_time
        return baseline.certificate_fault(_named(properties, leaf))


def _named(properties: SignedProperties, leaf: Certificate) -> Reason:
    if properties.certificate is None:
        return Reason.ABSENT
    fits = names_certificate(properties.certificate, leaf.der)
    return Reason.MATCHES if fits else Reason.MISMATCH
