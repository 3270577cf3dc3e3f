from typing import Final

import pytest

from idwallet import limits
from idwallet.codec.xml import XmlDocument, XmlElement, local, read_element
from idwallet.errors import LimitError, MalformedError, UnsupportedError

DEEP: Final = limits.XML_DEPTH


def nested(levels: int) -> bytes:
    return b"<a>" * levels + b"</a>" * levels


def attributes(count: int) -> bytes:
    return b"<a " + b" ".join(b'a%d="1"' % n for n in range(count)) + b"/>"


def namespaces(count: int) -> bytes:
    return (
        b"<a " + b" ".join(b'xmlns:p%d="urn:%d"' % (n, n) for n in range(count)) + b"/>"
    )


def test_elements_come_out_with_namespace_attributes_and_text() -> None:
    root = read_element(
        b'<l xmlns="urn:l" n="1"><m>a &amp; <![CDATA[<b>]]></m></l>', at="x"
    )
    assert (root.name, root.attributes, root.at) == ("{urn:l}l", {"n": "1"}, "x/l")
    (child,) = root.children
    assert (child.name, child.text, child.at) == ("{urn:l}m", "a & <b>", "l/m")
    assert local(child.name) == "m"


@pytest.mark.parametrize("between", [b"<!--c-->", b"<?p i?>", b""])
def test_text_is_whole_whatever_stands_between_its_parts(between: bytes) -> None:
    # A reader who takes the text up to the comment reads another name than was signed.
    root = read_element(b"<a>user" + between + b".evil</a>", at="x")
    assert root.value(clause="test") == "user.evil"


@pytest.mark.parametrize(
    ("valid", "forged", "error"),
    [
        (b"<a/>", b"<!DOCTYPE a><a/>", MalformedError),
        (b"<a>x</a>", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', MalformedError),
        (b"<a>&lt;</a>", b"<a>&x;</a>", MalformedError),
        (b"<a/>", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', MalformedError),
        (b"<a><!--x--></a>", b"<a><!--<!DOCTYPE a>--></a>", MalformedError),
        (b"<a><b/></a>", b"<a><b></a>", MalformedError),
        (b'<a x="1"/>', b'<a x="1" x="1"/>', MalformedError),
        (b'<p:a xmlns:p="urn:p"/>', b"<p:a/>", MalformedError),
        (b"<a/>", b"<a/><b/>", MalformedError),
        (b"<a/>", b"", MalformedError),
        (b"<a> </a>", b"<a>\x01</a>", MalformedError),
        (b"<a>\xc3\xa9</a>", b"<a>\xe9</a>", MalformedError),
        (b"<a/>", "<a/>".encode("utf-16"), MalformedError),
        (b"<a><b/> </a>", b"<a><b/>text</a>", MalformedError),
        (
            b'<?xml version="1.0" encoding="UTF-8"?><a/>',
            b'<?xml version="1.0" encoding="UTF-7"?><a/>',
            UnsupportedError,
        ),
        (b'<?xml version="1.0"?><a/>', b'<?xml version="1.1"?><a/>', UnsupportedError),
        (nested(DEEP), nested(DEEP + 1), LimitError),
        (
            attributes(limits.XML_ATTRIBUTES),
            attributes(limits.XML_ATTRIBUTES + 1),
            LimitError,
        ),
        (
            namespaces(limits.XML_NAMESPACES),
            namespaces(limits.XML_NAMESPACES + 1),
            LimitError,
        ),
        (
            b"<a" + b"a" * (limits.XML_NAME_CHARACTERS - 1) + b"/>",
            b"<a" + b"a" * limits.XML_NAME_CHARACTERS + b"/>",
            LimitError,
        ),
    ],
)
def test_what_is_no_plain_xml_is_refused_and_its_twin_read(
    valid: bytes, forged: bytes, error: type[MalformedError]
) -> None:
    assert read_element(valid, at="x").name
    with pytest.raises(error):
        read_element(forged, at="x")


def test_a_document_is_held_to_the_same_rules_as_an_element() -> None:
    XmlDocument.from_bytes(nested(DEEP), at="x")
    with pytest.raises(LimitError):
        XmlDocument.from_bytes(nested(DEEP + 1), at="x")
    with pytest.raises(MalformedError):
        XmlDocument.from_bytes(b"<!DOCTYPE a><a/>", at="x")
    with pytest.raises(MalformedError):
        XmlDocument.from_bytes(b"<a>", at="x")


def test_namespaces_that_went_out_of_scope_count_no_more() -> None:
    each = namespaces(limits.XML_NAMESPACES)
    assert len(read_element(b"<r>" + each * 3 + b"</r>", at="x").children) == 3


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" + b"<b/>" * limits.XML_TAGS + b"</a>",
        b"<a>" + b" xmlns" * (limits.XML_DECLARATIONS + 1) + b"</a>",
    ],
)
def test_too_many_tags_or_declarations_are_refused_before_the_parser_runs(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("idwallet.codec.xml._door.feed", None)
    with pytest.raises(LimitError):
        read_element(data, at="x")


def test_a_document_that_is_too_long_is_refused_unread() -> None:
    assert read_element(b"<a/>", at="x", max_bytes=4).name == "a"
    with pytest.raises(LimitError):
        read_element(b"<a/> ", at="x", max_bytes=4)


def test_a_byte_order_mark_is_no_part_of_the_document() -> None:
    assert read_element(b"\xef\xbb\xbf<a/>", at="x").name == "a"


def test_children_are_asked_for_by_name_and_number() -> None:
    root = read_element(b"<a><b>1</b><b>2</b><c/></a>", at="x")
    assert [each.text for each in root.all("b")] == ["1", "2"]
    assert root.one("c", clause="t").name == "c"
    assert root.maybe("d", clause="t") is None
    for ask in (root.one, root.maybe):
        with pytest.raises(MalformedError, match="more than once"):
            ask("b", clause="t")
    with pytest.raises(MalformedError, match="no d"):
        root.one("d", clause="t")


@pytest.mark.parametrize("data", [b"<a/>", b"<a> \n</a>", b"<a><b/></a>"])
def test_an_element_without_text_has_no_value(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_element(data, at="x").value(clause="t")


@pytest.mark.parametrize(
    ("valid", "forged"),
    [
        (b"AAE=", b"AAE"),
        (b"AAE=", b"AAF="),
        (b"A\n A E =", b"A-E="),
        (b"AAE=", b"AAE=AAE="),
        (b"AAE=", "ААЕ=".encode()),
    ],
)
def test_octets_have_one_spelling_but_for_white_space(
    valid: bytes, forged: bytes
) -> None:
    def octets(text: bytes) -> bytes:
        return read_element(b"<a>" + text + b"</a>", at="x").octets(clause="t")

    assert octets(valid) == b"\x00\x01"
    with pytest.raises(MalformedError):
        octets(forged)


def test_nothing_of_a_text_shows_when_it_is_printed() -> None:
    root = read_element(b"<a><b>secret</b></a>", at="x")
    assert "secret" not in repr(root)
    assert isinstance(root, XmlElement)
    assert "secret" not in repr(XmlDocument.from_bytes(b"<a>secret</a>", at="x"))


def test_an_attribute_is_what_its_references_stand_for() -> None:
    data = b'<a u="1 &amp; 2 &lt; 3 &quot; &#10;">&amp;</a>'
    both = read_element(data, at="x"), XmlDocument.from_bytes(data, at="x").root.read()
    for found in both:
        assert found.attributes["u"] == '1 & 2 < 3 " \n'
        assert found.text == "&"
