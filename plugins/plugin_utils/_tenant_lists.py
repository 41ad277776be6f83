# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What the role cloudfront_tenants puts together: tenants from its list, and the certificates of their own."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._tenant_options import TENANT_ARGUMENTS
from ._attaching import check_keys, request_name
from ._survey_text import listed, names_of

#: Keys of an entry that go into the request of its certificate.
_REQUEST_KEYS = ("key_algorithm", "match")
_KEYS = {*TENANT_ARGUMENTS, *_REQUEST_KEYS, "request", "certificate"}

Record = t.Mapping[str, t.Any]


def _entries(value: t.Any) -> list[dict[str, t.Any]]:
    if isinstance(value, str):
        value = listed(value, "cloudfront_tenants_list")
    if isinstance(value, t.Mapping) or not isinstance(value, t.Sequence):
        raise AnsibleFilterError(f"cloudfront_tenants_list: a text or a list is needed, not {value!r}")
    return [_entry(item) for item in value]


def _entry(item: t.Any) -> dict[str, t.Any]:
    """A text is ``name: domain, domain``."""
    if isinstance(item, str):
        name, colon, domains = item.partition(":")
        if not colon:
            raise AnsibleFilterError(f"a tenant as text is 'name: domain, domain', not {item!r}")
        return {"name": name.strip(), "domains": names_of(domains)}
    check_keys("a tenant", item, _KEYS)
    if not item.get("name"):
        raise AnsibleFilterError(f"a tenant has no name: {dict(item)!r}")
    return {**item, **({"domains": names_of(item["domains"])} if item.get("domains") is not None else {})}


def _requests_one(entry: Record) -> bool:
    return bool(boolean(entry.get("request") or False)) and entry.get("state") != "absent"


def tenant_requests(value: t.Any, group: str) -> list[dict[str, t.Any]]:
    """What to request for tenants that ask for a certificate of their own."""
    requests = []
    for entry in _entries(value):
        if not _requests_one(entry):
            continue
        if not group:
            raise AnsibleFilterError(
                f"tenant {entry['name']} requests a certificate: cloudfront_tenants_group is needed"
            )
        if not entry.get("domains"):
            raise AnsibleFilterError(f"tenant {entry['name']} has no domains to request a certificate for")
        request = {key: entry[key] for key in _REQUEST_KEYS if key in entry}
        name = request_name("tenant", group, entry["name"])
        requests.append({**request, "name": name, "subject_alternative_names": entry["domains"], "cloudfront": True})
    return requests


def tenant_certificates(
    value: t.Any, group: str, requested: t.Sequence[Record] = (), certificates: t.Mapping[str, t.Any] | None = None
) -> dict[str, t.Any]:
    """What each tenant is to be: ``{tenants: [...], waiting: [names], requested: [ARNs]}``.

    A tenant waits whose certificate isn't issued (yet): it isn't touched.
    """
    by_name = {record["name"]: record for record in requested}
    tenants, waiting = [], []
    for entry in _entries(value):
        tenant = {key: entry[key] for key in entry if key in TENANT_ARGUMENTS}
        if _requests_one(entry):
            record = by_name.get(request_name("tenant", group, entry["name"]), {})
            tenant["certificate_arn"] = record.get("arn") if record.get("ready") else None
        elif entry.get("certificate"):
            tenant["certificate_arn"] = _named(entry, certificates or {})
        if (_requests_one(entry) or entry.get("certificate")) and not tenant["certificate_arn"]:
            waiting.append(entry["name"])
        else:
            tenants.append(tenant)
    return {
        "tenants": tenants,
        "waiting": waiting,
        "requested": [record["arn"] for record in requested if record.get("arn")],
    }


def _named(entry: Record, certificates: t.Mapping[str, t.Any]) -> t.Any:
    if entry["certificate"] not in certificates:
        known = ", ".join(sorted(certificates)) or "none"
        raise AnsibleFilterError(
            f"tenant {entry['name']}: cloudfront_tenants_certificates has no {entry['certificate']}; known are: {known}"
        )
    return certificates[entry["certificate"]]
