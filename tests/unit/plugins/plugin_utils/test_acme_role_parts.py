# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.tlsops.certificates.plugins.plugin_utils import _acme_certificates
from ansible_collections.tlsops.certificates.plugins.plugin_utils._acme_certificates import (
    acme_certificate_entries,
    acme_deployments,
    acme_dns,
    acme_faults,
    acme_orders,
    acme_publishers,
    acme_requests,
)

STAGING = "letsencrypt_staging"


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The collections that the role needs, which aren't there where only rules are tested."""
    monkeypatch.setattr(_acme_certificates, "_is_installed", lambda collection: True)


def test_a_collection_that_is_missing_is_said_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_acme_certificates, "_is_installed", lambda collection: collection != "community.crypto")
    [fault] = acme_faults(entries({"dns_names": "a.test"}), STAGING, "route53", True)
    assert "the collection community.crypto is needed" in fault


def entries(*given: dict[str, Any], issuer: str = STAGING) -> list[dict[str, Any]]:
    return acme_certificate_entries(given, "/etc/tlsops", {"key_algorithm": "EC_prime256v1", "mode": ""}, issuer)


def test_entries_with_the_same_names_are_one_certificate_with_all_targets() -> None:
    files, acm = {"type": "files"}, {"type": "acm", "production": "yes"}
    first, other = entries(
        {"name": "site", "dns_names": "a.test, *.a.test", "deploy": [files]},
        {"name": "again", "dns_names": ["*.A.test", "a.test"], "deploy": [acm]},
        {"dns_names": ["b.test"], "profile": "shortlived"},
    )
    assert (first["directory"], first["deploy"], first["production"]) == ("/etc/tlsops/site", [files, acm], True)
    assert (other["directory"], other["template"], other["production"]) == ("/etc/tlsops/b.test", "shortlived", False)
    [request, _other] = acme_requests([first, other])
    assert set(request) == {
        *("name", "directory", "subject_alternative_names", "key_algorithm", "issuer", "template", "force")
    }


def test_what_the_ca_has_said_is_no_force_so_that_failures_still_have_their_pauses() -> None:
    nights = "0 3 * * sun 4h\n0 3 * * mon 1h UTC"
    given = entries(
        *({"dns_names": [name], "renew_windows": nights} for name in ("a", "b", "c", "d")),
        {"dns_names": ["e"], "force": "yes"},
    )
    said = [
        {"name": "/etc/tlsops/a", "renew_at": "2027-01-01T00:00:00+00:00", "urgent": False},
        {"name": "/etc/tlsops/b", "renew_at": "2027-01-01T00:00:00+00:00", "urgent": True},
        {"name": "/etc/tlsops/c", "renew_at": None, "urgent": False},
        {"name": "/etc/tlsops/d", "renew_at": "2027-01-01T00:00:00+00:00", "urgent": True},
    ]
    asked = acme_requests(given, said, replaced=["/etc/tlsops/d"])
    assert [each["force"] for each in asked] == [False, False, False, False, True]
    assert [each.get("renew_at") for each in asked] == [said[0]["renew_at"], said[1]["renew_at"], None, None, None]
    windows = [{"cron": "0 3 * * sun", "duration": "4h"}, {"cron": "0 3 * * mon", "duration": "1h", "timezone": "UTC"}]
    assert [each.get("renew_windows") for each in asked] == [windows, None, windows, windows, None]


def test_what_is_ordered_is_what_is_pending() -> None:
    record = {"name": "a", "directory": "/d/a", "csr": "CSR", "template": "default", "reason": "Due"}
    requested = {
        "one": [record, {**record, "csr": None}],
        "two": [{**record, "template": "shortlived", "reason": "Forced"}],
    }
    suggested = {"one": [{"name": "/d/a", "identity": "aki.serial"}]}
    first, second = acme_orders(requested, suggested)
    assert (first["profile"], first["replaces"], first["force"]) == (None, "aki.serial", False)
    assert (second["profile"], second["replaces"], second["force"]) == ("shortlived", None, True)


@pytest.mark.parametrize(
    ("dns", "said"),
    [
        ("", "say who writes the records"),
        ("godaddy", "the provider is one of"),
        ({"provider": "rfc2136"}, "rfc2136 needs server"),
        (["route53", "manual"], "only one provider may be without zones"),
        ("route53", None),
        ([{"provider": "route53", "zones": "a.test b.test"}, "manual"], None),
    ],
)
def test_who_writes_the_records(dns: Any, said: str | None) -> None:
    faults = acme_faults(entries({"dns_names": "a.test"}), STAGING, dns, True)
    assert (said in faults[0]) if said else not faults


def test_all_faults_at_once() -> None:
    faults = acme_faults(entries({"dns_names": "a.test", "production": True}), STAGING, "", False)
    assert len(faults) == 3
    assert len(acme_faults(entries({"dns_names": "a.test"}, issuer="x"), "x", "", False)) == 1
    with pytest.raises(AnsibleFilterError, match=r"no dns_names: .*; shop: 'dns_nams', 'issuer' is none of deploy, "):
        entries({"name": "site"}, {"name": "shop", "dns_names": "a.test", "dns_nams": "", "issuer": "x"})
    # What a survey leaves open isn't said.
    assert entries({"dns_names": "a.test", "profile": "", "owner": None, "deploy": []})


def test_the_longest_zone_wins() -> None:
    providers = acme_dns(
        [{"provider": "route53", "zones": "test, a.test."}, {"provider": "rfc2136", "zones": ["b.a.test"]}, "manual"]
    )
    names = ["_acme-challenge.x.a.test", "_acme-challenge.b.a.test", "_acme-challenge.example.com"]
    found = acme_publishers([{"name": name, "txt_values": []} for name in names], providers)
    assert {each["provider"]: each["records"][0]["name"] for each in found} == dict(
        zip(["route53", "rfc2136", "manual"], names, strict=True)
    )
    with pytest.raises(AnsibleFilterError, match="no provider is for the zone"):
        acme_publishers([{"name": names[2], "txt_values": []}], providers[:2])


def test_targets_get_what_is_ready_from_where_it_is_kept() -> None:
    kept = entries({"name": "site", "dns_names": "a.test"})
    own = entries({"name": "mine", "dns_names": "A.test", "production": True, "deploy": [{"type": "acm"}]})
    assert acme_deployments(own, kept, []) == []
    [found] = acme_deployments(own, kept, ["/etc/tlsops/site"])
    assert found == {
        "name": "mine",
        "directory": "/etc/tlsops/site",
        "deploy": [{"type": "acm", "production": True}],
    }
