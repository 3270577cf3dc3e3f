"""Requests and responses that the other side alone can read (OpenID4VCI 1.0 §10)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.credentials.cursor import Cursor
from idwallet.crypto.agreement import Agreement
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jwe import (
    ContentEncryption,
    Recipient,
    decrypt,
    encrypt,
    read_recipient,
)
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.ports import Random
from idwallet.protocols.http import HttpRequest, HttpResponse

ALG: Final = "ECDH-ES"
JWT: Final = "application/jwt"

_CLAUSE: Final = "OpenID4VCI 1.0 §12.2.4"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEncryption:
    """How an issuer takes encrypted requests.

    `keys` are public JWKs, each with a ``kid`` and an ``alg``. `contents` are names of
    content encryption.
    """

    keys: tuple[JsonObject, ...]
    contents: tuple[str, ...]
    required: bool

    def to_json(self) -> JsonObject:
        """Return the ``credential_request_encryption`` object."""
        return {
            "jwks": {"keys": list[JsonValue](self.keys)},
            "enc_values_supported": list[JsonValue](self.contents),
            "encryption_required": self.required,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseEncryption:
    """How an issuer encrypts what it answers."""

    algorithms: tuple[str, ...]
    contents: tuple[str, ...]
    required: bool

    def to_json(self) -> JsonObject:
        """Return the ``credential_response_encryption`` object."""
        return {
            "alg_values_supported": list[JsonValue](self.algorithms),
            "enc_values_supported": list[JsonValue](self.contents),
            "encryption_required": self.required,
        }


def read_request_encryption(root: Cursor) -> RequestEncryption | None:
    """Read ``credential_request_encryption``, None where it is not there.

    Raises:
        MalformedError: it breaks the form, or two keys have one name.
    """
    found = root.optional("credential_request_encryption")
    if found is None:
        return None
    keys = found.member("jwks").member("keys")
    listed = keys.elements(limit=limits.METADATA_VALUES)
    names = [each.member("kid").text() for each in listed]
    if len(set(names)) != len(names):
        raise keys.under(_CLAUSE).fault("two keys of one name")
    return RequestEncryption(
        keys=tuple(each.members() for each in listed),
        contents=_values(found, "enc_values_supported"),
        required=found.member("encryption_required").flag(),
    )


def read_response_encryption(root: Cursor) -> ResponseEncryption | None:
    """Read ``credential_response_encryption``, None where it is not there.

    Raises:
        MalformedError: it breaks the form.
    """
    found = root.optional("credential_response_encryption")
    if found is None:
        return None
    return ResponseEncryption(
        algorithms=_values(found, "alg_values_supported"),
        contents=_values(found, "enc_values_supported"),
        required=found.member("encryption_required").flag(),
    )


def _values(found: Cursor, name: str) -> tuple[str, ...]:
    return found.member(name).texts(limit=limits.METADATA_VALUES)


@dataclass(frozen=True, slots=True, repr=False)
class AnswerTo:
    """How an answer is asked for encrypted: to which key, and how its content."""

    key: PublicKey
    content: ContentEncryption
    kid: str | None = None

    def to_json(self) -> JsonObject:
        """Return the ``credential_response_encryption`` object of a request (8.2)."""
        jwk: JsonObject = {**self.key.to_jwk(), "use": "enc", "alg": ALG}
        if self.kid is not None:
            jwk["kid"] = self.kid
        return {"jwk": jwk, "enc": self.content.value}


def read_answer_to(document: JsonObject) -> AnswerTo:
    """Read how a wallet wants its answer encrypted.

    Raises:
        MalformedError: it breaks the form, or asks for compression, which tells of
            what is secret (RFC 8725 section 3.6) and is not offered.
        UnsupportedError: another algorithm than ECDH-ES, another curve or content.
    """
    root = Cursor(document, "/credential_response_encryption", "OpenID4VCI 1.0 §8.2")
    if root.optional("zip") is not None:
        raise root.fault("compression, which is not offered")
    jwk = root.member("jwk")
    if jwk.member("alg").text() != ALG:
        raise UnsupportedError("another alg", at=jwk.at, clause="OpenID4VCI 1.0 §10")
    to = read_recipient(jwk.members(), at=jwk.at)
    return AnswerTo(to.key, content_of(root.member("enc").text()), to.kid)


def content_of(name: str) -> ContentEncryption:
    """Return a content encryption by its name.

    Raises:
        UnsupportedError: it is none that is spoken.
    """
    try:
        return ContentEncryption(name)
    except ValueError:
        raise UnsupportedError(
            "a content encryption that is not spoken", clause="RFC 7518 §5.1"
        ) from None


def encrypted_request(
    url: str, value: JsonObject, *, to: RequestEncryption, random: Random
) -> HttpRequest:
    """Return a POST that the issuer alone can read (section 10).

    Raises:
        UnsupportedError: none of its keys, or of its content encryptions, is spoken.
    """
    recipient = _chosen(to)
    token = encrypt(
        write_json(value),
        to=recipient.key,
        random=random,
        enc=preferred(to.contents),
        header={} if recipient.kid is None else {"kid": recipient.kid},
    )
    return HttpRequest("POST", url, (("Content-Type", JWT),), token.encode())


def preferred(names: tuple[str, ...]) -> ContentEncryption:
    """Return the strongest content encryption among those named.

    Raises:
        UnsupportedError: none of them is spoken.
    """
    for each in (ContentEncryption.A256GCM, ContentEncryption.A128GCM):
        if each.value in names:
            return each
    raise UnsupportedError("no content encryption in common", clause=_CLAUSE)


def _chosen(to: RequestEncryption) -> Recipient:
    for each in to.keys:
        try:
            if each.get("alg") == ALG:
                return read_recipient(each, at="jwks")
        except UnsupportedError:
            continue  # a key of a kind that is not spoken stands beside others
    raise UnsupportedError("no key to encrypt to", at="jwks", clause=_CLAUSE)


def decrypted(
    message: HttpRequest | HttpResponse, *, key: Agreement, contents: Collection[str]
) -> JsonObject:
    """Return the JSON object inside an encrypted message.

    `contents` are the content encryptions that it may have: what the metadata name.

    Raises:
        MalformedError: it is not to that key, was changed, holds no object, or is
            encrypted in another way than was agreed.
        UnsupportedError: it is encrypted in a way that is not spoken.
    """
    opened = decrypt(message.body, key=key, at="body", max_bytes=limits.HTTP_BODY_BYTES)
    if opened.header.enc.value not in contents:
        raise MalformedError("another enc than is named", at="body", clause=_CLAUSE)
    return read_object(opened.plaintext, at="body", max_bytes=limits.HTTP_BODY_BYTES)


def encrypted_response(
    response: HttpResponse, *, to: AnswerTo, random: Random
) -> HttpResponse:
    """Return an answer that the wallet alone can read (section 10)."""
    token = encrypt(
        response.body,
        to=to.key,
        random=random,
        enc=to.content,
        header={} if to.kid is None else {"kid": to.kid},
    )
    headers = tuple(e for e in response.headers if e[0].lower() != "content-type")
    return HttpResponse(
        response.status, (("Content-Type", JWT), *headers), token.encode()
    )
