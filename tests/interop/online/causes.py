"""Why the peer comes to another result: each cause is a change that takes it away.

A difference is explained where it is gone once its cause is, all else being as it was.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from idwallet.codec.json import JsonObject, JsonValue
from tests.interop.online.generated import RARE, Case

Change = Callable[[Case], Case]
_Map = Callable[[JsonValue], JsonValue]


def _deep(change: _Map, value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        value = {name: _deep(change, each) for name, each in value.items()}
    elif isinstance(value, list):
        value = [_deep(change, each) for each in value]
    return change(value)


def _in_credentials(change: _Map) -> Change:
    def changed(case: Case) -> Case:
        held = tuple(_claims_changed(each, change) for each in case.credentials)
        return replace(case, credentials=held)

    return changed


def _claims_changed(held: JsonObject, change: _Map) -> JsonObject:
    name = "namespaces" if "namespaces" in held else "claims"
    return held | {name: _deep(change, held[name])}


def _kind(value: JsonValue) -> type:
    return type(value) if isinstance(value, dict | list) else object


def _filled(value: JsonValue) -> JsonValue:
    return "was empty" if value == [] else value


def _told(value: JsonValue) -> JsonValue:
    return "was null" if value is None else value


def _alike(value: JsonValue) -> JsonValue:
    if not isinstance(value, list):
        return value
    return [each for each in value if _kind(each) is _kind(value[0])]


def _renamed(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {_renamed_text(name): each for name, each in value.items()}
    return _renamed_text(value) if isinstance(value, str) else value


def _renamed_text(value: str) -> str:
    return "country" if value == RARE else value


def _rename(case: Case) -> Case:
    query = _deep(_renamed, case.query)
    assert isinstance(query, dict)
    return replace(_in_credentials(_renamed)(case), query=query)


def _every_element(value: JsonValue) -> JsonValue:
    if not isinstance(value, dict) or not isinstance(value.get("path"), list):
        return value
    path = value["path"]
    assert isinstance(path, list)
    return value | {"path": [None if type(each) is int else each for each in path]}


def _without_indexes(case: Case) -> Case:
    query = _deep(_every_element, case.query)
    assert isinstance(query, dict)
    return replace(case, query=query)


def _only_what_the_sets_name(case: Case) -> Case:
    sets = case.query.get("credential_sets")
    if not isinstance(sets, list):
        return case
    named = str([each["options"] for each in sets if isinstance(each, dict)])
    kept = {name: shown for name, shown in case.answer.items() if f"'{name}'" in named}
    return replace(case, answer=kept)


CAUSES: Final[Mapping[str, Change]] = {
    "a null over an array with nothing in it": _in_credentials(_filled),
    "a null over elements of several kinds": _in_credentials(_alike),
    "a claim that is null": _in_credentials(_told),
    "a name that every JavaScript object has": _rename,
    "an index, in an answer": _without_indexes,
    "an answer to a query that stands in no set": _only_what_the_sets_name,
}
"""The causes, by their name in ``docs/divergences.md``, in the order of the page."""


def without(case: Case, *, but: str = "") -> Case:
    """Return the case with all causes taken away except the one named."""
    for name, change in CAUSES.items():
        if name != but:
            case = change(case)
    return case
