"""Answers that the verifier alone can read (OpenID4VP 1.0 section 8.3).

The same for every way to answer: ``direct_post.jwt`` and ``dc_api.jwt``. The verifier
makes a key for each request and keeps it; the wallet encrypts the parameters of the
answer to it as a JWT that nobody signed.
"""

import hmac
from dataclasses import dataclass, field
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.seal import SealKey
from idwallet.envelope.jwe import (
    ContentEncryption,
    decrypt,
    encrypt,
    read_jwe_header,
    read_recipient,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.ports import Random

ALG: Final = "ECDH-ES"
JWKS: Final = "jwks"
CONTENTS: Final = "encrypted_response_enc_values_supported"
BOTH: Final = (ContentEncryption.A128GCM, ContentEncryption.A256GCM)
"""What a verifier takes: HAIP 1.0 section 5 wants both, and both named."""

_CLAUSE: Final = "OpenID4VP 1.0 §8.3"
_METADATA: Final = "OpenID4VP 1.0 §5.1"
_AT: Final = "/response"
_KEY: Final = b"idwallet answer key/1"


@dataclass(frozen=True, slots=True)
class EncryptTo:
    """To which key an answer is to be encrypted, and how its content may be.

    `kid` names the key within the request. `contents` are never empty; of those that a
    verifier named, the ones that are spoken here.
    """

    key: PublicKey
    kid: str
    contents: tuple[ContentEncryption, ...] = BOTH

    @property
    def thumbprint(self) -> bytes:
        """The SHA-256 thumbprint of the key (RFC 7638): devices sign it (B.2.6.1)."""
        return b64.decode(self.key.thumbprint, at="thumbprint", clause="RFC 7638 §3")

    @property
    def content(self) -> ContentEncryption:
        """The strongest of `contents`."""
        return max(self.contents, key=lambda each: each.key_bytes)

    def to_metadata(self) -> JsonObject:
        """Return the members of ``client_metadata`` that say so (section 5.1)."""
        jwk: JsonObject = {
            **self.key.to_jwk(),
            "use": "enc",
            "alg": ALG,
            "kid": self.kid,
        }
        return {JWKS: {"keys": [jwk]}, CONTENTS: [each.value for each in self.contents]}


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """The private key that one answer is to be read with; it serves one request."""

    key: EphemeralKey = field(repr=False)
    kid: str

    @staticmethod
    def generate(kid: str) -> "AnswerKey":
        """Make a new one on P-256, the curve that every wallet has (HAIP 1.0 §5)."""
        return AnswerKey(EphemeralKey.generate(), kid)

    @property
    def public(self) -> EncryptTo:
        """What the request says of it."""
        return EncryptTo(self.key.public_key, self.kid)

    def decrypted(self, token: str) -> JsonObject:
        """Return the parameters of an encrypted answer; see `decrypt_answer`."""
        return decrypt_answer(token, key=self)

    def to_sealed(self, *, key: SealKey, random: Random) -> bytes:
        """Return the private half, sealed."""
        return self.key.to_sealed(key=key, context=_KEY, random=random)

    @staticmethod
    def from_sealed(sealed: bytes, kid: str, *, key: SealKey, at: str) -> "AnswerKey":
        """Open what `to_sealed` sealed.

        Raises:
            MalformedError: another key sealed it, or it was changed.
        """
        opened = EphemeralKey.from_sealed(sealed, key=key, context=_KEY, at=at)
        return AnswerKey(opened, kid)


def read_encryption(metadata: JsonObject, *, at: str) -> EncryptTo:
    """Choose, of the keys and content encryptions in metadata, what to encrypt to.

    It is the first key that is for encryption and on a curve that is spoken. Keys for
    something else may stand beside it.

    Raises:
        MalformedError: there are no keys, one has no name or that of another, or one
            to encrypt to is broken or private.
        LimitError: more than `limits.METADATA_VALUES`.
        UnsupportedError: none of the keys or of the content encryptions is spoken.
    """
    place = f"{at}/{JWKS}"
    keys = _named_keys(metadata, at=place)
    contents = _contents(metadata, at=f"{at}/{CONTENTS}")
    for kid, jwk in keys.items():
        # §8.3: `alg` must be there, and the message is encrypted by it; `use` counts.
        if jwk.get("alg") != ALG or jwk.get("use", "enc") != "enc":
            continue
        try:
            return EncryptTo(read_recipient(jwk, at=place).key, kid, contents)
        except UnsupportedError:
            continue  # on another curve
    raise UnsupportedError("no key to encrypt to", at=place, clause=_CLAUSE)


def _named_keys(metadata: JsonObject, *, at: str) -> dict[str, JsonObject]:
    jwks = metadata.get(JWKS)
    listed = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(listed, list) or not listed:
        raise MalformedError("no keys to encrypt to", at=at, clause=_CLAUSE)
    if len(listed) > limits.METADATA_VALUES:
        raise LimitError("too many keys", at=at, clause=_METADATA)
    found: dict[str, JsonObject] = {}
    for each in listed:
        kid = each.get("kid") if isinstance(each, dict) else None
        if not isinstance(each, dict) or not isinstance(kid, str) or not kid:
            raise MalformedError("a key without a name", at=at, clause=_METADATA)
        if kid in found:
            raise MalformedError("two keys of one name", at=at, clause=_METADATA)
        found[kid] = each
    return found


def _contents(metadata: JsonObject, *, at: str) -> tuple[ContentEncryption, ...]:
    if CONTENTS not in metadata:
        return (ContentEncryption.A128GCM,)  # §5.1: the default
    listed = metadata[CONTENTS]
    if not isinstance(listed, list) or not listed:
        raise MalformedError("not a non-empty array", at=at, clause=_METADATA)
    if len(listed) > limits.METADATA_VALUES:
        raise LimitError("too many names", at=at, clause=_METADATA)
    if not all(isinstance(each, str) for each in listed):
        raise MalformedError("holds no names", at=at, clause=_METADATA)
    found = tuple(each for each in BOTH if each.value in listed)
    if not found:
        raise UnsupportedError("no content encryption", at=at, clause=_CLAUSE)
    return found


def encrypt_answer(parameters: JsonObject, *, to: EncryptTo, random: Random) -> str:
    """Return the parameters of an answer as a JWT that the verifier alone can read.

    Raises:
        UsageError: the random source is broken.
    """
    return encrypt(
        write_json(dict[str, JsonValue](parameters)),
        to=to.key,
        random=random,
        enc=to.content,
        header={"kid": to.kid},
    )


def decrypt_answer(token: str, *, key: AnswerKey) -> JsonObject:
    """Return the parameters of an answer that was encrypted to that key.

    The algorithm is that of the key, the content encryption one of those named in the
    request; a header may only agree.

    Raises:
        WrongKey: it was encrypted to another key, or changed.
        MalformedError: it is no JWE in the compact form, names another key, or holds
            no JSON object: a token inside, say.
        LimitError: longer than `limits.RESPONSE_BYTES`, or deeper than JSON may be.
        UnsupportedError: it is encrypted in another way, or compressed.
    """
    header = read_jwe_header(token, at=_AT, max_bytes=limits.RESPONSE_BYTES)
    kid = header.members.get("kid")
    if not isinstance(kid, str) or not hmac.compare_digest(
        kid.encode("utf-8", "surrogatepass"), key.kid.encode()
    ):
        # §8.3: the name of the key in the request must stand in the header.
        raise MalformedError("encrypted to another key", at=_AT, clause=_CLAUSE)
    opened = decrypt(token, key=key.key, at=_AT, max_bytes=limits.RESPONSE_BYTES)
    return read_object(
        opened.plaintext, at=_AT, clause=_CLAUSE, max_bytes=limits.RESPONSE_BYTES
    )
