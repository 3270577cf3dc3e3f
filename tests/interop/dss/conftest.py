"""DSS, started once for a run and only where a test asks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.dss.peer import Dss


@pytest.fixture(scope="session")
def dss(dss_peer: Path) -> Iterator[Dss]:
    peer = Dss(dss_peer)
    yield peer
    peer.close()
