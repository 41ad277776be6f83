#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_certificate_match_info
short_description: Find the best existing ACM certificate for each of some hosts
version_added: 0.1.0
description:
  - For each host finds the one certificate of ACM that serves it best, or says why there is none.
  - Only certificates count that are issued, valid, and can be attached. A certificate for the exact name comes before a wildcard,
    then the newest comes first. One with less than O(min_validity_days) left is only taken if there is no other.
  - Public and private certificates are never mixed, and what this collection manages for something else is only taken if asked.
  - Any number of hosts cost a listing of the Region's certificates and the tags of those that may serve one.
options:
  hosts:
    description:
      - The host names, such as C(www.example.com). Unicode is translated (IDNA), case doesn't matter.
      - A host may be a wildcard, C(*.example.com), and is then served by a certificate for just this wildcard.
    type: list
    elements: str
    required: true
  type:
    description: Which certificates count.
    type: str
    choices:
      any: All. If public and private ones serve a host, the public ones count.
      public: Those that ACM issued from its public CA, and all imported ones.
      private: Those that ACM issued from a private CA.
    default: any
  certificate_authority_arns:
    description:
      - Only private certificates of these CAs count. This costs a call for each private certificate that serves a host.
    type: list
    elements: str
    default: []
  tags:
    description:
      - Only certificates count that have all of these tags.
    type: dict
    default: {}
  exclude_managed:
    description:
      - Leave out the certificates that this collection has requested, named or not. They go when what they were requested for goes.
    type: bool
    default: true
  owners:
    description:
      - Names (O(tlsops.certificates.acm_dns_certificates#module:certificates[].name)) of certificates that count even so.
    type: list
    elements: str
    default: []
  key_algorithms:
    description:
      - Only certificates with one of these key algorithms count. If empty, all do.
    type: list
    elements: str
    default: []
    choices: [RSA_1024, RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1, EC_secp521r1]
  per_key_family:
    description:
      - Find the best RSA and the best EC certificate for each host, for clients that know only RSA.
    type: bool
    default: false
  min_validity_days:
    description:
      - How many days a certificate should have left.
    type: int
    default: 7
  missing:
    description: What to do about a host that has no certificate.
    type: str
    choices:
      fail: Fail, with one message that lists all such hosts, and what was passed over and why. The result has RV(matches) all the same.
      report: Say why in its RV(matches[].reason) and RV(matches[].message) only.
    default: fail
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
  - tlsops.certificates.aws.info
notes:
  - C(none of this account and Region has that name or a wildcard directly above it) mostly means another Region, or other credentials. A
    wildcard covers one label, so C(*.example.com) serves neither C(example.com) nor C(a.b.example.com).
  - C(... would serve it, but it is managed for ...) means that this collection has requested it under that name. Name it in O(owners), or
    request one for this purpose.
  - C(... but its status is PENDING_VALIDATION) means that it isn't issued yet. M(tlsops.certificates.acm_certificate_wait) waits for it.
  - C(... but it is managed by CLOUDFRONT) and C(... but it comes from an ACME endpoint) are certificates that nothing else can use.
  - C(AccessDeniedException) for C(tag:GetResources) costs time only. The tags are then read one by one.
seealso:
  - module: tlsops.certificates.elb_listener_certificates
  - module: tlsops.certificates.acm_dns_certificates
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Find certificates for the hosts of an application
  tlsops.certificates.acm_certificate_match_info:
    region: eu-west-1
    hosts:
      - www.example.com
      - shop.example.com
  register: found

- name: Attach them
  tlsops.certificates.elb_listener_certificates:
    region: eu-west-1
    load_balancer: web
    certificate_arns: "{{ found.certificates | map(attribute='arn') }}"

- name: See which hosts have none of the private CA
  tlsops.certificates.acm_certificate_match_info:
    region: eu-west-1
    hosts: [www.example.net, db.internal.example.com]
    certificate_authority_arns:
      - "{{ certificate_authority_arn }}"
    missing: report
  register: private

- name: Say why
  ansible.builtin.debug:
    msg: "{{ private.matches | rejectattr('certificate_arn') | map(attribute='message') }}"
"""

RETURN = r"""
matches:
  description: One entry for each host, in the order asked for.
  returned: always
  type: list
  elements: dict
  contains:
    host:
      description: The host, as given.
      type: str
      returned: always
      sample: www.example.com
    certificate_arn:
      description: ARN of the best certificate; null if there is none.
      type: str
      returned: always
      sample: arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
    certificate_arns:
      description: The same as a list, the best first, with more than one entry only for O(per_key_family).
      type: list
      elements: str
      returned: always
      sample: ["arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012"]
    reason:
      description:
        - V(Matched), V(NoCertificate) (none has the name), V(NotEligible) (those that have it were passed over) or V(InvalidHost).
      type: str
      returned: always
      sample: Matched
    message:
      description: One sentence on what was found, or on what was passed over and why.
      type: str
      returned: always
      sample: www.example.com is served by arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
certificates:
  description: The certificates that were found, each once, in the order of the hosts.
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
missing:
  description: The hosts that have none, as given.
  returned: always
  type: list
  elements: str
  sample: [www.example.net]
faults:
  description: Everything that is wrong with the options, one sentence each.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["no Region: set region, or AWS_REGION in the environment"]
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
      sample: ListCertificates
    message:
      description: AWS's own words.
      type: str
      returned: always
"""

import datetime
import typing as t

from ..module_utils._certificate_match import HostMatch, MatchFilters, chosen, match_hosts, missing
from ..module_utils._certificate_options import CA_ARN, required_region
from ..module_utils._certificate_result import as_result
from ..module_utils._errors import InvalidInput
from ..module_utils._flows import discovering
from ..module_utils._module import Run, module_run
from ..module_utils._module_result import Result

KEY_ALGORITHMS = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
ARGUMENTS: dict[str, t.Any] = {
    "hosts": {"type": "list", "elements": "str", "required": True},
    "type": {"type": "str", "choices": ["any", "public", "private"], "default": "any"},
    "certificate_authority_arns": {"type": "list", "elements": "str", "default": []},
    "tags": {"type": "dict", "default": {}},
    "exclude_managed": {"type": "bool", "default": True},
    "owners": {"type": "list", "elements": "str", "default": []},
    "key_algorithms": {"type": "list", "elements": "str", "default": [], "choices": KEY_ALGORITHMS, "no_log": False},
    "per_key_family": {"type": "bool", "default": False, "no_log": False},
    "min_validity_days": {"type": "int", "default": 7},
    "missing": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
}


def check_filters(params: dict[str, t.Any]) -> None:
    faults = [
        f"certificate_authority_arns: {arn!r} isn't the ARN of a private CA (arn:aws:acm-pca:...)"
        for arn in params["certificate_authority_arns"]
        if not CA_ARN.match(arn)
    ]
    if params["min_validity_days"] < 0:
        faults.append("min_validity_days can't be below 0")
    if faults:
        raise InvalidInput(faults)


def parse(run: Run) -> tuple[str, MatchFilters]:
    params = run.params
    region, dummy = run.parse(lambda: required_region(run.access.region), lambda: check_filters(params))
    return region, MatchFilters(
        type=params["type"],
        certificate_authority_arns=frozenset(params["certificate_authority_arns"]),
        tags={str(key): str(value) for key, value in params["tags"].items()},
        exclude_managed=params["exclude_managed"],
        owners=frozenset(params["owners"]),
        key_algorithms=frozenset(params["key_algorithms"]),
    )


def result(matches: t.Mapping[str, HostMatch], params: dict[str, t.Any]) -> Result:
    return Result(
        changed=False,
        values={
            "matches": [
                {
                    "host": host,
                    "certificate_arn": match.certificate.arn if match.certificate else None,
                    "certificate_arns": [certificate.arn for certificate in match.certificates],
                    "reason": match.reason,
                    "message": match.message,
                }
                for host, match in matches.items()
            ],
            "certificates": [as_result(certificate) for certificate in chosen(matches)],
            "missing": [host for host, match in matches.items() if not match.certificate],
        },
        failure=missing(matches) if params["missing"] == "fail" else None,
    )


def main() -> None:
    with module_run(ARGUMENTS) as run:
        region, filters = parse(run)
        candidates = discovering.read_candidates(run.access, region, run.params["hosts"], filters)
        matches = match_hosts(
            run.params["hosts"],
            candidates,
            now=datetime.datetime.now(datetime.timezone.utc),
            filters=filters,
            min_validity=datetime.timedelta(days=run.params["min_validity_days"]),
            per_key_family=run.params["per_key_family"],
        )
        run.finish(result(matches, run.params))


if __name__ == "__main__":
    main()
