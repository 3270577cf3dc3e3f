"""What every signature of one message is judged with."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from idwallet import limits
from idwallet.documents.policy import DocumentPolicy
from idwallet.envelope.cms import SignedData
from idwallet.errors import LimitError
from idwallet.report import Origin
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand, OcspAtHand


class Budget:
    """How many signatures and timestamps of one message are looked at still.

    A message may hold signatures on signatures by the ten thousand, each worth a
    certificate path and a verification.
    """

    __slots__ = ("_left",)

    def __init__(self) -> None:
        """Begin with all of it."""
        self._left = limits.DOCUMENT_SIGNATURE_CHECKS

    def spend(self, *, at: str) -> None:
        """Take one.

        Raises:
            LimitError: there is none left.
        """
        if self._left == 0:
            raise LimitError("too many signatures", at=at, clause="idwallet limits")
        self._left -= 1


@dataclass(frozen=True, slots=True)
class Judging:
    """A message, and what it is judged with.

    `digests` are those of the document, by the names of hashlib; empty where it is not
    at hand.
    """

    message: SignedData
    digests: Mapping[str, bytes]
    trust: TrustStore
    policy: DocumentPolicy
    at: datetime
    budget: Budget = field(default_factory=Budget)

    def with_evidence_inside(self) -> "Judging":
        """Return the same with the CRLs and responses that came in the message.

        They are signed by whoever may speak, so it says nothing who brought them. What
        is at hand already goes first: where both are too many, it alone counts.
        """
        origin = Origin(taken=None, source="document")
        message, own = self.message, self.trust.evidence
        crls = len(message.crls) + len(own.crls)
        responses = len(message.responses) + len(own.responses)
        is_none = not message.crls and not message.responses
        if is_none or crls > limits.CRLS_AT_HAND or responses > limits.OCSP_AT_HAND:
            return self
        inside = EvidenceAtHand(
            crls=[CrlAtHand(der=each, origin=origin) for each in message.crls],
            responses=[
                OcspAtHand(der=each, nonce=None, origin=origin)
                for each in message.responses
            ],
        )
        return replace(self, trust=self.trust.with_evidence(own.plus(inside)))
