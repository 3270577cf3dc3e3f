"""One credential query held against what a purpose needs of that type.

A request comes from strangers and may be built to be slow: each path is compared once
with each claim of the profile, and each option of the query is walked through once.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from idwallet.consent.purpose.findings import Finding
from idwallet.consent.purpose.structures import CredentialNeeds, ProfileClaim
from idwallet.credentials.paths import ClaimPath

Instead = tuple[ProfileClaim, ...]
Found = tuple[Finding, Instead]


def gravity(found: Found) -> tuple[int, int, tuple[str, ...]]:
    """Return what findings are compared by: the worst is the greatest.

    Beyond the finding there is only a tie to break, the same way whatever came first.
    """
    finding, instead = found
    return finding.severity, -len(instead), tuple(each.name for each in instead)


class Against:
    """The claims of one query, held against the needs of one type of credential.

    `options` are the choices of claims that answer the query.
    """

    __slots__ = ("_choices", "_form", "_needs", "_options", "_ranks", "_served")

    def __init__(
        self,
        needs: CredentialNeeds,
        form: str,
        *,
        options: Sequence[AbstractSet[ClaimPath]],
    ) -> None:
        """Find which claim serves each need, in each option."""
        self._needs = needs
        self._form = form
        self._options = options
        self._choices = tuple(group for group in needs.needed if len(group) > 1)
        self._ranks: dict[ClaimPath, tuple[int | None, ...]] = {}
        self._served = tuple(map(self._served_by, options))

    def _rank(self, path: ClaimPath) -> tuple[int | None, ...]:
        """Return, for each need with a choice, which of its claims the path shows."""
        found = self._ranks.get(path)
        if found is None:
            found = tuple(
                next((n for n, e in enumerate(g) if e.covers(self._form, path)), None)
                for g in self._choices
            )
            self._ranks[path] = found
        return found

    def _served_by(self, option: AbstractSet[ClaimPath]) -> tuple[int | None, ...]:
        """Return, for each need with a choice, the least telling claim shown of it."""
        ranks = [self._rank(path) for path in option]
        return tuple(
            min((r for rank in ranks if (r := rank[n]) is not None), default=None)
            for n in range(len(self._choices))
        )

    def finding(self, path: ClaimPath) -> Found:
        """Say what the claim at `path` is, by the worst option that shows it."""
        form, needs = self._form, self._needs
        single = (group[0] for group in needs.needed if len(group) == 1)
        if any(each.covers(form, path) for each in single):
            return Finding.NEEDED, ()
        chosen = self._chosen(path)
        if chosen is not None:
            return chosen
        if any(each.covers(form, path) for each in needs.optional):
            return Finding.OPTIONAL, ()
        instead = self._cheaper(path) or tuple(
            each for each in needs.wanted() if each.is_inside(form, path)
        )
        return (Finding.CHEAPER if instead else Finding.EXCESS), instead

    def _chosen(self, path: ClaimPath) -> Found | None:
        """Judge it by the needs with a choice: of their claims one is enough."""
        rank = self._rank(path)
        if all(each is None for each in rank):
            return None
        served = [
            served
            for option, served in zip(self._options, self._served, strict=True)
            if path in option
        ] or [rank]  # no option shows it: it is judged alone
        return max((self._in(each, rank) for each in served), key=gravity)

    def _in(
        self, served: tuple[int | None, ...], rank: tuple[int | None, ...]
    ) -> Found:
        dearer: Instead = ()
        for group, best, mine in zip(self._choices, served, rank, strict=True):
            if mine is None or best is None:
                continue
            if best >= mine:
                return Finding.NEEDED, ()
            dearer = dearer or (group[best],)
        return Finding.CHEAPER, dearer

    def _cheaper(self, path: ClaimPath) -> Instead:
        """Return what would do: by the rule that is nearest to what is asked for."""
        form = self._form
        rules = self._needs.instead
        over = [each for each in rules if each[0].covers(form, path)]
        if over:
            near = [max(over, key=lambda each: len(each[0].path(form) or ()))]
        else:
            near = [each for each in rules if each[0].is_inside(form, path)]
        found = {each.name: each for _, these in near for each in these}
        return tuple(each for each in found.values() if each.path(form) is not None)
