"""What every signature of one document is judged with."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from idwallet import limits
from idwallet.documents.judging.material import Material
from idwallet.documents.policy import DocumentPolicy
from idwallet.errors import LimitError
from idwallet.report import Origin
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand, OcspAtHand


class Budget:
    """How many signatures and timestamps of one document are looked at still.

    A document may hold signatures on signatures by the ten thousand, each worth a
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
class Asked:
    """By whom, by what and as of when a document is judged: what the caller says."""

    trust: TrustStore
    policy: DocumentPolicy
    at: datetime


@dataclass(frozen=True, slots=True)
class Judging:
    """What a signature is judged with, whatever its format.

    `inside` is the material that came with it: its certificates build paths, and its
    evidence about revocation is at hand beside the caller's (`judging`).
    """

    inside: Material
    trust: TrustStore
    policy: DocumentPolicy
    at: datetime
    budget: Budget = field(default_factory=Budget)

    def with_evidence_inside(self) -> "Judging":
        """Return the same with the CRLs and responses that came inside at hand.

        They are signed by whoever may speak, so it says nothing who brought them. What
        is at hand already goes first: where both are too many, it alone counts.
        """
        origin = Origin(taken=None, source="document")
        inside, own = self.inside, self.trust.evidence
        crls = len(inside.crls) + len(own.crls)
        responses = len(inside.responses) + len(own.responses)
        is_none = not inside.crls and not inside.responses
        if is_none or crls > limits.CRLS_AT_HAND or responses > limits.OCSP_AT_HAND:
            return self
        found = EvidenceAtHand(
            crls=[CrlAtHand(der=each, origin=origin) for each in inside.crls],
            responses=[
                OcspAtHand(der=each, nonce=None, origin=origin)
                for each in inside.responses
            ],
        )
        return replace(self, trust=self.trust.with_evidence(own.plus(found)))


def judging(asked: Asked, inside: Material) -> Judging:
    """Return what the signatures of a document are judged with, the budget whole."""
    return Judging(inside, asked.trust, asked.policy, asked.at).with_evidence_inside()
