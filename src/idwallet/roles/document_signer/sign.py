"""Sign documents: one, or any number with one key."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from idwallet.codec.zip import ZipSink as BinarySink
from idwallet.crypto.signer import Signer
from idwallet.documents.asic.profile import ASiC
from idwallet.documents.model import (
    CAdES,
    Documents,
    JAdES,
    Level,
    Packaging,
    XAdES,
    only,
)
from idwallet.documents.pades.profile import PAdES
from idwallet.documents.policy import DocumentPolicy
from idwallet.errors import UsageError
from idwallet.ports import TimestampAuthority
from idwallet.roles.document_signer.augment import augment_document
from idwallet.roles.document_signer.recognise import Signed
from idwallet.roles.issuer import CertificateChain, read_chain
from idwallet.trust.anchors import TrustStore

if TYPE_CHECKING:
    from idwallet.codec.pdf import Source

_WITH_EVIDENCE: Final = frozenset({Level.B_LT, Level.B_LTA})

Profile = ASiC | CAdES | JAdES | PAdES | XAdES
"""How to sign: the format, its level and its packaging."""


class _FormatSigner(Protocol):
    """What signs in one format, all that is the same in every signature encoded once.

    It is made with a profile of its format, `signer`, `certificates` and `authority`.
    """

    def sign(
        self,
        document: Any,
        *,
        signing_time: datetime,
        beside: bytes | None = None,
    ) -> bytes:
        """Sign a document, beside another signature where there is one."""
        ...

    def counter_sign(
        self, signature: bytes, *, signing_time: datetime, number: int = 0
    ) -> bytes:
        """Sign a signature."""
        ...


def _asic() -> Callable[..., _FormatSigner]:
    from idwallet.documents.asic.sign import AsicSigner

    return AsicSigner


def _cades() -> Callable[..., _FormatSigner]:
    from idwallet.documents.cades.sign import CadesSigner

    return CadesSigner


def _jades() -> Callable[..., _FormatSigner]:
    from idwallet.documents.jades.sign import JadesSigner

    return JadesSigner


def _pades() -> Callable[..., _FormatSigner]:
    from idwallet.documents.pades.sign import PadesSigner

    return PadesSigner


def _xades() -> Callable[..., _FormatSigner]:
    from idwallet.documents.xades.sign import XadesSigner

    return XadesSigner


# Each is loaded when somebody signs in its format.
_SIGNERS: Final[Mapping[type, Callable[[], Callable[..., _FormatSigner]]]] = {
    ASiC: _asic,
    CAdES: _cades,
    JAdES: _jades,
    PAdES: _pades,
    XAdES: _xades,
}
_NAMED: Final = (ASiC, JAdES, XAdES)
"""Formats in which one signature is on several documents, each by its name."""


PROFILES: Final[Mapping[str, type]] = {each.__name__: each for each in _SIGNERS}
"""The profiles that there are, by the names of their types."""


def takes_digests(profile: object) -> bool:
    """Whether a signature of that profile needs no more than a document's digests."""
    return isinstance(profile, CAdES) and profile.packaging is Packaging.DETACHED


def takes_names(profile: object) -> bool:
    """Whether documents are signed by their names in that profile."""
    return isinstance(profile, _NAMED)


def signer_of(profile: Profile) -> Callable[..., _FormatSigner]:
    """Return what signs by that profile.

    Raises:
        UsageError: it is none.
    """
    load = _SIGNERS.get(type(profile))
    if load is None:
        raise UsageError("a document is signed by a profile, as CAdES()")
    return load()


@dataclass(frozen=True, slots=True)
class LongTerm:
    """What a signature of level B-LT or B-LTA is verified with when it is made.

    It brings the evidence that settles its verdict, so that this must be at hand in
    `trust` by then. `policy` must require evidence about revocation.
    """

    trust: TrustStore
    policy: DocumentPolicy


class DocumentSigner:
    """Signs any number of documents with one key and profile, parsed and prepared once.

    `certificates` is the chain of the signer's key, leaf first. A level with a
    timestamp needs the `authority` to ask, and B-LT and B-LTA `long_term` beside it:
    they are signed at B-T and augmented (`augment_document`). Thread-safe when `signer`
    is.
    """

    __slots__ = (
        "_authority",
        "_holds_all",
        "_level",
        "_long_term",
        "_made",
        "_takes_names",
    )

    def __init__(
        self,
        profile: Profile,
        *,
        signer: Signer,
        certificates: CertificateChain,
        authority: TimestampAuthority | None = None,
        long_term: LongTerm | None = None,
    ) -> None:
        """Prepare the signatures.

        Raises:
            MalformedError, UnsupportedError: a certificate cannot be read.
            UsageError: the chain is not one of the signer's key, or a level with a
                timestamp has no authority, or one without has one; or a level with
                evidence has no `long_term`, or one without has one.
        """
        make = signer_of(profile)
        if (profile.level in _WITH_EVIDENCE) is not (long_term is not None):
            raise UsageError("a level with evidence, and no other, needs long_term")
        self._level, self._long_term = profile.level, long_term
        self._authority = authority
        self._takes_names = takes_names(profile)
        self._holds_all = isinstance(profile, ASiC | PAdES)
        self._made = make(
            profile if long_term is None else replace(profile, level=Level.B_T),
            signer=signer,
            certificates=read_chain(certificates),
            authority=authority,
        )

    def sign(
        self,
        document: Documents | None,
        *,
        signing_time: datetime,
        beside: bytes | None = None,
    ) -> bytes:
        """Return the signature on a document, or the document with the signature.

        CAdES gives DER, with the document in it or apart; PAdES the PDF file, all of it
        as it was and an update behind it; XAdES an XML document. Where XAdES is apart,
        `document` is what it is on by the names that the signature knows it by.

        `document` is octets or a binary stream, which is read once to its end; a
        detached signature never holds it as a whole. `signing_time` is what the
        signature will say; nothing proves it but a timestamp. `beside` is somebody
        else's signature on the same document: then both come back as one message.

        A container takes documents by their names; `beside` is one that others signed,
        and `document` may then be None: what is in it counts.

        At a level with evidence, what comes back was verified as of `signing_time`, and
        a document that is a stream is read several times.

        Raises:
            VerificationFailed, VerificationIndeterminate: at a level with evidence: it
                does not pass; `report.missing()` names what would settle it.
            UsageError: `signing_time` has no zone, what is to be put inside is longer
                than `limits.ENVELOPED_BYTES`, or `beside` signs another document, or in
                another packaging; or the PDF file does not allow what is asked.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: `beside` is no signature, the PDF file is
                broken, encrypted or a form of XFA, or the authority answered something
                else.
        """
        given = self._given(document)
        made = self._made.sign(given, signing_time=signing_time, beside=beside)
        return self._kept(made, document, at=signing_time)

    def _given(self, document: Documents | None) -> Documents | None:
        if document is None or self._takes_names:
            return document
        return only(document)

    def _kept(self, made: bytes, document: Documents | None, *, at: datetime) -> bytes:
        """Raise it to a level with evidence, if it is to have one."""
        if self._long_term is None:
            return made
        return augment_document(
            made,
            self._level,
            trust=self._long_term.trust,
            policy=self._long_term.policy,
            at=at,
            authority=self._authority,
            document=None if self._holds_all else document,
        )

    def sign_appended(
        self, source: "Source", document: Iterable[bytes], *, signing_time: datetime
    ) -> bytes:
        """Return what is appended to a PDF file to sign it; the file is never held.

        `source` is the file at random access, as `mmap.mmap` gives it, `document` all
        of it in pieces, from first to last. `idwallet.adapters.files.sign_file` does it
        with a file by its path.

        Raises:
            UsageError: the profile is another than PAdES; see also `sign`.
            SignerError, PortError, MalformedError, LimitError, UnsupportedError: see
                `sign`.
        """
        appended = getattr(self._made, "appended", None)
        if self._long_term is not None:
            raise UsageError("a level with evidence is for augment_document")
        if appended is None:
            raise UsageError("nothing but a PDF file is signed in what is appended")
        made: bytes = appended(source, document, signing_time=signing_time)
        return made

    def sign_into(
        self,
        sink: BinarySink,
        document: Documents | None,
        *,
        signing_time: datetime,
        beside: Signed | None = None,
    ) -> None:
        """Write the signed container as it is made, holding none of it; see `sign`.

        `sink` is a file opened for writing in binary mode, or anything else that takes
        octets. What it has taken is no container before this returns.

        Raises:
            UsageError: see `sign`, or the profile is not of a container.
            SignerError, PortError, MalformedError, UnsupportedError: see `sign`.
        """
        into = getattr(self._made, "sign_into", None)
        if self._long_term is not None:
            raise UsageError("a level with evidence is for augment_document")
        if into is None:
            raise UsageError("only a container is written as a stream: ASiC(...)")
        into(sink, document, signing_time=signing_time, beside=beside)

    def counter_sign(
        self, signature: bytes, *, signing_time: datetime, number: int = 0
    ) -> bytes:
        """Sign a signature, not the document: as a notary or a witness does.

        `number` says which of the message's signatures, counted from 0. At a level with
        a timestamp this one gets its own; a level above is for `augment_document`.
        Verify the message first: whoever signs a signature is taken to have seen it.

        Raises:
            UsageError: there is no signature of that number, or `signing_time` has no
                zone.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: it is no signature, or the authority
                answered something else.
        """
        return self._made.counter_sign(
            signature, signing_time=signing_time, number=number
        )


def sign_document(  # noqa: PLR0913 - what `DocumentSigner` takes
    document: Documents,
    profile: Profile,
    *,
    signer: Signer,
    certificates: CertificateChain,
    signing_time: datetime,
    authority: TimestampAuthority | None = None,
    long_term: LongTerm | None = None,
) -> bytes:
    """Sign one document; see `DocumentSigner`, which signs many.

    Raises:
        VerificationFailed, VerificationIndeterminate: see `DocumentSigner.sign`.
        UsageError, MalformedError, UnsupportedError, SignerError, PortError: see
            `DocumentSigner`.
    """
    prepared = DocumentSigner(
        profile,
        signer=signer,
        certificates=certificates,
        authority=authority,
        long_term=long_term,
    )
    return prepared.sign(document, signing_time=signing_time)
