"""Octets are put into a document exactly where they belong, and nothing else moves."""

import pytest

from idwallet.codec.xml import Canonicalization, XmlDocument

TRICKY = (
    b'<?xml version="1.0"?><!-- </a> --><a x="1>"><b/><![CDATA[</b>]]>'
    b"<c><d y='\"/\"'/></c ><?p </c>?></a ><!-- </a-->"
)


def _with(text: bytes, name: str) -> bytes:
    document = XmlDocument.from_bytes(text, at="test")
    (node,) = document.named(name)
    return document.with_octets([(node, b"<new/>")])


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a", b"</a ><!--", b"<new/></a ><!--"),
        ("b", b"<b/>", b"<b><new/></b>"),
        ("c", b"</c ><?p", b"<new/></c ><?p"),
        ("d", b"<d y='\"/\"'/>", b"<d y='\"/\"'><new/></d>"),
    ],
)
def test_what_only_looks_like_a_tag_moves_nothing(
    name: str, before: bytes, after: bytes
) -> None:
    assert _with(TRICKY, name) == TRICKY.replace(before, after)


@pytest.mark.parametrize(
    "text", [b"<a/>", b"<a></a>", b"<a>t</a>\n", b"<a><b>t</b></a>", b"<a t='/'  />"]
)
def test_what_is_put_at_the_end_of_the_root_is_there_when_read_again(
    text: bytes,
) -> None:
    made = XmlDocument.from_bytes(_with(text, "a"), at="test")
    (new,) = made.named("new")
    assert new.is_below_root
    bare = made.without(new).canonical(Canonicalization.INCLUSIVE)
    before = XmlDocument.from_bytes(text, at="test")
    assert bare == before.canonical(Canonicalization.INCLUSIVE)


def test_several_places_at_once_do_not_disturb_each_other() -> None:
    document = XmlDocument.from_bytes(TRICKY, at="test")
    made = document.with_octets([(node, b"<n/>") for node in document.named("*")])
    assert made.count(b"<n/>") == 4
    XmlDocument.from_bytes(made, at="test")


def test_an_element_is_given_as_it_is_written() -> None:
    document = XmlDocument.from_bytes(TRICKY, at="test")
    (c,) = document.named("c")
    assert document.written(c) == b"<c><d y='\"/\"'/></c >"


def test_every_signature_is_taken_out_and_no_text_with_it() -> None:
    text = b"<a>1<s><s/></s>2<b><s/>3</b>4<s/></a>"
    document = XmlDocument.from_bytes(text, at="test")
    bare = document.without_every("s")
    assert bare.canonical(Canonicalization.EXCLUSIVE) == b"<a>12<b>3</b>4</a>"
    assert document.without_every("s") is bare
