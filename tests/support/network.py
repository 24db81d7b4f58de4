"""Tests speak to this machine only: anything else is a mistake, and is stopped before it leaves."""

from __future__ import annotations

import ipaddress
import sys
from functools import cache

# What Python's own socket layer announces before it acts: no library can go round it.
EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


class OutsideWorldError(RuntimeError):
    """A test tried to reach another machine. Not an OSError, so that no code takes it for an unlucky connection."""


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in EVENTS:
        address = arguments[1]
        if isinstance(address, tuple):
            _insist_on_loopback(address[0], event)
    elif event in LOOKUPS:
        _insist_on_loopback(arguments[0], event)


def _insist_on_loopback(host: object, event: str) -> None:
    if isinstance(host, bytes):
        host = host.decode()
    # No host at all means every address of this machine, which is what a server listens on.
    if not host or (isinstance(host, str) and is_loopback(host)):
        return
    raise OutsideWorldError(f"{event} to {host!r}: tests speak to loopback only")


@cache
def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@cache
def forbid_outside_world() -> None:
    """For the rest of this process: an audit hook cannot be taken off again, which suits a rule."""
    sys.addaudithook(_watch)
