"""A verifier's service and a wallet meet over TLS on this machine."""

from pathlib import Path

import pytest

from idwallet import Query
from idwallet.adapters.http import HttpCarrier
from idwallet.protocols import (
    FetchRequest,
    RequestReady,
    ResponseMode,
    read_reply,
    start_inquiry,
)
from idwallet.roles import AnswerState, Flow, response_code_of
from idwallet.testing.scene import Scene
from tests.loopback.verifier import HOST, asking

pytestmark = pytest.mark.loopback
SESSION = "the-cookie-of-one-browser"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "mode", [ResponseMode.DIRECT_POST, ResponseMode.DIRECT_POST_JWT]
)
def test_a_wallet_is_asked_and_answers_over_tls(mode: ResponseMode) -> None:
    scene = Scene(seed=b"idwallet TEST over TLS")
    wallet = scene.new_wallet()
    wallet.add(scene.issue(), at=scene.at)
    with (
        asking(scene, mode=mode) as desk,
        HttpCarrier(roots=desk.ca_pem, private_hosts=[HOST]) as carrier,
    ):
        started = desk.service.start(
            Query.age_over(18),
            purpose="a test",
            flow=Flow.SAME_DEVICE,
            session=SESSION,
            at=scene.at,
        )
        inquiry = start_inquiry(started.link, wallet=wallet.abilities)
        assert isinstance(inquiry.step, FetchRequest)
        inquiry = inquiry.receive(carrier.send(inquiry.step.request))
        assert isinstance(inquiry.step, RequestReady)
        asked = wallet.read_request(inquiry.step.raw, at=scene.at)
        choice = wallet.match(asked, at=scene.at).choose()
        answer = wallet.present(asked, choice, at=scene.at)
        reply = read_reply(carrier.send(answer.to_http()))
        assert reply.redirect_uri is not None
        found = desk.service.outcome(
            started.handle,
            session=SESSION,
            at=scene.at,
            response_code=response_code_of(reply.redirect_uri),
        )
        assert found.state is AnswerState.PASSED
        assert found.presentation is not None
        assert found.presentation.age_over(18) is True
        assert [each.split(b" ")[0] for each in desk.server.requests] == [
            b"POST",
            b"POST",
        ]
        # The wallet's machine says nothing of itself that others do not.
        assert b"python" not in b"".join(desk.server.requests).lower()
