"""Readers who may not ask, by what is wrong with who they are."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from cryptography.x509 import ReasonFlags

from idwallet.credentials.mdoc.members import CborMap, a_list, a_map
from idwallet.credentials.mdoc.reader import ReaderIdentity
from idwallet.report import Reason
from idwallet.testing.corpus.forgery import nothing
from idwallet.testing.evidence import crls
from idwallet.testing.mdoc.reader_changes import (
    Forger,
    after_signing,
    all_at_once,
    document,
    documents,
)
from idwallet.testing.mdoc.reader_draft import (
    ReaderDraft,
    certified_reader,
    reader_identity,
)
from idwallet.testing.pki import Change, Fault
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.certificate import KeyUsage
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand
from idwallet.trust.policy import RevocationRule

_R = Reason


def _reader(change: Change = lambda p: p, *, fault: Fault | None = None) -> Forger:
    def forge(made: ReaderDraft) -> None:
        made.by = reader_identity(made.scene, change, fault=fault)

    return forge


def _by_an_issuer(made: ReaderDraft) -> None:
    signer = made.scene.signer
    made.by = ReaderIdentity(signer.signer, signer.chain)


def _not_for_readers(made: ReaderDraft) -> None:
    (root,) = made.trust.anchors
    purposes = frozenset({Purpose.ISSUE_CREDENTIALS})
    made.trust = TrustStore([replace(root, purposes=purposes)])


def _without_chain(held: CborMap) -> None:
    for each in documents(held):
        a_list(a_map(each, at="")["readerAuth"], at="")[1] = {}


def _unsigned(number: int) -> Forger:
    return after_signing(lambda held: document(held, number).pop("readerAuth"))


def _by_two(made: ReaderDraft) -> None:
    """Have another reader, as trusted as the first, sign for the second document."""
    other = replace(made, by=reader_identity(made.scene))

    def forge(held: CborMap) -> None:
        document(held, 1)["readerAuth"] = document(other.signed(), 1)["readerAuth"]

    made.on_request = forge


_DAY: Final = timedelta(days=1)
ASKERS: Final[tuple[tuple[str, Reason, Forger, Forger], ...]] = (
    (
        "a reader under a foreign root",
        _R.NO_TRUSTED_PATH,
        _reader(fault=Fault.STRANGER_ROOT),
        nothing,
    ),
    (
        "a reader that signed its own certificate",
        _R.NO_TRUSTED_PATH,
        _reader(fault=Fault.SELF_SIGNED),
        nothing,
    ),
    (
        "a reader whose certificate expired",
        _R.CERTIFICATE_EXPIRED,
        _reader(fault=Fault.LEAF_EXPIRED),
        nothing,
    ),
    (
        "a reader whose certificate is not valid yet",
        _R.CERTIFICATE_NOT_YET_VALID,
        _reader(fault=Fault.LEAF_NOT_YET_VALID),
        nothing,
    ),
    (
        "a reader with a certificate for code",
        _R.CERTIFICATE_PROFILE,
        _reader(fault=Fault.LEAF_FOR_CODE),
        nothing,
    ),
    ("an issuer that asks", _R.CERTIFICATE_PROFILE, _by_an_issuer, nothing),
    (
        "a root that certifies no readers",
        _R.NO_TRUSTED_PATH,
        _not_for_readers,
        nothing,
    ),
    (
        "signatures without a chain",
        _R.NO_KEY_MATERIAL,
        after_signing(_without_chain),
        nothing,
    ),
    ("a document that nobody signed for", _R.NO_KEY_MATERIAL, _unsigned(1), nothing),
    ("two readers in one request", _R.MISMATCH, _by_two, nothing),
    (
        "a reader for 1188 days",
        _R.CERTIFICATE_PROFILE,
        _reader(lambda p: replace(p, not_before=p.not_after - 1188 * _DAY)),
        nothing,
    ),
    (
        "a reader whose purpose is not critical",
        _R.CERTIFICATE_PROFILE,
        _reader(lambda p: replace(p, critical_purposes=False)),
        nothing,
    ),
    (
        "a reader that names no CRL",
        _R.CERTIFICATE_PROFILE,
        _reader(lambda p: replace(p, extensions=())),
        nothing,
    ),
    (
        "a reader without key identifier",
        _R.CERTIFICATE_PROFILE,
        _reader(lambda p: replace(p, subject_key_id=None)),
        nothing,
    ),
    (
        "a reader that commits to contents",
        _R.CERTIFICATE_PROFILE,
        _reader(
            lambda p: replace(
                p,
                key_usage=frozenset(
                    {KeyUsage.DIGITAL_SIGNATURE, KeyUsage.CONTENT_COMMITMENT}
                ),
            )
        ),
        nothing,
    ),
    (
        "a reader under a foreign root, all signed at once",
        _R.NO_TRUSTED_PATH,
        _reader(fault=Fault.STRANGER_ROOT),
        all_at_once,
    ),
)


def _known(made: ReaderDraft) -> None:
    """Judge under a policy that wants to know, with a CRL of the root at hand."""
    identity = certified_reader(made.scene)
    made.identity = identity
    made.by = ReaderIdentity(identity.signer, identity.chain)
    made.policy = replace(
        made.policy, name="known readers", revocation=RevocationRule.REQUIRED
    )
    _with_crl()(made)


def _with_crl(**changes: object) -> Forger:
    def forge(made: ReaderDraft) -> None:
        given = {"at": made.scene.at, **changes}
        found: tuple[CrlAtHand, ...] = ()
        if made.identity is not None:
            found = crls(made.identity, **given)  # type: ignore[arg-type]  # any
        evidence = EvidenceAtHand(crls=found)
        made.trust = made.scene.root().with_evidence(evidence)

    return forge


def _without_crl(made: ReaderDraft) -> None:
    made.trust = made.scene.root()


REVOKED: Final[tuple[tuple[str, Reason, Forger, Forger], ...]] = (
    ("a reader that was revoked", _R.REVOKED, _with_crl(revoked={0: None}), _known),
    (
        "a reader on hold",
        _R.ON_HOLD,
        _with_crl(revoked={0: ReasonFlags.certificate_hold}),
        _known,
    ),
    ("a reader of whom nobody knows", _R.UNKNOWN, _without_crl, _known),
)
