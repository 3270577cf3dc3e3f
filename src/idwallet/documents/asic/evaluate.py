"""Whether a container stands: its files, and every signature on them (EN 319 162-1).

1. the archive has one meaning, and the container is as its kind has to be (4.3, 4.4);
2. every manifest is read, and goes with one signature or timestamp (4.4.4.2, A.7);
3. every file is digested, once;
4. the archive is judged, from its newest timestamp to its oldest (A.7);
5. every signature is judged as its form has it (4.4.4.2 (a)), none left out;
6. every file is held against what each signature is on (4.4.4.2 (d)).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from idwallet import limits
from idwallet.codec.xml import XmlDocument
from idwallet.codec.zip import SeekableStream, ZipEntry
from idwallet.documents.asic.archive import judge_links, read_links
from idwallet.documents.asic.baseline import EN, Form, Role
from idwallet.documents.asic.container import Container, read_container
from idwallet.documents.asic.contents import (
    Coverage,
    Digests,
    Found,
    compare,
    digest_files,
)
from idwallet.documents.asic.manifest import Manifest, read_manifest
from idwallet.documents.asic.odf import require_odf_manifest
from idwallet.documents.asic.profile import ASiCKind
from idwallet.documents.asic.references import name_in
from idwallet.documents.cades.evaluate import evaluate as evaluate_cades
from idwallet.documents.judging.context import Asked
from idwallet.documents.judging.outcome import (
    DOCUMENT,
    Judged,
    Judgement,
    broken_signature,
    unreadable,
    unsigned,
)
from idwallet.documents.judging.settled import Settled
from idwallet.documents.model import Document, Documents, SignedFile, pieces
from idwallet.documents.xades.brought import addresses_in, plain_addresses_in
from idwallet.documents.xades.evaluate import evaluate as evaluate_xades
from idwallet.envelope.cms import digest_content
from idwallet.envelope.xmldsig import Apart
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.report import Check, CheckId, Reason, check, waiting

_CONTENTS: Final = CheckId.DOCUMENT_CONTENTS
_SIGNATURE: Final = "signature["


def evaluate(
    signed: bytes | SeekableStream, document: Documents | None, *, asked: Asked
) -> Judgement:
    """Judge every signature of a container; never raises because of it.

    `document` may be what is thought to be in it, by name or not: then it has to be.
    """
    try:
        container = read_container(signed, at=DOCUMENT)
        if container.form is None:
            return unsigned()
        return _Evaluation(container, asked).judgement(document)
    except (MalformedError, UnsupportedError) as error:
        return unreadable(error)


class _Evaluation:
    """One container being judged."""

    def __init__(self, container: Container, asked: Asked) -> None:
        """Read the manifests and digest the files.

        Raises:
            MalformedError, UnsupportedError: a manifest cannot be read, or does not go
                with one signature; a file does not unpack.
        """
        self._container = container
        self._asked = asked
        self._manifests = _manifests(container)
        links = read_links(container)
        listed = [*self._manifests.values(), *(each.manifest for each in links)]
        self._digests = digest_files(container, listed)
        self._archive = judge_links(
            container, links, digests=self._digests, asked=asked
        )
        self._referred = {e.name: _referred(container, e) for e in container.xades}
        self._apart = {e.name: Apart(container.stream(e)) for e in container.data}
        self._coverage = Coverage(
            tuple(each.name for each in container.data),
            self._signed(),
            asked.policy.coverage,
        )

    def _signed(self) -> frozenset[str]:
        """Return the files that some signature is on."""
        if self._container.form is Form.CADES and self._container.kind is ASiCKind.S:
            return frozenset(each.name for each in self._container.data)
        listed = (each.files for each in self._manifests.values())
        by_manifest = {each.name for files in listed for each in files}
        return frozenset(by_manifest.union(*(e.plain for e in self._referred.values())))

    def judgement(self, document: Documents | None) -> Judgement:
        judged: list[Judged] = []
        checks: list[Check] = []
        for entry in self._container.of(Role.CADES, Role.XADES):
            inner = self._one(entry, number=len(judged))
            for each in inner:
                judged.append(each)
                checks.append(self._contents(each, entry))
        if document is not None and not self._holds(document):
            checks.append(
                check(
                    CheckId.DOCUMENT_INTEGRITY,
                    Reason.INTEGRITY_MISMATCH,
                    subject=DOCUMENT,
                )
            )
        if self._archive is not None:
            checks.extend(self._archive.checks)
        return Judgement(tuple(judged), tuple(checks), files=tuple(self._files()))

    def _one(self, entry: ZipEntry, *, number: int) -> Iterator[Judged]:
        """Yield what each signature of a file comes to, numbered through."""
        archive = self._container.archive
        at = f"{_SIGNATURE}{number}]"
        try:
            octets = archive.content(entry, max_bytes=limits.CMS_BYTES)
        except LimitError as error:
            yield broken_signature(error, subject=at)
            return
        asked = replace(self._asked, settled=Settled())
        inner = self._inner(octets, entry, asked=asked)
        faults = tuple(_moved(each, at) for each in inner.checks)
        for n, each in enumerate(inner.signatures):
            old, subject = f"{_SIGNATURE}{n}]", f"{_SIGNATURE}{number + n}]"
            for believed in asked.settled.below(old):
                name = subject + believed.subject.removeprefix(old)
                self._asked.settled.note(believed._replace(subject=name))
            if inner.content is not None:
                yield broken_signature(_around(subject), subject=subject)
            else:
                yield _renamed(each, old=old, new=subject, more=faults)

    def _inner(self, octets: bytes, entry: ZipEntry, *, asked: Asked) -> Judgement:
        if self._container.form is Form.XADES:
            wanted = self._referred[entry.name].all
            # Shared: each is read once, however many signatures are on it.
            held: Any = {n: each for n, each in self._apart.items() if n in wanted}
            return evaluate_xades(octets, held or None, asked=asked)
        archived = None if self._archive is None else self._archive.judging
        document = self._covered(entry)
        return evaluate_cades(octets, document, asked=asked, archived=archived)

    def _covered(self, entry: ZipEntry) -> Document | None:
        """Return what a signature has to be on, None where nothing says it."""
        archive = self._container.archive
        if self._container.kind is ASiCKind.S:
            return self._container.stream(self._container.data[0])
        for name, manifest in self._manifests.items():
            if manifest.signature == entry.name:
                found = archive.named(name)
                if found is not None:
                    return archive.content(found, max_bytes=limits.MANIFEST_BYTES)
        return None

    def _contents(self, judged: Judged, entry: ZipEntry) -> Check:
        """Answer ``document.contents`` of a signature."""
        subject = judged.subjects[0]
        mine = {each.id: each for each in judged.checks if each.subject == subject}
        if CheckId.DOCUMENT_FORMAT in mine:
            waits = CheckId.DOCUMENT_FORMAT
            return waiting(_CONTENTS, subject=subject, waits_for=waits)
        if mine[CheckId.DOCUMENT_INTEGRITY].reason is not Reason.MATCHES:
            waits = CheckId.DOCUMENT_INTEGRITY
            return waiting(_CONTENTS, subject=subject, waits_for=waits)
        found = self._compared(entry)
        return check(_CONTENTS, found.reason, subject=subject, facts=found.facts)

    def _compared(self, entry: ZipEntry) -> Found:
        if self._container.form is Form.XADES:
            return self._coverage.of(self._referred[entry.name].plain)
        for manifest in self._manifests.values():
            if manifest.signature == entry.name:
                return compare(manifest, self._digests, coverage=self._coverage)
        # The one document of the container, which the signature itself is on.
        return Found(Reason.MATCHES, {})

    def _holds(self, documents: Documents) -> bool:
        """Whether these are in the container, under their names where they have any."""
        data = self._coverage.data
        named = documents if isinstance(documents, Mapping) else {None: documents}
        for name, each in named.items():
            given = digest_content(pieces(each), ["sha256"])["sha256"]
            names = set(data) if name is None else {name} & set(data)
            if not any(self._digests[n]["sha256"] == given for n in names):
                return False
        return True

    def _files(self) -> Iterator[SignedFile]:
        for entry in self._container.data:
            yield _file(self._container, entry, digests=self._digests)


def _file(container: Container, entry: ZipEntry, *, digests: Digests) -> SignedFile:
    sha256 = digests[entry.name]["sha256"].hex()
    archive = container.archive
    return SignedFile(entry.name, entry.size, sha256, lambda: archive.pieces(entry))


def _manifests(container: Container) -> dict[str, Manifest]:
    """Return every manifest of a signature, by its own name.

    Raises:
        MalformedError: it goes with no signature, or two go with one.
    """
    found: dict[str, Manifest] = {}
    entries = container.of(Role.MANIFEST)
    if len(entries) > limits.MANIFESTS:
        raise LimitError("too many manifests", at=DOCUMENT, clause="idwallet limits")
    for each in container.of(Role.ODF_MANIFEST):
        at = f"{DOCUMENT}.entry[{each.number}]"
        octets = container.archive.content(each, max_bytes=limits.MANIFEST_BYTES)
        require_odf_manifest(octets, at=at)
    signatures = {each.name for each in container.of(Role.CADES)}
    for each in entries:
        at = f"{DOCUMENT}.entry[{each.number}]"
        octets = container.archive.content(each, max_bytes=limits.MANIFEST_BYTES)
        manifest = read_manifest(octets, at=at)
        if manifest.signature not in signatures:
            raise MalformedError(
                "a manifest without a signature of its own",
                at=at,
                clause=f"{EN} §4.4.4.2 (3)",
            )
        signatures.discard(manifest.signature)
        found[each.name] = manifest
    return found


class _Referred(NamedTuple):
    """The files that the signatures in a file refer to, and those as they stand.

    What a transform makes of a file is not the file.
    """

    all: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()


def _referred(container: Container, entry: ZipEntry) -> _Referred:
    """Return them; what cannot be read refers to none, and is told by its judge."""
    at = f"{DOCUMENT}.entry[{entry.number}]"
    octets = container.archive.content(entry, max_bytes=limits.XML_BYTES)
    try:
        parsed = XmlDocument.from_bytes(octets, at=at)
        return _Referred(
            frozenset(name_in(each, at=at) for each in addresses_in(parsed)),
            frozenset(name_in(each, at=at) for each in plain_addresses_in(parsed)),
        )
    except (MalformedError, UnsupportedError):
        return _Referred()


def _around(at: str) -> MalformedError:
    return MalformedError(
        "a signature around its content", at=at, clause=f"{EN} §4.4.4.2 (3 a)"
    )


def _moved(made: Check, subject: str) -> Check:
    return made._replace(subject=subject)


def _renamed(judged: Judged, *, old: str, new: str, more: tuple[Check, ...]) -> Judged:
    """Return the same under another number; `more` is said of the file as a whole."""

    def name(subject: str) -> str:
        return new + subject.removeprefix(old) if subject.startswith(old) else subject

    return Judged(
        (*more, *(_moved(each, name(each.subject)) for each in judged.checks)),
        tuple(map(name, judged.subjects)),
        judged.verified,
        tuple(replace(e, subject=name(e.subject)) for e in judged.evidence),
    )
