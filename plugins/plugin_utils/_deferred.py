# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Filters that import what they need when they are called.

Ansible imports every filter of a collection as soon as a task uses one of them, and does so in each task of each host
anew (ansible/plugins/loader.py, Jinja2Loader.get_with_context).
"""

from __future__ import annotations

import importlib
import typing as t


def deferred(module: str, name: str) -> t.Callable[..., t.Any]:
    """The function of that name in a module beside this one."""

    def call(*arguments: t.Any, **options: t.Any) -> t.Any:
        return getattr(importlib.import_module(f".{module}", __package__), name)(*arguments, **options)

    return call
