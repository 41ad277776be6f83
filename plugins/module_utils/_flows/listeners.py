# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Attaching certificates to listeners: read what is there, plan, and change it without a gap."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import typing as t

from .._aws import elbv2
from .._aws.access import Access
from .._certificate_result import as_result
from .._certificates import Certificate, unknown_for
from .._errors import InvalidInput, ServiceError
from .._listener_options import ListenerChange, ListenerEntry, certificate_problem, owner_tag, owners
from .._listener_steps import AddCertificate, RemoveCertificate, SetDefault, Step
from .._listeners import Listener, plan_listener
from .._module_result import Result
from .._pace import Deadline
from .._threads import concurrently, gather
from . import observing

_NOT_KNOWN_YET = {"CertificateNotFound", "UnsupportedCertificate"}
_PAUSE = 5.0


@dataclasses.dataclass(frozen=True)
class ObservedListener:
    entry: ListenerEntry
    listener: Listener
    tags: t.Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Observed:
    """``certificates`` are those that are wanted, by ARN, as far as ACM has them."""

    listeners: tuple[ObservedListener, ...]
    certificates: t.Mapping[str, Certificate]


def observe(access: Access, entries: t.Sequence[ListenerEntry]) -> Observed:
    """Reads only. Raises InvalidInput with every listener that doesn't exist."""
    by_region: dict[str, list[ListenerEntry]] = {}
    for entry in entries:
        by_region.setdefault(entry.region, []).append(entry)
    found: list[ObservedListener] = []
    certificates: dict[str, Certificate] = {}
    for region, here in by_region.items():
        found += _observe_region(access, region, here)
        wanted = [arn for entry in here for arn in entry.wanted.all if ":acm:" in arn]
        if wanted:
            certificates.update(observing.read_by_arn(access, region, wanted))
    order = {id(entry): position for position, entry in enumerate(entries)}
    return Observed(tuple(sorted(found, key=lambda each: order[id(each.entry)])), certificates)


def _observe_region(access: Access, region: str, entries: t.Sequence[ListenerEntry]) -> list[ObservedListener]:
    described = _find_listeners(access, region, entries)
    missing = [entry for entry in entries if id(entry) not in described]
    if missing:
        raise InvalidInput([f"there is no listener {entry.label} in {region}" for entry in missing])
    arns = list(dict.fromkeys(each.arn for each in described.values()))
    if len(arns) < len(entries):
        counted = collections.Counter(each.arn for each in described.values())
        raise InvalidInput(
            [
                f"{count} entries name the same listener, {arn}: put its certificates into one of them"
                for arn, count in counted.items()
                if count > 1
            ]
        )
    contents = dict(zip(arns, gather(lambda arn: elbv2.listener_certificates(access, region, arn), arns), strict=True))
    tags = elbv2.read_tags(access, region, arns)
    return [_observed(entry, described[id(entry)], contents, tags) for entry in entries]


def _observed(
    entry: ListenerEntry,
    description: elbv2.ListenerDescription,
    contents: t.Mapping[str, tuple[str | None, tuple[str, ...]]],
    tags: t.Mapping[str, t.Mapping[str, str]],
) -> ObservedListener:
    default, others = contents[description.arn]
    own_tags = tags.get(description.arn, {})
    there = [*others, *([default] if default else [])]
    listener = Listener(
        description.arn,
        description.load_balancer_arn,
        description.protocol,
        description.port,
        default,
        others,
        owners([*there, *entry.wanted.all], own_tags),
    )
    return ObservedListener(entry, listener, own_tags)


def _find_listeners(
    access: Access, region: str, entries: t.Sequence[ListenerEntry]
) -> dict[int, elbv2.ListenerDescription]:
    """By the entry's identity; entries without a listener are missing."""
    by_arn = elbv2.listeners(access, region, [entry.listener_arn for entry in entries if entry.listener_arn])
    names = sorted({e.load_balancer for e in entries if e.load_balancer and not e.load_balancer.startswith("arn:")})
    arns = elbv2.load_balancer_arns(access, region, names)
    wanted: dict[str | None, str] = {
        e.load_balancer: arns.get(e.load_balancer, e.load_balancer) for e in entries if e.load_balancer
    }
    known = [arn for arn in dict.fromkeys(wanted.values()) if arn.startswith("arn:")]
    listed = dict(zip(known, gather(lambda arn: elbv2.listeners_of(access, region, arn), known), strict=True))
    found = {}
    for entry in entries:
        if entry.listener_arn:
            candidates = [by_arn[entry.listener_arn]] if entry.listener_arn in by_arn else []
        else:
            candidates = [each for each in listed.get(wanted[entry.load_balancer], []) if each.port == entry.port]
        if candidates:
            found[id(entry)] = candidates[0]
    return found


@dataclasses.dataclass(frozen=True)
class ListenersPlan:
    changes: tuple[ListenerChange, ...]
    certificates: t.Mapping[str, Certificate]

    @property
    def steps(self) -> list[ListenerChange]:
        return [change for change in self.changes if change.changed]

    def predict(self) -> Result:
        return self.result()

    def result(self) -> Result:
        wanted = dict.fromkeys(arn for change in self.changes for arn in change.entry.wanted.all)
        return Result(
            changed=bool(self.steps),
            values={
                "listeners": [_listener_result(change) for change in self.changes],
                "certificates": [as_result(self.certificates[arn]) for arn in wanted if arn in self.certificates],
            },
            warnings=[_gap_warning(change) for change in self.changes if change.plan.gaps],
        )


def _gap_warning(change: ListenerChange) -> str:
    return (
        f"Listener {change.arn} is full, so for the moment between two calls its default answers for "
        f"{', '.join(change.plan.gaps)}."
    )


def _listener_result(change: ListenerChange) -> dict[str, t.Any]:
    before, after = change.plan.before, change.plan.after
    return {
        "listener_arn": change.arn,
        "default_certificate_arn": after.default,
        "certificate_arns": sorted(after.certificates),
        "added": sorted(set(after.certificates) - set(before.certificates)),
        "removed": sorted(set(before.certificates) - set(after.certificates)),
        "kept": [{"certificate_arn": kept.arn, "reason": kept.reason} for kept in change.plan.kept],
        "owners": dict(sorted(change.plan.owners.items())),
    }


def make_plan(observed: Observed) -> ListenersPlan:
    """Raises InvalidInput with all that stands in the way, before anything is changed."""
    changes: list[ListenerChange] = []
    problems: list[str] = []
    names = {arn: certificate.names for arn, certificate in observed.certificates.items()}
    for each in observed.listeners:
        plan = plan_listener(each.entry.wanted, each.listener, quota=each.entry.quota, names=names)
        problems += plan.problems
        attached = each.listener.all
        for arn in each.entry.wanted.all:
            certificate = observed.certificates.get(arn)
            problem = certificate_problem(arn, certificate, each.entry.region, each.listener.protocol)
            if problem and arn not in attached:
                problems.append(problem)
        changes.append(ListenerChange(each.entry, each.listener.arn, plan, each.tags))
        problems += filter(None, [changes[-1].tag_problem])
    if problems:
        raise InvalidInput(list(dict.fromkeys(problems)))
    return ListenersPlan(tuple(changes), observed.certificates)


def apply(access: Access, plan: ListenersPlan, now: datetime.datetime) -> Result:
    touched: set[str] = set()
    outcomes = concurrently(lambda change: _apply(access, change, plan.certificates, now, touched), plan.steps)
    result = plan.result()
    result.changed = bool(touched)
    failed = [f"listener {each.item.arn}: {each.error.message}" for each in outcomes if each.error]
    if failed:
        done = f"{len(outcomes) - len(failed)} of {len(outcomes)} listeners are done. " if len(outcomes) > 1 else ""
        result.failure = done + " ".join(failed)
    return result


def _apply(
    access: Access,
    change: ListenerChange,
    certificates: t.Mapping[str, Certificate],
    now: datetime.datetime,
    touched: set[str],
) -> None:
    """Whose a certificate is, is written before it is attached, so that a run that is killed knows its own again.

    All of it is one call, unless the listener has no room for so many tags: then each goes with its certificate.
    ``touched`` gets the listener as soon as something of it has changed.
    """
    region, tags = change.entry.region, change.tags_to_add
    if change.stale_tags:
        elbv2.remove_tags(access, region, change.arn, change.stale_tags)
        touched.add(change.arn)
    if tags and change.tags_fit:
        elbv2.add_tags(access, region, change.arn, tags)
        touched.add(change.arn)
    for step in change.plan.steps:
        key = owner_tag(step.arn)
        if not change.tags_fit and key in tags:
            elbv2.add_tags(access, region, change.arn, {key: tags[key]})
        _carry_out(
            access, region, change.arn, step, Deadline(access.clock, unknown_for(certificates.get(step.arn), now))
        )
        touched.add(change.arn)
        if not change.tags_fit and key in change.tags_to_remove and isinstance(step, RemoveCertificate):
            elbv2.remove_tags(access, region, change.arn, [key])
    left = [] if not change.tags_fit else [key for key in change.tags_to_remove if key not in change.stale_tags]
    if left:
        elbv2.remove_tags(access, region, change.arn, left)
        touched.add(change.arn)


def _carry_out(access: Access, region: str, listener_arn: str, step: Step, known: Deadline) -> None:
    if isinstance(step, AddCertificate):
        _until_known(access, known, lambda: elbv2.add_certificate(access, region, listener_arn, step.arn))
    elif isinstance(step, SetDefault):
        _until_known(access, known, lambda: elbv2.set_default_certificate(access, region, listener_arn, step.arn))
    elif not step.if_present:
        elbv2.remove_certificate(access, region, listener_arn, step.arn)
    elif step.arn in elbv2.listener_certificates(access, region, listener_arn)[1]:
        _remove_leftover(access, region, listener_arn, step.arn)


def _until_known(access: Access, known: Deadline, call: t.Callable[[], None]) -> None:
    """Repeat the call while load balancers may not know a new certificate yet."""
    while True:
        try:
            return call()
        except ServiceError as error:
            if error.code not in _NOT_KNOWN_YET or known.passed():
                raise
        known.pause(_PAUSE)


def _remove_leftover(access: Access, region: str, listener_arn: str, certificate_arn: str) -> None:
    try:
        elbv2.remove_certificate(access, region, listener_arn, certificate_arn)
    except ServiceError as error:
        # It is the default as well, and AWS protects that in the list, too.
        if error.code != "OperationNotPermitted":
            raise
