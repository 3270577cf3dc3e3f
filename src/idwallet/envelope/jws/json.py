"""The JSON serialisations of a JWS (RFC 7515 §7.2)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonValue
from idwallet.envelope.jws.compact import covered, read_signature
from idwallet.envelope.jws.header import (
    PROTECTED_ONLY,
    UNDERSTOOD,
    JwsHeader,
    read_header,
    require_understood,
)
from idwallet.envelope.jws.structures import NOTHING, Jws
from idwallet.errors import LimitError, MalformedError

_ENTRY_MEMBERS: Final = ("protected", "header", "signature")
_CLAUSE: Final = "RFC 7515 §7.2.1"


def read_json_serialization(
    data: Mapping[str, JsonValue],
    *,
    at: str,
    understood: frozenset[str] = UNDERSTOOD,
    detached: bytes | None = None,
) -> tuple[Jws, ...]:
    """Take a flattened or general JSON serialisation apart, judging nothing.

    Returns one `Jws` a signature, in their order; each is judged by itself, and it is
    the caller who says how many of them must be valid. `data` must come from
    `idwallet.codec.json`, which refuses duplicate members. Members that the RFC does
    not define are ignored, as it says.

    Raises:
        LimitError: a part passes its bound.
        MalformedError: it breaks RFC 7515 or RFC 7797.
        UnsupportedError: it calls critical what is not in `understood`.
    """
    entries = _entries(data, at)
    headers = [
        _headers(entry, understood, at=f"{at}{pointer}") for pointer, entry in entries
    ]
    if len({header.encoded for _, header, _ in headers}) > 1:
        raise MalformedError("b64 differs", at=at, clause="RFC 7797 §3")
    payload, body = _payload(data, headers[0][1], detached=detached, at=at)
    found = []
    for (pointer, entry), (head, header, unprotected) in zip(
        entries, headers, strict=True
    ):
        segment = _text(entry, "signature", at=f"{at}{pointer}")
        signature = read_signature(segment, at=f"{at}{pointer}")
        covers = covered(head, header, payload=payload) if body is None else head + body
        found.append(Jws(header, payload, signature, covers, unprotected))
    return tuple(found)


def _entries(
    data: Mapping[str, JsonValue], at: str
) -> list[tuple[str, Mapping[str, JsonValue]]]:
    if "signatures" not in data:
        return [("", data)]
    place = f"{at}/signatures"
    if any(name in data for name in _ENTRY_MEMBERS):
        # Read as flattened it would be another JWS than read as general.
        raise MalformedError("both serialisations", at=at, clause="RFC 7515 §7.2.2")
    listed = data["signatures"]
    if not isinstance(listed, list) or not listed:
        raise MalformedError("not a list of signatures", at=place, clause=_CLAUSE)
    if len(listed) > limits.JWS_SIGNATURES:
        raise LimitError("too many signatures", at=place, clause=_CLAUSE)
    entries: list[tuple[str, Mapping[str, JsonValue]]] = []
    for index, entry in enumerate(listed):
        if not isinstance(entry, dict):
            raise MalformedError("not an object", at=f"{place}/{index}", clause=_CLAUSE)
        entries.append((f"/signatures/{index}", entry))
    return entries


def _headers(
    entry: Mapping[str, JsonValue], understood: frozenset[str], *, at: str
) -> tuple[bytes, JwsHeader, Mapping[str, JsonValue]]:
    head = _text(entry, "protected", at=at)
    header = read_header(head, at=f"{at}/protected")
    require_understood(header, understood, at=f"{at}/protected")
    if "header" not in entry:
        return head, header, NOTHING
    unprotected = entry["header"]
    if not isinstance(unprotected, dict):
        raise MalformedError("not an object", at=f"{at}/header", clause=_CLAUSE)
    if not header.parameters.keys().isdisjoint(unprotected):
        raise MalformedError(
            "a parameter stands in both headers", at=f"{at}/header", clause=_CLAUSE
        )
    if not PROTECTED_ONLY.isdisjoint(unprotected):
        raise MalformedError(
            "a parameter that must be protected",
            at=f"{at}/header",
            clause="RFC 7515 §4.1.11, RFC 7797 §3",
        )
    return head, header, MappingProxyType(unprotected)


def _payload(
    data: Mapping[str, JsonValue],
    header: JwsHeader,
    *,
    detached: bytes | None,
    at: str,
) -> tuple[bytes, bytes | None]:
    """Return the payload, and what follows the header in the signing input if read."""
    place = f"{at}/payload"
    if detached is not None:
        if "payload" in data:
            raise MalformedError(
                "a payload beside the detached one",
                at=place,
                clause="RFC 7515 Appendix F",
            )
        return detached, None
    text = data.get("payload")
    if not isinstance(text, str):
        raise MalformedError("no payload", at=place, clause=_CLAUSE)
    if not header.encoded:
        # RFC 7797 §5.2: in JSON an unencoded payload is any text, signed as UTF-8.
        return _octets(text, "utf-8", at=place), None
    if len(text) > limits.JWS_BYTES:
        raise LimitError("payload too long", at=place, clause=_CLAUSE)
    payload = b64.decode(text, at=place, clause="RFC 7515 §5.2")
    return payload, b"." + _octets(text, "ascii", at=place)


def _text(entry: Mapping[str, JsonValue], name: str, *, at: str) -> bytes:
    value = entry.get(name)
    if not isinstance(value, str):
        raise MalformedError("not a string", at=f"{at}/{name}", clause=_CLAUSE)
    return _octets(value, "ascii", at=f"{at}/{name}")


def _octets(text: str, encoding: str, *, at: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:  # it holds the whole text
        raise MalformedError(
            "a character that cannot stand here", at=at, clause=_CLAUSE
        ) from None
