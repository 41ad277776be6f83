# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module in a process that can be killed, in a tenth of the time that a new Python takes to start.

The process is forked from a server that has everything imported. Its clock is the sandbox's, as in aws_world.py: who
waits moves it on.
"""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import json
import multiprocessing
import multiprocessing.forkserver
import os
import signal
import sys
from multiprocessing.connection import Connection
from typing import Any

import botocore.loaders
import pytest
from ansible.module_utils import basic
from ansible_collections.tlsops.certificates.plugins.module_utils import _module, _names
from ansible_collections.tlsops.certificates.plugins.modules import (
    acm_certificate_retire,
    acm_dns_certificate,
    acm_dns_certificates,
    acm_pca_certificate,
    acm_pca_certificates,
    cloudfront_distribution_cert,
    cloudfront_tenant_certs,
    elb_listener_certificates,
)
from aws_world import FAST
from sandbox.client import Sandbox
from support.modules import ModuleResult
from support.sandbox_clock import SandboxClock

MAINS = {
    module.__name__.rpartition(".")[2]: module.main
    for module in (
        acm_certificate_retire,
        acm_dns_certificate,
        acm_dns_certificates,
        acm_pca_certificate,
        acm_pca_certificates,
        cloudfront_distribution_cert,
        cloudfront_tenant_certs,
        elb_listener_certificates,
    )
}
# Most of a short run is reading what never changes, botocore's service models above all: the server has read it.
_LOADER = botocore.loaders.create_loader()
for _service in ("acm", "acm-pca", "cloudfront", "elbv2", "resourcegroupstaggingapi", "route53", "sts"):
    _LOADER.load_service_model(_service, "service-2")
    _LOADER.load_service_model(_service, "endpoint-rule-set-1")
_LOADER.load_data_with_path("endpoints")
_LOADER.load_data("partitions")
_names.certificate_names("example.com", [])  # reads the list of public suffixes
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


def run_forked(
    sandbox: Sandbox,
    module: str,
    options: dict[str, Any],
    *,
    kill_after_call: int | None = None,
    kill_before_change: int | None = None,
) -> ModuleResult | None:
    """The module's result; None when it was killed.

    ``kill_after_call``: SIGKILL when that many of its AWS calls were executed, before it gets the last one's answer.
    ``kill_before_change``: SIGKILL right before it changes the file system for the so manieth time.
    """
    _start_server()
    ours, theirs = _FORKS.Pipe()
    # The DNS is only asked for advice, which changes nothing and takes time.
    unasked = {"preflight": "off"} if module.startswith(("acm_dns_", "cloudfront_tenant_")) else {}
    options = {"rate_limits": FAST, **unasked, **options}
    run = (module, options, sandbox.environment(), kill_before_change)
    process = _FORKS.Process(target=_run, args=(theirs, sandbox.endpoint, sandbox.dns_address, *run))
    process.start()
    theirs.close()
    if kill_after_call:
        sandbox.fail(after=kill_after_call - 1, kill_pid=process.pid)
    ours.send("go")
    try:
        exit_code, printed, complaints = ours.recv()
    except (EOFError, ConnectionResetError):
        exit_code, printed, complaints = None, "", ""
    process.join(timeout=30)
    sandbox.clear_faults()
    if exit_code is None:
        assert process.exitcode == -9, f"the process ended with {process.exitcode}"
        return None
    return ModuleResult(exit_code, json.loads(printed), printed, complaints)


@functools.lru_cache(maxsize=1)
def _start_server() -> None:
    """Before Python 3.14 the server isn't told of sys.path, and then quietly has nothing imported."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        multiprocessing.forkserver.ensure_running()


def _die_before_change(number: int) -> None:
    """Calls of the operating system that change what is in directories; what is written to a file comes between."""
    left = itertools.count(number - 1, -1)

    def counted(function: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            is_change = function is not opened or arguments[1] & os.O_CREAT
            if is_change and next(left) <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **named)

        return call

    opened = os.open
    for name in ("mkdir", "open", "rename", "replace", "rmdir", "symlink", "unlink"):
        setattr(os, name, counted(getattr(os, name)))


def _run(
    parent: Connection,
    endpoint: str,
    dns: str,
    module: str,
    options: dict[str, Any],
    environment: dict[str, str],
    kill_before_change: int | None,
) -> None:
    os.environ.update(environment)
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    botocore.loaders.create_loader = lambda *dummy_paths: _LOADER
    clock = SandboxClock(Sandbox(endpoint, dns))
    _module.SystemClock = lambda: clock  # type: ignore[assignment,misc]
    printed, complaints, code = io.StringIO(), io.StringIO(), 0
    parent.recv()
    if kill_before_change:
        _die_before_change(kill_before_change)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complaints):
        try:
            MAINS[module]()
        except SystemExit as exit_:
            code = int(exit_.code or 0)
    parent.send((code, printed.getvalue(), complaints.getvalue()))
    parent.close()
    os._exit(0)  # There is nothing to clean up, and that takes time.
