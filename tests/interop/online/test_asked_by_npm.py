"""Our wallet answers what a verifier by npm @openid4vc/openid4vp asks.

Over TLS on this machine. What comes is verified by `@sd-jwt` and `@owf/mdoc`, and held
against the query by `dcql`.
"""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from idwallet import Holder, VerificationFailed
from idwallet.adapters.http import HttpCarrier
from idwallet.codec.json import JsonObject
from idwallet.protocols.http import HttpRequest
from idwallet.protocols.openid4vp.abilities import WalletAbilities
from idwallet.protocols.openid4vp.inquiry import (
    FetchRequest,
    RequestReady,
    start_inquiry,
)
from idwallet.report import CheckId
from idwallet.roles.asked import PresentationResponse
from idwallet.testing.mdoc import NAMESPACE
from idwallet.trust.policies import WALLET
from tests.interop.mdoc_peers import Process, private_jwk
from tests.interop.online.issuing import now
from tests.interop.online.serving import patient_carrier
from tests.interop.online.tls import HOST, Authority
from tests.interop.online.verifying import BOTH, Trusted

pytestmark = [pytest.mark.interop, pytest.mark.loopback]

MODES: Final = ("direct_post", "direct_post.jwt")
FORM: Final = (("Content-Type", "application/x-www-form-urlencoded"),)
ABILITIES: Final = WalletAbilities(WALLET.algorithms, WALLET.profile.request_prefixes)
SHOWN: Final = {
    "pid": {"family_name": "Образцова", "address": {"locality": "Exampleton"}},
    "mdl": {NAMESPACE: {"family_name": "Примерова", "age_over_18": True}},
}
_ALWAYS: Final = frozenset({"vct", "iat", "exp", "cnf", "iss"})


class Asking:
    """Their side: the verifier's process, told who it is and what it asks."""

    def __init__(self, npm: Process, authority: Authority, trusted: Trusted) -> None:
        self.npm = npm
        reader = trusted.readers.reader(HOST)
        root = trusted.scene.pki.root_plan().to_der()
        npm.ask(
            {
                "action": "startVerifier",
                "chain": str(authority.chain),
                "key": str(authority.key),
                "asker": {
                    "key": private_jwk(reader.signer),
                    "chain": [b64encode(each).decode() for each in reader.chain],
                },
                "roots": [b64encode(root).decode()],
            }
        )

    def ask(self, **terms: Any) -> str:
        """Return a request for both credentials."""
        told = self.npm.ask({"action": "ask", "query": BOTH.to_dcql(), **terms})
        result: Any = told["result"]
        return str(result["request"])


@pytest.fixture(scope="module")
def trusted() -> Trusted:
    return Trusted()


@contextmanager
def asking(
    npm: Process, authority: Authority, trusted: Trusted
) -> Iterator[tuple[Asking, HttpCarrier, dict[str, Any]]]:
    """Such a verifier, what carries to it, and in the end what it found."""
    told: dict[str, Any] = {}
    world = Asking(npm, authority, trusted)
    try:
        with patient_carrier(authority) as carrier:
            yield world, carrier, told
    finally:
        result = npm.ask({"action": "stopVerifier"})["result"]
        assert isinstance(result, dict)
        told |= result


def _answer(wallet: Holder, request: str) -> PresentationResponse:
    asked = wallet.read_request(request, at=now())
    match = wallet.match(asked, at=now())
    return wallet.present(asked, match.choose(), at=now())


def _post(carrier: HttpCarrier, answer: PresentationResponse) -> int:
    body = answer.body.encode()
    return carrier.send(HttpRequest("POST", answer.send_to, FORM, body)).status


def _required(found: JsonObject) -> None:
    """Both are verified there, and nothing but what was asked for was shown."""
    assert found["satisfied"] is True
    shown: Any = found["shown"]
    ((identity,), (licence,)) = shown["pid"], shown["mdl"]
    told = {name: each for name, each in identity.items() if name not in _ALWAYS}
    assert {"pid": told, "mdl": licence} == SHOWN


@pytest.mark.parametrize("prefix", ["x509_hash", "x509_san_dns"])
@pytest.mark.parametrize("mode", MODES)
def test_both_formats_are_shown_in_one_answer_and_verified_there(
    mode: str, prefix: str, npm: Process, authority: Authority, trusted: Trusted
) -> None:
    with asking(npm, authority, trusted) as (world, carrier, told):
        answer = _answer(trusted.wallet(), world.ask(mode=mode, prefix=prefix))
        assert _post(carrier, answer) == 200
    (found,) = told["verdicts"]
    _required(found)
    assert (found["jwe"] is not None) is mode.endswith(".jwt")


@pytest.mark.parametrize("mode", MODES)
def test_a_request_is_fetched_from_there_and_answered(
    mode: str, npm: Process, authority: Authority, trusted: Trusted
) -> None:
    with asking(npm, authority, trusted) as (world, carrier, told):
        link = world.ask(mode=mode, prefix="x509_hash", reference=True)
        inquiry = start_inquiry(link, wallet=ABILITIES)
        while isinstance(inquiry.step, FetchRequest):
            inquiry = inquiry.receive(carrier.send(inquiry.step.request))
        assert isinstance(inquiry.step, RequestReady)
        answer = _answer(trusted.wallet(), inquiry.step.raw)
        assert _post(carrier, answer) == 200
    assert told["came"] == ["GET request", "POST answer"]
    (found,) = told["verdicts"]
    _required(found)


def test_who_asks_without_a_name_is_refused_unless_the_wallet_says_otherwise(
    npm: Process, authority: Authority, trusted: Trusted
) -> None:
    with asking(npm, authority, trusted) as (world, _, told):
        request = world.ask(mode="direct_post", prefix="redirect_uri")
        with pytest.raises(VerificationFailed) as caught:
            trusted.wallet().read_request(request, at=now())
        (failed,) = caught.value.report.failed()
        assert failed.id is CheckId.READER_AUTHORISED
    assert told["verdicts"] == []


def test_a_refusal_is_read_there_by_its_code(
    npm: Process, authority: Authority, trusted: Trusted
) -> None:
    with asking(npm, authority, trusted) as (world, carrier, told):
        for mode in MODES:
            wallet = trusted.wallet()
            request = world.ask(mode=mode, prefix="x509_hash")
            asked = wallet.read_request(request, at=now())
            _post(carrier, wallet.decline(asked, at=now()))
    assert told["verdicts"][0] == {"error": "access_denied"}


def test_a_request_that_was_changed_on_its_way_is_not_answered(
    npm: Process, authority: Authority, trusted: Trusted
) -> None:
    with asking(npm, authority, trusted) as (world, _, _):
        request = world.ask(mode="direct_post", prefix="x509_hash")
        with pytest.raises(VerificationFailed):
            trusted.wallet().read_request(request[:-4] + "AAAA", at=now())
        trusted.wallet().read_request(request, at=now())
