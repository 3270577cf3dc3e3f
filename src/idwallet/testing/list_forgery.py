"""One thing wrong with a list of any kind, beside a list in which it is not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from idwallet.trust.status_list import ListFault, StatusReason

Draft = TypeVar("Draft")


def nothing(_: object) -> None:
    """Change nothing."""


@dataclass(frozen=True, slots=True)
class ListForgery(Generic[Draft]):
    """One thing wrong with a list, or with what a credential asks of it.

    `prepare` shapes both twins; `forge` then puts the fault into one of them. `fault`
    is why the list is refused, None where the list is good and its answer is a no.
    """

    name: str
    fault: ListFault | None
    forge: Callable[[Draft], None]
    reason: StatusReason = StatusReason.LIST_REFUSED
    prepare: Callable[[Draft], None] = nothing

    def pair(self, make: Callable[[], Draft]) -> tuple[Draft, Draft]:
        """Return a valid draft and a forged one, of two that `make` makes."""
        valid, forged = make(), make()
        for each in (valid, forged):
            self.prepare(each)
        self.forge(forged)
        return valid, forged
