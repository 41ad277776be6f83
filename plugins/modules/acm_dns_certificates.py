#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_dns_certificates
short_description: Request many ACM certificates and validate them by DNS
version_added: 0.1.0
description:
  - Takes a list of certificates from "these names" to issued. For each it reuses the certificate that is there, or requests one,
    writes the validation records to the right hosted zones of Route 53, and waits until all are issued.
  - Any number of certificates in any number of Regions cost one listing a Region and, for each certificate that isn't there,
    two calls. Calls run side by side, paced by the rates that AWS publishes.
  - Nothing is requested unless every name has a hosted zone. One failed certificate doesn't keep the others from being finished.
  - A run that is killed anywhere is finished by the next one. Certificates are found again by their names and tags.
options:
  certificates:
    description:
      - The certificates.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - What you call this certificate. It is kept in the tag V(tlsops:name), and finds the certificate again after its names have
            changed. Then a new one is requested, and the old one is returned in RV(certificates[].superseded).
          - Without a name, a certificate is known by the set of its names.
        type: str
      domain_name:
        description:
          - The first name (the common name), up to 64 characters long.
          - Default is the first of O(certificates[].subject_alternative_names) that is short enough.
          - Unicode is translated (IDNA), case and order don't matter.
        type: str
      subject_alternative_names:
        description:
          - The other names. O(certificates[].domain_name) may be among them or not.
          - ACM takes 10 names a certificate unless AWS has raised that quota, and never more than 100.
        type: list
        elements: str
        default: []
      certificate_authority_arn:
        description:
          - ARN of a private CA (AWS Private CA) that issues the certificate. It needs no validation, then.
          - A certificate from another CA is another certificate. Change this, and a new one is requested.
        type: str
      key_algorithm:
        description:
          - The key's kind. Public certificates have V(RSA_2048), V(EC_prime256v1) or V(EC_secp384r1).
          - V(RSA_2048) if nothing is said, here or in O(key_algorithm).
        type: str
        choices: [RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1, EC_secp521r1]
      match:
        description: Which existing certificate will do.
        type: str
        choices:
          exact: One with just these names.
          covers: One that covers all of these names, also by a wildcard, whatever else it has. An exact one is taken first.
        default: exact
      cloudfront:
        description:
          - The certificate is for CloudFront, which takes certificates from V(us-east-1) only, so it is made there.
        type: bool
        default: false
      tags:
        description:
          - Tags of the certificate. If left out, existing tags stay as they are.
          - V(aws:) and V(tlsops:) are reserved prefixes.
        type: dict
        aliases: [resource_tags]
      purge_tags:
        description:
          - Remove tags that aren't in O(certificates[].tags), if O(certificates[].tags) is given. Tags are only ever removed from certificates that this
            collection has requested.
        type: bool
        default: true
      region:
        description:
          - The Region for this certificate. Default is that of the task.
        type: str
  certificate_authority_arn:
    description:
      - O(certificates[].certificate_authority_arn) of each certificate that has none of its own. An empty string makes none.
    type: str
  key_algorithm:
    description:
      - O(certificates[].key_algorithm) of each certificate that doesn't say.
    type: str
    choices: [RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1, EC_secp521r1]
  tags:
    description:
      - Tags of all certificates. Those of O(certificates[].tags) come on top.
    type: dict
    aliases: [resource_tags]
  grant_renewal_permission:
    description:
      - Before a certificate of a private CA is requested, grant ACM the permission that it needs to renew certificates of this CA, if it
        lacks it (C(acm-pca:CreatePermission)). It is for CAs of the own account. Without it, a missing permission is a warning.
    type: bool
    default: false
  write_records:
    description:
      - Write the validation records to Route 53. Each name needs a public hosted zone, or nothing is requested at all.
      - With V(false) they are only returned, for zones that are elsewhere.
    type: bool
    default: true
  ttl:
    description:
      - TTL in seconds of validation records that are written. A right record with another TTL is left alone.
    type: int
    default: 300
  wait:
    description:
      - Wait until all certificates are issued, and print a line whenever something has changed.
      - With V(false), return when the validation records are written. A later run, or M(tlsops.certificates.acm_certificate_wait),
        goes on.
    type: bool
    default: true
  wait_timeout:
    description:
      - For how many seconds to wait. ACM mostly validates within minutes, but it may take half an hour.
    type: int
    default: 4500
  poll_interval:
    description:
      - The longest pause in seconds between two looks. Pauses begin with one or two seconds and grow.
    type: int
    default: 15
  describe:
    description:
      - Read everything about certificates that are issued already, too, such as RV(certificates[].in_use_by) and
        RV(certificates[].validation_records), at the price of a call for each.
    type: bool
    default: false
  on_failure:
    description: What to do about a certificate that failed, or wasn't issued in time, once the others are finished.
    type: str
    choices:
      fail: Fail the task, and say which and why.
      report: Say so in its RV(certificates[].phase) and RV(certificates[].message) only.
    default: fail
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
  - tlsops.certificates.dns
  - tlsops.certificates.dns.preflight
notes:
  - C(CAA_ERROR) means that a CAA record forbids Amazon to issue. Allow C(amazon.com), and run again. A failed certificate can't be
    retried, so a new one is requested.
  - C(VALIDATION_TIMED_OUT) means that ACM didn't see the records for 72 hours. Mostly the zone isn't the one that the domain is
    delegated to. Compare its NS records with those at the registrar.
  - C(not issued within ... seconds) is no failure of the certificate. Run again to go on waiting. If it happens again, the
    message says what keeps it.
  - C(LimitExceededException) is a used-up quota, and the message says which one. Deleting certificates doesn't give back any of
    those that may be requested in a year.
  - C(a CNAME record cannot be written, because the name already has ...) means that another record is in the way. It is never
    overwritten.
seealso:
  - module: tlsops.certificates.acm_dns_certificate
  - module: tlsops.certificates.acm_certificate_wait
  - module: tlsops.certificates.route53_validation_records
  - name: DNS validation in ACM
    description: How ACM validates names, and why the records have to stay.
    link: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Two certificates, one of them for CloudFront, with zones in another account
  tlsops.certificates.acm_dns_certificates:
    region: eu-west-1
    dns_role_arn: arn:aws:iam::222222222222:role/dns-validation
    dns_role_external_id: tlsops-demo
    certificates:
      - name: shop
        domain_name: shop.example.net
        subject_alternative_names: ["*.shop.example.net"]
      - name: cdn
        domain_name: cdn.example.net
        cloudfront: true
  register: result

- name: Show where each of them stands
  ansible.builtin.debug:
    msg: "{{ result.certificates | map('tlsops.certificates.certificate_line') }}"

- name: Request, write the records, and don't wait
  tlsops.certificates.acm_dns_certificates:
    region: eu-west-1
    hosted_zones:
      example.com: "{{ hosted_zone_id }}"
    certificates:
      - domain_name: www.example.com
        subject_alternative_names: [example.com]
        key_algorithm: EC_prime256v1
    wait: false

- name: Only say which records are wanted, for a zone that isn't in Route 53
  tlsops.certificates.acm_dns_certificates:
    region: eu-west-1
    certificates:
      - domain_name: www.example.org
    write_records: false
    wait: false
  register: elsewhere

- name: Show the records to write there
  ansible.builtin.debug:
    msg: "{{ item.name }} {{ item.type }} {{ item.value }}"
  loop: "{{ elsewhere.certificates | map(attribute='validation_records') | flatten }}"
  loop_control:
    label: "{{ item.domain_names | join(', ') }}"

- name: Finish those that can be finished, and go on whatever became of the others
  tlsops.certificates.acm_dns_certificates:
    certificates:
      - domain_name: api.example.com
        region: eu-west-1
      - domain_name: api.example.com
        region: us-east-1
    tags:
      team: api
    wait_timeout: 1800
    on_failure: report
  register: result

- name: Say which are not ready, and why
  ansible.builtin.debug:
    msg: "{{ result.certificates | rejectattr('ready') | map(attribute='message') }}"
"""

RETURN = r"""
findings:
  description: What O(preflight) has found in the public DNS of the names that are to be requested. Empty if that is nothing, or nothing was
    looked at.
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
failure:
  description: What failed, in the words the task would fail with, also with O(on_failure=report); null if nothing did.
  returned: always
  type: str
faults:
  description: Everything that is wrong with the options, one sentence each.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ['certificates[0] (shop): "www.example.com." ends with a dot: leave it out']
error:
  description: What AWS said, when a call of the whole task was refused. What concerns one certificate is in its record.
  returned: when AWS refused a call
  type: dict
  contains:
    code:
      description: AWS's error code.
      type: str
      returned: always
      sample: AccessDeniedException
    operation:
      description: The API operation.
      type: str
      returned: always
      sample: ListCertificates
    message:
      description: AWS's own words.
      type: str
      returned: always
certificates:
  description:
    - One record for each certificate, in the order asked for. The keys are the same whether anything changed or not, in check
      mode, and for a certificate that failed.
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
        - ARNs of other certificates of the same O(certificates[].name), which this one replaces. They are kept. Delete them when nothing
          uses them any more.
      type: list
      elements: str
      returned: always
      sample: []
"""

import typing as t

from ..module_utils._certificate_options import CERTIFICATE_ARGUMENTS, wanted_certificates
from ..module_utils._certificate_plan import make_plan
from ..module_utils._diagnosis import PREFLIGHT_ARGUMENTS
from ..module_utils._flows import diagnosing, issuing
from ..module_utils._flows.zones import ZONE_ARGUMENTS, parse_zone_options
from ..module_utils._module import DNS_ROLE_ARGUMENTS, ISSUING_ARGUMENTS, Run, module_run, wait_settings

ARGUMENTS: dict[str, t.Any] = {
    "certificates": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {**CERTIFICATE_ARGUMENTS, "region": {"type": "str"}},
    },
    "certificate_authority_arn": CERTIFICATE_ARGUMENTS["certificate_authority_arn"],
    "key_algorithm": CERTIFICATE_ARGUMENTS["key_algorithm"],
    "tags": CERTIFICATE_ARGUMENTS["tags"],
    "describe": {"type": "bool", "default": False},
    "on_failure": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    **ISSUING_ARGUMENTS,
    "grant_renewal_permission": {"type": "bool", "default": False},
    **PREFLIGHT_ARGUMENTS,
    **ZONE_ARGUMENTS,
    **DNS_ROLE_ARGUMENTS,
}


def parse(run: Run) -> issuing.Desired:
    params = run.params
    defaults = {key: params[key] for key in ("certificate_authority_arn", "key_algorithm", "tags")}
    wanted, zones, wait = run.parse(
        lambda: wanted_certificates(params["certificates"], {**defaults, "region": run.access.region}),
        lambda: parse_zone_options(params),
        lambda: wait_settings(params),
    )
    return issuing.Desired(
        certificates=tuple(wanted),
        zones=zones,
        write_records=params["write_records"],
        ttl=params["ttl"],
        describe=params["describe"],
        wait=wait,
        report_failures=params["on_failure"] == "report",
        preflight=params["preflight"],
        grant_renewal_permission=params["grant_renewal_permission"],
    )


def main() -> None:
    with module_run(ARGUMENTS) as run:
        desired = parse(run)
        observed = issuing.observe(run.access, run.dns_access, desired)
        plan = make_plan(observed.choices, observed.zones, observed.record_steps, observed.renewals)
        found = diagnosing.before_requests(run.dns_access, plan, desired.preflight, desired.zones.nameservers)
        run.carry_out(plan, lambda: issuing.apply(run.access, run.dns_access, plan, observed, desired), found.complete)


if __name__ == "__main__":
    main()
