"""One counter at work: it asks, takes what is scanned, judges, and remembers."""

import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import RLock, Thread
from typing import Any, Final, Literal, Protocol

from examples.kiosk.rooms import Room, Taken
from examples.kiosk.scanner import is_part, typed
from examples.kiosk.store import (
    Store,
    StoreError,
    is_full,
    moment,
    note,
    seconds,
)
from examples.kiosk.telling import Told, tell, tell_unbelieved
from examples.kiosk.trust import Believed
from sqlalchemy import Connection

from idwallet import (
    MemoryReplay,
    PresentationRequest,
    RelyingParty,
    SealKey,
    TrustStore,
    Unverified,
    VerifiedPresentation,
    Verifier,
    evaluate_presentation,
)
from idwallet.documents import PAdES
from idwallet.errors import (
    MalformedError,
    PortError,
    UnsupportedError,
    VerificationError,
)
from idwallet.ports import ReplayGuard
from idwallet.protocols import FrameReader, QrKind, write_qr_text
from idwallet.roles import DeviceQuestion, StandingRequest

Way = Literal["question", "printed"]
Clock = Callable[[], datetime]


class Sealer(Protocol):
    """Signs a paper, with what is said and seen of the signature."""

    def __call__(self, paper: bytes, /, *, profile: PAdES, at: datetime) -> bytes:
        """Return the paper, signed."""


_PRINTED_FOR: Final = timedelta(days=365)
_TWICE: Final = timedelta(seconds=3)
_CURRENT: Final = (
    "SELECT id, room, way, began, expires, question, saved, told FROM visit "
    "WHERE room = ? ORDER BY id DESC LIMIT 1"
)


@dataclass(frozen=True)
class Visit:
    """One person at the counter, from the question to the next one."""

    id: int
    room: str
    way: Way
    began: datetime
    expires: datetime
    question: str
    saved: bytes
    told: Told | None

    @property
    def is_decided(self) -> bool:
        """Whether there is a verdict that stands."""
        return self.told is not None and self.told.outcome != "indeterminate"


@dataclass(frozen=True)
class Judging:
    """What an answer is judged with; the verifier's guard is the transaction."""

    verifier: Verifier
    trust: TrustStore
    at: datetime


Question = PresentationRequest | StandingRequest | DeviceQuestion


@dataclass(frozen=True)
class Judged:
    """What was asked, and what the answer came to."""

    request: Question
    found: VerifiedPresentation | Unverified


Judge = Callable[[Judging], Judged]


class Desk:
    """A room with somebody in it. Safe between threads."""

    def __init__(
        self,
        room: Room,
        *,
        store: Store,
        party: RelyingParty,
        seal: SealKey,
        believed: Believed,
        clock: Clock,
    ) -> None:
        """Take what it works with; what it did before is in the store."""
        self.room = room
        self.store = store
        self.party = party
        self.believed = believed
        self.clock = clock
        self.trouble: str | None = None
        self.hint: str | None = None
        self.seal = seal
        self.sealer: Sealer | None = None
        """What signs papers."""
        self.nearby: tuple[str, int] | None = None
        """Where a phone is reached in a session, host and port, in place of a radio."""
        self.meeting: tuple[int, Thread] | None = None
        """The visit whose guest's phone is being asked, and who asks it."""
        self._lock = RLock()
        self._frames = FrameReader()
        self._last: tuple[str, datetime] | None = None
        self._printed: dict[str, str] = {}

    # --- what is going on -------------------------------------------------------------

    def visit(self) -> Visit | None:
        """Return the visit that is under way, None between two."""
        rows = self.store.rows(_CURRENT, self.room.name)
        return _visit(rows[0]) if rows else None

    @property
    def parts(self) -> tuple[int, int]:
        """How many parts of a code in several were read, and of how many."""
        return self._frames.read, self._frames.count

    def printed_code(self, counter: str | None = None) -> str | None:
        """Return what is printed at this counter, None where it takes no such codes.

        `counter` is another one of the same party, whose code is put up elsewhere.
        """
        name = counter or self.room.counter
        if name is None or name not in {self.room.counter, *self.room.others}:
            return None
        with self._lock:
            if name not in self._printed:
                at = self.clock()
                standing = self._standing(self._verifier(MemoryReplay()), counter=name)
                until = at + _PRINTED_FOR
                self._printed[name] = standing.printed_code(since=at, until=until)
            return self._printed[name]

    def tidy(self) -> None:
        """End a visit that nobody is at any more."""
        visit = self.visit()
        if visit is not None and self.clock() >= visit.expires + self.room.stays:
            self.end()

    # --- what a clerk does ------------------------------------------------------------

    def ask(self, way: Way, given: Mapping[str, str] | None = None) -> None:
        """Begin a visit; whatever was under way is over.

        `given` is what the clerk said of it (`Room.fields`).
        """
        at = self.clock()
        question, saved, expires = "", b"", at + self.room.lasts
        if way == "question":
            # The guard that counts is the one that it is judged with.
            request = self._verifier(MemoryReplay()).request(
                self.room.query, purpose=self.room.purpose, at=at
            )
            question, saved = request.message.to_qr(), request.save(self.seal)
            expires = request.expires
        row = (self.room.name, way, seconds(at), seconds(expires), question, saved)
        with self._kept() as database:
            self._end(database)
            made = database.exec_driver_sql(
                "INSERT INTO visit (room, way, began, expires, question, saved) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
            self.room.began(database, made.lastrowid, given=given or {})
            note(database, f"asked:{way}", room=self.room.name, at=at)
        self._begin_reading()

    def end(self) -> None:
        """End the visit: the next person, please."""
        with self._kept() as database:
            self._end(database)
        self._begin_reading()

    # --- what a scanner does ----------------------------------------------------------

    def take(self, text: str) -> None:
        """Take the text of a code that was read, and judge it if it is whole."""
        with self._lock:
            self.hint = None
            visit = self.visit()
            text = typed(text)
            if visit is None:
                self.hint = "not-asked"
            elif self._is_double(text):
                return  # a trigger held down a moment too long
            elif visit.is_decided and visit.way == "question":
                self.hint = "decided"
            elif not self.room.reads(self, visit, text=text):
                whole = self._whole(text)
                if whole is not None and self._judge_code(visit, whole):
                    self._last = (text, self.clock())

    def judge(self, visit: Visit, judge: Judge) -> bool:
        """Judge an answer, and keep what came of it; False where the disk fails.

        `judge` is given a verifier whose replay guard is the transaction of the
        verdict: nothing has been used up until the verdict is on the disk.
        """
        at = self.clock()
        try:
            trust = self.believed.at(at, policy=self.room.policy)
        except VerificationError as error:
            told = tell_unbelieved(error.report)
            with self._kept() as database:
                self._write(database, visit, told=told, at=at)
            return self.trouble is None
        except PortError as error:
            self.trouble = _trouble_of(error)
            return False
        with self._kept() as database:
            if not self._is_open(database, visit):
                return False  # the person left, or was answered, while it came
            verifier = self._verifier(self.store.guard(database))
            judged = judge(Judging(verifier, trust, at))
            found = judged.found
            if isinstance(found, VerifiedPresentation):
                request = judged.request
                self.room.taken(Taken(self, database, visit, request, found, at))
            self._write(database, visit, told=tell(found.report), at=at)
        return self.trouble is None

    def _is_open(self, database: Connection, visit: Visit) -> bool:
        row = database.exec_driver_sql(_CURRENT, (self.room.name,)).one_or_none()
        now = None if row is None else _visit(row)
        return now is not None and now.id == visit.id and not now.is_decided

    def _judge_code(self, visit: Visit, answer: str | bytes) -> bool:
        def judge(by: Judging) -> Judged:
            request = self._request(visit, by.verifier)
            found = evaluate_presentation(
                answer, request=request, trust=by.trust, at=by.at
            )
            return Judged(request, found)

        if visit.is_decided:
            # At what is printed one person follows the other, without a question.
            self.ask("printed")
            visit = self.visit() or visit
        return self.judge(visit, judge)

    def _request(
        self, visit: Visit, verifier: Verifier
    ) -> PresentationRequest | StandingRequest:
        if visit.way == "question":
            return verifier.restore(visit.saved, self.seal)
        return self._standing(verifier)

    def _standing(
        self, verifier: Verifier, *, counter: str | None = None
    ) -> StandingRequest:
        return verifier.standing_request(
            self.room.query,
            window=self.room.window,
            till=counter or self.room.counter or "",
            purpose=self.room.purpose,
        )

    def _whole(self, text: str) -> str | bytes | None:
        """Return an answer that is whole; parts are collected until then."""
        try:
            found = self._frames.add(text)
        except (MalformedError, UnsupportedError):
            # What is no part of what was begun may be another's code: judge it alone,
            # or begin with it where it is a part itself.
            self._frames = FrameReader()
            try:
                found = self._frames.add(text)
            except (MalformedError, UnsupportedError):
                return None if is_part(text) else text
        if found is None:
            return None
        self._frames = FrameReader()
        if found.kind is QrKind.ANSWER:
            return found.octets
        return write_qr_text(found.kind, found.octets)

    def _is_double(self, text: str) -> bool:
        if self._last is None:
            return False
        last, when = self._last
        return text == last and self.clock() - when < _TWICE

    def _begin_reading(self) -> None:
        with self._lock:
            self._frames = FrameReader()
            self.hint = self._last = None

    # --- what is kept -----------------------------------------------------------------

    @contextmanager
    def _kept(self) -> Iterator[Connection]:
        """Yield a transaction; where the disk does not take it, `trouble` says so."""
        with self._lock:
            try:
                with self.store.writing() as database:
                    yield database
            except StoreError as fault:
                self.trouble = "full" if fault.is_full else "disk"
            else:
                self.trouble = None

    def _write(
        self, database: Connection, visit: Visit, *, told: Told, at: datetime
    ) -> None:
        until = at + self.room.stays
        database.exec_driver_sql(
            "UPDATE visit SET told = ?, expires = max(expires, ?) WHERE id = ?",
            (told.to_text(), seconds(until), visit.id),
        )
        event = f"judged:{visit.way}"
        name, outcome = self.room.name, told.outcome
        note(database, event, room=name, at=at, outcome=outcome, why=told.why)

    def _end(self, database: Connection) -> None:
        row = database.exec_driver_sql(_CURRENT, (self.room.name,)).one_or_none()
        if row is not None:
            self.room.over(database, _visit(row))
        database.exec_driver_sql("DELETE FROM visit WHERE room = ?", (self.room.name,))

    def _verifier(self, replay: ReplayGuard) -> Verifier:
        return Verifier(identity=self.party, policy=self.room.policy, replay=replay)


def _visit(row: Any) -> Visit:
    number, room, way, began, expires, question, saved, told = row
    return Visit(
        id=number,
        room=room,
        way=way,
        began=moment(began),
        expires=moment(expires),
        question=question,
        saved=saved,
        told=None if told is None else Told.from_text(told),
    )


def _trouble_of(error: BaseException | None) -> str:
    """Say what keeps the kiosk from reading or remembering what it believes."""
    if is_full(error):
        return "full"
    while error is not None:
        if isinstance(error, FileNotFoundError):
            return "no-bundle"
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return "full"
        error = error.__cause__
    return "disk"
