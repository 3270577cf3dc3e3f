"""The quick way to read a compact proof, and the long one: they agree."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.cbor import CborValue, read_cbor, write_cbor
from idwallet.credentials.compact.structures import read_proof
from idwallet.credentials.compact.usual import usual_claims, usual_parts
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from tests.properties.test_compact_mutations import PROOFS, changed

REFUSED = (MalformedError, LimitError, UnsupportedError)
READ = tuple(read_proof(each, at="proof") for each in PROOFS)
PAYLOADS = tuple(each.envelope.payload for each in READ)
ISSUED = READ[0].credential.envelope.payload
OCTETS = st.binary(max_size=300)
FRAMES = st.builds(
    lambda head, outside, payload, proof: [head, outside, payload, proof],
    OCTETS,
    st.just({}) | st.dictionaries(st.integers(0, 300), OCTETS, max_size=2),
    st.none() | OCTETS,
    OCTETS,
)
SHOWN = st.none() | st.builds(
    lambda places, blocks, items: [places, blocks, items],
    st.integers(0, 40),
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
    moment=st.integers(0, 2**33),
    hints=st.tuples(st.none() | OCTETS, st.none() | OCTETS),
    frame=FRAMES,
    shown=SHOWN,
    more=st.lists(st.integers(0, 30), max_size=2),
)
def test_what_is_read_quickly_is_what_is_read_slowly(
    moment: int,
    hints: tuple[bytes | None, bytes | None],
    frame: CborValue,
    shown: CborValue,
    more: list[CborValue],
) -> None:
    payload = write_cbor([moment, *hints, frame, shown, *more])
    assert usual_parts(payload) in (None, long_way(payload))


def test_nothing_is_read_quickly_that_is_refused_slowly() -> None:
    rng = random.Random(20261127)
    quick = 0
    for _ in range(20_000):
        payload = changed(rng.choice(PAYLOADS), rng)
        found = usual_parts(payload)
        if found is not None:
            quick += 1
            assert repr(found) == repr(long_way(payload))
    assert quick > 1000


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
