# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What a server shows, beside what it should show."""

from __future__ import annotations

import dataclasses
import datetime
import re
import typing as t

from . import _conditions
from ._conditions import Condition
from ._errors import InvalidInput
from ._expiry_alerts import watched_alert
from ._names import InvalidName, normalise
from ._renewal import RenewalPolicy
from ._x509 import CertificateFacts

_ENDPOINT = re.compile(r"^(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:/\[\]]+))(?::(?P<port>\d{1,5}))?$")
_FINGERPRINT = re.compile(r"^[0-9a-f]{64}$")
HTTPS = 443


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """``fingerprint`` is that of the certificate which should be served; without it any will do that is valid."""

    host: str
    port: int
    server_name: str | None
    fingerprint: str | None = None

    @property
    def label(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def endpoint(entry: t.Mapping[str, t.Any]) -> Endpoint:
    """Raises InvalidInput."""
    given = str(entry["endpoint"]).strip()
    found = _ENDPOINT.match(given)
    port = int((found and found["port"]) or HTTPS)
    faults = [] if found and 0 < port < 65536 else [f"{given!r} isn't a host and a port, such as www.example.com:443"]
    fingerprint = (entry.get("fingerprint") or "").replace(":", "").lower()
    if fingerprint and not _FINGERPRINT.match(fingerprint):
        faults.append(f"{given}: {entry['fingerprint']!r} isn't a SHA-256 fingerprint in hexadecimal")
    server_name = entry.get("server_name") or (found["host"] if found else None)
    try:
        # An address is no server name (RFC 6066, 3).
        server_name = normalise(server_name) if server_name and not _is_address(server_name) else None
    except InvalidName as error:
        faults.append(f"{given}: {error}")
    if faults or not found:
        raise InvalidInput(faults)
    return Endpoint(found["v6"] or found["host"], port, server_name, fingerprint or None)


def endpoints(entries: t.Iterable[t.Mapping[str, t.Any]]) -> list[Endpoint]:
    """Raises InvalidInput with the faults of all."""
    found, faults = [], []
    for entry in entries:
        try:
            found.append(endpoint(entry))
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(faults)
    return found


def _is_address(name: str) -> bool:
    return bool(re.fullmatch(r"[0-9.]+", name)) or ":" in name


@dataclasses.dataclass(frozen=True)
class Seen:
    """The certificate of a handshake, or why there was none."""

    facts: CertificateFacts | None = None
    reason: str = ""
    problem: str = ""


def judge(wanted: Endpoint, seen: Seen, now: datetime.datetime) -> Condition:
    facts = seen.facts
    if facts is None:
        return Condition(_conditions.FAILED, seen.reason, f"{wanted.label}: {seen.problem}.")
    until = f"{facts.not_after:%Y-%m-%d}"
    if wanted.fingerprint and facts.fingerprint != wanted.fingerprint:
        return Condition(
            _conditions.ATTACHING,
            "AnotherServed",
            f"{wanted.label} serves another certificate ({facts.fingerprint[:16]}, valid until {until}) than it should "
            f"({wanted.fingerprint[:16]}): was the server reloaded, and does it read these files?",
        )
    if not facts.not_before <= now < facts.not_after:
        return Condition(
            _conditions.FAILED,
            "Expired" if now >= facts.not_after else "NotYetValid",
            f"{wanted.label} serves a certificate that is valid from {facts.not_before.isoformat()} to "
            f"{facts.not_after.isoformat()} only.",
        )
    said = "the wanted certificate" if wanted.fingerprint else "a certificate"
    return Condition(_conditions.ATTACHED, "Served", f"{wanted.label} serves {said}, valid until {until}.")


def record(wanted: Endpoint, seen: Seen, policy: RenewalPolicy, now: datetime.datetime) -> dict[str, t.Any]:
    facts, condition = seen.facts, judge(wanted, seen, now)
    return {
        "endpoint": wanted.label,
        "server_name": wanted.server_name,
        "expected_fingerprint": wanted.fingerprint,
        "fingerprint": facts.fingerprint if facts else None,
        "serial_number": facts.serial if facts else None,
        "subject_alternative_names": list(facts.names.alternative) if facts else [],
        "issuer": facts.issuer if facts else None,
        "not_before": facts.not_before.isoformat() if facts else None,
        "not_after": facts.not_after.isoformat() if facts else None,
        "phase": condition.phase,
        "ready": condition.ready,
        "reason": condition.reason,
        "message": condition.message,
        "alert": watched_alert(facts, policy, now) if facts else None,
    }


def failure_sentence(records: t.Sequence[t.Mapping[str, t.Any]]) -> str | None:
    """None where all serve what they should."""
    return " ".join(each["message"] for each in records if not each["ready"]) or None
