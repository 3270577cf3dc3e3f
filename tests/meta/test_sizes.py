"""Budgets on size, and names that say nothing."""

from collections.abc import Mapping
from typing import Final

from tests.meta.source import Function, modules

MODULE_LINES: Final = 400
FUNCTION_LINES: Final = 40

# A name here breaks its budget, for the reason beside it.
LONGER_MODULES: Final[Mapping[str, str]] = {
    "limits": "every bound stands in one list by name; parted, it would be searched",
}
LONGER_FUNCTIONS: Final[Mapping[str, str]] = {}

FORBIDDEN_NAMES: Final = frozenset(
    {"utils", "util", "helpers", "helper", "common", "core", "services", "service"}
    | {"misc", "manager", "managers", "handlers", "handle", "process", "stuff"}
)


def _length(function: Function) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def test_no_module_is_longer_than_its_budget_unless_named() -> None:
    longer = {each.name for each in modules() if len(each.lines) > MODULE_LINES}
    assert longer == set(LONGER_MODULES)


def test_no_function_is_longer_than_its_budget_unless_named() -> None:
    longer = {
        name
        for module in modules()
        for name, function in module.functions()
        if _length(function) > FUNCTION_LINES
    }
    assert longer == set(LONGER_FUNCTIONS)


def test_every_exception_to_a_budget_has_a_reason() -> None:
    reasons = [*LONGER_MODULES.values(), *LONGER_FUNCTIONS.values()]
    assert all(len(reason) > 20 for reason in reasons)


def test_no_module_has_a_name_that_says_nothing() -> None:
    parts = {part.strip("_") for each in modules() for part in each.name.split(".")}
    assert not parts & FORBIDDEN_NAMES
