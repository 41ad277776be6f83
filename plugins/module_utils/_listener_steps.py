# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The order of the calls that change a listener's certificates, within its quota and without leaving a name bare."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Collection, Mapping


@dataclasses.dataclass(frozen=True)
class AddCertificate:
    arn: str


@dataclasses.dataclass(frozen=True)
class SetDefault:
    arn: str
    before: str | None


@dataclasses.dataclass(frozen=True)
class RemoveCertificate:
    """``if_present``: only AWS knows whether the list still has it after ModifyListener. Read the list again, leave the
    call out when it isn't there, and take a refusal (it is the default) for done."""

    arn: str
    if_present: bool = False


Step: t.TypeAlias = "AddCertificate | SetDefault | RemoveCertificate"


@dataclasses.dataclass(frozen=True)
class ListenerState:
    default: str | None
    certificates: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Goal:
    """Where the listener is to end. ``removable`` are entries that may leave the list; ``entries`` are to be in it."""

    default: str | None
    entries: tuple[str, ...]
    removable: frozenset[str]
    wanted: tuple[str, ...]


class Sequencer:
    """Plays the calls on a copy of the listener and notes them. ``missing`` are additions there is no room for."""

    def __init__(self, goal: Goal, state: ListenerState, quota: int, names: Mapping[str, Collection[str]]) -> None:
        self.steps: list[Step] = []
        self.gaps: set[str] = set()
        self.missing: list[str] = []
        self._goal = goal
        self._default = state.default
        self._entries = list(state.certificates)
        self._quota = quota
        self._names = names
        self._names_wanted = {name for arn in goal.wanted for name in names.get(arn, ())}
        self._default_is_new = False

    def after(self) -> ListenerState:
        return ListenerState(self._default, tuple(self._entries))

    def run(self) -> None:
        waiting = [arn for arn in self._goal.entries if arn not in self._entries]
        if len(waiting) > self._quota - len(self._entries):
            # The default can change only when the old one, if it stays, is in the list; and that may make room.
            waiting.sort(key=lambda arn: arn != self._default)
        while waiting:
            if len(self._entries) < self._quota:
                self._add(waiting.pop(0))
            elif not self._make_room(waiting):
                self.missing = waiting
                return
        if self._change_is_due:
            self._set_default()
        for arn in sorted(self._leaving()):
            if arn != self._default or self._default_is_new:
                self._remove(arn)

    @property
    def _change_is_due(self) -> bool:
        return self._goal.default is not None and self._goal.default != self._default

    def _leaving(self) -> set[str]:
        return set(self._entries) & self._goal.removable

    def _make_room(self, waiting: Collection[str]) -> bool:
        leaving = self._leaving()
        free = leaving - {self._default, self._goal.default}
        if free:
            victim = min(free, key=lambda arn: (len(self._bare_without(arn)), arn))
            self.gaps |= self._bare_without(victim)
            self._remove(victim)
        elif not leaving or self._default in waiting:
            return False
        elif self._change_is_due:
            # What is left to go is an entry of the old default, or of the new one.
            self._set_default()
        else:
            self._remove(min(leaving))
        return True

    def _add(self, arn: str) -> None:
        self._entries.append(arn)
        self.steps.append(AddCertificate(arn))

    def _set_default(self) -> None:
        old, new = self._default, self._goal.default
        if new is None:
            return
        self.steps.append(SetDefault(new, old))
        self._default, self._default_is_new = new, True
        if old and old not in self._entries:
            # Were it to stay, it would be in the list by now.
            self.steps.append(RemoveCertificate(old, if_present=True))
            self.gaps |= self._bare_without(old)

    def _remove(self, arn: str) -> None:
        self._entries.remove(arn)
        self.steps.append(RemoveCertificate(arn, if_present=arn == self._default))

    def _bare_without(self, arn: str) -> set[str]:
        """The wanted names that only this certificate serves at present."""
        rest = {
            name
            for other in (*self._entries, self._default)
            if other and other != arn
            for name in self._names.get(other, ())
        }
        own = set(self._names.get(arn, ()))
        return {name for name in self._names_wanted if _served(name, own) and not _served(name, rest)}


def _served(name: str, by: Collection[str]) -> bool:
    return name in by or f"*.{name.partition('.')[2]}" in by
