"""What every signature of one document is judged with."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from idwallet import limits
from idwallet.crypto.algorithms import Algorithm
from idwallet.documents.judging.material import Material
from idwallet.documents.judging.settled import Settled
from idwallet.documents.policy import DocumentPolicy
from idwallet.errors import LimitError
from idwallet.report import Origin
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand, OcspAtHand


class Budget:
    """How many signatures and timestamps of one document are looked at still.

    A document may hold signatures on signatures by the ten thousand, each worth a
    certificate path and a verification. `inside` is what timestamps were found to bring
    that archive timestamps cover, each read once.
    """

    __slots__ = ("_left", "inside")

    def __init__(self) -> None:
        """Begin with all of it."""
        self._left = limits.DOCUMENT_SIGNATURE_CHECKS
        self.inside: dict[bytes, Material] = {}

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
    """By whom, by what and as of when a document is judged: what the caller says.

    `settled` gathers what settled it, for who wants to keep that.
    """

    trust: TrustStore
    policy: DocumentPolicy
    at: datetime
    settled: Settled = field(default_factory=Settled, compare=False, repr=False)


class Proof(NamedTuple):
    """What is proven to have existed at a moment, each piece as its octets."""

    moment: datetime
    pieces: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Judging:
    """What a signature is judged with, whatever its format.

    `inside` is the material that came with it: its certificates build paths, and its
    evidence about revocation is at hand beside the caller's (`judging`). `proofs` are
    those of the archive timestamps that were believed, and `earlier` is the same seen
    from each of their moments, with nothing at hand but what existed then by that
    proof (EN 319 102-1 5.6.2.3); the latest comes first.
    """

    inside: Material
    trust: TrustStore
    policy: DocumentPolicy
    at: datetime
    budget: Budget = field(default_factory=Budget)
    settled: Settled = field(default_factory=Settled, compare=False, repr=False)
    proofs: tuple[Proof, ...] = ()
    earlier: tuple["Judging", ...] = ()

    def with_evidence_inside(self) -> "Judging":
        """Return the same with the CRLs and responses that came inside at hand.

        They are signed by whoever may speak, so it says nothing who brought them. What
        is at hand already goes first: where both are too many, it alone counts.
        """
        inside, own = self.inside, self.trust.evidence
        crls = len(inside.crls) + len(own.crls)
        responses = len(inside.responses) + len(own.responses)
        is_none = not inside.crls and not inside.responses
        if is_none or crls > limits.CRLS_AT_HAND or responses > limits.OCSP_AT_HAND:
            return self
        room = limits.CERTIFICATES_AT_HAND - len(own.certificates)
        most = min(room, limits.REVOCATION_CERTIFICATES)
        found = evidence_of(inside, certificates=most)
        return replace(self, trust=self.trust.with_evidence(own.plus(found)))

    def allowed(self, existed: datetime | None) -> frozenset[Algorithm]:
        """Return by what something may be signed that is proven to have existed."""
        return self.policy.algorithms_at(existed or self.at)

    def holding(self, inside: Material, *, settled: Settled) -> "Judging":
        """Return the same for something in it that brings material of its own.

        What settles that is gathered in `settled`.
        """
        own = replace(self, inside=inside, settled=settled)
        return own.with_evidence_inside()

    def proven(self, piece: bytes) -> datetime | None:
        """Return the first moment at which a piece is proven to have existed."""
        return min((e.moment for e in self.proofs if piece in e.pieces), default=None)

    def vantages(self, existed: datetime | None) -> tuple["Judging", ...]:
        """Return from where something may be judged that is proven to have existed.

        It is the moment judged, and each moment that is proven, from then on: what is
        known of a moment before it says nothing of it.
        """
        if existed is None:
            return (self,)
        return (self, *(each for each in self.earlier if each.at >= existed))

    def with_proof(
        self, moment: datetime, covered: Material, *, tokens: Iterable[bytes]
    ) -> "Judging":
        """Return the same, knowing what else existed at a moment.

        `tokens` are timestamps and whatever else is no material.
        """
        pieces = covered.pieces | frozenset(tokens)
        then = Judging(
            covered,
            alone(self.trust, covered),
            self.policy,
            moment,
            self.budget,
            self.settled,
        )
        earlier = sorted((*self.earlier, then), key=lambda each: each.at, reverse=True)
        return replace(
            self,
            proofs=(*self.proofs, Proof(moment, pieces)),
            earlier=tuple(earlier),
        )


def evidence_of(material: Material, *, certificates: int) -> EvidenceAtHand:
    """Return the evidence that came with a document, as at hand.

    Of its certificates so many are among the signers of evidence, or none of them:
    whoever floods must not choose which.
    """
    origin = Origin(taken=None, source="document")
    signers = material.certificates
    return EvidenceAtHand(
        crls=[CrlAtHand(der=each, origin=origin) for each in material.crls],
        responses=[
            OcspAtHand(der=each, nonce=None, origin=origin)
            for each in material.responses
        ],
        certificates=signers if len(signers) <= certificates else (),
    )


def alone(trust: TrustStore, material: Material) -> TrustStore:
    """Return a store that believes the same, and has that material at hand only."""
    own = trust.evidence
    few = len(material.crls) <= limits.CRLS_AT_HAND
    few = few and len(material.responses) <= limits.OCSP_AT_HAND
    found = evidence_of(
        material if few else Material(), certificates=limits.REVOCATION_CERTIFICATES
    )
    dated = EvidenceAtHand(anchors=own.anchors, renewal=own.renewal)
    return trust.with_evidence(dated.plus(found))


def judging(asked: Asked, inside: Material) -> Judging:
    """Return what the signatures of a document are judged with, the budget whole."""
    return Judging(
        inside, asked.trust, asked.policy, asked.at, settled=asked.settled
    ).with_evidence_inside()
