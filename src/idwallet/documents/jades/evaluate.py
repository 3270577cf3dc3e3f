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
from idwallet.documents.jades.certificate import find_leaf, reference_fault
from idwallet.documents.jades.content import Brought, Wanted
from idwallet.documents.jades.elements import Element, material_of, tokens
from idwallet.documents.jades.payload import Payload, payload_of, payload_on
from idwallet.documents.jades.read import (
    JwsRead,
    SignatureRead,
    read_counter_signature,
    read_jws,
)
from idwallet.documents.judging.context import Asked, Judging, judging
from idwallet.documents.judging.material import Material
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
from idwallet.envelope.cms import names
from idwallet.envelope.jws import signature_facts, signature_reason
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.report import CheckId, Checks, Reason
from idwallet.trust.certificate import Certificate
from idwallet.trust.path import ValidatedPath


def evaluate(signed: bytes, document: Documents | None, *, asked: Asked) -> Judgement:
    """Judge every signature of a JSON Web Signature; never raises because of it.

    `document` is what was signed where it came apart: one, or several by the names that
    the signature gives them.
    """
    try:
        read = read_jws(signed, at=DOCUMENT)
        found = [_with_material(each) for each in read.signatures]
        brought = _brought(document, read)
        inside = _joined([each.inside for each in found if isinstance(each, _Found)])
    except (MalformedError, UnsupportedError) as error:
        return unreadable(error)
    using = judging(asked, inside)
    signatures = tuple(
        _judged(each, brought, using=using, subject=f"signature[{n}]")
        for n, each in enumerate(found)
    )
    contents = (each.parts.payload for each in read.readable())
    return Judgement(signatures, content=next(contents, None))


class _Found(NamedTuple):
    """A signature, and the material that it carries, counter-signatures included."""

    read: SignatureRead
    inside: Material
    counters: "tuple[_Found | MalformedError | UnsupportedError, ...]"


def _with_material(
    read: SignatureRead | MalformedError | UnsupportedError, *, depth: int = 0
) -> "_Found | MalformedError | UnsupportedError":
    if not isinstance(read, SignatureRead):
        return read
    try:
        own = material_of(read.elements)
        within = [each for each in read.elements if each.name == "cSig"]
        if within and depth >= limits.COUNTER_SIGNATURE_DEPTH:
            raise LimitError(
                "counter-signatures too deep",
                at=read.parts.at,
                clause="idwallet limits",
            )
        counters = tuple(
            _with_material(
                read_counter_signature(each.value, at=each.at), depth=depth + 1
            )
            for each in within
        )
    except (MalformedError, UnsupportedError) as error:
        return error
    signed = Material(read.parts.header.x5c)
    below = [each.inside for each in counters if isinstance(each, _Found)]
    return _Found(read, _joined([signed, own, *below]), counters)


def _joined(found: list[Material]) -> Material:
    kinds = (
        tuple(dict.fromkeys(der for each in found for der in each.certificates)),
        tuple(dict.fromkeys(der for each in found for der in each.crls)),
        tuple(dict.fromkeys(der for each in found for der in each.responses)),
    )
    if max(map(len, kinds)) > limits.JADES_VALUES:
        raise LimitError("too many values", at=DOCUMENT, clause="idwallet limits")
    return Material(*kinds)


def _brought(document: Documents | None, read: JwsRead) -> Brought:
    """Go through what was brought, by every digest that will be asked for."""
    wanted: set[Wanted] = set()
    is_whole = False
    for each in read.readable():
        named, encoded = each.references, each.parts.header.encoded
        if named is None or len(named.uris) > 1 or not named.digests:
            is_whole = True
        if named is not None and named.hashed:
            wanted.add(Wanted(named.hashed, encoded))
            if any(one.name == "arcTst" for one in each.elements):
                wanted |= {Wanted(name, encoded) for name in names.DIGESTS.values()}
    return Brought(document, wanted=wanted, whole=is_whole)


def _judged(
    found: "_Found | MalformedError | UnsupportedError",
    brought: Brought,
    *,
    using: Judging,
    subject: str,
) -> Judged:
    if not isinstance(found, _Found):
        return broken_signature(found, subject=subject)
    try:
        read = found.read
        payload = payload_of(read.parts, read.references, brought=brought)
        return _Signature(found, payload, using=using, subject=subject).judge()
    except (MalformedError, UnsupportedError) as error:
        return broken_signature(error, subject=subject)


class _Signature:
    """One signature being judged; a counter-signature where `is_counter`."""

    def __init__(
        self,
        found: _Found,
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
        using, checks = self._judging, self._checks
        using.budget.spend(at=self.subject)
        leaf = self._leaf()
        stamps = judge_stamps(list(self._stamps()), using, subject=self.subject)
        best, used = stamps.best, stamps.evidence
        counters = tuple(self._counters())
        verified, origins = None, None
        if leaf is None:
            for each in ANSWERED[1:]:
                checks.wait(each, CheckId.SIGNER_TRUST)
        else:
            path = judge_trust(leaf, using, existed=best, checks=checks)
            is_valid = self._verify(leaf, existed=best)
            used += judge_revocation(path, using, existed=best, checks=checks)
            if path is not None:
                if is_valid:
                    # Else a forged document that carries somebody's certificate would
                    # make whoever reads it fetch.
                    origins = path.anchor.fetch_origins
                verified = self._verified(path, stamped=best, counters=counters)
        own = (*checks.made(origins), *stamps.checks)
        return Judged(
            (*own, *(made for each in counters for made in each.checks)),
            (self.subject, *(name for each in counters for name in each.subjects)),
            verified,
            (*used, *(piece for each in counters for piece in each.evidence)),
        )

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
        using = self._judging
        allowed = using.policy.algorithms_at(existed or using.at)
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
            if not isinstance(found, _Found):
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
            level=Level.B_B if stamped is None else Level.B_T,
            counter_signatures=tuple(
                each.verified for each in counters if each.verified is not None
            ),
        )
