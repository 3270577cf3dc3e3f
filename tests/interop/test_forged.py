"""Who takes what must be refused: `docs/divergences.md` is held to what happens."""

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pytest
from sd_jwt.common import SDJWTHasSDClaimException

from idwallet.codec.json import JsonObject
from idwallet.errors import UsageError
from idwallet.report import TABLE, Outcome
from idwallet.testing.corpus import PRESENTATIONS, Forgery, by_name, judge
from idwallet.testing.draft import Draft
from tests.conformance.divergences import DIVERGENCES
from tests.conformance.marked import Hidden, Tree
from tests.interop.peers import NodePeer, Peer, PythonPeer, Refused
from tests.interop.shapes import Case
from tests.interop.world import World

pytestmark = pytest.mark.interop

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "divergences.md"

FORGED: Final = (
    "a flipped signature bit",
    "alg none",
    "an unknown crit",
    "typ of a key binding",
    "a disclosure nobody signed",
    "a disclosure shown twice",
    "a digest in two places",
    "an array digest twice",
    "a claim named _sd",
    "a claim named with dots",
    "a claim that is there in clear",
    "three parts where an element belongs",
    "a hash that is no string",
    "exp disclosed selectively",
    "no type",
    "expired",
    "not yet valid",
    "an end that is null",
    "sd_hash of something else",
    "another nonce",
    "another audience",
    "bound an hour ago",
    "bound at no moment",
)
"""Forged presentations of `idwallet.testing.corpus`, in the order of the page."""

H = Hidden
UNSAFE: Final[dict[str, dict[Tree, Tree]]] = {
    "`exp`, disclosable": {H("exp"): 1900000000},
    "`cnf`, disclosable": {H("cnf"): {"kid": "a"}},
    "`vct#integrity`, disclosable": {H("vct#integrity"): "sha256-AAAA"},
    "a claim named `_sd`": {"address": {"_sd": ["AAAA"]}, H("age"): 36},
    "a claim named `...`": {H("..."): "AAAA"},
    "an element that passes for a digest": {"list": [{"...": "AAAA"}], H("age"): 36},
}
"""What no issuer may sign, by its name on the page."""

WORDS: Final = {True: "accepts", False: "refuses"}

Row = tuple[str, ...]


def _rows(heading: str) -> Iterator[Row]:
    """Return the rows of the table below a heading of the page."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1]
    lines = section.split("\n## ")[0].splitlines()
    table = [each for each in lines if each.startswith("| ")]
    for line in table[1:]:
        yield tuple(cell.strip() for cell in line.strip("|").split("|"))


def _python_accepts(peer: PythonPeer, made: Draft, world: World) -> bool:
    try:
        peer.verify(made.token(), request=made.request, at=world.at)
    except Refused:
        return False
    return True


def _node_accepts(peer: NodePeer, made: Draft, world: World) -> bool:
    """Ask the library alone, without what the tests add to it."""
    try:
        peer.ask(
            "verify",
            token=made.token(),
            key=peer.issuer_jwk,
            nonce=made.request.nonce,
            at=int(world.at.timestamp()),
        )
    except Refused:
        return False
    return True


@pytest.fixture(params=FORGED)
def forgery(request: pytest.FixtureRequest) -> Forgery:
    return by_name(PRESENTATIONS)[request.param]


def test_each_takes_and_refuses_what_the_page_says(
    forgery: Forgery, world: World, python_peer: PythonPeer, node_peer: NodePeer
) -> None:
    valid, forged = forgery.twins(world.scene)
    assert _python_accepts(python_peer, valid, world)
    assert _node_accepts(node_peer, valid, world)
    assert judge(valid).outcome is Outcome.PASSED
    assert judge(forged).outcome is Outcome.FAILED
    measured = (
        forgery.name,
        f"{forgery.check.value} {forgery.reason.value}",
        TABLE[forgery.check, forgery.reason].clause,
        WORDS[_python_accepts(python_peer, forged, world)],
        WORDS[_node_accepts(node_peer, forged, world)],
    )
    assert measured in set(_rows("Presentations that must be refused"))


def test_the_page_has_a_row_for_every_forgery_and_no_other() -> None:
    rows = [row[0] for row in _rows("Presentations that must be refused")]
    assert rows == list(FORGED)


def _issues(peer: Peer, case: Case, world: World) -> bool:
    names = {each.inner if isinstance(each, Hidden) else each for each in case.tree}
    fixed: JsonObject = {k: v for k, v in world.fixed().items() if k not in names}
    try:
        peer.issue(case, fixed, header=world.header())
    except (Refused, SDJWTHasSDClaimException):
        return False
    return True


@pytest.mark.parametrize("name", UNSAFE)
def test_each_issues_and_refuses_to_issue_what_the_page_says(
    name: str, world: World, python_peer: PythonPeer, node_peer: NodePeer
) -> None:
    case = Case(name, UNSAFE[name], {})
    with pytest.raises(UsageError):
        world.issue(case)
    measured = (
        name,
        WORDS[_issues(python_peer, case, world)],
        WORDS[_issues(node_peer, case, world)],
    )
    assert measured in set(_rows("Contents that must not be issued"))


def test_the_page_has_a_row_for_every_unsafe_content_and_no_other() -> None:
    assert [row[0] for row in _rows("Contents that must not be issued")] == list(UNSAFE)


def test_the_page_names_every_published_case_that_does_not_pass() -> None:
    rows = [row[:2] for row in _rows("Published cases that do not pass")]
    assert rows == [
        (f"`{case}`", ", ".join(each.actual)) for case, each in DIVERGENCES.items()
    ]


def test_the_page_names_the_versions_that_were_measured(
    node_peers: Path,
) -> None:
    package = node_peers / "node_modules/@sd-jwt/sd-jwt-vc/package.json"
    node_version = json.loads(package.read_text(encoding="utf-8"))["version"]
    text = PAGE.read_text(encoding="utf-8")
    assert f"| `sd-jwt` {version('sd-jwt')} |" in text
    assert f"| `@sd-jwt/sd-jwt-vc` {node_version} |" in text
