"""Who issues, who presents, who verifies: every mixture with two other libraries."""

from typing import Final

import pytest

from idwallet.codec.json import JsonObject
from tests.interop.peers import FIXED, Peer, Refused
from tests.interop.shapes import LATER_ELEMENT, OTHER_HASHES, SHAPES, Case
from tests.interop.world import World

pytestmark = pytest.mark.interop

WAYS: Final = (
    "they issue, we present, we verify",
    "they issue, they present, we verify",
    "we issue, they present, we verify",
    "we issue, we present, they verify",
    "we issue, they present, they verify",
    "they issue, we present, they verify",
)
PEERS: Final = ("python_peer", "node_peer")
CASES: Final = (
    *((name, case) for name in PEERS for case in SHAPES),
    *(("node_peer", case) for case in OTHER_HASHES),
)


def _cross(way: str, case: Case, *, world: World, peer: Peer) -> JsonObject:
    """Issue, present and verify as `way` says; return the claims shown."""
    issues, presents, verifies = (each.partition(" ")[0] for each in way.split(", "))
    request = world.request(case)
    token = (
        world.issue(case)
        if issues == "we"
        else peer.issue(case, world.fixed(), header=world.header())
    )
    shown = (
        world.present(token, request)
        if presents == "we"
        else peer.present(token, case, request=request, at=world.at)
    )
    if verifies == "we":
        return world.verify(shown, request)
    return peer.verify(shown, request=request, at=world.at)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("peer", "case"),
    CASES,
    indirect=["peer"],
    ids=lambda each: each.name if isinstance(each, Case) else each,
)
def test_what_one_shows_the_other_sees(
    way: str, case: Case, world: World, peer: Peer
) -> None:
    seen = _cross(way, case, world=world, peer=peer)
    assert {k: v for k, v in seen.items() if k not in FIXED} == case.expected
    assert seen["vct"] == world.fixed()["vct"]


@pytest.mark.parametrize("case", OTHER_HASHES, ids=lambda each: each.name)
def test_the_python_peer_knows_one_hash_only(
    case: Case, world: World, python_peer: Peer
) -> None:
    request = world.request(case)
    token = world.present(world.issue(case), request)
    with pytest.raises(Refused, match="Invalid digest in KB-JWT"):
        python_peer.verify(token, request=request, at=world.at)
    assert world.verify(token, request)


@pytest.mark.parametrize("peer", PEERS, indirect=True)
@pytest.mark.parametrize("way", [each for each in WAYS if "they verify" in each])
def test_a_later_element_can_be_shown_without_the_one_before_it(
    way: str, world: World, peer: Peer
) -> None:
    seen = _cross(way, LATER_ELEMENT, world=world, peer=peer)
    assert seen["nationalities"] == ["YY", "ZZ"]


@pytest.mark.parametrize("peer", PEERS, indirect=True)
@pytest.mark.parametrize("way", [each for each in WAYS if "we verify" in each])
def test_the_index_asked_for_is_the_index_in_the_credential(
    way: str, world: World, peer: Peer
) -> None:
    seen = _cross(way, LATER_ELEMENT, world=world, peer=peer)
    assert seen["nationalities"] == ["YY", "ZZ"]
