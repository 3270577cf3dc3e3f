"""The example messenger as a program, and a person who uses its page."""

import html
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from tests.browser.checked import picture_for_docs
from tests.browser.person import picture, require_fits
from tests.docs.pages import ROOT, python_path

WORDS: Final = {
    "en": {
        "be anna": "Start as Анна Образцова",
        "get": "Get an identity card",
        "check": "Pass the check (played)",
        "till": "Get a card for tills (QR code)",
        "open": "Open the offer",
        "look": "Look at it",
        "accept": "Yes, I want it",
        "store": "Yes, this is me: store it",
        "is it you": "Is this you?",
        "stored": "Your wallet says that the card is in it",
        "buy": "Buy wine (18+)",
        "who": "See who asks for what",
        "asks too much": "It asks for more than this purpose needs",
        "only needed": "Show only what is needed",
        "everything": "Show everything asked for",
        "show": "Show this",
        "no": "Say no",
        "sold": "you are 18 or older",
        "told all": "You told us your name",
        "you are right": "You said no, and you are right",
        "receipt": "A signed receipt. Your wallet verified it",
        "check in": "Check in",
        "welcome": "Welcome, Анна Образцова: room 12",
        "keeps it": "It signed that it keeps it until",
        "out": "Check out",
        "deleted": "Your registration card is deleted",
        "nothing fits": "Your wallet has nothing that answers this",
    },
    "ru": {
        "be anna": "Начать: Анна Образцова",
        "get": "Получить удостоверение",
        "check": "Пройти проверку (понарошку)",
        "till": "Получить карту для касс (QR-код)",
        "open": "Открыть предложение",
        "look": "Посмотреть",
        "accept": "Да, хочу",
        "store": "Да, это я: сохранить",
        "is it you": "Это вы?",
        "stored": "Ваш кошелёк сообщил, что удостоверение в нём",
        "buy": "Купить вино (18+)",
        "who": "Посмотреть, кто и что просит",
        "asks too much": "Запрошено больше, чем нужно",
        "only needed": "Показать только нужное",
        "everything": "Показать всё, что просят",
        "show": "Показать это",
        "no": "Отказать",
        "sold": "вам есть 18 лет",
        "told all": "Вы показали ещё имя",
        "you are right": "Вы отказались, и вы правы",
        "receipt": "Подписанная расписка. Кошелёк проверил её",
        "check in": "Заселиться",
        "welcome": "Добро пожаловать, Анна Образцова: номер 12",
        "keeps it": "Подписано: хранится до",
        "out": "Выехать",
        "deleted": "Ваша анкета удалена",
        "nothing fits": "В вашем кошельке нет ничего подходящего",
    },
}


@dataclass
class Program:
    """The messenger, running; it can be killed and started again on the same folder."""

    folder: Path
    page: str = ""
    process: "subprocess.Popen[str] | None" = field(default=None, repr=False)

    def start(self, *more: str) -> "Program":
        """Start it, and wait until it says where it is."""
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-W", "error", "-m", "examples.messenger"),
                *("--folder", str(self.folder), "--page-port", "0", *more),
            ],
            cwd=ROOT,
            env={**os.environ, **python_path()},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        if not said:
            _, err = self.process.communicate()
            pytest.fail(f"the messenger did not start: {err}")
        self.page = said.split()[2]
        return self

    def stop(self) -> None:
        """End it as a person does, with Ctrl-C; it has nothing to complain of."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        _, err = self.process.communicate(timeout=30)
        assert err == ""
        assert self.process.returncode == 0

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.communicate(timeout=30)


@dataclass
class Hand:
    """Whoever holds the phone."""

    page: Any
    program: Program
    lang: str
    name: str = "messenger"

    def say(self, name: str) -> str:
        """Return the words of the page."""
        return WORDS[self.lang][name]

    def begin(self) -> None:
        """Throw away what was there, and open the first page."""
        origin = self.program.page.rstrip("/")
        made = self.page.request.post(
            f"{origin}/begin-anew", headers={"Origin": origin}
        )
        assert made.ok
        self.page.goto(self.program.page)

    def open_chat(self, bot: str, *, person: str = "anna") -> None:
        """Go to a chat."""
        self.page.goto(f"{self.program.page}{person}/chat/{bot}")

    def press(self, name: str) -> None:
        """Press the last button or link of that name: an older one was answered."""
        named = {"name": self.say(name), "exact": True}
        either = self.page.get_by_role("button", **named).or_(
            self.page.get_by_role("link", **named)
        )
        either.last.wait_for()
        either.last.click()

    def reads(self, name: str) -> None:
        """Wait until the page says so."""
        self.page.locator("main").get_by_text(self.say(name)).last.wait_for()

    def picture(self, name: str) -> bytes:
        """Look at it, once it is there with its colours."""
        self.page.wait_for_load_state("load")
        return picture(self.page, f"{self.name}-{self.lang}-{name}")

    def for_docs(self, name: str) -> None:
        """Keep it for the documentation, where a folder is named."""
        if self.lang == "en":
            picture_for_docs(self.page, f"messenger-{name}")
        elif name == "consent":
            picture_for_docs(self.page, f"messenger-{name}-ru")

    def fits(self) -> None:
        """Nothing is wider than the screen."""
        require_fits(self.page)

    def get_an_identity(
        self, *, person: str = "anna", buttons: Sequence[str] = ("get", "check")
    ) -> None:
        """Have the government issue one, without a look at it: its story is a test."""
        chat = f"/{person}/chat/government"
        self._fetch(chat)
        said = self._fetch(f"{chat}/log")
        done = said.count(self.say("stored"))
        # An offer of before, which a phone that was lost forgot, is open again.
        opened = said.count(self.say("open"))
        for name in buttons:
            self._post(chat, text=self.say(name))
        said = self._until(f"{chat}/log", self.say("open"), count=opened + 1)
        offer = re.findall(r"/message/([0-9]+)", said)[-1]
        self._post(f"/{person}/message/{offer}", do="open")
        for do, wait in (("accept", "look"), ("store", "is it you")):
            self._until(f"{chat}/log", self.say(wait))
            self._post(f"/{person}/message/{offer}", do=do)
        self._until(f"{chat}/log", self.say("stored"), count=done + 1)

    def _fetch(self, place: str) -> str:
        answer = self.page.request.get(
            f"{self.program.page.rstrip('/')}{place}",
            headers={"Accept-Language": self.lang},
        )
        assert answer.ok, place
        text: str = html.unescape(answer.text())
        return text

    def _until(self, place: str, text: str, *, count: int = 1) -> str:
        for _ in range(300):
            said = self._fetch(place)
            if said.count(text) >= count:
                return said
            time.sleep(0.05)
        seen = " ".join(re.sub(r"<[^>]*>", " ", said).split())
        pytest.fail(f"{place} never says: {text}; at its end it says: {seen[-600:]}")

    def _post(self, place: str, **form: str) -> None:
        origin = self.program.page.rstrip("/")
        made = self.page.request.post(
            f"{origin}{place}",
            form=form,
            headers={"Origin": origin, "Accept-Language": self.lang},
        )
        assert made.ok, place
