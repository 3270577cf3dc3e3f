"""Whether the device of a document was there, and said only what it may (9.1.3)."""

from dataclasses import dataclass, field
from typing import Final

from idwallet.codec.text import show
from idwallet.credentials.mdoc.device import mac_key
from idwallet.credentials.mdoc.diagnose import variants
from idwallet.credentials.mdoc.mso import MobileSecurityObject
from idwallet.credentials.mdoc.structures import DeviceSigned
from idwallet.credentials.mdoc.transcript import Handover, device_authentication
from idwallet.crypto.agreement import Agreement
from idwallet.envelope.cose import mac_matches, signature_reason
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.report import CheckId, Checks, Facts, Reason
from idwallet.trust.policy import Policy, PresenceRule

_AT: Final = "deviceSigned"
_BOUND: Final = (CheckId.PRESENTATION_NONCE, CheckId.PRESENTATION_AUDIENCE)


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


def judge_device(
    device: DeviceSigned,
    mso: MobileSecurityObject,
    *,
    session: Session,
    policy: Policy,
    checks: Checks,
) -> None:
    """Answer ``holder.binding``, ``holder.presence`` and what waits for them."""
    proof = _Proof(device, mso, policy=policy, key=session.reader_key)
    try:
        reason, facts = proof.judge(session)
    except (MalformedError, UnsupportedError) as error:
        reason, facts = Reason.MALFORMED, {"what": error.what, "at": error.at}
    if reason is Reason.PROVEN:
        forbidden = _forbidden(device, mso)
        if forbidden:
            reason, facts = Reason.NOT_AUTHORIZED, {"at": forbidden}
    checks.say(CheckId.HOLDER_BINDING, reason, facts=facts)
    for each in _BOUND:
        if reason is Reason.PROVEN:
            # Both are in the transcript that the device signed (OpenID4VP 1.0 B.2.6).
            checks.say(each, Reason.MATCHES)
        else:
            checks.wait(each, CheckId.HOLDER_BINDING)
    lenient = policy.presence is PresenceRule.NOT_ESTABLISHED_ACCEPTED
    checks.say(
        CheckId.HOLDER_PRESENCE,
        Reason.NOT_ESTABLISHED_ACCEPTED if lenient else Reason.NOT_ESTABLISHED,
    )


def _forbidden(device: DeviceSigned, mso: MobileSecurityObject) -> str:
    """Return the first element that the device may not sign by itself, or ""."""
    for namespace, elements in device.namespaces.items():
        for name in elements:
            if not mso.authorizations.allows(namespace, name):
                return f"{show(namespace)}/{show(name)}"
    return ""


class _Proof:
    """The proof of one device, tried for one conversation or another."""

    def __init__(
        self,
        device: DeviceSigned,
        mso: MobileSecurityObject,
        *,
        policy: Policy,
        key: Agreement | None,
    ) -> None:
        self._device = device
        self._mso = mso
        self._policy = policy
        self._key = key

    def judge(self, session: Session) -> tuple[Reason, Facts]:
        """Return what it comes to for the conversation that there is.

        Raises:
            MalformedError, UnsupportedError: it is no proof at all.
        """
        reason, facts = self._for(session.handover)
        if reason is not Reason.INVALID:
            return reason, facts
        for what, other in (
            *variants(session.handover),
            *(("session", each) for each in session.others),
        ):
            if self._for(other)[0] is Reason.PROVEN:
                return Reason.TRANSCRIPT_MISMATCH, {"what": what}
        return Reason.INVALID, {}

    def _for(self, handover: Handover) -> tuple[Reason, Facts]:
        transcript = handover.transcript()
        covered = device_authentication(
            transcript, doc_type=self._mso.doc_type, namespaces=self._device.octets
        )
        if self._device.mac is not None:
            return self._mac(covered, transcript), {}
        return self._signature(covered)

    def _mac(self, covered: bytes, transcript: bytes) -> Reason:
        mac = self._device.read_mac(covered, at=_AT)
        if self._key is None:
            # Nobody here shares a key with the device: nothing can be proven by it.
            return Reason.KEY_ABSENT
        try:
            key = mac_key(self._key, self._mso.device_key, transcript=transcript)
        except UsageError:
            return Reason.KEY_ABSENT
        return Reason.PROVEN if mac_matches(mac, key=key) else Reason.INVALID

    def _signature(self, covered: bytes) -> tuple[Reason, Facts]:
        signature = self._device.read_signature(covered, at=_AT)
        reason = signature_reason(
            signature, key=self._mso.device_key, allowed=self._policy.algorithms
        )
        if reason is Reason.ALGORITHM_NOT_ALLOWED:
            return reason, {"found": show(str(signature.header.algorithm))}
        if reason is Reason.KEY_UNUSABLE:
            return reason, {"what": "the key does not do what the header names"}
        return (Reason.PROVEN if reason is Reason.VALID else reason), {}
