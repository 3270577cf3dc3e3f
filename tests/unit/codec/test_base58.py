import pytest

from idwallet import limits
from idwallet.codec import base58
from idwallet.errors import LimitError, MalformedError


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"\0", "1"),
        (b"\0\0\1", "112"),
        (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
        (bytes.fromhex("0000287fb4cd"), "11233QC4"),
    ],
)
def test_octets_and_their_spelling_belong_together(data: bytes, text: str) -> None:
    assert base58.encode(data) == text
    assert base58.decode(text, at="x") == data


@pytest.mark.parametrize("text", ["0", "O", "I", "l", " 1", "1=", "é"])
def test_a_character_of_another_alphabet_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        base58.decode(text, at="x")


def test_the_length_is_bounded_before_any_work() -> None:
    longest = "2" * limits.BASE58_CHARACTERS
    assert base58.decode(longest, at="x")
    with pytest.raises(LimitError):
        base58.decode(longest + "2", at="x")
