"""The counters of `examples/kiosk`: what the library says is what they say and keep."""

import asyncio
import json
import resource
import shutil
import sqlite3
import string
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from examples.kiosk.desk import Desk, Way
from examples.kiosk.opening import Opened, open_kiosk
from examples.kiosk.page import HERE
from examples.kiosk.rooms import Taken, rooms
from examples.kiosk.scanner import typed
from examples.kiosk.telling import Told

OTHER_TILL = "till-4"
PERSONAL = ("Образцова", "Анна", "0000 000017", "-01-17", "age_over_18\\", '"XX"')


class Held:
    """A kiosk, and Anna and her phone at one of its counters."""

    def __init__(self, folder: Path, **more: float) -> None:
        self.folder = folder
        self.all: Opened = open_kiosk(folder, **more)
        self.till: Desk = self.all.desks["till"]

    def close(self) -> None:
        self.all.store.close()

    def asked(self, way: Way = "question", *, desk: Desk | None = None) -> str:
        """Ask, and return the code that a phone would read."""
        counter = desk or self.till
        counter.ask(way)
        visit = counter.visit()
        assert visit is not None
        text = visit.question or counter.printed_code()
        assert text is not None
        return text

    def answer(self, asked: str, *, of: str = "anna") -> tuple[str, ...]:
        """Return the codes that somebody's phone shows."""
        phone = self.all.phones[of]
        phone.read(asked)
        phone.agree()
        return phone.codes()

    def told(self, *codes: str, desk: Desk | None = None) -> Told:
        """Hold codes up, and return what the counter says."""
        counter = desk or self.till
        for each in codes:
            counter.take(each)
        visit = counter.visit()
        assert visit is not None
        assert visit.told is not None
        return visit.told


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the first start leaves it."""
    folder = tmp_path_factory.mktemp("kiosk") / "filled"
    Held(folder).close()
    return folder


@pytest.fixture
def held(filled: Path, tmp_path: Path) -> Iterator[Held]:
    shutil.copytree(filled, tmp_path / "kiosk")
    found = Held(tmp_path / "kiosk")
    yield found
    found.close()


# --- what the counters say ------------------------------------------------------------


def test_an_answer_to_the_question_on_the_screen_passes_and_says_as_of_when(
    held: Held,
) -> None:
    told = held.told(*held.answer(held.asked()))
    assert (told.outcome, told.case) == ("passed", "passed")
    for lang, word in (("en", "as of"), ("ru", "по состоянию на")):
        lines = told.said[lang].as_of
        assert len(lines) == 3
        assert all(word in line for line in lines)


def test_a_list_that_grew_old_is_accepted_and_the_verdict_says_so(held: Held) -> None:
    assert held.told(*held.answer(held.asked())).case == "passed"
    held.all.world.let_pass(3)
    told = held.told(*held.answer(held.asked()))
    assert (told.outcome, told.case) == ("passed", "stale-accepted")
    assert any("nothing newer is known" in line for line in told.said["en"].notes)


def test_a_counter_without_news_for_too_long_cannot_check_until_news_arrive(
    held: Held,
) -> None:
    held.all.world.let_pass(7)
    held.all.world.let_pass(3)
    codes = held.answer(held.asked())
    told = held.told(*codes)
    assert (told.outcome, told.case) == ("indeterminate", "cannot-check")
    assert "stale" in told.why
    held.all.bring()
    # The very same code: nothing was used up while nothing could be decided.
    held.till._last = None
    assert held.told(*codes).case == "passed"


def test_a_code_is_taken_once_and_the_second_time_is_told(held: Held) -> None:
    codes = held.answer(held.asked("printed"))
    assert held.told(*codes).case == "passed"
    held.till.ask("printed")
    told = held.told(*codes)
    assert (told.outcome, told.case) == ("failed", "second-use")
    assert told.why == "presentation.replay:already_used"


def test_a_code_for_the_next_till_is_refused_and_its_twin_passes(held: Held) -> None:
    held.asked("printed")
    other = held.till.printed_code(OTHER_TILL)
    assert other is not None
    told = held.told(*held.answer(other))
    assert (told.outcome, told.case) == ("failed", "wrong-till")
    assert "presentation.audience:mismatch" in told.why
    own = held.till.printed_code()
    assert own is not None
    assert held.told(*held.answer(own)).case == "passed"


def test_a_sign_is_made_for_the_partys_own_counters_and_for_no_other(
    held: Held,
) -> None:
    assert held.till.printed_code("till-5") is None
    assert held.till.printed_code(OTHER_TILL) != held.till.printed_code()
    assert held.all.desks["hotel"].printed_code() is None


def test_an_answer_to_the_question_before_is_refused(held: Held) -> None:
    codes = held.answer(held.asked())
    held.asked()
    assert held.told(*codes).case == "other-question"


def test_a_photograph_of_a_code_is_too_old_after_its_window(held: Held) -> None:
    codes = held.answer(held.asked("printed"))
    held.all.world.let_pass(3)
    held.all.bring()
    assert held.told(*codes).case == "too-late"


def test_a_revoked_card_is_refused_once_the_counters_know_and_a_new_one_passes(
    held: Held,
) -> None:
    held.all.world.revoke("anna")
    assert held.told(*held.answer(held.asked())).case == "passed"
    held.all.bring()
    assert held.told(*held.answer(held.asked())).case == "revoked"
    held.all.phones["anna"].renew()
    assert held.told(*held.answer(held.asked())).case == "passed"


def test_whoever_is_not_18_has_nothing_to_show_at_the_till(held: Held) -> None:
    timur = held.all.phones["timur"]
    timur.read(held.asked())
    match = timur.match()
    assert match is not None
    assert not match.found.is_satisfiable()
    timur.agree()
    assert timur.codes() == ()
    assert timur.fault == "cannot-show"


def test_noise_and_the_tills_own_question_are_told_to_be_no_answer(held: Held) -> None:
    for noise in ("hello", "IDW1P:AAAA", "IDW9P:AA", "", "IDW1P:"):
        held.asked()
        assert held.told(noise).outcome == "failed"
    question = held.asked()
    assert held.told(question).case == "unreadable"


def test_a_code_in_parts_is_put_together_in_any_order_with_one_lost(held: Held) -> None:
    phone = held.all.phones["anna"]
    phone.change_parts()
    first, *rest = held.answer(held.asked())
    assert len(rest) >= 3
    for each in (rest[-1], *rest[:-2], rest[-1]):
        held.till.take(each)
    assert held.till.parts[0] == len(rest) - 1
    del first
    assert held.told(rest[-2]).case == "passed"
    assert held.till.parts == (0, 0)


def test_a_part_of_another_code_begins_anew_and_is_no_answer_by_itself(
    held: Held,
) -> None:
    phone = held.all.phones["anna"]
    if not phone._in_parts:
        phone.change_parts()
    before = held.answer(held.asked())
    right = held.answer(held.asked())
    held.till.take(right[0])
    held.till.take(before[1])
    visit = held.till.visit()
    assert visit is not None
    assert visit.told is None
    held.till.take("IDW1F:AAAA")
    assert held.till.visit() == visit
    assert held.told(*right).case == "passed"
    phone.change_parts()


def test_a_trigger_held_down_too_long_is_no_second_use(held: Held) -> None:
    (code,) = held.answer(held.asked("printed"))
    assert held.told(code, code, code).case == "passed"


def test_a_code_that_nobody_asked_for_is_not_judged(held: Held) -> None:
    codes = held.answer(held.asked("printed"))
    held.till.end()
    held.till.take(codes[0])
    assert held.till.visit() is None
    assert held.till.hint == "not-asked"
    held.till.ask("printed")
    assert held.told(*codes).case == "passed"


def test_a_verdict_stands_until_the_next_person(held: Held) -> None:
    first = held.told(*held.answer(held.asked()))
    held.till._last = None
    assert held.told("IDW1P:AAAA") == first
    assert held.till.hint == "decided"


def test_a_visit_that_nobody_is_at_any_more_ends_by_itself(held: Held) -> None:
    held.told(*held.answer(held.asked()))
    held.till.tidy()
    assert held.till.visit() is not None
    held.all.world.let_pass(3)
    held.till.tidy()
    assert held.till.visit() is None


# --- a scanner that types -------------------------------------------------------------


def test_what_a_scanner_types_on_a_russian_keyboard_is_the_same_code(
    held: Held,
) -> None:
    latin, russian = "QWERTYUIOPASDFGHJKLZXCVBNM:$/.", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬЖ;.Ю"
    keys = str.maketrans(latin, russian)
    (code,) = held.answer(held.asked())
    pressed = code.translate(keys)
    assert pressed != code
    assert typed(pressed) == code
    assert typed(code) == code
    assert held.told(f"{pressed}\r\n").case == "passed"


# --- what is kept ---------------------------------------------------------------------


def all_that_is_kept(folder: Path) -> bytes:
    files = sorted(folder.joinpath("counters").rglob("*"))
    return b"".join(each.read_bytes() for each in files if each.is_file())


def test_the_log_says_what_happened_and_nothing_about_a_person(held: Held) -> None:
    held.told(*held.answer(held.asked()))
    held.till.ask("printed")
    held.told("IDW1P:AAAA")
    lines = held.all.store.rows("SELECT room, event, outcome, why FROM log ORDER BY id")
    assert [tuple(each)[:3] for each in lines] == [
        ("", "bundle:1", ""),
        ("till", "asked:question", ""),
        ("till", "judged:question", "passed"),
        ("till", "asked:printed", ""),
        ("till", "judged:printed", "failed"),
    ]
    kept = all_that_is_kept(held.folder).decode("utf-8", "ignore")
    assert "presentation.format:malformed" in kept
    assert [each for each in PERSONAL if each in kept] == []


def test_what_a_power_cut_leaves_is_whole_or_not_there(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power is cut when all was judged, and nothing was on the disk yet."""
    codes = held.answer(held.asked())

    def cut(taken: Taken) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(held.till, "room", replace(held.till.room, taken=cut))
        with pytest.raises(KeyboardInterrupt):
            held.till.take(codes[0])
    again = Held(held.folder)
    try:
        visit = again.till.visit()
        assert visit is not None
        assert visit.told is None
        assert again.told(*codes).case == "passed"
    finally:
        again.close()


def test_after_a_restart_a_verdict_is_still_there_and_not_given_twice(
    held: Held,
) -> None:
    codes = held.answer(held.asked("printed"))
    told = held.told(*codes)
    again = Held(held.folder)
    try:
        visit = again.till.visit()
        assert visit is not None
        assert visit.told == told
        again.till.ask("printed")
        assert again.told(*codes).case == "second-use"
    finally:
        again.close()


def test_a_full_disk_gives_no_verdict_and_uses_nothing_up(held: Held) -> None:
    codes = held.answer(held.asked())
    held.close()
    file = held.folder / "counters" / "kiosk.db"
    with sqlite3.connect(file) as database:
        (pages,) = database.execute("PRAGMA page_count").fetchone()
    database.close()
    full = Held(held.folder, megabytes=(pages * 4096 + 1) / 1_000_000)
    try:
        full.till.take(codes[0])
        assert full.till.trouble == "full"
        visit = full.till.visit()
        assert visit is not None
        assert visit.told is None
    finally:
        full.close()
    roomy = Held(held.folder)
    try:
        assert roomy.told(*codes).case == "passed"
        assert roomy.till.trouble is None
    finally:
        roomy.close()


def test_without_a_bundle_nothing_is_checked_and_it_is_told(held: Held) -> None:
    codes = held.answer(held.asked())
    bundle = held.folder / "counters" / "trust.bundle"
    kept = bundle.read_bytes()
    bundle.unlink()
    held.till.take(codes[0])
    assert held.till.trouble == "no-bundle"
    bundle.write_bytes(kept)
    assert held.told(*codes).case == "passed"


def test_an_older_bundle_is_not_believed_again_and_that_is_no_verdict_on_anybody(
    held: Held,
) -> None:
    bundle = held.folder / "counters" / "trust.bundle"
    old = bundle.read_bytes()
    held.all.bring()
    bundle.write_bytes(old)
    told = held.told(*held.answer(held.asked()))
    assert (told.outcome, told.case) == ("indeterminate", "cannot-check")
    assert "bundle.sequence:rolled_back" in told.why


# --- rooms ----------------------------------------------------------------------------


def test_a_room_is_found_by_its_folder_and_speaks_both_languages() -> None:
    found = rooms()
    assert next(iter(found)) == "till"
    assert {"till", "hotel"} <= set(found)
    for room in found.values():
        words: dict[str, dict[str, str]] = json.loads(room.words.read_text("utf-8"))
        assert words["en"].keys() == words["ru"].keys()
        assert {"room", "room.more", "idle", "idle.more"} <= words["en"].keys()


def test_every_sentence_stands_in_both_languages_with_the_same_places() -> None:
    def places(text: str) -> set[Any]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    words: dict[str, dict[str, str]] = json.loads(
        (HERE / "words.json").read_text("utf-8")
    )
    assert words["en"].keys() == words["ru"].keys()
    assert [
        name
        for name in words["en"]
        if places(words["en"][name]) != places(words["ru"][name])
    ] == []


# --- whose pages they are -------------------------------------------------------------


def test_another_sites_page_can_neither_ask_nor_answer_nor_be_this_one(
    held: Held,
) -> None:
    app = held.all.kiosk().app()
    own = {"Origin": "http://localhost"}
    foreign = {"Origin": "http://elsewhere.example"}

    async def tried() -> None:
        door = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(
            transport=door, base_url="http://localhost"
        ) as client:
            for place in ("till/ask", "till/code", "till/picture", "world/week"):
                for origin in ({}, foreign):
                    sent = await client.post(f"/{place}", headers=origin)
                    assert sent.status_code == 403
            assert held.till.visit() is None
            await client.post("/till/ask", data={"way": "question"}, headers=own)
            assert held.till.visit() is not None
            policy = (await client.get("/till")).headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy
            assert "http" not in policy
            named = await client.get("http://elsewhere.example/till")
            assert named.status_code == 400

    asyncio.run(tried())


@contextmanager
def no_more_room() -> Iterator[None]:
    """Have the operating system take no more octets of anything from this process."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


def test_a_disk_that_takes_nothing_more_stops_every_check_and_nothing_is_lost(
    held: Held,
) -> None:
    codes = held.answer(held.asked())
    with no_more_room():
        held.till.take(codes[0])
        trouble = held.till.trouble
        held.till.ask("question")
    assert trouble in {"full", "disk"}
    visit = held.till.visit()
    assert visit is not None
    assert visit.told is None
    assert held.told(*codes).case == "passed"
    assert held.till.trouble is None


def visit(held: Held, *steps: tuple[str, str, Any]) -> list[httpx.Response]:
    """Ask the kiosk's pages, one after the other; what they raise is raised."""

    async def asked() -> list[httpx.Response]:
        door = httpx.ASGITransport(app=held.all.kiosk().app())
        own = {"Origin": "http://localhost"}
        async with httpx.AsyncClient(
            transport=door, base_url="http://localhost", headers=own
        ) as client:
            return [
                await client.request(method, place, data=data)
                for method, place, data in steps
            ]

    return asyncio.run(asked())


def test_numbers_and_forms_that_no_page_makes_are_answered_and_do_nothing(
    held: Held,
) -> None:
    huge = 10**30
    many = {str(each): "x" for each in range(11)}
    found = visit(
        held,
        ("GET", f"/hotel/card/{huge}.json", None),
        ("GET", f"/hotel/card/{huge}.pdf", None),
        ("POST", f"/hotel/card/{huge}/depart", {}),
        ("POST", "/till/ask", many),
        ("POST", "/till/code", {"text": "x" * 60_000}),
        ("GET", "/phone/anna/code.svg?part=" + "9" * 5000, None),
    )
    assert [e.status_code for e in found] == [404, 404, 303, 403, 403, 204]
    assert held.till.visit() is None


def test_a_page_of_a_disk_that_fails_says_so(held: Held) -> None:
    with no_more_room():
        cards, log = visit(held, ("GET", "/hotel/cards", None), ("GET", "/log", None))
    assert cards.status_code == 503
    assert "No check is made" in cards.text
    assert log.status_code == 200
