# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What a Puppet Server's CA is told in its files: ca.conf, puppet.conf and what it signs by itself.

https://www.puppet.com/docs/puppet/7/server/config_file_ca.html and
https://www.puppet.com/docs/puppet/7/ssl_autosign.html.
"""

from __future__ import annotations

import dataclasses
import json
import typing as t

from .._durations import duration
from .._errors import InvalidInput
from . import puppet_conf
from .autosign import policies
from .certnames import LONGEST_TTL

#: Options for ca.conf, and what the server calls them.
_SWITCHES = {
    "allow_subject_alt_names": "allow-subject-alt-names",
    "allow_authorization_extensions": "allow-authorization-extensions",
    "enable_infra_crl": "enable-infra-crl",
    "allow_auto_renewal": "allow-auto-renewal",
}
SETTINGS_ARGUMENTS: dict[str, t.Any] = {
    **{name: {"type": "bool"} for name in _SWITCHES},
    "auto_renewal_cert_ttl": {"type": "str"},
    "ca_ttl": {"type": "str"},
    "autosign": {"type": "raw"},
    "autosign_policies": {
        "type": "list",
        "elements": "dict",
        "options": {
            "certnames": {"type": "list", "elements": "str"},
            "challenge_passwords": {"type": "list", "elements": "str", "no_log": True},
            "expected_fingerprints": {"type": "raw"},
            "any_key": {"type": "bool"},
            "allowed_alt_names": {"type": "list", "elements": "str"},
            "allowed_extensions": {"type": "list", "elements": "str"},
            "extension_requests": {"type": "dict"},
        },
    },
    "autosign_program": {"type": "path", "default": "/usr/local/lib/tlsops-puppet-autosign"},
}
_HEADER = "# Written by the Ansible collection tlsops.certificates, which overwrites it.\n"


@dataclasses.dataclass(frozen=True)
class Autosign:
    """One of three: ``globs``, ``policies`` for our program, or neither, and then all or nothing is signed."""

    everything: bool = False
    globs: tuple[str, ...] = ()
    policies: tuple[t.Mapping[str, t.Any], ...] = ()


@dataclasses.dataclass(frozen=True)
class CaSettings:
    """``ca_conf`` is what the file is to say; None: it isn't touched, and neither is what isn't given."""

    ca_conf: str | None
    ca_ttl: str | None
    autosign: Autosign | None


def ca_settings(options: t.Mapping[str, t.Any]) -> CaSettings:
    """Raises InvalidInput with every fault."""
    faults: list[str] = []
    renewal = _ttl(options, "auto_renewal_cert_ttl", faults)
    lifetime = _ttl(options, "ca_ttl", faults)
    autosign = _autosign(options.get("autosign"), faults)
    if options.get("autosign_policies"):
        if autosign is not None and (autosign.everything or autosign.globs):
            faults.append("autosign and autosign_policies exclude each other")
        autosign = _policies(options["autosign_policies"], faults)
    if faults:
        raise InvalidInput(faults)
    said = {theirs: options[ours] for ours, theirs in _SWITCHES.items() if options.get(ours) is not None}
    if renewal is not None:
        said["auto-renewal-cert-ttl"] = renewal
    # HOCON, which JSON is a part of.
    text = f"{_HEADER}{json.dumps({'certificate-authority': said}, indent=2)}\n" if said else None
    return CaSettings(text, lifetime, autosign)


def _ttl(options: t.Mapping[str, t.Any], name: str, faults: list[str]) -> str | None:
    """In seconds, which both files understand."""
    if not options.get(name):
        return None
    try:
        seconds = int(duration(str(options[name])).total_seconds())
    except ValueError as error:
        faults.append(f"{name} {error}")
        return None
    if not 0 < seconds <= LONGEST_TTL:
        faults.append(f"{name} must be between 1 second and 50 years, not {options[name]}")
    return f"{seconds}s" if name == "auto_renewal_cert_ttl" else str(seconds)


def _autosign(given: t.Any, faults: list[str]) -> Autosign | None:
    if given is None:
        return None
    if isinstance(given, str) and given.lower() in ("true", "false", "yes", "no"):
        given = given.lower() in ("true", "yes")
    if isinstance(given, bool):
        return Autosign(everything=given)
    entries = [given] if isinstance(given, str) else given
    if isinstance(entries, list) and entries and all(isinstance(each, str) for each in entries):
        wrong = [each for each in entries if not each or " " in each or each.startswith("#")]
        faults += [f"autosign: {each!r} isn't a name or a pattern such as *.example.com" for each in wrong]
        return Autosign(globs=tuple(entries))
    faults.append("autosign is true, false, or a list of names and patterns")
    return None


def _policies(entries: t.Iterable[t.Mapping[str, t.Any]], faults: list[str]) -> Autosign:
    said = [{name: value for name, value in each.items() if value is not None} for each in entries]
    try:
        policies(said)
    except InvalidInput as error:
        faults += error.faults
    return Autosign(policies=tuple(said))


def puppet_settings(
    certname: str, wanted: CaSettings, autosign: str | None, directories: t.Mapping[str, str]
) -> puppet_conf.Sections:
    """For puppet.conf. ``directories`` are those that were given, ``autosign`` is what the setting says."""
    server = {name: value for name, value in directories.items() if name == "cadir"}
    if wanted.ca_ttl:
        server["ca_ttl"] = wanted.ca_ttl
    if autosign is not None:
        server["autosign"] = autosign
    main = {"certname": certname, **{name: value for name, value in directories.items() if name == "ssldir"}}
    return {"main": main, **({"server": server} if server else {})}
