"""A full disk registers nobody, says so, and loses nothing."""

from pathlib import Path

from examples.kiosk.hotel.register import card_at, cards, purge

from tests.kiosk.scene import Guest, Hotel


def limited(hotel: Hotel, *, more: int) -> None:
    """Let the file take so many pages more and no more: SQLite then finds it full."""
    with hotel.store.writing() as database:
        ((pages,),) = database.exec_driver_sql("PRAGMA page_count")
        database.exec_driver_sql(f"PRAGMA max_page_count = {pages + more}")


def test_a_guest_whose_card_found_no_room_is_taken_by_the_same_code_later(
    tmp_path: Path,
) -> None:
    hotel = Hotel(tmp_path / "k")
    guest = Guest(hotel)
    hotel.desk.ask("question", {"nights": "2"})
    visit = hotel.desk.visit()
    assert visit is not None
    code = guest.answer(visit.question)
    limited(hotel, more=0)
    hotel.desk.take(code)
    assert hotel.desk.trouble == "full"
    assert cards(hotel.desk) == []
    still = hotel.desk.visit()
    assert still is not None
    assert still.told is None
    limited(hotel, more=10_000)
    hotel.desk.take(code)
    assert hotel.desk.trouble is None
    kept = card_at(hotel.desk, visit)
    assert kept is not None
    assert kept.card.nights == 2
    hotel.store.close()


def test_a_full_disk_keeps_nobody_longer_than_promised(tmp_path: Path) -> None:
    hotel = Hotel(tmp_path / "k")
    hotel.check_in(Guest(hotel), nights=1)
    hotel.desk.end()
    limited(hotel, more=0)
    hotel.clock.at += 2 * hotel.room.lasts * 300
    assert purge(hotel.desk) == 1
    assert cards(hotel.desk) == []
    hotel.store.close()
