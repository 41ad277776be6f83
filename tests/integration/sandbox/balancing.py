# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of Elastic Load Balancing and CloudFront say again and again."""

from __future__ import annotations

from typing import Any

from sandbox.client import Sandbox

FIXED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]


def certificate(sandbox: Sandbox, *names: str, **wish: Any) -> str:
    """An issued certificate for the names, from an hour ago."""
    first, *others = names or ("example.com",)
    wish = {"domain_name": first, "subject_alternative_names": others, "age": 3600, **wish}
    return sandbox.add_certificates([wish])[0]


def certificates(sandbox: Sandbox, count: int) -> list[str]:
    return sandbox.add_certificates([{"domain_name": f"n{i}.example.com", "age": 3600} for i in range(count)])


def named(arn: str) -> list[dict[str, Any]]:
    """The parameter `Certificates`."""
    return [{"CertificateArn": arn}]


def served(elb: Any, listener: str) -> tuple[str | None, set[str]]:
    """Default certificate and list, as DescribeListenerCertificates shows them."""
    entries = elb.describe_listener_certificates(ListenerArn=listener)["Certificates"]
    default = [entry["CertificateArn"] for entry in entries if entry["IsDefault"]]
    others = [entry["CertificateArn"] for entry in entries if not entry["IsDefault"]]
    assert len(default) <= 1
    assert len(set(others)) == len(others)
    return (default or [None])[0], set(others)


def in_use_by(sandbox: Sandbox, arn: str) -> list[str]:
    region = arn.split(":")[3]
    users: list[str] = sandbox.boto("acm", region=region).describe_certificate(CertificateArn=arn)["Certificate"][
        "InUseBy"
    ]
    return users
