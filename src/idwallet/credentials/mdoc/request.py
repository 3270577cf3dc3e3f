"""Requests of readers (ISO/IEC 18013-5 8.3.2.1.2.1): read and made, nothing judged.

What a reader signs is kept as it was received. Of the second edition, which is not
published yet, what its drafts agree on is read: signatures over the whole request, and
which sets of documents serve a use (`UseCase`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborTag, CborValue, write_cbor
from idwallet.credentials.mdoc.members import (
    ENCODED_CBOR,
    CborMap,
    a_list,
    a_map,
    embedded,
    map_in,
    member,
    read_map,
    typed,
)
from idwallet.credentials.mdoc.mso import require_version
from idwallet.errors import LimitError, MalformedError, UsageError

CLAUSE: Final = "ISO/IEC 18013-5 §8.3.2.1.2.1"
SECOND_EDITION: Final = "ISO/IEC 18013-5 2nd ed. (draft), DeviceRequest"
_VERSION: Final = "1.0"
_VERSION_FOR_ALL: Final = "1.1"
_ISSUERS: Final = "issuerIdentifiers"

Asked = Mapping[str, Mapping[str, bool]]
"""Elements by namespace and identifier, each with whether the reader will keep it."""


@dataclass(frozen=True, slots=True)
class ItemsRequest:
    """What is asked of one document.

    `elements` says of each element whether the reader means to keep it
    (IntentToRetain). `issuers` are authority key identifiers of the issuers that are
    accepted, empty for any (second edition). `info` is the ``requestInfo`` as it was
    received, `octets` what a reader signs of this: the inside of tag 24.
    """

    doc_type: str
    elements: Asked
    issuers: tuple[bytes, ...] = ()
    info: CborMap = field(default_factory=dict, repr=False, compare=False)
    octets: bytes = field(default=b"", repr=False)

    def __hash__(self) -> int:
        """Hash what was received."""
        return hash((self.doc_type, self.octets))


@dataclass(frozen=True, slots=True)
class DocRequest:
    """One document asked for; `auth` is its ``readerAuth`` as it stood, or None."""

    items: ItemsRequest
    auth: CborValue = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class UseCase:
    """A use that one of `document_sets` serves (second edition).

    Each set names documents by their place in the request. A use that is not
    `mandatory` may stay unserved. `hints` are codes for the purpose, by who assigned
    them.
    """

    document_sets: tuple[tuple[int, ...], ...]
    mandatory: bool = True
    hints: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """A whole request; who made it is not known yet.

    `auth_all` are signatures over all documents, each by another key (second edition).
    `info` are the octets of DeviceRequestInfo, as received, None where there is none.
    """

    version: str
    documents: tuple[DocRequest, ...]
    auth_all: tuple[CborValue, ...] = field(default=(), repr=False, hash=False)
    info: bytes | None = field(default=None, repr=False)
    uses: tuple[UseCase, ...] = ()


def read_device_request(data: bytes, *, at: str) -> DeviceRequest:
    """Read a request; nothing of it is believed yet.

    Raises:
        MalformedError: it breaks 8.3.2.1.2.1.
        UnsupportedError: another version.
        LimitError: it is longer, or has more of something, than `limits` says.
    """
    held = read_map(data, at=at, clause=CLAUSE)
    version = member(held, "version", kind=str, at=at, clause=CLAUSE)
    require_version(version, at=f"{at}/version", clause=CLAUSE)
    given = a_list(held.get("docRequests"), at=f"{at}/docRequests", clause=CLAUSE)
    _require_some(given, most=limits.MDOC_DOCUMENTS, at=f"{at}/docRequests")
    documents = tuple(
        _document(each, at=f"{at}/docRequests/{n}") for n, each in enumerate(given)
    )
    info = None
    uses: tuple[UseCase, ...] = ()
    if "deviceRequestInfo" in held:
        at_info = f"{at}/deviceRequestInfo"
        info = embedded(held["deviceRequestInfo"], at=at_info, clause=SECOND_EDITION)
        uses = _uses(info, count=len(documents), at=at_info)
    return DeviceRequest(version, documents, _for_all(held, at=at), info, uses)


def _require_some(given: list[CborValue], *, most: int, at: str) -> None:
    if not given:
        raise MalformedError("nothing asked for", at=at, clause=CLAUSE)
    if len(given) > most:
        raise LimitError("too many", at=at, clause="idwallet limits")


def _for_all(held: CborMap, *, at: str) -> tuple[CborValue, ...]:
    if "readerAuthAll" not in held:
        return ()
    at = f"{at}/readerAuthAll"
    given = a_list(held["readerAuthAll"], at=at, clause=SECOND_EDITION)
    _require_some(given, most=limits.MDOC_READER_SIGNATURES, at=at)
    for each in given:
        a_list(each, at=at, clause=SECOND_EDITION)
    return tuple(given)


def _document(value: CborValue, *, at: str) -> DocRequest:
    held = a_map(value, at=at, clause=CLAUSE)
    if "itemsRequest" not in held:
        raise MalformedError("no itemsRequest", at=at, clause=CLAUSE)
    octets = embedded(held["itemsRequest"], at=f"{at}/itemsRequest", clause=CLAUSE)
    items = _items(octets, at=f"{at}/itemsRequest")
    if "readerAuth" not in held:
        return DocRequest(items)
    # A null in its place is no signature: whoever asks must not look half signed.
    auth = a_list(held["readerAuth"], at=f"{at}/readerAuth", clause=CLAUSE)
    return DocRequest(items, auth)


def _items(octets: bytes, *, at: str) -> ItemsRequest:
    held = read_map(octets, at=at, clause=CLAUSE)
    doc_type = member(held, "docType", kind=str, at=at, clause=CLAUSE)
    given = map_in(held, "nameSpaces", at=at, clause=CLAUSE)
    at = f"{at}/nameSpaces"
    _require_some(list(given), most=limits.MDOC_NAMESPACES, at=at)
    elements = {
        typed(name, str, at=at, clause=CLAUSE): _elements(value, at=at)
        for name, value in given.items()
    }
    if sum(map(len, elements.values())) > limits.QUERY_CLAIMS:
        raise LimitError("too many elements", at=at, clause="idwallet limits")
    info: CborMap = {}
    if "requestInfo" in held:
        info = map_in(held, "requestInfo", at=at, clause=CLAUSE)
    return ItemsRequest(
        doc_type,
        MappingProxyType(elements),
        issuers=_issuers(info, at=f"{at}/requestInfo"),
        info=info,
        octets=octets,
    )


def _elements(value: CborValue, *, at: str) -> Mapping[str, bool]:
    given = a_map(value, at=at, clause=CLAUSE)
    _require_some(list(given), most=limits.QUERY_CLAIMS, at=at)
    found: dict[str, bool] = {}
    for name, retain in given.items():
        if type(retain) is not bool:
            raise MalformedError("no intent to retain", at=at, clause=CLAUSE)
        found[typed(name, str, at=at, clause=CLAUSE)] = retain
    return MappingProxyType(found)


def _issuers(info: CborMap, *, at: str) -> tuple[bytes, ...]:
    if _ISSUERS not in info:
        return ()
    given = a_list(info[_ISSUERS], at=at, clause=SECOND_EDITION)
    _require_some(given, most=limits.QUERY_CREDENTIALS, at=at)
    return tuple(typed(each, bytes, at=at, clause=SECOND_EDITION) for each in given)


def _uses(info: bytes, *, count: int, at: str) -> tuple[UseCase, ...]:
    held = read_map(info, at=at, clause=SECOND_EDITION)
    if "useCases" not in held:
        return ()
    at = f"{at}/useCases"
    given = a_list(held["useCases"], at=at, clause=SECOND_EDITION)
    _require_some(given, most=limits.MDOC_USE_CASES, at=at)
    return tuple(_use(each, count=count, at=at) for each in given)


def _use(value: CborValue, *, count: int, at: str) -> UseCase:
    held = a_map(value, at=at, clause=SECOND_EDITION)
    mandatory = held.get("mandatory")
    if type(mandatory) is not bool:
        raise MalformedError("no mandatory", at=at, clause=SECOND_EDITION)
    sets = a_list(held.get("documentSets"), at=at, clause=SECOND_EDITION)
    _require_some(sets, most=limits.QUERY_OPTIONS, at=at)
    hints = a_map(held.get("purposeHints", {}), at=at, clause=SECOND_EDITION)
    return UseCase(
        tuple(_document_set(each, count=count, at=at) for each in sets),
        mandatory,
        MappingProxyType(
            {
                typed(name, str, at=at, clause=SECOND_EDITION): typed(
                    code, int, at=at, clause=SECOND_EDITION
                )
                for name, code in hints.items()
            }
        ),
    )


def _document_set(value: CborValue, *, count: int, at: str) -> tuple[int, ...]:
    given = a_list(value, at=at, clause=SECOND_EDITION)
    _require_some(given, most=count, at=at)
    places = tuple(typed(each, int, at=at, clause=SECOND_EDITION) for each in given)
    if len(set(places)) < len(places) or not all(0 <= n < count for n in places):
        raise MalformedError("no such document", at=at, clause=SECOND_EDITION)
    return places


def items_request(
    doc_type: str, elements: Asked, *, issuers: Iterable[bytes] = ()
) -> ItemsRequest:
    """Return what is to be asked of one document, encoded.

    Raises:
        UsageError: nothing is asked for, or more than any wallet takes.
    """
    namespaces: CborMap = {}
    for name, each in elements.items():
        namespaces[name] = dict(each.items())
    held: CborMap = {"docType": doc_type, "nameSpaces": namespaces}
    accepted = tuple(issuers)
    if accepted:
        held["requestInfo"] = {_ISSUERS: list(accepted)}
    try:
        return _items(write_cbor(held), at="itemsRequest")
    except MalformedError as error:
        raise UsageError(f"no wallet takes this: {error}") from error


def request_info(uses: Iterable[UseCase]) -> bytes | None:
    """Return DeviceRequestInfo for those uses (second edition), None for none."""
    listed: list[CborValue] = [_use_value(each) for each in uses]
    return write_cbor({"useCases": listed}) if listed else None


def _use_value(use: UseCase) -> CborValue:
    held: CborMap = {
        "mandatory": use.mandatory,
        "documentSets": [list(each) for each in use.document_sets],
    }
    if use.hints:
        held["purposeHints"] = dict(use.hints.items())
    return held


def device_request(
    documents: Iterable[DocRequest],
    *,
    auth_all: Iterable[CborValue] = (),
    info: bytes | None = None,
) -> bytes:
    """Return a DeviceRequest (8.3.2.1.2.1).

    Its version is 1.0 unless it uses something of the second edition, so that every
    wallet reads what every wallet can.

    Raises:
        UsageError: no wallet takes it.
    """
    signed = list(auth_all)
    newer = signed or info is not None
    held: CborMap = {
        "version": _VERSION_FOR_ALL if newer else _VERSION,
        "docRequests": [_doc_value(each) for each in documents],
    }
    if info is not None:
        held["deviceRequestInfo"] = CborTag(ENCODED_CBOR, info)
    if signed:
        held["readerAuthAll"] = signed
    data = write_cbor(held)
    try:
        read_device_request(data, at="request")
    except MalformedError as error:
        raise UsageError(f"no wallet takes this request: {error}") from error
    return data


def _doc_value(document: DocRequest) -> CborValue:
    held: CborMap = {"itemsRequest": CborTag(ENCODED_CBOR, document.items.octets)}
    if document.auth is not None:
        held["readerAuth"] = document.auth
    return held
