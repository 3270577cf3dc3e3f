"""The peers of online protocols, each a process that believes this run's authority."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.mdoc_peers import Process
from tests.interop.online.tls import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who certified the servers of this run."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def npm(node_peers: Path, authority: Authority) -> Iterator[Process]:
    """The wallet, issuer and verifier by @openid4vc."""
    believed = os.environ | {"NODE_EXTRA_CA_CERTS": str(authority.roots)}
    process = Process(["node", "online_peer.mjs"], node_peers, env=believed)
    yield process
    process.close()


@pytest.fixture(scope="session")
def eudi(eudi_kotlin: Path, authority: Authority) -> Iterator[Process]:
    """The wallet by the EU reference libraries."""
    believed = os.environ | {"IDWALLET_ROOTS": str(authority.roots)}
    command = ["java", "-cp", "target/classes:target/dependency/*", "PeerKt"]
    process = Process(command, eudi_kotlin, env=believed)
    yield process
    process.close()
