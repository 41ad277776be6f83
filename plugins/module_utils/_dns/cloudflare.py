# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Calls to Cloudflare's API, one function each. What it refuses is a sentence with what to do.

https://developers.cloudflare.com/api/resources/zones/methods/list/ and .../resources/dns/subresources/records/
"""

from __future__ import annotations

import dataclasses
import json
import typing as t
import urllib.error
import urllib.parse

from ansible.module_utils.urls import open_url

from .._errors import InvalidInput, ServiceError
from .._pace import Clock
from .._txt import quote_txt

ENDPOINT = "https://api.cloudflare.com/client/v4"
_LARGEST_ANSWER = 1024 * 1024
# The most that a page of zones has.
_PAGE = 50
_TRIES = 3
_LONGEST_PAUSE = 30.0
#: "An identical record already exists"; "record does not exist".
_IDENTICAL, _GONE = ("81057", "81058"), ("81044",)
_CREDENTIALS = (
    "the token needs Zone:Read and DNS:Edit for the zone, or for all zones; or it is wrong, revoked, or not allowed "
    "from this address"
)
_REMEDIES = {
    "1003": "give the token or the key as Cloudflare shows it, without spaces",
    "6003": "give the token or the key as Cloudflare shows it, without spaces",
    "6103": "give the global API key, and account_email with it; a token goes to api_token",
    "6111": "give the token as Cloudflare shows it; a global API key goes to account_api_key",
    "9103": "account_email and account_api_key don't belong together",
    "9106": "account_email and account_api_key don't belong together",
    "9109": _CREDENTIALS,
    "10000": _CREDENTIALS,
    "1009": "the token isn't allowed from this address",
    "1038": "Cloudflare lets no API change zones of .cf, .ga, .gq, .ml and .tk",
    "7003": "the zone isn't there any more",
    "81053": "a CNAME, A or AAAA record is at the name, so that TXT can't be; write the record where the CNAME leads",
}
_LISTING = "com.cloudflare.api.account.zone.list"


@dataclasses.dataclass(frozen=True)
class Credentials:
    """A token; or the global key with the e-mail address of its account."""

    token: str = dataclasses.field(default="", repr=False)
    email: str = ""
    key: str = dataclasses.field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        return {"X-Auth-Email": self.email, "X-Auth-Key": self.key}


def parse_credentials(params: t.Mapping[str, t.Any]) -> Credentials:
    """Raises InvalidInput. A message never has the value: a bad header's error would show it."""
    given = {name: params[name] or "" for name in ("api_token", "account_email", "account_api_key")}
    faults = [
        f"{name} has characters that no credential has (a line's end, perhaps, or a space)"
        for name, value in given.items()
        if not all("!" <= character <= "~" for character in value)
    ]
    if given["api_token"] and (given["account_email"] or given["account_api_key"]):
        faults.append("api_token and account_api_key exclude each other")
    elif bool(given["account_email"]) != bool(given["account_api_key"]):
        faults.append("account_email and account_api_key belong together")
    elif not any(given.values()):
        faults.append("give api_token, or account_email and account_api_key")
    if faults:
        raise InvalidInput(faults)
    return Credentials(given["api_token"], given["account_email"], given["account_api_key"])


class Cloudflare:
    """The account, as the credentials let us see it."""

    def __init__(self, credentials: Credentials, clock: Clock, endpoint: str = ENDPOINT, timeout: float = 30.0) -> None:
        self._credentials = credentials
        self._clock = clock
        self._endpoint = endpoint.rstrip("/")
        self._timeout = timeout

    def zones_named(self, name: str) -> list[dict[str, t.Any]]:
        """All zones of just this name, which are several where other accounts have it, too; the active one first."""
        found = self._pages("/zones", {"name": name}, f"the zone {name}")
        return sorted(found, key=lambda zone: zone.get("status") != "active")

    def texts(self, zone_id: str, name: str) -> list[dict[str, t.Any]]:
        """The TXT records at a name."""
        return self._pages(f"/zones/{zone_id}/dns_records", {"type": "TXT", "name": name}, f"the records of {name}")

    def add_text(self, zone_id: str, name: str, value: str, ttl: int) -> None:
        """One that is there already is as good."""
        body = {"type": "TXT", "name": name, "content": quote_txt(value), "ttl": ttl}
        self._change("POST", f"/zones/{zone_id}/dns_records", f"a new record at {name}", body, _IDENTICAL)

    def delete(self, zone_id: str, record_id: str, name: str) -> None:
        """One that is gone already is as good."""
        self._change("DELETE", f"/zones/{zone_id}/dns_records/{record_id}", f"deleting a record at {name}", None, _GONE)

    def _change(self, method: str, path: str, what: str, body: t.Any, well: t.Sequence[str]) -> None:
        try:
            self._call(method, path, what, body)
        except ServiceError as error:
            if error.code not in well:
                raise

    def _pages(self, path: str, query: dict[str, t.Any], what: str) -> list[dict[str, t.Any]]:
        found: list[dict[str, t.Any]] = []
        page, pages = 0, 1
        while page < pages:
            page += 1
            asked = urllib.parse.urlencode({**query, "per_page": _PAGE, "page": page})
            said = self._call("GET", f"{path}?{asked}", what)
            found += said.get("result") or []
            pages = int((said.get("result_info") or {}).get("total_pages") or 1)
        return found

    def _call(self, method: str, path: str, what: str, body: t.Any = None) -> dict[str, t.Any]:
        """Asked again where Cloudflare is busy: a record that was made twice is refused as identical."""
        for left in reversed(range(_TRIES)):
            status, said, after = self._exchange(method, path, what, body)
            if status < 300 and said.get("success"):
                return said
            if not left or (status != 429 and status < 500):
                raise _refusal(status, said, what)
            self._clock.sleep(min(after, _LONGEST_PAUSE))
        raise _refusal(0, {}, what)

    def _exchange(self, method: str, path: str, what: str, body: t.Any) -> tuple[int, dict[str, t.Any], float]:
        try:
            response = open_url(
                self._endpoint + path,
                method=method,
                data=None if body is None else json.dumps(body),
                headers={**self._credentials.headers, "Content-Type": "application/json"},
                timeout=self._timeout,
                follow_redirects="none",
            )
            status, headers, text = int(response.status), response.headers, response.read(_LARGEST_ANSWER)
        except urllib.error.HTTPError as error:
            status, headers, text = error.code, error.headers, error.read(_LARGEST_ANSWER)
        except Exception as error:  # open_url has several kinds for what a network does
            said = " ".join(str(error).split())
            raise ServiceError(
                f"Cloudflare gives no answer about {what}: {said}.", code="UNREACHABLE", operation=what
            ) from error
        try:
            answer = json.loads(text)
        except ValueError:
            answer = {}
        after = str(headers.get("Retry-After") or "1")
        return status, answer if isinstance(answer, dict) else {}, float(after) if after.isdigit() else 1.0


def _refusal(status: int, said: dict[str, t.Any], what: str) -> ServiceError:
    errors = [each for each in said.get("errors") or () if isinstance(each, dict)]
    errors += [each for one in errors for each in one.get("error_chain") or () if isinstance(each, dict)]
    codes = [str(each.get("code", "")) for each in errors]
    text = "; ".join(" ".join(f"{each.get('code', '')} {each.get('message', '')}".split()) for each in errors)
    known = [_REMEDIES[code] for code in reversed(codes) if code in _REMEDIES]
    if _LISTING in text:
        known = ["the token lacks Zone:Read, or there is no zone of this name"]
    elif not known:
        known = [_CREDENTIALS] if status in (401, 403) else ["wait, and run again"] if status in (429, 503) else []
    remedy = f": {known[0]}" if known else ""
    return ServiceError(
        f"Cloudflare refuses {what} with HTTP status {status} ({text or 'and says nothing more'}){remedy}.",
        code=codes[-1] if codes else str(status),
        operation=what,
        service_message=text,
    )
