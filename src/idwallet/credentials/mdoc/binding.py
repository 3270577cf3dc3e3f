"""Whether the device of a document was there, and said only what it may (9.1.3)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from idwallet.codec.text import show
from idwallet.credentials.mdoc.device import mac_key
from idwallet.credentials.mdoc.diagnose import variants
from idwallet.credentials.mdoc.mso import MobileSecurityObject
from idwallet.credentials.mdoc.structures import DeviceSigned
from idwallet.credentials.mdoc.transcript import Handover, device_authentication
from idwallet.crypto.agreement import Agreement
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.cose import (
    CoseMac0,
    CoseSign1,
    mac_matches,
    signature_reason,
)
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.report import CheckId, Checks, Facts, Reason
from idwallet.report.verdict import Answer
from idwallet.trust.policy import Policy, PresenceRule

_AT: Final = "deviceSigned"
_BOUND: Final = (CheckId.PRESENTATION_NONCE, CheckId.PRESENTATION_AUDIENCE)
# Ready made: Python 3.11 takes as long to look up a member of an Enum as to call a
# function.
_VALID: Final = Reason.VALID
_PROVEN: Final = Reason.PROVEN
_INVALID: Final = Reason.INVALID
_ALL_BOUND: Final[tuple[Answer, ...]] = (
    (CheckId.HOLDER_BINDING, Reason.PROVEN, ()),
    *((each, Reason.MATCHES, ()) for each in _BOUND),
)
_NOT_ESTABLISHED: Final = PresenceRule.NOT_ESTABLISHED_ACCEPTED
_UNKNOWN: Final[Answer] = (CheckId.HOLDER_PRESENCE, Reason.NOT_ESTABLISHED, ())
_UNKNOWN_ACCEPTED: Final[Answer] = (
    CheckId.HOLDER_PRESENCE,
    Reason.NOT_ESTABLISHED_ACCEPTED,
    (),
)


@dataclass(frozen=True, slots=True)
class Session:
    """The conversation in which a document is shown.

    `reader_key` is the reader's own key of the session, without which a MAC cannot be
    judged. `others` are conversations that the same reader has open: a proof that is
    good for one of them is told as such, and never passes for this one.
    """

    handover: Handover
    reader_key: Agreement | None = field(default=None, repr=False)
    others: tuple[Handover, ...] = ()


class DeviceJudgement:
    """Whether one device proved itself in one conversation.

    Taken apart first and judged later: then the verifications of a document follow on
    one another, and what an elliptic curve needs is still at hand for the second.
    """

    __slots__ = ("_device", "_fault", "_judge", "_mso", "_policy", "_session")

    def __init__(
        self,
        device: DeviceSigned,
        mso: MobileSecurityObject,
        *,
        session: Session,
        policy: Policy,
    ) -> None:
        """Take the proof apart over what it has to cover in this conversation."""
        self._device = device
        self._mso = mso
        self._session = session
        self._policy = policy
        self._judge: _Judge | None = None
        self._fault: Facts = {}
        try:
            self._judge = self._for(session.handover)
        except (MalformedError, UnsupportedError) as error:
            self._fault = _facts_of(error)

    def conclude(self, checks: Checks) -> None:
        """Answer ``holder.binding``, ``holder.presence`` and what waits for them."""
        lenient = self._policy.presence is _NOT_ESTABLISHED
        presence = _UNKNOWN_ACCEPTED if lenient else _UNKNOWN
        reason, facts = self._proof()
        if reason is _PROVEN:
            device = self._device
            forbidden = _forbidden(device, self._mso) if device.namespaces else ""
            if not forbidden:
                # Both are in the transcript that the device signed (OpenID4VP 1.0
                # B.2.6).
                checks.answers += (*_ALL_BOUND, presence)
                return
            reason, facts = Reason.NOT_AUTHORIZED, {"at": forbidden}
        checks.say(CheckId.HOLDER_BINDING, reason, facts=facts)
        for each in _BOUND:
            checks.wait(each, CheckId.HOLDER_BINDING)
        checks.answers.append(presence)

    def _proof(self) -> tuple[Reason, Facts]:
        if self._judge is None:
            return Reason.MALFORMED, self._fault
        reason, facts = self._judge()
        return (reason, facts) if reason is not _INVALID else self._diagnosis()

    def _diagnosis(self) -> tuple[Reason, Facts]:
        """Say for which other conversation it would have been good, if for any."""
        for what, other in (
            *variants(self._session.handover),
            *(("session", each) for each in self._session.others),
        ):
            if self._for(other)()[0] is _PROVEN:
                return Reason.TRANSCRIPT_MISMATCH, {"what": what}
        return _INVALID, {}

    def _for(self, handover: Handover) -> "_Judge":
        """Return what judges the proof for one conversation or another.

        Raises:
            MalformedError, UnsupportedError: it is no proof at all.
        """
        transcript = handover.transcript()
        covered = device_authentication(
            transcript, doc_type=self._mso.doc_type, namespaces=self._device.octets
        )
        key = self._mso.device_key
        # Nothing that this object holds may hold it: what keeps itself alive stays, the
        # device's key with it, until somebody collects garbage.
        if self._device.mac is not None:
            mac = self._device.read_mac(covered, at=_AT)
            own = self._session.reader_key
            return partial(_judge_mac, mac, key, own=own, transcript=transcript)
        signature = self._device.read_signature(covered, at=_AT)
        return partial(_judge_signature, signature, key, policy=self._policy)


def _judge_mac(
    mac: CoseMac0, device_key: PublicKey, *, own: Agreement | None, transcript: bytes
) -> tuple[Reason, Facts]:
    if own is None:
        # Nobody here shares a key with the device: nothing can be proven by it.
        return Reason.KEY_ABSENT, {}
    try:
        shared = mac_key(own, device_key, transcript=transcript)
    except UsageError:
        return Reason.KEY_ABSENT, {}
    return (_PROVEN if mac_matches(mac, key=shared) else _INVALID), {}


def _judge_signature(
    signature: CoseSign1, device_key: PublicKey, *, policy: Policy
) -> tuple[Reason, Facts]:
    reason = signature_reason(signature, key=device_key, allowed=policy.algorithms)
    if reason is _VALID:
        return _PROVEN, {}
    if reason is Reason.ALGORITHM_NOT_ALLOWED:
        return reason, {"found": show(str(signature.header.algorithm))}
    if reason is Reason.KEY_UNUSABLE:
        return reason, {"what": "the key does not do what the header names"}
    return reason, {}


_Judge = Callable[[], tuple[Reason, Facts]]


def _facts_of(error: MalformedError | UnsupportedError) -> Facts:
    return {"what": error.what, "at": error.at}


def _forbidden(device: DeviceSigned, mso: MobileSecurityObject) -> str:
    """Return the first element that the device may not sign by itself, or ""."""
    for namespace, elements in device.namespaces.items():
        for name in elements:
            if not mso.authorizations.allows(namespace, name):
                return f"{show(namespace)}/{show(name)}"
    return ""
