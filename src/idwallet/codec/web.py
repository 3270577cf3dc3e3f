"""Addresses of the web, read strictly: one reading, whoever reads (RFC 3986)."""

import re
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.errors import LimitError, MalformedError

_CLAUSE: Final = "RFC 3986 §3"
_PORTS: Final = {"https": 443, "http": 80}
_MOST: Final = 65_535

# No user information, which shows one host and asks another; no fragment, which is
# never sent; no backslash, space or control character, which readers take differently.
_ADDRESS: Final = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>(?:/(?:[\w.~!$&'()*+,;=:@/-]|%[0-9a-f]{2})*)?"
    r"(?:\?(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9a-f]{2})*)?)",
    re.ASCII | re.IGNORECASE,
)


class WebAddress(NamedTuple):
    """An ``https`` or ``http`` address, taken apart.

    `host` is in lower case, an IPv6 address without its brackets. `target` is the path
    with the query, as it is sent; it begins with a slash.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """Scheme, host and port in one spelling, a usual port left out (RFC 6454)."""
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """Host and port as a ``Host`` header has them (RFC 9110 section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == _PORTS[self.scheme]
        return host if usual else f"{host}:{self.port}"


def read_web_address(text: str, *, at: str) -> WebAddress:
    """Take an address apart.

    Raises:
        MalformedError: it is no ``https`` or ``http`` address with a host, or names
            a user, a fragment, or characters that readers take differently.
        LimitError: it is longer than `limits.URI_CHARACTERS`.
    """
    if len(text) > limits.URI_CHARACTERS:
        raise LimitError("address too long", at=at, clause="idwallet limits")
    found = _ADDRESS.fullmatch(text)
    if found is None or ".." in found["host"]:
        raise MalformedError("not a web address", at=at, clause=_CLAUSE)
    scheme, target = found["scheme"].lower(), found["target"]
    port = int(found["port"] or _PORTS[scheme])
    if not 1 <= port <= _MOST:
        raise MalformedError("no such port", at=at, clause=_CLAUSE)
    host = found["host"].lower().removeprefix("[").removesuffix("]")
    return WebAddress(scheme, host, port, target if target[:1] == "/" else f"/{target}")
