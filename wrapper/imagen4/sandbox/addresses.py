"""Hosts under which a listening socket can be opened: `0.0.0.0` and `::` are not among them."""

from __future__ import annotations

import socket
from contextlib import suppress
from ipaddress import ip_address

LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
OUTSIDE = {socket.AF_INET: "198.51.100.1", socket.AF_INET6: "2001:db8::1"}
"""Addresses that stand in examples only (RFC 5737, RFC 3849)."""


def openable_hosts(listener: socket.socket) -> list[str]:
    """The first holds on this machine; the others, if there are any, for machines around it."""
    bound = listener.getsockname()[0]
    if not ip_address(bound).is_unspecified:
        return [bound]
    families = [socket.AF_INET] if _takes_ipv4(listener) else []
    if listener.family == socket.AF_INET6:
        families.append(socket.AF_INET6)
    return [LOOPBACK[listener.family], *filter(None, map(_own_address, families))]


def _takes_ipv4(listener: socket.socket) -> bool:
    if listener.family == socket.AF_INET:
        return True
    return not listener.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)


def _own_address(family: socket.AddressFamily) -> str | None:
    """What this machine would send from to reach the outside. UDP: nothing is sent."""
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((OUTSIDE[family], 9))
        return str(probe.getsockname()[0])
    return None
