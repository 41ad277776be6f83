# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tlsops.certificates.plugins.plugin_utils._acme_certificates import (
    acme_certificate_entries,
    acme_deployments,
)

DIRECTORY = "https://ca.example.com/directory"
FILES, VAULT = {"type": "files"}, {"type": "vault", "production": "yes"}


def test_one_certificate_of_two_entries_goes_to_the_targets_of_both() -> None:
    names = ["example.com", "www.example.com"]
    entries = acme_certificate_entries(
        [{"name": "site", "dns_names": names, "deploy": [FILES]}, {"dns_names": names[::-1], "deploy": [VAULT]}],
        "/etc/tlsops",
        {},
        DIRECTORY,
    )
    assert [(entry["directory"], entry["production"]) for entry in entries] == [("/etc/tlsops/site", True)]
    deployed = acme_deployments(entries, entries, ["/etc/tlsops/site"])
    assert [[target["type"] for target in each["deploy"]] for each in deployed] == [["files", "vault"]]
    assert acme_deployments(entries, entries, []) == []
