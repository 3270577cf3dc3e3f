"""A request that is not in the link, but where the link says (RFC 9101 section 5.2)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from idwallet import limits
from idwallet.codec import json
from idwallet.codec.form import read_form, read_utf8, write_form
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.web import read_web_address
from idwallet.errors import MalformedError
from idwallet.protocols.openid4vp.client import read_client_id
from idwallet.protocols.openid4vp.message import read_text, require_scheme

_CLAUSE: Final = "RFC 9101 §5.2"
_METHOD: Final = "OpenID4VP 1.0 §5.1"
_NAMES: Final = ("client_id", "request_uri", "request_uri_method")


class RequestUriMethod(StrEnum):
    """How the request is fetched; the values are case-sensitive (section 5.1).

    With `POST` the wallet says what it can, and a nonce that the request must repeat.
    """

    GET = "get"
    POST = "post"


@dataclass(frozen=True, slots=True)
class RequestReference:
    """Where a request is, and who is said to ask; short enough for a QR code.

    Nothing of it is verified: `client_id` must be that of the request which is there.
    """

    client_id: str
    request_uri: str
    method: RequestUriMethod = RequestUriMethod.GET

    def to_uri(self, scheme: str = "openid4vp") -> str:
        """Return it as a link, or the content of a QR code.

        Raises:
            UsageError: `scheme` is not a lower-case URI scheme.
        """
        return f"{require_scheme(scheme)}://?{write_form(self._parameters())}"

    def to_json(self) -> str:
        """Return it as a JSON document, for a message."""
        return json.write_json(dict[str, JsonValue](self._parameters())).decode()

    def _parameters(self) -> dict[str, str]:
        found = {"client_id": self.client_id, "request_uri": self.request_uri}
        if self.method is not RequestUriMethod.GET:
            found["request_uri_method"] = self.method.value
        return found


def read_reference(raw: str | bytes) -> RequestReference | None:
    """Read a link or a JSON document that says where its request is.

    None: it has no ``request_uri``; the request is then in it, or nowhere.

    Raises:
        MalformedError: it holds a request beside, names nobody, the address is not
            ``https``, or the method is neither ``get`` nor ``post``.
        LimitError: it is longer than `limits.REQUEST_BYTES`.
    """
    members = _members(read_text(raw, max_bytes=limits.REQUEST_BYTES, at="request"))
    if members is None or "request_uri" not in members:
        return None
    if "request" in members:
        raise MalformedError(
            "request and request_uri together", at="request_uri", clause=_CLAUSE
        )
    client_id, uri = (_text(members, name) for name in _NAMES[:2])
    read_client_id(client_id, at="client_id")
    if read_web_address(uri, at="request_uri").scheme != "https":
        raise MalformedError("not https", at="request_uri", clause=_CLAUSE)
    return RequestReference(client_id, uri, _method(members))


def _method(members: JsonObject) -> RequestUriMethod:
    if "request_uri_method" not in members:
        return RequestUriMethod.GET
    try:
        return RequestUriMethod(_text(members, "request_uri_method"))
    except ValueError:
        raise MalformedError(
            "neither get nor post", at="request_uri_method", clause=_METHOD
        ) from None


def _members(data: bytes) -> JsonObject | None:
    """Return the parameters of a link or a document, None of anything else."""
    if data.startswith(b"{"):
        return json.read_object(
            data, at="request", clause=_CLAUSE, max_bytes=limits.REQUEST_BYTES
        )
    head, question, query = data.partition(b"?")
    if b":" not in head or not question or b"#" in data:
        return None
    form = read_form(query, at="uri")
    wanted = (*_NAMES, "request")
    return {e: read_utf8(form[e], at=e) for e in wanted if e in form}


def _text(members: JsonObject, name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        what = "not a string" if name in members else "missing"
        raise MalformedError(what, at=name, clause=_CLAUSE)
    return value
