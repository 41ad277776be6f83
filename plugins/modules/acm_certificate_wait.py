#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_certificate_wait
short_description: Wait until ACM certificates are issued
version_added: 0.1.0
description:
  - Waits until certificates that were requested earlier are issued, and prints a line whenever something has changed - how many
    are issued, what the others wait for, and how much time is left.
  - Ends at once when a certificate has failed for good, and says why and what to do.
  - More than three certificates of a Region cost one call a look for each thousand. Up to three are described one by one,
    which also tells which names are still waited for.
options:
  certificate_arns:
    description:
      - ARNs of the certificates, in any Region. The Region is read from each ARN.
    type: list
    elements: str
    default: []
  certificates:
    description:
      - Records as returned by RV(tlsops.certificates.acm_dns_certificates#module:certificates). They come back in the same order
        with their state of now. Those that are issued, failed, or never requested already cost no call.
    type: list
    elements: dict
    default: []
  wait:
    description:
      - Wait. With V(false) look once, and return what is seen without failing for what is still pending.
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
  diagnose:
    description: When to ask the public DNS what keeps a certificate from being validated. The answer is in the message.
    type: str
    choices:
      late: When the time is up, and while progress is printed also after two minutes, and then from time to time.
      always: Also when looking once, with O(wait=false).
      never: Never.
    default: late
  nameservers:
    description:
      - Addresses of DNS resolvers, each with an optional port (C(192.0.2.1), C(192.0.2.1:5353), C([2001:db8::1]:5353)). Without
        them the resolvers of the system are asked.
    type: list
    elements: str
    default: []
  on_failure:
    description: What to do when a certificate has failed, or isn't issued in time.
    type: str
    choices:
      fail: End the wait with the first failure, and fail the task.
      report: Wait for the others, and say so in its RV(certificates[].phase) and RV(certificates[].message) only.
    default: fail
attributes:
  async:
    support: full
    description: With C(async) the module waits by itself, and no progress is printed.
  action:
    support: partial
    description: An action plugin prints the progress. Everything else is done by the module.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
  - tlsops.certificates.aws.info
requirements:
  - dnspython >= 2.6.1 (only for O(diagnose); without it nothing is asked)
notes:
  - A message with a word in brackets such as C((delegation_mismatch)) names a check, which is explained in
    C(docs/troubleshooting.md) of this collection. With RV(certificates[].validation_records) of the task that requested it, the
    diagnosis also knows the hosted zone.
  - C(not issued within ... seconds) is no failure of the certificate. Run again to go on waiting. If it happens again, the
    message says what keeps it.
  - C(CAA_ERROR), C(VALIDATION_TIMED_OUT) and the like are final. ACM can't retry a certificate, so run the task again that requested
    it, and a new one is requested.
  - C(NOT_FOUND) means that ACM doesn't know the ARN in this account and Region. It was deleted, or the credentials are those of
    another account.
seealso:
  - module: tlsops.certificates.acm_dns_certificates
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Request without waiting
  tlsops.certificates.acm_dns_certificates:
    region: eu-west-1
    certificates:
      - domain_name: www.example.com
      - domain_name: shop.example.com
    wait: false
  register: requested

- name: Do something else meanwhile
  ansible.builtin.debug:
    msg: "{{ requested.certificates | map(attribute='phase') | join(', ') }}"

- name: Wait for all of them
  tlsops.certificates.acm_certificate_wait:
    region: eu-west-1
    certificates: "{{ requested.certificates }}"
    wait_timeout: 1800

- name: Wait for one that is known by its ARN
  tlsops.certificates.acm_certificate_wait:
    certificate_arns:
      - "{{ requested.certificates[0].arn }}"
"""

RETURN = r"""
failure:
  description: What failed, in the words the task would fail with, also with O(on_failure=report); null if nothing did.
  returned: always
  type: str
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
        - ARNs of other certificates of the same RV(certificates[].name), which this one replaces. They are kept. Delete them when nothing
          uses them any more.
      type: list
      elements: str
      returned: always
      sample: []
"""

import typing as t

from ..module_utils._dns.resolver import parse_nameservers
from ..module_utils._flows import diagnosing, waiting
from ..module_utils._module import WAIT_ARGUMENTS, module_run, wait_settings
from ..module_utils._module_result import Result
from ..module_utils._waited import Waited, parse_waited

ARGUMENTS: dict[str, t.Any] = {
    "certificate_arns": {"type": "list", "elements": "str", "default": []},
    "certificates": {"type": "list", "elements": "dict", "default": []},
    "on_failure": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    "diagnose": {"type": "str", "choices": ["late", "always", "never"], "default": "late"},
    "nameservers": {"type": "list", "elements": "str", "default": []},
    **WAIT_ARGUMENTS,
}


def main() -> None:
    with module_run(ARGUMENTS) as run:
        waited, nameservers, settings = run.parse(
            lambda: parse_waited(run.params),
            lambda: parse_nameservers(run.params["nameservers"]),
            lambda: wait_settings(run.params, stop_at_failure=run.params["on_failure"] == "fail"),
        )
        waited.update(waiting.refresh(run.access, waited.pending).values())
        settings = None if run.check_mode else settings
        if settings:
            waited.update(waiting.wait_until_issued(run.access, waited.known, settings))
        if run.params["diagnose"] == "always" or (settings and run.params["diagnose"] == "late"):
            waited.update(diagnosing.explained(waited.known, waited.results(), nameservers))
        run.finish(result(waited, run.params, settings))


def result(waited: Waited, params: dict[str, t.Any], settings: waiting.WaitSettings | None) -> Result:
    failure = waited.failure(settings.timeout if settings else None)
    reported = params["on_failure"] == "report"
    values = {"certificates": waited.results(), "failure": failure}
    return Result(False, values, failure=None if reported else failure)


if __name__ == "__main__":
    main()
