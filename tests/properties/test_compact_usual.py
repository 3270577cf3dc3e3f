"""The quick way to read a compact proof, and the long one: they agree."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.cbor import CborValue, read_cbor, write_cbor
from idwallet.credentials.compact.bound_to import HINT_BYTES
from idwallet.credentials.compact.structures import read_proof
from idwallet.credentials.compact.usual import usual_claims, usual_parts
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from tests.properties.test_compact_mutations import PROOFS, changed

REFUSED = (MalformedError, LimitError, UnsupportedError)
READ = tuple(read_proof(each, at="proof") for each in PROOFS)
PAYLOADS = tuple(each.envelope.payload for each in READ)
ISSUED = READ[0].credential.envelope.payload
OCTETS = st.binary(max_size=300)
HINTS = st.none() | st.binary(min_size=HINT_BYTES, max_size=HINT_BYTES)
FRAMES = st.builds(
    lambda head, outside, payload, proof: [head, outside, payload, proof],
    OCTETS,
    st.just({}) | st.dictionaries(st.integers(0, 255), OCTETS, max_size=2),
    st.none() | OCTETS,
    OCTETS,
)
SHOWN = st.none() | st.builds(
    lambda places, blocks, items: [places, blocks, items],
    st.integers(0, 23),
    OCTETS,
    OCTETS,
)


def long_way(payload: bytes) -> CborValue:
    return read_cbor(payload, at="proof")


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("person", [None, 1, 3])
def test_what_wallets_write_goes_the_quick_way(
    payload: bytes, person: int | None
) -> None:
    parts = long_way(payload)
    assert isinstance(parts, list)
    whole = write_cbor([*parts, *([] if person is None else [person])])
    assert usual_parts(whole) == long_way(whole)


def test_what_issuers_write_of_short_lives_goes_the_quick_way() -> None:
    assert READ[0].credential.root
    assert usual_claims(ISSUED) == long_way(ISSUED)


@pytest.mark.parametrize("place", range(8))
@pytest.mark.parametrize(
    "value",
    [
        0,
        2,
        23,
        24,
        255,
        256,
        65535,
        65536,
        2**32,
        None,
        True,
        b"",
        bytes(16),
        bytes(33),
    ],
)
def test_a_part_of_another_kind_or_size_is_read_as_the_long_way_reads_it(
    place: int, value: CborValue
) -> None:
    parts = long_way(ISSUED)
    assert isinstance(parts, list)
    parts[place] = value
    payload = write_cbor(parts)
    found = usual_claims(payload)
    assert found is None or repr(found) == repr(long_way(payload))


@given(
    moment=st.integers(2**16, 2**32 - 1),
    hints=st.tuples(HINTS, HINTS),
    frame=FRAMES,
    shown=SHOWN,
    person=st.lists(st.integers(0, 23), max_size=1),
)
def test_what_is_usual_is_read_quickly_as_it_is_read_slowly(
    moment: int,
    hints: tuple[bytes | None, bytes | None],
    frame: CborValue,
    shown: CborValue,
    person: list[CborValue],
) -> None:
    payload = write_cbor([moment, *hints, frame, shown, *person])
    assert repr(usual_parts(payload)) == repr(long_way(payload))


@given(
    parts=st.lists(
        st.none()
        | st.booleans()
        | st.integers(0, 2**33)
        | HINTS
        | OCTETS
        | FRAMES
        | st.lists(st.integers(0, 40) | OCTETS, max_size=4),
        max_size=8,
    )
)
def test_what_is_not_usual_is_not_read_quickly_or_read_alike(
    parts: list[CborValue],
) -> None:
    payload = write_cbor(parts)
    assert repr(usual_parts(payload)) in ("None", repr(long_way(payload)))


# --- heads that are not the shortest are no other way to say the same -----------------

USUAL = read_cbor(PAYLOADS[0], at="proof")


def heads(place: bytes, instead: bytes, payload: bytes) -> bytes:
    assert payload.count(place) == 1
    return payload.replace(place, instead)


def test_a_moment_of_four_octets_that_takes_two_is_refused() -> None:
    assert isinstance(USUAL, list)
    moment = b"\x1a" + write_cbor(USUAL[0])[1:]
    payload = heads(moment, b"\x1a\x00\x00\xff\xff", PAYLOADS[0])
    assert usual_parts(payload) is None
    with pytest.raises(MalformedError):
        long_way(payload)
    least = heads(moment, b"\x1a\x00\x01\x00\x00", PAYLOADS[0])
    assert usual_parts(least) == long_way(least)


def test_a_start_of_four_octets_that_takes_two_is_refused() -> None:
    parts = long_way(ISSUED)
    assert isinstance(parts, list)
    start = b"\x1a" + write_cbor(parts[2])[1:]
    payload = heads(start, b"\x1a\x00\x00\xff\xff", ISSUED)
    assert usual_claims(payload) is None
    with pytest.raises(MalformedError):
        long_way(payload)
    least = heads(start, b"\x1a\x00\x01\x00\x00", ISSUED)
    assert usual_claims(least) == long_way(least)


@pytest.mark.parametrize("octet", [0x18, 0x19, 0x1A, 0x20, 0x40, 0xF5, 0xFF])
def test_no_head_is_taken_for_a_small_number(octet: int) -> None:
    assert isinstance(USUAL, list)
    person = write_cbor([*USUAL, 1])[:-1] + bytes([octet])
    assert usual_parts(person) is None
    shown = USUAL[4]
    assert isinstance(shown, list)
    whole = write_cbor(USUAL)
    start = whole.rindex(write_cbor(shown))
    places = whole[: start + 1] + bytes([octet]) + whole[start + 2 :]
    assert usual_parts(places) is None


def agree(count: int, *, seed: int) -> tuple[int, int]:
    """Change so many payloads; return how many of each kind were read quickly."""
    rng = random.Random(seed)
    proofs = credentials = 0
    for _ in range(count):
        payload = changed(rng.choice(PAYLOADS), rng)
        found = usual_parts(payload)
        if found is not None:
            proofs += 1
            assert repr(found) == repr(long_way(payload))
        payload = changed(ISSUED, rng)
        found = usual_claims(payload)
        if found is not None:
            credentials += 1
            assert repr(found) == repr(long_way(payload))
    return proofs, credentials


def test_nothing_is_read_quickly_that_is_refused_slowly() -> None:
    proofs, credentials = agree(20_000, seed=20261127)
    assert proofs > 1000
    assert credentials > 1000


def test_no_octet_more_or_less_makes_other_claims_of_a_credential() -> None:
    quick = 0
    for place in range(len(ISSUED)):
        for octet in range(256):
            payload = ISSUED[:place] + bytes([octet]) + ISSUED[place + 1 :]
            found = usual_claims(payload)
            if found is not None:
                quick += 1
                assert repr(found) == repr(long_way(payload))
        assert usual_claims(ISSUED[:place] + ISSUED[place + 1 :]) is None
        assert usual_claims(ISSUED[:place] + b"\x00" + ISSUED[place:]) is None
    assert quick > 10_000


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_that_is_cut_off_or_goes_on_is_not_read_quickly(
    payload: bytes,
) -> None:
    for end in range(len(payload)):
        assert usual_parts(payload[:end]) is None
    assert usual_parts(payload + b"\x00") is None
    with pytest.raises(REFUSED):
        long_way(payload + b"\x00")
