"""What the hotel asks of a guest, and how long it keeps it, by its purpose profile.

The profile is the library's (docs/howto/write-a-purpose-profile.md). Nothing in this
folder names a claim that is asked for beside it: `ALSO` can name only what it allows.
"""

from typing import Final

from idwallet import Query
from idwallet.consent import PurposeProfile, query_for, shipped_purposes

CARD: Final = "national-id"
ALSO: Final = (
    *("birth_place", "resident_country", "resident_address"),
    *("issuing_country", "issuing_authority", "issuance_date"),
)
"""What a registration card has beside what every purpose profile of a hotel needs."""

PROFILE: Final[PurposeProfile] = shipped_purposes().by_name["hotel-check-in-ru"]


def asked_by_code(profile: PurposeProfile = PROFILE) -> Query:
    """Return what is asked of a phone that answers with a QR code."""
    return query_for(profile, CARD, also=ALSO, formats=["idwallet-compact"])


def asked_in_person(profile: PurposeProfile = PROFILE) -> Query:
    """Return what is asked in a session of ISO/IEC 18013-5."""
    # The card is kept until the guest departs, and who is asked is told so.
    return query_for(profile, CARD, also=ALSO, formats=["mso_mdoc"], lasts=True)
