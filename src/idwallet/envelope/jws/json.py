"""The JSON serialisations of a JWS (RFC 7515 §7.2)."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

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
from idwallet.envelope.jws.structures import NOTHING, Jws, JwsParts
from idwallet.errors import LimitError, MalformedError

_ENTRY_MEMBERS: Final = ("protected", "header", "signature")
_CLAUSE: Final = "RFC 7515 §7.2.1"


class JsonEntry(NamedTuple):
    """One signature of a JSON serialisation, not yet read; `at` is its place."""

    members: Mapping[str, JsonValue]
    at: str


class JsonPayload(NamedTuple):
    """The payload that travels in a JSON serialisation: `body` is how it is signed."""

    payload: bytes
    body: bytes

    def __repr__(self) -> str:
        """Show how long it is."""
        return f"JsonPayload(<{len(self.payload)} bytes>)"


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
    entries = json_entries(data, at=at)
    headers = [_headers(each, understood) for each in entries]
    require_one_encoding((header for _, header, _ in headers), at=at)
    inside = None
    if detached is None:
        inside = json_payload(data, encoded=headers[0][1].encoded, at=at)
        if inside is None:
            raise MalformedError("no payload", at=f"{at}/payload", clause=_CLAUSE)
    elif "payload" in data:
        raise MalformedError(
            "a payload beside the detached one",
            at=f"{at}/payload",
            clause="RFC 7515 Appendix F",
        )
    return tuple(
        Jws(header, payload, _signature(entry), covers, unprotected)
        for entry, (head, header, unprotected) in zip(entries, headers, strict=True)
        for payload, covers in [_covered(head, header, inside=inside, apart=detached)]
    )


def _covered(
    head: bytes, header: JwsHeader, *, inside: JsonPayload | None, apart: bytes | None
) -> tuple[bytes, bytes]:
    """Return a payload and the signing input with it."""
    if inside is not None:
        return inside.payload, b"%b.%b" % (head, inside.body)
    payload = b"" if apart is None else apart
    return payload, covered(head, header, payload=payload)


def json_entries(data: Mapping[str, JsonValue], *, at: str) -> tuple[JsonEntry, ...]:
    """Return the signatures of a JSON serialisation, each for `read_json_entry`.

    Raises:
        LimitError: there are more than `limits.JWS_SIGNATURES`.
        MalformedError: there is none, or it is both serialisations at once.
    """
    if "signatures" not in data:
        return (JsonEntry(data, at),)
    place = f"{at}/signatures"
    if any(name in data for name in _ENTRY_MEMBERS):
        # Read as flattened it would be another JWS than read as general.
        raise MalformedError("both serialisations", at=at, clause="RFC 7515 §7.2.2")
    listed = data["signatures"]
    if not isinstance(listed, list) or not listed:
        raise MalformedError("not a list of signatures", at=place, clause=_CLAUSE)
    if len(listed) > limits.JWS_SIGNATURES:
        raise LimitError("too many signatures", at=place, clause=_CLAUSE)
    entries = []
    for index, entry in enumerate(listed):
        if not isinstance(entry, dict):
            raise MalformedError("not an object", at=f"{place}/{index}", clause=_CLAUSE)
        entries.append(JsonEntry(entry, f"{place}/{index}"))
    return tuple(entries)


def json_payload(
    data: Mapping[str, JsonValue],
    *,
    encoded: bool,
    at: str,
    max_bytes: int = limits.JWS_BYTES,
) -> JsonPayload | None:
    """Return the payload that travels in a JSON serialisation, None where none does.

    `encoded` is what the headers say of it (RFC 7797 3); `max_bytes` bounds the text.

    Raises:
        LimitError: it is too long.
        MalformedError: it is no text of that kind.
    """
    if "payload" not in data:
        return None
    text, place = data["payload"], f"{at}/payload"
    if not isinstance(text, str):
        raise MalformedError("no payload", at=place, clause=_CLAUSE)
    if len(text) > max_bytes:
        raise LimitError("payload too long", at=place, clause=_CLAUSE)
    if not encoded:
        # RFC 7797 §5.2: in JSON an unencoded payload is any text, signed as UTF-8.
        payload = _octets(text, "utf-8", at=place)
        return JsonPayload(payload, payload)
    payload = b64.decode(text, at=place, clause="RFC 7515 §5.2")
    return JsonPayload(payload, _octets(text, "ascii", at=place))


def read_json_entry(
    entry: JsonEntry,
    inside: JsonPayload | None,
    *,
    understood: frozenset[str] = UNDERSTOOD,
) -> JwsParts:
    """Read one signature; `inside` is the payload that travels with all of them.

    Raises:
        LimitError: a part passes its bound.
        MalformedError: it breaks RFC 7515 or RFC 7797.
        UnsupportedError: it calls critical what is not in `understood`.
    """
    head, header, unprotected = _headers(entry, understood)
    signature = _signature(entry)
    body, payload = (None, None) if inside is None else (inside.body, inside.payload)
    return JwsParts(header, head, body, payload, signature, unprotected, entry.at)


def require_one_encoding(headers: Iterable[JwsHeader], *, at: str) -> None:
    """Return only if all signatures take the payload for encoded, or all do not.

    Raises:
        MalformedError: they differ, and so would what they signed.
    """
    if len({header.encoded for header in headers}) > 1:
        raise MalformedError("b64 differs", at=at, clause="RFC 7797 §3")


def _headers(
    entry: JsonEntry, understood: frozenset[str]
) -> tuple[bytes, JwsHeader, Mapping[str, JsonValue]]:
    members, at = entry
    head = _text(members, "protected", at=at)
    header = read_header(head, at=f"{at}/protected")
    require_understood(header, understood, at=f"{at}/protected")
    if "header" not in members:
        return head, header, NOTHING
    unprotected = members["header"]
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


def _signature(entry: JsonEntry) -> bytes:
    return read_signature(_text(entry.members, "signature", at=entry.at), at=entry.at)


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
