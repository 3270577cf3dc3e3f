import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.xml import Canonicalization, XmlDocument, _door, read_element
from idwallet.errors import MalformedError, UnsupportedError

INCLUSIVE = Canonicalization.INCLUSIVE
EXCLUSIVE = Canonicalization.EXCLUSIVE


def document(data: bytes) -> XmlDocument:
    return XmlDocument.from_bytes(data, at="test")


@pytest.mark.parametrize(
    ("data", "canonical"),
    [
        # Canonical XML 1.0 section 1.1, one rule each.
        (b'<?xml version="1.0"?>\n<a/>\n', b"<a></a>"),
        (b"<a b='1' a='2'/>", b'<a a="2" b="1"></a>'),
        (b"<a>\r\n</a>", b"<a>\n</a>"),
        (b"<a><![CDATA[<&]]></a>", b"<a>&lt;&amp;</a>"),
        (b"<a x='&quot;&#9;'/>", b'<a x="&quot;&#x9;"></a>'),
        (
            b'<a xmlns:b="urn:b" xmlns:a="urn:a"/>',
            b'<a xmlns:a="urn:a" xmlns:b="urn:b"></a>',
        ),
        (b'<a xmlns="urn:a"><b xmlns="urn:a"/></a>', b'<a xmlns="urn:a"><b></b></a>'),
        (b"<?p i?><a/><!--c-->", b"<?p i?>\n<a></a>"),
    ],
)
def test_the_canonical_form_is_the_one_of_the_standard(
    data: bytes, canonical: bytes
) -> None:
    assert document(data).canonical(INCLUSIVE) == canonical


def test_comments_stay_in_the_form_with_comments_alone() -> None:
    made = document(b"<a><!--c--></a>")
    assert (
        made.canonical(Canonicalization.INCLUSIVE_WITH_COMMENTS) == b"<a><!--c--></a>"
    )
    assert (
        made.canonical(Canonicalization.EXCLUSIVE_WITH_COMMENTS) == b"<a><!--c--></a>"
    )
    for form in Canonicalization:
        assert made.canonical(form.without_comments()) == b"<a></a>"


def test_the_inclusive_form_of_an_element_has_what_is_in_scope() -> None:
    made = document(
        b'<r xmlns="urn:r" xmlns:q="urn:q"><p:b xmlns:p="urn:p"><c Id="c"/></p:b></r>'
    )
    (node,) = made.identified("c")
    assert node.canonical(INCLUSIVE) == (
        b'<c xmlns="urn:r" xmlns:p="urn:p" xmlns:q="urn:q" Id="c"></c>'
    )
    assert node.canonical(EXCLUSIVE) == b'<c xmlns="urn:r" Id="c"></c>'
    assert node.canonical(EXCLUSIVE, prefixes=("q",)) == (
        b'<c xmlns="urn:r" xmlns:q="urn:q" Id="c"></c>'
    )


def test_an_undeclared_default_namespace_stays_undeclared() -> None:
    made = document(b'<r xmlns="urn:r"><b xmlns=""><c Id="c"/></b></r>')
    (node,) = made.identified("c")
    assert node.canonical(INCLUSIVE) == b'<c Id="c"></c>'


@given(
    outer=st.dictionaries(st.sampled_from(["", "p", "q"]), st.sampled_from("abc")),
    inner=st.dictionaries(st.sampled_from(["", "p", "q"]), st.sampled_from("abc")),
)
def test_an_element_is_canonical_as_if_it_stood_alone_with_its_scope(
    outer: dict[str, str], inner: dict[str, str]
) -> None:
    def declared(scope: dict[str, str]) -> str:
        return "".join(
            f' xmlns{":" + name if name else ""}="urn:{value}"'
            for name, value in scope.items()
        )

    whole = f'<r{declared(outer)}><m{declared(inner)}><c Id="c">t</c></m></r>'
    alone = f'<c{declared({**outer, **inner})} Id="c">t</c>'
    (node,) = document(whole.encode()).identified("c")
    for form in Canonicalization:
        assert node.canonical(form) == document(alone.encode()).canonical(form)


def test_a_relative_namespace_name_has_no_canonical_form() -> None:
    with pytest.raises(MalformedError):
        document(b'<a xmlns:q="relative"/>').canonical(INCLUSIVE)


def test_what_would_be_taken_over_from_above_is_refused_where_it_counts() -> None:
    made = document(b'<r xml:lang="en"><c Id="c"/><d xml:lang="ru" Id="d"/></r>')
    (bare,), (own,) = made.identified("c"), made.identified("d")
    with pytest.raises(UnsupportedError):
        bare.canonical(INCLUSIVE)
    assert bare.canonical(EXCLUSIVE) == b'<c Id="c"></c>'
    assert own.canonical(INCLUSIVE) == b'<d Id="d" xml:lang="ru"></d>'
    assert made.root.canonical(INCLUSIVE).startswith(b'<r xml:lang="en">')


@pytest.mark.parametrize("name", ["Id", "ID", "id", "xml:id"])
def test_every_spelling_of_an_identifier_is_found(name: str) -> None:
    made = document(f'<a><b Id="x"/><c {name}="x"/></a>'.encode())
    assert [each.name for each in made.identified("x")] == ["b", "c"]


def test_a_document_is_looked_through_for_identifiers_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Signatures and their references are as many as a stranger likes, and each of them
    # asked for a walk through all of the document.
    looked_at: list[object] = []
    is_element = _door.is_element

    def counted(node: object) -> bool:
        looked_at.append(node)
        return is_element(node)

    monkeypatch.setattr(_door, "is_element", counted)
    made = document(b"<a>" + b'<b Id="x"/>' * 9 + b"</a>")
    for _ in range(100):
        assert len(made.identified("x")) == 9
        assert made.identified("y") == ()
    assert len(looked_at) == 10


@pytest.mark.parametrize(
    ("data", "left"),
    [
        (b'<a>x<b Id="x"><c/></b>y</a>', b"<a>xy</a>"),
        (b'<a><d/>x<b Id="x"/>y</a>', b"<a><d></d>xy</a>"),
        (b'<a><!--c--><b Id="x"/>y<d/></a>', b"<a>y<d></d></a>"),
        (b'<a><e><b Id="x"/></e></a>', b"<a><e></e></a>"),
    ],
)
def test_what_stands_around_an_element_stays_when_it_is_taken_out(
    data: bytes, left: bytes
) -> None:
    made = document(data)
    (node,) = made.identified("x")
    assert made.without(node).canonical(EXCLUSIVE) == left
    assert made.identified("x") == (node,)


def test_two_elements_are_taken_out_one_after_the_other() -> None:
    made = document(b'<a><b Id="x"/>1<b Id="y"/>2</a>')
    once = made.without(*made.identified("x"))
    assert once.without(*once.identified("y")).canonical(EXCLUSIVE) == b"<a>12</a>"


def test_the_root_cannot_be_taken_out() -> None:
    made = document(b"<a/>")
    with pytest.raises(MalformedError):
        made.without(made.root)


def test_an_element_knows_where_it_stands() -> None:
    made = document(b'<a Id="r"><b x="1"><c/></b></a>')
    (b,), (c,) = made.named("b"), made.named("c")
    assert made.root.is_root
    assert b.is_below_root
    assert not made.root.is_below_root
    assert not c.is_below_root
    assert b.holds(c)
    assert b.holds(b)
    assert not c.holds(b)
    assert b.children("c") == (c,)
    assert (b.attribute("x"), b.attribute("y")) == ("1", None)
    assert len({b, *made.named("b")}) == 1
    assert (b == "b") is False
    assert repr(b) == "<XmlNode>"


@pytest.mark.parametrize(
    "data",
    [
        b'<a xmlns="urn:a" x="1"><b>t</b><c/></a>',
        b"<a>us<!--c-->er<?p i?>!</a>",
        b"<a><![CDATA[<&>]]>&lt;</a>",
    ],
)
def test_an_element_of_a_document_reads_as_the_document_does(data: bytes) -> None:
    one, other = document(data).root.read(), read_element(data, at="test")
    assert (one.name, one.text) == (other.name, other.text)
    assert dict(one.attributes) == dict(other.attributes)
    assert [(e.name, e.text) for e in one.children] == [
        (e.name, e.text) for e in other.children
    ]


def test_text_beside_elements_is_no_data() -> None:
    with pytest.raises(MalformedError):
        document(b"<a><b/>text</a>").root.read()
