# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Viewer certificates and alternate domain names. Sources stand in cloudfront_rules."""

from __future__ import annotations

from typing import Any

import pytest
from aws_session import OTHER, refused
from balancing import certificate, in_use_by
from sandbox.client import Sandbox

BAD = (
    "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, "
    "or doesn't include a valid certificate chain."
)


@pytest.fixture
def cloudfront(sandbox: Sandbox) -> Any:
    return sandbox.boto("cloudfront")


def viewer(arn: str, **changes: Any) -> dict[str, Any]:
    given = {"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"}
    return {name: value for name, value in (given | changes).items() if value is not None}


def usable(sandbox: Sandbox, *names: str, **wish: Any) -> str:
    return certificate(sandbox, *names, **{"region": "us-east-1", **wish})


class Updated:
    """A distribution, and its updates."""

    def __init__(self, cloudfront: Any, made: dict[str, str]) -> None:
        self._cloudfront = cloudfront
        self.id = made["id"]
        self.arn = made["arn"]

    def wish(self, **changes: Any) -> dict[str, Any]:
        found = self._cloudfront.get_distribution_config(Id=self.id)
        return {"Id": self.id, "IfMatch": found["ETag"], "DistributionConfig": found["DistributionConfig"] | changes}

    def update(self, **changes: Any) -> dict[str, Any]:
        changed = self._cloudfront.update_distribution(**self.wish(**changes))
        config: dict[str, Any] = changed["Distribution"]["DistributionConfig"]
        return config

    def refused(self, **changes: Any) -> tuple[str, str]:
        before = self._cloudfront.get_distribution_config(Id=self.id)
        error = refused(self._cloudfront.update_distribution, **self.wish(**changes))
        after = self._cloudfront.get_distribution_config(Id=self.id)
        assert (before["ETag"], before["DistributionConfig"]) == (after["ETag"], after["DistributionConfig"])
        return error["Code"], error["Message"]


@pytest.fixture
def plain(sandbox: Sandbox, cloudfront: Any) -> Updated:
    """A distribution without certificate and alias."""
    return Updated(cloudfront, sandbox.distribution())


def aliases(*names: str) -> dict[str, Any]:
    return {"Quantity": len(names), "Items": list(names)} if names else {"Quantity": 0}


def test_a_certificate_is_shown_with_the_deprecated_fields(sandbox: Sandbox, plain: Updated) -> None:
    arn = usable(sandbox)
    assert plain.update(ViewerCertificate=viewer(arn))["ViewerCertificate"] == {
        "CloudFrontDefaultCertificate": False,
        "ACMCertificateArn": arn,
        "SSLSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "Certificate": arn,
        "CertificateSource": "acm",
    }


def test_what_was_read_can_be_written_back(sandbox: Sandbox, cloudfront: Any) -> None:
    arn = usable(sandbox, "www.example.com")
    made = Updated(cloudfront, sandbox.distribution(["www.example.com"], arn))
    before = made.wish()["DistributionConfig"]
    assert made.update() == before


def test_the_deprecated_fields_must_not_contradict(sandbox: Sandbox, plain: Updated) -> None:
    """certbot-s3front#12 has the two sentences of IAM's certificates."""
    one, two = usable(sandbox), usable(sandbox)
    code, message = plain.refused(ViewerCertificate=viewer(one, Certificate=two))
    assert (code, "does not match the given Certificate" in message) == ("InvalidViewerCertificate", True)
    code, message = plain.refused(ViewerCertificate=viewer(one, CertificateSource="cloudfront"))
    assert (code, 'CertificateSource not equal to "acm"' in message) == ("InvalidViewerCertificate", True)
    code, _message = plain.refused(ViewerCertificate=viewer(one, CloudFrontDefaultCertificate=True))
    assert code == "InvalidViewerCertificate"


def test_a_certificate_must_be_of_us_east_1_and_of_the_same_account(sandbox: Sandbox, plain: Updated) -> None:
    for arn in (usable(sandbox, region="eu-west-1"), usable(sandbox, account=OTHER), "arn:aws:acm:us-east-1:1:x"):
        assert plain.refused(ViewerCertificate=viewer(arn)) == ("InvalidViewerCertificate", BAD)


@pytest.mark.parametrize("status", ["PENDING_VALIDATION", "FAILED", "EXPIRED", "VALIDATION_TIMED_OUT"])
def test_a_certificate_must_be_issued(sandbox: Sandbox, plain: Updated, status: str) -> None:
    assert plain.refused(ViewerCertificate=viewer(usable(sandbox, status=status))) == ("InvalidViewerCertificate", BAD)


def test_just_after_the_issuance_a_certificate_is_refused(sandbox: Sandbox, plain: Updated) -> None:
    sandbox.configure(cloudfront_certificate_lag=60)
    arn = usable(sandbox, age=0)
    sandbox.advance(59)
    assert plain.refused(ViewerCertificate=viewer(arn)) == ("InvalidViewerCertificate", BAD)
    sandbox.advance(1)
    plain.update(ViewerCertificate=viewer(arn))


def test_protocol_version_and_support_method_are_needed(sandbox: Sandbox, plain: Updated) -> None:
    arn = usable(sandbox)
    for name in ("SSLSupportMethod", "MinimumProtocolVersion"):
        code, message = plain.refused(ViewerCertificate=viewer(arn, **{name: None}))
        assert (code, message) == ("InvalidArgument", f"The parameter {name} is required.")


@pytest.mark.parametrize(
    ("method", "version", "taken"),
    [
        ("sni-only", "SSLv3", False),
        ("sni-only", "TLSv1", True),
        ("sni-only", "TLSv1.3_2025", True),
        ("vip", "SSLv3", True),
        ("vip", "TLSv1", True),
        ("vip", "TLSv1.2_2021", False),
    ],
)
def test_protocol_versions_by_support_method(
    sandbox: Sandbox, plain: Updated, method: str, version: str, taken: bool
) -> None:
    """API model, ViewerCertificate; code-dot-org#60886."""
    wish = viewer(usable(sandbox), SSLSupportMethod=method, MinimumProtocolVersion=version)
    if taken:
        assert plain.update(ViewerCertificate=wish)["ViewerCertificate"]["MinimumProtocolVersion"] == version
    else:
        assert plain.refused(ViewerCertificate=wish)[0] == "InvalidMinimumProtocolVersion"


def test_static_ip_has_to_be_enabled_by_aws(sandbox: Sandbox, plain: Updated) -> None:
    wish = viewer(usable(sandbox), SSLSupportMethod="static-ip")
    assert plain.refused(ViewerCertificate=wish)[0] == "InvalidViewerCertificate"


def test_only_one_change_of_the_certificate_at_a_time(sandbox: Sandbox, plain: Updated) -> None:
    """terraform-provider-aws#679."""
    sandbox.configure(cloudfront_deploy_delay=300)
    one, two = usable(sandbox), usable(sandbox)
    plain.update(ViewerCertificate=viewer(one))
    sandbox.advance(200)
    plain.update(Comment="other things may change")
    code, message = plain.refused(ViewerCertificate=viewer(two))
    assert (code, message[:62]) == ("IllegalUpdate", "Only one viewer certificate change may be in progress at a tim")
    sandbox.advance(100)
    plain.update(ViewerCertificate=viewer(two))


def test_a_distribution_just_made_with_a_certificate_is_such_a_change(sandbox: Sandbox, cloudfront: Any) -> None:
    sandbox.configure(cloudfront_deploy_delay=300)
    one, two = usable(sandbox), usable(sandbox)
    config = Updated(cloudfront, sandbox.distribution()).wish()["DistributionConfig"]
    config |= {"CallerReference": "new", "ViewerCertificate": viewer(one)}
    made = cloudfront.create_distribution(DistributionConfig=config)["Distribution"]
    fresh = Updated(cloudfront, {"id": made["Id"], "arn": made["ARN"]})
    assert fresh.refused(ViewerCertificate=viewer(two))[0] == "IllegalUpdate"


def test_the_certificate_can_be_taken_away(sandbox: Sandbox, cloudfront: Any) -> None:
    arn = usable(sandbox)
    made = Updated(cloudfront, sandbox.distribution(certificate_arn=arn))
    shown = made.update(ViewerCertificate={"CloudFrontDefaultCertificate": True})["ViewerCertificate"]
    assert shown["CloudFrontDefaultCertificate"] is True
    assert "ACMCertificateArn" not in shown
    assert in_use_by(sandbox, arn) == []


# Alternate domain names


def test_an_alias_needs_a_certificate(sandbox: Sandbox, plain: Updated) -> None:
    """terraform-aws-cloudfront-s3-cdn#72."""
    code, message = plain.refused(Aliases=aliases("www.example.com"))
    assert (code, "you must attach a trusted certificate" in message) == ("InvalidViewerCertificate", True)


@pytest.mark.parametrize(
    ("names", "alias", "covered"),
    [
        (("www.example.com",), "www.example.com", True),
        (("www.example.com",), "WWW.example.com", True),
        (("example.com", "*.example.com"), "www.example.com", True),
        (("*.example.com",), "*.example.com", True),
        (("*.example.com",), "example.com", False),
        (("*.example.com",), "a.b.example.com", False),
        (("www.example.com",), "*.example.com", False),
        (("*.example.com",), "*.www.example.com", False),
        (("api.example.com",), "www.example.com", False),
    ],
)
def test_the_certificate_must_cover_every_alias(
    sandbox: Sandbox, plain: Updated, names: tuple[str, ...], alias: str, covered: bool
) -> None:
    """terraform-provider-aws#13828."""
    wish = {"Aliases": aliases(alias), "ViewerCertificate": viewer(usable(sandbox, *names))}
    if covered:
        plain.update(**wish)
        return
    code, message = plain.refused(**wish)
    assert (code, "doesn't cover the alternate domain name" in message) == ("InvalidViewerCertificate", True)


def test_a_new_certificate_must_cover_the_aliases_that_are_there(sandbox: Sandbox, cloudfront: Any) -> None:
    made = Updated(cloudfront, sandbox.distribution(["www.example.com"], usable(sandbox, "www.example.com")))
    assert made.refused(ViewerCertificate=viewer(usable(sandbox, "api.example.com")))[0] == "InvalidViewerCertificate"


def test_an_alias_is_at_one_distribution_in_all_accounts(sandbox: Sandbox, plain: Updated) -> None:
    both = viewer(usable(sandbox, "www.example.com", "api.example.com"))
    sandbox.distribution(["www.example.com"], usable(sandbox, "www.example.com"))
    theirs = usable(sandbox, "api.example.com", account=OTHER)
    sandbox.distribution(["api.example.com"], theirs, account=OTHER)
    for alias in ("www.example.com", "WWW.example.com", "api.example.com"):
        code, _message = plain.refused(Aliases=aliases(alias), ViewerCertificate=both)
        assert code == "CNAMEAlreadyExists"
    error = refused(
        plain._cloudfront.update_distribution, **plain.wish(Aliases=aliases("www.example.com"), ViewerCertificate=both)
    )
    assert error["Status"] == 409


def test_wildcards_may_overlap_within_an_account_only(sandbox: Sandbox, cloudfront: Any, plain: Updated) -> None:
    """CloudFront guide, page CNAMEs, "Restrictions on using alternate domain names"."""
    wildcard = viewer(usable(sandbox, "*.example.com"))
    sandbox.distribution(["www.example.com"], usable(sandbox, "www.example.com"))
    plain.update(Aliases=aliases("*.example.com"), ViewerCertificate=wildcard)
    other = sandbox.boto("cloudfront", account=OTHER)
    theirs = Updated(other, sandbox.distribution(account=OTHER))
    wish = viewer(usable(sandbox, "api.example.com", account=OTHER))
    assert theirs.refused(Aliases=aliases("api.example.com"), ViewerCertificate=wish)[0] == "CNAMEAlreadyExists"


def test_a_distribution_has_at_most_100_aliases(sandbox: Sandbox, plain: Updated) -> None:
    names = [f"n{number}.example.com" for number in range(101)]
    wish = viewer(usable(sandbox, "*.example.com"))
    code, _message = plain.refused(Aliases=aliases(*names), ViewerCertificate=wish)
    assert code == "TooManyDistributionCNAMEs"
    plain.update(Aliases=aliases(*names[1:]), ViewerCertificate=wish)


# InUseBy


def test_in_use_by_is_the_distribution(sandbox: Sandbox, cloudfront: Any) -> None:
    one, two = usable(sandbox), usable(sandbox)
    first = Updated(cloudfront, sandbox.distribution(certificate_arn=one))
    second = Updated(cloudfront, sandbox.distribution(certificate_arn=one))
    assert in_use_by(sandbox, one) == sorted([first.arn, second.arn])
    acm = sandbox.boto("acm", region="us-east-1")
    assert refused(acm.delete_certificate, CertificateArn=one)["Code"] == "ResourceInUseException"
    sandbox.configure(in_use_lag=100)
    sandbox.advance(100)
    first.update(ViewerCertificate=viewer(two))
    second.update(ViewerCertificate=viewer(two), Enabled=False)
    assert in_use_by(sandbox, one) == sorted([first.arn, second.arn])
    assert in_use_by(sandbox, two) == []
    sandbox.advance(100)
    assert in_use_by(sandbox, one) == []
    assert in_use_by(sandbox, two) == sorted([first.arn, second.arn])
    cloudfront.delete_distribution(Id=second.id, IfMatch=second.wish()["IfMatch"])
    sandbox.advance(100)
    assert in_use_by(sandbox, two) == [first.arn]
