"""Sealed records open with their key in their place, and nowhere else."""

import copy
import pickle
import secrets
import traceback

import pytest

from idwallet import limits
from idwallet.crypto import seal as door
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.errors import LimitError, MalformedError, UsageError

RAW = bytes(range(32))


def sealed(plaintext=b"secret", *, key=None, context=b"store 1"):
    return seal(
        plaintext, key=key or SealKey(RAW), context=context, random=secrets.token_bytes
    )


def opened(record, *, key=None, context=b"store 1"):
    return unseal(record, key=key or SealKey(RAW), context=context, at="record 7")


@pytest.mark.parametrize("plaintext", [b"", b"x", b"secret" * 1000])
def test_what_was_sealed_comes_back(plaintext):
    assert opened(sealed(plaintext)) == plaintext


def test_two_seals_of_one_plaintext_differ():
    assert sealed() != sealed()


def test_the_plaintext_is_not_in_the_record():
    assert b"secret" not in sealed()


@pytest.mark.parametrize(
    "change",
    [
        {"key": SealKey(bytes(32))},
        {"context": b"store 2"},
        {"context": b""},
    ],
    ids=["key", "context", "no context"],
)
def test_another_key_or_place_does_not_open_it(change):
    record = sealed()
    assert opened(record) == b"secret"
    with pytest.raises(MalformedError) as caught:
        opened(record, **change)
    assert caught.value.at == "record 7"


def test_a_record_changed_in_any_octet_does_not_open():
    record = sealed()
    for index in range(len(record)):
        changed = bytearray(record)
        changed[index] ^= 1
        with pytest.raises(MalformedError):
            opened(bytes(changed))


def test_a_record_cut_off_anywhere_does_not_open():
    record = sealed()
    for size in range(len(record)):
        with pytest.raises(MalformedError):
            opened(record[:size])


def test_an_unknown_version_is_named():
    with pytest.raises(MalformedError, match="unknown version"):
        opened(b"\x02" + sealed()[1:])


def test_the_version_is_sealed_too(monkeypatch):
    record = sealed()
    monkeypatch.setattr(door, "_VERSION", b"\x02")
    with pytest.raises(MalformedError, match="do not open"):
        opened(b"\x02" + record[1:])


def test_the_limit_holds_on_both_ways():
    overhead = 1 + 12 + 16
    most = bytes(limits.SEALED_BYTES - overhead)
    record = sealed(most)
    assert len(record) == limits.SEALED_BYTES
    assert opened(record) == most
    with pytest.raises(LimitError):
        sealed(most + b"x")
    with pytest.raises(LimitError):
        opened(record + b"x")


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(size):
    with pytest.raises(UsageError):
        SealKey(bytes(size))


def test_a_generated_key_uses_its_source():
    key = SealKey.generate(lambda size: RAW[:size])
    assert opened(sealed(), key=key) == b"secret"


@pytest.mark.parametrize("answer", [b"", bytes(11), bytes(13), bytes(33)])
def test_a_random_source_that_answers_with_another_length_is_refused(answer):
    with pytest.raises(UsageError):
        seal(b"", key=SealKey(RAW), context=b"", random=lambda size: answer)
    with pytest.raises(UsageError):
        SealKey.generate(lambda size: answer)


def test_a_passphrase_gives_the_same_key_with_the_same_salt_only():
    salt = bytes(16)
    record = sealed(key=SealKey.from_passphrase(b"correct horse", salt=salt))
    again = SealKey.from_passphrase(b"correct horse", salt=salt)
    assert opened(record, key=again) == b"secret"
    for passphrase, other in ((b"wrong horse", salt), (b"correct horse", b"1" * 16)):
        with pytest.raises(MalformedError):
            opened(record, key=SealKey.from_passphrase(passphrase, salt=other))


@pytest.mark.parametrize(("passphrase", "salt"), [(b"", bytes(16)), (b"x", bytes(15))])
def test_an_empty_passphrase_or_a_short_salt_is_refused(passphrase, salt):
    with pytest.raises(UsageError):
        SealKey.from_passphrase(passphrase, salt=salt)


def test_a_key_shows_nothing_and_does_not_travel():
    key = SealKey(RAW)
    assert repr(key) == str(key) == "<SealKey>"
    assert not hasattr(key, "__dict__")
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(UsageError):
            leave(key)


def test_a_refusal_shows_no_secret():
    canary = bytes.fromhex("c0ffee")
    record = sealed(canary)
    with pytest.raises(MalformedError) as caught:
        opened(record, key=SealKey(bytes(32)))
    text = "".join(traceback.format_exception(caught.value))
    assert not any(each in text for each in (repr(canary), canary.hex(), RAW.hex()))


def test_an_application_seals_what_is_its_own() -> None:
    key, other = SealKey(bytes(32)), SealKey(bytes(range(32)))
    first, second = (key.seal(b"a card", context=b"card 1") for _ in range(2))
    assert first != second
    assert b"a card" not in first
    assert key.unseal(first, context=b"card 1") == b"a card"
    for opener, context in ((other, b"card 1"), (key, b"card 2")):
        with pytest.raises(MalformedError, match="do not open this"):
            opener.unseal(first, context=context, at="card record")
