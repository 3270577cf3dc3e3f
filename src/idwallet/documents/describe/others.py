"""Documents that are no PDF files: what they are, and what hides in them."""

import re
from typing import Final

from idwallet import limits
from idwallet.codec.json import read_json
from idwallet.codec.pdf import Source
from idwallet.codec.text import TextWarning, warnings
from idwallet.documents.describe.collect import Findings
from idwallet.documents.describe.model import DocumentKind, Finding
from idwallet.errors import MalformedError, UnsupportedError

_F, _K = Finding, DocumentKind
_BEGINNINGS: Final[tuple[tuple[bytes, DocumentKind], ...]] = (
    (b"PK\x03\x04", _K.ARCHIVE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _K.OLD_OFFICE),
    (b"{\\rtf", _K.OLD_OFFICE),
    (b"\x89PNG\r\n", _K.IMAGE),
    (b"\xff\xd8\xff", _K.IMAGE),
    (b"GIF8", _K.IMAGE),
    (b"II*\0", _K.IMAGE),
    (b"MM\0*", _K.IMAGE),
    (b"MZ", _K.PROGRAM),
    (b"\x7fELF", _K.PROGRAM),
    (b"#!", _K.PROGRAM),
    (b"\x30\x80", _K.CMS),
)
_CMS: Final = re.compile(
    rb"\x30[\x80-\x84][\s\S]{0,4}\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
)
_HTML: Final = re.compile(rb"<(?:!doctype\s+html|html|svg)[\s>]", re.IGNORECASE)
_SCRIPT: Final = re.compile(
    rb"<\s*script[\s>/]|\son[a-z]{3,20}\s*=|javascript\s*:", re.IGNORECASE
)
_EXTERNAL: Final = re.compile(
    rb"<!ENTITY|<!DOCTYPE[^>]*\s(?:SYSTEM|PUBLIC)\s|(?:src|xlink:href|data)\s*=\s*[\"']\s*(?:https?:|//|file:)"
    rb"|@import|xi:include",
    re.IGNORECASE,
)
_STYLESHEET: Final = re.compile(rb"<\?xml-stylesheet|<\s*style[\s>]", re.IGNORECASE)
_HIDDEN: Final = re.compile(
    rb"display\s*:\s*none|visibility\s*:\s*hidden|<[a-z][^>]*\shidden[\s>=]",
    re.IGNORECASE,
)
_MISLEADING: Final = frozenset(
    {TextWarning.BIDI, TextWarning.INVISIBLE, TextWarning.MIXED_SCRIPT}
    | {TextWarning.CONTROL}
)
_TEXT_LOOKED_AT: Final = 262_144


def kind_of(head: bytes) -> DocumentKind:
    """Return what a document is, by how it begins."""
    if head.startswith(b"%PDF-"):
        return _K.PDF
    for begin, kind in _BEGINNINGS:
        if head.startswith(begin):
            return kind
    if _CMS.match(head):
        return _K.CMS
    return _kind_of_text(head)


def _kind_of_text(head: bytes) -> DocumentKind:
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HTML.search(plain):
        return _K.HTML
    if plain.startswith(b"<"):
        return _K.XML
    if plain.startswith((b"{", b"[")):
        return _K.JSON
    # UTF-8 may be cut at the end of what is looked at.
    text = plain.decode("utf-8", "ignore")
    is_text = b"\0" not in head and len(text.encode()) >= len(plain) - 3
    return _K.TEXT if is_text and plain else _K.UNKNOWN


def describe_other(source: Source, *, kind: DocumentKind, findings: Findings) -> None:
    """Tell what hides in a document of text; of others what they are is all."""
    if kind is _K.PROGRAM:
        findings.say(_F.EXECUTABLE, "document")
    elif kind is _K.OLD_OFFICE:
        # Macros and objects can be in it, and are not looked for here.
        findings.say(_F.NOT_LOOKED_INTO, "document")
    elif kind in {_K.XML, _K.HTML, _K.JSON, _K.TEXT}:
        if len(source) > limits.DESCRIBED_TEXT_BYTES:
            findings.say(_F.NOT_LOOKED_INTO, "document")
        head = source[: limits.DESCRIBED_TEXT_BYTES]
        _describe_text(head, kind=kind, findings=findings)
    elif kind is not _K.IMAGE:
        findings.say(_F.NOT_LOOKED_INTO, "document")


def _describe_text(data: bytes, *, kind: DocumentKind, findings: Findings) -> None:
    if kind in {_K.XML, _K.HTML}:
        for pattern, code in (
            (_SCRIPT, _F.SCRIPT),
            (_EXTERNAL, _F.EXTERNAL_CONTENT),
            (_STYLESHEET, _F.STYLESHEET),
            (_HIDDEN, _F.HIDDEN_PART),
        ):
            if pattern.search(data):
                findings.say(code, "document")
    if kind is _K.JSON:
        try:
            read_json(data, at="document", max_bytes=limits.DESCRIBED_TEXT_BYTES)
        except (MalformedError, UnsupportedError):
            # A name twice: who reads it takes one or the other.
            findings.say(_F.UNREADABLE, "document")
    text = data[:_TEXT_LOOKED_AT].decode("utf-8", "ignore")
    for each in "\n\r\t\ufeff":
        text = text.replace(each, " ")
    if _MISLEADING & set(warnings(text)):
        findings.say(_F.MISLEADING_TEXT, "document")
