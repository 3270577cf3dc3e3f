"""The port to whoever stamps the time."""

from typing import Protocol


class TimestampAuthority(Protocol):
    """Ask an authority to stamp a digest with the time (RFC 3161).

    It carries octets and reads none: what came back is held against what was asked by
    `idwallet.trust.timestamp`.
    """

    def stamp(self, request: bytes, /) -> bytes:
        """Send a DER TimeStampReq, and return the TimeStampResp.

        Raises:
            PortError: the authority cannot be reached, or answers with something else.
        """
        ...
