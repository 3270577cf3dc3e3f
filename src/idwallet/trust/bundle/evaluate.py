"""From the bytes of a bundle to one that may be read, or the checks that refuse it."""

import hashlib
from typing import Final

from idwallet import limits
from idwallet.codec.text import show
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.cose import (
    CoseRules,
    CoseSign1,
    TagRule,
    read_sign1,
    signature_reason,
)
from idwallet.errors import (
    LimitError,
    MalformedError,
    UnsupportedError,
    VerificationFailed,
    VerificationIndeterminate,
)
from idwallet.ports import BundleMark, BundleSource, BundleState
from idwallet.report import Check, CheckId, Checks, Outcome, Reason, Report
from idwallet.trust.bundle.frame import Frame, MemorySource, PartReader, read_frame
from idwallet.trust.bundle.freshness import SUBJECT, freshness_check
from idwallet.trust.bundle.manifest import read_manifest
from idwallet.trust.bundle.opened import (
    SEAL,
    Bundle,
    BundleContext,
    BundleRefused,
    format_fault,
    integrity_fault,
)
from idwallet.trust.bundle.rotation import (
    KeyChain,
    key_id,
    read_keys,
    require_of_series,
)
from idwallet.trust.bundle.sequence import remember, sequence_check
from idwallet.trust.bundle.structures import CLAUSE, Manifest

TYP_BUNDLE: Final = "application/idwallet-bundle+cbor"
ROTATIONS: Final = "rotations"
"""The label of the protected header that announcements of keys stand under."""

_SECTION: Final = f"{CLAUSE} §3"
_RULES: Final = CoseRules(TagRule.TAGGED)
_CHECKS: Final = (
    CheckId.BUNDLE_FORMAT,
    CheckId.BUNDLE_OPERATOR,
    CheckId.BUNDLE_SIGNATURE,
    CheckId.BUNDLE_INTEGRITY,
    CheckId.BUNDLE_SEQUENCE,
    CheckId.BUNDLE_FRESHNESS,
)
REQUIRED: Final = frozenset((check_id, SUBJECT) for check_id in _CHECKS)


def evaluate_bundle(
    bundle: bytes | BundleSource, context: BundleContext
) -> Bundle | BundleRefused:
    """Judge a bundle without taking it: what is remembered stays as it is.

    Nothing of the manifest is read before the signature stands, and no part before it
    is asked for. It never raises because of the bytes.

    Raises:
        PortError: the source or the state cannot be read.
        UnsupportedError: see `idwallet.envelope.cose.signature_reason`.
    """
    source = MemorySource(bundle) if isinstance(bundle, bytes) else bundle
    judging = _Judging(context)
    found = judging.run(source)
    report = judging.report()
    if found is None or report.outcome is not Outcome.PASSED:
        return BundleRefused(report)
    manifest, signer, mark, head, reader = found
    return Bundle(manifest, mark.digest, signer, mark, report, head, reader, seal=SEAL)


def verify_bundle(bundle: bytes | BundleSource, context: BundleContext) -> Bundle:
    """Return a bundle that passes, without taking it.

    Raises:
        VerificationFailed: it is not the operator's, is broken, or is older than one
            that was taken before.
        VerificationIndeterminate: the clock is wrong, or the bundle too old.
        PortError: the source or the state cannot be read.
    """
    return passed_bundle(evaluate_bundle(bundle, context))


def passed_bundle(found: Bundle | BundleRefused) -> Bundle:
    """Return the bundle, or raise the verdict that it was refused by.

    Raises:
        VerificationFailed, VerificationIndeterminate: it was refused.
    """
    if isinstance(found, Bundle):
        return found
    if found.report.outcome is Outcome.FAILED:
        raise VerificationFailed(found.report)
    raise VerificationIndeterminate(found.report)


def open_bundle(bundle: bytes | BundleSource, context: BundleContext) -> Bundle:
    """Take a bundle: judge it, and remember it so that no older one is taken again.

    Raises:
        VerificationFailed, VerificationIndeterminate: see `verify_bundle`.
        PortError: the source cannot be read, or the state cannot be read or written.
    """
    found = verify_bundle(bundle, context)
    take_bundle(found, state=context.state)
    return found


def refused_bundle(fault: Check, context: BundleContext) -> BundleRefused:
    """Return the refusal of what could not be made a bundle of; all else waits."""
    judging = _Judging(context)
    judging.refuse(fault)
    return BundleRefused(judging.report())


def take_bundle(bundle: Bundle, *, state: BundleState) -> None:
    """Remember a judged bundle, so that no older one is taken after it.

    Raises:
        VerificationFailed: a newer one was taken meanwhile.
        PortError: the state cannot be read or written.
    """
    fault = remember(bundle.mark, state=state)
    if fault is not None:
        bundle.refuse(fault)


_Found = tuple[Manifest, PublicKey, BundleMark, bytes, PartReader]


class _Judging:
    """One bundle on its way through the checks, each after those it depends on."""

    def __init__(self, context: BundleContext) -> None:
        self._context = context
        self._checks = Checks(SUBJECT)

    def refuse(self, fault: Check) -> None:
        self._checks.add(fault)

    def report(self) -> Report:
        made = self._checks.made()
        cause = next((e.id for e in made if e.outcome is not Outcome.PASSED), None)
        ran = {each.id for each in made}
        for each in _CHECKS:
            if cause is not None and each not in ran:
                self._checks.wait(each, cause)
        order = {each: n for n, each in enumerate(_CHECKS)}
        checks = tuple(sorted(self._checks.made(), key=lambda each: order[each.id]))
        context = self._context
        return Report(
            checks=checks,
            required=REQUIRED,
            at=context.at,
            policy=context.policy.name,
        )

    def run(self, source: BundleSource) -> _Found | None:
        """Judge all there is; None where it cannot be read to its end."""
        try:
            frame = read_frame(source)
            sign1 = _read_head(frame)
        except (MalformedError, UnsupportedError) as error:
            self._checks.add(format_fault(error))
            return None
        if sign1.header.typ != TYP_BUNDLE:
            # Else whatever the operator signs with this key would be a bundle.
            found = show(str(sign1.header.typ))
            self._say(CheckId.BUNDLE_FORMAT, Reason.TYP_MISMATCH, found=found)
            return None
        chain = self._chain(sign1)
        place = None if chain is None else self._signer(sign1, chain)
        if chain is None or place is None:
            return None
        return self._signed(sign1, source, frame=frame, chain=chain, place=place)

    def _chain(self, sign1: CoseSign1) -> KeyChain | None:
        try:
            return read_keys(
                _announcements(sign1),
                pinned=self._context.operator,
                algorithms=self._context.policy.algorithms,
            )
        except (MalformedError, UnsupportedError) as error:
            self._broken_chain(error)
            return None

    def _broken_chain(self, error: MalformedError | UnsupportedError) -> None:
        self._say(
            CheckId.BUNDLE_OPERATOR,
            Reason.ANNOUNCEMENT_BROKEN,
            what=error.what,
            at=show(error.at),
        )

    def _signer(self, sign1: CoseSign1, chain: KeyChain) -> int | None:
        """Find the signer among the keys believed, and judge the signature."""
        place = chain.place(sign1.kid)
        if place is None:
            self._say(CheckId.BUNDLE_OPERATOR, Reason.KEY_NOT_PINNED)
            return None
        allowed = self._context.policy.algorithms
        key = chain.keys[place]
        reason = signature_reason(sign1, key=key, allowed=allowed)
        facts: dict[Reason, dict[str, str]] = {
            Reason.ALGORITHM_NOT_ALLOWED: {"found": show(str(sign1.header.algorithm))},
            Reason.KEY_UNUSABLE: {"what": "not for the algorithm that the head names"},
        }
        self._say(CheckId.BUNDLE_SIGNATURE, reason, **facts.get(reason, {}))
        return place if reason is Reason.VALID else None

    def _signed(
        self,
        sign1: CoseSign1,
        source: BundleSource,
        *,
        frame: Frame,
        chain: KeyChain,
        place: int,
    ) -> _Found | None:
        """Judge what the signature covers: all of it is the operator's word."""
        try:
            manifest = read_manifest(sign1.payload)
        except (MalformedError, UnsupportedError) as error:
            self._checks.add(format_fault(error))
            return None
        self._say(CheckId.BUNDLE_FORMAT, Reason.WELL_FORMED)
        reader = PartReader(source, at=frame.parts_at, entries=manifest.parts)
        context = self._context
        mark = BundleMark(
            series=manifest.series,
            sequence=manifest.sequence,
            digest=hashlib.sha256(sign1.payload).digest(),
            pinned=key_id(context.operator),
            signer=key_id(chain.keys[place]),
            retires=chain.retires(place),
            heir=chain.heir(place),
        )
        before = context.state.mark()
        self._operator(mark, chain=chain, place=place, before=before)
        self._integrity(reader)
        self._checks.add(
            sequence_check(mark, before=before),
            freshness_check(
                manifest,
                rule=context.policy.freshness,
                at=context.at,
                skew=context.policy.clock_skew,
            ),
        )
        return manifest, chain.keys[place], mark, frame.head, reader

    def _operator(
        self,
        mark: BundleMark,
        *,
        chain: KeyChain,
        place: int,
        before: BundleMark | None,
    ) -> None:
        try:
            require_of_series(chain.words, series=mark.series)
        except MalformedError as error:
            self._broken_chain(error)
            return
        if _is_retired(mark, chain=chain, place=place) or (
            before is not None and _is_left_behind(mark, chain=chain, before=before)
        ):
            self._say(CheckId.BUNDLE_OPERATOR, Reason.KEY_RETIRED)
            return
        reason = Reason.KEY_ANNOUNCED if place else Reason.KEY_PINNED
        self._say(CheckId.BUNDLE_OPERATOR, reason)

    def _integrity(self, reader: PartReader) -> None:
        try:
            reader.require_whole()
        except MalformedError as error:
            self._checks.add(integrity_fault(error))
            return
        self._say(CheckId.BUNDLE_INTEGRITY, Reason.CHECKED_WHEN_READ)

    def _say(self, check_id: CheckId, reason: Reason, **facts: str | int) -> None:
        self._checks.say(check_id, reason, facts=facts)


def _read_head(frame: Frame) -> CoseSign1:
    sign1 = read_sign1(frame.head, at="head", rules=_RULES)
    if sign1.unprotected:
        # Whoever carries the bundle could write there; and a head has one form.
        raise MalformedError(
            "an unprotected header", at="head/unprotected", clause=_SECTION
        )
    if sign1.kid is None:
        raise MalformedError("no kid", at="head/protected", clause=_SECTION)
    return sign1


def _announcements(sign1: CoseSign1) -> tuple[bytes, ...]:
    value = sign1.header.parameters.get(ROTATIONS)
    if value is None:
        return ()
    at = f"head/protected/{ROTATIONS}"
    if not isinstance(value, list) or not value:
        raise MalformedError("not a list of one or more", at=at, clause=_SECTION)
    if len(value) > limits.BUNDLE_ROTATIONS:
        raise LimitError("too many announcements", at=at, clause=_SECTION)
    found = tuple(each for each in value if isinstance(each, bytes))
    if len(found) != len(value):
        raise MalformedError("no byte string", at=at, clause=_SECTION)
    return found


def _is_retired(mark: BundleMark, *, chain: KeyChain, place: int) -> bool:
    """Whether the bundle's own announcements have another key sign its number."""
    starts = chain.words[place - 1].sequence if place else 0
    ends = chain.retires(place)
    return mark.sequence < starts or 0 < ends <= mark.sequence


def _is_left_behind(mark: BundleMark, *, chain: KeyChain, before: BundleMark) -> bool:
    """Whether a later key has signed, or was to sign, by what is remembered.

    Who holds an old key must not speak again by leaving its successor out. Only a
    newly pinned key begins anew.
    """
    if before.pinned != mark.pinned:
        return False
    last = chain.place(before.signer)
    now = chain.place(mark.signer)
    if last is None or now is None or now < last:
        return True
    if not before.heir:
        return False
    if now == last:
        return before.retires <= mark.sequence
    return key_id(chain.keys[last + 1]) != before.heir
