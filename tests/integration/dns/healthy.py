# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that nothing is wrong with, however their zones are built: about each of them a preflight has to be silent."""

from __future__ import annotations

from support.bind_internet import A1, A2, ALPHA, B1, BETA, MANY, NO_EDNS, SIX
from support.bind_zones import EXPIRED, NSEC, NSEC3, NSEC3_OPT_OUT, TWO_KEYS, NameServer, Zone

_LABELS = ("a", "b", "c", "d", "e", "f", "g", "h")
_LONG_TEXT = " ".join(f'"{str(number) * 200}"' for number in range(8))


def _below(zone: str, *labels: str) -> list[str]:
    return [zone, f"*.{zone}", *(f"{label}.{zone}" for label in labels)]


_OWN_HOSTS = (
    NameServer("ns1.own-hosts.com", "127.54.1.3", "first"),
    NameServer("ns2.own-hosts.com", "127.54.2.3", "second"),
)
_CHAIN = tuple(NameServer(host, "127.54.1.1") for host in ("ns.chain.org", "ns.chain.io", "ns1.alpha-dns.net"))
_SITES = "www A 192.0.2.1\nwww AAAA 2001:db8::1\n@ A 192.0.2.1\n@ MX 10 www"
_CAA_OPEN = '@ CAA 0 issue "amazon.com"\n@ CAA 0 issue "letsencrypt.org"\n@ CAA 0 iodef "mailto:security@example.net"'

ZONES = [
    Zone("plain.com", ALPHA, _SITES),
    Zone("plain.io", ALPHA, _SITES),
    Zone("shop.co.uk", BETA, _SITES, signed=NSEC),
    Zone("own-hosts.com", _OWN_HOSTS, _SITES),
    Zone("one-server.com", (A1,), _SITES),
    Zone("many-servers.net", MANY, _SITES, signed=NSEC3),
    Zone("six.com", (A2, SIX), _SITES),
    Zone("two-operators.com", (*ALPHA, *BETA), _SITES),
    # The parent may list fewer servers, or others that serve the same: the registry's is not always the newest list.
    Zone("fewer-at-parent.com", (A1, A2, B1), _SITES, delegated_to=(A1, A2)),
    # Servers of the parent, of which one is the child's, too: no referral is ever seen.
    Zone("same-servers.com", ALPHA, _SITES),
    Zone("inner.same-servers.com", ALPHA, _SITES),
    # Hosts without glue, each found by the next one's.
    Zone("chain.com", (_CHAIN[0],), _SITES),
    Zone("chain.org", (_CHAIN[1],), "ns A 127.54.1.1"),
    Zone("chain.io", (_CHAIN[2],), "ns A 127.54.1.1"),
    Zone("six-only.com", (SIX,), _SITES),
    # Signed in the ways there are.
    Zone("signed.com", ALPHA, _SITES, signed=NSEC),
    Zone("two-keys.com", BETA, _SITES, signed=TWO_KEYS),
    Zone("signed.org", BETA, _SITES, signed=NSEC3),
    Zone("opt-out.net", ALPHA, _SITES, signed=NSEC3_OPT_OUT),
    Zone("signed-child.signed.com", BETA, _SITES, signed=NSEC),
    Zone("unsigned-child.signed.com", BETA, _SITES),
    Zone("unsigned-child.opt-out.net", BETA, _SITES),
    # Nobody trusts these signatures, so nobody minds that they are old.
    Zone("island.com", ALPHA, _SITES, signed=EXPIRED, ds=""),
    Zone("unknown-algorithm.com", ALPHA, _SITES, ds="unknown"),
    Zone("wild.com", ALPHA, "* A 192.0.2.1\n* TXT wild\n@ A 192.0.2.1"),
    Zone("wild-signed.com", BETA, "* A 192.0.2.1", signed=NSEC),
    Zone(
        "alias.com",
        ALPHA,
        """
        www CNAME www.plain.com.
        far CNAME near
        near CNAME nearer
        nearer CNAME www.signed.org.
        UPPER CNAME WWW.Plain.COM.
        nowhere CNAME gone.plain.com.
        cdn CNAME d111111abcdef8.acm-validations.aws.
        zero 0 CNAME www.plain.io.
        moved DNAME plain.com.
        """,
    ),
    # Labels between that nothing is at, and cuts at some of them.
    Zone("deep.com", ALPHA, "a.b.c.d.e.f.g A 192.0.2.1"),
    Zone("cut.com", ALPHA, "www A 192.0.2.1"),
    Zone("one.cut.com", BETA, "www A 192.0.2.1"),
    Zone("three.two.one.cut.com", ALPHA, "www A 192.0.2.1", signed=NSEC),
    # The way challenges are delegated to a server of their own.
    Zone("_acme-challenge.www.cut.com", BETA),
    Zone("xn--bcher-kva.com", ALPHA, _SITES),
    Zone("xn--4gbrim.xn--bcher-kva.com", BETA, _SITES),
    Zone("caa-open.com", ALPHA, _CAA_OPEN, signed=NSEC),
    Zone(
        "caa-detail.com",
        ALPHA,
        """
        @ CAA 0 issue ";"
        www CAA 0 issue "Amazon.com; validationmethods=dns-01"
        www CAA 0 issue "letsencrypt.org; validationmethods=dns-01"
        only-wild CAA 0 issuewild "amazontrust.com"
        only-wild CAA 0 issue "awstrust.com"
        only-wild CAA 0 issuewild "letsencrypt.org"
        only-wild CAA 0 issue "letsencrypt.org"
        foreign CAA 0 tbs "unknown, but not critical"
        foreign CAA 0 issue "amazonaws.com"
        foreign CAA 0 issue "letsencrypt.org"
        closed CAA 0 issue ";"
        open.closed CAA 0 issue "amazon.com"
        open.closed CAA 0 issue "letsencrypt.org"
        no-issue CAA 0 iodef "mailto:security@example.net"
        alias CNAME caa-open.com.
        """,
    ),
    # Answers that don't fit in a datagram.
    Zone(
        "large.com",
        ALPHA,
        "\n".join(
            [
                f"@ TXT {_LONG_TEXT}",
                f"www TXT {_LONG_TEXT}",
                *(f'@ CAA 0 issue "ca{number}.example.net; account={"x" * 60}"' for number in range(20)),
                '@ CAA 0 issue "amazon.com"',
                '@ CAA 0 issue "letsencrypt.org"',
            ]
        ),
        signed=NSEC,
    ),
    Zone("no-edns.com", (A1,), _SITES, name_servers=(A1, NO_EDNS)),
    # Delegated by registries, but a name server's clock, serial and TTL are its own.
    Zone("serial.com", (A1,), _SITES, name_servers=(A1, B1), serial=7),
    Zone("serial.com", (B1,), _SITES, name_servers=(A1, B1), serial=8, delegated_to=()),
    Zone("short-ttl.com", ALPHA, "$TTL 0\nwww A 192.0.2.1\nalias CNAME www", negative_ttl=0),
    # What no person would write, but software does.
    Zone(
        "odd.com",
        ALPHA,
        r"""
        root CNAME .
        dotted CNAME a\.b.plain.com.
        spaced CNAME a\032b.plain.com.
        binary TXT "\000\255\"\\"
        @ CAA 0 issue "amazon.com"
        @ CAA 0 issue "letsencrypt.org"
        @ CAA 0 iodef "\255"
        @ CAA 0 x "\000"
        """,
    ),
    # A hosted zone with ACM's record in it, in the spellings that mean the same.
    Zone(
        "validated.com",
        ALPHA,
        """
        _a79865eb4cd1a6ab990a45779b4e0b96 CNAME _424c7224e9b0146f9a8808af955727d0.acm-validations.aws.
        _1.www CNAME _AB.ACM-Validations.aws.
        * A 192.0.2.1
        """,
    ),
    Zone("validated-signed.com", BETA, "_2 CNAME _cd.acm-validations.aws.", signed=NSEC3),
]

NAMES = [
    *_below("plain.com", "www", "new", "x.y.z"),
    *_below("plain.io", "www", "new", "x.y.z", *_LABELS),
    *_below("shop.co.uk", "www", "new", "mail"),
    *_below("own-hosts.com", "www", "new", "ns1"),
    *_below("one-server.com", "www", "new"),
    *_below("many-servers.net", "www", "new", *_LABELS),
    *_below("six.com", "www", "new"),
    *_below("six-only.com", "www", "new"),
    *_below("chain.com", "www", "new"),
    *_below("two-operators.com", "www", "new"),
    *_below("fewer-at-parent.com", "www", "new"),
    *_below("same-servers.com", "www", "new"),
    *_below("inner.same-servers.com", "www", "new"),
    *_below("signed.com", "www", "new", "x.y.z", *_LABELS),
    *_below("signed.org", "www", "new", "x.y.z", *_LABELS),
    *_below("two-keys.com", "www", "new"),
    *_below("opt-out.net", "www", "new", *_LABELS),
    *_below("signed-child.signed.com", "www", "new"),
    *_below("unsigned-child.signed.com", "www", "new"),
    *_below("unsigned-child.opt-out.net", "www", "new"),
    *_below("island.com", "www", "new"),
    *_below("unknown-algorithm.com", "www", "new"),
    *_below("wild.com", "www", "any", "x.y.z", *_LABELS),
    *_below("wild-signed.com", "www", "any", *_LABELS),
    *(
        f"{label}.alias.com"
        for label in ("www", "below.www", "far", "near", "upper", "nowhere", "cdn", "zero", "www.moved")
    ),
    *("deep.com", "g.deep.com", "d.e.f.g.deep.com", "a.b.c.d.e.f.g.deep.com", "*.b.c.d.e.f.g.deep.com"),
    *_below("cut.com", "www", "new"),
    *_below("one.cut.com", "www", "two", "x.two"),
    *_below("three.two.one.cut.com", "www", "new"),
    *("bücher.com", "*.bücher.com", "www.bücher.com", "BÜCHER.com", "xn--bcher-kva.com", "موقع.bücher.com"),
    *_below("validated.com", "www", "new"),
    *_below("validated-signed.com", "www", "new"),
    *_below("caa-open.com", "www", "new", "x.y.z"),
    *("www.caa-detail.com", "x.www.caa-detail.com", "*.only-wild.caa-detail.com", "only-wild.caa-detail.com"),
    *("foreign.caa-detail.com", "open.closed.caa-detail.com", "no-issue.caa-detail.com", "alias.caa-detail.com"),
    *_below("large.com", "www", "new"),
    *_below("no-edns.com", "www", "new"),
    *_below("serial.com", "www", "new"),
    *_below("odd.com", "root", "dotted", "spaced", "binary"),
    *_below("short-ttl.com", "www", "alias"),
]

RECORDS = [
    {
        "name": "_a79865eb4cd1a6ab990a45779b4e0b96.validated.com.",
        "type": "CNAME",
        "value": "_424c7224e9b0146f9a8808af955727d0.acm-validations.aws.",
        "domain_names": ["validated.com", "*.validated.com"],
    },
    {
        "name": "_1.www.validated.com.",
        "type": "CNAME",
        "value": "_ab.acm-validations.aws.",
        "domain_names": ["www.validated.com"],
    },
    {
        "name": "_2.validated-signed.com.",
        "type": "CNAME",
        "value": "_cd.acm-validations.aws.",
        "domain_names": ["validated-signed.com"],
    },
]
"""Validation records that are there, of names that are healthy with them."""
