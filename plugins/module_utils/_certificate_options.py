# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""From a module's options to wanted certificates: every fault is said, before the first call."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ._certificates import CLOUDFRONT_REGION, WantedCertificate
from ._deletion import UnwantedCertificate
from ._errors import InvalidInput
from ._names import InvalidNames, certificate_names

#: What ACM takes in a request for a public certificate; a private CA signs keys of the other kinds as well.
PUBLIC_KEY_ALGORITHMS = ("RSA_2048", "EC_prime256v1", "EC_secp384r1")
KEY_ALGORITHMS = ("RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1")

#: Options of one certificate, alone or as an entry of a list.
CERTIFICATE_ARGUMENTS: dict[str, t.Any] = {
    "name": {"type": "str"},
    "domain_name": {"type": "str"},
    "subject_alternative_names": {"type": "list", "elements": "str", "default": []},
    "certificate_authority_arn": {"type": "str"},
    "key_algorithm": {"type": "str", "choices": list(KEY_ALGORITHMS), "no_log": False},
    "match": {"type": "str", "choices": ["exact", "covers"], "default": "exact"},
    "cloudfront": {"type": "bool", "default": False},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "purge_tags": {"type": "bool", "default": True},
}

CERTIFICATE_ARN = re.compile(r"^arn:[\w-]+:acm:(?P<region>[a-z0-9-]+):\d{12}:certificate/[\w-]+$")
CA_ARN = re.compile(r"^arn:[\w-]+:acm-pca:([a-z0-9-]+):\d{12}:certificate-authority/[\w-]+$")
_REGION = re.compile(r"^[a-z]{2}(-[a-z]+)+-\d+$")
# Tags of ACM: AWS Certificate Manager user guide, "Tag restrictions".
_TAG_TEXT = re.compile(r"^[\w\s.:/=+\-@]*$")
_MOST_TAGS = 50
_SHORTEST_PREFIX = 3
_OUR_TAGS = 3


def wanted_certificates(
    entries: t.Sequence[t.Mapping[str, t.Any]], defaults: t.Mapping[str, t.Any]
) -> list[WantedCertificate]:
    """The wanted certificates of a list of entries; ``defaults`` fill in what an entry leaves out.

    Raises InvalidInput with every fault of every entry.
    """
    wanted, faults = [], []
    for position, entry in enumerate(entries):
        where = f"certificates[{position}]" + (f" ({entry['name']})" if entry.get("name") else "")
        found, certificate = _wanted(entry, defaults)
        faults += [f"{where}: {fault}" for fault in found]
        if certificate:
            wanted.append(certificate)
    faults += _duplicates(wanted)
    if faults:
        raise InvalidInput(faults)
    return wanted


def wanted_certificate(options: t.Mapping[str, t.Any], defaults: t.Mapping[str, t.Any]) -> WantedCertificate:
    """The same for the options of a module that takes one certificate."""
    faults, certificate = _wanted(options, defaults)
    if options.get("certificate_arn"):
        faults.append("certificate_arn is for state: absent only; a certificate that is wanted is known by its names")
    if certificate is None or faults:
        raise InvalidInput(faults)
    return certificate


def unwanted_certificate(options: t.Mapping[str, t.Any], region: str | None) -> UnwantedCertificate:
    """Which certificate ``state: absent`` means. Raises InvalidInput."""
    arn, name = options.get("certificate_arn"), options.get("name")
    names = [*([options["domain_name"]] if options.get("domain_name") else []), *options["subject_alternative_names"]]
    region = CLOUDFRONT_REGION if options.get("cloudfront") else region
    if arn:
        found = CERTIFICATE_ARN.match(arn)
        faults = [] if found else [f"certificate_arn {arn} isn't the ARN of an ACM certificate"]
        if name or names:
            faults.append("certificate_arn says it all: leave out name, domain_name and subject_alternative_names")
        if faults or not found:
            raise InvalidInput(faults)
        return UnwantedCertificate(found["region"], arn=arn)
    faults = _region_faults(options, region)
    if not name and not names:
        faults.append("say which certificate: certificate_arn, name, or its names")
    try:
        known = certificate_names(options.get("domain_name"), names, public=False).names if names and not name else ()
    except InvalidNames as error:
        faults += error.faults
    if faults:
        raise InvalidInput(faults)
    return UnwantedCertificate(region or "", name=name or None, names=known)


def required_region(region: str | None) -> str:
    """Raises InvalidInput where there is none."""
    faults = _region_faults({}, region)
    if faults or not region:
        raise InvalidInput(faults)
    return region


@dataclasses.dataclass(frozen=True)
class DeletionSettings:
    """``regions``: where else certificates may need the same records; None means every Region. Seconds."""

    regions: tuple[str, ...] | None = None
    remove_records: bool = True
    in_use_timeout: float = 0


def deletion_settings(options: t.Mapping[str, t.Any]) -> DeletionSettings:
    """Raises InvalidInput."""
    regions = tuple(options.get("regions") or ())
    faults = [fault for region in regions for fault in _region_faults({}, region)]
    timeout = options.get("in_use_timeout", 0)
    if timeout < 0:
        faults.append(f"in_use_timeout must be 0 or more seconds, not {timeout}")
    if faults:
        raise InvalidInput(faults)
    return DeletionSettings(regions or None, options.get("remove_records", True), timeout)


def retired_certificates(options: t.Mapping[str, t.Any], region: str | None) -> UnwantedCertificate:
    """Which certificates a group has no more use for. Raises InvalidInput."""
    faults = _region_faults({}, region)
    prefix = options["name_prefix"]
    if len(prefix) < _SHORTEST_PREFIX:
        faults.append(f"name_prefix {prefix!r}: a group's prefix has at least {_SHORTEST_PREFIX} characters")
    faults += [
        f"keep: {arn!r} isn't the ARN of an ACM certificate"
        for arn in options["keep"]
        if not CERTIFICATE_ARN.match(arn)
    ]
    if faults:
        raise InvalidInput(faults)
    return UnwantedCertificate(region or "", name_prefix=prefix, keep=frozenset(options["keep"]))


def _wanted(
    entry: t.Mapping[str, t.Any], defaults: t.Mapping[str, t.Any]
) -> tuple[list[str], WantedCertificate | None]:
    ca = entry.get("certificate_authority_arn")
    if ca is None:  # an empty string makes a public certificate
        ca = defaults.get("certificate_authority_arn")
    algorithm = entry.get("key_algorithm") or defaults.get("key_algorithm") or "RSA_2048"
    region = CLOUDFRONT_REGION if entry.get("cloudfront") else entry.get("region") or defaults.get("region")
    tags = _merged_tags(entry.get("tags"), defaults.get("tags"))
    faults = [
        *_region_faults(entry, region),
        *_ca_faults(ca, algorithm, region),
        *_tag_faults(tags or {}),
        *name_faults(entry.get("name")),
    ]
    try:
        names = certificate_names(entry.get("domain_name"), entry.get("subject_alternative_names") or [], public=not ca)
    except InvalidNames as error:
        return [*error.faults, *faults], None
    return faults, WantedCertificate(
        domain_name=names.domain_name,
        names=names.names,
        region=region or "",
        name=entry.get("name") or None,
        key_algorithm=algorithm,
        certificate_authority_arn=ca or None,
        tags=tags,
        purge_tags=entry.get("purge_tags", True),
        match=entry.get("match") or "exact",
    )


def _merged_tags(own: t.Mapping[str, t.Any] | None, default: t.Mapping[str, t.Any] | None) -> dict[str, str] | None:
    """None where neither says anything: then tags are left alone."""
    if own is None and default is None:
        return None
    return {str(key): str(value) for key, value in {**(default or {}), **(own or {})}.items()}


def _region_faults(entry: t.Mapping[str, t.Any], region: str | None) -> list[str]:
    if not region:
        return ["no Region: set region, or AWS_REGION in the environment"]
    if not _REGION.match(region):
        return [f"region {region} isn't the name of an AWS Region (such as eu-west-1)"]
    if entry.get("cloudfront") and entry.get("region") not in (None, CLOUDFRONT_REGION):
        return [f"cloudfront asks for {CLOUDFRONT_REGION}, region for {entry['region']}: leave one of them out"]
    return []


def _ca_faults(ca: str | None, algorithm: str, region: str | None) -> list[str]:
    found = CA_ARN.match(ca) if ca else None
    if ca and not found:
        return [f"certificate_authority_arn {ca} isn't the ARN of a private CA (arn:aws:acm-pca:...)"]
    if found and region and found[1] != region:
        return [f"the private CA is in {found[1]}, the certificate in {region}: ACM needs both in one Region"]
    if not ca and algorithm not in PUBLIC_KEY_ALGORITHMS:
        return [
            f"key_algorithm {algorithm} is for private CAs; public certificates have {', '.join(PUBLIC_KEY_ALGORITHMS)}"
        ]
    return []


def _tag_faults(tags: t.Mapping[str, str]) -> list[str]:
    faults = []
    if len(tags) > _MOST_TAGS - _OUR_TAGS:
        faults.append(f"{len(tags)} tags: ACM takes {_MOST_TAGS}, and {_OUR_TAGS} of them are this collection's own")
    return faults + tag_text_faults(tags)


def tag_text_faults(tags: t.Mapping[str, str]) -> list[str]:
    """What no service takes as the key or value of a tag, and what belongs to AWS or to this collection."""
    faults = []
    for key, value in tags.items():
        if key.lower().startswith(("aws:", "tlsops:")):
            faults.append(f"tag {key}: the prefixes aws: and tlsops: are reserved")
        if not key or len(key) > 128 or not _TAG_TEXT.match(key):
            faults.append(f"tag {key!r}: a key has 1 to 128 letters, digits, spaces and . : / = + - @ _")
        if len(value) > 256 or not _TAG_TEXT.match(value):
            faults.append(
                f"tag {key}: a value has up to 256 letters, digits, spaces and . : / = + - @ _, not {value!r}"
            )
    return faults


def name_faults(name: str | None) -> list[str]:
    """What no certificate can be called."""
    if name and (len(name) > 256 or not _TAG_TEXT.match(name)):
        return [f"name {name!r}: it is kept as a tag, so it has up to 256 letters, digits, spaces and . : / = + - @ _"]
    return []


def _duplicates(wanted: t.Sequence[WantedCertificate]) -> list[str]:
    """Two entries that one certificate would answer: they would fight over its tags."""
    faults, seen = [], set()
    for each in wanted:
        key = (
            (each.region, each.name)
            if each.name
            else (each.region, each.names, each.certificate_authority_arn, each.key_algorithm)
        )
        if key in seen:
            what = f"the name {each.name}" if each.name else f"the names {', '.join(each.names)}"
            faults.append(f"{what} is asked for twice in {each.region}: drop one entry, or give each a name of its own")
        seen.add(key)
    return faults
