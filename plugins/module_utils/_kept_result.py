# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The record of a certificate that is kept in a directory, with the same keys whatever happened."""

from __future__ import annotations

import datetime
import typing as t

from . import _conditions, _expiry_alerts
from ._certificate_decisions import KEEP, Decision, first_renewal
from ._chains import Chain
from ._conditions import Condition
from ._errors import TlsopsError
from ._kept_certificates import Request
from ._x509 import CertificateFacts, describe_csr


def kept_result(
    decision: Decision,
    *,
    paths: t.Mapping[str, str] | None = None,
    request: Request | None = None,
    chain: Chain | None = None,
    condition: Condition | None = None,
) -> dict[str, t.Any]:
    """``request`` is the one that is under way; ``chain`` the certificate, new or kept."""
    wanted = decision.wanted
    condition = condition or condition_of(decision)
    made = request or (decision.kept.request if decision.kept else None)
    facts = chain.facts if chain else None
    return {
        "name": wanted.label,
        "directory": wanted.directory,
        "paths": dict(paths or {}),
        "issuer": wanted.issuer,
        "arn": made.certificate_arn if made else wanted.certificate_arn,
        "csr": request.csr if request and not chain else None,
        "requested_not_after": _iso(request.not_after) if request and not chain else None,
        "template": wanted.template,
        "ca": wanted.ca,
        **_names(decision, facts, request),
        **_renewal(decision, chain),
        "certificate": chain.leaf if chain else None,
        "chain": "".join(chain.intermediates) if chain else None,
        "root": chain.root if chain else None,
        **_replaced(decision),
        "phase": condition.phase,
        "ready": condition.ready,
        "reason": condition.reason,
        "message": condition.message,
    }


def _names(decision: Decision, facts: CertificateFacts | None, request: Request | None) -> dict[str, t.Any]:
    wanted = decision.wanted
    asked = describe_csr(request.csr) if request else None
    names = facts.names if facts else asked.names if asked else wanted.names
    usages = facts.usages if facts else wanted.wanted_usages or ()
    domain_names = [name[4:] for name in names.alternative if name.startswith("DNS:")]
    return {
        "domain_name": next(iter(domain_names), None) or dict(names.subject).get("CN"),
        "subject": names.shown_subject,
        "subject_alternative_names": list(names.alternative),
        "usages": sorted(usages),
        "key_algorithm": facts.key_algorithm if facts else wanted.key_algorithm,
        "serial_number": facts.serial if facts else None,
        "fingerprint": facts.fingerprint if facts else None,
        "not_before": _iso(facts.not_before) if facts else None,
        "not_after": _iso(facts.not_after) if facts else None,
    }


def _renewal(decision: Decision, chain: Chain | None) -> dict[str, t.Any]:
    """When it is renewed, and whether that is late: of the certificate that stays, or of the new one in its place."""
    if chain is None:
        return {"renew_at": None, "alert": decision.alert}
    if decision.action == KEEP and decision.renewal:
        return {"renew_at": _iso(decision.renewal.next), "alert": decision.alert}
    return {"renew_at": _iso(first_renewal(decision.wanted, chain)), "alert": _expiry_alerts.NONE}


def _replaced(decision: Decision) -> dict[str, t.Any]:
    """What a new certificate takes the place of."""
    kept = decision.kept if decision.action != KEEP else None
    return {
        "previous_issuer": kept.request.issuer if kept and kept.request else None,
        "previous_serial_number": kept.facts.serial if kept else None,
        "previous_certificate": kept.chain.leaf if kept else None,
    }


def condition_of(decision: Decision) -> Condition:
    phase = _conditions.ISSUED if decision.action == KEEP else _conditions.PENDING
    return Condition(phase, decision.reason.reason, decision.reason.message)


def failed(error: TlsopsError) -> Condition:
    code = getattr(error, "code", "") or type(error).__name__
    return Condition(_conditions.FAILED, code, error.message)


def failure_sentence(records: t.Sequence[t.Mapping[str, t.Any]]) -> str | None:
    """Which of the returned records failed and why; None if none did."""
    found = [f"{each['name']}: {each['message']}" for each in records if each["phase"] == _conditions.FAILED]
    counted = f"{len(records)} certificate" + ("" if len(records) == 1 else "s")
    return f"{len(found)} of {counted} failed: {' '.join(found)}" if found else None


def _iso(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.timezone.utc).isoformat()
