# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Certificates that are kept in directories: what is wanted, from the options."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import typing as t

from . import _files, _key_usages
from ._acme_issuers import is_acme, is_public
from ._errors import InvalidInput, parse_all
from ._files import Rights
from ._maintenance_windows import WINDOW_ARGUMENTS, MaintenanceWindow, maintenance_windows
from ._moments import moment
from ._public_certificates import policy_fault
from ._renewal import RenewalPolicy, WantedState, validity_and_policy
from ._subject_names import SubjectNames, subject_names
from ._x509 import KEY_ALGORITHMS, Described, Unreadable, describe_csr, weakness

#: Options of one certificate, alone or as an entry of a list.
KEPT_ARGUMENTS: dict[str, t.Any] = {
    "name": {"type": "str"},
    "directory": {"type": "path"},
    "common_name": {"type": "str"},
    "subject": {"type": "dict", "default": {}},
    "subject_alternative_names": {"type": "list", "elements": "str", "default": []},
    "usages": {"type": "list", "elements": "str"},
    "ca": {"type": "bool", "default": False},
    "key_algorithm": {"type": "str", "choices": list(KEY_ALGORITHMS), "default": "RSA_2048", "no_log": False},
    "reuse_key": {"type": "bool", "default": False, "no_log": False},
    "validity": {"type": "str", "default": "90d"},
    "renew_before": {"type": "str"},
    "renew_at_percent_left": {"type": "int"},
    "renew_windows": {"type": "list", "elements": "dict", "default": [], "options": WINDOW_ARGUMENTS},
    "template": {"type": "str"},
    "force": {"type": "bool", "default": False},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw", "default": "0600"},
}
#: The same where the issuer may be any.
HOST_ARGUMENTS: dict[str, t.Any] = {
    **KEPT_ARGUMENTS,
    "directory": {"type": "path", "required": True},
    "issuer": {"type": "str", "aliases": ["certificate_authority_arn"]},
    "renew_at": {"type": "str"},
}
# IssueCertificate, Csr: 1 to 32,768 bytes.
_LARGEST_CSR = 32768


@dataclasses.dataclass(frozen=True)
class WantedCertificate:
    """``csr`` is one that was given, whose key is elsewhere; without it the key is ours to make and keep.

    ``not_after`` and ``certificate_arn`` are what an earlier request for the same ``csr`` has said or got.
    """

    label: str
    names: SubjectNames
    usages: frozenset[str] | None
    validity: datetime.timedelta
    policy: RenewalPolicy
    directory: str | None = None
    rights: Rights = dataclasses.field(default_factory=Rights)
    key_algorithm: str | None = None
    ca: bool = False
    reuse_key: bool = False
    force: bool = False
    issuer: str | None = None
    template: str | None = None
    csr: str | None = None
    public_key: str | None = None
    not_after: datetime.datetime | None = None
    certificate_arn: str | None = None
    windows: tuple[MaintenanceWindow, ...] = ()
    suggested: datetime.datetime | None = None

    @property
    def wanted_usages(self) -> frozenset[str] | None:
        """What is asked of a certificate: nothing where a template decides, or where it is one for a CA."""
        if self.usages is None:
            return None if self.template or self.ca else _key_usages.DEFAULT
        return self.usages

    @property
    def state(self) -> WantedState:
        return WantedState(
            self.names,
            self.policy,
            self.wanted_usages,
            self.key_algorithm,
            issuer=self.issuer,
            force=self.force,
            windows=self.windows,
            suggested=self.suggested,
        )


def host_certificates(entries: t.Sequence[t.Mapping[str, t.Any]], today: datetime.date) -> list[WantedCertificate]:
    """Those of a host, whoever issues them. Raises InvalidInput with every fault of every entry."""
    return read_entries(entries, lambda entry: _host_certificate(entry, today))


def _host_certificate(entry: t.Mapping[str, t.Any], today: datetime.date) -> WantedCertificate:
    issuer = entry.get("issuer") or None
    wanted, suggested = parse_all(lambda: kept_certificate(entry, issuer), lambda: moment(entry, "renew_at"))
    fault = policy_fault(wanted.policy, today) if is_public(issuer) else None
    if fault:
        raise InvalidInput([fault])
    return dataclasses.replace(wanted, suggested=suggested)


def read_entries(
    entries: t.Sequence[t.Mapping[str, t.Any]], read: t.Callable[[t.Mapping[str, t.Any]], WantedCertificate]
) -> list[WantedCertificate]:
    """What ``read`` makes of each entry, or InvalidInput with every fault of every one."""
    wanted, faults = [], []
    for position, entry in enumerate(entries):
        where = f"certificates[{position}]" + (f" ({entry['name']})" if entry.get("name") else "")
        try:
            wanted.append(read(entry))
        except InvalidInput as error:
            faults += [f"{where}: {fault}" for fault in error.faults]
    counted = collections.Counter(each.directory for each in wanted if each.directory)
    faults += [f"{count} certificates want the directory {path}" for path, count in counted.items() if count > 1]
    if faults:
        raise InvalidInput(faults)
    return wanted


def kept_certificate(entry: t.Mapping[str, t.Any], issuer: str | None, csr: str | None = None) -> WantedCertificate:
    """What an entry wants. Raises InvalidInput with every fault; ``csr`` is the text of one that was given."""
    names, (validity, policy), allowed, usages, windows = parse_all(
        lambda: _names(entry, csr),
        lambda: validity_and_policy(entry, asks_for_validity=not is_acme(issuer)),
        lambda: _files.rights(entry),
        lambda: _usages(entry),
        lambda: maintenance_windows(entry["renew_windows"], "renew_windows"),
    )
    given = describe_csr(csr) if csr else None
    if usages is None and given and _key_usages.extended(given.usages):
        usages = _key_usages.extended(given.usages)
    return WantedCertificate(
        label=entry.get("name") or names.label,
        names=names,
        usages=usages,
        validity=validity,
        policy=dataclasses.replace(policy, half_when_short=is_acme(issuer)),
        directory=entry.get("directory"),
        rights=allowed,
        key_algorithm=given.key_algorithm if given else entry["key_algorithm"],
        ca=entry["ca"],
        reuse_key=entry["reuse_key"],
        force=entry["force"],
        issuer=issuer,
        template=entry.get("template"),
        csr=csr,
        public_key=given.public_key if given else None,
        windows=windows,
    )


def _usages(entry: t.Mapping[str, t.Any]) -> frozenset[str] | None:
    if entry.get("usages") is None:
        return None
    if faults := _key_usages.faults(entry["usages"]):
        raise InvalidInput(faults)
    return _key_usages.normalise(entry["usages"])


def _names(entry: t.Mapping[str, t.Any], csr: str | None) -> SubjectNames:
    names = subject_names(entry)
    if csr is None:
        if names:
            return names
        raise InvalidInput(["say whom the certificate is for: common_name, subject or subject_alternative_names"])
    if names:
        raise InvalidInput(["the CSR says whom the certificate is for: leave out the subject and its names beside it"])
    faults = csr_faults(csr)
    if faults:
        raise InvalidInput(faults)
    return describe_csr(csr).names


def csr_faults(csr: str) -> list[str]:
    """What no CA would sign."""
    if len(csr.encode("utf-8")) > _LARGEST_CSR:
        return [f"the CSR has {len(csr.encode('utf-8'))} bytes, and {_LARGEST_CSR} are the most"]
    try:
        described: Described = describe_csr(csr)
    except Unreadable as error:
        return [error.message]
    weak = weakness(described.key_algorithm)
    unnamed = [] if described.names else ["the CSR has neither a subject nor subject alternative names"]
    return [*([weak] if weak else []), *unnamed]
