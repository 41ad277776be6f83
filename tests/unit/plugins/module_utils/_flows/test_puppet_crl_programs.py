# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The program that fetches revocation lists, as a file on a host."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._files import Rights
from ansible_collections.tlsops.certificates.plugins.module_utils._flows import puppet_crl_programs as flow

OPTIONS: dict[str, Any] = {
    "ca_url": "puppet.invalid",
    "ca_path": None,
    "path": "/nowhere/crl.pem",
    "warn_before": "30d",
    "start_timeout": 0,
    "mode": "0644",
}


def test_every_fault_of_the_options_is_said_before_it_runs_at_night() -> None:
    with pytest.raises(InvalidInput) as caught:
        flow.checked({**OPTIONS, "ca_url": "http://x", "path": "crl.pem", "warn_before": "soon"})
    for said in ("by https only", "crl.pem must be absolute", "warn_before"):
        assert said in str(caught.value)


def test_it_is_written_once_and_again_where_the_options_change(tmp_path: Path) -> None:
    path = tmp_path / "fetch"
    for options, changed in ((OPTIONS, 2), (OPTIONS, 0), ({**OPTIONS, "warn_before": "9d"}, 1)):
        plan = flow.make_plan(str(path), flow.checked(options), Rights(0o640))
        assert len(plan.steps) == changed
        assert flow.apply(plan).changed is bool(changed)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, Path(f"{path}.json"))] == [0o750, 0o640]
    path.chmod(0o700)
    assert len(flow.make_plan(str(path), flow.checked({**OPTIONS, "warn_before": "9d"}), Rights(0o640)).steps) == 1


def test_it_ends_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "fetch"
    flow.apply(flow.make_plan(str(path), flow.checked(OPTIONS), Rights(0o644)))
    for spoil in (lambda: None, Path(f"{path}.json").unlink):
        spoil()
        done = subprocess.run([path], env={"PATH": "/usr/bin"}, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (1, "")
        assert len(done.stderr.splitlines()) == 1
