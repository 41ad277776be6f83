# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _distributions as distributions
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import Certificate
from ansible_collections.tlsops.certificates.plugins.module_utils._distributions import (
    ViewerCertificateChange,
    WantedDistribution,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput

ARN = "arn:aws:acm:us-east-1:111111111111:certificate/aaaa-1"
OLD = "arn:aws:acm:us-east-1:111111111111:certificate/oooo-1"
IRISH = ARN.replace("us-east-1", "eu-west-1")
#: As CloudFront shows a distribution without a certificate of the user's.
ITS_OWN = {
    "CloudFrontDefaultCertificate": True,
    "SSLSupportMethod": "vip",
    "MinimumProtocolVersion": "TLSv1",
    "CertificateSource": "cloudfront",
}
HAS_OLD = {
    "CloudFrontDefaultCertificate": False,
    "ACMCertificateArn": OLD,
    "SSLSupportMethod": "vip",
    "MinimumProtocolVersion": "TLSv1.2_2018",
    "Certificate": OLD,
    "CertificateSource": "acm",
}


def entry(**given: Any) -> dict[str, Any]:
    return {**dict.fromkeys(distributions.DISTRIBUTION_ARGUMENTS), **given}


def faults(*entries: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        distributions.wanted_distributions(entries)
    found: list[str] = caught.value.details["faults"]
    return found


def test_by_id_or_by_alias() -> None:
    first, second = distributions.wanted_distributions(
        [
            entry(distribution_id="E1ABCDEFGHIJKL", certificate_arn=ARN),
            entry(alias="CDN.example.com", certificate_arn=ARN),
        ]
    )
    assert first == WantedDistribution(ARN, "E1ABCDEFGHIJKL")
    assert second == WantedDistribution(ARN, alias="cdn.example.com")
    assert (first.label, second.label) == ("E1ABCDEFGHIJKL", "cdn.example.com")


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"certificate_arn": ARN}, "either distribution_id or alias"),
        ({"certificate_arn": ARN, "distribution_id": "E1ABCDEFGHIJKL", "alias": "a.example.com"}, "either"),
        ({"certificate_arn": ARN, "distribution_id": "e1"}, "'e1' isn't the ID"),
        ({"alias": "a.example.com"}, "None isn't the ARN"),
        ({"alias": "a.example.com", "certificate_arn": "shop"}, "'shop' isn't the ARN"),
        ({"alias": "a.example.com", "certificate_arn": "arn:aws:iam::1:server-certificate/x"}, "isn't the ARN"),
        ({"alias": "a.example.com", "certificate_arn": IRISH}, "from us-east-1 only"),
    ],
)
def test_an_entry_that_can_t_be(given: dict[str, Any], part: str) -> None:
    (found,) = faults(entry(**given))
    assert part in found


def test_every_fault_of_every_entry_is_said_at_once_and_where() -> None:
    found = faults(
        entry(alias="a.example.com", certificate_arn=ARN),
        entry(),
        entry(distribution_id="x", certificate_arn=IRISH),
    )
    assert [fault.partition(":")[0] for fault in found] == [*["distributions[1]"] * 2, *["distributions[2]"] * 2]


def certificate(*names: str, **changes: Any) -> Certificate:
    given: dict[str, Any] = {"status": "ISSUED", "type": "AMAZON_ISSUED", **changes}
    return Certificate(ARN, "us-east-1", "example.com", frozenset(names or {"example.com"}), **given)


@pytest.mark.parametrize(
    ("found", "aliases", "parts"),
    [
        (None, [], ["doesn't exist"]),
        (certificate(status="PENDING_VALIDATION"), ["example.com"], ["PENDING_VALIDATION"]),
        (certificate(status="EXPIRED"), ["example.com"], ["EXPIRED"]),
        (certificate(key_pair_origin="ACME"), ["example.com"], ["ACME"]),
        (certificate(key_algorithm="EC_secp384r1"), ["example.com"], ["EC_secp384r1"]),
        (certificate(), ["example.com", "www.example.com", "a.example.com"], ["a.example.com, www.example.com"]),
        (certificate("*.example.com"), ["a.b.example.com", "a.example.com"], ["aliases a.b.example.com"]),
        (certificate("*.example.com"), ["example.com"], ["aliases example.com"]),
        (certificate("www.example.com"), ["*.example.com"], ["aliases *.example.com"]),
    ],
)
def test_what_cloudfront_would_refuse(found: Certificate | None, aliases: list[str], parts: list[str]) -> None:
    (problem,) = distributions.certificate_problems(ARN, found, aliases)
    assert ARN in problem
    for part in parts:
        assert part in problem


def test_all_that_is_wrong_with_a_certificate_is_said() -> None:
    assert len(distributions.certificate_problems(ARN, certificate(key_algorithm="EC_secp521r1"), ["b.example"])) == 2


@pytest.mark.parametrize(
    ("found", "aliases"),
    [
        (certificate(), []),
        (certificate(), ["example.com"]),
        (certificate("example.com", "*.example.com"), ["example.com", "www.example.com", "*.example.com"]),
        # The listing shows a hundred names: there may be more.
        (certificate(names_complete=False), ["other.example.com"]),
        *[(certificate(key_algorithm=key), []) for key in ("RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1")],
        (certificate(type="IMPORTED", key_pair_origin="CUSTOMER_PROVIDED"), []),
    ],
)
def test_what_cloudfront_takes(found: Certificate, aliases: list[str]) -> None:
    assert distributions.certificate_problems(ARN, found, aliases) == []


@pytest.mark.parametrize(
    ("wanted", "current", "method", "version"),
    [
        (WantedDistribution(ARN), ITS_OWN, "sni-only", "TLSv1.2_2021"),
        (WantedDistribution(ARN), {}, "sni-only", "TLSv1.2_2021"),
        (WantedDistribution(ARN), HAS_OLD, "vip", "TLSv1.2_2018"),
        (
            WantedDistribution(ARN),
            {**HAS_OLD, "ACMCertificateArn": None, "IAMCertificateId": "X"},
            "vip",
            "TLSv1.2_2018",
        ),
        (WantedDistribution(ARN, minimum_protocol_version="TLSv1.3_2025"), HAS_OLD, "vip", "TLSv1.3_2025"),
        (WantedDistribution(ARN, ssl_support_method="sni-only"), HAS_OLD, "sni-only", "TLSv1.2_2018"),
    ],
)
def test_what_isn_t_said_is_kept(
    wanted: WantedDistribution, current: dict[str, Any], method: str, version: str
) -> None:
    assert distributions.viewer_certificate(wanted, current) == {
        "CloudFrontDefaultCertificate": False,
        "ACMCertificateArn": ARN,
        "SSLSupportMethod": method,
        "MinimumProtocolVersion": version,
    }


@pytest.mark.parametrize(
    ("wanted", "changed"),
    [
        (WantedDistribution(OLD), False),
        (WantedDistribution(OLD, minimum_protocol_version="TLSv1.2_2018", ssl_support_method="vip"), False),
        (WantedDistribution(ARN), True),
        (WantedDistribution(OLD, minimum_protocol_version="TLSv1.2_2021"), True),
        (WantedDistribution(OLD, ssl_support_method="sni-only"), True),
    ],
)
def test_a_change_is_one_of_the_three_that_count(wanted: WantedDistribution, changed: bool) -> None:
    assert ViewerCertificateChange(wanted, "E1", HAS_OLD).changed is changed


def test_a_change_shows_what_was_and_what_will_be() -> None:
    planned = ViewerCertificateChange(WantedDistribution(ARN), "E1ABCDEFGHIJKL", ITS_OWN)
    assert planned.before()["certificate_arn"] == "(CloudFront's own)"
    assert planned.after() == {
        "certificate_arn": ARN,
        "minimum_protocol_version": "TLSv1.2_2021",
        "ssl_support_method": "sni-only",
    }
    assert "E1ABCDEFGHIJKL" in planned.subject
