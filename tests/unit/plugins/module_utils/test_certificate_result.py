# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
from typing import Any

from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_result import as_result, wanted_as_result
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import (
    MANAGED_BY,
    TAG_MANAGED_BY,
    TAG_NAME,
    WantedCertificate,
    from_detail,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._conditions import Condition
from ansible_collections.tlsops.certificates.plugins.module_utils._hosted_zones import HostedZone


def detail(*names: str, **more: Any) -> dict[str, Any]:
    """DescribeCertificate's answer for a pending certificate with its records."""
    options = [
        {
            "DomainName": name,
            "ValidationMethod": "DNS",
            "ValidationStatus": "PENDING_VALIDATION",
            "ResourceRecord": {"Name": f"_a.{name.removeprefix('*.')}.", "Type": "CNAME", "Value": "_b.example."},
        }
        for name in names
    ]
    return {
        "CertificateArn": "arn-1",
        "DomainName": "example.com",
        "SubjectAlternativeNames": ["example.com", *names],
        "DomainValidationOptions": options,
        "Status": "PENDING_VALIDATION",
        "Type": "AMAZON_ISSUED",
        **more,
    }


ALL = ("example.com", "*.example.com", "www.example.com")


def test_the_keys_of_a_result_are_those_of_a_foretold_one() -> None:
    wanted = WantedCertificate("example.com", ("*.example.com", "example.com"), "eu-west-1", "shop")
    foretold = wanted_as_result(
        wanted, Condition("Pending", "NotRequested", "x"), {}, {"example.com": HostedZone("Z1", "example.com")}
    )
    real = as_result(from_detail(detail(*ALL), "eu-west-1"), zones={"example.com": HostedZone("Z1", "example.com")})
    assert set(foretold) == set(real)
    assert set(foretold["validation_records"][0]) == set(real["validation_records"][0])
    assert foretold["validation_records"][0]["domain_names"] == ["*.example.com", "example.com"]
    assert real["validation_records"][0]["hosted_zone_id"] == "Z1"
    assert real["validation_records"][1]["hosted_zone_id"] is None


def test_times_are_told_in_utc() -> None:
    east = datetime.timezone(datetime.timedelta(hours=2))
    given = detail(Status="ISSUED", NotAfter=datetime.datetime(2027, 1, 1, 1, tzinfo=east))
    assert as_result(from_detail(given, "eu-west-1"))["not_after"] == "2026-12-31T23:00:00+00:00"


def test_a_name_is_what_the_caller_calls_it_else_what_the_tag_says() -> None:
    tagged = from_detail(detail(), "eu-west-1", {TAG_MANAGED_BY: MANAGED_BY, TAG_NAME: "tag"})
    assert as_result(tagged)["name"] == "tag"
    assert as_result(tagged, name="mine")["name"] == "mine"
