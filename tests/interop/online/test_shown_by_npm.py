"""The wallet of npm @openid4vc/openid4vp answers what our verifier asks.

Over TLS on this machine; it chooses by `dcql`, and shows by `@sd-jwt` and `@owf/mdoc`.
"""

from dataclasses import replace
from typing import Any, Final

import pytest

from idwallet import policies
from idwallet.codec.json import JsonObject
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.profiles import HAIP_1_0
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.reference import RequestUriMethod
from idwallet.report import CheckId, Reason
from idwallet.roles.presentation_service import AnswerState, Flow
from idwallet.testing.mdoc import NAMESPACE
from tests.interop.mdoc_peers import Process
from tests.interop.online.issuing import now
from tests.interop.online.tls import Authority
from tests.interop.online.verifying import (
    BOTH,
    Judged,
    Trusted,
    presenting,
    verifying,
)

pytestmark = [pytest.mark.interop, pytest.mark.loopback]

POSTED = [ResponseMode.DIRECT_POST, ResponseMode.DIRECT_POST_JWT]
SIGNING: Final[JsonObject] = {
    "type": "qes_authorization",
    "credential_ids": ["pid"],
    "signatureQualifier": "eu_eidas_qes",
    "documentDigests": [{"label": "A test contract", "hash": "c2hhLTI1NiBvZiBpdA"}],
}
PREFIXES = [ClientIdPrefix.X509_HASH, ClientIdPrefix.X509_SAN_DNS, None]


@pytest.fixture(scope="module")
def trusted() -> Trusted:
    return Trusted()


def _present(npm: Process, request: str, trusted: Trusted, **told: Any) -> Any:
    sent = {"action": "present", "request": request, "credentials": [*trusted.held()]}
    return npm.ask({**sent, **told})["result"]


def _require_shown(judged: Judged) -> None:
    """Both credentials are verified, and nothing but what was asked for was shown."""
    assert isinstance(judged, VerifiedPresentation), judged.report
    identity, licence = judged.credentials
    assert identity.claims["family_name"] == "Образцова"
    assert identity.claims["address"] == {"locality": "Exampleton"}
    assert "given_name" not in identity.claims
    assert licence.claims == {
        NAMESPACE: {"family_name": "Примерова", "age_over_18": True}
    }


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("mode", POSTED)
def test_both_formats_come_in_one_answer_and_are_verified(
    mode: ResponseMode,
    prefix: ClientIdPrefix | None,
    npm: Process,
    authority: Authority,
    trusted: Trusted,
) -> None:
    with verifying(authority, trusted, prefix=prefix) as world:
        told = _present(npm, world.ask(mode=mode).message.to_uri(), trusted)
    assert told["status"] == 200
    assert told["prefix"] == (prefix.value if prefix else "redirect_uri")
    _require_shown(*world.verdicts)


@pytest.mark.parametrize("method", RequestUriMethod)
@pytest.mark.parametrize("mode", POSTED)
def test_a_request_is_fetched_and_its_answer_told_to_the_session_that_began(
    mode: ResponseMode,
    method: RequestUriMethod,
    npm: Process,
    authority: Authority,
    trusted: Trusted,
) -> None:
    session, other = "the session that began", "the session of another"
    with presenting(authority, trusted, mode=mode, method=method) as service:
        started = service.start(
            BOTH, purpose="a test", flow=Flow.CROSS_DEVICE, session=session, at=now()
        )
        assert "request_uri=" in started.link
        assert _present(npm, started.link, trusted)["status"] == 200
        foreign = service.outcome(started.handle, session=other, at=now())
        found = service.outcome(started.handle, session=session, at=now())
    assert foreign.state is AnswerState.FOREIGN
    assert found.verdict is not None
    _require_shown(found.verdict)


def test_under_haip_it_is_asked_and_answers_as_well(
    npm: Process, authority: Authority, trusted: Trusted
) -> None:
    terms: dict[str, Any] = {
        "mode": ResponseMode.DIRECT_POST_JWT,
        "method": RequestUriMethod.POST,
        "policy": replace(policies.RETAIL, name="haip", profile=HAIP_1_0),
    }
    session = "the session that began"
    with presenting(authority, trusted, **terms) as service:
        started = service.start(
            BOTH, purpose="a test", flow=Flow.CROSS_DEVICE, session=session, at=now()
        )
        assert _present(npm, started.link, trusted)["status"] == 200
        found = service.outcome(started.handle, session=session, at=now())
    assert found.verdict is not None
    _require_shown(found.verdict)


@pytest.mark.parametrize("enc", ["A128GCM", "A256GCM"])
def test_it_is_encrypted_by_either_algorithm_that_haip_names(
    enc: str, npm: Process, authority: Authority, trusted: Trusted
) -> None:
    with verifying(authority, trusted) as world:
        asked = world.ask(mode=ResponseMode.DIRECT_POST_JWT)
        _present(npm, asked.message.to_uri(), trusted, change={"enc": enc})
    _require_shown(*world.verdicts)


@pytest.mark.parametrize("part", ["nonce", "audience"])
def test_an_answer_for_another_session_or_verifier_fails_in_both_formats(
    part: str, npm: Process, authority: Authority, trusted: Trusted
) -> None:
    with verifying(authority, trusted) as world:
        uri = world.ask().message.to_uri()
        told = _present(npm, uri, trusted, change={part: "another"})
    assert told["status"] == 400
    (judged,) = world.verdicts
    assert isinstance(judged, Unverified)
    failed = {(each.subject, each.id, each.reason) for each in judged.report.failed()}
    check = {
        "nonce": CheckId.PRESENTATION_NONCE,
        "audience": CheckId.PRESENTATION_AUDIENCE,
    }
    assert ("pid", check[part], Reason.MISMATCH) in failed
    assert any(subject == "mdl" for subject, _, _ in failed)


def test_what_it_agrees_to_with_its_answer_is_seen_and_silence_too(
    npm: Process, authority: Authority, trusted: Trusted
) -> None:
    with verifying(authority, trusted) as world:
        uri = world.ask(transactions=[SIGNING]).message.to_uri()
        assert _present(npm, uri, trusted)["status"] == 200
        uri = world.ask(transactions=[SIGNING]).message.to_uri()
        silent = _present(npm, uri, trusted, change={"silent": True})
        assert silent["status"] == 400
    _require_shown(world.verdicts[0])
    failed = {each.id for each in world.verdicts[1].report.failed()}
    assert failed == {CheckId.PRESENTATION_TRANSACTION}


def test_the_same_answer_serves_once(
    npm: Process, authority: Authority, trusted: Trusted
) -> None:
    with verifying(authority, trusted) as world:
        uri = world.ask().message.to_uri()
        assert _present(npm, uri, trusted)["status"] == 200
        assert _present(npm, uri, trusted)["status"] == 400
    _require_shown(world.verdicts[0])
