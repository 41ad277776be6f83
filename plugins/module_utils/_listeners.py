# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""A listener's certificates: what is there, what is wanted, and the calls between, one certificate each.

The rules:

* Add, then change the default, then remove. A listener that is full loses unwanted certificates first, one at a time,
  each just before the addition that needs its place.
* Without a wanted default, the present one stays while it is wanted, or not ours to replace; else the first wanted one
  becomes it. The lowest ARN, as others choose, would flip with every new certificate (kube-ingress-aws-controller 650).
* ModifyListener may drop the old default or move it to the SNI list, and may leave the new default in that list or
  not: AWS's documentation says neither. So an old default that stays wanted is in the list before the change, and
  what may be left over is removed after it *if present*.
* A certificate that is the default and in the list as well is a finished state: some want it so, for RSA and ECDSA at
  the same names (aws-load-balancer-controller 3070), and AWS may refuse to remove it.
* ``purge: managed`` removes what ``owners`` says we put there for this owner. A default that isn't ours is detached by
  nobody but ``purge: all``: when another one takes its place, it moves to the list. So it does with ``purge: none``,
  whoever put it there. The same holds for its second entry in the list.
* What has been on the listener already doesn't become ours by being wanted.
"""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Collection, Mapping

from ._listener_steps import Goal, ListenerState, Sequencer, Step

TLS_PROTOCOLS = frozenset({"HTTPS", "TLS"})
# "Certificates per Application (Network) Load Balancer", which doesn't count default certificates.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
QUOTA = 25
QUOTA_CODES = {"HTTPS": "L-9365A611", "TLS": "L-52964454"}

Purge = t.Literal["managed", "all", "none"]


@dataclasses.dataclass(frozen=True)
class Listener:
    """A listener as it is. ``certificates`` is the SNI list; ``owners`` says which we put there, and for whom."""

    arn: str
    load_balancer_arn: str
    protocol: str
    port: int
    default: str | None
    certificates: tuple[str, ...] = ()
    owners: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)

    @property
    def all(self) -> frozenset[str]:
        return frozenset(self.certificates) | ({self.default} if self.default else frozenset())


@dataclasses.dataclass(frozen=True)
class WantedListener:
    """``certificates`` in order of preference; whether the default is repeated among them makes no difference.

    ``default_in_list``: the default, if it is one of them, is wanted in the SNI list as well.
    """

    default: str | None
    certificates: tuple[str, ...]
    owner: str
    purge: Purge = "managed"
    default_in_list: bool = False

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*([self.default] if self.default else []), *self.certificates)))


@dataclasses.dataclass(frozen=True)
class Kept:
    """A certificate that isn't wanted and stays, and why."""

    arn: str
    reason: str


@dataclasses.dataclass(frozen=True)
class ListenerPlan:
    """The calls in their order. With problems there are none.

    ``before`` and ``after`` are what a diff shows. ``owners`` is whose each certificate is when all is done; to survive
    a kill, write ``{**listener.owners, **owners}`` before the first step and ``owners`` after the last.
    ``gaps`` are the wanted names that a full listener leaves to its default for the moment between two calls.
    """

    before: ListenerState
    after: ListenerState
    owners: Mapping[str, str]
    steps: tuple[Step, ...] = ()
    kept: tuple[Kept, ...] = ()
    problems: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.steps)


def plan_listener(
    wanted: WantedListener,
    listener: Listener,
    *,
    quota: int = QUOTA,
    names: Mapping[str, Collection[str]] | None = None,
) -> ListenerPlan:
    """The plan for one listener. ``names`` (of each certificate) let a full one lose first what leaves no name bare.

    Every entry of the list counts against the quota, also one that is the default as well: whether AWS counts that one
    isn't documented, and this reading never sends a call that is refused.
    """
    before = ListenerState(listener.default, tuple(dict.fromkeys(listener.certificates)))
    if listener.protocol not in TLS_PROTOCOLS:
        return ListenerPlan(before, before, dict(listener.owners), problems=_not_tls(wanted, listener))
    goal = _goal(wanted, listener)
    sequence = Sequencer(goal, before, quota, names or {})
    sequence.run()
    if sequence.missing:
        return ListenerPlan(
            before, before, dict(listener.owners), problems=(_full(goal, listener, quota, sequence.missing),)
        )
    after = sequence.after()
    return ListenerPlan(
        before=before,
        after=after,
        owners=_owners_after(wanted, listener, after),
        steps=tuple(sequence.steps),
        kept=_kept(wanted, listener, goal.default),
        gaps=tuple(sorted(sequence.gaps)),
    )


def _goal(wanted: WantedListener, listener: Listener) -> Goal:
    default = _default(wanted, listener)
    wished = wanted.all
    entries = [arn for arn in wished if arn != default or wanted.default_in_list]
    old = listener.default
    if old and old != default and old not in wished and not _ours_to_remove(old, wanted, listener):
        entries.append(old)
    removable = {arn for arn in listener.all if arn not in entries and (_ours_to_remove(arn, wanted, listener))}
    return Goal(
        default=default,
        entries=tuple(entries),
        removable=frozenset(removable),
        wanted=wished,
    )


def _default(wanted: WantedListener, listener: Listener) -> str | None:
    present = listener.default
    if wanted.default:
        return wanted.default
    if present and (present in wanted.certificates or not _ours_to_remove(present, wanted, listener)):
        return present
    return wanted.certificates[0] if wanted.certificates else present


def _ours_to_remove(arn: str, wanted: WantedListener, listener: Listener) -> bool:
    return wanted.purge == "all" or (wanted.purge == "managed" and listener.owners.get(arn) == wanted.owner)


def _kept(wanted: WantedListener, listener: Listener, default: str | None) -> tuple[Kept, ...]:
    kept = []
    for arn in sorted(listener.all - set(wanted.all)):
        owner = listener.owners.get(arn)
        if not _ours_to_remove(arn, wanted, listener):
            put = "we didn't put it there" if owner is None else f"it is there for {owner}"
            kept.append(Kept(arn, "purge is none" if wanted.purge == "none" else put))
        elif arn == default:
            kept.append(Kept(arn, "it is the default, and a listener can't be without one"))
    return tuple(kept)


def _owners_after(wanted: WantedListener, listener: Listener, after: ListenerState) -> dict[str, str]:
    there = set(after.certificates) | {after.default}
    owners = {arn: owner for arn, owner in listener.owners.items() if arn in there}
    owners.update({arn: wanted.owner for arn in wanted.all if arn in there and arn not in listener.all})
    return owners


def _not_tls(wanted: WantedListener, listener: Listener) -> tuple[str, ...]:
    if not wanted.all:
        return ()
    problem = (
        f"listener {listener.arn} (port {listener.port}) speaks {listener.protocol}, which takes no certificates: "
        f"give an HTTPS listener of an Application Load Balancer or a TLS listener of a Network Load Balancer"
    )
    return (problem,)


def _full(goal: Goal, listener: Listener, quota: int, missing: Collection[str]) -> str:
    entries = set(listener.certificates) - goal.removable
    others = sorted(entries - set(goal.wanted))
    stay = f" and {len(others)} that we may not remove ({_some(others)})" if others else ""
    purge = ", use purge: all" if others else ""
    return (
        f"listener {listener.arn} (port {listener.port}) has no room: besides the default, {quota} certificates are "
        f"allowed; in its list stay {len(entries) - len(others)} that are wanted{stay}, and there is no place for "
        f"{_some(missing)}. Want fewer{purge}, put more names on one certificate, or have the quota "
        f"{QUOTA_CODES[listener.protocol]} raised"
    )


def _some(arns: Collection[str]) -> str:
    shown = ", ".join(list(arns)[:3])
    return shown + (f" and {len(arns) - 3} more" if len(arns) > 3 else "")
