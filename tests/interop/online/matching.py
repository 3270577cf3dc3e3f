"""What we and npm `dcql` find, in one form that can be compared."""

import json
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from idwallet.codec.json import JsonValue
from idwallet.credentials.paths import ClaimPath, look_up
from idwallet.credentials.query import Candidate, Query, judge_answer, match
from idwallet.errors import MalformedError
from idwallet.report import Outcome
from tests.conftest import AT
from tests.interop.online.generated import Case

Leaves = dict[ClaimPath, str]


class Match(NamedTuple):
    """One credential that answers: by which claim sets, and what the first shows."""

    candidate: int
    sets: tuple[int | None, ...]
    shown: Leaves


class Found(NamedTuple):
    """What comes of one case."""

    matches: dict[str, tuple[Match, ...]]
    options: list[list[tuple[str, ...]]] | None
    satisfied: bool
    accepted: bool


def _leaves(value: JsonValue, at: ClaimPath = ()) -> Iterator[tuple[ClaimPath, str]]:
    """Yield what stands where. A null shows nothing: the peer fills gaps with it."""
    inner: Iterable[tuple[str | int, JsonValue]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    if value not in ({}, []) and isinstance(value, dict | list):
        for part, each in inner:
            yield from _leaves(each, (*at, part))
    elif value is not None and at:
        yield at, json.dumps(value)


def _shown(candidate: Candidate, paths: Iterable[ClaimPath]) -> Leaves:
    shown: Leaves = {}
    for path in paths:
        value: Any = look_up(candidate.claims, path)
        shown |= _leaves(value, path)
    return shown


def ours(case: Case) -> Found:
    """Return what this library finds."""
    query, held = Query.from_dcql(case.query), case.candidates()
    found = match(query, held, at=AT)
    return Found(
        matches={
            asked.id: tuple(
                Match(
                    each.candidate,
                    (each.claim_set, *each.others),
                    _shown(held[each.candidate], each.paths),
                )
                for each in asked.matches
            )
            for asked in found.credentials
        },
        options=(
            [list(each.options) for each in found.sets]
            if query.credential_sets
            else None
        ),
        satisfied=found.is_satisfiable(),
        accepted=_accepts(query, held, case.answer),
    )


def _accepts(
    query: Query, held: Sequence[Candidate], answer: dict[str, list[int]]
) -> bool:
    shown = {name: [held[each] for each in which] for name, which in answer.items()}
    # Whether the key was proven is a check of its own here, and one with the query's
    # terms there.
    bound = all(
        each.holder_bound or not asked.require_cryptographic_holder_binding
        for name, which in shown.items()
        for each in which
        if (asked := query.credential(name)) is not None
    )
    judged = judge_answer(query, shown)
    return bound and all(each.outcome is Outcome.PASSED for each in judged)


def reads(query: JsonValue) -> bool:
    """Return whether this library takes the query."""
    assert isinstance(query, dict)
    try:
        Query.from_dcql(query)
    except MalformedError:
        return False
    return True


def ask_peer(folder: Path, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Let one process of the peer match all the cases."""
    done = subprocess.run(
        ["node", "dcql_peer.mjs"],
        cwd=folder,
        input=json.dumps([each.sent() for each in cases]),
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=120,
    )
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def theirs(told: dict[str, Any]) -> Found | None:
    """Return what the peer found, None where it broke off over a case."""
    if "matches" not in told:
        return None
    options = told["options"]
    return Found(
        matches={
            name: tuple(
                Match(
                    each["candidate"],
                    tuple(each["sets"]),
                    dict(_leaves(each["shown"])),
                )
                for each in found
            )
            for name, found in told["matches"].items()
        },
        options=options and [[tuple(names) for names in each] for each in options],
        satisfied=told["satisfied"],
        accepted=told["accepted"],
    )
