# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""One of our files as a program of its own, for what has to run on a host when Ansible isn't there.

The program is a zip that Python runs (https://docs.python.org/3/library/zipapp.html), made from the very sources that
the module runs from. So there is one place for each rule.
"""

from __future__ import annotations

import ast
import importlib.util
import io
import typing as t
import zipfile

_ROOT = __package__ or ""
_INSIDE = "tlsops_certificates"
_MAIN = """\
# Made by the Ansible collection tlsops.certificates, which overwrites it.
import sys

from {module} import main

sys.exit(main())
"""
# Without it the same sources would make another file each time.
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: A symbolic link's bits apart, zip files keep a mode in the upper half.
_READABLE = 0o644 << 16


def program(entry: str, interpreter: str) -> bytes:
    """``entry`` is a module below module_utils, such as ``_puppet.autosign``, whose ``main`` returns the exit code.

    The module that calls this must import ``entry``: then Ansible brings along all that it imports.
    """
    files = {"__main__.py": _MAIN.format(module=f"{_INSIDE}.{entry}")}
    for name in sorted(_with_imports(f"{_ROOT}.{entry}")):
        path = "/".join([_INSIDE, *name.removeprefix(_ROOT).strip(".").split(".")]).rstrip("/")
        source, is_package = _source(name)
        files[f"{path}/__init__.py" if is_package else f"{path}.py"] = source
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, source in files.items():
            member = zipfile.ZipInfo(path, _EPOCH)
            member.external_attr = _READABLE
            archive.writestr(member, source)
    return f"#!{interpreter}\n".encode() + content.getvalue()


def _with_imports(entry: str) -> set[str]:
    """The module, and all below module_utils that it needs, with their packages."""
    found: set[str] = set()
    waiting = {entry}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= _imports(name)
        if name != _ROOT:
            waiting.add(name.rpartition(".")[0])
        waiting -= found
    return found


def _imports(name: str) -> set[str]:
    source, is_package = _source(name)
    package = name if is_package else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            found.add(base)
            found |= {f"{base}.{alias.name}" for alias in node.names if _exists(f"{base}.{alias.name}")}
    return found


def _exists(name: str) -> bool:
    """Whether it is a module, and not something in one."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _source(name: str) -> tuple[str, bool]:
    spec = importlib.util.find_spec(name)
    loader: t.Any = spec.loader if spec else None
    return loader.get_source(name) or "", bool(spec and spec.submodule_search_locations is not None)
