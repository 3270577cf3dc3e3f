"""Containers made and signed as a stream (ETSI EN 319 162-1)."""

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from idwallet.codec.zip import SeekableStream, ZipEntry, ZipSink, ZipWriter
from idwallet.crypto.signer import Signer
from idwallet.documents.asic import baseline
from idwallet.documents.asic.assembly import add_document, copy, free_number, named
from idwallet.documents.asic.baseline import Role
from idwallet.documents.asic.container import Container, read_container
from idwallet.documents.asic.contents import digest_files
from idwallet.documents.asic.forms import (
    DIGEST,
    inner_signer,
    octets_of,
    signature_count,
)
from idwallet.documents.asic.profile import ASiC, ASiCKind
from idwallet.documents.model import Document, Documents, pieces
from idwallet.envelope.cms import digest_content
from idwallet.errors import UsageError
from idwallet.ports import TimestampAuthority
from idwallet.trust.certificate import Certificate

_AT: Final = "container"


class AsicSigner:
    """Signs any number of containers of one profile; thread-safe when `signer` is."""

    __slots__ = ("_inner", "_profile")

    def __init__(
        self,
        profile: ASiC,
        *,
        signer: Signer,
        certificates: tuple[Certificate, ...],
        authority: TimestampAuthority | None = None,
    ) -> None:
        """Prepare the signatures.

        Raises:
            UsageError: the first certificate is not of the signer's key, or a level
                with a timestamp has no authority to ask, or one without has one.
            UnsupportedError: the algorithm has no identifier for XML signatures.
        """
        self._profile = profile
        self._inner = inner_signer(
            profile, signer=signer, certificates=certificates, authority=authority
        )

    def sign(
        self,
        document: Documents | None,
        *,
        signing_time: datetime,
        beside: bytes | None = None,
    ) -> bytes:
        """Sign documents and return the container, which is held as a whole.

        Raises:
            UsageError, SignerError, PortError, MalformedError, UnsupportedError: see
                `sign_into`.
        """
        out = io.BytesIO()
        self.sign_into(out, document, signing_time=signing_time, beside=beside)
        return out.getvalue()

    def sign_into(
        self,
        sink: ZipSink,
        document: Documents | None,
        *,
        signing_time: datetime,
        beside: bytes | SeekableStream | None = None,
    ) -> None:
        """Sign documents and write the container as it is made; nothing is held.

        With `beside`, a container, every document in it is signed once more, whoever
        signed it before; documents that are given too have to be those in it.

        Raises:
            UsageError: `signing_time` has no zone or is before 1980; there is no
                document, or more than the kind holds, or one with a name that no
                container has; `beside` is of another kind, or holds other documents.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: `beside` is no container, or the authority
                answered something else.
        """
        if beside is not None:
            container = self._read(beside)
            _require_same(container, document, kind=self._profile.kind)
            writer = ZipWriter(sink, moment=signing_time)
            self._sign_more(writer, container, signing_time=signing_time)
        else:
            documents = named(document, self._profile.kind)
            writer = ZipWriter(sink, moment=signing_time)
            self._sign_new(writer, documents, signing_time=signing_time)
        writer.close()

    def _sign_new(
        self,
        writer: ZipWriter,
        documents: Mapping[str, Document],
        *,
        signing_time: datetime,
    ) -> None:
        media_type = baseline.MEDIA_TYPES[self._profile.kind]
        writer.store(baseline.MIMETYPE, media_type.encode("ascii"))
        needed = {self._inner.digest}
        added = {
            name: add_document(writer, name, document=each, digests=needed)
            for name, each in documents.items()
        }
        made = self._inner.first(added, signing_time=signing_time)
        for name, octets in made.items():
            writer.store(name, octets)

    def _sign_more(
        self, writer: ZipWriter, container: Container, *, signing_time: datetime
    ) -> None:
        number = free_number(container, *self._inner.patterns)
        made = self._inner.another(container, number=number, signing_time=signing_time)
        copy(writer, container, replaced=made)
        for name, octets in made.items():
            if container.archive.named(name) is None:
                writer.store(name, octets)

    def counter_sign(
        self, signature: bytes, *, signing_time: datetime, number: int = 0
    ) -> bytes:
        """Sign a signature of a container, counted through all of them from 0.

        Raises:
            UsageError: there is no signature of that number, `signing_time` has no
                zone, or the signature is archived: it cannot be touched any more.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: it is no container, or the authority
                answered something else.
        """
        out = io.BytesIO()
        self.counter_sign_into(out, signature, signing_time=signing_time, number=number)
        return out.getvalue()

    def counter_sign_into(
        self,
        sink: ZipSink,
        signature: bytes | SeekableStream,
        *,
        signing_time: datetime,
        number: int = 0,
    ) -> None:
        """Sign a signature of a container, and write the container as it is made.

        Raises:
            UsageError, SignerError, PortError, MalformedError, UnsupportedError: see
                `counter_sign`.
        """
        container = self._read(signature)
        entry, inner = _numbered(container, number, role=self._inner.role)
        if container.of(Role.ARCHIVE_MANIFEST):
            raise UsageError("an archived signature is not changed: sign beside it")
        made = self._inner.counter_sign(
            octets_of(container, entry), signing_time=signing_time, number=inner
        )
        writer = ZipWriter(sink, moment=signing_time)
        copy(writer, container, replaced={entry.name: made})
        writer.close()

    def _read(self, container: bytes | SeekableStream) -> Container:
        """Read a container of the profile's kind."""
        found = read_container(container, at=_AT)
        if found.kind is not self._profile.kind or found.form is not self._inner.form:
            raise UsageError("the container is not of the profile's kind and form")
        return found


def _numbered(container: Container, number: int, *, role: Role) -> tuple[ZipEntry, int]:
    """Return in which file the signature of that number is, and its number there.

    Raises:
        UsageError: there is none.
    """
    left = number
    for entry in container.of(role):
        count = signature_count(octets_of(container, entry), role)
        if 0 <= left < count:
            return entry, left
        left -= count
    raise UsageError("there is no signature of that number")


def _require_same(
    container: Container, document: Documents | None, *, kind: ASiCKind
) -> None:
    """Require that documents that are given are those of the container.

    Raises:
        UsageError: they are not.
    """
    if document is None:
        return
    own = digest_files(container, [])
    given = {
        name: digest_content(pieces(each), [DIGEST])[DIGEST]
        for name, each in named(document, kind).items()
    }
    if given != {name: digests[DIGEST] for name, digests in own.items()}:
        raise UsageError("the container beside holds other documents")
