"""Which claims are biometric: a person is warned of them whatever the purpose is."""

from typing import Final

from idwallet.consent.purpose.structures import bare
from idwallet.credentials.catalogue import ClaimKind, Sensitivity, listed_type
from idwallet.credentials.paths import ClaimPath, covers

# ISO/IEC 18013-5 7.2.1 and 7.2.6; OpenID Connect Core 5.1 (picture); ISO/IEC 23220-2.
_NAMES: Final = frozenset(
    {"portrait", "picture", "photo", "face", "fingerprint", "iris", "facial_image"}
)
_BEGINNINGS: Final = ("biometric_", "portrait_image", "enrolment_portrait")


def is_biometric(
    form: str, lineages: tuple[tuple[str, ...], ...], *, path: ClaimPath
) -> bool:
    """Return whether a claim is, holds or stands inside a biometric one.

    `lineages` are the types of the credentials meant. The catalogue says of its types
    which claims are; of others the usual names do.
    """
    if not path:
        return False
    asked = bare(path)
    names = [each for each in asked if isinstance(each, str)]
    if names and (names[-1] in _NAMES or names[-1].startswith(_BEGINNINGS)):
        return True
    listed = (listed_type(form, each) for each in lineages)
    return any(
        covers(place, asked) or covers(asked, place)
        for each in listed
        if each is not None
        for claim in each.claims.values()
        if claim.kind is ClaimKind.IMAGE and claim.sensitivity is Sensitivity.SPECIAL
        for place in (claim.path_in(form),)
        if place is not None
    )
