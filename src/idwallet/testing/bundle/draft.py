"""Trust bundles whose every part can be bent before or after they are signed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from idwallet.codec.cbor import CborKey, CborTag, CborValue, write_cbor
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose.labels import ALG, KID, SIGN1_TAG, TYP
from idwallet.envelope.cose.structures import signing_input
from idwallet.errors import VerificationError
from idwallet.ports import BundleMark
from idwallet.report import Report
from idwallet.testing.certificates import key_from_seed
from idwallet.testing.pki import MOMENT, TestPki
from idwallet.testing.status_draft import LIST, StatusScene, status_draft
from idwallet.trust.bundle import (
    BundleContext,
    announce_key,
    evaluate_bundle,
    store_of,
)
from idwallet.trust.bundle.build import BundleContent, BundlePart
from idwallet.trust.bundle.evaluate import ROTATIONS, TYP_BUNDLE
from idwallet.trust.bundle.frame import string_head
from idwallet.trust.bundle.manifest import part_order
from idwallet.trust.bundle.members import seconds
from idwallet.trust.bundle.opened import BundleRefused
from idwallet.trust.bundle.rotation import key_id
from idwallet.trust.bundle.state import MemoryBundleState
from idwallet.trust.bundle.structures import VERSION, PartKind

SERIES: Final = "idwallet TEST shops"
SEQUENCE: Final = 7
WEEK: Final = timedelta(days=7)
ABSENT: Final = b"idwallet TEST: this member is left out"
"""As a value in an overlay: take the member out."""

_HOUR: Final = timedelta(hours=1)
_TEXT: Final = "text/plain"


class BundleScene:
    """An operator who makes bundles, the keys that follow, and a device.

    `at` is when the device judges, an hour after the bundle was issued. Every key is
    a test key; with a `seed` all of them are the same on every run.
    """

    def __init__(self, *, at: datetime = MOMENT, seed: bytes | None = None) -> None:
        """Make everybody."""
        self.at = at
        self.issued = at - _HOUR
        self.pki = TestPki(at=at, seed=seed)
        self._seed = seed
        self.operator = self.key("operator")
        self.next_operator = self.key("next operator")
        self.last_operator = self.key("last operator")
        self.stranger = self.key("stranger")
        status = StatusScene(at=at - 2 * _HOUR, seed=seed)
        self.status_token = status_draft(status).token().encode()

    def key(self, label: str) -> SoftwareSigner:
        """Return a key of that label."""
        if self._seed is None:
            return SoftwareSigner.generate(Algorithm.ES256)
        made = key_from_seed(Algorithm.ES256, seed=self._seed, label=label)
        return SoftwareSigner(made)

    def parts(self) -> tuple[BundlePart, ...]:
        """Return the parts of an honest bundle."""
        taken = self.at - 2 * _HOUR
        return (
            BundlePart.of_anchors([self.pki.anchor()], name="test root", as_of=taken),
            BundlePart(
                kind=PartKind.STATUS_LIST,
                name=LIST,
                data=self.status_token,
                as_of=taken,
            ),
            BundlePart(
                kind=PartKind.BLOB,
                name="notes",
                data=b"what a shop may ask",
                as_of=taken,
                media_type=_TEXT,
            ),
            BundlePart(
                kind=PartKind.BLOB,
                name="other",
                data=b"what a clerk may ask",
                as_of=taken,
                media_type=_TEXT,
            ),
        )

    def content(self, sequence: int = SEQUENCE) -> BundleContent:
        """Return the content of an honest bundle."""
        return BundleContent(
            series=SERIES,
            sequence=sequence,
            issued=self.issued,
            next_update=self.issued + WEEK,
            parts=self.parts(),
        )

    def announcement(
        self,
        signer: Signer | None = None,
        *,
        heir: Signer | None = None,
        series: str = SERIES,
        sequence: int = SEQUENCE,
    ) -> bytes:
        """Return the word of a key, by default the pinned one, for the next one."""
        return announce_key(
            (heir or self.next_operator).public_key,
            series=series,
            sequence=sequence,
            signer=signer or self.operator,
            issued=self.issued,
        )

    def mark(self, sequence: int = SEQUENCE - 1) -> BundleMark:
        """Return what a device remembers that took an honest bundle of that number."""
        pinned = key_id(self.operator.public_key)
        digest = hashlib.sha256(b"another manifest").digest()
        return BundleMark(SERIES, sequence, digest, pinned=pinned, signer=pinned)


def _same(data: bytes) -> bytes:
    return data


@dataclass(slots=True)
class BundleDraft:
    """One bundle in the making, honest until something is changed; then judge it.

    `members` overlay the manifest and `entries` those of its parts, by place;
    `protected` overlays the signed header. A value of `ABSENT` takes a member out.
    `bend_manifest` changes the manifest before it is signed; `bend_payload` and all
    that follows, after. `contents` are what follows the head in the end.
    """

    scene: BundleScene
    signer: Signer
    parts: Sequence[BundlePart]
    at: datetime
    mark: BundleMark | None
    pinned: Signer
    announcements: Sequence[bytes] = ()
    members: Mapping[str, CborValue] = field(default_factory=dict)
    entries: Mapping[int, Mapping[str, CborValue]] = field(default_factory=dict)
    protected: Mapping[CborKey, CborValue] = field(default_factory=dict)
    unprotected: Mapping[CborKey, CborValue] = field(default_factory=dict)
    tags: tuple[int, ...] = (SIGN1_TAG,)
    version: str = VERSION
    bend_manifest: Callable[[bytes], bytes] = _same
    bend_payload: Callable[[bytes], bytes] = _same
    bend_signature: Callable[[bytes], bytes] = _same
    bend_contents: Callable[[list[bytes]], list[bytes]] = list
    bend_file: Callable[[bytes], bytes] = _same

    def ordered(self) -> list[BundlePart]:
        """Return the parts in their order."""
        return sorted(self.parts, key=lambda each: part_order(each.entry()))

    def manifest(self) -> bytes:
        """Return the manifest that is signed."""
        content = self.scene.content()
        entries = [
            _overlaid(_entry(each), self.entries.get(n, {}))
            for n, each in enumerate(self.ordered())
        ]
        written: dict[CborKey, CborValue] = {
            "format": VERSION,
            "series": content.series,
            "sequence": content.sequence,
            "issued": seconds(content.issued),
            "next_update": seconds(content.next_update),
            "parts": list[CborValue](entries),
        }
        return self.bend_manifest(write_cbor(_overlaid(written, self.members)))

    def head(self) -> bytes:
        """Return the signed head."""
        own: dict[CborKey, CborValue] = {
            ALG: self.signer.algorithm.cose,
            KID: key_id(self.signer.public_key),
            TYP: TYP_BUNDLE,
        }
        if self.announcements:
            own[ROTATIONS] = list[CborValue](self.announcements)
        protected = write_cbor(_overlaid(own, self.protected))
        payload = self.manifest()
        covered = signing_input(protected, external_aad=b"", payload=payload)
        signature = self.bend_signature(self.signer.sign(covered))
        shown = self.bend_payload(payload)
        value: CborValue = [protected, dict(self.unprotected), shown, signature]
        for tag in reversed(self.tags):
            value = CborTag(tag, value)
        return write_cbor(value)

    def file(self) -> bytes:
        """Return the whole file."""
        head = self.head()
        parts = self.bend_contents([each.data for each in self.ordered()])
        pieces = [write_cbor(self.version), string_head(len(head)), head]
        for each in parts:
            pieces += [string_head(len(each)), each]
        return self.bend_file(b"".join(pieces))

    def context(self) -> BundleContext:
        """Return what the device judges by."""
        state = MemoryBundleState(self.mark)
        return BundleContext(self.pinned.public_key, state, self.at)


def bundle_draft(scene: BundleScene) -> BundleDraft:
    """Return an honest bundle, on its way to a device that took the one before it."""
    return BundleDraft(
        scene=scene,
        signer=scene.operator,
        parts=scene.parts(),
        at=scene.at,
        mark=scene.mark(),
        pinned=scene.operator,
    )


def judge_bundle(made: BundleDraft) -> Report:
    """Judge a bundle, all of its parts included, as an updater would."""
    found = evaluate_bundle(made.file(), made.context())
    if isinstance(found, BundleRefused):
        return found.report
    try:
        whole = found.check_parts()
        store_of(whole)
    except VerificationError as error:
        return error.report
    return whole.report


def _entry(part: BundlePart) -> dict[CborKey, CborValue]:
    entry = part.entry()
    written: dict[CborKey, CborValue] = {
        "kind": entry.kind.value,
        "name": entry.name,
        "size": entry.size,
        "digest": entry.digest,
        "as_of": seconds(entry.as_of),
        "source": entry.source,
    }
    if entry.media_type:
        written["media_type"] = entry.media_type
    return written


def _overlaid(
    below: dict[CborKey, CborValue],
    above: Mapping[str, CborValue] | Mapping[CborKey, CborValue],
) -> dict[CborKey, CborValue]:
    both = dict(below)
    both.update(above)
    return {name: value for name, value in both.items() if value is not ABSENT}
