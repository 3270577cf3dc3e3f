"""What pages are held to is noticed when it is broken, and only then."""

import re
from typing import Any, Final

import pytest

from tests.browser.checked import AXE, is_at_home, require_accessible, visiting
from tests.conftest import AXE_ABSENT

pytestmark = pytest.mark.browser

PAGE: Final = """<!doctype html><html lang="en"><title>A page</title><main>
<h1>A page</h1><p style="color: {ink}; background: #fff">Some words to be read.</p>
{more}</main></html>"""
FORBIDDEN: Final = {
    "console.error('no')": "console: no",
    "console.warn('hm')": "console: hm",
    "setTimeout(() => { throw new Error('no') })": "thrown: no",
    "fetch('http://127.0.0.1:9/').catch(() => 0)": "ERR_",
    "fetch('https://fonts.example/a').catch(() => 0)": "https://fonts.example/a",
    "new Image().src = 'http://192.0.2.1/pixel'": "http://192.0.2.1/pixel",
    "new WebSocket('ws://192.0.2.1/')": "ws://192.0.2.1/",
    "window.open('https://elsewhere.example/')": "https://elsewhere.example/",
}


def _show(page: Any, *, ink: str = "#222", more: str = "") -> None:
    body = PAGE.format(ink=ink, more=more)
    page.route("http://localhost:1/", lambda route: route.fulfill(body=body))
    page.goto("http://localhost:1/")


@pytest.mark.parametrize("script", FORBIDDEN)
def test_a_page_that_complains_or_strays_fails_its_test(
    script: str, chromium: Any
) -> None:
    with (
        pytest.raises(pytest.fail.Exception, match=re.escape(FORBIDDEN[script])),
        visiting(chromium) as visit,
    ):
        page = visit().page
        _show(page)
        page.evaluate(f"() => {{ {script}; }}")
        page.wait_for_timeout(300)


def test_a_page_that_is_silent_and_stays_at_home_passes(chromium: Any) -> None:
    with visiting(chromium) as visit:
        page = visit(lang="ru", phone=True, dark=True).page
        _show(
            page, more="<img alt='' src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>"
        )
        page.evaluate("() => { console.log('fine'); }")
        assert page.evaluate("navigator.language") == "ru-RU"
        require_accessible(page)


def test_what_a_test_does_on_purpose_it_says_before(chromium: Any) -> None:
    with visiting(chromium) as visit:
        found = visit()
        found.excuse("127.0.0.1:9", "net::ERR_")
        _show(found.page)
        found.page.evaluate("fetch('http://127.0.0.1:9/').catch(() => 0)")


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ({"ink": "#999"}, "color-contrast"),
        ({"more": "<img src='data:,'>"}, "image-alt"),
        ({"more": "<input>"}, "label"),
        (
            {"more": 2 * "<button style='padding:0;height:9px;width:9px'>a</button>"},
            "target-size",
        ),
        ({"more": "<h4>Too deep</h4>"}, "heading-order"),
        ({"more": "<iframe title='x' srcdoc='<input>'></iframe>"}, "label"),
    ],
)
def test_what_not_everybody_can_use_is_told_by_rule_element_and_help(
    fault: dict[str, str], rule: str, chromium: Any
) -> None:
    if not AXE.is_file():
        pytest.skip(AXE_ABSENT)
    with visiting(chromium) as visit:
        page = visit().page
        _show(page)
        require_accessible(page)  # the twin without the fault
        _show(page, **fault)
        with pytest.raises(pytest.fail.Exception, match=rf"{rule} \(") as told:
            require_accessible(page)
    assert re.search(r"<[a-z]+.*\n +(Fix|Heading)", str(told.value))


@pytest.mark.parametrize(
    ("url", "is_home"),
    [
        ("http://127.0.0.1:8000/a", True),
        ("https://localhost/", True),
        ("ws://[::1]:5/", True),
        ("data:,", True),
        ("blob:http://localhost/1", True),
        ("http://localhost.evil.example/", False),
        ("http://127.0.0.1@evil.example/", False),
        ("http://192.0.2.1/", False),
        ("file:///etc/passwd", False),
    ],
)
def test_home_is_this_machine_and_the_page_itself(url: str, is_home: bool) -> None:
    assert is_at_home(url) is is_home
