import pytest

from idwallet.codec import b64
from idwallet.errors import MalformedError

PAIRS = [
    (b"", ""),
    (b"\x00", "AA"),
    (b"\x00\x01", "AAE"),
    (b"\xfb\xff\xbf", "-_-_"),
    # RFC 7515 appendix C
    (bytes([3, 236, 255, 224, 193]), "A-z_4ME"),
]


@pytest.mark.parametrize(("data", "text"), PAIRS)
def test_bytes_have_one_spelling_and_it_reads_back(data: bytes, text: str) -> None:
    assert b64.encode(data) == text
    assert b64.decode(text, at="part") == data
    assert b64.decode(text.encode("ascii"), at="part") == data


@pytest.mark.parametrize(
    ("valid", "forged", "what"),
    [
        ("-_-_", "+_-_", "character outside the base64url alphabet"),
        ("-_-_", "-/-_", "character outside the base64url alphabet"),
        ("AA", "AA==", "character outside the base64url alphabet"),
        ("AAE", "AAE=", "character outside the base64url alphabet"),
        ("AAAA", "AA A", "character outside the base64url alphabet"),
        ("AAAA", "AAA\n", "character outside the base64url alphabet"),
        ("AAAA", "AAA!", "character outside the base64url alphabet"),
        ("AAAA", "AAA\x00", "character outside the base64url alphabet"),
        ("AAAA", "AAA\u0410", "character outside the base64url alphabet"),
        ("AAAA", "AAA\ud800", "character outside the base64url alphabet"),
        ("AA", "A", "impossible base64url length"),
        ("AAAAAA", "AAAAA", "impossible base64url length"),
        ("AA", "AB", "base64url is not canonical"),
        ("Ag", "Ah", "base64url is not canonical"),
        ("AAE", "AAF", "base64url is not canonical"),
    ],
)
def test_a_spelling_that_is_not_the_one_is_refused(
    valid: str, forged: str, what: str
) -> None:
    b64.decode(valid, at="segment 2")
    with pytest.raises(MalformedError) as caught:
        b64.decode(forged, at="segment 2", clause="RFC 7515 §5.2")
    assert caught.value.what == what
    assert caught.value.at == "segment 2"
    assert caught.value.clause == "RFC 7515 §5.2"


def test_octets_outside_ascii_are_refused() -> None:
    with pytest.raises(MalformedError):
        b64.decode(b"AAA\xc0", at="part")


def test_each_last_character_is_canonical_exactly_when_it_encodes_back() -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    canonical = {b64.encode(bytes([first])) for first in range(256)}
    accepted = set()
    for pair in (first + last for first in alphabet for last in alphabet):
        try:
            b64.decode(pair, at="part")
        except MalformedError:
            continue
        accepted.add(pair)
    assert accepted == canonical


@pytest.mark.parametrize("size", range(70))
def test_many_of_one_length_are_spelt_as_each_alone(size: int) -> None:
    items = [
        bytes((size * number + at) % 256 for at in range(size)) for number in range(5)
    ]
    assert b64.encode_each(items) == [b64.encode(each) for each in items]
    assert b64.encode_each(items[:1]) == [b64.encode(items[0])]


def test_many_of_different_lengths_are_spelt_as_each_alone() -> None:
    assert b64.encode_each([data for data, _ in PAIRS]) == [text for _, text in PAIRS]
    assert b64.encode_each([]) == []
