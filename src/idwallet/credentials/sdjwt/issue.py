"""Make SD-JWT VCs (RFC 9901 sections 4 and 7; SD-JWT VC section 2)."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue, are_scalars
from idwallet.credentials.paths import (
    ClaimPath,
    Selection,
    is_pointer,
    look_up,
    select,
    show_path,
)
from idwallet.credentials.sdjwt.conceal import Concealment, Plan, SaltSource, plan_of
from idwallet.credentials.sdjwt.metadata import (
    NO_TYPES,
    ClaimRule,
    Disclosability,
    TypeMetadataSet,
    breaks,
    rules_of,
)
from idwallet.credentials.sdjwt.structures import (
    DOTS,
    NEVER_DISCLOSABLE,
    SD,
    SD_ALG,
    Serialisation,
)
from idwallet.errors import LimitError, UsageError
from idwallet.report import StatusListNeeded

if TYPE_CHECKING:  # whoever issues without a status need not load lists
    from idwallet.trust.status_list import StatusReference

_RESERVED: Final = NEVER_DISCLOSABLE | {"iat", SD, SD_ALG, DOTS}
_FORBIDDEN: Final = frozenset({SD, SD_ALG, DOTS})


class Shape(StrEnum):
    """How claims inside an object become selectively disclosable.

    RECURSIVE hides the object and each claim in it, so that not even its existence
    shows; STRUCTURED leaves the object in clear and hides each claim in it; FLAT
    hides the object as one (RFC 9901 sections 4.2.6 and 6).
    """

    RECURSIVE = "recursive"
    STRUCTURED = "structured"
    FLAT = "flat"


class Hash(StrEnum):
    """The digest algorithm of ``_sd_alg`` (RFC 9901 section 4.1.1)."""

    SHA_256 = "sha-256"
    SHA_384 = "sha-384"
    SHA_512 = "sha-512"


@dataclass(frozen=True, slots=True, repr=False)
class SdJwtVc:
    """The content of an SD-JWT VC to issue.

    Every claim is selectively disclosable, objects as `shape` says, unless
    `disclosure` names its path NEVER: always shown, and so is the object around it,
    unless that is named ALWAYS. ALWAYS hides what `shape` would not, such as the
    elements of an array by a path that ends in None. Claims that a verifier needs to
    judge validity are never disclosable and are not given here: they come from the
    arguments of `Issuer.issue`.

    `issuer_name` becomes ``iss``; without it the issuer is the certificate's subject.
    `also_known_as` are further types that the credential is of (``aka_vcts``, SD-JWT
    VC 2.2.2.2). `decoys` adds so many digests of nothing at each level, so that the
    number of claims does not show. `status` is where the credential's status will
    stand, as `StatusIssuer.allocate` gives it out. `serialisation` says how all is
    written down.
    """

    vct: str
    claims: Mapping[str, JsonValue]
    disclosure: Mapping[ClaimPath, Disclosability] = field(
        default_factory=lambda: MappingProxyType({})
    )
    shape: Shape = Shape.RECURSIVE
    decoys: int = 0
    hash: Hash = Hash.SHA_256
    also_known_as: tuple[str, ...] = ()
    issuer_name: str | None = None
    status: "StatusReference | StatusListNeeded | None" = None
    type_integrity: str | None = None
    serialisation: Serialisation = Serialisation.COMPACT

    def __repr__(self) -> str:
        """Show type and number of claims only."""
        return f"SdJwtVc(vct={self.vct!r}, <{len(self.claims)} claims>)"


def hidden_paths(
    content: SdJwtVc, types: TypeMetadataSet = NO_TYPES
) -> frozenset[ClaimPath]:
    """Decide which claims of `content` are selectively disclosable.

    What the type's metadata demands comes first, then `content.disclosure`, then
    `content.shape`.

    Raises:
        UsageError: the rules of `content.disclosure` and of the type's metadata
            contradict each other for a claim that is there.
    """
    rules = {each.path: each for each in rules_of(content.vct, types)}
    wanted: dict[ClaimPath, Disclosability] = dict(content.disclosure)
    for path, rule in rules.items():
        if rule.disclosability is Disclosability.ALLOWED:
            continue
        if wanted.get(path, rule.disclosability) is not rule.disclosability:
            raise UsageError("disclosure contradicts the type metadata's sd")
        wanted[path] = rule.disclosability
    defaults = set(_by_shape(_outline(content.claims), content.shape))
    always = {p for p, d in wanted.items() if d is Disclosability.ALWAYS}
    never = {p for p, d in wanted.items() if d is Disclosability.NEVER}
    # What is always shown cannot stand in an object that is hidden by default.
    claims = dict(content.claims)
    shown = {path for path in never if any(_places(claims, path))}
    defaults -= {path[:size] for path in shown for size in range(1, len(path))}
    hidden = frozenset((defaults | always) - never)
    _require_kept(wanted, claims=claims, hidden=hidden)
    return hidden


def _require_kept(
    wanted: Mapping[ClaimPath, Disclosability],
    *,
    claims: JsonObject,
    hidden: frozenset[ClaimPath],
) -> None:
    """Refuse what a verifier would: two rules may meet at one claim (SD-JWT VC 5.6).

    ``["list", null]`` and ``["list", 0]`` are two paths to the same element.
    """
    disclosed = {place for path in hidden for place in _places(claims, path)}
    for path, rule in wanted.items():
        places = _places(claims, path)
        if any(breaks(rule, place, disclosed=disclosed) for place in places):
            raise UsageError(f"rules contradict each other at {show_path(path)}")


def _places(
    value: JsonValue, path: ClaimPath, *, at: ClaimPath = ()
) -> Iterator[ClaimPath]:
    """Yield where a rule is kept: wherever its path fits, as `Plan` has it."""
    if not path:
        yield at
        return
    part, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(part, str) and part in value:
        yield from _places(value[part], rest, at=(*at, part))
    elif isinstance(value, list) and not isinstance(part, str):
        for number, each in enumerate(value):
            if part in (None, number):
                yield from _places(each, rest, at=(*at, number))


def plan_for(content: SdJwtVc, types: TypeMetadataSet = NO_TYPES) -> Plan:
    """Return the plan that hides the `hidden_paths` of `content`.

    Raises:
        UsageError: see `hidden_paths`.
    """
    if content.disclosure or content.vct in types.by_vct:
        return plan_of(hidden_paths(content, types))
    return _plan_by_shape(_outline(content.claims), content.shape)


class _Outline(NamedTuple):
    """The names of an object's members, and the outlines of objects among them."""

    names: tuple[str, ...]
    inner: tuple[tuple[str, "_Outline"], ...]


def _outline(claims: Mapping[str, JsonValue]) -> _Outline:
    names = tuple(claims)
    if are_scalars(claims.values()):
        return _Outline(names, ())
    return _Outline(
        names,
        tuple(
            (name, _outline(value))
            for name, value in claims.items()
            if isinstance(value, dict) and value
        ),
    )


def _by_shape(outline: _Outline, shape: Shape) -> Iterator[ClaimPath]:
    inner = {} if shape is Shape.FLAT else dict(outline.inner)
    for name in outline.names:
        if name not in inner or shape is Shape.RECURSIVE:
            yield (name,)
        if name in inner:
            for rest in _by_shape(inner[name], shape):
                yield (name, *rest)


# Credentials of one type have one outline, and what is hidden follows from that alone.
@lru_cache(maxsize=limits.PLAN_CACHE_ENTRIES)
def _plan_by_shape(outline: _Outline, shape: Shape) -> Plan:
    return plan_of(frozenset(_by_shape(outline, shape)))


def require_issuable(content: SdJwtVc, types: TypeMetadataSet = NO_TYPES) -> None:
    """Refuse content that must not become a credential.

    Raises:
        UsageError: no type; a claim that comes from elsewhere or means something to
            SD-JWT itself; nesting too deep; a claim the type demands is missing; a
            status that points nowhere; a path in `disclosure` that selects no claim
            and that the type does not know; more array elements than any reader takes
            of a claim that the type demands.
    """
    if not content.vct:
        raise UsageError("a credential needs a vct (SD-JWT VC 2.2.2.1)")
    further = content.also_known_as
    if further and (len({content.vct, *further}) <= len(further) or not all(further)):
        raise UsageError("also_known_as names further types, each once")
    status = content.status
    if status is not None and (status.index < 0 or not status.uri):
        raise UsageError("a status has an address and an index of 0 or more")
    if not 0 <= content.decoys <= limits.DECOYS:
        raise UsageError(f"decoys is 0 to {limits.DECOYS}")
    if not _RESERVED.isdisjoint(content.claims):
        taken = sorted(_RESERVED & content.claims.keys())
        raise UsageError(
            f"{', '.join(taken)}: set by the issuer's arguments or by SD-JWT, "
            "not a claim (SD-JWT VC 2.2.2.2, RFC 9901 4.1)"
        )
    _require_clean(dict(content.claims), 0)
    rules = rules_of(content.vct, types)
    _require_known_paths(content, rules)
    _require_mandatory(content, rules)


def _require_clean(value: JsonValue, depth: int) -> None:
    if depth > limits.SD_DEPTH // 2:
        raise UsageError(f"claims nested deeper than {limits.SD_DEPTH // 2} levels")
    if isinstance(value, dict):
        try:
            "".join(value)  # the quickest way to ask whether all are texts
        except TypeError:
            raise UsageError("a claim's name is a text") from None
        if not _FORBIDDEN.isdisjoint(value):
            # {"...": digest} in a claim would pass for a digest (RFC 9901 4.2.4.2).
            raise UsageError("'_sd', '_sd_alg' and '...' cannot be claim names")
        _require_clean_members(value.values(), depth + 1)
    elif isinstance(value, list):
        _require_clean_members(value, depth + 1)


def _require_clean_members(members: Iterable[JsonValue], depth: int) -> None:
    if depth <= limits.SD_DEPTH // 2 and are_scalars(members):
        return
    for each in members:
        _require_clean(each, depth)


def _require_mandatory(content: SdJwtVc, rules: tuple[ClaimRule, ...]) -> None:
    for rule in rules:
        if rule.path[0] in _RESERVED:
            continue  # `require_fixed` judges these
        # A verifier looks up each rule's claims, also of those that may be missing.
        if not _selected(dict(content.claims), rule.path) and rule.mandatory:
            raise UsageError(f"the type demands {show_path(rule.path)}")


def _selected(claims: JsonObject, path: ClaimPath) -> Selection:
    try:
        return select(claims, path)
    except LimitError:
        where = show_path(path)
        raise UsageError(f"more elements than any reader takes: {where}") from None


def _require_known_paths(content: SdJwtVc, rules: tuple[ClaimRule, ...]) -> None:
    """Refuse a path in `disclosure` that decides about nothing.

    Misspelt, it would leave hidden or shown what should be the other.
    """
    known = {each.path for each in rules}
    for path in content.disclosure:
        if not is_pointer(path):
            raise UsageError("a path has names, indexes and None (OpenID4VP 1.0 7)")
        if path[0] in _RESERVED:
            raise UsageError("a claim that decides validity can never be disclosable")
        if path not in known and not _is_stated(dict(content.claims), path):
            raise UsageError(f"disclosure names no claim there: {show_path(path)}")


def _is_stated(claims: JsonObject, path: ClaimPath) -> bool:
    """Tell whether a claim stands at `path`, or an array without elements yet."""
    if any(_places(claims, path)):
        return True
    arrays = (path[:size] for size, part in enumerate(path) if part is None)
    places = (place for each in arrays for place in _places(claims, each))
    return any(look_up(claims, each) == [] for each in places)


def sd_jwt_payload(
    content: SdJwtVc,
    *,
    fixed: Mapping[str, JsonValue],
    plan: Plan,
    salts: SaltSource,
) -> tuple[JsonObject, list[str]]:
    """Return the issuer-signed payload and the disclosures.

    `fixed` holds the claims that are never disclosable: ``exp``, ``cnf`` and so on.

    Raises:
        UsageError: more disclosures or digests than any reader takes.
    """
    algorithm = content.hash.value
    work = Concealment(salts=salts, algorithm=algorithm, decoys=content.decoys)
    concealed = work.conceal(dict(content.claims), plan)
    count = len(work.disclosures)
    if count > limits.DISCLOSURES or count + work.decoys > limits.DIGESTS:
        raise UsageError(
            f"more than {limits.DISCLOSURES} disclosures or {limits.DIGESTS} digests"
        )
    payload: JsonObject = {**fixed}
    payload.update(concealed)
    if work.disclosures:
        payload[SD_ALG] = algorithm
    return payload, work.disclosures


def fixed_claims(
    content: SdJwtVc,
    *,
    holder_jwk: JsonObject | None,
    valid_from: datetime | None,
    valid_until: datetime,
    at: datetime,
) -> JsonObject:
    """Return the claims that decide validity, in whole seconds UTC."""
    fixed: JsonObject = {"vct": content.vct}
    if content.also_known_as:
        fixed["aka_vcts"] = list(content.also_known_as)
    if content.issuer_name is not None:
        fixed["iss"] = content.issuer_name
    fixed["iat"] = int(at.timestamp())
    if valid_from is not None:
        fixed["nbf"] = int(valid_from.timestamp())
    fixed["exp"] = int(valid_until.timestamp())
    if holder_jwk is not None:
        fixed["cnf"] = {"jwk": holder_jwk}
    if content.type_integrity is not None:
        fixed["vct#integrity"] = content.type_integrity
    if content.status is not None:
        status: JsonObject = {"idx": content.status.index, "uri": content.status.uri}
        fixed["status"] = {"status_list": status}
    return fixed


def require_fixed(
    content: SdJwtVc, *, fixed: JsonObject, types: TypeMetadataSet = NO_TYPES
) -> None:
    """Hold the claims of `fixed_claims` to the rules of the type.

    Raises:
        UsageError: the type demands one that is missing, or that one is hidden.
    """
    for rule in rules_of(content.vct, types):
        if rule.path[0] not in _RESERVED:
            continue
        there = bool(select(fixed, rule.path))
        if rule.mandatory and not there:
            raise UsageError(f"the type demands {show_path(rule.path)}")
        if there and rule.disclosability is Disclosability.ALWAYS:
            raise UsageError(
                f"the type hides {show_path(rule.path)}, which is never disclosable"
            )


def type_integrity(document: bytes) -> str:
    """Return the ``vct#integrity`` value of a type metadata document."""
    digest = hashlib.sha256(document).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")
