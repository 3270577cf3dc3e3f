"""What a forger sends costs in proportion to its size, or is refused before it costs.

Calls and memory are counted and not timed, so that a busy machine changes nothing. A
quadratic step would show as a ratio of about 16.
"""

import sys
import tracemalloc
from collections.abc import Callable
from typing import Final

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.corpus import judge
from idwallet.testing.draft import Draft, digest, disclose, draft
from idwallet.testing.scene import Scene

LEAST, MOST = limits.DISCLOSURES // 4, limits.DISCLOSURES - 2
LINEAR: Final = MOST / LEAST


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST cost")


def claims(made: Draft, count: int) -> None:
    texts = [disclose(f"salt {n}", f"claim {n}", n) for n in range(count)]
    made.extra = texts
    made.digests = [digest(each) for each in texts]


def elements(made: Draft, count: int) -> None:
    texts = [disclose(f"salt {n}", n) for n in range(count)]
    made.extra = texts
    placed: list[JsonValue] = [{"...": digest(each)} for each in texts]
    made.payload = {"list": placed}


def calls_of(work: Callable[[], None]) -> int:
    """Return how many functions were called, those of Python's own code included."""
    counted = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


def peak_of(work: Callable[[], None]) -> int:
    """Return how many bytes were held at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def judging(
    scene: Scene, fill: Callable[[Draft, int], None], count: int
) -> Callable[[], None]:
    made = draft(scene)
    fill(made, count)
    response = made.response()

    def work() -> None:
        judged = evaluate_presentation(
            response, request=made.request, trust=scene.trust, at=scene.at
        )
        assert judged.report.outcome is Outcome.PASSED

    return work


@pytest.mark.parametrize("measure", [calls_of, peak_of])
@pytest.mark.parametrize("fill", [claims, elements])
def test_as_many_disclosures_as_allowed_cost_in_proportion(
    scene: Scene,
    fill: Callable[[Draft, int], None],
    measure: Callable[[Callable[[], None]], int],
) -> None:
    judging(scene, fill, 1)()  # what is made once is made before
    few = measure(judging(scene, fill, LEAST))
    many = measure(judging(scene, fill, MOST))
    assert few * LINEAR / 1.5 < many < few * LINEAR * 1.25


@pytest.mark.parametrize("fill", [claims, elements])
def test_a_disclosure_costs_some_dozen_calls(
    scene: Scene, fill: Callable[[Draft, int], None]
) -> None:
    assert calls_of(judging(scene, fill, MOST)) < 100 * MOST


def test_surplus_under_long_names_costs_little_and_makes_no_long_report(
    scene: Scene,
) -> None:
    made = draft(scene)
    made.extra = [disclose(f"salt {n}", f"claim {n}", n) for n in range(MOST)]
    node: JsonObject = {"_sd": [digest(each) for each in made.extra]}
    for level in range(limits.SD_DEPTH - 2):
        node = {f"{'中' * 500}{level}": node}
    made.open_claims = node
    response = made.response()
    found: list[Report] = []

    def work() -> None:
        judged = evaluate_presentation(
            response, request=made.request, trust=scene.trust, at=scene.at
        )
        found.append(judged.report)

    assert peak_of(work) < 16_000_000
    assert calls_of(work) < 100 * MOST * limits.SD_DEPTH
    first, _again = found
    assert first.outcome is Outcome.PASSED
    (named,) = (each for each in first.checks if each.reason is Reason.SURPLUS_WITHHELD)
    paths = named.fact("paths")
    assert isinstance(paths, tuple)
    assert len(paths) == limits.REPORTED_PATHS
    assert max(map(len, paths)) <= limits.TEXT_CHARACTERS + 4


@pytest.mark.parametrize("vp_token", ['{"%s":5}', '{"%s":[""]}', '{"%s":["x"]}'])
def test_a_name_as_long_as_a_response_stands_in_no_report(
    scene: Scene, vp_token: str
) -> None:
    body = '{"vp_token":' + vp_token % ("A" * 1_000_000) + "}"
    judged = evaluate_presentation(
        body, request=scene.request(), trust=scene.trust, at=scene.at
    )
    assert len(str(judged.report.to_json())) < 2_000


def test_one_disclosure_more_is_refused_unread(scene: Scene) -> None:
    made = draft(scene)
    claims(made, limits.DISCLOSURES + 1)
    report = judge(made)
    (only,) = [each for each in report.checks if each.id is CheckId.CREDENTIAL_FORMAT]
    assert only.reason is Reason.LIMIT_EXCEEDED
