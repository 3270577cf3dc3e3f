"""A timestamp authority by its address (RFC 3161 section 3.4).

with HttpFetcher() as fetcher:
    tsa = WebTimestampAuthority("https://tsa.example/stamp", fetcher=fetcher)
    sign_document(..., CAdES(level=Level.B_T), authority=tsa)
"""

from typing import Final

from idwallet import limits
from idwallet.codec.web import read_web_address
from idwallet.errors import MalformedError, UsageError
from idwallet.ports import Fetcher, Wanted

_QUERY: Final = "application/timestamp-query"
_REPLY: Final = "application/timestamp-reply"


class WebTimestampAuthority:
    """A `ports.TimestampAuthority` that posts to an address, which you name.

    What comes back is signed and no secret, so that an ``http`` address is taken too,
    as many authorities have it; nothing but a digest goes there. Whether the answer is
    one to what was asked, and who signed it, is judged by whoever asks. Thread-safe
    when `fetcher` is.
    """

    __slots__ = ("_fetcher", "_origin", "_uri")

    def __init__(self, uri: str, *, fetcher: Fetcher) -> None:
        """Take the address.

        Raises:
            UsageError: it is no address of the web.
        """
        try:
            self._origin = read_web_address(uri, at="timestamp authority").origin
        except MalformedError as error:
            raise UsageError(f"no address of an authority: {error.what}") from error
        self._uri = uri
        self._fetcher = fetcher

    def __repr__(self) -> str:
        """Name its origin."""
        return f"<WebTimestampAuthority {self._origin}>"

    def stamp(self, request: bytes, /) -> bytes:
        """Post a TimeStampReq, and return the TimeStampResp.

        Raises:
            PortError: the authority cannot be reached, or answers with something else.
        """
        wanted = Wanted(
            uri=self._uri,
            origins=frozenset({self._origin}),
            accept=(_REPLY,),
            max_bytes=limits.TIMESTAMP_BYTES,
            signed=True,
            post=request,
            post_type=_QUERY,
        )
        return self._fetcher.fetch(wanted).body
