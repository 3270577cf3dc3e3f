"""One signature of a PDF file, judged in the numbered steps of EN 319 102-1.

1. it covers a whole revision, but for its own value (5.2.2; ISO 32000-2 12.8.1);
2. its signer's certificate is found (5.2.3);
3. its timestamps are judged, those on the document too (5.5);
4. the signature value is verified (5.2.7);
5. the revision is the one that was signed (5.2.7);
6. what was signed beside it is what the baseline has (5.2.8, EN 319 142-1 6.3);
7. the certificate leads to an anchor, as of the proven moment (5.2.6);
8. no certificate of that path was revoked before it (5.2.6, 5.5).

What changed after it is `changes`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from idwallet.codec.pdf import Source
from idwallet.documents.cades.baseline import certificate_fault
from idwallet.documents.judging.context import Judging
from idwallet.documents.judging.levels import level_of
from idwallet.documents.judging.material import Material
from idwallet.documents.judging.outcome import ANSWERED, Judged, broken_signature
from idwallet.documents.judging.stamps import Stamp, Stamps, judge_stamps
from idwallet.documents.judging.standing import judge_revocation, judge_trust
from idwallet.documents.model import Level, VerifiedSignature
from idwallet.documents.pades import baseline
from idwallet.documents.pades.coverage import Covered
from idwallet.documents.pades.dates import read_date
from idwallet.documents.pades.found import SignatureObject
from idwallet.documents.pades.padding import unpadded
from idwallet.envelope.cms import (
    SignedData,
    SignerInfo,
    SignerJudgement,
    find_certificate,
    judge_signer,
    names,
    read_signed_data,
)
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import CheckId, Checks, Facts, Reason
from idwallet.trust.certificate import Certificate
from idwallet.trust.path import ValidatedPath

_PIECE: Final = 1 << 20
_MESSAGES: Final = frozenset({baseline.SUB_FILTER, "adbe.pkcs7.detached"})


class Placed(NamedTuple):
    """A signature where it stands, and what of the file it covers."""

    signature: SignatureObject
    covered: Covered
    source: Source
    subject: str

    def digest(self, name: str) -> bytes:
        """Return the digest of what it covers, by a name of hashlib."""
        work = hashlib.new(name)
        for each in self.octets():
            work.update(each)
        return work.digest()

    def octets(self) -> Iterator[bytes]:
        """Yield what it covers, piece by piece."""
        for start, stop in self.covered.pieces:
            for at in range(start, stop, _PIECE):
                yield self.source[at : min(at + _PIECE, stop)]

    def value(self) -> bytes:
        """Return the message or token without the zeros that follow it.

        Raises:
            MalformedError: there is none, or something else follows it.
        """
        held = self.signature.entries.get("Contents")
        if not isinstance(held, bytes) or not held:
            raise MalformedError(
                "no signature value", at=self.subject, clause="ISO 32000-2 §12.8.1"
            )
        return unpadded(held, at=self.subject)


def judge_placed(placed: Placed, using: Judging) -> Judged:
    """Judge a signature; never raises because of it.

    `using` knows what the timestamps on the document prove to have existed.
    """
    try:
        return _Signature(placed, using).judge()
    except (MalformedError, UnsupportedError) as error:
        return broken_signature(error, subject=placed.subject)


class _Signature:
    """A signature being judged."""

    def __init__(self, placed: Placed, using: Judging) -> None:
        self._placed = placed
        self._existed = using.proven(placed.value())
        self._checks = Checks(placed.subject)
        self._message = _read(placed)
        self._judging = _with_message(using, self._message)
        (self._signer,) = self._message.signers

    def judge(self) -> Judged:
        """Go through the steps that the module names.

        Raises:
            MalformedError, UnsupportedError: a part of the signature breaks its format.
        """
        using, checks, subject = self._judging, self._checks, self._placed.subject
        using.budget.spend(at=subject)
        leaf = self._leaf()
        stamps = self._stamps()
        best, used = stamps.best, stamps.evidence
        verified, origins = None, None
        if leaf is None:
            for each in ANSWERED[1:]:
                checks.wait(each, CheckId.SIGNER_TRUST)
        else:
            path = judge_trust(leaf, using, existed=best, checks=checks)
            found = self._signature(leaf, existed=best)
            used += judge_revocation(path, using, existed=best, checks=checks)
            if path is not None:
                # Else a forged document that carries somebody's certificate would make
                # whoever reads it fetch.
                if found.signature is Reason.VALID:
                    origins = path.anchor.fetch_origins
                verified = self._verified(path, best)
            self._say_profile(found, best=best)
        own = (*checks.made(origins), *stamps.checks)
        return Judged(own, (subject,), verified, used)

    def _stamps(self) -> Stamps:
        """Judge the timestamps on the signature value (EN 319 122-1 5.3)."""
        signer = self._signer
        found = [
            Stamp(each, lambda name: hashlib.new(name, signer.signature).digest())
            for each in _tokens(signer)
        ]
        return judge_stamps(
            found,
            self._judging,
            subject=self._placed.subject,
            proven=self._existed,
        )

    def _leaf(self) -> Certificate | None:
        """Find the signer's certificate (5.2.3)."""
        checks, subject = self._checks, self._placed.subject
        inside = self._judging.inside.certificates
        der = find_certificate(self._signer, inside)
        if der is None:
            checks.say(CheckId.SIGNER_TRUST, Reason.NO_KEY_MATERIAL)
            return None
        try:
            return Certificate.from_der(der, at=subject)
        except (MalformedError, UnsupportedError) as error:
            facts = {"name": "?", "what": error.what}
            checks.say(CheckId.SIGNER_TRUST, Reason.CERTIFICATE_PROFILE, facts=facts)
            return None

    def _signature(
        self, leaf: Certificate, *, existed: datetime | None
    ) -> SignerJudgement:
        """Verify the signature, what it covers and what it says (5.2.7, 5.2.8)."""
        name = self._signer.digest
        is_there = name is not None and bool(self._placed.covered.pieces)
        found = judge_signer(
            self._signer,
            key=leaf.public_key,
            certificate=leaf.der,
            digest=self._placed.digest(name) if name and is_there else None,
            content_type=self._message.content_type,
            allowed=self._judging.allowed(existed),
        )
        self._say_signature(found.signature)
        self._say_content(found)
        return found

    def _say_signature(self, reason: Reason) -> None:
        facts: Facts = {}
        if reason is Reason.ALGORITHM_NOT_ALLOWED:
            scheme = self._signer.scheme
            facts = {"found": "unknown" if scheme is None else scheme.name}
        self._checks.say(CheckId.SIGNER_SIGNATURE, reason, facts=facts)

    def _say_content(self, found: SignerJudgement) -> None:
        """Say whether the revision is the one signed, where the signature stands."""
        checks = self._checks
        if found.signature is not Reason.VALID:
            checks.wait(CheckId.DOCUMENT_INTEGRITY, CheckId.SIGNER_SIGNATURE)
        elif not self._placed.covered.pieces:
            checks.wait(CheckId.DOCUMENT_INTEGRITY, CheckId.DOCUMENT_COVERAGE)
        else:
            is_other = found.content is Reason.TYP_MISMATCH
            reason = Reason.INTEGRITY_MISMATCH if is_other else found.content
            checks.say(CheckId.DOCUMENT_INTEGRITY, reason)

    def _say_profile(self, found: SignerJudgement, *, best: datetime | None) -> None:
        checks = self._checks
        if found.signature is Reason.ABSENT:
            checks.wait(CheckId.SIGNATURE_PROFILE, CheckId.SIGNER_SIGNATURE)
            return
        entries = self._placed.signature.entries
        what = baseline.fault(entries, self._signer, message=self._message)
        what = what or certificate_fault(found.certificate)
        if what is not None:
            checks.say(CheckId.SIGNATURE_PROFILE, Reason.MISMATCH, facts={"what": what})
            return
        facts = {"found": f"PAdES {self._level(best).value}"}
        checks.say(CheckId.SIGNATURE_PROFILE, Reason.MATCHES, facts=facts)

    def _level(self, best: datetime | None) -> Level:
        return level_of(
            self._placed.subject,
            self._judging,
            best=best,
            archived=self._existed is not None,
        )

    def _verified(
        self, path: ValidatedPath, best: datetime | None
    ) -> VerifiedSignature:
        leaf = path.leaf
        return VerifiedSignature(
            name=leaf.shown,
            certificate=leaf.sha256.hex(),
            anchor=path.anchor.name,
            # The dictionary says when; the message must not (EN 319 142-1 6.3).
            signing_time=read_date(self._placed.signature.entries.get("M")),
            best_signature_time=best or self._judging.at,
            timestamped=best is not None,
            level=self._level(best),
        )


def _with_message(using: Judging, message: SignedData) -> Judging:
    """Return the same with what came in a message too, before what the store has."""
    own = Material(message.certificates, message.crls, message.responses)
    found = replace(using, inside=own).with_evidence_inside()
    return replace(found, inside=own.plus(using.inside))


def _tokens(signer: SignerInfo) -> list[bytes]:
    return [
        each
        for attribute in signer.unsigned
        if attribute.oid == names.SIGNATURE_TIMESTAMP
        for each in attribute.values
    ]


def tokens_of(placed: Placed) -> frozenset[bytes]:
    """Return a signature or timestamp as it came, and the timestamps on it."""
    try:
        value = placed.value()
        message = read_signed_data(value, at=placed.subject)
    except (MalformedError, UnsupportedError):
        return frozenset()
    inside = (each for signer in message.signers for each in _tokens(signer))
    return frozenset({value, *inside})


def _read(placed: Placed) -> SignedData:
    """Read the message of a signature.

    Raises:
        MalformedError: it breaks its format, or has not exactly one signer.
        UnsupportedError: it is no CMS message by what its dictionary says.
    """
    kind, at = placed.signature.sub_filter, placed.subject
    if kind not in _MESSAGES:
        raise UnsupportedError(
            "a signature of another SubFilter", at=at, clause="ISO 32000-2 §12.8.3"
        )
    message = read_signed_data(placed.value(), at=at)
    if len(message.signers) != 1:
        raise MalformedError(
            "not exactly one signer", at=at, clause="ISO 32000-2 §12.8.3.3.1"
        )
    return message
