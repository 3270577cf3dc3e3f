"""What the parts of a bundle come to: anchors to believe, evidence to have at hand."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from idwallet.errors import (
    MalformedError,
    UnsupportedError,
    UsageError,
)
from idwallet.ports import BundleSource
from idwallet.report import BundleNeeded
from idwallet.report.evidence import Origin
from idwallet.trust.anchors import TrustAnchor, TrustStore
from idwallet.trust.bundle.anchors import read_anchors
from idwallet.trust.bundle.evaluate import take_bundle, verify_bundle
from idwallet.trust.bundle.opened import (
    Bundle,
    BundleContext,
    format_fault,
)
from idwallet.trust.bundle.structures import CLAUSE, PartEntry, PartKind
from idwallet.trust.evidence import (
    CrlAtHand,
    EvidenceAtHand,
    OcspAtHand,
    Renewal,
    StatusListAtHand,
    WithdrawnAtHand,
)

SOURCE: Final = "bundle"
"""What `Origin.source` says of all that came in a bundle."""


def take_store(bundle: bytes | BundleSource, context: BundleContext) -> TrustStore:
    """Take a bundle whose anchors can be read, and return the trust store of it.

    Raises:
        VerificationFailed, VerificationIndeterminate, PortError: see `open_bundle` and
            `store_of`; then nothing was remembered.
    """
    found = verify_bundle(bundle, context)
    store = store_of(found)
    # Remembered last: a bundle that is of no use must not bar the one before it.
    take_bundle(found, state=context.state)
    return store


def store_of(bundle: Bundle) -> TrustStore:
    """Return the trust store that a bundle makes.

    Anchors are read now; status lists, CRLs, OCSP responses and what ends delegations
    when a credential asks for them, each as of when the operator took it.

    Raises:
        VerificationFailed: anchors break their form, or a part is not what was signed
            for.
        PortError: the source cannot be read.
    """
    try:
        return TrustStore(_anchors(bundle), evidence=_evidence(bundle))
    except (MalformedError, UnsupportedError) as error:
        bundle.refuse(format_fault(error))
    except UsageError as error:
        # A rule that anchors break together: none at all, or two for one certificate.
        at, clause = PartKind.ANCHORS.value, f"{CLAUSE} §5.1"
        fault = MalformedError(str(error), at=at, clause=clause)
        bundle.refuse(format_fault(fault))


def _anchors(bundle: Bundle) -> list[TrustAnchor]:
    return [
        anchor
        for entry in bundle.entries(PartKind.ANCHORS)
        for anchor in read_anchors(bundle.read(entry), at=entry.place)
    ]


def _evidence(bundle: Bundle) -> EvidenceAtHand:
    manifest = bundle.manifest
    return EvidenceAtHand(
        status_lists=[
            StatusListAtHand(
                uri=each.name,
                token=_content(bundle, each),
                origin=origin_of(bundle, each),
            )
            for each in bundle.entries(PartKind.STATUS_LIST)
        ],
        crls=[
            CrlAtHand(der=_content(bundle, each), origin=origin_of(bundle, each))
            for each in bundle.entries(PartKind.CRL)
        ],
        responses=[
            # Nobody here asked: an answer in a bundle was to the operator's question.
            OcspAtHand(
                der=_content(bundle, each), nonce=None, origin=origin_of(bundle, each)
            )
            for each in bundle.entries(PartKind.OCSP)
        ],
        certificates=[bundle.read(e) for e in bundle.entries(PartKind.CERTIFICATE)],
        withdrawn=[
            WithdrawnAtHand(
                name=each.name,
                statements=_content(bundle, each),
                origin=origin_of(bundle, each),
            )
            for each in bundle.entries(PartKind.WITHDRAWN)
        ],
        anchors=_origin(bundle, taken=manifest.issued),
        renewal=Renewal(
            manifest.next_update, BundleNeeded(manifest.series, manifest.sequence)
        ),
    )


def _content(bundle: Bundle, entry: PartEntry) -> Callable[[], bytes]:
    """Return how to read a part; one that is broken counts as absent to who asks."""
    return lambda: bundle.reader.read(entry)


def origin_of(bundle: Bundle, entry: PartEntry) -> Origin:
    """Return when the operator took a part, and which bundle brought it."""
    return _origin(bundle, taken=entry.as_of)


def _origin(bundle: Bundle, *, taken: datetime) -> Origin:
    return Origin(
        taken=taken,
        source=SOURCE,
        digest=bundle.digest.hex(),
        sequence=bundle.manifest.sequence,
    )
