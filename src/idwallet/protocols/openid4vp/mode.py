"""How an answer is to come, and where to (OpenID4VP 1.0 sections 5.2, 8.2, 8.3)."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.protocols.openid4vp.client import ClientId, ClientIdPrefix

_EXISTING: Final = "OpenID4VP 1.0 §5.2"
_DIRECT_POST: Final = "OpenID4VP 1.0 §8.2"
_PREFIXES: Final = "OpenID4VP 1.0 §5.9.3"

_HTTPS: Final = re.compile(
    r"https://(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[/?](?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*)?"
)


class ResponseMode(StrEnum):
    """How an answer comes back.

    Posted to the verifier by the wallet (`DIRECT_POST`, encrypted as
    `DIRECT_POST_JWT`), handed to the browser on the same device with a redirect
    (`FRAGMENT`), or through the browser's Digital Credentials API (the other two).
    """

    DIRECT_POST = "direct_post"
    DIRECT_POST_JWT = "direct_post.jwt"
    FRAGMENT = "fragment"
    DC_API = "dc_api"
    DC_API_JWT = "dc_api.jwt"

    @property
    def is_encrypted(self) -> bool:
        """Whether the answer is encrypted (section 8.3)."""
        return self.value.endswith(".jwt")

    @property
    def is_of_page(self) -> bool:
        """Whether it goes back through a browser's API (section A.2)."""
        return self in {ResponseMode.DC_API, ResponseMode.DC_API_JWT}

    @property
    def destination(self) -> str:
        """The parameter that says where the answer goes."""
        return "redirect_uri" if self is ResponseMode.FRAGMENT else "response_uri"


_BY_ADDRESS: Final = {
    each.value: each
    for each in (
        ResponseMode.DIRECT_POST,
        ResponseMode.DIRECT_POST_JWT,
        ResponseMode.FRAGMENT,
    )
}


_BY_BROWSER: Final = {
    each.value: each for each in (ResponseMode.DC_API, ResponseMode.DC_API_JWT)
}


def read_mode(
    claims: Mapping[str, JsonValue], *, in_browser: bool = False
) -> ResponseMode:
    """Read ``response_mode`` of a request that came by link, message or QR code.

    With `in_browser` it came through the Digital Credentials API, which has modes of
    its own (section A.2): each way knows its own modes and no other.

    Raises:
        MalformedError: it is missing, or no string.
        UnsupportedError: another one, as of the Digital Credentials API, which vouches
            for who asks, where that is not there.
    """
    text = claims.get("response_mode")
    if not isinstance(text, str):
        what = "not a string" if "response_mode" in claims else "missing"
        raise MalformedError(what, at="/response_mode", clause=_EXISTING)
    mode = (_BY_BROWSER if in_browser else _BY_ADDRESS).get(text)
    if mode is None:
        what = "to no browser" if in_browser else "to no address"
        raise UnsupportedError(
            f"a response mode that sends {what}",
            at="/response_mode",
            clause="OpenID4VP 1.0 §A.2" if in_browser else _DIRECT_POST,
        )
    return mode


def read_destination(
    claims: JsonObject, client: ClientId, *, mode: ResponseMode
) -> str:
    """Read where the answer goes.

    Raises:
        MalformedError: it is missing, no ``https`` address of host, port, path and
            query, stands beside the parameter of another mode, or is not the one in
            the client identifier.
        LimitError: longer than `limits.URI_CHARACTERS`.
    """
    name = mode.destination
    other = "response_uri" if name == "redirect_uri" else "redirect_uri"
    if other in claims:
        raise MalformedError(
            f"{other} beside {mode.value}", at=f"/{other}", clause=_DIRECT_POST
        )
    if client.prefix is ClientIdPrefix.REDIRECT_URI:
        # §5.9.3: the identifier is the address, and the parameter may be left out.
        claims = {name: client.value, **claims}
    text = _string(claims, name)
    if client.prefix is ClientIdPrefix.REDIRECT_URI and text != client.value:
        raise MalformedError(
            "another address than the client identifier",
            at=f"/{name}",
            clause=_PREFIXES,
        )
    if len(text) > limits.URI_CHARACTERS:
        raise LimitError("too long", at=f"/{name}", clause=_DIRECT_POST)
    found = _HTTPS.fullmatch(text)
    if found is None or int(found["port"] or 443) not in range(1, 65_536):
        # A user part or a fragment, too, has no place where answers are posted.
        raise MalformedError(
            "no https URL of host, port, path and query",
            at=f"/{name}",
            clause=_DIRECT_POST,
        )
    return text


def host_of(address: str) -> str:
    """Return the lower-case host of an address that `read_destination` took."""
    found = _HTTPS.fullmatch(address)
    return "" if found is None else found["host"].lower()


def _string(claims: JsonObject, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str):
        what = "not a string" if name in claims else "missing"
        raise MalformedError(what, at=f"/{name}", clause=_DIRECT_POST)
    return value
