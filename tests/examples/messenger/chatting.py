"""The example messenger without its page: people press what bots and phones offer."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from examples.messenger.messenger import Messenger
from examples.messenger.post import Message
from examples.messenger.talking import words_of
from examples.web.identity import identity_in
from examples.web.language import Language

from idwallet.errors import IdWalletError
from idwallet.protocols import ChatKind, ChatMessage, read_chat

_PATIENCE: Final = 60.0


class Chatting:
    """Everybody's hands."""

    def __init__(self, folder: Path, *, lang: Language = "en") -> None:
        """Start it on a folder; what waits there goes on by itself."""
        self.folder = folder
        self.lang: Language = lang
        self.messenger = Messenger(folder, identity=identity_in(folder))

    def settle(self) -> None:
        """Wait until everything was handed over."""
        end = time.monotonic() + _PATIENCE
        while self.messenger.post.waiting() is not None:
            assert time.monotonic() < end, "messages wait for ever"
            time.sleep(0.002)

    def chat(self, person: str, bot: str) -> list[Message]:
        """Return what was said in a chat."""
        with self.messenger.post.look(person, bot) as turn:
            return turn.chat()

    def came(
        self, person: str, bot: str, kind: ChatKind
    ) -> list[tuple[Message, ChatMessage]]:
        """Return the messages of a kind, in order."""
        found = []
        for each in self.chat(person, bot):
            try:
                read = read_chat(each.text)
            except IdWalletError:
                continue
            if read is not None and read.kind is kind:
                found.append((each, read))
        return found

    def tap(self, person: str, bot: str, button: str) -> None:
        """Press a button of a bot's."""
        self.messenger.open_chat(person, bot, lang=self.lang)
        words = words_of(self.messenger.bots[bot].sentences, self.lang)
        self.write(person, bot, words(f"press.{button}"))

    def write(self, person: str, bot: str, text: str) -> None:
        """Send any text, also one longer than the page lets people type."""
        with self.messenger.post.turn(person, bot) as turn:
            turn.say(text)
        self.messenger._new.set()
        self.settle()

    def decide(self, person: str, bot: str, kind: ChatKind, **form: str) -> None:
        """Decide about the last message of a kind, as on its screen."""
        message, _ = self.came(person, bot, kind)[-1]
        done = self.messenger.press(person, message.id, form=form, lang=self.lang)
        assert done == bot
        self.settle()

    def stage(self, person: str, bot: str, kind: ChatKind) -> str:
        """Return what the phone remembers of the last message of a kind."""
        message, _ = self.came(person, bot, kind)[-1]
        with self.messenger.post.look(person, bot) as turn:
            kept = turn.kept(f"message:{message.id}")
        return "" if kept is None else str(json.loads(kept).get("stage", ""))

    def said(self, person: str, bot: str) -> list[str]:
        """Return the sentences of a bot, by name, the last one last."""
        words = words_of(self.messenger.bots[bot].sentences, self.lang)
        names = {
            sentence.partition("{")[0]: name
            for name, sentence in words._sentences.items()
            if sentence.partition("{")[0] and not name.startswith("press.")
        }
        found = []
        for each in self.chat(person, bot):
            if each.sender == bot:
                found += [
                    name for begin, name in names.items() if each.text.startswith(begin)
                ][:1]
        return found

    def take(self, person: str, bot: str) -> None:
        """Take the last offer up, to the end."""
        for do in ("open", "accept", "store"):
            self.decide(person, bot, ChatKind.OFFER, do=do)
        assert self.stage(person, bot, ChatKind.OFFER) == "stored"

    def get_identity(self, person: str = "anna") -> None:
        """Have the government issue one."""
        self.tap(person, "government", "get")
        self.tap(person, "government", "check")
        self.take(person, "government")

    def cards(self, person: str = "anna") -> list[str]:
        """Return the types of what is in somebody's wallet."""
        held = self.messenger.phones[person].holder.credentials()
        return sorted(each.credential_type for each in held)


@contextmanager
def chatting(folder: Path, *, lang: Language = "en") -> Iterator[Chatting]:
    """Open it, and put it away."""
    opened = Chatting(folder, lang=lang)
    try:
        yield opened
    finally:
        opened.messenger.close()
