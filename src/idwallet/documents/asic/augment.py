"""Containers raised to B-T, B-LT and B-LTA, and archives renewed (EN 319 162-1).

Signatures are raised as their form has it. The archive of ASiC-E with CAdES is one of
the container: a manifest of everything, and a timestamp on that (4.4.5 (2), A.7). What
an archive holds is never touched again.
"""

import io
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from idwallet.codec.zip import ZipEntry, ZipWriter
from idwallet.documents.asic import baseline
from idwallet.documents.asic.archive import Link, read_links
from idwallet.documents.asic.assembly import copy, free_number
from idwallet.documents.asic.baseline import META_INF, Form, Role
from idwallet.documents.asic.container import Container, read_container
from idwallet.documents.asic.contents import digest_files
from idwallet.documents.asic.forms import DIGEST, octets_of, signature_count
from idwallet.documents.asic.manifest import Listed, Manifest, write_manifest
from idwallet.documents.asic.profile import ASiCKind
from idwallet.documents.cades.augment import CadesAugmenter
from idwallet.documents.judging.augmenting import Augments
from idwallet.documents.judging.settled import Settled
from idwallet.documents.model import Documents
from idwallet.documents.xades.augment import XadesAugmenter
from idwallet.envelope.cms import digest_content, read_signed_data, with_material
from idwallet.ports import TimestampAuthority
from idwallet.trust.timestamp import ask_timestamp

_AT: Final = "container"
_OLD: Final = META_INF + "ASiCArchiveManifest{:03}.xml"
_STAMP: Final = META_INF + "timestamp{:03}.tst"
_STAMP_TYPE: Final = "application/vnd.etsi.timestamp-token"
_EPOCH: Final = datetime(1980, 1, 1, tzinfo=UTC)


class AsicAugmenter:
    """Raises the level of containers; see `Augments`."""

    def stamped(self, signed: bytes, *, authority: TimestampAuthority) -> bytes:
        """Put a timestamp on every signature that has none and is not archived."""
        container = read_container(signed, at=_AT)

        inner = _inner(container)

        def stamp(octets: bytes, _: range) -> bytes:
            return inner.stamped(octets, authority=authority)

        return _rewritten(container, _changed(container, stamp))

    def completed(self, signed: bytes, *, settled: Settled) -> bytes:
        """Add to each signature what settled it, and to the newest timestamp too.

        That is the one on the newest archive (A.7 (1 b), (2)).
        """
        container = read_container(signed, at=_AT)
        inner = _inner(container)

        def complete(octets: bytes, numbers: range) -> bytes:
            own = Settled()
            for number in numbers:
                old, new = f"signature[{number}]", f"signature[{number - numbers[0]}]"
                for each in settled.below(old):
                    own.note(
                        each._replace(subject=new + each.subject.removeprefix(old))
                    )
            return inner.completed(octets, settled=own)

        changed = _changed(container, complete)
        for n, link in enumerate(read_links(container)):
            if link.name == baseline.NEWEST_ARCHIVE:
                needed = settled.of(f"document.archive[{n}]")
                changed[link.manifest.signature] = with_material(
                    read_signed_data(link.stamp, at=_AT),
                    certificates=needed.certificates,
                    crls=needed.crls,
                    responses=needed.responses,
                )
        return _rewritten(container, changed)

    def archived(
        self,
        signed: bytes,
        *,
        authority: TimestampAuthority,
        document: Documents | None,
    ) -> bytes:
        """Put an archive timestamp on each signature, or on all (4.3.4, 4.4.5)."""
        del document  # it is in the container
        container = read_container(signed, at=_AT)
        if container.kind is ASiCKind.E and container.form is Form.CADES:
            return _archived(container, authority)

        inner, is_named = _inner(container), container.form is Form.XADES

        def archive(octets: bytes, _: range) -> bytes:
            streams = {each.name: container.stream(each) for each in container.data}
            # Each form takes what it is on: XAdES by names, CAdES one without.
            documents: Any = streams
            if not is_named:
                (documents,) = streams.values()
            return inner.archived(octets, authority=authority, document=documents)

        return _rewritten(container, _changed(container, archive))


def _inner(container: Container) -> Augments:
    """Return what raises the signatures of a container."""
    return XadesAugmenter() if container.form is Form.XADES else CadesAugmenter()


def _changed(
    container: Container, change: Callable[[bytes, range], bytes]
) -> dict[str, bytes]:
    """Return the files of signatures that are not archived, each changed.

    `change` takes one, and by which numbers its signatures go.
    """
    held = _held(read_links(container))
    found, first = {}, 0
    role = Role.XADES if container.form is Form.XADES else Role.CADES
    for entry in container.of(role):
        octets = octets_of(container, entry)
        count = signature_count(octets, role)
        if entry.name not in held:
            found[entry.name] = change(octets, range(first, first + count))
        first += count
    return found


def _held(links: tuple[Link, ...]) -> frozenset[str]:
    """Return what an archive holds."""
    return frozenset(each.name for link in links for each in link.manifest.files)


def _rewritten(container: Container, changed: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    writer = ZipWriter(out, moment=_moment(container))
    copy(writer, container, replaced=changed)
    writer.close()
    return out.getvalue()


def _archived(container: Container, authority: TimestampAuthority) -> bytes:
    """Add a manifest of all there is, and a timestamp on it (A.7)."""
    names = [each.name for each in container.archive.entries if not each.is_folder]
    newest = baseline.NEWEST_ARCHIVE
    renamed = {}
    if newest in names:
        renamed[newest] = _OLD.format(free_number(container, _OLD))
    stamp = _STAMP.format(free_number(container, _STAMP))
    digests = digest_files(container, [], names=names)
    files = tuple(
        Listed(
            renamed.get(name, name),
            DIGEST,
            digests[name][DIGEST],
            is_root=name in renamed,
        )
        for name in names
        if name != baseline.MIMETYPE
    )
    manifest = write_manifest(Manifest(stamp, files), signature_type=_STAMP_TYPE)
    token = ask_timestamp(
        digest_content([manifest], [DIGEST])[DIGEST],
        authority=authority,
        random=secrets.token_bytes,
        hashed=DIGEST,
    )
    out = io.BytesIO()
    writer = ZipWriter(out, moment=token.info.moment)
    copy(writer, container, renamed=renamed)
    writer.store(newest, manifest)
    writer.store(stamp, token.der)
    writer.close()
    return out.getvalue()


def _moment(container: Container) -> datetime:
    """Return the moment of the last entry: nobody says when it is changed."""
    return max(map(_said, container.archive.entries), default=_EPOCH)


def _said(entry: ZipEntry) -> datetime:
    """Return the moment that an entry says, in UTC (APPNOTE 4.4.6)."""
    time, date = entry.stamp
    try:
        return datetime(
            1980 + (date >> 9),
            date >> 5 & 0xF,
            date & 0x1F,
            time >> 11,
            time >> 5 & 0x3F,
            (time & 0x1F) * 2,
            tzinfo=UTC,
        )
    except ValueError:
        return _EPOCH
