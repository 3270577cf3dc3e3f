"""Tokens are read strictly."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from idwallet import limits
from idwallet.codec.der import integer, oid, sequence, tlv
from idwallet.envelope.cms import names
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.testing.tsa import POLICY, TimestampDraft
from idwallet.trust.timestamp import TimestampToken, read_token
from idwallet.trust.timestamp.read import granted_token
from tests.unit.trust.timestamp.scene import DIGEST, draft, pki

Change = Callable[[TimestampDraft], None]


def read(change: Change = lambda _: None) -> TimestampToken:
    made = draft()
    change(made)
    return read_token(made.to_bytes(), at="timestamp")


def test_a_token_says_when_and_over_what() -> None:
    info = read().info
    assert (info.hashed, info.imprint, info.moment) == ("sha256", DIGEST, pki().at)
    assert info.accuracy == timedelta(seconds=1)
    assert (info.serial, info.policy, info.nonce) == (1, POLICY, None)
    assert DIGEST.hex() not in repr(info)


def _set(**changes: object) -> Change:
    def change(made: TimestampDraft) -> None:
        for name, value in changes.items():
            setattr(made, name, value)

    return change


def test_a_token_may_say_more_or_less() -> None:
    moment = pki().at + timedelta(microseconds=250_000)
    tail = tlv(0xA0, tlv(0x82, b"tsa.example")) + tlv(
        0xA1, sequence(oid("1.2.3"), tlv(4))
    )
    info = read(_set(nonce=7, moment=moment, ordering=b"\1\1\xff", tail=tail)).info
    assert (info.nonce, info.moment) == (7, moment)
    parts = sequence(tlv(0x80, b"\x05"), tlv(0x81, b"\x07"))
    assert read(_set(accuracy=parts)).info.accuracy == timedelta(
        milliseconds=5, microseconds=7
    )
    assert read(_set(accuracy=b"")).info.accuracy is None


@pytest.mark.parametrize(
    "change",
    [
        _set(time=tlv(0x17, b"261124120000Z")),
        _set(time=tlv(0x18, b"20261124120000+0100")),
        _set(accuracy=sequence(integer(-1))),
        _set(accuracy=sequence(integer(86_401))),
        _set(accuracy=sequence(tlv(0x80, b"\x00"))),
        _set(accuracy=sequence(tlv(0x81, b"\x03\xe8"))),
        _set(ordering=b"\1\1\1"),
        _set(imprint=sequence(names.digest_identifier("sha256"))),
        _set(tail=integer(1) + integer(2)),
        _set(tail=tlv(0xA1, integer(1))),
        _set(change=lambda cms: cms.signers.append(cms.signer)),
        _set(change=lambda cms: cms.signers.clear()),
    ],
)
def test_what_breaks_the_standard_is_refused(change: Change) -> None:
    with pytest.raises(MalformedError) as caught:
        read(change)
    assert caught.value.at == "timestamp"


@pytest.mark.parametrize(
    "change",
    [
        _set(version=2),
        _set(content_type=names.DATA),
        _set(change=lambda cms: setattr(cms, "is_detached", True)),
        _set(tail=tlv(0xA1, sequence(oid("1.2.3"), b"\1\1\xff", tlv(4)))),
    ],
)
def test_what_is_no_timestamp_of_ours_is_unsupported(change: Change) -> None:
    with pytest.raises(UnsupportedError):
        read(change)


def test_a_token_longer_than_the_bound_is_not_looked_at() -> None:
    with pytest.raises(LimitError):
        read_token(bytes(limits.TIMESTAMP_BYTES + 1), at="timestamp")
    with pytest.raises(LimitError):
        granted_token(bytes(limits.TIMESTAMP_BYTES + 1), at="answer")


def test_an_answer_grants_a_token_or_gives_none() -> None:
    token = sequence(integer(1))
    assert granted_token(sequence(sequence(integer(0)), token), at="x") == token
    assert granted_token(sequence(sequence(integer(1)), token), at="x") == token
    assert granted_token(sequence(sequence(integer(2))), at="x") is None


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        sequence(),
        sequence(sequence()),
        sequence(sequence(integer(0))),
        sequence(sequence(integer(2)), sequence(integer(1))),
        sequence(sequence(integer(0)), sequence(), integer(1)),
    ],
)
def test_an_answer_that_is_none_is_refused(answer: bytes) -> None:
    with pytest.raises(MalformedError):
        granted_token(answer, at="x")
