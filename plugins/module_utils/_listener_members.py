# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""A group of applications on one listener: where the certificate of each comes from, and in which order they stand.

* A member's own certificate wins, then the group's, then a request, then discovery. Who has an ARN requests nothing,
  wherever the ARN was given (the AWS Load Balancer Controller requests one all the same when its class gives it).
* One certificate per member that requests one, also where members share a host, so that a member that goes takes only
  its own with it.
* A request without hosts is an error; every such member is named. A member with neither hosts nor a certificate adds
  nothing.
* A member's certificate authority comes before the group's; the word ``public`` there means none. The empty string,
  which surveys send for what nobody filled in, means "not given". Discovery is limited to the member's own authority,
  but not to the group's, which is for requests.
* Members stand by ``order``, then by name. The first certificate of the first member that has one is proposed as the
  default; ``_listeners`` keeps the present one while that is wanted.
"""

from __future__ import annotations

import collections
import dataclasses
import typing as t
from collections.abc import Iterable, Mapping, Sequence

Origin = t.Literal["given", "requested", "discovered", "none"]
#: As a member's certificate authority: a public certificate, whatever the group's authority is.
PUBLIC = "public"


@dataclasses.dataclass(frozen=True)
class Member:
    name: str
    order: int = 0
    hosts: tuple[str, ...] = ()
    certificate_arn: str | None = None
    request: bool = False
    certificate_authority_arn: str | None = None


@dataclasses.dataclass(frozen=True)
class Source:
    """Where a member's certificate comes from. ``certificate_authority_arn``: to request from, or to find one of."""

    member: Member
    origin: Origin
    certificate_arn: str | None = None
    certificate_authority_arn: str | None = None


@dataclasses.dataclass(frozen=True)
class GroupCertificates:
    """All certificates of a group in the order of its members, each once; the default is the first.

    ``default_in_list``: the default is named a second time, which asks for it in the SNI list, too.
    """

    certificates: tuple[str, ...] = ()
    default_in_list: bool = False

    @property
    def default(self) -> str | None:
        return self.certificates[0] if self.certificates else None


def in_order(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda member: (member.order, member.name)))


def faults(members: Iterable[Member], *, certificate_arn: str | None = None) -> list[str]:
    """Everything that keeps the members from being served, each with its member's name."""
    members = in_order(members)
    counts = collections.Counter(member.name for member in members)
    found = [f'{count} members are named "{name}": give each its own' for name, count in counts.items() if count > 1]
    return found + [
        f'member "{source.member.name}" requests a certificate and has no hosts: give the names it serves'
        for source in sources(members, certificate_arn=certificate_arn)
        if source.origin == "requested" and not source.member.hosts
    ]


def sources(
    members: Iterable[Member], *, certificate_arn: str | None = None, certificate_authority_arn: str | None = None
) -> tuple[Source, ...]:
    """One for each member, in their order. The two ARNs are the group's."""
    return tuple(_source(member, certificate_arn, certificate_authority_arn) for member in in_order(members))


def _source(member: Member, certificate_arn: str | None, certificate_authority_arn: str | None) -> Source:
    given = member.certificate_arn or certificate_arn
    if given:
        return Source(member, "given", certificate_arn=given)
    own = member.certificate_authority_arn
    if member.request:
        authority = (own or certificate_authority_arn) if own != PUBLIC else None
        return Source(member, "requested", certificate_authority_arn=authority or None)
    if member.hosts:
        return Source(member, "discovered", certificate_authority_arn=None if own == PUBLIC else own or None)
    return Source(member, "none")


def merge(members: Iterable[Member], certificates: Mapping[str, Sequence[str]]) -> GroupCertificates:
    """All certificates of the group. ``certificates`` has those of each member by its name, in the order of its hosts.

    What stands for a certificate that is yet to be requested must differ from member to member: the controller once
    took all of them for one, as none had an ARN (its pull request 4711).
    """
    named = [arn for member in in_order(members) for arn in certificates.get(member.name, ())]
    return GroupCertificates(
        certificates=tuple(dict.fromkeys(named)),
        default_in_list=bool(named) and named[0] in named[1:],
    )
