# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What a run will do, as data. Check mode, ``--diff`` and the calls themselves all look at the same steps."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from ._certificate_choice import TagChange, request_tags
from ._certificates import Certificate, WantedCertificate
from ._record_sets import Change, RecordSet

#: Stands for a value that only the service can say, in check mode.
UNKNOWN = "(known after the request)"


class Step(t.Protocol):
    """One change. ``before`` and ``after`` are what the diff shows of it, under ``subject``; None: it isn't there."""

    @property
    def subject(self) -> str:
        """What the step is about, unique in a plan."""

    def before(self) -> t.Any:
        """What is there now."""

    def after(self) -> t.Any:
        """What will be there."""


@dataclasses.dataclass(frozen=True)
class RequestCertificate:
    """``zones`` maps each base name to where its validation record goes; it is empty where no records are written."""

    wanted: WantedCertificate
    token: str
    zones: t.Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def subject(self) -> str:
        return f"certificate {self.wanted.label} ({self.wanted.region})"

    def before(self) -> None:
        return None

    def after(self) -> dict[str, t.Any]:
        shown: dict[str, t.Any] = {
            "domain_name": self.wanted.domain_name,
            "subject_alternative_names": list(self.wanted.names),
            "key_algorithm": self.wanted.key_algorithm,
            "tags": request_tags(self.wanted),
        }
        if self.wanted.private:
            shown["certificate_authority_arn"] = self.wanted.certificate_authority_arn
        if self.zones:
            shown["validation_records"] = {
                name: f"CNAME {UNKNOWN} in {zone}" for name, zone in sorted(self.zones.items())
            }
        return shown


@dataclasses.dataclass(frozen=True)
class TagCertificate:
    certificate: Certificate
    change: TagChange

    @property
    def subject(self) -> str:
        return f"tags of {self.certificate.arn}"

    def before(self) -> dict[str, str]:
        return dict(self.certificate.tags or {})

    def after(self) -> dict[str, str]:
        kept = {key: value for key, value in self.before().items() if key not in self.change.remove}
        return {**kept, **self.change.add}


@dataclasses.dataclass(frozen=True)
class ChangeRecordSet:
    """``zone`` is shown as ``example.com (Z123)``."""

    zone: str
    hosted_zone_id: str
    change: Change

    @property
    def subject(self) -> str:
        record_set = self.change.record_set
        return f"{record_set.type} {record_set.name} in {self.zone}"

    def before(self) -> dict[str, t.Any] | None:
        if self.change.action == "DELETE":
            return _shown(self.change.record_set)
        return _shown(self.change.before) if self.change.before else None

    def after(self) -> dict[str, t.Any] | None:
        return None if self.change.action == "DELETE" else _shown(self.change.record_set)


@dataclasses.dataclass(frozen=True)
class DeleteCertificate:
    certificate: Certificate

    @property
    def subject(self) -> str:
        return f"certificate {self.certificate.arn}"

    def before(self) -> dict[str, t.Any]:
        return {"subject_alternative_names": sorted(self.certificate.names), "status": self.certificate.status}

    def after(self) -> None:
        return None


def _shown(record_set: RecordSet) -> dict[str, t.Any]:
    return {"ttl": record_set.ttl, "values": list(record_set.values)}


def diff(steps: t.Iterable[Step]) -> dict[str, str]:
    """The steps as Ansible's ``diff``: only what changes, one entry a subject."""
    steps = list(steps)
    sides = {}
    for side in ("before", "after"):
        shown = {step.subject: getattr(step, side)() for step in steps}
        present = {subject: content for subject, content in shown.items() if content is not None}
        sides[side] = json.dumps(present, indent=2, sort_keys=True, ensure_ascii=False) + "\n" if present else ""
    return sides
