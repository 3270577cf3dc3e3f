"""What a forger sends costs in proportion to its size, or is refused before it costs.

Times are the best of several runs, and their ratio is compared, so that a busy machine
slows both. A quadratic step would show as a ratio of about 16.
"""

import time
from collections.abc import Callable
from typing import Final

import pytest

from idwallet import limits
from idwallet.codec.json import JsonValue
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


def test_one_disclosure_more_is_refused_unread(scene: Scene) -> None:
    made = draft(scene)
    claims(made, limits.DISCLOSURES + 1)
    report = judge(made)
    (only,) = [each for each in report.checks if each.id is CheckId.CREDENTIAL_FORMAT]
    assert only.reason is Reason.LIMIT_EXCEEDED
