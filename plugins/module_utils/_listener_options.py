# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""From a module's options to wanted listeners, and what must be true of a certificate before a listener gets it.

Who put a certificate on a listener is kept in a tag of the listener: ``tlsops:certificate/<id>``, with the owner as its
value. So several owners can share one listener, and each takes only its own away.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ._certificates import Certificate
from ._errors import InvalidInput
from ._listener_steps import RemoveCertificate
from ._listeners import QUOTA, ListenerPlan, WantedListener

LISTENER_ARGUMENTS: dict[str, t.Any] = {
    "listener_arn": {"type": "str"},
    "load_balancer": {"type": "str"},
    "port": {"type": "int", "default": 443},
    "default_certificate_arn": {"type": "str"},
    "certificate_arns": {"type": "list", "elements": "str", "default": []},
    "owner": {"type": "str", "default": "tlsops"},
    "purge": {"type": "str", "choices": ["managed", "all", "none"], "default": "managed"},
    "quota": {"type": "int", "default": QUOTA},
}
OWNER_TAG = "tlsops:certificate/"
_MOST_TAGS = 50

_LISTENER_ARN = re.compile(
    r"^arn:[\w-]+:elasticloadbalancing:(?P<region>[a-z0-9-]+):\d{12}:listener/(app|net)/[\w-]+/\w+/\w+$"
)
_LOAD_BALANCER_ARN = re.compile(
    r"^arn:[\w-]+:elasticloadbalancing:(?P<region>[a-z0-9-]+):\d{12}:loadbalancer/(app|net)/[\w-]+/\w+$"
)
_LOAD_BALANCER_NAME = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$")
_CERTIFICATE_ARN = re.compile(
    r"^arn:[\w-]+:(acm:(?P<region>[a-z0-9-]+):\d{12}:certificate|iam::\d{12}:server-certificate)/[\w+=,.@/-]+$"
)
# A tag's value: letters, digits, spaces and these.
_OWNER = re.compile(r"^[\w .:/=+\-@]{1,256}$")
# "Supported key algorithms" of Network Load Balancers; Application Load Balancers take all of ACM's.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-tls-listener.html
_NOT_FOR_NETWORK = frozenset({"RSA_4096"})


@dataclasses.dataclass(frozen=True)
class ListenerEntry:
    """A listener by its ARN, or by its load balancer (name or ARN) and port, and what it is to have."""

    region: str
    wanted: WantedListener
    listener_arn: str | None = None
    load_balancer: str | None = None
    port: int = 443
    quota: int = QUOTA

    @property
    def label(self) -> str:
        return self.listener_arn or f"port {self.port} of {self.load_balancer}"


def listener_entries(entries: t.Sequence[t.Mapping[str, t.Any]], region: str | None) -> list[ListenerEntry]:
    """Raises InvalidInput with every fault of every entry."""
    found, faults = [], []
    for position, entry in enumerate(entries):
        where = f"listeners[{position}]: " if len(entries) > 1 else ""
        parsed, wrong = _entry(entry, region)
        faults += [where + fault for fault in wrong]
        found += [parsed] if parsed else []
    if faults:
        raise InvalidInput(faults)
    return found


def _entry(entry: t.Mapping[str, t.Any], region: str | None) -> tuple[ListenerEntry | None, list[str]]:
    listener_arn, load_balancer = entry.get("listener_arn"), entry.get("load_balancer")
    if bool(listener_arn) == bool(load_balancer):
        return None, ["say which listener: either listener_arn, or load_balancer and port"]
    faults = []
    if listener_arn and not (found := _LISTENER_ARN.match(listener_arn)):
        faults.append(f"listener_arn {listener_arn} isn't the ARN of a listener of an ALB or NLB")
    elif listener_arn and found:
        region = found["region"]
    if load_balancer and (of := _LOAD_BALANCER_ARN.match(load_balancer)):
        region = of["region"]
    elif load_balancer and not _LOAD_BALANCER_NAME.match(load_balancer):
        faults.append(f"load_balancer {load_balancer} is neither a name nor the ARN of an ALB or NLB")
    if not region:
        faults.append("no Region: set region, or AWS_REGION in the environment")
    if entry["quota"] < 1:
        faults.append(f"quota {entry['quota']}: a listener takes at least one certificate")
    if not 1 <= entry["port"] <= 65535:
        faults.append(f"port {entry['port']} isn't between 1 and 65535")
    wanted = WantedListener(
        entry.get("default_certificate_arn") or None,
        tuple(dict.fromkeys(entry.get("certificate_arns") or ())),
        entry["owner"],
        entry["purge"],
    )
    faults += _wanted_faults(wanted, region)
    return ListenerEntry(region or "", wanted, listener_arn, load_balancer, entry["port"], entry["quota"]), faults


def _wanted_faults(wanted: WantedListener, region: str | None) -> list[str]:
    faults = []
    if not _OWNER.match(wanted.owner):
        faults.append(
            f"owner {wanted.owner!r}: it is kept as a tag, so it has 1 to 256 letters, digits and . : / = + - @ _"
        )
    for arn in wanted.all:
        found = _CERTIFICATE_ARN.match(arn)
        if not found:
            faults.append(f"{arn!r} isn't the ARN of a certificate")
        elif found["region"] and region and found["region"] != region:
            faults.append(
                f"{arn} is in {found['region']}, and the listener in {region}: it takes its own Region's only"
            )
    return faults


def certificate_problem(arn: str, certificate: Certificate | None, region: str, protocol: str) -> str | None:
    """Why a listener would refuse the certificate, or None. Server certificates of IAM are not looked at."""
    if ":acm:" not in arn:
        return None
    if certificate is None:
        return f"{arn} doesn't exist in {region} (any more)"
    if certificate.status != "ISSUED":
        message = certificate.condition.message
        return f"{arn} is {certificate.status}, and only an ISSUED certificate can be attached: {message}"
    if certificate.key_pair_origin == "ACME":
        return f"{arn} comes from an ACME endpoint of ACM: load balancers can't use those"
    if protocol == "TLS" and certificate.key_algorithm in _NOT_FOR_NETWORK:
        return (
            f"{arn} has a {certificate.key_algorithm} key, and a Network Load Balancer takes RSA keys up to 3072 bits"
        )
    return None


def owner_tag(certificate_arn: str) -> str:
    return OWNER_TAG + certificate_arn.rpartition("/")[2][:100]


def owners(certificate_arns: t.Iterable[str], tags: t.Mapping[str, str]) -> dict[str, str]:
    """Whose each of the certificates is, by the listener's tags."""
    return {arn: tags[owner_tag(arn)] for arn in certificate_arns if owner_tag(arn) in tags}


@dataclasses.dataclass(frozen=True)
class ListenerChange:
    """One listener's plan as a step of the run."""

    entry: ListenerEntry
    arn: str
    plan: ListenerPlan
    tags: t.Mapping[str, str]

    @property
    def tags_to_add(self) -> dict[str, str]:
        wished = {owner_tag(arn): owner for arn, owner in self.plan.owners.items()}
        return {key: owner for key, owner in wished.items() if self.tags.get(key) != owner}

    @property
    def tags_to_remove(self) -> list[str]:
        """Of what is ours and not there any more, and of what this plan takes off the listener. A tag of another owner
        without its certificate may be that of a run which is about to attach it."""
        wished = {owner_tag(arn) for arn in self.plan.owners}
        before, after = self.plan.before, self.plan.after
        gone = {*before.certificates, before.default} - {*after.certificates, after.default}
        taken_off = {owner_tag(arn) for arn in gone if arn}
        return sorted(
            key
            for key, owner in self.tags.items()
            if key.startswith(OWNER_TAG)
            and key not in wished
            and (owner == self.entry.wanted.owner or key in taken_off)
        )

    @property
    def stale_tags(self) -> list[str]:
        """Those to remove whose certificate isn't there: they can go first, and make room for new ones."""
        attached = {owner_tag(arn) for arn in (*self.plan.before.certificates, self.plan.before.default) if arn}
        return [key for key in self.tags_to_remove if key not in attached]

    @property
    def tags_fit(self) -> bool:
        """Whether the new tags have room beside the old ones. A listener has 50 tags at most."""
        return len(self.tags) - len(self.stale_tags) + len(self.tags_to_add) <= _MOST_TAGS

    @property
    def tag_problem(self) -> str | None:
        """Why the owner tags have no room at some moment of the plan, or None."""
        count = len(self.tags) - len(self.stale_tags)
        if self.tags_fit:
            return None
        for step in self.plan.steps:
            key = owner_tag(step.arn)
            count += key in self.tags_to_add and not isinstance(step, RemoveCertificate)
            if count > _MOST_TAGS:
                return (
                    f"listener {self.arn} has {len(self.tags)} tags, and AWS allows {_MOST_TAGS}: there is no room for "
                    "those that say whose the new certificates are. Remove some, or change fewer certificates at once"
                )
            count -= key in self.tags_to_remove and isinstance(step, RemoveCertificate)
        return None

    @property
    def changed(self) -> bool:
        return bool(self.plan.steps or self.tags_to_add or self.tags_to_remove)

    @property
    def subject(self) -> str:
        return f"certificates of listener {self.arn}"

    def before(self) -> dict[str, t.Any]:
        return {"default": self.plan.before.default, "others": sorted(self.plan.before.certificates)}

    def after(self) -> dict[str, t.Any]:
        return {"default": self.plan.after.default, "others": sorted(self.plan.after.certificates)}
