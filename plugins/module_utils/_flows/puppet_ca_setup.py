# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""A Puppet Server's CA, made once: from nothing, or of one from elsewhere.

The command gets a puppet.conf of its own. It writes beside the CA's directory, and the server's ca_ttl, which is meant
for nodes, would shorten the CA's life.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import os
import typing as t

from .. import _files
from .._chains import split
from .._conditions import ISSUED, PENDING
from .._errors import InvalidInput, TlsopsError
from .._files import Rights, file_errors
from .._module_result import Result
from .._puppet import ca_state, crl, puppet_conf, server_ca
from .._puppet.ca_state import ABSENT, CERTIFICATE, CRL, WHOLE, CaState
from .._puppet.server_files import ServerFiles
from .._x509 import describe_certificate, is_self_signed, public_key_pem
from . import puppet_ca_files as ca_files

_SOON = datetime.timedelta(days=30)
_KEY_SIZE, _VALIDITY = 4096, "15y"


@dataclasses.dataclass(frozen=True)
class Origin:
    """How the CA comes about. ``imported`` are the paths of key, certificates and lists of one from elsewhere."""

    command: str
    ca_name: str | None
    names: tuple[str, ...]
    imported: tuple[str, str, str] | None
    timeout: int

    @property
    def reason(self) -> str:
        return "Imported" if self.imported else "SetUp"


@dataclasses.dataclass(frozen=True)
class MakeCa:
    """The one step there is."""

    files: ServerFiles
    origin: Origin

    @property
    def subject(self) -> str:
        return f"CA in {self.files.cadir}"

    def before(self) -> None:
        return None

    def after(self) -> dict[str, t.Any]:
        shown = {"server": self.files.certname, "subject_alternative_names": list(self.origin.names)}
        if self.origin.imported:
            return {**shown, "imported_from": self.origin.imported[1]}
        return {**shown, **({"name": self.origin.ca_name} if self.origin.ca_name else {})}


@dataclasses.dataclass(frozen=True)
class SetupPlan:
    files: ServerFiles
    origin: Origin
    state: CaState
    now: datetime.datetime
    finishes: bool = False

    @property
    def steps(self) -> list[MakeCa]:
        """A run that was killed may have left a CA that only has to be moved to its place."""
        return [MakeCa(self.files, self.origin)] if self.finishes or self.state.kind == ABSENT else []

    def predict(self) -> Result:
        if self.steps:
            how = "made of the one that is given" if self.origin.imported else "made from nothing"
            return Result(
                True,
                {
                    **_record(self.files, None),
                    "phase": PENDING,
                    "ready": False,
                    "reason": self.origin.reason,
                    "message": f"There is no CA in {self.files.cadir}; it is to be {how}.",
                },
            )
        return _found(self.files, self.now, "Exists", changed=False)


def observe(files: ServerFiles, origin: Origin, now: datetime.datetime) -> SetupPlan:
    """Reads only. Raises TlsopsError for half a CA, and InvalidInput for one that can't be imported."""
    with file_errors():
        state = ca_files.state(files.cadir)
        if os.path.isdir(ca_files.ready(files)):
            return SetupPlan(files, origin, state, now, finishes=True)
        if state.kind not in (ABSENT, WHOLE):
            raise TlsopsError(state.message)
        if state.kind == ABSENT and (others := _of_others(files)):
            raise InvalidInput([f"this host is or was a node of another CA: move {', '.join(others)} away first"])
        if state.kind == ABSENT and origin.imported:
            texts = [_files.read_text(path) for path in origin.imported]
            missing = [path for path, text in zip(origin.imported, texts, strict=True) if text is None]
            if missing:
                raise InvalidInput([f"there is no file {path} to import" for path in missing])
            key, certificates, crls = (text or "" for text in texts)
            if faults := ca_state.import_faults(key, certificates, crls, now):
                raise InvalidInput([f"this CA can't be imported: {fault}" for fault in faults])
    return SetupPlan(files, origin, state, now)


def _of_others(files: ServerFiles) -> list[str]:
    return [path for path in (files.certificate, files.ca, files.crl) if os.path.lexists(path)]


def apply(plan: SetupPlan) -> Result:
    if not plan.steps:
        return plan.predict()
    with file_errors():
        if plan.finishes:
            ca_files.finish(plan.files)
        else:
            _make(plan.files, plan.origin)
    return _found(plan.files, plan.now, plan.origin.reason, changed=True)


def _make(files: ServerFiles, origin: Origin) -> None:
    folder = ca_files.begin(files)
    made = ca_files.staged(files, folder)
    _keep_agents_key(files, made)
    config = os.path.join(folder, "puppet.conf")
    _files.write_new(config, _config(files, made), Rights())
    try:
        what, said = _run(files.certname, origin, config)
        state = ca_files.state(made.cadir)
        # Its exit code alone says little: an import of an EC key ends with 0 and has written no key.
        if said or state.kind != WHOLE:
            why = said or state.message or "it has made no CA"
            raise TlsopsError(f"puppetserver ca {what} has failed, and nothing was changed: {why.rstrip('.')}.")
    except TlsopsError:
        _files.remove(folder)
        raise
    ca_files.commit(files)


def _run(certname: str, origin: Origin, config: str) -> tuple[str, str]:
    """What was tried, and what went wrong."""
    if origin.imported:
        imported = origin.imported
        return "import", server_ca.take_over(origin.command, config, certname, origin.names, imported, origin.timeout)
    said = server_ca.set_up(origin.command, config, certname, origin.ca_name, origin.names, origin.timeout)
    return "setup", said


def _config(files: ServerFiles, made: ServerFiles) -> str:
    size = puppet_conf.effective(files.settings, "keylength") or _KEY_SIZE
    return (
        f"[main]\nconfdir = {files.confdir}\nssldir = {made.ssldir}\nkeylength = {size}\nca_ttl = {_VALIDITY}\n"
        f"[server]\ncadir = {made.cadir}\n"
    )


def _keep_agents_key(files: ServerFiles, made: ServerFiles) -> None:
    """A key that Puppet's agent has made for this name stays; the command wants its other half, too."""
    key = _files.read_text(files.key)
    if key is None:
        return
    for path, text in ((made.key, key), (made.public_key, public_key_pem(key))):
        ca_files.make_directories(os.path.dirname(path))
        _files.write_new(path, text, Rights())


def _found(files: ServerFiles, now: datetime.datetime, reason: str, changed: bool) -> Result:
    with file_errors():
        certificates = _files.read_text(files.in_ca(CERTIFICATE)) or ""
        lists = _files.read_text(files.in_ca(CRL)) or ""
        own = [_files.read_text(path) or "" for path in (files.certificate, files.key)]
    warnings = [
        f"{fault[0].upper()}{fault[1:]}. puppetserver ca generate --ca-client makes an administrator's certificate, "
        "while the server is stopped."
        for fault in ca_state.server_faults(own[0], own[1], certificates, now)
    ]
    warnings += (
        crl.endings(crl.read(lists), now, _SOON) if lists else [f"There is no revocation list in {files.cadir}."]
    )
    values = {
        **_record(files, certificates),
        "phase": ISSUED,
        "ready": True,
        "reason": reason,
        "message": f"The CA is in {files.cadir}.",
        "crls": lists,
    }
    return Result(changed, values, warnings=tuple(warnings))


def _record(files: ServerFiles, bundle: str | None) -> dict[str, t.Any]:
    found = split(bundle) if bundle else []
    facts = [describe_certificate(each) for each in found]
    roots = [fact.fingerprint for each, fact in zip(found, facts, strict=True) if is_self_signed(each)]
    return {
        "cadir": files.cadir,
        "ssldir": files.ssldir,
        "ca_path": files.ca,
        "admin_certificate_path": files.certificate,
        "admin_key_path": files.key,
        "certificates": bundle,
        "crls": None,
        "fingerprint": roots[0] if roots else None,
        "bundle_fingerprint": hashlib.sha256(bundle.encode("utf-8")).hexdigest() if bundle else None,
        "not_after": min(fact.not_after for fact in facts).isoformat() if facts else None,
    }
