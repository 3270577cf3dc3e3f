"""What XML must keep before anything is built of it.

One pass over the octets and one of the parser, which builds nothing, find what this
library refuses: any DTD, any encoding but UTF-8, and whatever passes a bound.
"""

import re
from collections.abc import Mapping
from typing import Final

from idwallet import limits
from idwallet.codec.xml import _door
from idwallet.errors import LimitError, MalformedError, UnsupportedError

_XML: Final = "XML 1.0 §2"
_NAMES: Final = "Namespaces in XML 1.0 §3"
_HOUSE: Final = "idwallet limits"

_DECLARATION: Final = re.compile(
    rb"""<\?xml\s+version\s*=\s*["']1\.0["']"""
    rb"""(?:\s+encoding\s*=\s*["'](?P<encoding>[A-Za-z][A-Za-z0-9._-]*)["'])?"""
    rb"""(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>"""
)
_BOM: Final = b"\xef\xbb\xbf"


def guard(data: bytes, *, at: str, max_bytes: int) -> bytes:
    """Return the octets that may be parsed: `data` without a byte order mark.

    Raises:
        LimitError: a bound is passed: of size, tags, depth, attributes, namespaces.
        MalformedError: it is not UTF-8, has a DTD, or is not well-formed.
        UnsupportedError: it declares another encoding or version.
    """
    text = scan(data, at=at, max_bytes=max_bytes)
    events(text, Bounds(at), at=at)
    return text


def scan(data: bytes, *, at: str, max_bytes: int) -> bytes:
    """Hold the octets against what needs no parser, and return them without a mark.

    Raises:
        LimitError: there are too many of them, or too many tags or namespaces.
        MalformedError: not UTF-8, or a DTD.
        UnsupportedError: another encoding or version is declared.
    """
    if len(data) > max_bytes:
        raise LimitError("XML is too long", at=at, clause=_HOUSE)
    text = data.removeprefix(_BOM)
    if text.count(b"<") > limits.XML_TAGS:
        raise LimitError("too many tags", at=at, clause=_HOUSE)
    if text.count(b"xmlns") > limits.XML_DECLARATIONS:
        raise LimitError("too many namespaces", at=at, clause=_HOUSE)
    _require_utf8(text, at=at)
    _require_declaration(text, at=at)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        # Also inside of a comment or CDATA: nothing that is read here writes it there.
        raise MalformedError("a document type", at=at, clause="XML 1.0 §2.8")
    return text


def _require_utf8(text: bytes, *, at: str) -> None:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedError("not UTF-8", at=at, clause="XML 1.0 §4.3.3") from None


def _require_declaration(text: bytes, *, at: str) -> None:
    if not text.startswith(b"<?xml") or text.startswith(b"<?xml-"):
        return
    found = _DECLARATION.match(text)
    if found is None:
        raise UnsupportedError("XML declaration", at=at, clause="XML 1.0 §2.8")
    encoding = found["encoding"]
    if encoding is not None and encoding.lower() not in {b"utf-8", b"us-ascii"}:
        raise UnsupportedError("an encoding but UTF-8", at=at, clause="XML 1.0 §4.3.3")


def events(text: bytes, target: object, *, at: str) -> None:
    """Let the parser run over scanned octets, each event going to `target`.

    Raises:
        MalformedError: it is not well-formed; and whatever `target` raises.
    """
    try:
        _door.feed(text, target)
    except _door.XmlFault:
        raise MalformedError("not well-formed", at=at, clause=_XML) from None


class Bounds:
    """Refuses what passes a bound while the parser runs; builds nothing.

    Of text, comments and instructions it takes no notice, and is not told of them.
    """

    def __init__(self, at: str) -> None:
        """Begin outside of everything."""
        self.at = at
        self._depth = 0
        self._scope = 0
        self._declared: list[int] = []

    @_door.takes_namespaces
    def start(  # noqa: PLR0917 - as the parser calls it
        self, tag: str, attributes: Mapping[str, str], declared: Mapping[str, str]
    ) -> None:
        """Count one element in."""
        self._depth += 1
        if len(tag) > limits.XML_NAME_CHARACTERS:
            raise LimitError("a name is too long", at=self.at, clause=_HOUSE)
        if self._depth > limits.XML_DEPTH:
            raise LimitError("XML is nested too deeply", at=self.at, clause=_HOUSE)
        if len(attributes) > limits.XML_ATTRIBUTES:
            raise LimitError("too many attributes", at=self.at, clause=_HOUSE)
        self._declared.append(len(declared))
        self._scope += len(declared)
        if self._scope > limits.XML_NAMESPACES:
            # Each may be written at each element when it is made canonical.
            raise LimitError("too many namespaces in scope", at=self.at, clause=_NAMES)

    def end(self, _tag: str) -> None:
        """Count it out."""
        self._depth -= 1
        self._scope -= self._declared.pop()

    def doctype(self, *_: object) -> None:
        """Refuse: the scan has seen none."""
        raise MalformedError("a document type", at=self.at, clause="XML 1.0 §2.8")

    def close(self) -> None:
        """End."""
