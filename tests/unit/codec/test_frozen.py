import pickle

import pytest

from idwallet.codec.frozen import FrozenObject
from idwallet.codec.json import JsonObject


def values() -> JsonObject:
    return {"a": [{"b": [1]}], "c": {"d": {}}, "e": None}


def test_nothing_reaches_into_it() -> None:
    frozen = FrozenObject(values())
    for each in (frozen["a"], dict(frozen)["a"], next(iter(frozen.values()))):
        assert isinstance(each, list)
        each[0]["b"].append(2)  # type: ignore[index,call-overload,union-attr]  # as in `values`
        each.clear()
    assert frozen == values()
    with pytest.raises(TypeError):
        frozen["e"] = 1  # type: ignore[index]  # what is refused


def test_it_is_a_mapping() -> None:
    frozen = FrozenObject(values())
    assert list(frozen) == ["a", "c", "e"]
    assert len(frozen) == 3
    assert "a" in frozen
    assert "b" not in frozen
    assert frozen.get("b") is None
    with pytest.raises(KeyError):
        frozen["b"]
    assert frozen == FrozenObject(values()) == values()
    assert frozen != FrozenObject({})


def test_it_shows_how_many_members_and_none_of_them() -> None:
    assert repr(FrozenObject({"secret": "secret"})) == "FrozenObject(<1 members>)"


def test_it_travels_between_processes() -> None:
    assert pickle.loads(pickle.dumps(FrozenObject(values()))) == values()
