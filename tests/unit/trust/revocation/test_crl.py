"""Reading CRLs and finding entries in them."""

import time
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.x509 import ReasonFlags

from idwallet import limits
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.testing.certificates import test_name as name_of
from idwallet.testing.pki import MOMENT
from idwallet.testing.revocation import CrlPlan, EntryPlan, World, key_of, scope
from idwallet.testing.revocation.writing import unrecognised
from idwallet.trust.certificate import Certificate
from idwallet.trust.revocation import Crl, Unsettled
from idwallet.trust.revocation.entries import Entry

DAY: Final = timedelta(days=1)
SOUND: Final = World.sound()
ISSUER: Final = SOUND.ca.subject.public_bytes()


def read(plan: CrlPlan) -> Crl:
    return Crl.from_der(plan.to_der(), at="crls/0")


def found(serial: int, *entries: EntryPlan, **changes: object) -> tuple[Entry, ...]:
    return (
        read(SOUND.crl(entries=entries, **changes))
        .entries()
        .find(serial, issuer=ISSUER)
    )


def test_a_crl_is_read_whole() -> None:
    crl = read(SOUND.crl(base_number=5))
    assert (crl.issuer_der, crl.number, crl.base_number) == (ISSUER, 7, 5)
    assert (crl.this_update, crl.next_update) == (
        MOMENT - timedelta(hours=1),
        MOMENT + DAY,
    )
    assert crl.is_delta
    assert not read(SOUND.crl()).is_delta


def test_two_crls_are_equal_when_their_bytes_are() -> None:
    assert read(SOUND.crl()) == read(SOUND.crl())
    assert read(SOUND.crl()) != read(SOUND.crl(number=8))


def test_a_crl_beyond_its_bound_is_refused_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    der = SOUND.crl().to_der()
    monkeypatch.setattr(limits, "CRL_BYTES", len(der))
    assert Crl.from_der(der, at="crls/0")
    monkeypatch.setattr(limits, "CRL_BYTES", len(der) - 1)
    with pytest.raises(LimitError, match="too long"):
        Crl.from_der(der, at="crls/0")


def test_entries_beyond_their_bound_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = SOUND.crl(entries=(EntryPlan(serial=1), EntryPlan(serial=2)))
    monkeypatch.setattr(limits, "CRL_ENTRIES", 2)
    assert len(read(plan).entries()) == 2
    monkeypatch.setattr(limits, "CRL_ENTRIES", 1)
    with pytest.raises(LimitError, match="too many entries"):
        read(plan)


def test_a_name_of_unread_kind_is_not_supported() -> None:
    # An issuing distribution point with an x400Address as its name.
    value = bytes.fromhex("3006a004a002a300")
    plan = SOUND.crl(extensions=(unrecognised("2.5.29.28", value, critical=True),))
    with pytest.raises(UnsupportedError, match="unread kind"):
        read(plan)


def test_a_time_that_is_none_is_refused() -> None:
    plan = SOUND.crl(extensions=(unrecognised("2.5.29.60", b"\x18\x01Z"),))
    with pytest.raises(MalformedError, match="malformed extension"):
        read(plan)


def test_every_entry_is_found_and_no_other() -> None:
    serials = [1, 127, 128, 255, 256, 2**64, 2**159 - 1, 3]
    crl = read(SOUND.crl(entries=tuple(EntryPlan(serial=n) for n in serials)))
    entries = crl.entries()
    assert len(entries) == len(serials)
    assert all(len(entries.find(n, issuer=ISSUER)) == 1 for n in serials)
    assert all(not entries.find(n, issuer=ISSUER) for n in (0, 2, 126, 129, 2**160))
    assert crl.entries() is entries


def test_a_very_long_number_is_found() -> None:
    serial = 2**1200
    assert len(found(serial, EntryPlan(serial=1), EntryPlan(serial=serial))) == 1


@pytest.mark.parametrize("reason", ReasonFlags)
def test_every_reason_is_read(reason: ReasonFlags) -> None:
    (entry,) = found(5, EntryPlan(serial=5, reason=reason))
    assert entry.reason is reason


def test_both_centuries_are_read() -> None:
    for year in (1999, 2049):
        moment = datetime(year, 5, 6, 7, 8, 9, tzinfo=UTC)
        assert found(5, EntryPlan(serial=5, revoked_at=moment))[0].since == moment


def test_an_invalidity_date_after_the_revocation_moves_nothing() -> None:
    plan = EntryPlan(serial=5, invalid_since=MOMENT)
    assert found(5, plan)[0].since == plan.revoked_at


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        ("2.5.29.21", "0a0107"),  # a reason that is none
        ("2.5.29.21", "020101"),  # an INTEGER
        ("2.5.29.21", "0a01010a0101"),  # two
        ("2.5.29.24", "170d3236303130313030303030305a"),  # a UTCTime
        ("2.5.29.24", "180f3230323630313031303030303030"),  # cut off
        ("2.5.29.24", "18083230323630315a5a"),  # no seconds
        ("2.5.29.24", "180f32303236313330313030303030305a"),  # the 13th month
    ],
)
def test_an_entry_whose_extension_is_malformed_cannot_be_used(
    oid: str, value: str
) -> None:
    mark = unrecognised(oid, bytes.fromhex(value))
    with pytest.raises(ValueError):
        found(5, EntryPlan(serial=5, extensions=(mark,)))


@pytest.mark.parametrize(
    "value",
    [
        "3000",  # no name
        "30068201618201 62",  # DNS names
        "3004a4003000",  # an empty explicit name
    ],
)
def test_an_issuer_that_is_no_directory_name_spoils_the_crl(value: str) -> None:
    mark = unrecognised("2.5.29.29", bytes.fromhex(value), critical=True)
    with pytest.raises(ValueError):
        found(
            5,
            EntryPlan(serial=1, extensions=(mark,)),
            scope=scope(indirect=True),
        )


def test_what_is_critical_and_understood_spoils_nothing() -> None:
    mark = unrecognised("2.5.29.21", b"\x0a\x01\x01", critical=True)
    (entry,) = found(5, EntryPlan(serial=5, extensions=(mark,)))
    assert entry.reason is ReasonFlags.key_compromise


def test_an_extension_twice_in_an_entry_spoils_it() -> None:
    mark = unrecognised("2.5.29.21", b"\x0a\x01\x01")
    with pytest.raises(ValueError, match="malformed extension"):
        found(5, EntryPlan(serial=5, extensions=(mark, mark)))


def test_issuers_follow_the_order_of_entries_not_of_numbers() -> None:
    other = name_of("another")
    plan = SOUND.crl(
        scope=scope(indirect=True),
        entries=(
            EntryPlan(serial=9),
            EntryPlan(serial=4, issuer=other),
            EntryPlan(serial=2),
            EntryPlan(serial=9, issuer=SOUND.ca.subject),
        ),
    )
    entries = read(plan).entries()
    assert len(entries.find(9, issuer=ISSUER)) == 2
    assert [len(entries.find(n, issuer=other.public_bytes())) for n in (4, 2, 9)] == [
        1,
        1,
        0,
    ]


def test_a_signature_is_checked_once_and_the_rules_each_time() -> None:
    crl = read(SOUND.crl())
    key = Certificate.from_der(SOUND.ca.to_der(), at="ca").public_key
    other = Certificate.from_der(SOUND.root.to_der(), at="root").public_key
    invalid, unnamed = Unsettled.SIGNATURE_INVALID, Unsettled.ALGORITHM_NOT_ALLOWED
    named = DEFAULT_ALGORITHMS
    assert crl.signature_fault(key=other, allowed=named) is invalid
    assert not crl.is_known_from(key)
    assert crl.signature_fault(key=key, allowed=named) is None
    assert crl.is_known_from(key)
    assert crl.signature_fault(key=key, allowed=named) is None
    only = frozenset({Algorithm.EDDSA})
    assert crl.signature_fault(key=key, allowed=only) is unnamed
    assert crl.signature_fault(key=other, allowed=named) is invalid


def test_a_hundred_thousand_entries_are_indexed_in_little_memory() -> None:
    head = EntryPlan(serial=2**127).to_der()
    blocks = b"".join(
        head[:4] + (2**127 + 7919 * n).to_bytes(17) + head[21:] for n in range(100_000)
    )
    plan = SOUND.crl(entries=(_Block(blocks),))  # type: ignore[arg-type]
    crl = read(plan)
    tracemalloc.start()
    entries = crl.entries()
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(entries) == 100_000
    assert entries.find(2**127 + 7919 * 99_999, issuer=ISSUER)
    assert not entries.find(2**127 + 1, issuer=ISSUER)
    assert kept < 1_000_000
    assert peak < 40_000_000
    started = time.perf_counter()
    for n in range(1000):
        entries.find(2**127 + n, issuer=ISSUER)
    assert time.perf_counter() - started < 0.5


class _Block(bytes):
    """Many entries, written already."""

    def to_der(self) -> bytes:
        return bytes(self)


def test_version_1_and_its_twin() -> None:
    with pytest.raises(UnsupportedError, match="version 2"):
        read(SOUND.crl(version=None, number=None, authority_key_id=None))
    assert read(replace(SOUND.crl(), signing_key=key_of("any"))).number == 7


def test_a_crl_that_lists_nobody_has_no_entries() -> None:
    crl = read(SOUND.crl(extensions=((x509.IssuerAlternativeName([]), False),)))
    assert len(crl.entries()) == 0
