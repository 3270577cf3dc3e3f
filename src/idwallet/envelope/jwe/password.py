"""Encryption with a password: PBES2 (RFC 7518 4.8), as EU TS10 has it."""

from typing import Final, NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.seal import random_bytes
from idwallet.envelope.jwe.structures import (
    ContentEncryption,
    Decrypted,
    Jwe,
    open_content,
    own_members,
    read_jwe,
    seal_content,
    wrong_key,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.ports import Random

PASSWORD_ROUNDS: Final = 1_000_000
"""Rounds of PBKDF2 that a guess costs; about half a second on one core."""

_ROUNDS_LEAST: Final = 1_000  # RFC 7518 §4.8.1.2
_SALT_LEAST: Final = 8  # RFC 7518 §4.8.1.1
_SALT_BYTES: Final = 16
_SALT_MOST: Final = 1_024


class _Scheme(NamedTuple):
    """How a password becomes the key that wraps the content's key."""

    alg: str
    digest: HashAlgorithm
    key_bytes: int


_STANDARD: Final = _Scheme("PBES2-HS256+A128KW", SHA256(), 16)
_SCHEMES: Final = {
    each.alg: each for each in (_STANDARD, _Scheme("PBES2-HS512+A256KW", SHA512(), 32))
}


def encrypt_with_password(
    plaintext: bytes,
    password: bytes,
    *,
    random: Random,
    rounds: int = PASSWORD_ROUNDS,
    header: JsonObject | None = None,
) -> str:
    """Return the message that whoever knows the password can read.

    PBES2-HS256+A128KW and A128GCM, which EU TS10 section 5 demands. Others may refuse
    so many `rounds` as are safe today; fewer are for a receiver that is known to.

    Raises:
        UsageError: an empty password, or rounds out of bounds.
        UnsupportedError: `header` says what follows from the password.
    """
    if not password:
        raise UsageError("a password must not be empty")
    if not _ROUNDS_LEAST <= rounds <= limits.KEY_DERIVATION_ROUNDS:
        raise UsageError("a number of rounds out of bounds (RFC 7518 4.8.1.2)")
    enc = ContentEncryption.A128GCM
    salt = random_bytes(random, _SALT_BYTES)
    members: JsonObject = {
        **own_members(header or {}),
        "alg": _STANDARD.alg,
        "enc": enc.value,
        "p2s": b64.encode(salt),
        "p2c": rounds,
    }
    key = random_bytes(random, enc.key_bytes)
    wrapping = _derived(_STANDARD, password, salt=salt, rounds=rounds)
    return seal_content(
        plaintext,
        key,
        header=members,
        encrypted_key=aes_key_wrap(wrapping, key),
        random=random,
    )


def decrypt_with_password(
    token: str | bytes,
    password: bytes,
    *,
    at: str,
    max_bytes: int = limits.JWE_BYTES,
) -> Decrypted:
    """Open a message that was encrypted with that password.

    Raises:
        WrongKey: it is another password, or the message was changed.
        LimitError: the message is longer than `max_bytes`, or asks for more rounds than
            `limits.KEY_DERIVATION_ROUNDS`: a stranger's file must not keep us busy.
        MalformedError: it breaks RFC 7516 or RFC 7518.
        UnsupportedError: it is encrypted in another way.
    """
    jwe = read_jwe(token, at=at, max_bytes=max_bytes)
    scheme = _SCHEMES.get(jwe.header.alg)
    if scheme is None:
        raise UnsupportedError("algorithm", at=f"{at}/alg", clause="RFC 7518 §4.1")
    salt = _salt(jwe.header.members.get("p2s"), at=f"{at}/p2s")
    rounds = _rounds(jwe.header.members.get("p2c"), at=f"{at}/p2c")
    wrapping = _derived(scheme, password, salt=salt, rounds=rounds)
    return open_content(jwe, _unwrapped(jwe, wrapping, at=at), at=at)


def _derived(scheme: _Scheme, password: bytes, *, salt: bytes, rounds: int) -> bytes:
    # RFC 7518 §4.8.1.1: the name of the algorithm is part of the salt.
    salted = scheme.alg.encode("ascii") + b"\x00" + salt
    return PBKDF2HMAC(scheme.digest, scheme.key_bytes, salted, rounds).derive(password)


def _unwrapped(jwe: Jwe, wrapping: bytes, *, at: str) -> bytes:
    if len(jwe.encrypted_key) != jwe.header.enc.key_bytes + 8:
        raise MalformedError(
            "a wrapped key of another length", at=at, clause="RFC 7516 §5.2"
        )
    try:
        return aes_key_unwrap(wrapping, jwe.encrypted_key)
    except InvalidUnwrap as error:
        raise wrong_key(at) from error


def _salt(value: JsonValue, *, at: str) -> bytes:
    if not isinstance(value, str) or len(value) > _SALT_MOST:
        raise MalformedError("no salt", at=at, clause="RFC 7518 §4.8.1.1")
    salt = b64.decode(value, at=at, clause="RFC 7518 §4.8.1.1")
    if len(salt) < _SALT_LEAST:
        raise MalformedError("salt is too short", at=at, clause="RFC 7518 §4.8.1.1")
    return salt


def _rounds(value: JsonValue, *, at: str) -> int:
    if type(value) is not int or value < _ROUNDS_LEAST:
        raise MalformedError("too few rounds", at=at, clause="RFC 7518 §4.8.1.2")
    if value > limits.KEY_DERIVATION_ROUNDS:
        raise LimitError("too many rounds", at=at, clause="RFC 8018 §4.2")
    return value
