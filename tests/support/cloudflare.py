# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for Cloudflare's API, as strict as its reference: tokens and their permissions, paths, paging, identical
records. What it doesn't know it answers with 404 and remembers in ``unknown``.

Sources: https://developers.cloudflare.com/api/resources/zones/methods/list/,
.../api/resources/dns/subresources/records/, .../fundamentals/api/how-to/make-api-calls/ (headers),
.../dns/manage-dns-records/reference/dns-record-types/#txt (quotes), .../fundamentals/api/troubleshooting/ (codes).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PREFIX = "/client/v4"
TOKEN = "token-of-the-cloudflare-stand-in"
WITHOUT_READ = "token-without-zone-read"
EMAIL, KEY = "owner@example.com", "key-of-the-cloudflare-stand-in"
#: The least that "per_page" of zones takes is 5, and the most 50; of records 5,000,000.
MOST_ZONES = 50

Answer = tuple[int, dict[str, Any]]


class CloudflareStandIn:
    """``zones`` are ids and status by name. ``page`` makes pages of records shorter than they are asked for. The next
    ``busy`` calls are too many, and the ``broken`` ones after them fail. ``publish`` gets what its name servers show
    from now on: a name and its values.
    """

    def __init__(
        self, zones: dict[str, tuple[str, str]], publish: Callable[[str, list[str]], None] = lambda _name, _values: None
    ) -> None:
        self.zones = zones
        self.records: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.unknown: list[str] = []
        self.page = 100
        self.busy = self.broken = 0
        self._publish = publish
        self._number = 0
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"stand_in": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{PREFIX}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, zone: str, name: str, content: str) -> None:
        self._number += 1
        found = {"id": f"r{self._number}", "type": "TXT", "name": name, "content": content, "zone": self.zones[zone][0]}
        self.records[found["id"]] = found
        self._publish(name, self.texts(name))

    def texts(self, name: str) -> list[str]:
        return [each["content"] for each in self.records.values() if each["name"] == name]

    def answer(self, method: str, target: str, headers: Any, body: dict[str, Any]) -> Answer:
        with self._lock:
            self.calls.append(f"{method} {target.removeprefix(PREFIX)}")
            if self.busy:
                self.busy -= 1
                return _error(429, 10429, "More than 1200 requests per 300 seconds reached")
            if self.broken:
                self.broken -= 1
                return _error(503, 0, "Service Temporarily Unavailable")
            path, query = urlsplit(target).path, {k: v[0] for k, v in parse_qs(urlsplit(target).query).items()}
            token = (headers.get("Authorization") or "").removeprefix("Bearer ")
            if not token and (headers.get("X-Auth-Email"), headers.get("X-Auth-Key")) == (EMAIL, KEY):
                token = TOKEN
            if token not in (TOKEN, WITHOUT_READ):
                return _error(403, 9109, "Invalid access token")
            parts = path.removeprefix(PREFIX).strip("/").split("/")
            if parts == ["zones"] and method == "GET":
                return self._zones(query, token)
            if len(parts) >= 3 and parts[0] == "zones" and parts[2] == "dns_records":
                return self._dns_records(method, parts, query, body)
            self.unknown.append(f"{method} {path}")
            return _error(404, 7000, "No route for that URI")

    def _zones(self, query: dict[str, str], token: str) -> Answer:
        """Without Zone:Read the list is empty for a name that is there; it isn't refused."""
        found = [
            {"id": zone_id, "name": name, "status": status}
            for name, (zone_id, status) in self.zones.items()
            if name == query["name"] and token == TOKEN
        ]
        return _listing(found, query, MOST_ZONES)

    def _dns_records(self, method: str, parts: list[str], query: dict[str, str], body: dict[str, Any]) -> Answer:
        if parts[1] not in [zone_id for zone_id, _status in self.zones.values()]:
            return _error(404, 7003, "Could not route to the zone, perhaps your object identifier is invalid?")
        own = {key: each for key, each in self.records.items() if each["zone"] == parts[1]}
        if method == "GET" and len(parts) == 3:
            found = [e for e in own.values() if (e["type"], e["name"]) == (query["type"], query["name"])]
            # A record has no zone_id any more since 2024-11-30.
            return _listing([{k: v for k, v in each.items() if k != "zone"} for each in found], query, self.page)
        if method == "POST" and len(parts) == 3:
            if body["ttl"] != 1 and not 60 <= body["ttl"] <= 86400:
                return _error(400, 9021, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic")
            if any(each["name"] == body["name"] and each["content"] == body["content"] for each in own.values()):
                return _error(400, 81058, "An identical record already exists.")
            zone = next(name for name, (zone_id, _status) in self.zones.items() if zone_id == parts[1])
            self.put(zone, body["name"], body["content"])
            return _result({"id": f"r{self._number}"})
        if method == "DELETE" and len(parts) == 4:
            if parts[3] not in own:
                return _error(404, 81044, "Record does not exist.")
            name = self.records.pop(parts[3])["name"]
            self._publish(name, self.texts(name))
            return _result({"id": parts[3]})
        self.unknown.append(f"{method} {'/'.join(parts)}")
        return _error(405, 10405, "Method not allowed")


def _result(found: Any, **more: Any) -> Answer:
    return 200, {"success": True, "errors": [], "messages": [], "result": found, **more}


def _listing(found: list[Any], query: dict[str, str], most: int) -> Answer:
    size, page = min(int(query.get("per_page", 20)), most), int(query.get("page", 1))
    shown = found[(page - 1) * size : page * size]
    info = {"page": page, "per_page": size, "count": len(shown), "total_count": len(found)}
    return _result(shown, result_info={**info, "total_pages": -(-len(found) // size)})


def _error(status: int, code: int, message: str) -> Answer:
    return status, {"success": False, "errors": [{"code": code, "message": message}], "messages": [], "result": None}


class _Handler(BaseHTTPRequestHandler):
    stand_in: CloudflareStandIn

    def _do(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        status, answer = self.stand_in.answer(self.command, self.path, self.headers, body)
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        if status == 429:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = _do

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""
