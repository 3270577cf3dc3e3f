"""What a purpose names, and nothing else: what to ask for, and what to write down.

    query = query_for(profile, "national-id")
    fields = fields_for(profile, verified.credential("national-id"))

A form that is filled this way holds no more than its law asks: neither what a verifier
asked beyond its purpose, nor what a wallet showed beyond the question.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from idwallet.codec.json import JsonValue
from idwallet.consent.purpose.structures import (
    CredentialNeeds,
    ProfileClaim,
    PurposeProfile,
    bare,
)
from idwallet.credentials.catalogue import catalogue
from idwallet.credentials.model import VerifiedCredential
from idwallet.credentials.paths import ClaimPath, select
from idwallet.credentials.query import (
    MDOC,
    SD_JWT_VC,
    CredentialQuery,
    CredentialSet,
    Query,
)
from idwallet.errors import UsageError

_USUAL: Final = (SD_JWT_VC, MDOC)


def query_for(
    profile: PurposeProfile,
    credential: str,
    *,
    also: Sequence[str] = (),
    formats: Sequence[str] = (),
    lasts: bool = False,
) -> Query:
    """Return a query for what a purpose needs of one type of credential.

    `credential` is as the profile calls it. Of claims of which one is enough, the least
    telling is asked for that the encoding has. `also` names optional claims of the
    profile that are asked for as well. `formats` are the encodings that will do, by
    credential format identifier; without them those of the catalogue. An encoding that
    lacks one of the claims is not asked for. Of a mobile document it is said whether
    what is shown is kept (OpenID4VP 1.0 B.2.4): where the profile lets it be kept, and
    where the dealings go on after it was shown (`lasts`), as those with a guest do, to
    whom `promise_for` promises that it is kept until they end.

    Raises:
        UsageError: the profile has no such type of credential, one of `also` is not
            among its optional claims, nothing is needed and nothing named, or no
            encoding has all the claims.
    """
    needs = _needs(profile, credential)
    wanted = (*needs.needed, *((each,) for each in _optional(needs, also)))
    if not wanted:
        raise UsageError(f"the purpose needs nothing of {credential}: name claims")
    parts: list[CredentialQuery] = []
    for form in formats or _encodings(needs):
        chosen = [_first(group, form) for group in wanted]
        asked = [each for each in chosen if each is not None]
        if len(asked) == len(wanted):
            parts += _asking(
                needs, asked, form=form, retains=lasts or _retains(profile)
            )
    if not parts:
        raise UsageError(f"no encoding of {credential} has all that this purpose needs")
    return _one_of(parts)


def fields_for(
    profile: PurposeProfile, credential: VerifiedCredential
) -> Mapping[str, JsonValue]:
    """Return what of a verified credential the purpose names, in the profile's order.

    Keys are the profile's names, whichever encoding was shown; values are as that
    encoding has them. What the profile does not name is not here, though it was shown.

    Raises:
        UsageError: the profile needs no credential of that type.
    """
    form = credential.format.value
    needs = profile.needs(form, (credential.credential_type, *credential.extends))
    if needs is None:
        raise UsageError("the purpose needs no credential of that type")
    found: dict[str, JsonValue] = {}
    for each in needs.wanted():
        path = each.path(form)
        values = () if path is None else _selected(credential, path)
        if values:
            found[each.name] = values[0]
    return MappingProxyType(found)


def _one_of(parts: Sequence[CredentialQuery]) -> Query:
    if len(parts) == 1:
        return Query(tuple(parts))
    options = tuple((each.id,) for each in parts)
    return Query(tuple(parts), (CredentialSet(options=options),))


def _needs(profile: PurposeProfile, credential: str) -> CredentialNeeds:
    for each in profile.credentials:
        if each.credential == credential:
            return each
    names = ", ".join(each.credential for each in profile.credentials)
    raise UsageError(f"the purpose needs no such credential; it has: {names}")


def _optional(needs: CredentialNeeds, also: Sequence[str]) -> Iterator[ProfileClaim]:
    by_name = {each.name: each for each in needs.optional}
    for name in also:
        if name not in by_name:
            raise UsageError(
                "not an optional claim of this purpose; it has: " + ", ".join(by_name)
            )
        yield by_name[name]


def _encodings(needs: CredentialNeeds) -> tuple[str, ...]:
    return tuple(each for each in _USUAL if not needs.types or each in needs.types)


def _first(group: Sequence[ProfileClaim], form: str) -> ProfileClaim | None:
    return next((each for each in group if each.path(form) is not None), None)


def _retains(profile: PurposeProfile) -> bool:
    return profile.retention is not None and profile.retention.days > 0


def _asking(
    needs: CredentialNeeds, asked: Sequence[ProfileClaim], *, form: str, retains: bool
) -> Iterator[CredentialQuery]:
    listed = needs.credential in catalogue()
    names = [each.name if listed else each.path(form) or () for each in asked]
    made = Query.claims(needs.credential, *names, formats=[form])
    for each in made.credentials:
        if form != MDOC:
            yield each
            continue
        claims = (replace(claim, intent_to_retain=retains) for claim in each.claims)
        yield replace(each, claims=tuple(claims))


def _selected(credential: VerifiedCredential, path: ClaimPath) -> tuple[JsonValue, ...]:
    """Return what stands there; all elements of an array are one array."""
    first = path[0]
    if not isinstance(first, str) or first not in credential.claims:
        return ()
    claims: dict[str, JsonValue] = {first: credential.claims[first]}
    return tuple(value for _, value in select(claims, bare(path)))
