"""What travels between a page and a wallet: a protocol's name and its data.

page -> wallet   {"requests": [{"protocol": "openid4vp-v1-signed", "data": {...}}]}
wallet -> page   {"protocol": "openid4vp-v1-signed", "data": {"vp_token": {...}}}
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from idwallet import limits
from idwallet.codec.frozen import FrozenObject
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.protocols.openid4vp.message import read_text

_API: Final = "W3C Digital Credentials API §3"
_PROTOCOL: Final = "OpenID4VP 1.0 §A.1"


class PageProtocol(StrEnum):
    """How a page asks (OpenID4VP 1.0 section A.1, ISO/IEC TS 18013-7 Annex C)."""

    UNSIGNED = "openid4vp-v1-unsigned"
    SIGNED = "openid4vp-v1-signed"
    MULTISIGNED = "openid4vp-v1-multisigned"
    ISO_MDOC = "org-iso-mdoc"


_BY_NAME: Final = {each.value: each for each in PageProtocol}


@dataclass(frozen=True, slots=True)
class PageMessage:
    """One request of a page; nothing of it is verified."""

    protocol: PageProtocol
    data: Mapping[str, JsonValue] = field(repr=False)

    def to_json(self) -> JsonObject:
        """Return the DigitalCredentialGetRequest: what goes into ``requests``."""
        return {"protocol": self.protocol.value, "data": {**self.data}}

    def to_bytes(self) -> bytes:
        """Return the same as JSON text."""
        return write_json(self.to_json())


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What a wallet answered a page; nothing of it is verified."""

    protocol: PageProtocol
    data: Mapping[str, JsonValue] = field(repr=False)

    def to_json(self) -> JsonObject:
        """Return the DigitalCredential as it is in JSON."""
        return {"protocol": self.protocol.value, "data": {**self.data}}

    def to_bytes(self) -> bytes:
        """Return the same as JSON text."""
        return write_json(self.to_json())


def read_page_message(raw: str | bytes | Mapping[str, JsonValue]) -> PageMessage:
    """Read what a platform hands to a wallet: one request, or a list of them.

    Of a list it is the first whose protocol is spoken here; a page names what it likes
    best first.

    Raises:
        MalformedError: it is no such object, or a member stands twice.
        LimitError: more than `limits.REQUEST_BYTES`, or `limits.PAGE_REQUESTS`.
        UnsupportedError: no protocol that is spoken here.
    """
    found = _object(raw, max_bytes=limits.REQUEST_BYTES, at="request")
    if "requests" not in found:
        return PageMessage(*_parts(found, at="request"))
    listed = found["requests"]
    if not isinstance(listed, list) or not listed:
        raise MalformedError("not a non-empty list", at="/requests", clause=_API)
    if len(listed) > limits.PAGE_REQUESTS:
        raise LimitError("too many requests", at="/requests", clause="idwallet limits")
    for number, each in enumerate(listed):
        at = f"/requests/{number}"
        if not isinstance(each, dict):
            raise MalformedError("not an object", at=at, clause=_API)
        name = each.get("protocol")
        if isinstance(name, str) and name in _BY_NAME:
            return PageMessage(*_parts(each, at=at))
    raise UnsupportedError("no protocol known here", at="/requests", clause=_PROTOCOL)


def read_page_answer(raw: str | bytes | Mapping[str, JsonValue]) -> PageAnswer:
    """Read what a page got from a wallet: ``JSON.stringify`` of a DigitalCredential.

    Raises:
        MalformedError: it is no such object, or a member stands twice.
        LimitError: more than `limits.RESPONSE_BYTES`.
        UnsupportedError: a protocol that is not spoken here.
    """
    found = _object(raw, max_bytes=limits.RESPONSE_BYTES, at="response")
    return PageAnswer(*_parts(found, at="response"))


def _object(
    raw: str | bytes | Mapping[str, JsonValue], *, max_bytes: int, at: str
) -> JsonObject:
    """Read a JSON object strictly, also one that somebody has read already."""
    if isinstance(raw, Mapping):
        try:
            raw = write_json(dict[str, JsonValue](raw))
        except (TypeError, ValueError, RecursionError):
            raise MalformedError("no JSON", at=at, clause=_API) from None
    data = read_text(raw, max_bytes=max_bytes, at=at)
    return read_object(data, at=at, clause=_API, max_bytes=max_bytes)


def _parts(
    found: JsonObject, *, at: str
) -> tuple[PageProtocol, Mapping[str, JsonValue]]:
    name, data = found.get("protocol"), found.get("data")
    if not isinstance(name, str):
        raise MalformedError("no protocol", at=f"{at}/protocol", clause=_API)
    protocol = _BY_NAME.get(name)
    if protocol is None:
        raise UnsupportedError(
            "a protocol not known here", at=f"{at}/protocol", clause=_PROTOCOL
        )
    if not isinstance(data, dict):
        raise MalformedError("not an object", at=f"{at}/data", clause=_API)
    return protocol, FrozenObject(data)
