# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every check that a message may name has its section, and every section is of a check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _findings, _renewals

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
CHECKS = {**_findings.CHECKS, **_renewals.CHECKS}
SECTIONS = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


def test_every_check_has_one_section_and_the_other_way_round() -> None:
    assert sorted(SECTIONS) == sorted(CHECKS)
    assert len(re.findall(r"^### ", PAGE, re.MULTILINE)) == len(CHECKS)
    assert not _findings.CHECKS.keys() & _renewals.CHECKS.keys()


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_each_section_says_what_to_do(check: str) -> None:
    assert "- **Do**: " in SECTIONS[check]


def test_links_within_the_page_lead_to_sections() -> None:
    assert set(re.findall(r"\]\(#(\w+)\)", PAGE)) <= set(SECTIONS)


def test_every_check_that_the_code_finds_is_listed() -> None:
    """The names in the code, so that none is misspelt."""
    folder = ROOT / "plugins" / "module_utils"
    files = [*folder.glob("_preflight*.py"), *folder.glob("_renewal*.py")]
    named = {
        name
        for file in files
        for name in re.findall(
            r"(?:fatal|error|warning|info|Finding)\(\s*\"([a-z]+(?:_[a-z0-9]+)+)\"", file.read_text(encoding="utf-8")
        )
    }
    assert named, "the pattern finds nothing"
    assert named <= set(CHECKS)
