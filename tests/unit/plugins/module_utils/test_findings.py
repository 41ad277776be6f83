# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tlsops.certificates.plugins.module_utils._findings import Finding, in_order, sentence

FATAL = Finding("caa_forbids", "fatal", "b.example", "CAA forbids it")
WARNING = Finding("lame_name_server", "warning", "a.example", "ns1 is lame")
INFO = Finding("caa_forbids", "info", "c.example", "noted")


def test_findings_come_in_the_order_of_the_names_then_of_the_checks() -> None:
    early = Finding("domain_not_registered", "fatal", "b.example", "it isn't there")
    assert in_order([INFO, FATAL, early, WARNING, FATAL], ["b.example", "a.example"]) == [early, FATAL, WARNING, INFO]


def test_the_worst_is_said_in_one_line_with_the_name_of_its_check() -> None:
    assert sentence([WARNING, FATAL]) == "CAA forbids it (caa_forbids); 1 more name has findings"
    assert sentence([WARNING, INFO]) == "ns1 is lame (lame_name_server)"
    assert sentence([INFO]) == sentence([]) == ""
