# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a Puppet CA is."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible_collections.tlsops.certificates.plugins.lookup.puppet_ca_url import ca_url
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet.discovery import Server, best


@pytest.mark.parametrize(
    ("servers", "url"),
    [
        ([], None),
        ([Server(0, 0, 0, ".")], None),
        ([Server(0, 5, 8140, "Puppet.Example.com.")], "https://puppet.example.com:8140"),
        ([Server(10, 9, 1, "b."), Server(0, 0, 2, "a.")], "https://a:2"),
        ([Server(0, 1, 1, "light."), Server(0, 9, 2, "heavy.")], "https://heavy:2"),
        ([Server(0, 1, 1, "b."), Server(0, 1, 2, "a.")], "https://a:2"),
        ([Server(0, 0, 0, "."), Server(5, 0, 8140, "a.")], "https://a:8140"),
    ],
)
def test_the_best_server_is_always_the_same(servers: list[Server], url: str | None) -> None:
    assert best(servers) == url
    assert best(reversed(servers)) == url


def found(hosts: list[str], *domains: str, group: str = "puppet_ca", port: int = 8140, nameservers: Any = ()) -> str:
    return ca_url(domains, hosts, group, port, nameservers)


def test_the_inventory_comes_before_the_dns() -> None:
    hosts = ["Puppet.example.com", "other"]
    assert found(hosts, "example.com") == "https://puppet.example.com:8140"
    assert found(hosts, "example.com", port=443) == "https://puppet.example.com:443"
    with pytest.raises(AnsibleLookupError, match=r"and there is no host in the group empty$"):
        found([], "", group="empty")


def test_a_resolver_that_is_none_is_said() -> None:
    with pytest.raises(AnsibleLookupError, match="isn't an IP address"):
        found([], "example.com", nameservers="nonsense")
