# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

from ansible_collections.tlsops.certificates.plugins.module_utils import _plan as plan
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_choice import TagChange
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import Certificate, WantedCertificate
from ansible_collections.tlsops.certificates.plugins.module_utils._record_sets import Change, RecordSet

OLD = RecordSet("_x.example.com", "CNAME", 60, ("old.example",))
NEW = RecordSet("_x.example.com", "CNAME", 300, ("new.example",))
THERE = Certificate(
    "arn-1",
    "eu-west-1",
    "example.com",
    frozenset({"example.com"}),
    "ISSUED",
    "AMAZON_ISSUED",
    tags={"a": "1", "b": "2"},
)


def change(action: str, record_set: RecordSet, before: RecordSet | None = None) -> plan.ChangeRecordSet:
    return plan.ChangeRecordSet("example.com (Z1)", "Z1", Change(action, record_set, before))


def sides(*steps: plan.Step) -> tuple[dict[str, object], dict[str, object]]:
    shown = plan.diff(steps)
    return json.loads(shown["before"] or "{}"), json.loads(shown["after"] or "{}")


def test_no_steps_are_no_difference() -> None:
    assert plan.diff([]) == {"before": "", "after": ""}


def test_what_comes_has_no_before_and_what_goes_no_after() -> None:
    subject = "CNAME _x.example.com in example.com (Z1)"
    assert sides(change("CREATE", NEW)) == ({}, {subject: {"ttl": 300, "values": ["new.example"]}})
    assert sides(change("UPSERT", NEW, OLD)) == (
        {subject: {"ttl": 60, "values": ["old.example"]}},
        {subject: {"ttl": 300, "values": ["new.example"]}},
    )
    assert sides(change("DELETE", OLD, OLD)) == ({subject: {"ttl": 60, "values": ["old.example"]}}, {})
    before, after = sides(plan.DeleteCertificate(THERE))
    assert (list(before), after) == (["certificate arn-1"], {})


def test_tags_are_shown_whole() -> None:
    before, after = sides(plan.TagCertificate(THERE, TagChange({"c": "3"}, {"a": "1"})))
    assert (before, after) == ({"tags of arn-1": {"a": "1", "b": "2"}}, {"tags of arn-1": {"b": "2", "c": "3"}})


def test_a_request_is_shown_with_all_that_is_asked_for() -> None:
    wanted = WantedCertificate("example.com", ("example.com",), "eu-west-1", certificate_authority_arn="ca-1")
    _before, after = sides(plan.RequestCertificate(wanted, "token", {"example.com": "example.com (Z1)"}))
    assert after == {
        "certificate example.com (eu-west-1)": {
            "domain_name": "example.com",
            "subject_alternative_names": ["example.com"],
            "key_algorithm": "RSA_2048",
            "certificate_authority_arn": "ca-1",
            "tags": after["certificate example.com (eu-west-1)"]["tags"],  # type: ignore[index]
            "validation_records": {"example.com": f"CNAME {plan.UNKNOWN} in example.com (Z1)"},
        }
    }
    assert "token" not in json.dumps(after).replace("tlsops", "")
