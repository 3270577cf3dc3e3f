from idwallet.credentials.required import (
    ANSWERED,
    BOUND,
    SHOWN,
    SHOWN_ONE_WAY,
    STORED,
    required_of,
)
from idwallet.report import CheckId


def prefixed(*prefixes: str) -> set[CheckId]:
    return {each for each in CheckId if each.value.startswith(prefixes)}


def test_every_check_on_credential_issuer_and_holder_is_required_of_what_is_shown() -> (
    None
):
    # Whether a list gives its people away is told, and is no reason to refuse them.
    # Who acts for somebody else is asked about only where somebody does.
    told = {CheckId.CREDENTIAL_TRACKING, CheckId.HOLDER_DELEGATION}
    wanted = prefixed("issuer.", "credential.", "holder.") - told
    assert wanted <= set(SHOWN)
    assert set(STORED) == wanted - {CheckId.HOLDER_PRESENCE}


def test_every_check_on_presenting_is_required_of_what_is_shown_or_of_the_answer() -> (
    None
):
    # Required where the request has a transaction: see `roles/transactions`.
    of_some = {CheckId.PRESENTATION_TRANSACTION}
    assert prefixed("presentation.") - of_some <= {*SHOWN, *ANSWERED, *SHOWN_ONE_WAY}
    assert set(BOUND) < set(SHOWN)


def test_nothing_is_required_twice() -> None:
    for each in (STORED, BOUND, SHOWN, ANSWERED):
        assert len(set(each)) == len(each)


def test_a_requirement_is_of_one_subject() -> None:
    assert required_of(BOUND, "pid") == {(each, "pid") for each in BOUND}
