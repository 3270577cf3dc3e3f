"""Hold credentials, read requests, and show what the person chooses."""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Final

from idwallet.codec.moment import require_aware
from idwallet.consent.purpose import DisclosurePolicy, Judgement, Purposes
from idwallet.credentials.mdoc.evaluate_request import ReaderVerdict
from idwallet.credentials.model import Credential
from idwallet.credentials.presence import (
    VerifyPerson,
    nobody,
    presence_claims,
    verified_by,
)
from idwallet.credentials.required import Context, required_of
from idwallet.credentials.sdjwt.metadata import NO_TYPES, TypeMetadataSet
from idwallet.credentials.sdjwt.structures import Serialisation
from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault import Edit, Vault, VaultRecord
from idwallet.errors import (
    MalformedError,
    PortError,
    SignerUnavailable,
    UnsupportedError,
    UsageError,
    VerificationIndeterminate,
    require_passed,
)
from idwallet.ports import (
    KeyStore,
    MonotonicCounter,
    Random,
    Shelf,
    StoredKey,
    WalletStore,
)
from idwallet.protocols.dc_api.evaluate import PageVerdict
from idwallet.protocols.openid4vp.evaluate import RequestVerdict
from idwallet.protocols.openid4vp.response import (
    refusal_members,
    response_members,
)
from idwallet.report import Outcome, Report, Required
from idwallet.roles.asked import (
    Asked,
    Choice,
    PresentationResponse,
    Shown,
)
from idwallet.roles.askers import Askers
from idwallet.roles.asking import answerable, require_asked
from idwallet.roles.batches import Batches
from idwallet.roles.cabinet import Cabinet
from idwallet.roles.guarding import Guarding
from idwallet.roles.held.format import Chosen, Judged, Kept
from idwallet.roles.held.formats import FORMATS
from idwallet.roles.in_batches import InBatches
from idwallet.roles.in_browser import InBrowser
from idwallet.roles.in_person import online
from idwallet.roles.receiving.offers import Receives
from idwallet.roles.record import HeldCredential, added, read_record
from idwallet.roles.refusing import Refusing, refusal_code
from idwallet.roles.signing import answered, conversation_of, signed
from idwallet.roles.transactions import agreed_claims
from idwallet.roles.wards import Ward
from idwallet.trust import policies
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import Policy, StatusRule

_SUBJECT: Final = "credential"


class Holder(InBatches, InBrowser, Guarding, Receives, Refusing):
    """A wallet: what is in `store` is sealed with `seal` before it gets there.

    With a `counter` an older copy of the store is noticed; without one it is not, and
    `vault.notices_rollback` says so. `keys` holds the private keys that credentials are
    bound to. `policy` judges credentials when they are added and requests when they are
    read. `verify_person` is asked before each answer who holds the phone: what it says
    stands in the answer, where the format can carry it, and in
    `PresentationResponse.person`. What is asked for is judged by `purposes`, by default
    those shipped.
    """

    __slots__ = (
        "_askers",
        "_batches",
        "_cabinet",
        "_keys",
        "_policy",
        "_purposes",
        "_random",
        "_trust",
        "_types",
        "_vault",
        "_verify_person",
    )

    def __init__(  # noqa: PLR0913 - the parts that make a wallet
        self,
        *,
        store: WalletStore,
        seal: SealKey,
        keys: KeyStore,
        trust: TrustStore,
        policy: Policy = policies.WALLET,
        types: TypeMetadataSet = NO_TYPES,
        purposes: Purposes | None = None,
        random: Random = secrets.token_bytes,
        counter: MonotonicCounter | None = None,
        verify_person: VerifyPerson = nobody,
    ) -> None:
        """Take the wallet's parts; nothing is read yet."""
        self._vault = Vault(store, seal, random=random, counter=counter)
        self._cabinet = Cabinet(self._vault)
        self._askers = Askers(self._vault)
        self._keys = keys
        self._trust = trust
        self._policy = policy
        self._types = types
        self._purposes = purposes
        self._random = random
        self._batches = Batches(self._vault, keys=keys, random=random)
        self._verify_person = verify_person

    @property
    def vault(self) -> Vault:
        """What the wallet keeps, sealed."""
        return self._vault

    def add(
        self,
        credential: Credential,
        *,
        at: datetime,
        disclosure: DisclosurePolicy | None = None,
    ) -> HeldCredential:
        """Verify a credential and store it, sealed; the same one is stored once.

        `disclosure` is the policy that its issuer's metadata has for it (EU ARF,
        EDP_10): who should not see it is named when they ask.

        Raises:
            VerificationFailed: a check failed: forged, expired, another's key.
            VerificationIndeterminate: something could not be decided.
            UnsupportedError: it is of a format that is not held yet.
            UsageError: it is a copy of a batch in this wallet.
            PortError: the store failed; nothing was stored.
        """
        verified = self._verified(credential, at=at)
        return self._keep(replace(verified, disclosure=disclosure))

    def _verified(self, credential: Credential, *, at: datetime) -> HeldCredential:
        require_aware(at)
        context = Context(self._trust, self._policy, at)
        kept, report = self._judged(credential, context=context)
        require_passed(report)
        if kept is None:
            raise VerificationIndeterminate(report)
        return HeldCredential(
            name=self._random(16).hex(),
            format=credential.format,
            credential_type=kept.types[0],
            types=kept.types,
            issuer=kept.issuer.name,
            claims=kept.opened.claims,
            positioned=kept.opened.positioned,
            raw=credential.raw,
            thumbprint=kept.thumbprint,
            authority_key_ids=kept.authority_key_ids,
            valid_from=kept.valid_from,
            valid_until=kept.valid_until,
        )

    def _keep(self, held: HeldCredential) -> HeldCredential:
        self._batches.require_apart([held])
        before = self._cabinet.same_as(held)
        if before is not None:
            return self._told_anew(before, held.disclosure)
        if not self._vault.change([added(held)]):
            raise PortError("a random name came twice: nothing was stored")
        return held

    def _told_anew(
        self, card: HeldCredential, disclosure: DisclosurePolicy | None
    ) -> HeldCredential:
        """Return a card that is there already, with the issuer's newest word on it."""
        record = self._vault.get(Shelf.CREDENTIAL, card.name)
        if disclosure is None or disclosure == card.disclosure or record is None:
            return card
        told = replace(card, disclosure=disclosure)
        plain = added(told).plain
        if plain is None or not self._vault.change([Edit.replacing(record, plain)]):
            raise PortError("others changed the card meanwhile: add it again")
        return told

    def evaluate(
        self, card: HeldCredential, *, at: datetime, trust: TrustStore | None = None
    ) -> Report:
        """Judge a card of this wallet once more: does it still hold, was it taken back?

        It is asked what `add` asks, and its status where it has one; of a batch every
        copy that is left is, and the report is of the first that failed, else of the
        first that did not pass. `trust` is the wallet's own store with newer evidence
        (`TrustStore.with_evidence`), as the lists of its issuers; `Report.missing` of
        an indeterminate report names those to get. Get whole lists, at times of your
        own, so that nobody learns which card is looked up, or when it is shown.

        Raises:
            UsageError: `at` has no zone, no copy is left, or it is a child's card, of
                which `match_ward` says how it stands.
            MalformedError, PortError: see `credentials`.
        """
        require_aware(at)
        copies = () if isinstance(card, Ward) else self.copies(card)
        if not copies:
            raise UsageError("a card of the wallet's owner, with a copy that is left")
        policy = self._policy
        if policy.status is StatusRule.NOT_REQUIRED_ACCEPTED:
            policy = replace(policy, status=StatusRule.IF_PRESENT)
        context = Context(trust or self._trust, policy, at)
        reports = [
            self._judged(Credential(each.format, each.raw), context=context)[1]
            for each in copies
        ]
        return min(reports, key=lambda each: _WORST_FIRST.index(each.outcome))

    def _judged(
        self, credential: Credential, *, context: Context
    ) -> tuple[Kept | None, Report]:
        room = FORMATS.get(credential.format)
        if room is None:
            raise UnsupportedError(
                "a format no wallet holds", clause="OpenID4VP 1.0 §B"
            )
        judged = room.judge(
            credential.raw,
            keys=self._keys,
            types=self._types,
            context=context,
            subject=_SUBJECT,
        )
        required = required_of(room.required, _SUBJECT)
        report = self._report(judged, at=context.at, required=required)
        return judged.kept, replace(report, anchors=context.trust.evidence.anchors)

    def _report(
        self,
        verdict: Judged | RequestVerdict | PageVerdict | ReaderVerdict,
        *,
        at: datetime,
        required: Required,
    ) -> Report:
        return Report(
            checks=verdict.checks,
            required=required,
            at=at,
            policy=self._policy.name,
            evidence=verdict.evidence,
            anchors=self._trust.evidence.anchors,
        )

    def credentials(self) -> tuple[HeldCredential, ...]:
        """Return every credential in the wallet.

        Raises:
            WrongKey: they were sealed with another key.
            MalformedError: a record was changed, swapped or removed; see `Vault.open`.
        """
        return self._cabinet.holding().credentials

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
        try:
            record = self._vault.get(Shelf.CREDENTIAL, name)
        except MalformedError:
            self._vault.discard(Shelf.CREDENTIAL, name)
            return
        if record is None:
            return
        held = _opened(record)
        if held is not None and not held.thumbprint:
            self._batches.delete(record)
            return
        if held is not None and not self._is_shared(held):
            self._keys.delete(held.thumbprint)
        # Where it is not as it was read, somebody else has just removed it.
        self._vault.change([Edit.removing(record)])

    def _is_shared(self, held: HeldCredential) -> bool:
        opened = map(_opened, self._vault.readable(Shelf.CREDENTIAL))
        return any(
            e is not None and e.thumbprint == held.thumbprint and e.name != held.name
            for e in opened
        )

    def read_request(self, raw: str | bytes, *, at: datetime) -> Asked:
        """Verify a request and return who asks for what.

        `raw` is a link, a JSON document or the bare signed request.

        Raises:
            VerificationFailed: a check failed; show the holder nothing of it.
            VerificationIndeterminate: something could not be decided.
        """
        require_aware(at)
        verdict = self._judge_request(raw, at=at)
        report = self._report(verdict, at=at, required=verdict.required)
        return require_asked(verdict, report, raw=raw)

    def present(
        self,
        asked: Asked,
        choice: Choice,
        *,
        at: datetime,
        serialisation: Serialisation = Serialisation.COMPACT,
    ) -> PresentationResponse:
        """Answer `asked` with exactly what `choice` says.

        It is written into the ledger before anything is signed, and counts as perhaps
        sent until `record_sent` says more. Signs once for each credential shown; sends
        nothing. Every verifier takes the compact serialisation of an SD-JWT VC.

        Raises:
            UsageError: `choice` came from another request or says less than would be
                seen, or the request expired.
            BatchEmpty: every copy of a one-time credential was shown.
            SignerUnavailable: the key of a credential is gone.
            SignerLocked: a key wants a PIN or a fingerprint.
            PortError: the ledger's store failed; nothing was signed.
            SigningDeclined: the person was not verified, as `verify_person` says.
        """
        request = answerable(asked, choice, at=at)
        agreed = agreed_claims(request.transaction_data, choice.shown)
        person = verified_by(self._verify_person)
        spoken = conversation_of(request, serialisation)
        told = presence_claims(person)
        bound = [replace(spoken, said={**said, **told}) for said in agreed]
        with self._entering(choice, at=at) as (entry, taken):
            presentations = signed(choice, taken, bound=bound, at=at)
        members = response_members(presentations, state=request.state)
        made = answered(request, members, entry=entry, random=self._random)
        return replace(made, person=person)

    def decline(
        self, asked: Asked, *, at: datetime, judgement: Judgement | None = None
    ) -> PresentationResponse:
        """Answer `asked` with a refusal: its standard code and nothing else.

        It does not say whether the person refused or the wallet holds nothing that
        fits: ``access_denied`` stands for both (OpenID4VP 1.0 section 8.5). The ledger
        has it, with the codes of `judgement`: what `match` told the person; without it
        the request is judged alone, without a look at what the wallet holds.

        Raises:
            UsageError: a reader in person asked: see `decline_device`; or `at` has no
                zone.
            PortError: the ledger's store failed.
        """
        request = online(asked)
        entry = self._enter_declined(asked, at=at, judgement=judgement)
        members = refusal_members(refusal_code(request), state=request.state)
        return answered(request, members, entry=entry, random=self._random)

    def _chosen(self, shown: Shown) -> tuple[StoredKey, Chosen]:
        """Return the key of a credential to show, and what of it is chosen."""
        credential = shown.credential
        stored = self._keys.get(credential.signed_by)
        if stored is None:
            raise SignerUnavailable("the key this credential is bound to is gone")
        chosen = credential.opened().choose(shown.paths)
        # Copies of a batch say the same, each in an order of its own.
        if set(shown.reveals) != set(chosen.reveals):
            # Whoever agreed to less must not find out later.
            raise UsageError("the choice does not say what would be seen: use choose")
        return stored, chosen


_WORST_FIRST: Final = (Outcome.FAILED, Outcome.INDETERMINATE, Outcome.PASSED)


def _opened(record: VaultRecord) -> HeldCredential | None:
    try:
        return read_record(record)
    except MalformedError:
        return None
