"""Addresses of tokens and their keys (RFC 7512)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from idwallet.errors import MalformedError, UnsupportedError, UsageError

_RFC: Final = "RFC 7512 §2.3"
_IGNORED: Final = frozenset(
    {
        "manufacturer",
        "model",
        "library-manufacturer",
        "library-description",
        "library-version",
        "slot-manufacturer",
        "slot-description",
        "slot-id",
    }
)


@dataclass(frozen=True, slots=True)
class TokenAddress:
    """A PKCS #11 URI (RFC 7512): which module, token and object.

    What is None was not said. `module_path` is a shared library that is loaded into
    this process: take a URI from nobody who may not run code here. Where neither the
    URI nor the call names it, the environment's ``PKCS11_MODULE_PATH`` does, as it does
    for OpenSSL's engine.
    """

    module_path: str
    token: str | None = None
    serial: str | None = None
    object: str | None = None
    id: bytes | None = None

    @classmethod
    def from_uri(cls, uri: str, *, module_path: str | None = None) -> "TokenAddress":
        """Read the URI; `module_path` is the module where the URI names none.

        Raises:
            MalformedError: not such a URI, or an attribute twice or of no meaning.
            UnsupportedError: an attribute that this library does not match on.
            UsageError: no module, two that differ, or a PIN in the URI.
        """
        scheme, _, rest = uri.partition(":")
        if scheme.lower() != "pkcs11":
            raise MalformedError("not a pkcs11 URI", at="key URI", clause=_RFC)
        path, _, query = rest.partition("?")
        said = _attributes(path, separator=";") | _attributes(query, separator="&")
        module = _module(_text(said.pop("module-path", None)), module_path)
        token, serial, name = (
            _text(said.pop(each, None)) for each in ("token", "serial", "object")
        )
        identity = said.pop("id", None)
        _require_no_more(said)
        return cls(module, token, serial, name, identity)


def _module(in_uri: str | None, in_call: str | None) -> str:
    if in_uri and in_call and in_uri != in_call:
        raise UsageError("the URI and the call name two different modules")
    module = in_uri or in_call or os.environ.get("PKCS11_MODULE_PATH")
    if not module:
        raise UsageError(
            "name the token's module: module-path in the URI, or PKCS11_MODULE_PATH"
        )
    return module


def _attributes(part: str, *, separator: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for piece in part.split(separator) if part else ():
        name, equals, value = piece.partition("=")
        if not (name and equals) or name in found:
            raise MalformedError(
                "attribute without a value or said twice", at="key URI", clause=_RFC
            )
        try:
            found[name] = unquote_to_bytes(value)
        except UnicodeEncodeError:  # it holds the value, which may be a PIN
            raise MalformedError(
                "attribute is no text", at="key URI", clause=_RFC
            ) from None
    return found


def _text(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:  # it holds the value, which may be a PIN
        raise MalformedError(
            "attribute is not UTF-8", at="key URI", clause=_RFC
        ) from None


def _require_no_more(said: Mapping[str, bytes]) -> None:
    if "pin-value" in said or "pin-source" in said:
        # RFC 7512 §3: URIs are logged, stored and listed by the system.
        raise UsageError("a PIN does not belong in a URI: pass ask_secret")
    if said.get("type", b"private") != b"private":
        raise UsageError("only private keys sign: leave type out")
    for name in said:
        # Ignoring what narrows the choice could choose another key (§2.3).
        if name in _IGNORED:
            raise UnsupportedError(
                "attribute not matched on", at="key URI", clause=_RFC
            )
        if name != "type":
            raise MalformedError("unknown attribute", at="key URI", clause=_RFC)
