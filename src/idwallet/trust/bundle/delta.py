"""What changed from one bundle to the next: it makes the next, byte for byte.

A delta is the whole head of the next bundle, and those of its parts that the one
before lacks (bundle.md §9). It is not signed, and need not be: whatever it makes is
judged as any bundle is.
"""

import hashlib
import hmac
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import write_cbor
from idwallet.envelope.cose import CoseRules, TagRule, read_sign1
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.ports import BundleSource
from idwallet.report import CheckId, Reason, check
from idwallet.trust.bundle.evaluate import evaluate_bundle, refused_bundle
from idwallet.trust.bundle.frame import (
    MemorySource,
    PartReader,
    read_frame,
    read_item,
    require_version,
    string_head,
    write_frame,
)
from idwallet.trust.bundle.freshness import SUBJECT
from idwallet.trust.bundle.manifest import read_manifest
from idwallet.trust.bundle.members import DIGEST_BYTES
from idwallet.trust.bundle.opened import (
    Bundle,
    BundleContext,
    BundleRefused,
    format_fault,
)
from idwallet.trust.bundle.structures import (
    CLAUSE,
    DELTA_VERSION,
    Manifest,
    PartEntry,
)

_SECTION: Final = f"{CLAUSE} §9"
_RULES: Final = CoseRules(TagRule.TAGGED)
_Key = tuple[bytes, int]


class _AnotherBase(Exception):  # noqa: N818 - not an error of anybody
    """The delta was made for another bundle than the one at hand."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things are in a file that nobody has judged."""

    head: bytes = field(repr=False)
    manifest: Manifest
    digest: bytes
    reader: PartReader

    def held(self) -> dict[_Key, PartEntry]:
        """Return the parts by what they are, whatever they are called."""
        return {_key(each): each for each in self.manifest.parts}


def make_delta(base: bytes | BundleSource, bundle: bytes | BundleSource) -> bytes:
    """Return what makes `bundle` of `base`; neither is judged.

    The same two bundles always give the same delta.

    Raises:
        LimitError, MalformedError, UnsupportedError: one of them is no bundle, or a
            part is not what its manifest has the digest of.
        PortError: a source cannot be read.
    """
    old, new = _layout(_source(base)), _layout(_source(bundle))
    held = old.held()
    fresh = [each for each in new.manifest.parts if _key(each) not in held]
    pieces = [write_cbor(DELTA_VERSION), string_head(DIGEST_BYTES), old.digest]
    pieces += [string_head(len(new.head)), new.head]
    for data in map(new.reader.read, _once(fresh)):
        pieces += [string_head(len(data)), data]
    return b"".join(pieces)


def evaluate_delta(
    base: bytes | BundleSource, delta: bytes | BundleSource, *, context: BundleContext
) -> Bundle | BundleRefused:
    """Judge the bundle that a delta makes of the one at hand; see `evaluate_bundle`.

    Nothing is put together before it is asked for: `Bundle.chunks` gives the file. How
    old the bundle at hand is, and who signed it, does not matter: its parts are found
    by their digests.

    Raises:
        PortError: a source or the state cannot be read.
    """
    try:
        made = _patched(_source(base), _source(delta))
    except _AnotherBase:
        fault = check(CheckId.BUNDLE_INTEGRITY, Reason.BASE_MISMATCH, subject=SUBJECT)
        return refused_bundle(fault, context)
    except (MalformedError, UnsupportedError) as error:
        return refused_bundle(format_fault(error), context)
    return evaluate_bundle(made, context)


def unverified_manifest(bundle: bytes | BundleSource) -> Manifest:
    """Return what a bundle says of itself; nobody has judged it.

    Raises:
        LimitError, MalformedError, UnsupportedError: it is no bundle.
        PortError: the source cannot be read.
    """
    return _layout(_source(bundle)).manifest


def unverified_head(delta: bytes | BundleSource) -> tuple[bytes, Manifest]:
    """Return the digest of the bundle that a delta changes, and what it makes of it.

    Raises:
        LimitError, MalformedError, UnsupportedError: it is no delta.
        PortError: the source cannot be read.
    """
    found = _delta(_source(delta))
    return found.base, found.made.manifest


def is_delta(start: bytes) -> bool:
    """Whether a file that begins so is a delta of this version."""
    return start.startswith(write_cbor(DELTA_VERSION))


def _source(bundle: bytes | BundleSource) -> BundleSource:
    return MemorySource(bundle) if isinstance(bundle, bytes) else bundle


def _layout(source: BundleSource) -> _Layout:
    frame = read_frame(source)
    return _layout_of(frame.head, source, at=frame.parts_at)


def _layout_of(head: bytes, source: BundleSource, *, at: int) -> _Layout:
    payload = read_sign1(head, at="head", rules=_RULES).payload
    manifest = read_manifest(payload)
    digest = hashlib.sha256(payload).digest()
    reader = PartReader(source, at=at, entries=manifest.parts)
    return _Layout(head, manifest, digest, reader)


def _key(entry: PartEntry) -> _Key:
    return entry.digest, entry.size


def _once(entries: list[PartEntry]) -> list[PartEntry]:
    """Return one entry for each content, in the order of the manifest."""
    found: dict[_Key, PartEntry] = {}
    for each in entries:
        found.setdefault(_key(each), each)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Delta:
    """What a delta says: which bundle it changes, and what that becomes."""

    base: bytes
    made: _Layout
    parts_at: int


def _delta(delta: BundleSource) -> _Delta:
    begin = require_version(delta, DELTA_VERSION)
    base = read_item(delta, begin, most=DIGEST_BYTES)
    begin += len(string_head(len(base))) + len(base)
    head = read_item(delta, begin, most=limits.BUNDLE_HEAD_BYTES)
    begin += len(string_head(len(head))) + len(head)
    return _Delta(base, _layout_of(head, delta, at=begin), begin)


def _patched(base: BundleSource, delta: BundleSource) -> BundleSource:
    old, new = _layout(base), _delta(delta)
    if not hmac.compare_digest(new.base, old.digest):
        raise _AnotherBase
    head, manifest = new.made.head, new.made.manifest
    held = old.held()
    fresh = _once([each for each in manifest.parts if _key(each) not in held])
    brought = PartReader(delta, at=new.parts_at, entries=tuple(fresh))
    brought.require_whole()
    found = {_key(each): each for each in fresh}
    made = _Patched()
    made.add(next(write_frame(head, ())))
    for each in manifest.parts:
        made.add(string_head(each.size))
        from_base = held.get(_key(each))
        if from_base is None:
            made.add_part(brought, found[_key(each)])
        else:
            made.add_part(old.reader, from_base)
    return made


class _Patched:
    """`idwallet.ports.BundleSource` of pieces of others, none read before its time."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._pieces: list[Callable[[], bytes]] = []
        self.size = 0

    def add(self, data: bytes) -> None:
        """Put bytes behind what is there."""
        self._put(lambda: data, len(data))

    def add_part(self, reader: PartReader, entry: PartEntry) -> None:
        """Put a part of another file behind what is there."""
        self._put(lambda: reader.read(entry), entry.size)

    def _put(self, piece: Callable[[], bytes], size: int) -> None:
        self._starts.append(self.size)
        self._pieces.append(piece)
        self.size += size

    def read(self, offset: int, length: int) -> bytes:
        """Return these bytes; see `idwallet.ports.BundleSource.read`."""
        end = min(offset + length, self.size)
        found: list[bytes] = []
        while offset < end:
            place = bisect_right(self._starts, offset) - 1
            start = self._starts[place]
            piece = self._pieces[place]()[offset - start : end - start]
            found.append(piece)
            offset += len(piece)
        return b"".join(found)
