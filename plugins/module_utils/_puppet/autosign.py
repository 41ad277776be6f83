# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Which requests a CA may sign by itself. Puppet Server asks this, as a program of its own, for each that comes in.

It gets the certname as its argument and the request on stdin, and signs if the exit code is 0:
https://www.puppet.com/docs/puppet/7/ssl_autosign.html#ssl_policy_based_autosigning
"""

from __future__ import annotations

import dataclasses
import fnmatch
import hmac
import json
import sys
import typing as t

from .._errors import InvalidInput, TlsopsError
from .csr import Asked, by_oid, challenge_password, read_request, short_name
from .signing import Policy, policy, refusals

#: Of one policy, with the defaults of what isn't given.
OPTIONS: t.Mapping[str, t.Any] = {
    "certnames": ["*"],
    "expected_fingerprints": None,
    "any_key": False,
    "allowed_alt_names": [],
    "allowed_extensions": [],
    "challenge_passwords": [],
    "extension_requests": {},
}
# A request is a few thousand bytes, and the server takes any that fits into its memory.
_LARGEST = 1 << 20


@dataclasses.dataclass(frozen=True)
class Autosign:
    """One policy: all of it must hold. ``names`` are patterns, ``required`` extensions by OID."""

    names: tuple[str, ...]
    policy: Policy
    passwords: tuple[str, ...] = dataclasses.field(default=(), repr=False)
    required: t.Mapping[str, str] = dataclasses.field(default_factory=dict)

    def is_for(self, certname: str) -> bool:
        return any(fnmatch.fnmatchcase(certname, pattern) for pattern in self.names)

    def refusals(self, certname: str, asked: Asked, password: str | None) -> list[str]:
        """In words that follow "the request"."""
        found = refusals(certname, asked, self.policy)
        if self.passwords and not any(_same(password, each) for each in self.passwords):
            found.append("has another challenge password" if password else "has no challenge password")
        for oid, value in self.required.items():
            if asked.extensions.get(oid) != value:
                found.append(f"hasn't {value!r} for {short_name(oid)}")
        return found


def _same(given: str | None, wanted: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode("utf-8"), wanted.encode("utf-8"))


def policies(entries: t.Sequence[t.Mapping[str, t.Any]]) -> tuple[Autosign, ...]:
    """Raises InvalidInput with every fault."""
    found, faults = [], []
    for number, entry in enumerate(entries):
        try:
            found.append(_policy(entry))
        except InvalidInput as error:
            faults += [f"autosign[{number}]: {fault}" for fault in error.faults]
    if faults:
        raise InvalidInput(faults)
    return tuple(found)


def _policy(entry: t.Mapping[str, t.Any]) -> Autosign:
    faults = [f"there is no option {name}" for name in entry if name not in OPTIONS]
    given = {**OPTIONS, **{name: value for name, value in entry.items() if value is not None and name in OPTIONS}}
    passwords = tuple(map(str, given["challenge_passwords"]))
    if any(not password for password in passwords):
        faults.append("challenge_passwords: one is empty")
    required = by_oid(given["extension_requests"], "extension_requests", faults)
    if not given["certnames"]:
        faults.append("certnames is empty")
    # Whoever knows the password may have any key.
    any_key = given["any_key"] or (bool(passwords) and given["expected_fingerprints"] is None)
    try:
        checked = policy({**given, "any_key": any_key, "state": "signed"})
    except InvalidInput as error:
        faults += error.faults
    if faults:
        raise InvalidInput(faults)
    return Autosign(tuple(given["certnames"]), checked, passwords, required)


def refusal(certname: str, request: str, wanted: t.Sequence[Autosign]) -> str | None:
    """Why a request isn't signed; None if one of the policies has nothing against it."""
    try:
        asked = read_request(request)
    except TlsopsError as error:
        return f"the request of {certname} isn't signed: {error.message}"
    matching = [each for each in wanted if each.is_for(certname)]
    password = challenge_password(request)
    reasons = [each.refusals(certname, asked, password) for each in matching]
    if not matching:
        return f"the request of {certname} isn't signed: no policy is for this name"
    if [] in reasons:
        return None
    return f"the request of {certname} isn't signed: it {'; or by another policy it '.join(map(_joined, reasons))}"


def _joined(reasons: t.Sequence[str]) -> str:
    return ", and it ".join(reasons)


def main(arguments: t.Sequence[str] | None = None) -> int:
    """The policies are in a file beside the program. What is said on stderr is in the server's log."""
    program, *rest = sys.argv if arguments is None else arguments
    try:
        if len(rest) != 1:
            raise TlsopsError("usage: tlsops-autosign CERTNAME < REQUEST")
        with open(f"{program}.json", encoding="utf-8") as file:
            wanted = policies(json.load(file))
        request = sys.stdin.buffer.read(_LARGEST).decode("ascii", "replace")
        problem = refusal(rest[0], request, wanted)
    except TlsopsError as error:
        problem = error.message
    except (OSError, ValueError) as error:
        problem = f"the policies can't be read: {error}"
    if problem:
        sys.stderr.write(f"{problem}\n")
    return 1 if problem else 0
