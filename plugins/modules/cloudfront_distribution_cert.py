#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudfront_distribution_cert
short_description: Set the viewer certificate of CloudFront distributions
version_added: 0.1.0
description:
  - Gives standard distributions of CloudFront their viewer certificate, and changes nothing else of them. What others change at the
    same moment is kept.
  - Before anything is changed, the certificate is looked at. It must be in V(us-east-1), be issued, have a key that CloudFront
    takes, and cover every alternate domain name. If one doesn't, no distribution is changed.
  - CloudFront serves the old certificate until the new one is deployed, so there is no moment without one.
options:
  distribution_id:
    description:
      - ID of the distribution.
    type: str
  alias:
    description:
      - One of the alternate domain names of the distribution, if it is not given by O(distribution_id). This lists all
        distributions of the account.
    type: str
  certificate_arn:
    description:
      - ARN of the certificate, in V(us-east-1). It must cover every alternate domain name of the distribution.
      - O(tlsops.certificates.acm_dns_certificates#module:certificates[].cloudfront) requests one there.
    type: str
  minimum_protocol_version:
    description:
      - The lowest TLS version and the security policy for viewers. If left out it stays as it is. For a distribution that had
        CloudFront's own certificate it is V(TLSv1.2_2021) then.
    type: str
    choices: [TLSv1_2016, TLSv1.1_2016, TLSv1.2_2018, TLSv1.2_2019, TLSv1.2_2021, TLSv1.2_2025, TLSv1.3_2025]
  ssl_support_method:
    description: How CloudFront serves HTTPS. If left out it stays as it is, or is V(sni-only) if it wasn't set.
    type: str
    choices:
      sni-only: To all clients that name the host (SNI), which is to say to all but very old ones.
      vip: At IP addresses of your own, for which AWS charges every month. It only goes with security policies older than
        those of O(minimum_protocol_version), so it can be kept, but not set.
      static-ip: At static IP addresses, which AWS enables for an account on request.
  distributions:
    description:
      - Several distributions at once, each with the options that else stand for one. Those for one can't be used beside it.
    type: list
    elements: dict
    suboptions:
      distribution_id:
        description:
          - ID of the distribution.
        type: str
      alias:
        description:
          - One of the alternate domain names of the distribution, if it is not given by O(distributions[].distribution_id). This lists all
            distributions of the account.
        type: str
      certificate_arn:
        description:
          - ARN of the certificate, in V(us-east-1). It must cover every alternate domain name of the distribution.
          - O(tlsops.certificates.acm_dns_certificates#module:certificates[].cloudfront) requests one there.
        type: str
      minimum_protocol_version:
        description:
          - The lowest TLS version and the security policy for viewers. If left out it stays as it is. For a distribution that had
            CloudFront's own certificate it is V(TLSv1.2_2021) then.
        type: str
        choices: [TLSv1_2016, TLSv1.1_2016, TLSv1.2_2018, TLSv1.2_2019, TLSv1.2_2021, TLSv1.2_2025, TLSv1.3_2025]
      ssl_support_method:
        description: How CloudFront serves HTTPS. If left out it stays as it is, or is V(sni-only) if it wasn't set.
        type: str
        choices:
          sni-only: To all clients that name the host (SNI), which is to say to all but very old ones.
          vip: At IP addresses of your own, for which AWS charges every month. It only goes with security policies older than
            those of O(distributions[].minimum_protocol_version), so it can be kept, but not set.
          static-ip: At static IP addresses, which AWS enables for an account on request.
  wait:
    description:
      - Wait until CloudFront has deployed the distributions everywhere.
    type: bool
    default: true
  wait_timeout:
    description:
      - For how many seconds to wait. A deployment mostly takes some minutes. If it takes longer, the task fails, but the change is
        made. Run again to go on waiting.
    type: int
    default: 4500
  poll_interval:
    description:
      - The longest pause in seconds between two looks.
    type: int
    default: 15
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
notes:
  - Distributions are changed side by side. If one fails, the others are finished, and the task fails at its end and says which and
    why. Run again to finish it, also when a run was killed.
  - C(... isn't the ARN of an ACM certificate) in check mode mostly comes from a certificate that isn't requested yet, and has no ARN.
  - C(there is no distribution ...) means that none of the account has this ID or alternate domain name. The credentials may be those of
    another account.
  - C(... doesn't cover the aliases ...) lists the alternate domain names that the certificate lacks. Request one that has them all, or
    remove those from the distribution. A wildcard covers one label.
  - C(... is in eu-west-1, and CloudFront takes certificates from us-east-1 only) means that another one has to be requested there. A
    certificate can't be moved.
  - C(InvalidViewerCertificate) comes from CloudFront when it doesn't know a new certificate yet. The update is repeated until two minutes
    after the certificate was issued. Later it is final. The certificate was deleted meanwhile, its chain is incomplete (imported
    ones), or O(minimum_protocol_version) doesn't go with O(ssl_support_method).
  - C(PreconditionFailed) means that others have changed the distribution at the same moment. It is read again, up to ten times, and
    what they have changed is kept. When it fails even so, something else changes it all the time.
  - C(IllegalUpdate) with C(only one viewer certificate change) means that another change is still being deployed. It is waited for, up
    to 15 minutes. With other words it is about the rest of the configuration, which is sent back as it was read.
  - C(CNAMEAlreadyExists) means that another distribution, maybe of another account, has taken over one of the alternate domain names. The
    owner of the domain can move it with C(AssociateAlias).
  - C(AccessDenied) may also be about what the configuration refers to. A distribution that writes access logs asks for
    C(s3:GetBucketAcl) and C(s3:PutBucketAcl) on their bucket.
seealso:
  - module: tlsops.certificates.acm_dns_certificates
  - module: tlsops.certificates.acm_certificate_retire
  - name: Certificates for CloudFront
    description: What certificates and keys CloudFront takes.
    link: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: The certificate for a distribution
  tlsops.certificates.cloudfront_distribution_cert:
    distribution_id: "{{ distribution_id }}"
    certificate_arn: "{{ cdn_certificate_arn }}"
    minimum_protocol_version: TLSv1.2_2021

- name: The same for the distribution with this name, without waiting
  tlsops.certificates.cloudfront_distribution_cert:
    alias: cdn.example.com
    certificate_arn: "{{ cdn_certificate_arn }}"
    wait: false

- name: Several at once
  tlsops.certificates.cloudfront_distribution_cert:
    distributions:
      - alias: cdn.example.com
        certificate_arn: "{{ cdn_certificate_arn }}"
  register: result

- name: Show what is deployed
  ansible.builtin.debug:
    msg: "{{ item.distribution_id }} is {{ item.status }}"
  loop: "{{ result.distributions }}"
  loop_control:
    label: "{{ item.aliases | join(', ') }}"
"""

RETURN = r"""
distributions:
  description: One entry for each distribution, as it is when all is done, or would be in check mode.
  returned: always
  type: list
  elements: dict
  contains:
    distribution_id:
      description: ID of the distribution.
      type: str
      returned: always
      sample: E1ABCDEFGHIJKL
    arn:
      description: Its ARN.
      type: str
      returned: always
      sample: arn:aws:cloudfront::111111111111:distribution/E1ABCDEFGHIJKL
    aliases:
      description: Its alternate domain names.
      type: list
      elements: str
      returned: always
      sample: [cdn.example.com]
    status:
      description: V(InProgress) or V(Deployed).
      type: str
      returned: always
      sample: Deployed
    certificate_arn:
      description: ARN of its certificate.
      type: str
      returned: always
      sample: arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
    minimum_protocol_version:
      description: Its security policy for viewers.
      type: str
      returned: always
      sample: TLSv1.2_2021
    ssl_support_method:
      description: How CloudFront serves HTTPS.
      type: str
      returned: always
      sample: sni-only
    previous_certificate_arn:
      description: What it had before, V((CloudFront's own\)) included; null if nothing has changed.
      type: str
      returned: always
      sample: arn:aws:acm:us-east-1:111111111111:certificate/23456789-1234-1234-1234-123456789012
certificates:
  description: The wanted certificates as ACM lists them, each once.
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
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["there is no distribution cdn.example.com in this account"]
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
      sample: UpdateDistribution
    message:
      description: AWS's own words.
      type: str
      returned: always
"""

import datetime
import typing as t

from ..module_utils._distributions import DISTRIBUTION_ARGUMENTS, WantedDistribution, wanted_distributions
from ..module_utils._errors import InvalidInput
from ..module_utils._flows import distributions
from ..module_utils._module import WAIT_ARGUMENTS, module_run, wait_settings

ARGUMENTS: dict[str, t.Any] = {
    **DISTRIBUTION_ARGUMENTS,
    "distributions": {"type": "list", "elements": "dict", "options": DISTRIBUTION_ARGUMENTS},
    **WAIT_ARGUMENTS,
}


def parse(params: dict[str, t.Any]) -> list[WantedDistribution]:
    if params["distributions"] is None:
        return wanted_distributions([params])
    if any(params[name] for name in DISTRIBUTION_ARGUMENTS):
        raise InvalidInput(["distributions says it all: leave out the options for one distribution beside it"])
    return wanted_distributions(params["distributions"])


def main() -> None:
    with module_run(ARGUMENTS) as run:
        wanted, settings = run.parse(lambda: parse(run.params), lambda: wait_settings(run.params))
        observed = distributions.observe(run.access, wanted)
        plan = distributions.make_plan(observed, waits=settings is not None)
        now = datetime.datetime.now(datetime.timezone.utc)
        run.carry_out(plan, lambda: distributions.apply(run.access, plan, now, settings))


if __name__ == "__main__":
    main()
