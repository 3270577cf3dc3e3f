"""The messenger: it carries texts between phones and bots, and reads none of them.

One worker hands each message to whoever it is for, in the order in which they came. It
begins where it was when the program ended, however that was.
"""

import secrets
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from examples.messenger.handling import Rooms
from examples.messenger.people import CITIZENS, FINDER
from examples.messenger.phone import Phone
from examples.messenger.post import Message, Post, Turn
from examples.messenger.register import published
from examples.messenger.talking import (
    Bot,
    Talk,
    World,
    choose_language,
    found_bots,
    language_in,
)
from examples.web.identity import Identity
from examples.web.language import Language

from idwallet import Purpose, StoredKeySigner, TrustAnchor, TrustStore, now
from idwallet.errors import IdWalletError, UsageError
from idwallet.protocols import ChatFile, ChatKind, ChatMessage, file_in, read_chat
from idwallet.roles import Backup, keep_backup, open_backup, seal_backup
from idwallet.testing import certify_key

_Found = TypeVar("_Found")

_PAUSE: Final = 0.5
_TIDIES_EACH: Final = 60.0
_TEXT_CHARACTERS: Final = 100_000


class Messenger:
    """Phones, bots and the post between them."""

    def __init__(
        self, folder: Path, *, identity: Identity, readers: Sequence[Path] = ()
    ) -> None:
        """Open everything, or make it.

        `readers` are root certificates (PEM) of others who ask, as of a kiosk.
        """
        self._folder, self._identity = folder, identity
        self._trust = TrustStore(
            [
                identity.pki.anchor(),
                *(
                    TrustAnchor.from_certificate(
                        each.read_bytes(),
                        name=each.parent.name,
                        purposes=[Purpose.READ_CREDENTIALS],
                    )
                    for each in readers
                ),
            ]
        )
        self.rooms = Rooms()
        self.bots = found_bots(World(identity))
        self._new = threading.Event()
        self._ended = threading.Event()
        # Whoever looks, says or hands over something does it with every wallet open.
        self._busy = threading.RLock()
        self._open()
        self._worker = threading.Thread(target=self._work, daemon=True)
        self._worker.start()

    def _open(self) -> None:
        self.post = Post(self._folder / "post.db")
        self.phones = {name: self._phone(name) for name in CITIZENS}

    def _phone(self, name: str) -> Phone:
        return Phone(
            CITIZENS[name],
            self._folder / "phones" / name,
            trust=self._trust,
            certify=self._certified,
        )

    def _certified(self, signer: StoredKeySigner, name: str) -> tuple[bytes, ...]:
        # The bots are all made by now: their order decides which key is whose.
        return certify_key(self._identity.pki, signer.public_key, name=name)

    def close(self) -> None:
        """Stop carrying; what waits is carried after the next start."""
        self._ended.set()
        self._new.set()
        self._worker.join()
        for each in self.phones.values():
            each.close()

    def undisturbed(self, do: Callable[[], _Found]) -> _Found:
        """Do something while no wallet is put away, lost or thrown away."""
        with self._busy:
            return do()

    def known_to(self, phone: Phone) -> TrustStore:
        """Return what a phone believes, with the lists that issuers publish.

        They are the same for everybody and got whole, so nobody learns which card is
        looked up.
        """
        lists = published(self._identity.root.parent, at=now())
        return phone.trust.with_evidence(lists)

    def begin_anew(self) -> None:
        """Throw every chat and every wallet away."""
        with self._busy:
            for each in self.phones.values():
                each.close()
            shutil.rmtree(self._folder / "phones")
            # An office keeps wallets, too, for children.
            shutil.rmtree(self._folder / "children", ignore_errors=True)
            for each in self._folder.glob("post.db*"):
                each.unlink()
            self._open()

    # --- a phone is lost --------------------------------------------------------------

    def lose(self, person: str) -> None:
        """Have somebody's phone found by another; they get a new, empty one."""
        if person == FINDER:
            return
        phones = self._folder / "phones"
        with self._busy:
            for each in (person, FINDER):
                self.phones[each].close()
            shutil.rmtree(phones / FINDER)
            (phones / person).rename(phones / FINDER)
            for each in (person, FINDER):
                self.phones[each] = self._phone(each)
            with self.post.turn(person, "") as turn:
                # What the lost phone was in the midst of is over.
                for beginning in ("taking:", "carried:", "message:", "answered:"):
                    turn.forget(beginning)

    def back_up(self, person: str, passphrase: str) -> str:
        """Return what is in somebody's wallet as a file that the passphrase opens."""
        holder = self.phones[person].holder
        held = [e for card in holder.credentials() for e in holder.copies(card)]
        backup = Backup.of(held, at=now(), transactions=holder.transactions())
        return seal_backup(backup, passphrase.encode(), random=secrets.token_bytes)

    def restore(self, person: str, text: str, *, passphrase: str) -> None:
        """Bring a backup into somebody's wallet: what to get anew, and the history."""
        found = open_backup(text, passphrase.encode())
        vault = self.phones[person].holder.vault
        keep_backup(vault, found, random=secrets.token_bytes)
        with self.post.turn(person, ""):
            pass  # whoever looks sees that something changed

    # --- what the page asks -----------------------------------------------------------

    def say(self, person: str, peer: str, *, text: str, lang: Language) -> None:
        """Send a text that a person typed or a button stands for."""
        if not text.strip() or len(text) > _TEXT_CHARACTERS:
            return
        with self.post.turn(person, peer) as turn:
            choose_language(turn, lang)
            turn.say(text.strip())
        self._new.set()

    def open_chat(self, person: str, peer: str, *, lang: Language) -> None:
        """Have the bot say hello, the first time."""
        with self.post.look(peer, person) as turn:
            if turn.kept("greeted") is not None and language_in(turn, person) == lang:
                return
        with self.post.turn(person, peer) as turn:
            choose_language(turn, lang)
        with self.post.turn(peer, person) as turn:
            if turn.kept("greeted") is None:
                turn.keep("greeted", b"1")
                self.bots[peer].greet(Talk(self.bots[peer], turn))

    def press(
        self, person: str, number: int, *, form: dict[str, str], lang: Language
    ) -> str | None:
        """Do what a person decided about a message; return whose chat it is in."""
        with self.post.look(person) as turn:
            message = turn.message(number)
        came = None if message is None else _read(message)
        if message is None or came is None:
            return None
        peer = _peer(message, person)
        with self.post.turn(person, peer) as turn:
            choose_language(turn, lang)
            found = self.rooms.find(
                self.phones[person], turn, message=message, came=came, lang=lang
            )
            if found is not None:
                room, case = found
                room.press(case, form)
        self._new.set()
        return peer

    def file(self, person: str, number: int) -> ChatFile | None:
        """Return the file that a message of somebody's chats carries."""
        with self.post.look(person) as turn:
            message = turn.message(number)
        came = None if message is None else _read(message)
        if came is None or came.kind is not ChatKind.FILE:
            return None
        try:
            return file_in(came)
        except IdWalletError:
            return None

    # --- the worker -------------------------------------------------------------------

    def tidy(self) -> None:
        """Have each bot that keeps something delete what is over."""
        for bot in self.bots.values():
            if bot.keeps:
                with self.post.turn(bot.name, "") as turn:
                    bot.tidy(turn)

    def _work(self) -> None:
        tidied = -_TIDIES_EACH
        while not self._ended.is_set():
            with self._busy:
                if time.monotonic() - tidied >= _TIDIES_EACH:
                    tidied = time.monotonic()
                    self.tidy()
                message = self.post.waiting()
                if message is not None:
                    self._hand_over(message)
            if message is None:
                self._new.wait(_PAUSE)
                self._new.clear()

    def _hand_over(self, message: Message) -> None:
        try:
            with self.post.turn(message.receiver, message.sender) as turn:
                if turn.take(message):
                    self._deal_with(message, turn)
        except Exception as error:  # noqa: BLE001 - the next message is another one's
            # What broke is undone: that it was handed over is all that stays.
            with self.post.turn(message.receiver, message.sender) as turn:
                turn.take(message, failed=True)
                bot = self.bots.get(message.receiver)
                if bot is not None:
                    # With a way to begin again: a chat without a button is over.
                    Talk(bot, turn).say("lost", buttons=bot.buttons[:1])
            # A message may be broken; a bug of this program is told.
            if not isinstance(error, IdWalletError) or isinstance(error, UsageError):
                traceback.print_exc(file=sys.stderr)

    def _deal_with(self, message: Message, turn: Turn) -> None:
        bot = self.bots.get(message.receiver)
        if bot is not None:
            bot.hear(Talk(bot, turn), message.text)
            return
        phone, came = self.phones.get(message.receiver), _read(message)
        if phone is None or came is None:
            return  # talk, or for nobody
        lang = language_in(turn, turn.me)
        found = self.rooms.find(phone, turn, message=message, came=came, lang=lang)
        if found is not None:
            room, case = found
            room.arrive(case)

    def bot(self, name: str) -> Bot | None:
        """Return the bot of that name."""
        return self.bots.get(name)


def _read(message: Message) -> ChatMessage | None:
    """Return what a message is; one that breaks the form is somebody's talk."""
    try:
        return read_chat(message.text)
    except IdWalletError:
        return None


def _peer(message: Message, person: str) -> str:
    return message.receiver if message.sender == person else message.sender
