"""Nothing unfinished, nothing waved through, nothing that ties us to one machine."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.meta.source import ROOT, dotted, modules

# The only places where mypy may be overruled, and why.
OVERRULED: Final[Mapping[str, str]] = {
    "envelope.jws._jose": "python-jose has no types",
    "adapters.pkcs11": "python-pkcs11 has no types",
    "crypto.jwk": "hot path: the look-up itself refuses a name that is no text",
    "testing": "makes on purpose what the types forbid",
}

# Written in two parts, so that this file does not name what it looks for.
PLACES: Final = tuple(
    "".join(parts)
    for parts in (
        ("/wo", "rk/"),
        ("/ro", "ot/"),
        ("/ho", "me/"),
        ("/Us", "ers/"),
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("registry.", "npmjs"),
    )
)
WRITTEN: Final = frozenset(
    {".py", ".md", ".toml", ".json", ".txt", ".yml", ".yaml", ".mjs", ".js", ""}
)
TOP: Final = ("src", "tests", "docs", "examples", ".github", ".ci")


def _comments(pattern: str) -> Iterator[tuple[str, str]]:
    for module in modules():
        for number, line in enumerate(module.lines, start=1):
            if found := re.search(pattern, line):
                yield f"{module.name}:{number}", found[0]


def test_the_type_checker_is_overruled_in_named_places_only() -> None:
    places = [place for place, _ in _comments(r"# type: ignore")]
    assert [each for each in places if not each.startswith(tuple(OVERRULED))] == []


def test_every_rule_that_is_waved_through_has_its_reason() -> None:
    silent = [
        place
        for place, found in _comments(r"# noqa.*$")
        if not re.fullmatch(r"# noqa: [A-Z0-9, ]+ - \S.{3,}", found)
    ]
    assert silent == []


def test_every_line_kept_from_the_coverage_report_has_its_reason() -> None:
    silent = [
        place
        for place, found in _comments(r"# pragma: no cover.*$")
        if not re.fullmatch(r"# pragma: no cover - \S.{3,}", found)
    ]
    assert silent == []


def test_nothing_stands_for_what_is_not_built() -> None:
    stubs = [
        module.place(node)
        for module in modules()
        for node in module.walk(ast.Raise)
        if isinstance(node, ast.Raise)
        and node.exc is not None
        and "NotImplemented" in dotted(getattr(node.exc, "func", node.exc))
    ]
    assert stubs == []


def _written_files() -> Iterator[Path]:
    yield from (path for path in ROOT.glob("*.*") if path.suffix in {".md", ".toml"})
    for top in TOP:
        for path in (ROOT / top).rglob("*"):
            if path.is_file() and not _is_made(path):
                yield path


def _is_made(path: Path) -> bool:
    made = {"node_modules", "__pycache__", ".venv", "target"}
    return bool(made & set(path.parts)) or path.suffix not in WRITTEN


def test_no_file_names_a_machine_or_a_registry() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {place}"
        for path in _written_files()
        for place in PLACES
        if place in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert named == []
