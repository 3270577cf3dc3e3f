import pytest

from idwallet.report import CheckId, Outcome, Reason


def test_a_check_is_named_group_dot_question() -> None:
    for check_id in CheckId:
        group, dot, question = check_id.value.partition(".")
        assert dot == "."
        assert group.replace("_", "").isalpha()
        assert question.replace("_", "").isalpha()


def test_the_set_of_checks_is_closed() -> None:
    with pytest.raises(ValueError, match="is not a valid CheckId"):
        CheckId("issuer.mood")


def test_there_are_three_outcomes() -> None:
    assert [each.value for each in Outcome] == ["passed", "indeterminate", "failed"]


def test_names_of_reasons_are_their_values() -> None:
    assert all(each.name.lower() == each.value for each in Reason)
