"""A page asks through a browser: npm @openid4vc/openid4vp on either side of it.

What the browser carries is JSON; the tests are the browser, and say whose page it was.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from idwallet import VerificationFailed
from idwallet.codec.json import JsonObject
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.protocols.dc_api import PageProtocol
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.report import CheckId, Reason
from idwallet.roles.page import Page
from idwallet.roles.page_question import PageQuestion
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.mdoc import NAMESPACE
from tests.interop.mdoc_peers import Process
from tests.interop.online.issuing import now
from tests.interop.online.test_asked_by_npm import SHOWN, Asking
from tests.interop.online.tls import Authority
from tests.interop.online.verifying import BOTH, Trusted

pytestmark = [pytest.mark.interop, pytest.mark.loopback]

PAGE: Final = "https://shop.example"
MODES: Final = (ResponseMode.DC_API, ResponseMode.DC_API_JWT)
WAYS: Final = (PageProtocol.UNSIGNED, PageProtocol.SIGNED)


@pytest.fixture(scope="module")
def trusted() -> Trusted:
    return Trusted()


def _question(trusted: Trusted, way: PageProtocol, mode: ResponseMode) -> PageQuestion:
    page = Page(origin=PAGE, protocol=way, mode=mode)
    return trusted.verifier().ask_page(BOTH, page=page, purpose="a test", at=now())


def _shown_by_npm(
    npm: Process, question: PageQuestion, trusted: Trusted, *, origin: str = PAGE
) -> str:
    """Let the peer's wallet answer on a page of that origin."""
    (asked,) = question.options["requests"]  # type: ignore[misc]
    sent = {"action": "present", "request": asked["data"], "origin": origin}
    told: Any = npm.ask({**sent, "credentials": [*trusted.held()]})["result"]
    return json.dumps({"protocol": asked["protocol"], "data": told["answer"]})


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", WAYS)
def test_our_page_is_answered_by_its_wallet_in_both_formats(
    way: PageProtocol, mode: ResponseMode, npm: Process, trusted: Trusted
) -> None:
    question = _question(trusted, way, mode)
    answer = _shown_by_npm(npm, question, trusted)
    judged = evaluate_presentation(
        answer, request=question, trust=trusted.trust, at=now()
    )
    assert isinstance(judged, VerifiedPresentation), judged.report
    identity, licence = judged.credentials
    assert identity.claims["family_name"] == "Образцова"
    assert licence.claims[NAMESPACE]["family_name"] == "Примерова"  # type: ignore[index,call-overload]


def test_what_was_shown_on_another_page_fails_here(
    npm: Process, trusted: Trusted
) -> None:
    question = _question(trusted, PageProtocol.UNSIGNED, ResponseMode.DC_API)
    answer = _shown_by_npm(npm, question, trusted, origin="https://other.example")
    judged = evaluate_presentation(
        answer, request=question, trust=trusted.trust, at=now()
    )
    assert isinstance(judged, Unverified)
    failed = {(each.id, each.reason) for each in judged.report.failed()}
    assert (CheckId.PRESENTATION_AUDIENCE, Reason.MISMATCH) in failed


@pytest.fixture
def asking(npm: Process, authority: Authority, trusted: Trusted) -> Iterator[Asking]:
    world = Asking(npm, authority, trusted)
    yield world
    npm.ask({"action": "stopVerifier"})


def _asked_by(world: Asking, mode: ResponseMode, *, signed: bool) -> JsonObject:
    told = world.npm.ask(
        {
            "action": "askPage",
            "query": BOTH.to_dcql(),
            "mode": mode.value,
            "page": PAGE,
            "isSigned": signed,
        }
    )["result"]
    assert isinstance(told, dict)
    return told


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("signed", [False, True])
def test_its_page_is_answered_by_our_wallet_in_both_formats(
    signed: bool, mode: ResponseMode, asking: Asking, trusted: Trusted
) -> None:
    told = _asked_by(asking, mode, signed=signed)
    way = PageProtocol.SIGNED if signed else PageProtocol.UNSIGNED
    options: JsonObject = {"requests": [{"protocol": way.value, "data": told["data"]}]}
    wallet = trusted.wallet(strangers=True)
    asked = wallet.read_page_request(options, origin=PAGE, at=now())
    choice = wallet.match(asked, at=now()).choose()
    answer = wallet.present_page(asked, choice, at=now())
    found: Any = asking.npm.ask(
        {"action": "judgePage", "id": told["id"], "data": dict(answer.data)}
    )["result"]
    assert found["satisfied"] is True
    ((identity,), (licence,)) = found["shown"]["pid"], found["shown"]["mdl"]
    assert identity["address"] == SHOWN["pid"]["address"]
    assert licence == SHOWN["mdl"]


def test_what_it_signed_for_its_page_is_refused_on_another(
    asking: Asking, trusted: Trusted
) -> None:
    told = _asked_by(asking, ResponseMode.DC_API, signed=True)
    signed = PageProtocol.SIGNED.value
    options: JsonObject = {"requests": [{"protocol": signed, "data": told["data"]}]}
    wallet = trusted.wallet()
    with pytest.raises(VerificationFailed):
        wallet.read_page_request(options, origin="https://other.example", at=now())
    wallet.read_page_request(options, origin=PAGE, at=now())
