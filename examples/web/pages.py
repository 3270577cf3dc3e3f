"""What every page has: its frame, its two languages, and who may send it a form."""

from collections.abc import Mapping
from io import BytesIO
from typing import Final
from urllib.parse import parse_qs

import segno
from examples.web.elements import Child, Html, document, element, together
from examples.web.language import COOKIE, Language, Words
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

_FORM_BYTES: Final = 4096
_FORM_FIELDS: Final = 10
_NAMES: Final[Mapping[Language, str]] = {"en": "English", "ru": "Русский"}
_YEAR: Final = 31_536_000


def framed(
    request: Request, words: Words, *inside: Child, status: int = 200
) -> Response:
    """Return a page with its head and foot."""
    header = element(
        "header",
        None,
        element("p", {"class": "brand"}, element("a", {"href": "/"}, words("title"))),
        _languages(request, words),
    )
    foot = element("footer", None, element("p", None, words("foot")))
    body = together(
        element("a", {"class": "skip", "href": "#main"}, words("skip")),
        header,
        element("main", {"id": "main"}, *inside),
        element("noscript", None, element("p", None, words("noscript"))),
        foot,
    )
    response = HTMLResponse(
        document(
            lang=words.lang,
            title=words("title"),
            inside=body,
            styles="/static/page.css",
            script="/static/page.js",
        ),
        status_code=status,
    )
    if request.query_params.get("lang") == words.lang:
        response.set_cookie(
            COOKIE, words.lang, max_age=_YEAR, httponly=True, samesite="lax"
        )
    return response


def _languages(request: Request, words: Words) -> Html:
    links = [
        element(
            "a",
            {
                "href": f"{request.url.path}?lang={lang}",
                "lang": lang,
                "hreflang": lang,
                "aria-current": "true" if lang == words.lang else None,
            },
            name,
        )
        for lang, name in _NAMES.items()
    ]
    return element("nav", {"aria-label": words("languages")}, *links)


def qr_image(text: str) -> Response:
    """Return a QR code as a picture, dark on light whatever the page's colours are."""
    out = BytesIO()
    code = segno.make_qr(text, error="m")
    code.save(out, kind="svg", border=4, dark="#000", light="#fff", omitsize=True)
    return Response(out.getvalue(), media_type="image/svg+xml")


def link_block(words: Words, link: str, *, first: bool = True) -> Html:
    """Return a link to be opened here, `first` of all, and to be copied elsewhere."""
    looks = "button" if first else "button quiet"
    return element(
        "div",
        {"class": "link"},
        element("a", {"class": looks, "href": link, "id": "open"}, words("open")),
        element(
            "div",
            {"class": "copy"},
            element("label", {"for": "link"}, words("link")),
            element("input", {"id": "link", "readonly": True, "value": link}),
            element(
                "button",
                {
                    "type": "button",
                    "data-copy": "link",
                    "data-copied": words("copied"),
                },
                words("copy"),
            ),
        ),
    )


async def form_of(
    request: Request, *, most: int = _FORM_BYTES
) -> Mapping[str, str] | None:
    """Return the form that this site's own page sent, None for any other."""
    body = await body_of(request, most=most)
    if body is None:
        return None
    try:
        text = body.decode("utf-8", "replace")
        found = parse_qs(text, max_num_fields=_FORM_FIELDS)
    except ValueError:
        return None  # more fields than any form here has
    return {name: values[0] for name, values in found.items()}


async def body_of(request: Request, *, most: int) -> bytes | None:
    """Return what this site's own page sent, None for anybody else's or too much."""
    origin = request.headers.get("origin")
    if origin != f"http://{request.headers.get('host')}":
        return None
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most:
            return None
    return body
