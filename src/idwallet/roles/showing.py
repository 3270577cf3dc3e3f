"""One credential that would be shown, and what of it."""

from dataclasses import dataclass

from idwallet.credentials.paths import ClaimPath
from idwallet.roles.record import HeldCredential


@dataclass(frozen=True, slots=True)
class Shown:
    """One credential that will be shown, and the claims of it that will.

    `paths` are the claims that answer what was asked for: to a reader of mobile
    documents the statement about an age that is nearest to the one asked (ISO/IEC
    18013-5 7.2.5), else exactly those asked for. `reveals` is where every claim stands
    that the verifier will see, each element of an array by itself: also what the
    issuer put in one disclosure with a claim, and what it discloses always. Besides
    these only the credential's type, issuer, key, dates and status are seen, and of
    a mobile document how many elements it has.
    """

    query_id: str
    credential: HeldCredential
    paths: tuple[ClaimPath, ...]
    reveals: tuple[ClaimPath, ...]

    @property
    def more_than_asked(self) -> tuple[ClaimPath, ...]:
        """What of `reveals` nobody asked for: it cannot be kept back by itself."""
        asked = frozenset(self.paths)
        return tuple(
            place
            for place in self.reveals
            if not any(place[:size] in asked for size in range(1, len(place) + 1))
        )
