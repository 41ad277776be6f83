#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_dns_certificate
short_description: Request an ACM certificate and validate it by DNS
version_added: 0.1.0
description:
  - Takes a TLS certificate of AWS Certificate Manager from "these names" to issued. It reuses the certificate that is there, or
    requests one, writes the validation records to the right hosted zones of Route 53, and waits until it is issued.
  - With O(certificate_authority_arn) the certificate is a private one, which needs no validation.
  - Nothing is requested unless every name has a hosted zone. A run that is killed anywhere is finished by the next one.
  - For more than one certificate use M(tlsops.certificates.acm_dns_certificates), which does them all at once.
options:
  state:
    description: Whether the certificate should be there.
    type: str
    choices:
      present: Request it unless it is there, and see it through to issued.
      absent:
        - Delete it, and then those of its validation records that no other certificate of the account needs.
        - Which one is said by O(certificate_arn), O(name), or the set of names. By name or names only certificates are deleted
          that this collection has requested.
        - A certificate in use is not deleted, and RV(in_use_by) says by what.
    default: present
  certificate_arn:
    description:
      - ARN of the certificate to delete, whoever requested it. Only for O(state=absent).
    type: str
  name:
    description:
      - What you call this certificate. It is kept in the tag V(tlsops:name), and finds the certificate again after its names have
        changed. Then a new one is requested, and the old one is returned in RV(certificates[].superseded).
      - Without a name, a certificate is known by the set of its names.
    type: str
  domain_name:
    description:
      - The first name (the common name), up to 64 characters long.
      - Default is the first of O(subject_alternative_names) that is short enough.
      - Unicode is translated (IDNA), case and order don't matter.
    type: str
  subject_alternative_names:
    description:
      - The other names. O(domain_name) may be among them or not.
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
      - V(RSA_2048) if nothing is said.
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
      - Remove tags that aren't in O(tags), if O(tags) is given. Tags are only ever removed from certificates that this
        collection has requested.
    type: bool
    default: true
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
      - Wait until the certificate is issued, and print a line whenever something has changed.
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
  regions:
    description:
      - Where else certificates of this account may need the same validation records, which are the same in every Region.
        For O(state=absent).
      - If left out, every Region is searched that the account has enabled.
    type: list
    elements: str
  remove_records:
    description:
      - With O(state=absent), remove validation records that no other certificate needs.
    type: bool
    default: true
  in_use_timeout:
    description:
      - With O(state=absent), for how many seconds to wait until ACM has noticed that nothing uses the certificate any more. After
        a detach that takes from some seconds to some minutes.
      - With V(0), a certificate that ACM shows in use is refused at once.
    type: int
    default: 0
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
  - C(A certificate in use isn't deleted) lists what uses the certificate. Detach it there first, and give ACM time to notice with O(in_use_timeout).
  - C(a CNAME record cannot be written, because the name already has ...) means that another record is in the way. It is never
    overwritten.
seealso:
  - module: tlsops.certificates.acm_dns_certificates
  - module: tlsops.certificates.acm_certificate_wait
  - name: DNS validation in ACM
    description: How ACM validates names, and why the records have to stay.
    link: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: A certificate for a name and all names below it
  tlsops.certificates.acm_dns_certificate:
    region: eu-west-1
    domain_name: shop.example.com
    subject_alternative_names: ["*.shop.example.com"]
  register: shop

- name: Show its ARN
  ansible.builtin.debug:
    var: shop.certificate_arn

- name: A certificate for CloudFront, with the hosted zone in another account
  tlsops.certificates.acm_dns_certificate:
    name: cdn
    domain_name: cdn.example.net
    cloudfront: true
    dns_role_arn: arn:aws:iam::222222222222:role/dns-validation
    dns_role_external_id: tlsops-demo
    tags:
      team: web

- name: Request it, write the records, and come back for it later
  tlsops.certificates.acm_dns_certificate:
    region: eu-west-1
    domain_name: www.example.com
    key_algorithm: EC_prime256v1
    hosted_zone_id: "{{ hosted_zone_id }}"
    wait: false

- name: Take whatever certificate covers the name, and request one only if there is none
  tlsops.certificates.acm_dns_certificate:
    region: eu-west-1
    domain_name: blue.shop.example.com
    match: covers

- name: A private certificate, which needs no DNS
  tlsops.certificates.acm_dns_certificate:
    region: eu-west-1
    name: database
    domain_name: db.corp.internal
    certificate_authority_arn: "{{ certificate_authority_arn }}"

- name: Delete what was requested under this name, once nothing uses it any more
  tlsops.certificates.acm_dns_certificate:
    state: absent
    name: cdn
    cloudfront: true
    dns_role_arn: arn:aws:iam::222222222222:role/dns-validation
    dns_role_external_id: tlsops-demo
    in_use_timeout: 600
"""

RETURN = r"""
findings:
  description: What O(preflight) has found in the public DNS of the names that are to be requested. Empty if that is nothing, or nothing was
    looked at.
  returned: with O(state=present)
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
  description: What failed, in the words the task would fail with; null if nothing did.
  returned: always
  type: str
certificate_arn:
  description: ARN of the certificate; null in check mode while there is none, and after O(state=absent).
  returned: always
  type: str
  sample: arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
certificate:
  description: The one entry of RV(certificates); null after O(state=absent).
  returned: always
  type: dict
deleted:
  description: The certificates that were deleted, each as in RV(certificates).
  returned: with O(state=absent)
  type: list
  elements: dict
  sample: []
kept_records:
  description: The validation records that were not removed.
  returned: with O(state=absent)
  type: list
  elements: dict
  contains:
    name:
      description: Name of the record.
      type: str
      returned: always
      sample: _3639ac514e785e898d2646601fa951d5.www.example.com
    reason:
      description: Why it stays.
      type: str
      returned: always
      sample: another certificate needs it to be issued or renewed
in_use_by:
  description: ARNs of what uses the certificate.
  returned: when it was not deleted because it is in use
  type: list
  elements: str
  sample: ["arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/web/50dc6c495c0c9188"]
certificate_arns:
  description: ARNs of the certificates that have the names, but were not requested by this collection.
  returned: when nothing was deleted for that reason
  type: list
  elements: str
  sample: []
faults:
  description: Everything that is wrong with the options, one sentence each.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ['"www.example.com." ends with a dot: leave it out']
error:
  description: What AWS said, when a call of the whole task was refused.
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
    - The certificate; empty after O(state=absent). The keys of the record are the same whether anything changed or not, in check
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
        - ARNs of other certificates of the same O(name), which this one replaces. They are kept. Delete them when nothing
          uses them any more.
      type: list
      elements: str
      returned: always
      sample: []
"""

import typing as t

from ..module_utils._certificate_options import (
    CERTIFICATE_ARGUMENTS,
    deletion_settings,
    unwanted_certificate,
    wanted_certificate,
)
from ..module_utils._certificate_plan import make_plan
from ..module_utils._diagnosis import PREFLIGHT_ARGUMENTS
from ..module_utils._flows import deleting, diagnosing, issuing
from ..module_utils._flows.zones import ZONE_ARGUMENTS, parse_zone_options
from ..module_utils._module import DNS_ROLE_ARGUMENTS, ISSUING_ARGUMENTS, Run, module_run, wait_settings
from ..module_utils._module_result import Result

ARGUMENTS: dict[str, t.Any] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "certificate_arn": {"type": "str"},
    **CERTIFICATE_ARGUMENTS,
    **ISSUING_ARGUMENTS,
    "grant_renewal_permission": {"type": "bool", "default": False},
    "regions": {"type": "list", "elements": "str"},
    "remove_records": {"type": "bool", "default": True},
    "in_use_timeout": {"type": "int", "default": 0},
    **PREFLIGHT_ARGUMENTS,
    **ZONE_ARGUMENTS,
    **DNS_ROLE_ARGUMENTS,
}


def _own(params: dict[str, t.Any]) -> dict[str, t.Any]:
    """The options of the certificate. ``region`` isn't one: amazon.aws fills it in from the environment."""
    return {**params, "region": None}


def parse_present(run: Run) -> issuing.Desired:
    params = run.params
    wanted, zones, wait = run.parse(
        lambda: wanted_certificate(_own(params), {"region": run.access.region}),
        lambda: parse_zone_options(params),
        lambda: wait_settings(params),
    )
    return issuing.Desired(
        certificates=(wanted,),
        zones=zones,
        write_records=params["write_records"],
        ttl=params["ttl"],
        describe=True,
        wait=wait,
        preflight=params["preflight"],
        grant_renewal_permission=params["grant_renewal_permission"],
    )


def parse_absent(run: Run) -> deleting.Desired:
    unwanted, zones, settings = run.parse(
        lambda: unwanted_certificate(_own(run.params), run.access.region),
        lambda: parse_zone_options(run.params),
        lambda: deletion_settings(run.params),
    )
    return deleting.Desired(unwanted, zones, settings)


def present(run: Run) -> None:
    desired = parse_present(run)
    observed = issuing.observe(run.access, run.dns_access, desired)
    plan = make_plan(observed.choices, observed.zones, observed.record_steps, observed.renewals)
    found = diagnosing.before_requests(run.dns_access, plan, desired.preflight, desired.zones.nameservers)

    def complete(result: Result) -> None:
        single(result)
        found.complete(result)

    run.carry_out(plan, lambda: issuing.apply(run.access, run.dns_access, plan, observed, desired), complete)


def absent(run: Run) -> None:
    desired = parse_absent(run)
    observed = deleting.observe(run.access, run.dns_access, desired)
    plan = deleting.make_plan(observed)
    run.carry_out(plan, lambda: deleting.apply(run.access, run.dns_access, plan, observed))


def single(result: Result) -> None:
    """Add what a module for one certificate returns besides."""
    certificate = result.values["certificates"][0]
    result.values.update(certificate=certificate, certificate_arn=certificate["arn"])


def main() -> None:
    with module_run(ARGUMENTS) as run:
        {"present": present, "absent": absent}[run.params["state"]](run)


if __name__ == "__main__":
    main()
