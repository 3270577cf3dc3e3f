"""What judging XAdES documents says beside pass and fail, and what it never does."""

import random
from copy import deepcopy
from io import BytesIO

import pytest
from lxml import etree

from idwallet.documents import (
    ARCHIVE,
    Level,
    Packaging,
    UnverifiedDocument,
    VerifiedDocument,
    XAdES,
)
from idwallet.report import CheckId, Reason
from idwallet.testing.xades_draft import (
    PAPER,
    XadesDraft,
    apart,
    around,
    both_around,
    countered,
    side_by_side,
    stamped,
    xades_draft,
)
from tests.unit.documents.xades.people import scene


def draft(*changes: object) -> XadesDraft:
    made = xades_draft(scene())
    for change in changes:
        change(made)  # type: ignore[operator]
    return made


def passed(made: XadesDraft) -> VerifiedDocument:
    judged = made.judged()
    assert isinstance(judged, VerifiedDocument), judged.report
    return judged


def facts(made: XadesDraft, check_id: CheckId) -> list[object]:
    return [
        check.fact("what")
        for check in made.report().checks
        if check.id is check_id and check.reason is not Reason.WAITING
    ]


@pytest.mark.parametrize("shape", [None, around, side_by_side, both_around, countered])
def test_what_came_inside_is_given_as_it_was_signed(shape: object) -> None:
    made = draft() if shape is None else draft(shape)
    assert passed(made).content == PAPER
    made.brought = PAPER
    assert passed(made).content == PAPER


def test_nothing_came_inside_of_a_signature_apart() -> None:
    assert passed(draft(apart)).content is None


def test_every_signature_is_told_of_with_those_on_it() -> None:
    judged = passed(draft(side_by_side, countered))
    first, second = judged.signatures
    assert [each.name for each in first.counter_signatures] == [second.name]
    assert second.counter_signatures == ()
    subjects = {each.subject for each in judged.report.checks}
    assert {"signature[0]", "signature[0].counter[0]", "signature[1]"} < subjects


def test_a_timestamp_proves_since_when_it_exists() -> None:
    made = draft(stamped)
    made.policy = ARCHIVE
    (signature,) = passed(made).signatures
    assert (signature.timestamped, signature.level) == (True, Level.B_T)
    assert signature.best_signature_time == made.at
    made = draft()
    made.policy = ARCHIVE
    (absent,) = made.report().checks[-1:]
    assert (absent.id, absent.reason) == (CheckId.TIMESTAMP_TRUST, Reason.ABSENT)


def test_documents_apart_are_found_by_name_or_by_address_and_streamed() -> None:
    made = draft(apart)
    made.document = {"договор 1.pdf": b"one", "two.txt": b"two"}
    made.brought = {"договор 1.pdf": BytesIO(b"one"), "two.txt": BytesIO(b"two")}
    passed(made)
    made.brought = {
        "%D0%B4%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%201.pdf": b"one",
        "two.txt": b"two",
    }
    passed(made)


def test_one_document_apart_needs_no_name() -> None:
    made = draft()
    made.profile = XAdES(packaging=Packaging.DETACHED)
    made.document = {"paper.bin": b"a paper"}
    made.brought = BytesIO(b"a paper")
    passed(made)
    made.brought = b"another"
    assert made.report().failed()[0].reason is Reason.INTEGRITY_MISMATCH


def test_several_documents_for_a_file_that_refers_to_none_fail_and_never_raise() -> (
    None
):
    made = draft()
    made.brought = {"one": b"1", "two": b"2"}
    said = ["a document that was brought beside it"]
    assert facts(made, CheckId.DOCUMENT_INTEGRITY) == said
    for other in (b"no XML", b"{}", b"0\x80", b"%PDF-1.7", b"PK\x03\x04"):
        made.bend = lambda _, other=other: other  # type: ignore[misc]
        assert made.report().failed()


def test_comments_are_no_part_of_what_is_signed_and_none_comes_back() -> None:
    made = draft()
    made.bend = lambda octets: octets.replace(b"honest", b"hon<!-- not -->est")
    assert passed(made).content == PAPER


def test_what_is_uncovered_is_said_in_words() -> None:
    made = draft()
    made.bend = lambda octets: octets.replace(
        b"</ds:Signature>", b"<ds:Object><evil/></ds:Object></ds:Signature>"
    )
    assert facts(made, CheckId.DOCUMENT_INTEGRITY) == ["an object in the signature"]


def test_no_signature_is_dropped_because_another_cannot_be_read() -> None:
    made = draft(side_by_side)
    made.bend = lambda octets: octets.replace(b"<ds:KeyInfo>", b"<ds:KeyInfo/>" * 2, 1)
    judged = made.judged()
    assert isinstance(judged, UnverifiedDocument)
    made = draft(side_by_side)
    start = made.to_bytes().index(b"<ds:SignatureValue ")
    made.bend = lambda octets: octets[:start] + b"<ds:SignatureValue/>" + octets[start:]
    report = made.report()
    broken = {e.subject for e in report.checks if e.id is CheckId.DOCUMENT_FORMAT}
    assert broken == {"document", "signature[0]"}
    valid = {e.subject for e in report.checks if e.reason is Reason.VALID}
    assert valid == {"signature[1]"}


def test_no_octet_that_is_changed_makes_it_raise_or_pass_what_is_changed() -> None:
    signed = draft(countered, stamped).to_bytes()
    chance = random.Random(4)
    for _ in range(30):
        place = chance.randrange(len(signed))
        value = signed[place] ^ (1 << chance.randrange(7))
        made = draft()
        bent = signed[:place] + bytes([value]) + signed[place + 1 :]
        made.bend = lambda _, bent=bent: bent  # type: ignore[misc]
        judged = made.judged()
        assert isinstance(judged, UnverifiedDocument) or judged.content == PAPER


def _shuffled(signed: bytes, chance: random.Random) -> bytes:
    """Remove, double, move or rename an element, or give it another's identifier."""
    root = etree.fromstring(signed)
    every = [each for each in root.iter() if isinstance(each.tag, str)][1:]
    one, other = chance.choice(every), chance.choice(every)
    how = chance.randrange(5)
    if how == 0:
        one.getparent().remove(one)
    elif how == 1:
        one.addnext(deepcopy(one))
    elif how == 2 and all(each is not one for each in (other, *other.iterancestors())):
        other.append(one)
    elif how == 3:
        one.tag = other.tag
    else:
        one.set("Id", other.get("Id") or "paper")
    return etree.tostring(root)


def test_no_element_that_is_moved_makes_it_raise_or_pass_what_was_not_signed() -> None:
    shapes = [draft(countered, stamped, side_by_side), draft(both_around), draft(apart)]
    made = [(each, each.to_bytes(), each.judged()) for each in shapes]
    chance = random.Random(5)
    for _ in range(12):
        for shape, signed, before in made:
            bent = _shuffled(signed, chance)
            shape.bend = lambda _, bent=bent: bent  # type: ignore[misc]
            judged = shape.judged()
            if isinstance(judged, VerifiedDocument):
                assert isinstance(before, VerifiedDocument)
                assert judged.content == before.content


@pytest.mark.parametrize(
    "text",
    [
        b"<",
        b"<a/>",
        b"<a>" * 70 + b"</a>" * 70,
        b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>',
        b"\xef\xbb\xbf<a/>",
        b"  <a",
        b'<?xml version="1.1"?><a/>',
    ],
)
def test_what_is_no_signed_document_is_said_to_be_none(text: bytes) -> None:
    made = draft()
    made.bend = lambda _: text
    assert made.report().failed()
