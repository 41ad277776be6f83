# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Where a certificate is kept on a host: a directory in which key and certificate change in one instant.

    DIRECTORY/privkey.pem    -> current/privkey.pem      (also cert, chain, fullchain and ca.pem)
    DIRECTORY/current        -> versions/1f2e...         switched by one rename
    DIRECTORY/previous       -> versions/9a8b...
    DIRECTORY/versions/1f2e.../                          privkey.pem and all the others, and request.json
    DIRECTORY/pending/                                   the next key, and its request

Two renames are never atomic together, so a key and its certificate are written to a directory of their own, and then
the link ``current`` is renamed. Whatever moment a run is killed at, the links lead to a pair that belongs together.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import os

from . import _files
from ._chains import BrokenChain, Chain, order
from ._files import Rights
from ._renewal import KeptState, Reason
from ._x509 import CertificateFacts, Unreadable, describe_csr, describe_key

KEY, LEAF, CHAIN, FULL_CHAIN, ROOT = "privkey.pem", "cert.pem", "chain.pem", "fullchain.pem", "ca.pem"
_RECORD = "request.json"


@dataclasses.dataclass(frozen=True)
class Request:
    """What an issuer is asked for, as it is kept from before the request until the certificate is replaced.

    ``not_after`` is fixed when the request is made, so that asking again is asking for the same. ``certificate_arn`` is
    what the issuer calls the certificate, once it is known.
    """

    csr: str
    issuer: str | None
    requested_at: datetime.datetime
    not_after: datetime.datetime
    usages: tuple[str, ...] | None = None
    template: str | None = None
    certificate_arn: str | None = None
    revoked: bool = False

    def as_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), default=lambda moment: moment.isoformat(), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Request:
        """Raises ValueError, KeyError or TypeError where it was changed by others."""
        values = json.loads(text)
        values["usages"] = None if values["usages"] is None else tuple(values["usages"])
        for key in ("requested_at", "not_after"):
            values[key] = datetime.datetime.fromisoformat(values[key])
        return cls(**values)


@dataclasses.dataclass(frozen=True)
class Pending:
    """A request that no certificate was installed for yet. ``key`` is None where it isn't ours to keep."""

    request: Request
    key: str | None = dataclasses.field(default=None, repr=False)


@dataclasses.dataclass(frozen=True)
class Kept:
    """A certificate that is there, whole and with its key."""

    chain: Chain
    facts: CertificateFacts
    request: Request | None

    @property
    def state(self) -> KeptState:
        request = self.request
        facts = self.facts
        return KeptState(
            facts.names,
            facts.usages,
            facts.key_algorithm,
            request.issuer if request else None,
            facts.not_before,
            facts.not_after,
            request.revoked if request else False,
            request.requested_at if request else None,
        )


class CertificateDirectory:
    """One such directory. ``with_key`` is false for a CSR whose key is elsewhere."""

    def __init__(self, path: str, allowed: Rights, with_key: bool = True) -> None:
        self.path = path
        self._rights = allowed
        self._names = (*((KEY,) if with_key else ()), LEAF, CHAIN, FULL_CHAIN, ROOT)

    @property
    def paths(self) -> dict[str, str]:
        """What to point a server at, by the part of the name before the dot."""
        return {name.partition(".")[0]: self._in(name) for name in self._names}

    def _in(self, *names: str) -> str:
        return os.path.join(self.path, *names)

    def faults(self) -> list[str]:
        if not os.path.isabs(self.path):
            return [f"directory {self.path!r} isn't an absolute path"]
        if os.path.exists(self.path) and not os.path.isdir(self.path):
            return [f"{self.path} is no directory"]
        foreign = [name for name in (*self._names, "current") if not self._is_ours(name)]
        return [f"{self._in(name)} wasn't made by this collection: choose another directory" for name in foreign]

    def _is_ours(self, name: str) -> bool:
        path = self._in(name)
        return not os.path.lexists(path) or os.path.islink(path)

    def read_current(self) -> Kept | Reason:
        """The certificate, or why there is none that could be used."""
        if not os.path.lexists(self._in("current")):
            return Reason("DoesNotExist", f"There is no certificate in {self.path}.")
        texts = {name: _files.read_text(self._in("current", name)) for name in self._names}
        missing = [name for name, text in texts.items() if text is None]
        if missing:
            return Reason("MissingData", f"{', '.join(missing)} is missing in {self.path}.")
        try:
            chain = order(f"{texts[FULL_CHAIN]}\n{texts[ROOT]}")
            facts = chain.facts
        except (Unreadable, BrokenChain) as error:
            return Reason("InvalidCertificate", f"{self._in(FULL_CHAIN)}: {error.message}.")
        for name, text in ((LEAF, chain.leaf), (CHAIN, "".join(chain.intermediates))):
            if texts[name] != text:
                return Reason("InvalidCertificate", f"{self._in(name)} isn't what {self._in(FULL_CHAIN)} says.")
        return self._key_problem(texts.get(KEY), facts) or Kept(chain, facts, self._record("current"))

    def _key_problem(self, key: str | None, facts: CertificateFacts) -> Reason | None:
        if KEY not in self._names:
            return None
        try:
            dummy, public_key = describe_key(key or "")
        except Unreadable as error:
            return Reason("InvalidKeyPair", f"{self._in(KEY)}: {error.message}.")
        if public_key != facts.public_key:
            return Reason("InvalidKeyPair", f"{self._in(KEY)} isn't the key of {self._in(LEAF)}.")
        return None

    def _record(self, place: str) -> Request | None:
        try:
            return Request.from_json(_files.read_text(self._in(place, _RECORD)) or "")
        except (ValueError, KeyError, TypeError):
            return None

    def read_pending(self) -> Pending | None:
        """None also where it isn't whole: nobody has been asked for anything with it, or can be."""
        request = self._record("pending")
        key = _files.read_text(self._in("pending", KEY)) if KEY in self._names else None
        try:
            if request is None or (KEY in self._names and not _belong_together(key, request.csr)):
                return None
        except Unreadable:
            return None
        return Pending(request, key)

    def has_pending(self) -> bool:
        return os.path.lexists(self._in("pending"))

    def current_key(self) -> str | None:
        return _files.read_text(self._in("current", KEY))

    def drift(self) -> list[str]:
        """Paths of which rights or target aren't as wanted."""
        links = [self._in(name) for name in self._names if _target(self._in(name)) != f"current/{name}"]
        own = [self._in("versions"), self._in("current"), *([self.path] if self._is_all_ours() else [])]
        files = [self._in("current", name) for name in (*self._names, _RECORD)]
        return [*links, *(path for path in (*own, *files) if os.path.exists(path) and self._rights.differ(path))]

    def _is_all_ours(self) -> bool:
        """A directory that has other things in it may have rights for their sake."""
        ours = {*self._names, "current", "previous", "versions", "pending"}
        return os.path.isdir(self.path) and ours.issuperset(os.listdir(self.path))

    def repair(self) -> None:
        for path in self.drift():
            name = os.path.basename(path)
            if os.path.dirname(path) == self.path and name in self._names:
                _files.replace_link(path, f"current/{name}")
            else:
                self._rights.give(path)

    def keep_pending(self, pending: Pending) -> None:
        """Key and request in one rename, in place of any other."""
        self._make()
        new = self._in("pending.new")
        _files.remove(new)
        _files.make_directory(new, Rights())
        if pending.key is not None:
            _files.write_new(os.path.join(new, KEY), pending.key, Rights())
        _files.write_new(os.path.join(new, _RECORD), pending.request.as_json(), Rights())
        _files.sync(new)
        self.drop_pending()
        os.rename(new, self._in("pending"))
        _files.sync(self.path)

    def keep_request(self, pending: Pending) -> None:
        """What has become known of the request since it was kept."""
        _files.replace_text(self._in("pending", _RECORD), pending.request.as_json(), Rights())

    def mark_revoked(self, request: Request) -> None:
        text = dataclasses.replace(request, revoked=True).as_json()
        path = self._in("current", _RECORD)
        _files.replace_text(path, text, _files.rights_of(path))

    def drop_pending(self) -> None:
        _files.remove(self._in("pending"))

    def install(self, pending: Pending, chain: Chain) -> None:
        """The new pair, for whoever follows the links; then what nobody needs any more is removed."""
        self._make()
        version = f"versions/{chain.facts.fingerprint[:16]}"
        if not os.path.isdir(self._in(version)):
            self._write_version(version, pending, chain)
        for name in self._names:
            if _target(self._in(name)) != f"current/{name}":
                _files.replace_link(self._in(name), f"current/{name}")
        before = _target(self._in("current"))
        if before not in (None, version):
            _files.replace_link(self._in("previous"), str(before))
        _files.replace_link(self._in("current"), version)
        self.drop_pending()
        self._prune()

    def _write_version(self, version: str, pending: Pending, chain: Chain) -> None:
        texts = {
            LEAF: chain.leaf,
            CHAIN: "".join(chain.intermediates),
            FULL_CHAIN: chain.full,
            ROOT: chain.root or "",
            _RECORD: pending.request.as_json(),
        }
        if pending.key is not None:
            texts[KEY] = pending.key
        new = self._in(f"{version}.new")
        _files.remove(new)
        _files.make_directory(new, self._rights)
        for name, text in texts.items():
            _files.write_new(os.path.join(new, name), text, self._rights)
        _files.sync(new)
        os.rename(new, self._in(version))
        _files.sync(self._in("versions"))

    def _make(self) -> None:
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        for path in (self.path, self._in("versions")):
            with contextlib.suppress(FileExistsError):
                _files.make_directory(path, self._rights)

    def _prune(self) -> None:
        used = {_target(self._in(link)) for link in ("current", "previous")}
        for name in os.listdir(self._in("versions")):
            if f"versions/{name}" not in used:
                _files.remove(self._in("versions", name))


def _belong_together(key: str | None, csr: str) -> bool:
    return describe_key(key or "")[1] == describe_csr(csr).public_key


def _target(link: str) -> str | None:
    try:
        return os.readlink(link)
    except OSError:
        return None
