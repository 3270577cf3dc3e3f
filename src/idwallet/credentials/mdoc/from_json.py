"""From JSON to the elements of a mobile document."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Final

from idwallet.codec import b64
from idwallet.codec.cbor import CborValue
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.text import show
from idwallet.credentials.catalogue import ClaimKind, CredentialType, listed_type
from idwallet.credentials.mdoc.elements import (
    NAMESPACES,
    ElementValue,
    Kind,
    kind_of,
    written_value,
)
from idwallet.credentials.mdoc.members import CborMap
from idwallet.errors import MalformedError

_FORMAT: Final = "mso_mdoc"
_CLAUSE: Final = "idwallet elements as JSON"
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DATA_URL: Final = re.compile(r"data:[^,;]*(?:;[^,;]*)*;base64,", re.ASCII)
# The members of a driving privilege that are days (ISO/IEC 18013-5 section 7.2.4).
_DAYS: Final = frozenset({"issue_date", "expiry_date", "birth_date"})


def elements_of(
    claims: JsonObject,
    doc_type: str,
    *,
    at: str,
    listed: CredentialType | None = None,
) -> dict[str, dict[str, ElementValue]]:
    """Return the elements that a JSON object holds, by namespace, for an `Mdoc`.

    Its members are namespaces, each with an object of elements, or claims by the
    neutral names of the catalogue, or of `listed`, a type of your own. A day is a text
    like ``2026-11-24``, a moment one like ``2026-11-24T12:00:00Z``, octets are base64,
    base64url or a data address, wherever the namespace or the catalogue says that the
    element is one. Where neither does, ``{"$date": ...}``, ``{"$moment": ...}`` and
    ``{"$bytes": ...}`` say so. `at` names the object.

    Raises:
        MalformedError: a member is neither, or a value is not of its type.
    """
    listed = listed or listed_type(_FORMAT, [doc_type])
    kinds = {} if listed is None else _kinds(listed)
    found: dict[str, dict[str, ElementValue]] = {}
    for name, value in claims.items():
        place = f"{at}/{show(name)}"
        if isinstance(value, dict) and _is_namespace(name, listed):
            for element, each in value.items():
                path = (name, element)
                below = f"{place}/{show(element)}"
                read = _element(path, each, kind=kinds.get(path), at=below)
                _put(found, path, value=read, at=place)
        else:
            path = _neutral(name, listed, at=place)
            read = _element(path, value, kind=kinds.get(path), at=place)
            _put(found, path, value=read, at=place)
    return found


def _kinds(listed: CredentialType) -> dict[tuple[str, str], ClaimKind]:
    return {
        (str(path[0]), str(path[1])): claim.kind
        for claim in listed.claims.values()
        if (path := claim.paths.get(_FORMAT)) is not None
    }


def _put(
    found: dict[str, dict[str, ElementValue]],
    path: tuple[str, str],
    *,
    value: ElementValue,
    at: str,
) -> None:
    namespace, element = path
    elements = found.setdefault(namespace, {})
    if element in elements:
        raise MalformedError("an element that is there twice", at=at, clause=_CLAUSE)
    elements[element] = value


def _is_namespace(name: str, listed: CredentialType | None) -> bool:
    if name in NAMESPACES or listed is None:
        return True
    return name not in listed.claims


def _neutral(name: str, listed: CredentialType | None, *, at: str) -> tuple[str, str]:
    """Return namespace and element of a claim that is named as the catalogue does."""
    claim = None if listed is None else listed.claims.get(name)
    path = None if claim is None else claim.paths.get(_FORMAT)
    if path is None:
        known = "" if listed is None else f", nor a claim of {listed.name}"
        raise MalformedError(
            f"no namespace with an object of elements{known}", at=at, clause=_CLAUSE
        )
    return str(path[0]), str(path[1])


def _element(
    path: tuple[str, str], value: JsonValue, *, kind: ClaimKind | None, at: str
) -> ElementValue:
    known = kind_of(*path)
    if isinstance(value, str):
        if known is not None:
            reader = _READERS.get(known)
        else:
            reader = None if kind is None else _OF_A_CLAIM.get(kind)
        return value if reader is None else reader(value, at)
    return _plain(value, at=at)


def _plain(value: JsonValue, *, at: str) -> CborValue:
    """Return a value as it is issued, with the days and octets marked in it."""
    if isinstance(value, dict):
        if len(value) == 1:
            ((mark, inside),) = value.items()
            reader = _MARKS.get(mark)
            if reader is not None and isinstance(inside, str):
                return written_value(reader(inside, f"{at}/{mark}"))
        held: CborMap = {}
        for name, each in value.items():
            held[name] = _member(name, each, at=f"{at}/{show(name)}")
        return held
    if isinstance(value, list):
        return [_plain(each, at=f"{at}/{n}") for n, each in enumerate(value)]
    return value


def _member(name: str, value: JsonValue, *, at: str) -> CborValue:
    if name in _DAYS and isinstance(value, str) and _DATE.fullmatch(value):
        return written_value(_day(value, at))
    return _plain(value, at=at)


def _day(text: str, at: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # as the 30th of February
    raise MalformedError("no day like 2026-11-24", at=at, clause="RFC 8943")


def _moment(text: str, at: str) -> datetime:
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        pass
    raise MalformedError(
        "no moment like 2026-11-24T12:00:00Z", at=at, clause="RFC 3339"
    )


def _day_or_moment(text: str, at: str) -> date:
    return _moment(text, at) if "T" in text else _day(text, at)


def _octets(text: str, at: str) -> bytes:
    address = _DATA_URL.match(text)
    encoded = text if address is None else text[address.end() :]
    plain = encoded.replace("+", "-").replace("/", "_").rstrip("=")
    return b64.decode(plain, at=at, clause="RFC 4648 §4")


_Reader = Callable[[str, str], ElementValue]
_READERS: Final[Mapping[Kind, _Reader]] = {
    Kind.BYTES: _octets,
    Kind.FULL_DATE: _day,
    Kind.MOMENT: _moment,
    Kind.DAY: _day_or_moment,
    Kind.DAY_OR_MAP: _day,
}
# What the catalogue says of an element whose namespace is not known here.
_OF_A_CLAIM: Final[Mapping[ClaimKind, _Reader]] = {
    ClaimKind.DATE: _day_or_moment,
    ClaimKind.IMAGE: _octets,
}
_MARKS: Final[Mapping[str, _Reader]] = {
    "$bytes": _octets,
    "$date": _day,
    "$moment": _moment,
}
