"""What a bundle shall hold, as a TOML file and the files that it names say."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from idwallet import limits
from idwallet.cli.commands.trust.listed import ListSource
from idwallet.cli.commands.trust.tables import Table, read_toml
from idwallet.cli.faults import about, input_fault, name_of
from idwallet.cli.files import read_input, without_space
from idwallet.cli.statements import read_statements
from idwallet.cli.trusted import read_public_key
from idwallet.codec.pem import read_pem
from idwallet.trust.anchors import Purpose, TrustAnchor
from idwallet.trust.bundle import BundleContent, BundlePart, PartKind
from idwallet.trust.bundle.rotation import key_id
from idwallet.trust.certificate import Certificate

NAME: Final = "bundle.toml"
"""What the description is called in a folder."""

_SEQUENCE_OF_DER: Final = b"\x30"


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says in place of the description, or None."""

    sequence: int | None
    issued: datetime


def read_description(
    source: str, overrides: Overrides, *, progress: Callable[[int, int], None]
) -> BundleContent:
    """Read a description, or the one in a folder, and all the files that it names.

    Raises:
        CommandFault: one of them cannot be read, or says what no bundle can.
    """
    path = Path(source) / NAME if Path(source).is_dir() else Path(source)
    reader = _Reader(path.parent, read_toml(str(path)), overrides=overrides)
    return reader.content(progress)


class _Reader:
    """One description on its way to a content."""

    def __init__(self, folder: Path, table: Table, *, overrides: Overrides) -> None:
        self._folder = folder
        self._table = table
        self._issued = overrides.issued.replace(microsecond=0)
        self._sequence = overrides.sequence

    def content(self, progress: Callable[[int, int], None]) -> BundleContent:
        table = self._table
        series = table.required("series", str)
        said = table.take("sequence", int, default=0)
        days = table.take("valid_days", int, default=7)
        announcements = [
            self._file(each, most=limits.BUNDLE_ROTATION_BYTES)
            for each in table.texts("announcements")
        ]
        todo = list(self._parts())
        table.done()
        parts = []
        for n, part in enumerate(todo):
            progress(n, len(todo))
            parts.append(part())
        return BundleContent(
            series=series,
            sequence=said if self._sequence is None else self._sequence,
            issued=self._issued,
            next_update=self._issued + timedelta(days=days),
            parts=parts,
            announcements=announcements,
        )

    def _parts(self) -> Iterator[Callable[[], BundlePart]]:
        """Yield what reads each part, once the description of it was understood."""
        for each in self._table.tables("anchors"):
            yield self._anchors(each)
        for each in self._table.tables("trusted_lists"):
            yield self._listed(each)
        for each in self._table.tables("certificates"):
            yield from self._certificates(each)
        for each in self._table.tables("withdrawn"):
            yield self._withdrawn(each)
        for name, kind in _PLAIN.items():
            for each in self._table.tables(name):
                yield self._plain(each, kind)

    def _plain(self, table: Table, kind: PartKind) -> Callable[[], BundlePart]:
        file = table.required("file", str)
        is_list = kind is PartKind.STATUS_LIST
        name = (
            table.required("uri", str)
            if is_list
            else table.take("name", str, default=file)
        )
        is_blob = kind is PartKind.BLOB
        media_type = table.required("media_type", str) if is_blob else ""
        as_of = self._as_of(table)
        table.done()

        def read() -> BundlePart:
            data = self._file(file, most=limits.BUNDLE_PART_BYTES)
            if kind in _DER:
                data = _der(data, label=_DER[kind], file=file)
            elif is_list:
                data = without_space(data)
            part = BundlePart(kind=kind, name=name, data=data, as_of=as_of)
            return replace(part, media_type=media_type)

        return read

    def _certificates(self, table: Table) -> Iterator[Callable[[], BundlePart]]:
        """Yield a part for each certificate of a file: a chain is one in it."""
        file = table.required("file", str)
        name = table.take("name", str, default=file)
        as_of = self._as_of(table)
        table.done()
        data = self._file(file, most=limits.PEM_BYTES)
        with about(self._path(file), remedy="certificates as DER or PEM"):
            ders = _ders(data)
        for n, der in enumerate(ders, start=1):
            part = BundlePart(
                kind=PartKind.CERTIFICATE,
                name=name if len(ders) == 1 else f"{name}#{n}",
                data=der,
                as_of=as_of,
            )
            yield partial(_itself, part)

    def _anchors(self, table: Table) -> Callable[[], BundlePart]:
        file = table.required("file", str)
        name = table.take("name", str, default=file)
        as_of = self._as_of(table)
        about_them = _About(self._folder, table)
        table.done()

        def read() -> BundlePart:
            data = self._file(file, most=limits.PEM_BYTES)
            with about(self._path(file), remedy="certificates as PEM, or a JWK set"):
                anchors = list(about_them.anchors(data, name=name))
                return BundlePart.of_anchors(
                    anchors,
                    name=name,
                    as_of=as_of,
                    source=hashlib.sha256(data).digest(),
                )

        return read

    def _listed(self, table: Table) -> Callable[[], BundlePart]:
        source = ListSource(self._folder, table)
        as_of = self._as_of(table)
        table.done()
        return lambda: source.part(as_of=as_of, at=self._issued)

    def _withdrawn(self, table: Table) -> Callable[[], BundlePart]:
        file = table.required("file", str)
        name = table.take("name", str, default=file)
        as_of = self._as_of(table)
        table.done()

        def read() -> BundlePart:
            data = self._file(file, most=limits.BUNDLE_PART_BYTES)
            with about(
                self._path(file), remedy="lines of `idwallet guardian take-back`"
            ):
                return BundlePart.of_withdrawn(
                    read_statements(data), name=name, as_of=as_of
                )

        return read

    def _as_of(self, table: Table) -> datetime:
        return table.moment("as_of", self._issued) or self._issued

    def _path(self, file: str) -> str:
        return str(self._folder / file)

    def _file(self, file: str, *, most: int) -> bytes:
        return read_input(self._path(file), max_bytes=most)


_PLAIN: Final = {
    "status_lists": PartKind.STATUS_LIST,
    "crls": PartKind.CRL,
    "ocsp": PartKind.OCSP,
    "blobs": PartKind.BLOB,
}
_DER: Final = {
    PartKind.CRL: "X509 CRL",
    PartKind.OCSP: "OCSP RESPONSE",
}


class _About:
    """What the description says of the anchors in one file."""

    def __init__(self, folder: Path, table: Table) -> None:
        self._purposes = table.texts("purposes")
        self._names = table.texts("issuer_names")
        self._types = table.texts("credential_types")
        self._usages = table.texts("key_purposes")
        self._origins = table.texts("fetch_origins")
        self._jurisdiction = table.take("jurisdiction", str, default="") or None
        self._distrusted = table.moment("distrusted_after", None)
        self._since = table.moment("since", None)
        self._until = table.moment("until", None)
        self._successors = frozenset(
            key_id(read_public_key(str(folder / each)))
            for each in table.texts("successors")
        )
        if not self._purposes or set(self._purposes) - {each.value for each in Purpose}:
            known = ", ".join(each.value for each in Purpose)
            raise table.fault("purposes", f"one or more of {known}")
        if (self._since is None) is not (self._until is None):
            raise table.fault("since", "needs until, and until needs since")

    def anchors(self, data: bytes, *, name: str) -> Iterator[TrustAnchor]:
        """Yield the anchors of a file: certificates, or one JWK set."""
        purposes = [Purpose(each) for each in self._purposes]
        if data.lstrip().startswith(b"{"):
            pinned = TrustAnchor.from_jwks(
                data, name=name, purposes=purposes, issuer_names=self._names
            )
            yield self._completed(pinned)
            return
        ders = _ders(data)
        for der in ders:
            certificate = Certificate.from_der(der, at="certificate")
            made = TrustAnchor(
                name if len(ders) == 1 else certificate.subject,
                frozenset(purposes),
                issuer_names=frozenset(self._names),
                certificate=certificate,
            )
            yield self._completed(made)

    def _completed(self, anchor: TrustAnchor) -> TrustAnchor:
        full = replace(
            anchor,
            jurisdiction=self._jurisdiction,
            credential_types=frozenset(self._types),
            key_purposes=frozenset(self._usages),
            fetch_origins=frozenset(self._origins),
            distrusted_after=self._distrusted,
            successors=self._successors,
        )
        if self._since is None or self._until is None:
            return full
        return full.with_validity(since=self._since, until=self._until)


def _itself(part: BundlePart) -> BundlePart:
    return part


def _ders(data: bytes) -> list[bytes]:
    if data.startswith(_SEQUENCE_OF_DER):
        return [data]
    return [each.der for each in read_pem(data, at="file")]


def _der(data: bytes, *, label: str, file: str) -> bytes:
    """Return what stands in a PEM file of that label; DER as it is."""
    if data.startswith(_SEQUENCE_OF_DER):
        return data
    with about(file, remedy=f"DER, or one PEM block {label}"):
        blocks = read_pem(data, at="file")
    if len(blocks) != 1 or blocks[0].label != label:
        raise input_fault(f"{name_of(file)}: expected DER, or one PEM block {label}")
    return blocks[0].der
