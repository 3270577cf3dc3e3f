"""Fields are reserved, filled, certified, locked, so that no signer breaks another."""

import itertools
from pathlib import Path

import pytest

from idwallet.codec.pdf import Ref, read_pdf
from idwallet.documents import (
    AllowedChanges,
    FieldLock,
    LockedFields,
    PAdES,
    SignatureField,
    reserve_fields,
)
from idwallet.documents.appearance import Box, Stamp
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from tests.unit.documents.pades.judged import by_pdfsig, by_pyhanko, by_qpdf
from tests.unit.documents.pades.papers import CATALOG, PAGE, scene, stream, table
from tests.unit.documents.pades.test_sign import signature, signed

LEFT, RIGHT = Box(40, 40, 240, 100), Box(300, 40, 500, 100)
SELLER = SignatureField(name="Продавец", label="Подпись продавца", box=LEFT)
BUYER = SignatureField(name="Покупатель", label="Подпись покупателя", box=RIGHT)
WITNESS = SignatureField(name="Witness")
PAPERS = {"table": table(), "stream": stream()}


@pytest.fixture(params=PAPERS)
def paper(request: pytest.FixtureRequest) -> bytes:
    return PAPERS[request.param]


def stamp(box: Box) -> Stamp:
    return Stamp(page=0, box=box, qr="https://example.org/7", described="A stamp")


@pytest.mark.parametrize(
    "order", list(itertools.permutations((SELLER, BUYER, WITNESS)))
)
def test_reserved_fields_are_signed_in_any_order_and_none_breaks_another(
    order: tuple[SignatureField, ...], tmp_path: Path
) -> None:
    made = reserve_fields(stream(), [SELLER, BUYER, WITNESS])
    for field, who in zip(order, (scene().signer, scene().second) * 2, strict=False):
        shown = None if field.box is None else stamp(field.box)
        made = signed(made, PAdES(field=field.name, appearance=shown), who=who)
    said = by_pyhanko(made)
    assert [each.field for each in said] == [each.name for each in order]
    assert all(each.is_valid and each.is_allowed for each in said)
    assert by_pdfsig(made, tmp_path).count("Signature is Valid") == 3
    assert "No syntax or stream encoding errors" in by_qpdf(made, tmp_path)


def test_a_reserved_field_says_who_is_to_sign_it(paper: bytes) -> None:
    file = read_pdf(reserve_fields(paper, [SELLER, WITNESS]))
    form = file.resolve(file.get(file.trailer.get(b"Root")).value["AcroForm"])
    seller, witness = (file.get(each).value for each in form["Fields"])
    assert form["SigFlags"] == 3
    assert seller["FT"] == witness["FT"] == "Sig"
    assert seller["Rect"] == list(LEFT)
    assert witness["Rect"] == [0, 0, 0, 0]
    assert "AP" in seller
    assert "AP" not in witness
    assert "V" not in seller
    page = file.get(Ref(3, 0)).value
    assert page["Annots"] == form["Fields"]
    assert "Tabs" not in page


def test_what_cannot_be_reserved_is_refused(paper: bytes) -> None:
    reserved = reserve_fields(paper, [SELLER])
    for given, fields in (
        (paper, []),
        (paper, [SELLER, SELLER]),
        (reserved, [SELLER]),
        (signed(paper), [SELLER]),
        (paper, [SignatureField(name="A", page=1)]),
        (paper, [SignatureField(name="A", box=Box(0, 0, 9999, 9999))]),
    ):
        with pytest.raises(UsageError):
            reserve_fields(given, fields)
    with pytest.raises(UnsupportedError):
        reserve_fields(table(trailer=b" /Encrypt 4 0 R"), [SELLER])


@pytest.mark.parametrize(
    "given",
    [
        {"name": ""},
        {"name": "a.b"},
        {"name": "a" * 1025},
        {"name": "a", "label": ""},
        {"name": "a", "page": -1},
        {"name": "a", "box": Box(9, 0, 9, 9)},
    ],
)
def test_a_field_that_is_none_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        SignatureField(**given)  # type: ignore[arg-type]


def test_a_name_that_is_not_reserved_is_refused_where_others_are(paper: bytes) -> None:
    reserved = reserve_fields(paper, [SELLER, BUYER])
    with pytest.raises(UsageError, match="reserved"):
        signed(reserved, PAdES(field="Продавцы"))
    once = signed(reserved, PAdES(field=SELLER.name))
    with pytest.raises(UsageError, match="signed already"):
        signed(once, PAdES(field=SELLER.name))


@pytest.mark.parametrize("allowed", [AllowedChanges.FORMS, AllowedChanges.ANNOTATIONS])
def test_the_author_certifies_and_others_sign_after(
    paper: bytes, allowed: AllowedChanges
) -> None:
    made = reserve_fields(paper, [SELLER, BUYER])
    made = signed(made, PAdES(field=SELLER.name, certify=allowed))
    made = signed(made, PAdES(field=BUYER.name), who=scene().second)
    made = signed(made, who=scene().second)
    said = by_pyhanko(made)
    assert len(said) == 3
    assert all(each.is_valid and each.is_allowed for each in said)
    file = read_pdf(made)
    catalog = file.get(file.trailer.get(b"Root")).value
    entries = signature(file, SELLER.name)
    assert catalog["Perms"]["DocMDP"] == entries["field"]["V"]
    (reference,) = entries["Reference"]
    assert reference["TransformMethod"] == "DocMDP"
    assert reference["TransformParams"]["P"] == allowed


def test_where_nothing_is_allowed_nobody_signs(paper: bytes) -> None:
    made = signed(paper, PAdES(certify=AllowedChanges.NONE))
    (said,) = by_pyhanko(made)
    assert said.is_valid
    with pytest.raises(UsageError, match="allows no further signature"):
        signed(made, who=scene().second)


def test_the_author_certifies_before_anybody_signs(paper: bytes) -> None:
    with pytest.raises(UsageError, match="before anybody"):
        signed(signed(paper), PAdES(certify=AllowedChanges.FORMS))


def test_a_certified_document_shows_only_what_was_reserved(paper: bytes) -> None:
    made = signed(paper, PAdES(certify=AllowedChanges.FORMS))
    with pytest.raises(UsageError, match="reserved"):
        signed(made, PAdES(appearance=stamp(LEFT)))


def test_a_certification_keeps_what_the_catalog_permits_already() -> None:
    for perms, more in ((b"<< /X 5 0 R >>", b"null"), (b"5 0 R", b"<< /X 4 0 R >>")):
        catalog = CATALOG[:-2] + b"/Perms " + perms + b" >>"
        made = signed(table(more, catalog=catalog), PAdES(certify=AllowedChanges.FORMS))
        file = read_pdf(made)
        found = file.resolve(file.get(file.trailer.get(b"Root")).value["Perms"])
        assert set(found) == {"X", "DocMDP"}


def test_a_signature_locks_what_was_filled_in_and_not_who_signs_next(
    paper: bytes,
) -> None:
    others = FieldLock(LockedFields.ALL_BUT, (BUYER.name,))
    made = reserve_fields(
        paper, [SignatureField(name="A", lock=others), BUYER, WITNESS]
    )
    made = signed(made, PAdES(field="A"))
    (reference,) = signature(read_pdf(made), "A")["Reference"]
    assert reference["TransformMethod"] == "FieldMDP"
    assert reference["TransformParams"]["Action"] == "Exclude"
    with pytest.raises(UsageError, match="locks the field"):
        signed(made, PAdES(field=WITNESS.name))
    with pytest.raises(UsageError, match="locks the field"):
        signed(made)
    made = signed(
        made,
        PAdES(field=BUYER.name, lock=FieldLock(LockedFields.ALL)),
        who=scene().second,
    )
    said = by_pyhanko(made)
    assert len(said) == 2
    assert all(each.is_valid and each.is_allowed for each in said)
    with pytest.raises(UsageError, match="locks the field"):
        signed(made, PAdES(field=WITNESS.name))


def test_a_lock_of_named_fields_leaves_the_others(paper: bytes) -> None:
    lock = FieldLock(LockedFields.ONLY, ("Amount", WITNESS.name))
    made = signed(
        reserve_fields(paper, [SELLER, BUYER, WITNESS]),
        PAdES(field=SELLER.name, lock=lock),
    )
    with pytest.raises(UsageError, match="locks the field"):
        signed(made, PAdES(field=WITNESS.name))
    assert all(e.is_allowed for e in by_pyhanko(signed(made, PAdES(field=BUYER.name))))


def test_a_reserved_lock_is_not_replaced(paper: bytes) -> None:
    lock = FieldLock(LockedFields.ALL)
    made = reserve_fields(paper, [SignatureField(name="A", lock=lock)])
    with pytest.raises(UsageError, match="lock of its own"):
        signed(made, PAdES(field="A", lock=lock))


@pytest.mark.parametrize(
    ("which", "names"), [(LockedFields.ALL, ("A",)), (LockedFields.ONLY, ())]
)
def test_a_lock_that_says_nothing_is_refused(
    which: LockedFields, names: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError):
        FieldLock(which, names)


def test_a_group_is_locked_with_what_is_in_it() -> None:
    lock = FieldLock(LockedFields.ONLY, ("Seller",))
    assert lock.locks("Seller")
    assert lock.locks("Seller.Signature")
    assert not lock.locks("Sellers")


@pytest.mark.parametrize(
    ("field", "error"),
    [
        (b"/FT /Sig /T (A) /Ff 1", UsageError),
        (b"/FT /Sig /T (A) /SV << /Ff 1 >>", UnsupportedError),
        (b"/FT /Sig /T (A) /Lock << /Action /Some >>", MalformedError),
        (b"/FT /Sig /T (A) /Lock << /Action /Include /Fields [1] >>", MalformedError),
        (b"/FT /Sig /T 7", MalformedError),
    ],
)
def test_a_field_that_cannot_be_filled_is_refused(
    field: bytes, error: type[Exception]
) -> None:
    catalog = CATALOG[:-2] + b"/AcroForm << /Fields [5 0 R] >> >>"
    with pytest.raises(error):
        signed(table(b"<< " + field + b" >>", catalog=catalog), PAdES(field="A"))


def test_two_fields_of_one_name_are_refused() -> None:
    catalog = CATALOG[:-2] + b"/AcroForm << /Fields [5 0 R 6 0 R] >> >>"
    field = b"<< /FT /Sig /T (A) >>"
    with pytest.raises(MalformedError, match="two fields"):
        signed(table(field, field, catalog=catalog), PAdES(field="A"))


def test_a_field_apart_from_its_annotation_is_filled_and_shown() -> None:
    paper = table(
        b"<< /FT /Sig /T (A) /Kids [6 0 R] >>",
        b"<< /Type /Annot /Subtype /Widget /Parent 5 0 R /P 3 0 R /F 4"
        b" /Rect [40 40 240 100] >>",
        catalog=CATALOG[:-2] + b"/AcroForm << /Fields [5 0 R] /SigFlags 1 >> >>",
        page=PAGE[:-2] + b"/Annots [6 0 R] >>",
    )
    made = signed(paper, PAdES(field="A", appearance=stamp(LEFT)))
    file = read_pdf(made)
    assert "N" in file.get(Ref(6, 0)).value["AP"]
    assert "V" in file.get(Ref(5, 0)).value
    (said,) = by_pyhanko(made)
    assert said.is_valid


@pytest.mark.parametrize("box", [Box(40, 40, 300, 100), Box(40, 40, 240, 300)])
def test_a_stamp_is_as_large_as_the_field_that_was_reserved(box: Box) -> None:
    made = reserve_fields(table(), [SELLER])
    with pytest.raises(UsageError, match="200 x 60"):
        signed(made, PAdES(field=SELLER.name, appearance=stamp(box)))


def test_a_stamp_on_a_page_that_is_turned_stands_where_it_is_seen() -> None:
    turned = table(page=PAGE[:-2] + b"/Rotate 90 /CropBox [10 10 585 832] >>")
    made = signed(turned, PAdES(appearance=stamp(LEFT)))
    field = signature(read_pdf(made))["field"]
    assert field["Rect"] == [585 - 100, 10 + 40, 585 - 40, 10 + 240]
    reserved = reserve_fields(turned, [SELLER])
    assert signed(reserved, PAdES(field=SELLER.name, appearance=stamp(LEFT)))


def test_a_stamp_off_the_page_is_refused_before_anything_is_signed() -> None:
    with pytest.raises(UsageError, match="not on the page"):
        signed(table(), PAdES(appearance=stamp(Box(500, 40, 700, 100))))
    with pytest.raises(UsageError, match="no page"):
        off = Stamp(page=1, box=LEFT, qr="x", described="x")
        signed(table(), PAdES(appearance=off))


@pytest.mark.parametrize(
    "given",
    [
        {"reason": ""},
        {"location": "a" * 1025},
        {"contact": ""},
        {"field": ""},
        {"certify": AllowedChanges.NONE, "lock": FieldLock(LockedFields.ALL)},
    ],
)
def test_a_profile_that_says_nothing_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        PAdES(**given)  # type: ignore[arg-type]
