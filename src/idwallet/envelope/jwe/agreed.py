"""Encryption to somebody's key: ECDH-ES in direct key agreement (RFC 7518 4.6)."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.agreement import Agreement, EphemeralKey
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jwe.structures import (
    ContentEncryption,
    Decrypted,
    Jwe,
    open_content,
    own_members,
    read_jwe,
    seal_content,
)
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.ports import Random

_ALG: Final = "ECDH-ES"
_CURVES: Final = frozenset({"P-256", "P-384", "P-521"})
_INFO_BYTES: Final = 1_024
_USE: Final = frozenset({"use", "alg", "key_ops"})
_OPERATIONS: Final = frozenset({"deriveKey", "deriveBits"})


class Recipient(NamedTuple):
    """Whom a message is encrypted to: their key, and the name they gave it."""

    key: PublicKey
    kid: str | None


def read_recipient(jwk: Mapping[str, JsonValue], *, at: str) -> Recipient:
    """Read the key that somebody wants messages encrypted to (RFC 7517).

    Raises:
        MalformedError: a private key, a key for signatures, a broken encoding.
        UnsupportedError: another algorithm than ECDH-ES, or another curve.
    """
    if jwk.get("use", "enc") != "enc":
        raise MalformedError(
            "key is not for encryption", at=f"{at}/use", clause="RFC 7517 §4.2"
        )
    _require_derives(jwk.get("key_ops"), at=f"{at}/key_ops")
    # OpenID4VP 1.0 §8.3: the JWE alg is that of the key.
    if jwk.get("alg", _ALG) != _ALG:
        raise UnsupportedError(
            "algorithm of the key", at=f"{at}/alg", clause="RFC 7518 §4.1"
        )
    kid = jwk.get("kid")
    if not isinstance(kid, str | None):
        raise MalformedError("no string", at=f"{at}/kid", clause="RFC 7517 §4.5")
    # What is left speaks of the key alone; the reader knows keys for signatures.
    bare = {name: value for name, value in jwk.items() if name not in _USE}
    return Recipient(_agreeing(PublicKey.from_jwk(bare, at=at), at=at), kid)


def _require_derives(operations: JsonValue, *, at: str) -> None:
    if operations is None:
        return
    names = operations if isinstance(operations, list) else []
    if not any(each in _OPERATIONS for each in names if isinstance(each, str)):
        raise MalformedError("key derives nothing", at=at, clause="RFC 7517 §4.3")


def _agreeing(key: PublicKey, *, at: str) -> PublicKey:
    if key.kind.name not in _CURVES:
        raise UnsupportedError(
            "a key that does not agree", at=at, clause="RFC 7518 §6.2"
        )
    return key


def encrypt(
    plaintext: bytes,
    *,
    to: PublicKey,
    random: Random,
    enc: ContentEncryption = ContentEncryption.A128GCM,
    header: JsonObject | None = None,
) -> str:
    """Return the message that the owner of that key alone can read.

    `header` adds members as ``kid``, ``apu``, ``apv`` or ``cty``; the last two of
    agreement are base64url (RFC 7518 4.6.1). The message says nothing of who wrote it.

    Raises:
        UnsupportedError: the key is on no curve that agrees, or `header` says what
            follows from the key.
        MalformedError: ``apu`` or ``apv`` is no base64url.
        LimitError: the header is too long.
    """
    ephemeral = EphemeralKey.generate(_agreeing(to, at="recipient").kind.name)
    members: JsonObject = {
        **own_members(header or {}),
        "alg": _ALG,
        "enc": enc.value,
        "epk": ephemeral.public_key.to_jwk(),
    }
    key = _derived(ephemeral.agree(to), enc, members=members, at="header")
    return seal_content(
        plaintext, key, header=members, encrypted_key=b"", random=random
    )


def decrypt(
    token: str | bytes,
    *,
    key: Agreement,
    at: str,
    max_bytes: int = limits.JWE_BYTES,
) -> Decrypted:
    """Open a message that was encrypted to that key.

    Raises:
        WrongKey: it was encrypted to another key, or changed.
        LimitError: it passes `max_bytes`.
        MalformedError: it breaks RFC 7516 or RFC 7518.
        UnsupportedError: it is encrypted in another way.
        SignerError: the key's device could not.
    """
    jwe = read_jwe(token, at=at, max_bytes=max_bytes)
    if jwe.header.alg != _ALG:
        raise UnsupportedError("algorithm", at=f"{at}/alg", clause="RFC 7518 §4.1")
    if jwe.encrypted_key:  # RFC 7516 §5.2 step 10: direct agreement has none
        raise MalformedError(
            "a key beside the agreed one", at=at, clause="RFC 7516 §5.2"
        )
    return open_content(jwe, _agreed(jwe, key, at=at), at=at)


def _agreed(jwe: Jwe, key: Agreement, *, at: str) -> bytes:
    members = jwe.header.members
    epk = members.get("epk")
    place = f"{at}/epk"
    if not isinstance(epk, dict):
        raise MalformedError("no ephemeral key", at=place, clause="RFC 7518 §4.6.1.1")
    bare = {name: value for name, value in epk.items() if name not in _USE}
    peer = PublicKey.from_jwk(bare, at=place)
    # A point on another curve would make the key's device compute with it.
    if peer.kind is not key.public_key.kind:
        raise MalformedError("another curve", at=place, clause="RFC 7518 §4.6.1.1")
    try:
        secret = key.agree(peer)
    except UsageError as error:  # pragma: no cover - the curve was seen to
        raise MalformedError(
            "another curve", at=place, clause="RFC 7518 §4.6.1.1"
        ) from error
    return _derived(secret, jwe.header.enc, members=members, at=at)


def _derived(
    secret: bytes, enc: ContentEncryption, *, members: JsonObject, at: str
) -> bytes:
    """Derive the content encryption key (RFC 7518 4.6.2)."""
    info = b"".join(
        len(each).to_bytes(4) + each
        for each in (
            enc.value.encode("ascii"),
            _party(members, "apu", at=at),
            _party(members, "apv", at=at),
        )
    )
    bits = (8 * enc.key_bytes).to_bytes(4)
    return ConcatKDFHash(SHA256(), enc.key_bytes, info + bits).derive(secret)


def _party(members: JsonObject, name: str, *, at: str) -> bytes:
    value = members.get(name, "")
    if not isinstance(value, str) or len(value) > _INFO_BYTES:
        raise MalformedError(
            "no short string", at=f"{at}/{name}", clause="RFC 7518 §4.6.1.2"
        )
    return b64.decode(value, at=f"{at}/{name}", clause="RFC 7518 §4.6.1.2")
