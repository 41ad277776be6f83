# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudFront: standard and multi-tenant distributions, as much as viewer certificates need.

Stock moto takes any certificate, alias and If-Match, and its ETags never change, so this is not moto's.
Sources: the API model, and cloudfront_rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from . import cloudfront_edges
from . import cloudfront_rules as rules
from .acm import CertificateStore
from .acm_certificates import Certificate
from .calls import Call
from .cloudfront_domains import Holder, refuse_taken
from .cloudfront_store import Distribution, Output, new_id, simple_config
from .context import Context
from .errors import AwsError

SERVICE = "cloudfront"
MAX_PAGE = 100


class Tagged(Protocol):
    """A resource with tags."""

    account: str
    tags: dict[str, str]

    @property
    def arn(self) -> str:
        """See the class that implements it."""


class CloudFront:
    """The operations; each takes the call and returns the members of its output."""

    def __init__(self, context: Context, certificates: CertificateStore) -> None:
        self._context = context
        self.certificates = certificates
        # What tenants and their groups add.
        self.other_holders: Callable[[], Iterable[Holder]] = tuple
        self.other_resources: Callable[[], Iterable[Tagged]] = tuple
        self.on_multi_tenant: Callable[[str], None] = lambda account: None
        self.has_tenants: Callable[[str], bool] = lambda distribution_id: False
        self.reset()

    def reset(self) -> None:
        self.distributions: dict[str, Distribution] = {}
        self.caller_references: set[tuple[str, str]] = set()

    @property
    def _now(self) -> float:
        return self._context.clock.now()

    def resources(self) -> Iterator[Tagged]:
        """All that can have tags."""
        yield from self.distributions.values()
        yield from self.other_resources()

    def tags_of(self, arn: str) -> dict[str, str] | None:
        return next((resource.tags for resource in self.resources() if resource.arn == arn), None)

    def all_holders(self) -> Iterator[Holder]:
        """Whose which domain names are, in all accounts."""
        for distribution in self.distributions.values():
            names = frozenset(rules.aliases_of(distribution.config))
            yield Holder(distribution.account, "distribution", distribution.id, names)
        yield from self.other_holders()

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
        self._check_room(call.account, given)
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
        self._serve(distribution)
        if distribution.multi_tenant:
            self.on_multi_tenant(call.account)
        self._tell_certificate(distribution.certificate)
        location = f"https://cloudfront.amazonaws.com/2020-05-31/distribution/{distribution.id}"
        return self._shown(distribution) | {"Location": location}

    def _check_room(self, account: str, given: rules.Config) -> None:
        held = [item for item in self.distributions.values() if item.account == account and item.multi_tenant]
        if rules.is_multi_tenant(given) and len(held) >= rules.MAX_MULTI_TENANT:
            message = f"An account can have at most {rules.MAX_MULTI_TENANT} multi-tenant distributions."
            raise AwsError("EntityLimitExceeded", message)

    def _serve(self, distribution: Distribution) -> None:
        """A multi-tenant distribution "has no CloudFront routing endpoint" (distribution-config-options)."""
        if not distribution.multi_tenant:
            host = distribution.host
            records = {kind: cloudfront_edges.addresses(host, kind) for kind in ("A", "AAAA")}
            self._context.registrar.public_dns.set_cloudfront_host(host, records)

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
        rules.check_version(call, distribution.etag)
        rules.check_update(given)
        if given["CallerReference"] != distribution.config["CallerReference"]:
            # IllegalUpdate: "The update contains modifications that are not allowed."
            raise AwsError("IllegalUpdate", "The caller reference of a distribution cannot be changed.")
        if rules.is_multi_tenant(given) != distribution.multi_tenant:
            raise AwsError("IllegalUpdate", "The connection mode of a distribution cannot be changed.")
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

    def _check(self, call: Call, given: rules.Config, present: Distribution | None) -> None:
        rules.check_config(given)
        aliases = rules.aliases_of(given)
        others = (holder for holder in self.all_holders() if present is None or holder.id != present.id)
        refuse_taken(call.account, aliases, others)
        arn = (given.get("ViewerCertificate") or {}).get("ACMCertificateArn")
        certificate: Certificate | None = None
        if arn is not None:
            now, lag = self._now, self._context.settings.cloudfront_certificate_lag
            certificate = self.certificates.find(arn, call.account, rules.CERTIFICATE_REGION, now)
            if present is None or arn != present.certificate:
                rules.check_certificate(certificate, now, lag)
        rules.check_aliases(aliases, certificate)

    def _tell_certificate(self, arn: str | None) -> None:
        certificate = self.certificates.certificates.get(arn or "")
        if certificate is not None:
            users = sorted(d.arn for d in self.distributions.values() if d.certificate == arn)
            certificate.set_users(SERVICE, users, self._now)

    def delete_distribution(self, call: Call) -> Output:
        """ "You can't delete it until it is disabled", and that is deployed (DeleteDistribution, API reference)."""
        distribution = self._distribution(call)
        rules.check_version(call, distribution.etag)
        deployed = distribution.status(self._now) == "Deployed"
        if distribution.config["Enabled"] or not deployed:
            message = "The distribution you are trying to delete has not been disabled."
            raise AwsError("DistributionNotDisabled", message, 409)
        if self.has_tenants(distribution.id):
            message = "The distribution has distribution tenants."
            raise AwsError("ResourceInUse", message, 409)
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

    def _tagged(self, call: Call) -> Tagged:
        arn = call.parameters["Resource"]
        for resource in self.resources():
            if resource.arn == arn and resource.account == call.account:
                return resource
        raise AwsError("NoSuchResource", f"A resource that was specified is not valid: {arn}", 404)

    def list_tags_for_resource(self, call: Call) -> Output:
        tags = self._tagged(call).tags
        return {"Tags": {"Items": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}}

    def tag_resource(self, call: Call) -> Output:
        resource = self._tagged(call)
        resource.tags = rules.merged_tags(resource.tags, call.parameters["Tags"].get("Items") or [])
        return {}

    def untag_resource(self, call: Call) -> Output:
        resource = self._tagged(call)
        gone = set(call.parameters["TagKeys"].get("Items") or [])
        resource.tags = {key: value for key, value in resource.tags.items() if key not in gone}
        return {}

    # What tests ask for

    def control_distributions(self, method: str, wish: dict[str, Any]) -> Any:
        """POST {aliases, certificate_arn, account, tags, parameters}: a deployed distribution, for tenants when there
        are parameter definitions, if only an empty list of them; GET: all. None of it is a call."""
        with self._context.lock:
            if method == "GET":
                return [{"account": d.account, **d.summary(self._now)} for d in self.distributions.values()]
            call = Call(self._now, SERVICE, "CreateDistribution", wish["account"], "", "")
            config = simple_config(wish.get("aliases") or [], wish.get("certificate_arn"), wish.get("parameters"))
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
