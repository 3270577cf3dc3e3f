"""Credentials before and after verification; claims exist only on the latter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from idwallet.codec.frozen import FrozenObject
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.moment import require_aware
from idwallet.credentials.age import AgeSource, age_over
from idwallet.credentials.catalogue import listed_type
from idwallet.credentials.paths import ClaimPath, is_pointer, select
from idwallet.crypto.keys import PublicKey
from idwallet.errors import UsageError, require_passed
from idwallet.report import Outcome, Report

_Kind = TypeVar("_Kind")


class Format(StrEnum):
    """A credential format by its identifier in OpenID4VP 1.0 Appendix B."""

    SD_JWT_VC = "dc+sd-jwt"
    MDOC = "mso_mdoc"
    """ISO/IEC 18013-5; its bytes stand as base64url (OpenID4VCI 1.0 A.2.4)."""
    COMPACT = "idwallet-compact"
    """Small enough for a QR code (docs/reference/compact.md); base64url as well."""


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """A credential as issued: its format and its bytes, not verified."""

    format: Format
    raw: str

    def __repr__(self) -> str:
        """Show format and size only: the rest is personal data."""
        return f"Credential({self.format.value}, <{len(self.raw)} characters>)"


@dataclass(frozen=True, slots=True, repr=False)
class VerifiedCredential:
    """One credential of a presentation that passed.

    `claims` holds what was asked for and what the issuer always discloses; what was
    shown beyond that is named in the report and not here. Those of a mobile document
    are by namespace and element, octets as base64url, days and moments as text. Lists
    and objects in it are copies, made when they are looked up. `query_id` says which
    credential query it answers. `issuer` is the name by which the issuer is trusted,
    which need not be unique: two anchors may certify the same subject. `anchor` is the
    name of the trust anchor it is trusted under, `certificate` the SHA-256 of the
    signer's own certificate in hexadecimal, or None where the key was pinned. `extends`
    are the types that its type extends, nearest first, where type metadata said so.
    `disclosed` is where everything stood that was seen, also what is not handed on:
    each claim that holds no other, each element of an array by itself. `shown_by` is
    the key that it was shown with, as a public JWK or a key, None where it was shown
    without one: ask `holder`. `acted_for` is by what the report names whom it is about,
    where somebody else showed it, as a parent for a child; None where its holder did.
    """

    query_id: str
    format: Format
    credential_type: str
    issuer: str
    anchor: str
    certificate: str | None
    claims: Mapping[str, JsonValue]
    valid_until: datetime | None
    extends: tuple[str, ...] = ()
    disclosed: tuple[ClaimPath, ...] = ()
    shown_by: JsonObject | PublicKey | None = field(default=None, compare=False)
    acted_for: str | None = None

    @property
    def holder(self) -> str | None:
        """The thumbprint of the key that it was shown with (RFC 7638), None without.

        Whoever keeps it recognises the person: it is for binding what is issued next to
        the same key, in the same session.
        """
        key = self.shown_by
        if isinstance(key, dict):
            key = PublicKey.from_jwk(key, at="cnf.jwk")
        return None if key is None else key.thumbprint

    def __repr__(self) -> str:
        """Show type and issuer only."""
        about = f"{self.query_id!r}, {self.credential_type!r}, {self.issuer!r}"
        return f"VerifiedCredential({about})"

    def claim(self, path: str | ClaimPath, kind: type[_Kind]) -> _Kind:
        """Return the one claim at `path`, which must be of `kind`.

        `path` is a claim's name, or a claims path pointer (OpenID4VP 1.0 section 7).

        Raises:
            UsageError: no such claim, several (a path with None), another kind, or
                `path` is no pointer.
        """
        return _only(self._found(path), kind)

    def claim_named(self, name: str, kind: type[_Kind]) -> _Kind:
        """Return the one claim that the catalogue calls `name`, in whichever encoding.

        ``birth_date`` of a national identity card stands at ``birthdate`` in an SD-JWT
        VC and in a namespace of a mobile document. The value is as the encoding has it:
        a portrait is an address with the picture in it, or its octets as base64url.

        Raises:
            UsageError: the catalogue does not know the type, or no such claim of it, or
                `claim` raises it.
        """
        return _only(self._named(name), kind)

    def age_over(self, age: int, *, at: datetime) -> bool | None:
        """Say whether whom this credential is about is at least `age` years old.

        As `VerifiedPresentation.age_over` does of all that was shown together: ask each
        credential where they may be about several people.

        Raises:
            UsageError: `age` is no whole number from 1 to 149, or `at` has no zone.
        """
        require_aware(at)
        return age_over(age, [self._tells()], at=at)

    def _named(self, name: str) -> tuple[JsonValue, ...]:
        listed = listed_type(self.format.value, self._types())
        claim = None if listed is None else listed.claims.get(name)
        path = None if claim is None else claim.path_in(self.format.value)
        return () if path is None else self._found(path)

    def _types(self) -> tuple[str, ...]:
        return (self.credential_type, *self.extends)

    def _tells(self) -> AgeSource:
        return AgeSource(self.format.value, self._types(), dict(self.claims))

    def _found(self, path: str | ClaimPath) -> tuple[JsonValue, ...]:
        wanted = (path,) if isinstance(path, str) else tuple(path)
        if not is_pointer(wanted):
            # To Python -1 is the last element and True the second one.
            raise UsageError("a path has names, indexes and None (OpenID4VP 1.0 7)")
        first = wanted[0] if wanted else None
        if not isinstance(first, str) or first not in self.claims:
            return ()
        # One member is enough, and looking up the others would copy them.
        claims: JsonObject = {first: self.claims[first]}
        return tuple(value for _, value in select(claims, wanted))


@dataclass(frozen=True, slots=True, repr=False)
class VerifiedPresentation:
    """A presentation all of whose checks passed; nothing else can make one.

    Raises `VerificationError` when made with a report that did not pass.
    """

    report: Report
    credentials: tuple[VerifiedCredential, ...]

    def __post_init__(self) -> None:
        """Exist only with a passed report."""
        require_passed(self.report)

    def __repr__(self) -> str:
        """Show the number of credentials only."""
        return f"VerifiedPresentation(<{len(self.credentials)} credentials>)"

    def credential(self, query_id: str) -> VerifiedCredential:
        """Return the one credential that answers the query of that id.

        Raises:
            UsageError: none answers it, or several do (``multiple``).
        """
        found = [each for each in self.credentials if each.query_id == query_id]
        if len(found) != 1:
            raise UsageError(f"{len(found)} credentials answer that query, not one")
        return found[0]

    def age_over(self, age: int) -> bool | None:
        """Say whether the holder is at least `age` years old, by whatever was shown.

        What counts is what was asked for and shown: statements about this or another
        age (ISO/IEC 18013-5 7.2.5: who is over 21 is over 18, who is not over 16 is not
        over 18), the age in years, the year or the day of birth, in the types of the
        catalogue (``idwallet types`` lists them), in either encoding.

        All that was shown is taken to be about one person, the holder: where it may be
        about several, ask each credential. Where a parent showed a child's beside their
        own, it is None: nobody is made older by somebody else's card.

        True only where something proves it and nothing says otherwise. False where
        something says no. None where nothing tells, as where nothing was asked for, or
        what was shown contradicts itself: **None is no yes**, so compare with ``is
        True``. The day of birth is counted to the day of the verification's `at`, in
        the zone that `at` has; who was born on 29 February is a year older on 1 March.
        Everything else is the issuer's word of the day of issue: somebody's birthday
        may have come since, so a False may be out of date, and a True may not.

        Raises:
            UsageError: `age` is no whole number from 1 to 149.
        """
        if len({each.acted_for for each in self.credentials}) > 1:
            return None
        sources = (each._tells() for each in self.credentials)  # noqa: SLF001 - own type
        return age_over(age, sources, at=self.report.at)

    def claim_named(self, name: str, kind: type[_Kind]) -> _Kind:
        """Return the one claim that the catalogue calls `name`, whoever holds it.

        Raises:
            UsageError: no credential holds it, or more than one value is found; see
                `VerifiedCredential.claim_named`.
        """
        found = [v for each in self.credentials for v in each._named(name)]  # noqa: SLF001 - own type
        return _only(tuple(found), kind)

    def claim(self, path: str | ClaimPath, kind: type[_Kind]) -> _Kind:
        """Return the one claim at `path` in whichever credential holds it.

        Raises:
            UsageError: no credential holds it, or more than one value is found: ask
                the credential (`credential(query_id).claim(...)`) instead.
        """
        found = [v for each in self.credentials for v in each._found(path)]  # noqa: SLF001 - own type
        return _only(tuple(found), kind)


def _only(found: tuple[JsonValue, ...], kind: type[_Kind]) -> _Kind:
    if len(found) != 1:
        raise UsageError(f"{len(found)} claims at that path, not one")
    value = found[0]
    # bool is an int to Python; to a verifier "age: true" is no number.
    if type(value) is not kind:
        raise UsageError(f"the claim is no {kind.__name__}")
    return value


@dataclass(frozen=True, slots=True)
class Unverified:
    """A presentation or credential that did not pass: a report and nothing else."""

    report: Report

    def __post_init__(self) -> None:
        """Refuse a report that passed: it belongs to a verified type."""
        if self.report.outcome is Outcome.PASSED:
            raise UsageError("a passed report belongs to a verified result")


def frozen_claims(claims: JsonObject) -> Mapping[str, JsonValue]:
    """Return claims as nobody can change them; they must be held by nobody else."""
    return FrozenObject(claims)
