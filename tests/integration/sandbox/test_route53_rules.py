# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Route 53's refusals of a change batch, one by one. Sources stand at the rules (sandbox/route53_rules.py)."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox.local_route53 import change
from sandbox.route53_rules import InvalidChangeBatch, InvalidInput, RecordSet, apply_changes, parse_changes

ZONE = "example.com."
APEX = (
    RecordSet(ZONE, "NS", ttl=172800, values=("ns-1.awsdns-00.com.",)),
    RecordSet(ZONE, "SOA", ttl=900, values=("ns-1.awsdns-00.com. hostmaster.example. 1 7200 900 1209600 86400",)),
)
HELD = (
    RecordSet("www.example.com.", "A", ttl=300, values=("192.0.2.1", "192.0.2.2")),
    RecordSet("alias.example.com.", "CNAME", ttl=300, values=("target.example.net.",)),
    RecordSet("\\052.example.com.", "TXT", ttl=300, values=('"wild"',)),
    RecordSet("routed.example.com.", "A", "blue", ttl=60, values=("192.0.2.3",), routing={"Weight": 1}),
)
LONG = '"' + 256 * "a" + '"'


def names() -> dict[str, dict[tuple[str, str], RecordSet]]:
    held: dict[str, dict[tuple[str, str], RecordSet]] = {}
    for record_set in (*APEX, *HELD):
        held.setdefault(record_set.name, {})[record_set.key] = record_set
    return held


def outcome(*changes: dict[str, Any]) -> list[str]:
    """The messages of the refusal, or none."""
    try:
        apply_changes(ZONE, "Z1", names(), parse_changes(changes))
    except InvalidChangeBatch as error:
        return error.messages
    return []


ACCEPTED = {
    "a new name": [change("CREATE", "new.example.com", "A", "192.0.2.9")],
    "another type at a name": [change("CREATE", "www.example.com", "TXT", '"x"')],
    "UPSERT over other values": [change("UPSERT", "alias.example.com", "CNAME", "other.example.net")],
    "DELETE with the values in another order": [change("DELETE", "www.example.com", "A", "192.0.2.2", "192.0.2.1")],
    "DELETE under a name in capitals": [change("DELETE", "ALIAS.Example.com.", "CNAME", "target.example.net.")],
    "DELETE of the wildcard as it was written": [change("DELETE", "*.example.com", "TXT", '"wild"')],
    "DELETE of the wildcard as it is listed": [change("DELETE", "\\052.example.com.", "TXT", '"wild"')],
    "DELETE, then CREATE of one record set": [
        change("DELETE", "alias.example.com", "CNAME", "target.example.net."),
        change("CREATE", "alias.example.com", "CNAME", "other.example.net."),
    ],
    "a CNAME in place of the last other record": [
        change("CREATE", "www.example.com", "CNAME", "target.example.net."),
        change("DELETE", "www.example.com", "A", "192.0.2.1", "192.0.2.2"),
    ],
    "a record in place of the CNAME": [
        change("DELETE", "alias.example.com", "CNAME", "target.example.net."),
        change("CREATE", "alias.example.com", "A", "192.0.2.9"),
    ],
    "the zone's own NS, changed": [change("UPSERT", ZONE, "NS", "ns1.example.net.")],
    "another routed record set": [
        change("CREATE", "routed.example.com", "A", "192.0.2.4", SetIdentifier="green", Weight=2)
    ],
    "an underscore": [change("CREATE", "_token.www.example.com", "CNAME", "_value.acm-validations.aws.")],
    "two strings of 255": [change("CREATE", "t.example.com", "TXT", '"' + 255 * "a" + '" "' + 255 * "b" + '"')],
    "CAA": [change("CREATE", ZONE, "CAA", '0 issue "amazon.com"')],
}


@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(changes: list[dict[str, Any]]) -> None:
    assert outcome(*changes) == []


REFUSED = {
    "CREATE of what is there": (
        [change("CREATE", "alias.example.com", "CNAME", "target.example.net.")],
        ["Tried to create resource record set [name='alias.example.com.', type='CNAME'] but it already exists"],
    ),
    "CREATE of a routed one that is there": (
        [change("CREATE", "routed.example.com", "A", "192.0.2.4", SetIdentifier="blue", Weight=2)],
        [
            (
                "Tried to create resource record set [name='routed.example.com.', type='A', set identifier='blue'] "
                "but it already exists"
            )
        ],
    ),
    "CREATE before the DELETE of the same": (
        [
            change("CREATE", "alias.example.com", "CNAME", "other.example.net."),
            change("DELETE", "alias.example.com", "CNAME", "target.example.net."),
        ],
        ["The request contains an invalid set of changes for a resource record set 'CNAME alias.example.com.'"],
    ),
    "DELETE of what is not there": (
        [change("DELETE", "gone.example.com", "A", "192.0.2.1")],
        ["Tried to delete resource record set [name='gone.example.com.', type='A'] but it was not found"],
    ),
    "DELETE of what only the wildcard covers": (
        [change("DELETE", "covered.example.com", "TXT", '"wild"')],
        ["Tried to delete resource record set [name='covered.example.com.', type='TXT'] but it was not found"],
    ),
    "DELETE of a part of the values": (
        [change("DELETE", "www.example.com", "A", "192.0.2.1")],
        [
            (
                "Tried to delete resource record set [name='www.example.com.', type='A'] "
                "but the values provided do not match the current values"
            )
        ],
    ),
    "DELETE with another TTL": (
        [change("DELETE", "alias.example.com", "CNAME", "target.example.net.", ttl=60)],
        [
            (
                "Tried to delete resource record set [name='alias.example.com.', type='CNAME'] "
                "but the values provided do not match the current values"
            )
        ],
    ),
    "one record set twice": (
        [
            change("UPSERT", "_t.example.com", "CNAME", "_v.acm-validations.aws."),
            change("UPSERT", "_T.example.com.", "CNAME", "_v.acm-validations.aws."),
        ],
        ["The request contains an invalid set of changes for a resource record set 'CNAME _t.example.com.'"],
    ),
    "DELETE twice": (
        2 * [change("DELETE", "alias.example.com", "CNAME", "target.example.net.")],
        ["The request contains an invalid set of changes for a resource record set 'CNAME alias.example.com.'"],
    ),
    "CNAME beside an address": (
        [change("CREATE", "www.example.com", "CNAME", "target.example.net.")],
        [
            (
                "RRSet of type CNAME with DNS name www.example.com. is not permitted as it conflicts with other "
                "records with the same DNS name in zone example.com."
            )
        ],
    ),
    "address beside a CNAME": (
        [change("UPSERT", "alias.example.com", "A", "192.0.2.1")],
        [
            (
                "RRSet of type A with DNS name alias.example.com. is not permitted because a conflicting RRSet of type "
                "CNAME with the same DNS name already exists in zone example.com."
            )
        ],
    ),
    "CNAME at the apex": (
        [change("UPSERT", "example.com", "CNAME", "target.example.net.")],
        ["RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com."],
    ),
    "CNAME with two values": (
        [change("CREATE", "two.example.com", "CNAME", "a.example.net.", "b.example.net.")],
        ["RRSet of type CNAME with DNS name two.example.com. cannot have more than one resource record"],
    ),
    "a name that only ends alike": (
        [change("CREATE", "www.notexample.com", "A", "192.0.2.1")],
        ["RRSet with DNS name www.notexample.com. is not permitted in zone example.com."],
    ),
    "a name above the zone": (
        [change("CREATE", "com", "A", "192.0.2.1")],
        ["RRSet with DNS name com. is not permitted in zone example.com."],
    ),
    "NS for a wildcard": (
        [change("CREATE", "*.sub.example.com", "NS", "ns1.example.net.")],
        ["RRSet of type NS with DNS name \\052.sub.example.com. is not permitted: wildcard"],
    ),
    "SOA below the apex": (
        [change("CREATE", "sub.example.com", "SOA", "a. b. 1 2 3 4 5")],
        ["RRSet of type SOA with DNS name sub.example.com. is not permitted in zone example.com."],
    ),
    "the zone's own SOA deleted": (
        [change("DELETE", ZONE, "SOA", *APEX[1].values, ttl=900)],
        ["A HostedZone must contain exactly one SOA record."],
    ),
    "the zone's own NS deleted": (
        [change("DELETE", ZONE, "NS", *APEX[0].values, ttl=172800)],
        ["A HostedZone must contain at least one NS record for the zone itself."],
    ),
    "TXT without quotation marks": (
        [change("CREATE", "t.example.com", "TXT", "bare")],
        [
            (
                "Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be enclosed in "
                "quotation marks) encountered with 'bare''"
            )
        ],
    ),
    "TXT of 256 characters": (
        [change("CREATE", "t.example.com", "TXT", LONG)],
        [
            (
                "Invalid Resource Record: 'FATAL problem: CharacterStringTooLong (Value is too long) encountered with "
                f"'{LONG}''"
            )
        ],
    ),
    "an address that is none": (
        [change("CREATE", "a.example.com", "A", "192.0.2.256")],
        [
            (
                "Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 "
                "address) encountered with '192.0.2.256''"
            )
        ],
    ),
    "one value twice": (
        [change("CREATE", "a.example.com", "A", "192.0.2.1", "192.0.2.1")],
        ["Duplicate Resource Record: '192.0.2.1'"],
    ),
    "a simple record set beside a routed one": (
        [change("CREATE", "routed.example.com", "A", "192.0.2.9")],
        [
            (
                "RRSet with DNS name routed.example.com., type A, SetIdentifier null cannot be created because another "
                "RRSet with the same name and type already exists."
            )
        ],
    ),
    "an empty label": (
        [change("CREATE", "a..example.com", "A", "192.0.2.1")],
        ["FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with 'a..example.com'"],
    ),
    "a label of 64": (
        [change("CREATE", 64 * "a" + ".example.com", "A", "192.0.2.1")],
        [f"FATAL problem: DomainLabelTooLong (Domain label is too long) encountered with '{64 * 'a'}.example.com'"],
    ),
    "two faults": (
        [change("CREATE", "a.example.org", "A", "192.0.2.1"), change("CREATE", ZONE, "CNAME", "b.example.net.")],
        [
            "RRSet with DNS name a.example.org. is not permitted in zone example.com.",
            "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.",
        ],
    ),
}


@pytest.mark.parametrize(("changes", "messages"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(changes: list[dict[str, Any]], messages: list[str]) -> None:
    assert outcome(*changes) == messages


TTL_OR_ALIAS = "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]"
ALIAS = {"HostedZoneId": "Z2", "DNSName": "d1.cloudfront.net.", "EvaluateTargetHealth": False}


@pytest.mark.parametrize("action", ["CREATE", "UPSERT", "DELETE"])
def test_ttl_is_needed_for_every_action(action: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        outcome(change(action, "a.example.com", "A", "192.0.2.1", ttl=None))
    assert str(caught.value).startswith(TTL_OR_ALIAS)
    assert "found none in Change with [Action=" + action in str(caught.value)
    assert str(caught.value).endswith("Name=a.example.com, Type=A, SetIdentifier=null]")


def test_an_alias_has_no_records() -> None:
    assert outcome(change("CREATE", "cdn.example.com", "A", AliasTarget=ALIAS)) == []
    with pytest.raises(InvalidInput, match="found more than one"):
        outcome(change("CREATE", "cdn.example.com", "A", "192.0.2.1", AliasTarget=ALIAS))


def test_an_alias_is_deleted_by_its_target() -> None:
    held = parse_changes([change("CREATE", "cdn.example.com", "A", AliasTarget=ALIAS)])
    zone = names() | apply_changes(ZONE, "Z1", names(), held)
    other = change("DELETE", "cdn.example.com", "A", AliasTarget=ALIAS | {"DNSName": "d2.cloudfront.net."})
    with pytest.raises(InvalidChangeBatch, match="do not match the current values"):
        apply_changes(ZONE, "Z1", zone, parse_changes([other]))
    same = parse_changes([change("DELETE", "cdn.example.com", "A", AliasTarget=ALIAS)])
    assert apply_changes(ZONE, "Z1", zone, same) == {"cdn.example.com.": {}}


def many(action: str, count: int, value: str = "192.0.2.1", record_type: str = "A") -> list[dict[str, Any]]:
    return [change(action, f"n{number}.example.com", record_type, value) for number in range(count)]


def test_a_thousand_records_and_upsert_counts_twice() -> None:
    too_many = ["Number of records limit of 1000 exceeded."]
    assert outcome(*many("CREATE", 1000)) == []
    assert outcome(*many("CREATE", 1001)) == too_many
    assert outcome(*many("UPSERT", 500)) == []
    assert outcome(*many("UPSERT", 501)) == too_many
    assert outcome(*many("UPSERT", 499), change("CREATE", "a.example.com", "A", "192.0.2.1", "192.0.2.2")) == []
    assert outcome(*many("UPSERT", 500), change("CREATE", "cdn.example.com", "A", AliasTarget=ALIAS)) == too_many


def test_32000_characters_and_upsert_counts_twice() -> None:
    too_long = ["RDATA character limit of 32000 exceeded."]
    value = '"' + 158 * "a" + '"'
    assert outcome(*many("CREATE", 200, value, "TXT")) == []
    one_longer = [*many("CREATE", 199, value, "TXT"), change("CREATE", "x.example.com", "TXT", f'"b{value[1:]}')]
    assert outcome(*one_longer) == too_long
    assert outcome(*many("UPSERT", 100, value, "TXT")) == []
    assert outcome(*many("UPSERT", 101, value, "TXT")) == too_long


def test_400_values_in_a_record_set() -> None:
    values = [f"192.0.{number // 250}.{number % 250}" for number in range(401)]
    assert outcome(change("CREATE", "many.example.com", "A", *values[:400])) == []
    assert outcome(change("CREATE", "many.example.com", "A", *values)) == [
        "Cannot have more than 400 records in a RRSet."
    ]


def test_10000_record_sets_in_a_zone() -> None:
    zone = names()
    for number in range(10_000 - 6):
        record_set = RecordSet(f"r{number}.example.com.", "A", ttl=1, values=("192.0.2.1",))
        zone[record_set.name] = {record_set.key: record_set}
    one_more = parse_changes([change("CREATE", "more.example.com", "A", "192.0.2.1")])
    with pytest.raises(InvalidChangeBatch, match="Exceeded limit MAX_RRSETS_BY_ZONE for zone: Z1"):
        apply_changes(ZONE, "Z1", zone, one_more)
    apply_changes(ZONE, "Z1", zone, parse_changes([change("UPSERT", "r1.example.com", "A", "192.0.2.2")]))


def test_the_zone_itself_is_left_alone() -> None:
    """The rules return the record sets as they would be; they change nothing, refused or not."""
    held = names()
    changes = [
        change("DELETE", "alias.example.com", "CNAME", "target.example.net."),
        change("CREATE", "www.example.com", "A", "192.0.2.9"),
    ]
    with pytest.raises(InvalidChangeBatch):
        apply_changes(ZONE, "Z1", held, parse_changes(changes))
    assert apply_changes(ZONE, "Z1", held, parse_changes(changes[:1])) == {"alias.example.com.": {}}
    assert held == names()
