# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a call needs: IAM actions, resources and condition keys, and the refusal in AWS's words.

Sources: Service Authorization Reference for ACM, Route 53, STS, Tagging, Elastic Load Balancing V2 and CloudFront;
wording: messages quoted in public issues (ministryofjustice/modernisation-platform#3313 for `certificate/*` of
RequestCertificate).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import iam
from .calls import Call
from .credentials import Credential
from .errors import AwsError

# Actions with no resource of their own; everything else of ACM names a certificate.
ACM_WITHOUT_RESOURCE = {"ListCertificates", "SearchCertificates", "GetAccountConfiguration", "PutAccountConfiguration"}
ROUTE53_WITHOUT_RESOURCE = {"ListHostedZones", "ListHostedZonesByName", "CreateHostedZone", "GetHostedZoneCount"}
# The JSON services answer AccessDeniedException with status 400, the XML ones AccessDenied with 403.
ALWAYS_ALLOWED = {("sts", "GetCallerIdentity")}

TagLookup = Callable[[str], "dict[str, str] | None"]


@dataclass(frozen=True)
class Need:
    """One permission the call needs."""

    action: str
    resource: str
    keys: dict[str, Any] = field(default_factory=dict)


def needs(call: Call, tags_of: TagLookup) -> list[Need]:
    """All permissions the call needs; all must be granted."""
    action = f"{call.service}:{call.action}"
    if (call.service, call.action) in ALWAYS_ALLOWED:
        # "No permissions are required to perform this operation" (STS API reference, GetCallerIdentity).
        return []
    if call.service == "acm":
        return _acm_needs(call, action, tags_of)
    if call.service == "route53":
        return [Need(action, _route53_resource(call), _route53_keys(call))]
    if call.service == "sts":
        return [Need(action, call.parameters.get("RoleArn", "*"))]
    if call.service == "tag":
        return _tagging_needs(call, action)
    if call.service == "elasticloadbalancing":
        return _balancing_needs(call, action, tags_of)
    if call.service == "cloudfront":
        return _cloudfront_needs(call, tags_of)
    if call.service == "secretsmanager":
        return _secrets_needs(call, action)
    if call.service == "acm-pca":
        return _private_ca_needs(call, action, tags_of)
    return [Need(action, "*")]


def _tag_keys(tags: dict[str, str]) -> dict[str, Any]:
    return {"aws:TagKeys": list(tags)} | {f"aws:RequestTag/{key}": value for key, value in tags.items()}


def _acm_needs(call: Call, action: str, tags_of: TagLookup) -> list[Need]:
    parameters = call.parameters
    tags = {tag.get("Key", ""): tag.get("Value") or "" for tag in parameters.get("Tags", [])}
    keys: dict[str, Any] = _tag_keys(tags) if tags else {}
    every = f"arn:aws:acm:{call.region}:{call.account}:certificate/*"
    if call.action in ACM_WITHOUT_RESOURCE:
        return [Need(action, "*")]
    if call.action in ("RequestCertificate", "ImportCertificate"):
        resource = parameters.get("CertificateArn", every)
        if "CertificateArn" in parameters:
            keys |= _resource_tags(resource, tags_of)
        found = [Need(action, resource, keys | (_request_keys(parameters) if call.action[0] == "R" else {}))]
        # Tags at request also need acm:AddTagsToCertificate (Service Authorization Reference, ACM).
        if tags:
            found.append(Need("acm:AddTagsToCertificate", resource, keys))
        return found
    resource = parameters.get("CertificateArn", every)
    for key, value in (tags_of(resource) or {}).items():
        keys[f"aws:ResourceTag/{key}"] = value
    return [Need(action, resource, keys)]


def _request_keys(parameters: dict[str, Any]) -> dict[str, Any]:
    """Condition keys of RequestCertificate; acm:ValidationMethod is EMAIL when the parameter is absent."""
    names = [parameters.get("DomainName", ""), *parameters.get("SubjectAlternativeNames", [])]
    keys = {
        "acm:DomainNames": sorted({name.lower() for name in names}),
        "acm:ValidationMethod": parameters.get("ValidationMethod", "EMAIL"),
        "acm:KeyAlgorithm": parameters.get("KeyAlgorithm", "RSA_2048"),
        "acm:Export": parameters.get("Options", {}).get("Export", "DISABLED"),
        "acm:CertificateTransparencyLogging": "ENABLED",
    }
    if "CertificateAuthorityArn" in parameters:
        keys["acm:CertificateAuthority"] = parameters["CertificateAuthorityArn"]
    return keys


def _secrets_needs(call: Call, action: str) -> list[Need]:
    """A secret's ARN ends in six random characters, so policies name it with a wildcard; tags at creation need
    TagResource, too (Service Authorization Reference, Secrets Manager)."""
    name = call.parameters.get("Name") or call.parameters.get("SecretId") or "*"
    every = f"arn:aws:secretsmanager:{call.region}:{call.account}:secret"
    resource = name if name.startswith("arn:") else f"{every}:{name}-??????"
    tags = {tag.get("Key", ""): tag.get("Value") or "" for tag in call.parameters.get("Tags") or []}
    keys = {"secretsmanager:Name": name, **(_tag_keys(tags) if tags else {})}
    return [Need(each, resource, keys) for each in (action, *(["secretsmanager:TagResource"] if tags else []))]


def _route53_resource(call: Call) -> str:
    if call.action in ROUTE53_WITHOUT_RESOURCE:
        return "*"
    if call.action == "GetChange":
        return f"arn:aws:route53:::change/{call.parameters.get('Id', '').rpartition('/')[2]}"
    zone = call.parameters.get("HostedZoneId") or call.parameters.get("Id") or call.parameters.get("ResourceId")
    return f"arn:aws:route53:::hostedzone/{zone.rpartition('/')[2]}" if zone else "*"


def _route53_keys(call: Call) -> dict[str, Any]:
    """Keys of ChangeResourceRecordSets ("Using IAM policy conditions for fine-grained access control")."""
    if call.action != "ChangeResourceRecordSets":
        return {}
    changes = call.parameters.get("ChangeBatch", {}).get("Changes", [])
    sets = [change.get("ResourceRecordSet", {}) for change in changes]
    prefix = "route53:ChangeResourceRecordSets"
    return {
        f"{prefix}NormalizedRecordNames": sorted({normalized(item.get("Name", "")) for item in sets}),
        f"{prefix}RecordTypes": sorted({item.get("Type", "") for item in sets}),
        f"{prefix}Actions": sorted({change.get("Action", "") for change in changes}),
    }


def normalized(name: str) -> str:
    """Lower case, no trailing dot, everything but a-z 0-9 - _ . as octal escapes (same page)."""
    name = name.removesuffix(".").lower()
    if "\\" in name:
        return name
    return "".join(char if char.isalnum() or char in "-_." else f"\\{ord(char):03o}" for char in name)


def _resource_tags(arn: str, tags_of: TagLookup) -> dict[str, Any]:
    return {f"aws:ResourceTag/{key}": value for key, value in (tags_of(arn) or {}).items()}


def _balancing_needs(call: Call, action: str, tags_of: TagLookup) -> list[Need]:
    """Describe* has no resources; what is made has its ARN up to the id; tags on making need AddTags too."""
    parameters = call.parameters
    if call.action.startswith("Describe"):
        return [Need(action, "*")]
    given = parameters.get("Tags") or []
    keys = _tag_keys({tag.get("Key", ""): tag.get("Value") or "" for tag in given}) if given else {}
    if call.action == "RemoveTags":
        keys = {"aws:TagKeys": list(parameters.get("TagKeys") or [])}
    start = f"arn:aws:elasticloadbalancing:{call.region}:{call.account}"
    name = parameters.get("Name", "")
    if call.action == "CreateLoadBalancer":
        kind = {"network": "net", "gateway": "gwy"}.get(parameters.get("Type", ""), "app")
        resources = [f"{start}:loadbalancer/{kind}/{name}/*"]
    elif call.action == "CreateTargetGroup":
        resources = [f"{start}:targetgroup/{name}/*"]
    else:
        one = parameters.get("ListenerArn") or parameters.get("LoadBalancerArn")
        resources = parameters.get("ResourceArns") or [one or "*"]
    found = [Need(action, arn, keys | _resource_tags(arn, tags_of)) for arn in resources]
    if given and call.action.startswith("Create"):
        found += [Need("elasticloadbalancing:AddTags", arn, keys) for arn in resources]
    return found


def _cloudfront_needs(call: Call, tags_of: TagLookup) -> list[Need]:
    """CreateDistributionWithTags is no permission of its own: it needs CreateDistribution and TagResource (CloudFront
    guide, "API permissions"). A managed certificate is requested in the caller's name (managed-cloudfront-certificates,
    "Prerequisites": acm:RequestCertificate and acm:DescribeCertificate)."""
    parameters = call.parameters
    arn = _cloudfront_resource(call)
    action = call.action.removesuffix("WithTags")
    given = parameters.get("Tags") or parameters.get("DistributionConfigWithTags", {}).get("Tags") or {}
    keys = _resource_tags(arn, tags_of)
    if given.get("Items"):
        keys |= _tag_keys({tag["Key"]: tag.get("Value") or "" for tag in given["Items"]})
    if call.action == "UntagResource":
        keys["aws:TagKeys"] = list(parameters["TagKeys"].get("Items") or [])
    found = [Need(f"cloudfront:{action}", arn, keys)]
    if given.get("Items") and action.startswith("Create"):
        found.append(Need("cloudfront:TagResource", arn, keys))
    if "ManagedCertificateRequest" in parameters:
        certificates = f"arn:aws:acm:us-east-1:{call.account}:certificate/*"
        found += [Need(f"acm:{name}Certificate", certificates) for name in ("Request", "Describe")]
    return found


def _cloudfront_resource(call: Call) -> str:
    """The ARN the call is about: tenants and connection groups may be named by id, ARN or name."""
    parameters, start = call.parameters, f"arn:aws:cloudfront::{call.account}:"
    if "Resource" in parameters:
        return str(parameters["Resource"])
    if call.action.startswith("List") and call.action != "ListDomainConflicts":
        return "*"
    target = parameters.get("TargetResource") or parameters.get("DomainControlValidationResource") or {}
    named = parameters.get("Id") or parameters.get("Identifier") or "*"
    if named.startswith("arn:"):
        return str(named)
    if "ConnectionGroup" in call.action:
        return f"{start}connection-group/{named if named.startswith('cg_') else '*'}"
    tenant = target.get("DistributionTenantId") or named
    if "Tenant" in call.action or "DistributionTenantId" in target or "Identifier" in parameters:
        return f"{start}distribution-tenant/{tenant if tenant.startswith('dt_') else '*'}"
    return f"{start}distribution/{target.get('DistributionId') or named}"


def _private_ca_needs(call: Call, action: str, tags_of: TagLookup) -> list[Need]:
    """All but making and listing is on the CA; the template has a condition key, and is one even by default."""
    parameters = call.parameters
    given = parameters.get("Tags") or []
    keys = _tag_keys({tag.get("Key", ""): tag.get("Value") or "" for tag in given}) if given else {}
    if call.action == "ListCertificateAuthorities":
        return [Need(action, "*")]
    if call.action == "CreateCertificateAuthority":
        return [Need(action, "*", keys), *([Need("acm-pca:TagCertificateAuthority", "*", keys)] if given else [])]
    arn = parameters.get("CertificateAuthorityArn") or parameters.get("ResourceArn", "*")
    if call.action == "IssueCertificate":
        default = f"arn:{arn.split(':')[1]}:acm-pca:::template/EndEntityCertificate/V1"
        keys["acm-pca:TemplateArn"] = parameters.get("TemplateArn") or default
    return [Need(action, arn, keys | _resource_tags(arn, tags_of))]


def _tagging_needs(call: Call, action: str) -> list[Need]:
    """TagResources and UntagResources also need the tagging action of each resource's own service."""
    found = [Need(action, "*")]
    own = {"TagResources": "acm:AddTagsToCertificate", "UntagResources": "acm:RemoveTagsFromCertificate"}
    if call.action in own:
        keys = _tag_keys(call.parameters["Tags"]) if call.parameters.get("Tags") else {}
        found += [Need(own[call.action], arn, keys) for arn in call.parameters.get("ResourceARNList", [])]
    return found


@dataclass(frozen=True)
class Denial:
    """An explicit deny a test asked for; patterns as in IAM."""

    account: str
    actions: tuple[str, ...]
    principal: str | None = None

    def hits(self, credential: Credential, action: str) -> bool:
        return (
            self.account in ("*", credential.account)
            and any(iam.matches(action.lower(), pattern.lower()) for pattern in self.actions)
            and (self.principal is None or iam.matches(credential.principal, self.principal))
        )


class Authorizer:
    """Identity policies of the caller, and the denials of the test."""

    def __init__(self) -> None:
        self._denials: list[Denial] = []
        self._lock = threading.Lock()
        self.tags_of: TagLookup = lambda arn: None

    def reset(self) -> None:
        with self._lock:
            self._denials.clear()

    def deny(self, account: str, actions: list[str], principal: str | None = None) -> None:
        with self._lock:
            self._denials.append(Denial(account, tuple(actions), principal))

    def authorize(self, call: Call, credential: Credential) -> None:
        """Raise the refusal in the service's form unless every permission is granted."""
        if call.service == "sts" and call.action == "AssumeRole":
            # The trust policy has its say too, see sts.py; explicit denies count here already.
            self._refuse_denied(call, credential)
            return
        for need in needs(call, self.tags_of):
            if any(denial.hits(credential, need.action) for denial in self._denials):
                raise refusal(call.service, credential, need, explicit=True)
            for policy in credential.policies:
                decision = iam.decide([policy], need.action, need.resource, need.keys)
                if decision != "Allow":
                    raise refusal(call.service, credential, need, explicit=decision == "Deny")

    def _refuse_denied(self, call: Call, credential: Credential) -> None:
        for need in needs(call, self.tags_of):
            if any(denial.hits(credential, need.action) for denial in self._denials):
                raise refusal(call.service, credential, need, explicit=True)


def refusal(service: str, credential: Credential, need: Need, explicit: bool) -> AwsError:
    why = "with an explicit deny in an identity-based policy"
    if not explicit:
        why = f"because no identity-based policy allows the {need.action} action"
    who = f"User: {credential.principal} is not authorized to perform: {need.action}"
    message = f"{who} on resource: {need.resource} {why}"
    if service in ("acm", "tag", "acm-pca"):
        return AwsError("AccessDeniedException", message, 400)
    return AwsError("AccessDenied", message, 403)
