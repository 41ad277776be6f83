# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand-ins for a Kubernetes API server and for HashiCorp Vault, as far as kubernetes.core.k8s and
community.hashi_vault.vault_kv2_write call them to keep a secret. Neither can be had on every machine that runs tests.

Sources: Kubernetes API reference (Secret v1; "API concepts" for discovery, Status and patches), Vault API ("KV secrets
engine, version 2", "Token auth method"). What they don't know they answer with 404 and remember in ``unknown``.
"""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "token-of-the-secret-services"
NAMESPACES = ("shop", "blog")
_SECRETS = {"name": "secrets", "singularName": "secret", "namespaced": True, "kind": "Secret"}
_VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"]
_TLS_KEYS = {"tls.crt", "tls.key"}

Answer = tuple[int, dict[str, Any]]


class SecretServices:
    """Both behind one port: /v1/ is Vault's, the rest Kubernetes'."""

    def __init__(self) -> None:
        self.kubernetes: dict[tuple[str, str], dict[str, Any]] = {}
        self.vault: dict[str, list[dict[str, Any]]] = {}
        self.unknown: list[str] = []
        self.writes = 0
        handler = type("Handler", (_Handler,), {"services": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, token: str, body: dict[str, Any], dry_run: bool) -> Answer:
        if path.startswith("/v1/"):
            return self._vault(method, path.removeprefix("/v1/"), token, body)
        if token != TOKEN:
            return _status(401, "Unauthorized", "Unauthorized")
        return self._kubernetes(method, path, body, dry_run)

    # --- Kubernetes --------------------------------------------------------------------------------------------------

    def _kubernetes(self, method: str, path: str, body: dict[str, Any], dry_run: bool) -> Answer:
        fixed: dict[str, dict[str, Any]] = {
            "/version": {"major": "1", "minor": "34", "gitVersion": "v1.34.0"},
            "/api": {"kind": "APIVersions", "versions": ["v1"]},
            "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
            "/api/v1": {
                "kind": "APIResourceList",
                "groupVersion": "v1",
                "resources": [{**_SECRETS, "verbs": _VERBS, "shortNames": []}],
            },
        }
        if method == "GET" and path in fixed:
            return 200, fixed[path]
        parts = path.strip("/").split("/")
        if parts[:3] != ["api", "v1", "namespaces"] or len(parts) not in (5, 6) or parts[4] != "secrets":
            self.unknown.append(f"{method} {path}")
            return _status(404, "NotFound", f"the server could not find {path}")
        if parts[3] not in NAMESPACES:
            return _status(404, "NotFound", f'namespaces "{parts[3]}" not found')
        name = parts[5] if len(parts) == 6 else body["metadata"]["name"]
        return self._secret(method, (parts[3], name), body, dry_run)

    def _secret(self, method: str, key: tuple[str, str], body: dict[str, Any], dry_run: bool) -> Answer:
        present, name = self.kubernetes.get(key), key[1]
        if method != "POST" and present is None:
            return _status(404, "NotFound", f'secrets "{name}" not found')
        if method == "GET":
            return 200, present or {}
        if method == "POST" and present is not None:
            return _status(409, "AlreadyExists", f'secrets "{name}" already exists')
        if present and body.get("type", present["type"]) != present["type"]:
            return _status(422, "Invalid", f'Secret "{name}" is invalid: type: field is immutable')
        new = json.loads(json.dumps(present or {}))
        for part, value in body.items():
            new[part] = {**new.get(part, {}), **value} if isinstance(value, dict) else value
        if new.get("type") == "kubernetes.io/tls" and set(new.get("data", {})) != _TLS_KEYS:
            return _status(422, "Invalid", f'Secret "{name}" is invalid: data[tls.key]: Required value')
        for value in new["data"].values():
            base64.b64decode(value, validate=True)
        if not dry_run and new != present:
            new["metadata"] |= {"resourceVersion": str(self.writes), "uid": "-".join(key)}
            self.kubernetes[key] = new
            self.writes += 1
        return (201 if method == "POST" else 200), new

    # --- Vault -------------------------------------------------------------------------------------------------------

    def _vault(self, method: str, path: str, token: str, body: dict[str, Any]) -> Answer:
        if token != TOKEN:
            return 403, {"errors": ["permission denied"]}
        if (method, path) == ("GET", "auth/token/lookup-self"):
            return 200, {"data": {"id": token, "policies": ["default"]}}
        mount, dummy, name = path.partition("/data/")
        if not dummy or mount not in ("secret", "kv"):
            self.unknown.append(f"{method} {path}")
            return 404, {"errors": []}
        versions = self.vault.setdefault(f"{mount}/{name}", [])
        if method in ("POST", "PUT"):
            versions.append(body["data"])
            self.writes += 1
            return 200, {"data": {"version": len(versions)}}
        if not versions:
            return 404, {"errors": []}
        return 200, {"data": {"data": versions[-1], "metadata": {"version": len(versions)}}}


def _status(code: int, reason: str, message: str) -> Answer:
    return code, {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": reason,
        "message": message,
        "code": code,
    }


class _Handler(BaseHTTPRequestHandler):
    services: SecretServices

    def _respond(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        token = self.headers.get("X-Vault-Token") or self.headers.get("Authorization", "").removeprefix("Bearer ")
        path, dummy, query = self.path.partition("?")
        code, answer = self.services.answer(self.command, path, token, body, "dryRun=All" in query)
        content = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = _respond

    def log_message(self, format: str, *args: Any) -> None:
        """Not on the tests' screen."""
