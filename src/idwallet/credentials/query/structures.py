"""The parts of a DCQL query, with what matching needs computed once.

They hold what a query says and check little: `Query` is where the rules of
OpenID4VP 1.0 §6 are kept, whichever way a query is made.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from idwallet.codec.b64 import decode
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.paths import ClaimPath, is_concrete

SD_JWT_VC: Final = "dc+sd-jwt"
"""The credential format identifier of SD-JWT VC (OpenID4VP 1.0 §B.3.1)."""

MDOC: Final = "mso_mdoc"
"""The credential format identifier of ISO mdoc (OpenID4VP 1.0 §B.2)."""

COMPACT: Final = "idwallet-compact"
"""The format identifier of compact credentials (docs/reference/compact.md)."""

AUTHORITY_KEY: Final = "aki"
"""The one type of trusted authority that can be judged without a network."""

WHOLE: Final = "response"
"""The subject of the checks on an answer as a whole, beside the query identifiers."""

ClaimValue = str | int | bool


def value_key(value: JsonValue) -> tuple[str, JsonValue] | None:
    """Return what makes a claim's value equal to another, or None for no scalar.

    Type and value must match exactly (§6.3): true is not 1 and "1" is not 1. JSON
    has one number type (RFC 8259 §6), so 1 and 1.0 are the same number.
    """
    if isinstance(value, str):
        return "string", value
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, int | float):
        return "number", value
    return None


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """One claim that is asked for (§6.3).

    `values` restricts it: any one must be met. `intent_to_retain` is said only of
    mdoc claims (§B.2.4). Two are equal when they ask the same; the order of values
    has no meaning.

    `concrete` says that the path holds no null, `name` is the claim's when the path
    is no more than that, `accepted` holds what `values` comes to.
    """

    path: ClaimPath
    values: tuple[ClaimValue, ...] = field(default=(), compare=False)
    id: str | None = None
    intent_to_retain: bool | None = None
    accepted: frozenset[tuple[str, JsonValue] | None] = field(init=False, repr=False)
    concrete: bool = field(init=False, repr=False, compare=False)
    name: str | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compute what matching needs."""
        first = self.path[0] if len(self.path) == 1 else None
        name = first if isinstance(first, str) else None
        object.__setattr__(self, "name", name)
        accepted = frozenset(value_key(each) for each in self.values)
        object.__setattr__(self, "accepted", accepted)
        object.__setattr__(self, "concrete", is_concrete(self.path))

    def accepts(self, value: JsonValue) -> bool:
        """Return whether `value` is what this query wants to see."""
        # None is the key of every object, array and null; `accepted` never holds it,
        # because a query with such a value is refused when it is made.
        return not self.accepted or value_key(value) in self.accepted


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """One kind of authority whose credentials are wanted (§6.1.1).

    Only type ``aki`` can be judged offline. ``etsi_tl``, ``openid_federation`` and
    types not known here match no credential by themselves: what cannot be checked
    is not met, on either side.
    """

    type: str
    values: tuple[str, ...]

    def key_ids(self) -> frozenset[bytes]:
        """Return the authority key identifiers that match; empty for other types.

        Raises:
            MalformedError: a value of type ``aki`` is not base64url.
        """
        if self.type != AUTHORITY_KEY:
            return frozenset()
        return frozenset(
            decode(each, at=f"/values/{index}", clause="OpenID4VP 1.0 §6.1.1.1")
            for index, each in enumerate(self.values)
        )


@dataclass(frozen=True, slots=True)
class SdJwtVcMeta:
    """The types that a query for an SD-JWT VC accepts (§B.3.5)."""

    vct_values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MdocMeta:
    """The document type that a query for an mdoc accepts (§B.2.3)."""

    doctype_value: str


@dataclass(frozen=True, slots=True)
class CompactMeta:
    """The types that a query for a compact credential accepts."""

    type_values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeignMeta:
    """What a query for a format not known here says, kept as JSON text and unread."""

    json: bytes


Meta = SdJwtVcMeta | MdocMeta | CompactMeta | ForeignMeta


@dataclass(frozen=True, slots=True)
class CredentialQuery:
    """One credential that is asked for (§6.1).

    Without `claims` only what the credential always discloses is asked for, and no
    selectively disclosable claim (§6.4.1). Each of `claim_sets` is one sufficient
    choice of claims by `ClaimQuery.id`, the best liked first; without them all
    `claims` are asked for.

    `options` are the claim sets resolved, in order, and hold one option when there
    are none. `types` are the credential types that match: empty for formats that
    cannot be matched (foreign ones are read, and never met).
    """

    id: str
    format: str
    meta: Meta
    claims: tuple[ClaimQuery, ...] = ()
    claim_sets: tuple[tuple[str, ...], ...] = ()
    multiple: bool = False
    trusted_authorities: tuple[TrustedAuthority, ...] = ()
    require_cryptographic_holder_binding: bool = True
    types: frozenset[str] = field(init=False, repr=False, compare=False)
    options: tuple[tuple[ClaimQuery, ...], ...] = field(
        init=False, repr=False, compare=False
    )
    key_ids: frozenset[bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compute what matching needs."""
        types: tuple[str, ...] = ()
        if isinstance(self.meta, SdJwtVcMeta):
            types = self.meta.vct_values
        elif isinstance(self.meta, MdocMeta):
            types = (self.meta.doctype_value,)
        elif isinstance(self.meta, CompactMeta):
            types = self.meta.type_values
        object.__setattr__(self, "types", frozenset(types))
        object.__setattr__(self, "options", self._resolved())
        key_ids = (each.key_ids() for each in self.trusted_authorities)
        object.__setattr__(self, "key_ids", frozenset().union(*key_ids))

    def _resolved(self) -> tuple[tuple[ClaimQuery, ...], ...]:
        if not self.claim_sets:
            return (self.claims,)
        by_id = {each.id: each for each in self.claims}
        # An identifier that names no claim is refused by `Query`; until then the
        # claim it should name is one that nothing meets.
        return tuple(
            tuple(by_id.get(name, _UNMET) for name in option)
            for option in self.claim_sets
        )


_UNMET: Final = ClaimQuery(path=(None,))


@dataclass(frozen=True, slots=True)
class CredentialSet:
    """A use that is served by any one of `options` (§6.2).

    Each option is a choice of `CredentialQuery.id`. A set that is not `required` may
    stay unserved.
    """

    options: tuple[tuple[str, ...], ...]
    required: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """What a query is matched against: a credential as one side knows it.

    Attributes:
        format: the credential format identifier, such as ``dc+sd-jwt``.
        types: the credential's type, then the types it extends, nearest first.
        claims: the processed claims: to the holder all of them, to the verifier
            those that were disclosed.
        authority_key_ids: the authority key identifiers of the certificates that
            came with it (RFC 5280 §4.2.1.1).
        holder_bound: the holder's key is in it, so that binding can be proven.
        valid_from: the moment from which it is valid, None for always.
        valid_until: the moment at which it is valid no more, None for never.
        key_algorithms: by which its holder can sign, as COSE numbers (RFC 9053); empty
            where nobody says.
        key_refused: whoever asks accepts none of these.
        identity: a digest of what the issuer signed; two with the same are the same
            credential. Empty where nobody compares.
    """

    format: str
    types: tuple[str, ...]
    claims: JsonObject
    authority_key_ids: tuple[bytes, ...] = ()
    holder_bound: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    identity: bytes = b""
    key_algorithms: frozenset[int] = frozenset()
    key_refused: bool = False

    def __repr__(self) -> str:
        """Show format, types and number of claims only."""
        return (
            f"Candidate({self.format!r}, {self.types!r}, <{len(self.claims)} claims>)"
        )

    def is_of(self, asked: CredentialQuery) -> bool:
        """Return whether format and type are what `asked` wants."""
        return self.format == asked.format and not asked.types.isdisjoint(self.types)

    def is_certified_for(self, asked: CredentialQuery) -> bool:
        """Return whether one of the trusted authorities of `asked` matches."""
        return not asked.trusted_authorities or not asked.key_ids.isdisjoint(
            self.authority_key_ids
        )
