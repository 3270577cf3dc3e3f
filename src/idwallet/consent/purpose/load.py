"""The purposes that are known: those shipped, a bundle's, and an organisation's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.consent.purpose.read import read_purpose
from idwallet.consent.purpose.structures import ProfileOrigin, PurposeProfile
from idwallet.errors import LimitError, UsageError
from idwallet.trust.bundle import Bundle, PartKind

PURPOSE_PROFILE: Final = "application/idwallet-purpose+json"
"""The media type of the parts (kind ``blob``) that are purpose profiles."""

_FILES: Final = (
    "age-restricted-sale.json",
    "hotel-check-in-es.json",
    "hotel-check-in-ru.json",
    "account-opening.json",
    "student-discount.json",
    "contract-signing.json",
    "parcel-pick-up.json",
    "medical-visit.json",
)


@dataclass(frozen=True, slots=True)
class Purposes:
    """Purpose profiles by name, and those that were not taken.

    `set_aside` holds profiles whose name was there already and that may not take its
    place (`with_profiles`).
    """

    by_name: Mapping[str, PurposeProfile]
    set_aside: tuple[PurposeProfile, ...] = ()

    def find(self, stated: str | None) -> PurposeProfile | None:
        """Return the profile of the purpose that a request states, to the letter."""
        return None if stated is None else self.by_name.get(stated)

    def with_profiles(self, profiles: Iterable[PurposeProfile]) -> "Purposes":
        """Return these purposes and more.

        A profile whose name is there already takes its place only if it says so:
        ``supersedes`` is then the version there, or a later one. A profile that nobody
        meant to replace is never replaced by a name alone, and one that the library
        has changed since is not replaced by what was written for its past.

        Raises:
            UsageError: two of `profiles` have one name.
            LimitError: there are more than `limits.PURPOSES`.
        """
        found = dict(self.by_name)
        aside = list(self.set_aside)
        seen: set[str] = set()
        for each in profiles:
            if each.name in seen:
                raise UsageError("two purpose profiles have one name")
            seen.add(each.name)
            known = found.get(each.name)
            if known is None or (each.supersedes or 0) >= known.version:
                found[each.name] = each
            else:
                aside.append(each)
        if len(found) > limits.PURPOSES:
            raise LimitError("too many", at="purposes", clause="idwallet limits")
        return Purposes(MappingProxyType(found), tuple(aside))


@cache
def shipped_purposes() -> Purposes:
    """Return the purposes that come with the library.

    The files are part of the package and never change while it runs, so reading them
    here is no more input than importing a module is; it happens once.
    """
    # Late, because it costs an import of several milliseconds.
    from importlib.resources import files

    folder = files("idwallet.consent.purpose").joinpath("profiles")
    read = (
        read_purpose(
            folder.joinpath(name).read_bytes(), at=name, origin=ProfileOrigin.SHIPPED
        )
        for name in _FILES
    )
    return Purposes(MappingProxyType({each.name: each for each in read}))


def purposes_of(bundle: Bundle) -> tuple[PurposeProfile, ...]:
    """Return the purpose profiles of a bundle.

    Its operator's signature says that they came from there; what they may take the
    place of is decided by `Purposes.with_profiles`.

    Raises:
        VerificationFailed: a part is not what the operator signed for.
        LimitError, MalformedError: a profile breaks the format.
        PortError: the source cannot be read.
    """
    return tuple(
        read_purpose(bundle.read(each), at=each.name, origin=ProfileOrigin.BUNDLE)
        for each in bundle.entries(PartKind.BLOB)
        if each.media_type == PURPOSE_PROFILE
    )
