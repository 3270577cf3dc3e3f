"""Every forged request and answer of a page is refused for its reason; its twin passes.

Requests stand in `idwallet.testing.corpus.pages`, one list for each way to sign.
"""

from typing import Final

import pytest

from idwallet.codec.json import JsonValue
from idwallet.protocols.dc_api import PageProtocol
from idwallet.report import Outcome
from idwallet.testing.corpus.pages import PAGES, PageForgery
from idwallet.testing.page_draft import judge_page, page_draft
from idwallet.testing.scene import Scene
from tests.hostile.twins import require_only_its_check_moved

LEAST: Final = 35


@pytest.fixture(scope="module")
def shop() -> Scene:
    return Scene(seed=b"idwallet TEST forged page")


def test_there_are_enough_forgeries_and_each_has_a_name_of_its_own() -> None:
    names = {each.name for each in PAGES}
    assert len(names) == len(PAGES)
    assert len(names) >= LEAST


@pytest.mark.parametrize("forgery", PAGES, ids=lambda each: each.name)
def test_the_twin_passes_and_the_fault_moves_exactly_its_check(
    forgery: PageForgery, shop: Scene
) -> None:
    valid, forged = (judge_page(each) for each in forgery.twins(shop))
    require_only_its_check_moved(forgery, valid, forged)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("verifier_info", [{"format": "x", "data": "y"}]),
        ("client_id", "x509_hash:A"),
        ("other", "z"),
    ],
)
def test_what_a_signer_says_of_itself_outside_of_what_it_signed_is_refused(
    shop: Scene, name: str, value: JsonValue
) -> None:
    made = page_draft(shop)
    made.protocol = PageProtocol.MULTISIGNED
    made.signatures[0].bend = lambda entry: {**entry, "header": {name: value}}
    # What means nothing may stand there: nobody takes it for the signer's word.
    expected = Outcome.PASSED if name == "other" else Outcome.FAILED
    assert judge_page(made).outcome is expected
