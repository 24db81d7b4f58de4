"""Where a request comes from, as far as we believe it. Nothing of it is ever stored or logged in clear."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

WIDE: Final = {4: 24, 6: 48}
"""Bits of a network that a house, a school or an office is behind, and often its neighbours too."""


def address_of(remote: str | None, forwarded: Iterable[str]) -> Address | None:
    """The address of whoever sent a request; None where that cannot be told. `forwarded` are its `X-Forwarded-For`.

    Behind a proxy, which stands on this machine or in a private network, it is what that proxy wrote last into
    `X-Forwarded-For`. Whoever reaches us without one cannot choose it.
    """
    peer = _address(remote or "")
    if peer is None or peer.is_private:
        # A visitor may have sent such a header too: the proxy's own is behind it, or at its end.
        return _address(",".join(forwarded).rpartition(",")[2].strip()) or peer
    return peer


def network_of(remote: str | None, forwarded: Iterable[str]) -> str | None:
    """The wide network of whoever sent a request; None for who is on this machine itself, or cannot be told.

    A proxy that does not say whom it passes on makes everybody one of these: nobody is then held up for the others.
    """
    address = address_of(remote, forwarded)
    if address is None or address.is_loopback:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    bits = WIDE[address.version]
    apart = address.max_prefixlen - bits
    return f"{type(address)(int(address) >> apart << apart)}/{bits}"


def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
