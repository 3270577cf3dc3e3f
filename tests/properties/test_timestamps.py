"""Whatever is done to a timestamp, it proves no other moment."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.timestamp import ProvenTime, TimestampRefused, read_token
from tests.unit.trust.timestamp.scene import draft, judged, pki


@cache
def token() -> bytes:
    return draft().to_bytes()


def found(der: bytes) -> ProvenTime | TimestampRefused | None:
    try:
        read_token(der, at="timestamp")
    except (MalformedError, UnsupportedError):
        return None
    return judged(der)


@given(st.data())
def test_a_changed_octet_proves_nothing_or_the_same_moment(
    data: st.DataObject,
) -> None:
    der = bytearray(token())
    place = data.draw(st.integers(0, len(der) - 1))
    der[place] ^= data.draw(st.integers(1, 255))
    judgement = found(bytes(der))
    if isinstance(judgement, ProvenTime):
        assert judgement.moment == pki().at
        assert judgement.path.leaf.der in token()


@given(st.binary(max_size=120))
def test_noise_is_refused(noise: bytes) -> None:
    assert found(noise) is None
