# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Finding the best existing certificate for each of some hosts. Reads only."""

from __future__ import annotations

import dataclasses
import typing as t

from .._aws import acm
from .._aws.access import Access
from .._certificate_match import MatchFilters, may_match
from .._certificates import Certificate
from .._threads import gather
from . import observing


def read_candidates(access: Access, region: str, hosts: t.Sequence[str], filters: MatchFilters) -> list[Certificate]:
    """The certificates of the Region that can serve a host, with their tags, and with their CA where that decides."""
    listed = [each for each in acm.list_certificates(access, region) if may_match(hosts, each)]
    # The listing shows a hundred names; only a description has the rest.
    listed = gather(lambda each: each if each.names_complete else observing.describe(access, each), listed)
    listed = [each for each in listed if may_match(hosts, each)]
    if filters.needs_tags:
        tags = observing.tags_of(access, region, [each.arn for each in listed])
        listed = [dataclasses.replace(each, tags=tags.get(each.arn, {})) for each in listed]
    if not filters.certificate_authority_arns:
        return listed
    return gather(lambda each: _with_authority(access, each), listed)


def _with_authority(access: Access, certificate: Certificate) -> Certificate:
    if certificate.type != "PRIVATE":
        return certificate
    return observing.describe(access, certificate)
