"""Reading a purpose profile, strictly: what it does not know it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from idwallet import limits
from idwallet.codec.json import read_object
from idwallet.consent.purpose.structures import (
    Basis,
    Counted,
    CredentialNeeds,
    ProfileClaim,
    ProfileOrigin,
    PurposeProfile,
    Retention,
    Source,
)
from idwallet.credentials.catalogue import CredentialType, Display, catalogue
from idwallet.credentials.cursor import Cursor
from idwallet.credentials.paths import ClaimPath, is_pointer, show_path

PURPOSE_FORMAT: Final = "idwallet-purpose/1"
"""The version of the files' shape."""

_CLAUSE: Final = PURPOSE_FORMAT
_FILE: Final = ("format", "name", "version", "display", "sources", "credentials")
_SOURCE: Final = ("title", "basis", "read", "note")
_NEEDS: Final = ("needed", "optional", "instead")
_Choice = TypeVar("_Choice", bound=StrEnum)


def read_purpose(
    data: bytes, *, at: str, origin: ProfileOrigin = ProfileOrigin.OWN
) -> PurposeProfile:
    """Read one purpose profile, a JSON document; `at` names it.

    Raises:
        MalformedError: a member is missing, unknown or of the wrong kind, a claim is
            not in the catalogue, or one claim stands under two rules.
        LimitError: it is longer, or lists more, than `limits` says.
    """
    document = read_object(data, at=at, clause=_CLAUSE, max_bytes=limits.PURPOSE_BYTES)
    file = Cursor(document, at, _CLAUSE)
    _require_only(file, _FILE, maybe=("retention", "supersedes", "together"))
    if file.member("format").text() != PURPOSE_FORMAT:
        raise file.member("format").fault("not a format read here")
    version = _number(file.member("version"), least=1)
    superseded = file.optional("supersedes")
    sources = file.member("sources").elements(limit=limits.PURPOSE_SOURCES)
    return PurposeProfile(
        name=file.member("name").identifier(),
        version=version,
        display=_display(file.member("display")),
        sources=tuple(map(_source, sources)),
        credentials=_credentials(file.member("credentials")),
        retention=_retention(file.optional("retention")),
        supersedes=None if superseded is None else _number(superseded, least=1),
        together=file.flag_of("together", absent=False),
        origin=origin,
    )


def _credentials(here: Cursor) -> tuple[CredentialNeeds, ...]:
    members = here.members()
    if not members:
        raise here.fault("empty object")
    if len(members) > limits.PURPOSE_CREDENTIALS:
        raise here.excess("too many credentials")
    return tuple(_needs(here.member(name), name) for name in members)


def _needs(here: Cursor, name: str) -> CredentialNeeds:
    _require_only(here, (), maybe=_NEEDS)
    listed = catalogue().get(name)
    if listed is None and ":" not in name and "." not in name:
        # A misspelt catalogue name must not pass as the type of a credential.
        raise here.fault("neither in the catalogue nor a type identifier")
    claims = _Claims(listed)
    found = CredentialNeeds(
        credential=name,
        types=MappingProxyType({} if listed is None else dict(listed.identifiers)),
        needed=tuple(map(claims.any_of, _elements(here.optional("needed")))),
        optional=tuple(map(claims.claim, _elements(here.optional("optional")))),
        instead=claims.instead(here.optional("instead")),
    )
    _require_one_rule(found, here)
    return found


def _elements(here: Cursor | None) -> tuple[Cursor, ...]:
    return () if here is None else here.elements(limit=limits.PURPOSE_CLAIMS)


@dataclass(frozen=True, slots=True)
class _Claims:
    """Reads claims of one type of credential; None is one the catalogue lacks."""

    listed: CredentialType | None

    def claim(self, here: Cursor) -> ProfileClaim:
        """A name of the catalogue, or the path of a claim."""
        if isinstance(here.value, list):
            path = _path(here)
            return ProfileClaim(show_path(path), MappingProxyType({}), path)
        name = here.text()
        if self.listed is None:
            raise here.fault("claims of a type that is not listed are paths")
        claim = self.listed.claims.get(name)
        if claim is None:
            raise here.fault("the catalogue's type has no such claim")
        return ProfileClaim(name, claim.places)

    def any_of(self, here: Cursor) -> tuple[ProfileClaim, ...]:
        """A claim, or several of which any one will do."""
        if not isinstance(here.value, dict):
            return (self.claim(here),)
        _require_only(here, ("any_of",))
        return tuple(map(self.claim, _elements(here.member("any_of"))))

    def instead(
        self, here: Cursor | None
    ) -> tuple[tuple[ProfileClaim, tuple[ProfileClaim, ...]], ...]:
        """Claims that tell too much, each with those that would do."""
        if here is None:
            return ()
        if len(here.members()) > limits.PURPOSE_CLAIMS:
            raise here.excess("too many claims")
        return tuple(
            (
                self.claim(Cursor(name, f"{here.at}/{name}", _CLAUSE)),
                tuple(map(self.claim, _elements(here.member(name)))),
            )
            for name in here.members()
        )


def _path(here: Cursor) -> ClaimPath:
    elements = here.elements(limit=limits.QUERY_PATH_ELEMENTS)
    found: list[str | int | None] = []
    for each in elements:
        value = each.value
        if value is not None and not isinstance(value, str | int):
            raise each.fault("no part of a path")
        found.append(value)
    path = tuple(found)
    if not is_pointer(path):
        raise here.fault("not a path")
    return path


def _require_one_rule(found: CredentialNeeds, here: Cursor) -> None:
    """Refuse a claim under two rules: which of them holds would be anybody's guess."""
    names = [each.name for each in found.wanted()]
    names += [each.name for each, _ in found.instead]
    if len(set(names)) < len(names):
        raise here.fault("a claim stands under two rules")
    wanted = {each.name for each in found.wanted()}
    if any(each.name not in wanted for _, these in found.instead for each in these):
        raise here.fault("what would do instead may not be asked for")


def _source(here: Cursor) -> Source:
    _require_only(here, _SOURCE, maybe=("dated",))
    dated = here.optional("dated")
    return Source(
        title=_display(here.member("title")),
        basis=_choice(here.member("basis"), Basis),
        dated=None if dated is None else _date(dated),
        read=_date(here.member("read")),
        note=here.member("note").text(),
    )


def _retention(here: Cursor | None) -> Retention | None:
    if here is None:
        return None
    _require_only(here, ("days", "counted", "basis"))
    return Retention(
        days=_number(here.member("days"), least=0),
        counted=_choice(here.member("counted"), Counted),
        basis=_display(here.member("basis")),
    )


def _number(here: Cursor, *, least: int) -> int:
    value = here.value
    if isinstance(value, bool) or not isinstance(value, int):
        raise here.fault("not an integer")
    if not least <= value <= limits.PURPOSE_NUMBER:
        raise here.fault("out of range")
    return value


def _date(here: Cursor) -> date:
    try:
        return date.fromisoformat(here.text())
    except ValueError:
        raise here.fault("not a date (YYYY-MM-DD)") from None


def _short(here: Cursor) -> str:
    text = here.text()
    if len(text) > limits.TEXT_CHARACTERS:
        raise here.excess("a text is too long")
    return text


def _display(here: Cursor) -> Display:
    _require_only(here, ("en", "ru"))
    return Display(en=_short(here.member("en")), ru=_short(here.member("ru")))


def _choice(here: Cursor, choices: type[_Choice]) -> _Choice:
    known: Mapping[str, _Choice] = {each.value: each for each in choices}
    found = known.get(here.text())
    if found is None:
        raise here.fault("not one of the known words")
    return found


def _require_only(
    here: Cursor, names: tuple[str, ...], *, maybe: tuple[str, ...] = ()
) -> None:
    for name in names:
        here.member(name)
    for name in here.members():
        if name not in names and name not in maybe:
            raise Cursor(None, f"{here.at}/{name}", here.clause).fault("unknown member")
