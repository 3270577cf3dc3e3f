"""What a wallet would show to whom, in words, before anything is signed."""

from collections.abc import Iterable, Iterator, Sequence

from idwallet.cli.reissue import rfc3339
from idwallet.cli.words import Speech
from idwallet.codec.json import JsonValue
from idwallet.codec.text import show
from idwallet.consent.linking.visits import VisitLink
from idwallet.consent.purpose import Judgement, PurposeProfile
from idwallet.consent.transaction import Transaction
from idwallet.credentials.paths import (
    ABSENT,
    Absent,
    ClaimPath,
    covers,
    look_up,
    show_path,
)
from idwallet.credentials.query import Lack, NearestMiss
from idwallet.credentials.sdjwt.present import leaf_places
from idwallet.credentials.sdjwt.unpack import without_holes
from idwallet.explain.consent import ExplainedJudgement, explain_judgement
from idwallet.explain.linking import explain_links
from idwallet.explain.transactions import explain_transaction
from idwallet.roles.asked import (
    Anonymous,
    Asked,
    Authenticated,
    Choice,
    HeardRequest,
    Match,
    Shown,
)
from idwallet.roles.wards import Ward


def consent_lines(
    choice: Choice, speech: Speech, *, links: Sequence[VisitLink] = ()
) -> Iterator[str]:
    """Yield what the person agrees to.

    Who asks; what to beware of; what `links` this to earlier visits; every line of the
    transactions that an answer agrees to; why, and what that was judged by; each claim
    that goes with what it is to the purpose; how long it may be kept.
    """
    told = _explained(choice.judgement, speech)
    yield from _first(choice.asked, told, speech=speech, links=links)
    for each in choice.shown:
        credential = each.credential
        kind = speech.kind(credential.credential_type)
        word = "shows_child" if isinstance(credential, Ward) else "shows"
        yield speech.say(f"consent.{word}", kind=kind, issuer=credential.issuer)
        always = frozenset(always_shown(each))
        more = frozenset(each.more_than_asked)
        for path in each.paths:
            value = look_up(credential.positioned, path)
            seen_of_it = frozenset(each.reveals)
            lines = tuple(_lines(value, path, seen=seen_of_it, speech=speech))
            yield from lines
            standing = _standing(each.query_id, path, choice=choice, told=told)
            if standing is not None:
                # Under several lines it must be plain that it is about all of them.
                name = f"{show(speech.claim(path))}: " if len(lines) > 1 else ""
                yield f"      ({name}{standing})"
        for name, seen in (("along", more - always), ("always", more & always)):
            if seen:
                yield speech.say(f"consent.{name}")
            yield from _lines(credential.positioned, (), seen=seen, speech=speech)
    yield speech.say("consent.besides")
    if told is not None:
        yield told.retention


def first_lines(
    asked: Asked, judgement: Judgement | None, *, speech: Speech
) -> Iterator[str]:
    """Yield who asks, what to beware of, what would be agreed to, and why."""
    yield from _first(asked, _explained(judgement, speech), speech=speech, links=())


def asked_by(asked: Asked) -> dict[str, object] | None:
    """Return who asks as JSON, null where nobody knows."""
    if not isinstance(asked.by, Authenticated):
        return None
    return {"name": asked.by.name, "client_id": asked.by.client_id}


def _first(
    asked: Asked,
    told: ExplainedJudgement | None,
    *,
    speech: Speech,
    links: Sequence[VisitLink],
) -> Iterator[str]:
    """Yield what is known before any card is looked at."""
    yield from _asker(asked, speech)
    if told is not None:
        yield from told.warning_lines()
    yield from explain_links(links, lang=speech.language)
    for agreed in asked.transactions:
        yield from explain_transaction(agreed, lang=speech.language).text_lines()
    if told is not None:
        yield from _registered(asked, speech)
        yield from told.purpose


def _asker(asked: Asked, speech: Speech) -> Iterator[str]:
    if isinstance(asked.by, Anonymous):
        yield speech.say("consent.stranger")
    else:
        yield speech.say("consent.asks", name=asked.asker or "?")


def _registered(asked: Asked, speech: Speech) -> Iterator[str]:
    registered = None if asked.registration is None else asked.registration.purposes
    for each in registered or ():
        yield speech.say("consent.registered", purpose=each.text)


def _explained(
    judgement: Judgement | None, speech: Speech
) -> ExplainedJudgement | None:
    if judgement is None:
        return None
    return explain_judgement(judgement, lang=speech.language)


def _standing(
    query_id: str, path: ClaimPath, *, choice: Choice, told: ExplainedJudgement | None
) -> str | None:
    """Return what a claim is to the purpose, in words."""
    if told is None or choice.judgement is None:
        return None
    for each in choice.judgement.claims:
        if each.credential == query_id and each.path and covers(each.path, path):
            return told.claims[each.place]
    return None


def _lines(
    value: JsonValue | Absent,
    path: ClaimPath,
    *,
    seen: frozenset[ClaimPath],
    speech: Speech,
) -> Iterator[str]:
    """Yield the claims at `path` that are seen; an array as one if all of it is."""
    members: Iterable[tuple[str | int, JsonValue]] = ()
    if isinstance(value, dict) and value:
        # An issuer shuffles what it signs: a person reads it in one order every time.
        members = sorted(value.items())
    elif isinstance(value, list) and not seen.issuperset(leaf_places(value, path)):
        members = enumerate(value)
    elif value is not ABSENT and not seen.isdisjoint(leaf_places(value, path)):
        whole = without_holes({"": value})[""]
        yield f"  - {speech.claim_line(path, whole)}"
    for name, each in members:
        yield from _lines(each, (*path, name), seen=seen, speech=speech)


def always_shown(shown: Shown) -> tuple[ClaimPath, ...]:
    """Return the claims that the issuer discloses whatever is chosen."""
    return shown.credential.opened().choose(()).reveals


def refusal_lines(match: Match, speech: Speech) -> Iterator[str]:
    """Yield why nothing in the wallet answers: the nearest miss of each query."""
    yield speech.say("match.nothing", name=match.asked.asker or "?")
    unanswered = [each for each in match.found.credentials if not each.matches]
    missed = {
        _called(each.id, match, speech=speech) for each in unanswered if each.misses
    }
    told: set[str] = set()
    for each in unanswered:
        query = _called(each.id, match, speech=speech)
        if each.misses:
            yield from _miss(each.misses[0], match, speech=speech)
        elif query not in missed | told:
            # One type is asked for in each of its encodings: a person holds a card.
            yield speech.say("match.no_credential", query=query)
            told.add(query)


def _called(query_id: str, match: Match, *, speech: Speech) -> str:
    """Return what people call what is asked for: a reader gives it a type, no name."""
    asked = match.asked.query.credential(query_id)
    if isinstance(match.asked.request, HeardRequest) and asked is not None:
        return ", ".join(speech.kind(each) for each in sorted(asked.types))
    return speech.query(query_id)


def _miss(miss: NearestMiss, match: Match, *, speech: Speech) -> Iterator[str]:
    near = match.credentials[miss.candidate]
    yield speech.say(
        "match.miss",
        kind=speech.kind(near.credential_type),
        issuer=near.issuer,
    )
    for path in miss.missing:
        yield f"  - {speech.say('match.lack.claim', claim=speech.claim(path))}"
    for path in miss.differing:
        yield f"  - {speech.say('match.lack.value', claim=speech.claim(path))}"
    for lack in miss.lacks:
        if lack not in {Lack.CLAIM, Lack.VALUE}:
            yield f"  - {speech.say(f'match.lack.{lack.value}')}"


def unanswered_document(match: Match) -> dict[str, object]:
    """Return as JSON why nothing in the wallet answers; claim paths and no values."""
    return {
        "answered": False,
        "nearest": [
            {
                "query": each.credential,
                "credential": match.credentials[each.candidate].name,
                "lacks": [lack.value for lack in each.lacks],
                "missing": [show_path(path) for path in each.missing],
                "differing": [show_path(path) for path in each.differing],
            }
            for each in match.found.nearest_misses()
        ],
    }


def links_document(links: Sequence[VisitLink]) -> list[dict[str, object]]:
    """Return as JSON what links a showing to earlier ones, and no value."""
    return [
        {
            "kind": each.kind.value,
            "elsewhere": each.elsewhere,
            "party": each.earlier.party if each.earlier is not None else None,
            "time": _time(each),
            "claims": sorted(map(show_path, each.paths)),
        }
        for each in links
    ]


def _time(link: VisitLink) -> str | None:
    at = None if link.earlier is None else link.earlier.at
    return None if at is None else rfc3339(at)


def transaction_document(transaction: Transaction) -> dict[str, object]:
    """Return as JSON everything that is agreed to, as it was read, with warnings."""
    return {
        "type": transaction.type,
        "lines": [
            {
                "label": each.label.value,
                "value": each.value,
                "detail": each.detail,
                "warnings": [found.value for found in each.warnings],
            }
            for each in transaction.lines
        ],
    }


def judgement_document(judgement: Judgement) -> dict[str, object]:
    """Return a judgement as JSON: codes and claim paths, and no value."""
    profile = judgement.profile
    return {
        "stated": judgement.stated,
        "profile": None if profile is None else _profile_name(profile),
        "claims": [
            {
                "query": each.credential,
                "type": each.credential_type,
                "path": show_path(each.path),
                "claim": each.claim,
                "finding": each.finding.value,
                "instead": [other.name for other in each.instead],
                "registered": each.is_registered,
                "required": each.is_required,
                "retained": each.is_retained,
                "biometric": each.is_biometric,
            }
            for each in judgement.claims
        ],
        "cautions": [
            {
                "code": each.code.value,
                "places": [
                    {"query": place.credential, "path": show_path(place.path)}
                    for place in each.places
                ],
                "count": each.count,
            }
            for each in judgement.cautions
        ],
    }


def _profile_name(profile: PurposeProfile) -> dict[str, object]:
    return {
        "name": profile.name,
        "version": profile.version,
        "origin": profile.origin.value,
        "retention_days": None if profile.retention is None else profile.retention.days,
    }
