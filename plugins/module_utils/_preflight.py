# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""A preflight: all checks of a name in their order, and what the views of several places make together."""

from __future__ import annotations

import typing as t

from ._caa import ACM_METHOD
from ._findings import FATAL, Finding
from ._names import MAX_COMMON_NAME, certificate_name_faults
from ._preflight_caa import check_caa
from ._preflight_records import check_addresses, check_challenge, check_records
from ._preflight_subject import Subject, View, unanswered
from ._preflight_zones import check_hosted_zone, check_name_servers, check_registration, check_signatures

# Boulder refuses names with more.
_MAX_LABELS = 10


def check_name(subject: Subject) -> t.Iterator[Finding]:
    """The rules that need no look-up."""
    faults = certificate_name_faults(subject.name)
    if not faults and subject.wildcard and subject.over_http:
        faults.append(f'"{subject.name}" is a wildcard, which can\'t be validated over HTTP: validate by DNS')
    if not faults and "letsencrypt.org" in subject.issuer.identities and subject.base.count(".") >= _MAX_LABELS:
        faults.append(f'"{subject.name}" has more than {_MAX_LABELS} labels, and Let\'s Encrypt takes no more')
    if faults:
        yield subject.fatal("name_not_allowed", "; ".join(faults), remedy="ask for another name")
    elif subject.issuer.method == ACM_METHOD and len(subject.name) > MAX_COMMON_NAME:
        yield subject.warning(
            "name_not_allowed",
            f"\"{subject.name}\" has more than {MAX_COMMON_NAME} characters, so it can't be a certificate's first name",
            remedy="put a shorter name first",
        )


_CHECKS: tuple[t.Callable[[Subject, View], t.Iterable[Finding]], ...] = (
    check_registration,
    check_hosted_zone,
    check_challenge,
    check_caa,
    check_addresses,
    check_signatures,
    check_name_servers,
    check_records,
)


def examine_name(subject: Subject, view: View) -> list[Finding]:
    """What one view shows of a name, up to the first thing that settles it."""
    if view.fault:
        return [unanswered(subject, view, view.fault)]
    findings: list[Finding] = []
    for check in _CHECKS:
        findings += check(subject, view)
        if any(found.level == FATAL or found.check in _NOTHING_KNOWN for found in findings):
            break
    return findings


_NOTHING_KNOWN = ("resolver_silent", "resolver_wrong_answers", "not_examined")
