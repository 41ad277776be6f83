# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What CAs have said of when to renew, kept on the controller, and asked for again when that is due."""

from __future__ import annotations

import datetime
import hashlib
import os
import random
import typing as t

from ..module_utils import _files
from ..module_utils._files import Rights, file_errors
from ..module_utils._renewal_windows import Suggestion, identity, is_due, suggestion, unanswered
from ..module_utils._x509 import describe_certificate, load_certificate

_ENDING = ".suggestion"
_FORGOTTEN_AFTER = datetime.timedelta(days=60)

Result = dict[str, t.Any]
Ask = t.Callable[[t.Sequence[Result]], list[Result]]


class Suggestions:
    """A directory with a file for each certificate. Without a path the CA is asked each time, and draws anew."""

    def __init__(self, path: str | None, keeps: bool = True) -> None:
        self._path, self._keeps = path, keeps

    def read(self, name: str) -> Suggestion | None:
        try:
            return Suggestion.from_json(_files.read_text(self._file(name)) or "") if self._path else None
        except (ValueError, KeyError, TypeError):
            return None

    def keep(self, known: Suggestion) -> None:
        if self._path and self._keeps:
            with file_errors():
                os.makedirs(self._path, mode=0o700, exist_ok=True)
                _files.replace_text(self._file(known.identity), known.as_json(), Rights())

    def forget_old(self, now: datetime.datetime) -> None:
        """Of certificates that nobody asks for any more."""
        if not self._path or not self._keeps or not os.path.isdir(self._path):
            return
        oldest = (now - _FORGOTTEN_AFTER).timestamp()
        for entry in os.scandir(self._path):
            if entry.name.endswith(_ENDING) and entry.stat().st_mtime < oldest:
                _files.remove(entry.path)

    def _file(self, name: str) -> str:
        return os.path.join(self._path or "", hashlib.sha256(name.encode()).hexdigest()[:32] + _ENDING)


def look(
    certificates: t.Sequence[t.Mapping[str, t.Any]], suggestions: Suggestions, ask: Ask, now: datetime.datetime
) -> list[Result]:
    """What is known of each certificate. ``ask`` gets the answers of the CA for those that have to be asked for."""
    named = [(each, identity(each["certificate"])) for each in certificates]
    known = {name: suggestions.read(name) for _each, name in named if name}
    asked = {
        name: each["certificate"]
        for each, name in named
        if name and (known[name] is None or now >= t.cast(Suggestion, known[name]).ask_again_at)
    }
    answers = ask([{"certificate_content": pem} for pem in asked.values()]) if asked else []
    for (name, pem), answer in zip(asked.items(), answers, strict=True):
        if answer.get("failed"):
            supported = answer.get("status") != 404 and "does not support" not in str(answer.get("msg"))
            found = unanswered(name, known[name], now, supported=supported)
        else:
            not_before = describe_certificate(load_certificate(pem)).not_before
            found = suggestion(name, answer.get("renewal_info"), known[name], not_before, now, random.random)
        known[name] = found
        suggestions.keep(found)
    suggestions.forget_old(now)
    return [_record(each["name"], name, known.get(name or ""), now) for each, name in named]


def _record(name: str, identity_: str | None, known: Suggestion | None, now: datetime.datetime) -> Result:
    return {
        "name": name,
        "identity": identity_ if known and known.supported else None,
        "due": is_due(known, now),
        "renew_at": _iso(known.renew_at) if known else None,
        "window_start": _iso(known.start) if known else None,
        "window_end": _iso(known.end) if known else None,
        "urgent": bool(known and known.urgent),
        "explanation_url": known.explanation if known else None,
        "ask_again_at": _iso(known.ask_again_at) if known else None,
    }


def _iso(moment: datetime.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
