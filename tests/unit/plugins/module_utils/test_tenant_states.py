# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of a tenant: what they are called, and what comes next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.tlsops.certificates.plugins.module_utils import _tenants
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._tenant_options import (
    TENANT_ARGUMENTS,
    creation_faults,
    wanted_tenants,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._tenant_refusals import after_error
from ansible_collections.tlsops.certificates.plugins.module_utils._tenant_states import Assessment, Seen, assess
from ansible_collections.tlsops.certificates.plugins.module_utils._tenant_steps import step_for
from ansible_collections.tlsops.certificates.plugins.module_utils._tenants import ParentDistribution, WantedTenant

QUIET = {"wait", "none", "fail", "retry", "refetch_retry", "get_by_name"}
CASES = json.loads((Path(__file__).parents[2] / "cases" / "tenant_states.json").read_text(encoding="utf-8"))["cases"]

# --- The table -------------------------------------------------------------------------------------------------------


def options(spec: dict[str, Any]) -> dict[str, Any]:
    """The module's options for the table's neutral names."""
    given = {key: value for key, value in spec.items() if key not in ("drift_policy", "distribution_certificate")}
    if "drift_policy" in spec:
        given["on_drift"] = "correct" if spec["drift_policy"] == "enforce" else "report"
    if isinstance(spec.get("parameters"), list):
        given["parameters"] = {each["name"]: each["value"] for each in spec["parameters"]}
    if isinstance(spec.get("tags"), list):
        given["tags"] = {each["key"]: each["value"] for each in spec["tags"]}
    if "geo_restrictions" in spec:
        geo = dict(spec["geo_restrictions"])
        given["geo_restrictions"] = {"restriction_type": geo.pop("type", geo.get("restriction_type")), **geo}
    if "certificate" in spec:
        given["certificate_arn"] = given.pop("certificate")["arn"]
    given["move_distribution"] = any(value for key, value in spec.items() if "move" in key)
    return parsed({key: value for key, value in given.items() if key in TENANT_ARGUMENTS})


def parsed(given: dict[str, Any]) -> dict[str, Any]:
    """As Ansible hands them to the module: with choices checked and what is left out."""
    result = ArgumentSpecValidator(TENANT_ARGUMENTS).validate(given)
    if result.error_messages:
        raise InvalidInput(result.error_messages)
    found: dict[str, Any] = result.validated_parameters
    return found


def seen(given: dict[str, Any]) -> Seen:
    tenant, details = given.get("tenant"), given.get("managed_certificate_details")
    return Seen(
        _tenants.from_detail(tenant, "ETAG1") if tenant else None,
        _tenants.from_managed(details) if isinstance(details, dict) else None,
        adopted=bool(given.get("adopted")),
    )


def decide(given: dict[str, Any]) -> tuple[WantedTenant | None, Assessment | None, str]:
    """What is wanted, what is made of it, and the fault where it can't be."""
    spec = given["spec"]
    try:
        (wanted,) = wanted_tenants([options(spec)])
        if given.get("tenant") is None and not wanted.absent and "error" not in given:
            own = {"default": False}.get(spec.get("distribution_certificate"))
            faults = creation_faults(wanted, ParentDistribution(str(wanted.distribution_id), own_certificate=own))
            if faults:
                raise InvalidInput(faults)
    except InvalidInput as error:
        return None, None, error.message
    if "error" in given:
        error = given["error"]
        return wanted, after_error(wanted, error["op"], error["code"], error["message"]), ""
    return wanted, assess(wanted, seen(given)), ""


def is_about(fault: str, expected: dict[str, Any]) -> None:
    assert fault
    assert (expected["reason"], expected["next"], expected["failed"]) == ("InvalidSpec", "fail", True), fault
    assert expected.get("msg_contains", "") in fault


def changes(wanted: WantedTenant, given: dict[str, Any], found: Assessment) -> bool:
    """A run that takes a tenant away has changed something before it waits."""
    begun = bool(given.get("tenant") or given.get("error") or given.get("was_present"))
    return begun if wanted.absent else found.next not in QUIET


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_table(case: dict[str, Any]) -> None:
    given, expected = case["given"], case["expect"]
    wanted, found, fault = decide(given)
    if wanted is None or found is None:
        is_about(fault, expected)
        return
    checked = given.get("check_mode", False)
    assert found.condition.reason == expected["reason"]
    assert found.condition.ready == expected["ready"]
    assert (found.next if not checked else "none") == expected["next"]
    assert changes(wanted, given, found) == expected["changed"]
    assert found.condition.failed == expected["failed"]
    assert (None if checked else found.retry_after) == expected["retry_after"]
    assert {None: "n/a"}.get(found.certificate_ready, found.certificate_ready) == expected["certificate_ready"]
    assert expected.get("msg_contains", "") in found.condition.message
    if "call" in expected:
        step = step_for(wanted, seen(given), found)
        assert step is not None
        assert (step.operation, step.parameters()) == (expected["call"]["op"], expected["call"]["params"])
