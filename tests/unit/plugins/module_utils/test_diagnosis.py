# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._diagnosis import (
    Hanging,
    Preflight,
    diagnosis_of,
    told,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import TlsopsError
from ansible_collections.tlsops.certificates.plugins.module_utils._findings import Finding
from ansible_collections.tlsops.certificates.plugins.module_utils._module_result import Result

CAA = Finding("caa_forbids", "fatal", "www.example.com", "CAA at example.com allows others", "", "allow amazon.com")
SILENT = Finding("resolver_silent", "error", "www.example.com", "192.0.2.1 doesn't answer")
LAME = Finding("lame_name_server", "warning", "www.example.com", "ns1.example.com does not serve example.com")


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


def test_fail_ends_the_run_only_where_the_ca_would_refuse() -> None:
    with pytest.raises(
        TlsopsError, match=r"CAA at example.com allows others \(caa_forbids\): allow amazon.com"
    ) as caught:
        Preflight((LAME, CAA)).check("fail")
    assert [each["check"] for each in caught.value.details["findings"]] == ["lame_name_server", "caa_forbids"]
    Preflight((CAA,)).check("warn")
    Preflight((LAME,)).check("fail")
    Preflight((SILENT,)).check("fail")


def test_what_was_found_is_one_warning() -> None:
    result = Result(changed=False, values={}, warnings=("first",))
    Preflight((CAA, LAME)).complete(result)
    assert len(result.warnings) == 2
    assert "(caa_forbids)" in result.warnings[1]
    assert "(lame_name_server)" in result.warnings[1]
    assert len(result.values["findings"]) == 2


def test_nothing_found_says_nothing_and_a_fault_is_told() -> None:
    result = Result(changed=False, values={})
    Preflight().complete(result)
    assert (list(result.warnings), result.values) == ([], {"findings": []})
    Preflight(fault="no library").complete(result)
    assert list(result.warnings) == ["There was no preflight: no library."]


def test_the_line_tells_each_cause_once_and_not_too_many() -> None:
    many = [Finding("lame_name_server", "error", "n", f"server {number} is lame") for number in range(8)]
    assert told([CAA, CAA]) == "CAA at example.com allows others (caa_forbids): allow amazon.com."
    assert told(many).endswith("; and 3 more findings.")


def test_a_certificate_is_told_of_its_own_names_only() -> None:
    record = {"subject_alternative_names": ["*.example.com", "example.com"]}
    own = Finding("caa_forbids", "fatal", "example.com", "CAA forbids")
    assert diagnosis_of(record, [CAA, own]) == "CAA forbids (caa_forbids)"
    assert diagnosis_of(record, [CAA, SILENT]) == ""


def test_a_wait_asks_after_two_minutes_and_then_with_every_fourth_look() -> None:
    clock = Clock()
    hanging = Hanging(clock)
    asked = []
    while clock.time < 380:
        clock.sleep(20)
        asked.append((clock.time, hanging.asks(), hanging.asked))
    assert [time for time, asks, _before in asked if asks] == [120, 200, 280, 360]
    assert [time for time, _asks, before in asked if not before] == [20, 40, 60, 80, 100]
