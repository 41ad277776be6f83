# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The same for many items at once, in a bounded pool of threads."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import typing as t

from ._errors import TlsopsError

WORKERS = 16

Item = t.TypeVar("Item")
Result = t.TypeVar("Result")


@dataclasses.dataclass(frozen=True)
class Outcome(t.Generic[Item, Result]):
    """What became of one item of ``concurrently``: a result, or the error that belongs to this item alone."""

    item: Item
    result: Result | None = None
    error: TlsopsError | None = None


def concurrently(
    function: t.Callable[[Item], Result], items: t.Iterable[Item], workers: int = WORKERS
) -> list[Outcome[Item, Result]]:
    """``function`` for every item, in a bounded pool of threads and in order. One item's error spares the others."""

    def attempt(item: Item) -> Outcome[Item, Result]:
        try:
            return Outcome(item, result=function(item))
        except TlsopsError as error:
            return Outcome(item, error=error)

    items = list(items)
    if len(items) < 2:
        return [attempt(item) for item in items]
    executor = concurrent.futures.ThreadPoolExecutor(max_workers=min(workers, len(items)))
    try:
        return list(executor.map(attempt, items))
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def gather(function: t.Callable[[Item], Result], items: t.Iterable[Item], workers: int = WORKERS) -> list[Result]:
    """The results of ``concurrently``, where all of them are needed; the first error otherwise."""
    outcomes = concurrently(function, items, workers)
    for outcome in outcomes:
        if outcome.error:
            raise outcome.error
    return [t.cast(Result, outcome.result) for outcome in outcomes]
