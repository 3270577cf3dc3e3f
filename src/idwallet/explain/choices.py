"""What a person would show to whom, in words, before anything is signed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from idwallet.codec.text import show
from idwallet.consent.linking.visits import VisitLink
from idwallet.consent.occasion import AuthenticatedBy
from idwallet.consent.purpose import ClaimJudgement, Judgement
from idwallet.credentials.catalogue import catalogue
from idwallet.credentials.paths import ClaimPath, covers
from idwallet.explain.claims import ExplainedClaim, explained_claims, wallet_words
from idwallet.explain.consent import ExplainedJudgement, explain_judgement
from idwallet.explain.linking import explain_links
from idwallet.explain.names import party_name
from idwallet.explain.transactions import ExplainedTransaction, explain_transaction
from idwallet.explain.words import Language
from idwallet.roles.asked import Asked, Authenticated, Choice, OriginOnly
from idwallet.roles.showing import Shown


@dataclass(frozen=True, slots=True)
class ExplainedAsker:
    """Who asks, in words safe to show.

    `known_by` says how it is known, `registered` what a registrar has of it, one line
    for each purpose.
    """

    name: str
    known_by: str
    registered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedShown:
    """What would be seen of one card.

    `claims` answer what was asked; `along` cannot be kept apart from them; `always` is
    visible whenever this card is shown, and nobody asked for it.
    """

    query_id: str
    title: str
    issuer: str
    claims: tuple[ExplainedClaim, ...] = field(repr=False)
    along: tuple[ExplainedClaim, ...] = field(repr=False)
    always: tuple[ExplainedClaim, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExplainedChoice:
    """A consent screen: what a person agrees to by showing this.

    In this order it should be read: who asks; `warnings`, the gravest first; `links`,
    by which earlier visits it would be known (a heading first); `transactions`, what
    is agreed to beside showing; `purpose`, why, and what that was judged by; the
    `cards`; `besides`, what comes with every card; `retention`.
    """

    asker: ExplainedAsker
    warnings: tuple[str, ...]
    links: tuple[str, ...]
    transactions: tuple[ExplainedTransaction, ...]
    purpose: tuple[str, ...]
    cards: tuple[ExplainedShown, ...]
    besides: str
    retention: str


def explain_choice(
    choice: Choice, *, lang: Language = "en", links: Sequence[VisitLink] = ()
) -> ExplainedChoice:
    """Say what a choice would show, to whom, and what to beware of.

    `links` is what `Holder.linked` found for it. Values of claims are in it: it is for
    the eyes of the person alone.

    Raises:
        UsageError: there is no such language.
    """
    told = _told(choice.judgement, lang)
    return ExplainedChoice(
        asker=explain_asker(choice.asked, lang=lang),
        warnings=() if told is None else told.warnings,
        links=explain_links(links, lang=lang),
        transactions=tuple(
            explain_transaction(each, lang=lang) for each in choice.asked.transactions
        ),
        purpose=() if told is None else told.purpose,
        cards=tuple(_card(each, choice, told=told, lang=lang) for each in choice.shown),
        besides=wallet_words(lang)["besides"],
        retention="" if told is None else told.retention,
    )


def _told(judgement: Judgement | None, lang: Language) -> ExplainedJudgement | None:
    return None if judgement is None else explain_judgement(judgement, lang=lang)


def explain_asker(asked: Asked, *, lang: Language = "en") -> ExplainedAsker:
    """Say who asks, and how that is known.

    Raises:
        UsageError: there is no such language.
    """
    words, by = wallet_words(lang), asked.by
    if isinstance(by, Authenticated):
        known = words["known"][by.known_by.value].format(anchor=show(by.anchor))
    elif isinstance(by, OriginOnly):
        known = words["known"][AuthenticatedBy.ORIGIN.value]
    else:
        return ExplainedAsker(
            words["stranger"], words["known"][AuthenticatedBy.NOTHING.value]
        )
    found = () if asked.registration is None else asked.registration.purposes
    return ExplainedAsker(
        words["asks"].format(name=party_name(asked.asker or "?")),
        known,
        tuple(words["registered"].format(purpose=show(each.text)) for each in found),
    )


def _card(
    shown: Shown, choice: Choice, *, told: ExplainedJudgement | None, lang: Language
) -> ExplainedShown:
    held = shown.credential
    always = frozenset(held.opened().choose(()).reveals)
    more = frozenset(shown.more_than_asked)
    return ExplainedShown(
        query_id=shown.query_id,
        title=type_name(held.credential_type, lang=lang),
        issuer=party_name(held.issuer),
        claims=tuple(_claims(shown, choice, told=told, lang=lang)),
        along=explained_claims(held.positioned, seen=more - always, lang=lang),
        always=explained_claims(held.positioned, seen=more & always, lang=lang),
    )


def _claims(
    shown: Shown,
    choice: Choice,
    *,
    told: ExplainedJudgement | None,
    lang: Language,
) -> Iterator[ExplainedClaim]:
    for path in shown.paths:
        judged = _judged(shown.query_id, path, choice=choice)
        for each in explained_claims(
            shown.credential.positioned, seen=shown.reveals, under=path, lang=lang
        ):
            if judged is None or told is None:
                yield each
                continue
            yield ExplainedClaim(
                each.name,
                each.value,
                each.path,
                told.claims[judged.place],
                judged.finding.is_excessive,
            )


def _judged(query_id: str, path: ClaimPath, *, choice: Choice) -> ClaimJudgement | None:
    found = () if choice.judgement is None else choice.judgement.claims
    return next(
        (
            each
            for each in found
            if each.credential == query_id and each.path and covers(each.path, path)
        ),
        None,
    )


def type_name(credential_type: str, *, lang: Language) -> str:
    """Return what people call a type of credential, or its identifier, safe to show."""
    for each in catalogue().values():
        if credential_type in each.types.values():
            return each.display.ru if lang == "ru" else each.display.en
    # A right is no card with claims about somebody, so the catalogue has none.
    return wallet_words(lang)["types"].get(credential_type) or show(credential_type)
