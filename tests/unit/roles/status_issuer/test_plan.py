import random
import secrets
from collections.abc import Callable

import pytest

from idwallet import limits
from idwallet.errors import UsageError
from idwallet.roles.status_issuer import StatusPlan
from idwallet.testing.status import StatusScene
from idwallet.trust.status_list import (
    Effort,
    ListSource,
    StatusList,
    StatusListContent,
    evaluate_status_list,
    issue_status_list,
    issue_status_list_cwt,
)
from tests.unit.roles.status_issuer.world import PLAN, PREFIX, SMALL


@pytest.mark.parametrize(
    "changes",
    [
        {"uri": "http://issuer.example/status/"},
        {"uri": "https://"},
        {"uri": "https://issuer.example/a b/"},
        {"uri": "https://issuer.example/\n"},
        {"uri": "https://издатель.example/"},
        {"uri": "https://a.example/" + "a" * limits.URI_CHARACTERS},
        {"bits": 0},
        {"bits": 3},
        {"entries": 0},
        {"entries": SMALL + 1},
        {"entries": limits.STATUS_ISSUED_BYTES * 8 // 2 + limits.STATUS_PAGE_ENTRIES},
        {"open_lists": 0},
        {"open_lists": limits.STATUS_OPEN_LISTS + 1},
    ],
    ids=str,
)
def test_lists_that_no_reader_takes_are_not_planned(changes: dict[str, object]) -> None:
    given = {"uri": PREFIX, "bits": 2, "entries": SMALL, "open_lists": 1}
    assert StatusPlan(**given).entries == SMALL  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        StatusPlan(**{**given, **changes})  # type: ignore[arg-type]


def test_a_list_so_small_that_it_would_track_its_holders_is_not_planned() -> None:
    one_page = limits.STATUS_PAGE_ENTRIES
    with pytest.raises(UsageError):
        StatusPlan(uri=PREFIX, entries=SMALL - one_page)
    assert StatusPlan(uri=PREFIX, entries=SMALL + one_page).entries > SMALL


def test_the_names_of_lists_tell_no_order_and_no_two_are_alike() -> None:
    uris = [PLAN.new_list(secrets.token_bytes, until=0)[0].uri for _ in range(50)]
    assert len(set(uris)) == 50
    assert uris != sorted(uris)
    assert all(each.startswith(PREFIX) for each in uris)


def test_a_new_list_is_all_free() -> None:
    shard, pages = PLAN.new_list(secrets.token_bytes, until=0)
    assert shard.free == sum(each.free for each in pages) == SMALL
    assert PLAN.fits(shard)
    assert not StatusPlan(uri=PREFIX, bits=1, entries=SMALL).fits(shard)
    assert not StatusPlan(uri=PREFIX + "a/", bits=2, entries=SMALL).fits(shard)


@pytest.mark.parametrize("issue", [issue_status_list, issue_status_list_cwt])
def test_the_longest_list_is_taken_by_readers_whatever_is_set_in_it(
    issue: Callable[..., str | bytes],
) -> None:
    most = limits.STATUS_ISSUED_BYTES * 8
    assert StatusPlan(uri=PREFIX, entries=most).entries == most
    scene = StatusScene(seed=b"the longest list")
    worst = StatusListContent(
        uri=PREFIX,
        bits=1,
        array=random.Random(0).randbytes(most // 8),
        effort=Effort.QUICK,
    )
    identity = scene.issuer
    token = issue(
        worst, signer=identity.signer, certificates=identity.chain, at=scene.at
    )
    found = evaluate_status_list(token, ListSource(PREFIX), context=scene.context)
    assert isinstance(found, StatusList), found
    assert found.size == most
