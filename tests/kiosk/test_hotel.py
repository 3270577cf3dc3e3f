"""A guest is registered with what the purpose names, and goes with a signed receipt."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from examples.kiosk.hotel import ROOM
from examples.kiosk.hotel.paper import printed
from examples.kiosk.hotel.register import card_at, card_of, cards, nights_of
from examples.kiosk.hotel.rules import ALSO, PROFILE, asked_by_code, asked_in_person
from examples.web.identity import pki_of
from examples.web.language import Words

from idwallet import Query, TrustStore, verify_document
from idwallet.consent import Asking, CautionCode, Finding, judge
from idwallet.documents import DOCUMENTS
from idwallet.errors import UsageError, VerificationFailed
from idwallet.roles import read_receipt_code, receipt_code
from idwallet.testing.authorities import document_signer
from idwallet.testing.evidence import crls
from idwallet.trust.evidence import EvidenceAtHand
from tests.kiosk.scene import Guest, Hotel
from tests.unit.documents.appearance.test_stamp import said

WORDS = Path(ROOM.words).parents[1] / "words.json"


@pytest.fixture(scope="module")
def hotel(tmp_path_factory: pytest.TempPathFactory) -> Hotel:
    return Hotel(tmp_path_factory.mktemp("hotel") / "k")


@pytest.fixture(scope="module")
def guest(hotel: Hotel) -> Guest:
    return Guest(hotel)


def words(lang: str) -> Words:
    return Words(WORDS, "ru" if lang == "ru" else "en", ROOM.words)


# --- asking -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "more"),
    # A request in person has a word for it that the card is kept until they depart.
    [(asked_by_code(), set()), (asked_in_person(), {CautionCode.RETENTION})],
)
def test_nothing_is_asked_for_that_the_purpose_does_not_name(
    query: Query, more: set[CautionCode]
) -> None:
    judgement = judge(Asking(query=query, purpose=PROFILE.name))
    assert not judgement.excessive
    # No registrar vouches for an invented hotel; beyond that there is no warning.
    said = {each.code for each in judgement.cautions}
    assert said == {CautionCode.NOT_REGISTERED, *more}
    found = [each.finding for each in judgement.claims]
    assert found.count(Finding.NEEDED) == 5
    assert found.count(Finding.OPTIONAL) == len(ALSO) == 6


def test_the_guest_sees_who_asks_and_is_warned_of_nothing(
    hotel: Hotel, guest: Guest
) -> None:
    hotel.desk.ask("question")
    visit = hotel.desk.visit()
    assert visit is not None
    asked = guest.wallet.read_request(visit.question, at=hotel.clock())
    match = guest.wallet.match(asked, at=hotel.clock())
    assert asked.asker is not None
    assert "hotel.example" in asked.asker
    assert asked.purpose == PROFILE.name
    assert not match.judgement.excessive


# --- the card -----------------------------------------------------------------------


def test_a_card_holds_the_fields_of_the_purpose_and_no_other(
    hotel: Hotel, guest: Guest
) -> None:
    kept = hotel.check_in(guest, nights=3)
    exported = json.loads(kept.card.to_json())
    expected = {**guest.claims}
    del expected["age_over_18"]  # held, and never asked for
    assert exported.pop("guest") == expected
    departs = (hotel.clock() + timedelta(days=3)).date().isoformat()
    assert exported == {
        "format": "example-registration-card/1",
        "purpose": "hotel-check-in-ru",
        "version": 1,
        "credential": "national-id",
        "checked": hotel.clock().isoformat(timespec="seconds"),
        "nights": 3,
        "departs": departs,
        "erase_at": kept.erase_at and kept.erase_at.isoformat(),
    }
    assert "Гостева" not in repr(kept.card)


@pytest.mark.parametrize(
    ("text", "nights"),
    [
        ("3", 3),
        ("0", 1),
        ("-2", 1),
        ("", 1),
        ("ⅷ", 1),
        ("٣", 1),
        ("999", 60),
        ("9" * 9, 1),
    ],
)
def test_nights_are_a_number_or_one(text: str, nights: int) -> None:
    assert nights_of({"nights": text}) == nights
    assert nights_of({}) == 1


def test_one_answer_makes_one_card(hotel: Hotel, guest: Guest) -> None:
    kept = hotel.check_in(guest)
    before = cards(hotel.desk)
    visit = hotel.desk.visit()
    assert visit is not None
    for code in (guest.answer(visit.question), guest.answer(visit.question)):
        hotel.desk.take(code)
    assert cards(hotel.desk) == before
    assert hotel.desk.hint == "decided"
    # In a visit of its own it answers another question.
    hotel.desk.ask("question")
    hotel.desk.take(guest.answer(visit.question))
    told = hotel.desk.visit()
    assert told is not None
    assert told.told is not None
    assert told.told.outcome == "failed"
    assert card_at(hotel.desk, told) is None
    assert kept.number in dict(cards(hotel.desk))


def test_what_did_not_pass_is_registered_nowhere(hotel: Hotel) -> None:
    stranger = Guest(hotel, 77)
    hotel.desk.ask("question")
    visit = hotel.desk.visit()
    assert visit is not None
    code = stranger.answer(visit.question)
    before = cards(hotel.desk)
    hotel.desk.take(code[:-6] + "000000")
    assert cards(hotel.desk) == before
    # Its twin, unharmed, is taken by the next question.
    assert hotel.check_in(stranger).number not in dict(before)


def test_a_card_does_not_open_in_the_place_of_another(
    hotel: Hotel, guest: Guest
) -> None:
    first, second = hotel.check_in(guest), hotel.check_in(Guest(hotel, 2))
    with hotel.store.writing() as database:
        database.exec_driver_sql(
            "UPDATE hotel_card SET sealed = "
            "(SELECT sealed FROM hotel_card WHERE number = ?) WHERE number = ?",
            (first.number, second.number),
        )
    with pytest.raises(Exception, match="do not open"):
        card_of(hotel.desk, second.number)
    with hotel.store.writing() as database:
        database.exec_driver_sql(
            "DELETE FROM hotel_card WHERE number = ?", (second.number,)
        )


# --- papers -------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_paper_says_what_the_card_says_and_is_sealed(
    hotel: Hotel, guest: Guest, lang: str, tmp_path: Path
) -> None:
    kept = hotel.check_in(guest)
    assert hotel.desk.sealer is not None
    data = printed(
        kept.card,
        number=kept.number,
        words=words(lang),
        sealer=hotel.desk.sealer,
        at=hotel.clock(),
    )
    path = tmp_path / "card.pdf"
    path.write_bytes(data)
    text = " ".join(said("pdftotext", "-raw", path, "-").split())
    for name, value in kept.card.lines("ru" if lang == "ru" else "en"):
        assert f"{name} {value}" in text
    assert ("Анкета гостя" if lang == "ru" else "Registration card") in text
    pki = pki_of(hotel.identity)
    who = document_signer(pki, "https://hotel.example")
    lists = EvidenceAtHand(crls=crls(who, at=hotel.clock()))
    trust = pki.store().with_evidence(lists)
    verified = verify_document(data, trust=trust, policy=DOCUMENTS, at=hotel.clock())
    assert len(verified.signatures) == 1
    harmed = data.replace(b"/MediaBox", b"/CropBox ", 1)
    with pytest.raises(VerificationFailed):
        verify_document(harmed, trust=trust, policy=DOCUMENTS, at=hotel.clock())


# --- the receipt --------------------------------------------------------------------


def test_the_guest_proves_what_was_promised(hotel: Hotel, guest: Guest) -> None:
    kept = hotel.check_in(guest)
    assert kept.receipt is not None
    code = receipt_code(kept.receipt)
    assert read_receipt_code(code) == kept.receipt
    found = guest.wallet.keep_receipt(code, at=hotel.clock())
    receipt = found.receipt
    assert receipt.purpose == PROFILE.name
    assert receipt.retention.until == kept.erase_at
    assert receipt.disclosed is not None
    assert len(receipt.disclosed[0].paths) == 11
    for each in guest.secrets:
        assert each not in kept.receipt
    # Another guest's wallet takes none of it.
    with pytest.raises(UsageError):
        Guest(hotel, 5).wallet.keep_receipt(code, at=hotel.clock())


def test_a_receipt_is_for_a_wallet_that_trusts_the_hotel(
    hotel: Hotel, guest: Guest
) -> None:
    kept = hotel.check_in(guest)
    assert kept.receipt is not None
    guest.wallet._trust = TrustStore(hotel.world.anchors[:1])
    try:
        with pytest.raises(VerificationFailed):
            guest.wallet.keep_receipt(kept.receipt, at=hotel.clock())
    finally:
        guest.wallet._trust = TrustStore(hotel.world.anchors)
    assert guest.wallet.keep_receipt(kept.receipt, at=hotel.clock())


def test_the_log_of_the_operator_names_nobody(hotel: Hotel, guest: Guest) -> None:
    hotel.check_in(guest)
    hotel.desk.end()
    log = str(hotel.store.rows("SELECT * FROM log"))
    assert "judged:question" in log
    for each in guest.secrets:
        assert each not in log
