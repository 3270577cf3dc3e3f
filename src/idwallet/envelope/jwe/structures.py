"""The compact serialisation of a JWE (RFC 7516 section 7.1), and its content."""

from enum import StrEnum
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.crypto.seal import random_bytes
from idwallet.errors import LimitError, MalformedError, UnsupportedError, WrongKey
from idwallet.ports import Random

_PARTS: Final = 5
_IV_BYTES: Final = 12
_TAG_BYTES: Final = 16
_OWN: Final = frozenset({"alg", "enc", "epk", "p2s", "p2c", "zip", "crit"})
"""What no caller says: it follows from the key, or is refused."""


class ContentEncryption(StrEnum):
    """How the content is encrypted (RFC 7518 5.3)."""

    A128GCM = "A128GCM"
    A256GCM = "A256GCM"

    @property
    def key_bytes(self) -> int:
        """The length of the content encryption key."""
        return 16 if self is ContentEncryption.A128GCM else 32


class JweHeader(NamedTuple):
    """A protected header that was read; `members` are all of it, authentic only later.

    `alg` is what the message says it was encrypted with, no more.
    """

    alg: str
    enc: ContentEncryption
    members: JsonObject

    def __repr__(self) -> str:
        """Show the algorithms only."""
        return f"JweHeader({self.alg!r}, {self.enc.value!r})"


class Decrypted(NamedTuple):
    """What a message said; its header is authentic now."""

    plaintext: bytes
    header: JweHeader

    def __repr__(self) -> str:
        """Show the length only."""
        return f"Decrypted(<{len(self.plaintext)} octets>)"


class Jwe(NamedTuple):
    """A message taken apart; `protected` is the header as received, which is signed."""

    header: JweHeader
    protected: bytes
    encrypted_key: bytes
    iv: bytes
    ciphertext: bytes

    def __repr__(self) -> str:
        """Show the header's algorithms only."""
        return f"Jwe({self.header!r})"


def read_jwe_header(
    token: str | bytes, *, at: str, max_bytes: int = limits.JWE_BYTES
) -> JweHeader:
    """Return what a message says of itself, to find the key that opens it.

    Raises:
        LimitError, MalformedError, UnsupportedError: see `read_jwe`.
    """
    return read_jwe(token, at=at, max_bytes=max_bytes).header


def read_jwe(token: str | bytes, *, at: str, max_bytes: int = limits.JWE_BYTES) -> Jwe:
    """Take a compact JWE apart, opening nothing.

    Raises:
        LimitError: the message passes `max_bytes`, or its header its own bound.
        MalformedError: it breaks RFC 7516.
        UnsupportedError: another encryption, a critical extension, or compression.
    """
    if len(token) > max_bytes:
        raise LimitError("message too long", at=at, clause="RFC 7516 §7.1")
    try:
        raw = token.encode("ascii") if isinstance(token, str) else token
    except UnicodeEncodeError:
        raise MalformedError(
            "a character outside ASCII", at=at, clause="RFC 7516 §7.1"
        ) from None  # the error holds the message, whole
    parts = raw.split(b".", _PARTS)
    if len(parts) != _PARTS:
        raise MalformedError("not five parts", at=at, clause="RFC 7516 §7.1")
    header = _read_header(parts[0], at=f"{at}/header")
    names = ("encrypted key", "iv", "ciphertext", "tag")
    key, iv, ciphertext, tag = (
        b64.decode(part, at=f"{at}/{name}", clause="RFC 7516 §5.2")
        for name, part in zip(names, parts[1:], strict=True)
    )
    # AES-GCM takes shorter tags and other nonces, and is weak with them.
    if (len(iv), len(tag)) != (_IV_BYTES, _TAG_BYTES):
        raise MalformedError(
            "a nonce or tag of another length", at=at, clause="RFC 7518 §5.3"
        )
    return Jwe(header, parts[0], key, iv, ciphertext + tag)


def _read_header(part: bytes, *, at: str) -> JweHeader:
    if len(part) > limits.JWE_HEADER_BYTES:
        raise LimitError("header too long", at=at, clause="RFC 7516 §4")
    octets = b64.decode(part, at=at, clause="RFC 7516 §5.2")
    members = read_object(octets, at=at, clause="RFC 7516 §4")
    if "crit" in members:  # none is understood here
        raise UnsupportedError(
            "a critical extension", at=f"{at}/crit", clause="RFC 7516 §4.1.13"
        )
    if "zip" in members:
        raise UnsupportedError(
            "compressed content", at=f"{at}/zip", clause="RFC 8725 §3.6"
        )
    alg, enc = members.get("alg"), members.get("enc")
    if not isinstance(alg, str) or not isinstance(enc, str):
        raise MalformedError("no algorithms", at=at, clause="RFC 7516 §4.1.1")
    if enc not in frozenset(ContentEncryption):
        raise UnsupportedError(
            "content encryption", at=f"{at}/enc", clause="RFC 7518 §5.1"
        )
    return JweHeader(alg, ContentEncryption(enc), members)


def own_members(header: JsonObject) -> JsonObject:
    """Return what a caller adds to a header.

    Raises:
        UnsupportedError: a member that is not the caller's to say.
    """
    if not _OWN.isdisjoint(header):
        raise UnsupportedError(
            "a header member that follows from the key", clause="RFC 7516 §4.1"
        )
    return header


def seal_content(
    plaintext: bytes,
    key: bytes,
    *,
    header: JsonObject,
    encrypted_key: bytes,
    random: Random,
) -> str:
    """Encrypt the content and write the message down."""
    protected = b64.encode(write_json(header))
    if len(protected) > limits.JWE_HEADER_BYTES:
        raise LimitError("header too long", at="header", clause="idwallet limits")
    iv = random_bytes(random, _IV_BYTES)
    sealed = AESGCM(key).encrypt(iv, plaintext, protected.encode("ascii"))
    ciphertext, tag = sealed[:-_TAG_BYTES], sealed[-_TAG_BYTES:]
    parts = (encrypted_key, iv, ciphertext, tag)
    return ".".join((protected, *map(b64.encode, parts)))


def open_content(jwe: Jwe, key: bytes, *, at: str) -> Decrypted:
    """Decrypt the content with its content encryption key.

    Raises:
        WrongKey: it is not that of the message, or the message was changed.
    """
    try:
        plaintext = AESGCM(key).decrypt(jwe.iv, jwe.ciphertext, jwe.protected)
    except InvalidTag as error:
        raise wrong_key(at) from error
    return Decrypted(plaintext, jwe.header)


def wrong_key(at: str) -> WrongKey:
    """Return the one error for every way in which a message does not open."""
    return WrongKey(
        "the key or password does not open this message, or it was changed",
        at=at,
        clause="RFC 7516 §11.5",
    )
