"""What signatures in a container are made in: CAdES on manifests, or XAdES."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Protocol

from idwallet import limits
from idwallet.codec.xml import XmlDocument
from idwallet.codec.zip import ZipEntry
from idwallet.crypto.signer import Signer
from idwallet.documents.asic import baseline
from idwallet.documents.asic.baseline import META_INF, Form, Role
from idwallet.documents.asic.container import Container
from idwallet.documents.asic.contents import Digests, digest_files
from idwallet.documents.asic.manifest import Listed, Manifest, write_manifest
from idwallet.documents.asic.odf import write_odf_manifest
from idwallet.documents.asic.profile import ASiC, ASiCKind
from idwallet.documents.cades.sign import CadesSigner
from idwallet.documents.model import CAdES, Digested, Packaging, XAdES
from idwallet.documents.xades.beside import side_by_side
from idwallet.documents.xades.placing import signatures_in
from idwallet.documents.xades.sign import XadesSigner
from idwallet.envelope.cms import read_signed_data
from idwallet.ports import TimestampAuthority
from idwallet.trust.certificate import Certificate

DIGEST: Final = "sha256"
_AT: Final = "container"
_MANIFEST: Final = META_INF + "ASiCManifest{:03}.xml"
_P7S: Final = META_INF + "signature{:03}.p7s"
_XML: Final = META_INF + "signatures{:03}.xml"
_P7S_TYPE: Final = "application/pkcs7-signature"


class InnerSigner(Protocol):
    """What makes the signatures of containers in one form.

    `patterns` is how what is made for one more signature of ASiC-E is called, by its
    number.
    """

    role: Role
    form: Form
    patterns: tuple[str, ...]

    @property
    def digest(self) -> str:
        """By which digest documents are signed, as hashlib calls it."""
        ...

    def first(self, added: Digests, *, signing_time: datetime) -> dict[str, bytes]:
        """Return the files that stand in a new container beside the documents."""
        ...

    def another(
        self, container: Container, *, number: int, signing_time: datetime
    ) -> dict[str, bytes]:
        """Return the files that stand in a container for one more signature."""
        ...

    def counter_sign(
        self, octets: bytes, *, signing_time: datetime, number: int
    ) -> bytes:
        """Sign a signature of a file of signatures."""
        ...


def inner_signer(
    profile: ASiC,
    *,
    signer: Signer,
    certificates: tuple[Certificate, ...],
    authority: TimestampAuthority | None,
) -> InnerSigner:
    """Return what makes the signatures of that profile.

    Raises:
        UsageError: the first certificate is not of the signer's key, or a level with a
            timestamp has no authority to ask, or one without has one.
        UnsupportedError: the algorithm has no identifier for XML signatures.
    """
    if profile.signature is CAdES:
        cades = CadesSigner(
            CAdES(level=profile.level),
            signer=signer,
            certificates=certificates,
            authority=authority,
        )
        return _CadesInside(cades, profile.kind)
    xades = XadesSigner(
        XAdES(level=profile.level, packaging=Packaging.DETACHED),
        signer=signer,
        certificates=certificates,
        authority=authority,
    )
    return _XadesInside(xades, profile.kind)


def signature_count(octets: bytes, role: Role) -> int:
    """Return how many signatures stand in a file of them, those on them apart.

    Raises:
        MalformedError, UnsupportedError: it is no such file.
    """
    if role is Role.CADES:
        return len(read_signed_data(octets, at=_AT).signers)
    return len(signatures_in(XmlDocument.from_bytes(octets, at=_AT), at=_AT))


class _CadesInside:
    """Signs the document of ASiC-S, or a manifest in ASiC-E (4.3.3.2, 4.4.4.2)."""

    role = Role.CADES
    form = Form.CADES
    patterns: tuple[str, ...] = (_MANIFEST, _P7S)

    def __init__(self, made_by: CadesSigner, kind: ASiCKind) -> None:
        self._made_by = made_by
        self._kind = kind

    @property
    def digest(self) -> str:
        return self._made_by.digest

    def first(self, added: Digests, *, signing_time: datetime) -> dict[str, bytes]:
        if self._kind is ASiCKind.E:
            return self._on_manifest(added, number=1, signing_time=signing_time)
        (digests,) = added.values()
        made = self._made_by.sign(Digested(digests), signing_time=signing_time)
        return {baseline.SIMPLE_CADES: made}

    def another(
        self, container: Container, *, number: int, signing_time: datetime
    ) -> dict[str, bytes]:
        if self._kind is ASiCKind.E:
            digests = digest_files(container, [])
            return self._on_manifest(digests, number=number, signing_time=signing_time)
        (entry,), (data,) = container.of(Role.CADES), container.data
        made = self._made_by.sign(
            container.stream(data),
            signing_time=signing_time,
            beside=octets_of(container, entry),
        )
        return {entry.name: made}

    def _on_manifest(
        self, digests: Digests, *, number: int, signing_time: datetime
    ) -> dict[str, bytes]:
        signature = _P7S.format(number)
        files = listed(digests, digests)
        manifest = write_manifest(Manifest(signature, files), signature_type=_P7S_TYPE)
        made = self._made_by.sign(manifest, signing_time=signing_time)
        return {_MANIFEST.format(number): manifest, signature: made}

    def counter_sign(
        self, octets: bytes, *, signing_time: datetime, number: int
    ) -> bytes:
        return self._made_by.counter_sign(
            octets, signing_time=signing_time, number=number
        )


class _XadesInside:
    """Signs the documents by references to them (4.3.3.2, 4.4.3.2)."""

    role = Role.XADES
    form = Form.XADES
    patterns: tuple[str, ...] = (_XML,)

    def __init__(self, made_by: XadesSigner, kind: ASiCKind) -> None:
        self._made_by = made_by
        self._kind = kind

    @property
    def digest(self) -> str:
        return self._made_by.digest

    def first(self, added: Digests, *, signing_time: datetime) -> dict[str, bytes]:
        made = self._signed(added, signing_time=signing_time)
        if self._kind is ASiCKind.S:
            return {baseline.SIMPLE_XADES: made}
        manifest = write_odf_manifest(added)
        return {baseline.ODF_MANIFEST: manifest, _XML.format(1): made}

    def another(
        self, container: Container, *, number: int, signing_time: datetime
    ) -> dict[str, bytes]:
        if self._kind is ASiCKind.E:
            digests = digest_files(container, [], by=[self.digest])
            made = self._signed(digests, signing_time=signing_time)
            return {_XML.format(number): made}
        (entry,), (data,) = container.of(Role.XADES), container.data
        made = self._made_by.sign(
            {data.name: container.stream(data)},
            signing_time=signing_time,
            beside=octets_of(container, entry),
        )
        return {entry.name: made}

    def _signed(self, digests: Digests, *, signing_time: datetime) -> bytes:
        documents = {name: Digested(each) for name, each in digests.items()}
        return side_by_side(
            self._made_by.sign_digested(documents, signing_time=signing_time)
        )

    def counter_sign(
        self, octets: bytes, *, signing_time: datetime, number: int
    ) -> bytes:
        return self._made_by.counter_sign(
            octets, signing_time=signing_time, number=number
        )


def listed(
    names: Iterable[str], digests: Mapping[str, Mapping[str, bytes]]
) -> tuple[Listed, ...]:
    """Return files as a manifest lists them."""
    return tuple(Listed(name, DIGEST, digests[name][DIGEST]) for name in names)


def octets_of(container: Container, entry: ZipEntry) -> bytes:
    """Return a file of signatures.

    Raises:
        LimitError: it is too long.
    """
    return container.archive.content(entry, max_bytes=limits.CMS_BYTES)
