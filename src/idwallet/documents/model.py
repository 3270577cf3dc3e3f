"""Documents before and after they are verified, and how they are signed."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UsageError, require_passed
from idwallet.report import Outcome, Report


class Level(StrEnum):
    """A baseline level: what a signature carries beside itself (EN 319 122-1 6)."""

    B_B = "B-B"
    """The signature, and which certificate made it."""

    B_T = "B-T"
    """A timestamp too: when it existed, as an authority says."""

    B_LT = "B-LT"
    """The certificates and the evidence about their revocation too."""

    B_LTA = "B-LTA"
    """A timestamp on all of that too, to be renewed before it ages."""


class Packaging(StrEnum):
    """Where the document is."""

    DETACHED = "detached"
    """Apart: whoever verifies brings it."""

    ENVELOPING = "enveloping"
    """Inside the signature."""

    ENVELOPED = "enveloped"
    """Around the signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CAdES:
    """Sign as CMS (ETSI EN 319 122-1): any document, a file beside or around it."""

    level: Level = Level.B_B
    packaging: Packaging = Packaging.DETACHED

    def __post_init__(self) -> None:
        """Refuse what CMS cannot be.

        Raises:
            UsageError: the signature is to be inside the document.
        """
        if self.packaging is Packaging.ENVELOPED:
            raise UsageError("CMS is beside a document or around it: never inside")


class Commitment(StrEnum):
    """What a signer commits to by signing (EN 319 132-1 5.2.3)."""

    ORIGIN = "http://uri.etsi.org/01903/v1.2.2#ProofOfOrigin"
    RECEIPT = "http://uri.etsi.org/01903/v1.2.2#ProofOfReceipt"
    DELIVERY = "http://uri.etsi.org/01903/v1.2.2#ProofOfDelivery"
    SENDER = "http://uri.etsi.org/01903/v1.2.2#ProofOfSender"
    APPROVAL = "http://uri.etsi.org/01903/v1.2.2#ProofOfApproval"
    CREATION = "http://uri.etsi.org/01903/v1.2.2#ProofOfCreation"


@dataclass(frozen=True, slots=True, kw_only=True)
class XAdES:
    """Sign as XML (ETSI EN 319 132-1): into an XML document, around any, or apart.

    `media_type` is what the document is said to be. `commitment` is what the signer
    commits to, `roles` in what roles, `city` and `country` where. A signature put into
    a document lets others be put beside it, unless it is to be `alone`: then it is one
    that every verifier of XML signatures reads, and covers all that stands there.
    """

    level: Level = Level.B_B
    packaging: Packaging = Packaging.ENVELOPED
    media_type: str | None = None
    commitment: Commitment | None = None
    roles: tuple[str, ...] = ()
    city: str | None = None
    country: str | None = None
    alone: bool = False

    def __post_init__(self) -> None:
        """Refuse what no XML signature can be.

        Raises:
            UsageError: it is to be alone in no document, or a text is empty.
        """
        if self.alone and self.packaging is not Packaging.ENVELOPED:
            raise UsageError("only a signature inside of a document can be alone there")
        texts = (self.media_type, self.city, self.country, *self.roles)
        if any(each is not None and not each.strip() for each in texts):
            raise UsageError("a text of a profile is not empty")


class Serialisation(StrEnum):
    """How a JSON Web Signature is written (RFC 7515 7)."""

    COMPACT = "compact"
    """One short text, for one signature of level B-B and nothing beside it."""

    JSON = "json"
    """A JSON object: any level, several signers, counter-signatures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JAdES:
    """Sign as JSON Web Signature (ETSI TS 119 182-1).

    A document that travels apart under a name, in a mapping, has its digest signed
    instead of itself, and may be of any length. `media_type` is what a document inside
    is said to be.
    """

    level: Level = Level.B_B
    packaging: Packaging = Packaging.DETACHED
    serialisation: Serialisation = Serialisation.JSON
    media_type: str | None = None

    def __post_init__(self) -> None:
        """Refuse what a JSON Web Signature cannot be.

        Raises:
            UsageError: a level above B-B in the compact serialisation, a signature
                inside the document, or a `media_type` of one apart, or an empty one.
        """
        if self.serialisation is Serialisation.COMPACT and self.level is not Level.B_B:
            raise UsageError(
                "a compact JAdES signature has no unprotected header and stays B-B "
                "(TS 119 182-1 §5.3.1): use Serialisation.JSON"
            )
        if self.packaging is Packaging.ENVELOPED:
            raise UsageError("a JSON Web Signature is never inside the document")
        is_inside = self.packaging is Packaging.ENVELOPING
        if self.media_type is not None and (not is_inside or not self.media_type):
            raise UsageError("media_type is of a document inside (TS 119 182-1 §5.1.3)")


class BinaryStream(Protocol):
    """What is read in pieces, as a file opened in binary mode is."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many octets, and none at the end."""
        ...


Document = bytes | BinaryStream
"""A document: its octets, or a stream of them, which is read once to its end."""


Documents = Document | Mapping[str, Document]
"""One document, or those that one signature is on, by the names that it knows."""


@dataclass(frozen=True, slots=True)
class Digested:
    """A document of which only the digests are at hand, by their names in hashlib.

    Enough to sign it apart in a format that digests the document itself.
    """

    digests: Mapping[str, bytes] = field(repr=False)


_PIECE: Final = 1 << 20


def only(documents: Documents) -> Document:
    """Return the one document, whatever it is called.

    Raises:
        UsageError: there are several, or none.
    """
    if not isinstance(documents, Mapping):
        return documents
    if len(documents) != 1:
        raise UsageError("several documents are signed apart, by their names")
    return next(iter(documents.values()))


def pieces(document: Document) -> Iterator[bytes]:
    """Yield the document piece by piece; a long one is never held as a whole.

    Raises:
        UsageError: it is neither octets nor a stream.
    """
    if isinstance(document, bytes):
        yield document
        return
    if not callable(getattr(document, "read", None)):
        raise UsageError("a document is octets or a binary stream")
    while piece := document.read(_PIECE):
        yield piece


def whole(document: Document) -> bytes:
    """Return the document as a whole, as what is put around it needs it.

    Raises:
        UsageError: it is longer than `limits.ENVELOPED_BYTES`: sign it detached.
    """
    if isinstance(document, bytes):
        found = document
    else:
        found = document.read(limits.ENVELOPED_BYTES + 1)
        while more := document.read(limits.ENVELOPED_BYTES + 1 - len(found)):
            found += more
    if len(found) > limits.ENVELOPED_BYTES:
        raise UsageError("a document of that length is signed detached")
    return found


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """One signature of a document that passed, and those on it.

    `name` is whose certificate it was made with, safe to show; `certificate` its
    SHA-256 in hexadecimal, `anchor` the name of the trust anchor above it.
    `signing_time` is what the signer says, None where a counter-signature says nothing;
    `best_signature_time` what is proven: by a
    timestamp where there is one (`timestamped`), else the moment judged, at which the
    signature was there. `level` is what of the baseline it reaches.
    """

    name: str
    certificate: str
    anchor: str
    signing_time: datetime | None
    best_signature_time: datetime
    timestamped: bool
    level: Level
    counter_signatures: tuple["VerifiedSignature", ...] = ()


@dataclass(frozen=True, slots=True)
class SignedFile:
    """One file of a container, as it was verified.

    `name` leads down from the container's root, with ``/`` between folders; it is text
    from outside, so `idwallet.codec.text.show` it. `size` is in octets, `sha256` in
    hexadecimal.
    """

    name: str
    size: int
    sha256: str
    _content: Callable[[], Iterator[bytes]] = field(repr=False, compare=False)

    def pieces(self) -> Iterator[bytes]:
        """Yield the content piece by piece; it is what was verified once all has come.

        Raises:
            MalformedError: it is not any more: somebody changed the container since.
        """
        seen = hashlib.sha256()
        for piece in self._content():
            seen.update(piece)
            yield piece
        if seen.hexdigest() != self.sha256:
            raise MalformedError(
                "not what was verified", at="file", clause="EN 319 162-1 §4.4.4.2 (d)"
            )

    def read(self, *, max_bytes: int = limits.ENVELOPED_BYTES) -> bytes:
        """Return the whole content.

        Raises:
            LimitError: it is longer than `max_bytes`: take `pieces`.
            MalformedError: it is not what was verified any more.
        """
        if self.size > max_bytes:
            raise LimitError("a long file", at="file", clause="idwallet limits")
        return b"".join(self.pieces())


@dataclass(frozen=True, slots=True)
class VerifiedDocument:
    """A document all of whose signatures passed; nothing else can make one.

    `content` is what was signed where it came inside, None where it came apart: then it
    is what the caller brought. `files` are those of a container, in its order; every
    one of them is signed: show these, since octets that are a container may be taken
    for a PDF file by who goes by a name. One person's signature may stand there several
    times: count people by `VerifiedSignature.certificate`. Raises `VerificationError`
    when made with a report that did not pass.
    """

    report: Report
    signatures: tuple[VerifiedSignature, ...]
    content: bytes | None = field(repr=False)
    files: tuple[SignedFile, ...] = ()

    def __post_init__(self) -> None:
        """Exist only with a passed report."""
        require_passed(self.report)


@dataclass(frozen=True, slots=True)
class UnverifiedDocument:
    """A document that did not pass: a report and nothing else."""

    report: Report

    def __post_init__(self) -> None:
        """Refuse a report that passed: it belongs to a verified document."""
        if self.report.outcome is Outcome.PASSED:
            raise UsageError("a passed report belongs to a verified document")
