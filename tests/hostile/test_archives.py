"""A forged archive is refused for its reason, and its twin passes."""

from functools import cache

import pytest

from idwallet.documents import VerifiedDocument
from idwallet.testing.archive_draft import archive_draft
from idwallet.testing.archive_forgeries import ARCHIVE_FORGERIES, ArchiveForgery
from idwallet.testing.archives import ArchiveScene
from tests.hostile.twins import require_only_its_check_moved


@cache
def scene() -> ArchiveScene:
    return ArchiveScene(seed=b"idwallet TEST archives")


@pytest.mark.parametrize("forgery", ARCHIVE_FORGERIES, ids=lambda each: each.name)
def test_a_forged_archive_is_told_from_its_valid_twin(forgery: ArchiveForgery) -> None:
    valid, forged = forgery.twins(scene())
    require_only_its_check_moved(forgery, valid.report(), forged.report())


def test_forged_archives_have_names_of_their_own_and_are_many() -> None:
    names = [each.name for each in ARCHIVE_FORGERIES]
    assert len(set(names)) == len(names) >= 40


def test_no_octet_of_an_archive_makes_judging_it_raise_or_pass_for_another() -> None:
    made = archive_draft(scene())
    whole = made.to_bytes()
    made.at = scene().years(7)
    made.known = ()
    for n in range(0, len(whole), 97):
        bent = bytearray(whole)
        bent[n] ^= 0x55
        made.after = lambda _, found=bytes(bent): found  # type: ignore[misc]  # bound
        # With no evidence about the newest authority nothing here may pass.
        assert not isinstance(made.judged(), VerifiedDocument)
