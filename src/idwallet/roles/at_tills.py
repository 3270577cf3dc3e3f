"""A wallet at a till: QR codes in place of a network."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.json import write_json
from idwallet.codec.moment import require_aware
from idwallet.codec.qr_text import QrKind, write_qr_text
from idwallet.consent.purpose import Judgement
from idwallet.credentials.compact.present import Addressed, stepped
from idwallet.credentials.presence import PersonVerified, VerifyPerson, verified_by
from idwallet.credentials.query import Query
from idwallet.credentials.query.as_compact import as_compact
from idwallet.credentials.required import Context
from idwallet.crypto.signer import StoredKeySigner
from idwallet.errors import UsageError, VerificationIndeterminate, require_passed
from idwallet.protocols.openid4vp.request import RequestObject
from idwallet.protocols.qr.till import TillCode
from idwallet.report import CheckId, Reason, Report, check
from idwallet.roles.asked import (
    Anonymous,
    Asked,
    Authenticated,
    Choice,
    ShownUnasked,
)
from idwallet.roles.consenting import Consenting
from idwallet.roles.held.compact import CompactChosen
from idwallet.roles.party import party_facts
from idwallet.roles.till_code import REQUIRED, TillVerdict, evaluate_till_code
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import Policy

STEP: Final = timedelta(seconds=15)
"""How long a code is shown before the next one takes its place."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """One code to show, from one moment until the next code is due."""

    text: str
    since: datetime
    until: datetime

    def __repr__(self) -> str:
        """Show the times only: the rest is personal data."""
        return f"QrCode({self.since}, {self.until})"


@dataclass(frozen=True, slots=True)
class QrAnswer:
    """What a wallet shows a till: one code, or one after the other.

    `entry` is the index of the ledger's entry: tell the wallet when it was taken
    (`Holder.record_sent`). `person` is how the holder was verified for it.
    """

    codes: tuple[QrCode, ...]
    entry: int
    person: PersonVerified = PersonVerified.NONE

    def at(self, moment: datetime) -> QrCode | None:
        """Return the code to show at a moment, None where they are over."""
        return next((e for e in self.codes if e.since <= moment < e.until), None)


class AtTills(Consenting):
    """What a wallet does at a till without a network; `Holder` is one."""

    __slots__ = ()

    _trust: TrustStore
    _policy: Policy
    _verify_person: VerifyPerson

    def read_till_code(self, text: str, *, at: datetime) -> Asked:
        """Verify what is printed at a till, and return who asks there for what.

        Raises:
            VerificationFailed: a check failed; show the holder nothing of it.
            VerificationIndeterminate: something could not be decided.
        """
        require_aware(at)
        verdict = evaluate_till_code(
            text, context=Context(self._trust, self._policy, at)
        )
        report = self._of_till(verdict, at=at)
        require_passed(report)
        code = verdict.code
        if code is None:
            raise VerificationIndeterminate(report)
        return Asked(
            _asker(verdict, code),
            code.query,
            code.purpose or None,
            report,
            ShownUnasked(code.audience),
            text.encode(),
            party=party_facts(verdict.signer),
        )

    def show_unasked(self, query: Query, *, at: datetime) -> Asked:
        """Begin to show what would answer `query`, to whoever will look at it.

        Nobody asked, so nothing binds the code to a till: the verdict says that, and
        not every till takes it. Where a code is printed, `read_till_code` is better.

        Raises:
            UsageError: `at` has no zone, or no compact credential answers such a query.
        """
        require_aware(at)
        nobody = check(CheckId.REQUEST_FORMAT, Reason.WELL_FORMED, subject="request")
        report = Report(
            (nobody,), frozenset({(nobody.id, "request")}), at, self._policy.name
        )
        asked = as_compact(query)
        return Asked(
            Anonymous(), asked, None, report, ShownUnasked(None), _named(asked)
        )

    def present_qr(
        self,
        asked: Asked,
        choice: Choice,
        *,
        at: datetime,
        step: timedelta = STEP,
        codes: int = 1,
    ) -> QrAnswer:
        """Answer with QR codes, one compact credential in each.

        A request that was read (`read_request`) is answered by one code. Else there are
        `codes`, each good from the beginning of its step of time on: show the one whose
        turn it is. The ledger has it before anything is signed, once for all of them.
        How the person was verified stands in the codes that begin within
        `limits.PRESENCE_AHEAD`: who holds the phone later, nobody verified.

        Raises:
            UsageError: `choice` came from another request, is of several credentials,
                or of one that is not compact; more codes than `limits.QR_STEPS`.
            BatchEmpty, SignerUnavailable, SignerLocked, SigningDeclined, PortError: as
                `Holder.present`; nothing was signed.
        """
        to = _addressed(asked, choice, at=at)
        if not 0 < codes <= (limits.QR_STEPS if to.nonce is None else 1):
            raise UsageError("one code, or up to limits.QR_STEPS shown unasked")
        moments = _moments(asked, at=at, step=step, codes=codes)
        person = verified_by(self._verify_person)
        with self._entering(choice, at=at) as (entry, ((stored, chosen),)):
            if not isinstance(chosen, CompactChosen):
                raise UsageError("only compact credentials go into a QR code")
            signer = StoredKeySigner(stored)
            said = [_said(to, person, late=since - at) for since, _ in moments]
            shown = tuple(
                QrCode(_text(chosen.proof(signer, who, at=since)), since, until)
                for who, (since, until) in zip(said, moments, strict=True)
            )
        return QrAnswer(shown, entry, person)

    def decline_till(
        self, asked: Asked, *, at: datetime, judgement: Judgement | None = None
    ) -> int:
        """Enter into the ledger that nothing was shown at a till, and return where.

        Nobody waits for an answer: that a code was read there is known to the wallet
        alone. `judgement` is what `match` told the person.

        Raises:
            UsageError: it was asked by a message (`Holder.decline`), or `at` has no
                zone.
            PortError: the ledger's store failed.
        """
        if not isinstance(asked.request, ShownUnasked):
            raise UsageError("whoever sent a request is answered by decline")
        return self._enter_declined(asked, at=at, judgement=judgement)

    def _of_till(self, verdict: TillVerdict, *, at: datetime) -> Report:
        return Report(
            verdict.checks,
            REQUIRED,
            at,
            self._policy.name,
            evidence=verdict.evidence,
            anchors=self._trust.evidence.anchors,
        )


def _said(to: Addressed, person: PersonVerified, *, late: timedelta) -> Addressed:
    """Let a code say how the person was verified, unless that was too long before."""
    return replace(to, person=person) if late <= limits.PRESENCE_AHEAD else to


def _text(proof: bytes) -> str:
    return write_qr_text(QrKind.PROOF, proof)


def _asker(verdict: TillVerdict, code: TillCode) -> Authenticated | Anonymous:
    signer = verdict.signer
    if signer is None or signer.path is None:
        return Anonymous()
    return Authenticated(
        name=signer.name,
        client_id=code.client_id,
        anchor=signer.anchor.name,
        certificate=signer.path.leaf.sha256.hex(),
    )


def _addressed(asked: Asked, choice: Choice, *, at: datetime) -> Addressed:
    """Return whom a code is for, where one can be shown."""
    require_aware(at)
    request = asked.request
    if choice.asked is not asked:
        raise UsageError("the choice was made for another request")
    if len(choice.shown) != 1:
        raise UsageError("one QR code shows one credential")
    if isinstance(request, ShownUnasked):
        return Addressed(request.audience)
    if not isinstance(request, RequestObject):
        raise UsageError("a reader is answered by present_device or decline_device")
    if at >= request.expires:
        raise UsageError("the request has expired")
    return Addressed(request.client_id, request.nonce)


def _moments(
    asked: Asked, *, at: datetime, step: timedelta, codes: int
) -> tuple[tuple[datetime, datetime], ...]:
    request = asked.request
    if isinstance(request, RequestObject):
        return ((at, request.expires),)
    first = stepped(at, step)
    return tuple((first + n * step, first + (n + 1) * step) for n in range(codes))


def _named(query: Query) -> bytes:
    """Return what stands in the ledger where nobody sent a request."""
    return write_json(query.to_dcql())
