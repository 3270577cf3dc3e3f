"""A card whose key signs with what nobody asked accepts is told before it is shown."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.adapters.store import MemoryStore
from idwallet.credentials.compact.issue import Compact
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Lack, Query
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.errors import UsageError
from idwallet.protocols.openid4vp.parameters import FormatSupport
from idwallet.protocols.openid4vp.request import formats_supported
from idwallet.roles.accepting import accepted_of
from idwallet.roles.asked import Match
from idwallet.roles.holder import Holder
from idwallet.roles.presentation import verify_presentation
from idwallet.testing.compact import twelve_claims
from idwallet.testing.scene import Scene
from idwallet.trust.policies import RETAIL
from tests.unit.roles.test_compact import COMPACT

QUERY = Query.age_over(18, formats=[COMPACT])


class Counter(Scene):
    """A counter that accepts some algorithms, and a wallet whose key is of one."""

    def __init__(self, *accepted: Algorithm, key: Algorithm = Algorithm.EDDSA) -> None:
        super().__init__()
        self.wallet = Holder(
            store=MemoryStore(),
            seal=SealKey(bytes(32)),
            keys=self.keys,
            trust=self.trust,
        )
        held = StoredKeySigner(self.keys.create(key.jose, None)).public_key
        card = self.issuer.issue(
            Compact("national-id", twelve_claims()),
            holder_key=HolderKey.unproven(held, reason="a test"),
            valid_until=self.at + timedelta(hours=12),
            at=self.at,
        )
        self.wallet.add(card, at=self.at)
        policy = replace(RETAIL, name="narrow", algorithms=frozenset(accepted))
        self.verifier = replace(self.verifier, policy=policy)

    def match(self, query: Query = QUERY) -> Match:
        request = self.verifier.request(query, purpose="a test", at=self.at)
        asked = self.wallet.read_request(request.message.to_json(), at=self.at)
        self.asked = request
        return self.wallet.match(asked, at=self.at)


def test_a_card_whose_key_is_not_accepted_answers_nothing_and_says_why() -> None:
    counter = Counter(Algorithm.ES256)
    match = counter.match()
    assert not match.found.is_satisfiable()
    (miss,) = match.found.nearest_misses()[1:2] or match.found.nearest_misses()
    assert miss.lacks == (Lack.ALGORITHM,)
    with pytest.raises(UsageError):
        match.choose()


@pytest.mark.parametrize("key", [Algorithm.ES256, Algorithm.EDDSA])
def test_its_twin_answers_where_the_algorithm_is_accepted(key: Algorithm) -> None:
    counter = Counter(Algorithm.ES256, Algorithm.EDDSA, key=key)
    match = counter.match()
    answer = counter.wallet.present(match.asked, match.choose(), at=counter.at)
    verified = verify_presentation(
        answer.body, request=counter.asked, trust=counter.trust, at=counter.at
    )
    assert verified.age_over(18) is True


def test_who_says_nothing_restricts_nothing() -> None:
    counter = Counter(Algorithm.ES256)
    (candidate,) = (each.candidate() for each in counter.wallet.credentials())
    assert candidate.key_algorithms == {Algorithm.EDDSA.cose}
    for formats in (
        (),
        (FormatSupport("dc+sd-jwt", ("ES256",), ("ES256",)),),
        (FormatSupport(COMPACT),),
        (FormatSupport(COMPACT, (-7,), ()),),
        (FormatSupport(COMPACT, (), (-7, -8)),),
    ):
        assert list(accepted_of([candidate], formats)) == [candidate]
    (told,) = accepted_of([candidate], (FormatSupport(COMPACT, (), (-7,)),))
    assert told == replace(candidate, key_refused=True)


def test_a_card_of_another_format_is_not_held_to_what_is_said_of_this_one() -> None:
    counter = Counter(Algorithm.ES256)
    (card,) = (each.candidate() for each in counter.wallet.credentials())
    other = replace(card, format="dc+sd-jwt")
    assert list(accepted_of([other], (FormatSupport(COMPACT, (), (-7,)),))) == [other]


def test_a_request_says_what_it_accepts_of_the_formats_that_it_asks_for() -> None:
    accepted = frozenset({Algorithm.ES256, Algorithm.EDDSA, Algorithm.ESB256})
    (alone,) = formats_supported(accepted, QUERY)
    assert alone == FormatSupport(COMPACT, (), (-7, -8))
    both = Query.age_over(18, formats=["dc+sd-jwt", COMPACT])
    assert [each.format for each in formats_supported(accepted, both)] == [
        "dc+sd-jwt",
        COMPACT,
    ]
    read = Counter(Algorithm.ES256).match().asked.request
    assert read.formats == (FormatSupport(COMPACT, (), (-7,)),)  # type: ignore[union-attr]
