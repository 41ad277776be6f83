# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The DNS as recursive resolvers show it."""

from __future__ import annotations

import typing as t

from .._dns_answers import Answer
from .._preflight_subject import Delegation
from .exchange import Question
from .questions import Questions
from .resolver import Nameserver


class ResolverView:
    """One resolver; or the system's, of which any that answers will do."""

    authoritative = False

    def __init__(self, questions: Questions, servers: t.Sequence[Nameserver], label: str) -> None:
        self._questions = questions
        self._servers = servers
        self.label = label
        # Asked first, so that one that is dead isn't mistaken for one that waits for a dead zone.
        self.root = self.ask("", "NS")
        self.fault = self.root.failure

    def ask(self, name: str, rdtype: str) -> Answer:
        return self._ask(name, rdtype, unchecked=False)

    def ask_unchecked(self, name: str, rdtype: str) -> Answer:
        return self._ask(name, rdtype, unchecked=True)

    def _ask(self, name: str, rdtype: str, unchecked: bool) -> Answer:
        question = Question(Nameserver(""), name, rdtype, unchecked=unchecked)
        return self._questions.ask_any(self._servers, question)

    def delegation(self, zone: str) -> Delegation:
        """As a resolver has it: mostly the set at the zone's own apex, which should be the one at the parent."""
        return Delegation(zone, tuple(sorted(self.ask(zone, "NS").values)))

    def addresses(self, host: str) -> frozenset[str]:
        return frozenset(self.ask(host, "A").values + self.ask(host, "AAAA").values)

    def ask_each(self, zone: str, name: str, rdtype: str) -> dict[str, Answer]:
        return {}

    def signature_fault(self, name: str) -> tuple[str, str]:
        """A resolver either validates by itself, or believes anything."""
        return "", ""
