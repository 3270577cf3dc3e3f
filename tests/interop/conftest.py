"""The world and the peers, made once for a run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.peers import NodePeer, Peer, PythonPeer
from tests.interop.world import World


@pytest.fixture(scope="session")
def world() -> World:
    return World()


@pytest.fixture(scope="session")
def python_peer(world: World) -> PythonPeer:
    return PythonPeer(world.issuer_key, world.holder_key)


@pytest.fixture(scope="session")
def node_peer(world: World, node_peers: Path) -> Iterator[NodePeer]:
    peer = NodePeer(node_peers, world.issuer_key, world.holder_key)
    yield peer
    peer.close()


@pytest.fixture
def peer(request: pytest.FixtureRequest) -> Peer:
    """The peer whose fixture the test's parameter names."""
    found: Peer = request.getfixturevalue(request.param)
    return found
