"""Ask for a presentation and judge the answer."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import InitVar, dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.consent.transaction import read_transaction
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.reader import SignedOver
from idwallet.credentials.mdoc.transcript import RedirectHandover
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.metadata import NO_TYPES, TypeMetadataSet
from idwallet.crypto.seal import SealKey
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.ports import Random, ReplayGuard
from idwallet.protocols.dc_api.message import PageProtocol
from idwallet.protocols.openid4vp.attached import TransactionData
from idwallet.protocols.openid4vp.client import ClientIdPrefix, read_client_id
from idwallet.protocols.openid4vp.encryption import AnswerKey
from idwallet.protocols.openid4vp.message import RequestMessage
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.parameters import FormatSupport
from idwallet.protocols.openid4vp.profiled import Ask, message_of, require_within
from idwallet.protocols.openid4vp.request import (
    RequestObject,
    build_request_object,
    build_unsigned_request,
    formats_supported,
)
from idwallet.roles.kept_request import KeptRequest
from idwallet.roles.page import Page, ask_page, ask_page_for_documents
from idwallet.roles.page_question import PageQuestion, restored_page
from idwallet.roles.reader import DeviceQuestion, ask_device, times_of
from idwallet.roles.relying_party import RelyingParty
from idwallet.roles.takes_codes import TakesCodes, with_statements
from idwallet.trust.policy import Policy

__all__ = ["PresentationRequest", "RelyingParty", "Verifier"]

_WITNESS: Final = object()
"""Held by nobody outside: what is made without it did not come from here."""


@dataclass(frozen=True, slots=True, repr=False)
class PresentationRequest:
    """One request and all that judging its answer needs; used up by one answer.

    `message` is public: send it. The rest stays here, or travels sealed by `save`.
    Only `Verifier.request` and `Verifier.restore` make one. `policy_digest` is that of
    the policy it was made under; it is judged by no other. `response_uri` is where the
    answer goes: a mobile document is shown for it (OpenID4VP 1.0 B.2.6.1). `decryption`
    is the key of this one answer, None where it comes in the clear.
    """

    message: RequestMessage
    query: Query
    nonce: str
    state: str
    response_uri: str
    issued: datetime
    expires: datetime
    verifier: "Verifier"
    policy_digest: bytes
    witness: InitVar[object]
    transaction_data: tuple[TransactionData, ...] = ()
    decryption: AnswerKey | None = None

    def __post_init__(self, witness: object) -> None:
        """Refuse what no verifier asked: a nonce of somebody's choice is none.

        Raises:
            UsageError: somebody else than a `Verifier` called.
        """
        if witness is not _WITNESS:
            raise UsageError("a PresentationRequest comes from Verifier.request")

    def __repr__(self) -> str:
        """Show whom it speaks for and until when, not the nonce."""
        return f"PresentationRequest({self.message.client_id!r}, {self.expires})"

    @property
    def client_id(self) -> str:
        """The verifier's client identifier: the audience of every answer."""
        return self.message.client_id

    @property
    def audience(self) -> str:
        """Whom presentations have to be for: who asked, by the whole identifier."""
        return self.client_id

    @property
    def others(self) -> tuple[tuple[str, str], ...]:
        """What else of the request may stand where it should not, for a diagnosis."""
        return (
            ("the response address", self.response_uri),
            ("the state of the request", self.state),
            ("the nonce of the request", self.nonce),
        )

    @property
    def handover(self) -> RedirectHandover:
        """The conversation that a mobile document is shown in (B.2.6.1)."""
        key = self.decryption
        return RedirectHandover(
            self.client_id,
            self.nonce,
            self.response_uri,
            None if key is None else key.public.thumbprint,
        )

    def with_types(self, types: TypeMetadataSet) -> "PresentationRequest":
        """Return the same request, its answer to be judged with this type metadata."""
        if types is self.verifier.types:
            return self
        verifier = replace(self.verifier, types=types)
        return replace(self, verifier=verifier, witness=_WITNESS)

    def addressed(self, raw: str) -> "PresentationRequest":
        """Return the same request as one wallet got it, signed anew with its nonce.

        A receipt names the very octets that the wallet keeps.
        """
        message = replace(self.message, raw=raw)
        return replace(self, message=message, witness=_WITNESS)

    def key(self) -> bytes:
        """Return the SHA-256 digest under which the replay guard knows it."""
        return hashlib.sha256(f"{self.client_id}\0{self.nonce}".encode()).digest()

    def save(self, key: SealKey, *, random: Random = secrets.token_bytes) -> bytes:
        """Seal the request so that another process can judge the answer."""
        kept = KeptRequest(
            message=self.message,
            query=self.query,
            nonce=self.nonce,
            state=self.state,
            response_uri=self.response_uri,
            issued=self.issued,
            expires=self.expires,
            policy=self.verifier.policy.name,
            policy_digest=self.policy_digest,
            transaction_data=self.transaction_data,
            decryption=self.decryption,
        )
        return kept.to_sealed(key, random=random)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Verifier(TakesCodes):
    """Asks for presentations under one policy, and consumes each answer once.

    `replay` remembers which requests were answered; verifiers that share a sealed
    request share the guard as well. `types` are type metadata documents at hand.
    `withdrawn` are statements that take delegations back (`without`).
    Thread-safe, and it cannot be changed: to judge by another policy, make another.
    """

    identity: RelyingParty
    policy: Policy
    replay: ReplayGuard
    types: TypeMetadataSet = NO_TYPES
    random: Random = secrets.token_bytes
    withdrawn: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a verifier that would take an answer twice.

        Raises:
            UsageError: `replay` is no replay guard, or `withdrawn` are more than
                `limits.DELEGATIONS_WITHDRAWN`.
        """
        with_statements((), self.withdrawn)
        for part in ("consume", "settle"):
            if not callable(getattr(self.replay, part, None)):
                raise UsageError(f"a verifier needs a replay guard: no {part}")

    def request(
        self,
        query: Query,
        *,
        purpose: str,
        at: datetime,
        lifetime: timedelta = limits.REQUEST_LIFETIME,
        transactions: Sequence[JsonObject] = (),
        mode: ResponseMode | None = None,
    ) -> PresentationRequest:
        """Make and sign a request for what `query` asks.

        `purpose` is shown to the holder. The request expires after `lifetime`.
        `transactions` are what the person is to agree to with the presentation, each
        with its ``type`` and ``credential_ids`` (OpenID4VP 1.0 sections 5.1, 8.4); an
        answer that does not agree to every one of them fails.

        `mode` is how the answer comes; by default it is posted, encrypted where the
        profile of the policy demands that (HAIP 1.0 section 5). An answer in the clear
        to a request for an encrypted one fails.

        Raises:
            UsageError: `at` has no time zone, `lifetime` is not positive or longer
                than `limits.REQUEST_LIFETIME_MAXIMUM`, or a wallet would refuse it.
            SignerError: the key could not sign.
        """
        times = times_of(at, lifetime)
        query.require_askable()
        asked = self._asked(query, purpose=purpose, times=times)
        asked = replace(asked, transaction_data=_transactions(transactions))
        return self._asking(asked, mode=mode or self._usual)

    @property
    def _usual(self) -> ResponseMode:
        plain = ResponseMode.DIRECT_POST
        known = self.policy.profile.response_modes
        return plain if plain in known else ResponseMode.DIRECT_POST_JWT

    def _asking(
        self, asked: RequestObject, *, mode: ResponseMode
    ) -> PresentationRequest:
        """Make the key of the answer, if it has one; its name tells which request."""
        key = None
        if mode.is_encrypted:
            key = AnswerKey.generate(reference_of(asked.state or ""))
        public = None if key is None else key.public
        asked = replace(asked, mode=mode, encryption=public)
        client = read_client_id(asked.client_id, at="/client_id")
        ask = Ask(client, mode, asked.query, public)
        require_within(ask, self.policy.profile)
        made = _sent(asked, raw=self._written(asked), verifier=self)
        return replace(made, decryption=key, witness=_WITNESS)

    def _written(self, asked: RequestObject) -> str:
        who = self.identity
        if who.is_anonymous:
            return build_unsigned_request(asked)
        return build_request_object(
            asked,
            signer=who.signer,
            certificates=who.certificates,
            kid=who.kid,
            attestation=who.attestation,
        )

    def ask_device(
        self,
        query: Query,
        *,
        session: Session,
        at: datetime,
        lifetime: timedelta = limits.REQUEST_LIFETIME,
        over: SignedOver = SignedOver.EACH_DOCUMENT,
    ) -> DeviceQuestion:
        """Make and sign a DeviceRequest for what `query` asks (ISO/IEC 18013-5).

        `session` is the conversation with the device: its handover, and the reader's
        own key of the session, without which an answer by a MAC cannot be judged.
        `over` says what is signed; signing the whole request is of the second edition,
        and so are credential sets, which older wallets pass over. Of a query for either
        format, what asks for mobile documents is asked (`DeviceQuestion.query`).

        Raises:
            UsageError: `query` asks for what a DeviceRequest has no words for, this
                relying party has no certificates, `at` has no time zone, or `lifetime`
                is not positive or longer than `limits.REQUEST_LIFETIME_MAXIMUM`.
            SignerError: the key could not sign.
        """
        return ask_device(
            self, query, session=session, at=at, lifetime=lifetime, over=over
        )

    def ask_page(
        self,
        query: Query,
        *,
        page: Page,
        purpose: str,
        at: datetime,
        lifetime: timedelta = limits.REQUEST_LIFETIME,
        transactions: Sequence[JsonObject] = (),
    ) -> PageQuestion:
        """Make a request for the Digital Credentials API of a browser.

        `page` says from which origin it is asked, and how. `PageQuestion.options` is
        what the page gives to ``navigator.credentials.get``; what comes back is judged
        by `verify_presentation`. The rest is as of `request`.

        Raises:
            UsageError: a wallet would refuse it; else as `request` and `ask_device`.
            SignerError: a key could not sign.
        """
        times = times_of(at, lifetime)
        query.require_askable()
        if page.protocol is PageProtocol.ISO_MDOC:
            return ask_page_for_documents(self, query, page=page, times=times)
        agreed = _transactions(transactions)
        return ask_page(
            self, query, page=page, purpose=purpose, times=times, transactions=agreed
        )

    def restore_page(self, saved: bytes, key: SealKey) -> PageQuestion:
        """Open a question that `PageQuestion.save` sealed.

        Raises:
            MalformedError, UsageError: see `restore`.
        """
        return restored_page(self, saved, key=key)

    def _asked(
        self, query: Query, *, purpose: str, times: tuple[datetime, datetime]
    ) -> RequestObject:
        issued, expires = times
        return RequestObject(
            client_id=self.identity.client_id,
            response_uri=self.identity.answer_to,
            nonce=b64.encode(self.random(limits.NONCE_BYTES)),
            query=query,
            issued=issued,
            expires=expires,
            state=b64.encode(self.random(limits.NONCE_BYTES)),
            purpose=purpose,
            formats=self._formats(query),
            verifier_info=self.identity.attestations,
        )

    def _formats(self, query: Query) -> tuple[FormatSupport, ...]:
        # A pre-registered client sends no metadata (OpenID4VP 1.0 section 8.5).
        client = read_client_id(self.identity.client_id, at="/client_id")
        if client.prefix is ClientIdPrefix.PRE_REGISTERED:
            return ()
        return formats_supported(self.policy.algorithms, query)

    def restore(self, saved: bytes, key: SealKey) -> PresentationRequest:
        """Open a request that `PresentationRequest.save` sealed.

        Raises:
            MalformedError: another key sealed it, it was changed, or its version is
                unknown.
            UsageError: it was made for another client identifier or policy.
        """
        kept = KeptRequest.from_sealed(saved, key)
        digest = self.policy.digest()
        if (kept.policy, kept.policy_digest) != (self.policy.name, digest):
            raise UsageError("the request was made under another policy")
        if kept.message.client_id != self.identity.client_id:
            raise UsageError("the request was made by another relying party")
        return PresentationRequest(
            message=message_of(
                kept.message.raw, kept.message.client_id, profile=self.policy.profile
            ),
            query=kept.query,
            nonce=kept.nonce,
            state=kept.state,
            # What was saved before this was kept was judged by who asked.
            response_uri=kept.response_uri or self.identity.answer_to,
            issued=kept.issued,
            expires=kept.expires,
            verifier=self,
            policy_digest=digest,
            witness=_WITNESS,
            transaction_data=kept.transaction_data,
            decryption=kept.decryption,
        )


def reference_of(state: str) -> str:
    """Return the name of a request that may be told where its state may not."""
    return b64.encode(hashlib.sha256(state.encode()).digest())


def _transactions(contents: Sequence[JsonObject]) -> tuple[TransactionData, ...]:
    """Write what is to be agreed to, held to the schemas of its types."""
    try:
        for each in contents:
            read_transaction(str(each.get("type")), each)
        return tuple(TransactionData.of(each) for each in contents)
    except (MalformedError, UnsupportedError) as error:
        raise UsageError(f"no wallet agrees to this transaction: {error}") from error


def _sent(asked: RequestObject, *, raw: str, verifier: Verifier) -> PresentationRequest:
    return PresentationRequest(
        message=message_of(raw, asked.client_id, profile=verifier.policy.profile),
        query=asked.query,
        nonce=asked.nonce,
        state=asked.state or "",
        response_uri=asked.response_uri,
        issued=asked.issued or asked.expires,
        expires=asked.expires,
        verifier=verifier,
        policy_digest=verifier.policy.digest(),
        transaction_data=asked.transaction_data,
        witness=_WITNESS,
    )
