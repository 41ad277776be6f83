# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may do what with a private CA: ACM's permission, policies, IAM; and tags. Source: API model of acm-pca."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_session import ACCOUNT, OTHER, refused
from private_ca import TEMPLATES, issue, wish
from sandbox.client import Sandbox

ACM = "acm.amazonaws.com"
ACTIONS = ["IssueCertificate", "GetCertificate", "ListPermissions"]


def limited(sandbox: Sandbox, policy: list[dict[str, Any]]) -> Any:
    """Private CA, as a user with this policy."""
    made = sandbox.credentials(ACCOUNT, "limited", {"Version": "2012-10-17", "Statement": policy})
    keys = {"AccessKeyId": made[0], "SecretAccessKey": made[1]}
    return sandbox.boto("acm-pca", credentials=keys)


def test_acm_gets_and_loses_its_permission(pca: Any, authority: str) -> None:
    one = {"CertificateAuthorityArn": authority, "Principal": ACM}
    assert pca.list_permissions(CertificateAuthorityArn=authority)["Permissions"] == []
    pca.create_permission(**one, Actions=ACTIONS)
    (permission,) = pca.list_permissions(CertificateAuthorityArn=authority)["Permissions"]
    assert (permission["Principal"], permission["SourceAccount"]) == (ACM, ACCOUNT)
    assert sorted(permission["Actions"]) == sorted(ACTIONS)
    error = refused(pca.create_permission, **one, Actions=["GetCertificate"])
    assert error["Code"] == "PermissionAlreadyExistsException"
    pca.delete_permission(**one)
    assert refused(pca.delete_permission, **one)["Code"] == "ResourceNotFoundException"
    assert pca.list_permissions(CertificateAuthorityArn=authority)["Permissions"] == []


def test_acm_is_the_only_principal(pca: Any, authority: str) -> None:
    """ "At this time, the only valid principal is acm.amazonaws.com"."""
    given = {"CertificateAuthorityArn": authority, "Principal": "ec2.amazonaws.com", "Actions": ACTIONS}
    assert refused(pca.create_permission, **given)["Code"] == "ValidationException"


@pytest.mark.parametrize("status", ["CREATING", "DELETED", "FAILED"])
def test_a_ca_that_is_none_has_no_permissions(sandbox: Sandbox, pca: Any, authority: str, status: str) -> None:
    sandbox.configure(authority_create_delay=1000)
    sandbox.change_certificate_authority(authority, status=status)
    error = refused(pca.list_permissions, CertificateAuthorityArn=authority)
    assert error["Code"] == "InvalidStateException"


def test_a_policy_is_put_read_and_taken_away(sandbox: Sandbox, pca: Any, authority: str) -> None:
    theirs = sandbox.boto("acm-pca", OTHER)
    one = {"CertificateAuthorityArn": authority}
    assert refused(pca.get_policy, ResourceArn=authority)["Code"] == "ResourceNotFoundException"
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"},
        "Action": ["acm-pca:DescribeCertificateAuthority", "acm-pca:GetPolicy"],
        "Resource": authority,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    pca.put_policy(ResourceArn=authority, Policy=policy)
    theirs.describe_certificate_authority(**one)
    assert theirs.get_policy(ResourceArn=authority)["Policy"] == policy
    assert refused(theirs.list_permissions, **one)["Code"] == "AccessDeniedException"
    pca.delete_policy(ResourceArn=authority)
    assert refused(theirs.describe_certificate_authority, **one)["Code"] == "AccessDeniedException"


@pytest.mark.parametrize("policy", ["no JSON", "{}", '{"Statement": [{"Effect": "Allow"}]}'])
def test_what_is_no_policy_is_refused(pca: Any, authority: str, policy: str) -> None:
    assert refused(pca.put_policy, ResourceArn=authority, Policy=policy)["Code"] == "InvalidPolicyException"


def test_iam_decides_by_ca_template_and_tag(sandbox: Sandbox, pca: Any, authority: str) -> None:
    """Service Authorization Reference: acm-pca:TemplateArn, aws:ResourceTag."""
    pca.tag_certificate_authority(CertificateAuthorityArn=authority, Tags=[{"Key": "stage", "Value": "test"}])
    tested = {"StringEquals": {"aws:ResourceTag/stage": "test"}}
    server = {"StringEquals": {"acm-pca:TemplateArn": f"{TEMPLATES}EndEntityServerAuthCertificate/V1"}}
    allow = {"Effect": "Allow", "Resource": authority}
    user = limited(
        sandbox,
        [
            {**allow, "Action": "acm-pca:DescribeCertificateAuthority", "Condition": tested},
            {**allow, "Action": "acm-pca:IssueCertificate", "Condition": server},
        ],
    )
    user.describe_certificate_authority(CertificateAuthorityArn=authority)
    issue(user, authority, TemplateArn=f"{TEMPLATES}EndEntityServerAuthCertificate/V1")
    error = refused(user.issue_certificate, **wish(authority))
    assert (error["Code"], error["Status"]) == ("AccessDeniedException", 400)
    assert f"acm-pca:IssueCertificate on resource: {authority}" in error["Message"]
    other = sandbox.certificate_authority(name="Other")
    error = refused(user.describe_certificate_authority, CertificateAuthorityArn=other)
    assert error["Code"] == "AccessDeniedException"
    assert refused(user.list_certificate_authorities)["Code"] == "AccessDeniedException"


def test_tags_are_added_read_and_removed(pca: Any, authority: str) -> None:
    one = {"CertificateAuthorityArn": authority}
    pca.tag_certificate_authority(**one, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    pca.untag_certificate_authority(**one, Tags=[{"Key": "a"}, {"Key": "b", "Value": "3"}])
    assert pca.list_tags(**one)["Tags"] == [{"Key": "b", "Value": "2"}]
    error = refused(pca.tag_certificate_authority, **one, Tags=[{"Key": "aws:x", "Value": ""}])
    assert error["Code"] == "InvalidTagException"
    many = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    assert refused(pca.tag_certificate_authority, **one, Tags=many)["Code"] == "TooManyTagsException"
