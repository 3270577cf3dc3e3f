"""A service asks, a wallet answers, and the session that began gets what was proven."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from idwallet import limits
from idwallet.adapters.sql import SqlExchanges
from idwallet.adapters.store import MemoryStore
from idwallet.codec.json import JsonObject, read_object
from idwallet.codec.web import read_web_address
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.errors import MalformedError, PortError, UsageError
from idwallet.protocols.http import FORM, HttpRequest
from idwallet.protocols.openid4vp.inquiry import (
    FetchRequest,
    RequestFailed,
    RequestReady,
    start_inquiry,
)
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.reference import RequestUriMethod
from idwallet.protocols.openid4vp.refusals import ErrorCode
from idwallet.protocols.openid4vp.reply import answer_request, read_reply
from idwallet.report import CheckId, Outcome, Reason, StatusListNeeded
from idwallet.roles.holder import Holder
from idwallet.roles.portrait import AwaitingPortrait
from idwallet.roles.presentation_service import (
    AnswerState,
    Flow,
    MemoryExchanges,
    PresentationOutcome,
    PresentationService,
)
from idwallet.roles.presentation_service.exchange import Exchanges
from idwallet.roles.receipts import give_receipt
from idwallet.roles.verifier import RelyingParty, reference_of
from idwallet.testing.corpus.attested import ADMITTING
from idwallet.testing.corpus.portraits import CLERK, PRESENT, picture
from idwallet.testing.draft import draft
from idwallet.testing.evidence import LIST, status_list
from idwallet.testing.scene import PID, Scene
from idwallet.trust.evidence import EvidenceAtHand
from idwallet.trust.freshness import StaleRule
from idwallet.trust.policies import RETAIL
from tests.unit.roles import two_formats
from tests.unit.roles.presentation_service_world import (
    BACK,
    MINUTE,
    OTHER,
    PUBLIC,
    SEAL,
    SESSION,
    World,
    party,
    request_of,
    scene,
    verifier,
)

BOTH = (ResponseMode.DIRECT_POST, ResponseMode.DIRECT_POST_JWT)


@pytest.mark.parametrize("method", RequestUriMethod)
@pytest.mark.parametrize("mode", BOTH)
def test_a_person_is_asked_by_a_code_on_another_device(
    mode: ResponseMode, method: RequestUriMethod
) -> None:
    world = World(mode=mode, method=method)
    started = world.start()
    assert len(started.link) < 300
    assert world.state(started) is AnswerState.WAITING
    reply = world.post(world.answer(started.link))
    assert (reply.is_taken, reply.redirect_uri) == (True, None)
    found = world.outcome(started)
    assert found.state is AnswerState.PASSED
    assert found.presentation is not None
    shown = found.presentation.credential("pid").claims
    assert shown["family_name"] == "Образцова"
    assert world.state(started) is AnswerState.TAKEN
    assert [e.method for e in world.sent] == [method.value.upper(), "POST"]
    assert world.noticed[-1].report is not None


def test_what_was_handed_out_is_kept_no_longer() -> None:
    world = World()
    started = world.start()
    world.post(world.answer(started.link))

    def body() -> str:
        assert started.reference is not None
        name = started.reference.request_uri.rpartition("/")[2]
        kept = Exchanges(world.store, SEAL, random=secrets.token_bytes).find(name)
        assert kept is not None
        return kept.exchange.body

    assert body()
    assert world.outcome(started).presentation is not None
    assert not body()


def test_on_the_same_device_the_answer_waits_for_the_browser_to_come_back() -> None:
    world = World()
    started = world.start(Flow.SAME_DEVICE)
    reply = world.post(world.answer(started.link))
    assert reply.redirect_uri is not None
    assert reply.redirect_uri.startswith(f"{BACK}?response_code=")
    assert world.state(started) is AnswerState.ANSWERED
    assert world.outcome(started, url=reply.redirect_uri).presentation is not None


def test_a_redirect_is_honoured_in_the_session_that_began_alone() -> None:
    """Section 14.2: the attacker's page began, the victim's phone answers."""
    world = World()
    attacker = world.start(Flow.SAME_DEVICE, session=OTHER)
    reply = world.post(world.answer(attacker.link))
    own = world.start(Flow.SAME_DEVICE)
    # The victim's browser comes back, and has begun nothing of the kind.
    assert world.state(own, url=reply.redirect_uri) is AnswerState.FOREIGN
    assert (
        world.state(attacker, session=SESSION, url=reply.redirect_uri)
        is AnswerState.FOREIGN
    )
    # The attacker's page has no code, and no other one serves.
    assert world.state(attacker, session=OTHER) is AnswerState.ANSWERED
    guess = f"{BACK}?response_code={'A' * 43}"
    assert world.state(attacker, session=OTHER, url=guess) is AnswerState.FOREIGN


def test_a_code_that_a_refusal_brought_serves_no_later_answer() -> None:
    """An attacker declines on a phone of their own, and passes the request on then."""
    world = World()
    attacker = world.start(Flow.SAME_DEVICE, session=OTHER)
    own_phone = scene().new_wallet()
    asked = world.ask(attacker.link, own_phone)
    declined = world.post(own_phone.decline(asked, at=world.at))
    assert declined.redirect_uri is not None
    victim = world.post(world.answer(attacker.link))
    assert victim.redirect_uri not in {None, declined.redirect_uri}
    found = world.outcome(attacker, session=OTHER, url=declined.redirect_uri)
    assert (found.state, found.presentation) == (AnswerState.FOREIGN, None)


def test_whoever_saw_the_code_on_the_page_cannot_ask_what_came_of_it() -> None:
    world = World()
    started = world.start()
    assert started.reference is not None
    world.post(world.answer(started.link))
    name = started.reference.request_uri.rpartition("/")[2]
    for handle in ("", name, started.handle[:-1], f"{started.handle}A", "\ud800"):
        found = world.service().outcome(handle, session=SESSION, at=world.at)
        assert found.state is AnswerState.UNKNOWN
        assert found.presentation is None


def test_an_answer_that_is_sent_again_is_answered_as_before_and_counts_once() -> None:
    world = World()
    started = world.start(Flow.SAME_DEVICE)
    answer = world.answer(started.link)
    first = world.post(answer)
    assert world.post(answer) == first
    assert world.outcome(started, url=first.redirect_uri).presentation is not None
    assert world.post(answer) == first
    assert world.state(started, url=first.redirect_uri) is AnswerState.TAKEN


def test_a_second_answer_to_one_request_is_refused() -> None:
    world = World()
    started = world.start()
    one, other = world.answer(started.link), world.answer(started.link)
    assert world.post(one).is_taken
    assert not world.post(other).is_taken
    assert world.outcome(started).presentation is not None


def test_of_many_that_answer_at_once_one_is_taken() -> None:
    world = World()
    started = world.start()
    answers = [world.answer(started.link) for _ in range(8)]
    ready, taken = Barrier(8), []

    def post(number: int) -> None:
        ready.wait()
        taken.append(world.post(answers[number]).is_taken)

    threads = [Thread(target=post, args=(each,)) for each in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert taken.count(True) == 1
    assert world.outcome(started).presentation is not None


def test_of_many_that_poll_at_once_one_is_handed_what_was_proven() -> None:
    world = World()
    started = world.start()
    world.post(world.answer(started.link))
    ready, found = Barrier(8), []

    def poll() -> None:
        ready.wait()
        found.append(world.outcome(started).presentation is not None)

    threads = [Thread(target=poll) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found.count(True) == 1


@pytest.mark.parametrize("mode", BOTH)
def test_a_wallet_that_declines_says_so_and_another_may_answer(
    mode: ResponseMode,
) -> None:
    world = World(mode=mode)
    started = world.start(Flow.SAME_DEVICE)
    holder = scene().new_wallet()
    asked = world.ask(started.link, holder)
    reply = world.post(holder.decline(asked, at=world.at))
    assert reply.redirect_uri is not None
    found = world.outcome(started)
    assert (found.state, found.error) == (
        AnswerState.DECLINED,
        ErrorCode.ACCESS_DENIED,
    )
    assert world.post(world.answer(started.link)).is_taken


def test_what_fails_is_refused_by_a_constant_and_told_to_the_operator() -> None:
    world = World()
    started = world.start()
    answer = world.answer(started.link)
    body = world.carry(replace(answer, body=answer.body[:-8] + "AAAAAAAA").to_http())
    assert (body.status, body.body) == (400, b'{"error":"invalid_request"}')
    assert world.noticed[-1].fault is not None
    # What was not readable used nothing up.
    assert world.post(answer).is_taken


def test_a_failed_answer_is_kept_for_its_report_and_uses_the_request_up() -> None:
    world = World()
    started = world.start()
    answer = world.answer(started.link)
    believed = scene().trust
    try:
        scene().trust = Scene(seed=b"idwallet TEST stranger").trust
        assert not world.post(answer).is_taken
        found = world.outcome(started)
    finally:
        scene().trust = believed
    assert found.state is AnswerState.FAILED
    assert found.report is not None
    assert found.report.outcome is Outcome.FAILED
    # Whom to trust was decided when it came: it does not become a yes later.
    assert world.outcome(started).presentation is None
    assert not world.post(answer).is_taken


def test_nobody_answers_a_request_that_is_over() -> None:
    world = World()
    started = world.start()
    answer = world.answer(started.link)
    world.at += 7 * MINUTE
    assert not world.post(answer).is_taken
    assert world.state(started) is AnswerState.EXPIRED
    step = world.fetch(started.link).step
    assert not isinstance(step, RequestReady)


def test_a_request_is_not_handed_out_once_it_was_answered() -> None:
    world = World()
    started = world.start()
    world.post(world.answer(started.link))
    assert not isinstance(world.fetch(started.link).step, RequestReady)


def test_a_wallet_may_want_the_request_encrypted() -> None:
    world = World()
    started = world.start()
    step = world.fetch(started.link, encrypted=True).step
    assert isinstance(step, RequestReady)
    assert scene().new_wallet().read_request(step.raw, at=world.at).purpose == "a test"


def test_processes_share_a_database_and_a_restart_loses_nothing(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    first = World(store=SqlExchanges(url))
    started = first.start(Flow.SAME_DEVICE)
    answer = first.answer(started.link)
    second = World(store=SqlExchanges(url))
    reply = second.post(answer)
    third = World(store=SqlExchanges(url))
    assert third.outcome(started, url=reply.redirect_uri).presentation is not None
    assert first.state(started, url=reply.redirect_uri) is AnswerState.TAKEN


@pytest.mark.parametrize("kind", ["memory", "sql"])
def test_a_store_of_exchanges_keeps_each_by_its_name_until_it_is_over(
    kind: str, tmp_path: Path
) -> None:
    store = (
        MemoryExchanges()
        if kind == "memory"
        else SqlExchanges(f"sqlite:///{tmp_path / 'e.db'}")
    )
    at, until = scene().at, scene().at + MINUTE
    assert store.get("a") is None
    assert store.put("a", b"1", until=until, at=at)
    assert not store.put("a", b"2", until=until, at=at)
    assert not store.swap("a", expected=b"2", sealed=b"3")
    assert not store.swap("b", expected=b"1", sealed=b"3")
    assert store.swap("a", expected=b"1", sealed=b"3")
    assert store.get("a") == b"3"
    later = until + timedelta(hours=2)
    assert store.put("b", b"4", until=later, at=later)
    assert store.get("a") is None
    assert repr(store)
    with pytest.raises(UsageError):
        store.put("c", b"", until=at.replace(tzinfo=None), at=at)


def test_a_full_store_takes_no_more() -> None:
    store = MemoryExchanges(entries=1)
    store.put("a", b"1", until=scene().at, at=scene().at)
    with pytest.raises(PortError):
        store.put("b", b"1", until=scene().at, at=scene().at)
    with pytest.raises(UsageError):
        MemoryExchanges(entries=0)


def test_a_store_in_memory_is_bounded_in_octets_whatever_answers_weigh() -> None:
    at, store = scene().at, MemoryExchanges(octets=10)
    assert store.put("a", b"1234", until=at, at=at)
    with pytest.raises(PortError):
        store.put("b", b"1234567", until=at, at=at)
    with pytest.raises(PortError):
        store.swap("a", expected=b"1234", sealed=b"12345678901")
    assert store.get("a") == b"1234"
    assert store.swap("a", expected=b"1234", sealed=b"1234567890")
    # What was handed out makes room, and so does what is forgotten.
    assert store.swap("a", expected=b"1234567890", sealed=b"12")
    assert store.put("b", b"12345678", until=at, at=at)
    later = at + limits.EXCHANGE_KEPT_AFTER + MINUTE
    assert store.put("c", b"1234567890", until=later, at=later)
    assert (store.get("a"), store.get("b")) == (None, None)
    with pytest.raises(UsageError):
        MemoryExchanges(octets=0)


def test_a_record_that_was_moved_to_another_name_is_none() -> None:
    store = MemoryExchanges()
    world = World(store=store)
    one, other = world.start(), world.start()
    names = [e.reference.request_uri.rpartition("/")[2] for e in (one, other)]  # type: ignore[union-attr]
    first, second = store.get(names[0]), store.get(names[1])
    assert first is not None
    assert second is not None
    store.swap(names[1], expected=second, sealed=first)
    assert world.state(other) is AnswerState.UNKNOWN
    assert world.state(one) is AnswerState.WAITING


def test_whoever_has_no_key_puts_the_whole_request_into_the_link() -> None:
    world = World(identity=RelyingParty.anonymous(answer_to=f"{PUBLIC}/answer"))
    name: JsonObject = {"path": ["family_name"]}
    meta: JsonObject = {"vct_values": [PID]}
    card: JsonObject = {"id": "pid", "format": "dc+sd-jwt", "meta": meta}
    started = world.start(asked={"credentials": [{**card, "claims": [name]}]})
    assert started.reference is None
    assert "dcql_query" in started.link
    # Nobody signs it, so that it is handed out nowhere else (section 5.10.1).
    state = HttpRequest("GET", started.link.replace("openid4vp://", "https://a/"))
    name_of = reference_of(state.query()["state"])
    fetched = world.carry(HttpRequest("GET", f"{PUBLIC}/request/{name_of}"))
    assert fetched.status == 404
    holder = Holder(
        store=MemoryStore(),
        seal=SEAL,
        keys=scene().keys,
        trust=scene().trust,
        policy=ADMITTING,
    )
    holder.add(scene().issue(), at=world.at)
    asked = world.ask(started.link, holder)
    choice = holder.match(asked, at=world.at).choose()
    assert world.post(holder.present(asked, choice, at=world.at)).is_taken
    assert world.outcome(started).presentation is not None


def test_what_is_no_endpoint_is_not_found() -> None:
    world = World()
    started = world.start()
    assert started.reference is not None
    uri = started.reference.request_uri
    host = read_web_address(PUBLIC, at="").origin
    for method, url, status in (
        ("GET", f"{PUBLIC}/answer", 405),
        ("PUT", uri, 405),
        ("GET", f"{uri}/", 404),
        ("GET", f"{uri}A", 404),
        ("GET", f"{uri}?x=1", 404),
        ("GET", uri.replace("request", "requests"), 404),
        ("GET", uri.replace(host, "https://evil.example"), 404),
        ("GET", f"{PUBLIC}/request/{'A' * 43}", 404),
        ("GET", "nowhere", 404),
    ):
        assert world.carry(HttpRequest(method, url)).status == status, url


def test_parts_that_do_not_go_together_make_no_service() -> None:
    parts = {
        "verifier": verifier(),
        "trust": lambda: scene().trust,
        "public": PUBLIC,
        "store": MemoryExchanges(),
        "seal": SEAL,
    }

    def made(**changes: object) -> PresentationService:
        return PresentationService(**{**parts, **changes})  # type: ignore[arg-type]

    assert made()
    for changes in (
        {"verifier": verifier(party("https://shop.example/elsewhere"))},
        {"mode": ResponseMode.FRAGMENT},
    ):
        with pytest.raises(UsageError):
            made(**changes)
    for address in ({"public": "http://shop.example"}, {"return_to": "http://a"}):
        with pytest.raises(MalformedError):
            made(**address)
    with pytest.raises(UsageError, match="return_to"):
        World.start(_Without(made()), Flow.SAME_DEVICE)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="secret"):
        World().start(session="short")


class _Without(World):
    """A world whose service has no page to come back to."""

    def __init__(self, service: PresentationService) -> None:
        super().__init__()
        self._own = service

    def service(self) -> PresentationService:
        return self._own


def test_what_is_undecided_is_settled_by_what_comes_in_later_and_handed_out_once() -> (
    None
):
    world = World()
    started = world.start()
    made = draft(scene(), request_of(world, started))
    made.payload = {"status": {"status_list": {"idx": 7, "uri": LIST}}}
    believed = scene().trust
    sent = answer_request(f"{PUBLIC}/answer", f"response={_token(made.response())}")
    assert world.carry(sent).body == b"{}"
    waiting = world.outcome(started)
    assert waiting.state is AnswerState.INDETERMINATE
    assert waiting.report is not None
    assert waiting.report.missing() == (StatusListNeeded(LIST, 7),)
    assert world.state(started) is AnswerState.INDETERMINATE
    try:
        at_hand = status_list(scene().issuer_identity, at=world.at)
        scene().trust = believed.with_evidence(EvidenceAtHand(status_lists=[at_hand]))
        assert world.state(started) is AnswerState.PASSED
        assert world.state(started) is AnswerState.TAKEN
    finally:
        scene().trust = believed


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("signed", "entries", "state", "reason"),
    [
        (-HOUR / 2, (), AnswerState.PASSED, Reason.NOT_REVOKED),
        (-HOUR / 2, [(7, 1)], AnswerState.FAILED, Reason.REVOKED),
        (-HOUR / 2, [(7, 2)], AnswerState.FAILED, Reason.SUSPENDED),
        (-2 * HOUR, (), AnswerState.INDETERMINATE, Reason.LIST_STALE),
        (-2 * HOUR, [(7, 1)], AnswerState.INDETERMINATE, Reason.LIST_STALE),
        (-13 * HOUR, (), AnswerState.INDETERMINATE, Reason.LIST_EXPIRED),
        (HOUR, (), AnswerState.INDETERMINATE, Reason.LIST_FROM_THE_FUTURE),
    ],
    ids=["fresh", "revoked", "suspended", "stale", "stale, revoked", "over", "future"],
)
def test_a_service_says_of_a_listed_card_what_a_list_of_that_age_lets_it_say(
    signed: timedelta,
    entries: list[tuple[int, int]],
    state: AnswerState,
    reason: Reason,
) -> None:
    found = _outcome_by_list(signed, entries, stale=StaleRule.REFUSED)
    assert (found.state, _status(found)) == (state, reason)


@pytest.mark.parametrize(
    ("stale", "state", "reason"),
    [
        (StaleRule.ACCEPTED, AnswerState.PASSED, Reason.NOT_REVOKED_STALE_ACCEPTED),
        (StaleRule.REFUSED, AnswerState.INDETERMINATE, Reason.LIST_STALE),
    ],
)
def test_a_stale_list_is_relied_on_where_the_policy_accepts_it_and_nowhere_else(
    stale: StaleRule, state: AnswerState, reason: Reason
) -> None:
    found = _outcome_by_list(-2 * HOUR, [], stale=stale)
    assert (found.state, _status(found)) == (state, reason)


def _outcome_by_list(
    signed: timedelta, entries: list[tuple[int, int]], *, stale: StaleRule
) -> PresentationOutcome:
    freshness = replace(RETAIL.freshness, stale=stale)
    world = World(policy=replace(RETAIL, freshness=freshness))
    started = world.start()
    made = draft(scene(), request_of(world, started))
    made.payload = {"status": {"status_list": {"idx": 7, "uri": LIST}}}
    issuer = scene().issuer_identity
    at_hand = status_list(issuer, entries=entries, at=world.at + signed)
    believed = scene().trust
    scene().trust = believed.with_evidence(EvidenceAtHand(status_lists=[at_hand]))
    try:
        answer = f"response={_token(made.response())}"
        world.carry(answer_request(f"{PUBLIC}/answer", answer))
        return world.outcome(started)
    finally:
        scene().trust = believed


def _status(found: PresentationOutcome) -> Reason:
    assert found.report is not None
    (check,) = (
        each for each in found.report.checks if each.id is CheckId.CREDENTIAL_STATUS
    )
    return check.reason


def _token(body: str) -> str:
    return str(read_object(body, at="")["response"])


def test_a_card_and_a_licence_are_asked_for_and_shown_at_once() -> None:
    both = two_formats.scene()
    public = "https://shop.example/both"
    who = both.reader_identity
    service = PresentationService(
        verifier=replace(
            both.verifier,
            identity=RelyingParty(
                signer=who.signer,
                certificates=who.chain,
                answer_to=f"{public}/answer",
            ),
        ),
        trust=lambda: both.trust,
        public=public,
        store=MemoryExchanges(),
        seal=SEAL,
    )
    started = service.start(
        two_formats.query(
            two_formats.of_card("family_name"), two_formats.of_licence("age_over_21")
        ),
        purpose="a test",
        flow=Flow.CROSS_DEVICE,
        session=SESSION,
        at=both.at,
    )
    holder = two_formats.wallet(both.issue(), two_formats.issued())
    inquiry = start_inquiry(started.link, wallet=holder.abilities)
    assert isinstance(inquiry.step, FetchRequest)
    inquiry = inquiry.receive(service.handle(inquiry.step.request, at=both.at))
    assert isinstance(inquiry.step, RequestReady)
    asked = holder.read_request(inquiry.step.raw, at=both.at)
    answer = holder.present(asked, holder.match(asked, at=both.at).choose(), at=both.at)
    assert read_reply(service.handle(answer.to_http(), at=both.at)).is_taken
    found = service.outcome(started.handle, session=SESSION, at=both.at)
    assert found.presentation is not None
    formats = {e.query_id: e.format.value for e in found.presentation.credentials}
    assert formats == {"pid": "dc+sd-jwt", "mdl": "mso_mdoc"}


WITH_PORTRAIT: JsonObject = {
    "credentials": [
        {
            "id": "pid",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": [PID]},
            "claims": [{"path": ["family_name"]}, {"path": ["picture"]}],
        }
    ]
}


def test_of_two_clerks_who_compare_one_portrait_one_lets_the_person_in() -> None:
    world = World(policy=PRESENT)
    started = world.start(asked=WITH_PORTRAIT)
    made = draft(scene(), request_of(world, started))
    made.claims = {"family_name": "Образцова", "picture": picture()}
    sent = answer_request(f"{PUBLIC}/answer", f"response={_token(made.response())}")
    assert world.carry(sent).body == b"{}"
    desks = [world.outcome(started) for _ in range(2)]
    found = []
    for each in desks:
        assert each.state is AnswerState.INDETERMINATE
        assert isinstance(each.verdict, AwaitingPortrait)
        found.append(each.verdict.confirm(matches=True, by=CLERK, at=world.at))
    assert isinstance(found[0], VerifiedPresentation)
    assert isinstance(found[1], Unverified)
    assert world.state(started) is AnswerState.TAKEN


def test_what_was_under_way_under_another_policy_is_over_and_no_error() -> None:
    world = World()
    answered, asked = world.start(), world.start()
    answers = [world.answer(each.link) for each in (answered, asked)]
    assert world.post(answers[0]).is_taken
    world.policy = PRESENT
    assert not world.post(answers[1]).is_taken
    assert world.noticed[-1].fault == "a request of another policy or relying party"
    step = world.fetch(asked.link).step
    assert isinstance(step, RequestFailed)
    assert world.state(asked) is AnswerState.WAITING
    assert world.state(answered) is AnswerState.UNKNOWN
    world.policy = RETAIL
    assert world.state(answered) is AnswerState.PASSED
    assert world.post(answers[1]).is_taken


class Crowded(MemoryExchanges):
    """A store where somebody is a hair quicker, so many times."""

    def __init__(self) -> None:
        super().__init__()
        self.left = 0
        self.meanwhile: Callable[[], object] = lambda: None

    def swap(self, name: str, *, expected: bytes, sealed: bytes) -> bool:
        if self.left:
            times, self.left = self.left, 0
            self.meanwhile()
            self.left = times - 1
        return super().swap(name, expected=expected, sealed=sealed)


@pytest.mark.parametrize("declines", [False, True])
def test_whoever_fetches_a_request_over_and_over_keeps_nobody_from_answering(
    *, declines: bool
) -> None:
    store = Crowded()
    world = World(store=store)
    started = world.start()
    assert started.reference is not None
    holder = scene().new_wallet()
    holder.add(scene().issue(), at=world.at)
    fetch = HttpRequest(
        "POST", started.reference.request_uri, (("Content-Type", FORM),), b""
    )
    store.meanwhile = lambda: world.carry(fetch)
    store.left = 20
    asked = world.ask(started.link, holder)
    assert store.left == 0
    choice = holder.match(asked, at=world.at).choose()
    answer = holder.present(asked, choice, at=world.at)
    if declines:
        answer = holder.decline(asked, at=world.at)
    store.left = 20
    assert world.post(answer).is_taken
    assert store.left == 0
    told = AnswerState.DECLINED if declines else AnswerState.PASSED
    assert world.state(started) is told


@pytest.mark.parametrize("flow", Flow)
def test_what_was_refused_hands_no_portrait_to_a_clerk_later(flow: Flow) -> None:
    world = World(policy=PRESENT)
    started = world.start(flow, asked=WITH_PORTRAIT)
    made = draft(scene(), request_of(world, started))
    made.claims = {"family_name": "Образцова", "picture": picture()}
    sent = answer_request(f"{PUBLIC}/answer", f"response={_token(made.response())}")
    believed = scene().trust
    try:
        scene().trust = Scene(seed=b"idwallet TEST stranger").trust
        assert world.carry(sent).status == 400
    finally:
        scene().trust = believed
    found = world.outcome(started)
    assert (found.state, found.verdict) == (AnswerState.FAILED, None)


@pytest.mark.parametrize("method", RequestUriMethod)
def test_a_receipt_names_the_request_as_the_wallet_got_it(
    method: RequestUriMethod,
) -> None:
    world = World(method=method)
    started = world.start()
    holder = scene().new_wallet()
    holder.add(scene().issue(), at=world.at)
    asked = world.ask(started.link, holder)
    choice = holder.match(asked, at=world.at).choose()
    answer = holder.present(asked, choice, at=world.at)
    world.post(answer)
    found = world.outcome(started)
    assert found.verdict is not None
    assert found.request is not None
    receipt = give_receipt(found.verdict, request=found.request, at=world.at)
    kept = holder.keep_receipt(receipt, index=answer.entry, at=world.at)
    assert kept is not None
