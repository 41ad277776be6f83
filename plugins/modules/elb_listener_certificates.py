#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: elb_listener_certificates
short_description: Set the certificates of load balancer listeners
version_added: 0.1.0
description:
  - Brings the default certificate and the SNI list of listeners of Application and Network Load Balancers to what is wanted,
    without a moment in which a wanted name has no certificate.
  - Certificates are added first, then the default changes, then what is not wanted any more is removed. A listener that is full
    loses unwanted certificates first, no more than needed.
  - Before anything is changed each certificate is looked at. It must exist in the listener's Region, be issued, and have a key
    that the load balancer takes. If one doesn't, no listener is changed.
  - Any number of listeners cost one or two reads each and only the changes that are needed, paced by AWS's rates.
  - Whatever is removed is only detached. To delete certificates too, use M(tlsops.certificates.acm_certificate_retire) afterwards.
options:
  listener_arn:
    description:
      - ARN of the listener. Its Region is read from it.
    type: str
  load_balancer:
    description:
      - Name or ARN of the load balancer, if the listener is not given by O(listener_arn).
    type: str
  port:
    description:
      - Port of the listener, with O(load_balancer).
    type: int
    default: 443
  default_certificate_arn:
    description:
      - The certificate for clients that name no host, or none that the listener has a certificate for.
      - If left out, the present default stays if it is wanted, or isn't ours to replace. Else the first of
        O(certificate_arns) becomes it.
      - A default that somebody else has set is moved to the SNI list when another one takes its place, unless O(purge=all).
    type: str
  certificate_arns:
    description:
      - The certificates the listener is to have, of ACM (in the listener's Region) or IAM. The host that the client names (SNI)
        chooses among them. The default may be among them or not.
      - Up to O(quota) besides the default.
      - An empty list takes away what O(owner) has there.
    type: list
    elements: str
    default: []
  owner:
    description:
      - For whom certificates are attached. Several owners can share a listener, and each removes only its own.
      - It is kept in tags of the listener, C(tlsops:certificate/) and the certificate's ID for each certificate that this module has
        attached. What was there before doesn't become ours by being wanted.
    type: str
    default: tlsops
  purge:
    description: Which certificates that aren't wanted are removed.
    type: str
    choices:
      managed: Those that were attached by this module for this O(owner).
      all: All, whoever attached them.
      none: None, so certificates are only ever added.
    default: managed
  quota:
    description:
      - How many certificates a load balancer may have besides its defaults. Set it if AWS has raised the quota of the account.
    type: int
    default: 25
  listeners:
    description:
      - Several listeners at once, each with the options that else stand for one. Those for one can't be used beside it.
    type: list
    elements: dict
    suboptions:
      listener_arn:
        description:
          - ARN of the listener. Its Region is read from it.
        type: str
      load_balancer:
        description:
          - Name or ARN of the load balancer, if the listener is not given by O(listeners[].listener_arn).
        type: str
      port:
        description:
          - Port of the listener, with O(listeners[].load_balancer).
        type: int
        default: 443
      default_certificate_arn:
        description:
          - The certificate for clients that name no host, or none that the listener has a certificate for.
          - If left out, the present default stays if it is wanted, or isn't ours to replace. Else the first of
            O(listeners[].certificate_arns) becomes it.
          - A default that somebody else has set is moved to the SNI list when another one takes its place, unless O(listeners[].purge=all).
        type: str
      certificate_arns:
        description:
          - The certificates the listener is to have, of ACM (in the listener's Region) or IAM. The host that the client names (SNI)
            chooses among them. The default may be among them or not.
          - Up to O(listeners[].quota) besides the default.
          - An empty list takes away what O(listeners[].owner) has there.
        type: list
        elements: str
        default: []
      owner:
        description:
          - For whom certificates are attached. Several owners can share a listener, and each removes only its own.
          - It is kept in tags of the listener, C(tlsops:certificate/) and the certificate's ID for each certificate that this module has
            attached. What was there before doesn't become ours by being wanted.
        type: str
        default: tlsops
      purge:
        description: Which certificates that aren't wanted are removed.
        type: str
        choices:
          managed: Those that were attached by this module for this O(listeners[].owner).
          all: All, whoever attached them.
          none: None, so certificates are only ever added.
        default: managed
      quota:
        description:
          - How many certificates a load balancer may have besides its defaults. Set it if AWS has raised the quota of the account.
        type: int
        default: 25
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
notes:
  - Nothing else of a listener is changed. Listeners are changed side by side. If one fails, the others are finished, and the task
    fails at its end and says which and why. Run again to finish it, also when a run was killed.
  - C(... isn't the ARN of a certificate) in check mode mostly comes from a certificate that isn't requested yet, and has no ARN. Leave
    such out with the filter C(select).
  - C(there is no listener ...) means that the load balancer or the port doesn't exist in that Region, or that the credentials are those
    of another account.
  - C(... speaks HTTP, which takes no certificates) and the like mean the wrong port. Listeners with certificates are C(HTTPS) on an
    Application Load Balancer and C(TLS) on a Network Load Balancer.
  - C(... is PENDING_VALIDATION, and only an ISSUED certificate can be attached) means that it isn't ready. Wait with
    M(tlsops.certificates.acm_certificate_wait), and run again. What is attached already isn't looked at.
  - C(CertificateNotFound) or C(UnsupportedCertificate) come from load balancers that don't know a new certificate yet. The call is repeated
    until two minutes after the certificate was issued. Later they are final. The certificate was deleted meanwhile, or it has a key
    or signature the load balancer doesn't take, which happens with imported ones.
  - C(has no room) means that more certificates are wanted than O(quota) allows, and that nothing may be removed for them. Put more names
    on one certificate, remove what the message lists, or ask AWS for a higher quota and set O(quota).
  - C(TooManyCertificates) means that AWS counts more than this listener has. The quota is that of the load balancer, so its other
    listeners may use it up, too.
  - A listener that is full loses an unwanted certificate before it gets the new one. If only that one had a wanted name, a
    warning says that the default answers for the name in the moment between.
  - C(OperationNotPermitted) means that the certificate was made the default by somebody else at the same time. Run again.
  - C(TooManyTags) means that the listener has 50 tags, the most there can be. Each certificate that this module attaches takes one.
seealso:
  - module: tlsops.certificates.acm_dns_certificates
  - module: tlsops.certificates.acm_certificate_match_info
  - module: tlsops.certificates.acm_certificate_retire
  - name: Certificates of an Application Load Balancer
    description: How a load balancer chooses a certificate, and what keys it takes.
    link: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: The shop's certificate on the load balancer web
  tlsops.certificates.elb_listener_certificates:
    region: eu-west-1
    load_balancer: web
    certificate_arns:
      - "{{ shop_certificate_arn }}"
    owner: shop

- name: Nothing but these two, whoever attached the others
  tlsops.certificates.elb_listener_certificates:
    listener_arn: "{{ listener_arn }}"
    default_certificate_arn: "{{ shop_certificate_arn }}"
    certificate_arns:
      - "{{ api_certificate_arn }}"
    purge: all

- name: Two listeners at once
  tlsops.certificates.elb_listener_certificates:
    region: eu-west-1
    listeners:
      - load_balancer: web
        certificate_arns: ["{{ shop_certificate_arn }}"]
        owner: shop
      - load_balancer: web
        port: 8443
        certificate_arns: ["{{ api_certificate_arn }}"]
        owner: api

- name: Take away what the shop has there
  tlsops.certificates.elb_listener_certificates:
    region: eu-west-1
    load_balancer: web
    certificate_arns: []
    owner: shop
"""

RETURN = r"""
listeners:
  description:
    - One entry for each listener, as it is when all is done. In check mode, and when the task failed, as it was to be.
  returned: always
  type: list
  elements: dict
  contains:
    listener_arn:
      description: ARN of the listener.
      type: str
      returned: always
      sample: arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2
    default_certificate_arn:
      description: Its default certificate; null for a listener that takes none.
      type: str
      returned: always
      sample: arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
    certificate_arns:
      description: Its SNI list, sorted. The default may be in it as well.
      type: list
      elements: str
      returned: always
      sample: ["arn:aws:acm:eu-west-1:111111111111:certificate/23456789-1234-1234-1234-123456789012"]
    added:
      description: What is new in the SNI list.
      type: list
      elements: str
      returned: always
      sample: []
    removed:
      description: What was removed from the SNI list.
      type: list
      elements: str
      returned: always
      sample: []
    kept:
      description: Certificates that aren't wanted and stay.
      type: list
      elements: dict
      returned: always
      contains:
        certificate_arn:
          description: ARN of the certificate.
          type: str
          returned: always
          sample: arn:aws:acm:eu-west-1:111111111111:certificate/34567890-1234-1234-1234-123456789012
        reason:
          description: Why it stays.
          type: str
          returned: always
          sample: it is there for api
    owners:
      description: For whom each certificate was attached, by its ARN. Those that this module didn't attach are missing.
      type: dict
      returned: always
      sample: {"arn:aws:acm:eu-west-1:111111111111:certificate/23456789-1234-1234-1234-123456789012": "shop"}
certificates:
  description: The wanted certificates as ACM lists them, each once. Those of IAM are missing.
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
  sample: ["there is no listener port 443 of web in eu-west-1"]
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
      sample: DescribeListeners
    message:
      description: AWS's own words.
      type: str
      returned: always
"""

import datetime
import typing as t

from ..module_utils._errors import InvalidInput
from ..module_utils._flows import listeners
from ..module_utils._listener_options import LISTENER_ARGUMENTS, ListenerEntry, listener_entries
from ..module_utils._module import module_run

ARGUMENTS: dict[str, t.Any] = {
    **LISTENER_ARGUMENTS,
    "listeners": {"type": "list", "elements": "dict", "options": LISTENER_ARGUMENTS},
}


def parse(params: dict[str, t.Any], region: str | None) -> list[ListenerEntry]:
    if params["listeners"] is None:
        return listener_entries([params], region)
    beside = sorted(name for name, spec in LISTENER_ARGUMENTS.items() if params[name] != spec.get("default"))
    if beside:
        raise InvalidInput([f"listeners says it all: leave out {', '.join(beside)} beside it"])
    return listener_entries(params["listeners"], region)


def main() -> None:
    with module_run(ARGUMENTS) as run:
        (entries,) = run.parse(lambda: parse(run.params, run.access.region))
        observed = listeners.observe(run.access, entries)
        plan = listeners.make_plan(observed)
        now = datetime.datetime.now(datetime.timezone.utc)
        run.carry_out(plan, lambda: listeners.apply(run.access, plan, now))


if __name__ == "__main__":
    main()
