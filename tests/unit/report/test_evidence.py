from datetime import UTC, datetime

import pytest

from idwallet.report.evidence import Origin


def test_a_moment_of_taking_has_a_time_zone() -> None:
    taken = datetime(2026, 1, 1, tzinfo=UTC)
    assert Origin(taken=taken, source="file").taken == taken
    assert Origin(taken=None, source="file").taken is None
    with pytest.raises(ValueError, match=r"^the moment of taking has no time zone$"):
        Origin(taken=taken.replace(tzinfo=None), source="file")
