"""Every bound that is named is applied."""

from datetime import timedelta

from idwallet import limits
from tests.meta.source import modules


def _bounds() -> dict[str, object]:
    return {name: value for name, value in vars(limits).items() if name.isupper()}


def test_every_bound_is_applied_somewhere() -> None:
    text = "\n".join(
        line for each in modules() if each.name != "limits" for line in each.lines
    )
    unused = sorted(name for name in _bounds() if f"limits.{name}" not in text)
    assert unused == []


def test_every_bound_is_a_positive_number_or_time() -> None:
    wrong = {
        name
        for name, value in _bounds().items()
        if not isinstance(value, int | timedelta) or value in (0, timedelta(0))
    }
    assert wrong == set()
