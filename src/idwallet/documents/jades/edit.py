"""A JSON serialisation changed where nobody signed it; all else stays as it came."""

from collections.abc import Sequence
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.documents.jades.elements import ETSI_U, element_text
from idwallet.errors import UsageError

_OWN: Final = ("protected", "header", "signature")

Added = tuple[str, JsonValue]
"""An element of ``etsiU`` to be added: its name, and what it holds."""


def with_elements(
    data: JsonObject, added: Sequence[Added], *, number: int
) -> JsonObject:
    """Return a JWS with elements added at the end of one signature's ``etsiU``.

    `number` counts its signatures from 0. Where the elements there stand in clear, the
    added ones do too: an array has one kind of them (TS 119 182-1 5.3.1).
    """
    if "signatures" not in data:
        return _with(data, added)
    listed = data["signatures"]
    entries = list(listed) if isinstance(listed, list) else []
    entry = entries[number]
    if isinstance(entry, dict):
        entries[number] = _with(entry, added)
    return {**data, "signatures": entries}


def _with(entry: JsonObject, added: Sequence[Added]) -> JsonObject:
    header = entry.get("header")
    unprotected = dict(header) if isinstance(header, dict) else {}
    found = unprotected.get(ETSI_U)
    there = list(found) if isinstance(found, list) else []
    is_clear = any(isinstance(each, dict) for each in there)
    for name, value in added:
        there.append({name: value} if is_clear else element_text(name, value))
    unprotected[ETSI_U] = there
    made = {name: each for name, each in entry.items() if name != "header"}
    signature = made.pop("signature", None)
    return {**made, "header": unprotected, "signature": signature}


def joined(first: JsonObject, second: JsonObject) -> JsonObject:
    """Return the signatures of both as one general serialisation (RFC 7515 7.2.1).

    The two have the same payload, inside or apart.

    Raises:
        UsageError: there would be more than `limits.JWS_SIGNATURES`.
    """
    entries = [*_entries(first), *_entries(second)]
    if len(entries) > limits.JWS_SIGNATURES:
        raise UsageError("a JSON Web Signature holds a bounded number of signatures")
    rest = {
        name: each
        for name, each in first.items()
        if name not in _OWN and name != "signatures"
    }
    return {**rest, "signatures": entries}


def _entries(data: JsonObject) -> list[JsonValue]:
    listed = data.get("signatures")
    if isinstance(listed, list):
        return listed
    return [{name: data[name] for name in _OWN if name in data}]
