"""`offer`: what an issuer offers is read, taken up, kept; a trace tells no secret."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from idwallet.protocols import (
    HttpRequest,
    HttpResponse,
    NotificationEvent,
    offer_reference,
)
from idwallet.roles import Denied, Pending
from idwallet.testing.pki import TestPki
from tests.cli.program import AT, Ran, run
from tests.conftest import AT as MOMENT
from tests.loopback.issuer import BACK, Issuing, issuing
from tests.unit.adapters.http.test_fetcher import identity

pytestmark = pytest.mark.loopback

SEAL: Final = ("--seal-file", "seal.txt")
PERSON: Final = ("Образцова", "Анна", "1990-05-17", "1 Example Street")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuing]:
    """An issuer that waits for wallets, and the files that a wallet needs."""
    monkeypatch.chdir(tmp_path)
    with issuing(MOMENT) as found:
        Path("ca.pem").write_text(found.ca_pem)
        Path("root.pem").write_text(found.pki.root_pem)
        Path("seal.txt").write_text("a passphrase for tests\n")
        yield found


def accept(link: str, code: str | None, *more: str) -> Ran:
    given: tuple[str, ...] = ()
    if code is not None:
        Path("code.txt").write_text(code)
        given = ("--code-file", "code.txt")
    return run("offer", "accept", link, *given, *OPTIONS, *more)


OPTIONS: Final = (
    *("--wallet", "mine", "--trust", "root.pem", *SEAL, "--at", AT),
    *("--ca", "ca.pem", "--private-host", "localhost"),
)


def told(ran: Ran, status: int = 0) -> dict[str, object]:
    assert ran.status == status, ran
    found: dict[str, object] = json.loads(ran.out)
    return found


def held() -> list[object]:
    listed = told(run("wallet", "list", "--wallet", "mine", *SEAL, "--json"))
    found = listed["credentials"]
    assert isinstance(found, list)
    return found


def keys() -> int:
    return len(list(Path("mine/keys").glob("*.key")))


# --- read ---------------------------------------------------------------------------


def test_an_offer_is_read_without_asking_anybody_and_its_code_is_not_shown(
    desk: Issuing,
) -> None:
    made = desk.service.offer(subject="anna", configurations=["id"], at=MOMENT)
    grant = made.offer.pre_authorized
    assert grant is not None
    Path("offer.txt").write_text(made.offer.to_uri() + "\n")
    for source in (made.offer.to_uri(), "offer.txt"):
        ran = run("offer", "read", source)
        assert ran.status == 0
        assert desk.server.origin in ran.out
        assert "digits, their number: 6" in ran.out
        as_json = run("offer", "read", source, "--json")
        assert told(as_json)["transaction_code"] == {
            "input_mode": "numeric",
            "length": 6,
            "description": None,
        }
        for each in (ran.out, as_json.out):
            assert grant.code not in each
    assert (
        "Предложение может составить кто угодно"
        in run("offer", "read", "offer.txt", "--lang", "ru").out
    )
    assert desk.asked == []


def test_an_offer_that_lies_elsewhere_is_said_to_and_its_address_is_kept(
    desk: Issuing,
) -> None:
    link = offer_reference(f"{desk.server.origin}/offers/secret-7f3e")
    ran = run("offer", "read", link)
    assert f"localhost:{desk.server.port}" in ran.out
    assert "secret-7f3e" not in ran.out
    assert told(run("offer", "read", link, "--json"))["offer"] == "reference"


@pytest.mark.parametrize("source", ["openid-credential-offer://?a=b", "none.txt", "-"])
def test_what_is_no_offer_is_said_in_one_line(source: str, desk: Issuing) -> None:
    ran = run("offer", "read", source, stdin=b"{}")
    assert (ran.status, ran.out) == (4, "")
    assert ran.err.startswith("idwallet: ")
    assert ran.err.count("\n") == 1


# --- taken up -----------------------------------------------------------------------


def test_an_offer_is_taken_up_into_a_wallet_and_the_issuer_hears_of_it(
    desk: Issuing,
) -> None:
    ran = accept(*desk.offered(), "--yes", "--copies", "3")
    assert ran.status == 0, ran
    assert "Town of Exampleton" in ran.err
    assert "The code would be sent to: localhost" in ran.err
    assert "Образцова" in ran.err
    assert "Copies, each for one showing: 3." in ran.out
    assert desk.orders[0].count == 3
    assert [each.event for each in desk.told] == [NotificationEvent.ACCEPTED]
    assert len(held()) == 1
    assert keys() == 3
    assert "No offer waits." in run("offer", "pending", "--wallet", "mine", *SEAL).out


def test_an_offer_by_reference_is_fetched_and_what_came_can_be_shown(
    desk: Issuing,
) -> None:
    made = desk.service.offer(subject="anna", configurations=["id"], at=MOMENT)
    url = f"{desk.server.origin}/offers/one"
    desk.offers[url] = json.dumps(made.offer.to_json()).encode()
    ran = accept(
        offer_reference(url), made.transaction_code, "--yes", "--json", "--copies", "1"
    )
    found = told(ran)
    assert "got from somebody else" not in ran.err  # the issuer's own address
    assert found["outcome"] == "stored"
    (card,) = found["credentials"]  # type: ignore[misc]
    assert card["copies"] == 1
    assert not any(each in ran.out for each in PERSON)


@pytest.mark.usefixtures("desk")
def test_an_offer_that_lies_at_somebody_elses_is_told_of() -> None:
    secured = identity("localhost")
    Path("ca.pem").write_text(secured[0])
    with (
        issuing(MOMENT, secured=secured) as issuer,
        issuing(MOMENT, secured=secured) as other,
    ):
        Path("root.pem").write_text(issuer.pki.root_pem)
        made = issuer.service.offer(subject="a", configurations=["id"], at=MOMENT)
        url = f"{other.server.origin}/offers/one"
        other.offers[url] = json.dumps(made.offer.to_json()).encode()
        ran = accept(offer_reference(url), made.transaction_code, "--yes")
    assert ran.status == 0, ran
    said = "The offer was got from somebody else than the issuer: "
    assert said + other.server.origin in ran.err


def test_nothing_is_asked_of_the_issuer_beyond_its_names_unless_somebody_agrees(
    desk: Issuing,
) -> None:
    ran = accept(*desk.offered())
    assert ran.status == 2
    assert "--yes agrees" in ran.err
    assert {each.method for each in desk.asked} == {"GET"}
    assert keys() == 0


def test_a_wrong_code_is_refused_and_the_right_one_still_serves(desk: Issuing) -> None:
    link, code = desk.offered()
    wrong = "000000" if code != "000000" else "000001"
    refused = accept(link, wrong, "--yes", "--json")
    assert told(refused, 1) == {
        "outcome": "failed",
        "error": "invalid_grant",
        "during": "token",
    }
    assert "The issuer refused" in accept(link, wrong, "--yes").err
    assert keys() == 0
    assert accept(link, "12", "--yes").status == 2
    assert accept(link, code, "--yes").status == 0


def test_an_offer_that_is_not_there_is_told_with_the_reason_and_its_clause(
    desk: Issuing,
) -> None:
    link = offer_reference(f"{desk.server.origin}/offers/nobody")
    failed = told(accept(link, None, "--yes", "--json"), 1)
    assert failed["error"] == "malformed"
    what, clause = str(failed["what"]), str(failed["clause"])
    assert what
    assert clause == "RFC 9110 §15"
    assert f"{what} ({clause})" in accept(link, None, "--yes").err


@pytest.mark.parametrize("answers", [["y", "n"], ["n"]])
def test_what_the_person_does_not_take_is_not_kept_and_the_issuer_is_told(
    answers: list[str], desk: Issuing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account shown and confirmed: openid/OpenID4VCI#806."""
    monkeypatch.setattr("tests.cli.program.Stream.isatty", lambda _: True)
    link, code = desk.offered()
    Path("code.txt").write_text(code or "")
    ran = run(
        *("offer", "accept", link, "--code-file", "code.txt", *OPTIONS),
        stdin="".join(f"{each}\n" for each in answers).encode(),
    )
    assert ran.status == 1, ran
    assert "Nothing was kept." in ran.err
    assert held() == []
    assert keys() == 0
    events = [each.event for each in desk.told]
    came = len(answers) > 1
    assert events == ([NotificationEvent.DELETED] if came else [])
    assert ("Образцова" in ran.err) is came


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_what_does_not_verify_is_not_kept(form: tuple[str, ...], desk: Issuing) -> None:
    Path("root.pem").write_text(TestPki(at=MOMENT).root_pem)
    ran = accept(*desk.offered(), "--yes", *form)
    assert ran.status == 1
    if form:
        assert told(ran, 1)["outcome"] == "refused"
    assert "Please use a document from a recognised issuer." in ran.err
    assert held() == []
    assert keys() == 0
    assert [each.event for each in desk.told] == [NotificationEvent.FAILURE]
    assert not any(each in ran.err + ran.out for each in PERSON)


def test_an_issuer_that_denies_ends_it(desk: Issuing) -> None:
    desk.answer = Denied()
    found = told(accept(*desk.offered(), "--yes", "--json"), 1)
    assert (found["outcome"], found["during"]) == ("failed", "credential")


def test_an_issuer_that_wants_attested_keys_is_told_of_and_nothing_is_left(
    desk: Issuing,
) -> None:
    def attested(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not request.url.endswith("/.well-known/openid-credential-issuer"):
            return response
        metadata = json.loads(response.body)
        configuration = metadata["credential_configurations_supported"]["id"]
        proof = configuration["proof_types_supported"]["jwt"]
        proof["key_attestations_required"] = {}
        body = json.dumps(metadata).encode()
        return HttpResponse(200, response.headers, body)

    desk.meddle = attested
    ran = accept(*desk.offered(), "--yes")
    assert ran.status == 2
    assert "a wallet's provider attests" in ran.err
    assert keys() == 0
    assert desk.orders == []


# --- another day --------------------------------------------------------------------


def test_what_is_deferred_is_said_with_its_time_and_had_later(desk: Issuing) -> None:
    desk.answer = Pending(60)
    first = told(accept(*desk.offered(), "--yes", "--json"), 3)
    assert first["until"] == "2026-11-24T12:01:00Z"
    name = str(first["resume"])
    listed = run("offer", "pending", "--wallet", "mine", *SEAL)
    assert listed.out == f"{name}  {desk.server.origin}\n"
    early = run("offer", "resume", name, *OPTIONS, "--yes")
    assert early.status == 3
    assert "2026-11-24T12:01:00Z" in early.out
    desk.answer = None
    later = [("--at" if each == "--at" else each) for each in OPTIONS]
    later[later.index(AT)] = "2026-11-24T12:01:01Z"
    desk.at = MOMENT.replace(minute=1, second=1)
    done = run("offer", "resume", name, *later, "--yes")
    assert done.status == 0, done
    assert len(held()) == 1
    assert keys() == 10
    assert run("offer", "resume", name, *later).status == 4


def test_where_the_network_breaks_it_goes_on_later(desk: Issuing) -> None:
    def drop(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.url.endswith("/nonce"):
            raise OSError
        return response

    desk.meddle = drop
    broken = accept(*desk.offered(), "--yes")
    assert broken.status == 4, broken.err
    assert "idwallet offer resume" in broken.err, broken.err
    name = broken.err.split("idwallet offer resume ")[1].split()[0]
    desk.meddle = None
    assert run("offer", "resume", name, *OPTIONS, "--yes").status == 0
    assert len(held()) == 1


def test_who_has_to_sign_in_is_told_where_and_goes_on_with_the_address(
    desk: Issuing,
) -> None:
    link = desk.service.invite(
        subject="anna", configurations=["id"], at=MOMENT
    ).to_uri()
    first = told(accept(link, None, "--yes", "--json"), 3)
    asked = desk.service.handle(HttpRequest("GET", str(first["open"])), at=MOMENT)
    assert not isinstance(asked, HttpResponse)
    back = desk.service.grant(asked, subject="anna", at=MOMENT).header("Location")
    assert back is not None
    assert back.startswith(BACK)
    Path("back.txt").write_text(back)
    name = str(first["resume"])
    resumed = ("offer", "resume", name, *OPTIONS, "--yes", "--returned")
    Path("other.txt").write_text(f"{BACK}?code=x&state=y")
    assert run(*resumed, "other.txt").status == 4
    assert run(*resumed, "back.txt").status == 0
    assert len(held()) == 1


# --- traced -------------------------------------------------------------------------


def worth_something(request: HttpRequest, response: HttpResponse) -> Iterator[str]:
    """What a thief would take of an exchange."""
    for name in ("DPoP", "Authorization"):
        yield request.header(name) or ""
    end = request.url.rpartition("/")[2]
    if end == "token":
        form = request.form()
        yield from (form["pre-authorized_code"], form["tx_code"])
        yield str(response.json().get("access_token", ""))
        yield response.header("DPoP-Nonce") or ""
    if end == "nonce":
        yield str(response.json()["c_nonce"])
    if end == "credential":
        yield json.loads(request.body)["proofs"]["jwt"][0]
        yield json.loads(response.body)["credentials"][0]["credential"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_trace_shows_every_message_and_nothing_that_is_worth_something(
    form: str, desk: Issuing
) -> None:
    secrets: list[str] = []

    def note(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        secrets.extend(worth_something(request, response))
        return response

    desk.meddle = note
    link, code = desk.offered()
    more = ("--json",) if form == "json" else ()
    ran = accept(link, code, "--yes", "--trace", "--copies", "1", *more)
    assert ran.status == 0, ran
    traced = _trace_of(ran.err, form)
    for each in (each for each in secrets if each):
        assert each not in traced
        assert each.split(" ")[-1][:40] not in traced
    assert not any(each in traced for each in PERSON)
    for each in ("/token", "/nonce", "/credential", "/notification"):
        assert f"{desk.server.origin}{each}" in traced
    for each in ("urn:ietf:params:oauth:grant-type:pre-authorized_code", "dpop+jwt"):
        assert each in traced
    assert traced.count("openid4vci-proof+jwt") == 1


def _trace_of(err: str, form: str) -> str:
    if form == "json":
        lines = [each for each in err.splitlines() if each.startswith("{")]
        parsed = [json.loads(each) for each in lines]
        assert [each["number"] for each in parsed] == sorted(
            each["number"] for each in parsed
        )
        assert {"sent", "received"} <= {key for each in parsed for key in each}
        return "\n".join(lines)
    return "\n".join(
        each for each in err.splitlines() if each[:1].isdigit() or each[:4] == "    "
    )
