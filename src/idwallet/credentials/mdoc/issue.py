"""Make mobile documents (ISO/IEC 18013-5 9.1.2.4, 9.1.2.5)."""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from idwallet import limits
from idwallet.codec.cbor import (
    ARRAY,
    BYTES,
    MAP,
    UNSIGNED,
    CborValue,
    write_cbor,
    write_cbor_head,
)
from idwallet.credentials.mdoc.elements import (
    ElementValue,
    tdate_text,
)
from idwallet.credentials.mdoc.members import TAG_24, CborMap
from idwallet.credentials.mdoc.mso import (
    HASHES,
    NOTHING_AUTHORIZED,
    Authorizations,
)
from idwallet.credentials.mdoc.transcript import tagged
from idwallet.credentials.mdoc.written import written_element
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.kinds import P256
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import (
    CoseForm,
    CoseHeaders,
    Naming,
    Sign1Signer,
    TagForm,
    labels,
    x5chain_parameter,
)
from idwallet.envelope.cose.structures import string_head
from idwallet.errors import UsageError
from idwallet.ports import Random
from idwallet.report import StatusListNeeded

if TYPE_CHECKING:  # whoever issues without a status need not load lists
    from idwallet.trust.identifier_list.structures import IdentifierReference
    from idwallet.trust.status_list import StatusReference

_SALT_BYTES: Final = 32
_PLACE_BYTES: Final = 8

Hasher = Callable[..., Any]
"""A constructor of hashlib."""


class MdocHash(StrEnum):
    """The digest algorithm of a document (9.1.2.5, table 21)."""

    SHA_256 = "SHA-256"
    SHA_384 = "SHA-384"
    SHA_512 = "SHA-512"


@dataclass(frozen=True, slots=True, repr=False)
class Mdoc:
    """The content of a mobile document to issue.

    `elements` are by namespace and identifier; a `date` is issued as a full-date, an
    aware `datetime` as a tdate, bytes as a byte string. `decoys` adds so many digests
    of nothing to each namespace, so that the number of elements does not show.
    `authorizations` is what the device may sign by itself. `expected_update` is when
    the issuer means to issue anew. `status` is where the document's status will stand,
    as `StatusIssuer.allocate` gives it out; one on an identifier list is of the second
    edition's draft.
    """

    doc_type: str
    elements: Mapping[str, Mapping[str, ElementValue]]
    hash: MdocHash = MdocHash.SHA_256
    decoys: int = 0
    authorizations: Authorizations = NOTHING_AUTHORIZED
    expected_update: datetime | None = None
    status: "StatusReference | StatusListNeeded | IdentifierReference | None" = field(
        default=None
    )

    def __repr__(self) -> str:
        """Show type and number of elements only."""
        count = sum(map(len, self.elements.values()))
        return f"Mdoc({self.doc_type!r}, <{count} elements>)"


@dataclass(frozen=True, slots=True)
class Life:
    """From when until when a document holds; all aware."""

    signed: datetime
    valid_from: datetime
    valid_until: datetime


def require_issuable(content: Mdoc) -> None:
    """Refuse content that no reader takes, or that would say something by accident.

    Raises:
        UsageError: no type, no element, an empty name, more than any reader takes.
    """
    if not content.doc_type or not content.elements:
        raise UsageError("a document has a type and at least one element")
    for namespace, elements in content.elements.items():
        if not namespace or not elements or not all(elements):
            raise UsageError("a namespace has a name, and elements that have names")
        if len(elements) + content.decoys > limits.MDOC_DIGESTS:
            raise UsageError("more elements than any reader takes")
    if len(content.elements) > limits.MDOC_NAMESPACES:
        raise UsageError("more namespaces than any reader takes")
    if content.decoys < 0:
        raise UsageError("a number of decoys is not negative")
    if content.authorizations.namespaces & content.authorizations.elements.keys():
        raise UsageError("the device signs a whole namespace, or elements of it")


class IssuedItems(NamedTuple):
    """The elements of a document, encoded, and the digests of each namespace.

    `namespaces` are the encoded map of IssuerSignedItemBytes; `digests` the encoded map
    of digests. Both are deterministic CBOR.
    """

    namespaces: bytes
    digests: bytes

    def __repr__(self) -> str:
        """Show nothing of it: it is personal data."""
        return "IssuedItems(<...>)"


def issuer_items(content: Mdoc, *, random: Random) -> IssuedItems:
    """Encode the elements and their digests.

    Elements keep the order that they were given in. Which digest is whose cannot be
    told: identifiers are drawn in a random order, decoys among them.

    Raises:
        UsageError: a value is of another type than its namespace demands.
    """
    hashed = getattr(hashlib, HASHES[content.hash])
    items: list[bytes] = []
    digests: list[bytes] = []
    for namespace in sorted(content.elements, key=_text):
        listed, found = _of_namespace(namespace, content, hashed=hashed, random=random)
        name = _text(namespace)
        items += (name, write_cbor_head(ARRAY, len(listed)), *listed)
        digests += (name, write_cbor_head(MAP, len(found)), *found)
    head = write_cbor_head(MAP, len(content.elements))
    return IssuedItems(head + b"".join(items), head + b"".join(digests))


def _of_namespace(
    namespace: str, content: Mdoc, *, hashed: Hasher, random: Random
) -> tuple[list[bytes], list[bytes]]:
    """Return the items in their order, and the entries of the map of digests."""
    elements = content.elements[namespace]
    size = len(elements) + content.decoys
    salts = random(size * _SALT_BYTES)
    places = _shuffled(size, random=random)
    digest_head = write_cbor_head(BYTES, hashed().digest_size)
    listed: list[bytes] = []
    found: list[bytes] = [b""] * size
    start = 0
    for (name, value), place in zip(elements.items(), places, strict=False):
        end = start + _SALT_BYTES
        number, middle = _numbered(place)
        said = written_element(namespace, name, value=value)
        octets = b"".join((_RANDOM, salts[start:end], middle, said, _named(name)))
        item = _item_head(len(octets)) + octets
        listed.append(item)
        found[place] = number + digest_head + hashed(item).digest()
        start = end
    for place in places[len(elements) :]:
        end = start + _SALT_BYTES
        # Of nothing that anybody could show.
        digest = hashed(_DECOY + salts[start:end]).digest()
        found[place] = write_cbor_head(UNSIGNED, place) + digest_head + digest
        start = end
    return listed, found


# Heads are few, and asked for twenty times a document.
@lru_cache(maxsize=1024)
def _item_head(size: int) -> bytes:
    return TAG_24 + string_head(size)


@lru_cache(maxsize=1024)
def _numbered(place: int) -> tuple[bytes, bytes]:
    """Return a digest identifier, and it with what stands around it in an item."""
    number = write_cbor_head(UNSIGNED, place)
    return number, _DIGEST_ID + number + _VALUE


# The members of an item in the order of their encodings (RFC 8949 4.2.1).
_RANDOM: Final = b"\xa4" + write_cbor("random") + write_cbor_head(BYTES, _SALT_BYTES)
_DIGEST_ID: Final = write_cbor("digestID")
_VALUE: Final = write_cbor("elementValue")
_IDENTIFIER: Final = write_cbor("elementIdentifier")
_DECOY: Final = b"decoy"


@lru_cache(maxsize=1024)
def _text(name: str) -> bytes:
    return write_cbor(name)


@lru_cache(maxsize=1024)
def _named(element: str) -> bytes:
    return _IDENTIFIER + write_cbor(element)


def _shuffled(size: int, *, random: Random) -> list[int]:
    """Return the numbers below `size` in an order that nobody can foretell.

    Eight random octets each: that two are the same, and the order of those two known,
    happens once in 2^51 for 4,096 of them.
    """
    octets = random(size * _PLACE_BYTES)
    keys = [octets[n * _PLACE_BYTES : (n + 1) * _PLACE_BYTES] for n in range(size)]
    order = sorted(range(size), key=keys.__getitem__)
    places = [0] * size
    for place, n in enumerate(order):
        places[n] = place
    return places


def mso_bytes(
    content: Mdoc, *, digests: bytes, device_key: PublicKey, life: Life
) -> bytes:
    """Return MobileSecurityObjectBytes: what the issuer signs.

    `digests` are those of `issuer_items`.
    """
    # The members in the order of their encodings (RFC 8949 4.2.1).
    status = b""
    if content.status is not None:
        status = _STATUS + write_cbor(_status(content.status))
    return tagged(
        b"".join(
            (
                write_cbor_head(MAP, 7 if status else 6),
                status,
                _DOC_TYPE,
                _text(content.doc_type),
                _VERSION,
                _VALIDITY,
                _validity(life, content.expected_update),
                _DIGESTS,
                digests,
                _KEY_INFO,
                _key_info(device_key, content.authorizations),
                _ALGORITHM,
                _text(content.hash.value),
            )
        )
    )


def _validity(life: Life, update: datetime | None) -> bytes:
    moments = [life.signed, life.valid_from, life.valid_until]
    if update is not None:
        moments.append(update)
    members = zip(_MOMENTS, map(tdate_text, moments), strict=False)
    return write_cbor_head(MAP, len(moments)) + b"".join(
        [name + text.encode("ascii") for name, text in members]
    )


# Each with the heads of tag and text behind it: every moment has 20 characters.
_MOMENTS: Final = tuple(
    write_cbor(name) + b"\xc0\x74"
    for name in ("signed", "validFrom", "validUntil", "expectedUpdate")
)
_STATUS: Final = write_cbor("status")
_DOC_TYPE: Final = write_cbor("docType")
_VERSION: Final = write_cbor("version") + write_cbor("1.0")
_VALIDITY: Final = write_cbor("validityInfo")
_DIGESTS: Final = write_cbor("valueDigests")
_KEY_INFO: Final = write_cbor("deviceKeyInfo")
_ALGORITHM: Final = write_cbor("digestAlgorithm")


def _key_info(device_key: PublicKey, authorizations: Authorizations) -> bytes:
    if device_key.kind is P256 and not (
        authorizations.namespaces or authorizations.elements
    ):
        point = device_key.spki[len(P256.head) :]
        return b"".join((_POINT, point[: P256.size], _AND_Y, point[P256.size :]))
    key: CborMap = {}
    for label, value in device_key.to_cose().items():
        key[label] = value
    held: CborMap = {"deviceKey": key}
    allowed = _authorizations(authorizations)
    if allowed:
        held["keyAuthorizations"] = allowed
    return write_cbor(held)


# {"deviceKey": {1: 2, -1: 1, -2: x, -3: y}}, as far as x and y.
_POINT: Final = b"\xa1\x69deviceKey\xa4\x01\x02\x20\x01\x21\x58\x20"
_AND_Y: Final = b"\x22\x58\x20"


def _names(names: Iterable[str]) -> list[CborValue]:
    listed: list[CborValue] = []
    for each in sorted(names):
        listed.append(each)  # noqa: PERF402 - the list is of more than text
    return listed


def _authorizations(allowed: Authorizations) -> CborMap:
    held: CborMap = {}
    if allowed.namespaces:
        held["nameSpaces"] = _names(allowed.namespaces)
    if allowed.elements:
        held["dataElements"] = {
            name: _names(each) for name, each in allowed.elements.items()
        }
    return held


def _status(
    status: "StatusReference | StatusListNeeded | IdentifierReference",
) -> CborMap:
    """Return the member ``status`` (Token Status List 6.3; second edition 12.3.6)."""
    if isinstance(status, StatusListNeeded) or hasattr(status, "index"):
        return {"status_list": {"idx": status.index, "uri": status.uri}}
    listed: CborMap = {"id": status.identifier, "uri": status.uri}
    if status.certificate is not None:
        listed["certificate"] = status.certificate
    return {"identifier_list": listed}


def document_signer(signer: Signer, chain: tuple[bytes, ...]) -> Sign1Signer:
    """Return what signs documents: untagged, the chain outside of the signature.

    (9.1.2.4.) `chain` holds DER certificates, the signer's own first, without the root.
    """
    outside: CborMap = {labels.X5CHAIN: x5chain_parameter(chain)}
    headers = CoseHeaders({}, outside)
    return Sign1Signer(signer, headers=headers, form=_FORM)


_FORM: Final = CoseForm(TagForm.UNTAGGED, naming=Naming.CURVE_OF_KEY)


def issuer_signed_bytes(items: IssuedItems, auth: bytes) -> bytes:
    """Return IssuerSigned (8.3.2.1.2.2), to be handed out; `auth` is encoded."""
    return b"".join((_AUTH, auth, _NAMESPACES, items.namespaces))


_AUTH: Final = b"\xa2" + write_cbor("issuerAuth")
_NAMESPACES: Final = write_cbor("nameSpaces")


def whole_seconds(moment: datetime) -> datetime:
    """Return a moment in UTC without parts of a second (9.1.2.4)."""
    if moment.tzinfo is UTC and not moment.microsecond:
        return moment
    return datetime.fromtimestamp(math.floor(moment.timestamp()), tz=UTC)
