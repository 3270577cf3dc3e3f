"""Make SD-JWT VCs (RFC 9901 sections 4 and 7; SD-JWT VC section 2)."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.credentials.paths import ClaimPath, select, show_path
from idwallet.credentials.sdjwt.metadata import (
    NO_TYPES,
    ClaimRule,
    Disclosability,
    TypeMetadataSet,
    rules_of,
)
from idwallet.credentials.sdjwt.structures import (
    DOTS,
    HASHES,
    NEVER_DISCLOSABLE,
    SD,
    SD_ALG,
)
from idwallet.errors import UsageError
from idwallet.ports import Random
from idwallet.report import StatusListNeeded

_RESERVED: Final = NEVER_DISCLOSABLE | {"iat", SD, SD_ALG, DOTS}
_FORBIDDEN: Final = frozenset({SD, SD_ALG, DOTS})
_SALTS_AT_ONCE: Final = 32
_SALT_BYTES: Final = 18  # encodes to exactly 24 characters; §9.3 asks for 16 or more


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
    number of claims does not show.
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
    status: StatusListNeeded | None = None
    type_integrity: str | None = None

    def __repr__(self) -> str:
        """Show type and number of claims only."""
        return f"SdJwtVc(vct={self.vct!r}, <{len(self.claims)} claims>)"


SaltSource = Iterator[str]
"""Fresh salts, one for each disclosure and decoy, never ending."""

JsonWriter = Callable[[JsonValue], bytes]


def random_salts(random: Random = secrets.token_bytes) -> SaltSource:
    """Make a source of salts of 144 bits (RFC 9901 section 9.3 asks for 128)."""
    while True:
        # 18 bytes are 24 characters: one call and one encoding serve many salts.
        text = b64.encode(random(_SALT_BYTES * _SALTS_AT_ONCE))
        for start in range(0, len(text), 24):
            yield text[start : start + 24]


class Concealment:
    """Turns claims into digests and disclosures, one payload at a time.

    `disclosures` are those made so far, `decoys` the number of digests of nothing.
    `hidden` decides by path; `write` serialises a disclosure before it is encoded
    (any JSON is allowed, RFC 9901 section 4.2.1). With an injected `salts` the result
    is reproducible byte for byte.
    """

    __slots__ = ("_decoys", "_digest", "_salts", "_write", "decoys", "disclosures")

    def __init__(
        self,
        *,
        salts: SaltSource,
        algorithm: str = "sha-256",
        write: JsonWriter = write_json,
        decoys: int = 0,
    ) -> None:
        """Start with no disclosures."""
        self._salts = salts
        self._digest = HASHES[algorithm]
        self._write = write
        self._decoys = decoys
        self.decoys = 0
        self.disclosures: list[str] = []

    def conceal(self, value: JsonObject, plan: "Plan") -> JsonObject:
        """Return the claims of `value` with those that `plan` hides as digests."""
        made: JsonObject = {}
        digests: list[str] = []
        for name, member in value.items():
            inner = plan.inside(name)
            kept = member if inner is None else self._inside(member, inner)
            if plan.hides(name):
                digests.append(self._disclose([next(self._salts), name, kept]))
            else:
                made[name] = kept
        if not digests:
            return made
        digests += self._decoy_digests()
        # Sorted: the order in which claims were issued must not show (§4.2.4.1).
        digests.sort()
        return {SD: [*digests], **made}

    def _inside(self, value: JsonValue, plan: "Plan") -> JsonValue:
        if isinstance(value, dict):
            return self.conceal(value, plan)
        if isinstance(value, list):
            return self._array(value, plan)
        return value

    def _array(self, value: list[JsonValue], plan: "Plan") -> list[JsonValue]:
        made: list[JsonValue] = []
        for position, item in enumerate(value):
            inner = plan.inside(position)
            kept = item if inner is None else self._inside(item, inner)
            if plan.hides(position):
                made.append({DOTS: self._disclose([next(self._salts), kept])})
            else:
                made.append(kept)
        if any(isinstance(each, dict) and DOTS in each for each in made):
            made += [{DOTS: each} for each in self._decoy_digests()]
        return made

    def _disclose(self, parts: list[JsonValue]) -> str:
        text = b64.encode(self._write(parts))
        self.disclosures.append(text)
        return b64.encode(self._digest(text.encode("ascii")).digest())

    def _decoy_digests(self) -> list[str]:
        # A digest of a fresh salt is indistinguishable from any other (§4.2.5).
        self.decoys += self._decoys
        return [
            b64.encode(self._digest(next(self._salts).encode("ascii")).digest())
            for _ in range(self._decoys)
        ]


class Plan:
    """Which claims are hidden, as a tree over names and positions.

    `hidden` are the hidden members here, with None for every array element; `below`
    are the plans further down, likewise.
    """

    __slots__ = ("_below", "_hidden")

    def __init__(
        self,
        *,
        hidden: frozenset[str | int | None] = frozenset(),
        below: Mapping[str | int | None, "Plan"] = MappingProxyType({}),
    ) -> None:
        """Take the hidden members and the plans below."""
        self._hidden = hidden
        self._below = below

    def hides(self, key: str | int) -> bool:
        """Tell whether the member is selectively disclosable."""
        if key in self._hidden:
            return True
        return None in self._hidden and not isinstance(key, str)

    def inside(self, key: str | int) -> "Plan | None":
        """Return the plan for what is inside the member, or None."""
        found = self._below.get(key)
        if found is None and not isinstance(key, str):
            found = self._below.get(None)
        return found


def plan_of(paths: frozenset[ClaimPath]) -> Plan:
    """Build the plan that hides exactly the claims at `paths`."""
    below: dict[str | int | None, set[ClaimPath]] = {}
    for path in paths:
        if len(path) > 1:
            below.setdefault(path[0], set()).add(path[1:])
    return Plan(
        hidden=frozenset(path[0] for path in paths if len(path) == 1),
        below=MappingProxyType(
            {key: plan_of(frozenset(rest)) for key, rest in below.items()}
        ),
    )


def hidden_paths(
    content: SdJwtVc, types: TypeMetadataSet = NO_TYPES
) -> frozenset[ClaimPath]:
    """Decide which claims of `content` are selectively disclosable.

    What the type's metadata demands comes first, then `content.disclosure`, then
    `content.shape`.

    Raises:
        UsageError: `content.disclosure` contradicts the type's metadata.
    """
    rules = {each.path: each for each in rules_of(content.vct, types)}
    wanted: dict[ClaimPath, Disclosability] = dict(content.disclosure)
    for path, rule in rules.items():
        if rule.disclosability is Disclosability.ALLOWED:
            continue
        if wanted.get(path, rule.disclosability) is not rule.disclosability:
            raise UsageError("disclosure contradicts the type metadata's sd")
        wanted[path] = rule.disclosability
    defaults = set(_by_shape(content.claims, content.shape))
    always = {p for p, d in wanted.items() if d is Disclosability.ALWAYS}
    never = {p for p, d in wanted.items() if d is Disclosability.NEVER}
    # What is always shown cannot stand in an object that is hidden by default.
    claims = dict(content.claims)
    shown = {path for path in never if select(claims, path)}
    defaults -= {path[:size] for path in shown for size in range(1, len(path))}
    return frozenset((defaults | always) - never)


def _by_shape(claims: Mapping[str, JsonValue], shape: Shape) -> Iterator[ClaimPath]:
    for name, value in claims.items():
        inner = isinstance(value, dict) and bool(value) and shape is not Shape.FLAT
        if not inner or shape is Shape.RECURSIVE:
            yield (name,)
        if inner and isinstance(value, dict):
            for rest in _by_shape(value, shape):
                yield (name, *rest)


def require_issuable(content: SdJwtVc, types: TypeMetadataSet = NO_TYPES) -> None:
    """Refuse content that must not become a credential.

    Raises:
        UsageError: no type; a claim that comes from elsewhere or means something to
            SD-JWT itself; nesting too deep; a claim the type demands is missing; a
            status that points nowhere.
    """
    if not content.vct:
        raise UsageError("a credential needs a vct (SD-JWT VC 2.2.2.1)")
    names = (content.vct, *content.also_known_as)
    if len(set(names)) != len(names) or not all(names):
        raise UsageError("also_known_as names further types, each once")
    status = content.status
    if status is not None and (status.index < 0 or not status.uri):
        raise UsageError("a status has an address and an index of 0 or more")
    if not 0 <= content.decoys <= limits.DECOYS:
        raise UsageError(f"decoys is 0 to {limits.DECOYS}")
    taken = sorted(_RESERVED & content.claims.keys())
    if taken:
        raise UsageError(
            f"{', '.join(taken)}: set by the issuer's arguments or by SD-JWT, "
            "not a claim (SD-JWT VC 2.2.2.2, RFC 9901 4.1)"
        )
    for path in content.disclosure:
        if path and path[0] in _RESERVED:
            raise UsageError("a claim that decides validity can never be disclosable")
    _require_clean(dict(content.claims), 0)
    _require_mandatory(content, rules_of(content.vct, types))


def _require_clean(value: JsonValue, depth: int) -> None:
    if depth > limits.SD_DEPTH // 2:
        raise UsageError(f"claims nested deeper than {limits.SD_DEPTH // 2} levels")
    if isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            raise UsageError("a claim's name is a text")
        if not _FORBIDDEN.isdisjoint(value):
            # {"...": digest} in a claim would pass for a digest (RFC 9901 4.2.4.2).
            raise UsageError("'_sd', '_sd_alg' and '...' cannot be claim names")
        for member in value.values():
            _require_clean(member, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _require_clean(item, depth + 1)


def _require_mandatory(content: SdJwtVc, rules: tuple[ClaimRule, ...]) -> None:
    for rule in rules:
        name = rule.path[0]
        if not rule.mandatory or name in _RESERVED:
            continue
        if not select(dict(content.claims), rule.path):
            raise UsageError(f"the type demands {show_path(rule.path)}")


def sd_jwt_payload(
    content: SdJwtVc,
    *,
    fixed: Mapping[str, JsonValue],
    hidden: frozenset[ClaimPath],
    salts: SaltSource,
) -> tuple[JsonObject, list[str]]:
    """Return the issuer-signed payload and the disclosures.

    `fixed` holds the claims that are never disclosable: ``exp``, ``cnf`` and so on.

    Raises:
        UsageError: more disclosures or digests than any reader takes.
    """
    work = Concealment(salts=salts, algorithm=content.hash.value, decoys=content.decoys)
    concealed = work.conceal(dict(content.claims), plan_of(hidden))
    count = len(work.disclosures)
    if count > limits.DISCLOSURES or count + work.decoys > limits.DIGESTS:
        raise UsageError(
            f"more than {limits.DISCLOSURES} disclosures or {limits.DIGESTS} digests"
        )
    payload: JsonObject = {**fixed}
    payload.update(concealed)
    if work.disclosures:
        payload[SD_ALG] = content.hash.value
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


def type_integrity(document: bytes) -> str:
    """Return the ``vct#integrity`` value of a type metadata document."""
    digest = hashlib.sha256(document).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")
