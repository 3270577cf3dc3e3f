import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec import base45
from idwallet.errors import MalformedError


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"", ""),
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
    ],
)
def test_the_examples_of_the_standard(octets: bytes, text: str) -> None:
    """RFC 9285 sections 4.3 and 4.4."""
    assert base45.encode(octets) == text
    assert base45.decode(text, at="x") == octets


@given(st.binary())
def test_octets_come_back(octets: bytes) -> None:
    assert base45.decode(base45.encode(octets), at="x") == octets


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"))
def test_octets_have_one_text(text: str) -> None:
    try:
        octets = base45.decode(text, at="x")
    except MalformedError:
        return
    assert base45.encode(octets) == text


@pytest.mark.parametrize(
    "text", ["A", "BB8A", "bb8", "GGW", "V5", ":::", "::", "ÄB8", "A=C"]
)
def test_what_is_no_base45_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        base45.decode(text, at="x")


@given(st.text(alphabet="0AZ:+ ", max_size=12))
def test_every_group_is_read_by_itself(text: str) -> None:
    groups = [text[at : at + 3] for at in range(0, len(text), 3)]
    try:
        found = b"".join(base45.decode(each, at="x") for each in groups)
    except MalformedError:
        with pytest.raises(MalformedError):
            base45.decode(text, at="x")
        return
    assert base45.decode(text, at="x") == found


@pytest.mark.parametrize("place", range(4))
def test_a_group_that_is_too_large_is_found_wherever_it_stands(place: int) -> None:
    groups = ["BB8"] * 4
    groups[place] = "FGW"  # 65535
    assert len(base45.decode("".join(groups), at="x")) == 8
    groups[place] = "GGW"
    with pytest.raises(MalformedError):
        base45.decode("".join(groups), at="x")
