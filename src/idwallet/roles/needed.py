"""What would settle a verdict, as orders to a fetcher, and what came of them.

Nothing is fetched here: whoever does carries an `Order` out, and gives what came to
`Gathered`. It holds what it is given as evidence at hand, to be judged like any other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from idwallet import limits
from idwallet.codec.web import read_web_address
from idwallet.credentials.sdjwt.metadata import (
    TypeMetadataSet,
    integrity_matches,
    read_type_metadata,
)
from idwallet.errors import MalformedError, UsageError
from idwallet.ports import Fetched, Wanted
from idwallet.report import (
    CrlNeeded,
    DidDocumentNeeded,
    IdentifierListNeeded,
    Need,
    OcspNeeded,
    Origin,
    Outcome,
    Report,
    StatusListNeeded,
    TypeMetadataNeeded,
)
from idwallet.trust.evidence import (
    CrlAtHand,
    DidDocumentAtHand,
    EvidenceAtHand,
    OcspAtHand,
    StatusListAtHand,
)

# Token Status List §8.1; RFC 5280 §4.2.1.13, and what servers say that know no better;
# RFC 6960 §A; SD-JWT VC §5.3; W3C DID Core §6.
_STATUS: Final = ("application/statuslist+jwt", "application/statuslist+cwt")
_IDENTIFIERS: Final = ("application/identifierlist+cwt",)
_CRL: Final = (
    "application/pkix-crl",
    "application/x-pkcs7-crl",
    "application/octet-stream",
)
_OCSP: Final = ("application/ocsp-response",)
_TYPE: Final = ("application/json",)
_DID: Final = ("application/did+json", "application/did+ld+json", "application/json")

_NETWORK: Final = "network"
_Key = TypeVar("_Key")
_Piece = TypeVar("_Piece")


class Order(NamedTuple):
    """A need, and the ways to it: the first that brings something is enough.

    `reveals` says that it asks about somebody by name, as OCSP does: it is carried out
    only where what asks for a whole list did not settle the verdict.
    """

    need: Need
    ways: tuple[Wanted, ...]
    reveals: bool = False


def orders_of(report: Report) -> tuple[Order, ...]:
    """Return what a verdict that is open asks for and may be fetched, in order.

    A verdict that passed needs nothing, and one that failed gets nothing: whoever shows
    a forged credential moves nobody to ask anybody. Only addresses are among the ways
    whose origin a trust anchor names.
    """
    if report.outcome is not Outcome.INDETERMINATE:
        return ()
    found: dict[tuple[Wanted, ...], Order] = {}
    for need in report.missing():
        ways = tuple(way for way in _ways(need) if _is_named(way))
        if ways and len(found) < limits.FETCHES_OF_ONE_VERDICT:
            found.setdefault(ways, Order(need, ways, isinstance(need, OcspNeeded)))
    return tuple(found.values())


def _ways(need: Need) -> Iterator[Wanted]:
    if isinstance(need, StatusListNeeded | IdentifierListNeeded | DidDocumentNeeded):
        yield _wanted(need.uri, need.origins, accept=_OF_ONE_ADDRESS[type(need)])
    elif isinstance(need, TypeMetadataNeeded):
        yield _wanted(need.vct, need.origins, accept=_TYPE)
    elif isinstance(need, CrlNeeded):
        for uri in need.uris:
            yield replace(_wanted(uri, need.origins, accept=_CRL), signed=True)
    elif isinstance(need, OcspNeeded) and need.request:
        for uri in need.uris:
            yield replace(
                _wanted(uri, need.origins, accept=_OCSP),
                signed=True,
                post=need.request,
                post_type="application/ocsp-request",
            )


_OF_ONE_ADDRESS: Final[Mapping[type[Need], tuple[str, ...]]] = MappingProxyType(
    {
        StatusListNeeded: _STATUS,
        IdentifierListNeeded: _IDENTIFIERS,
        DidDocumentNeeded: _DID,
    }
)

_BOUNDS: Final = MappingProxyType(
    {
        _STATUS: limits.STATUS_LIST_TOKEN_BYTES,
        _IDENTIFIERS: limits.STATUS_LIST_TOKEN_BYTES,
        _CRL: limits.CRL_BYTES,
        _OCSP: limits.OCSP_BYTES,
        _TYPE: limits.TYPE_METADATA_BYTES,
        _DID: limits.DID_DOCUMENT_BYTES,
    }
)


def _wanted(uri: str, origins: tuple[str, ...], *, accept: tuple[str, ...]) -> Wanted:
    return Wanted(
        uri=uri, origins=frozenset(origins), accept=accept, max_bytes=_BOUNDS[accept]
    )


def _is_named(way: Wanted) -> bool:
    try:
        return read_web_address(way.uri, at="uri").origin in way.origins
    except MalformedError:
        return False


class Gathered:
    """What was fetched, the latest from each address; the oldest make room.

    It is not safe between threads: whoever shares it holds a lock.
    """

    def __init__(self) -> None:
        """Hold nothing."""
        self._lists: dict[str, StatusListAtHand] = {}
        self._crls: dict[str, CrlAtHand] = {}
        self._responses: dict[tuple[str, bytes], OcspAtHand] = {}
        self._types: dict[str, bytes] = {}
        self._documents: dict[str, DidDocumentAtHand] = {}
        self._taken: dict[tuple[str, bytes | None], datetime] = {}

    def taken(self, way: Wanted) -> datetime | None:
        """Return when what is held from there was taken, or None."""
        return self._taken.get((way.uri, way.post))

    def take(self, order: Order, way: Wanted, *, came: Fetched) -> None:
        """Hold what came.

        A type metadata document is held only if it is the one that was needed: nobody
        signs it, so what else comes from there proves nothing.

        Raises:
            MalformedError: it is no such document, or not of that digest.
        """
        need, origin = order.need, Origin(taken=came.taken, source=_NETWORK)
        if isinstance(need, StatusListNeeded | IdentifierListNeeded):
            piece = StatusListAtHand(uri=need.uri, token=came.body, origin=origin)
            _put(self._lists, need.uri, piece=piece)
        elif isinstance(need, CrlNeeded):
            _put(self._crls, way.uri, piece=CrlAtHand(der=came.body, origin=origin))
        elif isinstance(need, OcspNeeded):
            answer = OcspAtHand(der=came.body, nonce=None, origin=origin)
            _put(self._responses, (way.uri, way.post or b""), piece=answer)
        elif isinstance(need, DidDocumentNeeded):
            found = DidDocumentAtHand(did=need.did, document=came.body, origin=origin)
            _put(self._documents, need.did, piece=found)
        elif isinstance(need, TypeMetadataNeeded):
            _require_needed(came.body, need)
            _put(self._types, need.vct, piece=came.body)
        _put(self._taken, (way.uri, way.post), piece=came.taken)

    def evidence(self, base: EvidenceAtHand) -> EvidenceAtHand:
        """Return the evidence at hand anyway together with what was fetched."""
        fetched = EvidenceAtHand(
            status_lists=self._lists.values(),
            crls=self._crls.values(),
            responses=self._responses.values(),
            did_documents=self._documents.values(),
        )
        try:
            return base.renewed_by(fetched)
        except UsageError:  # there is no room beside what is at hand
            return base

    def types(self, base: TypeMetadataSet) -> TypeMetadataSet:
        """Return the type metadata at hand anyway, and beside it what was fetched."""
        if not self._types:
            return base
        fetched = {
            vct: read_type_metadata(document) for vct, document in self._types.items()
        }
        return TypeMetadataSet(MappingProxyType({**fetched, **base.by_vct}))


def _put(held: dict[_Key, _Piece], key: _Key, *, piece: _Piece) -> None:
    held.pop(key, None)
    while len(held) >= limits.FETCHED_PIECES:
        del held[next(iter(held))]
    held[key] = piece


def _require_needed(document: bytes, need: TypeMetadataNeeded) -> None:
    if need.integrity is not None and not integrity_matches(need.integrity, document):
        raise MalformedError(
            "not the document of that digest", at="type metadata", clause="W3C SRI §3"
        )
    if read_type_metadata(document).vct != need.vct:
        raise MalformedError("of another type", at="/vct", clause="SD-JWT VC §5.2")
