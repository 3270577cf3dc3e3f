"""Hold credentials, read requests, and show what the person chooses."""

import secrets
from datetime import datetime
from typing import Final

from idwallet.codec.moment import require_aware
from idwallet.codec.numeric_date import numeric_date
from idwallet.credentials.model import Credential, Format
from idwallet.credentials.query import match
from idwallet.credentials.required import STORED, Context, HeldBy, required_of
from idwallet.credentials.sdjwt.evaluate import SdJwtVerdict, evaluate
from idwallet.credentials.sdjwt.metadata import NO_TYPES, TypeMetadataSet
from idwallet.credentials.sdjwt.present import (
    bind_to_key,
    choose_disclosures,
    holder_thumbprint,
    read_held,
    revealed_places,
    show_claims,
)
from idwallet.credentials.sdjwt.structures import Serialisation, serialise
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.errors import (
    MalformedError,
    SignerUnavailable,
    UnsupportedError,
    UsageError,
    VerificationError,
    VerificationFailed,
    VerificationIndeterminate,
)
from idwallet.ports import CredentialStore, KeyStore, Random, StoredRecord
from idwallet.protocols.openid4vp.evaluate import RequestVerdict, evaluate_request
from idwallet.protocols.openid4vp.refusals import ErrorCode
from idwallet.protocols.openid4vp.request import RequestObject
from idwallet.protocols.openid4vp.response import (
    write_refusal,
    write_refusal_json,
    write_response,
    write_response_json,
)
from idwallet.report import Outcome, Report, Required
from idwallet.roles.asked import (
    Asked,
    Authenticated,
    Choice,
    Match,
    PresentationResponse,
    Shown,
)
from idwallet.roles.record import HeldCredential, open_record, seal_record
from idwallet.trust import policies
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import Policy
from idwallet.trust.signer import SignerFound

_SUBJECT: Final = "credential"


class Holder:
    """A wallet: what is in `store` is sealed with `seal_key` before it gets there.

    `keys` holds the private keys that credentials are bound to. `policy` judges
    credentials when they are added and requests when they are read.
    """

    __slots__ = ("_keys", "_policy", "_random", "_seal", "_store", "_trust", "_types")

    def __init__(  # noqa: PLR0913 - the parts that make a wallet
        self,
        *,
        store: CredentialStore,
        seal: SealKey,
        keys: KeyStore,
        trust: TrustStore,
        policy: Policy = policies.WALLET,
        types: TypeMetadataSet = NO_TYPES,
        random: Random = secrets.token_bytes,
    ) -> None:
        """Take the wallet's parts; nothing is read yet."""
        self._store = store
        self._seal = seal
        self._keys = keys
        self._trust = trust
        self._policy = policy
        self._types = types
        self._random = random

    def add(self, credential: Credential, *, at: datetime) -> HeldCredential:
        """Verify a credential and store it, sealed.

        Raises:
            VerificationFailed: a check failed: forged, expired, another's key.
            VerificationIndeterminate: something could not be decided.
            UnsupportedError: it is of a format that is not held yet.
            PortError: the store failed; nothing was stored.
        """
        require_aware(at)
        _require_held(credential)
        thumbprint = holder_thumbprint(credential.raw) or ""
        verdict = evaluate(
            credential.raw,
            expected=HeldBy(self._own(thumbprint)),
            context=Context(self._trust, self._policy, at),
            subject=_SUBJECT,
            types=self._types,
        )
        required = required_of(STORED, _SUBJECT)
        report = self._report(verdict, at=at, required=required)
        issuer, unpacked = verdict.issuer, verdict.unpacked
        if report.outcome is not Outcome.PASSED or issuer is None or unpacked is None:
            raise _refusal(report)
        held = HeldCredential(
            name=self._random(16).hex(),
            format=credential.format,
            credential_type=verdict.types[0],
            types=verdict.types,
            issuer=issuer.name,
            claims=unpacked.claims,
            positioned=unpacked.positioned,
            raw=credential.raw,
            thumbprint=thumbprint,
            authority_key_ids=_authority_key_ids(issuer),
            valid_from=numeric_date(unpacked.claims.get("nbf")),
            valid_until=verdict.valid_until,
        )
        self._store.put(seal_record(held, key=self._seal, random=self._random))
        return held

    def _own(self, thumbprint: str) -> frozenset[str]:
        """Return the thumbprint, if it is that of a key held here."""
        if not thumbprint or self._keys.get(thumbprint) is None:
            return frozenset()
        return frozenset({thumbprint})

    def credentials(self) -> tuple[HeldCredential, ...]:
        """Return every credential in the wallet.

        Raises:
            MalformedError: a record was changed, swapped, or sealed with another key.
        """
        return tuple(
            open_record(record, key=self._seal) for record in self._store.records()
        )

    def delete(self, name: str) -> None:
        """Remove a credential, and its holder key unless another one is bound to it.

        The key goes first: wherever this is interrupted, nothing can be shown any
        more, what was copied elsewhere included, and calling it again finishes the
        work. A name that is not there is no error. A record that does not open is
        removed all the same; which key it had cannot be known.

        Raises:
            SignerError: the key could not be destroyed; the record is still there.
            PortError: a store failed.
        """
        record = self._store.get(name)
        held = None if record is None else self._opened(record)
        if held is not None and not self._is_shared(held):
            self._keys.delete(held.thumbprint)
        self._store.delete(name)

    def _is_shared(self, held: HeldCredential) -> bool:
        others = (each for each in self._store.records() if each.name != held.name)
        opened = map(self._opened, others)
        return any(e is not None and e.thumbprint == held.thumbprint for e in opened)

    def _opened(self, record: StoredRecord) -> HeldCredential | None:
        try:
            return open_record(record, key=self._seal)
        except MalformedError:
            return None

    def read_request(self, raw: str | bytes, *, at: datetime) -> Asked:
        """Verify a request and return who asks for what.

        `raw` is a link, a JSON document or the bare signed request.

        Raises:
            VerificationFailed: a check failed; show the holder nothing of it.
            VerificationIndeterminate: something could not be decided.
        """
        require_aware(at)
        verdict = evaluate_request(raw, trust=self._trust, policy=self._policy, at=at)
        report = self._report(verdict, at=at, required=verdict.required)
        request, signer = verdict.request, verdict.signer
        if report.outcome is not Outcome.PASSED or request is None or signer is None:
            raise _refusal(report)
        by = Authenticated(
            name=signer.name,
            client_id=request.client_id,
            anchor=signer.anchor.name,
            certificate=None if signer.path is None else signer.path.leaf.sha256.hex(),
        )
        return Asked(by, request.query, request.purpose, report, request)

    def _report(
        self,
        verdict: SdJwtVerdict | RequestVerdict,
        *,
        at: datetime,
        required: Required,
    ) -> Report:
        return Report(
            checks=verdict.checks,
            required=required,
            at=at,
            policy=self._policy.name,
            evidence=() if isinstance(verdict, RequestVerdict) else verdict.evidence,
            anchors=self._trust.evidence.anchors,
        )

    def match(self, asked: Asked, *, at: datetime) -> Match:
        """Find what answers the request; pure, and nothing leaves the wallet.

        What is not valid at the moment `at` answers nothing.

        Raises:
            UsageError: `at` has no time zone.
        """
        require_aware(at)
        held = self.credentials()
        found = match(
            asked.query,
            [each.candidate() for each in held],
            at=at,
            leeway=self._policy.clock_skew,
        )
        return Match(asked, found, held)

    def present(
        self,
        asked: Asked,
        choice: Choice,
        *,
        at: datetime,
        serialisation: Serialisation = Serialisation.COMPACT,
    ) -> PresentationResponse:
        """Answer `asked` with exactly what `choice` says.

        Signs once for each credential shown; sends nothing. Every verifier takes the
        compact serialisation; choose a JSON one where yours is known to take it.

        Raises:
            UsageError: `choice` came from another request or says less than would be
                seen, or the request expired.
            SignerUnavailable: the key of a credential is gone.
            SignerLocked: a key wants a PIN or a fingerprint.
        """
        require_aware(at)
        if choice.asked is not asked:
            raise UsageError("the choice was made for another request")
        request = asked.request
        if at >= request.expires:  # RFC 7519 §4.1.4: "on or after"
            raise UsageError("the request has expired: ask the verifier for a new one")
        presentations: dict[str, list[str]] = {}
        for each in choice.shown:
            shown = self._show(each, request, at=at)
            if serialisation is not Serialisation.COMPACT:
                shown = serialise(shown, serialisation)
            presentations.setdefault(each.query_id, []).append(shown)
        return PresentationResponse(
            body=write_response(presentations, state=request.state),
            json=write_response_json(presentations, state=request.state),
            send_to=request.response_uri,
        )

    def decline(self, asked: Asked) -> PresentationResponse:
        """Answer `asked` with a refusal: its standard code and nothing else.

        It does not say whether the person refused or the wallet holds nothing that
        fits: ``access_denied`` stands for both (OpenID4VP 1.0 section 8.5).
        """
        state = asked.request.state
        return PresentationResponse(
            body=write_refusal(ErrorCode.ACCESS_DENIED, state=state),
            json=write_refusal_json(ErrorCode.ACCESS_DENIED, state=state),
            send_to=asked.request.response_uri,
        )

    def _show(self, shown: Shown, request: RequestObject, *, at: datetime) -> str:
        credential = shown.credential
        stored = self._keys.get(credential.thumbprint)
        if stored is None:
            raise SignerUnavailable("the key this credential is bound to is gone")
        held = read_held(credential.raw)
        chosen = choose_disclosures(held, shown.paths)
        if shown.reveals != revealed_places(held, chosen):
            # Whoever agreed to less must not find out later.
            raise UsageError("the choice does not say what would be seen: use choose")
        return bind_to_key(
            show_claims(held, chosen),
            signer=StoredKeySigner(stored),
            nonce=request.nonce,
            audience=request.client_id,
            algorithm=held.algorithm,
            at=at,
        )


def _require_held(credential: Credential) -> None:
    if credential.format is not Format.SD_JWT_VC:
        raise UnsupportedError(
            "a wallet holds no mobile documents yet", clause="OpenID4VCI 1.0 §A.2"
        )


def _authority_key_ids(issuer: SignerFound) -> tuple[bytes, ...]:
    return () if issuer.path is None else issuer.path.authority_key_ids()


def _refusal(report: Report) -> VerificationError:
    if report.outcome is Outcome.FAILED:
        return VerificationFailed(report)
    return VerificationIndeterminate(report)
