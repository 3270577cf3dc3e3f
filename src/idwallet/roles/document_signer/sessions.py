"""Have a document signed by somebody who is elsewhere.

sessions = SigningSessions(key=seal_key, replay=replay)
session = sessions.prepare(contract, CAdES(), terms=terms, at=now())
# on the phone, which has the document:
task = with_certificate(SigningSession.from_bytes(sent), chain)
# back here:
signed = sessions.finish(task.to_bytes(), signature, at=now())
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NoReturn

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.moment import require_aware
from idwallet.crypto.keys import signature_matches
from idwallet.crypto.seal import SealKey, random_bytes, seal, unseal
from idwallet.crypto.signer import signature_forms
from idwallet.documents.model import Document, Level
from idwallet.errors import (
    MalformedError,
    SignerError,
    UnsupportedError,
    UsageError,
    VerificationFailed,
    fault_reason,
    require_passed,
)
from idwallet.ports import Random, ReplayGuard, TimestampAuthority, Use
from idwallet.report import Check, CheckId, Checks, Facts, Reason, Report, check
from idwallet.roles.document_signer.session_form import (
    CLAUSE,
    SessionTerms,
    SigningSession,
    digested,
    read_session,
    write_body,
)
from idwallet.roles.document_signer.sign import Profile, signer_of
from idwallet.roles.document_signer.to_be_signed import (
    ToBeSigned,
    first_profile,
    held_document,
    signing,
    to_sign,
)
from idwallet.roles.document_signer.two_steps import Made, Sign, finished

_SUBJECT: Final = "session"
_POLICY: Final = "signing session"
_REPLAY: Final = CheckId.SESSION_REPLAY
_CONTEXT: Final = CLAUSE.encode("ascii") + b"\0"
_ID_BYTES: Final = 16
_WAITING: Final = (
    CheckId.SESSION_SEAL,
    CheckId.SESSION_VALIDITY,
    CheckId.SESSION_DOCUMENT,
    CheckId.SESSION_SIGNATURE,
    CheckId.SESSION_REPLAY,
)
_USES: Final = {
    Use.FIRST: Reason.FIRST_USE,
    Use.SAME_AGAIN: Reason.SAME_RESPONSE_AGAIN,
    Use.USED: Reason.ALREADY_USED,
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SigningSessions:
    """Prepares documents for signers elsewhere, and finishes each session once.

    `key` seals what is prepared: who has it can make sessions. `replay` remembers which
    were finished; machines that share sessions share both. A level with a timestamp
    needs the `authority` to ask when a session is finished. Thread-safe.
    """

    key: SealKey
    replay: ReplayGuard
    authority: TimestampAuthority | None = None
    random: Random = field(default=secrets.token_bytes)

    def __post_init__(self) -> None:
        """Refuse sessions that could be finished twice.

        Raises:
            UsageError: `key` is no SealKey, or `replay` no replay guard.
        """
        if not isinstance(self.key, SealKey):
            raise UsageError("sessions are sealed with a SealKey")
        for part in ("consume", "settle"):
            if not callable(getattr(self.replay, part, None)):
                raise UsageError(f"sessions need a replay guard: no {part}")

    def __repr__(self) -> str:
        """Show nothing."""
        return "<SigningSessions>"

    def prepare(
        self, document: Document, profile: Profile, *, terms: SessionTerms, at: datetime
    ) -> SigningSession:
        """Fix what is to be signed and what the signer is shown.

        A stream is read once to its end, and never held as a whole. `at` is what the
        signature will say for its time, in whole seconds.

        Raises:
            UsageError: `at` has no zone, the profile is none or does not travel, or a
                level with a timestamp has no authority.
        """
        require_aware(at)
        signer_of(profile)
        stamped = first_profile(profile).level is not Level.B_B
        if stamped is not (self.authority is not None):
            raise UsageError(
                "a level with a timestamp, and no other, needs an authority"
            )
        identity = random_bytes(self.random, _ID_BYTES)
        body = write_body(profile, terms, document=document, identity=identity, at=at)
        sealed = seal(b"", key=self.key, context=_CONTEXT + body, random=self.random)
        octets = b64.encode_each([body, sealed])
        return read_session(dict(zip(("body", "seal"), octets, strict=True)))

    def finish(
        self,
        returned: bytes,
        signature: bytes,
        *,
        at: datetime,
        document: Document | None = None,
        beside: bytes | None = None,
    ) -> bytes:
        """Return the signed document, once all that came back is seen to be right.

        `returned` is `ToBeSigned.to_bytes`, `signature` what the key made of it: ECDSA
        as r||s or DER. `document` is the one prepared, where the format needs it, and
        `beside` somebody else's signature on it. A session is used up only by a
        signature that fits; where the authority for timestamps fails, the same one may
        come again. Levels with evidence are reached by augmenting what is returned.

        Raises:
            VerificationFailed: the session is malformed, foreign, changed, expired or
                used up, the document another one or superseded ("prepare again"), or
                the signature none on it; `report` on it says which.
            UsageError: `at` has no zone, the document is needed and not there, or
                `beside` signs another one.
            PortError: the replay guard or the authority fails.
            MalformedError, UnsupportedError: `beside` is no signature, or the document
                is none of the format.
        """
        found = self.evaluate(
            returned, signature, at=at, document=document, beside=beside
        )
        if isinstance(found, FinishedSession):
            return found.signed
        raise VerificationFailed(found.report)

    def evaluate(
        self,
        returned: bytes,
        signature: bytes,
        *,
        at: datetime,
        document: Document | None = None,
        beside: bytes | None = None,
    ) -> "FinishedSession | RefusedSession":
        """Finish a session, or say why not; see `finish`.

        Raises:
            UsageError, PortError, MalformedError, UnsupportedError: see there.
        """
        require_aware(at)
        judging = _Judging(self, at)
        try:
            task = judging.read(returned)
            judging.sealed(task.session)
            held = held_document(task.session, document)
            judging.document(task.session, document=held)
            sign = signing(task.session, task.chosen, document=held, beside=beside)
            found = judging.signature(task, sign=sign, signature=signature)
            identity = _identity(task.session)
            judging.replay(task, found.signature, identity=identity)
            made = finished(sign, task.chosen, made=found, authority=self.authority)
            if not self.replay.settle(identity):
                judging.used_meanwhile()
        except _RefusedError as refused:
            return RefusedSession(refused.report)
        return FinishedSession(judging.report(), made)


@dataclass(frozen=True, slots=True)
class FinishedSession:
    """A session that was finished just now, and what it made.

    Raises `VerificationError` when made with a report that did not pass.
    """

    report: Report
    signed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Exist only with a passed report."""
        require_passed(self.report)


@dataclass(frozen=True, slots=True)
class RefusedSession:
    """A session that was not finished: a report and nothing else."""

    report: Report


class _RefusedError(Exception):
    """What ends the judging of a session."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def _identity(session: SigningSession) -> bytes:
    """Return the digest by which a replay guard knows a session."""
    return hashlib.sha256(_CONTEXT + session.body).digest()


class _Judging:
    """Judges what came back, check by check, and raises where it may not go on."""

    def __init__(self, sessions: SigningSessions, at: datetime) -> None:
        self._sessions = sessions
        self._at = at
        self._checks = Checks(_SUBJECT)
        self._required = {CheckId.SESSION_FORMAT, *_WAITING}
        self._left = list(_WAITING)

    def read(self, returned: bytes) -> ToBeSigned:
        """Return what came back, read."""
        try:
            found = ToBeSigned.from_bytes(returned)
        except (MalformedError, UnsupportedError) as error:
            facts = {"what": error.what, "at": error.at}
            reason = fault_reason(error)
            self._checks.say(CheckId.SESSION_FORMAT, reason, facts=facts)
            self._refuse(CheckId.SESSION_FORMAT)
        self._checks.say(CheckId.SESSION_FORMAT, Reason.WELL_FORMED)
        return found

    def sealed(self, found: SigningSession) -> None:
        """Judge the session, before anything that it says is followed."""
        context = _CONTEXT + found.body
        try:
            unseal(found.seal, key=self._sessions.key, context=context, at=_SUBJECT)
        except MalformedError:
            self._say(CheckId.SESSION_SEAL, Reason.INVALID)
            self._refuse(CheckId.SESSION_SEAL)
        self._say(CheckId.SESSION_SEAL, Reason.VALID)
        self._validity(found)

    def document(self, found: SigningSession, *, document: Document | None) -> None:
        """Judge whether the document is the one that was prepared."""
        if document is None:
            # The digests under the seal are the document.
            self._left.remove(CheckId.SESSION_DOCUMENT)
            self._required.remove(CheckId.SESSION_DOCUMENT)
            return
        given = digested(document, size=found.size)
        wanted = found.digests["sha256"]
        reason = Reason.MATCHES
        if given.whole != wanted:
            grown = given.beginning == wanted
            reason = Reason.SUPERSEDED if grown else Reason.MISMATCH
        self._say(CheckId.SESSION_DOCUMENT, reason)
        if reason is not Reason.MATCHES:
            self._refuse(CheckId.SESSION_DOCUMENT)

    def _validity(self, found: SigningSession) -> None:
        check_id = CheckId.SESSION_VALIDITY
        if self._at >= found.expires:
            self._say(check_id, Reason.EXPIRED, facts={"until": found.expires})
        elif self._at < found.prepared - limits.CLOCK_SKEW:
            self._say(check_id, Reason.NOT_YET_VALID, facts={"since": found.prepared})
        else:
            self._say(check_id, Reason.CURRENT)

    def signature(self, task: ToBeSigned, *, sign: Sign, signature: bytes) -> Made:
        """Return the asked signer's signature on what was prepared."""
        check_id, chosen = CheckId.SESSION_SIGNATURE, task.chosen
        if task.session.signer not in {"", chosen.public_key.thumbprint}:
            self._say(check_id, Reason.MISMATCH)
            self._refuse(check_id)
        # Computed again: what came back with the session may be anybody's.
        message = to_sign(sign, chosen, profile=task.session.profile)
        found = _matching(task, message, signature=signature)
        if found is None:
            self._say(check_id, Reason.INVALID)
            self._refuse(check_id)
        self._say(check_id, Reason.VALID)
        if self.report().failed():
            self._refuse(CheckId.SESSION_VALIDITY)
        return Made(message, found)

    def replay(self, task: ToBeSigned, signature: bytes, *, identity: bytes) -> None:
        """Use the session up, for this signature alone."""
        response = hashlib.sha256(task.chosen.certificates[0].der + signature).digest()
        until = task.session.expires
        use = self._sessions.replay.consume(
            identity, response, until=until, at=self._at
        )
        self._say(CheckId.SESSION_REPLAY, _USES[use])
        if use is Use.USED:
            raise _RefusedError(self.report())

    def used_meanwhile(self) -> NoReturn:
        """Refuse a signature that somebody else finished at the same time."""
        checks = [each for each in self.report().checks if each.id is not _REPLAY]
        lost = check(_REPLAY, Reason.ALREADY_USED, subject=_SUBJECT)
        raise _RefusedError(self._report_of((*checks, lost)))

    def _say(
        self, check_id: CheckId, reason: Reason, *, facts: Facts | None = None
    ) -> None:
        self._left.remove(check_id)
        self._checks.say(check_id, reason, facts=facts)

    def _refuse(self, cause: CheckId) -> NoReturn:
        """Raise the verdict; what was not answered waits for the cause."""
        for each in self._left:
            self._checks.wait(each, cause)
        raise _RefusedError(self.report())

    def report(self) -> Report:
        """Return the verdict as far as it was judged."""
        return self._report_of(self._checks.made())

    def _report_of(self, checks: tuple[Check, ...]) -> Report:
        required = frozenset((each, _SUBJECT) for each in self._required)
        return Report(checks, required, self._at, _POLICY)


def _matching(task: ToBeSigned, message: bytes, *, signature: bytes) -> bytes | None:
    """Return the form of a signature that is one of the key on the message, if any."""
    key, algorithm = task.chosen.public_key, task.algorithm
    try:
        forms = signature_forms(algorithm, signature)
    except SignerError:
        return None
    for form in forms:
        if signature_matches(key, algorithm, signature=form, message=message):
            return form
    return None
