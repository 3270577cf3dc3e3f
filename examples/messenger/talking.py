"""Who is in the chats beside citizens: bots, and what they talk with.

A bot is a file in the folder `bots` with a class, which the file names `BOT`; beside it
lie its sentences (``.json``, by language) and its picture (``.svg``). It is told each
message of its chats and answers by messages. It never sees a wallet.
"""

import importlib
import json
import pkgutil
import secrets
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from examples.messenger.post import Turn
from examples.messenger.register import published
from examples.web.identity import Identity, pki_of
from examples.web.language import Language, Words

from idwallet import (
    PresentationRequest,
    Query,
    Reason,
    RelyingParty,
    SealKey,
    TrustStore,
    Unverified,
    VerifiedPresentation,
    Verifier,
    evaluate_presentation,
    explain,
    now,
)
from idwallet.consent import Promise
from idwallet.protocols import ChatKind, ChatMessage, ResponseMode, read_chat
from idwallet.roles import give_receipt
from idwallet.testing import CertificatePlan, TestIdentity

HERE: Final = Path(__file__).parent
_LANGUAGES: Final[tuple[Language, ...]] = ("en", "ru")
_LANGUAGE: Final = "language"
_NOTHING_KEPT: Final = Promise(kept=False)
_BUTTONS: Final = "buttons"
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@cache
def words_of(file: Path, lang: Language) -> Words:
    """Return the sentences of a file."""
    return Words(file, lang)


@dataclass(frozen=True)
class World:
    """What a bot may know of the world: its keys, and whom it believes."""

    identity: Identity

    @property
    def folder(self) -> Path:
        """Where bots keep what is too large for the post."""
        return self.identity.root.parent

    @property
    def trust(self) -> TrustStore:
        """The issuers that bots believe, and what these have revoked so far."""
        return self.identity.trust.with_evidence(published(self.folder, at=now()))

    @property
    def seal(self) -> SealKey:
        """What bots seal with what they remember."""
        return self.identity.seal


class Talk:
    """One turn of a bot in the chat with one person."""

    def __init__(self, bot: "Bot", turn: Turn) -> None:
        """Take whose turn it is."""
        self.bot = bot
        self.turn = turn
        self.person = turn.peer
        self.lang = language_in(turn, turn.peer)
        self.words = words_of(bot.sentences, self.lang)

    def with_person(self, person: str) -> "Talk":
        """Return the same turn, in the chat with another person."""
        return Talk(self.bot, self.turn.toward(person))

    def say(
        self, name: str, /, *, buttons: Sequence[str] = (), **values: str | int
    ) -> None:
        """Say a sentence; `buttons` are what the person may press to answer.

        A button is a text that is sent as if it was typed: ``press.NAME``.
        """
        self.turn.say(self.words(name, **values))
        self.turn.keep(_BUTTONS, json.dumps(list(buttons)))

    def send(self, message: ChatMessage) -> None:
        """Send something that is not for people."""
        self.turn.say(message.to_text())

    def pressed(self, text: str) -> str | None:
        """Return the button whose text this is, in either language; None for none."""
        wanted = text.strip().casefold()
        for name in self.bot.buttons:
            for lang in _LANGUAGES:
                said = words_of(self.bot.sentences, lang)(f"press.{name}")
                if said.casefold() == wanted:
                    return name
        return None

    # --- asking, for bots that do -----------------------------------------------------

    def send_receipt(
        self, judged: "Judged", came: ChatMessage, *, keeps: Promise = _NOTHING_KEPT
    ) -> None:
        """Sign for what was shown, or for a refusal; for nothing else."""
        if isinstance(judged.result, Unverified) and not judged.is_declined:
            return
        receipt = give_receipt(
            judged.result, request=judged.request, at=self.turn.at, retention=keeps
        )
        self.send(
            ChatMessage(kind=ChatKind.RECEIPT, body=receipt, answers=came.answers)
        )

    def ask(
        self,
        verifier: Verifier,
        query: Query,
        *,
        purpose: str,
        about: str = "",
        transactions: Sequence[Mapping[str, object]] = (),
    ) -> str:
        """Ask for something; what the request was is kept, sealed, with its `about`."""
        request = verifier.request(
            query,
            purpose=purpose,
            at=self.turn.at,
            # Who carries the messages reads no answer.
            mode=ResponseMode.DIRECT_POST_JWT,
            transactions=[dict(each) for each in transactions],
        )
        name = f"q{secrets.token_hex(6)}"
        saved = request.save(self.bot.world.seal).hex()
        self.turn.keep(f"asked:{name}", json.dumps({"saved": saved, "about": about}))
        self.send(
            ChatMessage(
                kind=ChatKind.REQUEST, body=request.message.to_json(), name=name
            )
        )
        return name

    def judge(self, verifier: Verifier, came: ChatMessage) -> "Judged | None":
        """Judge an answer against the request that it answers; None if nobody asked.

        Nonce, audience, signatures, status and that it comes once: all of it is the
        library's. What it was is in the verdict's report.
        """
        kept = self.turn.kept(f"asked:{came.answers}") if came.answers else None
        if kept is None:
            return None
        asked = json.loads(kept)
        request = verifier.restore(bytes.fromhex(asked["saved"]), self.bot.world.seal)
        result = evaluate_presentation(
            came.body, request=request, trust=self.bot.world.trust, at=self.turn.at
        )
        judged = Judged(result, request, asked["about"])
        if judged.is_declined or not isinstance(result, Unverified):
            # With it goes the key of the answer, which stays in the chat: what was
            # seen nobody reads there again, whatever else is kept of it.
            self.turn.keep(f"asked:{came.answers}", None)
        return judged


@dataclass(frozen=True)
class Judged:
    """A verdict, with the request that it is about."""

    result: VerifiedPresentation | Unverified
    request: PresentationRequest
    about: str

    @property
    def is_declined(self) -> bool:
        """Whether the person, or their wallet, said no."""
        return any(each.reason is Reason.DECLINED for each in self.result.report.checks)

    def told(self, lang: Language) -> str:
        """Return the verdict in words, for who checks."""
        return explain(self.result.report, lang=lang, reader="clerk").headline


class Bot:
    """Somebody in the chats who is no person. One is made when the program starts."""

    name: ClassVar[str]
    """What it is called in addresses; letters and hyphens."""
    order: ClassVar[int]
    """Where it stands in the list of chats."""
    buttons: ClassVar[tuple[str, ...]] = ()
    """Every button that it may show."""
    sentences: ClassVar[Path]
    """Its sentences: ``title``, ``about``, ``press.BUTTON`` and what it says."""
    keeps: ClassVar[str] = ""
    """By what name it keeps what it was shown: JSON, with an end in ``until``."""

    def __init__(self, world: World) -> None:
        """Take what it may know."""
        self.world = world

    @abstractmethod
    def greet(self, talk: Talk) -> None:
        """Say hello, when a person opens the chat for the first time."""

    def hear(self, talk: Talk, text: str) -> None:
        """Deal with a message: any text at all. What it raises is told as a fault."""
        came = read_chat(text)
        if came is None or not self.take(talk, came):
            self.reply(talk, talk.pressed(text))

    def take(self, talk: Talk, came: ChatMessage) -> bool:
        """Deal with what a wallet sent; False where it is nothing for this bot."""
        if came.kind is not ChatKind.ANSWER:
            return False
        self.judge(talk, came)
        return True

    @abstractmethod
    def reply(self, talk: Talk, pressed: str | None) -> None:
        """Say something to a person, who pressed that, or typed what is no button."""

    def judge(self, talk: Talk, came: ChatMessage) -> None:  # noqa: ARG002
        """Judge an answer: of whoever asks for nothing, none is one."""
        self.reply(talk, None)

    def tidy(self, turn: Turn) -> None:
        """Delete what is kept past its end, in every chat, whoever speaks or not."""
        kept = turn.everything(self.keeps) if self.keeps else {}
        for (person, name), value in kept.items():
            until = json.loads(value).get("until")
            if until is not None and datetime.fromisoformat(until) <= turn.at:
                turn.keep(name, None, of=person)

    # --- who it is --------------------------------------------------------------------

    def asks_as(self, host: str, called: str = "вымышлено") -> RelyingParty:
        """Return this bot as who asks, certified under the test root by its name."""
        pki, change = pki_of(self.world.identity), self._named(host, called)
        who = pki.reader(host, change=change)
        return RelyingParty(
            signer=who.signer,
            certificates=who.chain,
            # It stands in the request and is signed with it; nothing is sent there.
            answer_to=f"https://{host}/answer",
        )

    def certified(self, origin: str, called: str = "вымышлено") -> TestIdentity:
        """Return this bot as an issuer, certified under the test root."""
        host = origin.removeprefix("https://")
        pki, change = pki_of(self.world.identity), self._named(host, called)
        who = pki.issuer(origin, change=change)
        # Whoever believes this issuer elsewhere, as a kiosk, takes its certificate.
        pem = x509.load_der_x509_certificate(who.chain[0]).public_bytes(Encoding.PEM)
        (self.world.folder / f"{host}.pem").write_bytes(pem)
        return who

    def _named(
        self, host: str, called: str
    ) -> Callable[[CertificatePlan], CertificatePlan]:
        """Return what certifies a host, what people call it, and a key of its own.

        The key is the same on every start, whatever other bots there are.
        """
        seed = sha256(self.world.identity.seed + host.encode()).digest()
        number = int.from_bytes(seed) % (_P256_ORDER - 1) + 1
        names = (NameOID.ORGANIZATION_NAME, called), (NameOID.COMMON_NAME, host)
        subject = x509.Name([x509.NameAttribute(*each) for each in names])
        key = ec.derive_private_key(number, ec.SECP256R1())
        return lambda plan: replace(plan, subject=subject, key=key)


def found_bots(world: World) -> dict[str, Bot]:
    """Return every bot in the folder, in the order of the list of chats."""
    package = importlib.import_module("examples.messenger.bots")
    kinds: list[type[Bot]] = [
        importlib.import_module(f"{package.__name__}.{each.name}").BOT
        for each in pkgutil.iter_modules(package.__path__)
    ]
    return {each.name: each(world) for each in sorted(kinds, key=lambda e: e.order)}


def buttons_of(turn: Turn, bot: Bot, *, person: str) -> list[str]:
    """Return the buttons that a bot shows a person now."""
    kept = turn.kept_by(bot.name, _BUTTONS, of=person)
    return [] if kept is None else list(json.loads(kept))


def language_in(turn: Turn, person: str) -> Language:
    """Return the language that a person reads, as their messenger tells it."""
    kept = turn.kept_by(person, _LANGUAGE, of="")
    return "ru" if kept == b"ru" else "en"


def choose_language(turn: Turn, lang: Language) -> None:
    """Note what the person whose turn it is reads."""
    turn.keep(_LANGUAGE, lang, of="")
