"""What is told of documents that are no PDF files."""

import hashlib
import io
import zipfile

import pytest

from idwallet.documents import DocumentKind, Finding, describe_document

_K, _F = DocumentKind, Finding


def packed(**files: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return held.getvalue()


OFFICE = {"word__document_dot_xml": b"<w:document/>"}


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"%PDF-1.7\n", _K.PDF),
        (packed(a_dot_txt=b"a"), _K.ARCHIVE),
        (packed(**OFFICE), _K.OFFICE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9), _K.OLD_OFFICE),
        (b"<?xml version='1.0'?><a/>", _K.XML),
        (b"<!DOCTYPE html><html></html>", _K.HTML),
        (b'{"a": 1}', _K.JSON),
        (b"\x89PNG\r\n\x1a\n", _K.IMAGE),
        (b"MZ\x90\0", _K.PROGRAM),
        ("Договор".encode(), _K.TEXT),
        (b"\xff\0\xff\0", _K.UNKNOWN),
        (b"", _K.UNKNOWN),
    ],
)
def test_a_document_is_told_by_its_octets(octets: bytes, kind: DocumentKind) -> None:
    found = describe_document(octets)
    assert found.kind is kind
    assert found.size == len(octets)
    assert found.sha256 == hashlib.sha256(octets).hexdigest()


@pytest.mark.parametrize(
    ("plain", "with_it", "finding"),
    [
        (
            packed(**OFFICE),
            packed(**OFFICE, word__vbaProject_dot_bin=b"\0"),
            _F.MACROS,
        ),
        (
            packed(**OFFICE),
            packed(**OFFICE, word__embeddings__a_dot_bin=b"\0"),
            _F.EMBEDDED_OBJECT,
        ),
        (
            packed(**OFFICE),
            packed(word__document_dot_xml=b"<w:document><w:ins w:id='1'/>"),
            _F.TRACKED_CHANGES,
        ),
        (
            packed(**OFFICE),
            packed(word__document_dot_xml=b"<w:document><w:vanish/>"),
            _F.HIDDEN_PART,
        ),
        (
            packed(**OFFICE),
            packed(
                **OFFICE,
                word___rels__a_dot_rels=b'<R Type="x/image" TargetMode="External"/>',
            ),
            _F.EXTERNAL_CONTENT,
        ),
        (packed(a_dot_txt=b"a"), packed(a_dot_exe=b"MZ"), _F.EXECUTABLE),
        (b"<html><p>a</p></html>", b"<html><script>a</script></html>", _F.SCRIPT),
        (b"<html><p>a</p></html>", b"<html><p onclick='a'></html>", _F.SCRIPT),
        (
            b"<html><img src='a.png'></html>",
            b"<html><img src='http://example.com/a'></html>",
            _F.EXTERNAL_CONTENT,
        ),
        (b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", _F.EXTERNAL_CONTENT),
        (b"<a/>", b"<?xml-stylesheet href='a.xsl'?><a/>", _F.STYLESHEET),
        (b'{"a": 1, "b": 2}', b'{"a": 1, "a": 2}', _F.UNREADABLE),
        (b"pay 100", "pay \u202e100".encode(), _F.MISLEADING_TEXT),
        (b"paypal", "p\u0430ypal".encode(), _F.MISLEADING_TEXT),
    ],
    ids=lambda each: each.value if isinstance(each, Finding) else "",
)
def test_what_hides_in_a_document_is_told_and_its_twin_has_it_not(
    plain: bytes, with_it: bytes, finding: Finding
) -> None:
    assert finding in describe_document(with_it).codes()
    assert finding not in describe_document(plain).codes()


def test_a_damaged_archive_is_told_as_not_looked_into() -> None:
    found = describe_document(packed(a_dot_txt=b"a")[:-4])
    assert found.codes() == {_F.NOT_LOOKED_INTO}
