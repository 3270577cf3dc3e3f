from datetime import datetime, timedelta

import pytest

from idwallet import limits
from idwallet.errors import UsageError
from idwallet.report import GIVEN, Origin
from idwallet.testing.evidence import taken_at
from idwallet.testing.pki import MOMENT, TestPki
from idwallet.testing.status_draft import LIST, StatusScene, status_draft
from idwallet.trust.evidence import (
    NOTHING_AT_HAND,
    CrlAtHand,
    EvidenceAtHand,
    ExistenceAtHand,
    OcspAtHand,
    StatusListAtHand,
    content_of,
)
from idwallet.trust.memory import VerifiedLists
from idwallet.trust.status_list import StatusList

SCENE = StatusScene(seed=b"at hand")
BUNDLE = Origin(taken=MOMENT, source="bundle", digest="00" * 32, sequence=7)


def a_list(uri: str = LIST) -> StatusListAtHand:
    return StatusListAtHand(uri=uri, token=b"", origin=GIVEN)


def a_crl() -> CrlAtHand:
    return CrlAtHand(der=b"", origin=GIVEN)


def an_answer() -> OcspAtHand:
    return OcspAtHand(der=b"", nonce=None, origin=GIVEN)


def verified(seconds: int = 0) -> StatusList:
    made = status_draft(SCENE)
    made.claims = {"ttl": 3600 + seconds}
    found = made.evaluated()
    assert isinstance(found, StatusList)
    return found


def test_a_store_has_nothing_at_hand_unless_it_is_given() -> None:
    store = TestPki(seed=b"nothing").store()
    assert store.evidence is NOTHING_AT_HAND
    assert not store.evidence.knows_certificates
    assert store.evidence.lists_of(LIST) == ()
    assert store.evidence.anchors == GIVEN


def test_a_store_with_evidence_is_another_store_that_believes_the_same() -> None:
    store = TestPki(seed=b"another").store()
    evidence = EvidenceAtHand(status_lists=[a_list()])
    other = store.with_evidence(evidence)
    assert other.anchors == store.anchors
    assert other.evidence is evidence
    assert store.evidence is NOTHING_AT_HAND
    assert other.memory is not store.memory


def test_lists_are_found_by_their_address_and_no_other() -> None:
    one, other = a_list(), a_list(LIST + "/2")
    evidence = EvidenceAtHand(status_lists=[one, other])
    assert evidence.lists_of(LIST) == (one,)
    assert evidence.lists_of(LIST + "/2") == (other,)
    assert evidence.lists_of(LIST + "/") == ()


def test_adding_keeps_what_was_there_and_where_the_anchors_came_from() -> None:
    one, other = a_list(), a_list()
    first = EvidenceAtHand(
        status_lists=[one], certificates=[b"one", b"two"], anchors=BUNDLE
    )
    second = EvidenceAtHand(
        status_lists=[other],
        crls=[a_crl()],
        responses=[an_answer()],
        certificates=[b"two", b"three"],
    )
    both = first.plus(second)
    assert both.lists_of(LIST) == (one, other)
    assert (len(both.crls), len(both.responses)) == (1, 1)
    assert both.certificates == (b"one", b"two", b"three")
    assert both.anchors is BUNDLE
    assert both.knows_certificates
    assert first.lists_of(LIST) == (one,)


@pytest.mark.parametrize("kind", ["lists", "one address", "crls", "ocsp", "signers"])
def test_more_than_the_bound_is_the_callers_fault(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("STATUS_LISTS_AT_HAND", "CRLS_AT_HAND", "OCSP_AT_HAND"):
        monkeypatch.setattr(limits, name, 2)
    monkeypatch.setattr(limits, "STATUS_LISTS_OF_ONE_ADDRESS", 1)
    monkeypatch.setattr(limits, "CERTIFICATES_AT_HAND", 2)

    def made(count: int) -> EvidenceAtHand:
        numbers = range(count)
        if kind == "lists":
            return EvidenceAtHand(status_lists=[a_list(f"{LIST}/{n}") for n in numbers])
        if kind == "one address":
            return EvidenceAtHand(status_lists=[a_list() for _ in numbers[1:]])
        if kind == "crls":
            return EvidenceAtHand(crls=[a_crl() for _ in numbers])
        if kind == "ocsp":
            return EvidenceAtHand(responses=[an_answer() for _ in numbers])
        return EvidenceAtHand(certificates=[bytes([n]) for n in numbers])

    made(2)
    with pytest.raises(UsageError):
        made(3)


def test_content_is_got_when_it_is_needed_and_not_before() -> None:
    asked: list[int] = []

    def read() -> bytes:
        asked.append(1)
        return b"late"

    piece = StatusListAtHand(uri=LIST, token=read, origin=GIVEN)
    evidence = EvidenceAtHand(status_lists=[piece])
    assert evidence.lists_of(LIST) == (piece,)
    assert asked == []
    assert content_of(piece.token) == b"late"
    assert content_of(b"at once") == b"at once"
    assert asked == [1]


def test_nothing_that_is_kept_shows_itself_when_printed() -> None:
    pieces = (
        StatusListAtHand(uri=LIST, token=b"secret", origin=GIVEN),
        CrlAtHand(der=b"secret", issuer=b"secret", origin=GIVEN),
        OcspAtHand(der=b"secret", nonce=b"secret", origin=GIVEN),
        EvidenceAtHand(certificates=[b"secret"]),
    )
    assert not [each for each in pieces if "secret" in repr(each)]
    assert repr(NOTHING_AT_HAND) == (
        "EvidenceAtHand(<0 status lists, 0 CRLs, 0 OCSP responses>)"
    )


def test_an_origin_says_its_moment_with_a_zone() -> None:
    assert BUNDLE.taken == MOMENT
    with pytest.raises(ValueError, match="no time zone"):
        Origin(taken=datetime(2026, 11, 24), source="bundle")  # noqa: DTZ001 - the fault


def test_a_list_is_remembered_for_the_very_piece_it_was_read_from() -> None:
    held, piece, found = VerifiedLists(), a_list(), verified()
    assert held.get(piece) is None
    held.put(piece, found)
    held.put(piece, verified())
    assert held.get(piece) is found
    assert held.get(a_list()) is None
    assert len(held) == 1


def test_the_memory_of_lists_is_bounded_by_what_they_take_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size = len(verified().bitmap)
    monkeypatch.setattr(limits, "STATUS_LISTS_HELD_BYTES", 2 * size)
    held, pieces = VerifiedLists(), [a_list(f"{LIST}/{n}") for n in range(3)]
    for each in pieces:
        held.put(each, verified())
    assert len(held) == 2
    assert held.get(pieces[0]) is None
    assert held.get(pieces[2]) is not None
    monkeypatch.setattr(limits, "STATUS_LISTS_HELD_BYTES", 1)
    held.put(pieces[0], verified())
    assert len(held) == 1
    assert held.get(pieces[0]) is not None


def test_the_first_proof_of_existence_counts() -> None:
    early, late = MOMENT - timedelta(days=2), MOMENT - timedelta(days=1)
    proofs = [
        ExistenceAtHand(digests=frozenset(digests), origin=taken_at(moment))
        for digests, moment in (({b"one"}, late), ({b"one", b"two"}, early))
    ]
    evidence = EvidenceAtHand(existence=proofs[:1])
    assert evidence.existed(b"one") == late
    assert evidence.existed(b"two") is None
    both = evidence.plus(EvidenceAtHand(existence=proofs[1:]))
    assert both.existed(b"one") == both.existed(b"two") == early


def test_a_proof_of_existence_says_when_it_was_taken() -> None:
    with pytest.raises(UsageError, match="moment"):
        ExistenceAtHand(digests=frozenset(), origin=GIVEN)


def test_proofs_of_existence_are_bounded_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "EXISTENCE_DIGESTS_AT_HAND", 2)
    origin = taken_at()
    one = ExistenceAtHand(digests=frozenset({b"one"}), origin=origin)
    two = ExistenceAtHand(digests=frozenset({b"two", b"three"}), origin=origin)
    EvidenceAtHand(existence=[two])
    with pytest.raises(UsageError):
        EvidenceAtHand(existence=[one, two])
