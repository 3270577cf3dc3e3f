"""Every refusal says where the rule stands, and nothing is swallowed."""

import ast
from collections.abc import Iterator
from typing import Final, cast

from tests.meta.source import Module, dotted, modules

CLAUSED: Final = frozenset({"MalformedError", "LimitError", "UnsupportedError"})
# What a machine or a token lacks breaks no clause.
MACHINES: Final = frozenset({"adapters", "cli"})
PLACED: Final = frozenset({"MalformedError", "LimitError"})


def _makings(module: Module, names: frozenset[str]) -> Iterator[ast.Call]:
    for node in module.walk(ast.Call):
        call = cast("ast.Call", node)
        if dotted(call.func).rpartition(".")[2] in names:
            yield call


def _without(keyword: str, names: frozenset[str]) -> list[str]:
    return [
        module.place(call)
        for module in modules()
        for call in _makings(module, names)
        if keyword not in {each.arg for each in call.keywords}
    ]


def test_every_refusal_of_bytes_names_its_clause() -> None:
    assert _without("clause", PLACED) == []


def test_every_refusal_names_its_clause_but_for_what_a_machine_lacks() -> None:
    silent = _without("clause", CLAUSED)
    assert [each for each in silent if each.partition(".")[0] not in MACHINES] == []


def test_every_refusal_of_bytes_names_the_place() -> None:
    assert _without("at", PLACED) == []


def test_no_clause_is_empty() -> None:
    empty = [
        module.place(call)
        for module in modules()
        for call in _makings(module, CLAUSED)
        for each in call.keywords
        if each.arg == "clause"
        and isinstance(each.value, ast.Constant)
        and not each.value.value
    ]
    assert empty == []


def test_no_handler_catches_what_it_cannot_name() -> None:
    broad = [
        module.place(node)
        for module in modules()
        for node in module.walk(ast.ExceptHandler)
        if _is_broad(cast("ast.ExceptHandler", node))
    ]
    assert broad == []


def _is_broad(handler: ast.ExceptHandler) -> bool:
    # What only tidies up and lets the exception go on has caught nothing.
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None:
        return False
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(dotted(kind) in {"Exception", "BaseException"} for kind in kinds)


def test_nothing_is_left_to_an_assert_that_optimisation_removes() -> None:
    asserts = [
        module.place(node) for module in modules() for node in module.walk(ast.Assert)
    ]
    assert asserts == []


def test_no_message_holds_a_value_that_was_found() -> None:
    # A message may interpolate names that the author chose: see MESSAGE_PARTS.
    leaks = [
        f"{module.place(call)} {part}"
        for module in modules()
        for call in _makings(module, CLAUSED)
        for part in _interpolated(call)
        if part in {"value", "text", "token", "data", "raw", "payload", "claims"}
    ]
    assert leaks == []


def _interpolated(call: ast.Call) -> Iterator[str]:
    for argument in [*call.args, *(each.value for each in call.keywords)]:
        for node in ast.walk(argument):
            if isinstance(node, ast.FormattedValue):
                yield dotted(node.value)


def test_what_failed_to_encode_or_decode_is_no_cause() -> None:
    # A UnicodeError holds the whole input, which whoever logs the chain would write.
    held = [
        module.place(inner)
        for module in modules()
        for node in module.walk(ast.ExceptHandler)
        if "Unicode" in ast.unparse(cast("ast.ExceptHandler", node).type or node)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Raise)
        and not (isinstance(inner.cause, ast.Constant) and inner.cause.value is None)
    ]
    assert held == []
