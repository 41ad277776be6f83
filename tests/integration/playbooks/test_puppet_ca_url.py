# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SRV records over real DNS: the CA's own service, and the one of all servers where there is no other."""

from __future__ import annotations

import os
import subprocess

from sandbox.client import Sandbox
from support.modules import COLLECTIONS

LOOKUP = "{{ lookup('tlsops.certificates.puppet_ca_url', domain, nameservers=nameserver) }}"


def looked_up(sandbox: Sandbox, domain: str) -> str:
    """By a process of its own: whoever imports a lookup is a controller to ansible-core, and no module any more."""
    given = ["-e", f"domain={domain}", "-e", f"nameserver={sandbox.dns_address}"]
    done = subprocess.run(
        ["ansible", "localhost", "-m", "ansible.builtin.debug", "-a", f"msg={LOOKUP}", *given],
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_NOCOLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stdout
    return done.stdout


def publish(sandbox: Sandbox, zone_id: str, name: str, *values: str) -> None:
    record_set = {"Name": name, "Type": "SRV", "TTL": 60, "ResourceRecords": [{"Value": value} for value in values]}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record_set}]}
    sandbox.boto("route53").change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=changes)


def test_a_ca_is_found_by_its_records(sandbox: Sandbox) -> None:
    sandbox.configure(insync_delay=0)
    made = sandbox.boto("route53").create_hosted_zone(Name="example.com", CallerReference="puppet")
    zone_id = str(made["HostedZone"]["Id"]).rpartition("/")[2]
    sandbox.delegate("example.com", zone_id)
    assert "nor an SRV record _x-puppet-ca._tcp.example.com" in looked_up(sandbox, "example.com")
    publish(sandbox, zone_id, "_x-puppet._tcp.example.com", "0 5 8140 any.example.com")
    assert '"msg": "https://any.example.com:8140"' in looked_up(sandbox, "example.com")
    publish(sandbox, zone_id, "_x-puppet-ca._tcp.example.com", "5 9 8140 second.example.com", "0 5 8141 ca.example.com")
    assert '"msg": "https://ca.example.com:8141"' in looked_up(sandbox, "example.com.")
