"""Decentralized identifiers: to which key a name leads (W3C DID Core 1.0).

    did:jwk:eyJrdHkiOiJFQyIs...#0        the key is the name itself
    did:key:zDnae...#zDnae...            the same, in another spelling
    did:web:shop.example#key-1           the key is in a document of that web site

Whoever makes a key makes a name of the first two kinds: they prove a key and say
nothing of anybody. A document of the third kind is never fetched here: somebody brings
it (`idwallet.trust.evidence.DidDocumentAtHand`).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from idwallet import limits
from idwallet.codec import b64, base58
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.codec.web import read_web_address
from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError

_CORE: Final = "W3C DID Core 1.0"
_SYNTAX: Final = f"{_CORE} §3.1"
_METHODS: Final = f"{_CORE} §5.2"
_KEY: Final = "did:key §3"
_JWK: Final = "did:jwk §2"
_WEB: Final = "did:web §3.1"

# What follows the method is of these characters alone, and nothing is spelled twice.
_DID: Final = re.compile(r"did:(?P<method>[a-z0-9]+):(?P<own>[A-Za-z0-9._:%-]+)")
_FRAGMENT: Final = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]+")
# A host, its port behind an encoded colon, and the parts of a path. No IP address.
_PLACE: Final = re.compile(
    r"(?P<host>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}"
    r"[a-z0-9])?)(?:%3[Aa](?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?::(?!\.{1,2}(?::|\Z))[A-Za-z0-9._-]+)*)"
)

# The unsigned varint of a multicodec, and the curve of the point behind it.
_CURVES: Final[tuple[tuple[bytes, ec.EllipticCurve], ...]] = (
    (b"\x80\x24", ec.SECP256R1()),
    (b"\x81\x24", ec.SECP384R1()),
    (b"\x82\x24", ec.SECP521R1()),
)
_ED25519: Final = b"\xed\x01"
_ED25519_BYTES: Final = 32
_JWK_JCS: Final = b"\xd1\xd6\x03"


class DidMethod(StrEnum):
    """The methods that are understood here."""

    JWK = "jwk"
    KEY = "key"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Did:
    """A decentralized identifier, taken apart; `own` is what its method reads."""

    text: str
    method: DidMethod
    own: str

    @property
    def address(self) -> str | None:
        """Where its document is published, None where the name holds the key."""
        return _address(self.own) if self.method is DidMethod.WEB else None

    def fragment(self, url: str) -> str | None:
        """Return what follows this identifier in a DID URL, None if it is another's."""
        head, mark, fragment = url.partition("#")
        if head != self.text or not mark or _FRAGMENT.fullmatch(fragment) is None:
            return None
        return fragment


def read_did(text: str, *, at: str) -> Did:
    """Take an identifier apart; a DID URL with a path, query or fragment is none.

    Raises:
        MalformedError: it is no DID, or one that breaks the rules of its method.
        LimitError: longer than `limits.CLIENT_ID_CHARACTERS`.
        UnsupportedError: a method that is not understood here.
    """
    if len(text) > limits.CLIENT_ID_CHARACTERS:
        raise LimitError("identifier too long", at=at, clause=_SYNTAX)
    found = _DID.fullmatch(text)
    if found is None:
        raise MalformedError("no decentralized identifier", at=at, clause=_SYNTAX)
    try:
        method = DidMethod(found["method"])
    except ValueError:
        raise UnsupportedError(
            "a method of identifiers not known here", at=at, clause=_SYNTAX
        ) from None
    did = Did(text, method, found["own"])
    if method is DidMethod.WEB:
        _address(did.own, at=at)
    return did


def key_in_name(did: Did, fragment: str, *, at: str) -> PublicKey | None:
    """Return the key that the name itself holds, None where that fragment has none.

    Raises:
        MalformedError: the name holds no public key, or is one of a document.
        LimitError: it is too long.
        UnsupportedError: a kind of key that is not verified here.
    """
    if did.method is DidMethod.JWK:
        # did:jwk 2: the one method of the document is #0.
        key = _of_jwk_name(did.own, at=at)
        return key if fragment == "0" else None
    if did.method is DidMethod.KEY:
        key = _of_multikey(did.own, at=at)
        return key if fragment == did.own else None
    raise MalformedError("a name that holds no key", at=at, clause=_WEB)


def key_in_document(document: bytes, *, did: Did, fragment: str) -> PublicKey | None:
    """Return the key of a verification method in a DID document, None if it has none.

    The document has to be that of `did`, and the method its own. Other methods in it
    may be of kinds that are not known here.

    Raises:
        MalformedError: it is no DID document, or another one's.
        LimitError: it is too long, or has too many methods.
        UnsupportedError: the method's key is of a kind not verified here.
    """
    at = "did document"
    members = read_object(
        document, at=at, clause=_CORE, max_bytes=limits.DID_DOCUMENT_BYTES
    )
    if members.get("id") != did.text:
        raise MalformedError("the document of another", at=f"{at}/id", clause=_CORE)
    listed = members.get("verificationMethod", [])
    place = f"{at}/verificationMethod"
    if not isinstance(listed, list):
        raise MalformedError("no list", at=place, clause=_METHODS)
    if len(listed) > limits.DID_METHODS:
        raise LimitError("too many methods", at=place, clause="idwallet limits")
    # A tuple: what stands there may be a list, and no set holds one.
    named = (f"{did.text}#{fragment}", f"#{fragment}")
    found = [e for e in listed if isinstance(e, dict) and e.get("id") in named]
    if not found:
        return None
    if len(found) > 1:
        raise MalformedError("an identifier stands twice", at=place, clause=_METHODS)
    if found[0].get("controller") != did.text:
        raise MalformedError(
            "a method that somebody else controls", at=place, clause=_METHODS
        )
    return _of_method(found[0], at=place)


def did_jwk(key: PublicKey) -> str:
    """Return the ``did:jwk`` identifier of a key; its only method is ``#0``.

    Raises:
        UsageError: the key has no JWK, as one on a Brainpool curve.
    """
    try:
        jwk = key.to_jwk()
    except UnsupportedError as error:
        raise UsageError("a key that has no JWK has no did:jwk") from error
    return f"did:jwk:{b64.encode(write_json(jwk))}"


def own_method(did: Did) -> str | None:
    """Return the DID URL of the one key of a name that holds it, else None."""
    if did.method is DidMethod.JWK:
        return f"{did.text}#0"
    return f"{did.text}#{did.own}" if did.method is DidMethod.KEY else None


def _of_jwk_name(own: str, *, at: str) -> PublicKey:
    jwk = read_object(b64.decode(own, at=at, clause=_JWK), at=at, clause=_JWK)
    return PublicKey.from_jwk(jwk, at=at)


def _of_method(method: JsonObject, *, at: str) -> PublicKey:
    jwk: JsonValue = method.get("publicKeyJwk")
    multikey = method.get("publicKeyMultibase")
    if isinstance(jwk, dict) and multikey is None:
        return PublicKey.from_jwk(jwk, at=f"{at}/publicKeyJwk")
    if isinstance(multikey, str) and jwk is None:
        return _of_multikey(multikey, at=f"{at}/publicKeyMultibase")
    raise UnsupportedError("a key written in another way", at=at, clause=_METHODS)


def _of_multikey(text: str, *, at: str) -> PublicKey:
    if text[:1] != "z":
        raise UnsupportedError("another base than base58btc", at=at, clause=_KEY)
    data = base58.decode(text[1:], at=at)
    for head, curve in _CURVES:
        if data.startswith(head):
            return _of_point(data[len(head) :], curve, at=at)
    if data.startswith(_ED25519):
        raw = data[len(_ED25519) :]
        if len(raw) != _ED25519_BYTES:
            raise MalformedError("a key of another length", at=at, clause=_KEY)
        jwk: JsonObject = {"kty": "OKP", "crv": "Ed25519", "x": b64.encode(raw)}
        return PublicKey.from_jwk(jwk, at=at)
    if data.startswith(_JWK_JCS):
        written = read_object(data[len(_JWK_JCS) :], at=at, clause=_KEY)
        return PublicKey.from_jwk(written, at=at)
    raise UnsupportedError("a kind of key not verified here", at=at, clause=_KEY)


def _of_point(data: bytes, curve: ec.EllipticCurve, *, at: str) -> PublicKey:
    """Return the key of a compressed point (did:key 3.1.2): the one spelling of it."""
    compressed = (curve.key_size + 7) // 8 + 1
    if len(data) != compressed or data[0] not in (2, 3):
        raise MalformedError("no compressed point", at=at, clause=_KEY)
    try:
        native = ec.EllipticCurvePublicKey.from_encoded_point(curve, data)
    except ValueError:
        raise MalformedError("no point of its curve", at=at, clause=_KEY) from None
    return PublicKey.from_native(native)


def _address(own: str, *, at: str = "did") -> str:
    """Return where a did:web document is (did:web 3.2).

    Raises:
        MalformedError: what follows the method names no host and path.
    """
    found = _PLACE.fullmatch(own)
    if found is None:
        raise MalformedError("no host and path", at=at, clause=_WEB)
    port = f":{found['port']}" if found["port"] else ""
    path = found["path"].replace(":", "/") or "/.well-known"
    uri = f"https://{found['host']}{port}{path}/did.json"
    read_web_address(uri, at=at)
    return uri
