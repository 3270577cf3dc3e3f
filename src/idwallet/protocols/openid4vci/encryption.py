"""What is said about encrypting requests and responses (OpenID4VCI 1.0 section 10)."""

from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.cursor import Cursor

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
