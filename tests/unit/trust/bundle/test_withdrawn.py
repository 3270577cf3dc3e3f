"""Delegations that were taken back, as a part of a bundle, in its one form."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet import limits
from idwallet.codec.cbor import CborValue, write_cbor
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.report import GIVEN
from idwallet.testing.pki import MOMENT, TestPki
from idwallet.trust.anchors import TrustStore
from idwallet.trust.bundle import BundlePart, PartKind
from idwallet.trust.bundle.withdrawn import read_withdrawn, write_withdrawn
from idwallet.trust.evidence import EvidenceAtHand, WithdrawnAtHand
from idwallet.trust.withdrawn import withdrawn_at_hand

IDENTITY = hashlib.sha256(b"a delegation").digest()


def test_a_part_has_one_form_whatever_the_order() -> None:
    data = write_withdrawn([b"two", b"one", b"two"])
    assert data == write_withdrawn([b"one", b"two"])
    assert read_withdrawn(data, at="x") == (b"one", b"two")
    assert write_withdrawn([]) == b"\xa0"
    assert read_withdrawn(b"\xa0", at="x") == ()


def test_a_part_of_none_is_a_part() -> None:
    made = BundlePart.of_withdrawn([], name="families", as_of=MOMENT)
    assert (made.kind, made.entry().size) == (PartKind.WITHDRAWN, 1)


def a_part(listed: CborValue) -> bytes:
    return write_cbor({"withdrawn": listed})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80",
        b"\xa1",
        a_part([]),
        a_part(b"one"),
        a_part(["one"]),
        a_part([b""]),
        a_part([b"two", b"one"]),
        a_part([b"one", b"one"]),
        write_cbor({"withdrawn": [b"one"], "more": 1}),
        write_cbor({1: [b"one"]}),
        b"\xbf" + a_part([b"one"])[1:] + b"\xff",
    ],
)
def test_another_form_is_refused(data: bytes) -> None:
    assert read_withdrawn(a_part([b"one", b"two"]), at="x")
    with pytest.raises(MalformedError):
        read_withdrawn(data, at="x")


def test_a_part_is_bounded() -> None:
    longest = b"x" * limits.DELEGATION_END_BYTES
    most = [n.to_bytes(4, "big") for n in range(limits.WITHDRAWN_AT_HAND)]
    assert read_withdrawn(write_withdrawn([longest]), at="x") == (longest,)
    assert len(read_withdrawn(write_withdrawn(most), at="x")) == len(most)
    for listed in ([longest + b"x"], [*most, b"one more"]):
        with pytest.raises(UsageError):
            write_withdrawn(listed)
        with pytest.raises(LimitError):
            read_withdrawn(a_part(list[CborValue](sorted(listed))), at="x")


def store(*pieces: WithdrawnAtHand) -> TrustStore:
    anchor = TestPki(at=MOMENT).anchor()
    return TrustStore([anchor], evidence=EvidenceAtHand(withdrawn=pieces))


def piece(*statements: bytes, days: int | None = None) -> WithdrawnAtHand:
    taken = None if days is None else MOMENT - timedelta(days=days)
    return WithdrawnAtHand(
        name="families",
        statements=write_withdrawn(statements),
        origin=replace(GIVEN, taken=taken),
    )


def test_what_is_at_hand_about_one_delegation_is_found_among_many() -> None:
    about = b"before" + IDENTITY + b"after"
    trust = store(piece(b"other"), piece(about, b"other", days=2), piece(days=1))
    said = withdrawn_at_hand(IDENTITY, trust=trust)
    assert said.statements == (about,)
    assert said.taken == MOMENT - timedelta(days=1)
    assert not said.unread
    assert len(said.lists) == 3


def test_nothing_at_hand_says_nothing() -> None:
    said = withdrawn_at_hand(IDENTITY, trust=store())
    assert said == ((), None, False, ())


def test_a_list_is_read_once() -> None:
    asked: list[int] = []

    def content() -> bytes:
        asked.append(1)
        return write_withdrawn([IDENTITY])

    made = WithdrawnAtHand(name="x", statements=content, origin=GIVEN)
    trust = store(made)
    for _ in range(3):
        assert withdrawn_at_hand(IDENTITY, trust=trust).statements == (IDENTITY,)
    assert len(asked) == 1


def test_a_list_that_its_holder_finds_broken_is_not_read() -> None:
    def content() -> bytes:
        raise MalformedError("broken", at="part", clause="idwallet bundle 1 §6")

    made = WithdrawnAtHand(name="x", statements=content, origin=GIVEN)
    assert withdrawn_at_hand(IDENTITY, trust=store(made)).unread


def test_lists_at_hand_are_bounded() -> None:
    most = [piece()] * limits.WITHDRAWN_LISTS_AT_HAND
    assert EvidenceAtHand(withdrawn=most).withdrawn
    with pytest.raises(UsageError):
        EvidenceAtHand(withdrawn=[*most, piece()])
