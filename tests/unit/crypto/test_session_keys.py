"""Keys and ciphers of sessions: what agrees, what opens, and what is never told."""

import copy
import pickle

import pytest

from idwallet.crypto.counted import COUNTER_MAXIMUM, CountedCipher
from idwallet.crypto.montgomery import MontgomeryKey, MontgomeryPublic
from idwallet.errors import MalformedError, UnsupportedError, UsageError

KEY, SIDE = bytes(range(32)), bytes(7) + b"\x01"


def cipher(most: int = 10, *, side: bytes = SIDE) -> CountedCipher:
    return CountedCipher(KEY, identifier=side, most=most)


def test_messages_open_in_their_order_and_once() -> None:
    sealing, opening = cipher(), cipher()
    sealed = [sealing.seal(b"the same") for _ in range(3)]
    assert len(set(sealed)) == 3
    with pytest.raises(MalformedError):
        opening.unseal(sealed[1], at="data")
    assert opening.unseal(sealed[0], at="data") == b"the same"
    with pytest.raises(MalformedError):
        opening.unseal(sealed[0], at="data")
    assert opening.unseal(sealed[1], at="data") == b"the same"
    assert (opening.count, sealing.count) == (2, 3)


def test_one_direction_does_not_open_the_other() -> None:
    sealed = cipher(side=bytes(8)).seal(b"request")
    assert cipher(side=bytes(8)).unseal(sealed, at="data") == b"request"
    with pytest.raises(MalformedError):
        cipher().unseal(sealed, at="data")


def test_a_counter_never_comes_round() -> None:
    ending = cipher(COUNTER_MAXIMUM)
    ending.count = COUNTER_MAXIMUM - 1
    assert ending.seal(b"last")
    assert ending.exhausted
    for work in (lambda: ending.seal(b"x"), lambda: ending.unseal(b"x", at="data")):
        with pytest.raises(UsageError, match="no number"):
            work()
    assert ending.count == COUNTER_MAXIMUM


@pytest.mark.parametrize(
    ("key", "side", "most"),
    [
        (KEY[1:], SIDE, 1),
        (KEY, SIDE[1:], 1),
        (KEY, SIDE, 0),
        (KEY, SIDE, COUNTER_MAXIMUM + 1),
    ],
)
def test_a_cipher_of_other_lengths_is_not_made(
    key: bytes, side: bytes, most: int
) -> None:
    with pytest.raises(UsageError):
        CountedCipher(key, identifier=side, most=most)


@pytest.mark.parametrize("curve", ["X25519", "X448"])
def test_two_sides_agree_on_a_curve_that_only_agrees(curve: str) -> None:
    one, other = MontgomeryKey.generate(curve), MontgomeryKey.generate(curve)
    assert one.agree(other.public_key) == other.agree(one.public_key)
    written = other.public_key.to_cose()
    assert MontgomeryPublic.from_cose(written, at="key") == other.public_key


@pytest.mark.parametrize("zero", [bytes(32), b"\x01" + bytes(31)], ids=["zero", "one"])
def test_a_key_of_a_small_order_agrees_with_nobody(zero: bytes) -> None:
    own = MontgomeryKey.generate("X25519")
    with pytest.raises(MalformedError, match="small order"):
        own.agree(MontgomeryPublic("X25519", zero))
    assert own.agree(MontgomeryPublic("X25519", b"\x09" + bytes(31)))


def test_keys_of_two_curves_do_not_agree() -> None:
    one, other = MontgomeryKey.generate("X25519"), MontgomeryKey.generate("X448")
    with pytest.raises(UsageError):
        one.agree(other.public_key)
    with pytest.raises(UnsupportedError):
        MontgomeryKey.generate("P-256")


@pytest.mark.parametrize("fault", [{-4: bytes(32)}, {-2: bytes(31)}, {-2: "x"}])
def test_what_is_no_public_key_is_refused(fault: dict[int, object]) -> None:
    written = MontgomeryKey.generate("X25519").public_key.to_cose()
    with pytest.raises(MalformedError):
        MontgomeryPublic.from_cose({**written, **fault}, at="key")  # type: ignore[dict-item]
    for other in ({1: 2}, {-1: 6}, {-1: True}, {1: True}, {-1: "X25519"}):
        assert MontgomeryPublic.from_cose({**written, **other}, at="key") is None


def test_neither_keys_nor_ciphers_travel_or_show_themselves() -> None:
    key, sealing = MontgomeryKey.generate("X448"), cipher()
    assert repr(key) == "<MontgomeryKey X448>"
    assert repr(sealing) == "<CountedCipher after 0>"
    for each in (key, sealing):
        for work in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(UsageError):
                work(each)
