# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What a node wants from its CA, from the options."""

from __future__ import annotations

import dataclasses
import typing as t

from .._durations import duration_option
from .._errors import InvalidInput, parse_all
from .._renewal import RenewalPolicy
from .certnames import cert_ttl_faults
from .csr import wanted_request
from .enrol_plan import WantedEnrolment

ENROL_ARGUMENTS: dict[str, t.Any] = {
    "certname": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "subject_alternative_names": {"type": "list", "elements": "str"},
    "extension_requests": {"type": "dict", "default": {}},
    "custom_attributes": {"type": "dict", "default": {}},
    "challenge_password": {"type": "str", "no_log": True},
    "key_algorithm": {
        "type": "str",
        "choices": ["RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1"],
        "no_log": False,
    },
    "renew_before": {"type": "str", "default": "30d"},
    "force": {"type": "bool", "default": False},
    "cert_ttl": {"type": "int"},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 600},
    "poll_interval": {"type": "int", "default": 30},
}


@dataclasses.dataclass(frozen=True)
class EnrolSettings:
    """``timeout`` None: don't wait for the signature. ``cert_ttl``: of what we sign ourselves."""

    timeout: float | None
    longest_pause: float
    cert_ttl: int | None = None


def wanted_enrolment(options: t.Mapping[str, t.Any]) -> WantedEnrolment:
    """Raises InvalidInput with every fault."""
    request, renew_before = parse_all(lambda: wanted_request(options), lambda: duration_option(options, "renew_before"))
    return WantedEnrolment(request, RenewalPolicy(renew_before), options.get("key_algorithm"), options["force"])


def enrol_settings(options: t.Mapping[str, t.Any]) -> EnrolSettings:
    """Raises InvalidInput with every fault."""
    faults = [f"{name} must be above 0" for name in ("wait_timeout", "poll_interval") if options[name] <= 0]
    if options.get("cert_ttl") is not None:
        faults += cert_ttl_faults(options["cert_ttl"])
    if faults:
        raise InvalidInput(faults)
    timeout = float(options["wait_timeout"]) if options["wait"] else None
    return EnrolSettings(timeout, float(options["poll_interval"]), options.get("cert_ttl"))
