"""Credentials before and after verification; claims exist only on the latter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from idwallet.codec.frozen import FrozenObject
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.paths import ClaimPath, is_pointer, select
from idwallet.errors import UsageError, require_passed
from idwallet.report import Outcome, Report

_Kind = TypeVar("_Kind")


class Format(StrEnum):
    """A credential format by its identifier in OpenID4VP 1.0 Appendix B."""

    SD_JWT_VC = "dc+sd-jwt"
    MDOC = "mso_mdoc"
    """ISO/IEC 18013-5; its bytes stand as base64url (OpenID4VCI 1.0 A.2.4)."""


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
    signer's own certificate in hexadecimal, or None where the key was pinned.
    """

    query_id: str
    format: Format
    credential_type: str
    issuer: str
    anchor: str
    certificate: str | None
    claims: Mapping[str, JsonValue]
    valid_until: datetime | None

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
