"""What an identifier list says about one credential at a moment."""

from types import MappingProxyType

from idwallet.codec.text import show
from idwallet.report import FactValue
from idwallet.trust.freshness import Freshness
from idwallet.trust.identifier_list.evaluate import UNSPOKEN, speaks
from idwallet.trust.identifier_list.signers import authority
from idwallet.trust.identifier_list.structures import (
    IdentifierList,
    IdentifierReference,
)
from idwallet.trust.signer import SignerFound
from idwallet.trust.status_list.judge import (
    VALID,
    ListJudgement,
    StatusReason,
    absent,
    usable,
)
from idwallet.trust.status_list.structures import ListContext, ListRefused


def judge_identifier(
    found: IdentifierList | ListRefused | None,
    *,
    reference: IdentifierReference,
    issuer: SignerFound,
    context: ListContext,
) -> ListJudgement:
    """Say what the list at hand means for the credential that says `reference`.

    `found` is the list of that address, None where there is none. `issuer` is who the
    credential was found to be signed by, at this moment and under this trust store. A
    list that lacks the identifier says that the credential was valid when the list was
    issued: it is believed only while it is fresh. One that is refused, for whatever
    reason, counts as absent. Nothing is fetched.
    """
    if not speaks(context):
        return absent(UNSPOKEN, uri=reference.uri)
    if isinstance(found, IdentifierList):
        right = authority(found, reference=reference, issuer=issuer, context=context)
        fresh = usable(found, uri=reference.uri, right=right, context=context)
        if isinstance(fresh, Freshness):
            return _answer(found, reference, fresh=fresh)
        found = fresh
    return absent(found, uri=reference.uri)


def _answer(
    found: IdentifierList, reference: IdentifierReference, *, fresh: Freshness
) -> ListJudgement:
    """Presence is revocation, whatever stands beside the identifier (12.3.6.4)."""
    facts: dict[str, FactValue] = {"found": show(found.uri), "signed": found.issued}
    if found.expires is not None:
        facts["until"] = found.expires
    revoked = found.lists(reference.identifier)
    reason = StatusReason.REVOKED if revoked else VALID[fresh]
    return ListJudgement(reason, found.issued, MappingProxyType(facts))
