"""A person at a counter asks with the page, and a wallet answers what it scans."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.checked import picture_for_docs, require_accessible
from tests.browser.conftest import Service, started, stopped
from tests.browser.person import (
    Wallet,
    picture,
    reached,
    require_fits,
    scanned,
    take_up,
)
from tests.docs.pages import python_path

pytestmark = [pytest.mark.loopback, pytest.mark.browser]

WORDS = {
    "en": ("Ask: sale from 18", "Accept. Everything asked for is confirmed.", "yes"),
    "ru": (
        "Спросить: продажа с 18 лет",
        "Можно принять. Всё, что вы запрашивали, подтверждено.",
        "да",
    ),
}


@pytest.fixture(scope="module")
def pocket() -> dict[str, Wallet]:
    """What a wallet holds from one test to the next."""
    return {}


@pytest.fixture
def annas(
    issuer_service: Service, verifier_service: Service, pocket: dict[str, Wallet]
) -> Iterator[Wallet]:
    """Anna's wallet, with her identity card."""
    wallet = Wallet(issuer_service, verifier_service, like=pocket.get("anna"))
    if "anna" not in pocket:
        take_up(wallet, issuer_service, person="anna", credential="national-id")
        pocket["anna"] = wallet
    yield wallet
    wallet.carrier.close()


def asked(page: Any, service: Service, button: str, *, same: bool = False) -> None:
    page.goto(service.page)
    card = page.locator(".list > li").filter(
        has=page.get_by_role("button", name=button)
    )
    if same:
        card.get_by_role("checkbox").check()
    card.get_by_role("button", name=button).click()
    reached(page, "waiting")


@pytest.mark.parametrize(("lang", "phone"), [("en", False), ("ru", True)])
def test_an_age_is_asked_answered_and_told_in_words(
    lang: str, phone: bool, annas: Wallet, verifier_service: Service, visits: Any
) -> None:
    page = visits(lang=lang, phone=phone, dark=phone).page
    button, verdict, yes = WORDS[lang]
    name = f"verifier-{lang}-{'phone' if phone else 'wide'}"
    page.goto(verifier_service.page)
    picture(page, f"{name}-1-occasions")
    asked(page, verifier_service, button)
    require_fits(page)
    link = scanned(picture(page, f"{name}-2-waiting"))
    if not phone:
        picture_for_docs(page, f"{name}-waiting")
    assert link == page.locator("#link").input_value()
    request = annas.read(link)
    reached(page, "read")
    assert annas.post(annas.agree(request)).is_taken
    reached(page, "passed")
    picture(page, f"{name}-3-passed")
    picture_for_docs(page, f"{name}-passed")
    told = page.locator("[data-live]").inner_text()
    assert verdict in told
    assert yes in page.locator("dd").all_inner_texts()
    assert "Образцова" not in told
    require_fits(page)
    page.reload()
    assert verdict in page.locator("[data-live]").inner_text()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_page_is_for_everybody(
    lang: str, dark: bool, verifier_service: Service, visits: Any
) -> None:
    visit = visits(lang=lang, dark=dark)
    page = visit.page
    page.goto(verifier_service.page)
    require_accessible(page)
    asked(page, verifier_service, WORDS[lang][0])
    page.locator("summary").click()
    require_accessible(page)
    visit.excuse("404")
    page.goto(f"{verifier_service.page}requests/nothing")
    require_accessible(page)


def test_a_register_is_filled_and_a_second_answer_is_refused_and_told(
    annas: Wallet, verifier_service: Service, visits: Any
) -> None:
    page = visits(lang="ru").page
    asked(page, verifier_service, "Спросить: заселение")
    link = page.locator("#link").input_value()
    first, second = (annas.agree(annas.read(link)) for _ in range(2))
    assert annas.post(first).is_taken
    reached(page, "passed")
    told = page.locator("dl").inner_text()
    for each in ("Образцова", "Анна", "1990-05-17", "TEST-000001", "Номер документа"):
        assert each in told
    assert told.index("Образцова") < told.index("Анна") < told.index("1990-05-17")
    assert not annas.post(second).is_taken
    page.locator(".again").wait_for()
    picture(page, "verifier-ru-wide-again")


def test_on_the_same_device_the_answer_is_shown_when_the_browser_comes_back(
    annas: Wallet, verifier_service: Service, visits: Any
) -> None:
    page = visits().page
    asked(page, verifier_service, "Ask: parcel", same=True)
    where = page.url
    reply = annas.post(annas.agree(annas.read(page.locator("#link").input_value())))
    reached(page, "answered")
    picture(page, "verifier-en-wide-answered")
    assert reply.redirect_uri is not None
    # Somebody else's browser has nothing of it.
    other = visits().page
    other.goto(reply.redirect_uri)
    assert other.url == verifier_service.page
    page.goto(reply.redirect_uri)
    assert page.url == where
    reached(page, "passed")
    assert "Анна" in page.locator("dl").inner_text()


def test_a_refusal_is_told_and_another_wallet_may_still_answer(
    annas: Wallet, verifier_service: Service, visits: Any
) -> None:
    page = visits().page
    asked(page, verifier_service, "Ask: sale from 18")
    link = page.locator("#link").input_value()
    refusal = annas.holder.decline(annas.read(link), at=annas.moment())
    annas.post(refusal)
    reached(page, "declined")
    picture(page, "verifier-en-wide-declined")
    assert annas.post(annas.agree(annas.read(link))).is_taken
    reached(page, "passed")


def test_an_issuer_that_is_not_believed_and_a_request_that_is_over(
    annas: Wallet, verifier_service: Service, tmp_path: Path, visits: Any
) -> None:
    own = str(verifier_service.folder / "root.pem")
    more = ("--trust", own, "--lifetime", "3")
    service = started("examples.verifier_service", tmp_path / "other", *more)
    wallet = annas.trusting(service)
    try:
        page = visits(lang="ru").page
        asked(page, service, "Спросить: продажа")
        answer = wallet.agree(wallet.read(page.locator("#link").input_value()))
        assert not wallet.post(answer).is_taken
        reached(page, "failed")
        picture(page, "verifier-ru-wide-failed")
        assert "Принимать нельзя." in page.locator(".verdict").inner_text()
        page.get_by_role("button", name="Спросить ещё раз").click()
        reached(page, "expired")
        picture(page, "verifier-ru-wide-expired")
    finally:
        wallet.carrier.close()
        stopped(service)


def test_a_request_is_shown_to_nobody_else(
    verifier_service: Service, visits: Any
) -> None:
    page = visits().page
    asked(page, verifier_service, "Ask: hotel")
    other = visits().page
    for more in ("", "/live", "/qr.svg"):
        assert page.request.get(page.url + more).status == 200
        assert other.request.get(page.url + more).status == 404


def terminal(page: Any, *more: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the command that the page shows, as a person copies it."""
    page.locator("summary").first.click()
    program, *given = shlex.split(page.locator("pre").inner_text().replace("\\\n", " "))
    assert program == "idwallet"
    run = "import sys; from idwallet.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", run, *given, *more],
        cwd=folder,
        env={**os.environ, **python_path()},
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_commands_that_both_pages_show_work_as_they_stand(
    issuer_service: Service, verifier_service: Service, tmp_path: Path, visits: Any
) -> None:
    (tmp_path / "seal.txt").write_text("a passphrase for tests")
    own = ("--seal-file", "seal.txt", "--yes")
    page = visits().page
    page.goto(issuer_service.page)
    page.get_by_role("button", name="Continue as Anna").click()
    page.get_by_role("button", name="Get it: Proof of age").click()
    (tmp_path / "code.txt").write_text(page.locator("#code").inner_text())
    done = terminal(page, "--code-file", "code.txt", *own, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    reached(page, "accepted")
    page = visits().page
    asked(page, verifier_service, "Ask: sale from 18")
    done = terminal(page, *own, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "The verifier took the answer." in done.stdout
    reached(page, "passed")
