"""What XAdES signatures are made of, and what is refused before the key is asked."""

from base64 import b64encode
from datetime import timedelta
from io import BytesIO

import pytest

from idwallet import limits
from idwallet.codec.xml import XmlDocument
from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import Commitment, Documents, Level, Packaging, XAdES
from idwallet.documents.xades.sign import XadesSigner
from idwallet.envelope.xmldsig import (
    Apart,
    Coverage,
    Place,
    XmlSignature,
    find_signatures,
    judge_references,
    judge_value,
    read_signature,
)
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.report import Reason
from idwallet.roles.issuer import read_chain
from idwallet.testing.authorities import document_signer
from idwallet.testing.tsa import TestTsa
from tests.unit.documents.xades.people import CONTRACT, scene, signs

AT = scene().at
EVERY = frozenset(Algorithm)


def read(signed: bytes, **apart: bytes) -> list[XmlSignature]:
    document = XmlDocument.from_bytes(signed, at="test")
    held = {uri: Apart(octets) for uri, octets in apart.items()}
    return [
        read_signature(Place(document, node, held), at="test")
        for node in find_signatures(document, at="test")
    ]


def stands(signature: XmlSignature) -> bool:
    """Whether one of the two people made it, and all that it refers to is unchanged."""
    values = [
        judge_value(signature, key=who.signer.public_key, allowed=EVERY)
        for who in (scene().signer, scene().second)
    ]
    covered = judge_references(signature)
    return Reason.VALID in values and not isinstance(covered, Reason)


def test_a_signature_inside_leaves_every_octet_of_the_document_as_it_was() -> None:
    signed = signs(XAdES()).sign(CONTRACT, signing_time=AT)
    start, end = signed.index(b"<ds:Signature "), signed.rindex(b"</ds:Signature>")
    assert signed[:start] + signed[end + len(b"</ds:Signature>") :] == CONTRACT


def test_several_people_sign_one_document_and_none_breaks_another() -> None:
    signed = signs(XAdES()).sign(CONTRACT, signing_time=AT)
    both = signs(XAdES(), scene().second).sign(signed, signing_time=AT)
    assert [stands(each) for each in read(both)] == [True, True]
    assert all(
        each.coverage is Coverage.DOCUMENT
        for signature in read(both)
        for each in signature.references[:1]
    )


def test_a_signature_that_stands_alone_lets_no_other_be_put_beside_it() -> None:
    signed = signs(XAdES(alone=True)).sign(CONTRACT, signing_time=AT)
    assert stands(read(signed)[0])
    with pytest.raises(UsageError, match="another one would break it"):
        signs(XAdES(), scene().second).sign(signed, signing_time=AT)


def test_the_last_one_may_stand_alone_and_covers_the_others() -> None:
    signed = signs(XAdES()).sign(CONTRACT, signing_time=AT)
    both = signs(XAdES(alone=True), scene().second).sign(signed, signing_time=AT)
    assert [stands(each) for each in read(both)] == [True, True]
    with pytest.raises(UsageError, match="another one would break it"):
        signs(XAdES()).counter_sign(both, signing_time=AT, number=0)


@pytest.mark.parametrize("content", [CONTRACT, b"\x00\xff no text at all", b""])
def test_any_document_is_signed_around(content: bytes) -> None:
    profile = XAdES(packaging=Packaging.ENVELOPING)
    signed = signs(profile).sign(BytesIO(content), signing_time=AT)
    (found,) = read(signed)
    assert stands(found)
    covered = judge_references(found)
    assert not isinstance(covered, Reason)
    assert covered[0].octets == content
    assert b64encode(content) in signed


def test_several_documents_are_signed_apart_each_by_its_name() -> None:
    papers = {"договор 1.pdf": BytesIO(b"one"), "two.txt": b"two"}
    profile = XAdES(packaging=Packaging.DETACHED, media_type="application/pdf")
    signed = signs(profile).sign(papers, signing_time=AT)
    first = "%D0%B4%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%201.pdf"
    (found,) = read(signed, **{first: b"one", "two.txt": b"two"})
    assert stands(found)
    assert b"application/pdf" in signed
    (lacking,) = read(signed, **{first: b"one"})
    assert judge_references(lacking) is Reason.NOT_AT_HAND


@pytest.mark.parametrize("packaging", [Packaging.ENVELOPING, Packaging.DETACHED])
def test_signatures_in_no_document_are_put_side_by_side(packaging: Packaging) -> None:
    profile = XAdES(packaging=packaging)
    paper = {"paper.bin": b"a paper"}
    first = signs(profile).sign(paper, signing_time=AT)
    second = signs(profile, scene().second)
    both = second.sign(paper, signing_time=AT, beside=first)
    three = signs(profile).sign(paper, signing_time=AT, beside=both)
    found = read(three, **{"paper.bin": b"a paper"})
    assert [stands(each) for each in found] == [True, True, True]
    with pytest.raises(UsageError, match="another document"):
        second.sign({"paper.bin": b"another"}, signing_time=AT, beside=both)


def test_a_counter_signature_is_on_the_value_and_breaks_nothing() -> None:
    signed = signs(XAdES()).sign(CONTRACT, signing_time=AT)
    twice = signs(XAdES(), scene().second).sign(signed, signing_time=AT)
    countered = signs(XAdES()).counter_sign(twice, signing_time=AT, number=1)
    again = signs(XAdES()).counter_sign(countered, signing_time=AT, number=1)
    found = read(again)
    assert [stands(each) for each in found] == [True] * 4
    assert (
        found[2].references[0].node
        == found[1].node.children("{http://www.w3.org/2000/09/xmldsig#}SignatureValue")[
            0
        ]
    )
    with pytest.raises(UsageError, match="no signature of that number"):
        signs(XAdES()).counter_sign(again, signing_time=AT, number=2)


def test_the_texts_of_a_profile_are_signed_and_cannot_break_out_of_their_element() -> (
    None
):
    profile = XAdES(
        roles=("директор & <ООО>", "]]>"),
        city="Рига",
        country="LV",
        commitment=Commitment.APPROVAL,
        media_type="application/xml",
    )
    signed = signs(profile).sign(CONTRACT, signing_time=AT)
    assert "директор &amp; &lt;ООО&gt;".encode() in signed
    assert stands(read(signed)[0])
    with pytest.raises(UsageError, match="nobody sees"):
        signs(XAdES(city="Рига\u202e"))


@pytest.mark.parametrize(
    ("packaging", "document"),
    [
        (Packaging.ENVELOPED, CONTRACT),
        (Packaging.ENVELOPING, b"paper"),
        (Packaging.DETACHED, {"paper.bin": b"paper"}),
    ],
)
def test_what_is_prepared_twice_is_the_same_and_else_is_called_otherwise(
    packaging: Packaging, document: Documents
) -> None:
    signer = signs(XAdES(packaging=packaging))
    first = signer.prepare(document, signing_time=AT)
    assert signer.prepare(document, signing_time=AT).to_sign == first.to_sign
    later = signer.prepare(document, signing_time=AT + timedelta(microseconds=1))
    beside = signer.prepare(document, signing_time=AT, beside=b"another")
    other = signs(XAdES(packaging=packaging), scene().second)
    others = other.prepare(document, signing_time=AT)
    drafts = (first, later, beside, others)
    assert len({each.target.identifier for each in drafts}) == len(drafts)


def test_whoever_signs_twice_at_one_moment_makes_two_signatures() -> None:
    signer = signs(XAdES())
    twice = signer.sign(signer.sign(CONTRACT, signing_time=AT), signing_time=AT)
    twice = signer.counter_sign(twice, signing_time=AT)
    twice = signer.counter_sign(twice, signing_time=AT)
    assert [stands(each) for each in read(twice)] == [True] * 4


def test_ml_dsa_has_no_identifier_for_xml_signatures() -> None:
    who = document_signer(scene().pki, algorithm=Algorithm.ML_DSA_65)
    with pytest.raises(UnsupportedError, match="no registered identifier"):
        signs(XAdES(), who)


@pytest.mark.parametrize(
    "algorithm",
    [each for each in Algorithm if not each.name.startswith("ML_DSA")],
    ids=lambda each: each.jose,
)
def test_every_other_algorithm_signs(algorithm: Algorithm) -> None:
    who = document_signer(scene().pki, algorithm=algorithm)
    (found,) = read(signs(XAdES(), who).sign(CONTRACT, signing_time=AT))
    assert judge_value(found, key=who.signer.public_key, allowed=EVERY) is Reason.VALID


@pytest.mark.parametrize(
    ("profile", "document", "says"),
    [
        (XAdES(packaging=Packaging.DETACHED), b"paper", "names what it is on"),
        (XAdES(packaging=Packaging.DETACHED), {}, "names what it is on"),
        (XAdES(packaging=Packaging.DETACHED), {"": b"a"}, "needs a name"),
        (XAdES(packaging=Packaging.DETACHED), {"n" * 256: b"a"}, "needs a name"),
        (
            XAdES(packaging=Packaging.DETACHED),
            {f"n{n}": b"a" for n in range(limits.XML_REFERENCES)},
            "too many documents",
        ),
        (
            XAdES(packaging=Packaging.ENVELOPING),
            {"n": b"a", "m": b"b"},
            "signed apart",
        ),
        (
            XAdES(packaging=Packaging.ENVELOPING),
            bytes(limits.XML_OBJECT_BYTES + 1),
            "signed detached",
        ),
        (XAdES(), b" " * (limits.XML_BYTES + 1), "signed detached"),
        (
            XAdES(),
            b'<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"/>',
            "counter-sign it",
        ),
    ],
)
def test_what_a_packaging_does_not_take_is_refused_before_the_key_is_asked(
    profile: XAdES, document: object, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        signs(profile).sign(document, signing_time=AT)  # type: ignore[arg-type]


def test_only_xml_is_signed_from_within_and_holds_the_other_signatures() -> None:
    with pytest.raises(MalformedError):
        signs(XAdES()).sign(b"no XML", signing_time=AT)
    signed = signs(XAdES()).sign(CONTRACT, signing_time=AT)
    with pytest.raises(UsageError, match="holds the other signatures"):
        signs(XAdES()).sign(CONTRACT, signing_time=AT, beside=signed)
    with pytest.raises(UsageError, match="inside of a document"):
        signs(XAdES(packaging=Packaging.ENVELOPING)).sign(
            CONTRACT, signing_time=AT, beside=signed
        )


def test_a_time_of_signing_without_a_zone_and_a_key_of_another_are_refused() -> None:
    with pytest.raises(UsageError, match="zone"):
        signs(XAdES()).sign(CONTRACT, signing_time=AT.replace(tzinfo=None))
    with pytest.raises(UsageError, match="not of the signer's key"):
        XadesSigner(
            XAdES(),
            signer=scene().second.signer,
            certificates=read_chain(scene().signer.chain_pem),
        )


def test_a_level_with_a_timestamp_and_no_other_asks_an_authority() -> None:
    tsa = TestTsa(scene().pki, identity=scene().authority)
    with pytest.raises(UsageError, match="needs an authority"):
        signs(XAdES(level=Level.B_T))
    with pytest.raises(UsageError, match="needs an authority"):
        signs(XAdES(), authority=tsa)
    signed = signs(XAdES(level=Level.B_T), authority=tsa).sign(
        CONTRACT, signing_time=AT
    )
    assert signed.count(b"<xades:SignatureTimeStamp ") == 1
    assert stands(read(signed)[0])


def test_a_signature_without_properties_or_an_identifier_is_not_counter_signed() -> (
    None
):
    signed = signs(XAdES()).sign(CONTRACT, signing_time=AT)
    start = signed.index(b"<ds:SignatureValue ")
    bare = signed[:start] + signed[start:].replace(b' Id="', b' Od="', 1)
    with pytest.raises(UnsupportedError, match="without an identifier"):
        signs(XAdES()).counter_sign(bare, signing_time=AT)
    plain = signed.replace(b"xades:QualifyingProperties", b"xades:Nothing")
    with pytest.raises(UnsupportedError, match="without qualifying properties"):
        signs(XAdES()).counter_sign(plain, signing_time=AT)
