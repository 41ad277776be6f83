# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Orders at an ACME CA: what is wanted, what an earlier run has left, and the records that prove the names."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import typing as t

from . import _conditions
from ._conditions import FAILED, Condition
from ._durations import collected_duration
from ._errors import InvalidInput
from ._names import InvalidName, normalise
from ._x509 import Unreadable, describe_csr

#: States of an order that can still lead to its certificate (RFC 8555, 7.1.6).
_ALIVE = ("pending", "ready", "processing", "valid")
_GONE_AFTER = datetime.timedelta(hours=1)
#: https://letsencrypt.org/docs/integration-guide/#retrying-failures
RETRY_AFTER = ["1m", "10m", "100m", "1d"]
_SHORTEST_PAUSE = datetime.timedelta(seconds=1)

Records = dict[str, list[str]]

ORDER_ARGUMENTS: dict[str, t.Any] = {
    "name": {"type": "str"},
    "csr_content": {"type": "str", "required": True},
    "profile": {"type": "str"},
    "replaces": {"type": "str"},
    "force": {"type": "bool", "default": False},
}
#: What is returned of an order and may be given back.
RETURNED_ARGUMENTS: dict[str, t.Any] = {
    "order_uri": {"type": "str"},
    "identity": {"type": "str"},
    "dns_names": {"type": "list", "elements": "str"},
    "records": {"type": "list", "elements": "dict"},
    "resumed": {"type": "bool"},
    "certificate": {"type": "str"},
    "chain": {"type": "str"},
    "phase": {"type": "str"},
    "ready": {"type": "bool"},
    "reason": {"type": "str"},
    "message": {"type": "str"},
    "retry_after": {"type": "str"},
}


@dataclasses.dataclass(frozen=True)
class Order:
    """One certificate that is asked for: its names and, by its CSR, its key. ``uri`` once the CA has the order."""

    name: str
    csr: str
    dns_names: tuple[str, ...]
    identity: str
    profile: str | None = None
    replaces: str | None = None
    force: bool = False
    uri: str | None = None
    records: Records = dataclasses.field(default_factory=dict)
    resumed: bool = False
    issued: bool = False
    problem: Condition | None = None
    retry_after: str | None = None

    def failed(self, condition: Condition, retry_after: datetime.datetime | None = None) -> Order:
        until = retry_after.isoformat() if retry_after else None
        return dataclasses.replace(self, problem=condition, retry_after=until)


@dataclasses.dataclass(frozen=True)
class Noted:
    """What is known on the controller of an order; without ``uri`` only that orders for these names have failed."""

    identity: str
    directory: str
    dns_names: tuple[str, ...]
    uri: str | None
    records: Records
    placed_at: datetime.datetime
    failures: int = 0
    left: bool = False

    def as_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), default=lambda moment: moment.isoformat(), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Noted:
        """Raises ValueError, KeyError or TypeError where it was changed by others."""
        values = json.loads(text)
        values["dns_names"] = tuple(values["dns_names"])
        values["placed_at"] = datetime.datetime.fromisoformat(values["placed_at"])
        return cls(**values)


def wanted_orders(entries: t.Sequence[t.Mapping[str, t.Any]], directory: str) -> list[Order]:
    """Raises InvalidInput with every fault of every entry."""
    orders, faults = [], []
    for position, entry in enumerate(entries):
        where = f"orders[{position}]" + (f" ({entry['name']})" if entry.get("name") else "")
        try:
            orders.append(_order(entry, directory))
        except (InvalidInput, Unreadable, InvalidName) as error:
            found = error.faults if isinstance(error, InvalidInput) else [str(error)]
            faults += [f"{where}: {fault}" for fault in found]
    if faults:
        raise InvalidInput(faults)
    return orders


def _order(entry: t.Mapping[str, t.Any], directory: str) -> Order:
    csr = entry["csr_content"]
    names = describe_csr(csr).names.alternative
    others = [name for name in names if not name.startswith("DNS:")]
    if others or not names:
        shown = ", ".join(others) or "no names"
        raise InvalidInput([f"the challenge dns-01 is for DNS names, and the CSR has {shown}"])
    dns_names = tuple(sorted(normalise(name.removeprefix("DNS:")) for name in names))
    condition = None
    if entry.get("phase") == FAILED:
        condition = Condition(FAILED, entry.get("reason") or "", entry.get("message") or "")
    return Order(
        name=entry.get("name") or dns_names[0],
        csr=csr,
        dns_names=dns_names,
        identity=identity(directory, dns_names, csr, entry.get("profile")),
        profile=entry.get("profile") or None,
        replaces=entry.get("replaces") or None,
        force=bool(entry.get("force")),
        uri=entry.get("order_uri") or None,
        records=gathered(entry.get("records") or []),
        resumed=bool(entry.get("resumed")),
        issued=bool(entry.get("certificate")),
        problem=condition,
        retry_after=entry.get("retry_after") or None,
    )


def identity(directory: str, dns_names: t.Iterable[str], csr: str, profile: str | None) -> str:
    """The same for each run that asks for the same certificate with the same key."""
    said = [directory, sorted(dns_names), describe_csr(csr).public_key, profile or None]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def gathered(records: t.Iterable[t.Mapping[str, t.Any]]) -> Records:
    """All values of each name: a name and its wildcard are proved side by side."""
    found: Records = {}
    for record in records:
        values = found.setdefault(str(record["name"]), [])
        values += [value for value in record.get("values") or [] if value not in values]
    return found


def as_records(records: t.Mapping[str, t.Iterable[str]]) -> list[dict[str, t.Any]]:
    return [{"name": name, "type": "TXT", "values": list(values)} for name, values in sorted(records.items())]


def all_records(orders: t.Iterable[Order | Noted]) -> list[dict[str, t.Any]]:
    return as_records(gathered(record for order in orders for record in as_records(order.records)))


def can_resume(noted: Noted | None, directory: str, status: str | None) -> bool:
    """Whether the order of an earlier run can still be completed, from its status at the CA."""
    return bool(noted and noted.uri and noted.directory == directory and status in _ALIVE)


def left_behind(noted: t.Iterable[Noted], wanted: t.Iterable[Order], now: datetime.datetime) -> list[Noted]:
    """Those whose records nobody will take away any more: a run was killed, or the DNS didn't let it."""
    ours = {order.identity for order in wanted}
    return [
        each
        for each in noted
        if each.uri and each.identity not in ours and (each.left or now - each.placed_at > _GONE_AFTER)
    ]


def pauses(texts: t.Sequence[str]) -> tuple[datetime.timedelta, ...]:
    """How long the CA is left alone after the first failure, the second and so on. Raises InvalidInput."""
    faults: list[str] = [] if texts else ["retry_after is empty: without a pause, a loop would use up the CA's limits"]
    found = [collected_duration(text, "retry_after", faults) for text in texts]
    if any(each is not None and each < _SHORTEST_PAUSE for each in found):
        faults.append("retry_after has a pause of less than a second")
    if faults:
        raise InvalidInput(faults)
    return tuple(each for each in found if each is not None)


def pause_after(failures: int, pauses: t.Sequence[datetime.timedelta]) -> datetime.timedelta:
    """The last of them is that of all further failures."""
    return pauses[min(failures, len(pauses)) - 1]


def held_back(
    noted: Noted | None, pauses: t.Sequence[datetime.timedelta], now: datetime.datetime
) -> tuple[Condition, datetime.datetime] | None:
    """After failures the CA isn't asked again at once, so that no loop can use up its limits."""
    if noted is None or not noted.failures:
        return None
    again = noted.placed_at + pause_after(noted.failures, pauses)
    if now >= again:
        return None
    times = "once" if noted.failures == 1 else f"{noted.failures} times"
    message = f"It has failed {times}, and the CA isn't asked again before {again.isoformat()}, unless with force."
    return Condition(FAILED, "BackOff", message), again


def order_result(order: Order, certificate: str | None = None, chain: str | None = None) -> dict[str, t.Any]:
    """The record of an order, with the same keys whatever has happened."""
    condition = order.problem or _condition(order, certificate)
    return {
        "name": order.name,
        "identity": order.identity,
        "dns_names": list(order.dns_names),
        "csr_content": order.csr,
        "profile": order.profile,
        "replaces": order.replaces,
        "force": order.force,
        "order_uri": order.uri,
        "records": as_records(order.records),
        "resumed": order.resumed,
        "certificate": certificate,
        "chain": chain,
        "phase": condition.phase,
        "ready": condition.ready,
        "reason": condition.reason,
        "message": condition.message,
        "retry_after": order.retry_after,
    }


def _condition(order: Order, certificate: str | None) -> Condition:
    if certificate:
        return Condition(_conditions.ISSUED, "Issued", "The CA has issued the certificate.")
    if order.uri is None:
        return Condition(_conditions.PENDING, "Wanted", "It will be ordered.")
    verb = "An earlier run has placed the order" if order.resumed else "The order is placed"
    if not order.records:
        return Condition(_conditions.PENDING_VALIDATION, "Placed", f"{verb}, and the CA wants no proof of the names.")
    reason = "Resumed" if order.resumed else "Placed"
    return Condition(_conditions.PENDING_VALIDATION, reason, f"{verb}, and the CA waits for the TXT records.")


def failure_of(records: t.Sequence[t.Mapping[str, t.Any]]) -> str | None:
    """Which orders failed and why; None if none did."""
    found = [f"{each['name']}: {each['message']}" for each in records if each["phase"] == FAILED]
    counted = f"{len(records)} order" + ("" if len(records) == 1 else "s")
    return f"{len(found)} of {counted} failed: {' '.join(found)}" if found else None
