"""What the identifier lists at hand say of a credential."""

from functools import partial

from idwallet.errors import LimitError, MalformedError
from idwallet.trust.evidence import StatusListAtHand, content_of
from idwallet.trust.identifier_list.evaluate import evaluate_identifier_list
from idwallet.trust.identifier_list.judge import judge_identifier
from idwallet.trust.identifier_list.signers import signer_path
from idwallet.trust.identifier_list.structures import (
    IdentifierList,
    IdentifierReference,
)
from idwallet.trust.signer import SignerFound
from idwallet.trust.status_list.at_hand import (
    StatusAtHand,
    heeding_the_clock,
    heeding_the_signer,
    newest,
)
from idwallet.trust.status_list.structures import ListContext, ListRefused, unread


def identifier_at_hand(
    reference: IdentifierReference, *, issuer: SignerFound, context: ListContext
) -> StatusAtHand:
    """Say what the lists at hand in `context.trust` say of what is referred to.

    Of several the one counts that would count of status lists: see `status_at_hand`.
    `reference` is what a credential says that was verified and is trusted. Nothing is
    fetched; a list is read when it is first asked, and then remembered.
    """
    said = [
        _judged(each, reference, issuer=issuer, context=context)
        for each in context.trust.evidence.lists_of(reference.uri)
    ]
    if said:
        return newest(said)
    nothing = judge_identifier(
        None, reference=reference, issuer=issuer, context=context
    )
    return StatusAtHand(nothing)


def _judged(
    piece: StatusListAtHand,
    reference: IdentifierReference,
    *,
    issuer: SignerFound,
    context: ListContext,
) -> StatusAtHand:
    found = _read(piece, reference, context=context)
    said = judge_identifier(found, reference=reference, issuer=issuer, context=context)
    if isinstance(found, IdentifierList):
        path = partial(signer_path, found, reference=reference, context=context)
        said = heeding_the_signer(
            said, found, path=path, issuer=issuer, context=context
        )
    return StatusAtHand(heeding_the_clock(said, piece, context=context), piece)


def _read(
    piece: StatusListAtHand, reference: IdentifierReference, *, context: ListContext
) -> IdentifierList | ListRefused:
    """Return the verified list; a good one is read once in the life of the store."""
    lists = context.trust.memory.lists
    known = lists.get(piece)
    if isinstance(known, IdentifierList):
        return known
    try:
        token = content_of(piece.token)
    except (LimitError, MalformedError) as error:
        return unread(error)
    found = evaluate_identifier_list(
        token, reference, taken=piece.origin.taken, context=context
    )
    if isinstance(found, IdentifierList):
        lists.put(piece, found)
    return found
