"""A bundle that was judged: its parts are read when they are asked for."""

from collections.abc import Callable, Iterator
from dataclasses import InitVar, dataclass, field, replace
from datetime import datetime
from typing import Final, NoReturn

from idwallet.codec.moment import require_aware
from idwallet.codec.text import show
from idwallet.crypto.keys import PublicKey
from idwallet.errors import (
    MalformedError,
    UnsupportedError,
    UsageError,
    VerificationFailed,
    fault_reason,
    require_passed,
)
from idwallet.ports import BundleMark, BundleState
from idwallet.report import Check, CheckId, Facts, Reason, Report
from idwallet.report import check as make_check
from idwallet.trust.bundle.frame import PartReader, write_frame
from idwallet.trust.bundle.freshness import SUBJECT
from idwallet.trust.bundle.structures import Manifest, PartEntry, PartKind
from idwallet.trust.policies import STRICT
from idwallet.trust.policy import Policy


class _Seal:
    """What only the evaluation of a bundle holds."""


SEAL: Final = _Seal()


@dataclass(frozen=True, slots=True)
class BundleContext:
    """What a bundle is judged by: the pinned key, what is remembered, and when.

    `operator` is the public key of who makes the bundles, got from them by another
    way than the bundle. Of `policy`, the algorithms, the clock skew and the freshness
    apply: the last says what becomes of a bundle past its next update.
    """

    operator: PublicKey
    state: BundleState
    at: datetime
    policy: Policy = STRICT

    def __post_init__(self) -> None:
        """Refuse a bundle that nobody answers for.

        Raises:
            UsageError: no key is pinned, or `at` has no zone.
        """
        # Said by hand: this comes from settings, where a key is easily left out, and
        # a type checker has not seen those.
        given: object = self.operator
        if not isinstance(given, PublicKey):
            raise UsageError("a trust bundle needs the operator's key, pinned")
        require_aware(self.at)


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A bundle that its operator signed; only `evaluate_bundle` makes one.

    `digest` is the SHA-256 of the manifest, and so stands for the whole bundle.
    `signer` is the pinned key or a later one. Parts are read and checked one by one,
    when they are asked for.
    """

    manifest: Manifest
    digest: bytes
    signer: PublicKey
    mark: BundleMark
    report: Report = field(repr=False)
    head: bytes = field(repr=False)
    reader: PartReader = field(repr=False)
    seal: InitVar[object] = field(kw_only=True)

    def __post_init__(self, seal: object) -> None:
        """Refuse what nobody judged.

        Raises:
            UsageError: somebody else than this module called.
            VerificationError: the report did not pass.
        """
        if seal is not SEAL:
            raise UsageError("a Bundle comes from evaluate_bundle or open_bundle")
        require_passed(self.report)

    def entries(self, kind: PartKind) -> tuple[PartEntry, ...]:
        """Return what the manifest says of the parts of that kind, sorted by name."""
        return tuple(each for each in self.manifest.parts if each.kind is kind)

    def entry(self, kind: PartKind, name: str) -> PartEntry | None:
        """Return what the manifest says of one part, None where there is none."""
        return next((each for each in self.entries(kind) if each.name == name), None)

    def read(self, entry: PartEntry) -> bytes:
        """Return the content of a part, which is what the operator signed for.

        Raises:
            VerificationFailed: it is something else; `bundle.integrity` says what.
            PortError: the source cannot be read.
        """
        try:
            return self.reader.read(entry)
        except MalformedError as error:
            self.refuse(integrity_fault(error))

    def chunks(self) -> Iterator[bytes]:
        """Yield the whole file piece by piece, each part checked before it is given.

        Raises:
            VerificationFailed: a part is not what was signed for.
            PortError: the source cannot be read.
        """
        return write_frame(self.head, map(self.read, self.manifest.parts))

    def check_parts(
        self, progress: Callable[[PartEntry], None] = lambda _: None
    ) -> "Bundle":
        """Read every part, and return the bundle with a report that says so.

        `progress` is called with each part once it was found to be right.

        Raises:
            VerificationFailed: a part is not what was signed for.
            PortError: the source cannot be read.
        """
        for each in self.manifest.parts:
            self.read(each)
            progress(each)
        every = make_check(CheckId.BUNDLE_INTEGRITY, Reason.ALL_MATCH, subject=SUBJECT)
        return replace(self, report=_with(self.report, every), seal=SEAL)

    def refuse(self, fault: Check) -> NoReturn:
        """Raise the verdict on this bundle with a check in place of its own.

        Raises:
            VerificationFailed: always.
        """
        raise VerificationFailed(_with(self.report, fault))


@dataclass(frozen=True, slots=True)
class BundleRefused:
    """A bundle of which nothing may be used; the report says why."""

    report: Report


def integrity_fault(error: MalformedError) -> Check:
    """Return the check that a part which is not what was signed for stands for."""
    facts: Facts = {"what": error.what, "at": show(error.at)}
    return make_check(
        CheckId.BUNDLE_INTEGRITY, Reason.MISMATCH, subject=SUBJECT, facts=facts
    )


def format_fault(error: MalformedError | UnsupportedError) -> Check:
    """Return the check that a bundle which cannot be read stands for."""
    facts: Facts = {"what": error.what, "at": show(error.at)}
    reason = fault_reason(error)
    return make_check(CheckId.BUNDLE_FORMAT, reason, subject=SUBJECT, facts=facts)


def _with(report: Report, fault: Check) -> Report:
    """Return the report with a check in the place of the one of the same question."""
    checks = tuple(fault if each.id is fault.id else each for each in report.checks)
    return replace(report, checks=checks)
