# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _listener_options as options
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import Certificate
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._listener_options import ListenerChange, ListenerEntry
from ansible_collections.tlsops.certificates.plugins.module_utils._listeners import (
    Listener,
    WantedListener,
    plan_listener,
)

ACCOUNT = "111111111111"
LISTENER = f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2"
BALANCER = f"arn:aws:elasticloadbalancing:eu-central-1:{ACCOUNT}:loadbalancer/net/web/50dc6c495c0c9188"
A, B, C = (f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/{letter * 4}-1" for letter in "abc")
FAR = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/ffff-1"
IAM = f"arn:aws:iam::{ACCOUNT}:server-certificate/team/web"


def entry(**given: Any) -> dict[str, Any]:
    """An entry as ansible-core hands it over, with its defaults."""
    defaults = {name: spec.get("default") for name, spec in options.LISTENER_ARGUMENTS.items()}
    return {**defaults, **given}


def faults(*entries: dict[str, Any], region: str | None = "eu-west-1") -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        options.listener_entries(entries, region)
    found: list[str] = caught.value.details["faults"]
    return found


@pytest.mark.parametrize(
    ("given", "region", "label"),
    [
        ({"listener_arn": LISTENER}, "eu-west-1", LISTENER),
        ({"load_balancer": "web"}, "us-west-2", "port 443 of web"),
        ({"load_balancer": "w", "port": 8443}, "us-west-2", "port 8443 of w"),
        ({"load_balancer": BALANCER}, "eu-central-1", f"port 443 of {BALANCER}"),
        ({"load_balancer": "a" * 32}, "us-west-2", f"port 443 of {'a' * 32}"),
    ],
    ids=str,
)
def test_an_entry_says_which_listener_and_an_arn_its_own_region(given: dict[str, Any], region: str, label: str) -> None:
    (found,) = options.listener_entries([entry(**given)], "us-west-2")
    assert (found.region, found.label) == (region, label)


def test_what_is_wanted_has_each_certificate_once_and_in_order() -> None:
    given = entry(
        load_balancer="web", default_certificate_arn=B, certificate_arns=[C, A, C, B], owner="shop", purge="all"
    )
    (found,) = options.listener_entries([given], "eu-west-1")
    assert found.wanted == WantedListener(B, (C, A, B), "shop", "all")
    (blank,) = options.listener_entries([entry(load_balancer="web", default_certificate_arn="")], "eu-west-1")
    assert blank.wanted == WantedListener(None, (), "tlsops", "managed")


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ({}, ["either listener_arn, or load_balancer"]),
        ({"listener_arn": LISTENER, "load_balancer": "web"}, ["either listener_arn, or load_balancer"]),
        ({"listener_arn": BALANCER}, ["isn't the ARN of a listener"]),
        ({"listener_arn": LISTENER.replace("/app/", "/gwy/")}, ["ALB or NLB"]),
        ({"load_balancer": LISTENER}, ["neither a name nor the ARN"]),
        ({"load_balancer": "-web"}, ["neither a name nor the ARN"]),
        ({"load_balancer": "web_1"}, ["neither a name nor the ARN"]),
        ({"load_balancer": "a" * 33}, ["neither a name nor the ARN"]),
        ({"load_balancer": "web", "certificate_arns": ["shop"]}, ["'shop' isn't the ARN of a certificate"]),
        ({"load_balancer": "web", "certificate_arns": [""]}, ["'' isn't the ARN of a certificate"]),
        ({"load_balancer": "web", "default_certificate_arn": FAR}, [FAR, "us-east-1", "eu-west-1"]),
        ({"listener_arn": LISTENER, "certificate_arns": [FAR]}, [FAR, "us-east-1", "eu-west-1"]),
        ({"load_balancer": BALANCER, "certificate_arns": [A]}, [A, "eu-central-1"]),
        ({"load_balancer": "web", "owner": ""}, ["owner", "1 to 256"]),
        ({"load_balancer": "web", "owner": "a#b"}, ["owner 'a#b'"]),
        ({"load_balancer": "web", "owner": "o" * 257}, ["owner"]),
    ],
    ids=lambda given: str(given)[:70],
)
def test_an_entry_that_can_t_be(given: dict[str, Any], parts: list[str]) -> None:
    (found,) = faults(entry(**given))
    for part in parts:
        assert part in found


def test_a_certificate_of_iam_has_no_region() -> None:
    (found,) = options.listener_entries([entry(load_balancer="web", certificate_arns=[IAM])], "eu-west-1")
    assert found.wanted.certificates == (IAM,)


def test_a_name_needs_a_region_and_an_arn_doesn_t() -> None:
    (found,) = faults(entry(load_balancer="web"), region=None)
    assert "AWS_REGION" in found
    (parsed,) = options.listener_entries([entry(listener_arn=LISTENER, certificate_arns=[A])], None)
    assert parsed.region == "eu-west-1"


def test_every_fault_of_every_entry_is_said_at_once_and_where() -> None:
    found = faults(
        entry(load_balancer="web", certificate_arns=[A]),
        entry(),
        entry(load_balancer="-", owner="#", certificate_arns=["x", FAR]),
    )
    assert [fault.partition(":")[0] for fault in found] == ["listeners[1]", *["listeners[2]"] * 4]
    assert "listeners[" not in faults(entry())[0]


# --- Certificates ----------------------------------------------------------------------------------------------------


def certificate(**changes: Any) -> Certificate:
    given: dict[str, Any] = {
        "names": frozenset({"example.com"}),
        "status": "ISSUED",
        "type": "AMAZON_ISSUED",
        **changes,
    }
    return Certificate(A, "eu-west-1", "example.com", **given)


@pytest.mark.parametrize(
    ("found", "protocol", "part"),
    [
        (None, "HTTPS", "doesn't exist in eu-west-1"),
        (certificate(status="PENDING_VALIDATION"), "HTTPS", "PENDING_VALIDATION"),
        (certificate(status="FAILED", failure_reason="CAA_ERROR"), "TLS", "CAA_ERROR"),
        (certificate(status="EXPIRED"), "HTTPS", "EXPIRED"),
        (certificate(status="INACTIVE"), "HTTPS", "INACTIVE"),
        (certificate(key_pair_origin="ACME"), "HTTPS", "ACME"),
        (certificate(key_algorithm="RSA_4096"), "TLS", "RSA_4096"),
    ],
    ids=str,
)
def test_what_a_listener_would_refuse(found: Certificate | None, protocol: str, part: str) -> None:
    problem = options.certificate_problem(A, found, "eu-west-1", protocol)
    assert problem
    assert A in problem
    assert part in problem


@pytest.mark.parametrize(
    ("found", "protocol"),
    [
        *[
            (certificate(key_algorithm=key), protocol)
            for key in ("RSA_1024", "RSA_2048", "RSA_3072", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1")
            for protocol in ("HTTPS", "TLS")
        ],
        (certificate(key_algorithm="RSA_4096"), "HTTPS"),
        (certificate(type="IMPORTED", key_pair_origin="CUSTOMER_PROVIDED"), "TLS"),
        (certificate(type="PRIVATE"), "HTTPS"),
    ],
    ids=str,
)
def test_what_a_listener_takes(found: Certificate, protocol: str) -> None:
    assert options.certificate_problem(A, found, "eu-west-1", protocol) is None


def test_certificates_of_iam_are_not_looked_at() -> None:
    assert options.certificate_problem(IAM, None, "eu-west-1", "TLS") is None


# --- Owners ----------------------------------------------------------------------------------------------------------


def test_the_owner_of_a_certificate_is_kept_in_a_tag_that_fits() -> None:
    assert options.owner_tag(A) == "tlsops:certificate/aaaa-1"
    assert options.owner_tag(IAM) == "tlsops:certificate/web"
    assert len(options.owner_tag(f"arn:aws:iam::{ACCOUNT}:server-certificate/{'w' * 128}")) <= 128
    tags = {options.owner_tag(A): "shop", "tlsops:certificate/zzzz": "blog", "Name": "web"}
    assert options.owners([A, B], tags) == {A: "shop"}


def change(
    wanted: list[str],
    there: list[str],
    tags: dict[str, str],
    *,
    default: str = C,
    owner: str = "shop",
    purge: Any = "managed",
) -> ListenerChange:
    arns = [*there, default, *wanted]
    listener = Listener(LISTENER, "lb", "HTTPS", 443, default, tuple(there), options.owners(arns, tags))
    wish = WantedListener(None, tuple(wanted), owner, purge)
    return ListenerChange(ListenerEntry("eu-west-1", wish, LISTENER), LISTENER, plan_listener(wish, listener), tags)


TAG_A, TAG_B, TAG_C = (options.owner_tag(arn) for arn in (A, B, C))


@pytest.mark.parametrize(
    ("planned", "add", "remove"),
    [
        (change([A], [], {}), {TAG_A: "shop"}, []),
        (change([A], [A], {TAG_A: "shop"}), {}, []),
        (change([A], [A], {}), {}, []),  # somebody else's stays somebody else's
        (change([B], [A], {TAG_A: "shop"}), {TAG_B: "shop"}, [TAG_A]),
        (change([B], [A], {TAG_A: "blog"}), {TAG_B: "shop"}, []),
        (change([A], [], {TAG_A: "shop"}), {}, []),  # killed between the tag and the certificate
        (change([], [], {TAG_A: "shop", "Name": "web"}), {}, [TAG_A]),  # ... and then not wanted any more
        (change([A], [], {TAG_A: "blog"}), {TAG_A: "shop"}, []),
        (change([], [A, B], {TAG_A: "shop", TAG_B: "blog"}, purge="all"), {}, [TAG_A, TAG_B]),
        (change([], [A], {TAG_A: "shop"}, purge="none"), {}, []),
    ],
)
def test_the_tags_follow_the_certificates(planned: ListenerChange, add: dict[str, str], remove: list[str]) -> None:
    assert planned.tags_to_add == add
    assert planned.tags_to_remove == remove
    assert planned.changed is bool(add or remove or planned.plan.steps)


def test_another_owner_that_is_about_to_attach_keeps_its_tag() -> None:
    """Its run has written the tag and not yet attached the certificate; without the tag it would never be removed."""
    assert change([B], [], {TAG_A: "blog"}).tags_to_remove == []


def test_a_change_shows_default_and_list() -> None:
    planned = change([B], [A], {TAG_A: "shop"})
    assert planned.before() == {"default": C, "others": [A]}
    assert planned.after() == {"default": C, "others": [B]}
    assert LISTENER in planned.subject
