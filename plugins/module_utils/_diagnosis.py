# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What follows from the findings of a preflight: what is said, and whether anything is requested."""

from __future__ import annotations

import dataclasses
import typing as t

from ._errors import TlsopsError
from ._findings import INFO, Finding, sentence
from ._module_result import Result
from ._names import base_name
from ._pace import Clock, Deadline

FAIL, WARN, OFF = "fail", "warn", "off"
PREFLIGHT_ARGUMENTS: dict[str, t.Any] = {"preflight": {"type": "str", "choices": [FAIL, WARN, OFF], "default": WARN}}
#: What is no fault of a name: the look-ups didn't work.
LOOKUP_CHECKS = frozenset({"resolver_silent", "resolver_wrong_answers", "not_examined", "clock_wrong"})
_TOLD_AT_MOST = 5
_HANGS_AFTER = 120.0  # seconds; ACM mostly validates sooner
_LOOKS_BETWEEN = 4


@dataclasses.dataclass(frozen=True)
class Preflight:
    """What a look at the names found before their certificates were requested; ``fault`` is why there was none."""

    findings: tuple[Finding, ...] = ()
    fault: str = ""

    def check(self, mode: str) -> None:
        """With ``fail``: raises TlsopsError where the CA would refuse."""
        stops = [found for found in self.findings if found.stops and found.check not in LOOKUP_CHECKS]
        if mode == FAIL and stops:
            raise TlsopsError(
                f"Nothing was requested, as the validation would fail: {told(stops)} Mend it, or set preflight: warn.",
                findings=self.result(),
            )

    def complete(self, result: Result) -> None:
        """Add what was found to a result."""
        result.values["findings"] = self.result()
        counting = [found for found in self.findings if found.level != INFO]
        said = [f"The validation may fail: {told(counting)}"] if counting else []
        result.warnings = [*result.warnings, *said, *([f"There was no preflight: {self.fault}."] if self.fault else [])]

    def result(self) -> list[dict[str, t.Any]]:
        return [dataclasses.asdict(found) for found in self.findings]


class Hanging:
    """When to ask what keeps a wait: from two minutes on, then with every few looks."""

    def __init__(self, clock: Clock) -> None:
        self._begin = Deadline(clock, _HANGS_AFTER)
        self._looks = 0

    @property
    def asked(self) -> bool:
        """Whether any look has asked so far."""
        return self._looks > 0

    def asks(self) -> bool:
        """Whether the next look asks."""
        if not self._begin.passed():
            return False
        self._looks += 1
        return self._looks % _LOOKS_BETWEEN == 1


def told(findings: t.Sequence[Finding]) -> str:
    """The findings in one line, each once however many names share it."""
    unique = list({(found.check, found.explanation): found for found in findings}.values())
    shown = [
        f"{found.explanation} ({found.check})" + (f": {found.remedy}" if found.remedy else "")
        for found in unique[:_TOLD_AT_MOST]
    ]
    more = len(unique) - _TOLD_AT_MOST
    return "; ".join(shown) + (f"; and {more} more findings" if more > 0 else "") + "."


def diagnosis_of(record: t.Mapping[str, t.Any], findings: t.Sequence[Finding]) -> str:
    """What keeps the certificate of a returned record from being validated; empty where nothing was found."""
    names = {base_name(name) for name in record["subject_alternative_names"]}
    own = [f for f in findings if base_name(f.name) in names and f.check not in LOOKUP_CHECKS]
    return sentence(own)
