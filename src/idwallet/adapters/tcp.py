"""Messages over TCP, on this machine or in a local network: for tests, demos and tills.

Every message is preceded by its length, 4 octets, the first the most significant. The
connection protects nothing: the sessions of `protocols/proximity` that it carries do.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final, Generic, Protocol, Self, TypeVar

from idwallet import limits
from idwallet.adapters.clock import steady
from idwallet.errors import PortError, UsageError
from idwallet.protocols.proximity.machine import ToSend

_LENGTH_BYTES: Final = 4
_PIECE: Final = 65_536
TIMEOUT: Final = timedelta(seconds=10)
"""How long one message may take to arrive once it has begun, and to be sent."""

_Event_co = TypeVar("_Event_co", covariant=True)


def _local(host: str) -> str:
    """Return an address of this machine or its local network.

    Raises:
        UsageError: it is a name, or an address of the public network.
    """
    try:
        address = ip_address(host)
    except ValueError:
        raise UsageError("an address is needed, not a name") from None
    # An address of IPv4 in the clothes of IPv6 is the one inside.
    address = getattr(address, "ipv4_mapped", None) or address
    if not (address.is_loopback or address.is_private or address.is_link_local):
        raise UsageError("sessions in person stay on this machine or in its network")
    if address.is_unspecified:
        raise UsageError("an address of one network is needed, not of all")
    return host


class TcpTransport:
    """One connection; not thread-safe. Use it as a context, or close it."""

    def __init__(self, connection: socket.socket) -> None:
        """Take a connection that stands."""
        self._socket = connection
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @classmethod
    def connect(
        cls, host: str, port: int, *, timeout: timedelta = TIMEOUT
    ) -> "TcpTransport":
        """Connect to an address of this machine or its local network.

        Raises:
            UsageError: `host` is a name or a public address.
            PortError: nobody answers there.
        """
        seconds = max(timeout.total_seconds(), 0.001)
        try:
            return cls(socket.create_connection((_local(host), port), seconds))
        except (OSError, OverflowError) as error:
            raise PortError("no connection") from error

    def send(self, message: bytes) -> None:
        """Send one message.

        Raises:
            UsageError: it is longer than `limits.PROXIMITY_RESPONSE_BYTES`.
            PortError: the connection failed.
        """
        if len(message) > limits.PROXIMITY_RESPONSE_BYTES:
            raise UsageError("too long a message for a session")
        try:
            self._socket.settimeout(TIMEOUT.total_seconds())
            self._socket.sendall(len(message).to_bytes(_LENGTH_BYTES) + message)
        except OSError as error:
            raise PortError("the connection failed") from error

    def receive(self, *, wait: timedelta) -> bytes | None:
        """Return the next message, or None where none began within `wait`.

        Raises:
            PortError: the connection failed or was closed, the message is too long, or
                it did not arrive in `TIMEOUT` once it had begun.
        """
        try:
            self._socket.settimeout(max(wait.total_seconds(), 0.001))
            try:
                first = self._socket.recv(1)
            except TimeoutError:
                return None
            tell = steady()
            until = tell() + TIMEOUT
            if not first:
                raise PortError("the connection was closed")
            head = first + self._exactly(_LENGTH_BYTES - 1, tell=tell, until=until)
            length = int.from_bytes(head)
            if length > limits.PROXIMITY_RESPONSE_BYTES:
                raise PortError("too long a message for a session")
            return self._exactly(length, tell=tell, until=until)
        except OSError as error:
            raise PortError("the connection failed") from error

    def _exactly(
        self, length: int, *, tell: Callable[[], datetime], until: datetime
    ) -> bytes:
        """Return so many octets; what is announced is not set aside beforehand."""
        parts: list[bytes] = []
        while length:
            left = (until - tell()).total_seconds()
            if left <= 0:
                raise PortError("the message takes too long")
            self._socket.settimeout(left)
            part = self._socket.recv(min(length, _PIECE))
            if not part:
                raise PortError("the connection was closed")
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


class TcpListener:
    """Waits for one connection after another. Use it as a context, or close it."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes one that is free.

        Raises:
            UsageError: `host` is a name or a public address.
            PortError: the address is taken, or not one of this machine.
        """
        family = socket.AF_INET6 if ":" in _local(host) else socket.AF_INET
        try:
            self._socket = socket.create_server((host, port), family=family, backlog=1)
        except (OSError, OverflowError) as error:
            raise PortError("nobody can listen there") from error

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, port = self._socket.getsockname()[:2]
        return host, port

    def accept(self, *, wait: timedelta) -> TcpTransport:
        """Return the next connection.

        Raises:
            PortError: nobody came within `wait`.
        """
        try:
            self._socket.settimeout(max(wait.total_seconds(), 0.001))
            connection, _ = self._socket.accept()
            return TcpTransport(connection)
        except (OSError, OverflowError) as error:
            raise PortError("nobody came") from error

    def close(self) -> None:
        """Listen no more; connections that stand are not touched."""
        self._socket.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


class _Machine(Protocol):
    @property
    def deadline(self) -> datetime: ...

    @property
    def is_over(self) -> bool: ...


class _Side(Protocol, Generic[_Event_co]):
    """A side of a session: a machine, or what joins one with a role."""

    @property
    def session(self) -> _Machine: ...

    def receive(self, octets: bytes, /, *, at: datetime) -> tuple[_Event_co, ...]: ...

    def poll(self, *, at: datetime) -> tuple[_Event_co, ...]: ...

    def lost(self, *, at: datetime) -> tuple[_Event_co, ...]: ...


def converse(
    side: _Side[_Event_co],
    transport: TcpTransport,
    *,
    clock: Callable[[], datetime] | None = None,
) -> Iterator[_Event_co]:
    """Yield what follows from each message, up to the end of the session.

    What has to be sent is sent, and not yielded. Send what you make of an event before
    you ask for the next one. It stops where the session is over, by whomever, or the
    connection is gone. `clock` says what time it is; by itself it is one that never
    runs backwards, for a machine whose clock is set back would keep a session open.
    """
    tell = steady() if clock is None else clock
    while not side.session.is_over:
        try:
            octets = transport.receive(wait=side.session.deadline - tell())
        except PortError:
            events = side.lost(at=tell())
        else:
            # What fails in here is no fault of the line, and is not called one.
            at = tell()
            events = side.poll(at=at) if octets is None else side.receive(octets, at=at)
        for event in events:
            if not isinstance(event, ToSend):
                yield event
                continue
            # Where it cannot be sent, the next look at the connection says so.
            with suppress(PortError):
                transport.send(event.octets)
