"""What is found about a request: one finding for each claim, cautions for the whole."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from idwallet.consent.purpose.structures import ProfileClaim, PurposeProfile
from idwallet.credentials.paths import ClaimPath


class Finding(StrEnum):
    """What one claim is to the purpose that the request states, the best first."""

    NEEDED = "needed"
    """The purpose needs it."""
    OPTIONAL = "optional"
    """It may be asked for this purpose; nothing obliges to show it."""
    REGISTERED = "registered"
    """Who asks is registered to ask it; that the purpose needs it is not known."""
    UNKNOWN = "unknown"
    """Nothing says whether it is needed: neither a purpose nor a registration."""
    CHEAPER = "cheaper"
    """A claim that tells less would do."""
    EXCESS = "excess"
    """Neither the purpose nor the registration of who asks covers it."""

    @property
    def severity(self) -> int:
        """How far it goes beyond what is needed, from 0."""
        return _SEVERITY[self]

    @property
    def is_excessive(self) -> bool:
        """Whether it is more than what is needed."""
        return self in {Finding.CHEAPER, Finding.EXCESS}


_SEVERITY: Final = {each: number for number, each in enumerate(Finding)}


class CautionCode(StrEnum):
    """What a person should be warned of, the gravest first."""

    DISCLOSURE_POLICY = "disclosure_policy"
    """The issuer does not want this credential shown to who asks."""
    ASKER_UNKNOWN = "asker_unknown"
    """Nobody knows who asks."""
    ASKER_BY_ORIGIN = "asker_by_origin"
    """Who asks is known by the address of its page alone."""
    OVER_ASKED = "over_asked"
    """Claims are asked for that the purpose does not need."""
    SEVERAL_CARDS = "several_cards"
    """Several cards are asked for at once, and for this purpose any one would do."""
    BEYOND_REGISTRATION = "beyond_registration"
    """Claims are asked for that who asks is not registered to ask."""
    BIOMETRIC = "biometric"
    """A portrait or another biometric is asked for (EU ARF, RPA_07c)."""
    RETENTION_NOT_ALLOWED = "retention_not_allowed"
    """Who asks wants to keep what the purpose allows nobody to keep."""
    RETENTION = "retention"
    """Who asks wants to keep what is shown."""
    ASKED_AGAIN = "asked_again"
    """The same party asks again after it was refused."""
    ASKED_OFTEN = "asked_often"
    """The same party has asked many times."""
    GUESSES_VALUE = "guesses_value"
    """The request names values of a claim: to answer is to say that one is right."""
    NO_PURPOSE = "no_purpose"
    """The request states no purpose."""
    UNKNOWN_PURPOSE = "unknown_purpose"
    """The request states a purpose that no profile describes."""
    NOT_REGISTERED = "not_registered"
    """Who asks shows no registration: what it may ask is not known."""

    @property
    def is_remark(self) -> bool:
        """Whether it is good to know and no reason to beware: it holds of most."""
        return self is CautionCode.NOT_REGISTERED


@dataclass(frozen=True, slots=True)
class Place:
    """One claim of one credential query; an empty path is the credential itself."""

    credential: str
    path: ClaimPath


@dataclass(frozen=True, slots=True)
class Caution:
    """One warning: what of, where, and how often or how long.

    `places` are the claims it is about, empty where it is about the whole request.
    `count` is a number of requests, or of days; what it counts, the code says.
    """

    code: CautionCode
    places: tuple[Place, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class ClaimJudgement:
    """What is found about one claim that is asked for.

    `credential_type` is the catalogue's name of the type, or its identifier. `claim` is
    the catalogue's name of the claim, None where it has none. `instead` are the claims
    that would do. `is_registered` is None where no registration was shown.
    `is_required` says that no answer leaves it out. `is_retained` says that who asks
    means to keep it, None where it does not say.
    """

    credential: str
    path: ClaimPath
    credential_type: str
    claim: str | None
    finding: Finding
    instead: tuple[ProfileClaim, ...] = ()
    is_registered: bool | None = None
    is_required: bool = True
    is_retained: bool | None = None
    is_biometric: bool = False

    @property
    def place(self) -> Place:
        """Where it stands in the request."""
        return Place(self.credential, self.path)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is found about a whole request, before anything is shown.

    `stated` is the purpose that the request states, in its own words: pass it through
    `idwallet.codec.text.show`. `profile` is what it was judged by, None where no
    profile describes that purpose; then `claims` rest on the registration alone.
    """

    stated: str | None
    profile: PurposeProfile | None
    claims: tuple[ClaimJudgement, ...]
    cautions: tuple[Caution, ...]

    @property
    def excessive(self) -> tuple[ClaimJudgement, ...]:
        """The claims that are more than what is needed."""
        return tuple(each for each in self.claims if each.finding.is_excessive)

    def of(self, credential: str, path: ClaimPath) -> ClaimJudgement | None:
        """Return what is found about that claim of the query, or None."""
        found = (e for e in self.claims if (e.credential, e.path) == (credential, path))
        return next(found, None)

    def caution(self, code: CautionCode) -> Caution | None:
        """Return the warning of that code, or None."""
        return next((each for each in self.cautions if each.code is code), None)
