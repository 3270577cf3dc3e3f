"""A catalogue file with a fault is refused; its twin without it is read."""

import json
from copy import deepcopy

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.credentials.catalogue.read import read_credential_type
from idwallet.credentials.catalogue.types import ClaimKind, Display, Sensitivity
from idwallet.errors import LimitError, MalformedError

REMOVED = object()
DISPLAY: JsonObject = {"en": "Level", "ru": "Уровень"}
VALID: JsonObject = {
    "format": "idwallet-catalogue/1",
    "name": "pass",
    "display": dict(DISPLAY),
    "source": "a document",
    "types": {"dc+sd-jwt": "urn:x:1"},
    "claims": {
        "level": {
            "paths": {"dc+sd-jwt": ["a", "level"]},
            "display": dict(DISPLAY),
            "sensitivity": "personal",
            "kind": "string",
        },
        "age_over_18": {
            "paths": {"dc+sd-jwt": ["adult"]},
            "display": dict(DISPLAY),
            "sensitivity": "minimal",
            "kind": "boolean",
            "states_age": 18,
        },
    },
}


def _bytes(value: JsonObject) -> bytes:
    return json.dumps(value).encode()


def _changed(steps: tuple[str, ...], value: object) -> JsonObject:
    found = deepcopy(VALID)
    place: object = found
    for step in steps[:-1]:
        place = place[step]  # type: ignore[index]
    if value is REMOVED:
        del place[steps[-1]]  # type: ignore[attr-defined]
    else:
        place[steps[-1]] = value  # type: ignore[index]
    return found


def test_a_sound_file_is_read_whole() -> None:
    found = read_credential_type(_bytes(VALID), at="pass.json")
    assert (found.name, found.source) == ("pass", "a document")
    assert found.display == Display("Level", "Уровень")
    assert found.types == {"dc+sd-jwt": "urn:x:1"}
    level = found.claims["level"]
    assert (level.name, level.paths) == ("level", {"dc+sd-jwt": ("a", "level")})
    assert (level.sensitivity, level.kind) == (Sensitivity.PERSONAL, ClaimKind.STRING)
    assert level.states_age is None
    assert found.ages() == (18,)


LEVEL = ("claims", "level")
AGE = ("claims", "age_over_18", "states_age")


@pytest.mark.parametrize(
    ("steps", "value", "at"),
    [
        (("later",), 1, "/later"),
        (("name",), REMOVED, "/name"),
        (("name",), "a b", "/name"),
        (("format",), "idwallet-catalogue/2", "/format"),
        (("source",), "", "/source"),
        (("display", "ru"), REMOVED, "/display/ru"),
        (("display", "ru"), "", "/display/ru"),
        (("display", "de"), "Stufe", "/display/de"),
        (("types",), {}, "/types"),
        (("types", "dc+sd-jwt"), 1, "/types/dc+sd-jwt"),
        (("types", "jwt_vc_json"), "x", "/types/jwt_vc_json"),
        (("claims",), {}, "/claims"),
        (("claims", "a b"), VALID["claims"]["level"], "/claims/a b"),  # type: ignore[index, call-overload]
        (("claims", ""), VALID["claims"]["level"], "/claims/"),  # type: ignore[index, call-overload]
        (("claims", "\x1b[2J"), VALID["claims"]["level"], "/claims/\x1b[2J"),  # type: ignore[index, call-overload]
        (("claims",), [], "/claims"),
        ((*LEVEL, "later"), 1, "/claims/level/later"),
        ((*LEVEL, "paths"), {}, "/claims/level/paths"),
        ((*LEVEL, "paths", "x"), ["a"], "/claims/level/paths/x"),
        ((*LEVEL, "paths", "mso_mdoc"), ["a", "b"], "/claims/level/paths/mso_mdoc"),
        ((*LEVEL, "paths", "dc+sd-jwt"), [], "/claims/level/paths/dc+sd-jwt"),
        ((*LEVEL, "paths", "dc+sd-jwt"), ["adult"], "/claims"),
        ((*LEVEL, "display"), REMOVED, "/claims/level/display"),
        ((*LEVEL, "display", "en"), REMOVED, "/claims/level/display/en"),
        ((*LEVEL, "sensitivity"), "secret", "/claims/level/sensitivity"),
        ((*LEVEL, "sensitivity"), REMOVED, "/claims/level/sensitivity"),
        ((*LEVEL, "kind"), "text", "/claims/level/kind"),
        ((*LEVEL, "states_age"), 18, "/claims"),
        ((*LEVEL, "tells_age"), "birthday", "/claims/level/tells_age"),
        ((*LEVEL, "tells_age"), True, "/claims/level/tells_age"),
        (AGE, "18", "/claims/age_over_18/states_age"),
        (AGE, True, "/claims/age_over_18/states_age"),
        (AGE, 0, "/claims/age_over_18/states_age"),
        (AGE, 150, "/claims/age_over_18/states_age"),
    ],
)
def test_a_file_with_a_fault_is_refused_at_its_place(
    steps: tuple[str, ...], value: object, at: str
) -> None:
    with pytest.raises(MalformedError) as caught:
        read_credential_type(_bytes(_changed(steps, value)), at="pass.json")
    assert caught.value.at == f"pass.json{at}"
    assert caught.value.clause == "idwallet-catalogue/1"


def _in_both(paths: JsonObject) -> JsonObject:
    found = _changed(("types", "mso_mdoc"), "org.example.1")
    return found | {
        "claims": {"level": {**VALID["claims"]["level"], "paths": paths}}  # type: ignore[index, call-overload, dict-item]
    }


def test_a_claim_may_be_missing_in_one_of_the_formats() -> None:
    both: JsonObject = {"dc+sd-jwt": ["level"], "mso_mdoc": ["org.example", "level"]}
    found = read_credential_type(_bytes(_in_both(both)), at="pass.json")
    assert found.claims["level"].paths == {
        "dc+sd-jwt": ("level",),
        "mso_mdoc": ("org.example", "level"),
    }
    assert found.formats == ("dc+sd-jwt", "mso_mdoc")
    one = read_credential_type(
        _bytes(_in_both({"mso_mdoc": ["org.example", "level"]})), at="pass.json"
    )
    assert set(one.claims["level"].paths) == {"mso_mdoc"}


@pytest.mark.parametrize("path", [["org.example"], ["org.example", "a", "b"]])
def test_an_element_is_named_by_its_namespace_and_itself(path: list[str]) -> None:
    with pytest.raises(MalformedError) as caught:
        read_credential_type(_bytes(_in_both({"mso_mdoc": [*path]})), at="pass.json")
    assert caught.value.at == "pass.json/claims/level/paths/mso_mdoc"


def test_a_file_of_more_than_anybody_reads_is_refused() -> None:
    with pytest.raises(LimitError):
        read_credential_type(b" " * (limits.CATALOGUE_BYTES + 1), at="pass.json")
    claim = VALID["claims"]["level"]  # type: ignore[index, call-overload]
    many = {f"c{n}": claim for n in range(limits.CATALOGUE_CLAIMS + 1)}
    with pytest.raises(LimitError, match="too many"):
        read_credential_type(_bytes(VALID | {"claims": many}), at="pass.json")


def test_a_file_that_names_a_claim_twice_is_refused() -> None:
    text = b'{"claims": {"a": 1, "a": 2}}'
    with pytest.raises(MalformedError):
        read_credential_type(text, at="pass.json")
