"""The block that keeps tests off the network holds."""

import socket

import pytest


@pytest.mark.smoke
@pytest.mark.parametrize("host", ["192.0.2.1", "127.0.0.1"])
def test_a_test_cannot_connect(host: str) -> None:
    with socket.socket() as door, pytest.raises(RuntimeError, match="no network"):
        door.connect((host, 9))


def test_a_test_cannot_resolve_a_name() -> None:
    with pytest.raises(RuntimeError, match="no network"):
        socket.getaddrinfo("example.org", 443)


@pytest.mark.loopback
def test_a_marked_test_reaches_its_own_machine() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()


@pytest.mark.loopback
def test_a_marked_test_reaches_no_other_machine() -> None:
    with socket.socket() as door, pytest.raises(RuntimeError, match="no network"):
        door.connect(("192.0.2.1", 9))
