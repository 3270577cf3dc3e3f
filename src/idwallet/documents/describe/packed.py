"""What is in an archive, above all in documents of office programs.

(ISO/IEC 29500, ISO/IEC 26300; both are ZIP archives.)
"""

import re
from typing import Final

from idwallet import limits
from idwallet.codec.pdf import Source
from idwallet.codec.zip import ZipArchive, ZipEntry
from idwallet.documents.describe.collect import Findings
from idwallet.documents.describe.model import DocumentKind, Finding
from idwallet.errors import MalformedError, UnsupportedError

_F = Finding
_OFFICE: Final = re.compile(
    r"(?:\[Content_Types\]\.xml|word/|xl/|ppt/|content\.xml)", re.IGNORECASE
)
_MACROS: Final = re.compile(
    r"(?:^|/)(?:vbaProject\.bin|vbaData\.xml|Basic/|Scripts/|macrosheets/)",
    re.IGNORECASE,
)
_OBJECTS: Final = re.compile(
    r"(?:^|/)(?:embeddings/|activeX/|oleObject|ObjectReplacements/)", re.IGNORECASE
)
_PROGRAMS: Final = re.compile(
    r"\.(?:exe|dll|scr|com|bat|cmd|ps1|vbs|js|jar|msi|lnk|hta|sh|app|apk)$",
    re.IGNORECASE,
)
_OUTSIDE: Final = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']")
_IMPORTANT: Final = re.compile(
    rb"/(?:oleObject|attachedTemplate|frame|image|subDocument)\""
)
_TRACKED: Final = re.compile(rb"<w:(?:ins|del|moveFrom) |<text:tracked-changes")
_HIDDEN: Final = re.compile(rb"<w:vanish|state=\"(?:hidden|veryHidden)\"|show=\"0\"")
_FIELDS: Final = re.compile(rb"DDEAUTO|\bDDE\b|INCLUDETEXT|INCLUDEPICTURE")


def describe_archive(source: Source, findings: Findings) -> DocumentKind:
    """Tell what an archive holds; return whether it is one of an office program."""
    try:
        archive = ZipArchive(bytes(source[: len(source)]), at="document")
    except (MalformedError, UnsupportedError):
        findings.say(_F.NOT_LOOKED_INTO, "document")
        return DocumentKind.ARCHIVE
    entries = archive.entries
    is_office = any(_OFFICE.match(each.name) for each in entries)
    left = limits.DESCRIBED_TEXT_BYTES
    for each in entries:
        _describe_name(each, findings, is_office=is_office)
        if is_office and each.name.endswith((".rels", ".xml")):
            if each.size > left:
                findings.say(_F.NOT_LOOKED_INTO, f"file {each.name}")
                continue
            left -= each.size
            _describe_part(archive, each, findings=findings)
    return DocumentKind.OFFICE if is_office else DocumentKind.ARCHIVE


def _describe_name(each: ZipEntry, findings: Findings, *, is_office: bool) -> None:
    place = f"file {each.name}"
    if _MACROS.search(each.name):
        findings.say(_F.MACROS, place)
    elif _OBJECTS.search(each.name):
        findings.say(_F.EMBEDDED_OBJECT, place)
    elif _PROGRAMS.search(each.name):
        findings.say(_F.EXECUTABLE, place)
    elif not is_office:
        findings.say(_F.EMBEDDED_FILE, place)


def _describe_part(archive: ZipArchive, each: ZipEntry, *, findings: Findings) -> None:
    place = f"file {each.name}"
    try:
        data = archive.content(each, max_bytes=limits.DESCRIBED_TEXT_BYTES)
    except (MalformedError, UnsupportedError):
        findings.say(_F.NOT_LOOKED_INTO, place)
        return
    if _OUTSIDE.search(data):
        is_loaded = _IMPORTANT.search(data) is not None
        findings.say(_F.EXTERNAL_CONTENT if is_loaded else _F.LINK, place)
    for pattern, code in (
        (_TRACKED, _F.TRACKED_CHANGES),
        (_HIDDEN, _F.HIDDEN_PART),
        (_FIELDS, _F.EXTERNAL_CONTENT),
    ):
        if pattern.search(data):
            findings.say(code, place)
