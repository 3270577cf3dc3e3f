"""A certificate that is like one that was read says what it would say by itself."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from idwallet import limits
from idwallet.testing.certificates import CertificatePlan, test_name
from idwallet.trust import certificate
from idwallet.trust.alike import Alike, Differing
from idwallet.trust.certificate import Certificate, _read, _read_in_full
from idwallet.trust.extensions import Broken, Foreign
from tests.unit.trust.test_certificate import plan

KEY = bytes(range(20))
MOMENT_BYTES = 13


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    certificate._alike.clear()


SOUND = plan(subject_key_id=KEY, serial=1 << 158)


# What is looked up before anything is cut ends within it, before the moments.
LONG_ISSUER = test_name("CA of an authority with a name as long as many have")


def sound(**changes: object) -> CertificatePlan:
    return replace(SOUND, **changes)  # type: ignore[arg-type]


def told(read: Callable[[bytes], Certificate], der: bytes) -> tuple[object, ...]:
    """Everything that a certificate says, or why it says nothing."""
    try:
        found = read(der)
    except (Broken, Foreign) as refused:
        return type(refused), refused.what, refused.clause
    assert found.native.public_bytes(Encoding.DER) == der
    return tuple(found)


def found_like(der: bytes) -> tuple[Certificate, Differing] | None:
    return certificate._alike.find(der)


def signer(**changes: object) -> CertificatePlan:
    """Another signer of the same authority."""
    own = ec.generate_private_key(ec.SECP256R1())
    return sound(key=own, subject_key_id=bytes(20), **changes)


def test_a_signer_like_another_one_is_not_read_in_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = _read(sound().to_der())
    monkeypatch.setattr(certificate, "_read_in_full", None)
    other = signer(serial=first.native.serial_number ^ 1)
    read = _read(other.to_der())
    assert read.subject_key_id == bytes(20)
    assert read.public_key != first.public_key
    assert read.native.serial_number == other.serial
    assert read[certificate._SHARED :] == first[certificate._SHARED :]


def test_one_of_another_name_says_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    _read(sound(subject=test_name("signer 1")).to_der())
    der = signer(subject=test_name("signer 2")).to_der()
    full = told(_read_in_full, der)
    certificate._alike.clear()
    _read(sound(subject=test_name("signer 1")).to_der())
    monkeypatch.setattr(certificate, "_read_in_full", None)
    assert told(_read, der) == full
    assert "signer 2" in _read(der).subject


# One that needs an octet of zeros before it, and the shortest one that does.
NUMBERS = [1 << 158, 1 << 159, 0x80]


@pytest.mark.parametrize(
    ("known", "number"),
    [
        (1 << 158, 1 << 158 | 1),
        (1 << 159, 1 << 159 | 1),
        (0x80, 0x7F01),
        (0x7F01, 0x80),
    ],
)
def test_whatever_its_number_begins_with_a_signer_is_not_read_in_full(
    known: int, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _read(sound(serial=known).to_der())
    monkeypatch.setattr(certificate, "_read_in_full", None)
    assert _read(signer(serial=number).to_der()).native.serial_number == number


@pytest.mark.parametrize("number", NUMBERS)
def test_every_octet_of_a_certificate_counts_when_one_like_it_is_known(
    number: int,
) -> None:
    """All that differ from a known one in one octet, in four ways."""
    der = sound(issuer=LONG_ISSUER, serial=number).to_der()
    alike = 0
    for place in range(len(der)):
        for flip in (0x01, 0x04, 0x20, 0x80):
            octet = bytes((der[place] ^ flip,))
            changed = der[:place] + octet + der[place + 1 :]
            certificate._alike.clear()
            fresh = told(_read_in_full, changed)
            certificate._alike.clear()
            _read(der)
            alike += found_like(changed) is not None
            assert told(_read, changed) == fresh
    # Of the signature and the key's identifier alone there are more than these.
    assert alike > 4 * 80


@given(
    known=st.lists(st.integers(0, 700), max_size=3),
    places=st.lists(st.integers(0, 700), min_size=1, max_size=3),
    octet=st.integers(0, 255),
)
def test_what_is_known_changes_nothing_that_is_told(
    known: list[int], places: list[int], octet: int
) -> None:
    der = sound(issuer=LONG_ISSUER).to_der()

    def changed(*where: int) -> bytes:
        octets = bytearray(der)
        for each in where:
            octets[each % len(der)] = octet
        return bytes(octets)

    certificate._alike.clear()
    fresh = told(_read_in_full, changed(*places))
    certificate._alike.clear()
    for each in known:
        told(_read, changed(each))
    _read(der)
    assert told(_read, changed(*places)) == fresh


MOMENTS = [
    b"260230120000Z",
    b"261301120000Z",
    b"260101240000Z",
    b"260101126000Z",
    b"260101120060Z",
    b"2601011200 0Z",
    b"26010112000\xb2Z",
    b"260101120000z",
    b"+26010112000Z",
    b"500101120000Z",
    b"991231235959Z",
    b"491231235959Z",
    b"000101000000Z",
    b"240229000000Z",
    b"230229000000Z",
]


@pytest.mark.parametrize("issuer", [SOUND.issuer, LONG_ISSUER], ids=["short", "long"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_moment_is_read_as_in_full_or_left_to_it(
    moment: bytes, issuer: x509.Name
) -> None:
    der = sound(issuer=issuer).to_der()
    _read(der)
    place = der.index(b"\x17\x0d") + 2
    usual = der[:place] + b"260102030405Z" + der[place + MOMENT_BYTES :]
    assert (found_like(usual) is not None) is (issuer == LONG_ISSUER)
    for at in (place, place + 2 + MOMENT_BYTES):
        changed = der[:at] + moment + der[at + MOMENT_BYTES :]
        assert told(_read, changed) == told(_read_in_full, changed)
        _read(der)


@pytest.mark.parametrize("serial", [0, 1, 127, 128, 2**63, 2**64 - 1, 2**159 - 1])
def test_a_serial_number_is_read_as_in_full_or_left_to_it(serial: int) -> None:
    der = sound(serial=2**158).to_der()
    _read(der)
    size = 20
    for written in (
        serial.to_bytes(size),
        (serial << 8 * (size - 1)).to_bytes(2 * size)[-size:],
        b"\xff" + bytes(size - 1),
    ):
        changed = der[:15] + written + der[15 + size :]
        assert told(_read, changed) == told(_read_in_full, changed)


def test_what_is_cut_off_or_longer_is_like_none() -> None:
    der = sound().to_der()
    _read(der)
    assert found_like(der) is not None
    assert all(found_like(der[:end]) is None for end in range(len(der)))
    assert found_like(der + b"\0") is None
    longer = (len(der) - 3).to_bytes(2)
    assert found_like(der[:2] + longer + der[4:] + b"\0") is None


def test_only_usual_certificates_are_remembered() -> None:
    long = x509.UnrecognizedExtension(
        x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), bytes(5000)
    )
    nobody: tuple[CertificatePlan, ...] = (
        sound(subject_key_id=None),
        sound(subject_key_id=KEY[:8]),
        sound(key=ec.generate_private_key(ec.SECP384R1())),
        sound(signing_key=ec.generate_private_key(ec.SECP521R1())),
        sound(extensions=((long, False),)),
    )
    for each in nobody:
        _read(each.to_der())
        assert found_like(each.to_der()) is None
    assert found_like(sound().to_der()) is None


def test_no_more_kinds_are_remembered_than_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "CERTIFICATE_CACHE_ENTRIES", 2)
    few: Alike[int] = Alike()
    ders = [sound(issuer=test_name(name)).to_der() for name in ("a", "bb", "ccc")]
    for n, der in enumerate(ders):
        few.remember(der, n, signed=_read(der).signed)
    assert [few.find(each) is not None for each in ders] == [False, True, True]


def test_a_certificate_that_is_like_another_one_is_another_one() -> None:
    one, other = (_read(replace(sound(), serial=n << 150).to_der()) for n in (1, 2))
    assert one != other
    assert len({one, other, _read(one.der)}) == 2
    assert one != one.der
    assert "certificate" not in repr(one)
