"""Where elements stand in the octets of a document, so that octets can be put in.

What is signed stays as it was written: nothing is written anew to add to it.
"""

import re
from typing import Final, NamedTuple

# Well-formed XML without a document type has no other markup than this (XML 1.0 §2),
# and an attribute's value has no "<" in it.
_MARKUP: Final = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    rb"|<(?P<close>/)?(?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*>",
    re.DOTALL,
)
_OTHER: Final = (b"<!", b"<?")


class Span(NamedTuple):
    """Where one element stands: its tags begin and end at these octets.

    `inner` is where its content begins, `close` where its end tag does. The two are the
    same, and `end` too, where one tag is all there is of it.
    """

    start: int
    inner: int
    close: int
    end: int

    @property
    def is_one_tag(self) -> bool:
        """Whether it is written as one tag."""
        return self.inner == self.end


def spans(text: bytes) -> list[Span]:
    """Return where every element stands, in document order.

    `text` is a well-formed document without a document type.
    """
    found: list[Span] = []
    above: list[int] = []
    for each in _MARKUP.finditer(text):
        start, end = each.span()
        if text.startswith(_OTHER, start):
            continue
        if each["close"] is not None:
            number = above.pop()
            found[number] = found[number]._replace(close=start, end=end)
            continue
        if text[end - 2] != _SLASH:
            above.append(len(found))
        found.append(Span(start, end, end, end))
    return found


_SLASH: Final = ord("/")


def put_at_end(text: bytes, addition: bytes, *, span: Span) -> bytes:
    """Return the document with octets behind all else that is in an element."""
    if not span.is_one_tag:
        return text[: span.close] + addition + text[span.close :]
    tag = text[span.start : span.end]
    name = re.split(rb"[\s/>]", tag[1:], maxsplit=1)[0]
    opened = tag[:-2].rstrip() + b">"
    return b"".join(
        (text[: span.start], opened, addition, b"</", name, b">", text[span.end :])
    )


def put_before_last(text: bytes, addition: bytes) -> bytes:
    """Return the document with octets before its last tag, which ends its root.

    Nothing but white space stands behind that tag.
    """
    end = text.rindex(b"</")
    return text[:end] + addition + text[end:]
