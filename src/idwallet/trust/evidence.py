"""Evidence at hand: status lists and what is known about revoked certificates.

    evidence = EvidenceAtHand(
        status_lists=[StatusListAtHand(uri=uri, token=token, origin=origin)],
        crls=[CrlAtHand(der=crl, origin=origin)],
    )
    trust = trust.with_evidence(evidence)

Here it is only kept, as it was received. Nothing is parsed, and nothing is believed,
before a credential asks for it: each piece is signed by whoever may speak, and how old
it may be is for the policy.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.errors import UsageError
from idwallet.report import Need
from idwallet.report.evidence import GIVEN, Origin

Content = bytes | Callable[[], bytes]
"""Bytes, or how to get them when they are needed.

A function is called from any thread, again each time; it reads memory, or a part of a
bundle, and raises `MalformedError` where that is broken. It never fetches.
"""


def content_of(content: Content) -> bytes:
    """Return the bytes.

    Raises:
        MalformedError: whoever holds them finds them broken.
    """
    return content() if callable(content) else content


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StatusListAtHand:
    """A status list token (JWT or CWT) as it was taken from the address `uri`.

    An identifier list is one too: which it has to be, a credential says.

    The age of a list counts from `origin.taken` where that is said, else from when the
    list was issued.
    """

    uri: str
    token: Content = field(repr=False)
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrlAtHand:
    """A DER CRL as it was taken.

    `issuer` is the DER of its issuer's name, where whoever keeps it knows it: then a
    CRL of another issuer is not even read. None: it is read from the CRL.
    """

    der: Content = field(repr=False)
    origin: Origin
    issuer: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OcspAtHand:
    """A DER OCSP response as it was taken, and the nonce that it must answer.

    None must be said: it means that nobody here asked with one.
    """

    der: Content = field(repr=False)
    nonce: bytes | None = field(repr=False)
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExistenceAtHand:
    """Proof that some credentials existed at `origin.taken`.

    `digests` are SHA-256 of what their issuers signed (for an SD-JWT see
    `idwallet.credentials.sdjwt.structures.issued_digest`). Whoever the origin names is
    believed about that: take the proof from a bundle, or from receipts of your own.
    """

    digests: frozenset[bytes] = field(repr=False)
    origin: Origin

    def __post_init__(self) -> None:
        """Refuse a proof of no moment.

        Raises:
            UsageError: nobody says when the digests were taken.
        """
        if self.origin.taken is None:
            raise UsageError("a proof of existence needs the moment it was taken at")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DidDocumentAtHand:
    """The document of a decentralized identifier, as it was taken (W3C DID Core).

    Nobody signs it: whoever brings it says that it is that of `did`. Take it from the
    web site itself, over TLS. It is not read before somebody signs under that name.
    """

    did: str
    document: Content = field(repr=False)
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WithdrawnAtHand:
    """Statements that take delegations back, in the form of docs/reference/bundle.md.

    `name` is what whoever collected them calls their source. Each is signed: whoever
    brings them believes none of them, and leaves out what they like.
    """

    name: str
    statements: Content = field(repr=False)
    origin: Origin


@dataclass(frozen=True, slots=True)
class Renewal:
    """By when those who said whom to believe mean to say it anew, and what to get."""

    due: datetime
    need: Need


class EvidenceAtHand:
    """Everything at hand beside the anchors; it never changes.

    `certificates` (DER) are those of whoever signs CRLs or OCSP responses on a CA's
    behalf, of issuers whose credentials have no room for a chain, and of CAs between
    them and an anchor; none is believed but as far as it leads there. `anchors` says
    when and from where the trust anchors were taken that this evidence stands beside,
    and `renewal` until when they are meant to stand, None where nobody says.
    """

    __slots__ = (
        "_documents",
        "_lists",
        "anchors",
        "certificates",
        "crls",
        "existence",
        "renewal",
        "responses",
        "withdrawn",
    )

    def __init__(  # noqa: PLR0913 - one for each kind of evidence
        self,
        *,
        status_lists: Iterable[StatusListAtHand] = (),
        crls: Iterable[CrlAtHand] = (),
        responses: Iterable[OcspAtHand] = (),
        certificates: Iterable[bytes] = (),
        existence: Iterable[ExistenceAtHand] = (),
        did_documents: Iterable[DidDocumentAtHand] = (),
        withdrawn: Iterable[WithdrawnAtHand] = (),
        anchors: Origin = GIVEN,
        renewal: Renewal | None = None,
    ) -> None:
        """Take what there is.

        Raises:
            UsageError: there are more pieces of a kind than `limits` has it
                (`STATUS_LISTS_AT_HAND`, `STATUS_LISTS_OF_ONE_ADDRESS`, `CRLS_AT_HAND`,
                `OCSP_AT_HAND`, `CERTIFICATES_AT_HAND`,
                `EXISTENCE_DIGESTS_AT_HAND`, `DID_DOCUMENTS_AT_HAND`,
                `WITHDRAWN_LISTS_AT_HAND`). Of several
                documents of one identifier the last counts.
        """
        self._lists = MappingProxyType(_by_uri(tuple(status_lists)))
        self.crls = tuple(crls)
        self.responses = tuple(responses)
        self.certificates = tuple(certificates)
        self.existence = tuple(existence)
        self._documents = MappingProxyType({e.did: e for e in did_documents})
        self.withdrawn = tuple(withdrawn)
        self.anchors = anchors
        self.renewal = renewal
        _require_few(len(self.crls), limits.CRLS_AT_HAND)
        _require_few(len(self.responses), limits.OCSP_AT_HAND)
        _require_few(len(self.certificates), limits.CERTIFICATES_AT_HAND)
        _require_few(len(self._documents), limits.DID_DOCUMENTS_AT_HAND)
        _require_few(len(self.withdrawn), limits.WITHDRAWN_LISTS_AT_HAND)
        digests = sum(len(each.digests) for each in self.existence)
        _require_few(digests, limits.EXISTENCE_DIGESTS_AT_HAND)

    def __repr__(self) -> str:
        """Say how much there is."""
        return (
            f"EvidenceAtHand(<{len(self.status_lists)} status lists, {len(self.crls)} "
            f"CRLs, {len(self.responses)} OCSP responses>)"
        )

    @property
    def status_lists(self) -> tuple[StatusListAtHand, ...]:
        """Every status list, those of one address together."""
        return tuple(each for found in self._lists.values() for each in found)

    @property
    def did_documents(self) -> tuple[DidDocumentAtHand, ...]:
        """Every document of a decentralized identifier."""
        return tuple(self._documents.values())

    @property
    def knows_certificates(self) -> bool:
        """Whether anything here could say that a certificate is revoked."""
        return bool(self.crls or self.responses)

    def lists_of(self, uri: str) -> tuple[StatusListAtHand, ...]:
        """Return the lists that were taken from an address, most often one or none."""
        return self._lists.get(uri, ())

    def document_of(self, did: str) -> DidDocumentAtHand | None:
        """Return the document of a decentralized identifier, or None."""
        return self._documents.get(did)

    def existed(self, digest: bytes) -> datetime | None:
        """Return the first moment at which a credential is proven to exist, or None."""
        found = [e.origin.taken for e in self.existence if digest in e.digests]
        return min((each for each in found if each is not None), default=None)

    def plus(self, other: "EvidenceAtHand") -> "EvidenceAtHand":
        """Return this and the other together, each with its own origin.

        Several lists of one address may stand side by side: the newest that is
        authentic is the one that counts. The anchors' origin and
        renewal stay this one's.

        Raises:
            UsageError: together they are too many.
        """
        return self._joined(self.status_lists, other)

    def renewed_by(self, other: "EvidenceAtHand") -> "EvidenceAtHand":
        """Return this and the other together, the other's lists the newer ones.

        As `plus`, but where an address has as many lists as it may, the first of this
        one's give way.

        Raises:
            UsageError: together they are too many.
        """
        kept = [
            each
            for uri, listed in self._lists.items()
            for each in _making_room(listed, beside=len(other.lists_of(uri)))
        ]
        return self._joined(kept, other)

    def _joined(
        self, kept: Iterable[StatusListAtHand], other: "EvidenceAtHand"
    ) -> "EvidenceAtHand":
        return EvidenceAtHand(
            status_lists=(*kept, *other.status_lists),
            crls=(*self.crls, *other.crls),
            responses=(*self.responses, *other.responses),
            certificates=dict.fromkeys((*self.certificates, *other.certificates)),
            existence=(*self.existence, *other.existence),
            did_documents=(*self.did_documents, *other.did_documents),
            withdrawn=(*self.withdrawn, *other.withdrawn),
            anchors=self.anchors,
            renewal=self.renewal,
        )


def _making_room(
    listed: tuple[StatusListAtHand, ...], *, beside: int
) -> tuple[StatusListAtHand, ...]:
    room = max(0, limits.STATUS_LISTS_OF_ONE_ADDRESS - beside)
    return listed[-room:] if room else ()


def _by_uri(
    given: tuple[StatusListAtHand, ...],
) -> Mapping[str, tuple[StatusListAtHand, ...]]:
    _require_few(len(given), limits.STATUS_LISTS_AT_HAND)
    found: dict[str, tuple[StatusListAtHand, ...]] = {}
    for each in given:
        found[each.uri] = (*found.get(each.uri, ()), each)
        _require_few(len(found[each.uri]), limits.STATUS_LISTS_OF_ONE_ADDRESS)
    return found


def _require_few(count: int, most: int) -> None:
    if count > most:
        raise UsageError(f"more pieces of evidence of one kind than {most}")


NOTHING_AT_HAND: Final = EvidenceAtHand()
"""No evidence beside the anchors themselves."""
