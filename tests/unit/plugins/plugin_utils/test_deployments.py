# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.tlsops.certificates.plugins.plugin_utils._deployment_steps import (
    deployment_endpoints,
    deployment_entries,
    deployment_records,
    deployment_texts,
)
from ansible_collections.tlsops.certificates.plugins.plugin_utils._deployments import (
    certificate_deployments,
    deployment_refusals,
)

FILES = {"type": "files", "fullchain_path": "/etc/web.pem", "verify": "web:443", "notify": "Reload"}
KUBERNETES = {"type": "kubernetes", "secret": "tls", "namespaces": "a, b"}
KEPT = {
    "directory": "/etc/tlsops/shop",
    "ready": True,
    "phase": "Issued",
    "reason": "Kept",
    "message": "Kept.",
    "refusal": None,
    "fingerprint": "f" * 64,
    "not_after": "2027-02-20T12:00:00+00:00",
    "subject_alternative_names": ["DNS:*.example.com", "DNS:example.com"],
}
SERVED = {"endpoint": "web:443", "ready": True, "reason": "Served", "message": "web:443 serves it."}
OTHER = {"endpoint": "web:443", "ready": False, "reason": "AnotherServed", "message": "another one: reloaded?"}


def targets(*wanted: Any, **options: Any) -> list[dict[str, Any]]:
    """Where all collections are that any target needs, unless ``installed`` says otherwise."""
    options = {"installed": lambda dummy_name: True, **options}
    return certificate_deployments([{"name": "shop", "deploy": list(wanted)}], **options)


def test_a_target_knows_its_certificate_and_the_defaults() -> None:
    (found,) = targets({**FILES, "production": "no"}, production="yes", notify=["All"])
    assert (found["directory"], found["production"], found["notify"]) == ("/etc/tlsops/shop", False, ["Reload", "All"])
    assert (found["options"], found["target"]) == ({"fullchain_path": "/etc/web.pem"}, "/etc/web.pem")
    assert targets(FILES, production="yes")[0]["production"] is True
    (other,) = certificate_deployments([{"directory": "/srv/blog/", "deploy": {"type": "acm"}}])
    assert (other["certificate"], other["directory"], other["target"]) == ("blog", "/srv/blog", "blog")
    assert certificate_deployments("") == certificate_deployments([{"name": "x"}]) == []


def test_a_survey_may_deliver_a_text() -> None:
    (found,) = certificate_deployments("- {name: shop, deploy: [{type: acm, name: s}]}")
    assert found["options"] == {"name": "s"}


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("files", "isn't a dictionary with a type"),
        ({}, "type None is none of files, acm"),
        ({"type": "files"}, "say at least one file"),
        ({**FILES, "path": "x"}, "path is no option of the type files"),
        ({"type": "files", "pkcs12_path": "/x"}, "pkcs12_path needs pkcs12_passphrase"),
        ({**FILES, "verify": "a b"}, "'a b' isn't a host and a port"),
        ({**FILES, "verify": {"endpoint": "a", "port": 1}}, "['port'] are no options of an endpoint"),
        ({**FILES, "production": "perhaps"}, "'perhaps' is neither true nor false"),
        ({"type": "secretsmanager"}, "needs secret"),
        ({"type": "vault"}, "needs path"),
        ({**KUBERNETES, "namespaces": ["A"]}, "namespace 'A' is no name"),
        ({**KUBERNETES, "secret": "a_b"}, "secret 'a_b' is no name"),
    ],
)
def test_what_is_wrong_with_a_target_is_said_with_all_the_rest(target: Any, said: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        targets(target, {"type": "nothing"})
    assert "shop, deploy[0]: " in str(caught.value)
    assert said in str(caught.value)
    assert "'nothing' is none of" in str(caught.value)


def test_a_collection_is_needed_only_where_it_is_used() -> None:
    def installed(dummy_name: str) -> bool:
        return False

    assert targets(FILES, installed=installed)
    with pytest.raises(AnsibleFilterError, match="collection install kubernetes"):
        targets(KUBERNETES, installed=installed)


@pytest.mark.parametrize(
    ("record", "production", "check_mode", "refused"),
    [
        ({}, True, False, False),
        ({"refusal": "it is self-signed"}, True, False, True),
        ({"refusal": "it is self-signed"}, False, False, False),
        ({"ready": False, "phase": "Pending"}, False, False, True),
        ({"ready": False, "phase": "Pending"}, False, True, False),
        ({"ready": False, "phase": "Failed"}, False, True, True),
    ],
)
def test_what_must_not_go_is_refused(record: dict[str, Any], production: bool, check_mode: bool, refused: bool) -> None:
    found = deployment_refusals(targets({**FILES, "production": production}), [{**KEPT, **record}], check_mode)
    assert bool(found) == refused


def read(name: str, text: str | None) -> dict[str, Any]:
    content = {"content": base64.b64encode(text.encode()).decode()} if text else {}
    return {"item": f"/etc/tlsops/shop/{name}", **content}


def test_each_module_is_given_what_it_takes() -> None:
    texts = deployment_texts([read("privkey.pem", "KEY"), read("fullchain.pem", "CHAIN"), read("ca.pem", None)])
    assert texts == {"/etc/tlsops/shop": {"private_key": "KEY", "certificate": "CHAIN"}}
    vault = {"type": "vault", "path": "web"}
    found = targets(FILES, {"type": "acm", "name": "s"}, KUBERNETES, vault)
    assert deployment_entries(found, "files") == [
        {"name": "shop", "directory": "/etc/tlsops/shop", "fullchain_path": "/etc/web.pem"}
    ]
    assert deployment_entries(found, "acm", texts) == [{"name": "s", "private_key": "KEY", "certificate": "CHAIN"}]
    assert deployment_entries(found, "vault", texts) == [
        {"path": "web", "data": {"privkey": "KEY", "fullchain": "CHAIN"}}
    ]
    one, two = deployment_entries(found, "kubernetes", texts)
    assert (one["metadata"]["namespace"], two["metadata"]["namespace"]) == ("a", "b")
    assert {key: base64.b64decode(text) for key, text in one["data"].items()} == {
        "tls.crt": b"CHAIN",
        "tls.key": b"KEY",
    }


def test_a_name_that_the_certificate_has_is_asked_for() -> None:
    found = targets(FILES, {**FILES, "verify": {"endpoint": "other:1", "server_name": "x.example.com"}})
    assert [(each["endpoint"], each["server_name"]) for each in deployment_endpoints(found, [KEPT])] == [
        ("web:443", "www.example.com"),
        ("other:1", "x.example.com"),
    ]


def record(results: dict[str, Any], *served: Any, target: Any = None, **kept: Any) -> dict[str, Any]:
    return deployment_records(targets(target or FILES), [{**KEPT, **kept}], results, served)[0]


def test_the_record_says_what_became_of_a_target() -> None:
    changed = {"files": {"certificates": [{"changed": True}]}}
    same = {"files": {"certificates": [{"changed": False}]}}
    done = record(changed, SERVED)
    assert (done["phase"], done["changed"], done["notify"]) == ("Attached", True, ["Reload"])
    stale = record(same, OTHER)
    assert (stale["phase"], stale["changed"], stale["notify"]) == ("Attaching", False, ["Reload"])
    assert stale["message"].endswith("reloaded?")
    assert record(same, SERVED)["notify"] == []
    [foretold] = deployment_records(targets(FILES), [KEPT], changed, [OTHER], check_mode=True)
    assert (foretold["phase"], foretold["ready"], foretold["changed"]) == ("Pending", False, True)
    assert (foretold["notify"], foretold["message"][:26]) == (["Reload"], "shop: It would be deployed")
    assert deployment_records(targets(FILES), [KEPT], same, [SERVED], check_mode=True)[0]["ready"] is True
    missing = record({}, ready=False, reason="DoesNotExist")
    assert (missing["phase"], missing["reason"], missing["ready"]) == ("Pending", "DoesNotExist", False)


def test_a_failure_is_said_unless_it_has_a_key_in_it() -> None:
    def failed(said: str) -> dict[str, Any]:
        results = [{"changed": True}, {"failed": True, "msg": said}]
        return record({"kubernetes": {"results": results}}, target=KUBERNETES)

    assert (failed("forbidden")["phase"], failed("forbidden")["changed"]) == ("Failed", False)
    assert "tls in a, b: forbidden" in failed("forbidden")["message"]
    for key in ("-----BEGIN PRIVATE KEY-----", base64.b64encode(b"-----BEGIN EC").decode()):
        assert key not in failed(f"invalid: {key}")["message"]


def test_where_aws_cant_be_asked_that_is_said_of_each_target() -> None:
    acm = [{"type": "acm", "region": region} for region in ("eu-west-1", "eu-west-2")]
    results = {"acm": {"changed": False, "msg": "Unable to locate credentials."}}
    found = deployment_records([*targets(*acm), *targets(FILES)], [KEPT], results, [SERVED])
    assert [each["phase"] for each in found] == ["Failed", "Failed", "Attached"]
    assert all("Unable to locate credentials." in each["message"] for each in found[:2])
