"""Trust anchors, and the store that a verifier or wallet believes."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from idwallet import limits
from idwallet.crypto.keys import PublicKey
from idwallet.errors import UsageError
from idwallet.trust.anchor import (
    PinnedKey,
    Purpose,
    TrustAnchor,
    Validity,
    allows_type,
    pinned_keys,
)
from idwallet.trust.cache import ValidityCache
from idwallet.trust.certificate import Certificate
from idwallet.trust.evidence import NOTHING_AT_HAND, EvidenceAtHand
from idwallet.trust.memory import Memory
from idwallet.trust.policies import STRICT
from idwallet.trust.policy import Policy

if TYPE_CHECKING:
    from idwallet.ports import BundleSource, BundleState
    from idwallet.trust.path import ValidatedPath
    from idwallet.trust.signer import SignerFound

__all__ = [
    "PinnedKey",
    "Purpose",
    "TrustAnchor",
    "TrustStore",
    "Validity",
    "allows_type",
    "pinned_keys",
]


class TrustStore:
    """Anchors that are believed, and nothing else is; and the evidence at hand.

    It never changes: to believe something else, make another. It is safe to share
    between threads, and holds its own memory of validated chains and verified status
    lists, which so cannot outlive an anchor.
    """

    def __init__(
        self,
        anchors: Iterable[TrustAnchor],
        *,
        evidence: EvidenceAtHand = NOTHING_AT_HAND,
    ) -> None:
        """Take the anchors, and what is at hand about status and revocation.

        Raises:
            UsageError: there are none or more than `limits.TRUST_ANCHORS`, or two
                speak for the same certificate, the same name and key identifier, or
                the same decentralized identifier, for the same purpose.
        """
        self._anchors = tuple(anchors)
        if not self._anchors:
            raise UsageError("a trust store without anchors would trust nobody")
        if len(self._anchors) > limits.TRUST_ANCHORS:
            raise UsageError("more trust anchors than limits.TRUST_ANCHORS")
        self._evidence = evidence
        self._memory = Memory()
        self._by_der = MappingProxyType(_by_der(self._anchors))
        self._by_subject = MappingProxyType(_by_subject(self._anchors))
        self._by_name = MappingProxyType(_by_name(self._anchors))
        self._by_did = MappingProxyType(_by_did(self._anchors))
        self._paths: ValidityCache[ValidatedPath] = ValidityCache(
            entries=limits.CHAIN_CACHE_ENTRIES
        )
        self._signers: ValidityCache[SignerFound] = ValidityCache(
            entries=limits.CHAIN_CACHE_ENTRIES
        )

    @staticmethod
    def from_bundle(
        bundle: "bytes | BundleSource",
        *,
        operator: PublicKey,
        state: "BundleState",
        at: datetime,
        policy: Policy = STRICT,
    ) -> "TrustStore":
        """Take a trust bundle (docs/reference/bundle.md), and believe what it says.

        `operator` is the key of who makes the bundles, pinned on this device; `state`
        remembers the last one taken, so that none before it is taken again. Of
        `policy`, the algorithms, the clock skew and the freshness apply: the last says
        what becomes of a bundle past its next update. A source that is not bytes stays
        open: parts are read from it when credentials ask for them.

        Raises:
            VerificationFailed: a ``bundle.*`` check failed: it is broken, not the
                operator's, or older than one taken before.
            VerificationIndeterminate: the clock stands before the bundle was made, or
                the bundle is too old.
            UsageError: no operator's key is pinned, or `at` has no zone.
            PortError: the source or the state cannot be read, or the state written.
        """
        from idwallet.trust.bundle.contents import take_store
        from idwallet.trust.bundle.opened import BundleContext

        return take_store(bundle, BundleContext(operator, state, at, policy))

    def __repr__(self) -> str:
        """Say how many anchors there are."""
        return f"TrustStore(<{len(self._anchors)} anchors>)"

    @property
    def anchors(self) -> tuple[TrustAnchor, ...]:
        """The anchors, in the order given."""
        return self._anchors

    @property
    def paths(self) -> ValidityCache["ValidatedPath"]:
        """The chains validated under this store; written by `idwallet.trust.path`."""
        return self._paths

    @property
    def signers(self) -> ValidityCache["SignerFound"]:
        """The signers found under it; written by `idwallet.trust.signer`."""
        return self._signers

    @property
    def evidence(self) -> EvidenceAtHand:
        """What is at hand beside the anchors; nothing unless it was given."""
        return self._evidence

    @property
    def memory(self) -> Memory:
        """What was read of that evidence; written by the rooms that judge it."""
        return self._memory

    def with_evidence(self, evidence: EvidenceAtHand) -> "TrustStore":
        """Return a store that believes the same, with this evidence at hand instead.

        To keep what is at hand: `store.with_evidence(store.evidence.plus(more))`.
        """
        return TrustStore(self._anchors, evidence=evidence)

    def holding(self, certificate: Certificate, purpose: Purpose) -> TrustAnchor | None:
        """Return the anchor that is this very certificate, or None."""
        return self._by_der.get((certificate.der, purpose))

    def named(
        self, subject_der: bytes, purpose: Purpose
    ) -> tuple[tuple[TrustAnchor, Certificate], ...]:
        """Return the anchors whose certificate has that subject."""
        return self._by_subject.get((subject_der, purpose), ())

    def pinned(
        self, name: str, purpose: Purpose
    ) -> tuple[tuple[TrustAnchor, PinnedKey], ...]:
        """Return the keys pinned under that registered name."""
        return self._by_name.get((name, purpose), ())

    def identified(self, did: str) -> TrustAnchor | None:
        """Return the anchor that names this decentralized identifier, or None."""
        return self._by_did.get(did)


def _by_did(anchors: tuple[TrustAnchor, ...]) -> dict[str, TrustAnchor]:
    found: dict[str, TrustAnchor] = {}
    for anchor in anchors:
        for did in anchor.dids:
            if found.setdefault(did, anchor) is not anchor:
                raise UsageError("two trust anchors name one identifier")
    return found


def _certificates(
    anchors: tuple[TrustAnchor, ...],
) -> Iterator[tuple[TrustAnchor, Certificate, Purpose]]:
    for anchor in anchors:
        if anchor.certificate is not None:
            for purpose in anchor.purposes | _implied(anchor.purposes):
                yield anchor, anchor.certificate, purpose


def _implied(purposes: frozenset[Purpose]) -> frozenset[Purpose]:
    gives_out = {Purpose.ISSUE_CREDENTIALS, Purpose.ATTEST_WALLETS} & purposes
    return frozenset({Purpose.SIGN_STATUS_LISTS}) if gives_out else frozenset()


def _by_der(
    anchors: tuple[TrustAnchor, ...],
) -> dict[tuple[bytes, Purpose], TrustAnchor]:
    found: dict[tuple[bytes, Purpose], TrustAnchor] = {}
    for anchor, certificate, purpose in _certificates(anchors):
        # Which registered names hold must never depend on the order of anchors.
        if found.setdefault((certificate.der, purpose), anchor) is not anchor:
            raise UsageError("two trust anchors are one certificate for one purpose")
    return found


def _by_subject(
    anchors: tuple[TrustAnchor, ...],
) -> dict[tuple[bytes, Purpose], tuple[tuple[TrustAnchor, Certificate], ...]]:
    found: dict[tuple[bytes, Purpose], tuple[tuple[TrustAnchor, Certificate], ...]] = {}
    for anchor, certificate, purpose in _certificates(anchors):
        if certificate.is_ca:  # any other certifies nobody
            key = (certificate.subject_der, purpose)
            found[key] = (*found.get(key, ()), (anchor, certificate))
    return found


def _by_name(
    anchors: tuple[TrustAnchor, ...],
) -> dict[tuple[str, Purpose], tuple[tuple[TrustAnchor, PinnedKey], ...]]:
    found: dict[tuple[str, Purpose], tuple[tuple[TrustAnchor, PinnedKey], ...]] = {}
    for anchor in anchors:
        for key in ((n, p) for n in anchor.issuer_names for p in anchor.purposes):
            have = found.get(key, ())
            if {pin.kid for _, pin in have} & {pin.kid for pin in anchor.keys}:
                raise UsageError("two trust anchors pin one name and key identifier")
            found[key] = (*have, *((anchor, pin) for pin in anchor.keys))
    return found
