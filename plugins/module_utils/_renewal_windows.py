# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""When a CA wants a certificate to be renewed (RFC 9773): asked seldom, and one moment drawn for each window."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import json
import typing as t

from . import _moments
from ._x509 import authority_key_identifier, load_certificate

_POLL = datetime.timedelta(hours=6)
_SOONEST, _LATEST = datetime.timedelta(hours=1), datetime.timedelta(days=7)
#: How long to believe that a CA has nothing to say.
_UNSUPPORTED = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Suggestion:
    """What a CA has said of a certificate, as it is kept until the certificate is replaced.

    ``renew_at`` is drawn once for a window. Drawing again at each look would renew early in it, the more often one
    looks. None where the CA says nothing. ``urgent``: the window was over when the CA named it, as after an incident.
    """

    identity: str
    ask_again_at: datetime.datetime
    start: datetime.datetime | None = None
    end: datetime.datetime | None = None
    renew_at: datetime.datetime | None = None
    explanation: str | None = None
    urgent: bool = False
    #: Whether the CA has such information, and knows the certificate.
    supported: bool = True

    def as_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), default=lambda moment: moment.isoformat(), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Suggestion:
        """Raises ValueError, KeyError or TypeError where it was changed by others."""
        values = json.loads(text)
        for key in ("ask_again_at", "start", "end", "renew_at"):
            values[key] = datetime.datetime.fromisoformat(values[key]) if values[key] else None
        return cls(**values)


def identity(pem: str) -> str | None:
    """What the CA calls a certificate (RFC 9773, 4.1); None where it has no key identifier of its CA."""
    certificate = load_certificate(pem)
    key_id = authority_key_identifier(certificate)
    return encoded_identity(key_id, certificate.serial_number) if key_id else None


def encoded_identity(key_id: bytes, serial: int) -> str:
    """The serial number is encoded as DER has it, with a zero octet before one whose first bit is set."""
    return f"{_encoded(key_id)}.{_encoded(serial.to_bytes(serial.bit_length() // 8 + 1, 'big'))}"


def _encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def suggestion(
    name: str,
    said: t.Mapping[str, t.Any] | None,
    before: Suggestion | None,
    not_before: datetime.datetime,
    now: datetime.datetime,
    draw: t.Callable[[], float],
) -> Suggestion:
    """From the CA's answer, None if it gave none; ``draw`` gives numbers from 0 to 1."""
    window = (said or {}).get("suggestedWindow") or {}
    try:
        start, end = _moments.read(window["start"]), _moments.read(window["end"])
    except (KeyError, ValueError, TypeError):
        return unanswered(name, before, now)
    if end <= start or start <= not_before:
        return unanswered(name, before, now)
    same = before is not None and (before.start, before.end) == (start, end)
    renew_at = before.renew_at if before and same and before.renew_at else start + (end - start) * draw()
    return Suggestion(
        name,
        now + _pause((said or {}).get("retryAfter"), now),
        start,
        end,
        renew_at.replace(microsecond=0),
        (said or {}).get("explanationURL"),
        before.urgent if before and same else end <= now,
    )


def unanswered(name: str, before: Suggestion | None, now: datetime.datetime, *, supported: bool = True) -> Suggestion:
    """What was said before still holds; the CA is asked again later. No answer never keeps from a renewal."""
    again = now + (_POLL if supported else _UNSUPPORTED)
    return dataclasses.replace(before or Suggestion(name, now), ask_again_at=again, supported=supported)


def _pause(said: t.Any, now: datetime.datetime) -> datetime.timedelta:
    try:
        wanted = _moments.read(said) - now if said else _POLL
    except (ValueError, TypeError):
        wanted = _POLL
    return min(max(wanted, _SOONEST), _LATEST)


def is_due(known: Suggestion | None, now: datetime.datetime) -> bool:
    return bool(known and known.renew_at and now >= known.renew_at)
