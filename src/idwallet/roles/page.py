"""Ask a wallet from a page, through the Digital Credentials API of a browser.

The server makes the question and keeps it; the page hands its `options` to the browser
and brings back what the wallet answered. Both are JSON.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.dc_api import encryption_info
from idwallet.credentials.query import Query
from idwallet.crypto.hpke import RecipientKey
from idwallet.errors import UsageError
from idwallet.protocols.dc_api.message import (
    PageMessage,
    PageProtocol,
)
from idwallet.protocols.dc_api.request import PageRequest, audience_of, require_origin
from idwallet.protocols.dc_api.write import (
    PageSigner,
    write_multisigned,
    write_signed,
    write_unsigned,
)
from idwallet.protocols.openid4vp.attached import TransactionData
from idwallet.protocols.openid4vp.client import (
    ClientId,
    ClientIdPrefix,
    read_client_id,
)
from idwallet.protocols.openid4vp.encryption import AnswerKey
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.parameters import FormatSupport
from idwallet.protocols.openid4vp.profiled import Ask, require_within
from idwallet.protocols.openid4vp.request import formats_supported
from idwallet.roles.page_question import WITNESS, PageQuestion
from idwallet.roles.reader import ask_device
from idwallet.roles.relying_party import RelyingParty

if TYPE_CHECKING:
    from idwallet.roles.verifier import Verifier

Times = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """From which page a wallet is asked, and how.

    `origin` is that of the page, as ``https://shop.example``, without a slash at its
    end: answers are for it to the letter. `protocol` None signs where the relying party
    has a key, in several names where there is one in `beside`: the same party as other
    ecosystems know it. `mode` None encrypts the answer, unless wallets know the party
    by agreement alone, which says no key; encrypted, whoever reads along between the
    wallet and your server learns nothing.
    """

    origin: str
    protocol: PageProtocol | None = None
    mode: ResponseMode | None = None
    beside: tuple[RelyingParty, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no wallet would take.

        Raises:
            UsageError: no origin, a mode of another way to answer, or a party that
                cannot sign.
        """
        require_origin(self.origin)
        if self.mode not in (None, ResponseMode.DC_API, ResponseMode.DC_API_JWT):
            raise UsageError("a page is answered by dc_api or dc_api.jwt")
        if any(each.is_anonymous for each in self.beside):
            raise UsageError("who stands beside signs as well")


def ask_page(
    verifier: "Verifier",
    query: Query,
    *,
    page: Page,
    purpose: str,
    times: Times,
    transactions: tuple[TransactionData, ...],
) -> PageQuestion:
    """Return a question by OpenID4VP; see `Verifier.ask_page`.

    Raises:
        UsageError: a wallet would refuse it.
        SignerError: a key could not sign.
    """
    protocol = _protocol(verifier.identity, page)
    mode = page.mode or _usual(verifier, protocol)
    nonce = b64.encode(verifier.random(limits.NONCE_BYTES))
    key = _answer_key(nonce) if mode.is_encrypted else None
    request = PageRequest(
        protocol=protocol,
        origin=page.origin,
        client_id=_client_id(verifier.identity, page, protocol=protocol),
        nonce=nonce,
        query=query,
        issued=times[0],
        expires=times[1],
        mode=mode,
        encryption=None if key is None else key.public,
        purpose=purpose,
        formats=_formats(verifier, query, protocol=protocol),
        transaction_data=transactions,
    )
    parties = (verifier.identity, *page.beside)
    for each in {_client_id(each, page, protocol=protocol) for each in parties}:
        _require_within(request, each, verifier=verifier)
    message = _written(request, parties)
    return _question(verifier, request, message=message, key=key)


def _answer_key(nonce: str) -> AnswerKey:
    """Make the key of one answer; its name tells which question, and no nonce."""
    named = hashlib.sha256(f"page key\0{nonce}".encode()).digest()
    return AnswerKey.generate(b64.encode(named))


def _require_within(
    request: PageRequest, client_id: str, *, verifier: "Verifier"
) -> None:
    client = (
        ClientId(client_id, ClientIdPrefix.ORIGIN, request.origin)
        if request.protocol is PageProtocol.UNSIGNED
        else read_client_id(client_id, at="/client_id")
    )
    ask = Ask(client, request.mode, request.query, request.encryption)
    require_within(ask, verifier.policy.profile)


def _question(
    verifier: "Verifier",
    request: PageRequest,
    *,
    message: PageMessage,
    key: AnswerKey | None,
) -> PageQuestion:
    return PageQuestion(
        message=message,
        origin=request.origin,
        client_id=request.client_id,
        query=request.query,
        nonce=request.nonce,
        issued=request.issued or request.expires,
        expires=request.expires,
        verifier=verifier,
        policy_digest=verifier.policy.digest(),
        witness=WITNESS,
        transaction_data=request.transaction_data,
        decryption=key,
    )


def ask_page_for_documents(
    verifier: "Verifier", query: Query, *, page: Page, times: Times
) -> PageQuestion:
    """Return a question by ``org-iso-mdoc`` (ISO/IEC TS 18013-7 Annex C).

    Raises:
        UsageError: the query asks for what a DeviceRequest has no words for, or the
            relying party has no certificates.
        SignerError: the key could not sign.
    """
    recipient = RecipientKey()
    info = encryption_info(recipient.public_key, random=verifier.random)
    issued, expires = times
    device = ask_device(
        verifier,
        query,
        session=Session(info.handover(page.origin)),
        at=issued,
        lifetime=expires - issued,
    )
    data: JsonObject = {
        "deviceRequest": b64.encode(device.message),
        "encryptionInfo": info.text,
    }
    return PageQuestion(
        message=PageMessage(PageProtocol.ISO_MDOC, data),
        origin=page.origin,
        client_id=verifier.identity.client_id,
        query=device.query,
        nonce=b64.encode(info.nonce),
        issued=issued,
        expires=expires,
        verifier=verifier,
        policy_digest=verifier.policy.digest(),
        witness=WITNESS,
        device=device,
        recipient=recipient,
    )


def page_options(*questions: PageQuestion) -> JsonObject:
    """Return options that ask in several ways at once, the best one first.

    A wallet answers one of them; `PageAnswer.protocol` says which. Questions by one
    protocol cannot be told apart: each is of its own.

    Raises:
        UsageError: none, two by one protocol, or of different pages.
    """
    protocols = {each.message.protocol for each in questions}
    origins = {each.origin for each in questions}
    if not questions or len(protocols) < len(questions) or len(origins) > 1:
        raise UsageError("one page asks in different ways")
    return {"requests": [each.message.to_json() for each in questions]}


def _protocol(identity: RelyingParty, page: Page) -> PageProtocol:
    if page.protocol is not None:
        if page.beside and page.protocol is not PageProtocol.MULTISIGNED:
            raise UsageError("several parties sign by openid4vp-v1-multisigned")
        return page.protocol
    if identity.is_anonymous:
        return PageProtocol.UNSIGNED
    return PageProtocol.MULTISIGNED if page.beside else PageProtocol.SIGNED


def _client_id(identity: RelyingParty, page: Page, *, protocol: PageProtocol) -> str:
    if protocol is PageProtocol.UNSIGNED:
        return audience_of(page.origin)
    return identity.client_id


def _written(request: PageRequest, parties: Sequence[RelyingParty]) -> PageMessage:
    if request.protocol is PageProtocol.UNSIGNED:
        return write_unsigned(request)
    signers = [_signer(each) for each in parties]
    if request.protocol is PageProtocol.SIGNED:
        return write_signed(request, by=signers[0])
    return write_multisigned(request, by=signers)


def _signer(party: RelyingParty) -> PageSigner:
    if party.is_anonymous:
        raise UsageError("who has no key asks by openid4vp-v1-unsigned")
    return PageSigner(
        party.client_id,
        party.signer,
        certificates=party.certificates,
        kid=party.kid,
        attestation=party.attestation,
        verifier_info=party.attestations,
    )


def _formats(
    verifier: "Verifier", query: Query, *, protocol: PageProtocol
) -> tuple[FormatSupport, ...]:
    # Whoever is known by agreement sends none where it signs (section 8.5).
    if _sends_metadata(verifier, protocol):
        return formats_supported(verifier.policy.algorithms, query)
    return ()


def _usual(verifier: "Verifier", protocol: PageProtocol) -> ResponseMode:
    # The key of an answer travels in the metadata.
    sends = _sends_metadata(verifier, protocol)
    return ResponseMode.DC_API_JWT if sends else ResponseMode.DC_API


def _sends_metadata(verifier: "Verifier", protocol: PageProtocol) -> bool:
    client = read_client_id(verifier.identity.client_id, at="/client_id")
    known = client.prefix is ClientIdPrefix.PRE_REGISTERED
    return not known or protocol is PageProtocol.UNSIGNED
