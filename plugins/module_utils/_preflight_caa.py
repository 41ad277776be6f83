# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Preflight of CAA: may the CA issue?"""

from __future__ import annotations

import typing as t

from ._caa import ACCOUNT_NOT_ALLOWED, LOOKUP_ERROR, METHOD_NOT_ALLOWED, CaaAnswer, Decision, Property, decide, refusal
from ._dns_answers import Answer
from ._findings import INFO, Finding
from ._preflight_subject import Subject, View, why_failed


def check_caa(subject: Subject, view: View) -> t.Iterator[Finding]:
    wanted = subject.issuer
    if not wanted.identities:
        return
    decision = decide(subject.name, wanted, lambda name: _caa_answer(view.ask(name, "CAA")))
    if decision.allowed:
        return
    if decision.reason == LOOKUP_ERROR:
        yield _unanswered(subject, decision, view)
        return
    yield _forbidden(subject, decision)


def _forbidden(subject: Subject, decision: Decision) -> Finding:
    wanted = subject.issuer
    why, remedy = refusal(decision, subject.name, wanted)
    if decision.owner:
        why = f"{decision.found_at} is an alias of {decision.owner}, and {why}"
        # RFC 1034, 3.6.2: what the zone says of itself would have to be beside a CNAME.
        remedy = f"have CAA at {decision.owner} changed, or replace the CNAME at {decision.found_at} by addresses"
    listed = "; ".join(f'{each.flags} {each.tag} "{each.value}"' for each in decision.properties)
    if (decision.reason, "") in ((ACCOUNT_NOT_ALLOWED, wanted.account_uri), (METHOD_NOT_ALLOWED, wanted.method)):
        # What isn't known can't be compared: it may well be the account or the method that is allowed.
        return Finding(
            "caa_forbids",
            INFO,
            subject.name,
            f"CAA at {decision.found_at} allows {wanted.identities[0]} with a certain account or method only",
            listed,
            "give account_uri and method, so that they can be compared",
        )
    return subject.fatal(
        "caa_forbids",
        f"{why}, so {wanted.identities[0]} may not issue for {subject.name}",
        listed,
        remedy or f"add '0 issue \"{wanted.identities[0]}\"', or put an own CAA set at {subject.base}",
    )


def _unanswered(subject: Subject, decision: Decision, view: View) -> Finding:
    answer = view.ask(decision.error_at, "CAA")
    found = why_failed(subject, answer, view)
    if found.check in _SAY_MORE:
        return found
    return subject.fatal(
        "caa_unanswered",
        f"the CAA look-up for {decision.error_at} fails ({decision.error}), so no CA may issue for {subject.name}",
        f"{found.explanation}: {found.detail}",
        refusal(decision, subject.name, subject.issuer)[1],
    )


# Whatever was asked, it is this that is wrong.
_SAY_MORE = ("resolver_silent", "resolver_wrong_answers", "not_examined", "alias_loop")


def _caa_answer(answer: Answer) -> CaaAnswer:
    properties = tuple(Property(int(record.fields[0]), *record.fields[1:]) for record in answer.records)
    return CaaAnswer(properties, answer.failure, owner=answer.chain[-1] if len(answer.chain) > 1 else "")
