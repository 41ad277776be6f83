# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Zones as data, and what parents say of them: name servers, glue, DS. Signed by BIND's own tools."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import dns.dnssec
import dns.name
import dns.rdata

TTL = 300
#: DS of a key that no zone has.
_FOREIGN_DS = "12345 13 2 " + "ab" * 32
#: DS of an algorithm that no validator knows, which makes the zone unsigned for it (RFC 4035 5.2).
_UNKNOWN_DS = "12345 200 2 " + "ab" * 32


@dataclasses.dataclass(frozen=True)
class NameServer:
    """``machine`` names the process: name servers of one machine fail together."""

    host: str
    address: str
    machine: str = "first"

    @property
    def address_type(self) -> str:
        return "AAAA" if ":" in self.address else "A"


@dataclasses.dataclass(frozen=True)
class Zone:
    """A zone where it is served, and how its parent delegates it.

    ``records`` are lines of a zone file. ``name_servers`` is the zone's own NS set, by default those that serve it.
    ``delegated_to`` is the parent's, by default the same; empty leaves the delegation out. ``signed`` is empty, or
    options of dnssec-signzone; with ``-z`` one key signs everything, else one signs the keys and another one the rest.
    ``ds`` is ``right``, ``foreign``, ``unknown`` or empty, and by default right where the
    zone is signed. Several zones may have one name, on different servers; one of them is delegated.
    """

    name: str
    served_by: tuple[NameServer, ...]
    records: str = ""
    name_servers: tuple[NameServer, ...] | None = None
    delegated_to: tuple[NameServer, ...] | None = None
    signed: tuple[str, ...] = ()
    ds: str | None = None
    serial: int = 1
    negative_ttl: int = 60
    updates: bool = False

    @property
    def parent_says(self) -> tuple[NameServer, ...]:
        return self.own_name_servers if self.delegated_to is None else self.delegated_to

    @property
    def own_name_servers(self) -> tuple[NameServer, ...]:
        return self.served_by if self.name_servers is None else self.name_servers

    @property
    def origin(self) -> dns.name.Name:
        return dns.name.from_text(self.name)


#: Options of dnssec-signzone.
NSEC = ("-z",)
NSEC3 = ("-z", "-3", "-")
NSEC3_OPT_OUT = ("-z", "-3", "-", "-A")
TWO_KEYS = ("-x",)
EXPIRED = ("-z", "-s", "20200101000000", "-e", "20200201000000")
NOT_YET_VALID = ("-z", "-s", "+864000", "-e", "+1728000")


@dataclasses.dataclass(frozen=True)
class PublishedZone:
    """A zone file, with the delegations in it, and the DNSKEY for those who begin their trust there."""

    zone: Zone
    text: str
    dnskey: str

    @property
    def trust_anchor(self) -> str:
        flags, protocol, algorithm, key = self.dnskey.split(" ", 3)
        return f'{self.zone.name} static-key {flags} {protocol} {algorithm} "{key}";'


def program(name: str) -> str:
    """The path of one of BIND's programs, which Debian keeps where only root looks for them."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))
    if found is None:
        raise FileNotFoundError(f"{name} is missing: install bind9 and bind9-utils (make packages)")
    return found


def published(zones: Sequence[Zone], folder: Path) -> list[PublishedZone]:
    """All zone files; keys are made in ``folder``."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        keys = list(pool.map(lambda zone: _make_keys(zone, folder), zones))
        dnskeys = [_dnskey(folder / f"{names[0]}.key") if names else "" for names in keys]
        below: dict[int, list[str]] = {}
        for zone, dnskey in zip(zones, dnskeys, strict=True):
            if zone.parent_says:
                for parent in _parents(zone, zones):
                    below.setdefault(id(parent), []).append(_delegation(zone, parent, dnskey))
        texts = [_text(zone, below.get(id(zone), [])) for zone in zones]
        signed = pool.map(lambda job: _sign(*job, folder) if job[1] else job[2], zip(zones, keys, texts, strict=True))
        return [PublishedZone(*parts) for parts in zip(zones, signed, dnskeys, strict=True)]


def _parents(zone: Zone, zones: Iterable[Zone]) -> list[Zone]:
    """All zones of the closest name above it."""
    above = [each for each in zones if each.origin != zone.origin and zone.origin.is_subdomain(each.origin)]
    closest = max((len(each.origin) for each in above), default=0)
    return [each for each in above if len(each.origin) == closest]


def _delegation(zone: Zone, parent: Zone, dnskey: str) -> str:
    name = zone.origin.to_text()
    lines = [f"{name} NS {server.host}." for server in dict.fromkeys(zone.parent_says)]
    # Glue: a host below the parent can't be found, or not without a detour, unless the parent says where it is.
    lines += [
        f"{server.host}. {server.address_type} {server.address}"
        for server in zone.parent_says
        if dns.name.from_text(server.host).is_subdomain(parent.origin)
    ]
    ds = ("right" if zone.signed else "") if zone.ds is None else zone.ds
    if ds == "right":
        rdata = dns.dnssec.make_ds(zone.origin, dns.rdata.from_text("IN", "DNSKEY", dnskey), "SHA256")
        lines.append(f"{name} DS {rdata.to_text()}")
    elif ds:
        lines.append(f"{name} DS {_FOREIGN_DS if ds == 'foreign' else _UNKNOWN_DS}")
    return "\n".join(dict.fromkeys(lines))


def _text(zone: Zone, delegations: Iterable[str]) -> str:
    soa = f"@ SOA {zone.own_name_servers[0].host}. hostmaster {zone.serial} 3600 600 86400 {zone.negative_ttl}"
    servers = [f"@ NS {server.host}." for server in zone.own_name_servers]
    hosts = [
        f"{server.host}. {server.address_type} {server.address}"
        for server in zone.own_name_servers
        if dns.name.from_text(server.host).is_subdomain(zone.origin)
    ]
    head = [f"$ORIGIN {zone.origin.to_text()}", f"$TTL {TTL}", soa, *servers, *hosts]
    records = [line.strip() for line in zone.records.splitlines() if line.strip()]
    # A line that is there twice is one record, but named complains of it.
    return "\n".join([*dict.fromkeys([*head, *records]), *delegations, ""])


def _make_keys(zone: Zone, folder: Path) -> list[str]:
    """The names of the files of the zone's keys, first the one that its DS record stands for."""
    if not zone.signed:
        return []
    command = [program("dnssec-keygen"), "-q", "-K", str(folder), "-a", "ECDSAP256SHA256"]
    wanted = [["-f", "KSK"]] if "-z" in zone.signed else [["-f", "KSK"], []]
    return [
        subprocess.run([*command, *kind, zone.name], capture_output=True, text=True, check=True).stdout.strip()
        for kind in wanted
    ]


def _dnskey(file: Path) -> str:
    line = next(line for line in file.read_text().splitlines() if not line.startswith(";"))
    return line.partition(" DNSKEY ")[2]


def _sign(zone: Zone, keys: Sequence[str], text: str, folder: Path) -> str:
    unsigned, signed = folder / f"{keys[0]}.unsigned", folder / f"{keys[0]}.signed"
    unsigned.write_text(text + "".join((folder / f"{key}.key").read_text() for key in keys))
    # -P: an expired signature is what some zones are for.
    command = [program("dnssec-signzone"), "-P", *zone.signed, "-K", str(folder), "-d", str(folder)]
    command += ["-o", zone.name, "-f", str(signed), str(unsigned), *(str(folder / key) for key in keys)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{zone.name} could not be signed: {done.stderr}\n{text}")
    return signed.read_text()
