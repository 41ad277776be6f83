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
    the load balancer takes.
  - Any number of listeners cost two or three reads each and only the changes that are needed, paced by AWS's rates.
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
      - The certificate for clients that name no host the listener has a certificate for.
      - If left out, the present default stays if it is wanted, or is not ours to replace. Else the first of
        O(certificate_arns) becomes it.
    type: str
  certificate_arns:
    description:
      - The certificates the listener is to have, of ACM (in the listener's Region) or IAM. The client's SNI chooses among them.
      - Up to 25 besides the default, unless AWS has raised that quota.
    type: list
    elements: str
    default: []
  owner:
    description:
      - For whom certificates are attached. Several owners can share a listener, and each removes only its own.
      - It is kept in tags of the listener, one for each certificate.
    type: str
    default: tlsops
  purge:
    description: Which certificates that are not wanted are removed.
    type: str
    choices:
      managed: Those that were attached by this module for this O(owner).
      all: All.
      none: None.
    default: managed
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
          - The certificate for clients that name no host the listener has a certificate for.
          - If left out, the present default stays if it is wanted, or is not ours to replace. Else the first of
            O(listeners[].certificate_arns) becomes it.
        type: str
      certificate_arns:
        description:
          - The certificates the listener is to have, of ACM (in the listener's Region) or IAM. The client's SNI chooses among them.
          - Up to 25 besides the default, unless AWS has raised that quota.
        type: list
        elements: str
        default: []
      owner:
        description:
          - For whom certificates are attached. Several owners can share a listener, and each removes only its own.
          - It is kept in tags of the listener, one for each certificate.
        type: str
        default: tlsops
      purge:
        description: Which certificates that are not wanted are removed.
        type: str
        choices:
          managed: Those that were attached by this module for this O(listeners[].owner).
          all: All.
          none: None.
        default: managed
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
notes:
  - A certificate that was issued less than two minutes ago may be unknown to load balancers. Until then the call is repeated.
  - Nothing else of a listener is changed.
seealso:
  - module: tlsops.certificates.acm_dns_certificates
  - module: tlsops.certificates.acm_certificate_match_info
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

- name: Nothing but these two
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

- name: Take the shop's away
  tlsops.certificates.elb_listener_certificates:
    region: eu-west-1
    load_balancer: web
    certificate_arns: []
    owner: shop
"""

RETURN = r"""
listeners:
  description: One entry for each listener, as it is when all is done, or would be in check mode.
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
      description: Its default certificate.
      type: str
      returned: always
      sample: arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
    certificate_arns:
      description: Its SNI list, sorted.
      type: list
      elements: str
      returned: always
      sample: []
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
      description: Certificates that are not wanted and stay.
      type: list
      elements: dict
      returned: always
      contains:
        certificate_arn:
          description: ARN of the certificate.
          type: str
          returned: always
        reason:
          description: Why it stays.
          type: str
          returned: always
          sample: it is there for api
    owners:
      description: For whom each certificate was attached, as far as this module did.
      type: dict
      returned: always
      sample: {}
certificates:
  description: The wanted certificates as ACM has them.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: What the certificate is called, by the option or its V(tlsops:name) tag.
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
      description: Its tags, those with which this collection marks what it requested included.
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
  sample: []
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
      description: AWS's words.
      type: str
      returned: always
      sample: ""
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
    beside = [name for name in ("listener_arn", "load_balancer", "default_certificate_arn") if params[name]]
    if beside or params["certificate_arns"]:
        raise InvalidInput(["listeners says it all: leave out the options for one listener beside it"])
    return listener_entries(params["listeners"], region)


def main() -> None:
    with module_run(ARGUMENTS) as run:
        entries = parse(run.params, run.access.region)
        observed = listeners.observe(run.access, entries)
        plan = listeners.make_plan(observed)
        now = datetime.datetime.now(datetime.timezone.utc)
        run.carry_out(plan, lambda: listeners.apply(run.access, plan, now))


if __name__ == "__main__":
    main()
