# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Maintenance windows: when they open, as cron has it, for how long, and in whose time.

A time that a change of clocks leaves out comes as much later as the clocks were put forward; one that comes twice opens
a window when it comes first. How long a window stays open has nothing to do with clocks.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import typing as t
import zoneinfo

from ._durations import collected_duration
from ._errors import InvalidInput

#: Options of one window.
WINDOW_ARGUMENTS: dict[str, t.Any] = {
    "cron": {"type": "str", "required": True},
    "duration": {"type": "str", "required": True},
    "timezone": {"type": "str", "default": "UTC"},
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PART = re.compile(r"^(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?$")
_SHORTEST = datetime.timedelta(minutes=1)
_LONGEST = datetime.timedelta(days=366)
#: No renewal is put off for longer.
_FARTHEST = datetime.timedelta(days=8 * 366)
_LAST_DAY = datetime.date.max.toordinal() - 2


@dataclasses.dataclass(frozen=True)
class _Field:
    """``names`` stand for the numbers from ``lowest`` on."""

    label: str
    lowest: int
    highest: int
    names: tuple[str, ...] = ()

    def numbers(self, text: str, faults: list[str]) -> frozenset[int]:
        """What a field stands for, such as ``0,30``, ``8-17/2``, ``*/5`` or ``mon-fri``."""
        found: set[int] = set()
        for part in text.split(","):
            found.update(self._part(part, faults))
        return frozenset(found)

    def _part(self, part: str, faults: list[str]) -> t.Iterable[int]:
        match = _PART.match(part)
        if not match:
            faults.append(f"{self.label} {part!r} is neither *, a number, a range nor a step")
            return ()
        step = int(match["step"] or 1)
        first = self._number(match["first"], faults) if match["first"] else self.lowest
        alone = match["first"] and not match["last"] and not match["step"]
        last = self._number(match["last"], faults) if match["last"] else first if alone else self.highest
        if first is None or last is None:
            return ()
        if self.names == _DAYS and last == 0 and first > 0:
            last = 7
        if step < 1 or first > last:
            faults.append(f"{self.label} {part!r} is empty")
            return ()
        return range(first, last + 1, step)

    def _number(self, text: str, faults: list[str]) -> int | None:
        if text.lower() in self.names:
            return self.lowest + self.names.index(text.lower())
        if text.isascii() and text.isdigit() and self.lowest <= int(text) <= self.highest:
            return int(text)
        faults.append(f"{self.label} {text!r} isn't between {self.lowest} and {self.highest}")
        return None


_MINUTE = _Field("minute", 0, 59)
_HOUR = _Field("hour", 0, 23)
_DAY = _Field("day of the month", 1, 31)
_MONTH = _Field("month", 1, 12, _MONTHS)
_WEEKDAY = _Field("day of the week", 0, 7, _DAYS)
_FIELDS = (_MINUTE, _HOUR, _DAY, _MONTH, _WEEKDAY)


@dataclasses.dataclass(frozen=True)
class Cron:
    """The five fields of crontab(5). ``either``: one of the two fields for days is enough, as both say something."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    def includes(self, day: datetime.date) -> bool:
        if day.month not in self.months:
            return False
        fits = (day.day in self.days, day.isoweekday() % 7 in self.weekdays)
        return any(fits) if self.either else all(fits)

    def times(self) -> t.Iterator[datetime.time]:
        return (datetime.time(hour, minute) for hour in sorted(self.hours) for minute in sorted(self.minutes))


def cron(text: str) -> Cron:
    """Raises InvalidInput with every fault."""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        labels = ", ".join(field.label for field in _FIELDS)
        raise InvalidInput([f"cron {text!r} has {len(fields)} fields, not five: {labels}"])
    faults: list[str] = []
    minutes, hours, days, months, weekdays = (
        field.numbers(given, faults) for field, given in zip(_FIELDS, fields, strict=True)
    )
    if not faults:
        # crontab(5): a field that begins with a star says nothing of days.
        either = not (fields[2].startswith("*") or fields[4].startswith("*"))
        found = Cron(minutes, hours, days, months, frozenset(number % 7 for number in weekdays), either)
        if any(found.includes(day) for day in _sample_days()):
            return found
        faults = ["that day never comes"]
    raise InvalidInput([f"cron {text!r}: {fault}" for fault in faults])


def _sample_days() -> t.Iterator[datetime.date]:
    """Every date that there is, on every day of the week: the calendar repeats after 28 years."""
    first = datetime.date(2000, 1, 1)
    return (first + datetime.timedelta(days=number) for number in range(28 * 366))


@dataclasses.dataclass(frozen=True)
class MaintenanceWindow:
    """It opens when ``cron`` says so in ``zone``."""

    cron: Cron
    duration: datetime.timedelta
    zone: datetime.tzinfo

    def is_open(self, moment: datetime.datetime) -> bool:
        """From its first moment to the last before its end."""
        return next(self._starts(moment - self.duration, moment), None) is not None

    def next_start(self, moment: datetime.datetime, end: datetime.datetime) -> datetime.datetime | None:
        """The first after ``moment`` and before ``end``."""
        last = end if end - moment < _FARTHEST else moment + _FARTHEST
        return next((start for start in self._starts(moment, last) if start < end), None)

    def _starts(self, after: datetime.datetime, last: datetime.datetime) -> t.Iterator[datetime.datetime]:
        """After the one and up to the other, in order. A zone's date is that of UTC or the one before or after."""
        for ordinal in range(after.toordinal() - 1, min(last.toordinal() + 1, _LAST_DAY) + 1):
            day = datetime.date.fromordinal(ordinal)
            if self.cron.includes(day):
                starts = (datetime.datetime.combine(day, time, self.zone) for time in self.cron.times())
                moments = sorted({start.astimezone(datetime.timezone.utc) for start in starts})
                yield from (moment for moment in moments if after < moment <= last)


def opening(
    windows: t.Iterable[MaintenanceWindow], moment: datetime.datetime, end: datetime.datetime
) -> datetime.datetime | None:
    """The moment itself if a window is open then, else when the next one opens; None if none does before ``end``."""
    windows = list(windows)
    moment, end = (each.astimezone(datetime.timezone.utc) for each in (moment, end))
    if any(window.is_open(moment) for window in windows):
        return moment
    return min(filter(None, (window.next_start(moment, end) for window in windows)), default=None)


def maintenance_windows(entries: t.Sequence[t.Mapping[str, t.Any]], option: str) -> tuple[MaintenanceWindow, ...]:
    """Raises InvalidInput with every fault of every entry; ``option`` is what the list is called."""
    found, faults = [], []
    for position, entry in enumerate(entries):
        try:
            found.append(_window(entry))
        except InvalidInput as error:
            faults += [f"{option}[{position}]: {fault}" for fault in error.faults]
    if faults:
        raise InvalidInput(faults)
    return tuple(found)


def _window(entry: t.Mapping[str, t.Any]) -> MaintenanceWindow:
    faults: list[str] = []
    opens = zone = None
    try:
        opens = cron(str(entry["cron"]))
    except InvalidInput as error:
        faults += error.faults
    length = collected_duration(entry["duration"], "duration", faults)
    if length is not None and not _SHORTEST <= length <= _LONGEST:
        faults.append(f"duration {entry['duration']} isn't between a minute and a year")
    try:
        zone = _zone(entry.get("timezone") or "UTC")
    except (LookupError, ValueError, OSError):
        known = "write it as Europe/Berlin, or install tzdata there"
        faults.append(f"timezone {entry['timezone']!r} isn't known where the task runs: {known}")
    if opens is None or length is None or zone is None or faults:
        raise InvalidInput(faults)
    return MaintenanceWindow(opens, length, zone)


def _zone(name: str) -> datetime.tzinfo:
    """UTC needs no file of the system."""
    return datetime.timezone.utc if name == "UTC" else zoneinfo.ZoneInfo(name)
