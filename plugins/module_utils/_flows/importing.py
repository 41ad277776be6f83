# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Importing certificates into ACM, each to the ARN that it had before."""

from __future__ import annotations

import datetime
import typing as t

from .._acm_imports import Import, Imported, ImportPlan, WantedImport, plan_faults
from .._aws import acm
from .._aws.access import Access
from .._certificate_options import CERTIFICATE_ARN, name_faults, required_region, tag_text_faults
from .._certificates import Certificate
from .._deployable import SOURCE_ARGUMENTS, Deployable, from_options
from .._errors import InvalidInput, TlsopsError, UncertainError, parse_all
from .._module_result import Result
from .._threads import gather
from .._x509 import describe_certificate, load_certificate
from .observing import tags_of, with_young_tags
from .sending import send

ARGUMENTS: dict[str, t.Any] = {
    "name": {"type": "str"},
    "certificate_arn": {"type": "str"},
    "region": {"type": "str"},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    **SOURCE_ARGUMENTS,
}
_ATTEMPTS = 3


def wanted_imports(entries: t.Sequence[t.Mapping[str, t.Any]], region: str | None) -> list[WantedImport]:
    """Raises InvalidInput with every fault of every entry."""
    found, faults = [], []
    for number, entry in enumerate(entries):
        try:
            found.append(_wanted(entry, region))
        except InvalidInput as error:
            label = entry.get("name") or entry.get("certificate_arn") or f"certificates[{number}]"
            faults += [f"{label}: {fault}" for fault in error.faults]
    keys = [(each.region, each.arn or each.name) for each in found]
    faults += [
        f"{name} is wanted twice in {where}" for where, name in dict.fromkeys(keys) if keys.count((where, name)) > 1
    ]
    if faults:
        raise InvalidInput(faults)
    return found


def _wanted(entry: t.Mapping[str, t.Any], region: str | None) -> WantedImport:
    arn = entry.get("certificate_arn") or None
    matched = CERTIFICATE_ARN.match(arn) if arn else None
    tags = {str(key): str(value) for key, value in (entry.get("tags") or {}).items()}

    def checks() -> None:
        faults = [*tag_text_faults(tags), *name_faults(entry.get("name"))]
        if arn and not matched:
            faults.append(f"certificate_arn {arn} isn't the ARN of an ACM certificate")
        if not arn and not entry.get("name"):
            faults.append("give name, so that the next run finds the certificate again, or certificate_arn")
        if matched and entry.get("region") not in (None, "", matched["region"]):
            faults.append(f"region is {entry['region']}, and the certificate is in {matched['region']}")
        if faults:
            raise InvalidInput(faults)

    def where() -> str:
        return matched["region"] if matched else required_region(entry.get("region") or region)

    deployable, place, dummy = parse_all(lambda: from_options(entry), where, checks)
    return WantedImport(place, deployable, entry.get("name") or None, arn, entry.get("directory"), tags)


def observe(access: Access, wanted: t.Sequence[WantedImport], now: datetime.datetime) -> ImportPlan:
    """Reads only. Raises InvalidInput with everything that ACM would refuse."""
    named = [each for each in wanted if each.arn is None]
    regions = sorted({each.region for each in named})
    listed = dict(zip(regions, gather(lambda region: _imported_in(access, region, now), regions), strict=True))
    chosen = [_chosen(access, each, listed.get(each.region, [])) for each in wanted]
    present = gather(lambda each: _present(access, each) if each else None, chosen)
    imports = [Import(*each) for each in zip(wanted, present, strict=True)]
    if faults := plan_faults(imports, now):
        raise InvalidInput(faults)
    return ImportPlan(tuple(imports))


def _imported_in(access: Access, region: str, now: datetime.datetime) -> list[Certificate]:
    """Those with our tags."""
    imported = [each for each in acm.list_certificates(access, region) if each.type == "IMPORTED"]
    found = tags_of(access, region, [each.arn for each in imported])
    tagged = [each.tagged(found.get(each.arn, {})) for each in imported]
    return [each for each in with_young_tags(access, tagged, now, imported=True) if each.owned]


def _chosen(access: Access, wanted: WantedImport, ours: t.Iterable[Certificate]) -> Certificate | None:
    if wanted.arn is None:
        found = [each for each in ours if each.owner_name == wanted.name]
        if len(found) > 1:
            arns = ", ".join(sorted(each.arn for each in found))
            raise InvalidInput([f"{wanted.label}: several imported certificates have this name: {arns}"])
        return found[0] if found else None
    certificate = acm.describe_certificate(access, wanted.arn, wanted.region)
    if certificate is None:
        raise InvalidInput([f"{wanted.label}: ACM doesn't know this certificate in this account"])
    if certificate.type != "IMPORTED":
        raise InvalidInput(
            [f"{wanted.arn} is a certificate of ACM's own ({certificate.type}): nothing can be imported to it"]
        )
    return certificate.tagged(acm.list_tags(access, wanted.arn, wanted.region))


def _present(access: Access, certificate: Certificate) -> Imported | None:
    """None also where it was deleted since it was listed."""
    pem = acm.get_certificate(access, certificate.arn, certificate.region)
    if pem is None:
        return None
    return Imported(certificate.arn, describe_certificate(load_certificate(pem)), certificate.tags or {})


def apply(access: Access, plan: ImportPlan, now: datetime.datetime) -> Result:
    return send(plan.imports, plan.steps, lambda step: _carry_out(access, step, now))


def _carry_out(access: Access, step: Import, now: datetime.datetime) -> str:
    wanted = step.wanted
    arn = step.present.arn if step.present else None
    if step.imports:
        arn = _import(access, step, now)
    if step.new_tags:
        acm.add_tags(access, str(arn), wanted.region, step.new_tags)
    return str(arn)


def _import(access: Access, step: Import, now: datetime.datetime) -> str:
    """When the answer to a first import is lost, it is looked for by its tags before it is imported again."""
    wanted, parameters = step.wanted, _parameters(step)
    for attempt in range(_ATTEMPTS):
        try:
            return acm.import_certificate(access, wanted.region, parameters, wanted.label)
        except UncertainError:
            if attempt == _ATTEMPTS - 1:
                raise
            made = _chosen(access, wanted, _imported_in(access, wanted.region, now))
            if made:
                return made.arn
    raise TlsopsError(f"{wanted.label}: it couldn't be imported.")


def _parameters(step: Import) -> dict[str, t.Any]:
    """ACM wants the chain without the certificate itself, and no tags where there is an ARN already."""
    deployable: Deployable = step.wanted.deployable
    leaf, *above = deployable.certificates
    parameters: dict[str, t.Any] = {"Certificate": leaf.encode(), "PrivateKey": deployable.key.encode()}
    if above:
        parameters["CertificateChain"] = "".join(above).encode()
    if step.present:
        return {**parameters, "CertificateArn": step.present.arn}
    return {**parameters, "Tags": acm.as_tag_list(step.wanted.all_tags)}
