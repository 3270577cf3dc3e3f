"""From catalogue names to credential queries."""

from collections.abc import Sequence
from typing import Final

from idwallet.credentials.catalogue import CatalogueClaim, CredentialType, catalogue
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query.structures import (
    SD_JWT_VC,
    ClaimQuery,
    CredentialQuery,
    SdJwtVcMeta,
)
from idwallet.errors import UsageError

_UNLISTED_ID: Final = "credential"


def claims_query(
    credential_type: str,
    claims: Sequence[str | ClaimPath],
    *,
    credential_id: str | None,
) -> tuple[CredentialQuery, ...]:
    """Return the credential query for claims of one type; see `Query.claims`.

    Raises:
        UsageError: the catalogue has no such type or claim.
    """
    listed = catalogue().get(credential_type)
    if listed is not None:
        return (
            CredentialQuery(
                id=credential_id or listed.name,
                format=SD_JWT_VC,
                meta=SdJwtVcMeta((listed.types[SD_JWT_VC],)),
                claims=tuple(_listed_claim(listed, each) for each in claims),
            ),
        )
    # A misspelt catalogue name must not pass as the type of a credential.
    if ":" not in credential_type:
        raise UsageError(
            "neither a type identifier (it has a colon) nor one of the catalogue: "
            + ", ".join(catalogue())
        )
    return (
        CredentialQuery(
            id=credential_id or _UNLISTED_ID,
            format=SD_JWT_VC,
            meta=SdJwtVcMeta((credential_type,)),
            claims=tuple(_plain_claim(each) for each in claims),
        ),
    )


def _plain_claim(name: str | ClaimPath) -> ClaimQuery:
    return ClaimQuery(path=(name,) if isinstance(name, str) else tuple(name))


def _listed_claim(listed: CredentialType, name: str | ClaimPath) -> ClaimQuery:
    if not isinstance(name, str):
        return _plain_claim(name)
    claim = listed.claims.get(name)
    if claim is None:
        raise UsageError(
            f"the catalogue's {listed.name} has no such claim; it has: "
            + ", ".join(listed.claims)
        )
    return ClaimQuery(path=claim.paths[SD_JWT_VC])


def age_query(age: int, *, accept: tuple[str, ...]) -> tuple[CredentialQuery, ...]:
    """Return one credential query per accepted type; see `Query.age_over`.

    Raises:
        UsageError: no accepted type states that age, or one is not in the catalogue.
    """
    accepted = [_listed(name) for name in dict.fromkeys(accept)]
    found = [
        _age_credential(each, claim)
        for each in accepted
        for claim in each.claims.values()
        if claim.states_age == age
    ]
    if not found:
        stated = "; ".join(
            f"{each.name}: {', '.join(map(str, each.ages())) or 'none'}"
            for each in accepted
        )
        raise UsageError(f"no accepted type states this age; ages stated are {stated}")
    return tuple(found)


def _listed(name: str) -> CredentialType:
    listed = catalogue().get(name)
    if listed is None:
        raise UsageError("not in the catalogue; it has: " + ", ".join(catalogue()))
    return listed


def _age_credential(listed: CredentialType, claim: CatalogueClaim) -> CredentialQuery:
    # The value is asked for, so that an answer which says false fails the query and
    # nobody can forget to look at it.
    return CredentialQuery(
        id=listed.name,
        format=SD_JWT_VC,
        meta=SdJwtVcMeta((listed.types[SD_JWT_VC],)),
        claims=(ClaimQuery(path=claim.paths[SD_JWT_VC], values=(True,)),),
    )
