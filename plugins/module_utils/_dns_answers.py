# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Answers of the DNS as data, and what they say: where a zone begins, where aliases lead."""

from __future__ import annotations

import dataclasses
import typing as t

from ._names import labels

# What lego allows; resolvers give up after 8 to 16.
MAX_ALIASES = 50

# Why there is no answer at all.
TIME_OUT = "time-out"
UNREACHABLE = "unreachable"
WRONG_ANSWER = "wrong answer"
TRUNCATED = "truncated"
NO_TIME_LEFT = "no time left"
NO_AUTHORITY = "no authority"
NO_ADDRESS = "no address"
TOO_MANY_ALIASES = "too many aliases"


@dataclasses.dataclass(frozen=True)
class Record:
    """Names are in lower case without a trailing dot; ``fields`` are what counts, the strings of a TXT joined."""

    name: str
    type: str
    fields: tuple[str, ...]
    ttl: int = 300

    @property
    def value(self) -> str:
        return self.fields[0]


@dataclasses.dataclass(frozen=True)
class Answer:
    """What one server said to one question; or, with a ``fault``, that it said nothing of use."""

    name: str
    rdtype: str
    rcode: str = "NOERROR"
    answer: tuple[Record, ...] = ()
    authority: tuple[Record, ...] = ()
    additional: tuple[Record, ...] = ()
    authoritative: bool = False
    authenticated: bool = False
    #: Extended DNS errors (RFC 8914): code, and text if there is any.
    errors: tuple[tuple[int, str], ...] = ()
    server: str = ""
    fault: str = ""

    @property
    def failure(self) -> str:
        """Why it can't be known what there is; empty when it can. That a name doesn't exist is no failure."""
        return self.fault or ("" if self.rcode in ("NOERROR", "NXDOMAIN") else self.rcode)

    @property
    def chain(self) -> tuple[str, ...]:
        """The name asked for, and where its aliases lead, as far as the answer has them. A circle ends it."""
        return follow(self.name, self._targets().get)[0]

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the type asked for, at the end of the chain."""
        return tuple(record.value for record in self.records)

    @property
    def records(self) -> tuple[Record, ...]:
        end = self.name if self.rdtype == "CNAME" else self.chain[-1]
        return tuple(record for record in self.answer if (record.name, record.type) == (end, self.rdtype))

    @property
    def alias(self) -> str:
        """The target of the CNAME at the name itself; empty when there is none."""
        return self._targets().get(self.name, "")

    @property
    def ttl(self) -> int | None:
        """For how long it may be remembered; None when it has no records that would say."""
        return min((record.ttl for record in self.answer), default=None)

    @property
    def negative_ttl(self) -> int | None:
        """For how long it may be remembered that there is nothing (RFC 2308, 5); None when it doesn't say."""
        soas = [record for record in self.authority if record.type == "SOA"]
        return min(soas[0].ttl, int(soas[0].fields[2])) if soas else None

    @property
    def error_texts(self) -> str:
        return "; ".join(f"{code} {text}".strip() for code, text in self.errors)

    def _targets(self) -> dict[str, str]:
        return {record.name: record.value for record in self.answer if record.type == "CNAME"}


def clock_error(answer: Answer, now: float) -> int:
    """By how many seconds at least a clock is wrong, if a validating resolver has found these signatures good."""
    signatures = [record for record in answer.answer if record.type == "RRSIG"] if answer.authenticated else []
    errors = [max(int(each.fields[1]) - now, now - int(each.fields[2])) for each in signatures]
    return max(0, round(min(errors, default=0.0)))


def follow(start: str, target_of: t.Callable[[str], str | None]) -> tuple[tuple[str, ...], str]:
    """The names from the start along the aliases, and why the chain has no end: ``loop``, or too many of them."""
    chain = [start]
    while (target := target_of(chain[-1])) and len(chain) <= MAX_ALIASES:
        if target in chain:
            return tuple(chain), "loop"
        chain.append(target)
    return tuple(chain), f"too many CNAMEs (limit {MAX_ALIASES})" if len(chain) > MAX_ALIASES else ""


@dataclasses.dataclass(frozen=True)
class ZoneFound:
    """The zone that a name lies in, or the answer that ended the search; neither when no part of the name exists."""

    zone: str = ""
    failed: Answer | None = None


def find_zone(name: str, ask: t.Callable[[str, str], Answer]) -> ZoneFound:
    """The nearest name at or above this one that has a SOA record of its own.

    One behind a CNAME is the target's, as no zone's apex is an alias (RFC 2181, 10.1). A look-up that fails ends the
    search, since beyond it another zone would be taken for the name's own.
    """
    parts = labels(name)
    for start in range(len(parts)):
        answer = ask(".".join(parts[start:]), "SOA")
        if answer.failure:
            return ZoneFound(failed=answer)
        if len(answer.chain) == 1 and answer.records:
            return ZoneFound(answer.name)
    return ZoneFound()
