"""What a counter asks for, and what for: no more than its purpose needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from idwallet import Policy, Query, policies


@dataclass(frozen=True)
class Occasion:
    """One thing that happens at a counter."""

    purpose: str
    query: Query
    policy: Policy


OCCASIONS: Final[Mapping[str, Occasion]] = {
    "till": Occasion("age-restricted-sale", Query.age_over(18), policies.RETAIL),
    "parcel": Occasion(
        "parcel-pick-up",
        Query.claims("national-id", "family_name", "given_name", formats=["dc+sd-jwt"]),
        policies.RETAIL,
    ),
    "hotel": Occasion(
        "hotel-check-in-ru",
        Query.claims(
            "national-id",
            *("family_name", "given_name", "birth_date", "nationality"),
            "document_number",
            formats=["dc+sd-jwt"],
        ),
        policies.HOTEL,
    ),
}
