"""An employer: has a contract signed by two employees, whose keys stay in their phones.

The contract is one PDF file. The employer signs first; then each of the two is sent the
newest file and a session, sees what it is, signs, and the file grows by a signature.
Whoever was sent an older file is sent the newer one, and reads it before signing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from examples.messenger.people import CITIZENS
from examples.messenger.talking import Bot, Talk, World

from idwallet import Check, CheckId, Reason, explain, sign_document
from idwallet.adapters import default_font
from idwallet.documents import OFFLINE, PAdES, Sheet, VerifiedDocument
from idwallet.errors import VerificationFailed
from idwallet.protocols import (
    ChatFile,
    ChatKind,
    ChatMessage,
    carried_file,
    signature_in,
)
from idwallet.roles import SessionTerms, SigningSessions, evaluate_document
from idwallet.testing import certify_key

_CONTRACT: Final = "contract"
_FILE: Final = "договор.pdf"
_CALLED: Final = "Образцовая мастерская"
_EMPLOYEES: Final = ("anna", "boris")


@dataclass(frozen=True)
class _Contract:
    """The file as it stands, and which employees have signed it."""

    number: int
    pdf: bytes
    signed: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nobody is left to sign."""
        return set(self.signed) == set(_EMPLOYEES)

    def kept(self) -> str:
        """Return it as text."""
        values = {"number": self.number, "signed": self.signed}
        return json.dumps({**values, "pdf": self.pdf.hex()})


class Employer(Bot):
    """Employs two people who do not exist."""

    name = "employer"
    order = 60
    buttons = ("read", "anew", "no", "why")
    sentences = Path(__file__).with_suffix(".json")

    def __init__(self, world: World) -> None:
        """Sign with a certificate of its own."""
        super().__init__(world)
        pki = world.identity.pki
        self._signer = pki.reader("employer.example").signer
        self._chain = certify_key(pki, self._signer.public_key, name=_CALLED)

    def greet(self, talk: Talk) -> None:
        """Say what there is to sign."""
        talk.say("hello", buttons=("read", "why"))

    def take(self, talk: Talk, came: ChatMessage) -> bool:
        """Take a signature."""
        if came.kind is not ChatKind.SIGNATURE:
            return super().take(talk, came)
        self._finish(talk, came)
        return True

    def reply(self, talk: Talk, pressed: str | None) -> None:
        """Send the contract, or talk."""
        if pressed == "read":
            self._send(talk)
        elif pressed == "anew":
            self._begin(talk, number=self._standing(talk).number + 1)
            self._send(talk)
        elif pressed == "no":
            talk.say("declined", buttons=("read", "why"))
        else:
            talk.say("why" if pressed == "why" else "lost", buttons=("read",))

    # --- the contract -----------------------------------------------------------------

    def _standing(self, talk: Talk) -> _Contract:
        kept = talk.turn.kept(_CONTRACT, of="")
        if kept is None:
            return self._begin(talk, number=1)
        values: Mapping[str, Any] = json.loads(kept)
        pdf = bytes.fromhex(values["pdf"])
        return _Contract(values["number"], pdf, tuple(values["signed"]))

    def _begin(self, talk: Talk, *, number: int) -> _Contract:
        """Write a contract, and sign it first."""
        words = talk.words
        names = ", ".join(CITIZENS[each].called for each in _EMPLOYEES)
        terms = ("employer", "employees", "work", "pay", "end")
        sheet = Sheet(
            title=words("paper.title", number=number),
            rows=tuple(
                (words(f"paper.{each}"), words(f"paper.{each}.says", names=names))
                for each in terms
            ),
            notes=(words("paper.invented"),),
            lang=talk.lang,
            font=default_font(),
            bold=default_font(bold=True),
        )
        signed = sign_document(
            sheet.to_pdf(at=talk.turn.at),
            PAdES(),
            signer=self._signer,
            certificates=self._chain,
            signing_time=talk.turn.at,
        )
        made = _Contract(number, cast("bytes", signed))
        self._keep(talk, made)
        return made

    def _keep(self, talk: Talk, contract: _Contract) -> None:
        talk.turn.keep(_CONTRACT, contract.kept(), of="")

    # --- asking for a signature -------------------------------------------------------

    def _sessions(self, talk: Talk) -> SigningSessions:
        # What is used up is written with the file that came of it, or neither is.
        return SigningSessions(key=self.world.seal, replay=talk.turn)

    def _send(self, talk: Talk) -> None:
        contract = self._standing(talk)
        if contract.is_done:
            talk.send(_as_file(contract))
            talk.say("done", buttons=("anew",))
        elif talk.person in contract.signed:
            talk.say("waits", buttons=("read",))
        else:
            self._ask(talk, contract)

    def _ask(self, talk: Talk, contract: _Contract) -> None:
        """Send the newest file, and a session for it."""
        terms = SessionTerms(name=_FILE, purpose=talk.words("purpose"))
        session = self._sessions(talk).prepare(
            contract.pdf, PAdES(), terms=terms, at=talk.turn.at
        )
        name = f"s{session.identity.hex()}"
        talk.turn.keep(f"asked:{name}", str(contract.number))
        talk.say("sign", count=len(contract.signed) + 1)
        talk.send(_as_file(contract))
        body = session.to_bytes().decode()
        talk.send(ChatMessage(kind=ChatKind.SIGNING_SESSION, body=body, name=name))

    # --- a signature came -------------------------------------------------------------

    def _finish(self, talk: Talk, came: ChatMessage) -> None:
        contract, asked = self._standing(talk), talk.turn.kept(f"asked:{came.answers}")
        if asked is None or talk.person in contract.signed:
            talk.say("unasked", buttons=("read",))
            return
        try:
            pdf = self._sessions(talk).finish(
                *signature_in(came), at=talk.turn.at, document=contract.pdf
            )
        except VerificationFailed as error:
            self._refuse(talk, error, contract=contract)
            return
        if not self._is_by(talk, pdf):
            talk.say("somebody", buttons=("read",))
            return
        self._signed(
            talk, _Contract(contract.number, pdf, (*contract.signed, talk.person))
        )

    def _refuse(
        self, talk: Talk, error: VerificationFailed, *, contract: _Contract
    ) -> None:
        if any(_is_superseded(each) for each in error.report.checks):
            talk.say("newer")
            self._ask(talk, contract)
        else:
            told = explain(error.report, lang=talk.lang, reader="clerk")
            talk.say("refused", verdict=told.headline, buttons=("read",))

    def _is_by(self, talk: Talk, pdf: bytes) -> bool:
        """Whether all signatures verify, and the last one is the person's own."""
        found = evaluate_document(
            pdf, trust=self.world.trust, policy=OFFLINE, at=talk.turn.at
        )
        called = CITIZENS[talk.person].called
        # A comma inside of a name is written with a stroke before it (RFC 4514 2.4).
        return isinstance(found, VerifiedDocument) and found.signatures[
            -1
        ].name.startswith(f"CN=TEST {called},")

    def _signed(self, talk: Talk, contract: _Contract) -> None:
        self._keep(talk, contract)
        others = [each for each in _EMPLOYEES if each != talk.person]
        if contract.is_done:
            for each in (talk, *(talk.with_person(other) for other in others)):
                each.send(_as_file(contract))
                each.say("done", buttons=("anew",))
            return
        talk.say("thanks", buttons=("read",))
        for other in others:
            if other not in contract.signed:
                self._ask(talk.with_person(other), contract)


def _is_superseded(found: Check) -> bool:
    return found.id is CheckId.SESSION_DOCUMENT and found.reason is Reason.SUPERSEDED


def _as_file(contract: _Contract) -> ChatMessage:
    file = ChatFile(name=_FILE, content=contract.pdf, media_type="application/pdf")
    return carried_file(file)


BOT = Employer
