"""A phone with a wallet in it, of an invented person."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

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
from idwallet.errors import IdWalletError, VerificationError
from idwallet.protocols import QrKind, read_qr_text, write_frames
from idwallet.roles import Compact, QrAnswer
from idwallet.roles.asked import Asked, Match

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


PEOPLE: Final[Mapping[str, Person]] = {
    "anna": Person("Образцова", "Анна", 36, "0000 000017"),
    "timur": Person("Примеров", "Тимур", 16, "0000 000025"),
}


class Phone:
    """What one person carries. It knows of the kiosk what its camera reads."""

    def __init__(self, name: str, world: World, *, folder: Path, seal: SealKey) -> None:
        """Open the wallet; an empty one is given a card by the ministry."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.name = name
        self.person = PEOPLE[name]
        self._world = world
        self._keys = SoftwareKeyStore(folder / "keys", seal)
        self._wallet = Holder(
            store=SqlStore(f"sqlite:///{folder / 'wallet.db'}"),
            seal=seal,
            keys=self._keys,
            trust=TrustStore(world.anchors),
        )
        self.asked: Asked | None = None
        self.fault: str | None = None
        self._answer: QrAnswer | None = None
        self._in_parts = False
        if not self._wallet.credentials():
            self._take_up_a_card()

    def read(self, text: str) -> None:
        """Read what a till shows, or what is printed there."""
        self.put_away()
        at = self._world.clock()
        try:
            printed = read_qr_text(text, at="code").kind is QrKind.TILL
            read = self._wallet.read_till_code if printed else self._wallet.read_request
            self.asked = read(text, at=at)
        except VerificationError:
            self.fault = "not-believed"
        except IdWalletError:
            self.fault = "not-readable"

    def match(self) -> Match | None:
        """Return what of the wallet answers, None while nobody asked."""
        if self.asked is None:
            return None
        return self._wallet.match(self.asked, at=self._world.clock())

    def agree(self) -> None:
        """Show it: make the codes."""
        if self.asked is None:
            return
        at = self._world.clock()
        try:
            choice = self._wallet.match(self.asked, at=at).choose()
            is_printed = self.asked.evidence.startswith(b"IDW1T")
            self._answer = self._wallet.present_qr(
                self.asked, choice, at=at, codes=_CODES if is_printed else 1
            )
        except IdWalletError:
            self.fault = "cannot-show"

    def put_away(self) -> None:
        """Show nothing any more."""
        self.asked = self.fault = self._answer = None

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

    def _take_up_a_card(self) -> None:
        """Prove a new key to the ministry, and keep the card that it issues for it."""
        at = self._world.clock()
        nonce = secrets.token_urlsafe(16)
        key = StoredKeySigner(self._keys.create(Algorithm.ES256.jose, None))
        proof = make_proof(key, audience=MINISTRY, nonce=nonce, at=at)
        proven = prove_possession(proof, audience=MINISTRY, nonce=nonce, at=at)
        place = self._world.place_of_a_card(self.name, until=at + _LIFE)
        content = Compact("national-id", _claims(self.person, at=at), status=place)
        card = self._world.ministry.issue(
            content, holder_key=proven, valid_until=at + _LIFE, at=at
        )
        self._wallet.add(card, at=at)


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
        "issuing_authority": "Ministry of Examples",
    }
