# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _runner
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import TlsopsError


class Module:
    """Keeps what it would fail with."""

    said = ""

    def fail_json(self, msg: str, **details: object) -> None:
        self.said = msg


@pytest.mark.parametrize("version", [(3, 9, 18), (3, 7, 0), (2, 7, 18)])
def test_an_old_python_is_a_sentence(version: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    with pytest.raises(TlsopsError, match=rf"Python {version[0]}\.{version[1]} \(/usr/bin/python3\), and 3\.10"):
        _runner.require_python(version)


@pytest.mark.parametrize("version", [(3, 10, 0), (3, 13, 1), (4, 0, 0)])
def test_a_newer_one_will_do(version: tuple[int, ...]) -> None:
    _runner.require_python(version)


def test_every_run_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_old(version: object) -> None:
        raise TlsopsError("too old")

    monkeypatch.setattr(_runner, "require_python", too_old)
    module = Module()
    with pytest.raises(RuntimeError, match="didn't yield"), _runner.sentences(module):  # type: ignore[arg-type]
        raise AssertionError("it went on")
    assert module.said == "too old"
