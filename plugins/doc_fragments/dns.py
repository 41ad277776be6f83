# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Where the validation records go, and as whom."""

    DOCUMENTATION = r"""
requirements:
  - dnspython >= 2.6.1 (to look at the public DNS, and to tell two public hosted zones of one name apart)
  - idna >= 3.7 (only for names with letters beyond ASCII)
  - publicsuffixlist >= 1.0.2 (only to refuse bare public suffixes before AWS does)
notes:
  - C(no hosted zone for ...) means that no public zone of the account, or of the account of O(dns_role_arn), has the name or one
    above it. The message lists what was looked for.
  - C(public hosted zones named ... could hold ...) means that several public zones have the same name, and that the public DNS
    couldn't be asked, or delegates to none of them. Choose one with O(hosted_zone_id) or O(hosted_zones).
  - C(... is delegated away) means that an NS record set hands the name to another zone, in which the records must be written. Use a role
    of the account that has that zone.
  - C(The role can't be assumed) means that O(dns_role_arn) doesn't exist, that its trust policy doesn't name the credentials of the
    task, that these may not call C(sts:AssumeRole), or that O(dns_role_external_id) is another one. AWS doesn't tell which.
options:
  dns_role_arn:
    description:
      - ARN of an IAM role to assume for the calls to Route 53, when the hosted zones are in another account.
      - The credentials of the task assume it. They never leave the module, and are renewed while it waits.
    type: str
  dns_role_external_id:
    description:
      - The external ID that the trust policy of O(dns_role_arn) asks for.
    type: str
  hosted_zone_id:
    description:
      - ID of the hosted zone that takes all records. Zones are then not listed, so C(route53:ListHostedZones) isn't needed.
      - A name outside of this zone is an error.
    type: str
  hosted_zones:
    description:
      - IDs of hosted zones by domain name, for the names at and below each domain.
        RV(tlsops.certificates.route53_hosted_zone_match_info#module:hosted_zone_ids) has this form.
      - The longest domain wins. Names that are in none of them are looked up as usual, or go to O(hosted_zone_id).
    type: dict
    default: {}
  nameservers:
    description:
      - Addresses of DNS resolvers, each with an optional port (C(192.0.2.1), C(192.0.2.1:5353), C([2001:db8::1]:5353)).
      - They are asked which of two public zones of one name is the delegated one, and where a module looks at names in the
        public DNS, they are asked for that. Without them the resolvers of the system are asked.
    type: list
    elements: str
    default: []
"""

    PORT = r"""
requirements:
  - dnspython >= 2.6.1
options:
  authoritative_port:
    description:
      - Port of the authoritative name servers. It is V(53) everywhere but in a laboratory.
    type: int
    default: 53
"""

    PREFLIGHT = r"""
options:
  preflight:
    description:
      - What to do about names whose validation would fail. Before anything is requested, the names of the new certificates are
        looked up in the public DNS (with O(nameservers)) - registration, delegation, CAA, DNSSEC, what stands in the way. What is found is
        in RV(findings). Certificates that are there already aren't looked at.
      - Also, when not all certificates are issued in time, the DNS is asked what keeps them.
    type: str
    choices:
      fail: Fail before anything is requested, also in check mode, if ACM would refuse. Look-ups that don't work are no reason to fail.
      warn: Warn, and request all the same. Without dnspython it warns that there was no look.
      "off": Don't look.
    default: warn
notes:
  - A message that ends with a word in brackets such as C((delegation_mismatch)) names a check, which is explained in
    C(docs/troubleshooting.md) of this collection.
"""
