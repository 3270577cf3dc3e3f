"""The machine itself: what each step takes, and the state it is in between."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, TypeVar

from idwallet import limits
from idwallet.codec.json import JsonValue
from idwallet.codec.moment import require_aware
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.errors import (
    MalformedError,
    ProtocolError,
    UnsupportedError,
    UsageError,
)
from idwallet.protocols.http import HttpResponse
from idwallet.protocols.oauth.authorization import read_redirect
from idwallet.protocols.openid4vci.credential import NotificationEvent, ProofKind
from idwallet.protocols.openid4vci.offer import (
    CredentialOffer,
    InputMode,
    OfferReference,
    TransactionCode,
    read_offer,
)
from idwallet.protocols.openid4vci.wallet.attested import challenged_first
from idwallet.protocols.openid4vci.wallet.client import WalletClient
from idwallet.protocols.openid4vci.wallet.known import offer_of, server_of
from idwallet.protocols.openid4vci.wallet.pausing import gone_on, paused
from idwallet.protocols.openid4vci.wallet.progress import (
    Phase,
    Progress,
    read_progress,
)
from idwallet.protocols.openid4vci.wallet.receive import (
    Answer,
    after_notification,
    next_of,
)
from idwallet.protocols.openid4vci.wallet.renew import refreshed_first, renewal_of
from idwallet.protocols.openid4vci.wallet.send import authorization_of, step_of
from idwallet.protocols.openid4vci.wallet.steps import ProveKeys, Send, Step, Wait

_CONTEXT: Final = b"idwallet issuance/1"
_MALFORMED: Final = "malformed"
_UNSUPPORTED: Final = "unsupported"
_Kind = TypeVar("_Kind", bound=Step)


class Issuance:
    """One offer being taken up. It is a value: each method returns the next one.

    `step` says what is to be done; do it, and call the method that it names. What the
    peer does wrong ends in `Failed`; nothing that it sends raises. Seal it with `save`
    whenever the person goes away; `restore_issuance` goes on, with proofs made anew.
    """

    __slots__ = ("_client", "_key", "_progress", "step")

    def __init__(
        self, progress: Progress, client: WalletClient, *, at: datetime
    ) -> None:
        """Take a state; `start_issuance` and `restore_issuance` make one."""
        self._progress = progress
        self._client = client
        # Of this state alone: who goes on in another process asks anew, with another.
        self._key = EphemeralKey.generate()
        self.step: Final[Step] = step_of(
            progress, client, key=self._key.public_key, at=at
        )

    def __repr__(self) -> str:
        """Show the phase only."""
        return f"Issuance({self._progress.phase.value})"

    def save(self, key: SealKey) -> bytes:
        """Seal the state, so that another process, or another day, can go on."""
        return self._sealed(self._progress, key)

    def receive(self, response: HttpResponse, *, at: datetime) -> "Issuance":
        """Take the answer to what `Send` sent.

        Raises:
            UsageError: nothing was sent.
        """
        require_aware(at)
        sent = self._step(Send)
        answer = Answer(
            response=response,
            progress=self._progress,
            origin=sent.request.address().origin,
            client=self._client,
            key=self._key,
            at=at,
        )
        try:
            # Before anything of it is read: it says nothing of what was asked.
            after = paused(self._progress, response, at=at) or next_of(answer)
        except (MalformedError, UnsupportedError, ProtocolError) as error:
            after = self._failed(error, during=sent.purpose.value)
        return self._at(after, at)

    def accept(
        self, *, transaction_code: str | None = None, at: datetime
    ) -> "Issuance":
        """Take the offer up, with what the person typed where a code is wanted.

        Raises:
            UsageError: nothing is offered, or a code is missing, superfluous, or not of
                the kind and length that the issuer named.
        """
        require_aware(at)
        self._require(Phase.CONFIRM)
        grant = offer_of(self._progress).pre_authorized
        if grant is None:
            _require_none(transaction_code)
            pushes = server_of(self._progress).par_endpoint is not None
            phase = Phase.PUSH if pushes else Phase.BROWSER
            return self._at(self._progress.on(phase), at)
        code = _typed(transaction_code, grant.transaction_code)
        return self._at(self._progress.on(Phase.TOKEN, transaction_code=code), at)

    def decline(self, *, at: datetime) -> "Issuance":
        """Leave the offer; nothing is sent.

        Raises:
            UsageError: nothing is offered.
        """
        require_aware(at)
        self._require(Phase.CONFIRM)
        return self._at(self._progress.on(Phase.DONE, stored=False), at)

    def returned(self, url: str, *, at: datetime) -> "Issuance":
        """Take the address that the browser came back with.

        One of another session changes nothing and raises, so that it cannot end this
        one.

        Raises:
            UsageError: no browser was opened.
            MalformedError: it belongs to another session, address or server.
        """
        require_aware(at)
        self._require(Phase.BROWSER)
        server = server_of(self._progress)
        try:
            code = read_redirect(
                url,
                request=authorization_of(self._progress, self._client),
                issuer=server.issuer if server.names_itself else None,
            )
        except ProtocolError as error:
            return self._at(self._failed(error, during=""), at)
        return self._at(self._progress.on(Phase.TOKEN, code=code, reference=""), at)

    def made(self, thumbprints: Sequence[str], *, at: datetime) -> "Issuance":
        """Keep which keys were made, while somebody else is asked to attest them.

        Raises:
            UsageError: no keys are wanted.
        """
        require_aware(at)
        self._step(ProveKeys)
        keys = list[JsonValue](thumbprints)
        values = {**self._progress.values, "keys": keys}
        return self._at(Progress(self._progress.phase, values), at)

    def prove(
        self, proofs: Sequence[str], *, thumbprints: Sequence[str], at: datetime
    ) -> "Issuance":
        """Take the proofs of the keys that the credentials are to be bound to.

        `thumbprints` are of these keys, in the same order: what comes for another key
        is not taken, now or when it was deferred (openid/OpenID4VCI#740). Where keys
        are attested, one proof, or the attestation itself, stands for all of them.

        Raises:
            UsageError: no proofs are wanted, none is given, or more than the issuer
                takes, or a key twice.
        """
        require_aware(at)
        wanted = self._step(ProveKeys)
        if not 0 < len(thumbprints) <= min(wanted.count, limits.CREDENTIAL_PROOFS):
            raise UsageError("as many keys as the step says, at least one")
        stands_for_all = wanted.attested and len(proofs) == 1
        if len(set(thumbprints)) != len(thumbprints) or not (
            stands_for_all or len(proofs) == len(thumbprints)
        ):
            raise UsageError("one key for each proof, none of them twice")
        if wanted.kind is ProofKind.ATTESTATION and len(proofs) != 1:
            raise UsageError("one attestation of all keys")
        after = self._progress.on(
            Phase.CREDENTIAL,
            proofs=list[JsonValue](proofs),
            proof_kind=wanted.kind.value,
            keys=list[JsonValue](thumbprints),
            renewed=self._progress.number("renewed"),
        )
        return self._at(after, at)

    def poll(self, *, at: datetime) -> "Issuance":
        """Ask for what was deferred, or once more what nobody had time to answer.

        Raises:
            UsageError: there is nothing to wait for, or it is too early (section 8.3).
        """
        require_aware(at)
        if at < self._step(Wait).until:
            raise UsageError("the issuer asked for more time: see step.until")
        if self._progress.phase is Phase.PAUSE:
            return self._at(gone_on(self._progress, at=at), at)
        return self._at(refreshed_first(self._progress, Phase.DEFERRED, at=at), at)

    def store(self, *, at: datetime, unusable: Collection[int] = ()) -> "Issuance":
        """Say that what came was verified, shown to the person, and stored.

        `unusable` are the places in `ConfirmCredentials.received` of what did not
        verify, or could not be stored.

        Raises:
            UsageError: nothing came.
        """
        return self._shown(NotificationEvent.ACCEPTED, unusable=unusable, at=at)

    def reject(self, *, at: datetime, unusable: Collection[int] = ()) -> "Issuance":
        """Say that the person did not take what came; `unusable` as for `store`.

        Raises:
            UsageError: nothing came.
        """
        return self._shown(NotificationEvent.DELETED, unusable=unusable, at=at)

    def _shown(
        self, event: NotificationEvent, *, unusable: Collection[int], at: datetime
    ) -> "Issuance":
        require_aware(at)
        self._require(Phase.SHOW)
        events = [
            NotificationEvent.FAILURE if place in unusable else event
            for place in range(len(self._progress.items("received")))
        ]
        told: list[JsonValue] = [
            [each["notification"], said.value]
            for each, said in zip(self._progress.items("received"), events, strict=True)
            if isinstance(each, dict) and each.get("notification") is not None
        ]
        stored = NotificationEvent.ACCEPTED in events
        stored = stored or bool(self._progress.values.get("stored"))
        after = self._progress.on(Phase.NOTIFY, stored=stored, notify=told, received=[])
        return self._at(after_notification(after), at)

    @property
    def keys(self) -> frozenset[str]:
        """Thumbprints of the keys that what is still to come may be bound to."""
        found = set(self._progress.texts("keys"))
        for name in ("received", "pending"):
            for each in self._progress.items(name):
                listed = each.get("keys") if isinstance(each, dict) else None
                keys = listed if isinstance(listed, list) else []
                found |= {key for key in keys if isinstance(key, str)}
        return frozenset(found)

    def renewal(self, configurations: Sequence[str], *, key: SealKey) -> bytes | None:
        """Seal what it takes to have these credentials anew later, without an offer.

        None where the issuer gave no refresh token. It serves once: what `renew` leads
        to has another one (OpenID4VCI 1.0 section 13.5).
        """
        after = renewal_of(self._progress, tuple(configurations))
        return None if after is None else self._sealed(after, key)

    def _sealed(self, progress: Progress, key: SealKey) -> bytes:
        return seal(
            progress.to_bytes(),
            key=key,
            context=_CONTEXT,
            random=self._client.random,
        )

    def _at(self, progress: Progress, at: datetime) -> "Issuance":
        try:
            progress = challenged_first(progress, self._client)
            return Issuance(progress, self._client, at=at)
        except (MalformedError, UnsupportedError, ProtocolError) as error:
            return Issuance(self._failed(error, during=""), self._client, at=at)

    def _failed(
        self, error: MalformedError | UnsupportedError | ProtocolError, *, during: str
    ) -> Progress:
        code = _MALFORMED
        if isinstance(error, UnsupportedError):
            code = _UNSUPPORTED
        elif isinstance(error, ProtocolError):
            code = error.reply.get("error", _UNSUPPORTED)
        # What was worth something to a thief is not kept.
        values: dict[str, JsonValue] = {"failure": code, "during": during}
        if not isinstance(error, ProtocolError):
            values |= {"what": error.what, "clause": error.clause}
        return Progress(Phase.FAILED, values)

    def _require(self, phase: Phase) -> None:
        if self._progress.phase is not phase:
            raise UsageError(f"the next thing to do is another: see step ({phase})")

    def _step(self, kind: type[_Kind]) -> _Kind:
        if not isinstance(self.step, kind):
            raise UsageError(f"the next thing to do is no {kind.__name__}: see step")
        return self.step


def start_issuance(
    offer: str | bytes | CredentialOffer, client: WalletClient, *, at: datetime
) -> Issuance:
    """Begin with an offer, as a link, a scanned QR code or JSON.

    Where a person begins by themselves, it is a `CredentialOffer` of your own: the
    issuer, what is wanted of it, and a `CodeGrant`.

    Raises:
        MalformedError: it is no offer.
        LimitError: it is longer than `limits.OFFER_BYTES`.
        UsageError: `at` has no zone.
    """
    require_aware(at)
    found = offer if isinstance(offer, CredentialOffer) else read_offer(offer)
    if isinstance(found, OfferReference):
        return Issuance(Progress(Phase.OFFER, {"url": found.url}), client, at=at)
    values = {"offer": found.to_json()}
    return Issuance(Progress(Phase.ISSUER, values), client, at=at)


def restore_issuance(
    saved: bytes, client: WalletClient, *, key: SealKey, at: datetime
) -> Issuance:
    """Go on with an issuance that was sealed by `Issuance.save`.

    Raises:
        MalformedError: another key sealed it, it was changed, or its version is not
            known here.
    """
    require_aware(at)
    plain = unseal(saved, key=key, context=_CONTEXT, at="saved issuance")
    return Issuance(read_progress(plain), client, at=at)


def _require_none(code: str | None) -> None:
    if code is not None:
        raise UsageError("no transaction code is wanted")


def _typed(code: str | None, wanted: TransactionCode | None) -> str:
    if wanted is None:
        _require_none(code)
        return ""
    if not code or len(code) > limits.TRANSACTION_CODE_CHARACTERS:
        raise UsageError("a transaction code is wanted: see step.transaction_code")
    if wanted.length is not None and len(code) != wanted.length:
        raise UsageError("the transaction code has another length")
    if wanted.input_mode is InputMode.NUMERIC and not (
        code.isascii() and code.isdigit()
    ):
        raise UsageError("the transaction code has digits only")
    return code
