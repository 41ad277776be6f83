#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudfront_tenant_cert
short_description: Take a CloudFront distribution tenant to its certificate
version_added: 0.1.0
description:
  - Creates a tenant of a multi-tenant distribution, or changes it, and takes its certificate from the request to attached. CloudFront
    doesn't attach what it has had issued by itself.
  - The certificate is one that CloudFront requests, validates over HTTP and renews (O(managed_certificate)), one of your own
    (O(certificate_arn)), or the distribution's.
  - A run that is killed anywhere is finished by the next one. The tenant is found again by its name.
options:
  name:
    description:
      - Name of the tenant, unique in the account. It is how the tenant is found, and can't be changed.
    type: str
    required: true
  state:
    description: Whether there shall be such a tenant.
    type: str
    choices:
      present: It is created, or changed to what is named here.
      absent: It is disabled and, when CloudFront has done that, deleted. The other options don't matter.
    default: present
  distribution_id:
    description:
      - ID of the multi-tenant distribution. Needed to create the tenant.
      - If the tenant belongs to another one, that is an error, unless O(move_distribution).
    type: str
  domains:
    description:
      - Its domains, 1 to 5. Needed to create the tenant. The order doesn't matter; Unicode is translated (IDNA).
      - A managed certificate is requested anew when a domain is added that it doesn't have. The old one serves until then.
      - A wildcard needs O(certificate_arn).
    type: list
    elements: str
  enabled:
    description:
      - Whether it serves its domains. A new tenant does, unless this is V(false).
    type: bool
  connection_group_id:
    description:
      - ID of the connection group. Its routing endpoint is where the domains have to point to.
      - A new tenant gets the account's default group if nothing is said.
    type: str
  parameters:
    description:
      - Values by name, for the parameters of the distribution. If named, they are all of them; V({}) removes what is there.
    type: dict
  web_acl:
    description:
      - The web ACL (AWS WAF) of the tenant.
    type: dict
    suboptions:
      action:
        description: Which web ACL it is.
        type: str
        required: true
        choices:
          override: The one of O(web_acl.arn).
          disable: None, not even the distribution's.
          inherit: The distribution's. This removes what the tenant has of its own.
      arn:
        description: ARN of the web ACL, a global one.
        type: str
  geo_restrictions:
    description:
      - In which countries the tenant is served.
    type: dict
    suboptions:
      restriction_type:
        description: What O(geo_restrictions.locations) are.
        type: str
        required: true
        choices:
          none: There is no restriction, whatever the distribution says.
          whitelist: The only countries.
          blacklist: All countries but these.
          inherit: The distribution's restriction counts. This removes what the tenant has of its own.
      locations:
        description: Country codes of two letters (ISO 3166-1).
        type: list
        elements: str
  managed_certificate:
    description:
      - CloudFront requests a certificate from ACM for the domains, validates it over HTTP and renews it. When it is issued, it is attached.
      - Without this and O(certificate_arn), a certificate that is attached stays; a new tenant has the distribution's.
    type: dict
    suboptions:
      validation_token_host:
        description: Who answers when the domains are validated for the first time. CloudFront answers for later renewals.
        type: str
        required: true
        choices:
          cloudfront: CloudFront. Every domain must point to the routing endpoint before, so this is for domains that are
            not served elsewhere yet, or may be down for some minutes.
          self-hosted: Your web servers, to which the domains point. They redirect as RV(tenant.validation_tokens) says. Move
            the domains to CloudFront afterwards, without an interruption.
      primary_domain_name:
        description:
          - The certificate's first name, one of O(domains).
          - Default is the first of O(domains).
        type: str
      certificate_transparency_logging_preference:
        description: Whether the certificate is logged publicly. Browsers want it to be. ACM's default if nothing is said.
        type: str
        choices: [enabled, disabled]
  certificate_arn:
    description:
      - ARN of a certificate of your own, in V(us-east-1). It must cover every domain.
      - An empty string removes the tenant's certificate, so that it is served with the distribution's.
      - Excludes O(managed_certificate).
    type: str
  tags:
    description:
      - Tags of the tenant. If nothing is said they stay as they are.
    type: dict
    aliases: [resource_tags]
  purge_tags:
    description:
      - Whether tags that aren't in O(tags) are removed, if that is given.
    type: bool
    default: true
  retry_failed:
    description:
      - Request another certificate where CloudFront's request has failed (V(validation-timed-out), V(failed), V(revoked), V(expired),
        V(inactive)). Without this such a tenant fails the task.
      - It also requests one in the place of a certificate of your own, if O(managed_certificate) is named now.
    type: bool
    default: false
  on_drift:
    description: What to do where an existing tenant differs from what is named.
    type: str
    choices:
      correct: Change it.
      report: Change nothing but the certificate, which is still attached when it is issued, and say so in RV(tenant.reason).
    default: correct
  move_distribution:
    description:
      - Move a tenant that belongs to another distribution to O(distribution_id).
    type: bool
    default: false
  move_domains:
    description:
      - Take O(domains) over that another tenant of the account has. That one must be disabled before, and this one must have
        a certificate that covers them. Domains are moved one by one, when the tenant is ready otherwise.
      - To create a tenant, one of its domains must be free.
    type: bool
    default: false
  wait:
    description:
      - Wait until every tenant is served with its certificate (or deleted), and print a line whenever something has changed.
      - With V(false), do what can be done now. What waits for CloudFront or for you isn't a failure then, and a later run goes on.
    type: bool
    default: true
  wait_timeout:
    description:
      - For how many seconds to wait. If it takes longer the task fails, and a later run goes on. CloudFront gives up on the validation
        after 72 hours.
    type: int
    default: 4500
  first_interval:
    description:
      - Seconds until the first look.
    type: int
    default: 30
  poll_interval:
    description:
      - The longest pause in seconds between two looks, but for names that don't point to CloudFront and for throttling, where
        pauses are longer.
    type: int
    default: 60
  check_dns:
    description:
      - Before a tenant is created whose certificate CloudFront is to validate, ask the public DNS whether its domains point to the routing
        endpoint. If one surely doesn't, nothing is created, and the task says what is missing.
      - Names are looked up neither for this nor for O(preflight) where O(endpoint_url) isn't AWS's, unless O(nameservers) are given.
    type: bool
    default: true
  nameservers:
    description:
      - Addresses of the DNS resolvers to ask, each with an optional port (C(192.0.2.1), C(192.0.2.1:5353), C([2001:db8::1]:5353)).
      - Without them the resolvers of the system are asked.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
  - tlsops.certificates.dns.preflight
notes:
  - What the task doesn't name is kept, also when others change it. What it names is corrected, and shown with C(--diff).
  - C(DomainValidationPending) means that a domain doesn't point to CloudFront yet. RV(tenant.dns_records) has the records to
    write; at the apex of a zone it is an alias record. Nothing is created before.
  - C(PendingValidation) with C(self-hosted) means that CloudFront hasn't seen the redirects of RV(tenant.validation_tokens) yet.
    Get one with C(curl -I) from outside. It must answer to plain HTTP.
  - C(CertificateFailed) means that CloudFront's request came to nothing. The message has the status. Put it right, then run with
    O(retry_failed=true).
  - C(DomainConflict) (C(CNAMEAlreadyExists)) means that another tenant or distribution has a domain, maybe in another account. The
    message says which, as far as CloudFront tells.
  - C(BindingMismatch) means that a tenant of this name belongs to another distribution, or was created by somebody else at the same
    moment, and differs.
  - C(CoveredByExisting) means that CloudFront has requested no certificate, since one that is there covers the domains.
  - C(InvalidSpec) is CloudFront's no to what is asked. The message has its words.
  - C(LimitExceeded) means that a quota of the account is used up.
  - The ETag of a tenant moves by itself when its certificate does. It is read again then, and what others have changed is kept.
seealso:
  - module: tlsops.certificates.cloudfront_tenant_certs
  - module: tlsops.certificates.acm_dns_certificate
  - name: Managed certificates
    description: How CloudFront requests certificates for tenants.
    link: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/managed-cloudfront-certificates.html
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: A tenant whose certificate is validated by the web servers that its domain points to
  tlsops.certificates.cloudfront_tenant_cert:
    name: blog
    distribution_id: "{{ multi_tenant_distribution_id }}"
    domains: [blog.example.com]
    managed_certificate:
      validation_token_host: self-hosted
    wait: false
  register: blog

- name: Show what the web servers have to redirect
  ansible.builtin.debug:
    msg: "{{ item.redirect_from }} -> {{ item.redirect_to }}"
  loop: "{{ blog.tenant.validation_tokens }}"
  loop_control:
    label: "{{ item.domain }}"

- name: A wildcard, with a certificate of your own
  tlsops.certificates.cloudfront_tenant_cert:
    name: customers
    distribution_id: "{{ multi_tenant_distribution_id }}"
    domains: ["*.customers.example.com"]
    certificate_arn: "{{ customers_certificate_arn }}"
    geo_restrictions:
      restriction_type: whitelist
      locations: [DE, AT, CH]
    tags:
      team: web

- name: A tenant that isn't needed any more
  tlsops.certificates.cloudfront_tenant_cert:
    name: old-shop
    state: absent
"""

RETURN = r"""
tenant:
  description: The only entry of RV(tenants).
  returned: always
  type: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: always
      sample: shop
    id:
      description: Its ID; null while it isn't there.
      type: str
      returned: always
      sample: dt_2wjMUbg0EXAMPLE
    arn:
      description: Its ARN; null while it isn't there.
      type: str
      returned: always
      sample: arn:aws:cloudfront::111111111111:distribution-tenant/dt_2wjMUbg0EXAMPLE
    distribution_id:
      description: ID of its distribution.
      type: str
      returned: always
      sample: E1ABCDEFGHIJKL
    domains:
      description: Its domains.
      type: list
      elements: dict
      returned: always
      contains:
        domain:
          description: The name.
          type: str
          returned: always
          sample: shop.example.com
        status:
          description: V(active) when CloudFront serves it, else V(inactive).
          type: str
          returned: always
          sample: active
    enabled:
      description: Whether it is enabled; null while it isn't there.
      type: bool
      returned: always
      sample: true
    status:
      description: V(InProgress) or V(Deployed); null while it isn't there.
      type: str
      returned: always
      sample: Deployed
    connection_group_id:
      description: ID of its connection group.
      type: str
      returned: always
      sample: cg_2whCJoXMEXAMPLE
    routing_endpoint:
      description: Where its domains have to point to; null where that isn't known yet (an account's first tenant, without a connection
        group).
      type: str
      returned: always
      sample: d111111abcdef8.cloudfront.net
    dns_records:
      description: The record that each domain needs to be served. At the apex of a zone it has to be an alias record.
      type: list
      elements: dict
      returned: always
      contains:
        name:
          description: The domain.
          type: str
          returned: always
          sample: shop.example.com
        type:
          description: V(CNAME).
          type: str
          returned: always
          sample: CNAME
        value:
          description: The routing endpoint.
          type: str
          returned: always
          sample: d111111abcdef8.cloudfront.net
    certificate_arn:
      description: ARN of its managed certificate, attached or not, else of the certificate that is attached; null if there is none.
      type: str
      returned: always
      sample: arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
    attached_certificate_arn:
      description: ARN of the certificate that it is served with; null if that is the distribution's.
      type: str
      returned: always
      sample: arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
    certificate_status:
      description: CloudFront's status of the managed certificate, such as V(pending-validation); null where there is none, or nobody
        asked.
      type: str
      returned: always
      sample: issued
    validation_token_host:
      description: Who has to answer at the validation, V(cloudfront) or V(self-hosted); null without a managed certificate.
      type: str
      returned: always
      sample: self-hosted
    validation_tokens:
      description: What your web servers have to redirect, and where to, while the certificate is being validated.
      type: list
      elements: dict
      returned: always
      contains:
        domain:
          description: The domain that it proves.
          type: str
          returned: always
          sample: shop.example.com
        redirect_from:
          description: The URL that CloudFront gets.
          type: str
          returned: always
          sample: http://shop.example.com/.well-known/pki-validation/0123abcd.txt
        redirect_to:
          description: Where it has to be redirected to.
          type: str
          returned: always
          sample: https://validation.us-east-1.acm-validations.aws/111111111111/.well-known/pki-validation/0123abcd.txt
    parameters:
      description: Its parameters; empty where only the listing was read.
      type: dict
      returned: always
      sample: {"tenantName": "shop"}
    web_acl:
      description: Its own web ACL; the values are null where it has none.
      type: dict
      returned: always
      contains:
        action:
          description: V(override) or V(disable).
          type: str
          returned: always
          sample: override
        arn:
          description: ARN of the web ACL.
          type: str
          returned: always
          sample: arn:aws:wafv2:us-east-1:111111111111:global/webacl/shop/12345678-1234-1234-1234-123456789012
    geo_restrictions:
      description: Its own restriction; null and empty where it has none.
      type: dict
      returned: always
      contains:
        restriction_type:
          description: V(none), V(whitelist) or V(blacklist).
          type: str
          returned: always
          sample: whitelist
        locations:
          description: Country codes.
          type: list
          elements: str
          returned: always
          sample: [DE]
    tags:
      description: Its tags; empty where only the listing was read.
      type: dict
      returned: always
      sample: {"team": "shop"}
    phase:
      description: How far it is, V(Pending) (not there, to be changed, or going away), V(PendingValidation), V(Attaching), V(Attached) or
        V(Failed).
      type: str
      returned: always
      sample: Attached
    ready:
      description: Whether every domain is served with its certificate, everywhere.
      type: bool
      returned: always
      sample: true
    certificate_ready:
      description: Whether the certificate serves every domain, though CloudFront may still deploy something; null for a tenant that goes.
      type: bool
      returned: always
      sample: true
    reason:
      description:
        - One word for programs. V(Validated), V(CoveredByExisting) and V(Deployed) (without a managed certificate) are ready.
        - V(Creating), V(UpdatePending), V(Requesting), V(DomainValidationPending), V(PendingValidation), V(Attaching), V(Deploying),
          V(Disabling), V(Deleting) and V(Throttled) are on the way. V(Absent), V(Disabled) and V(DriftDetected) stay as they are.
        - V(CertificateFailed), V(UnknownStatus), V(BindingMismatch), V(DomainConflict), V(InvalidSpec), V(LimitExceeded),
          V(AccessDenied) and V(AWSError) are failures.
      type: str
      returned: always
      sample: Validated
    message:
      description: One sentence on the state, and on what to do about it.
      type: str
      returned: always
      sample: Every domain is served with the managed certificate.
    next:
      description:
        - What comes next. V(none) and V(fail) stay as they are, V(wait) and V(retry) need another look, and V(create), V(update), V(request),
          V(attach), V(move), V(disable) and V(delete) are what a run would do, in check mode.
      type: str
      returned: always
      sample: none
    retry_after:
      description: Seconds after which another look is worth it; null where none is.
      type: float
      returned: always
      sample: 30
tenants:
  description: One entry for each tenant, as it is when all is done. In check mode, what it is now and what comes next.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: always
      sample: shop
    id:
      description: Its ID; null while it isn't there.
      type: str
      returned: always
      sample: dt_2wjMUbg0EXAMPLE
    arn:
      description: Its ARN; null while it isn't there.
      type: str
      returned: always
      sample: arn:aws:cloudfront::111111111111:distribution-tenant/dt_2wjMUbg0EXAMPLE
    distribution_id:
      description: ID of its distribution.
      type: str
      returned: always
      sample: E1ABCDEFGHIJKL
    domains:
      description: Its domains.
      type: list
      elements: dict
      returned: always
      contains:
        domain:
          description: The name.
          type: str
          returned: always
          sample: shop.example.com
        status:
          description: V(active) when CloudFront serves it, else V(inactive).
          type: str
          returned: always
          sample: active
    enabled:
      description: Whether it is enabled; null while it isn't there.
      type: bool
      returned: always
      sample: true
    status:
      description: V(InProgress) or V(Deployed); null while it isn't there.
      type: str
      returned: always
      sample: Deployed
    connection_group_id:
      description: ID of its connection group.
      type: str
      returned: always
      sample: cg_2whCJoXMEXAMPLE
    routing_endpoint:
      description: Where its domains have to point to; null where that isn't known yet (an account's first tenant, without a connection
        group).
      type: str
      returned: always
      sample: d111111abcdef8.cloudfront.net
    dns_records:
      description: The record that each domain needs to be served. At the apex of a zone it has to be an alias record.
      type: list
      elements: dict
      returned: always
      contains:
        name:
          description: The domain.
          type: str
          returned: always
          sample: shop.example.com
        type:
          description: V(CNAME).
          type: str
          returned: always
          sample: CNAME
        value:
          description: The routing endpoint.
          type: str
          returned: always
          sample: d111111abcdef8.cloudfront.net
    certificate_arn:
      description: ARN of its managed certificate, attached or not, else of the certificate that is attached; null if there is none.
      type: str
      returned: always
      sample: arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
    attached_certificate_arn:
      description: ARN of the certificate that it is served with; null if that is the distribution's.
      type: str
      returned: always
      sample: arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
    certificate_status:
      description: CloudFront's status of the managed certificate, such as V(pending-validation); null where there is none, or nobody
        asked.
      type: str
      returned: always
      sample: issued
    validation_token_host:
      description: Who has to answer at the validation, V(cloudfront) or V(self-hosted); null without a managed certificate.
      type: str
      returned: always
      sample: self-hosted
    validation_tokens:
      description: What your web servers have to redirect, and where to, while the certificate is being validated.
      type: list
      elements: dict
      returned: always
      contains:
        domain:
          description: The domain that it proves.
          type: str
          returned: always
          sample: shop.example.com
        redirect_from:
          description: The URL that CloudFront gets.
          type: str
          returned: always
          sample: http://shop.example.com/.well-known/pki-validation/0123abcd.txt
        redirect_to:
          description: Where it has to be redirected to.
          type: str
          returned: always
          sample: https://validation.us-east-1.acm-validations.aws/111111111111/.well-known/pki-validation/0123abcd.txt
    parameters:
      description: Its parameters; empty where only the listing was read.
      type: dict
      returned: always
      sample: {"tenantName": "shop"}
    web_acl:
      description: Its own web ACL; the values are null where it has none.
      type: dict
      returned: always
      contains:
        action:
          description: V(override) or V(disable).
          type: str
          returned: always
          sample: override
        arn:
          description: ARN of the web ACL.
          type: str
          returned: always
          sample: arn:aws:wafv2:us-east-1:111111111111:global/webacl/shop/12345678-1234-1234-1234-123456789012
    geo_restrictions:
      description: Its own restriction; null and empty where it has none.
      type: dict
      returned: always
      contains:
        restriction_type:
          description: V(none), V(whitelist) or V(blacklist).
          type: str
          returned: always
          sample: whitelist
        locations:
          description: Country codes.
          type: list
          elements: str
          returned: always
          sample: [DE]
    tags:
      description: Its tags; empty where only the listing was read.
      type: dict
      returned: always
      sample: {"team": "shop"}
    phase:
      description: How far it is, V(Pending) (not there, to be changed, or going away), V(PendingValidation), V(Attaching), V(Attached) or
        V(Failed).
      type: str
      returned: always
      sample: Attached
    ready:
      description: Whether every domain is served with its certificate, everywhere.
      type: bool
      returned: always
      sample: true
    certificate_ready:
      description: Whether the certificate serves every domain, though CloudFront may still deploy something; null for a tenant that goes.
      type: bool
      returned: always
      sample: true
    reason:
      description:
        - One word for programs. V(Validated), V(CoveredByExisting) and V(Deployed) (without a managed certificate) are ready.
        - V(Creating), V(UpdatePending), V(Requesting), V(DomainValidationPending), V(PendingValidation), V(Attaching), V(Deploying),
          V(Disabling), V(Deleting) and V(Throttled) are on the way. V(Absent), V(Disabled) and V(DriftDetected) stay as they are.
        - V(CertificateFailed), V(UnknownStatus), V(BindingMismatch), V(DomainConflict), V(InvalidSpec), V(LimitExceeded),
          V(AccessDenied) and V(AWSError) are failures.
      type: str
      returned: always
      sample: Validated
    message:
      description: One sentence on the state, and on what to do about it.
      type: str
      returned: always
      sample: Every domain is served with the managed certificate.
    next:
      description:
        - What comes next. V(none) and V(fail) stay as they are, V(wait) and V(retry) need another look, and V(create), V(update), V(request),
          V(attach), V(move), V(disable) and V(delete) are what a run would do, in check mode.
      type: str
      returned: always
      sample: none
    retry_after:
      description: Seconds after which another look is worth it; null where none is.
      type: float
      returned: always
      sample: 30
certificates:
  description: The certificates of the tenants, each once, as ACM has them; as far as CloudFront tells where ACM can't be asked.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: What the certificate is called, by the option or its V(tlsops:name) tag; null where neither is known.
      type: str
      returned: always
      sample: shop
    arn:
      description: ARN of the certificate; null while there is none (check mode, refused request).
      type: str
      returned: always
      sample: arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
    domain_name:
      description: The certificate's first name.
      type: str
      returned: always
      sample: www.example.com
    subject_alternative_names:
      description: Every name of the certificate, RV(certificates[].domain_name) included, in lower case, sorted.
      type: list
      elements: str
      returned: always
      sample: ["example.com", "www.example.com"]
    region:
      description: The Region it is in.
      type: str
      returned: always
      sample: eu-west-1
    type:
      description: V(AMAZON_ISSUED), V(PRIVATE) or V(IMPORTED).
      type: str
      returned: always
      sample: AMAZON_ISSUED
    key_algorithm:
      description: Key algorithm, as in requests.
      type: str
      returned: always
      sample: RSA_2048
    certificate_authority_arn:
      description: The private CA that issued it; null for public certificates.
      type: str
      returned: always
    status:
      description: ACM's status, such as V(PENDING_VALIDATION), V(ISSUED), V(FAILED); null while there is no certificate.
      type: str
      returned: always
      sample: PENDING_VALIDATION
    phase:
      description: How far it is, V(Pending) (not requested), V(PendingValidation), V(Issued) or V(Failed).
      type: str
      returned: always
      sample: PendingValidation
    ready:
      description: Whether it can be used.
      type: bool
      returned: always
      sample: false
    reason:
      description:
        - One word for programs, such as V(Issued), V(AwaitingValidation), V(AwaitingValidationRecords), V(CaaError),
          V(ValidationTimedOut), or the error code with which AWS refused the request.
      type: str
      returned: always
      sample: AwaitingValidation
    message:
      description: One sentence on the state, and on what to do about it.
      type: str
      returned: always
      sample: "ACM hasn't validated www.example.com yet (looks for CNAME _x1.www.example.com -> _x2.acm-validations.aws)."
    validation_records:
      description:
        - The DNS records that prove control of the names. They must stay, as ACM needs them for each renewal.
        - A wildcard and its base name share one. Empty for private certificates, and where the certificate wasn't described.
      type: list
      elements: dict
      returned: always
      contains:
        name:
          description: Name of the record; null in check mode for a certificate that isn't requested yet.
          type: str
          returned: always
          sample: _3639ac514e785e898d2646601fa951d5.www.example.com
        type:
          description: V(CNAME).
          type: str
          returned: always
          sample: CNAME
        value:
          description: Value of the record.
          type: str
          returned: always
          sample: _98d2646601fa951d53639ac514e785e8.acm-validations.aws
        domain_names:
          description: The names of the certificate that it validates.
          type: list
          elements: str
          returned: always
          sample: ["www.example.com"]
        hosted_zone_id:
          description: The hosted zone it goes to, where that was looked up.
          type: str
          returned: always
          sample: Z0123456789ABC
        hosted_zone_name:
          description: Name of that zone.
          type: str
          returned: always
          sample: example.com
        hosted_zone_name_servers:
          description: The name servers of that zone; empty where they weren't read.
          type: list
          elements: str
          returned: always
          sample: ["ns-1.awsdns-00.com", "ns-2.awsdns-00.net"]
    not_before:
      description: Start of the validity, ISO 8601 in UTC; null until it is issued.
      type: str
      returned: always
      sample: "2026-11-22T00:00:00+00:00"
    not_after:
      description: End of the validity, ISO 8601 in UTC; null until it is issued.
      type: str
      returned: always
      sample: "2027-06-08T23:59:59+00:00"
    renewal:
      description: ACM's renewal of an issued certificate; its values are null where there was none, or it wasn't described.
      type: dict
      returned: always
      contains:
        status:
          description: V(PENDING_AUTO_RENEWAL), V(PENDING_VALIDATION), V(SUCCESS) or V(FAILED).
          type: str
          returned: always
        reason:
          description: Why the renewal failed.
          type: str
          returned: always
        updated_at:
          description: When that was last seen.
          type: str
          returned: always
    in_use_by:
      description: ARNs of what uses the certificate; empty where it wasn't described.
      type: list
      elements: str
      returned: always
      sample: []
    tags:
      description: Its tags, those with which this collection marks what it requested included; empty where they weren't read.
      type: dict
      returned: always
      sample: {"tlsops:managed-by": "tlsops.certificates", "tlsops:name": "shop"}
    superseded:
      description:
        - ARNs of other certificates of the same RV(certificates[].name), which this one replaces. They are kept. Delete them when nothing
          uses them any more.
      type: list
      elements: str
      returned: always
      sample: []
findings:
  description: What O(preflight) has found in the public DNS of the domains whose certificates are to be requested. Empty if that is
    nothing, or nothing was looked at.
  returned: always
  type: list
  elements: dict
  contains:
    check:
      description: The name of the check, as in C(docs/troubleshooting.md).
      type: str
      returned: always
      sample: delegation_mismatch
    level:
      description: V(fatal) or V(error), if ACM would refuse, V(warning) or V(info).
      type: str
      returned: always
      sample: fatal
    name:
      description: The name.
      type: str
      returned: always
      sample: www.example.com
    explanation:
      description: What is wrong, in one sentence.
      type: str
      returned: always
      sample: example.com is delegated to ns1.other.net, not to the zone Z123
    detail:
      description: What was seen.
      type: str
      returned: always
      sample: ""
    remedy:
      description: What to do.
      type: str
      returned: always
      sample: ""
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["domains: a tenant has 1 to 5 of them, not 6"]
error:
  description: What AWS said, when a call of the whole task was refused.
  returned: when AWS refused a call
  type: dict
  contains:
    code:
      description: AWS's error code.
      type: str
      returned: always
      sample: AccessDenied
    operation:
      description: The API operation.
      type: str
      returned: always
      sample: CreateDistributionTenant
    message:
      description: AWS's own words.
      type: str
      returned: always
"""

import datetime
import typing as t

from ..module_utils._dns.resolver import parse_nameservers
from ..module_utils._flows import tenant_diagnosing, tenants
from ..module_utils._module import Run, module_run, wait_settings
from ..module_utils._module_result import Result
from ..module_utils._tenant_options import TENANT_ARGUMENTS, wanted_tenants

ARGUMENTS: dict[str, t.Any] = {**TENANT_ARGUMENTS, **tenants.RUN_ARGUMENTS}


def parse(run: Run) -> tenants.Desired:
    params = run.params
    wanted, wait, nameservers = run.parse(
        lambda: wanted_tenants([params]),
        lambda: wait_settings(params),
        lambda: parse_nameservers(params["nameservers"]),
    )
    return tenants.Desired(tuple(wanted), tenants.dns_check(run.access, params, nameservers), wait=wait)


def main() -> None:
    with module_run(ARGUMENTS) as run:
        desired = parse(run)
        observed = tenants.observe(run.access, desired, datetime.datetime.now(datetime.timezone.utc))
        plan = tenants.make_plan(observed, desired)
        found = tenant_diagnosing.before_requests(plan, desired.dns)

        def complete(result: Result) -> None:
            found.complete(result)
            result.values["tenant"] = result.values["tenants"][0]
            del result.values["failure"]

        run.carry_out(plan, lambda: tenants.apply(run.access, plan, observed, desired), complete)


if __name__ == "__main__":
    main()
