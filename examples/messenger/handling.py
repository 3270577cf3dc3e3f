"""What a phone does with messages that are not talk, one room for each kind.

A room is a file in the folder `rooms` with a class in a name `ROOM`; beside it lie its
sentences. To teach the phone another kind of message is to add a file.
"""

import importlib
import json
import pkgutil
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from examples.messenger.phone import Phone
from examples.messenger.post import Message, Turn
from examples.messenger.talking import words_of
from examples.web.elements import Html
from examples.web.language import Language, Words

from idwallet.protocols import ChatKind, ChatMessage


@dataclass(frozen=True)
class Case:
    """One message on one phone: what it is, and what became of it."""

    phone: Phone
    turn: Turn
    message: Message
    came: ChatMessage
    words: Words

    @property
    def lang(self) -> Language:
        """The language of the page."""
        return self.words.lang

    @property
    def is_own(self) -> bool:
        """Whether this phone wrote it."""
        return self.message.sender == self.turn.me

    @property
    def place(self) -> str:
        """The address of its screen."""
        return f"/{self.turn.me}/message/{self.message.id}"

    @property
    def state(self) -> dict[str, Any]:
        """What is remembered of it; empty where nothing is."""
        kept = self.turn.kept(f"message:{self.message.id}")
        found: dict[str, Any] = {} if kept is None else json.loads(kept)
        return found

    def remember(self, **values: Any) -> None:
        """Remember more of it."""
        whole = {**self.state, **values}
        self.turn.keep(f"message:{self.message.id}", json.dumps(whole))

    def about(self, message: Message) -> "Case":
        """Return another message on the same phone, of the same room."""
        return Case(self.phone, self.turn, message, self.came, self.words)


class Room:
    """What a phone does with some kinds of messages."""

    kinds: ClassVar[frozenset[ChatKind]]
    sentences: ClassVar[Path]

    def arrive(self, case: Case) -> None:
        """Do what needs no person, when a message comes; it may answer."""

    @abstractmethod
    def bubble(self, case: Case) -> Html:
        """Return how it looks in the chat, whoever wrote it; changes nothing."""

    def screen(self, case: Case) -> Html | None:  # noqa: ARG002 - most have none
        """Return what the person has to see and decide; None where nothing is."""
        return None

    def press(self, case: Case, form: Mapping[str, str]) -> None:
        """Do what the person decided on the screen."""


class Rooms:
    """All rooms, by what they are for."""

    def __init__(self) -> None:
        """Find them."""
        package = importlib.import_module("examples.messenger.rooms")
        self._rooms: dict[ChatKind, Room] = {}
        for each in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{each.name}")
            room: Room = module.ROOM()
            self._rooms.update(dict.fromkeys(room.kinds, room))

    def find(
        self,
        phone: Phone,
        turn: Turn,
        *,
        message: Message,
        came: ChatMessage,
        lang: Language,
    ) -> tuple[Room, Case] | None:
        """Return the room of a message, and the message as it takes it."""
        room = self._rooms.get(came.kind)
        if room is None:
            return None
        words = words_of(room.sentences, lang)
        return room, Case(phone, turn, message, came, words)
