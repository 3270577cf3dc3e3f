"""A document to sign: what it is, what is in it, and a signature, or a no.

The key is the phone's own. What is signed is the file that the person was shown, or
nothing: the session that came beside it has to be for that very file.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from examples.messenger.handling import Case, Room
from examples.messenger.post import Message
from examples.web.elements import Html, element, together

from idwallet.documents import Description, Weight, describe_document
from idwallet.errors import IdWalletError
from idwallet.explain import explain_description, show
from idwallet.protocols import (
    ChatFile,
    ChatKind,
    carried_signature,
    file_in,
    read_chat,
)
from idwallet.roles import SigningSession

_KILO = 1024


class Signing(Room):
    """Files, sessions for them, and signatures."""

    kinds = frozenset({ChatKind.FILE, ChatKind.SIGNING_SESSION, ChatKind.SIGNATURE})
    sentences = Path(__file__).with_suffix(".json")

    def bubble(self, case: Case) -> Html:
        """Say what it is; a file can be had, a session looked at."""
        words = case.words
        if case.came.kind is ChatKind.SIGNATURE:
            return element("p", None, words("signature"))
        if case.came.kind is ChatKind.FILE:
            return _file_bubble(case)
        stage = case.state.get("stage", "open")
        told = element("p", None, words(f"stage.{stage}"))
        if stage != "open" or case.is_own:
            return told
        return together(
            told, element("a", {"class": "button", "href": case.place}, words("look"))
        )

    def screen(self, case: Case) -> Html | None:
        """Show what is to be signed."""
        if case.is_own or case.came.kind is not ChatKind.SIGNING_SESSION:
            return None
        stage = case.state.get("stage", "open")
        if stage != "open":
            return element("p", {"class": "note"}, case.words(f"stage.{stage}"))
        found = _paper(case)
        if found is None:
            return together(
                element("p", {"class": "beware"}, case.words("nothing")),
                _actions(case, signs=False),
            )
        return _shown(case, found)

    def press(self, case: Case, form: Mapping[str, str]) -> None:
        """Sign what was shown, or say no."""
        is_open = case.state.get("stage", "open") == "open"
        if case.is_own or case.came.kind is not ChatKind.SIGNING_SESSION or not is_open:
            return
        if form.get("do") == "decline":
            case.turn.say(case.words("no.said"), to=case.message.sender)
            case.remember(stage="declined")
        elif form.get("do") == "sign":
            found = _paper(case)
            if found is not None and not found.is_hostile:
                self._sign(case, found)

    def _sign(self, case: Case, found: "_Paper") -> None:
        signer, chain = case.phone.signing()
        task = found.session.with_certificate(chain, document=found.file.content)
        made = carried_signature(
            task.to_bytes(), signer.sign(task.message), to=case.came
        )
        case.turn.say(made.to_text(), to=case.message.sender)
        case.remember(stage="signed")


class _Paper(NamedTuple):
    """A session, the file in this chat that it is for, and what is in that."""

    session: SigningSession
    message: Message
    file: ChatFile
    description: Description

    @property
    def is_hostile(self) -> bool:
        """Whether something in it is there to deceive."""
        return self.description.weight is Weight.HOSTILE


def _paper(case: Case) -> _Paper | None:
    """Find the file of a session among what the same side sent; None where none is."""
    try:
        session = SigningSession.from_bytes(case.came.body.encode())
    except IdWalletError:
        return None
    for message in reversed(case.turn.chat()):
        file = _file(message)
        from_them = message.sender == case.message.sender
        if file is not None and from_them and session.is_for(file.content):
            return _Paper(session, message, file, describe_document(file.content))
    return None


def _file(message: Message) -> ChatFile | None:
    try:
        came = read_chat(message.text)
        is_file = came is not None and came.kind is ChatKind.FILE
        return file_in(came) if came is not None and is_file else None
    except IdWalletError:
        return None


def _file_bubble(case: Case) -> Html:
    words, file = case.words, _file(case.message)
    if file is None:
        return element("p", None, words("file.broken"))
    size = max(1, len(file.content) // _KILO)
    return together(
        element("p", None, words("file", name=show(file.name), size=size)),
        element(
            "a",
            {"class": "button quiet", "href": f"{case.place}/file", "download": True},
            words("save"),
        ),
    )


def _shown(case: Case, found: _Paper) -> Html:
    words, session = case.words, found.session
    first, *more = explain_description(found.description, lang=case.lang).splitlines()
    place = f"/{case.turn.me}/message/{found.message.id}/file"
    findings = [each for each in more if each.startswith("[")]
    facts = [each for each in more if each not in findings]
    return together(
        element(
            "section",
            {"class": "showing"},
            element("h2", None, session.name),
            element("p", None, words("purpose", purpose=session.purpose)),
            element("p", {"class": "soft"}, words("word")),
            element(
                "a",
                {"class": "button quiet", "href": place, "download": True},
                words("read"),
            ),
        ),
        element(
            "section",
            {"class": "beware" if found.is_hostile else "showing"},
            element("h2", None, words("inside")),
            element("p", None, element("strong", None, first)),
            *(element("p", {"class": "soft"}, each) for each in findings),
            element(
                "details",
                None,
                element("summary", None, words("facts")),
                *(element("p", {"class": "soft"}, each) for each in facts),
            ),
        ),
        _signers(case, found.description),
        _actions(case, signs=not found.is_hostile),
    )


def _signers(case: Case, description: Description) -> Html:
    names = [_common_name(each.signer) for each in description.signatures]
    if not names:
        return element("p", None, case.words("first"))
    return element(
        "section",
        {"class": "showing"},
        element("h2", None, case.words("signers")),
        element("ol", None, *(element("li", None, each) for each in names)),
        element("p", {"class": "soft"}, case.words("signers.word")),
    )


def _common_name(signer: str) -> str:
    """Return what people call a signer, of the distinguished name in the file."""
    return show(signer.partition("CN=")[2].partition(",")[0] or signer)


def _actions(case: Case, *, signs: bool) -> Html:
    def button(do: str, *, look: str) -> Html:
        return element(
            "form",
            {"method": "post", "action": case.place},
            element("input", {"type": "hidden", "name": "do", "value": do}),
            element("button", {"class": look}, case.words(f"press.{do}")),
        )

    return element(
        "div",
        {"class": "actions"},
        button("sign", look="main") if signs else None,
        button("decline", look="quiet"),
    )


ROOM = Signing
