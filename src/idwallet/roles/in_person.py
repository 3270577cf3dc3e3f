"""A wallet that a reader asks in person (ISO/IEC 18013-5), beside one asked online.

Octets in, octets out: who carries them, and how the conversation came about, is for
others to know. Every answer is for the conversation that the request was heard in.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Self

from idwallet.codec.moment import require_aware
from idwallet.consent.purpose import Judgement
from idwallet.credentials.mdoc.evaluate_request import (
    ReaderVerdict,
    evaluate_device_request,
)
from idwallet.credentials.mdoc.match_request import match_request
from idwallet.credentials.mdoc.present import DeviceElements
from idwallet.credentials.mdoc.transcript import Handover
from idwallet.credentials.presence import PersonVerified, VerifyPerson, verified_by
from idwallet.credentials.query import Candidate, QueryMatch, match
from idwallet.credentials.required import Context
from idwallet.crypto.keys import PublicKey
from idwallet.errors import UsageError, VerificationFailed, VerificationIndeterminate
from idwallet.protocols.dc_api.request import PageRequest
from idwallet.protocols.openid4vp.client import ClientIdPrefix, client_id_of
from idwallet.protocols.openid4vp.request import RequestObject
from idwallet.report import Outcome, Report, Required
from idwallet.roles.accepting import accepted_of
from idwallet.roles.asked import (
    Anonymous,
    Asked,
    Authenticated,
    Choice,
    HeardRequest,
)
from idwallet.roles.at_tills import AtTills
from idwallet.roles.held.device import DeviceProof, answer_reader
from idwallet.roles.party import party_facts
from idwallet.trust.signer import SignerFound


class DeviceAnswer(bytes):
    """A DeviceResponse to send, as it is.

    `entry` is the index of the ledger's entry: tell the wallet when it was sent
    (`Holder.record_sent`). `person` is how the holder was verified for it.
    """

    entry: int
    person: PersonVerified

    def __new__(
        cls,
        octets: bytes,
        /,
        *,
        entry: int,
        person: PersonVerified = PersonVerified.NONE,
    ) -> Self:
        """Take the octets, and what the wallet knows of them."""
        made = super().__new__(cls, octets)
        made.entry, made.person = entry, person
        return made

    def __repr__(self) -> str:
        """Show the length only: the rest is personal data."""
        return f"DeviceAnswer(<{len(self)} octets>)"

    __str__ = __repr__


class InPerson(AtTills):
    """What a wallet does with a reader; `Holder` is one and has the rest."""

    __slots__ = ()

    _verify_person: VerifyPerson

    @abstractmethod
    def _report(
        self, verdict: ReaderVerdict, *, at: datetime, required: Required
    ) -> Report: ...

    def read_device_request(
        self, raw: bytes, *, handover: Handover, at: datetime
    ) -> Asked:
        """Verify a DeviceRequest and return who asks for what (ISO/IEC 18013-5 9.1.4).

        `handover` is the conversation it was heard in, as this side knows it. A reader
        that nobody knows is `Anonymous`, where the policy accepts that.

        Raises:
            VerificationFailed: a check failed; show the holder nothing of it.
            VerificationIndeterminate: something could not be decided.
        """
        require_aware(at)
        context = Context(self._trust, self._policy, at)
        verdict = evaluate_device_request(raw, handover=handover, context=context)
        report = self._report(verdict, at=at, required=verdict.required)
        request, query = verdict.request, verdict.query
        if report.outcome is Outcome.FAILED:
            raise VerificationFailed(report)
        if report.outcome is not Outcome.PASSED or request is None or query is None:
            raise VerificationIndeterminate(report)
        heard = HeardRequest(request, handover)
        return Asked(
            _asker(verdict.signer),
            query,
            None,
            report,
            heard,
            raw,
            party=party_facts(verdict.signer),
        )

    def present_device(
        self,
        asked: Asked,
        choice: Choice,
        *,
        at: datetime,
        reader: PublicKey | None = None,
        said: Mapping[str, DeviceElements] | None = None,
    ) -> DeviceAnswer:
        """Answer a reader with a DeviceResponse (ISO/IEC 18013-5 8.3.2.1.2.2).

        It is signed for the conversation that the request was heard in. With `reader`,
        the reader's key of the session, a MAC takes the place of the signature, which
        proves nothing to anybody else (9.1.3.5). `said` is what the device says by
        itself, by the query's identifier; only what the issuer allowed it.

        What is kept back is not mentioned: a refusal looks like what is not there. As
        with `present` the person is verified first, and the ledger has it before
        anything is signed; no data element says how they were verified.

        Raises:
            UsageError: `choice` came from another request or says less than would be
                seen, the device may not say that, or the keys do not agree.
            UnsupportedError: the key store's keys do not agree on a secret.
            BatchEmpty, SignerUnavailable, SignerLocked, SigningDeclined, PortError: as
                `present`; nothing was signed.
        """
        _require_of(choice, asked, at=at)
        extra = {} if said is None else said
        proof = DeviceProof(_heard(asked).handover, reader)
        person = verified_by(self._verify_person)
        with self._entering(choice, at=at, said=extra) as (entry, taken):
            given = (
                (*each, extra.get(shown.query_id, {}))
                for shown, each in zip(choice.shown, taken, strict=True)
            )
            octets = answer_reader(given, proof=proof)
        return DeviceAnswer(octets, entry=entry, person=person)

    def decline_device(
        self, asked: Asked, *, at: datetime, judgement: Judgement | None = None
    ) -> DeviceAnswer:
        """Answer a reader with no document: what a wallet that holds none answers.

        The ledger has it, as of `decline`.

        Raises:
            UsageError: the request came over OpenID4VP: see `Holder.decline`; or `at`
                has no zone.
            PortError: the ledger's store failed.
        """
        proof = DeviceProof(_heard(asked).handover)
        entry = self._enter_declined(asked, at=at, judgement=judgement)
        return DeviceAnswer(answer_reader((), proof=proof), entry=entry)


def _require_of(choice: Choice, asked: Asked, *, at: datetime) -> None:
    require_aware(at)
    if choice.asked is not asked:
        raise UsageError("the choice was made for another request")


def _asker(signer: SignerFound | None) -> Authenticated | Anonymous:
    path = None if signer is None else signer.path
    if signer is None or path is None:  # a reader is known by its chain alone
        return Anonymous()
    return Authenticated(
        name=signer.name,
        client_id=client_id_of(path.leaf, ClientIdPrefix.X509_HASH),
        anchor=signer.anchor.name,
        certificate=path.leaf.sha256.hex(),
    )


def _heard(asked: Asked) -> HeardRequest:
    if not isinstance(asked.request, HeardRequest) or asked.request.page is not None:
        raise UsageError(
            "a request of OpenID4VP is answered by present or decline, one of a page "
            "by present_page or decline_page"
        )
    return asked.request


def online(asked: Asked) -> RequestObject:
    """Return what was asked over OpenID4VP.

    Raises:
        UsageError: a reader asked in person.
    """
    if not isinstance(asked.request, RequestObject):
        raise UsageError(
            "a reader is answered by present_device or decline_device, a page by "
            "present_page or decline_page"
        )
    return asked.request


def matched(
    asked: Asked, candidates: Sequence[Candidate], *, at: datetime, leeway: timedelta
) -> QueryMatch:
    """Return what of `candidates` answers, by the rules of whoever asked."""
    request = asked.request
    if isinstance(request, HeardRequest):
        return match_request(request.documents, candidates, at=at, leeway=leeway)
    if isinstance(request, RequestObject | PageRequest):
        candidates = accepted_of(candidates, request.formats)
    return match(asked.query, candidates, at=at, leeway=leeway)
