"""Reading DCQL: every structural rule of OpenID4VP 1.0 §6, with place and clause.

Members that the clauses do not name are ignored (§6). What is read here came from
outside, so every count is bounded before it is walked.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple, cast

from idwallet import limits
from idwallet.codec.b64 import decode
from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.credentials.cursor import Cursor
from idwallet.credentials.paths import ClaimPath, is_pointer_part
from idwallet.credentials.query.structures import (
    AUTHORITY_KEY,
    COMPACT,
    MDOC,
    SD_JWT_VC,
    ClaimQuery,
    ClaimValue,
    CompactMeta,
    CredentialQuery,
    CredentialSet,
    ForeignMeta,
    MdocMeta,
    Meta,
    SdJwtVcMeta,
    TrustedAuthority,
)

_VP: Final = "OpenID4VP 1.0"
_OF_AN_ELEMENT: Final = 2  # namespace and identifier (OpenID4VP 1.0 §7.2)
_NUMBERS: Final = range(
    1 - 10 ** (limits.JSON_NUMBER_CHARACTERS - 1), 10**limits.JSON_NUMBER_CHARACTERS
)
"""The integers that a reader takes back once they are written out."""


class QueryParts(NamedTuple):
    """What a DCQL query is made of."""

    credentials: tuple[CredentialQuery, ...]
    credential_sets: tuple[CredentialSet, ...]


def read_parts(value: JsonObject, *, at: str) -> QueryParts:
    """Read a DCQL query; `at` is the pointer to it.

    Raises:
        MalformedError: it breaks a rule of §6.
        LimitError: it passes one of the ``QUERY_`` bounds.
    """
    query = Cursor(value, at, f"{_VP} §6")
    place = query.member("credentials")
    credentials = tuple(
        _credential(each.under(f"{_VP} §6.1"))
        for each in place.elements(limit=limits.QUERY_CREDENTIALS)
    )
    names = [each.id for each in credentials]
    _require_distinct(names, place.under(f"{_VP} §6.1"))
    _require_few((each.claim_sets for each in credentials), place)
    _require_cheap(credentials, place)
    return QueryParts(credentials, _credential_sets(query, frozenset(names)))


def _credential(here: Cursor) -> CredentialQuery:
    form = here.member("format").text()
    claims = _claims(here)
    if form == MDOC:
        _require_elements(claims, here)
    return CredentialQuery(
        id=here.member("id").identifier(),
        format=form,
        meta=_meta(here.member("meta"), form=form),
        claims=claims,
        claim_sets=_claim_sets(here, claims),
        multiple=here.flag_of("multiple", absent=False),
        trusted_authorities=_authorities(here),
        require_cryptographic_holder_binding=here.flag_of(
            "require_cryptographic_holder_binding", absent=True
        ),
    )


def _meta(here: Cursor, *, form: str) -> Meta:
    if form == SD_JWT_VC:
        # §6.1 lets `meta` be empty in general; §B.3.5 requires this member.
        values = here.under(f"{_VP} §B.3.5").member("vct_values")
        return SdJwtVcMeta(values.texts(limit=limits.QUERY_VALUES))
    if form == MDOC:
        return MdocMeta(here.under(f"{_VP} §B.2.3").member("doctype_value").text())
    if form == COMPACT:
        values = here.under("idwallet compact 1 §9").member("type_values")
        return CompactMeta(values.texts(limit=limits.QUERY_VALUES))
    return ForeignMeta(write_json(here.members()))


def _authorities(here: Cursor) -> tuple[TrustedAuthority, ...]:
    found = here.optional("trusted_authorities")
    if found is None:
        return ()
    return tuple(
        _authority(each.under(f"{_VP} §6.1.1"))
        for each in found.elements(limit=limits.QUERY_AUTHORITIES)
    )


def _authority(here: Cursor) -> TrustedAuthority:
    kind = here.member("type").text()
    values = here.member("values")
    texts = values.texts(limit=limits.QUERY_AUTHORITIES)
    if kind == AUTHORITY_KEY:
        for index, each in enumerate(texts):
            decode(each, at=f"{values.at}/{index}", clause=f"{_VP} §6.1.1.1")
    return TrustedAuthority(kind, texts)


def _claims(here: Cursor) -> tuple[ClaimQuery, ...]:
    found = here.optional("claims")
    if found is None:
        return ()
    claims = tuple(
        _claim(each.under(f"{_VP} §6.3"))
        for each in found.elements(limit=limits.QUERY_CLAIMS)
    )
    names = (each.id for each in claims if each.id is not None)
    _require_distinct(names, found.under(f"{_VP} §6.3"))
    return claims


def _claim(here: Cursor) -> ClaimQuery:
    name = here.optional("id")
    retain = here.optional("intent_to_retain")
    return ClaimQuery(
        path=_path(here.member("path").under(f"{_VP} §7")),
        values=_values(here.optional("values")),
        id=None if name is None else name.identifier(),
        intent_to_retain=(
            None if retain is None else retain.under(f"{_VP} §B.2.4").flag()
        ),
    )


def _require_elements(claims: tuple[ClaimQuery, ...], here: Cursor) -> None:
    """Refuse pointers that name no data element.

    A namespace alone would else stand for all that is in it.
    """
    for index, each in enumerate(claims):
        if len(each.path) != _OF_AN_ELEMENT or not all(
            isinstance(part, str) for part in each.path
        ):
            place = Cursor(None, f"{here.at}/claims/{index}/path", f"{_VP} §7.2")
            raise place.fault("not a namespace and a data element")


def _path(here: Cursor) -> ClaimPath:
    return tuple(
        _path_element(each) for each in here.elements(limit=limits.QUERY_PATH_ELEMENTS)
    )


def _path_element(here: Cursor) -> str | int | None:
    value = here.value
    if not is_pointer_part(value):
        raise here.fault("not a string, null or non-negative integer")
    _require_short(value, here)
    return cast("str | int | None", value)


def _values(here: Cursor | None) -> tuple[ClaimValue, ...]:
    if here is None:
        return ()
    return tuple(_value(each) for each in here.elements(limit=limits.QUERY_VALUES))


def _value(here: Cursor) -> ClaimValue:
    value = here.value
    # JSON has one number type: 1.0 is the integer 1 (RFC 8259 §6).
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, str | int):
        raise here.fault("not a string, integer or boolean")
    _require_short(value, here)
    return value


def _require_short(value: JsonValue, here: Cursor) -> None:
    # 1e300 is short to read, and as an integer longer than any number that is read.
    if isinstance(value, int) and value not in _NUMBERS:
        raise here.excess("number is too long")


def _claim_sets(
    here: Cursor, claims: tuple[ClaimQuery, ...]
) -> tuple[tuple[str, ...], ...]:
    found = here.optional("claim_sets")
    if found is None:
        return ()
    if not claims:
        raise found.under(f"{_VP} §6.4.1").fault("claim_sets without claims")
    for index, each in enumerate(claims):
        if each.id is None:
            place = Cursor(None, f"{here.at}/claims/{index}/id", f"{_VP} §6.3")
            raise place.fault("missing although there are claim_sets")
    names = frozenset(each.id for each in claims if each.id is not None)
    return _options(found, names=names, limit=limits.QUERY_CLAIMS)


def _credential_sets(query: Cursor, names: frozenset[str]) -> tuple[CredentialSet, ...]:
    found = query.optional("credential_sets")
    if found is None:
        return ()
    sets = tuple(
        _credential_set(each.under(f"{_VP} §6.2"), names)
        for each in found.elements(limit=limits.QUERY_OPTIONS)
    )
    _require_few((each.options for each in sets), found)
    return sets


def _credential_set(here: Cursor, names: frozenset[str]) -> CredentialSet:
    options = here.member("options")
    return CredentialSet(
        options=_options(options, names=names, limit=limits.QUERY_CREDENTIALS),
        required=here.flag_of("required", absent=True),
    )


def _options(
    here: Cursor, *, names: frozenset[str], limit: int
) -> tuple[tuple[str, ...], ...]:
    """Read choices of identifiers, each of which must stand in `names`.

    §6.1 does not say that a claim set is not empty; an empty one would ask for
    nothing and so be met by anything, and is refused like an empty option (§6.2).
    """
    return tuple(
        tuple(_reference(name, names) for name in option.elements(limit=limit))
        for option in here.elements(limit=limits.QUERY_OPTIONS)
    )


def _reference(here: Cursor, names: frozenset[str]) -> str:
    name = here.text()
    if name not in names:
        raise here.fault("identifier names nothing")
    return name


def _require_distinct(names: Iterable[str], here: Cursor) -> None:
    seen: set[str] = set()
    for each in names:
        if each in seen:
            raise here.fault("identifier is used twice")
        seen.add(each)


def _require_few(choices: Iterable[tuple[tuple[str, ...], ...]], here: Cursor) -> None:
    # Each name in each option is one look while matching; the sum is the work.
    if sum(len(option) for each in choices for option in each) > (
        limits.QUERY_COMBINATIONS
    ):
        raise here.excess("too many combinations")


def _require_cheap(credentials: tuple[CredentialQuery, ...], here: Cursor) -> None:
    # From its first null on, each part of a path is applied to as many elements as
    # `limits.QUERY_PATH_MATCHES`, in every credential that is held: all else in a
    # query is one look.
    paths = (claim.path for each in credentials for claim in each.claims)
    steps = sum(len(path) - path.index(None) for path in paths if None in path)
    if steps > limits.QUERY_WILDCARD_STEPS:
        raise here.excess("too many parts of paths from a null on")
