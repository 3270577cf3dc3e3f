"""HTML as values: text is escaped wherever it stands, and cannot be otherwise."""

from collections.abc import Mapping
from html import escape
from typing import Final

_VOID: Final = frozenset({"img", "input", "link", "meta"})


class Html(str):
    """Text that is HTML already; only `element` and `page` make it."""

    __slots__ = ()


Child = Html | str | None


def element(
    tag: str, attributes: Mapping[str, str | bool | None] | None = None, *inside: Child
) -> Html:
    """Return an element. Of its attributes True stands alone, False and None do not."""
    written = "".join(
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in (attributes or {}).items()
        if value is not None and value is not False
    )
    if tag in _VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{together(*inside)}</{tag}>")


def together(*parts: Child) -> Html:
    """Return parts one after the other; None is none."""
    return Html(
        "".join(
            each if isinstance(each, Html) else escape(each)
            for each in parts
            if each is not None
        )
    )


def document(*, lang: str, title: str, inside: Html, styles: str, script: str) -> str:
    """Return a whole page, with nothing in it from anywhere else."""
    head = element(
        "head",
        None,
        element("meta", {"charset": "utf-8"}),
        element(
            "meta",
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
        ),
        element("meta", {"name": "color-scheme", "content": "light dark"}),
        element("title", None, title),
        element("link", {"rel": "stylesheet", "href": styles}),
        element("link", {"rel": "icon", "href": "/static/mark.svg"}),
        element("script", {"src": script, "defer": True}),
    )
    return "<!doctype html>\n" + element(
        "html", {"lang": lang}, head, element("body", None, inside)
    )
