# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible imports all filters in each task that uses one of them (plugin_utils/_deferred.py)."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.tlsops.certificates.plugins.plugin_utils import _deferred

FILTERS = sorted(path.stem for path in (Path(__file__).parents[4] / "plugins" / "filter").glob("[!_]*.py"))
PACKAGE = "ansible_collections.tlsops.certificates.plugins"
IMPORTS_ALL = f"""
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module("{PACKAGE}.filter." + name)
print(*(name for name in sys.modules if name.startswith("{PACKAGE}.module_utils.")))
"""


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_has_its_function(name: str) -> None:
    [(called, function)] = importlib.import_module(f"{PACKAGE}.filter.{name}").FilterModule().filters().items()
    assert called == name
    if function.__module__ == _deferred.__name__:
        where = inspect.getclosurevars(function).nonlocals
        function = getattr(importlib.import_module(f"{PACKAGE}.plugin_utils.{where['module']}"), where["name"])
    assert inspect.isfunction(function)


def test_a_deferred_function_is_called_with_what_it_is_given() -> None:
    assert _deferred.deferred("_survey_text", "names_of")(value="a.test, b.test") == ["a.test", "b.test"]


def test_all_filters_together_import_none_of_the_rules() -> None:
    command = [sys.executable, "-c", IMPORTS_ALL, *FILTERS]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)})
    assert done.stdout.split() == []
