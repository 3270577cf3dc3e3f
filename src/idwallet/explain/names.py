"""Names of parties for people: a distinguished name is for machines."""

import re
from typing import Final

from idwallet.codec.text import show

# RFC 4514 section 2: parts and attributes stand apart by signs that are not escaped.
_PART: Final = re.compile(r"((?:\\.|[^\\,+])*)(?:[,+]|\Z)")
_ESCAPED: Final = re.compile(r"\\(?:([0-9A-Fa-f]{2})|(.))")
_BESIDE: Final = ("O", "OU", "C")


def party_name(name: str) -> str:
    """Return what a party is called, safe to show.

    Of a distinguished name (RFC 4514) that is its common name, with organisation and
    country behind it; what has no common name, and any other name, stays whole.
    """
    found = _attributes(name)
    common = found.get("CN")
    if common is None:
        return show(name)
    beside = [found[each] for each in _BESIDE if each in found]
    return show(f"{common} ({', '.join(beside)})" if beside else common)


def _attributes(name: str) -> dict[str, str]:
    """Return the first value of each attribute, none where it is no such name."""
    found: dict[str, str] = {}
    for part in _PART.findall(name):
        kind, equals, value = part.partition("=")
        if part and not equals:
            return {}
        if part:
            found.setdefault(kind.strip().upper(), _ESCAPED.sub(_unescaped, value))
    return found


def _unescaped(escaped: re.Match[str]) -> str:
    octet, sign = escaped[1], escaped[2]
    return sign if octet is None else chr(int(octet, 16))
