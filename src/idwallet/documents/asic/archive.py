"""The archive of a container: manifests of all there is, each with a timestamp on it.

(EN 319 162-1 annex A.7.) What such a manifest names existed when its timestamp was
made: data, signatures with all that is in them, and the manifests and timestamps before
it. Signatures so stand when the certificates that made them have ended.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.zip import ZipEntry
from idwallet.documents.asic import baseline
from idwallet.documents.asic.baseline import EN, Role, role_of
from idwallet.documents.asic.container import Container
from idwallet.documents.asic.contents import Digests
from idwallet.documents.asic.manifest import Manifest, read_manifest
from idwallet.documents.cades.index import everything_in
from idwallet.documents.judging.archive import (
    Archive,
    ArchiveStamp,
    Covered,
    judge_archive,
)
from idwallet.documents.judging.context import Asked, judging
from idwallet.documents.judging.material import Material, together
from idwallet.documents.judging.outcome import DOCUMENT
from idwallet.envelope.cms import digest_content, read_signed_data
from idwallet.errors import LimitError, MalformedError, UnsupportedError

_CLAUSE: Final = f"{EN} §A.7"
_NO_DIGEST: Final = b""
"""What no timestamp is on."""


class Link(NamedTuple):
    """An archive manifest as it came, and the timestamp on it, DER."""

    name: str
    octets: bytes
    manifest: Manifest
    stamp: bytes


def read_links(container: Container) -> tuple[Link, ...]:
    """Read every archive manifest and its timestamp, in the container's order.

    Raises:
        LimitError: there are too many, or one is too long.
        MalformedError: one goes with no timestamp or another's, a timestamp goes with
            none, the newest is not there, or an older one is not archived by another.
        UnsupportedError: a manifest has what is not known.
    """
    entries = container.of(Role.ARCHIVE_MANIFEST)
    if len(entries) > limits.ARCHIVE_TIMESTAMPS:
        raise LimitError("too many archives", at=DOCUMENT, clause="idwallet limits")
    stamps = {each.name: each for each in container.of(Role.TIMESTAMP)}
    links = tuple(_link(container, each, stamps=stamps) for each in entries)
    if stamps:
        raise MalformedError("a timestamp on nothing", at=DOCUMENT, clause=_CLAUSE)
    names = {each.name for each in links}
    if links and baseline.NEWEST_ARCHIVE not in names:
        raise MalformedError("no newest archive", at=DOCUMENT, clause=f"{_CLAUSE} (2)")
    archived = {each.name for link in links for each in link.manifest.files}
    if names - archived - {baseline.NEWEST_ARCHIVE}:
        raise MalformedError(
            "an archive that no newer one holds", at=DOCUMENT, clause=f"{_CLAUSE} (2)"
        )
    return links


def _link(
    container: Container, entry: ZipEntry, *, stamps: dict[str, ZipEntry]
) -> Link:
    """Read one, and take its timestamp from those that are left."""
    at = f"{DOCUMENT}.entry[{entry.number}]"
    octets = container.archive.content(entry, max_bytes=limits.MANIFEST_BYTES)
    manifest = read_manifest(octets, at=at)
    stamp = stamps.pop(manifest.signature, None)
    if stamp is None:
        raise MalformedError(
            "an archive without a timestamp of its own", at=at, clause=_CLAUSE
        )
    token = container.archive.content(stamp, max_bytes=limits.TIMESTAMP_BYTES)
    return Link(entry.name, octets, manifest, token)


def judge_links(
    container: Container, links: tuple[Link, ...], *, digests: Digests, asked: Asked
) -> Archive | None:
    """Judge the archive, None where there is none.

    Raises:
        LimitError: more was looked at than the budget lets anybody.
    """
    if not links:
        return None
    inside = together(_material(each.stamp) for each in links)
    held = _Held(container)
    return judge_archive(
        [_stamp(each, held, digests=digests) for each in links],
        judging(asked, inside),
        subject=DOCUMENT,
    )


def _material(der: bytes) -> Material:
    try:
        found = read_signed_data(der, at="timestamp")
    except (MalformedError, UnsupportedError):
        return Material()
    return Material(found.certificates, found.crls, found.responses)


def _stamp(link: Link, held: "_Held", *, digests: Digests) -> ArchiveStamp:
    def covered() -> Covered:
        found = (held.pieces(each.name) for each in link.manifest.files)
        return Covered(Material(), frozenset().union(*found))

    return ArchiveStamp(link.stamp, _imprint(link, digests), covered)


class _Held:
    """What of a container is asked for by its octets, read once."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._found: dict[str, frozenset[bytes]] = {}

    def pieces(self, name: str) -> frozenset[bytes]:
        """Return a file of signatures or a timestamp, and all that is in it."""
        entry = self._container.archive.named(name)
        if entry is None or role_of(name) not in {Role.CADES, Role.TIMESTAMP}:
            return frozenset()
        if name not in self._found:
            limit = limits.CMS_BYTES
            octets = self._container.archive.content(entry, max_bytes=limit)
            self._found[name] = _pieces(octets)
        return self._found[name]


def _pieces(der: bytes) -> frozenset[bytes]:
    """Return a message and all that stands or falls with it."""
    try:
        return everything_in(read_signed_data(der, at="archived")) | {der}
    except (MalformedError, UnsupportedError):
        return frozenset({der})


def _imprint(link: Link, digests: Digests) -> Callable[[str], bytes | None]:
    """Return what the timestamp has to be on: the manifest, where all it names is so.

    A document that was changed is told by each signature on it; the timestamp waits.
    """
    wrong = [
        role_of(each.name)
        for each in link.manifest.files
        if digests.get(each.name, {}).get(each.digest) != each.value
    ]

    def imprint(name: str) -> bytes | None:
        if any(role is not Role.DATA for role in wrong):
            return _NO_DIGEST
        if wrong:
            return None
        return digest_content([link.octets], [name])[name]

    return imprint
