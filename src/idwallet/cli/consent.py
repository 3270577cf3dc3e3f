"""What a wallet would show to whom, in words, before anything is signed."""

from collections.abc import Iterable, Iterator

from idwallet.cli.words import Speech
from idwallet.codec.json import JsonValue
from idwallet.credentials.paths import ABSENT, Absent, ClaimPath, look_up, show_path
from idwallet.credentials.query import Lack, NearestMiss
from idwallet.credentials.sdjwt.present import leaf_places
from idwallet.credentials.sdjwt.unpack import without_holes
from idwallet.roles.asked import Anonymous, Asked, Choice, Match, Shown


def consent_lines(choice: Choice, speech: Speech) -> Iterator[str]:
    """Yield what the person agrees to: who asks, why, and each claim that goes."""
    yield from _asker(choice.asked, speech)
    for each in choice.shown:
        credential = each.credential
        kind = speech.kind(credential.credential_type)
        yield speech.say("consent.shows", kind=kind, issuer=credential.issuer)
        always = frozenset(always_shown(each))
        more = frozenset(each.more_than_asked)
        for path in each.paths:
            value = look_up(credential.positioned, path)
            yield from _lines(value, path, seen=frozenset(each.reveals), speech=speech)
        for name, seen in (("along", more - always), ("always", more & always)):
            if seen:
                yield speech.say(f"consent.{name}")
            yield from _lines(credential.positioned, (), seen=seen, speech=speech)
    yield speech.say("consent.besides")


def _asker(asked: Asked, speech: Speech) -> Iterator[str]:
    if isinstance(asked.by, Anonymous):
        yield speech.say("consent.stranger")
    else:
        yield speech.say("consent.asks", name=asked.asker or "?")
    registered = None if asked.registration is None else asked.registration.purposes
    for each in registered or ():
        yield speech.say("consent.registered", purpose=each.text)
    if asked.purpose:
        yield speech.say("consent.purpose", purpose=asked.purpose)


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
        members = value.items()
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
    missed = {speech.query(each.id) for each in unanswered if each.misses}
    told: set[str] = set()
    for each in unanswered:
        query = speech.query(each.id)
        if each.misses:
            yield from _miss(each.misses[0], match, speech=speech)
        elif query not in missed | told:
            # One type is asked for in each of its encodings: a person holds a card.
            yield speech.say("match.no_credential", query=query)
            told.add(query)


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
