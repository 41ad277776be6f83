# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Modules of other collections, many at a time, on the controller.

Each run is a fork of this process, in which the module is imported already. It gets its arguments from its standard
input and prints its result, which is the way in which any module can be run by hand. As a task of its own a run would
take three quarters of a second of a processor, most of it for importing the same libraries again.
"""

from __future__ import annotations

import collections
import dataclasses
import importlib
import io
import json
import os
import selectors
import signal
import sys
import tempfile
import time
import typing as t

Result = dict[str, t.Any]

#: The result of a run that had to be ended.
TIMED_OUT = "timed_out"


@dataclasses.dataclass
class _Run:
    position: int
    pid: int
    printed: bytearray = dataclasses.field(default_factory=bytearray)


def run_side_by_side(
    module: str,
    arguments: t.Sequence[Result],
    *,
    at_once: int,
    timeout: float,
    environment: t.Mapping[str, str],
    prepare: t.Callable[[], None] = lambda: None,
) -> list[Result]:
    """What the module returned for each of the ``arguments``, in their order.

    ``prepare`` is called in each fork. Raises ImportError where the module isn't installed.
    """
    importlib.import_module(_python_name(module))
    deadline = time.monotonic() + timeout
    with tempfile.TemporaryDirectory(prefix="tlsops-") as folder:
        internal = {"_ansible_tmpdir": folder, "_ansible_remote_tmp": folder, "_ansible_module_name": module}
        texts = [json.dumps({"ANSIBLE_MODULE_ARGS": {**each, **internal}}).encode() for each in arguments]

        def start(position: int, descriptor: int) -> None:
            os.environ.update(environment)
            prepare()
            _run_module(module, texts[position], descriptor)

        return Pool(start, len(texts), at_once, deadline).results()


class Pool:
    """``start`` does the work of one position in its fork, and writes what has come of it to a descriptor."""

    def __init__(self, start: t.Callable[[int, int], None], count: int, at_once: int, deadline: float) -> None:
        self._start = start
        self._waiting = collections.deque(range(count))
        self._at_once = max(1, at_once)
        self._deadline = deadline
        self._running: dict[int, _Run] = {}
        self._done: dict[int, Result] = {}

    def results(self) -> list[Result]:
        with selectors.DefaultSelector() as selector:
            try:
                while (self._waiting or self._running) and (left := self._deadline - time.monotonic()) > 0:
                    self._fill(selector)
                    for key, _events in selector.select(min(left, 1.0)):
                        self._read(selector, key.fd)
            finally:
                for descriptor, run in self._running.items():
                    os.kill(run.pid, signal.SIGKILL)
                    os.waitpid(run.pid, 0)
                    os.close(descriptor)
        late: Result = {"failed": True, TIMED_OUT: True, "msg": "it took too long"}
        return [self._done.get(position, late) for position in sorted({*self._done, *self._unfinished()})]

    def _unfinished(self) -> set[int]:
        return {*self._waiting, *(run.position for run in self._running.values())}

    def _fill(self, selector: selectors.BaseSelector) -> None:
        while self._waiting and len(self._running) < self._at_once:
            position = self._waiting.popleft()
            ours, theirs = os.pipe()
            pid = os.fork()
            if not pid:
                self._in_fork(position, ours, theirs)
            os.close(theirs)
            self._running[ours] = _Run(position, pid)
            selector.register(ours, selectors.EVENT_READ)

    def _in_fork(self, position: int, ours: int, theirs: int) -> t.NoReturn:
        """Nothing of this process but the work: what it would do at its end belongs to the one it was forked from."""
        try:
            os.close(ours)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            self._start(position, theirs)
        finally:
            os._exit(0)

    def _read(self, selector: selectors.BaseSelector, descriptor: int) -> None:
        run = self._running[descriptor]
        if part := os.read(descriptor, 65536):
            run.printed += part
            return
        selector.unregister(descriptor)
        os.close(descriptor)
        del self._running[descriptor]
        dummy, status = os.waitpid(run.pid, 0)
        self._done[run.position] = _result(bytes(run.printed), status)


def _result(printed: bytes, status: int) -> Result:
    try:
        return t.cast(Result, json.loads(printed))
    except ValueError:
        said = printed.decode(errors="replace").strip() or f"status {status}"
        return {"failed": True, "msg": f"the module ended without a result ({said[-500:]})"}


def _run_module(module: str, arguments: bytes, descriptor: int) -> None:
    sys.argv = [module]
    sys.stdin = io.TextIOWrapper(io.BytesIO(arguments), encoding="utf-8")
    with open(descriptor, "w", encoding="utf-8") as printed:
        sys.stdout, sys.stderr = printed, io.StringIO()
        try:
            importlib.import_module(_python_name(module)).main()
        except SystemExit:
            pass
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=printed)


def _python_name(module: str) -> str:
    namespace, collection, name = module.split(".")
    return f"ansible_collections.{namespace}.{collection}.plugins.modules.{name}"
