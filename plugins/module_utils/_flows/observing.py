# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Reading what ACM has: one listing a Region, the tags in few calls, a description only where it decides something."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._aws import acm, tagging
from .._aws.access import Access
from .._aws.errors import ACCESS_DENIED_CODES, require_code
from .._certificate_choice import Choice, choose, may_be_meant, may_be_ours, needs_description
from .._certificates import MANAGED_BY, NOT_FOUND, TAG_MANAGED_BY, TAG_NAME, Certificate, WantedCertificate
from .._errors import ServiceError
from .._threads import gather

#: From here on it is cheaper to read the tags of all our certificates, 100 a call, than those of 20 names a call.
_MANY_NAMES = 100
_TAGS_KNOWN_WITHIN = datetime.timedelta(minutes=10)


def choose_certificates(
    access: Access, wanted: t.Sequence[WantedCertificate], describe_issued: bool = False
) -> list[Choice]:
    """For each wanted certificate what to do, from as few calls as tell: reads only.

    With ``describe_issued`` the chosen certificates are described even where nothing depends on it.
    """
    here: dict[str, list[WantedCertificate]] = {}
    for each in wanted:
        here.setdefault(each.region, []).append(each)
    listings = gather(lambda region: _read_region(access, region, here[region], describe_issued), here)
    by_region = dict(zip(here, listings, strict=True))
    index = {region: _by_name(certificates) for region, certificates in by_region.items()}
    return [choose(each, _relevant(each, index[each.region])) for each in wanted]


def _read_region(
    access: Access, region: str, wanted: t.Sequence[WantedCertificate], describe_issued: bool
) -> list[Certificate]:
    tagged = read_tags(access, region, list(acm.list_certificates(access, region)), wanted)
    index = _by_name(tagged)
    to_describe: dict[str, Certificate] = {}
    for each in wanted:
        relevant = _relevant(each, index)
        to_describe.update({c.arn: c for c in relevant if needs_description(each, c)})
        chosen = choose(each, relevant).certificate
        # A pending certificate is described for its validation records.
        if chosen and (describe_issued or chosen.status == "PENDING_VALIDATION"):
            to_describe[chosen.arn] = chosen
    described = dict(zip(to_describe, gather(lambda c: describe(access, c), to_describe.values()), strict=True))
    return [described.get(certificate.arn, certificate) for certificate in tagged]


def describe(access: Access, certificate: Certificate) -> Certificate:
    """The certificate with its description. The listing may still have what was deleted; a pending one may be new."""
    detail = acm.describe_certificate(access, certificate.arn, certificate.region)
    if detail:
        return dataclasses.replace(detail, tags=certificate.tags)
    return (
        certificate
        if certificate.status == "PENDING_VALIDATION"
        else dataclasses.replace(certificate, status=NOT_FOUND)
    )


def read_by_arn(access: Access, region: str, arns: t.Iterable[str]) -> dict[str, Certificate]:
    """{ARN: certificate} from one listing, missing where ACM has none.

    What isn't issued there is described: the listing may lag behind, and doesn't tell reasons.
    """
    listed = {each.arn: each for each in acm.list_certificates(access, region)}
    unclear = [arn for arn in dict.fromkeys(arns) if arn not in listed or listed[arn].status != "ISSUED"]
    described = gather(lambda arn: _described(access, arn, region), unclear)
    return {**listed, **{each.arn: each for each in described if each}}


def _described(access: Access, arn: str, region: str) -> Certificate | None:
    """None also for another account's."""
    try:
        return acm.describe_certificate(access, arn, region)
    except ServiceError as error:
        require_code(error, ACCESS_DENIED_CODES)
        return None


def read_tags(
    access: Access, region: str, listed: t.Sequence[Certificate], wanted: t.Sequence[WantedCertificate]
) -> list[Certificate]:
    """The listed certificates, with the tags of those that may matter for what is wanted here."""
    if not listed or not wanted:
        return list(listed)
    index = _by_name(listed)
    meant = {c.arn for each in wanted for c in _relevant(each, index) if may_be_meant(each, c) and c.managed_by is None}
    names = [each.name for each in wanted if each.name]
    try:
        found = _tags_in_bulk(access, region, meant, names)
    except ServiceError as error:
        require_code(error, ACCESS_DENIED_CODES)
        # Any certificate may carry a wanted name: without the tagging API that takes a call each.
        arns = sorted({c.arn for c in listed if may_be_ours(c)} if names else meant)
        found = dict(zip(arns, gather(lambda arn: acm.list_tags(access, arn, region), arns), strict=True))
    return [dataclasses.replace(c, tags=found.get(c.arn, {})) if c.arn in meant | found.keys() else c for c in listed]


def read_managed_tags(access: Access, region: str, listed: t.Sequence[Certificate]) -> list[Certificate]:
    """The listed certificates, with the tags of all that this collection manages."""
    try:
        found = tagging.tags_by_filter(access, region, TAG_MANAGED_BY, [MANAGED_BY])
    except ServiceError as error:
        require_code(error, ACCESS_DENIED_CODES)
        found = tags_of(access, region, [each.arn for each in listed if may_be_ours(each)])
    return [dataclasses.replace(each, tags=found.get(each.arn, {})) for each in listed]


def tags_of(access: Access, region: str, arns: t.Sequence[str]) -> dict[str, dict[str, str]]:
    """{ARN: tags}, by the tagging API where that is allowed, else by a call each."""
    try:
        return tagging.tags_by_arn(access, region, arns)
    except ServiceError as error:
        require_code(error, ACCESS_DENIED_CODES)
    return dict(zip(arns, gather(lambda arn: acm.list_tags(access, arn, region), arns), strict=True))


def with_young_tags(
    access: Access, certificates: t.Sequence[Certificate], now: datetime.datetime, imported: bool = False
) -> list[Certificate]:
    """The certificates, with the tags of those that are too new for the tagging API to know: it lags behind ACM.

    Of the kinds that this collection requests, unless they are all ``imported``.
    """

    def complete(certificate: Certificate) -> Certificate:
        young = certificate.created_at is not None and now - certificate.created_at < _TAGS_KNOWN_WITHIN
        if certificate.tags or not young or not (imported or may_be_ours(certificate)):
            return certificate
        return dataclasses.replace(certificate, tags=acm.list_tags(access, certificate.arn, certificate.region))

    return gather(complete, certificates)


def _tags_in_bulk(
    access: Access, region: str, meant: t.AbstractSet[str], names: t.Sequence[str]
) -> dict[str, dict[str, str]]:
    """By the tagging API: what we manage (or the wanted names only), and of the rest what may be meant."""
    if len(names) > _MANY_NAMES:
        found = tagging.tags_by_filter(access, region, TAG_MANAGED_BY, [MANAGED_BY])
    else:
        found = tagging.tags_by_filter(access, region, TAG_NAME, sorted(set(names)))
    rest = sorted(meant - found.keys())
    found.update(tagging.tags_by_arn(access, region, rest))
    return found


def _by_name(certificates: t.Iterable[Certificate]) -> dict[str, list[Certificate]]:
    """Certificates by each of their names, and by the ``tlsops:name`` they carry (as ``name:...``, no DNS name)."""
    index: dict[str, list[Certificate]] = {}
    for certificate in certificates:
        keys = set(certificate.names) | {name.partition(".")[2] for name in certificate.names if name.startswith("*.")}
        if certificate.owner_name:
            keys.add(f"name:{certificate.owner_name}")
        for key in keys:
            index.setdefault(key, []).append(certificate)
    return index


def _relevant(wanted: WantedCertificate, index: t.Mapping[str, t.Sequence[Certificate]]) -> list[Certificate]:
    """The certificates that share a name with what is wanted, could cover one, or carry its ``tlsops:name``."""
    keys = list(wanted.names) + [name.partition(".")[2] for name in wanted.names] + [f"name:{wanted.name}"]
    return list({certificate.arn: certificate for key in keys for certificate in index.get(key, ())}.values())
