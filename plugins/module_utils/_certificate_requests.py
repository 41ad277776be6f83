# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Certificates that are kept in directories: what is wanted, from the options, and what has to be done for each."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import typing as t

from . import _files, _key_usages
from ._errors import InvalidInput, parse_all
from ._files import Rights
from ._kept_certificates import Kept, Pending, Request
from ._renewal import Reason, RenewalPolicy, WantedState, reissue, restless, validity_and_policy
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
}
# IssueCertificate, Csr: 1 to 32,768 bytes.
_LARGEST_CSR = 32768

KEEP, RESUME, REQUEST = "keep", "resume", "request"


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

    @property
    def wanted_usages(self) -> frozenset[str] | None:
        """What is asked of a certificate: nothing where a template decides, or where it is one for a CA."""
        if self.usages is None:
            return None if self.template or self.ca else _key_usages.DEFAULT
        return self.usages

    @property
    def state(self) -> WantedState:
        return WantedState(
            self.names, self.policy, self.wanted_usages, self.key_algorithm, issuer=self.issuer, force=self.force
        )

    @property
    def warning(self) -> str | None:
        found = restless(self.validity, self.policy)
        return f"{self.label}: {found}." if found else None


def host_certificates(entries: t.Sequence[t.Mapping[str, t.Any]]) -> list[WantedCertificate]:
    """Those of a host, whoever issues them. Raises InvalidInput with every fault of every entry."""
    return read_entries(entries, lambda entry: kept_certificate(entry, entry.get("issuer") or None))


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
    names, (validity, policy), allowed, usages = parse_all(
        lambda: _names(entry, csr),
        lambda: validity_and_policy(entry),
        lambda: _files.rights(entry),
        lambda: _usages(entry),
    )
    given = describe_csr(csr) if csr else None
    if usages is None and given and _key_usages.extended(given.usages):
        usages = _key_usages.extended(given.usages)
    return WantedCertificate(
        label=entry.get("name") or names.label,
        names=names,
        usages=usages,
        validity=validity,
        policy=dataclasses.replace(policy, half_when_short=_is_acme(issuer)),
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
    )


def _is_acme(issuer: str | None) -> bool:
    """ACME CAs are called by the URL of their directory."""
    return (issuer or "").startswith("https://")


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


@dataclasses.dataclass(frozen=True)
class Decision:
    """What to do for one certificate, and why."""

    wanted: WantedCertificate
    action: str
    reason: Reason
    kept: Kept | None = None
    pending: Pending | None = None


def decide(
    wanted: WantedCertificate, current: Kept | Reason, pending: Pending | None, now: datetime.datetime
) -> Decision:
    """Keep what is there, finish what an earlier run has begun, or request anew."""
    kept = current if isinstance(current, Kept) else None
    why = current if isinstance(current, Reason) else _reissue(wanted, current, now)
    if pending and (_was_installed(pending.request, kept) or not _fits(wanted, pending.request, now)):
        pending = None
    if pending and (why or pending.request.certificate_arn):
        reason = why or Reason("Interrupted", "An earlier run has requested a certificate, and was interrupted.")
        return Decision(wanted, RESUME, reason, kept, pending)
    if why:
        return Decision(wanted, REQUEST, why, kept)
    facts = t.cast(Kept, kept).facts
    renew_at = wanted.policy.renew_at(facts.not_before, facts.not_after)
    return Decision(wanted, KEEP, Reason("Issued", f"It is valid and will be due at {renew_at.isoformat()}."), kept)


def _reissue(wanted: WantedCertificate, kept: Kept, now: datetime.datetime) -> Reason | None:
    if wanted.public_key not in (None, kept.facts.public_key):
        return Reason("InvalidKeyPair", "The certificate isn't for the key of the CSR.")
    return reissue(wanted.state, kept.state, now)


def _was_installed(request: Request, kept: Kept | None) -> bool:
    """A run was interrupted after the new certificate was in place: what is left of its request is of no use."""
    return bool(kept and kept.request and kept.request.csr == request.csr)


def _fits(wanted: WantedCertificate, request: Request, now: datetime.datetime) -> bool:
    """Whether the request of an earlier run still asks for what is wanted, and its certificate wouldn't be due soon."""
    described = describe_csr(request.csr)
    same = (
        wanted.names == described.names
        and wanted.key_algorithm == described.key_algorithm
        and wanted.csr in (None, request.csr)
        and wanted.issuer == request.issuer
        and wanted.template == request.template
        and wanted.wanted_usages == (None if request.usages is None else frozenset(request.usages))
        and (wanted.not_after or _whole_seconds(request.requested_at + wanted.validity)) == request.not_after
    )
    return same and now < wanted.policy.renew_at(request.requested_at, request.not_after)


def new_request(wanted: WantedCertificate, csr: str, now: datetime.datetime) -> Request:
    return Request(
        csr=csr,
        issuer=wanted.issuer,
        requested_at=now,
        not_after=wanted.not_after or _whole_seconds(now + wanted.validity),
        usages=None if wanted.wanted_usages is None else tuple(sorted(wanted.wanted_usages)),
        template=wanted.template,
        certificate_arn=wanted.certificate_arn,
    )


def _whole_seconds(moment: datetime.datetime) -> datetime.datetime:
    return moment.replace(microsecond=0)


def mismatches(request: Request, certificate: Described) -> list[str]:
    """What isn't in a certificate as it was asked for."""
    asked = describe_csr(request.csr)
    found = []
    if certificate.public_key != asked.public_key:
        found.append("it is for another key")
    if not asked.names.satisfied_by(certificate.names):
        found.append(f"its names are {', '.join(certificate.names.alternative) or certificate.names.shown_subject}")
    if request.usages is not None and not _key_usages.match(request.usages, certificate.usages):
        found.append(f"its usages are {', '.join(sorted(certificate.usages)) or 'none'}")
    return found
