# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Route 53's API as the modules see it: zones, listings, batches, changes. Sources stand at the handlers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sandbox.local_route53 import LocalRoute53, change

OTHER = "222222222222"


@pytest.fixture
def aws() -> Iterator[LocalRoute53]:
    with LocalRoute53(dns=False) as service:
        yield service


def listed(aws: LocalRoute53, zone_id: str, **start: Any) -> list[tuple[str, str]]:
    found = aws.call("ListResourceRecordSets", HostedZoneId=zone_id, **start)["ResourceRecordSets"]
    return [(item["Name"], item["Type"]) for item in found]


# Hosted zones


def test_a_public_zone_has_four_name_servers_soa_and_ns(aws: LocalRoute53) -> None:
    """SOA-NSrecords.html."""
    made = aws.call("CreateHostedZone", Name="Example.com", CallerReference="r")
    assert made["HostedZone"]["Name"] == "example.com."
    assert made["HostedZone"]["Config"] == {"PrivateZone": False}
    assert made["HostedZone"]["ResourceRecordSetCount"] == 2
    servers = made["DelegationSet"]["NameServers"]
    assert [server.split("awsdns-")[1][2:] for server in servers] == [".com.", ".net.", ".org.", ".co.uk."]
    name_servers, soa = aws.call("ListResourceRecordSets", HostedZoneId=made["HostedZone"]["Id"])["ResourceRecordSets"]
    assert (name_servers["Type"], name_servers["TTL"]) == ("NS", 172800)
    assert [record["Value"] for record in name_servers["ResourceRecords"]] == servers
    assert (soa["Type"], soa["TTL"]) == ("SOA", 900)
    timers = "awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
    assert soa["ResourceRecords"][0]["Value"] == f"{servers[0]} {timers}"


def test_a_zone_with_a_vpc_is_private_and_has_no_delegation_set(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com", vpc="vpc-1")
    found = aws.call("GetHostedZone", Id=zone_id)
    assert found["HostedZone"]["Config"]["PrivateZone"] is True
    assert found["VPCs"] == [{"VPCRegion": "eu-west-1", "VPCId": "vpc-1"}]
    assert "DelegationSet" not in found


def test_a_private_zone_needs_a_vpc_and_one_vpc_has_a_name_once(aws: LocalRoute53) -> None:
    config = {"PrivateZone": True}
    error = aws.refused("CreateHostedZone", Name="example.com", CallerReference="a", HostedZoneConfig=config)
    assert error.code == "InvalidInput"
    aws.zone("example.com", vpc="vpc-1")
    vpc = {"VPCRegion": "eu-west-1", "VPCId": "vpc-1"}
    assert aws.refused("CreateHostedZone", Name="example.com", CallerReference="b", VPC=vpc).code == (
        "ConflictingDomainExists"
    )


def test_public_private_and_duplicate_zones_of_one_name_are_legal(aws: LocalRoute53) -> None:
    """ "Two hosted zones that have the same name ... can't have any common name servers" (ConflictingDomainExists)."""
    ids = [
        aws.zone("example.com"),
        aws.zone("example.com"),
        aws.zone("sub.example.com"),
        aws.zone("example.com", OTHER),
    ]
    aws.zone("example.com", vpc="vpc-1")
    servers = [
        server
        for zone_id, account in zip(ids, ["111111111111"] * 3 + [OTHER], strict=True)
        for server in aws.call("GetHostedZone", account, Id=zone_id)["DelegationSet"]["NameServers"]
    ]
    assert len(set(servers)) == 16


def test_zones_of_one_name_run_out_of_name_servers(aws: LocalRoute53) -> None:
    """DelegationSetNotAvailable: "there is a limit to the number of hosted zones that have the same name"."""
    for _number in range(63):
        aws.zone("example.com")
    error = aws.refused("CreateHostedZone", Name="www.example.com", CallerReference="more")
    assert error.code == "DelegationSetNotAvailable"
    aws.zone("example.org")


def test_a_caller_reference_is_good_once(aws: LocalRoute53) -> None:
    zone_id = aws.call("CreateHostedZone", Name="example.com", CallerReference="once")["HostedZone"]["Id"]
    error = aws.refused("CreateHostedZone", Name="example.org", CallerReference="once")
    assert (error.code, error.status) == ("HostedZoneAlreadyExists", 409)
    aws.call("DeleteHostedZone", Id=zone_id)
    assert aws.refused("CreateHostedZone", Name="example.com", CallerReference="once").code == "HostedZoneAlreadyExists"
    aws.call("CreateHostedZone", OTHER, Name="example.com", CallerReference="once")


@pytest.mark.parametrize("name", ["com", "a..b.com", 64 * "a" + ".com", ".".join(["a" * 60] * 5) + ".com"])
def test_invalid_zone_names(aws: LocalRoute53, name: str) -> None:
    assert aws.refused("CreateHostedZone", Name=name, CallerReference="r").code == "InvalidDomainName"


def test_500_zones_in_an_account(aws: LocalRoute53) -> None:
    for number in range(500):
        aws.zone(f"z{number}.org")
    assert aws.refused("CreateHostedZone", Name="one-more.org", CallerReference="x").code == "TooManyHostedZones"
    assert aws.call("GetHostedZoneCount") == {"HostedZoneCount": 500}


def test_only_an_empty_zone_can_be_deleted(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    aws.put(zone_id, "www.example.com", "A", "192.0.2.1")
    error = aws.refused("DeleteHostedZone", Id=zone_id)
    assert (error.code, error.status) == ("HostedZoneNotEmpty", 400)
    aws.change(zone_id, change("DELETE", "www.example.com", "A", "192.0.2.1"))
    assert aws.call("DeleteHostedZone", Id=zone_id)["ChangeInfo"]["Status"] == "PENDING"
    assert aws.refused("GetHostedZone", Id=zone_id).code == "NoSuchHostedZone"


def test_zones_of_another_account_are_unknown(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    for action, parameters in (
        ("GetHostedZone", {"Id": zone_id}),
        ("DeleteHostedZone", {"Id": zone_id}),
        ("ListResourceRecordSets", {"HostedZoneId": zone_id}),
        ("ChangeResourceRecordSets", {"HostedZoneId": zone_id, "ChangeBatch": {"Changes": []}}),
    ):
        error = aws.refused(action, OTHER, **parameters)
        assert (error.code, error.status) == ("NoSuchHostedZone", 404)
    assert aws.call("ListHostedZones", OTHER)["HostedZones"] == []


# Listing zones


def pages(aws: LocalRoute53, size: int, **start: Any) -> list[list[str]]:
    """All pages of ListHostedZonesByName, as names."""
    found = []
    while True:
        page = aws.call("ListHostedZonesByName", MaxItems=str(size), **start)
        found.append([zone["Name"] for zone in page["HostedZones"]])
        if not page["IsTruncated"]:
            assert "NextDNSName" not in page
            return found
        start = {"DNSName": page["NextDNSName"], "HostedZoneId": page["NextHostedZoneId"]}


def test_zones_by_name_start_at_the_name_and_are_not_filtered(aws: LocalRoute53) -> None:
    for name in ("example.com", "sub.example.com", "example.net", "aaa.com"):
        aws.zone(name)
    aws.zone("example.com", vpc="vpc-1")
    whole = ["aaa.com.", "example.com.", "example.com.", "sub.example.com.", "example.net."]
    assert pages(aws, 100) == [whole]
    assert pages(aws, 100, DNSName="example.com") == [whole[1:]]
    assert pages(aws, 100, DNSName="www.example.com") == [whole[4:]]
    assert pages(aws, 100, DNSName="zzz.org") == [[]]


def test_zones_by_name_come_in_pages(aws: LocalRoute53) -> None:
    for name in ("a.com", "b.com", "c.com"):
        aws.zone(name)
        aws.zone(name)
    assert pages(aws, 4) == [["a.com.", "a.com.", "b.com.", "b.com."], ["c.com.", "c.com."]]
    assert pages(aws, 5, DNSName="a.com") == [["a.com.", "a.com.", "b.com.", "b.com.", "c.com."], ["c.com."]]
    ids = [zone["Id"] for zone in aws.call("ListHostedZonesByName")["HostedZones"]]
    assert len(set(ids)) == 6
    assert aws.refused("ListHostedZonesByName", HostedZoneId="Z1").code == "InvalidInput"


def test_the_trailing_dot_counts_in_the_order(aws: LocalRoute53) -> None:
    """ "Note the trailing dot, which can change the sort order": com.a-b. comes before com.a."""
    aws.zone("a.com")
    aws.zone("a-b.com")
    assert pages(aws, 100) == [["a-b.com.", "a.com."]]


def test_zones_come_a_hundred_a_page_private_ones_too(aws: LocalRoute53) -> None:
    ids = [aws.zone(f"z{number}.org") for number in range(120)]
    ids.append(aws.zone("private.org", vpc="vpc-1"))
    first = aws.call("ListHostedZones", MaxItems="500")
    assert (len(first["HostedZones"]), first["IsTruncated"]) == (100, True)
    second = aws.call("ListHostedZones", Marker=first["NextMarker"])
    assert (len(second["HostedZones"]), second["IsTruncated"]) == (21, False)
    assert "NextMarker" not in second
    found = [zone["Id"] for zone in first["HostedZones"] + second["HostedZones"]]
    assert sorted(found) == sorted(ids)
    assert found != ids, "the order of ListHostedZones means nothing"
    private = aws.call("ListHostedZones", HostedZoneType="PrivateHostedZone")["HostedZones"]
    assert [zone["Name"] for zone in private] == ["private.org."]


@pytest.mark.parametrize("action", ["ListHostedZones", "ListHostedZonesByName"])
def test_max_items_is_a_positive_number(aws: LocalRoute53, action: str) -> None:
    for wrong in ("0", "-1", "many"):
        assert aws.refused(action, MaxItems=wrong).code == "InvalidInput"


def test_page_limit_forces_pagination(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    aws.zone("example.org")
    aws.context.settings.page_limit = 1
    assert aws.call("ListHostedZones")["IsTruncated"]
    assert aws.call("ListHostedZonesByName")["IsTruncated"]
    assert aws.call("ListResourceRecordSets", HostedZoneId=zone_id)["IsTruncated"]


# Record sets


def test_record_sets_are_listed_by_reversed_labels_then_type(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    for name in ("www.example.com", "a.www.example.com", "_x.example.com", "*.example.com", "0.example.com"):
        aws.put(zone_id, name, "TXT", '"x"')
    aws.put(zone_id, "www.example.com", "A", "192.0.2.1")
    assert listed(aws, zone_id) == [
        ("example.com.", "NS"),
        ("example.com.", "SOA"),
        ("0.example.com.", "TXT"),
        ("\\052.example.com.", "TXT"),
        ("_x.example.com.", "TXT"),
        ("www.example.com.", "A"),
        ("www.example.com.", "TXT"),
        ("a.www.example.com.", "TXT"),
    ]


def test_a_listing_starts_at_name_and_type(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    aws.put(zone_id, "b.example.com", "A", "192.0.2.1")
    aws.put(zone_id, "b.example.com", "TXT", '"x"')
    aws.put(zone_id, "d.example.com", "A", "192.0.2.1")
    rest = [("d.example.com.", "A")]
    both = [("b.example.com.", "A"), ("b.example.com.", "TXT")]
    assert listed(aws, zone_id, StartRecordName="b.example.com") == both + rest
    assert listed(aws, zone_id, StartRecordName="B.example.com.", StartRecordType="CAA") == both[1:] + rest
    assert listed(aws, zone_id, StartRecordName="c.example.com", StartRecordType="TXT") == rest
    assert listed(aws, zone_id, StartRecordName="e.example.com") == []
    assert aws.refused("ListResourceRecordSets", HostedZoneId=zone_id, StartRecordType="A").code == "InvalidInput"


def test_record_sets_come_300_a_page(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    aws.change(zone_id, *[change("CREATE", f"n{number}.example.com", "A", "192.0.2.1") for number in range(700)])
    found: list[tuple[str, str]] = []
    start: dict[str, Any] = {}
    sizes = []
    while True:
        page = aws.call("ListResourceRecordSets", HostedZoneId=zone_id, MaxItems="1000", **start)
        sizes.append(len(page["ResourceRecordSets"]))
        found += [(item["Name"], item["Type"]) for item in page["ResourceRecordSets"]]
        if not page["IsTruncated"]:
            break
        start = {"StartRecordName": page["NextRecordName"], "StartRecordType": page["NextRecordType"]}
    assert sizes == [300, 300, 102]
    assert len(set(found)) == 702


def test_routed_record_sets_are_paged_by_identifier(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    for identifier in ("a", "b", "c"):
        aws.change(zone_id, change("CREATE", "w.example.com", "A", "192.0.2.1", SetIdentifier=identifier, Weight=1))
    start = {"StartRecordName": "w.example.com", "StartRecordType": "A"}
    page = aws.call("ListResourceRecordSets", HostedZoneId=zone_id, MaxItems="1", **start)
    assert page["NextRecordIdentifier"] == "b"
    assert page["ResourceRecordSets"][0]["Weight"] == 1
    start["StartRecordIdentifier"] = "b"
    rest = aws.call("ListResourceRecordSets", HostedZoneId=zone_id, **start)["ResourceRecordSets"]
    assert [item["SetIdentifier"] for item in rest] == ["b", "c"]


def test_a_listing_shows_pending_records(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    info = aws.change(zone_id, change("CREATE", "www.example.com", "A", "192.0.2.1"))["ChangeInfo"]
    assert info["Status"] == "PENDING"
    assert ("www.example.com.", "A") in listed(aws, zone_id)


def test_a_batch_is_made_whole_or_not_at_all(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    error = aws.refused_change(
        zone_id,
        change("CREATE", "good.example.com", "A", "192.0.2.1"),
        change("DELETE", "absent.example.com", "A", "192.0.2.1"),
    )
    assert error.code == "InvalidChangeBatch"
    assert error.message == f"[{error.attributes['messages'][0]}]"
    assert len(listed(aws, zone_id)) == 2
    assert aws.call("GetHostedZone", Id=zone_id)["HostedZone"]["ResourceRecordSetCount"] == 2


def test_values_are_returned_as_they_were_given(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    aws.put(zone_id, "_T.Example.com", "CNAME", "_V.acm-validations.aws", ttl=77)
    found = aws.call("ListResourceRecordSets", HostedZoneId=zone_id, StartRecordName="_t.example.com")
    assert found["ResourceRecordSets"] == [
        {
            "Name": "_t.example.com.",
            "Type": "CNAME",
            "TTL": 77,
            "ResourceRecords": [{"Value": "_V.acm-validations.aws"}],
        }
    ]


def test_a_zone_of_another_service_is_not_ours_to_change(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    service = "servicediscovery.amazonaws.com"
    aws.context.control["hosted-zones"]("POST", {"id": zone_id, "linked_service": service})
    assert aws.call("ListHostedZones")["HostedZones"][0]["LinkedService"]["ServicePrincipal"] == service
    error = aws.refused_change(zone_id, change("CREATE", "www.example.com", "A", "192.0.2.1"))
    assert (error.code, error.status) == ("AccessDenied", 403)
    assert aws.refused("DeleteHostedZone", Id=zone_id).code == "AccessDenied"


# Changes


def test_a_change_is_pending_until_it_is_insync(aws: LocalRoute53) -> None:
    aws.context.settings.insync_delay = 60
    zone_id = aws.zone("example.com")
    info = aws.change(zone_id, change("CREATE", "www.example.com", "A", "192.0.2.1"))["ChangeInfo"]
    aws.context.clock.advance(59)
    assert aws.call("GetChange", Id=info["Id"])["ChangeInfo"]["Status"] == "PENDING"
    aws.context.clock.advance(1)
    assert aws.call("GetChange", Id=info["Id"])["ChangeInfo"]["Status"] == "INSYNC"
    assert aws.call("GetChange", Id=info["Id"].removeprefix("/change/"))["ChangeInfo"]["Id"] == info["Id"]


def test_changes_unknown_or_of_another_account(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    info = aws.change(zone_id, change("CREATE", "www.example.com", "A", "192.0.2.1"))["ChangeInfo"]
    for account, change_id in (("111111111111", "C1"), (OTHER, info["Id"])):
        error = aws.refused("GetChange", account, Id=change_id)
        assert (error.code, error.status) == ("NoSuchChange", 404)


def test_one_request_of_a_zone_at_a_time(aws: LocalRoute53) -> None:
    """DNSLimitations.html: PriorRequestNotComplete while a prior change of the zone is being processed."""
    zone_id, other_zone = aws.zone("example.com"), aws.zone("example.org")
    aws.context.settings.prior_request_ms = 500
    aws.change(zone_id, change("CREATE", "a.example.com", "A", "192.0.2.1"))
    error = aws.refused_change(zone_id, change("CREATE", "b.example.com", "A", "192.0.2.1"))
    assert (error.code, error.status) == ("PriorRequestNotComplete", 400)
    aws.change(other_zone, change("CREATE", "b.example.org", "A", "192.0.2.1"))
    aws.context.clock.advance(0.5)
    aws.change(zone_id, change("CREATE", "b.example.com", "A", "192.0.2.1"))


def test_change_tokens_1500_and_100_a_second_upsert_costs_two(aws: LocalRoute53) -> None:
    """Change throughput, in force since 30 July 2026: facts of "Throttling of API requests"."""
    zone_id = aws.zone("example.com")
    aws.context.settings.throttle = True
    for batch in range(3):
        names = [f"n{batch}-{number}.example.com" for number in range(250)]
        aws.change(zone_id, *[change("UPSERT", name, "A", "192.0.2.1") for name in names])
    error = aws.refused_change(zone_id, change("CREATE", "more.example.com", "A", "192.0.2.1"))
    assert (error.code, error.status) == ("Throttling", 400)
    aws.context.clock.advance(1)
    fifty = [change("UPSERT", f"s{number}.example.com", "A", "192.0.2.1") for number in range(50)]
    aws.change(zone_id, *fifty)
    assert aws.refused_change(zone_id, change("CREATE", "more.example.com", "A", "192.0.2.1")).code == "Throttling"


def test_a_refused_batch_costs_no_tokens_and_a_throttled_one_changes_nothing(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    aws.context.settings.throttle = True
    aws.context.throttle.charge_changes("111111111111", 1499)
    assert aws.refused_change(zone_id, change("DELETE", "x.example.com", "A", "192.0.2.1")).code == "InvalidChangeBatch"
    assert aws.refused_change(zone_id, change("UPSERT", "x.example.com", "A", "192.0.2.1")).code == "Throttling"
    assert len(listed(aws, zone_id)) == 2
    aws.change(zone_id, change("CREATE", "x.example.com", "A", "192.0.2.1"))


# Tags, reset


def test_tags(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com").rpartition("/")[2]
    resource = {"ResourceType": "hostedzone", "ResourceId": zone_id}
    aws.call("ChangeTagsForResource", **resource, AddTags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    aws.call("ChangeTagsForResource", **resource, RemoveTagKeys=["a"])
    assert aws.call("ListTagsForResource", **resource)["ResourceTagSet"]["Tags"] == [{"Key": "b", "Value": "2"}]
    sets = aws.call("ListTagsForResources", ResourceType="hostedzone", ResourceIds=[zone_id])["ResourceTagSets"]
    assert [item["ResourceId"] for item in sets] == [zone_id]


def test_reset_forgets_everything(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com", delegate=True)
    aws.context.reset()
    assert aws.call("ListHostedZones")["HostedZones"] == []
    assert aws.refused("GetHostedZone", Id=zone_id).code == "NoSuchHostedZone"
    again = aws.call("CreateHostedZone", Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    assert again != zone_id
    aws.context.registrar.delegate("example.com", again)
