"""What every signature of one message is judged with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from idwallet.documents.policy import DocumentPolicy
from idwallet.envelope.cms import SignedData
from idwallet.report import Origin
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand, OcspAtHand


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

    def with_evidence_inside(self) -> "Judging":
        """Return the same with the CRLs and responses that came in the message.

        They are signed by whoever may speak, so it says nothing who brought them.
        """
        origin = Origin(taken=None, source="document")
        message = self.message
        if not message.crls and not message.responses:
            return self
        inside = EvidenceAtHand(
            crls=[CrlAtHand(der=each, origin=origin) for each in message.crls],
            responses=[
                OcspAtHand(der=each, nonce=None, origin=origin)
                for each in message.responses
            ],
        )
        own = self.trust.evidence
        return replace(self, trust=self.trust.with_evidence(own.plus(inside)))
