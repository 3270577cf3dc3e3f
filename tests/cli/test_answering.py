"""`request read` and `present --to`: a foreign verifier is read, and answered."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from idwallet import Query
from idwallet.cli.trusted import read_trust
from idwallet.protocols import HttpRequest, HttpResponse, RequestUriMethod, ResponseMode
from idwallet.roles import AnswerState, Flow, response_code_of
from idwallet.trust.anchors import Purpose
from tests.cli.program import AT, Ran, run
from tests.conftest import AT as MOMENT
from tests.loopback.asking import Asking, asking

pytestmark = pytest.mark.loopback

SEAL: Final = ("--seal-file", "passphrase.txt")
HERE: Final = ("--ca", "ca.pem", "--private-host", "localhost")
TRUST: Final = ("--trust", "verifiers.pem", "--at", AT)
PERSON: Final = ("Образцова", "1990-05-17", "TEST-000001")
NAME: Final = Query.claims("national-id", "family_name", formats=["dc+sd-jwt"])
ADULT: Final = Query.age_over(18)


@pytest.fixture
def desk(story: Path) -> Iterator[Asking]:
    """A verifier that waits for wallets; the story's wallet has Anna's card."""
    trust = read_trust(
        ["pki/root.pem"], names=(), purpose=Purpose.ISSUE_CREDENTIALS, types=()
    )
    with asking(MOMENT, trust) as found:
        (story / "ca.pem").write_text(found.ca_pem)
        (story / "verifiers.pem").write_text(found.pki.root_pem)
        yield found


def present(link: str, *more: str) -> Ran:
    return run(
        *("present", "--to", link, "--wallet", "wallet", *SEAL, *TRUST, *HERE, *more)
    )


def told(ran: Ran, status: int = 0) -> dict[str, object]:
    assert ran.status == status, ran
    found: dict[str, object] = json.loads(ran.out)
    return found


def history() -> str:
    return run("wallet", "history", "--wallet", "wallet", *SEAL, "--json").out


# --- read ---------------------------------------------------------------------------


def test_a_request_that_lies_elsewhere_is_fetched_where_the_command_says_so(
    desk: Asking,
) -> None:
    link = desk.start(ADULT).link
    ran = run("request", "read", link, *TRUST)
    assert ran.status == 2
    assert f"localhost:{desk.server.port}" in ran.err
    assert "--fetch fetches it" in ran.err
    assert desk.asked == []
    Path("link.txt").write_text(link + "\n")
    for source in (link, "link.txt"):
        ran = run("request", "read", source, "--fetch", *TRUST, *HERE)
        assert ran.status == 0, ran
        assert "shop.example" in ran.out
        assert "Aged 18 or over" in ran.out
        assert f"The answer would go to {desk.server.origin}/answer." in ran.out
    russian = run("request", "read", link, "--fetch", *TRUST, *HERE, "--lang", "ru")
    assert "Запрашивается из документа" in russian.out


def test_a_request_by_value_is_read_without_a_network_and_judged(desk: Asking) -> None:
    Path("request.json").write_text(
        desk.verifier.request(
            NAME, purpose="age-restricted-sale", at=MOMENT
        ).message.to_json()
    )
    ran = run("request", "read", "request.json", *TRUST)
    assert ran.status == 0, ran
    assert "! Family name (more than the purpose needs)" in ran.out
    found = told(run("request", "read", "request.json", *TRUST, "--json"))
    assert found["purpose"] == "age-restricted-sale"
    assert found["judgement"]["claims"][0]["finding"] == "excess"  # type: ignore[index,call-overload]
    assert desk.asked == []


def test_a_request_of_somebody_whom_nobody_trusts_is_refused(desk: Asking) -> None:
    Path("verifiers.pem").write_text(Path("pki/issuer.pem").read_text())
    link = desk.start(ADULT).link
    Path("verifiers.pem").write_text(Path("pki/root.pem").read_text())
    ran = run("request", "read", link, "--fetch", *TRUST, *HERE, "--json")
    assert told(ran, 1)["report"]
    assert present(link, "--yes").status == 1


# --- answered -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "mode", [ResponseMode.DIRECT_POST, ResponseMode.DIRECT_POST_JWT]
)
@pytest.mark.parametrize("method", list(RequestUriMethod))
def test_a_verifier_is_answered_and_says_what_it_says(
    mode: ResponseMode, method: RequestUriMethod, desk: Asking
) -> None:
    desk.mode, desk.method = mode, method
    started = desk.start(ADULT)
    ran = present(started.link, "--yes")
    assert ran.status == 0, ran
    assert "The verifier took the answer." in ran.out
    assert "Aged 18 or over: yes" in ran.err
    assert f"The answer goes to {desk.server.origin}/answer." in ran.err
    assert desk.state(started) is AnswerState.PASSED
    again = present(started.link, "--yes")
    assert again.status == 4  # what was answered is not handed out again
    assert "no request" in again.err


def test_on_the_same_device_the_browser_goes_on_where_the_verifier_says(
    desk: Asking,
) -> None:
    started = desk.start(ADULT, flow=Flow.SAME_DEVICE)
    found = told(present(started.link, "--yes", "--json"))
    assert found["taken"] is True
    url = str(found["redirect_uri"])
    assert url.startswith(f"{desk.server.origin}/done?response_code=")
    assert desk.state(started) is AnswerState.ANSWERED
    assert desk.state(started, code=response_code_of(url)) is AnswerState.PASSED


def test_a_verifier_that_does_not_take_it_is_told_and_the_ledger_knows(
    desk: Asking,
) -> None:
    def refuse(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.url.endswith("/answer"):
            return HttpResponse(400, (("Content-Type", "application/json"),), b"{}")
        return response

    desk.meddle = refuse
    ran = present(desk.start(ADULT).link, "--yes")
    assert ran.status == 1
    assert "The verifier did not take the answer." in ran.err
    assert history().count('"sent"') == 1, history()


def test_nothing_leaves_before_somebody_agrees_and_a_refusal_is_said(
    desk: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = desk.start(NAME)
    assert present(started.link).status == 2
    assert not any(each.url.endswith("/answer") for each in desk.asked)
    monkeypatch.setattr("tests.cli.program.Stream.isatty", lambda _: True)
    ran = run(
        *("present", "--to", started.link, "--wallet", "wallet", *SEAL, *TRUST, *HERE),
        stdin=b"n\n",
    )
    assert ran.status == 1
    assert "the verifier was told that it is refused" in ran.err
    assert desk.state(started) is AnswerState.DECLINED
    assert not any(each.encode() in e.body for e in desk.asked for each in PERSON)


@pytest.mark.parametrize(
    "options",
    [
        ("request.json", "--to", "openid4vp://?client_id=a"),
        (),
        ("--to", "openid4vp://?client_id=a", "-o", "answer.txt"),
        ("--to", "openid4vp://?client_id=a", "--as", "json"),
    ],
)
def test_what_is_to_be_answered_is_said_once(
    options: tuple[str, ...], desk: Asking
) -> None:
    ran = run("present", *options, "--wallet", "wallet", *SEAL, *TRUST, "--yes")
    assert (ran.status, ran.err.count("\n")) == (2, 1)


def test_a_trace_of_an_answer_holds_nothing_of_it(desk: Asking) -> None:
    desk.mode = ResponseMode.DIRECT_POST
    started = desk.start(NAME)
    ran = present(started.link, "--yes", "--json", "--trace")
    assert ran.status == 0, ran
    lines = [each for each in ran.err.splitlines() if each.startswith("{")]
    traced = [json.loads(each) for each in lines]
    assert [each["number"] for each in traced] == [1, 1, 2, 2]
    assert traced[1]["body"]["token"] == {"typ": "oauth-authz-req+jwt", "alg": "ES256"}
    assert traced[2]["body"].keys() == {"state", "vp_token"}
    assert traced[2]["body"]["vp_token"].keys() == {"characters", "mark"}
    name = started.link.rpartition("%2F")[2].partition("&")[0]
    for each in (*PERSON, name, desk.asked[1].form()["state"]):
        assert each not in "".join(lines)
