"""Of several ways to answer a request, the one that tells least."""

from collections.abc import Iterator, Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.consent.purpose import NOBODY, Judgement, PartyFacts
from idwallet.consent.purpose.weigh import Weights
from idwallet.credentials.paths import ClaimPath, covers
from idwallet.credentials.query import (
    CandidateMatch,
    Query,
    QueryMatch,
    claim_set_paths,
)
from idwallet.errors import UsageError
from idwallet.roles.record import HeldCredential
from idwallet.roles.showing import Shown


class Preference(StrEnum):
    """Which of several answers is taken where the person prefers none."""

    LEAST = "least"
    """The one that tells least; of equal ones a copy that nobody has seen, then the
    verifier's first."""
    VERIFIER = "verifier"
    """The verifier's first (OpenID4VP 1.0 section 6.4: a wallet should take it)."""


class Cost(NamedTuple):
    """What an answer tells: the less, the better; compared in this order.

    `unwelcome` cards, which their issuer does not want this party to see; `excessive`
    claims that the purpose does not need, the `weight` of all that is seen,
    and the weight of all that credentials of such types hold: that somebody has one
    tells something by itself; and how `worn` the card is: a copy that nobody has seen
    is linked to no earlier visit.
    """

    unwelcome: int
    excessive: int
    weight: int
    whole: int
    worn: int

    def plus(self, other: "Cost") -> "Cost":
        """Return the cost of both."""
        return Cost(*(mine + more for mine, more in zip(self, other, strict=True)))


_NOTHING = Cost(0, 0, 0, 0, 0)


class Wear(IntEnum):
    """What would be shown of a card, the better first."""

    UNSEEN = 0
    """A copy that nobody has seen."""
    SEEN = 1
    """What may have been seen: a copy shown again, or a card that is its only copy."""
    EMPTY = 2
    """Nothing: no copy is left that its policy would show."""


NO_WEAR: Final[Mapping[str, Wear]] = MappingProxyType({})
"""No card is known to be a batch."""


class Choosing:
    """One request on its way to a choice; everything is weighed at most once."""

    __slots__ = (
        "_credentials",
        "_found",
        "_judgement",
        "_party",
        "_query",
        "_wear",
        "_weighed",
        "_weights",
    )

    def __init__(
        self,
        query: Query,
        found: QueryMatch,
        *,
        credentials: tuple[HeldCredential, ...],
        judgement: Judgement,
        party: PartyFacts = NOBODY,
        wear: Mapping[str, Wear] = NO_WEAR,
    ) -> None:
        """Weigh nothing yet; `wear` is by the names of cards, `Wear.SEEN` if absent."""
        self._query = query
        self._found = found
        self._credentials = credentials
        self._judgement = judgement
        self._party = party
        self._wear = wear
        self._weights: dict[tuple[str, ...], Weights] = {}
        self._weighed: dict[str, tuple[Cost, Shown] | None] = {}

    def offers(self, query_id: str) -> tuple[Shown, ...]:
        """Return every way to answer a query, in the order of credentials."""
        return tuple(
            self._shown(query_id, each, paths=paths)
            for each in self._matches(query_id)
            for paths in self._ways(query_id, each)
        )

    def least(
        self, query_id: str, credential: HeldCredential | None = None
    ) -> Shown | None:
        """Return the answer to a query that tells least, None where there is none.

        With `credential`, it is that one's. Of very many credentials only the first
        `limits.ANSWERS_COMPARED` are compared.
        """
        if credential is not None:
            found = self._weigh(query_id, credential)
        else:
            if query_id not in self._weighed:
                self._weighed[query_id] = self._weigh(query_id, None)
            found = self._weighed[query_id]
        return None if found is None else found[1]

    def first(
        self, query_id: str, credential: HeldCredential | None = None
    ) -> Shown | None:
        """Return the answer to a query that the verifier likes best."""
        for each in self._matches(query_id):
            if credential in (None, self._credentials[each.candidate]):
                return self._shown(query_id, each, paths=each.paths)
        return None

    def cost(self, option: tuple[str, ...]) -> Cost:
        """Return what the least telling answers to these queries tell together."""
        total = _NOTHING
        for query_id in option:
            self.least(query_id)
            found = self._weighed[query_id]
            if found is not None:
                total = total.plus(found[0])
        return total

    def _weigh(
        self, query_id: str, only: HeldCredential | None
    ) -> tuple[Cost, Shown] | None:
        found: tuple[Cost, Shown] | None = None
        compared = 0
        for each in self._matches(query_id):
            if only is not None and self._credentials[each.candidate] != only:
                continue
            for paths in self._ways(query_id, each):
                shown = self._shown(query_id, each, paths=paths)
                cost = self._cost(shown)
                if found is None or cost < found[0]:
                    found = cost, shown
            compared += 1
            if compared >= limits.ANSWERS_COMPARED:
                break
        return found

    def _cost(self, shown: Shown) -> Cost:
        credential = shown.credential
        weights = self._weights.get(credential.types)
        if weights is None:
            weights = Weights(credential.format.value, credential.types)
            self._weights[credential.types] = weights
        asked = [e for e in self._judgement.claims if e.credential == shown.query_id]
        excessive = sum(
            any(each.finding.is_excessive and covers(each.path, path) for each in asked)
            for path in shown.paths
        )
        unwelcome = not credential.is_welcome(self._party)
        weight = weights.of(shown.reveals)
        worn = self._wear.get(credential.name, Wear.SEEN)
        return Cost(unwelcome, excessive, weight, weights.whole, worn)

    def _matches(self, query_id: str) -> tuple[CandidateMatch, ...]:
        found = self._found.credential(query_id)
        return () if found is None else found.matches

    def _ways(
        self, query_id: str, found: CandidateMatch
    ) -> Iterator[tuple[ClaimPath, ...]]:
        """Yield each choice of claims that answers, in the verifier's order."""
        yield found.paths
        asked = self._query.credential(query_id)
        if asked is not None and found.others:
            claims = self._credentials[found.candidate].positioned
            for each in found.others:
                yield claim_set_paths(asked, claims, claim_set=each)

    def _shown(
        self, query_id: str, found: CandidateMatch, *, paths: tuple[ClaimPath, ...]
    ) -> Shown:
        credential = self._credentials[found.candidate]
        chosen = credential.opened().choose(paths)
        return Shown(query_id, credential, paths, chosen.reveals)


def needed_queries(
    found: QueryMatch,
    preferred: Mapping[str, object],
    *,
    choosing: Choosing,
    preference: Preference,
) -> tuple[str, ...]:
    """Return the queries to answer: of each set the option most preferred.

    What is optional is answered only if something of it is preferred.

    Raises:
        UsageError: a preferred answer stands in no option that is taken.
    """
    needed: dict[str, None] = {}
    for each in found.sets:
        counts = [len(preferred.keys() & set(option)) for option in each.options]
        most = max(counts, default=0)
        if not each.required and not most:
            continue
        best = [o for o, n in zip(each.options, counts, strict=True) if n == most]
        if preference is Preference.LEAST and len(best) > 1:
            best.sort(key=choosing.cost)  # stable: of equal ones the verifier's first
        needed |= dict.fromkeys(best[0])
    if not needed.keys() >= preferred.keys():
        # Else another credential than the person chose would be shown.
        raise UsageError("a preferred credential answers nothing that is needed")
    return tuple(needed)
