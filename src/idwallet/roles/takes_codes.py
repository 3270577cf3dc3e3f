"""A verifier who takes codes that nobody was asked for; `Verifier` is one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from idwallet import limits
from idwallet.credentials.query import Query
from idwallet.errors import UsageError

if TYPE_CHECKING:
    from idwallet.roles.standing import StandingRequest
    from idwallet.roles.verifier import Verifier


def with_statements(
    known: tuple[bytes, ...], statements: Iterable[bytes]
) -> tuple[bytes, ...]:
    """Return statements that take delegations back, more of them.

    Raises:
        UsageError: more than `limits.DELEGATIONS_WITHDRAWN`.
    """
    withdrawn = (*known, *statements)
    if len(withdrawn) > limits.DELEGATIONS_WITHDRAWN:
        raise UsageError("more statements than limits.DELEGATIONS_WITHDRAWN")
    return withdrawn


class TakesCodes:
    """What a till does that asks nobody."""

    __slots__ = ()

    def without(self, *statements: bytes) -> "Verifier":
        """Return the same verifier, which takes no delegation that one of these ends.

        They are statements of `withdraw`, by the child's key or the
        guardian's; from anybody else they end nothing. A request is judged by who made
        or restored it: a till learns of statements through `Verifier.restore`, too.

        Raises:
            UsageError: more than `limits.DELEGATIONS_WITHDRAWN`.
        """
        verifier = cast("Verifier", self)
        withdrawn = with_statements(verifier.withdrawn, statements)
        return replace(verifier, withdrawn=withdrawn)

    def standing_request(
        self, query: Query, *, window: timedelta, till: str = "till", purpose: str = ""
    ) -> "StandingRequest":
        """Take codes that holders show unasked, each of them once.

        A code is good for `window` from when its holder signed it. `till` is which of
        this party's tills it is: where its `printed_code` was read, codes are bound to
        it. Which are taken, the policy says (`Policy.one_way`).

        Raises:
            UsageError: see `idwallet.roles.standing.standing_request`.
        """
        from idwallet.roles.standing import standing_request

        verifier = cast("Verifier", self)
        return standing_request(
            verifier, query, window=window, till=till, purpose=purpose
        )
