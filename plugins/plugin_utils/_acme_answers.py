# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""How long to listen to a CA that limits the rate, or that can't say what isn't needed now.

The modules of community.crypto repeat a request that was answered with 429 twenty times, up to a minute each. That
helps against a busy server. A used-up rate limit of hours or days is to be said at once, with the time that the CA
gives, and the modules' results don't have it. So the answer is looked at on its way to them.
"""

from __future__ import annotations

import email.utils
import http.client
import io
import json
import sys
import time
import typing as t
import urllib.error

from ansible.module_utils import urls

from ..module_utils._acme_problems import rate_limited

_open_url = urls.open_url
_LONGEST_BODY = 300


def end_at_rate_limits() -> None:
    """In a process that runs one module, whose result is then the CA's answer."""
    urls.open_url = _watched


def end_at_failures() -> None:
    """The same for questions that a later run may ask again: each is asked once, whatever comes of it."""
    urls.open_url = _once


def _once(*arguments: t.Any, **options: t.Any) -> t.Any:
    try:
        return _open_url(*arguments, **options)
    except urllib.error.HTTPError as error:
        said = error.read()[:_LONGEST_BODY].decode(errors="replace")
        _end(f"{error} {said}", error.code)
    except (OSError, http.client.HTTPException) as error:
        _end(str(error))


def _end(message: str, status: int | None = None) -> t.NoReturn:
    said = " ".join(f"the CA gives no answer: {message}".split())
    sys.stdout.write(json.dumps({"failed": True, "msg": said, "status": status}))
    raise SystemExit(1)


def _watched(*arguments: t.Any, **options: t.Any) -> t.Any:
    try:
        return _open_url(*arguments, **options)
    except urllib.error.HTTPError as error:
        body = error.read()
        answer = _document(body)
        if rate_limited(answer):
            found = {**answer, "retry_after": _moment(error.headers.get("Retry-After"))}
            sys.stdout.write(json.dumps({"failed": True, "msg": "rate limited", "other": {"problem": found}}))
            raise SystemExit(1) from error
        raise urllib.error.HTTPError(error.url, error.code, error.msg, error.headers, io.BytesIO(body)) from error


def _document(body: bytes) -> t.Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _moment(header: str | None) -> str | None:
    """ISO 8601, from seconds or a date (RFC 9110, 10.2.3)."""
    if not header:
        return None
    try:
        seconds = time.time() + int(header)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(header).timestamp()
        except ValueError:
            return None
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(seconds))
