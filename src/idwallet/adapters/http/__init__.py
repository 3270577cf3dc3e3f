"""The only HTTP client (`httpx`, `pip install 'idwallet[http]'`).

`HttpFetcher` fetches what a verdict needs, from where a trust anchor names it, and
nothing else; `HttpCarrier` carries the messages of a protocol that a person is in.
"""

from idwallet.errors import UnsupportedError

try:
    import httpx as _httpx  # noqa: F401 - absent, it is named once and here
except ImportError as error:  # pragma: no cover - the tests install the extra
    raise UnsupportedError(
        "httpx is not installed: pip install 'idwallet[http]'"
    ) from error

from idwallet.adapters.http.carrier import HttpCarrier
from idwallet.adapters.http.fetcher import HttpFetcher

__all__ = ["HttpCarrier", "HttpFetcher"]
