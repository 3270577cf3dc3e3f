"""A JWS that was read and not yet judged."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet.codec.json import JsonValue
from idwallet.envelope.jws.header import JwsHeader

NOTHING: Final[Mapping[str, JsonValue]] = MappingProxyType({})


class Jws(NamedTuple):
    """One signature with what it covers.

    `payload` is decoded. `signing_input` is what the signature covers, as received.
    `unprotected` is not signed: whoever carried the JWS may have written it. It is a
    named tuple because one is made for every token, four times as fast.
    """

    header: JwsHeader
    payload: bytes
    signature: bytes
    signing_input: bytes
    unprotected: Mapping[str, JsonValue]

    def __repr__(self) -> str:
        """Show sizes only: what is signed and what stands beside it may be personal."""
        return f"Jws(<{len(self.payload)} bytes signed>)"
