# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Questions to the public DNS, over dnspython."""

from __future__ import annotations

import dataclasses
import ipaddress
import typing as t

from .._errors import InvalidInput, TlsopsError

try:
    import dns.exception
    import dns.resolver

    HAS_DNSPYTHON = True
except ImportError:
    HAS_DNSPYTHON = False

NO_DNSPYTHON = "the Python library dnspython isn't installed, so the public DNS can't be asked"
_LIFETIME = 5.0  # seconds for one question, all resolvers and tries together


class DnspythonMissing(TlsopsError):
    """Nothing can be asked of the DNS without the library."""

    def __init__(self) -> None:
        super().__init__(NO_DNSPYTHON)


@dataclasses.dataclass(frozen=True)
class Nameserver:
    address: str
    port: int = 53

    def __str__(self) -> str:
        address = f"[{self.address}]" if ":" in self.address else self.address
        return self.address if self.port == 53 else f"{address}:{self.port}"


def parse_nameserver(text: str) -> Nameserver:
    """``192.0.2.1``, ``192.0.2.1:5353``, ``2001:db8::1`` or ``[2001:db8::1]:5353``; ValueError says what is wrong."""
    address, port = text.strip(), "53"
    if address.startswith("["):
        address, _bracket, rest = address[1:].partition("]")
        port = rest[1:] if rest.startswith(":") else "53"
    elif address.count(":") == 1:
        address, _colon, port = address.partition(":")
    try:
        ipaddress.ip_address(address)
        number = int(port)
    except ValueError:
        number = 0
    if not 0 < number < 65536:
        raise ValueError(
            f"nameservers: {text!r} isn't an IP address with an optional port (192.0.2.1:53, [2001:db8::1]:53)"
        )
    return Nameserver(address, number)


def parse_nameservers(texts: t.Iterable[str]) -> tuple[Nameserver, ...]:
    """Raises InvalidInput with every fault."""
    nameservers, faults = [], []
    for text in texts:
        try:
            nameservers.append(parse_nameserver(text))
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise InvalidInput(faults)
    return tuple(dict.fromkeys(nameservers))


def system_nameservers() -> list[Nameserver]:
    """The resolvers of this machine; none when it has no configuration that could be read."""
    try:
        addresses = dns.resolver.Resolver(configure=True).nameservers
    except dns.exception.DNSException:
        return []
    return [Nameserver(address) for address in map(str, addresses) if _is_address(address)]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False  # dnspython also knows resolvers by URL
    return True


def name_servers_of(zone: str, nameservers: t.Sequence[Nameserver]) -> tuple[frozenset[str], str]:
    """The NS set of ``zone`` as the public DNS has it, and why it couldn't be read (empty when it could)."""
    if not HAS_DNSPYTHON:
        return frozenset(), NO_DNSPYTHON
    try:
        answer = resolver_for(nameservers).resolve(zone + ".", "NS")
    except dns.exception.DNSException as error:
        return frozenset(), f"asking for the NS records of {zone} failed: {' '.join(str(error).split())}"
    return frozenset(str(record.target).rstrip(".").lower() for record in answer), ""


def resolver_for(nameservers: t.Sequence[Nameserver]) -> t.Any:
    """A resolver that asks these, or those of the machine. Only where dnspython is installed."""
    resolver = dns.resolver.Resolver(configure=not nameservers)
    if nameservers:
        resolver.nameservers = [nameserver.address for nameserver in nameservers]
        resolver.nameserver_ports = {nameserver.address: nameserver.port for nameserver in nameservers}
    resolver.lifetime = _LIFETIME
    return resolver
