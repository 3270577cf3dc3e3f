"""A foreign verifier, from a terminal: its request fetched, an answer posted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from click.exceptions import Exit

from idwallet.cli.faults import CommandFault, ExitStatus, input_fault
from idwallet.cli.online.trace import Carrier
from idwallet.cli.screen import note, say, write_json_document
from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.codec.web import read_web_address
from idwallet.errors import MalformedError
from idwallet.explain.words import Language
from idwallet.protocols.openid4vp.abilities import WalletAbilities
from idwallet.protocols.openid4vp.inquiry import (
    FetchRequest,
    RequestFailed,
    RequestReady,
    start_inquiry,
)
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.reference import RequestReference, read_reference
from idwallet.protocols.openid4vp.reply import VerifierReply, read_reply
from idwallet.roles.asked import PresentationResponse
from idwallet.roles.holder import Holder
from idwallet.trust.policies import WALLET

_ABILITIES: Final = WalletAbilities(WALLET.algorithms, WALLET.profile.request_prefixes)


def reference_in(raw: bytes) -> RequestReference | None:
    """Return where the request of a link is to be had, None where it is in the link.

    Raises:
        MalformedError: it breaks the rules of such a link.
    """
    return read_reference(raw)


def host_of(reference: RequestReference) -> str:
    """Return the host that would be asked; the rest of the address may be a secret."""
    return read_web_address(reference.request_uri, at="request_uri").authority


def fetched(raw: bytes, *, carrier: Carrier) -> str:
    """Return the request of a link, fetched where the link says so; nothing is judged.

    Raises:
        CommandFault: there is none to be had.
        PortError: whoever has it could not be reached.
    """
    inquiry = start_inquiry(raw, wallet=_ABILITIES)
    while isinstance(inquiry.step, FetchRequest):
        inquiry = inquiry.receive(carrier.send(inquiry.step.request))
    if isinstance(inquiry.step, RequestReady):
        return inquiry.step.raw
    raise _no_request(inquiry.step)


def _no_request(failed: RequestFailed) -> CommandFault:
    return input_fault(
        f"no request: {show(failed.what)} at {show(failed.at)} ({failed.clause}; "
        f"{failed.code.value})"
    )


@dataclass(frozen=True, slots=True)
class Sending:
    """Sends what a wallet answers, and tells what the verifier says to it."""

    wallet: Holder
    carrier: Carrier
    lang: Language

    def send(
        self,
        response: PresentationResponse,
        *,
        at: datetime,
        told: Mapping[str, object] | None,
    ) -> None:
        """Send an answer and tell the reply; `told` is what a JSON document has beside.

        Raises:
            Exit: the verifier did not take it.
            CommandFault: it says so in another way than the standard has it.
            PortError: it could not be reached, or did not answer: the wallet's ledger
                says that the answer was perhaps sent.
        """
        if response.mode is ResponseMode.FRAGMENT:
            self._to_the_browser(response, told)
            return
        reply = self._posted(response)
        self.wallet.record_sent(response.entry, at=at)
        if told is not None:
            document = {"taken": reply.is_taken, "redirect_uri": reply.redirect_uri}
            write_json_document({**told, **document})
        elif reply.is_taken:
            say(self._speech.say("present.taken"))
            if reply.redirect_uri is not None:
                # Not as text is shown, but whole: it was held to be nothing but a URI.
                say(self._speech.say("present.open", url="") + reply.redirect_uri)
        else:
            note(self._speech.say("present.not_taken"))
        if not reply.is_taken:
            raise Exit(ExitStatus.FAILED)

    def refuse(self, refusal: PresentationResponse) -> None:
        """Tell the verifier that the person refused.

        Raises:
            CommandFault, PortError: as `send`.
        """
        if refusal.mode is not ResponseMode.FRAGMENT:
            self._posted(refusal)
            note(self._speech.say("present.refused"))

    @property
    def _speech(self) -> Speech:
        return Speech(self.lang, part="request")

    def _to_the_browser(
        self, response: PresentationResponse, told: Mapping[str, object] | None
    ) -> None:
        url = response.to_redirect()
        if told is not None:
            write_json_document({**told, "open": url})
        else:
            say(self._speech.say("present.fragment", url="") + url)

    def _posted(self, response: PresentationResponse) -> VerifierReply:
        reply = self.carrier.send(response.to_http())
        try:
            return read_reply(reply)
        except MalformedError as error:
            message = f"the verifier's reply: {show(str(error))}"
            raise CommandFault(message, status=ExitStatus.INPUT_OUTPUT) from error
