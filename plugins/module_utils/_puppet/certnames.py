# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What a Puppet CA accepts, checked before it is asked: it answers many mistakes with a 500, and takes some of them."""

from __future__ import annotations

import re
import typing as t

# RFC 5280, ub-common-name.
_LONGEST = 64
_LABEL = re.compile(r"^[a-z0-9_-]*[a-z0-9_]$")
# ca-ttl of Puppet Server: at most 50 years.
LONGEST_TTL = 1576800000


def certname_faults(name: str) -> list[str]:
    """What keeps a text from being a certname; it becomes the common name, a file name, and a part of the URL."""
    if not name:
        return ["certname is empty"]
    if name == "ca":
        return ['certname "ca" is reserved: the CA signs it, but answers with its own certificate when it is fetched']
    if name != name.lower():
        return [f'certname "{name}" has upper-case letters, and the CA takes lower case only']
    if len(name) > _LONGEST:
        return [f'certname "{name}" has {len(name)} characters, and a common name takes at most {_LONGEST}']
    if name.endswith("."):
        return [f'certname "{name}" ends with a dot: leave it out']
    if name.startswith("-") or not all(map(_LABEL.match, name.split("."))):
        allowed = "labels of a-z, 0-9, hyphen and underscore that don't end with a hyphen"
        return [f'certname "{name}" isn\'t one that the CA takes: {allowed}']
    return []


def cert_ttl_faults(value: t.Any) -> list[str]:
    """The CA takes 0 and less, too, and signs certificates that have expired already."""
    if isinstance(value, bool) or not isinstance(value, int):
        return [f"cert_ttl is a whole number of seconds, not {value!r}"]
    if not 0 < value <= LONGEST_TTL:
        return [f"cert_ttl must be between 1 and {LONGEST_TTL} seconds (50 years), not {value}"]
    return []
