import pytest

from idwallet.trust.status_list.values import STATUS_VALUES, StatusKind


def test_there_is_one_value_for_each_octet() -> None:
    assert [each.number for each in STATUS_VALUES] == list(range(256))


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (0x00, StatusKind.VALID),
        (0x01, StatusKind.INVALID),
        (0x02, StatusKind.SUSPENDED),
        (0x03, StatusKind.APPLICATION_SPECIFIC),
        (0x04, StatusKind.UNASSIGNED),
        (0x0B, StatusKind.UNASSIGNED),
        (0x0C, StatusKind.APPLICATION_SPECIFIC),
        (0x0F, StatusKind.APPLICATION_SPECIFIC),
        (0x10, StatusKind.UNASSIGNED),
        (0xFF, StatusKind.UNASSIGNED),
    ],
)
def test_a_number_means_what_the_registry_says(number: int, kind: StatusKind) -> None:
    assert STATUS_VALUES[number].kind is kind


def test_nothing_but_zero_is_valid() -> None:
    valid = [each.number for each in STATUS_VALUES if each.kind is StatusKind.VALID]
    assert valid == [0]
