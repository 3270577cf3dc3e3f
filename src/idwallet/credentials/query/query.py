"""The query: what a verifier asks for, in the words of DCQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.credentials.catalogue import CredentialType
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query.expand import age_query, claims_query
from idwallet.credentials.query.read import QueryParts, read_parts
from idwallet.credentials.query.structures import (
    WHOLE,
    ClaimQuery,
    CredentialQuery,
    CredentialSet,
)
from idwallet.credentials.query.write import write_parts
from idwallet.errors import LimitError, MalformedError, UsageError

AGE_TYPES: Final = ("age-proof", "national-id", "driving-licence", "photo-id")
"""The catalogue types that `Query.age_over` accepts, the least telling first."""

_CLAUSE: Final = "OpenID4VP 1.0 §6"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for: which credentials, which claims, with which choices.

    Immutable, hashable, and always a valid DCQL query: made by `from_dcql`,
    `claims`, `age_over`, or of parts. A credential query without claims asks for no
    selectively disclosable claim, only for what is always disclosed (§6.4.1).

    Raises:
        UsageError: the parts break a rule of OpenID4VP 1.0 §6.
    """

    credentials: tuple[CredentialQuery, ...]
    credential_sets: tuple[CredentialSet, ...] = ()
    _by_id: dict[str, CredentialQuery] = field(
        init=False, repr=False, compare=False, hash=False
    )
    sets: tuple[CredentialSet, ...] = field(
        init=False, repr=False, compare=False, hash=False
    )

    def __post_init__(self) -> None:
        """Refuse what §6 refuses, by reading back what was given."""
        try:
            parts = read_parts(
                write_parts(self.credentials, self.credential_sets), at=""
            )
        except MalformedError as error:
            raise UsageError(f"not a DCQL query: {error}") from error
        self._fill(parts)

    def _fill(self, parts: QueryParts) -> None:
        by_id = {each.id: each for each in parts.credentials}
        object.__setattr__(self, "credentials", parts.credentials)
        object.__setattr__(self, "credential_sets", parts.credential_sets)
        object.__setattr__(self, "_by_id", by_id)
        # Without credential_sets everything is asked for (§6.4.2): one set, one
        # option.
        whole = (CredentialSet(options=(tuple(by_id),)),)
        object.__setattr__(self, "sets", parts.credential_sets or whole)

    @classmethod
    def from_dcql(
        cls, value: Mapping[str, JsonValue] | str | bytes, *, at: str = ""
    ) -> "Query":
        """Read a DCQL query from JSON text or from its value.

        Members that the standard does not name are ignored, formats not known here
        are kept and never matched. `at` is the JSON pointer to the query when it
        stands inside another document.

        Raises:
            MalformedError: it breaks a rule of §6; the error names place and clause.
            LimitError: it passes one of the ``QUERY_`` bounds of `idwallet.limits`.
            UsageError: `value` is a mapping with something in it that is not JSON.
        """
        if isinstance(value, str | bytes):
            found = read_object(
                value, at=at or "/", clause=_CLAUSE, max_bytes=limits.QUERY_BYTES
            )
        else:
            found = dict(value)
            if len(write_json(found)) > limits.QUERY_BYTES:
                raise LimitError(
                    "query is too long", at=at or "/", clause="idwallet limits"
                )
        query = object.__new__(cls)
        query._fill(read_parts(found, at=at))
        return query

    def to_dcql(self) -> JsonObject:
        """Return the query as JSON: what `from_dcql` reads to an equal query."""
        return write_parts(self.credentials, self.credential_sets)

    @classmethod
    def claims(
        cls,
        credential_type: str | CredentialType,
        *claims: str | ClaimPath,
        credential_id: str | None = None,
        formats: Sequence[str] = (),
    ) -> "Query":
        """Ask for claims of one type of credential, in whichever encoding.

        `credential_type` is a name of the catalogue (``"national-id"``) or a type of
        your own (`read_credential_type`), whose claims are then named neutrally
        (``"birth_date"``) or by paths, or else a
        type identifier of SD-JWT VC with a colon in it (``"urn:eudi:pid:1"``),
        whose claims are named as they stand in the credential. The query's
        identifier is the catalogue name, or ``"credential"``. Without claims,
        nothing but what the credential always discloses is asked for.

        A type of the catalogue is asked for in each encoding that has all the claims,
        and any one of them will do (`credential_sets`): the query for a mobile document
        has ``-mdoc`` behind its identifier. `formats` names the encodings that will do,
        by credential format identifier; with ``["mso_mdoc"]`` a document type outside
        the catalogue can be asked for, its elements by (namespace, element).

        Raises:
            UsageError: the catalogue has no such type or claim, no encoding has all
                the claims, or a claim is named twice (§6.1).
        """
        parts = claims_query(
            credential_type, claims, credential_id=credential_id, formats=formats
        )
        return cls._any_of(parts).require_askable()

    @classmethod
    def age_over(
        cls,
        age: int,
        *,
        accept: Sequence[str | CredentialType] = AGE_TYPES,
        formats: Sequence[str] = (),
    ) -> "Query":
        """Ask whether the holder is at least `age` years old, and nothing else.

        `accept` names catalogue types, or is types of your own; each that states this
        age becomes an option in each of its encodings (or those of `formats`), in this
        order. The claim must be true: a holder who is younger cannot answer, and an
        answer that says false fails ``presentation.query``.

        Raises:
            UsageError: no accepted type states that age, or the catalogue has no
                such type; the message names the ages there are.
        """
        return cls._any_of(age_query(age, accept=tuple(accept), formats=formats))

    @classmethod
    def _any_of(cls, parts: tuple[CredentialQuery, ...]) -> "Query":
        """Return a query that one of these credentials answers (§6.4.2)."""
        if len(parts) == 1:
            return cls(credentials=parts)
        options = tuple((each.id,) for each in parts)
        return cls(parts, (CredentialSet(options=options),))

    def credential(self, credential_id: str) -> CredentialQuery | None:
        """Return the credential query of that identifier, or None."""
        return self._by_id.get(credential_id)

    def repeated_claims(self) -> tuple[tuple[str, ClaimPath], ...]:
        """Return each (credential query, path) that is asked for more than once.

        A verifier MUST NOT ask so; a wallet reads such a query, and the repetition
        asks for nothing more (§6.1).
        """
        return tuple(
            (asked.id, path)
            for asked in self.credentials
            for path in _repeated(asked.claims)
        )

    def require_askable(self) -> "Query":
        """Return the query if a verifier may send it.

        Raises:
            UsageError: it asks for the same claim twice (§6.1), or one of its
                identifiers is ``"response"``: the report of an answer says so of the
                answer as a whole.
        """
        if WHOLE in self._by_id:
            raise UsageError(f'"{WHOLE}" names the whole answer: take another id')
        if self.repeated_claims():
            raise UsageError("a claim is asked for twice (OpenID4VP 1.0 §6.1)")
        return self


def _repeated(claims: tuple[ClaimQuery, ...]) -> tuple[ClaimPath, ...]:
    paths = [each.path for each in claims]
    return tuple(dict.fromkeys(each for each in paths if paths.count(each) > 1))
