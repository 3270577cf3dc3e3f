"""From catalogue names to credential queries, one for each encoding of a type."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from idwallet.credentials.catalogue import CatalogueClaim, CredentialType, catalogue
from idwallet.credentials.paths import ClaimPath, show_path
from idwallet.credentials.query.structures import (
    COMPACT,
    MDOC,
    SD_JWT_VC,
    ClaimQuery,
    CompactMeta,
    CredentialQuery,
    MdocMeta,
    Meta,
    SdJwtVcMeta,
)
from idwallet.errors import UsageError

_UNLISTED_ID: Final = "credential"


def claims_query(
    credential_type: str | CredentialType,
    claims: Sequence[str | ClaimPath],
    *,
    credential_id: str | None,
    formats: Sequence[str],
) -> tuple[CredentialQuery, ...]:
    """Return the credential queries for claims of one type; see `Query.claims`.

    Any one of them will do: there is one for each encoding that has all the claims.

    Raises:
        UsageError: the catalogue has no such type or claim, or no encoding of it has
            all of them.
    """
    listed: CredentialType | None
    if isinstance(credential_type, CredentialType):
        listed = credential_type
    else:
        listed = catalogue().get(credential_type)
    if listed is not None:
        wanted = _formats(listed, formats)
        return tuple(
            _listed_query(listed, claims, form=form, credential_id=credential_id)
            for form in _holding(listed, claims, formats=wanted)
        )
    named = str(credential_type)
    return (
        _unlisted_query(named, claims, credential_id=credential_id, formats=formats),
    )


def _unlisted_query(
    credential_type: str,
    claims: Sequence[str | ClaimPath],
    *,
    credential_id: str | None,
    formats: Sequence[str],
) -> CredentialQuery:
    """Return the query for a type that the catalogue has not."""
    if COMPACT in formats:
        return CredentialQuery(
            id=credential_id or _UNLISTED_ID,
            format=COMPACT,
            meta=CompactMeta((credential_type,)),
            claims=tuple(_plain_claim(each) for each in claims),
        )
    if MDOC in formats:
        return _element_query(credential_type, claims, credential_id=credential_id)
    # A misspelt catalogue name must not pass as the type of a credential.
    if ":" not in credential_type:
        raise UsageError(
            "neither a type identifier (it has a colon) nor one of the catalogue: "
            + ", ".join(catalogue())
            + '; a document type of mobile documents comes with formats=["mso_mdoc"]'
        )
    return CredentialQuery(
        id=credential_id or _UNLISTED_ID,
        format=SD_JWT_VC,
        meta=SdJwtVcMeta((credential_type,)),
        claims=tuple(_plain_claim(each) for each in claims),
    )


def _element_query(
    doc_type: str, claims: Sequence[str | ClaimPath], *, credential_id: str | None
) -> CredentialQuery:
    """Return the query for elements of a document that the catalogue has not."""
    if any(isinstance(each, str) for each in claims):
        raise UsageError(
            "an element of a document type outside the catalogue is a pair: "
            "namespace and element (OpenID4VP 1.0 B.2.4)"
        )
    return CredentialQuery(
        id=credential_id or _UNLISTED_ID,
        format=MDOC,
        meta=MdocMeta(doc_type),
        claims=tuple(_plain_claim(each) for each in claims),
    )


def _formats(listed: CredentialType, formats: Sequence[str]) -> tuple[str, ...]:
    """Return the encodings of a type that are wanted; all where none is named."""
    wanted = tuple(each for each in listed.formats if not formats or each in formats)
    if COMPACT in formats:
        # Every type has it; it is asked for where somebody says so.
        wanted += (COMPACT,)
    if not wanted:
        raise UsageError(f"the catalogue has {listed.name} as {_or(listed.formats)}")
    return wanted


def _or(names: Sequence[str]) -> str:
    return " or ".join(names)


def _holding(
    listed: CredentialType,
    claims: Sequence[str | ClaimPath],
    *,
    formats: tuple[str, ...],
) -> tuple[str, ...]:
    """Return the encodings that have all of these claims.

    An encoding that lacks one is not asked for: whoever answered with it could not
    say all that was asked.
    """
    lacking = {
        form: [each for each in claims if not _has(listed, each, form=form)]
        for form in formats
    }
    holding = tuple(form for form, missing in lacking.items() if not missing)
    if not holding:
        told = "; ".join(
            f"as {form} it lacks {', '.join(map(_told, missing))}"
            for form, missing in lacking.items()
        )
        raise UsageError(f"no encoding of {listed.name} has all these claims: {told}")
    return holding


def _has(listed: CredentialType, name: str | ClaimPath, *, form: str) -> bool:
    if isinstance(name, str):
        return _listed_claim(listed, name).path_in(form) is not None
    if form == COMPACT:
        return tuple(name[:1]) in {(each,) for each in listed.claims}
    if len(listed.types) == 1:
        return True
    # A path is one of a format: of a mobile document, if it begins with a namespace.
    return (tuple(name[:1]) in _namespaces(listed)) is (form == MDOC)


def _namespaces(listed: CredentialType) -> frozenset[ClaimPath]:
    found = (each.paths.get(MDOC) for each in listed.claims.values())
    return frozenset(path[:1] for path in found if path is not None)


def _told(name: str | ClaimPath) -> str:
    return name if isinstance(name, str) else show_path(name)


def _listed_query(
    listed: CredentialType,
    claims: Sequence[str | ClaimPath],
    *,
    form: str,
    credential_id: str | None,
) -> CredentialQuery:
    asked = (
        _listed_claim(listed, each).path_in(form) if isinstance(each, str) else each
        for each in claims
    )
    return CredentialQuery(
        id=listed.query_id(form, credential_id),
        format=form,
        meta=_meta(listed, form),
        claims=tuple(_plain_claim(each) for each in asked if each is not None),
    )


def _meta(listed: CredentialType, form: str) -> Meta:
    named = listed.type_in(form) or listed.identifier
    if form == COMPACT:
        return CompactMeta((named,))
    return MdocMeta(named) if form == MDOC else SdJwtVcMeta((named,))


def _plain_claim(name: str | ClaimPath) -> ClaimQuery:
    return ClaimQuery(path=(name,) if isinstance(name, str) else tuple(name))


def _listed_claim(listed: CredentialType, name: str) -> CatalogueClaim:
    claim = listed.claims.get(name)
    if claim is None:
        # The names that it may have been meant for; of nothing like it all there are.
        near = get_close_matches(name, listed.claims) or listed.claims
        raise UsageError(
            f"the catalogue's {listed.name} has no such claim; it has: "
            + ", ".join(near)
        )
    return claim


def age_query(
    age: int, *, accept: tuple[str | CredentialType, ...], formats: Sequence[str]
) -> tuple[CredentialQuery, ...]:
    """Return a credential query per encoding and type; see `Query.age_over`.

    Raises:
        UsageError: no accepted type states that age, or one is not in the catalogue.
    """
    listed_by_name = {each.name: each for each in map(_listed, accept)}
    accepted = tuple(listed_by_name.values())
    found = tuple(
        each
        for listed in accepted
        for each in _age_credentials(listed, age, formats=formats)
    )
    if not found:
        stated = "; ".join(
            f"{each.name}: {', '.join(map(str, each.ages())) or 'none'}"
            for each in accepted
        )
        raise UsageError(f"no accepted type states this age; ages stated are {stated}")
    return found


def _listed(name: str | CredentialType) -> CredentialType:
    if isinstance(name, CredentialType):
        return name
    listed = catalogue().get(name)
    if listed is None:
        raise UsageError("not in the catalogue; it has: " + ", ".join(catalogue()))
    return listed


def _age_credentials(
    listed: CredentialType, age: int, *, formats: Sequence[str]
) -> Iterator[CredentialQuery]:
    forms = (*listed.formats, COMPACT) if COMPACT in formats else listed.formats
    for form in forms:
        for claim in listed.claims.values():
            path = claim.path_in(form)
            if claim.states_age != age or path is None:
                continue
            if formats and form not in formats:
                continue
            # The value is asked for, so that an answer which says false fails the
            # query and nobody can forget to look at it.
            yield CredentialQuery(
                id=listed.query_id(form),
                format=form,
                meta=_meta(listed, form),
                claims=(ClaimQuery(path=path, values=(True,)),),
            )
