"""HTTP messages as values: protocols make and read them, adapters carry them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec.form import read_form, read_utf8, write_form
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.codec.text import show
from idwallet.codec.web import WebAddress, read_web_address
from idwallet.errors import LimitError, MalformedError, UsageError

Headers = tuple[tuple[str, str], ...]
"""Fields in the order they were sent; names count without their case."""

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"

_CLAUSE: Final = "RFC 9110 §5"
_TYPE: Final = "RFC 9110 §8.3"


@dataclass(frozen=True, slots=True, repr=False)
class HttpRequest:
    """A request to be sent, or one that came.

    `url` is absolute: scheme, host, path and query, no fragment. `headers` hold what
    the protocol needs; who carries the message adds its own (host, length).
    """

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""

    def __repr__(self) -> str:
        """Show the method only: the address may hold a code."""
        return f"HttpRequest({self.method}, <{len(self.body)} bytes>)"

    def header(self, name: str) -> str | None:
        """Return a field's value, None where it is not there.

        Raises:
            MalformedError: it stands there twice: readers would take different ones.
        """
        return _only(self.headers, name)

    @property
    def media_type(self) -> str:
        """The media type; see `HttpResponse.media_type`."""
        return _media_type(self.headers)

    def address(self, *, at: str = "url") -> WebAddress:
        """Return the address taken apart.

        Raises:
            MalformedError: it is no address of the web.
        """
        return read_web_address(self.url, at=at)

    def query(self, *, at: str = "query") -> dict[str, str]:
        """Return the query's parameters, none of them twice.

        Raises:
            MalformedError: see `idwallet.codec.form.read_form`.
        """
        _, question, query = self.address().target.partition("?")
        return read_texts(query, at=at) if question else {}

    def form(self, *, at: str = "body") -> dict[str, str]:
        """Return the parameters of a form, none of them twice.

        Raises:
            MalformedError: it is no form, or not said to be one.
            LimitError: longer than `limits.HTTP_BODY_BYTES`.
        """
        _require_type(self.headers, FORM, at=at)
        return _texts(_bounded(self.body, at=at), at=at) if self.body else {}

    def json(self, *, at: str = "body") -> JsonObject:
        """Return the JSON object of the body.

        Raises:
            MalformedError: it is none, or not said to be one.
            LimitError: longer than `limits.HTTP_BODY_BYTES`.
        """
        return _object(self.headers, self.body, at=at)


@dataclass(frozen=True, slots=True, repr=False)
class HttpResponse:
    """An answer to be sent, or one that came; the fields as in `HttpRequest`."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def __repr__(self) -> str:
        """Show the status only: the body may hold a credential."""
        return f"HttpResponse({self.status}, <{len(self.body)} bytes>)"

    def header(self, name: str) -> str | None:
        """Return a field's value; see `HttpRequest.header`."""
        return _only(self.headers, name)

    @property
    def media_type(self) -> str:
        """The media type in lower case without its parameters, "" where none is said.

        Raises:
            MalformedError: it is said twice.
        """
        return _media_type(self.headers)

    def json(self, *, at: str = "body") -> JsonObject:
        """Return the JSON object of the body; see `HttpRequest.json`."""
        return _object(self.headers, self.body, at=at)


def json_request(url: str, value: JsonValue) -> HttpRequest:
    """Return a POST of JSON."""
    return HttpRequest("POST", url, (("Content-Type", JSON),), write_json(value))


def form_request(url: str, parameters: Mapping[str, str]) -> HttpRequest:
    """Return a POST of a form."""
    body = write_form(parameters).encode()
    return HttpRequest("POST", url, (("Content-Type", FORM),), body)


def json_response(
    value: JsonValue, *, status: int = 200, headers: Headers = ()
) -> HttpResponse:
    """Return an answer in JSON that nobody between may keep (RFC 9111 5.2.2.5)."""
    fixed = (("Content-Type", JSON), ("Cache-Control", "no-store"))
    return HttpResponse(status, (*fixed, *headers), write_json(value))


def with_headers(request: HttpRequest, headers: Headers) -> HttpRequest:
    """Return the request with more fields.

    Raises:
        UsageError: a field of that name is there already.
    """
    present = {name.lower() for name, _ in request.headers}
    if any(name.lower() in present for name, _ in headers):
        raise UsageError("a header field would stand there twice")
    return HttpRequest(
        request.method, request.url, (*request.headers, *headers), request.body
    )


def require_https(text: str, *, at: str, clause: str) -> WebAddress:
    """Return an address that is reached by TLS.

    Raises:
        MalformedError: it is no ``https`` address.
    """
    address = read_web_address(text, at=at)
    if address.scheme != "https":
        raise MalformedError("not an https address", at=at, clause=clause)
    return address


def read_texts(query: str, *, at: str) -> dict[str, str]:
    """Return the parameters of a query, none of them twice.

    Raises:
        MalformedError: see `idwallet.codec.form.read_form`.
    """
    return _texts(query.encode("utf-8", "surrogatepass"), at=at) if query else {}


def _only(headers: Headers, name: str) -> str | None:
    found = [value for each, value in headers if each.lower() == name.lower()]
    if len(found) > 1:
        raise MalformedError("a header field stands twice", at=name, clause=_CLAUSE)
    return found[0] if found else None


def _media_type(headers: Headers) -> str:
    return (_only(headers, "Content-Type") or "").partition(";")[0].strip().lower()


def _require_type(headers: Headers, expected: str, *, at: str) -> None:
    if _media_type(headers) != expected:
        raise MalformedError(f"not {expected}", at=at, clause=_TYPE)


def _bounded(body: bytes, *, at: str) -> bytes:
    if len(body) > limits.HTTP_BODY_BYTES:
        raise LimitError("body too long", at=at, clause="idwallet limits")
    return body


def _object(headers: Headers, body: bytes, *, at: str) -> JsonObject:
    _require_type(headers, JSON, at=at)
    return read_object(_bounded(body, at=at), at=at, max_bytes=limits.HTTP_BODY_BYTES)


def _texts(data: bytes, *, at: str) -> dict[str, str]:
    form = read_form(data, at=at)
    # A name is whatever somebody wrote: where a fault tells it, it begins no new line.
    return {
        name: read_utf8(value, at=f"{at}/{show(name)}") for name, value in form.items()
    }
