"""Time, files, randomness and state come in by the door, never from the air."""

import ast
from collections.abc import Iterator, Mapping
from typing import Final, cast

from tests.meta.source import Function, Module, dotted, modules

CLOCKS: Final = frozenset(
    {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
    | {"datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today"}
    | {"time.time", "time.time_ns", "time.monotonic", "time.localtime"}
    | {"time.gmtime", "time.perf_counter"}
)
CLOCK_DOOR: Final = "adapters.clock"

FILE_CALLS: Final = frozenset({"open", "io.open", "os.open", "Path", "pathlib.Path"})
FILE_METHODS: Final = frozenset(
    {"read_bytes", "read_text", "write_bytes", "write_text", "open", "unlink", "mkdir"}
)
ABOVE_ADAPTERS: Final = frozenset({"adapters", "cli", "explain", "testing"})
# Data files of our own package, read through `importlib.resources`.
OWN_DATA: Final[Mapping[str, str]] = {
    "credentials.catalogue": "the type catalogue is data, part of the package",
    "consent.purpose": "the shipped purpose profiles are data, part of the package",
}

# A bounded memo of a pure function: which results it holds changes nothing but speed.
PURE_MEMOS: Final[Mapping[str, str]] = {}
# What a device keeps for the process, whether we look or not.
MIRRORS: Final[Mapping[str, str]] = {
    "adapters.pkcs11.session._LOGINS": "a login belongs to token and process, counted",
}
# A memo without a bound, whose arguments have few values.
CLOSED_MEMOS: Final[Mapping[str, str]] = {
    "explain.consent.consent_words": "one catalogue for each language",
    "explain.claims.wallet_words": "one catalogue for each language",
    "explain.transactions.transaction_words": "one catalogue for each language",
    "explain.linking.linking_words": "one catalogue for each language",
    "explain.ledger.ledger_words": "one catalogue for each language",
    "explain.words.claim_names": "one table for each language",
    "explain.words.words": "one catalogue for each language",
}

MUTABLE: Final = frozenset(
    {"dict", "list", "set", "bytearray", "defaultdict", "OrderedDict", "deque"}
    | {"collections.defaultdict", "collections.OrderedDict", "collections.deque"}
    | {"Counter", "WeakValueDictionary", "WeakKeyDictionary", "ContextVar", "local"}
)


def _calls(module: Module) -> Iterator[ast.Call]:
    return (cast("ast.Call", node) for node in module.walk(ast.Call))


def test_one_module_reads_a_clock() -> None:
    readers = {
        module.name
        for module in modules()
        for call in _calls(module)
        if dotted(call.func) in CLOCKS
    }
    assert readers <= {CLOCK_DOOR}


def _reads_own_data(module: Module) -> bool:
    return any(module.name.startswith(name) for name in OWN_DATA)


def _is_given_memory(call: ast.Call) -> bool:
    """Whether what is "opened" is octets at hand, as Pillow's `open` takes them."""
    given = call.args[0] if call.args else None
    return isinstance(given, ast.Call) and dotted(given.func) == "io.BytesIO"


def test_nothing_below_adapters_opens_a_file() -> None:
    openings = [
        module.place(call)
        for module in modules()
        if module.layer not in ABOVE_ADAPTERS and not _reads_own_data(module)
        for call in _calls(module)
        if not _is_given_memory(call)
        if dotted(call.func) in FILE_CALLS
        or (isinstance(call.func, ast.Attribute) and call.func.attr in FILE_METHODS)
    ]
    assert openings == []


def test_nothing_prints() -> None:
    # The command line writes through its one console.
    printing = [
        module.place(call)
        for module in modules()
        for call in _calls(module)
        if dotted(call.func) in {"print", "pprint", "sys.stdout.write"}
    ]
    assert printing == []


def test_no_function_rebinds_a_name_of_its_module() -> None:
    rebinding = [
        module.place(node) for module in modules() for node in module.walk(ast.Global)
    ]
    assert rebinding == []


def test_no_module_holds_state_that_can_change() -> None:
    mutable = {
        name
        for module in modules()
        for node in module.tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_mutable(node.value)
        for name in _names(module, node)
        if not _is_table(node)
    }
    assert mutable <= {*PURE_MEMOS, *MIRRORS}


def _names(module: Module, node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = map(dotted, targets)
    return [f"{module.name}.{each}" for each in names if not each.startswith("__")]


def _is_table(node: ast.Assign | ast.AnnAssign) -> bool:
    """A filled literal that is `Final`: written down once, and only read."""
    if isinstance(node, ast.Assign) or "Final" not in ast.unparse(node.annotation):
        return False
    if isinstance(node.value, ast.ListComp | ast.DictComp):
        return True
    if isinstance(node.value, ast.Call):
        return bool(node.value.args)
    is_literal = isinstance(node.value, ast.Dict | ast.List | ast.Set)
    return is_literal and ast.unparse(node.value) not in {"{}", "[]"}


def _is_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return dotted(value.func) in MUTABLE
    return isinstance(
        value, ast.Dict | ast.List | ast.Set | ast.ListComp | ast.DictComp
    )


def test_every_memo_is_bounded() -> None:
    unbounded = {
        name
        for module in modules()
        for name, function in module.functions()
        if _is_unbounded_memo(function) and _takes_arguments(function)
    }
    assert unbounded <= set(CLOSED_MEMOS)


def _is_unbounded_memo(function: Function) -> bool:
    return any(
        dotted(each) in {"cache", "functools.cache"} for each in function.decorator_list
    )


def _takes_arguments(function: Function) -> bool:
    given = function.args
    return bool(given.args or given.kwonlyargs or given.vararg or given.kwarg)


def test_bytes_that_may_be_secret_are_never_compared_by_the_operator() -> None:
    comparing = [
        module.place(node)
        for module in modules()
        for node in module.walk(ast.Compare)
        if _compares_digests(cast("ast.Compare", node))
    ]
    assert comparing == []


def _compares_digests(node: ast.Compare) -> bool:
    if not all(isinstance(each, ast.Eq | ast.NotEq) for each in node.ops):
        return False
    ends = {
        dotted(each).rpartition(".")[2].strip("_")
        for each in (node.left, *node.comparators)
    }
    return bool(ends & {"mac", "hmac", "sd_hash", "nonce", "password", "pin"})
