# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The DNS part of the control API: `/sandbox/registrar`, `/sandbox/resolve`, `/sandbox/hosted-zones`."""

from __future__ import annotations

from typing import Any

from .context import Context
from .route53_store import Store


def install(context: Context, store: Store) -> None:
    context.control["registrar"] = lambda method, wish: registrar(context, method, wish)
    context.control["resolve"] = lambda method, wish: resolve(context, wish)
    context.control["hosted-zones"] = lambda method, wish: hosted_zone(context, store, wish)


def registrar(context: Context, method: str, wish: dict[str, Any]) -> Any:
    """POST {"domain", "hosted_zone_id" or "name_servers"} delegates; DELETE {"domain"} takes the delegation back."""
    with context.lock:
        if method == "DELETE":
            return context.registrar.undelegate(wish["domain"])
        target = wish.get("hosted_zone_id") or list(wish["name_servers"])
        return {"domain": wish["domain"], "name_servers": context.registrar.delegate(wish["domain"], target)}


def resolve(context: Context, wish: dict[str, Any]) -> Any:
    """{"name", "type"} → what a resolver on the Internet would find."""
    answer = context.resolver.resolve(wish["name"], wish.get("type", "A"))
    return {
        "rcode": answer.rcode,
        "records": [list(record) for record in answer.records],
        "chain": list(answer.chain),
        "servers": list(answer.servers),
    }


def hosted_zone(context: Context, store: Store, wish: dict[str, Any]) -> Any:
    """{"id", "linked_service"}: hand a zone to a service, as AWS Cloud Map owns its zones; "" gives it back."""
    with context.lock:
        zone = store.zones[wish["id"].rpartition("/")[2]]
        zone.linked_service = wish["linked_service"]
        return zone.as_output()
