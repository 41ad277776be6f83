# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation says what is there: links lead somewhere, and the modules return what their pages promise."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_result import as_result, wanted_as_result
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import Certificate, WantedCertificate
from ansible_collections.tlsops.certificates.plugins.module_utils._conditions import PENDING, Condition

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "roles").rglob("*.md")])
CERTIFICATE_MODULES = ["acm_certificate_wait", "acm_dns_certificate", "acm_dns_certificates"]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))


def block(module: str, name: str) -> Any:
    text = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return yaml.safe_load(ast.literal_eval(node.value))
    raise AssertionError(f"{module} has no {name}")


def anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://", link):
            continue
        path, dummy, fragment = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        if fragment:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert fragment in map(anchor, headings), link


@pytest.mark.parametrize("module", CERTIFICATE_MODULES)
def test_a_certificate_has_the_documented_keys(module: str) -> None:
    documented = block(module, "RETURN")["certificates"]["contains"]
    there = Certificate("arn", "eu-west-1", "example.com", frozenset({"example.com"}), "ISSUED", "AMAZON_ISSUED")
    wanted = WantedCertificate("example.com", ("example.com",), "eu-west-1")
    not_there = wanted_as_result(wanted, Condition(PENDING, "NotRequested", ""), {}, {})
    assert sorted(documented) == sorted(as_result(there)) == sorted(not_there)
    assert sorted(documented["renewal"]["contains"]) == sorted(as_result(there)["renewal"])
    assert sorted(documented["validation_records"]["contains"]) == sorted(not_there["validation_records"][0])


def test_a_certificate_is_documented_in_the_same_words_everywhere() -> None:
    words = [dict(block(module, "RETURN")["certificates"]["contains"]) for module in CERTIFICATE_MODULES]
    for key in words[0]:
        if key != "superseded":  # names the module's own option
            assert words[0][key] == words[1][key] == words[2][key], key


@pytest.mark.parametrize("module", MODULES)
def test_every_option_is_described_in_sentences(module: str) -> None:
    def check(options: dict[str, Any]) -> None:
        for name, option in options.items():
            said = option["description"]
            for sentence in said if isinstance(said, list) else [said]:
                assert sentence.rstrip()[-1] in ".:", f"{name}: {sentence}"
            check(option.get("suboptions", {}))

    check(block(module, "DOCUMENTATION")["options"])
