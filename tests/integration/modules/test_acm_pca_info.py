# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acm_pca_info: the private CAs, and what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest
from aws_world import ACCOUNT, DNS_ACCOUNT, REGION
from cryptography import x509
from private_world import DAY, PrivateWorld

GENERAL = {"crl_bucket": "lists", "renewal_permission": True}


def info(private: PrivateWorld, *arns: str, **options: Any) -> dict[str, dict[str, Any]]:
    """The CAs by ARN."""
    options = {"certificate_authority_arns": list(arns)} if arns else {"region": REGION, **options}
    result = private.run("acm_pca_info", **options)
    assert not result.failed, result["msg"]
    assert result["changed"] is False
    return {each["arn"]: each for each in result["certificate_authorities"]}


def one(private: PrivateWorld, **wish: Any) -> dict[str, Any]:
    arn = private.sandbox.certificate_authority(**{**GENERAL, **wish})
    return info(private, arn)[arn]


def test_a_healthy_ca(private: PrivateWorld) -> None:
    shown = one(private, subordinate=True, key_algorithm="RSA_2048", name="Corp CA")
    assert (shown["status"], shown["ready"], shown["problems"]) == ("ACTIVE", True, [])
    assert (shown["type"], shown["region"], shown["owner_account"]) == ("SUBORDINATE", REGION, ACCOUNT)
    assert (shown["key_algorithm"], shown["signing_algorithm"]) == ("RSA_2048", "SHA256WITHRSA")
    assert (shown["usage_mode"], shown["acm_renews"]) == ("GENERAL_PURPOSE", True)
    assert shown["subject"] == "CommonName=Corp CA"
    assert shown["revocation"]["crl_bucket"] == "lists"
    certificate, root = (x509.load_pem_x509_certificate(shown[key].encode()) for key in ("certificate", "root"))
    certificate.verify_directly_issued_by(root)
    assert shown["not_after"] == certificate.not_valid_after_utc.isoformat()


@pytest.mark.parametrize("status", ["CREATING", "PENDING_CERTIFICATE", "DISABLED", "EXPIRED", "FAILED", "DELETED"])
def test_a_ca_that_issues_nothing(private: PrivateWorld, status: str) -> None:
    private.sandbox.configure(authority_create_delay=1000)
    arn = private.sandbox.certificate_authority(**GENERAL)
    private.sandbox.change_certificate_authority(arn, status=status)
    shown = info(private, arn)[arn]
    assert (shown["status"], shown["ready"]) == (status, False)
    assert status in shown["message"]


def test_a_root_is_its_own(private: PrivateWorld) -> None:
    shown = one(private)
    assert shown["root"] == shown["certificate"]


def test_a_ca_about_to_end(private: PrivateWorld) -> None:
    arn = private.sandbox.certificate_authority(days=100, **GENERAL)
    assert info(private, arn)[arn]["problems"] == []
    private.sandbox.advance(95 * DAY)
    (problem,) = info(private, arn)[arn]["problems"]
    assert "it ends at" in problem


def test_a_missing_permission(private: PrivateWorld) -> None:
    shown = one(private, renewal_permission=False)
    assert shown["acm_renews"] is False
    (problem,) = shown["problems"]
    assert "IssueCertificate, GetCertificate, ListPermissions" in problem


def test_a_bucket_that_refuses_the_list(private: PrivateWorld) -> None:
    arn = private.sandbox.certificate_authority(**GENERAL)
    private.issue(certificate_authority_arn=arn)
    private.sandbox.configure(crl_buckets_refusing=["lists"])
    private.revoke(directory=str(private.kept().path))
    (problem,) = info(private, arn)[arn]["problems"]
    assert "couldn't write the revocation list to the bucket lists" in problem


def test_no_revocation_at_all(private: PrivateWorld) -> None:
    (problem,) = one(private, crl_bucket=None)["problems"]
    assert "neither a revocation list nor OCSP" in problem
    assert one(private, crl_bucket=None, usage_mode="SHORT_LIVED_CERTIFICATE")["problems"] == []


def test_all_of_a_region_with_those_of_others(private: PrivateWorld) -> None:
    theirs = {"account": DNS_ACCOUNT, "shared_with": [ACCOUNT], "renewal_permission": False}
    shared = private.sandbox.certificate_authority(**{**GENERAL, **theirs})
    private.sandbox.certificate_authority(account=DNS_ACCOUNT)
    private.sandbox.certificate_authority(region="us-east-1")
    own = {each["Arn"] for each in private.sandbox.certificate_authorities() if f"{REGION}:{ACCOUNT}" in each["Arn"]}
    found = info(private)
    assert set(found) == {*own, shared}
    assert (found[shared]["owner_account"], found[shared]["ready"]) == (DNS_ACCOUNT, True)
    # Permissions are for the CA's own account.
    assert (found[shared]["acm_renews"], found[shared]["problems"]) == (None, [])
    assert set(info(private, shared=False)) == own


def test_regions_are_those_of_the_arns(private: PrivateWorld) -> None:
    elsewhere = private.sandbox.certificate_authority(region="us-east-1", **GENERAL)
    found = info(private, private.ca, elsewhere)
    assert [each["region"] for each in found.values()] == [REGION, "us-east-1"]


@pytest.mark.parametrize("action", ["acm-pca:ListPermissions", "cloudwatch:GetMetricStatistics"])
def test_what_may_not_be_looked_at_is_no_problem(private: PrivateWorld, action: str) -> None:
    private.sandbox.deny("*", [action])
    shown = one(private, renewal_permission=False)
    assert (shown["ready"], bool(shown["problems"])) == (True, "cloudwatch" in action)
    assert shown["acm_renews"] is (None if "ListPermissions" in action else False)


def test_an_unknown_ca_is_an_error_in_one_sentence(private: PrivateWorld) -> None:
    result = private.run("acm_pca_info", certificate_authority_arns=["ca-1"])
    assert (result.failed, "ca-1" in result["msg"]) == (True, True)
    assert private.counted() == {}
    unknown = private.ca[:-4] + "0000"
    result = private.run("acm_pca_info", certificate_authority_arns=[unknown])
    assert (result.failed, f"AWS doesn't know the private CA {unknown}" in result["msg"]) == (True, True)
