import copy
from concurrent.futures import ThreadPoolExecutor

import pytest

from idwallet.errors import MalformedError, UsageError
from idwallet.testing.status import StatusScene, status_draft
from idwallet.trust.status_list import StatusKind, StatusList
from idwallet.trust.status_list.structures import ListTimes

SCENE = StatusScene(seed=b"structures")


def made() -> StatusList:
    found = status_draft(SCENE).evaluated()
    assert isinstance(found, StatusList)
    return found


def test_a_list_cannot_be_made_without_being_judged() -> None:
    real = made()
    with pytest.raises(UsageError, match="evaluate_status_list"):
        StatusList(
            uri=real.uri,
            bits=8,
            times=ListTimes(real.issued),
            aggregation_uri=None,
            key=real.key,
            x5c=(),
            bitmap=memoryview(b"\0"),
            seal=None,
        )


def test_a_list_answers_for_every_entry_and_no_other() -> None:
    found = made()
    assert found.size == 1_000
    kinds = [found.status(n).kind for n in range(found.size)]
    assert kinds.count(StatusKind.VALID) == 998
    assert kinds[17] is StatusKind.INVALID
    assert kinds[18] is StatusKind.SUSPENDED


@pytest.mark.parametrize("index", [1_000, -1, 2**70, True, 1.0, "1"])
def test_an_index_that_is_none_of_the_list_gets_no_answer(index: object) -> None:
    found = made()
    assert not found.holds(index)  # type: ignore[arg-type]
    with pytest.raises(MalformedError) as caught:
        found.status(index)  # type: ignore[arg-type]
    assert caught.value.at == "idx"


def test_a_list_cannot_be_changed() -> None:
    found = made()
    with pytest.raises(AttributeError):
        found.bits = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        found.bitmap[0] = 1


def test_a_list_shows_no_entries() -> None:
    assert "bitmap" not in repr(made())
    assert "x5c" not in repr(made())


def test_one_list_answers_many_threads() -> None:
    found = made()
    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(lambda n: found.status(17 + n % 2), range(1_000)))
    assert {each.number for each in answers} == {1, 2}


def test_a_context_can_be_copied() -> None:
    assert copy.copy(SCENE.context) == SCENE.context
