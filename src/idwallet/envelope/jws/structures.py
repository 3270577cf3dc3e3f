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


class JwsParts(NamedTuple):
    """One signature whose payload may be elsewhere, every part as it came.

    `head` is the protected header's base64url text. `payload` is None where none
    travels with it, else what `body`, the payload as it is signed, spells. `at` is the
    place of the signature.
    """

    header: JwsHeader
    head: bytes
    body: bytes | None
    payload: bytes | None
    signature: bytes
    unprotected: Mapping[str, JsonValue]
    at: str

    def __repr__(self) -> str:
        """Show whether the payload is there, and nothing of it."""
        where = "elsewhere" if self.body is None else "inside"
        return f"JwsParts(<payload {where}>)"

    def covering(self, body: bytes, *, payload: bytes) -> Jws:
        """Return the signature as one over `body`, which spells `payload`."""
        covers = b"%b.%b" % (self.head, body)
        return Jws(self.header, payload, self.signature, covers, self.unprotected)
