"""How a request object travels: bare, in a URI, or in JSON."""

import re
from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec import json
from idwallet.codec.form import read_form, read_utf8, write_form
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError

_BY_VALUE: Final = "RFC 9101 §5"
_BY_REFERENCE: Final = "RFC 9101 §5.2"
_LIMITS: Final = "idwallet limits"
_SIGNED: Final = "OpenID4VP 1.0 §5"

_SCHEME: Final = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:")
_SCHEME_NAME: Final = re.compile(r"[a-z][a-z0-9+.-]*")


@dataclass(frozen=True, slots=True)
class RequestMessage:
    """A signed request object on its way to a wallet. All of it is public.

    `raw` is the signed JWT, `client_id` the identifier that also stands inside it
    (RFC 9101 section 5 asks for both).
    """

    raw: str
    client_id: str

    def to_uri(self, scheme: str = "openid4vp") -> str:
        """Return the request as a URI, for a link or a QR code.

        Such a link, several kilobytes long, fits where messages are carried; a QR
        code at a till does not hold it (OpenID4VP 1.0 section 5.7).

        Raises:
            UsageError: `scheme` is not a lower-case URI scheme.
        """
        if _SCHEME_NAME.fullmatch(scheme) is None:
            raise UsageError("scheme must be a lower-case URI scheme without a colon")
        return f"{scheme}://?{write_form(self._parameters())}"

    def to_json(self) -> str:
        """Return the request as a JSON document, for a message or a file."""
        return json.write_json({**self._parameters()}).decode()

    def _parameters(self) -> dict[str, str]:
        return {"client_id": self.client_id, "request": self.raw}


@dataclass(frozen=True, slots=True)
class Carried:
    """What came out of a carrier; nothing about it is verified.

    `client_id` is the identifier beside the token, None where the carrier had none.
    """

    token: bytes
    client_id: str | None


def read_carrier(raw: str | bytes) -> Carried:
    """Take the request object out of whatever carried it.

    It may be the bare JWT, a URI of any scheme with ``client_id`` and ``request``, or
    a JSON object with these members. Other parameters are ignored, as the standard
    asks: only what is inside the signed object counts.

    Raises:
        MalformedError: none of the three, or the carrier is broken.
        LimitError: longer than `limits.REQUEST_BYTES`.
        UnsupportedError: the request comes by reference, or unsigned.
    """
    data = read_text(raw, max_bytes=limits.REQUEST_BYTES, at="request")
    if data.startswith(b"{"):
        members = json.read_object(
            data, at="request", clause=_BY_VALUE, max_bytes=limits.REQUEST_BYTES
        )
        return _take(
            {
                name: _text(members[name], at=f"/{name}").encode()
                for name in ("client_id", "request", "request_uri")
                if name in members
            }
        )
    if _SCHEME.match(data) is None:
        return Carried(data, None)
    _, question, query = data.partition(b"?")
    if b"#" in data or not question:
        raise MalformedError(
            "a URI without a query, or with a fragment", at="uri", clause=_BY_VALUE
        )
    return _take(read_form(query, at="uri"))


def read_text(raw: str | bytes, *, max_bytes: int, at: str) -> bytes:
    """Return the bytes of outside text without white space around them.

    Raises:
        MalformedError: a lone surrogate, or empty.
        LimitError: more than `max_bytes`.
    """
    # A text is never longer than its bytes, so this bounds the work of encoding it.
    if len(raw) > max_bytes:
        raise LimitError("too long", at=at, clause=_LIMITS)
    data = (_encode(raw, at=at) if isinstance(raw, str) else raw).strip()
    if len(data) > max_bytes:
        raise LimitError("too long", at=at, clause=_LIMITS)
    if not data:
        raise MalformedError("empty", at=at, clause=_BY_VALUE)
    return data


def _encode(text: str, *, at: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # it holds the whole text
        raise MalformedError("not UTF-8", at=at, clause="RFC 3629 §3") from None


def _text(value: json.JsonValue, *, at: str) -> str:
    if not isinstance(value, str):
        raise MalformedError("not a string", at=at, clause=_BY_VALUE)
    return value


def _take(parameters: dict[str, bytes]) -> Carried:
    token = parameters.get("request")
    if "request_uri" in parameters:
        if token is not None:
            raise MalformedError(
                "request and request_uri together", at="request_uri", clause=_BY_VALUE
            )
        raise UnsupportedError(
            "a request by reference", at="request_uri", clause=_BY_REFERENCE
        )
    if token is None:
        raise UnsupportedError("an unsigned request", at="request", clause=_SIGNED)
    client_id = parameters.get("client_id")
    if client_id is None:
        raise MalformedError(
            "no client_id beside the request", at="client_id", clause=_BY_VALUE
        )
    return Carried(token, read_utf8(client_id, at="client_id"))
