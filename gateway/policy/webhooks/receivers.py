"""Where deliveries may go: the list of receivers, asked about a host and the address it really has.

An entry that is a host lets that name in, wherever its addresses are, but for those that no name may lead to: the
machine itself, its link (where clouds keep their metadata), everybody, nobody. An entry that is an address or a subnet
lets in whatever leads there, these included. So it does not matter how a name or an address is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

_Address = IPv4Address | IPv6Address

_SPECIAL = ("is_loopback", "is_link_local", "is_multicast", "is_unspecified", "is_reserved")
_THIS_NETWORK = ip_network("0.0.0.0/8")  # RFC 1122 §3.2.1.3: never a destination
_METADATA = frozenset(map(ip_address, ("fd00:ec2::254", "100.100.100.200")))  # of clouds, outside of the link


@dataclass(frozen=True, slots=True)
class Receivers:
    """Hosts, domains (with their leading dot) and networks."""

    hosts: frozenset[str]
    domains: tuple[str, ...]
    networks: tuple[IPv4Network | IPv6Network, ...]


def receivers(listed: Iterable[str], urls: Iterable[str]) -> Receivers:
    """Make the list of what is listed, and of the hosts of configured URLs."""
    hosts = {plain(urlsplit(url).hostname or "") for url in urls}
    domains, networks = [], []
    for entry in listed:
        if entry.startswith("*."):
            domains.append(entry[1:])
        elif (network := _network(entry)) is not None:
            networks.append(network)
        else:
            hosts.add(plain(entry))
    return Receivers(frozenset(hosts), tuple(domains), tuple(networks))


def plain(host: str) -> str:
    """Write a host as it is compared: in lower case, without the dot of the root."""
    return host.lower().removesuffix(".")


def could_be_right(allowed: Receivers, host: str) -> bool:
    """Tell whether a host may be on the list, so that it is worth looking up."""
    return bool(allowed.networks) or _is_named(allowed, plain(host))


def refusal(allowed: Receivers, host: str, address: str) -> str | None:
    """Tell why nothing may be sent to this address of a host; None when it may."""
    name, real = plain(host), _real(address)
    if any(real in network for network in allowed.networks):
        return None
    if not _is_named(allowed, name):
        return f"{name} ({real}) is not on the list of receivers"
    if _is_special(real) and not _names_exactly(name, real):
        return f"{name} leads to {real}, where no name may lead: list the address itself if that is meant"
    return None


def _network(entry: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(entry)
    except ValueError:
        return None


def _is_named(allowed: Receivers, name: str) -> bool:
    return name in allowed.hosts or any(name.endswith(domain) for domain in allowed.domains)


def _names_exactly(name: str, real: _Address) -> bool:
    if name == "localhost":
        return real.is_loopback
    try:
        return _real(name) == real
    except ValueError:
        return False


def _real(address: str) -> _Address:
    """Read an address; one of IPv4 within one of IPv6 is that of IPv4 (RFC 4291 §2.5.5.2)."""
    found = ip_address(address)
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _is_special(real: _Address) -> bool:
    return any(
        it in _METADATA or it in _THIS_NETWORK or any(getattr(it, kind) for kind in _SPECIAL) for it in _within(real)
    )


def _within(real: _Address) -> Iterator[_Address]:
    """The address, and that of IPv4 to which a 6to4 or Teredo address leads."""
    yield real
    if isinstance(real, IPv6Address):
        yield from (it for it in (real.sixtofour, *(real.teredo or ())) if it is not None)
