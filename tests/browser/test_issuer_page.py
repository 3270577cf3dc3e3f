"""A person uses the page of the example issuer, and a wallet takes up what it shows."""

from collections.abc import Iterator
from typing import Any

import pytest

from idwallet import now
from idwallet.protocols import Failed, Wait
from idwallet.roles import ConfirmArrived
from tests.browser.checked import picture_for_docs, require_accessible
from tests.browser.conftest import Service
from tests.browser.person import Wallet, picture, reached, require_fits, scanned

pytestmark = [pytest.mark.loopback, pytest.mark.browser]

WORDS = {
    "en": (
        "Continue as Anna Obraztsova",
        "Get it: Proof of age",
        "It is in your wallet.",
    ),
    "ru": (
        "Войти как Анна Образцова",
        "Получить: Подтверждение возраста",
        "Документ в вашем кошельке.",
    ),
}


@pytest.fixture
def wallet(issuer_service: Service) -> Iterator[Wallet]:
    found = Wallet(issuer_service)
    yield found
    found.carrier.close()


def offered(page: Any, service: Service, *, be: str, get: str) -> None:
    """Be somebody, and ask for something."""
    page.goto(service.page)
    page.get_by_role("button", name=be).click()
    page.get_by_role("button", name=get).click()
    page.locator("#code").wait_for()
    reached(page, "offered")


@pytest.mark.parametrize(("lang", "phone"), [("en", False), ("ru", True)])
def test_a_credential_is_had_by_scanning_what_the_page_shows(
    lang: str, phone: bool, issuer_service: Service, wallet: Wallet, visits: Any
) -> None:
    page = visits(lang=lang, phone=phone).page
    be, get, kept = WORDS[lang]
    name = f"issuer-{lang}-{'phone' if phone else 'wide'}"
    page.goto(issuer_service.page)
    picture(page, f"{name}-1-people")
    page.get_by_role("button", name=be).click()
    page.get_by_role("button", name=get).wait_for()
    picture(page, f"{name}-2-wishes")
    page.get_by_role("button", name=get).click()
    reached(page, "offered")
    require_fits(page)
    link = scanned(picture(page, f"{name}-3-offered"))
    if phone:
        picture_for_docs(page, f"{name}-offered")
    assert link == page.locator("#link").input_value()
    assert link == page.locator("#open").get_attribute("href")
    code = page.locator("#code").inner_text()
    assert code not in link
    issuance = wallet.type_code(wallet.scan(link), code)
    reached(page, "issued")
    picture(page, f"{name}-4-issued")
    card = wallet.keep(issuance)
    assert card.claims["age_equal_or_over"]["18"] is True  # type: ignore[index,call-overload]
    reached(page, "accepted")
    assert kept in page.locator("[data-live]").inner_text()
    picture(page, f"{name}-5-accepted")
    require_fits(page)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_page_is_for_everybody(
    lang: str, dark: bool, issuer_service: Service, visits: Any
) -> None:
    visit = visits(lang=lang, dark=dark)
    page = visit.page
    be, get, _ = WORDS[lang]
    page.goto(issuer_service.page)
    require_accessible(page)
    page.get_by_role("button", name=be).click()
    page.get_by_role("button", name=get).wait_for()
    require_accessible(page)
    page.get_by_role("button", name=get).click()
    reached(page, "offered")
    page.locator("summary").click()
    require_accessible(page)
    visit.excuse("404")
    page.goto(f"{issuer_service.page}offers/nothing")
    require_accessible(page)


def test_a_wrong_code_is_told_and_a_refused_credential_too(
    issuer_service: Service, wallet: Wallet, visits: Any
) -> None:
    page = visits().page
    offered(
        page, issuer_service, be="Continue as Maria Testova", get="Get it: National"
    )
    link, code = page.locator("#link").input_value(), page.locator("#code").inner_text()
    wrong = wallet.type_code(
        wallet.scan(link), "000000" if code != "000000" else "1" * 6
    )
    assert isinstance(wrong.step, Failed)
    page.locator(".verdict", has_text="A wrong code was typed").wait_for()
    picture(page, "issuer-en-wide-mistyped")
    issuance = wallet.type_code(wallet.scan(link), code)
    wallet.on(issuance.reject(at=now()))
    reached(page, "refused")
    picture(page, "issuer-en-wide-refused")


@pytest.mark.parametrize("decision", ["confirm", "refuse"])
def test_what_a_clerk_looks_at_first_comes_later(
    decision: str, issuer_service: Service, wallet: Wallet, visits: Any
) -> None:
    page = visits(lang="ru").page
    offered(page, issuer_service, be="Войти как Анна", get="Получить: Диплом")
    link, code = page.locator("#link").input_value(), page.locator("#code").inner_text()
    issuance = wallet.type_code(wallet.scan(link), code)
    assert isinstance(issuance.step, Wait)
    reached(page, "waiting")
    picture(page, "issuer-ru-wide-waiting")
    words = {"confirm": "Сотрудник: всё верно", "refuse": "Сотрудник: отказать"}
    page.get_by_role("button", name=words[decision]).click()
    page.locator(".verdict", has_text="Сотрудник решил").wait_for()
    later = issuance.step.until
    issuance = wallet.on(issuance.poll(at=later))
    if decision == "confirm":
        assert isinstance(issuance.step, ConfirmArrived)
        reached(page, "issued")
    else:
        assert isinstance(issuance.step, Failed)
        reached(page, "denied")
        picture(page, "issuer-ru-wide-denied")


def test_the_page_is_used_without_a_mouse_and_copies_its_link(
    issuer_service: Service, visits: Any
) -> None:
    page = visits().page
    page.goto(issuer_service.page)

    def press_until(name: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            focused = page.evaluate(
                "document.activeElement.ariaLabel || document.activeElement.innerText"
            )
            if name in (focused or ""):
                page.keyboard.press("Enter")
                return
        pytest.fail(f"{name} is not reached by the keyboard")

    press_until("Continue as Pyotr")
    page.get_by_text("You are Pyotr Primerov").wait_for()
    press_until("Get it: Proof of age")
    reached(page, "offered")  # and so its script listens
    press_until("Copy")
    page.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#link").input_value()


def test_an_offer_is_shown_to_nobody_else_and_no_other_site_sends_forms(
    issuer_service: Service, visits: Any
) -> None:
    page = visits().page
    offered(page, issuer_service, be="Continue as Anna", get="Get it: Proof")
    url = page.url
    answer = page.request.post(
        f"{issuer_service.page}sign-in",
        form={"person": "maria"},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status == 404
    page.goto(issuer_service.page)
    assert "Anna Obraztsova" in page.inner_text("main")
    assert page.request.get(url).status == 200
    page.get_by_role("button", name="Be somebody else").click()
    page.get_by_role("button", name="Continue as Maria").click()
    page.get_by_role("button", name="Be somebody else").wait_for()
    for more in ("", "/live", "/qr.svg"):
        assert page.request.get(url + more).status == 404


def test_every_answer_says_what_a_page_may_do(
    issuer_service: Service, visits: Any
) -> None:
    page = visits().page
    for path in ("", "static/page.css", "static/page.js", "nothing"):
        headers = page.request.get(f"{issuer_service.page}{path}").headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
    other = page.request.get(issuer_service.page, headers={"Host": "evil.example"})
    assert other.status == 400


def test_the_language_is_chosen_on_the_page_and_remembered(
    issuer_service: Service, visits: Any
) -> None:
    page = visits(lang="en").page
    page.goto(issuer_service.page)
    page.get_by_role("link", name="Русский").click()
    page.locator("html[lang='ru']").wait_for()
    page.goto(issuer_service.page)
    assert "Попробуйте кошелёк" in page.inner_text("h1")
