"""Base64url, PEM and shown text: round trips, and no input crashes a reader."""

import base64
import html
import re

from hypothesis import given
from hypothesis import strategies as st

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.pem import PemBlock, read_pem, write_pem
from idwallet.codec.text import TextWarning, show, warnings
from idwallet.errors import MalformedError

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.binary(max_size=200))
def test_bytes_survive_base64url(data: bytes) -> None:
    text = b64.encode(data)
    assert text == base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    assert b64.decode(text, at="part") == data


@given(st.text(ALPHABET, max_size=12) | st.text(max_size=12) | st.binary(max_size=12))
def test_what_reads_as_base64url_is_its_only_spelling(text: str | bytes) -> None:
    try:
        data = b64.decode(text, at="part")
    except MalformedError:
        return
    assert b64.encode(data) == (text if isinstance(text, str) else text.decode())


LABELS = st.sampled_from(["X", "CERTIFICATE", "EC PRIVATE KEY", "A-B C"])
BLOCKS = st.lists(
    st.builds(PemBlock, LABELS, st.binary(min_size=1, max_size=200)),
    min_size=1,
    max_size=limits.PEM_BLOCKS,
)


@given(BLOCKS, st.sampled_from(["\n", "\r\n", "\r"]))
def test_blocks_survive_pem(blocks: list[PemBlock], end: str) -> None:
    text = "".join(write_pem(block.label, block.der) for block in blocks)
    assert read_pem(text.replace("\n", end), at="file") == tuple(blocks)


@st.composite
def broken_pem(draw: st.DrawFn) -> bytes:
    """PEM before some octets were put in, taken out or changed."""
    octets = bytearray(
        write_pem("X", draw(st.binary(min_size=1, max_size=100))).encode()
    )
    start = draw(st.integers(0, len(octets)))
    octets[start : start + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(octets)


@given(st.binary(max_size=100) | st.text(max_size=100) | broken_pem())
def test_no_input_crashes_the_pem_reader(data: bytes | str) -> None:
    try:
        blocks = read_pem(data, at="file")
    except MalformedError:
        return
    assert all(read_pem(write_pem(each.label, each.der), at="x") for each in blocks)


HOSTILE = st.text(
    st.sampled_from(
        "ab1 _@~|<>&;#[]()*`\\\"'\x1b\x9b\n\u202e\u2066\u200c\u200dمخक्\u0301"
    )
    | st.characters(),
    max_size=40,
)
ACTED_ON = re.compile(r"[<>&\[\]*`\\\"'\x00-\x1f\x7f-\x9f|]|(?<!\w)[@_]| {2}")


@given(HOSTILE, st.integers(1, 60))
def test_shown_text_is_safe_short_and_settled(text: str, limit: int) -> None:
    shown = show(text, limit=limit)
    assert len(shown) <= limit
    assert not ACTED_ON.search(shown)
    shown.encode("utf-8")
    assert show(shown, limit=limit) == shown
    assert html.escape(shown) == shown
    assert not {TextWarning.CONTROL, TextWarning.BIDI, TextWarning.INVISIBLE} & set(
        warnings(shown)
    )


@given(HOSTILE)
def test_text_without_a_warning_keeps_its_letters(text: str) -> None:
    if warnings(text):
        return
    letters = [letter for letter in text if letter.isalnum()]
    assert [letter for letter in show(text) if letter.isalnum()] == letters
