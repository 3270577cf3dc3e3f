"""How a request travels: as a bare request object, in a URI, or in JSON."""

import re
from dataclasses import dataclass, replace
from typing import Final

from idwallet import limits
from idwallet.codec import json
from idwallet.codec.form import read_form, read_utf8, write_form
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.qr_text import QrKind, read_qr_text, write_qr_text
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError

_BY_VALUE: Final = "RFC 9101 §5"
_BY_REFERENCE: Final = "RFC 9101 §5.2"
_LIMITS: Final = "idwallet limits"
_NEW: Final = "OpenID4VP 1.0 §5.1"
_SIGNED_BY: Final = ("request", "request_uri")
_OBJECTS: Final = frozenset(
    {"dcql_query", "client_metadata", "transaction_data", "verifier_info"}
)
# Of an unsigned request nothing else is looked at: a name in a link may be anything.
_PARAMETERS: Final = _OBJECTS | {
    "client_id",
    "response_type",
    "response_mode",
    "response_uri",
    "redirect_uri",
    "nonce",
    "state",
    "scope",
    "aud",
    "presentation_definition",
    "presentation_definition_uri",
    "idwallet_purpose",
}

_SCHEME: Final = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:")
_SCHEME_NAME: Final = re.compile(r"[a-z][a-z0-9+.-]*")


def require_scheme(scheme: str) -> str:
    """Return the scheme, only if it is one.

    Raises:
        UsageError: it is not a lower-case URI scheme.
    """
    if _SCHEME_NAME.fullmatch(scheme) is None:
        raise UsageError("scheme must be a lower-case URI scheme without a colon")
    return scheme


@dataclass(frozen=True, slots=True)
class RequestMessage:
    """A request on its way to a wallet. All of it is public.

    `raw` is the signed JWT, or the parameters of an unsigned request as a JSON object;
    `client_id` is the identifier that also stands inside it (RFC 9101 section 5 asks
    for both). `in_links` is False under a profile whose links hold where a request is,
    and not a request that is signed (HAIP 1.0 section 5.1).
    """

    raw: str
    client_id: str
    in_links: bool = True

    def to_uri(self, scheme: str = "openid4vp") -> str:
        """Return the request as a URI, for a link or a QR code.

        Such a link, several kilobytes long, fits where messages are carried; a QR
        code at a till does not hold it (OpenID4VP 1.0 section 5.7).

        Raises:
            UsageError: `scheme` is not a lower-case URI scheme, or no wallet of the
                profile takes such a link.
        """
        if not self.in_links:
            raise UsageError(
                "a link of this profile holds where a request is (as HAIP 1.0 section "
                "5.1): let a PresentationService serve it, or send raw, JSON or a code"
            )
        return f"{require_scheme(scheme)}://?{write_form(self._texts())}"

    def to_json(self) -> str:
        """Return the request as a JSON document, for a message or a file."""
        return json.write_json(self._parameters()).decode()

    def to_qr(self) -> str:
        """Return the request as the text of one QR code that a phone reads well.

        It is this very request, its signature included, in fewer octets
        (docs/reference/compact.md section 10).

        Raises:
            UsageError: it is not signed, or longer than `limits.QR_READABLE`: the
                message says how long it is.
        """
        if self.raw.startswith("{"):
            raise UsageError("a request that nobody signs does not go into a QR code")
        from idwallet.protocols.openid4vp.dense import write_dense

        text = write_qr_text(QrKind.REQUEST, write_dense(self.raw))
        if len(text) > limits.QR_READABLE:
            raise UsageError(
                f"the request takes {len(text)} characters, and a QR code that a phone "
                f"reads well holds {limits.QR_READABLE}: ask for less, or sign with a "
                "shorter chain"
            )
        return text

    def _parameters(self) -> JsonObject:
        if not self.raw.startswith("{"):
            return {"client_id": self.client_id, "request": self.raw}
        return json.read_object(self.raw, at="request", clause=_NEW)

    def _texts(self) -> dict[str, str]:
        """Write each parameter as text: what is no text goes as JSON (section 5.1)."""
        return {
            name: value if isinstance(value, str) else json.write_json(value).decode()
            for name, value in self._parameters().items()
        }


@dataclass(frozen=True, slots=True)
class Carried:
    """What came out of a carrier; nothing about it is verified.

    `client_id` is the identifier beside the token, None where the carrier had none.
    `parameters` are those of an unsigned request, which has no token. `by_link` says
    that the token stood in a link.
    """

    token: bytes
    client_id: str | None
    parameters: JsonObject | None = None
    by_link: bool = False


def read_carrier(raw: str | bytes) -> Carried:
    """Take the request object out of whatever carried it.

    It may be the bare JWT, a URI of any scheme with ``client_id`` and ``request``, or
    a JSON object with these members. Other parameters are ignored, as the standard
    asks: only what is inside the signed object counts. Without ``request`` the carrier
    itself holds the parameters, and nobody signed them.

    Raises:
        MalformedError: none of the three, or the carrier is broken.
        LimitError: longer than `limits.REQUEST_BYTES`.
        UnsupportedError: the request comes by reference.
    """
    data = read_text(raw, max_bytes=limits.REQUEST_BYTES, at="request")
    if data.startswith(b"IDW"):
        return Carried(_out_of_qr(data.decode("ascii", "replace")).encode(), None)
    if data.startswith(b"{"):
        members = json.read_object(
            data, at="request", clause=_BY_VALUE, max_bytes=limits.REQUEST_BYTES
        )
        if members.keys().isdisjoint(_SIGNED_BY):
            return Carried(b"", None, members)
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
    form = read_form(query, at="uri")
    if form.keys().isdisjoint(_SIGNED_BY):
        return Carried(b"", None, _unsigned(form))
    return replace(_take(form), by_link=True)


def _unsigned(form: dict[str, bytes]) -> JsonObject:
    """Read the parameters of an unsigned request, objects as JSON (section 5.1)."""
    return {
        name: json.read_json(data, at=f"/{name}", clause=_NEW)
        if name in _OBJECTS
        else read_utf8(data, at=f"/{name}")
        for name, data in form.items()
        if name in _PARAMETERS
    }


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


def _out_of_qr(text: str) -> str:
    found = read_qr_text(text, at="request")
    if found.kind is not QrKind.REQUEST:
        raise MalformedError(
            "a code that holds no request", at="request", clause=_BY_VALUE
        )
    from idwallet.protocols.openid4vp.dense import read_dense

    return read_dense(found.octets)


def _text(value: JsonValue, *, at: str) -> str:
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
        raise MalformedError("no request", at="request", clause=_BY_VALUE)
    client_id = parameters.get("client_id")
    if client_id is None:
        raise MalformedError(
            "no client_id beside the request", at="client_id", clause=_BY_VALUE
        )
    return Carried(token, read_utf8(client_id, at="client_id"))
