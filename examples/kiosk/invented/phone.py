"""A phone with a wallet in it, of an invented person."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from examples.kiosk.invented.document import document_of
from examples.kiosk.invented.world import MINISTRY, World

from idwallet import (
    Algorithm,
    Holder,
    SealKey,
    SoftwareKeyStore,
    SqlStore,
    StoredKeySigner,
    TrustStore,
    make_proof,
    prove_possession,
)
from idwallet.consent import Receipt
from idwallet.errors import IdWalletError, VerificationError
from idwallet.protocols import QrKind, read_qr_text, write_frames
from idwallet.roles import Asked, Compact, Match, Mdoc, QrAnswer, StatusReference

_LIFE: Final = timedelta(days=250)
_CODES: Final = 8
_PART_OCTETS: Final = 120


@dataclass(frozen=True)
class Person:
    """Somebody invented; `years` is how old they are on the first start."""

    family_name: str
    given_name: str
    years: int
    number: str
    address: str


PEOPLE: Final[Mapping[str, Person]] = {
    "anna": Person(
        "Образцова", "Анна", 36, "0000 000017", "Примерск, Образцовая, 1-17"
    ),
    "timur": Person("Примеров", "Тимур", 16, "0000 000025", "Примерск, Новая, 2"),
}


class Phone:
    """What one person carries. It knows of the kiosk what its camera reads."""

    def __init__(self, name: str, world: World, *, folder: Path, seal: SealKey) -> None:
        """Open the wallet; an empty one is given a card by the ministry."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.name = name
        self.person = PEOPLE[name]
        self.clock = world.clock
        self._world = world
        self._keys = SoftwareKeyStore(folder / "keys", seal)
        self.wallet = Holder(
            store=SqlStore(f"sqlite:///{folder / 'wallet.db'}"),
            seal=seal,
            keys=self._keys,
            trust=TrustStore(world.anchors),
        )
        self.asked: Asked | None = None
        self.fault: str | None = None
        self.receipt: Receipt | None = None
        self._answer: QrAnswer | None = None
        self._in_parts = False
        if not self.wallet.credentials():
            self._take_up_cards()

    def read(self, text: str) -> None:
        """Read what a till shows, or what is printed there."""
        self.put_away()
        at = self._world.clock()
        try:
            kind = read_qr_text(text, at="code").kind
            if kind is QrKind.RECEIPT:
                self.receipt = self.wallet.keep_receipt(text, at=at).receipt
                return
            printed = kind is QrKind.TILL
            read = self.wallet.read_till_code if printed else self.wallet.read_request
            self.asked = read(text, at=at)
        except VerificationError:
            self.fault = "not-believed"
        except IdWalletError:
            self.fault = "not-readable"

    def match(self) -> Match | None:
        """Return what of the wallet answers, None while nobody asked."""
        if self.asked is None:
            return None
        return self.wallet.match(self.asked, at=self._world.clock())

    def agree(self) -> None:
        """Show it: make the codes."""
        if self.asked is None:
            return
        at = self._world.clock()
        try:
            choice = self.wallet.match(self.asked, at=at).choose()
            is_printed = self.asked.evidence.startswith(b"IDW1T")
            self._answer = self.wallet.present_qr(
                self.asked, choice, at=at, codes=_CODES if is_printed else 1
            )
        except IdWalletError:
            self.fault = "cannot-show"

    def put_away(self) -> None:
        """Show nothing any more."""
        self.asked = self.fault = self._answer = self.receipt = None

    def change_parts(self) -> None:
        """Show the code in several small ones from now on, or in one again."""
        self._in_parts = not self._in_parts

    def codes(self) -> tuple[str, ...]:
        """Return what is on the screen at this moment: a code, or its parts."""
        answer = self._answer
        code = None if answer is None else answer.at(self._world.clock())
        if code is None:
            return ()
        if not self._in_parts:
            return (code.text,)
        whole = read_qr_text(code.text, at="code")
        return write_frames(whole.kind, whole.octets, frame_octets=_PART_OCTETS)

    def changes(self) -> int:
        """Return when the next code takes the place of this one, in seconds."""
        answer = self._answer
        code = None if answer is None else answer.at(self._world.clock())
        return 0 if code is None else int(code.until.timestamp())

    def renew(self) -> None:
        """Throw the cards away, and go to the ministry for new ones."""
        self.put_away()
        for held in self.wallet.credentials():
            self.wallet.delete(held.name)
        self._take_up_cards()

    def _take_up_cards(self) -> None:
        """Keep a card for QR codes, and a document for sessions."""
        claims = _claims(self.person, at=self._world.clock())
        place = self._place
        self._take_up(Compact("national-id", claims, status=place()))
        self._take_up(document_of(claims, status=place()))

    def _take_up(self, content: Compact | Mdoc) -> None:
        """Prove a new key to the ministry, and keep what it issues for it."""
        at = self._world.clock()
        nonce = secrets.token_urlsafe(16)
        key = StoredKeySigner(self._keys.create(Algorithm.ES256.jose, None))
        proof = make_proof(key, audience=MINISTRY, nonce=nonce, at=at)
        proven = prove_possession(proof, audience=MINISTRY, nonce=nonce, at=at)
        card = self._world.ministry.issue(
            content, holder_key=proven, valid_until=at + _LIFE, at=at
        )
        self.wallet.add(card, at=at)

    def _place(self) -> StatusReference:
        """Return a place in the ministry's list for one more card of this person."""
        until = self._world.clock() + _LIFE
        return self._world.place_of_a_card(self.name, until=until)


def _claims(person: Person, *, at: datetime) -> dict[str, str | bool]:
    """Return what the ministry says of them; what is asked most comes first."""
    born = at.date().replace(year=at.year - person.years, month=1, day=17)
    return {
        "age_over_18": person.years >= 18,
        "family_name": person.family_name,
        "given_name": person.given_name,
        "birth_date": born.isoformat(),
        "nationality": "XX",
        "document_number": person.number,
        "issuing_country": "XX",
        "issuing_authority": "Министерство примеров",
        "issuance_date": at.date().isoformat(),
        "birth_place": "Примерск",
        "resident_country": "XX",
        "resident_address": person.address,
    }
