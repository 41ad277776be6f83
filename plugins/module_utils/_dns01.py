# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Validation by DNS records: what they are called, where they end up by mistake, and when all servers have them."""

from __future__ import annotations

import base64
import hashlib
import typing as t

from ._names import InvalidName, base_name, is_within, labels, normalise

CHALLENGE_LABEL = "_acme-challenge"

READY = "READY"
WAIT = "WAIT"
ERROR = "ERROR"


def challenge_name(domain: str, method: str = "dns-01", account_uri: str = "") -> str:
    """The name of the TXT record for a domain: RFC 8555 8.4, and the two methods that followed it."""
    base = base_name(normalise(domain))
    if method == "dns-persist-01":
        return f"_validation-persist.{base}"
    if method == "dns-account-01":
        digest = hashlib.sha256(account_uri.encode("utf-8")).digest()[:10]
        return f"_{base64.b32encode(digest).decode('ascii').lower()}.{CHALLENGE_LABEL}.{base}"
    return f"{CHALLENGE_LABEL}.{base}"


def name_guesses(name: str) -> list[str]:
    """The zones that a name could lie in, the longest first."""
    parts = labels(base_name(normalise(name)))
    return [".".join(parts[start:]) for start in range(len(parts))]


def listed_zone(name: str, zones_named: t.Callable[[str], t.Sequence[t.Mapping[str, t.Any]]]) -> str | None:
    """The id of the nearest zone at a provider that tells its zones by name only."""
    for guess in name_guesses(name):
        found = zones_named(guess)
        if found:
            return str(found[0]["id"])
    return None


def relative_name(name: str, zone: str) -> str:
    """A record's name as forms ask for it that append the zone. Raises InvalidName for the apex and outside."""
    name, zone = normalise(name), normalise(zone)
    if name == zone or not is_within(name, zone):
        raise InvalidName(f'"{name}" is not below {zone}')
    return name[: -len(zone) - 1]


def doubled_names(name: str, zones: t.Iterable[str]) -> list[str]:
    """Where a record ends up when its full name is entered in a form that appends the zone."""
    return [f"{normalise(name)}.{normalise(zone)}" for zone in dict.fromkeys(zones)]


def appended_zone(expected: str, seen: str, name: str) -> str | None:
    """The zone that was appended to a record's target because its trailing dot was left out."""
    try:
        expected, seen = normalise(expected), normalise(seen)
    except InvalidName:
        return None
    rest = seen[len(expected) + 1 :] if seen.startswith(expected + ".") else ""
    return rest if rest and is_within(name, rest) else None


def control_name(name: str) -> str:
    """A sibling that nobody has: what answers for it is a wildcard. Always the same, so it is asked about once."""
    first, dummy, parent = normalise(name).partition(".")
    return f"no-{hashlib.sha256(first.encode('utf-8')).hexdigest()[:12]}.{parent}"


def spread(wanted: str, seen: t.Mapping[str, t.Collection[str] | str]) -> str:
    """Whether every name server has the value. ``seen`` are its values there, or why there are none.

    A name that isn't there yet is to be waited for. A server that doesn't answer, or refuses to, is not: a CA may ask
    just that one.
    """
    failures = [each for each in seen.values() if isinstance(each, str) and each not in ("NXDOMAIN", "NODATA")]
    if failures:
        return ERROR
    return READY if seen and all(wanted in values for values in seen.values()) else WAIT
