"""What was asked of a wallet, judged in the light of what would answer."""

from idwallet.consent.occasion import AuthenticatedBy
from idwallet.consent.purpose import (
    Asking,
    Earlier,
    Judgement,
    Purposes,
    judge,
)
from idwallet.credentials.query import CredentialMatch, QueryMatch
from idwallet.roles.asked import Asked, Authenticated, OriginOnly
from idwallet.roles.record import HeldCredential


def judge_match(
    asked: Asked,
    found: QueryMatch,
    *,
    credentials: tuple[HeldCredential, ...],
    purposes: Purposes | None,
    earlier: Earlier,
) -> Judgement:
    """Judge every claim of a request, by the types of the credentials that answer it.

    What nothing in the wallet answers is judged for the types that the request names.
    """
    return judge(
        Asking(
            query=asked.query,
            purpose=asked.purpose,
            registration=asked.registration,
            registered=asked.registered_ids,
            lineages={
                each.id: _lineages(each, credentials) for each in found.credentials
            },
            earlier=earlier,
            unwelcome=_unwelcome(asked, found, credentials=credentials),
            known_by=_known_by(asked),
        ),
        purposes=purposes,
    )


def _unwelcome(
    asked: Asked, found: QueryMatch, *, credentials: tuple[HeldCredential, ...]
) -> tuple[str, ...]:
    """Return the queries for which every credential is unwelcome to who asks."""
    return tuple(
        each.id
        for each in found.credentials
        if each.matches
        and not any(
            credentials[one.candidate].is_welcome(asked.party) for one in each.matches
        )
    )


def _known_by(asked: Asked) -> AuthenticatedBy:
    by = asked.by
    if isinstance(by, Authenticated):
        return by.known_by
    is_origin = isinstance(by, OriginOnly)
    return AuthenticatedBy.ORIGIN if is_origin else AuthenticatedBy.NOTHING


def _lineages(
    found: CredentialMatch, credentials: tuple[HeldCredential, ...]
) -> tuple[tuple[str, ...], ...]:
    types = {credentials[each.candidate].types for each in found.matches}
    return tuple(sorted(types))  # the order of a wallet decides nothing
