"""A question of a page while it waits for its answer: kept, sealed, read again."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.dc_api import decrypt_response, read_encryption_info
from idwallet.credentials.mdoc.transcript import DcApiHandover, IsoDcApiHandover
from idwallet.credentials.query import Query
from idwallet.crypto.hpke import RecipientKey
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.errors import MalformedError, UsageError
from idwallet.ports import Random
from idwallet.protocols.dc_api.message import (
    PageMessage,
    PageProtocol,
    read_page_answer,
    read_page_message,
)
from idwallet.protocols.dc_api.request import audience_of
from idwallet.protocols.openid4vp.attached import TransactionData
from idwallet.protocols.openid4vp.encryption import AnswerKey
from idwallet.protocols.openid4vp.message import RequestMessage
from idwallet.protocols.openid4vp.response import (
    ResponseParts,
    WalletRefusal,
    read_response,
)
from idwallet.roles.kept_request import KeptRequest
from idwallet.roles.reader import DeviceQuestion, restored_question

if TYPE_CHECKING:
    from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
    from idwallet.roles.verifier import Verifier

WITNESS: Final = object()
"""Held by who asks pages alone: what is made without it did not come from there."""

_CONTEXT: Final = b"idwallet page question/1"
_OWN: Final = b"idwallet page question recipient/1"
# The second has the key of an answer by Annex C; what has none is as it was.
_VERSION: Final = "idwallet-page-question/1"
_WITH_KEY: Final = "idwallet-page-question/2"
_CLAUSE: Final = "idwallet page question 2"


@dataclass(frozen=True, slots=True, repr=False)
class PageQuestion:
    """One request of a page and all that judging its answer needs; used up by one.

    `options` is public: give it to the page. The rest stays on the server, or travels
    sealed by `save`. Only `Verifier.ask_page` and `Verifier.restore_page` make one.
    `device` is the question to a device, where it is asked by ``org-iso-mdoc``.
    """

    message: PageMessage
    origin: str
    client_id: str
    query: Query
    nonce: str
    issued: datetime
    expires: datetime
    verifier: "Verifier"
    policy_digest: bytes
    witness: InitVar[object]
    transaction_data: tuple[TransactionData, ...] = ()
    decryption: AnswerKey | None = None
    device: DeviceQuestion | None = None
    recipient: RecipientKey | None = field(default=None)

    def __post_init__(self, witness: object) -> None:
        """Refuse what no verifier asked.

        Raises:
            UsageError: somebody else than a `Verifier` called.
        """
        if witness is not WITNESS:
            raise UsageError("a PageQuestion comes from Verifier.ask_page")

    def __repr__(self) -> str:
        """Show which page asks and until when, not the nonce."""
        return f"PageQuestion({self.origin!r}, {self.expires})"

    @property
    def options(self) -> JsonObject:
        """What goes into ``navigator.credentials.get({digital: options})``."""
        return {"requests": [self.message.to_json()]}

    @property
    def audience(self) -> str:
        """Whom presentations have to be for: the page, whoever signed (A.4)."""
        return audience_of(self.origin)

    @property
    def others(self) -> tuple[tuple[str, str], ...]:
        """What else of the request may stand where it should not, for a diagnosis."""
        return (
            ("who signed the request", self.client_id),
            ("the nonce of the request", self.nonce),
        )

    @property
    def state(self) -> str:
        """Nothing: the browser keeps the session (section A.2)."""
        return ""

    @property
    def handover(self) -> DcApiHandover:
        """The conversation that mobile documents are shown in (B.2.6.2)."""
        key = self.decryption
        thumbprint = None if key is None else key.public.thumbprint
        return DcApiHandover(self.origin, self.nonce, thumbprint)

    def with_types(self, types: "TypeMetadataSet") -> "PageQuestion":
        """Return the same question, its answer judged with this type metadata."""
        verifier = replace(self.verifier, types=types)
        return replace(self, verifier=verifier, witness=WITNESS)

    def key(self) -> bytes:
        """Return the SHA-256 digest under which the replay guard knows it."""
        named = f"page\0{self.origin}\0{self.client_id}\0{self.nonce}"
        return hashlib.sha256(named.encode()).digest()

    def parts_of(self, response: str | bytes) -> ResponseParts | WalletRefusal:
        """Read an answer of OpenID4VP out of what the browser gave the page.

        Raises:
            MalformedError, UnsupportedError, LimitError: it is none, answers another
                protocol, or comes in another mode than was asked for.
        """
        data = self._data(response)
        return read_response(write_json(data), key=self.decryption)

    def documents_in(self, response: str | bytes) -> bytes:
        """Return the DeviceResponse that is encrypted in an answer (Annex C).

        Raises:
            MalformedError, UnsupportedError, LimitError: it is none, or not for this
                question and this page.
        """
        text = self._data(response).get("response")
        if not isinstance(text, str) or self.recipient is None:
            raise MalformedError(
                "no response", at="/data/response", clause="ISO/IEC TS 18013-7 §C"
            )
        sealed = b64.decode(text, at="/data/response")
        handover = None if self.device is None else self.device.session.handover
        if not isinstance(handover, IsoDcApiHandover):
            raise MalformedError("no conversation", at="/data", clause=_CLAUSE)
        return decrypt_response(sealed, key=self.recipient, handover=handover)

    def _data(self, response: str | bytes) -> JsonObject:
        answer = read_page_answer(response)
        if answer.protocol is not self.message.protocol:
            raise MalformedError(
                "another protocol than was asked by",
                at="/protocol",
                clause="OpenID4VP 1.0 §A.1",
            )
        return dict[str, JsonValue](answer.data)

    def save(self, key: SealKey, *, random: Random = secrets.token_bytes) -> bytes:
        """Seal the question so that another process can judge the answer.

        Raises:
            UsageError: the random source is broken.
        """
        kept = KeptRequest(
            message=RequestMessage(self.message.to_bytes().decode(), self.client_id),
            query=self.query,
            nonce=self.nonce,
            state=self.message.protocol.value,
            response_uri=None,
            issued=self.issued,
            expires=self.expires,
            policy=self.verifier.policy.name,
            policy_digest=self.policy_digest,
            transaction_data=self.transaction_data,
            decryption=self.decryption,
        )
        state: JsonObject = {
            "format": _VERSION,
            "origin": self.origin,
            "kept": b64.encode(kept.to_sealed(key, random=random)),
        }
        if self.recipient is not None:
            own = self.recipient.to_sealed(key=key, context=_OWN, random=random)
            state["recipient"], state["format"] = b64.encode(own), _WITH_KEY
        return seal(write_json(state), key=key, context=_CONTEXT, random=random)


def restored_page(verifier: "Verifier", saved: bytes, *, key: SealKey) -> PageQuestion:
    """Open a question that was sealed; see `Verifier.restore_page`.

    Raises:
        MalformedError: another key sealed it, it was changed, or its version is not
            known.
        UsageError: it was made by another relying party or under another policy.
    """
    origin, kept, recipient = _opened(saved, key)
    digest = verifier.policy.digest()
    if (kept.policy, kept.policy_digest) != (verifier.policy.name, digest):
        raise UsageError("the question was made under another policy")
    own = (verifier.identity.client_id, audience_of(origin))
    if kept.message.client_id not in own:
        raise UsageError("the question was made by another relying party")
    message = read_page_message(kept.message.raw)
    device = None
    if recipient is not None:
        device = _device(verifier, kept, message=message, origin=origin, own=recipient)
    elif message.protocol is PageProtocol.ISO_MDOC:
        raise MalformedError("no key", at="/recipient", clause=_CLAUSE)
    return PageQuestion(
        message=message,
        origin=origin,
        client_id=kept.message.client_id,
        query=kept.query,
        nonce=kept.nonce,
        issued=kept.issued,
        expires=kept.expires,
        verifier=verifier,
        policy_digest=digest,
        witness=WITNESS,
        transaction_data=kept.transaction_data,
        decryption=kept.decryption,
        device=device,
        recipient=recipient,
    )


def _opened(saved: bytes, key: SealKey) -> tuple[str, KeptRequest, RecipientKey | None]:
    """Return the origin, the request, and the key of an answer by Annex C."""
    plain = unseal(saved, key=key, context=_CONTEXT, at="saved question")
    state = read_object(plain, at="saved question", clause=_CLAUSE)
    origin, inner = state.get("origin"), state.get("kept")
    if state.get("format") not in (_VERSION, _WITH_KEY):
        raise MalformedError("unknown version", at="/format", clause=_CLAUSE)
    if not isinstance(origin, str) or not isinstance(inner, str):
        raise MalformedError("no question", at="saved question", clause=_CLAUSE)
    kept = KeptRequest.from_sealed(b64.decode(inner, at="/kept"), key)
    return origin, kept, _recipient(state, key)


def _recipient(state: JsonObject, key: SealKey) -> RecipientKey | None:
    if "recipient" not in state:
        return None
    sealed = _octets(state, "recipient")
    return RecipientKey.from_sealed(sealed, key=key, context=_OWN, at="/recipient")


def _octets(members: Mapping[str, JsonValue], name: str) -> bytes:
    text = members.get(name)
    if not isinstance(text, str):
        raise MalformedError("no text", at=f"/{name}", clause=_CLAUSE)
    return b64.decode(text, at=f"/{name}", clause=_CLAUSE)


def _device(
    verifier: "Verifier",
    kept: KeptRequest,
    *,
    message: PageMessage,
    origin: str,
    own: RecipientKey,
) -> DeviceQuestion:
    """Return the question to a device that a page's question by Annex C holds."""
    if message.protocol is not PageProtocol.ISO_MDOC:
        what = "a key of another protocol"
        raise MalformedError(what, at="/recipient", clause=_CLAUSE)
    text = b64.encode(_octets(message.data, "encryptionInfo"))
    info = read_encryption_info(text, at="/encryptionInfo")
    if info.recipient != own.public_key:
        what = "another key than was sent"
        raise MalformedError(what, at="/recipient", clause=_CLAUSE)
    asked = _octets(message.data, "deviceRequest")
    return restored_question(
        verifier,
        kept.query,
        message=asked,
        session=Session(info.handover(origin)),
        times=(kept.issued, kept.expires),
    )
