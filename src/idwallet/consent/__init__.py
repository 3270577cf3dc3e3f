"""What a person agrees to: what is asked, what is shown, and what follows from it.

Every name loads on first use.
"""

import importlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from idwallet.consent.linking import (
        Link,
        Linkability,
        LinkKind,
        LinkWeight,
        linkability,
    )

__all__ = [
    "Link",
    "LinkKind",
    "LinkWeight",
    "Linkability",
    "linkability",
]

_HOMES: Final = MappingProxyType(
    {
        "Link": "idwallet.consent.linking",
        "LinkKind": "idwallet.consent.linking",
        "LinkWeight": "idwallet.consent.linking",
        "Linkability": "idwallet.consent.linking",
        "linkability": "idwallet.consent.linking",
    }
)


if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error

    def __getattr__(name: str) -> object:
        home = _HOMES.get(name)
        if home is None:
            message = f"module 'idwallet.consent' has no attribute {name!r}"
            raise AttributeError(message)
        return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
