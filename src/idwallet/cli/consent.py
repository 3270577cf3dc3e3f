"""What a wallet would show to whom, in words, before anything is signed."""

from collections.abc import Iterator

from idwallet.cli.verdicts import leaf_claims, personal_claims
from idwallet.cli.words import Speech
from idwallet.credentials.paths import ClaimPath, covers, select, show_path
from idwallet.credentials.query import Lack, NearestMiss
from idwallet.credentials.sdjwt.present import read_held
from idwallet.roles.holder import Asked, Choice, Match, Shown


def consent_lines(choice: Choice, speech: Speech) -> Iterator[str]:
    """Yield what the person agrees to: who asks, why, and each claim that goes."""
    yield from _asker(choice.asked, speech)
    for each in choice.shown:
        credential = each.credential
        kind = speech.kind(credential.credential_type)
        yield speech.say("consent.shows", kind=kind, issuer=credential.issuer)
        for path in each.paths:
            yield from _claims(path, each, speech=speech)
        always = always_shown(each)
        if always:
            yield speech.say("consent.always")
        for path in always:
            yield from _claims(path, each, speech=speech)
    yield speech.say("consent.besides")


def _asker(asked: Asked, speech: Speech) -> Iterator[str]:
    yield speech.say("consent.asks", name=asked.by.name)
    if asked.purpose:
        yield speech.say("consent.purpose", purpose=asked.purpose)


def _claims(path: ClaimPath, shown: Shown, *, speech: Speech) -> Iterator[str]:
    for place, value in select(shown.credential.claims, path):
        for leaf, claim in leaf_claims(value, place):
            yield f"  - {speech.claim_line(leaf, claim)}"


def always_shown(shown: Shown) -> tuple[ClaimPath, ...]:
    """Return the claims that the issuer discloses whatever is chosen."""
    hidden = read_held(shown.credential.raw).disclosable()
    return tuple(
        path
        for path, _ in personal_claims(shown.credential.claims)
        if not any(covers(place, path) for place in hidden)
    )


def refusal_lines(match: Match, speech: Speech) -> Iterator[str]:
    """Yield why nothing in the wallet answers: the nearest miss of each query."""
    yield speech.say("match.nothing", name=match.asked.by.name)
    for each in match.found.credentials:
        if each.matches:
            continue
        if not each.misses:
            yield speech.say("match.no_credential", query=speech.query(each.id))
            continue
        yield from _miss(each.misses[0], match, speech=speech)


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
