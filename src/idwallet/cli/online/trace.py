"""``--trace``: each message in its order, with nothing in it that must not be seen."""

import json
from collections.abc import Iterator, Mapping
from typing import Final, Protocol
from urllib.parse import urlsplit

from idwallet.cli.online.redaction import Hidden, Node, Redaction
from idwallet.cli.screen import note
from idwallet.codec.text import show
from idwallet.errors import MalformedError, PortError
from idwallet.protocols.http import HttpRequest, HttpResponse
from idwallet.protocols.oauth.server_metadata import WELL_KNOWN as SERVER_METADATA
from idwallet.protocols.openid4vci.metadata import WELL_KNOWN as ISSUER_METADATA

_PUBLIC: Final = (ISSUER_METADATA, SERVER_METADATA)


Told = Mapping[str, Node]


class Carrier(Protocol):
    """What sends a message and brings its answer."""

    def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send it.

        Raises:
            PortError: it did not get there, or nothing came back.
        """
        ...


class Traced:
    """A carrier that tells what it carries, on standard error."""

    __slots__ = ("_as_json", "_carrier", "_count", "_redaction")

    def __init__(
        self, carrier: Carrier, *, as_json: bool, redaction: Redaction | None = None
    ) -> None:
        """Take the carrier; `as_json` writes a line of JSON for each message."""
        self._carrier = carrier
        self._as_json = as_json
        self._redaction = redaction or Redaction()
        self._count = 0

    def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send it, and tell both ways."""
        self._count += 1
        # An offer may lie at such an address, too: metadata alone are public.
        path = urlsplit(request.url).path
        public = request.method == "GET" and any(each in path for each in _PUBLIC)
        self._tell(self._sent(request))
        try:
            response = self._carrier.send(request)
        except PortError as error:
            self._tell({"number": self._count, "failed": show(str(error))})
            raise
        self._tell(self._received(response, public=public))
        return response

    def _sent(self, request: HttpRequest) -> Told:
        redaction = self._redaction
        return {
            "number": self._count,
            "sent": request.method,
            "url": redaction.address(request.url),
            "headers": redaction.headers(request.headers),
            "body": redaction.body(request.body, _type_of(request), public=False),
        }

    def _received(self, response: HttpResponse, *, public: bool) -> Told:
        redaction = self._redaction
        return {
            "number": self._count,
            "received": response.status,
            "headers": redaction.headers(response.headers),
            "body": redaction.body(response.body, _type_of(response), public=public),
        }

    def _tell(self, message: Told) -> None:
        if self._as_json:
            note(json.dumps(message, ensure_ascii=True, default=Hidden.to_json))
            return
        for line in _text_lines(message):
            note(line)


def _type_of(message: HttpRequest | HttpResponse) -> str:
    try:
        return message.media_type
    except MalformedError:
        return ""


def _text_lines(message: Told) -> Iterator[str]:
    number = message["number"]
    if "failed" in message:
        yield f"{number} ! {message['failed']}"
        return
    if "sent" in message:
        yield f"{number} > {message['sent']} {message['url']}"
    else:
        yield f"{number} < {message['received']}"
    for part in ("headers", "body"):
        yield from _lines(message[part], indent=4)


def _lines(value: Node, *, indent: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        pairs = [(f"{name}:", each) for name, each in value.items()]
    elif isinstance(value, list):
        pairs = [("-", each) for each in value]
    elif value is None:
        return
    else:
        pairs = [("", value)]
    for name, each in pairs:
        if isinstance(each, Mapping | list) and each:
            yield " " * indent + name
            yield from _lines(each, indent=indent + 2)
        else:
            yield f"{' ' * indent}{name} {_leaf(each)}".rstrip()


def _leaf(value: Node) -> str:
    return str(value) if isinstance(value, str | Hidden) else json.dumps(value)
