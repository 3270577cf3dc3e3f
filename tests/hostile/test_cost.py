"""What a forger sends costs in proportion to its size, or is refused before it costs.

Times are the best of several runs, and their ratio is compared, so that a busy machine
slows both. A quadratic step would show as a ratio of about 16.
"""

import time
from collections.abc import Callable
from typing import Final

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.corpus import judge
from idwallet.testing.draft import Draft, digest, disclose, draft
from idwallet.testing.scene import Scene

LEAST, MOST = limits.DISCLOSURES // 4, limits.DISCLOSURES - 2
LINEAR: Final = 10.0


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


def best(scene: Scene, fill: Callable[[Draft, int], None], count: int) -> float:
    spent: list[float] = []
    for _ in range(5):
        made = draft(scene)
        fill(made, count)
        response = made.response()
        begun = time.perf_counter()
        judged = evaluate_presentation(
            response, request=made.request, trust=scene.trust, at=scene.at
        )
        spent.append(time.perf_counter() - begun)
        assert judged.report.outcome is Outcome.PASSED
    return min(spent)


@pytest.mark.parametrize("fill", [claims, elements])
def test_as_many_disclosures_as_allowed_cost_in_proportion(
    scene: Scene, fill: Callable[[Draft, int], None]
) -> None:
    few, many = best(scene, fill, LEAST), best(scene, fill, MOST)
    assert many < few * LINEAR


@pytest.mark.parametrize("fill", [claims, elements])
def test_as_many_disclosures_as_allowed_cost_less_than_a_moment(
    scene: Scene, fill: Callable[[Draft, int], None]
) -> None:
    assert best(scene, fill, MOST) < 0.5


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
    begun = time.perf_counter()
    judged = evaluate_presentation(
        response, request=made.request, trust=scene.trust, at=scene.at
    )
    assert time.perf_counter() - begun < 1.0
    assert judged.report.outcome is Outcome.PASSED
    (named,) = (
        each for each in judged.report.checks if each.reason is Reason.SURPLUS_WITHHELD
    )
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
