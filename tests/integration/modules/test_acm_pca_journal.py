# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates for CSRs of hosts, of which nothing but the ARN is kept where AWS is asked."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import SubjectNames
from ansible_collections.tlsops.certificates.plugins.module_utils._x509 import build_csr, generate_key
from aws_world import World

CSR = build_csr(generate_key("RSA_2048"), SubjectNames((), ("DNS:web.corp.internal",)), ())


def test_what_was_issued_is_fetched_by_its_noted_arn_however_late(world: World, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    order = {"csr_content": CSR, "certificate_authority_arn": world.private_ca(), "not_after": "2027-01-01T00:00:00Z"}
    wish = {"certificates": [order], "journal": str(journal)}
    ordered = world.run("acm_pca_certificates", wait=False, **wish)
    assert (ordered["changed"], ordered["certificates"][0]["reason"]) == (True, "Issuing")
    [noted] = journal.iterdir()
    assert noted.read_text() == ordered["certificates"][0]["arn"]
    assert noted.stat().st_mode & 0o777 == 0o600
    world.sandbox.advance(600)
    fetched = world.run("acm_pca_certificates", **wish)
    assert (fetched["changed"], fetched["certificates"][0]["ready"]) == (False, True)
    assert list(journal.iterdir()) == []
    assert len(world.sandbox.calls("acm-pca", "IssueCertificate")) == 1
