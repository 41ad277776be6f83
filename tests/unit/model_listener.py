# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A listener's certificates that behave as AWS's do, in every way AWS may mean it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ansible_collections.tlsops.certificates.plugins.module_utils._listener_steps import (
    AddCertificate,
    RemoveCertificate,
    SetDefault,
    Step,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._listeners import Listener, ListenerPlan


def listener(
    default: str | None, *certificates: str, owners: Mapping[str, str] | None = None, protocol: str = "HTTPS"
) -> Listener:
    return Listener(
        arn="arn:listener",
        load_balancer_arn="arn:load-balancer",
        protocol=protocol,
        port=443,
        default=default,
        certificates=certificates,
        owners=owners or {},
    )


@dataclasses.dataclass
class ModelListener:
    """``old_joins``: ModifyListener moves the old default to the list. ``new_leaves``: it takes the new one out of it.

    ``double_protected``: an entry that is the default as well can't be removed; such an AWS wouldn't count it, either.
    """

    default: str | None
    entries: list[str]
    quota: int
    old_joins: bool = False
    new_leaves: bool = False
    double_protected: bool = False
    calls: list[list[str]] = dataclasses.field(default_factory=list)

    def apply(self, step: Step) -> None:
        if isinstance(step, AddCertificate):
            self.calls.append(["AddListenerCertificates", step.arn])
            assert step.arn not in self.entries, "added twice"
            counted = [arn for arn in self.entries if not (self.double_protected and arn == self.default)]
            assert len(counted) < self.quota, "TooManyCertificates"
            self.entries.append(step.arn)
        elif isinstance(step, SetDefault):
            self.calls.append(["ModifyListener", step.arn])
            assert step.arn != self.default, "needless"
            assert step.before == self.default
            self._modify(step.arn)
        else:
            self._remove(step)

    def _modify(self, arn: str) -> None:
        old, self.default = self.default, arn
        if self.old_joins and old and old not in self.entries:
            self.entries.append(old)
        if self.new_leaves and arn in self.entries:
            self.entries.remove(arn)

    def _remove(self, step: RemoveCertificate) -> None:
        if step.if_present and step.arn not in self.entries:
            return
        self.calls.append(["RemoveListenerCertificates", step.arn])
        assert step.arn in self.entries, "CertificateNotFound"
        if step.arn == self.default and self.double_protected:
            assert step.if_present, "OperationNotPermitted: Default certificate cannot be removed"
            return
        self.entries.remove(step.arn)

    @property
    def all(self) -> set[str]:
        return {*self.entries, *([self.default] if self.default else [])}

    def as_listener(self, owners: Mapping[str, str]) -> Listener:
        there = {arn: owner for arn, owner in owners.items() if arn in self.all}
        return listener(self.default, *self.entries, owners=there)


def replayed(plan: ListenerPlan, there: Listener, **behaviour: Any) -> ModelListener:
    model = ModelListener(there.default, list(there.certificates), behaviour.pop("quota", 25), **behaviour)
    for step in plan.steps:
        model.apply(step)
    return model
