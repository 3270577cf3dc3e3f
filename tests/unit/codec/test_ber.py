"""BER is made DER, and what is DER already stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet import limits
from idwallet.codec import ber, der
from idwallet.codec.der import DerError
from idwallet.errors import LimitError

END = b"\x00\x00"
trees = st.recursive(
    st.binary(max_size=200).map(lambda each: der.tlv(der.OCTETS, each)),
    lambda inner: st.lists(inner, max_size=4).map(lambda each: der.sequence(*each)),
    max_leaves=12,
)


def indefinite(tag: int, *parts: bytes) -> bytes:
    return bytes((tag, 0x80)) + b"".join(parts) + END


@given(trees)
def test_der_comes_out_as_it_went_in(made: bytes) -> None:
    assert ber.to_der(made, at="x") == made


@given(st.lists(trees, max_size=4))
def test_a_length_without_number_gets_one(parts: list[bytes]) -> None:
    assert ber.to_der(indefinite(0x30, *parts), at="x") == der.sequence(*parts)
    nested = indefinite(0x30, indefinite(0xA0, *parts))
    assert ber.to_der(nested, at="x") == der.sequence(der.tlv(0xA0, *parts))


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_octets_in_parts_become_whole(parts: list[bytes]) -> None:
    each = [der.tlv(der.OCTETS, part) for part in parts]
    whole = der.tlv(der.OCTETS, b"".join(parts))
    assert ber.to_der(indefinite(0x24, *each), at="x") == whole
    assert ber.to_der(der.tlv(0x24, *each), at="x") == whole
    assert ber.to_der(der.tlv(0x24, indefinite(0x24, *each)), at="x") == whole


def test_a_longer_length_becomes_the_shortest() -> None:
    assert (
        ber.to_der(b"\x30\x83\x00\x00\x03\x04\x81\x00", at="x") == b"\x30\x02\x04\x00"
    )


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x30",
        b"\x30\x80",
        b"\x30\x80\x04\x01",
        b"\x30\x80\x04\x01a\x00",
        b"\x04\x80\x00\x00",
        b"\x30\x02\x04\x01a",
        b"\x30\x00\x00",
        b"\x00\x00",
        b"\x3f\x81\x01\x00",
        b"\x23\x03\x03\x01\x00",
        b"\x2c\x03\x0c\x01a",
        b"\x24\x03\x0c\x01a",
        b"\x30\x03\x30\x80\x00\x00",
    ],
)
def test_what_is_broken_or_in_parts_of_another_kind_is_refused(octets: bytes) -> None:
    with pytest.raises(DerError):
        ber.to_der(octets, at="x")


def test_depth_is_bounded() -> None:
    deep = b"\x30\x80" * (limits.BER_DEPTH + 2) + END * (limits.BER_DEPTH + 2)
    with pytest.raises(LimitError):
        ber.to_der(deep, at="x")


def test_the_number_of_elements_is_bounded() -> None:
    many = indefinite(0x30, b"\x05\x00" * limits.BER_ELEMENTS)
    with pytest.raises(LimitError):
        ber.to_der(many, at="x")


@given(st.binary(max_size=60))
def test_noise_is_refused_or_becomes_der(noise: bytes) -> None:
    try:
        made = ber.to_der(noise, at="x")
    except (DerError, LimitError):
        return
    assert ber.to_der(made, at="x") == made
    der.only(made)
