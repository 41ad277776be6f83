# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudFront: standard distributions, as much as viewer certificates need.

Stock moto takes any certificate, alias and If-Match, and its ETags never change, so this is not moto's. Multi-tenant
distributions are refused as not implemented. Sources: the API model, and cloudfront_rules.
"""

from __future__ import annotations

from typing import Any

from . import cloudfront_rules as rules
from .acm import CertificateStore
from .acm_certificates import Certificate
from .calls import Call
from .cloudfront_store import Distribution, Output, new_id, simple_config
from .context import Context
from .errors import AwsError

SERVICE = "cloudfront"
CERTIFICATE_REGION = "us-east-1"
MAX_PAGE = 100


class CloudFront:
    """The operations; each takes the call and returns the members of its output."""

    def __init__(self, context: Context, certificates: CertificateStore) -> None:
        self._context = context
        self._certificates = certificates
        self.reset()

    def reset(self) -> None:
        self.distributions: dict[str, Distribution] = {}
        self.caller_references: set[tuple[str, str]] = set()

    @property
    def _now(self) -> float:
        return self._context.clock.now()

    def tags_of(self, arn: str) -> dict[str, str] | None:
        found = [distribution for distribution in self.distributions.values() if distribution.arn == arn]
        return found[0].tags if found else None

    # Distributions

    def create_distribution(self, call: Call) -> Output:
        return self._create(call, call.parameters["DistributionConfig"], [])

    def create_distribution_with_tags(self, call: Call) -> Output:
        given = call.parameters["DistributionConfigWithTags"]
        return self._create(call, given["DistributionConfig"], given["Tags"].get("Items") or [])

    def _create(self, call: Call, given: rules.Config, tags: list[dict[str, str]]) -> Output:
        reference = (call.account, given["CallerReference"])
        if reference in self.caller_references:
            message = "The caller reference that you are using to create a distribution is associated with another one."
            raise AwsError("DistributionAlreadyExists", message, 409)
        self._check(call, given, None)
        now, config = self._now, rules.completed(given)
        deployed_at = now + self._context.settings.cloudfront_deploy_delay
        distribution = Distribution(
            id=new_id(),
            account=call.account,
            config=config,
            etag=new_id(),
            modified=now,
            deployed_at=deployed_at,
            certificate_deployed_at=deployed_at if "ACMCertificateArn" in config["ViewerCertificate"] else now,
            tags=rules.merged_tags({}, tags),
        )
        self.distributions[distribution.id] = distribution
        self.caller_references.add(reference)
        self._tell_certificate(distribution.certificate)
        location = f"https://cloudfront.amazonaws.com/2020-05-31/distribution/{distribution.id}"
        return self._shown(distribution) | {"Location": location}

    def _shown(self, distribution: Distribution) -> Output:
        return {"Distribution": distribution.as_output(self._now), "ETag": distribution.etag}

    def _distribution(self, call: Call) -> Distribution:
        distribution = self.distributions.get(call.parameters["Id"])
        if distribution is None or distribution.account != call.account:
            raise AwsError("NoSuchDistribution", "The specified distribution does not exist.", 404)
        return distribution

    def get_distribution(self, call: Call) -> Output:
        return self._shown(self._distribution(call))

    def get_distribution_config(self, call: Call) -> Output:
        distribution = self._distribution(call)
        return {"DistributionConfig": distribution.config, "ETag": distribution.etag}

    def update_distribution(self, call: Call) -> Output:
        """The whole configuration, for the version that was read."""
        distribution, given = self._distribution(call), call.parameters["DistributionConfig"]
        self._check_version(call, distribution)
        rules.check_update(given)
        if given["CallerReference"] != distribution.config["CallerReference"]:
            # IllegalUpdate: "The update contains modifications that are not allowed."
            raise AwsError("IllegalUpdate", "The caller reference of a distribution cannot be changed.")
        self._check(call, given, distribution)
        config, before, now = rules.completed(given), distribution.certificate, self._now
        deployed_at = now + self._context.settings.cloudfront_deploy_delay
        if config["ViewerCertificate"] != distribution.config["ViewerCertificate"]:
            if now < distribution.certificate_deployed_at:
                # terraform-provider-aws#679.
                raise AwsError("IllegalUpdate", "Only one viewer certificate change may be in progress at a time.")
            distribution.certificate_deployed_at = deployed_at
        distribution.config, distribution.etag = config, new_id()
        distribution.modified, distribution.deployed_at = now, deployed_at
        self._tell_certificate(before)
        self._tell_certificate(distribution.certificate)
        return self._shown(distribution)

    @staticmethod
    def _check_version(call: Call, distribution: Distribution) -> None:
        """InvalidIfMatchVersion 400 without a version, PreconditionFailed 412 with an old one."""
        version = call.parameters.get("IfMatch")
        if not version:
            message = "The If-Match version is missing or not valid for the resource."
            raise AwsError("InvalidIfMatchVersion", message)
        if version != distribution.etag:
            message = "The request failed because it didn't meet the preconditions in one or more header fields."
            raise AwsError("PreconditionFailed", message, 412)

    def _check(self, call: Call, given: rules.Config, present: Distribution | None) -> None:
        rules.check_config(given)
        aliases = rules.aliases_of(given)
        for other in self.distributions.values():
            if other is not present and self._collides(call.account, aliases, other):
                message = "One or more of the CNAMEs you provided are already associated with a different resource."
                raise AwsError("CNAMEAlreadyExists", message, 409)
        arn = (given.get("ViewerCertificate") or {}).get("ACMCertificateArn")
        certificate: Certificate | None = None
        if arn is not None:
            now, lag = self._now, self._context.settings.cloudfront_certificate_lag
            certificate = self._certificates.find(arn, call.account, CERTIFICATE_REGION, now)
            if present is None or arn != present.certificate:
                rules.check_certificate(certificate, now, lag)
        rules.check_aliases(aliases, certificate)

    @staticmethod
    def _collides(account: str, aliases: list[str], other: Distribution) -> bool:
        """An alias is at one distribution only, whosever it is; of another account's, not even one that a wildcard
        overlaps (page CNAMEs, "Restrictions on using alternate domain names")."""
        taken = rules.aliases_of(other.config)
        if other.account == account:
            return bool(set(aliases) & set(taken))
        return any(rules.covers(mine, its) or rules.covers(its, mine) for mine in aliases for its in taken)

    def _tell_certificate(self, arn: str | None) -> None:
        certificate = self._certificates.certificates.get(arn or "")
        if certificate is not None:
            users = sorted(d.arn for d in self.distributions.values() if d.certificate == arn)
            certificate.set_users(SERVICE, users, self._now)

    def delete_distribution(self, call: Call) -> Output:
        """ "You can't delete it until it is disabled", and that is deployed (DeleteDistribution, API reference)."""
        distribution = self._distribution(call)
        self._check_version(call, distribution)
        deployed = distribution.status(self._now) == "Deployed"
        if distribution.config["Enabled"] or not deployed:
            message = "The distribution you are trying to delete has not been disabled."
            raise AwsError("DistributionNotDisabled", message, 409)
        del self.distributions[distribution.id]
        self._tell_certificate(distribution.certificate)
        return {}

    def list_distributions(self, call: Call) -> Output:
        given = call.parameters
        wanted = given.get("MaxItems", str(MAX_PAGE))
        if not wanted.isdecimal() or int(wanted) < 1:
            raise AwsError("InvalidArgument", f"The parameter MaxItems is not valid: {wanted}")
        size = min(int(wanted), MAX_PAGE, self._context.settings.page_limit or MAX_PAGE)
        marker = given.get("Marker") or ""
        own = sorted((d for d in self.distributions.values() if d.account == call.account), key=lambda d: d.id)
        rest = [distribution for distribution in own if distribution.id > marker]
        page = rest[:size]
        listed: Output = {
            "Marker": marker,
            "MaxItems": size,
            "IsTruncated": len(rest) > size,
            "Quantity": len(page),
        }
        if page:
            listed["Items"] = [distribution.summary(self._now) for distribution in page]
        if len(rest) > size:
            listed["NextMarker"] = page[-1].id
        return {"DistributionList": listed}

    # Tags

    def _tagged(self, call: Call) -> Distribution:
        arn = call.parameters["Resource"]
        for distribution in self.distributions.values():
            if distribution.arn == arn and distribution.account == call.account:
                return distribution
        raise AwsError("NoSuchResource", f"A resource that was specified is not valid: {arn}", 404)

    def list_tags_for_resource(self, call: Call) -> Output:
        tags = self._tagged(call).tags
        return {"Tags": {"Items": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}}

    def tag_resource(self, call: Call) -> Output:
        distribution = self._tagged(call)
        distribution.tags = rules.merged_tags(distribution.tags, call.parameters["Tags"].get("Items") or [])
        return {}

    def untag_resource(self, call: Call) -> Output:
        distribution = self._tagged(call)
        gone = set(call.parameters["TagKeys"].get("Items") or [])
        distribution.tags = {key: value for key, value in distribution.tags.items() if key not in gone}
        return {}

    # What tests ask for

    def control_distributions(self, method: str, wish: dict[str, Any]) -> Any:
        """POST {aliases, certificate_arn, account, tags}: a deployed distribution; GET: all. None of it is a call."""
        with self._context.lock:
            if method == "GET":
                return [{"account": d.account, **d.summary(self._now)} for d in self.distributions.values()]
            call = Call(self._now, SERVICE, "CreateDistribution", wish["account"], "", "")
            config = simple_config(wish.get("aliases") or [], wish.get("certificate_arn"))
            tags = [{"Key": key, "Value": value} for key, value in (wish.get("tags") or {}).items()]
            try:
                made = self._create(call, config, tags)
            except AwsError as error:
                raise ValueError(f"{error.code}: {error.message}") from error
            distribution = self.distributions[made["Distribution"]["Id"]]
            distribution.deployed_at = distribution.certificate_deployed_at = distribution.modified
            return {"id": distribution.id, "arn": distribution.arn, "etag": distribution.etag}


OPERATIONS = {
    "CreateDistribution": CloudFront.create_distribution,
    "CreateDistributionWithTags": CloudFront.create_distribution_with_tags,
    "GetDistribution": CloudFront.get_distribution,
    "GetDistributionConfig": CloudFront.get_distribution_config,
    "UpdateDistribution": CloudFront.update_distribution,
    "DeleteDistribution": CloudFront.delete_distribution,
    "ListDistributions": CloudFront.list_distributions,
    "ListTagsForResource": CloudFront.list_tags_for_resource,
    "TagResource": CloudFront.tag_resource,
    "UntagResource": CloudFront.untag_resource,
}


def install(context: Context, certificates: CertificateStore) -> CloudFront:
    """Answer the operations in this context."""
    service = CloudFront(context, certificates)
    context.register(SERVICE, {name: operation.__get__(service) for name, operation in OPERATIONS.items()})
    context.control["distributions"] = service.control_distributions
    context.on_reset.append(service.reset)
    return service
