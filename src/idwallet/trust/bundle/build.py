"""Making bundles: the same content gives the same manifest and parts."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from idwallet import limits
from idwallet.codec.cbor import CborValue
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import CoseHeaders, sign_sign1
from idwallet.envelope.cose.labels import KID, TYP
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.trust.anchor import TrustAnchor
from idwallet.trust.anchors import TrustStore
from idwallet.trust.bundle.anchors import read_anchors, write_anchors
from idwallet.trust.bundle.evaluate import ROTATIONS, TYP_BUNDLE
from idwallet.trust.bundle.frame import write_frame
from idwallet.trust.bundle.manifest import part_order, write_manifest
from idwallet.trust.bundle.rotation import key_id, read_keys, require_of_series
from idwallet.trust.bundle.structures import Manifest, PartEntry, PartKind
from idwallet.trust.bundle.withdrawn import write_withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePart:
    """One part to be put into a bundle.

    `as_of` is when it was taken from its source. `source` is the SHA-256 digest of
    what was taken, left out where that is the part itself.
    """

    kind: PartKind
    name: str
    data: bytes = field(repr=False)
    as_of: datetime
    source: bytes | None = None
    media_type: str = ""

    @staticmethod
    def of_anchors(
        anchors: Iterable[TrustAnchor],
        *,
        name: str,
        as_of: datetime,
        source: bytes | None = None,
    ) -> "BundlePart":
        """Return the part of anchors that came from one source.

        `source` is the digest of that list or certificate, where there is one.

        Raises:
            UsageError: there is no anchor, or one that no reader takes.
        """
        return BundlePart(
            kind=PartKind.ANCHORS,
            name=name,
            data=write_anchors(anchors),
            as_of=as_of,
            source=source,
        )

    @staticmethod
    def of_withdrawn(
        statements: Iterable[bytes], *, name: str, as_of: datetime
    ) -> "BundlePart":
        """Return the part of statements that take delegations back (`withdraw`).

        Whose they are is judged where a delegation is shown. Without any, the part says
        that none was known at `as_of`. What ended a day ago may be left out: no
        delegation lasts longer.

        Raises:
            UsageError: too many, or one that is too long.
        """
        return BundlePart(
            kind=PartKind.WITHDRAWN,
            name=name,
            data=write_withdrawn(statements),
            as_of=as_of,
        )

    def entry(self) -> PartEntry:
        """Return what a manifest says of it."""
        digest = hashlib.sha256(self.data).digest()
        return PartEntry(
            kind=self.kind,
            name=self.name,
            size=len(self.data),
            digest=digest,
            as_of=self.as_of,
            source=self.source or digest,
            media_type=self.media_type,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleContent:
    """All that a bundle says; the order of `parts` does not matter.

    `announcements` are those of `announce_key`, the oldest first: whoever pins an
    older key needs them all, for as long as such devices are about.
    """

    series: str
    sequence: int
    issued: datetime
    next_update: datetime
    parts: Sequence[BundlePart]
    announcements: Sequence[bytes] = ()

    def ordered(self) -> tuple[BundlePart, ...]:
        """Return the parts in the order in which they follow the manifest."""
        return tuple(sorted(self.parts, key=lambda each: part_order(each.entry())))


def build_manifest(content: BundleContent) -> bytes:
    """Return the manifest, whose SHA-256 is the digest of the bundle.

    Raises:
        UsageError: it breaks a rule of docs/reference/bundle.md, so no reader takes it.
    """
    entries = (each.entry() for each in content.parts)
    manifest = Manifest(
        series=content.series,
        sequence=content.sequence,
        issued=content.issued,
        next_update=content.next_update,
        parts=tuple(sorted(entries, key=part_order)),
    )
    try:
        return write_manifest(manifest)
    except (MalformedError, UnsupportedError) as error:
        raise UsageError(f"no reader takes this bundle: {error}") from error


def build_bundle(content: BundleContent, *, signer: Signer) -> bytes:
    """Return the whole bundle, signed by the operator's present key.

    Signatures differ from one to the next; the manifest and the parts do not.

    Raises:
        UsageError: see `build_manifest`; or no trust store can be made of the anchors,
            or the announcements lead past the signer already.
        SignerError: the key could not sign.
    """
    manifest = build_manifest(content)
    _require_signer(content, signer=signer)
    _require_store(content)
    protected: dict[int | str | bytes, CborValue] = {
        KID: key_id(signer.public_key),
        TYP: TYP_BUNDLE,
    }
    if content.announcements:
        protected[ROTATIONS] = list[CborValue](content.announcements)
    head = sign_sign1(manifest, signer=signer, headers=CoseHeaders(protected))
    if len(head) > limits.BUNDLE_HEAD_BYTES:
        raise UsageError("the head of the bundle passes limits.BUNDLE_HEAD_BYTES")
    return b"".join(write_frame(head, (each.data for each in content.ordered())))


def _require_store(content: BundleContent) -> None:
    """Refuse anchors that no trust store can be made of: no device would take them."""
    parts = (each for each in content.parts if each.kind is PartKind.ANCHORS)
    try:
        TrustStore(
            anchor for part in parts for anchor in read_anchors(part.data, at=part.name)
        )
    except (MalformedError, UnsupportedError) as error:
        raise UsageError(f"no reader takes these anchors: {error}") from error


def _require_signer(content: BundleContent, *, signer: Signer) -> None:
    """Refuse announcements that would keep devices from taking the bundle."""
    if not content.announcements:
        return
    if len(content.announcements) > limits.BUNDLE_ROTATIONS:
        raise UsageError("more announcements than limits.BUNDLE_ROTATIONS")
    key = signer.public_key
    try:
        # Those after the signer's own: from its place on they must be in order.
        chain = read_keys(
            content.announcements, pinned=key, algorithms=frozenset(key.algorithms)
        )
        require_of_series(chain.words, series=content.series)
    except (LimitError, MalformedError, UnsupportedError) as error:
        raise UsageError(f"no reader takes these announcements: {error}") from error
    if chain.words and content.sequence >= chain.retires(0):
        raise UsageError("the signer announced that another key signs this number")
