"""A wallet that a page asks through a browser, beside one that is asked by link.

The platform hands over what the page asks and from which origin; the wallet returns a
JSON value that goes back to the page (OpenID4VP 1.0 Appendix A, ISO/IEC TS 18013-7
Annex C). Every answer is for that origin, whoever signed the request.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.codec.moment import require_aware
from idwallet.consent.purpose import Judgement
from idwallet.consent.transaction import TRANSACTION_TYPES
from idwallet.credentials.mdoc.dc_api import (
    CLAUSE,
    EncryptionInfo,
    encrypt_response,
    read_encryption_info,
)
from idwallet.credentials.mdoc.evaluate_request import ReaderVerdict
from idwallet.credentials.presence import (
    PersonVerified,
    VerifyPerson,
    presence_claims,
    verified_by,
)
from idwallet.credentials.required import Context
from idwallet.credentials.sdjwt.structures import Serialisation
from idwallet.errors import (
    MalformedError,
    UsageError,
)
from idwallet.protocols.dc_api.evaluate import PageVerdict, evaluate_page_request
from idwallet.protocols.dc_api.message import (
    PageAnswer,
    PageMessage,
    PageProtocol,
    read_page_message,
)
from idwallet.protocols.dc_api.request import (
    PageRequest,
    audience_of,
    require_origin,
)
from idwallet.protocols.openid4vp.encryption import encrypt_answer
from idwallet.protocols.openid4vp.refusals import ErrorCode
from idwallet.protocols.openid4vp.response import refusal_members, response_members
from idwallet.report import Report, Required
from idwallet.roles.asked import (
    Asked,
    Authenticated,
    Choice,
    HeardRequest,
    OriginOnly,
    PageReader,
)
from idwallet.roles.asking import require_answerable, require_asked
from idwallet.roles.held.device import DeviceProof, Given, answer_reader
from idwallet.roles.held.format import Conversation
from idwallet.roles.in_person import InPerson
from idwallet.roles.signing import signed
from idwallet.roles.transactions import agreed_claims, held_to_types

_ISO: Final = CLAUSE


@dataclass(frozen=True, slots=True, repr=False)
class PageResponse:
    """The answer to a page: give `json` back to the platform.

    `data` is what the page finds in the credential's ``data``. `entry` is the index of
    the ledger's entry: tell the wallet when it was sent (`Holder.record_sent`).
    `person` is how the holder was verified for it.
    """

    protocol: PageProtocol
    data: Mapping[str, JsonValue] = field(repr=False)
    entry: int
    person: PersonVerified = PersonVerified.NONE

    @property
    def json(self) -> str:
        """The DigitalCredential as it is in JSON."""
        return PageAnswer(self.protocol, self.data).to_bytes().decode()

    def __repr__(self) -> str:
        """Show the protocol only: the rest is personal data."""
        return f"PageResponse({self.protocol.value!r})"


class InBrowser(InPerson):
    """What a wallet does with a page; `Holder` is one and has the rest."""

    __slots__ = ()

    _verify_person: VerifyPerson

    @abstractmethod
    def _report(
        self, verdict: ReaderVerdict | PageVerdict, *, at: datetime, required: Required
    ) -> Report: ...

    def read_page_request(
        self,
        raw: str | bytes | Mapping[str, JsonValue],
        *,
        origin: str,
        at: datetime,
    ) -> Asked:
        """Verify what a page asks and return who asks for what.

        `raw` is what the platform hands over: one request with its ``protocol`` and
        ``data``, or several as ``requests``, of which the first is read that is spoken
        here. `origin` is the page's, from the platform alone and to the letter: never
        take it from the request. A page that did not sign is `OriginOnly`.

        Raises:
            VerificationFailed: a check failed; show the holder nothing of it, and
                answer nothing: also an error would tell the page something.
            VerificationIndeterminate: something could not be decided.
            MalformedError, UnsupportedError: it is no request of a protocol known here.
            UsageError: `origin` is none, or `at` has no zone.
        """
        require_aware(at)
        require_origin(origin)
        message, octets = read_page_message(raw), _octets(raw)
        if message.protocol is PageProtocol.ISO_MDOC:
            return self._read_page_reader(message, origin=origin, at=at, raw=octets)
        return self._read_page(message, origin=origin, at=at, raw=octets)

    def _read_page(
        self, message: PageMessage, *, origin: str, at: datetime, raw: bytes
    ) -> Asked:
        verdict = held_to_types(
            evaluate_page_request(
                message,
                origin=origin,
                context=Context(self._trust, self._policy, at),
                transactions=TRANSACTION_TYPES,
            )
        )
        report = self._report(verdict, at=at, required=verdict.required)
        return require_asked(verdict, report, raw=raw)

    def _read_page_reader(
        self, message: PageMessage, *, origin: str, at: datetime, raw: bytes
    ) -> Asked:
        request, info = _of_iso(message)
        heard = self.read_device_request(request, handover=info.handover(origin), at=at)
        read = heard.request
        if not isinstance(read, HeardRequest):
            raise UsageError("not heard")
        page = replace(read, page=PageReader(origin, info))
        known = isinstance(heard.by, Authenticated)
        by = heard.by if known else OriginOnly(origin, audience_of(origin))
        return replace(heard, by=by, request=page, evidence=raw)

    def present_page(
        self,
        asked: Asked,
        choice: Choice,
        *,
        at: datetime,
        serialisation: Serialisation = Serialisation.COMPACT,
    ) -> PageResponse:
        """Answer a page with exactly what `choice` says, for its origin alone.

        As with `present` the person is verified first, and the ledger has it before
        anything is signed. It is encrypted where the page wants that.

        Raises:
            UsageError: `choice` came from another request or says less than would be
                seen, the request expired, or no page asked.
            BatchEmpty, SignerUnavailable, SignerLocked, SigningDeclined, PortError: as
                `present`; nothing was signed.
        """
        request = asked.request
        if isinstance(request, HeardRequest):
            return self._present_reader(asked, choice, at=at)
        page = _page(asked)
        require_answerable(asked, choice, expires=page.expires, at=at)
        agreed = agreed_claims(page.transaction_data, choice.shown)
        person = verified_by(self._verify_person)
        told = presence_claims(person)
        spoken = _conversation(page, serialisation)
        bound = [replace(spoken, said={**said, **told}) for said in agreed]
        with self._entering(choice, at=at) as (entry, taken):
            presentations = signed(choice, taken, bound=bound, at=at)
        data = self._sent(page, response_members(presentations))
        return PageResponse(page.protocol, data, entry, person)

    def decline_page(
        self, asked: Asked, *, at: datetime, judgement: Judgement | None = None
    ) -> PageResponse:
        """Answer a page with a refusal: its standard code and nothing else.

        Only a person who decided should be answered for: to cancel in the platform
        tells the page nothing at all (OpenID4VP 1.0 section 15.9.2). A page that asked
        by ``org-iso-mdoc`` gets no document. The ledger has it, as of `decline`.

        Raises:
            UsageError: no page asked, or `at` has no zone.
            PortError: the ledger's store failed.
        """
        request = asked.request
        if isinstance(request, HeardRequest):
            reader = _reader(request)
            entry = self._enter_declined(asked, at=at, judgement=judgement)
            octets = answer_reader((), proof=DeviceProof(request.handover))
            return _encrypted(octets, reader, entry=entry)
        page = _page(asked)
        entry = self._enter_declined(asked, at=at, judgement=judgement)
        members = refusal_members(ErrorCode.ACCESS_DENIED)
        return PageResponse(page.protocol, self._sent(page, members), entry)

    def _present_reader(
        self, asked: Asked, choice: Choice, *, at: datetime
    ) -> PageResponse:
        request = asked.request
        if not isinstance(request, HeardRequest):
            raise UsageError("no page asked")
        reader = _reader(request)
        # It was heard when it was read: so long a person may think (Annex C has none).
        until = asked.report.at + limits.REQUEST_LIFETIME
        require_answerable(asked, choice, expires=until, at=at)
        person = verified_by(self._verify_person)
        with self._entering(choice, at=at) as (entry, taken):
            given: list[Given] = [(*each, {}) for each in taken]
            octets = answer_reader(given, proof=DeviceProof(request.handover))
        return replace(_encrypted(octets, reader, entry=entry), person=person)

    def _sent(self, page: PageRequest, members: JsonObject) -> JsonObject:
        if page.encryption is None:
            return members
        token = encrypt_answer(members, to=page.encryption, random=self._random)
        return {"response": token}


def _of_iso(message: PageMessage) -> tuple[bytes, EncryptionInfo]:
    """Return the DeviceRequest of a page, and to whom its answer is encrypted.

    Raises:
        MalformedError: it breaks Annex C.
        UnsupportedError: its key is of a kind not known here.
    """
    found = []
    for name in ("deviceRequest", "encryptionInfo"):
        text = message.data.get(name)
        if not isinstance(text, str):
            raise MalformedError("no text", at=f"/data/{name}", clause=_ISO)
        found.append(text)
    request = b64.decode(found[0], at="/data/deviceRequest", clause=_ISO)
    return request, read_encryption_info(found[1], at="/data/encryptionInfo")


def _encrypted(octets: bytes, reader: PageReader, *, entry: int) -> PageResponse:
    sealed = encrypt_response(octets, info=reader.info, origin=reader.origin)
    data: JsonObject = {"response": b64.encode(sealed)}
    return PageResponse(PageProtocol.ISO_MDOC, data, entry)


def _page(asked: Asked) -> PageRequest:
    if not isinstance(asked.request, PageRequest):
        raise UsageError("no page asked: see present, or present_device")
    return asked.request


def _reader(request: HeardRequest) -> PageReader:
    if request.page is None:
        raise UsageError("a reader in person is answered by present_device")
    return request.page


def _conversation(page: PageRequest, serialisation: Serialisation) -> Conversation:
    key = page.encryption
    return Conversation(
        client_id=page.audience,
        nonce=page.nonce,
        response_uri=page.origin,
        thumbprint=None if key is None else key.thumbprint,
        over=page.handover,
        serialisation=serialisation,
    )


def _octets(raw: str | bytes | Mapping[str, JsonValue]) -> bytes:
    if isinstance(raw, Mapping):
        return write_json(dict[str, JsonValue](raw))
    return raw.encode() if isinstance(raw, str) else raw
