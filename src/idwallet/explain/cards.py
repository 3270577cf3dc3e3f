"""A card of a wallet in words: what it is, whose word it is, and how it stands."""

from dataclasses import dataclass, field
from datetime import datetime

from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.sdjwt.present import leaf_places
from idwallet.explain.choices import type_name
from idwallet.explain.claims import (
    ExplainedClaim,
    explained_claims,
    wallet_words,
    write_day,
)
from idwallet.explain.names import party_name
from idwallet.explain.words import Language
from idwallet.roles.batches import BatchStanding
from idwallet.roles.record import HeldCredential


@dataclass(frozen=True, slots=True)
class ExplainedCard:
    """A card, safe to show to its holder.

    `is_valid` is False before its time and after it. `copies` says what showing it lets
    others know by the card itself.
    """

    title: str
    issuer: str
    validity: str
    is_valid: bool
    copies: str
    claims: tuple[ExplainedClaim, ...] = field(repr=False)


def explain_card(
    card: HeldCredential,
    *,
    at: datetime,
    batch: BatchStanding | None = None,
    lang: Language = "en",
) -> ExplainedCard:
    """Say what a card is; `batch` is what `Holder.batch` says of it.

    Raises:
        UsageError: there is no such language.
    """
    validity, is_valid = _validity(card, at=at, lang=lang)
    return ExplainedCard(
        title=type_name(card.credential_type, lang=lang),
        issuer=wallet_words(lang)["issued_by"].format(issuer=party_name(card.issuer)),
        validity=validity,
        is_valid=is_valid,
        copies=_copies(batch, lang),
        claims=explained_claims(card.positioned, seen=_telling(card), lang=lang),
    )


def _telling(card: HeldCredential) -> tuple[ClaimPath, ...]:
    """Return where its claims stand: key, dates and status are the card's own."""
    return card.opened().choose(leaf_places(card.positioned)).reveals


def _validity(
    card: HeldCredential, *, at: datetime, lang: Language
) -> tuple[str, bool]:
    words, since, until = wallet_words(lang), card.valid_from, card.valid_until
    if since is not None and at < since:
        return words["not_yet_valid"].format(since=write_day(since, lang=lang)), False
    if until is None:
        return words["valid_for_ever"], True
    name = "expired" if at >= until else "valid_until"
    told = words["expired"] if name == "expired" else words["valid_until"]
    return told.format(until=write_day(until, lang=lang)), name != "expired"


def _copies(batch: BatchStanding | None, lang: Language) -> str:
    words = wallet_words(lang)
    if batch is None:
        return words["single"]
    told = words["copies"][batch.policy.method.value]
    return told.format(unused=batch.unused, copies=batch.copies)
