# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pointing domains to CloudFront: by CNAME, by alias records where DNS allows none, and away again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_world import World
from support.modules import ModuleResult
from tenant_world import DOMAIN

MODULE = "cloudfront_tenant_records"
CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"


class Names:
    """A zone, and the routing endpoint that its names are to point to."""

    def __init__(self, world: World) -> None:
        world.sandbox.configure(insync_delay=0)
        self.world = world
        self.endpoint = world.sandbox.connection_group(default=True)["endpoint"]
        self.zone = world.zone("example.com")
        world.counted()

    def run(self, *names: str, **options: Any) -> ModuleResult:
        records = [{"name": name, "value": self.endpoint} for name in names or (DOMAIN,)]
        return self.world.run(MODULE, records=records, **options)

    def good(self, *names: str, **options: Any) -> dict[str, str]:
        """{name: action} of a run that check mode predicted, and after which there is nothing to do."""
        check = self.run(*names, check=True, diff=True, **options)
        assert not check.failed, check.result
        real = self.run(*names, diff=True, **options)
        assert not real.failed, real.result
        assert check["records"] == real["records"]
        assert (check.result or {}).get("diff") == (real.result or {}).get("diff")
        again = self.run(*names, **options)
        assert again["changed"] is False, again.result
        return {each["name"]: each["action"] for each in real["records"]}

    def points(self, name: str) -> bool:
        """As seen from outside."""
        found, wanted = self.world.sandbox.resolve(name), self.world.sandbox.resolve(self.endpoint)
        return bool(found["records"]) and sorted(found["records"]) == sorted(wanted["records"])

    def sets(self, name: str) -> dict[str, Any]:
        """{type: values, or the alias' host} of a name."""
        answer = self.world.route53().list_resource_record_sets(HostedZoneId=self.zone)
        return {
            each["Type"]: each["AliasTarget"]["DNSName"].rstrip(".")
            if "AliasTarget" in each
            else [value["Value"] for value in each["ResourceRecords"]]
            for each in answer["ResourceRecordSets"]
            if each["Name"] == f"{name}."
        }


@pytest.fixture
def names(world: World) -> Names:
    return Names(world)


def test_a_name_below_the_apex_gets_a_cname(names: Names) -> None:
    assert names.good() == {DOMAIN: "created"}
    assert names.sets(DOMAIN) == {"CNAME": [names.endpoint]}
    assert names.points(DOMAIN)


def test_the_apex_gets_alias_records_and_the_challenge(names: Names) -> None:
    names.good("example.com")
    found = names.sets("example.com")
    assert (found["A"], found["AAAA"]) == (names.endpoint, names.endpoint)
    assert names.sets("_cf-challenge.example.com") == {"TXT": [f'"{names.endpoint}"']}
    assert names.points("example.com")


def test_a_name_with_mail_keeps_it(names: Names) -> None:
    """A CNAME would have to stand alone."""
    names.world.put_record(names.zone, DOMAIN, "MX", "10 mail.example.com")
    names.good()
    found = names.sets(DOMAIN)
    assert found["MX"] == ["10 mail.example.com"]
    assert found["A"] == names.endpoint
    assert names.points(DOMAIN)


def test_other_addresses_are_an_error_unless_they_are_to_be_replaced(names: Names) -> None:
    names.world.put_record(names.zone, DOMAIN, "A", "192.0.2.1")
    names.world.put_record(names.zone, "blog.example.com", "CNAME", "old.example.net")
    result = names.run(DOMAIN, "blog.example.com", "new.example.com")
    assert result.failed
    for part in (DOMAIN, "192.0.2.1", "blog.example.com", "old.example.net"):
        assert part in json.dumps(result.result), part
    assert names.sets("new.example.com") == {}
    names.good(DOMAIN, "blog.example.com", replace=True)
    assert names.sets(DOMAIN) == {"CNAME": [names.endpoint]}
    assert names.sets("blog.example.com") == {"CNAME": [names.endpoint]}


def test_the_apex_of_an_old_site_moves_in_one_change(names: Names) -> None:
    names.world.put_record(names.zone, "example.com", "A", "192.0.2.1")
    names.world.counted()
    assert names.run("example.com", replace=True)["changed"] is True
    assert names.world.counted()["route53:ChangeResourceRecordSets"] == 1
    assert names.points("example.com")
    assert names.sets("example.com")["SOA"]


def test_another_endpoint_is_an_address_like_others(names: Names) -> None:
    other = names.world.sandbox.connection_group("other")["endpoint"]
    names.world.put_record(names.zone, DOMAIN, "CNAME", other)
    assert names.run().failed
    assert names.good(replace=True) == {DOMAIN: "replaced"}
    assert names.points(DOMAIN)


def test_absent_takes_only_what_leads_to_the_endpoint(names: Names) -> None:
    names.good(DOMAIN, "example.com")
    names.world.put_record(names.zone, "blog.example.com", "CNAME", "elsewhere.example.net")
    names.good(DOMAIN, "example.com", "blog.example.com", state="absent")
    assert names.sets(DOMAIN) == {}
    assert set(names.sets("example.com")) == {"NS", "SOA"}
    assert names.sets("_cf-challenge.example.com") == {}
    assert names.sets("blog.example.com") == {"CNAME": ["elsewhere.example.net"]}


def test_names_without_a_zone_are_said_all_at_once_and_nothing_is_written(names: Names) -> None:
    result = names.run(DOMAIN, "shop.example.org", "shop.example.net")
    assert result.failed
    for part in ("shop.example.org", "shop.example.net"):
        assert part in result["msg"]
    assert names.sets(DOMAIN) == {}


def test_many_names_are_one_change(names: Names) -> None:
    wanted = [f"n{number}.example.com" for number in range(120)]
    names.world.counted()
    assert names.run(*wanted)["changed"] is True
    assert names.world.counted()["route53:ChangeResourceRecordSets"] == 1
    assert all(names.points(name) for name in (wanted[0], wanted[-1]))


def test_the_same_name_may_be_asked_for_twice_but_not_for_two_endpoints(names: Names) -> None:
    assert names.run(DOMAIN, DOMAIN.upper())["changed"] is True
    records = [{"name": DOMAIN, "value": names.endpoint}, {"name": DOMAIN, "value": "dother.cloudfront.net"}]
    result = names.world.run(MODULE, records=records)
    assert result.failed
    assert DOMAIN in result["msg"]
