"""The public surface is small, written down, and costs nothing until it is used."""

import ast
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

import idwallet
from idwallet import (
    adapters,
    consent,
    documents,
    errors,
    protocols,
    roles,
    testing,
    trust,
)

HERE: Final = Path(__file__).parent
AT_MOST: Final = 45

# What `import idwallet` must not pay for.
HEAVY: Final = (
    "asn1crypto",
    "asyncio",
    "cbor2",
    "click",
    "cryptography",
    "importlib.metadata",
    "inspect",
    "jose",
    "json",
    "logging",
    "orjson",
    "pkcs11",
    "rich",
    "sqlalchemy",
    "ssl",
    "typing_extensions",
)

pytestmark = pytest.mark.smoke


def _snapshot(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def _in_a_new_interpreter(program: str) -> str:
    command = [sys.executable, "-I", "-c", program]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_the_public_names_are_those_of_the_snapshot() -> None:
    assert idwallet.__all__ == _snapshot("public_names.txt")


def test_the_names_about_documents_are_those_of_their_snapshot() -> None:
    assert sorted(documents.__all__) == _snapshot("document_names.txt")
    for name in documents.__all__:
        assert getattr(documents, name).__doc__


LAZY: Final = (
    (adapters, "adapter_names.txt"),
    (consent, "consent_names.txt"),
    (protocols, "protocol_names.txt"),
    (roles, "role_names.txt"),
    (testing, "testing_names.txt"),
    (trust, "trust_names.txt"),
)


@pytest.mark.parametrize(("room", "snapshot"), LAZY)
def test_the_names_of_a_lazy_room_are_those_of_its_snapshot(
    room: ModuleType, snapshot: str
) -> None:
    assert sorted(room.__all__) == _snapshot(snapshot)
    assert sorted(room._HOMES) == sorted(room.__all__)
    for name in room.__all__:
        assert getattr(room, name).__doc__
        assert name in dir(room)
    with pytest.raises(AttributeError, match="no attribute 'agree_to_all'"):
        getattr(room, "agree_to_all")  # noqa: B009 - mypy knows it is not there


@pytest.mark.parametrize("room", [each for each, _ in LAZY], ids=lambda e: e.__name__)
def test_a_lazy_room_costs_nothing_until_it_is_used(room: ModuleType) -> None:
    source = str(Path(idwallet.__file__).parents[1])
    program = (
        f"import sys; sys.path.insert(0, {source!r}); import {room.__name__}; "
        "print(sorted(m for m in sys.modules if m.startswith('idwallet')))"
    )
    found = _in_a_new_interpreter(program)
    # What loads the names of a room is all that is loaded with it.
    assert found == str(sorted(["idwallet", "idwallet.facade", room.__name__]))


@pytest.mark.parametrize("room", [each for each, _ in LAZY], ids=lambda e: e.__name__)
def test_a_type_checker_is_told_the_names_of_a_lazy_room(room: ModuleType) -> None:
    tree = ast.parse(Path(str(room.__file__)).read_text(encoding="utf-8"))
    told = {
        each.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("idwallet")
        if node.module != "idwallet.facade"  # what loads them
        for each in node.names
    }
    assert told == dict(room._HOMES)


def test_the_public_names_are_sorted_and_few() -> None:
    assert idwallet.__all__ == sorted(set(idwallet.__all__))
    assert len(idwallet.__all__) <= AT_MOST


def test_the_exceptions_are_those_of_their_snapshot() -> None:
    made_here = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and value.__module__ == "idwallet.errors"
    }
    assert sorted(made_here) == _snapshot("error_names.txt")


@pytest.mark.parametrize("name", idwallet.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(idwallet, name)
    assert value.__doc__
    assert name in dir(idwallet)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'verify_everything'"):
        getattr(idwallet, "verify_everything")  # noqa: B009 - mypy knows it is not there


def test_a_type_checker_is_told_the_same_names_and_homes() -> None:
    tree = ast.parse(Path(idwallet.__file__).read_text(encoding="utf-8"))
    told = {
        each.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("idwallet")
        for each in node.names
    }
    assert told == dict(idwallet._HOMES)
    assert sorted(told) == idwallet.__all__


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = (
        "import sys; before = set(sys.modules); import idwallet; "
        f"print(sorted(set({HEAVY!r}) & (set(sys.modules) - before)))"
    )
    assert _in_a_new_interpreter(program) == "[]"


def test_importing_the_package_loads_none_of_its_layers() -> None:
    program = (
        "import sys, idwallet; "
        "print(sorted(m for m in sys.modules if m.startswith('idwallet')))"
    )
    assert _in_a_new_interpreter(program) == "['idwallet']"


def test_no_submodule_displaces_a_public_name() -> None:
    name = idwallet.__all__[0]
    before = getattr(idwallet, name)
    setattr(idwallet, name, ModuleType(f"idwallet.{name}"))
    assert getattr(idwallet, name) is before


def test_explain_is_the_function_even_after_its_package_was_imported() -> None:
    program = (
        "import idwallet.explain, idwallet; from idwallet import explain; "
        "print(callable(explain), explain is idwallet.explain)"
    )
    assert _in_a_new_interpreter(program) == "True True"


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(idwallet.__file__).parent / "py.typed").is_file()
