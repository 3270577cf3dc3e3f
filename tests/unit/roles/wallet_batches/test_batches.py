"""A batch is one card to its holder, and a stranger each time to whoever sees it."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from urllib.parse import parse_qs

import pytest

from idwallet.adapters.store import MemoryStore
from idwallet.consent import LinkKind, linkability
from idwallet.consent.linking.visits import Visit, VisitLinkKind
from idwallet.consent.reuse import (
    RefillReason,
    ReuseMethod,
    ReusePolicy,
    WhenEmpty,
)
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.model import Credential
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.crypto.seal import SealKey
from idwallet.errors import (
    BatchEmpty,
    MalformedError,
    PortError,
    SignerLocked,
    UsageError,
    VerificationFailed,
)
from idwallet.ports import Change, Shelf
from idwallet.roles.asked import Choice
from idwallet.roles.holder import Holder
from idwallet.roles.issuer import Issuer
from idwallet.roles.presentation import verify_presentation
from idwallet.roles.verifier import PresentationRequest
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene
from idwallet.testing.scene import LIFE, PID, Scene

SCENE = Scene(seed=b"idwallet TEST wallet batches")
AT = SCENE.at
AGE = {
    "credentials": [
        {
            "id": "pid",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": [PID]},
            "claims": [{"path": ["age_equal_or_over", "18"], "values": [True]}],
        }
    ]
}


def wallet(store: MemoryStore | None = None) -> Holder:
    return Holder(
        store=store or MemoryStore(),
        seal=SealKey(bytes(range(32))),
        keys=SCENE.keys,
        trust=SCENE.trust,
    )


def keys(count: int) -> list[HolderKey]:
    made = [SCENE.new_holder_signer() for _ in range(count)]
    return [HolderKey.unproven(e.public_key, reason="a test key") for e in made]


def issued(
    count: int = 4, content: SdJwtVc | Mdoc | None = None, issuer: Issuer = SCENE.issuer
) -> tuple[Credential, ...]:
    return issuer.issue_batch(
        content or SCENE.content(),
        holder_keys=keys(count),
        valid_until=AT + LIFE,
        at=AT,
    )


def single() -> Credential:
    (key,) = keys(1)
    return SCENE.issuer.issue(
        SCENE.content(), holder_key=key, valid_until=AT + LIFE, at=AT
    )


def request(query: Query | None = None) -> PresentationRequest:
    return SCENE.request(query or Query.from_dcql(AGE))


def show(holder: Holder, asking: PresentationRequest | None = None) -> str:
    """Show what is asked for; return the presentation itself."""
    asking = asking or request()
    asked = holder.read_request(asking.message.raw, at=AT)
    choice = holder.match(asked, at=AT).choose()
    body = holder.present(asked, choice, at=AT).body
    verify_presentation(body, request=asking, trust=SCENE.trust, at=AT)
    (shown,) = json.loads(parse_qs(body)["vp_token"][0])["pid"]
    return str(shown)


def policy(method: ReuseMethod, *, again: bool = False) -> ReusePolicy:
    empty = WhenEmpty.SHOW_AGAIN if again else WhenEmpty.REFUSE
    return ReusePolicy(method=method, when_empty=empty)


def test_no_copy_is_in_a_wallet_twice_whichever_way_it_comes() -> None:
    copies = issued()
    holder = wallet()
    holder.add_batch(copies, at=AT)
    with pytest.raises(UsageError, match="a copy of a batch"):
        holder.add(copies[0], at=AT)
    with pytest.raises(UsageError, match="a copy of a batch"):
        holder.add_batch(copies[:2], at=AT)
    assert len(holder.credentials()) == 1
    holder.add(single(), at=AT)
    holder.add_batch(issued(), at=AT)

    other = wallet()
    other.add(copies[3], at=AT)
    with pytest.raises(UsageError, match="as a card"):
        other.add_batch(copies, at=AT)
    assert len(other.credentials()) == 1
    other.add_batch(copies[:3], at=AT)


def test_a_copy_that_was_shown_does_not_come_back_while_its_key_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copies = issued()
    holder = wallet()
    holder.add_batch(copies, at=AT)
    # The wallet dies before it destroys the key.
    with monkeypatch.context() as dying:
        dying.setattr(Holder, "_tidy", lambda *_: None)
        show(holder)
    refused = 0
    for each in copies:
        with pytest.raises(UsageError, match="a copy of a batch"):
            holder.add(each, at=AT)
        refused += 1
    assert refused == 4


def test_a_batch_is_one_card_and_each_showing_is_a_stranger() -> None:
    holder = wallet()
    card = holder.add_batch(issued(), at=AT)
    assert holder.credentials() == (card,)
    asked = holder.read_request(request().message.raw, at=AT)
    assert len(holder.match(asked, at=AT).offers("pid")) == 1
    shown = [show(holder) for _ in range(4)]
    for one, other in combinations(shown, 2):
        assert linkability(one, other).links == ()
    standing = holder.batch(card, at=AT)
    assert standing is not None
    assert (standing.unused, standing.copies, standing.spent) == (0, 0, 4)


def test_an_empty_batch_shows_nothing_and_says_what_helps() -> None:
    holder = wallet()
    card = holder.add_batch(issued(2), at=AT)
    show(holder)
    show(holder)
    with pytest.raises(BatchEmpty, match="ask the issuer") as refused:
        show(holder)
    assert refused.value.card == card.name
    assert [each.name for each in holder.credentials()] == [card.name]


def test_the_keys_and_records_of_shown_copies_are_gone() -> None:
    store = MemoryStore()
    holder = wallet(store)
    card = holder.add_batch(issued(3), at=AT)
    held = {each.name for each in store.records(Shelf.BATCH)}
    before = set(SCENE.keys._keys)
    show(holder)
    assert len(held - {each.name for each in store.records(Shelf.BATCH)}) == 1
    assert len(before - set(SCENE.keys._keys)) == 1
    standing = holder.batch(card, at=AT)
    assert standing is not None
    assert standing.copies == 2


@pytest.mark.parametrize(
    ("method", "copies"),
    [
        (ReuseMethod.PER_RELYING_PARTY, 1),
        (ReuseMethod.LIMITED_TIME, 1),
        (ReuseMethod.ROTATING_BATCH, 3),
    ],
)
def test_one_party_that_asks_six_times_sees_as_many_copies_as_the_method_has(
    method: ReuseMethod, copies: int
) -> None:
    holder = wallet()
    holder.add_batch(issued(3), at=AT, policy=policy(method))
    seen = Counter(each.partition("~")[0] for each in (show(holder) for _ in range(6)))
    assert len(seen) == copies


def test_the_last_copy_is_shown_again_where_the_policy_allows_it() -> None:
    holder = wallet()
    card = holder.add_batch(
        issued(2), at=AT, policy=policy(ReuseMethod.ONCE_ONLY, again=True)
    )
    seen = [show(holder).partition("~")[0] for _ in range(4)]
    assert len(set(seen)) == 2
    assert seen[1] == seen[2] == seen[3]
    standing = holder.batch(card, at=AT)
    assert standing is not None
    assert standing.refill is not None
    assert standing.refill.reason is RefillReason.EMPTY


def test_a_wallet_hints_before_the_batch_runs_out_and_before_it_ends() -> None:
    holder = wallet()
    card = holder.add_batch(issued(4), at=AT)

    def due(later: timedelta = timedelta(0)) -> RefillReason | None:
        standing = holder.batch(card, at=AT + later)
        assert standing is not None
        return None if standing.refill is None else standing.refill.reason

    assert due() is None
    assert due(LIFE) is RefillReason.ENDED
    assert due(LIFE - timedelta(days=1)) is RefillReason.ENDS_SOON
    show(holder)
    assert due() is None
    show(holder)
    assert due() is RefillReason.FEW_LEFT


def test_a_card_that_is_no_batch_has_no_standing() -> None:
    holder = wallet()
    card = holder.add(single(), at=AT)
    assert holder.batch(card, at=AT) is None


def test_every_copy_that_is_left_can_be_revoked_when_the_device_is_lost() -> None:
    holder = wallet()
    card = holder.add_batch(issued(3), at=AT)
    before = holder.copies(card)
    assert len({each.thumbprint for each in before}) == 3
    assert {each.name for each in before} == {card.name}
    show(holder)
    left = holder.copies(card)
    one = holder.add(single(), at=AT)
    assert len(left) == 2
    assert {e.thumbprint for e in left} < {e.thumbprint for e in before}
    assert holder.copies(one) == (one,)


@pytest.mark.parametrize("_order", range(6))
def test_of_equal_answers_the_copy_that_nobody_has_seen_is_shown(_order: int) -> None:
    holder = wallet()  # its cards stand in an order that is drawn anew
    one = holder.add(single(), at=AT)
    card = holder.add_batch(issued(2), at=AT)
    asked = holder.read_request(request().message.raw, at=AT)
    before = holder.match(asked, at=AT)
    assert before.choose().shown[0].credential == card
    # The person's own choice goes before it.
    assert before.choose({"pid": one}).shown[0].credential == one
    show(holder)
    show(holder)
    # A batch that is empty shows nothing where something else answers.
    assert holder.match(asked, at=AT).choose().shown[0].credential == one


@pytest.mark.parametrize("_order", range(6))
def test_of_two_batches_the_one_that_somebody_has_seen_is_left_alone(
    _order: int,
) -> None:
    holder = wallet()
    once = policy(ReuseMethod.ONCE_ONLY, again=True)
    worn = holder.add_batch(issued(2), at=AT, policy=once)
    show(holder)
    show(holder)
    fresh = holder.add_batch(issued(2), at=AT, policy=once)
    asked = holder.read_request(request().message.raw, at=AT)
    assert {e.name for e in holder.credentials()} == {worn.name, fresh.name}
    assert holder.match(asked, at=AT).choose().shown[0].credential == fresh


def test_a_new_batch_takes_the_place_of_the_card_and_of_its_keys() -> None:
    store = MemoryStore()
    holder = wallet(store)
    old = holder.add_batch(issued(3), at=AT)
    show(holder)
    kept = {each.name for each in store.records(Shelf.BATCH)}
    fresh = issued(5)
    before = set(SCENE.keys._keys)
    new = holder.add_batch(fresh, at=AT, replaces=old)
    assert [each.name for each in holder.credentials()] == [new.name]
    assert not kept & {each.name for each in store.records(Shelf.BATCH)}
    assert len(before - set(SCENE.keys._keys)) == 2
    standing = holder.batch(new, at=AT)
    assert standing is not None
    assert standing.unused == 5


def test_a_batch_takes_the_place_of_a_single_card() -> None:
    holder = wallet()
    old = holder.add(single(), at=AT)
    new = holder.add_batch(issued(), at=AT, replaces=old)
    assert holder.credentials() == (new,)
    again = holder.add_batch(issued(), at=AT, replaces=old)  # it is gone already
    assert {each.name for each in holder.credentials()} == {new.name, again.name}


def test_a_key_that_another_card_is_bound_to_outlives_the_card_replaced() -> None:
    holder = wallet()
    (key,) = keys(1)
    terms = {"holder_key": key, "valid_until": AT + LIFE, "at": AT}
    one, other = (
        holder.add(SCENE.issuer.issue(SCENE.content(), **terms), at=AT)  # type: ignore[arg-type]
        for _ in range(2)
    )
    holder.add_batch(issued(), at=AT, replaces=one)
    assert SCENE.keys.get(other.thumbprint) is not None
    holder.add_batch(issued(), at=AT, replaces=other)
    assert SCENE.keys.get(other.thumbprint) is None


def test_a_batch_of_another_type_takes_no_cards_place() -> None:
    holder = wallet()
    old = holder.add(single(), at=AT)
    content = replace(SCENE.content(), vct="urn:example:other")
    with pytest.raises(UsageError, match="type and issuer"):
        holder.add_batch(issued(content=content), at=AT, replaces=old)
    assert holder.credentials() == (old,)


def test_deleting_a_card_deletes_its_copies_and_their_keys() -> None:
    store = MemoryStore()
    holder = wallet(store)
    before = set(SCENE.keys._keys)
    card = holder.add_batch(issued(3), at=AT)
    holder.delete(card.name)
    assert holder.credentials() == ()
    assert list(store.records(Shelf.BATCH)) == []
    assert set(SCENE.keys._keys) <= before


MDOCS = MdocScene(at=AT)
LICENCES = Issuer(signer=MDOCS.signer.signer, certificates=MDOCS.signer.chain)
LICENCE = Mdoc(MDL, {NAMESPACE: {"age_over_18": True, "age_over_21": True}}, decoys=9)


def test_mobile_documents_come_in_batches_too() -> None:
    holder = Holder(
        store=MemoryStore(),
        seal=SealKey(bytes(range(32))),
        keys=SCENE.keys,
        trust=MDOCS.root(),
    )
    batch = issued(3, LICENCE, LICENCES)
    card = holder.add_batch(batch, at=AT)
    assert holder.credentials() == (card,)
    assert card.credential_type == MDL


def two(**changes: object) -> Sequence[Credential]:
    one, other = issued(2), issued(2, replace(SCENE.content(), **changes))  # type: ignore[arg-type]
    return one[0], other[1]


OTHER_CLAIMS = {**SCENE.content().claims, "family_name": "Другова"}


@pytest.mark.parametrize(
    "copies",
    [
        two(claims=OTHER_CLAIMS),
        two(vct="urn:example:other"),
        issued(2)[:1] * 2,
    ],
)
def test_what_does_not_say_the_same_to_different_keys_is_no_batch(
    copies: Sequence[Credential],
) -> None:
    holder = wallet()
    with pytest.raises(MalformedError, match="batch"):
        holder.add_batch(copies, at=AT)
    assert holder.credentials() == ()


def test_two_honest_copies_of_one_content_are_a_batch() -> None:
    assert wallet().add_batch(two(), at=AT)


def careless(count: int = 2) -> list[Credential]:
    """Issue copies one by one at the second, as an issuer without batches does."""
    return [
        SCENE.issuer.issue(
            SCENE.content(),
            holder_key=key,
            valid_until=AT + LIFE,
            at=AT + timedelta(seconds=7 + number),
        )
        for number, key in enumerate(keys(count))
    ]


def test_copies_whose_times_tell_that_they_belong_together_are_refused() -> None:
    holder = wallet()
    with pytest.raises(MalformedError, match="share: time"):
        holder.add_batch(careless(), at=AT + timedelta(minutes=1))
    card = holder.add_batch(
        careless(), at=AT + timedelta(minutes=1), accept=frozenset({LinkKind.TIME})
    )
    assert holder.credentials() == (card,)


def test_a_forged_copy_keeps_the_whole_batch_out() -> None:
    store = MemoryStore()
    holder = wallet(store)
    good, bad = issued(2)
    head, dot, rest = bad.raw.partition(".")
    forged = replace(bad, raw=head + dot + rest.replace("A", "B", 3))
    with pytest.raises((VerificationFailed, MalformedError)):
        holder.add_batch([good, forged], at=AT)
    assert [*store.records(Shelf.BATCH), *store.records(Shelf.CREDENTIAL)] == []


@pytest.mark.parametrize("count", [0, 1, 257])
def test_one_credential_and_too_many_are_no_batch(count: int) -> None:
    (one, _) = issued(2)
    with pytest.raises(UsageError):
        wallet().add_batch([one] * count, at=AT)


class Racing(MemoryStore):
    """Another process shows a copy just before ours is taken."""

    def __init__(self) -> None:
        super().__init__()
        self.other: Holder | None = None
        self.shown: list[str] = []

    def change(self, changes: Sequence[Change], /) -> bool:
        other, self.other = self.other, None
        if other is not None:
            self.shown.append(show(other))
        return super().change(changes)


def test_two_processes_on_one_wallet_never_show_the_same_copy() -> None:
    store = Racing()
    holder = wallet(store)
    holder.add_batch(issued(4), at=AT)
    for _ in range(2):
        store.other = wallet(store)
        store.shown.append(show(holder))
    assert len({each.partition("~")[0] for each in store.shown}) == 4


class Watching(MemoryStore):
    """A store that remembers which shelves each change touched."""

    def __init__(self) -> None:
        super().__init__()
        self.touched: list[set[Shelf]] = []

    def change(self, changes: Sequence[Change], /) -> bool:
        self.touched.append({each.shelf for each in changes})
        return super().change(changes)


def test_a_copy_is_used_up_in_the_change_that_writes_it_down() -> None:
    store = Watching()
    holder = wallet(store)
    holder.add_batch(issued(2), at=AT)
    store.touched.clear()
    show(holder)
    assert store.touched[0] >= {Shelf.BATCH, Shelf.LEDGER}
    assert len(holder.history()) == 1
    show(holder)
    with pytest.raises(BatchEmpty):
        show(holder)
    assert len(holder.history()) == 2


class Failing(MemoryStore):
    """A store whose disk is full from some moment on."""

    full = False

    def change(self, changes: Sequence[Change], /) -> bool:
        if self.full:
            raise PortError("no space left")
        return super().change(changes)


def test_nothing_is_signed_where_it_cannot_be_noted() -> None:
    store = Failing()
    holder = wallet(store)
    card = holder.add_batch(issued(2), at=AT)
    store.full = True
    with pytest.raises(PortError):
        show(holder)
    store.full = False
    standing = holder.batch(card, at=AT)
    assert standing is not None
    assert standing.unused == 2


class Locked:
    """A key store whose keys want a fingerprint that does not come."""

    def __init__(self) -> None:
        self.inner = SCENE.keys

    def create(self, algorithm: str, attestation_nonce: bytes | None) -> object:
        return self.inner.create(algorithm, attestation_nonce)

    def get(self, thumbprint: str) -> object:
        found = self.inner.get(thumbprint)
        if found is None:
            return None

        class Key:
            spki = found.spki
            algorithm = found.algorithm

            def sign(self, message: bytes, /) -> bytes:
                raise SignerLocked("a fingerprint is missing")

        return Key()

    def delete(self, thumbprint: str) -> None:
        self.inner.delete(thumbprint)


def test_a_copy_that_could_not_be_signed_with_is_lost_and_not_shown_later() -> None:
    store = MemoryStore()
    card = wallet(store).add_batch(issued(3), at=AT)
    locked = Holder(
        store=store,
        seal=SealKey(bytes(range(32))),
        keys=Locked(),  # type: ignore[arg-type]
        trust=SCENE.trust,
    )
    with pytest.raises(SignerLocked):
        show(locked)
    holder = wallet(store)
    standing = holder.batch(card, at=AT)
    assert standing is not None
    assert standing.unused == 2
    shown = {show(holder).partition("~")[0] for _ in range(2)}
    assert len(shown) == 2


def test_the_choice_says_what_every_copy_shows() -> None:
    holder = wallet()
    holder.add_batch(issued(), at=AT)
    asked = holder.read_request(request().message.raw, at=AT)
    choice = holder.match(asked, at=AT).choose()
    less = replace(choice.shown[0], reveals=())
    with pytest.raises(UsageError, match="would be seen"):
        holder.present(asked, replace(choice, shown=(less,)), at=AT)


def test_one_answer_that_shows_a_card_twice_takes_two_copies() -> None:
    both = {
        "credentials": [
            {**AGE["credentials"][0], "id": name} for name in ("pid", "again")
        ]
    }
    holder = wallet()
    card = holder.add_batch(issued(4), at=AT)
    asking = request(Query.from_dcql(both))
    asked = holder.read_request(asking.message.raw, at=AT)
    body = holder.present(asked, holder.match(asked, at=AT).choose(), at=AT).body
    tokens = json.loads(parse_qs(body)["vp_token"][0])
    (one,), (other,) = tokens["pid"], tokens["again"]
    assert linkability(one, other).links == ()
    standing = holder.batch(card, at=AT)
    assert standing is not None
    assert standing.spent == 2


def asked_of(holder: Holder, query: Query | None = None) -> Choice:
    asked = holder.read_request(request(query).message.raw, at=AT)
    return holder.match(asked, at=AT).choose()


NAMED = Query.from_dcql(
    {"credentials": [{**AGE["credentials"][0], "claims": [{"path": ["family_name"]}]}]}
)


def test_a_copy_that_nobody_has_seen_links_to_nothing() -> None:
    holder = wallet()
    holder.add_batch(issued(), at=AT)
    assert holder.linked(asked_of(holder)) == ()


def test_a_name_links_to_whoever_was_told_it_before() -> None:
    holder = wallet()
    holder.add_batch(issued(), at=AT)
    before = Visit(
        party="elsewhere", copy="gone", paths=frozenset({("family_name",)}), at=AT
    )
    (found,) = holder.linked(asked_of(holder, NAMED), earlier=[before])
    assert (found.kind, found.earlier) == (VisitLinkKind.SAME_CLAIMS, before)
    assert holder.linked(asked_of(holder), earlier=[before]) == ()


def test_a_copy_shown_again_is_told_though_its_visit_was_erased() -> None:
    holder = wallet()
    holder.add_batch(issued(2), at=AT, policy=policy(ReuseMethod.LIMITED_TIME))
    assert holder.linked(asked_of(holder)) == ()
    show(holder)
    (known,) = holder.linked(asked_of(holder))
    assert known.kind is VisitLinkKind.SAME_COPY
    assert known.earlier is not None
    holder.ledger.erase(0)
    (found,) = holder.linked(asked_of(holder))
    assert (found.kind, found.earlier, found.elsewhere) == (
        VisitLinkKind.SAME_COPY,
        None,
        True,
    )


def test_another_copy_is_linked_by_what_both_tell_and_by_nothing_else() -> None:
    holder = wallet()
    holder.add_batch(issued(4), at=AT)
    show(holder)
    assert holder.linked(asked_of(holder)) == ()
    show(holder, request(NAMED))
    assert holder.linked(asked_of(holder)) == ()
    (found,) = holder.linked(asked_of(holder, NAMED))
    assert (found.kind, found.elsewhere) == (VisitLinkKind.SAME_CLAIMS, False)
    assert found.paths == {("family_name",)}


def test_a_single_card_is_recognised_by_whoever_has_seen_it() -> None:
    holder = wallet()
    card = holder.add(single(), at=AT)
    choice = asked_of(holder)
    assert holder.linked(choice) == ()
    party = choice.asked.request.client_id
    before = Visit(party=party, copy=card.thumbprint, paths=frozenset(), at=AT)
    (found,) = holder.linked(choice, earlier=[before])
    assert (found.kind, found.elsewhere) == (VisitLinkKind.SAME_COPY, False)


def test_an_empty_batch_is_told_before_it_is_asked_to_show() -> None:
    holder = wallet()
    holder.add_batch(issued(2), at=AT)
    show(holder)
    show(holder)
    with pytest.raises(BatchEmpty):
        holder.linked(asked_of(holder))
