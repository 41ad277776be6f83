# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Orders at an ACME CA, many at a time: placed, validated, finalized. The protocol is community.crypto's."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ..module_utils._acme_orders import (
    Noted,
    Order,
    all_records,
    as_records,
    can_resume,
    gathered,
    held_back,
    left_behind,
    order_result,
)
from ..module_utils._acme_problems import PASSING, problem_of
from ._acme_answers import end_at_rate_limits
from ._order_journal import OrderJournal
from ._side_by_side import Result, run_side_by_side

_CREATE = "community.crypto.acme_certificate_order_create"
_VALIDATE = "community.crypto.acme_certificate_order_validate"
_FINALIZE = "community.crypto.acme_certificate_order_finalize"
_INSPECT = "community.crypto.acme_inspect"

NO_CRYPTO = (
    "the collection community.crypto (3.0 or later) is needed to speak with an ACME CA: install it with "
    "ansible-galaxy collection install community.crypto"
)


def environment_of(action: t.Any) -> dict[str, str]:
    """The variables that a task's keyword ``environment`` sets."""
    environment: dict[str, t.Any] = {}
    action._compute_environment_string(environment)
    return {name: str(value) for name, value in environment.items()}


@dataclasses.dataclass(frozen=True)
class Account:
    """How to reach the CA, and as whom: the options that all its modules have in common."""

    directory: str
    options: Result = dataclasses.field(repr=False)
    environment: t.Mapping[str, str]
    at_once: int
    timeout: float
    preferred_chain: str | None = None
    #: How the fork of a module listens to the CA.
    prepare: t.Callable[[], None] = end_at_rate_limits

    def run(self, module: str, arguments: t.Sequence[Result]) -> list[Result]:
        if not arguments:
            return []
        return run_side_by_side(
            module,
            [{**self.options, "acme_directory": self.directory, **each} for each in arguments],
            at_once=self.at_once,
            timeout=self.timeout,
            environment=self.environment,
            prepare=self.prepare,
        )


def place(
    account: Account,
    orders: t.Sequence[Order],
    journal: OrderJournal,
    pauses: t.Sequence[datetime.timedelta],
    now: datetime.datetime,
) -> list[Order]:
    """Each order as the CA has it: an earlier run's, where that can be gone on with. ``pauses`` follow failures."""
    noted = {order.identity: journal.read(order.identity) for order in orders}
    resumed = _resumed(account, orders, noted)
    placed: dict[str, Order] = {order.identity: order for order in resumed}
    for order in orders:
        held = None if order.force or order.identity in placed else held_back(noted[order.identity], pauses, now)
        if held:
            placed[order.identity] = order.failed(*held)
    new = [order for order in orders if order.identity not in placed]
    for order, result in zip(new, account.run(_CREATE, [_creation(order) for order in new]), strict=True):
        placed[order.identity] = _placed(order, result)
        _note(journal, account, placed[order.identity], noted[order.identity], now)
    return [placed[order.identity] for order in orders]


def leftovers(orders: t.Sequence[Order], journal: OrderJournal, now: datetime.datetime) -> list[Result]:
    """The records of earlier runs that nobody takes away any more, be it of these names or of others."""
    known = journal.all()
    ours = {order.identity for order in orders}
    found = gathered(
        all_records([*left_behind(known, orders, now), *(each for each in known if each.identity in ours)])
    )
    needed = gathered(all_records(orders))
    return as_records(
        {
            name: rest
            for name, values in found.items()
            if (rest := [value for value in values if value not in needed.get(name, [])])
        }
    )


def _creation(order: Order) -> Result:
    optional = {"profile": order.profile, "replaces_cert_id": order.replaces}
    return {"csr_content": order.csr, **{key: value for key, value in optional.items() if value}}


def _placed(order: Order, result: Result) -> Order:
    if result.get("failed"):
        problem = problem_of(result)
        return order.failed(problem.condition, problem.retry_after)
    records = gathered(
        {"name": name, "values": values} for name, values in (result.get("challenge_data_dns") or {}).items()
    )
    return dataclasses.replace(order, uri=result["order_uri"], records=records, resumed=False)


def _note(journal: OrderJournal, account: Account, order: Order, before: Noted | None, now: datetime.datetime) -> None:
    """On the disk before any record is written. What an order before it has written stays known, too."""
    failures = before.failures if before else 0
    records = gathered([*as_records(before.records if before else {}), *as_records(order.records)])
    if order.problem:
        failures += 1
    if order.problem and not order.uri and not records and not failures:
        return
    journal.note(Noted(order.identity, account.directory, order.dns_names, order.uri, records, now, failures))


def _resumed(account: Account, orders: t.Sequence[Order], noted: t.Mapping[str, Noted | None]) -> list[Order]:
    known = [order for order in orders if (each := noted[order.identity]) and each.uri]
    asked: list[Result] = [{"url": t.cast(Noted, noted[order.identity]).uri, "method": "get"} for order in known]
    found = []
    for order, result in zip(known, account.run(_INSPECT, asked), strict=True):
        each = t.cast(Noted, noted[order.identity])
        status = (result.get("output_json") or {}).get("status")
        if can_resume(each, account.directory, status):
            records = each.records if status == "pending" else {}
            found.append(dataclasses.replace(order, uri=each.uri, records=records, resumed=True))
    return found


def issue(
    account: Account, orders: t.Sequence[Order], journal: OrderJournal, now: datetime.datetime
) -> tuple[list[Result], bool]:
    """The record of each order, with its certificate, and whether there is a new one.

    Those that have failed before stay as they are.
    """
    open_ = {order.identity: order for order in orders if order.uri and not order.problem}
    results: dict[str, Result] = {}
    for step in (_VALIDATE, _FINALIZE):
        going = list(open_.values())
        asked = [_step(step, order, account.preferred_chain) for order in going]
        for order, result in zip(going, account.run(step, asked), strict=True):
            results[order.identity] = result
            if result.get("failed"):
                problem = problem_of(result)
                open_[order.identity] = order.failed(problem.condition, problem.retry_after)
        failed = [order for order in open_.values() if order.problem]
        for order in failed:
            before = journal.read(order.identity)
            _note(journal, account, order, before, now)
            results[order.identity] = order_result(open_.pop(order.identity))
    new = any(results[identity].get("changed") for identity in open_)
    return [_issued(order, open_, results) for order in orders], new


def _step(module: str, order: Order, preferred_chain: str | None) -> Result:
    # Authorizations are left as they are: another order for these names needn't prove them again.
    if module == _VALIDATE:
        return {"order_uri": order.uri, "challenge": "dns-01", "deactivate_authzs": False}
    chosen = [{"test_certificates": "last", "issuer": {"CN": preferred_chain}}] if preferred_chain else []
    return {
        "order_uri": order.uri,
        "csr_content": order.csr,
        "deactivate_authzs": "never",
        **({"select_chain": chosen} if chosen else {}),
    }


def _issued(order: Order, open_: t.Mapping[str, Order], results: t.Mapping[str, Result]) -> Result:
    if order.identity not in open_:
        return results.get(order.identity) or order_result(order)
    chain = results[order.identity]["selected_chain"]
    return order_result(order, chain["cert"], "".join(chain["chain"]))


def close(orders: t.Sequence[Order], gone: t.Sequence[Result], journal: OrderJournal, cleaned: bool) -> None:
    """What is done with is forgotten. Records that are still there are not, nor is an order that can be gone on with.

    ``gone`` are the leftovers of earlier runs that were taken away, too.
    """
    if cleaned:
        ours = {order.identity for order in orders}
        known = [each for each in journal.all() if each.identity not in ours]
        journal.forget([each.identity for each in known if each.uri and _within(each, gathered(gone))])
    for order in orders:
        noted = journal.read(order.identity)
        if noted is None:
            continue
        if not cleaned:
            journal.note(dataclasses.replace(noted, left=True))
        elif order.problem and order.problem.reason not in PASSING:
            journal.note(dataclasses.replace(noted, uri=None, records={}))
        elif order.issued:
            journal.forget([order.identity])


def _within(noted: Noted, gone: t.Mapping[str, list[str]]) -> bool:
    """Whether all that an order has written is among what was taken away."""
    return bool(noted.records) and all(
        value in gone.get(name, []) for name, values in noted.records.items() for value in values
    )
