# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Moving certificates from e-mail to DNS validation: which can be moved, what it takes, and what is returned.

Source: AWS Certificate Manager user guide, "Updating a certificate's validation method".
"""

from __future__ import annotations

import dataclasses
import typing as t

from ._certificate_options import CERTIFICATE_ARN
from ._certificate_result import as_result
from ._certificates import Certificate
from ._errors import InvalidInput
from ._hosted_zones import HostedZone, ZoneMatch, missing
from ._module_result import Result
from ._names import base_name
from ._plan import UNKNOWN, ChangeRecordSet, Step
from ._record_sets import WantedRecord

IN_PROGRESS = "PENDING_DOMAIN_VALIDATION"


@dataclasses.dataclass(frozen=True)
class MigrateCertificate:
    """``zones`` are where the new validation records go; empty where no records are written."""

    certificate: Certificate
    zones: t.Mapping[str, HostedZone]

    @property
    def subject(self) -> str:
        return f"validation of {self.certificate.arn}"

    def before(self) -> dict[str, t.Any]:
        return {"validation_method": "EMAIL"}

    def after(self) -> dict[str, t.Any]:
        shown: dict[str, t.Any] = {"validation_method": "DNS"}
        names = sorted(self.certificate.base_names & self.zones.keys())
        if names:
            shown["validation_records"] = {name: f"CNAME {UNKNOWN} in {self.zones[name]}" for name in names}
        return shown


@dataclasses.dataclass(frozen=True)
class MigrationPlan:
    """``record_steps`` are those of migrations that are under way; of new ones nobody knows the records yet."""

    certificates: tuple[Certificate, ...]
    zones: t.Mapping[str, HostedZone]
    record_steps: tuple[ChangeRecordSet, ...] = ()

    @property
    def new(self) -> list[Certificate]:
        return [each for each in self.certificates if is_to_move(each)]

    @property
    def steps(self) -> list[Step]:
        return [*[MigrateCertificate(each, self.zones) for each in self.new], *self.record_steps]

    def predict(self) -> Result:
        return self.result(self.certificates, changed=bool(self.steps))

    def result(self, certificates: t.Iterable[Certificate], changed: bool) -> Result:
        shown = [
            {
                **as_result(each, zones=self.zones),
                "validation_method": each.validation_method,
                "migration_status": each.migration_status,
            }
            for each in certificates
        ]
        return Result(changed, {"certificates": shown, "failure": None})


def parse_arns(params: t.Mapping[str, t.Any]) -> dict[str, str]:
    """{ARN: Region}. Raises InvalidInput."""
    found, faults = {}, []
    for arn in params["certificate_arns"]:
        match = CERTIFICATE_ARN.match(arn)
        if match:
            found[arn] = match["region"]
        else:
            faults.append(f"{arn!r} isn't the ARN of an ACM certificate")
    if faults:
        raise InvalidInput(faults)
    return found


def is_moving(certificate: Certificate) -> bool:
    return certificate.validation_method == "EMAIL" and certificate.migration_status == IN_PROGRESS


def is_to_move(certificate: Certificate) -> bool:
    """Not when it is under way, or done. One that wasn't finished in time may be started again."""
    return certificate.validation_method == "EMAIL" and certificate.migration_status != IN_PROGRESS


def check_movable(certificates: t.Iterable[Certificate]) -> None:
    """Raises InvalidInput with every certificate that ACM would refuse: then none is moved."""
    faults = [
        f"{each.arn} can't be moved to DNS validation: it is {each.status}, and only ISSUED ones can; request a new one"
        for each in certificates
        if is_to_move(each) and each.status != "ISSUED"
    ]
    if faults:
        raise InvalidInput(faults)


def names_to_place(certificates: t.Iterable[Certificate]) -> list[str]:
    """The base names whose records have to be written."""
    concerned = [each for each in certificates if is_to_move(each) or is_moving(each)]
    return sorted({name for each in concerned for name in each.base_names})


def usable_zones(matches: t.Mapping[str, ZoneMatch]) -> dict[str, HostedZone]:
    """The zone of each name. Raises InvalidInput with every name that has none."""
    without = missing(matches)
    if without:
        raise InvalidInput(without)
    return {name: match.zone for name, match in matches.items() if match.zone}


def place_records(
    certificates: t.Iterable[Certificate], zones: t.Mapping[str, HostedZone]
) -> dict[HostedZone, list[WantedRecord]]:
    """The records that migrations under way wait for, by the zone they go to."""
    placed: dict[HostedZone, list[WantedRecord]] = {}
    for certificate in filter(is_moving, certificates):
        for record in certificate.validation_records:
            zone = zones.get(base_name(record.domain_names[0]))
            if zone:
                wanted = WantedRecord(record.name, record.type, record.value, record.domain_names)
                placed.setdefault(zone, []).append(wanted)
    return placed
