"""At a till: the phone reads the till's code and shows one of its own.

Nothing goes through the chat: two screens and two cameras, and no network.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from examples.messenger.consent import Consent, chosen
from examples.messenger.frame import Frame
from examples.messenger.phone import Phone
from examples.messenger.talking import words_of
from examples.web.elements import Html, element, together

from idwallet import VerificationFailed, VerificationIndeterminate, now
from idwallet.adapters import qr_svg, read_qr_codes
from idwallet.errors import IdWalletError
from idwallet.protocols import QrKind, read_qr_text
from idwallet.roles import Asked, QrAnswer

SENTENCES: Final = Path(__file__).with_name("scanning.json")
_CODES: Final = 8  # each for a quarter of a minute, where a till's code is printed


@dataclass
class Scanned:
    """What one phone has read from a till, and what it shows. It is soon over."""

    text: str = ""
    fault: str = ""
    answer: QrAnswer | None = None


class Scanner:
    """The cameras of all phones; what they read is in the memory of the program."""

    def __init__(self, phones: Callable[[], dict[str, Phone]]) -> None:
        """Take where the phones are."""
        self._phones = phones
        self._scanned: dict[str, Scanned] = {}

    def of(self, person: str) -> Scanned:
        """Return what a phone has read."""
        return self._scanned.setdefault(person, Scanned())

    def read_picture(self, person: str, picture: bytes) -> None:
        """Read the one code in a picture."""
        try:
            self.read(person, read_qr_codes(picture)[0])
        except IdWalletError:
            self._scanned[person] = Scanned(fault="unreadable")

    def read(self, person: str, text: str) -> None:
        """Read the text of a code."""
        self._scanned[person] = Scanned(text=text.strip())

    def asked(self, person: str) -> Asked:
        """Return who asks for what, verified at this moment.

        Raises:
            IdWalletError: it cannot be read, or is not to be believed.
        """
        text, holder = self.of(person).text, self._phones()[person].holder
        if _is_printed(text):
            return holder.read_till_code(text, at=now())
        return holder.read_request(text, at=now())

    def press(self, person: str, do: str) -> None:
        """Show a code, or put the phone away."""
        found, holder = self.of(person), self._phones()[person].holder
        if do != "show":
            self._scanned[person] = Scanned()
            return
        at = now()
        try:
            asked = self.asked(person)
            choice = chosen(holder.match(asked, at=at), more=False)
            codes = _CODES if _is_printed(found.text) else 1
            found.answer = holder.present_qr(asked, choice, at=at, codes=codes)
        except IdWalletError:
            found.fault = "cannot"

    def picture(self, person: str) -> bytes | None:
        """Return the code that is due at this moment; None where it is over."""
        answer = self.of(person).answer
        code = None if answer is None else answer.at(now())
        return None if code is None else qr_svg(code.text)


def _is_printed(text: str) -> bool:
    try:
        return read_qr_text(text, at="code").kind is QrKind.TILL
    except IdWalletError:
        return False


def screen(frame: Frame, scanner: Scanner) -> Html:
    """Return what is on the screen of the phone."""
    words, found = words_of(SENTENCES, frame.lang), scanner.of(frame.me)
    title = element("h1", None, words("title"))
    if found.answer is not None:
        return together(title, _code(frame, scanner))
    if not found.text:
        return together(title, _scan(frame, fault=found.fault))
    holder = frame.messenger.phones[frame.me].holder
    consent = Consent(holder, frame.lang, f"/{frame.me}/scan")
    again = _away(frame, words("again"), look="quiet")
    try:
        match = holder.match(scanner.asked(frame.me), at=now())
    except (VerificationFailed, VerificationIndeterminate) as error:
        return together(title, consent.distrusted(error), again)
    except IdWalletError:
        note = element("p", {"class": "beware"}, words("no.code"))
        return together(title, note, again)
    if not match.found.is_satisfiable():
        note = element("p", {"class": "beware"}, words("no.card"))
        return together(title, note, again)
    return together(title, consent.screen(match))


def _scan(frame: Frame, *, fault: str) -> Html:
    words, place = words_of(SENTENCES, frame.lang), f"/{frame.me}/scan"
    return together(
        element("p", None, words("what")),
        element("p", {"class": "beware", "role": "alert"}, words(f"fault.{fault}"))
        if fault
        else None,
        element(
            "form",
            {"class": "showing scan", "data-picture": f"{place}/picture"},
            element("label", {"for": "picture"}, words("picture")),
            element("input", {"id": "picture", "type": "file", "accept": "image/*"}),
        ),
        element(
            "form",
            {"method": "post", "action": place, "class": "showing scan"},
            element("label", {"for": "code"}, words("text")),
            element("input", {"id": "code", "name": "text", "autocomplete": "off"}),
            element("button", {"class": "quiet"}, words("read")),
        ),
    )


def _code(frame: Frame, scanner: Scanner) -> Html:
    words, answer = words_of(SENTENCES, frame.lang), scanner.of(frame.me).answer
    code = None if answer is None else answer.at(now())
    away = _away(frame, words("done"), look="main")
    if code is None:
        return together(element("p", {"class": "note"}, words("over")), away)
    address = f"/{frame.me}/scan/code.svg?until={code.until.timestamp():.0f}"
    return together(
        element("p", None, words("hold")),
        element("img", {"class": "qr", "src": address, "alt": words("qr")}),
        away,
    )


def _away(frame: Frame, text: str, *, look: str) -> Html:
    return element(
        "form",
        {"method": "post", "action": f"/{frame.me}/scan", "class": "actions"},
        element("button", {"class": look, "name": "do", "value": "away"}, text),
    )
