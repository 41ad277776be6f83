# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation says what is there: links lead somewhere, and the modules return what their pages promise."""

from __future__ import annotations

import ast
import datetime
import importlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_result import as_result, wanted_as_result
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import Certificate, WantedCertificate
from ansible_collections.tlsops.certificates.plugins.module_utils._conditions import PENDING, Condition
from ansible_collections.tlsops.certificates.plugins.module_utils._deletion import DeletionPlan
from ansible_collections.tlsops.certificates.plugins.module_utils._diagnosis import Preflight
from ansible_collections.tlsops.certificates.plugins.module_utils._distributions import WantedDistribution
from ansible_collections.tlsops.certificates.plugins.module_utils._flows import distributions, listeners
from ansible_collections.tlsops.certificates.plugins.module_utils._listener_options import ListenerEntry
from ansible_collections.tlsops.certificates.plugins.module_utils._listeners import Listener, WantedListener
from ansible_collections.tlsops.certificates.plugins.module_utils._tenant_plan import TenantsPlan, plan_tenant
from ansible_collections.tlsops.certificates.plugins.module_utils._tenant_states import Seen
from ansible_collections.tlsops.certificates.plugins.module_utils._tenants import (
    PENDING_VALIDATION,
    ManagedCertificate,
    ManagedRequest,
    Tenant,
    ValidationToken,
    WantedTenant,
)

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "roles").rglob("*.md")])
CERTIFICATE_MODULES = [
    "acm_certificate_match_info",
    "acm_certificate_wait",
    "acm_dns_certificate",
    "acm_dns_certificates",
    "cloudfront_distribution_cert",
    "cloudfront_tenant_cert",
    "cloudfront_tenant_certs",
    "elb_listener_certificates",
]
ARN = "arn:aws:acm:us-east-1:111111111111:certificate/1"
CERTIFICATE = Certificate(ARN, "us-east-1", "example.com", frozenset({"example.com"}), "ISSUED", "AMAZON_ISSUED")
#: In our fragments, or those of amazon.aws.
SHARED_OPTIONS = {"dns_role_arn", "hosted_zone_id", "hosted_zones", "rate_limits", "region", "profile"} | {
    *("endpoint_url", "preflight", "nameservers", "ca_url", "ca_path", "ca_fingerprint", "client_cert", "client_key"),
    *("certname", "confdir", "server_confdir", "ssldir", "cadir"),
}
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
    there = CERTIFICATE
    wanted = WantedCertificate("example.com", ("example.com",), "eu-west-1")
    not_there = wanted_as_result(wanted, Condition(PENDING, "NotRequested", ""), {}, {})
    assert sorted(documented) == sorted(as_result(there)) == sorted(not_there)
    assert sorted(documented["renewal"]["contains"]) == sorted(as_result(there)["renewal"])
    assert sorted(documented["validation_records"]["contains"]) == sorted(not_there["validation_records"][0])


def test_a_certificate_is_documented_in_the_same_words_everywhere() -> None:
    words = [dict(block(module, "RETURN")["certificates"]["contains"]) for module in CERTIFICATE_MODULES]
    for key in words[0]:
        if key != "superseded":  # names the module's own option
            assert all(each[key] == words[0][key] for each in words), key


def of_listeners() -> dict[str, Any]:
    """One certificate stays in the list of a listener, and is none of ours."""
    entry = ListenerEntry("us-east-1", WantedListener(None, (), "tlsops"), "listener")
    listener = Listener("listener", "balancer", "HTTPS", 443, ARN, ("other",))
    observed = listeners.Observed((listeners.ObservedListener(entry, listener, {}),), {ARN: CERTIFICATE})
    return listeners.make_plan(observed).predict().values


def of_distributions() -> dict[str, Any]:
    config = {"Aliases": {"Items": ["example.com"]}}
    there = distributions.Distribution("E1", "arn", "Deployed", "etag", config)
    observed = distributions.Observed(((WantedDistribution(ARN, "E1"), there),), {ARN: CERTIFICATE})
    return distributions.make_plan(observed).predict().values


def of_tenants() -> dict[str, Any]:
    """One whose own web servers are to show a token."""
    token = ValidationToken("example.com", "http://example.com/token", "https://example.net/token")
    managed = ManagedCertificate(ARN, PENDING_VALIDATION, "self-hosted", (token,))
    wanted = WantedTenant("shop", managed=ManagedRequest("self-hosted", "example.com"))
    seen = Seen(Tenant("dt_1", "arn", "shop", "E1", {"example.com": "inactive"}, "1"), managed)
    planned = plan_tenant(wanted, seen, waits=False)
    result = TenantsPlan((planned,), {"": "d1.cloudfront.net"}, {ARN: CERTIFICATE}).predict()
    Preflight().complete(result)
    return result.values


def of_deletion() -> dict[str, Any]:
    plan = DeletionPlan((CERTIFICATE,), kept_records=(("_1.example.com", "why"),), kept=(CERTIFICATE,))
    return plan.predict().values


def of_discovery() -> dict[str, Any]:
    """The module's own: it has no plan."""
    module = importlib.import_module(
        "ansible_collections.tlsops.certificates.plugins.modules.acm_certificate_match_info"
    )
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    matches = module.match_hosts(["example.com"], [CERTIFICATE], now=now)
    values: dict[str, Any] = module.result(matches, {"missing": "report"}).values
    return values


@pytest.mark.parametrize(
    ("module", "values"),
    [
        ("elb_listener_certificates", of_listeners),
        ("cloudfront_distribution_cert", of_distributions),
        ("cloudfront_tenant_certs", of_tenants),
        ("acm_certificate_retire", of_deletion),
        ("acm_certificate_match_info", of_discovery),
    ],
)
def test_a_module_returns_the_documented_keys(module: str, values: Callable[[], dict[str, Any]]) -> None:
    documented, returned = block(module, "RETURN"), values()
    assert sorted(returned) == sorted(name for name, key in documented.items() if key["returned"] == "always")
    for name, value in returned.items():
        contains = documented[name].get("contains")
        if isinstance(value, list) and value and isinstance(value[0], dict) and contains:
            assert sorted(contains) == sorted(value[0]), name
            inner = {key: each for key, each in value[0].items() if isinstance(each, list) and each}
            for key, each in inner.items():
                if isinstance(each[0], dict):
                    assert sorted(contains[key]["contains"]) == sorted(each[0]), key


def markup(text: str, kind: str) -> list[str]:
    """What stands between ``O(`` and ``)``: names of options, without a module and without a value."""
    found = re.findall(rf"(?<![A-Z]){kind}\(([^)=]+)(?:=[^)]*)?\)", text)
    return [name for name in found if "#" not in name]


def names_in(options: dict[str, Any], below: str, prefix: str = "") -> set[str]:
    """All names, also those within others: ``listeners[].port`` is in ``listeners``."""
    found = set()
    for name, option in options.items():
        found |= {prefix + name, *names_in(option.get(below) or {}, below, f"{prefix}{name}[].")}
        found |= names_in(option.get(below) or {}, below, f"{prefix}{name}.")
    return found


@pytest.mark.parametrize("module", MODULES)
def test_what_a_page_refers_to_is_there(module: str) -> None:
    page, returned = block(module, "DOCUMENTATION"), block(module, "RETURN")
    options = names_in(page["options"], "suboptions") | SHARED_OPTIONS
    text = yaml.safe_dump([page, returned], width=10**6)
    assert [name for name in markup(text, "O") if name not in options] == []
    assert [name for name in markup(text, "RV") if name not in names_in(returned, "contains")] == []


@pytest.mark.parametrize("module", MODULES)
def test_every_option_is_described_in_sentences(module: str) -> None:
    def check(options: dict[str, Any]) -> None:
        for name, option in options.items():
            said = option["description"]
            for sentence in said if isinstance(said, list) else [said]:
                assert sentence.rstrip()[-1] in ".:", f"{name}: {sentence}"
            check(option.get("suboptions", {}))

    check(block(module, "DOCUMENTATION")["options"])
