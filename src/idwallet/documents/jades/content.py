"""What was signed: the document inside, apart, or named by ``sigD``.

Nothing that a signature names is ever fetched: whoever verifies brings it.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote, unquote

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.documents.model import Document, Documents, pieces
from idwallet.envelope.jws import JwsHeader
from idwallet.errors import LimitError, MalformedError, UnsupportedError

if TYPE_CHECKING:
    from hashlib import _Hash

_TS: Final = "TS 119 182-1"
BY_HASH: Final = "http://uri.etsi.org/19182/ObjectIdByURIHash"
BY_URI: Final = "http://uri.etsi.org/19182/ObjectIdByURI"
HASHES: Final = {
    "S256": "sha256",
    "S384": "sha384",
    "S512": "sha512",
    "sha-256": "sha256",
    "sha-384": "sha384",
    "sha-512": "sha512",
}
"""Names of digests (Annex E, and those of the IANA registry) and hashlib's."""


class References(NamedTuple):
    """``sigD`` (5.2.8): which documents were signed, and by which digests.

    `digests` and `hashed` are empty where the documents themselves were signed.
    """

    uris: tuple[str, ...]
    digests: tuple[bytes, ...]
    hashed: str


def read_references(header: JwsHeader, *, at: str) -> References | None:
    """Read ``sigD``; None where there is none.

    Raises:
        LimitError: it names more than `limits.JADES_REFERENCES` documents.
        MalformedError: it is not of its form.
        UnsupportedError: a mechanism that is not one of `BY_HASH` and `BY_URI`, a
            digest that is none of `HASHES`, or several documents that were signed in
            one piece.
    """
    if "sigD" not in header.parameters:
        return None
    place, clause = f"{at}/protected/sigD", f"{_TS} §5.2.8"
    value = header.parameters["sigD"]
    if not isinstance(value, dict):
        raise MalformedError("not an object", at=place, clause=clause)
    uris = _texts(value.get("pars"), at=f"{place}/pars")
    if len(set(uris)) != len(uris):
        # One document would be taken for two.
        raise MalformedError("a document twice", at=f"{place}/pars", clause=clause)
    mechanism = value.get("mId")
    if mechanism == BY_HASH:
        return _by_hash(uris, value, at=place)
    if mechanism != BY_URI:
        raise UnsupportedError("a way to name documents", at=place, clause=clause)
    if len(uris) > 1:
        # Their octets were signed one behind the other: nothing says where one ends.
        raise UnsupportedError("documents in one piece", at=place, clause=clause)
    if "hashV" in value or "hashM" in value:
        clause = f"{_TS} §5.2.8.3.2"
        raise MalformedError("digests of documents", at=place, clause=clause)
    return References(uris, (), "")


def _by_hash(uris: tuple[str, ...], value: JsonObject, *, at: str) -> References:
    clause = f"{_TS} §5.2.8.3.3"
    hashed = HASHES.get(str(value.get("hashM")))
    if hashed is None:
        raise UnsupportedError("digest", at=f"{at}/hashM", clause=clause)
    place = f"{at}/hashV"
    listed = _texts(value.get("hashV"), at=place)
    digests = tuple(b64.decode(each, at=place, clause=clause) for each in listed)
    if len(digests) != len(uris):
        raise MalformedError("not a digest for each", at=place, clause=clause)
    return References(uris, digests, hashed)


def _texts(value: JsonValue, *, at: str) -> tuple[str, ...]:
    clause = f"{_TS} §5.2.8.1"
    if not isinstance(value, list) or not value:
        raise MalformedError("not an array of texts", at=at, clause=clause)
    if len(value) > limits.JADES_REFERENCES:
        raise LimitError("too many documents", at=at, clause="idwallet limits")
    found = tuple(each for each in value if isinstance(each, str))
    if len(found) != len(value):
        raise MalformedError("not an array of texts", at=at, clause=clause)
    return found


class Wanted(NamedTuple):
    """A digest of a document that will be asked for: of it, or of its base64url."""

    hashed: str
    encoded: bool


class Content:
    """One document, gone through once: digests of it, and its octets if kept."""

    __slots__ = ("_digests", "_octets")

    def __init__(self, document: Document, wanted: Iterable[Wanted]) -> None:
        """Go through the document; of a stream nothing is kept but the digests."""
        self._octets = document if isinstance(document, bytes) else None
        made = {each: hashlib.new(each.hashed) for each in wanted}
        encoded = [each for of, each in made.items() if of.encoded]
        plain = [each for of, each in made.items() if not of.encoded]
        left = b""
        for piece in pieces(document):
            for each in plain:
                each.update(piece)
            if encoded:
                # Whole groups of three octets are encoded by themselves.
                left += piece
                cut = len(left) - len(left) % 3
                _update(encoded, left[:cut])
                left = left[cut:]
        _update(encoded, left)
        self._digests = made

    @property
    def octets(self) -> bytes | None:
        """The document as a whole, None where it came as a stream."""
        return self._octets

    def hash_of(self, of: Wanted) -> "_Hash":
        """Return a hash that has gone through the document, to go on with."""
        return self._digests[of].copy()


def _update(hashes: Iterable["_Hash"], octets: bytes) -> None:
    text = b64.encode(octets).encode("ascii")
    for each in hashes:
        each.update(text)


class Brought:
    """What the caller brings of what was signed apart, gone through once.

    A stream is held as a whole, within `limits.ENVELOPED_BYTES`, only where `whole`
    says that a signature was made over the document itself.
    """

    __slots__ = ("_by_name", "_is_named", "_one")

    def __init__(
        self, documents: Documents | None, *, wanted: Iterable[Wanted], whole: bool
    ) -> None:
        """Go through each document.

        Raises:
            LimitError: a document that has to be held as a whole is too long.
        """
        wanted = tuple(wanted)
        self._by_name: dict[str, Content] = {}
        self._one: Content | None = None
        self._is_named = isinstance(documents, Mapping)
        if isinstance(documents, Mapping):
            for name, each in documents.items():
                self._by_name[name] = Content(_held(each, whole=whole), wanted)
        elif documents is not None:
            self._one = Content(_held(documents, whole=whole), wanted)

    @property
    def one(self) -> Content | None:
        """The one document that was brought, whatever it is called."""
        if self._is_named and len(self._by_name) == 1:
            return next(iter(self._by_name.values()))
        return self._one

    def named(self, uris: tuple[str, ...]) -> tuple[Content | None, ...]:
        """Return the documents of those names, None for each that is not here.

        One document that was brought without a name is the one that is named.
        """
        if not self._is_named and len(uris) == 1:
            return (self._one,)
        return tuple(self._find(uri) for uri in uris)

    def are_all_named(self, uris: Collection[str]) -> bool:
        """Say whether nothing was brought under a name that is not among these.

        Whoever brings more would take it for signed.
        """
        return self._by_name.keys() <= set(map(self._name, uris))

    @property
    def are_several(self) -> bool:
        """Whether more than one document was brought."""
        return len(self._by_name) > 1

    def _find(self, uri: str) -> Content | None:
        return self._by_name.get(self._name(uri))

    def _name(self, uri: str) -> str:
        """Return by which name a document is meant (RFC 3986 2.1).

        An escaped one goes before one that is spelled like the reference: else one
        document would be compared in the place of another.
        """
        plain = unquote(uri)
        return plain if plain in self._by_name else uri


def address(name: str) -> str:
    """Return what a document of that name is referred to by (RFC 3986 2.1)."""
    return quote(name, safe="/!$()*+,;=-._~")


def _held(document: Document, *, whole: bool) -> Document:
    if isinstance(document, bytes) or not whole:
        return document
    found = bytearray()
    for piece in pieces(document):
        found += piece
        if len(found) > limits.ENVELOPED_BYTES:
            what = "a document too long to be held"
            raise LimitError(what, at="document", clause="idwallet limits")
    return bytes(found)
