# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SRV records over real DNS: the CA's own service, and the one of all servers where there is no other."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleLookupError
from ansible_collections.tlsops.certificates.plugins.lookup.puppet_ca_url import ca_url
from sandbox.client import Sandbox


def publish(sandbox: Sandbox, zone_id: str, name: str, *values: str) -> None:
    record_set = {"Name": name, "Type": "SRV", "TTL": 60, "ResourceRecords": [{"Value": value} for value in values]}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record_set}]}
    sandbox.boto("route53").change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=changes)


def test_a_ca_is_found_by_its_records(sandbox: Sandbox) -> None:
    def found(domain: str) -> str:
        return ca_url([domain], [], "puppet_ca", 8140, [sandbox.dns_address])

    sandbox.configure(insync_delay=0)
    made = sandbox.boto("route53").create_hosted_zone(Name="example.com", CallerReference="puppet")
    zone_id = str(made["HostedZone"]["Id"]).rpartition("/")[2]
    sandbox.delegate("example.com", zone_id)
    with pytest.raises(AnsibleLookupError, match=r"nor an SRV record _x-puppet-ca\._tcp\.example\.com"):
        found("example.com")
    publish(sandbox, zone_id, "_x-puppet._tcp.example.com", "0 5 8140 any.example.com")
    assert found("example.com") == "https://any.example.com:8140"
    publish(sandbox, zone_id, "_x-puppet-ca._tcp.example.com", "5 9 8140 second.example.com", "0 5 8141 ca.example.com")
    assert found("example.com.") == "https://ca.example.com:8141"
