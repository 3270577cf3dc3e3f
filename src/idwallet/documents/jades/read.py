"""JAdES signatures taken apart, nothing of them judged."""

from typing import NamedTuple

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.documents.jades import baseline
from idwallet.documents.jades.content import References, read_references
from idwallet.documents.jades.elements import Element, read_elements
from idwallet.envelope.jws import (
    JsonEntry,
    JsonPayload,
    JwsParts,
    json_entries,
    json_payload,
    read_compact_parts,
    read_json_entry,
    require_one_encoding,
)
from idwallet.errors import MalformedError, UnsupportedError

_OPENING = b"{"
_SPACE = b" \t\r\n"


class SignatureRead(NamedTuple):
    """One signature: its parts, what stands unsigned in it, and what ``sigD`` names."""

    parts: JwsParts
    elements: tuple[Element, ...]
    references: References | None


Found = SignatureRead | MalformedError | UnsupportedError
"""A signature, or why it cannot be read: it is never dropped."""


class JwsRead(NamedTuple):
    """A JSON Web Signature: each signature of it, or why it cannot be read.

    `json` is None where it came compact.
    """

    signatures: tuple[Found, ...]
    json: JsonObject | None

    def __repr__(self) -> str:
        """Count the signatures."""
        return f"JwsRead(<{len(self.signatures)} signatures>)"

    def readable(self) -> tuple[SignatureRead, ...]:
        """Return the signatures that could be read."""
        return tuple(e for e in self.signatures if isinstance(e, SignatureRead))


def is_json(signed: bytes) -> bool:
    """Say whether octets begin as a JSON object does."""
    return signed.lstrip(_SPACE)[:1] == _OPENING


def read_jws(signed: bytes, *, at: str) -> JwsRead:
    """Take a JSON Web Signature apart, in whichever serialisation.

    Raises:
        LimitError: it is longer than `limits.JADES_BYTES`, or has too many parts.
        MalformedError: it is no JWS as a whole.
        UnsupportedError: it came compact, and a critical parameter is not understood.
    """
    if not is_json(signed):
        parts = read_compact_parts(
            signed,
            at=at,
            understood=baseline.UNDERSTOOD,
            max_bytes=limits.JADES_BYTES,
        )
        return JwsRead((_read(parts),), None)
    data = read_object(
        signed, at=at, clause="RFC 7515 §7.2", max_bytes=limits.JADES_BYTES
    )
    return read_jws_object(data, at=at)


def read_jws_object(data: JsonObject, *, at: str) -> JwsRead:
    """Take a JSON serialisation apart.

    Raises:
        LimitError, MalformedError: see `read_jws`.
    """
    found = [_entry(each) for each in json_entries(data, at=at)]
    headers = [each.parts.header for each in found if isinstance(each, SignatureRead)]
    require_one_encoding(headers, at=at)
    encoded = all(each.encoded for each in headers)
    inside = json_payload(data, encoded=encoded, at=at, max_bytes=limits.JADES_BYTES)
    if inside is None:
        return JwsRead(tuple(found), data)
    return JwsRead(tuple(_with(each, inside) for each in found), data)


def _with(each: Found, inside: JsonPayload) -> Found:
    if not isinstance(each, SignatureRead):
        return each
    parts = each.parts._replace(body=inside.body, payload=inside.payload)
    return each._replace(parts=parts)


def read_counter_signature(value: JsonValue, *, at: str) -> Found:
    """Return the one signature in a ``cSig``, or why it cannot be read (5.3.2)."""
    try:
        if isinstance(value, str):
            parts = read_compact_parts(value, at=at, understood=baseline.UNDERSTOOD)
            return _read(parts)
        if not isinstance(value, dict):
            clause = "TS 119 182-1 §5.3.2"
            raise MalformedError("no signature", at=at, clause=clause)
        found = read_jws_object(value, at=at).signatures
    except (MalformedError, UnsupportedError) as error:
        return error
    if len(found) > 1:
        clause = "TS 119 182-1 §5.3.2"
        return MalformedError("several signatures", at=at, clause=clause)
    return found[0]


def _entry(entry: JsonEntry) -> Found:
    try:
        parts = read_json_entry(entry, None, understood=baseline.UNDERSTOOD)
        return _read(parts)
    except (MalformedError, UnsupportedError) as error:
        # One signature that nobody can read takes nothing from the others.
        return error


def _read(parts: JwsParts) -> SignatureRead:
    return SignatureRead(
        parts,
        read_elements(parts.unprotected, at=parts.at),
        read_references(parts.header, at=parts.at),
    )
