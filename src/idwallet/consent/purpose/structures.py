"""What a purpose profile says: which claims one purpose needs, by which law."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from idwallet.credentials.catalogue import Display
from idwallet.credentials.paths import ClaimPath, covers


class Basis(StrEnum):
    """What a source is: how much it binds who asks."""

    LAW = "law"
    """An act that names what must be asked."""
    GUIDANCE = "guidance"
    """An authority's word on what may be asked."""
    PRACTICE = "practice"
    """What is usual or follows from the purpose; nothing obliges to ask it."""


class ProfileOrigin(StrEnum):
    """Who brought a profile."""

    SHIPPED = "shipped"
    """It is part of this library."""
    BUNDLE = "bundle"
    """The operator of the trust bundle signed it."""
    OWN = "own"
    """The application added it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a profile takes its rules from.

    `title` names the act and its article, `dated` is the date of the act or edition,
    `read` when it was read for this profile. `note` says what was read of it, and what
    could not be.
    """

    title: Display
    basis: Basis
    dated: date | None
    read: date
    note: str


@dataclass(frozen=True, slots=True)
class ProfileClaim:
    """One claim of one type of credential.

    `name` is the catalogue's, or the path where the catalogue has no such type.
    `paths` is by credential format identifier; `anywhere` holds for every format.
    """

    name: str
    paths: Mapping[str, ClaimPath]
    anywhere: ClaimPath | None = None

    def path(self, form: str) -> ClaimPath | None:
        """Return where that format keeps the claim, None where it has none."""
        return self.paths.get(form, self.anywhere)

    def covers(self, form: str, asked: ClaimPath) -> bool:
        """Return whether what is asked for is this claim or stands inside it."""
        path = self.path(form)
        return path is not None and covers(bare(path), bare(asked))

    def is_inside(self, form: str, asked: ClaimPath) -> bool:
        """Return whether this claim stands inside what is asked for."""
        path = self.path(form)
        return path is not None and covers(bare(asked), bare(path))


def bare(path: ClaimPath) -> ClaimPath:
    """Return the path without the nulls at its end.

    All elements of an array are the array: to ask for one is to ask for the other.
    """
    end = len(path)
    while end > 1 and path[end - 1] is None:
        end -= 1
    return path[:end]


@dataclass(frozen=True, slots=True)
class CredentialNeeds:
    """What a purpose needs of one type of credential.

    `needed` holds one entry for each need: of several claims in it any one will do,
    the least telling first. What is `optional` may be asked for, and left out.
    `instead` says for a claim that tells too much which claims would do.
    """

    credential: str
    types: Mapping[str, str]
    needed: tuple[tuple[ProfileClaim, ...], ...]
    optional: tuple[ProfileClaim, ...]
    instead: tuple[tuple[ProfileClaim, tuple[ProfileClaim, ...]], ...]

    def is_of(self, form: str, credential_type: str) -> bool:
        """Return whether a type of that format is this type of credential."""
        if not self.types:  # the catalogue does not know it: its identifier is its name
            return credential_type == self.credential
        return self.types.get(form) == credential_type

    def wanted(self) -> Iterator[ProfileClaim]:
        """Yield every claim that may be asked for: the needed ones first."""
        for group in self.needed:
            yield from group
        yield from self.optional


class Counted(StrEnum):
    """From when the days count for which something may be kept."""

    PRESENTATION = "presentation"
    """From the day it was shown."""
    END = "end"
    """From the day on which the dealings end for which it was shown."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what was shown may be kept: `days`, 0 for not at all, and by what."""

    days: int
    counted: Counted
    basis: Display


@dataclass(frozen=True, slots=True)
class PurposeProfile:
    """One purpose, and what may be asked for it.

    `name` is what a request states as its purpose, `version` grows with each change.
    `supersedes` is the version of a profile of the same name that this one may take the
    place of, None where it may take no other's. `retention` is None where the profile
    does not say. Of the credentials any one is enough, unless `together` says that the
    purpose may need several at once. Texts come from whoever wrote the file: pass them
    through `idwallet.codec.text.show`.
    """

    name: str
    version: int
    display: Display
    sources: tuple[Source, ...]
    credentials: tuple[CredentialNeeds, ...]
    retention: Retention | None
    supersedes: int | None = None
    together: bool = False
    origin: ProfileOrigin = ProfileOrigin.OWN

    def needs(self, form: str, lineage: tuple[str, ...]) -> CredentialNeeds | None:
        """Return what is needed of a credential of that type, None for nothing.

        `lineage` is its type and the types that it extends, nearest first: the nearest
        that the profile knows decides.
        """
        for each in lineage:
            for found in self.credentials:
                if found.is_of(form, each):
                    return found
        return None
