"""Issuers that a till knows by certificates at hand, and what can be wrong with them.

A code has no room for a chain: it names its issuer by a digest of the key.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from idwallet.crypto.algorithms import Algorithm
from idwallet.report import Reason
from idwallet.testing.certificates import (
    CertificatePlan,
    PrivateKey,
    key_from_seed,
)
from idwallet.testing.compact.changes import Forger
from idwallet.testing.compact.draft import CompactDraft, CompactScene, compact_draft
from idwallet.testing.pki import Fault, TestIdentity
from idwallet.trust.anchors import TrustAnchor, TrustStore
from idwallet.trust.at_hand import key_id_of
from idwallet.trust.evidence import EvidenceAtHand

_R = Reason


def at_hand_draft(scene: CompactScene) -> CompactDraft:
    """Return a showing that passes: of an issuer whose chain is at hand."""
    made = compact_draft(scene)
    issued_by(made, scene.pki.issuer())
    return made


def issued_by(made: CompactDraft, identity: TestIdentity) -> None:
    """Let an issuer sign it, whose chain is at hand beside the root."""
    made.issuer = identity.signer
    made.kid = key_id_of(identity.signer.public_key.spki)
    bring(made, identity.chain)


def bring(
    made: CompactDraft,
    certificates: Iterable[bytes],
    *,
    anchors: Iterable[TrustAnchor] = (),
) -> None:
    """Let these certificates be at hand, and these anchors be beside the root."""
    evidence = EvidenceAtHand(certificates=certificates)
    made.trust = TrustStore([made.scene.pki.anchor(), *anchors], evidence=evidence)


def with_key(scene: CompactScene, name: str, *, key: PrivateKey) -> TestIdentity:
    """Return an issuer of that name, whom the root of the scene certified for a key."""

    def change(plan: CertificatePlan) -> CertificatePlan:
        return replace(plan, key=key)

    return scene.pki.issuer(name, change=change)


def two_of_one_key(made: CompactDraft) -> tuple[TestIdentity, TestIdentity]:
    """Let one of two issuers that share a key sign it; its chain alone is at hand."""
    key = key_from_seed(Algorithm.ES256, seed=b"two of one key", label="key")
    found, other = (
        with_key(made.scene, f"https://{name}.example", key=key)
        for name in ("issuer", "namesake")
    )
    issued_by(made, found)
    return found, other


def _with_fault(fault: Fault) -> Forger:
    def forge(made: CompactDraft) -> None:
        issued_by(made, made.scene.pki.issuer(fault=fault))

    return forge


def _again(made: CompactDraft) -> TestIdentity:
    """Let another issuer of the scene sign it, and return it."""
    identity = made.scene.pki.issuer()
    issued_by(made, identity)
    return identity


def _nothing(made: CompactDraft) -> None:
    _again(made)
    bring(made, ())


def _without_its_ca(made: CompactDraft) -> None:
    bring(made, _again(made).chain[:1])


def _without_itself(made: CompactDraft) -> None:
    bring(made, _again(made).chain[1:])


def _under_another_ca(made: CompactDraft) -> None:
    """Bring a CA of the same name, whose key did not sign."""
    leaf, _ = _again(made).chain
    _, other = made.scene.pki.issuer().chain
    bring(made, (leaf, other))


def _twice(made: CompactDraft) -> None:
    found, other = two_of_one_key(made)
    bring(made, (*found.chain, *other.chain))


def _pinned_beside(made: CompactDraft) -> None:
    identity = _again(made)
    pinned = made.scene.anchor(identity.signer)
    bring(made, identity.chain, anchors=(pinned,))


def _own_beside(made: CompactDraft) -> None:
    """An anchor that is a signer's own certificate, and another one for its key."""
    found, other = two_of_one_key(made)
    own = TrustAnchor.from_signer_certificate(
        other.chain[0],
        name="idwallet TEST namesake",
        purposes=made.scene.anchor().purposes,
    )
    bring(made, found.chain, anchors=(own,))


def _reader(made: CompactDraft) -> None:
    """Whoever was certified to ask is no issuer."""
    issued_by(made, made.scene.pki.reader())


def _ended(made: CompactDraft) -> None:
    """Led to an anchor once, and does not at the moment judged."""

    def change(plan: CertificatePlan) -> CertificatePlan:
        return replace(plan, not_after=made.at - timedelta(seconds=1))

    issued_by(made, made.scene.pki.issuer(change=change))


_EXPIRED: Final = _R.CERTIFICATE_EXPIRED
_NOT_YET: Final = _R.CERTIFICATE_NOT_YET_VALID
_REASONS: Final = {
    Fault.LEAF_EXPIRED: _EXPIRED,
    Fault.LEAF_NOT_YET_VALID: _NOT_YET,
    Fault.CA_EXPIRED: _EXPIRED,
    Fault.CA_NOT_YET_VALID: _NOT_YET,
    # None of these is found on the way up: the name of its issuer is nobody's.
    Fault.CA_IS_NO_CA: _R.NO_TRUSTED_PATH,
    Fault.WRONG_SIGNER: _R.NO_TRUSTED_PATH,
    Fault.WRONG_KEY_IDENTIFIER: _R.NO_TRUSTED_PATH,
    Fault.WRONG_ISSUER_NAME: _R.NO_TRUSTED_PATH,
    Fault.SELF_SIGNED: _R.NO_TRUSTED_PATH,
    Fault.STRANGER_ROOT: _R.NO_TRUSTED_PATH,
}
TRUST: Final[tuple[tuple[str, Reason, Forger], ...]] = (
    *(
        (
            f"a chain at hand: {fault.value}",
            _REASONS.get(fault, _R.CERTIFICATE_PROFILE),
            _with_fault(fault),
        )
        for fault in Fault
    ),
    ("nothing at hand", _R.KEY_NOT_PINNED, _nothing),
    ("its CA is not at hand", _R.NO_TRUSTED_PATH, _without_its_ca),
    ("its own certificate is not at hand", _R.KEY_NOT_PINNED, _without_itself),
    ("a CA at hand that did not sign it", _R.NO_TRUSTED_PATH, _under_another_ca),
    ("its certificate ended a second ago", _EXPIRED, _ended),
    ("a reader's certificate at hand", _R.CERTIFICATE_PROFILE, _reader),
    ("two certificates at hand for its key", _R.KEY_AMBIGUOUS, _twice),
    ("its key pinned beside a chain at hand", _R.KEY_AMBIGUOUS, _pinned_beside),
    ("its key in an anchor of another name", _R.KEY_AMBIGUOUS, _own_beside),
)
"""Of `at_hand_draft`."""
