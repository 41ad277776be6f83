# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Where the validation records go, and as whom."""

    DOCUMENTATION = r"""
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
      - IDs of hosted zones by domain name, for the names at and below each domain. RV(tlsops.certificates.route53_hosted_zone_match_info#module:hosted_zone_ids)
        has this form.
      - The longest domain wins. Names that are in none of them are looked up as usual, or go to O(hosted_zone_id).
    type: dict
    default: {}
  nameservers:
    description:
      - Addresses of DNS resolvers, each with an optional port (C(192.0.2.1), C(192.0.2.1:5353), C([2001:db8::1]:5353)).
      - They are asked which of two public zones of one name is the delegated one, and for nothing else. Without them the
        resolvers of the system are asked.
    type: list
    elements: str
    default: []
"""
