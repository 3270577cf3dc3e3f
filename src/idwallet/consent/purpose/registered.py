"""What a relying party is registered to ask, held against what it asks."""

from idwallet.credentials.query import ClaimQuery, CredentialQuery
from idwallet.credentials.query.structures import value_key
from idwallet.trust.relying_party import (
    RegisteredClaim,
    RegisteredCredential,
    Registration,
)


def is_registered(
    registration: Registration, asked: CredentialQuery, *, claim: ClaimQuery | None
) -> bool:
    """Return whether a claim is registered (ETSI TS 119 475 §5.2.4).

    `claim` is None for the credential itself. Every type that the query names must be
    registered, since it may be answered with any of them; what names no type is not.
    """
    found = [each for each in registration.credentials if each.format == asked.format]
    return bool(asked.types) and all(
        any(credential_type in _types(each) and _covers(each, claim) for each in found)
        for credential_type in asked.types
    )


def _types(registered: RegisteredCredential) -> frozenset[str]:
    values = registered.meta.get("vct_values")
    named = values if isinstance(values, list | tuple) else ()
    found = {each for each in named if isinstance(each, str)}
    doctype = registered.meta.get("doctype_value")
    return frozenset(found | ({doctype} if isinstance(doctype, str) else set()))


def _covers(registered: RegisteredCredential, claim: ClaimQuery | None) -> bool:
    if claim is None:
        return True
    return any(
        each.covers(claim.path) and _bounded(each, claim) for each in registered.claims
    )


def _bounded(registered: RegisteredClaim, claim: ClaimQuery) -> bool:
    """Whether no other value is asked for than those registered."""
    if not registered.values:
        return True
    allowed = {value_key(each) for each in registered.values}
    return bool(claim.values) and allowed.issuperset(claim.accepted)
