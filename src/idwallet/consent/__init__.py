"""What a person agrees to: what is asked, what is shown, and what follows from it.

Every name loads on first use.
"""

import importlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from idwallet.consent.linking import (
        Link,
        Linkability,
        LinkKind,
        LinkWeight,
        linkability,
    )
    from idwallet.consent.purpose import (
        PURPOSE_PROFILE,
        Asking,
        Basis,
        Caution,
        CautionCode,
        ClaimJudgement,
        CredentialNeeds,
        Earlier,
        Finding,
        Judgement,
        Place,
        ProfileClaim,
        ProfileOrigin,
        PurposeProfile,
        Purposes,
        Retention,
        Source,
        judge,
        purposes_of,
        read_purpose,
        shipped_purposes,
    )

__all__ = [
    "PURPOSE_PROFILE",
    "Asking",
    "Basis",
    "Caution",
    "CautionCode",
    "ClaimJudgement",
    "CredentialNeeds",
    "Earlier",
    "Finding",
    "Judgement",
    "Link",
    "LinkKind",
    "LinkWeight",
    "Linkability",
    "Place",
    "ProfileClaim",
    "ProfileOrigin",
    "PurposeProfile",
    "Purposes",
    "Retention",
    "Source",
    "judge",
    "linkability",
    "purposes_of",
    "read_purpose",
    "shipped_purposes",
]

_HOMES: Final = MappingProxyType(
    {
        "PURPOSE_PROFILE": "idwallet.consent.purpose",
        "Asking": "idwallet.consent.purpose",
        "Basis": "idwallet.consent.purpose",
        "Caution": "idwallet.consent.purpose",
        "CautionCode": "idwallet.consent.purpose",
        "ClaimJudgement": "idwallet.consent.purpose",
        "CredentialNeeds": "idwallet.consent.purpose",
        "Earlier": "idwallet.consent.purpose",
        "Finding": "idwallet.consent.purpose",
        "Judgement": "idwallet.consent.purpose",
        "Link": "idwallet.consent.linking",
        "LinkKind": "idwallet.consent.linking",
        "LinkWeight": "idwallet.consent.linking",
        "Linkability": "idwallet.consent.linking",
        "Place": "idwallet.consent.purpose",
        "ProfileClaim": "idwallet.consent.purpose",
        "ProfileOrigin": "idwallet.consent.purpose",
        "PurposeProfile": "idwallet.consent.purpose",
        "Purposes": "idwallet.consent.purpose",
        "Retention": "idwallet.consent.purpose",
        "Source": "idwallet.consent.purpose",
        "judge": "idwallet.consent.purpose",
        "linkability": "idwallet.consent.linking",
        "purposes_of": "idwallet.consent.purpose",
        "read_purpose": "idwallet.consent.purpose",
        "shipped_purposes": "idwallet.consent.purpose",
    }
)


if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error

    def __getattr__(name: str) -> object:
        home = _HOMES.get(name)
        if home is None:
            message = f"module 'idwallet.consent' has no attribute {name!r}"
            raise AttributeError(message)
        return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
