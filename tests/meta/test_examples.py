"""Examples are what strangers copy: they import what is promised, and tell of it."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.meta.source import ROOT

EXAMPLES: Final = ROOT / "examples"

# The rooms whose names are a promise (docs/adr/0065, snapshots in tests/api).
ROOMS: Final = (
    "idwallet",
    "idwallet.adapters",
    "idwallet.consent",
    "idwallet.documents",
    "idwallet.errors",
    "idwallet.explain",
    "idwallet.ports",
    "idwallet.protocols",
    "idwallet.report",
    "idwallet.roles",
    "idwallet.testing",
    "idwallet.trust",
)


# Written before there were such rooms; whoever is done with one takes it out of here.
NOT_YET: Final = frozenset[str]()


def imported(source: str) -> Iterator[tuple[str, str]]:
    """Yield what is imported of ours: the module, and the name or nothing."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", each.name) for each in node.names)


def is_promised(module: str, name: str) -> bool:
    """Whether it is a name of a public room, or such a room itself."""
    if module.split(".", maxsplit=1)[0] != "idwallet":
        return True
    if not name or f"{module}.{name}" in ROOMS:
        return (f"{module}.{name}" if name else module) in ROOMS
    if module not in ROOMS:
        return False
    room = importlib.import_module(module)
    return name in getattr(room, "__all__", dir(room)) and not name.startswith("_")


def test_every_example_imports_public_names_and_no_others() -> None:
    others = [
        f"{path.relative_to(ROOT)}: {module} {name}: put it into a room of `ROOMS`"
        for path in sorted(EXAMPLES.rglob("*.py"))
        for module, name in imported(path.read_text(encoding="utf-8"))
        if not is_promised(module, name)
    ]
    late = {each.split("/")[1] for each in others}
    assert [each for each in others if each.split("/")[1] not in NOT_YET] == []
    assert late == NOT_YET, "it is written on public names now: take it out"


@pytest.mark.parametrize(
    "source",
    [
        "from idwallet.roles.holder import Holder",
        "import idwallet.codec.json",
        "from idwallet import codec",
        "from idwallet.roles import vault",
        "from idwallet.adapters import clock",
    ],
)
def test_what_is_not_promised_is_noticed(source: str) -> None:
    assert [each for each in imported(source) if not is_promised(*each)] != []


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name
)
def test_an_example_of_one_file_says_what_it_shows_and_how_to_start_it(
    path: Path,
) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert said.splitlines()[0].endswith(".")
    assert f"``python examples/{path.name}``" in said
