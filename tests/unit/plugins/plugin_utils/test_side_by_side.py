# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from ansible_collections.tlsops.certificates.plugins.plugin_utils._side_by_side import Pool, run_side_by_side

SIGNING = "tlsops.certificates.certificate_signing_request"


def say(position: int, descriptor: int) -> None:
    os.write(descriptor, json.dumps({"position": position, "pid": os.getpid()}).encode())


@pytest.mark.parametrize("at_once", [1, 3, 50])
def test_results_come_in_the_order_asked_for(at_once: int) -> None:
    found = Pool(say, 10, at_once, time.monotonic() + 30).results()
    assert [each["position"] for each in found] == list(range(10))
    assert len({each["pid"] for each in found} | {os.getpid()}) == 11


def test_one_that_dies_or_is_late_keeps_none_of_the_others() -> None:
    def work(position: int, descriptor: int) -> None:
        if position == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if position == 1:
            time.sleep(60)
        say(position, descriptor)

    died, late, well = Pool(work, 3, 3, time.monotonic() + 1).results()
    assert died["failed"]
    assert "without a result" in died["msg"]
    assert late["timed_out"]
    assert well["position"] == 2


def test_those_that_never_had_their_turn_are_late_too() -> None:
    found = Pool(lambda _position, _descriptor: time.sleep(60), 3, 1, time.monotonic() + 0.2).results()
    assert [each.get("timed_out") for each in found] == [True, True, True]


def test_a_module_gets_its_arguments_and_environment(tmp_path: Path) -> None:
    """And what it says is its result, also where it fails."""
    good = {"directory": str(tmp_path / "a"), "subject_alternative_names": ["a.test"]}
    first, second = run_side_by_side(
        SIGNING,
        [{"certificates": [good]}, {"certificates": [{**good, "validity": "soon"}]}],
        at_once=2,
        timeout=60,
        environment={"LANG": "C"},
    )
    assert first["changed"]
    assert first["certificates"][0]["subject_alternative_names"] == ["DNS:a.test"]
    assert second["failed"]
    assert "'soon'" in second["msg"]


def test_a_module_that_isnt_there() -> None:
    with pytest.raises(ImportError):
        run_side_by_side("tlsops.certificates.none", [{}], at_once=1, timeout=1, environment={})
