"""Ask each party of a contract, and put together what they showed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from idwallet.consent.transaction import CONTRACT, Contract, read_contract
from idwallet.credentials.query import Query
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.protocols.openid4vp.response import ResponseParts, read_response
from idwallet.roles.agreement.evidence import AgreementEvidence, PartyEvidence
from idwallet.roles.presentation import verify_presentation
from idwallet.roles.verifier import PresentationRequest, Verifier
from idwallet.trust.anchors import TrustStore


@dataclass(frozen=True, slots=True)
class Agreement:
    """Asks the parties of one contract for who they are, and to agree to it.

    `query` says what identifies a party; it is agreed to with the credential that
    answers one of `credential_ids`, all of the query's by default.
    """

    contract: Contract
    verifier: Verifier
    query: Query
    credential_ids: tuple[str, ...] = field(default=())

    def ask(
        self, party: str, *, at: datetime, after: PartyEvidence | None = None
    ) -> PresentationRequest:
        """Return the request for one party, to be sent to that party's wallet.

        Where the parties agree in turn, `after` is what the one before agreed to.

        Raises:
            UsageError: no such party; `after` is missing, or is not of the one before.
            SignerError: the key could not sign.
        """
        content = self.contract.content(
            party,
            credential_ids=self.credential_ids
            or tuple(each.id for each in self.query.credentials),
            previous=self._before(party, after),
        )
        return self.verifier.request(
            self.query, purpose=self.contract.title, at=at, transactions=[content]
        )

    def _before(self, party: str, after: PartyEvidence | None) -> bytes | None:
        if after is None:
            return None
        order = self.contract.parties
        if party not in order[1:] or after.party != order[order.index(party) - 1]:
            raise UsageError("that is not what the party before agreed to")
        return after.digest()

    def take(
        self,
        response: str | bytes,
        *,
        request: PresentationRequest,
        trust: TrustStore,
        at: datetime,
    ) -> PartyEvidence:
        """Verify what a wallet answered, and keep it as evidence.

        Raises:
            VerificationFailed, VerificationIndeterminate: as `verify_presentation`.
            UsageError: the request is none of this contract.
        """
        party = self._party(request)
        verify_presentation(response, request=request, trust=trust, at=at)
        parts = read_response(response)
        if not isinstance(parts, ResponseParts):  # it would not have been verified
            raise UsageError("a wallet that declined agreed to nothing")
        return PartyEvidence(party, request.message.raw, parts.presentations)

    def _party(self, request: PresentationRequest) -> str:
        try:
            (asked,) = (e for e in request.transaction_data if e.type == CONTRACT)
            found = read_contract(asked.content)
        except (ValueError, MalformedError, UnsupportedError) as error:
            raise UsageError("the request asks nobody to agree") from error
        if found.contract != self.contract:
            raise UsageError("the request is one of another contract")
        return found.party

    def evidence(self, parties: Sequence[PartyEvidence]) -> AgreementEvidence:
        """Put together what all parties agreed to, in the order of the contract.

        Raises:
            UsageError: a party is missing, foreign, or there twice.
        """
        by_party = {each.party: each for each in parties}
        if len(by_party) != len(parties) or by_party.keys() != {*self.contract.parties}:
            raise UsageError("evidence of each party of the contract, once")
        return AgreementEvidence(tuple(by_party[p] for p in self.contract.parties))
