# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Zones with one thing wrong with each: every cause of a validation that hangs, as it is on the Internet."""

from __future__ import annotations

from support.bind_internet import A1, A2, ABSENT, ALPHA, B1, B2, BETA, CAA_DROPS, CAA_FAILS, LOST, NO_AUTHORITY, SILENT
from support.bind_zones import EXPIRED, NOT_YET_VALID, NSEC, NSEC3, Zone

TARGET = "_424c7224e9b0146f9a8808af955727d0.acm-validations.aws."
_WEB = "www A 192.0.2.1\n@ A 192.0.2.1"

DELEGATION = [
    # The zone at alpha is the one that somebody writes to; the registry says beta.
    Zone("mismatch.com", ALPHA, f"{_WEB}\n_v.www CNAME {TARGET}", delegated_to=()),
    Zone("mismatch.com", BETA, _WEB),
    # One of the registry's hosts is of the operator before.
    Zone("half-moved.com", ALPHA, _WEB, delegated_to=(A1, B1)),
    Zone("half-moved.com", BETA, _WEB, delegated_to=()),
    # The registry was never told of the move within the operator.
    Zone("renamed.com", (*ALPHA, *BETA), _WEB, name_servers=BETA, delegated_to=ALPHA),
    # There are zones, but nobody was told.
    Zone("undelegated.com", ALPHA, _WEB, delegated_to=()),
    Zone("duplicate.com", ALPHA, _WEB, delegated_to=()),
    Zone("duplicate.com", BETA, _WEB),
    Zone("parted.com", ALPHA, f"_v.www.dev CNAME {TARGET}"),
    Zone("dev.parted.com", BETA, _WEB),
]
LAME = [
    Zone("lame-refused.com", (A1,), _WEB, delegated_to=(A1, B1)),
    Zone("lame-no-authority.com", (A1,), _WEB, delegated_to=(A1, NO_AUTHORITY)),
    Zone("lame-silent.com", (A1,), _WEB, delegated_to=(A1, SILENT)),
    Zone("lame-absent.com", (A1,), _WEB, delegated_to=(A1, ABSENT)),
    Zone("lame-lost.com", (A1,), _WEB, delegated_to=(A1, LOST)),
    Zone("all-lost.com", (A1,), _WEB, delegated_to=(LOST,)),
    Zone("all-lame.com", (A2,), _WEB, delegated_to=BETA),
    Zone("all-silent.com", (A2,), _WEB, delegated_to=(SILENT,)),
    Zone("all-absent.com", (A2,), _WEB, delegated_to=(ABSENT,)),
]
RECORDS = [
    Zone("missing.com", ALPHA, _WEB),
    Zone("changed.com", ALPHA, f"_v.www CNAME _other{TARGET}"),
    # An A record in the place of the CNAME, as a proxy gives it.
    Zone("proxied.com", ALPHA, "_v.www A 192.0.2.1\n_v.www AAAA 2001:db8::1"),
    Zone("appended.com", ALPHA, f"_v.www.appended.com.appended.com. CNAME {TARGET}"),
    Zone("value-appended.com", ALPHA, f"_v.www CNAME {TARGET.rstrip('.')}"),
    Zone("bare.com", ALPHA, f"v.www CNAME {TARGET}"),
    Zone("other-type.com", ALPHA, '_v.www TXT "site-verification=1"'),
    Zone("challenge-alias.com", ALPHA, "_acme-challenge.www CNAME www.vendor.plain.com."),
    Zone("wildcard.com", ALPHA, "* CNAME www.plain.com.\n@ A 192.0.2.1"),
    Zone("loop.com", ALPHA, "www CNAME ring\nring CNAME www"),
    # Half of the servers have the new record.
    Zone("lagging.com", (A1,), f"_v.www CNAME {TARGET}", name_servers=ALPHA, serial=2026112202),
    Zone("lagging.com", (A2,), "", name_servers=ALPHA, serial=2026112201, delegated_to=()),
    # Tests write to it while resolvers remember that nothing was there.
    Zone("remembered.com", ALPHA, _WEB, negative_ttl=600, updates=True),
]
CAA = [
    Zone("caa-other.com", ALPHA, '@ CAA 0 issue "letsencrypt.org"\nopen CAA 0 issue "amazon.com"'),
    Zone("caa-nobody.com", ALPHA, '@ CAA 0 issue ";"'),
    Zone("caa-wild.com", ALPHA, '@ CAA 0 issue "amazon.com"\n@ CAA 0 issuewild "letsencrypt.org"'),
    Zone("caa-critical.com", ALPHA, '@ CAA 0 issue "amazon.com"\n@ CAA 128 tbs "x"'),
    # The alias leads to somebody else's CAA (RFC 8659 3); the zone's own is in the way of nothing.
    Zone(
        "caa-alias.com",
        ALPHA,
        """
        @ CAA 0 issue "amazon.com"
        www CNAME www.caa-other.com.
        hop CNAME hop2
        hop2 CNAME caa-nobody.com.
        """,
    ),
    Zone("caa-method.com", ALPHA, '@ CAA 0 issue "letsencrypt.org; validationmethods=http-01"'),
    Zone("caa-account.com", ALPHA, '@ CAA 0 issue "letsencrypt.org; accounturi=https://acme.example.net/acct/1"'),
    # Servers that are fine, but for this type.
    Zone("caa-fails.com", (A1,), _WEB, name_servers=(CAA_FAILS,)),
    Zone("caa-drops.com", (A1,), _WEB, name_servers=(CAA_DROPS,)),
    # The name's alias leads to where nothing can be asked.
    Zone("caa-lost.com", ALPHA, "www CNAME www.all-silent.com."),
]
DNSSEC = [
    Zone("foreign-ds.com", ALPHA, _WEB, signed=NSEC, ds="foreign"),
    Zone("left-over-ds.com", ALPHA, _WEB, ds="foreign"),
    Zone("expired.com", ALPHA, _WEB, signed=EXPIRED),
    Zone("not-yet-valid.com", ALPHA, _WEB, signed=NOT_YET_VALID),
    Zone("secure-parent.com", ALPHA, _WEB, signed=NSEC3),
    Zone("bogus.secure-parent.com", BETA, _WEB, signed=NSEC, ds="foreign"),
]
SPLIT = [Zone("split.com", ALPHA, f"www A 192.0.2.1\n_v.www CNAME {TARGET}")]
#: What the resolver inside knows better.
INSIDE = (Zone("split.com", (B2,), "www A 10.0.0.1"),)

ZONES = [*DELEGATION, *LAME, *RECORDS, *CAA, *DNSSEC, *SPLIT]
