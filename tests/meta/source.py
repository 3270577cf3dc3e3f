"""The library's own source, parsed once for the tests in this folder."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "src/idwallet"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of the library."""

    name: str
    lines: tuple[str, ...]
    tree: ast.Module

    @property
    def layer(self) -> str:
        """The first part of its name below `idwallet`."""
        return self.name.partition(".")[0]

    def walk(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Yield every node of these kinds."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def functions(self) -> Iterator[tuple[str, Function]]:
        """Yield every function with its dotted name."""
        return _functions(self.tree, self.name)

    def place(self, node: ast.AST) -> str:
        """Say where a node stands, for a failing test to name."""
        return f"{self.name}:{getattr(node, 'lineno', 0)}"


def _functions(node: ast.AST, name: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, Function | ast.ClassDef)
        below = f"{name}.{child.name}" if named else name
        if isinstance(child, Function):
            yield below, child
        yield from _functions(child, below)


def _read(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    return Module(name, tuple(text.splitlines()), ast.parse(text))


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the library, by name; `a.__init__` keeps its last part."""
    return tuple(map(_read, sorted(PACKAGE.rglob("*.py"))))


def dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` for a name or a chain of attributes, else an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        above = dotted(node.value)
        return f"{above}.{node.attr}" if above else ""
    return ""
