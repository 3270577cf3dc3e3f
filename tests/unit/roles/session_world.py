"""A desk and a wallet with a licence in one session, with nothing between them."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from idwallet.credentials.query import Query
from idwallet.protocols import DeviceSession, ReaderSession
from idwallet.roles import DeviceAnswered, PersonAsked, SessionHolder, SessionVerifier
from idwallet.roles.holder import Holder
from idwallet.roles.verifier import RelyingParty, Verifier
from idwallet.testing.mdoc import reader_identity
from idwallet.trust.policies import RETAIL
from idwallet.trust.replay import MemoryReplay
from tests.unit.roles.two_formats import issued, mdocs, of_licence, query, wallet

AT = mdocs().at
NAME = query(of_licence("family_name"))
DATE = query(of_licence("birth_date"))


@cache
def identity() -> RelyingParty:
    by = reader_identity(mdocs())
    return RelyingParty(
        signer=by.signer, certificates=by.chain, answer_to="https://desk.example/"
    )


def desk() -> Verifier:
    return Verifier(identity=identity(), policy=RETAIL, replay=MemoryReplay())


def phone() -> Holder:
    return wallet(issued())


@dataclass
class Meeting:
    """Both sides, and everything that went across."""

    holder: SessionHolder
    verifier: SessionVerifier
    crossed: list[bytes] = field(default_factory=list)

    def ask(self, for_: Query = NAME, *, at: datetime = AT) -> PersonAsked:
        sent = self.verifier.ask(for_, at=at)
        self.crossed.append(sent)
        (event,) = self.holder.receive(sent, at=at)
        assert isinstance(event, PersonAsked)
        return event

    def answer(self, *, at: datetime = AT, last: bool = False) -> DeviceAnswered:
        choice = self.holder.match(at=at).choose()
        sent = self.holder.present(choice, at=at, last=last)
        self.crossed.append(sent.octets)
        first, *_ = self.verifier.receive(sent.octets, at=at)
        assert isinstance(first, DeviceAnswered)
        return first


def meeting(own: Holder | None = None, by: Verifier | None = None) -> Meeting:
    device = DeviceSession.by_qr(at=AT)
    reader = ReaderSession.by_qr(device.engagement.to_uri(), at=AT)
    return Meeting(
        SessionHolder(phone() if own is None else own, device),
        SessionVerifier(desk() if by is None else by, reader),
    )
