# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module's ``main()`` in this process. It gets its options as ansible-core hands them over, prints its result
and exits, as it does in a process of its own (modules.py).
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import json
from typing import Any

import botocore.loaders
import botocore.session
import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings as module_warnings

from .modules import ModuleResult


def run_main(monkeypatch: pytest.MonkeyPatch, module: str, options: dict[str, Any], **flags: bool) -> ModuleResult:
    """The module's result. Every failure has to be one sentence. Flags are ``check`` and ``diff``."""
    arguments = {
        **options,
        "_ansible_check_mode": flags.get("check", False),
        "_ansible_diff": flags.get("diff", False),
    }
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode(), raising=False)
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    # Every run makes a botocore session, and each would read the service models again.
    monkeypatch.setattr(botocore.session, "create_loader", _one_loader)
    _forget_warnings()
    main = importlib.import_module(f"ansible_collections.tlsops.certificates.plugins.modules.{module}").main
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as exit_:
            code = int(exit_.code or 0)
    printed = out.getvalue()
    result = ModuleResult(code, json.loads(printed) if printed else None, printed, err.getvalue())
    _hold_to_one_sentence(result)
    return result


@functools.cache
def _one_loader(search_path_string: str | None = None) -> Any:
    return botocore.loaders.create_loader(search_path_string)


def _hold_to_one_sentence(result: ModuleResult) -> None:
    shown = json.dumps(result.result)
    assert "Traceback" not in shown + result.stderr, shown + result.stderr
    if result.failed:
        assert result.exit_code == 1
        assert result["msg"].strip(), result.result
        assert "\n" not in result["msg"], result["msg"]


def _forget_warnings() -> None:
    """ansible-core keeps a process's warnings, and a module has a process of its own."""
    for name in ("_global_warnings", "_global_deprecations"):
        getattr(module_warnings, name, {}).clear()
