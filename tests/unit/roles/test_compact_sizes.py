"""What codes take, on real encoders; the table of docs/reference/compact.md is ours."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from idwallet.codec.qr import qr_modules
from idwallet.codec.qr_text import QrKind, write_qr_text
from idwallet.credentials.query import Query
from idwallet.crypto.algorithms import Algorithm
from idwallet.errors import UsageError
from idwallet.protocols.qr.frames import write_frames
from idwallet.testing.compact import CompactDraft, CompactScene
from idwallet.testing.compact import profiles as shown
from idwallet.testing.scene import Scene

PAGE = Path(__file__).parents[3] / "docs/reference/compact.md"
ES256, ML44, ML65 = Algorithm.ES256, Algorithm.ML_DSA_44, Algorithm.ML_DSA_65


@cache
def scene() -> CompactScene:
    return CompactScene()


def size(made: CompactDraft) -> tuple[int, int]:
    """Return the octets of a proof and the version of its code at level M."""
    octets = made.proof()
    return len(octets), version(octets)


def version(octets: bytes, kind: QrKind = QrKind.PROOF) -> int:
    """Return the version of a code at level M, 0 where none holds it."""
    try:
        return (len(qr_modules(write_qr_text(kind, octets))) - 17) // 4
    except UsageError:
        return 0


def within(made: CompactDraft, *, octets: int, version: int) -> bool:
    found = size(made)
    return found[0] <= octets and 0 < found[1] <= version


def test_an_age_out_of_twelve_claims_takes_300_octets_and_version_15() -> None:
    assert within(shown.age(scene()), octets=300, version=15)


def test_an_age_alone_takes_less() -> None:
    assert within(shown.age_alone(scene()), octets=250, version=12)


def test_eleven_claims_in_cyrillic_take_560_octets_and_version_19() -> None:
    assert within(shown.hotel(scene()), octets=560, version=19)


def test_eleven_claims_alone_take_less() -> None:
    alone, chosen = size(shown.hotel_alone(scene())), size(shown.hotel(scene()))
    assert alone < chosen


def rows() -> Iterator[tuple[str, Callable[[CompactScene], CompactDraft]]]:
    yield "age, chosen out of 12 claims", shown.age
    yield "age alone, single-purpose", shown.age_alone
    yield "hotel, 11 of 12 claims in Cyrillic", shown.hotel
    yield "hotel, single-purpose", shown.hotel_alone
    for octets in (400, 800, 1200):
        yield (
            f"age alone, and a picture of {octets} octets",
            lambda at, n=octets: shown.photograph(at, octets=n),  # type: ignore[misc]
        )
    for name, issuer, holder in (
        ("issuer ML-DSA-44, holder ES256", ML44, ES256),
        ("ML-DSA-44 both", ML44, ML44),
        ("ML-DSA-65 both", ML65, ML65),
    ):
        yield (
            f"age alone, {name}",
            lambda at, i=issuer, h=holder: shown.after_quantum(at, issuer=i, holder=h),  # type: ignore[misc]
        )


def line(name: str, octets: bytes, kind: QrKind) -> str:
    found = version(octets, kind)
    if found and len(write_frames(kind, octets)) == 1:
        return f"| {name} | {len(octets)} | {found} | 1 |"
    codes = len(write_frames(kind, octets)) - 1
    return f"| {name} | {len(octets)} | {found or 'no'} | {codes} and a spare |"


def table() -> list[str]:
    found = [line(name, make(scene()).proof(), QrKind.PROOF) for name, make in rows()]
    world = Scene(seed=b"idwallet TEST sizes")
    body = world.answer(world.request(), world.issue())
    found.append(
        line("SD-JWT VC, two claims, chain in it", body.encode(), QrKind.ANSWER)
    )
    return found


def test_the_page_says_what_codes_take() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for row in table():
        name = row.split("|")[1]
        (written,) = (
            each for each in text.splitlines() if each.startswith(f"|{name}|")
        )
        told, found = (
            [cell.strip() for cell in each.split("|")] for each in (written, row)
        )
        # Certificates and signatures in DER differ by some octets from day to day.
        assert abs(int(told[2]) - int(found[2])) <= 24, row
        assert told[4] == found[4], row


@pytest.mark.parametrize("holder", [ES256, ML44])
def test_a_query_answered_after_quantum_computers_comes_in_frames(
    holder: Algorithm,
) -> None:
    made = shown.after_quantum(scene(), issuer=ML44, holder=holder)
    assert version(made.proof()) == 0
    assert len(write_frames(QrKind.PROOF, made.proof())) > 2
    assert Query.age_over(18).credentials
