"""A verifier who takes codes that nobody was asked for; `Verifier` is one."""

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from idwallet.credentials.query import Query

if TYPE_CHECKING:
    from idwallet.roles.standing import StandingRequest
    from idwallet.roles.verifier import Verifier


class TakesCodes:
    """What a till does that asks nobody."""

    __slots__ = ()

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
