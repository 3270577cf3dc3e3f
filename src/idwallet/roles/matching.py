"""What of a wallet answers a request, judged for its purpose; nothing is signed."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime

from idwallet.codec.moment import require_aware
from idwallet.consent.purpose import Earlier, Judgement, Purposes
from idwallet.credentials.query import Candidate, QueryMatch
from idwallet.roles.asked import Asked, Match
from idwallet.roles.cabinet import Cabinet
from idwallet.roles.choosing import Wear
from idwallet.roles.consenting import Consenting
from idwallet.roles.in_person import matched
from idwallet.roles.judged import judge_match
from idwallet.roles.record import HeldCredential


class Matching(Consenting):
    """What a wallet does with a request that was read; `Holder` is one."""

    __slots__ = ()

    _cabinet: Cabinet
    _purposes: Purposes | None

    @abstractmethod
    def _wear(
        self, asked: Asked, found: QueryMatch, *, cards: Sequence[HeldCredential]
    ) -> Mapping[str, Wear]: ...

    def match(
        self,
        asked: Asked,
        *,
        at: datetime | None = None,
        earlier: Earlier | None = None,
    ) -> Match:
        """Find what answers the request; pure, and nothing leaves the wallet.

        What is not valid at the moment `at` answers nothing; left out, that is the
        moment at which the request was read. A query of OpenID4VP is answered by
        exactly the claims it names, a reader in person by the nearest statement about
        an age, too (ISO/IEC 18013-5 7.2.5). Each claim is judged for the purpose
        stated. What the same party asked before is counted from the ledger, unless
        `earlier` says it.

        Raises:
            UsageError: `at` has no time zone.
            MalformedError, PortError: see `credentials`.
        """
        at = asked.report.at if at is None else at
        require_aware(at)
        held, candidates = self._cabinet.holding()
        return self._match(asked, held, candidates=candidates, at=at, earlier=earlier)

    def _match(
        self,
        asked: Asked,
        cards: tuple[HeldCredential, ...],
        *,
        candidates: tuple[Candidate, ...],
        at: datetime,
        earlier: Earlier | None,
    ) -> Match:
        found = matched(asked, candidates, at=at, leeway=self._policy.clock_skew)
        judgement = judge_match(
            asked,
            found,
            credentials=cards,
            purposes=self._purposes,
            earlier=self.earlier(asked) if earlier is None else earlier,
        )
        wear = self._wear(asked, found, cards=cards)
        return Match(asked, found, cards, judgement, wear)

    def _judged_alone(self, asked: Asked, *, at: datetime) -> Judgement:
        return judge_match(
            asked,
            matched(asked, (), at=at, leeway=self._policy.clock_skew),
            credentials=(),
            purposes=self._purposes,
            earlier=self.earlier(asked),
        )
