"""Profiles as JSON values, for what travels: closed types, read strictly."""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import MalformedError, UnsupportedError, UsageError

_CLAUSE: Final = "idwallet signing session 1 §2"
_TYPE: Final = "type"
_OCTETS: Final = "octets"
_NAME: Final = "name"
_PLAIN: Final = (bool, int, str)


def write_profile(profile: object) -> JsonObject:
    """Return a profile as a JSON object: its type's name, and each of its fields.

    Raises:
        UsageError: it holds something that does not travel, as an open file.
    """
    if not is_dataclass(profile) or isinstance(profile, type):
        raise UsageError("a document is signed by a profile, as CAdES()")
    members = {
        each.name: _written(getattr(profile, each.name)) for each in fields(profile)
    }
    return {_TYPE: type(profile).__name__, **members}


def _written(value: object) -> JsonValue:
    if isinstance(value, Enum):
        return _written(value.value)
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, float):
        return value
    if isinstance(value, bytes):
        return {_OCTETS: b64.encode(value)}
    if isinstance(value, tuple | frozenset):
        return [_written(each) for each in value]
    if isinstance(value, type):
        return {_NAME: value.__name__}
    if is_dataclass(value):
        return write_profile(value)
    raise UsageError(f"a {type(value).__name__} of a profile does not travel")


def read_profile(
    value: JsonValue, *, known: Mapping[str, type], at: str = "/profile"
) -> object:
    """Read a profile of one of the `known` types, by their names.

    Raises:
        MalformedError: it is of another type, or breaks its rules.
    """
    name = value.get(_TYPE) if isinstance(value, dict) else None
    kind = known.get(name) if isinstance(name, str) else None
    if kind is None:
        raise _fault("not a profile that is known", at)
    return _read(value, kind, at=at)


def _read(value: JsonValue, wanted: Any, *, at: str) -> object:
    origin = typing.get_origin(wanted)
    if origin in (typing.Union, types.UnionType):
        return _one_of(value, typing.get_args(wanted), at=at)
    if origin in (tuple, frozenset):
        return _several(value, wanted, at=at)
    if origin is type:
        return _kind(value, wanted, at=at)
    if wanted is type(None) and value is None:
        return None
    if wanted is float and type(value) in (int, float):
        return value
    if wanted in _PLAIN and type(value) is wanted:
        return value
    if isinstance(wanted, type):
        return _object(value, wanted, at=at)
    raise _fault("not of the type that is wanted", at)


def _kind(value: JsonValue, wanted: Any, *, at: str) -> object:
    """Read which of the types that are wanted is named."""
    (listed,) = typing.get_args(wanted)
    kinds = typing.get_args(listed) or (listed,)
    for kind in kinds:
        if value == {_NAME: kind.__name__}:
            return kind
    raise _fault("not a type that is wanted", at)


def _one_of(value: JsonValue, kinds: tuple[Any, ...], *, at: str) -> object:
    for kind in kinds:
        try:
            return _read(value, kind, at=at)
        except MalformedError:
            continue
    raise _fault("of none of the types that are wanted", at)


def _several(value: JsonValue, wanted: Any, *, at: str) -> object:
    if not isinstance(value, list):
        raise _fault("not a list", at)
    arguments = typing.get_args(wanted)
    if typing.get_origin(wanted) is frozenset or arguments[-1:] == (Ellipsis,):
        arguments = (arguments[0],) * len(value)
    if len(arguments) != len(value):
        raise _fault("not as many as are wanted", at)
    found = [
        _read(each, kind, at=f"{at}/{number}")
        for number, (each, kind) in enumerate(zip(value, arguments, strict=True))
    ]
    origin = typing.get_origin(wanted)
    return tuple(found) if origin is tuple else frozenset(found)


def _object(value: JsonValue, wanted: type, *, at: str) -> object:
    if issubclass(wanted, Enum):
        known = _octets(value, at=at) if isinstance(value, dict) else value
        try:
            return wanted(known)
        except ValueError as error:
            raise _fault("not a value that is known", at) from error
    if issubclass(wanted, tuple):
        return _named(value, wanted, at=at)
    if not isinstance(value, dict):
        raise _fault("not an object", at)
    if wanted is bytes:
        return _octets(value, at=at)
    if getattr(wanted, "_is_protocol", False):
        wanted = _shown(value, at=at)
    return _fields(value, wanted, at=at)


def _octets(value: JsonObject, *, at: str) -> bytes:
    text = value.get(_OCTETS)
    if set(value) != {_OCTETS} or not isinstance(text, str):
        raise _fault("not octets", at)
    return b64.decode(text, at=at, clause=_CLAUSE)


def _shown(value: JsonObject, *, at: str) -> type:
    """Return the kind of appearance: the one that travels is ours."""
    if value.get(_TYPE) != "Stamp":
        raise _fault("not an appearance that is known", at)
    from idwallet.documents.appearance import Stamp

    return Stamp


def _named(value: JsonValue, wanted: type, *, at: str) -> object:
    """Read a tuple whose places have names, as a box has."""
    hints = typing.get_type_hints(wanted)
    if not isinstance(value, list) or len(value) != len(hints) or not hints:
        raise _fault("not as many as are wanted", at)
    pairs = zip(value, hints.values(), strict=True)
    return wanted(*(_read(each, kind, at=at) for each, kind in pairs))


def _fields(value: JsonObject, wanted: type, *, at: str) -> object:
    if not is_dataclass(wanted) or value.get(_TYPE) != wanted.__name__:
        raise _fault("not of the type that is wanted", at)
    hints = typing.get_type_hints(wanted)
    names = {each.name for each in fields(wanted) if each.init}
    if set(value) - {_TYPE} != names:
        raise _fault("a field too many or too few", at)
    given = {name: _read(value[name], hints[name], at=f"{at}/{name}") for name in names}
    try:
        return wanted(**given)
    except (UsageError, UnsupportedError) as error:
        raise _fault("fields that do not go together", at) from error


def _fault(what: str, at: str) -> MalformedError:
    return MalformedError(what, at=at, clause=_CLAUSE)
