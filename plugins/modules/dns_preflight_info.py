#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dns_preflight_info
short_description: Say why a validation would fail, before anything is requested
version_added: 0.1.0
description:
  - Looks the names of a certificate up in the public DNS, as a CA would, and says what would keep it from being issued, in the order
    in which it matters. The name itself, the registration of the domain, the delegation, the hosted zone, what is in the place of the
    validation record, CAA, DNSSEC, and once they are written, the validation records.
  - With O(authoritative) the zones' own name servers are asked, too, so that lame ones, records that haven't reached all of them, and
    resolvers that remember or see something else are found.
  - It needs no AWS credentials, and changes nothing. What it finds is in RV(findings). It only fails when its options make no sense.
  - Each question is asked once, whatever the number of names, and all are asked side by side.
requirements:
  - dnspython >= 2.6.1
  - idna >= 3.7 (only for names with letters beyond ASCII)
  - cryptography (only to check DNSSEC with O(authoritative))
  - publicsuffixlist >= 1.0.2 (only to know registered domains such as C(example.co.uk); else they have two labels)
attributes:
  check_mode:
    support: full
    description: Only reads, so it does the same in C(check_mode).
  diff_mode:
    support: N/A
    description: Changes nothing, so there is nothing to show with C(--diff).
options:
  names:
    description: The names, as they are to be in certificates (C(www.example.com), C(*.example.com)).
    type: list
    elements: str
    required: true
  issuer:
    description:
      - The CA, which stands for the names it looks for in CAA records.
      - Without it and O(caa_identities) CAA isn't looked at.
    type: str
    choices:
      acm: AWS Certificate Manager, which takes V(amazon.com), V(amazontrust.com), V(awstrust.com) and V(amazonaws.com).
      buypass: Buypass.
      google_trust_services: Google Trust Services.
      letsencrypt: Let's Encrypt.
      sectigo_zerossl: Sectigo, and ZeroSSL.
  caa_identities:
    description: The names that another CA looks for in CAA records, as it says in its documentation.
    type: list
    elements: str
  method:
    description:
      - How an ACME CA validates, to be compared with C(validationmethods) in CAA records (RFC 8657).
      - It says which record is looked at before it is written, C(_acme-challenge.www.example.com) with V(dns-01), which is also taken
        when this isn't given.
    type: str
    choices: [dns-01, dns-account-01, dns-persist-01, http-01, tls-alpn-01]
  account_uri:
    description: URL of the ACME account, to be compared with C(accounturi) in CAA records.
    type: str
  validation:
    description: What the validation looks at.
    type: str
    choices:
      dns: Records in the DNS.
      http: The server itself, so that the name needs an address and can't be a wildcard. O(method=http-01) and
        O(method=tls-alpn-01) mean this, too.
    default: dns
  hosted_zones:
    description:
      - What is known of the hosted zones the records go to. Then it is checked that each name has one, and that it is the zone that
        the Internet asks. Left out, nothing of this is checked; an empty list says that there are none.
      - Each has C(id), C(name), and, as far as known, C(private), C(name_servers) and C(status) (any but V(active) is a fault).
        Entries of RV(tlsops.certificates.route53_hosted_zone_match_info#module:zones) will do, which have no name servers, and what
        M(amazon.aws.route53_info) returns of one zone, which has them.
    type: list
    elements: dict
  records:
    description:
      - Validation records that should be there by now, such as
        RV(tlsops.certificates.acm_dns_certificates#module:certificates[].validation_records). Those without a name, as they are in
        check mode, are left out.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the record.
        type: str
      type:
        description: Type of the record.
        type: str
        choices: [CNAME, TXT]
        default: CNAME
      value:
        description: Value of the record. A TXT value may be given with or without its quotes.
        type: str
      domain_names:
        description: The names of the certificate that it validates. Without them the name of the record tells.
        type: list
        elements: str
        default: []
      hosted_zone_id:
        description: Only accepted, so that records can be passed as they were returned.
        type: str
      hosted_zone_name:
        description: Only accepted, too.
        type: str
      hosted_zone_name_servers:
        description: Only accepted, too.
        type: list
        elements: str
  nameservers:
    description:
      - Addresses of recursive resolvers, each with an optional port (C(192.0.2.1), C(192.0.2.1:5353), C([2001:db8::1]:5353)).
        Without them those of the system are asked.
      - Each of several is a place to look from. What one of them sees and another doesn't is reported, since CAs look from several
        places as well.
      - One that validates DNSSEC, as public ones do, finds broken signatures.
    type: list
    elements: str
    default: []
  authoritative:
    description:
      - Follow the delegations from the root, and ask every name server of each zone. The resolvers are then compared with that.
      - This takes UDP and TCP port 53 to the Internet.
    type: bool
    default: false
  ipv6:
    description: With O(authoritative), ask name servers at their IPv6 addresses, too.
    type: bool
    default: false
  timeout:
    description: For how many seconds to wait for one answer. A question that isn't answered is asked once more.
    type: float
    default: 2
  deadline:
    description: After how many seconds to end in any case. Names that haven't been examined by then are reported.
    type: float
    default: 60
extends_documentation_fragment:
  - tlsops.certificates.dns.port
notes:
  - Every finding has a RV(findings[].check), for which there is a section of that name in
    L(Troubleshooting,https://github.com/tlsops/certificates/blob/main/docs/troubleshooting.md).
  - For one name nothing more is looked at after the first finding of level V(fatal). All names are reported.
seealso:
  - module: tlsops.certificates.acm_renewal_info
  - module: tlsops.certificates.route53_hosted_zone_match_info
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Would ACM issue these?
  tlsops.certificates.dns_preflight_info:
    names:
      - example.com
      - "*.example.com"
      - www.example.org
    issuer: acm
    nameservers: ["{{ resolver }}"]
  register: preflight

- name: Show what is in the way
  ansible.builtin.debug:
    msg: "{{ preflight.findings | map(attribute='explanation') }}"

- name: What does Route 53 know of the zone?
  amazon.aws.route53_info:
    query: hosted_zone
    hosted_zone_method: details
    hosted_zone_id: "{{ hosted_zone_id }}"
  register: zone

- name: Is it the zone that the Internet asks, and may Let's Encrypt issue?
  tlsops.certificates.dns_preflight_info:
    names: [www.example.com]
    issuer: letsencrypt
    method: dns-01
    account_uri: https://acme-v02.api.letsencrypt.org/acme/acct/1234567890
    hosted_zones:
      - "{{ zone }}"
    nameservers: ["{{ resolver }}"]

- name: Why does the validation hang?
  tlsops.certificates.dns_preflight_info:
    names: [www.example.com]
    issuer: acm
    records:
      - name: _3639ac514e785e898d2646601fa951d5.www.example.com.
        value: _98d2646601fa951d53639ac514e785e8.acm-validations.aws.
    nameservers: ["{{ resolver }}"]
    authoritative: true
    authoritative_port: "{{ dns_port }}"
"""

RETURN = r"""
findings:
  description: What was found, by name in the order given, then in the order of the checks. Empty when all is well.
  returned: always
  type: list
  elements: dict
  contains:
    check:
      description: What was checked. A section of this name is in the page on troubleshooting.
      type: str
      returned: always
      sample: delegation_mismatch
    level:
      description:
        - V(fatal) (the CA will refuse, and nothing else of this name was looked at), V(error) (it will refuse as things are),
          V(warning) (it may refuse) or V(info).
      type: str
      returned: always
      sample: fatal
    name:
      description: The name, as given.
      type: str
      returned: always
      sample: www.example.com
    explanation:
      description: What is wrong, in one sentence.
      type: str
      returned: always
      sample: "example.com is delegated to ns1.other.net, ns2.other.net, not to the zone Z0123456789ABC"
    detail:
      description: What was seen; may be empty.
      type: str
      returned: always
      sample: "the zone has ns-1.awsdns-01.com, ns-512.awsdns-00.net, the resolver 192.0.2.1 ns1.other.net, ns2.other.net"
    remedy:
      description: What to do.
      type: str
      returned: always
      sample: enter the zone's name servers at the registrar of example.com, or write to the zone that is delegated
ok:
  description: Whether there is no finding of level V(fatal) or V(error).
  returned: always
  type: bool
  sample: false
message:
  description: The worst finding in one line, with the name of its check; empty when there is none of level V(warning) or above.
  returned: always
  type: str
  sample: "example.com is delegated to ns1.other.net, not to the zone Z0123456789ABC (delegation_mismatch)"
names:
  description: One entry for each name, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The name, as given.
      type: str
      returned: always
      sample: www.example.com
    ok:
      description: Whether there is no finding of level V(fatal) or V(error) for it.
      type: bool
      returned: always
      sample: false
    checks:
      description: The checks that found something.
      type: list
      elements: str
      returned: always
      sample: [delegation_mismatch]
statistics:
  description: What it took. C(queries) is the number of questions sent, C(unanswered) how many of them brought no answer.
  returned: always
  type: dict
  sample: {"queries": 12, "unanswered": 0}
"""

import dataclasses
import typing as t

from ..module_utils._dns.questions import PORT_ARGUMENTS, DnsSettings, check_port
from ..module_utils._dns.resolver import parse_nameservers
from ..module_utils._errors import InvalidInput
from ..module_utils._findings import sentence
from ..module_utils._flows.preflight import Examination, examination
from ..module_utils._host_module import host_run
from ..module_utils._module_result import Result
from ..module_utils._preflight_options import ISSUER_NAMES, METHODS, parse_issuer, parse_records, parse_zones
from ..module_utils._preflight_subject import DNS, HTTP, Subject

ARGUMENTS: dict[str, t.Any] = {
    "names": {"type": "list", "elements": "str", "required": True},
    "issuer": {"type": "str", "choices": ISSUER_NAMES},
    "caa_identities": {"type": "list", "elements": "str"},
    "method": {"type": "str", "choices": list(METHODS)},
    "account_uri": {"type": "str"},
    "validation": {"type": "str", "choices": [DNS, HTTP], "default": DNS},
    "hosted_zones": {"type": "list", "elements": "dict"},
    "records": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str"},
            "type": {"type": "str", "choices": ["CNAME", "TXT"], "default": "CNAME"},
            "value": {"type": "str"},
            "domain_names": {"type": "list", "elements": "str", "default": []},
            "hosted_zone_id": {"type": "str"},
            "hosted_zone_name": {"type": "str"},
            "hosted_zone_name_servers": {"type": "list", "elements": "str"},
        },
    },
    "nameservers": {"type": "list", "elements": "str", "default": []},
    "authoritative": {"type": "bool", "default": False},
    "ipv6": {"type": "bool", "default": False},
    "timeout": {"type": "float", "default": 2.0},
    "deadline": {"type": "float", "default": 60.0},
    **PORT_ARGUMENTS,
}


def parse_settings(params: dict[str, t.Any]) -> DnsSettings:
    faults = [f"{name} must be above 0" for name in ("timeout", "deadline") if not params[name] > 0]
    if faults:
        raise InvalidInput(faults)
    return DnsSettings(
        authoritative=params["authoritative"],
        port=params["authoritative_port"],
        ipv6=params["ipv6"],
        timeout=params["timeout"],
        deadline=params["deadline"],
    )


def parse_names(params: dict[str, t.Any]) -> list[str]:
    if not params["names"]:
        raise InvalidInput(["names is empty: give the names of a certificate"])
    return list(dict.fromkeys(params["names"]))


def result(names: t.Sequence[str], examined: Examination) -> Result:
    findings = examined.findings
    of_name = {name: [found for found in findings if found.name == name] for name in names}
    return Result(
        changed=False,
        values={
            "findings": [dataclasses.asdict(found) for found in findings],
            "ok": not any(found.stops for found in findings),
            "message": sentence(findings),
            "names": [
                {
                    "name": name,
                    "ok": not any(found.stops for found in found_here),
                    "checks": [found.check for found in found_here],
                }
                for name, found_here in of_name.items()
            ],
            "statistics": examined.statistics,
        },
    )


def main() -> None:
    with host_run(ARGUMENTS) as run:
        names, issuer, zones, records, settings, nameservers, dummy = run.parse(
            lambda: parse_names(run.params),
            lambda: parse_issuer(run.params),
            lambda: parse_zones(run.params),
            lambda: parse_records(run.params),
            lambda: parse_settings(run.params),
            lambda: parse_nameservers(run.params["nameservers"]),
            lambda: check_port(run.params),
        )
        settings = dataclasses.replace(settings, nameservers=nameservers)
        subjects = [Subject(name, issuer, run.params["validation"], zones) for name in names]
        run.finish(result(names, examination(settings, subjects, records)))


if __name__ == "__main__":
    main()
