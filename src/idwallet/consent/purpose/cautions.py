"""What a person should be warned of, from what was found."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Protocol

from idwallet.consent.occasion import AuthenticatedBy
from idwallet.consent.purpose.circumstances import OFTEN, Earlier
from idwallet.consent.purpose.findings import (
    Caution,
    CautionCode,
    ClaimJudgement,
    Place,
)
from idwallet.consent.purpose.structures import PurposeProfile
from idwallet.credentials.query import CredentialQuery

_C: Final = CautionCode
_ORDER: Final = {each: number for number, each in enumerate(CautionCode)}


class Circumstances(Protocol):
    """What cautions need to know of a request beside its claims."""

    @property
    def purpose(self) -> str | None:
        """What the request states."""
        ...

    @property
    def earlier(self) -> Earlier:
        """What the same party asked before."""
        ...

    @property
    def unwelcome(self) -> tuple[str, ...]:
        """The queries whose credential its issuer does not want shown."""
        ...

    @property
    def known_by(self) -> AuthenticatedBy | None:
        """How it is known who asks."""
        ...


def cautions_of(
    claims: Sequence[ClaimJudgement],
    *,
    asked: Sequence[CredentialQuery],
    profile: PurposeProfile | None,
    circumstances: Circumstances,
    cards: Sequence[str] = (),
) -> tuple[Caution, ...]:
    """Return the warnings, the gravest first.

    `cards` are the queries of which one would do, where several are asked for at once.
    """
    found = [
        *_of_claims(claims, profile),
        *_of_values(asked),
        *_of_cards(cards),
        *_of_the_asker(circumstances),
        *_of_the_request(circumstances, profile, claims=claims),
    ]
    return tuple(sorted(found, key=lambda each: _ORDER[each.code]))


def _of_claims(
    claims: Sequence[ClaimJudgement], profile: PurposeProfile | None
) -> Iterator[Caution]:
    rules: tuple[tuple[CautionCode, Callable[[ClaimJudgement], bool]], ...] = (
        (_C.OVER_ASKED, lambda each: each.finding.is_excessive),
        (_C.BEYOND_REGISTRATION, lambda each: each.is_registered is False),
        (_C.BIOMETRIC, lambda each: each.is_biometric),
    )
    for code, holds in rules:
        yield from _about(code, filter(holds, claims))
    kept = [each for each in claims if each.is_retained]
    retention = None if profile is None else profile.retention
    if retention is not None and retention.days == 0:
        yield from _about(_C.RETENTION_NOT_ALLOWED, kept)
    else:
        days = 0 if retention is None else retention.days
        yield from _about(_C.RETENTION, kept, count=days)


def _of_cards(cards: Sequence[str]) -> Iterator[Caution]:
    if cards:
        yield Caution(_C.SEVERAL_CARDS, tuple(Place(each, ()) for each in cards))


def _about(
    code: CautionCode, claims: Iterable[ClaimJudgement], *, count: int = 0
) -> Iterator[Caution]:
    places = tuple(each.place for each in claims)
    if places:
        yield Caution(code, places, count)


def _of_values(asked: Sequence[CredentialQuery]) -> Iterator[Caution]:
    """Warn of values that are asked for: a yes or no is what age claims are for."""
    places = tuple(
        dict.fromkeys(
            Place(each.id, claim.path)
            for each in asked
            for claim in each.claims
            if any(not isinstance(value, bool) for value in claim.values)
        )
    )
    if places:
        yield Caution(_C.GUESSES_VALUE, places)


def _of_the_asker(circumstances: Circumstances) -> Iterator[Caution]:
    if circumstances.known_by is AuthenticatedBy.NOTHING:
        yield Caution(_C.ASKER_UNKNOWN)
    elif circumstances.known_by is AuthenticatedBy.ORIGIN:
        yield Caution(_C.ASKER_BY_ORIGIN)
    unwelcome = tuple(Place(each, ()) for each in circumstances.unwelcome)
    if unwelcome:
        yield Caution(_C.DISCLOSURE_POLICY, unwelcome)
    earlier = circumstances.earlier
    if earlier.refused > 0:
        yield Caution(_C.ASKED_AGAIN, count=earlier.refused)
    if earlier.asked >= OFTEN:
        yield Caution(_C.ASKED_OFTEN, count=earlier.asked)


def _of_the_request(
    circumstances: Circumstances,
    profile: PurposeProfile | None,
    *,
    claims: Sequence[ClaimJudgement],
) -> Iterator[Caution]:
    if circumstances.purpose is None:
        yield Caution(_C.NO_PURPOSE)
    elif profile is None:
        yield Caution(_C.UNKNOWN_PURPOSE)
    if any(each.is_registered is None for each in claims):
        yield Caution(_C.NOT_REGISTERED)
