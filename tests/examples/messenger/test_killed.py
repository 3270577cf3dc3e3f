"""A power cut in the midst of an issuance or a signing session loses nothing."""

from pathlib import Path

import pytest

from tests.killing_messenger import STORIES, killed_again_and_again


@pytest.mark.parametrize("name", STORIES)
def test_whatever_is_killed_goes_on_and_does_nothing_twice(
    name: str, tmp_path: Path
) -> None:
    # Each process lives three steps longer than the one before. The long form, where a
    # new messenger is killed at every step, is in docs/quality.md.
    assert killed_again_and_again(name, tmp_path) > 4
