"""Prove who you are, sign what you agree to, check both with no network.

Every name below loads on first use, so that a program pays only for what it calls.
`idwallet.errors` holds the whole tree of exceptions, `idwallet.ports` what an
application may implement, `idwallet.profiles` the pinned versions of standards.
"""

import importlib
import sys
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from idwallet.errors import (
        IdWalletError,
        MalformedError,
        UsageError,
        VerificationError,
        VerificationFailed,
        VerificationIndeterminate,
    )
    from idwallet.report import Check, CheckId, Outcome, Reason, Report

__all__ = [
    "Check",
    "CheckId",
    "IdWalletError",
    "MalformedError",
    "Outcome",
    "Reason",
    "Report",
    "UsageError",
    "VerificationError",
    "VerificationFailed",
    "VerificationIndeterminate",
]

_HOMES: Final = MappingProxyType(
    {
        "Check": "idwallet.report",
        "CheckId": "idwallet.report",
        "IdWalletError": "idwallet.errors",
        "MalformedError": "idwallet.errors",
        "Outcome": "idwallet.report",
        "Reason": "idwallet.report",
        "Report": "idwallet.report",
        "UsageError": "idwallet.errors",
        "VerificationError": "idwallet.errors",
        "VerificationFailed": "idwallet.errors",
        "VerificationIndeterminate": "idwallet.errors",
    }
)


class _Package(ModuleType):
    """The package itself, whose public names no submodule can displace.

    Importing ``idwallet.explain`` makes Python set that attribute to the module;
    for a caller `idwallet.explain` is the function, whatever was imported before.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error

    def __getattr__(name: str) -> object:
        home = _HOMES.get(name)
        if home is None:
            message = f"module 'idwallet' has no attribute {name!r}"
            raise AttributeError(message)
        found: object = getattr(importlib.import_module(home), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


sys.modules[__name__].__class__ = _Package
