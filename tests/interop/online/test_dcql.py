"""Queries matched here and by npm `dcql`: every difference has a cause that is known.

``docs/divergences.md`` names the causes with the clause that decides; these tests hold
the page to what happens.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Final

import pytest

from idwallet.codec.json import JsonObject, JsonValue
from tests.interop.online.causes import CAUSES, without
from tests.interop.online.generated import Case, cases
from tests.interop.online.matching import Found, ask_peer, ours, reads, theirs

pytestmark = pytest.mark.interop

PAGE: Final = Path(__file__).resolve().parents[3] / "docs" / "divergences.md"
COUNT: Final = 600
CASES: Final = cases(20261126, COUNT)

_QUERY: Final[JsonObject] = {
    "id": "a",
    "format": "dc+sd-jwt",
    "meta": {"vct_values": ["urn:test:a"]},
    "claims": [{"id": "c", "path": ["name"]}],
}
_ELEMENTS: Final[JsonObject] = {
    "id": "a",
    "format": "mso_mdoc",
    "meta": {"doctype_value": "test.a"},
    "claims": [{"path": ["test.1", "name"]}],
}


def _query(base: JsonObject = _QUERY, **members: JsonValue) -> JsonObject:
    return {"credentials": [deepcopy(base) | members]}


def _claim(**members: JsonValue) -> JsonObject:
    return _query(claims=[{"id": "c", "path": ["name"]} | members])


def _with_sets(*sets: JsonValue) -> JsonObject:
    return _query() | {"credential_sets": [*sets]}


QUERIES: Final[Mapping[str, JsonObject]] = {
    "an identifier with a space": _query(id="a b"),
    "two of one identifier": {"credentials": [_QUERY, _QUERY]},
    "a claim set that names no claim": _query(claim_sets=[["d"]]),
    "a credential set that names no credential": _with_sets({"options": [["b"]]}),
    "an empty path": _claim(path=[]),
    "a negative index": _claim(path=["name", -1]),
    "a value that is no integer": _claim(values=[1.5]),
    "a namespace without an element": _query(_ELEMENTS, claims=[{"path": ["test.1"]}]),
    "an element of an element": _query(
        _ELEMENTS, claims=[{"path": ["test.1", "name", "x"]}]
    ),
    "every element of a namespace": _query(
        _ELEMENTS, claims=[{"path": ["test.1", None]}]
    ),
    "values that are none": _claim(values=[]),
    "an option that is empty": _with_sets({"options": [[]]}),
    "no type": _query(meta={}),
    "no terms": {"credentials": [{k: v for k, v in _QUERY.items() if k != "meta"}]},
    "no document type": _query(_ELEMENTS, meta={}),
    "two claims of one identifier": _query(
        claims=[{"id": "c", "path": ["name"]}, {"id": "c", "path": ["address"]}]
    ),
    "claim sets, and a claim without identifier": _query(
        claims=[{"id": "c", "path": ["name"]}, {"path": ["address"]}],
        claim_sets=[["c"]],
    ),
    "claim sets without claims": {
        "credentials": [
            {k: v for k, v in _QUERY.items() if k != "claims"} | {"claim_sets": [["c"]]}
        ]
    },
    "base64url padding in a key identifier": _query(
        trusted_authorities=[{"type": "aki", "values": ["AQ=="]}]
    ),
    "an authority of a type not known": _query(
        trusted_authorities=[{"type": "of_tomorrow", "values": ["x"]}]
    ),
    "a format not known": _query(format="of_tomorrow"),
}
"""Queries that one of the two at least may not take, by their name on the page."""

_WORDS: Final = {True: "reads", False: "refuses"}


def _rows(heading: str) -> Iterator[tuple[str, ...]]:
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1]
    lines = section.split("\n## ")[0].splitlines()
    table = [each for each in lines if each.startswith("| ")]
    for line in table[1:]:
        yield tuple(cell.strip() for cell in line.strip("|").split("|"))


def _both(folder: Path, made: list[Case]) -> list[tuple[Found, Found | None]]:
    told = ask_peer(folder, made)
    return [(ours(each), theirs(said)) for each, said in zip(made, told, strict=True)]


def test_what_is_generated_meets_often_and_has_every_part_of_the_language() -> None:
    found = [ours(each) for each in CASES]
    assert sum(any(each.matches.values()) for each in found) > COUNT / 4
    assert sum(each.accepted for each in found) > COUNT / 20
    written = str([each.query for each in CASES])
    for member in (
        "claim_sets",
        "credential_sets",
        "multiple",
        "required",
        "require_cryptographic_holder_binding",
        "trusted_authorities",
        "values",
        "mso_mdoc",
        "None",
    ):
        assert written.count(f"{member!r}" if member != "None" else member) > 20


def test_queries_match_alike_where_no_known_cause_is_in_them(node_peers: Path) -> None:
    plain = [without(each) for each in CASES]
    for case, (mine, peers) in zip(plain, _both(node_peers, plain), strict=True):
        assert mine == peers, case


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_alone_makes_the_difference(cause: str, node_peers: Path) -> None:
    made = [(without(each, but=cause), without(each)) for each in CASES]
    touched = [left for left, plain in made if left != plain]
    assert any(mine != peers for mine, peers in _both(node_peers, touched))


def test_the_page_has_a_row_for_every_cause_and_no_other() -> None:
    rows = [row[0] for row in _rows("Queries that match otherwise")]
    assert rows == list(CAUSES)


def test_each_reads_and_refuses_the_queries_that_the_page_says(
    node_peers: Path,
) -> None:
    told = ask_peer(node_peers, [Case(each, (), {}) for each in QUERIES.values()])
    measured = [
        (name, _WORDS[reads(query)], _WORDS["refused" not in said])
        for (name, query), said in zip(QUERIES.items(), told, strict=True)
    ]
    page = [(row[0], row[1], row[3]) for row in _rows("Queries that must be refused")]
    assert page == measured


@pytest.mark.parametrize("base", [_QUERY, _ELEMENTS], ids=["sd-jwt", "mdoc"])
def test_their_sound_twins_are_read_by_both(base: JsonObject, node_peers: Path) -> None:
    (told,) = ask_peer(node_peers, [Case(_query(base), (), {})])
    assert reads(_query(base))
    assert "refused" not in told
