"""Which addresses may be connected to, whatever a name resolves to."""

from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from idwallet import limits
from idwallet.errors import PortError

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Look a host up: its name and port to IP addresses as text."""

_NAT64: Final = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address is inside
_SITE: Final = ip_network("fec0::/10")  # RFC 3879: no longer said to be local
_LOW_BITS: Final = 0xFFFF_FFFF


def allowed_addresses(
    found: Sequence[str], *, host: str, private: bool
) -> tuple[str, ...]:
    """Return those of a host's addresses that may be connected to, a few at most.

    Private ones, those of this machine and of its links are among them only if
    `private` says that this host was named for it. It is these very addresses that
    must be connected to: looked up again, the name may stand for others.

    Raises:
        PortError: there is none.
    """
    allowed = [each for each in dict.fromkeys(found) if private or is_public(each)]
    if not allowed:
        what = "resolves to no address" if not found else "has no public address"
        raise PortError(f"{host} {what}")
    return tuple(allowed[: limits.FETCH_ADDRESSES])


def is_public(text: str) -> bool:
    """Whether the address is one of the public internet, in whatever wrapping."""
    try:
        address = _unwrapped(ip_address(text))
    except ValueError:  # it is none
        return False
    if address.is_multicast or address.is_reserved or address in _SITE:
        return False
    return address.is_global


def is_loopback(text: str) -> bool:
    """Whether the address is one of this machine, in whatever wrapping."""
    try:
        return _unwrapped(ip_address(text)).is_loopback
    except ValueError:
        return False


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address inside an IPv6 one: it is the one that is reached."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & _LOW_BITS)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address
