# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What an ACME CA's problem documents mean (RFC 8555, 6.7), and what to do about them."""

from __future__ import annotations

import dataclasses
import datetime
import re
import typing as t

from ._conditions import FAILED, Condition

_NAMESPACE = "urn:ietf:params:acme:error:"
# Boulder, "… retry after 2026-11-27 10:00:00 UTC: see https://letsencrypt.org/docs/rate-limits/"
_RETRY_AFTER = re.compile(r"retry after (\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:Z| UTC)", re.IGNORECASE)
_URL = re.compile(r"https://[^\s\"'<>]+")

#: Reasons that say nothing against the order: it may be gone on with.
PASSING = ("TimedOut", "NotReached")
#: What to do, by the type of the problem; {what} is what the CA says of it.
_ADVICE = {
    "accountDoesNotExist": "The CA doesn't know the account: {what} Register it, or give the key that was registered.",
    "alreadyReplaced": "The CA has a successor of this certificate already: {what}",
    "badCSR": "The CA doesn't take the certificate signing request: {what}",
    "badNonce": "The CA refused one nonce after the other: {what} Run again.",
    "badPublicKey": "The CA doesn't take keys of this kind: {what} Choose another key algorithm.",
    "badSignatureAlgorithm": "The CA doesn't take signatures of this kind of account key: {what}",
    "caa": "CAA records don't allow this CA: {what}",
    "connection": "The CA couldn't connect to validate: {what}",
    "dns": "The CA couldn't look the challenge up in the DNS: {what}",
    "externalAccountRequired": "The CA wants an account of its own to be bound: {what} Give acme_certificates_eab.",
    "incorrectResponse": "The CA saw another value than the challenge's: {what}",
    "invalidContact": "The CA doesn't take the contact: {what}",
    "invalidProfile": "The CA has no such profile: {what}",
    "malformed": "The CA doesn't understand the request: {what}",
    "orderNotReady": "The order isn't ready: {what} Run again.",
    "rejectedIdentifier": "The CA doesn't issue for this name: {what}",
    "serverInternal": "The CA has failed: {what} Run again later.",
    "unauthorized": "The CA didn't see what it wanted, or the account may not do this: {what}",
    "unsupportedContact": "The CA doesn't take contacts of this kind: {what}",
    "unsupportedIdentifier": "The CA doesn't issue for names of this kind: {what}",
    "userActionRequired": "The CA wants somebody to do something first: {what}",
}


@dataclasses.dataclass(frozen=True)
class Problem:
    """Why an order has failed. ``retry_after`` is when the CA may be asked again, where it says so."""

    condition: Condition
    retry_after: datetime.datetime | None = None


def rate_limited(answer: t.Any) -> bool:
    """Whether a problem document speaks of a limit that no short pause helps against."""
    return isinstance(answer, dict) and answer.get("type") == f"{_NAMESPACE}rateLimited"


def problem_of(result: t.Mapping[str, t.Any]) -> Problem:
    """From the result of a module of community.crypto that has failed."""
    if result.get("timed_out"):
        return _failed("TimedOut", "The CA wasn't done when the time was up: run again to go on with the order.")
    other = result.get("other") or {}
    authorization = other.get("authorization") or {}
    for challenge in authorization.get("challenges") or []:
        if challenge.get("error"):
            return explain(challenge["error"], str(other.get("identifier", "")).partition(":")[2])
    if (other.get("problem") or {}).get("type"):
        subproblems = other.get("subproblems") or []
        return explain(other["problem"], *(f"{_name(each)}{each.get('detail', '')}" for each in subproblems))
    message = " ".join(str(result.get("msg") or "the module said nothing").split())
    status = other.get("http_status")
    if "bad state" in message or "got status" in message:
        return _failed("OrderLost", f"The order can't be completed any more: {message}")
    if status is None and "does not support" in message:
        return _failed("NotSupported", message)
    return _failed("NotReached", f"The CA couldn't be reached, or gave no answer that could be read: {message}")


def explain(problem: t.Mapping[str, t.Any], *more: str) -> Problem:
    """A problem document in a sentence; ``more`` are names or texts that belong to it."""
    kind = str(problem.get("type", "")).replace(_NAMESPACE, "")
    detail = " ".join(str(problem.get("detail") or problem.get("title") or kind).split())
    what = _sentence(": ".join(part for part in (*more, detail) if part))
    if kind == "rateLimited":
        return _limited(detail, what, problem.get("retry_after"))
    token = kind[:1].upper() + kind[1:] if kind.isalnum() else "Refused"
    return _failed(token, _ADVICE.get(kind, "The CA refuses: {what}").format(what=what))


def _limited(detail: str, what: str, header: t.Any) -> Problem:
    url = _URL.search(detail)
    if "unpause" in detail.lower() or ("paused" in detail.lower() and url):
        where = f" Unpause it at {url.group().rstrip('.,')}" if url else ""
        return _failed("Paused", f"The CA has paused this name for the account after many failures: {what}{where}")
    moment = _moment(detail, header)
    until = f" It may be asked again at {moment.isoformat()}." if moment else ""
    return _failed("RateLimited", f"A rate limit of the CA is used up: {what}{until}", moment)


def _moment(detail: str, header: t.Any) -> datetime.datetime | None:
    if found := _RETRY_AFTER.search(detail):
        return datetime.datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00")
    return datetime.datetime.fromisoformat(header) if isinstance(header, str) else None


def _failed(reason: str, message: str, moment: datetime.datetime | None = None) -> Problem:
    return Problem(Condition(FAILED, reason, _sentence(message)), moment)


def _name(subproblem: t.Mapping[str, t.Any]) -> str:
    value = (subproblem.get("identifier") or {}).get("value")
    return f"{value}: " if value else ""


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) or _URL.search(text.rsplit(" ", 1)[-1]) else f"{text}."
