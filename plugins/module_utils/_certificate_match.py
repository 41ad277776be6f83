# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Discovery: the best existing certificate for each of some hosts, or why there is none.

The rules, where the tables and other projects leave room:

* Only certificates that can be attached are looked at: issued (``statuses``), valid now, not managed by CloudFront, not
  from an ACME endpoint (the client has the key), and none the caller calls ``unfit``.
* What this collection manages isn't taken for anything else, unless ``owners`` has its ``tlsops:name`` or
  ``exclude_managed`` is off: it would go when what it was requested for goes. One whose tags weren't read isn't known
  to be free, so isn't taken.
* Public and private are never mixed: where both kinds serve a host and ``type`` is ``any``, only the public ones count,
  also against a private one for the exact name. An imported certificate counts as public, as only ACM's own private
  ones are known not to be.
* At least ``min_validity`` left (7 days, as in kube-ingress-aws-controller) before less; then the exact name before a
  wildcard; then the newest, as the older one is about to be replaced. Among those about to expire: the longest-lived.
* Still equal: one that AWS renews before an imported one, the one that serves more of the hosts (fewer certificates on
  the listener), one with fewer names, the lowest ARN. So the order of the listing makes no difference.
* One certificate a host. With ``per_key_family`` the best of each family, RSA and EC, for clients that know only RSA.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import typing as t
from collections.abc import Iterable, Mapping

from ._certificates import Certificate, normalise_key_algorithm
from ._names import covers, normalise, zone_name_faults

MIN_VALIDITY = datetime.timedelta(days=7)

MATCHED = "Matched"
NO_CERTIFICATE = "NoCertificate"
NOT_ELIGIBLE = "NotEligible"
INVALID_HOST = "InvalidHost"

Kind = t.Literal["any", "public", "private"]
_LONG_AGO = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)


@dataclasses.dataclass(frozen=True)
class MatchFilters:
    """Which certificates may be taken.

    ``tags``: all of them, with these values. ``exclude_tag_keys``: none that has all these keys, whatever their values
    (what a Kubernetes controller made, for example). ``owners``: whose managed certificates may be taken even so.
    ``unfit``: ARNs the caller knows to be of no use, each with its reason ("it is self-signed").
    """

    type: Kind = "any"
    certificate_authority_arns: frozenset[str] = frozenset()
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    exclude_managed: bool = True
    owners: frozenset[str] = frozenset()
    exclude_tag_keys: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset({"ISSUED"})
    key_algorithms: frozenset[str] = frozenset()
    unfit: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)

    @property
    def needs_tags(self) -> bool:
        return bool(self.tags or self.exclude_managed or self.exclude_tag_keys)


@dataclasses.dataclass(frozen=True)
class HostMatch:
    """What was found for a host, or the reason there is none. The host is as it was given.

    ``certificates`` are more than one with ``per_key_family`` only, the best first. ``candidates`` are all whose names
    serve the host, the chosen and the passed over, by ARN.
    """

    host: str
    certificates: tuple[Certificate, ...]
    reason: str
    message: str
    candidates: tuple[Certificate, ...] = ()

    @property
    def certificate(self) -> Certificate | None:
        return self.certificates[0] if self.certificates else None


def match_hosts(
    hosts: Iterable[str],
    certificates: Iterable[Certificate],
    *,
    now: datetime.datetime,
    filters: MatchFilters | None = None,
    min_validity: datetime.timedelta = MIN_VALIDITY,
    per_key_family: bool = False,
) -> dict[str, HostMatch]:
    """The best certificate for each host. ``certificates`` are all of the Region (every page, every key type)."""
    matcher = _Matcher(hosts, certificates, filters or MatchFilters(), now, min_validity)
    return {host: matcher.match(host, per_key_family) for host in matcher.hosts}


def chosen(matches: Mapping[str, HostMatch]) -> tuple[Certificate, ...]:
    """Every certificate that was found, once, in the order of the hosts."""
    found = {certificate.arn: certificate for match in matches.values() for certificate in match.certificates}
    return tuple(found.values())


def missing(matches: Mapping[str, HostMatch]) -> str | None:
    """One message for all hosts without a certificate, which says why; None when there are none."""
    return "; ".join(match.message for match in matches.values() if not match.certificates) or None


def may_match(hosts: Iterable[str], certificate: Certificate) -> bool:
    """Whether its names can serve a host, so that its tags, CA and remaining names are worth reading."""
    return not certificate.names_complete or any(covers(name, host) for name in certificate.names for host in hosts)


def obstacles(certificate: Certificate, filters: MatchFilters, now: datetime.datetime) -> list[str]:
    """Why a certificate may not be taken, whatever the host; worded to follow "but"."""
    found = [*_unusable(certificate, filters, now), *_filtered(certificate, filters)]
    if not filters.needs_tags:
        return found
    if certificate.tags is None:
        return [*found, "its tags weren't read"]
    return found + _barred_by_tags(certificate, certificate.tags, filters)


def _unusable(certificate: Certificate, filters: MatchFilters, now: datetime.datetime) -> Iterable[str]:
    if certificate.not_after is not None and certificate.not_after <= now:
        yield f"it expired on {certificate.not_after:%Y-%m-%d}"
    elif certificate.status not in filters.statuses:
        yield f"its status is {certificate.status}"
    if certificate.not_before is not None and certificate.not_before > now:
        yield f"it is valid from {certificate.not_before:%Y-%m-%d} only"
    if certificate.managed_by:
        yield f"it is managed by {certificate.managed_by}, and nothing else can use it"
    if certificate.key_pair_origin == "ACME":
        yield "it comes from an ACME endpoint, and its key isn't with AWS"
    if certificate.arn in filters.unfit:
        yield filters.unfit[certificate.arn]


def _filtered(certificate: Certificate, filters: MatchFilters) -> Iterable[str]:
    kind = _kind(certificate)
    if filters.type not in ("any", kind):
        yield f"it is {kind}, and a {filters.type} one is wanted"
    if filters.certificate_authority_arns:
        if kind == "public":
            yield "it is public, and only certain private certificate authorities are allowed"
        elif certificate.certificate_authority_arn is None:
            yield "its certificate authority wasn't read"
        elif certificate.certificate_authority_arn not in filters.certificate_authority_arns:
            yield f"its certificate authority, {certificate.certificate_authority_arn}, is not among the allowed"
    allowed = {normalise_key_algorithm(algorithm) for algorithm in filters.key_algorithms}
    if allowed and certificate.key_algorithm not in allowed:
        yield f"its key algorithm, {certificate.key_algorithm}, is not among the allowed"


def _barred_by_tags(certificate: Certificate, tags: Mapping[str, str], filters: MatchFilters) -> list[str]:
    found = []
    if filters.exclude_managed and certificate.owned and certificate.owner_name not in filters.owners:
        by = f"for {certificate.owner_name}" if certificate.owner_name else "by this collection"
        found.append(f"it is managed {by}")
    lacking = [f"{key}={value}" for key, value in sorted(filters.tags.items()) if tags.get(key) != value]
    if lacking:
        found.append(f"it lacks the {'tags' if len(lacking) > 1 else 'tag'} {', '.join(lacking)}")
    if filters.exclude_tag_keys and filters.exclude_tag_keys <= set(tags):
        found.append(f"it is tagged with {', '.join(sorted(filters.exclude_tag_keys))}, which is excluded")
    return found


def _kind(certificate: Certificate) -> str:
    return "private" if certificate.type == "PRIVATE" else "public"


def _key_family(certificate: Certificate) -> str:
    return certificate.key_algorithm.partition("_")[0]


class _Matcher:
    def __init__(
        self,
        hosts: Iterable[str],
        certificates: Iterable[Certificate],
        filters: MatchFilters,
        now: datetime.datetime,
        min_validity: datetime.timedelta,
    ) -> None:
        self.hosts = tuple(dict.fromkeys(hosts))
        self._now, self._min_validity = now, min_validity
        # By ARN, as pages read while certificates come and go may repeat one.
        unique = {certificate.arn: certificate for certificate in certificates}
        self._by_name: dict[str, list[Certificate]] = {}
        for certificate in unique.values():
            for name in certificate.names:
                self._by_name.setdefault(name, []).append(certificate)
        self._forms = {host: _form(host) for host in self.hosts}
        self._candidates = {form: self._serving(form) for form in self._forms.values()}
        serving = [certificate for candidates in self._candidates.values() for certificate in candidates]
        self._hosts_served = collections.Counter(certificate.arn for certificate in serving)
        self._obstacles = {
            each.arn: obstacles(each, filters, now) for each in unique.values() if each.arn in self._hosts_served
        }

    def match(self, host: str, per_key_family: bool) -> HostMatch:
        form = self._forms[host]
        if not form:
            return HostMatch(host, (), INVALID_HOST, f"no certificate: {_fault(host)}")
        candidates = self._candidates[form]
        found = self._best(form, candidates, per_key_family)
        if found:
            listed = " and ".join(certificate.arn for certificate in found)
            return HostMatch(host, found, MATCHED, f"{host} is served by {listed}", candidates)
        if candidates:
            return HostMatch(host, (), NOT_ELIGIBLE, self._passed_over(host, candidates), candidates)
        message = (
            f"no certificate for {host}: none of this account and Region has that name or a wildcard directly above it"
        )
        return HostMatch(host, (), NO_CERTIFICATE, message)

    def _serving(self, form: str) -> tuple[Certificate, ...]:
        wildcard = f"*.{form.partition('.')[2]}"
        serving = [*self._by_name.get(form, ()), *self._by_name.get(wildcard, ())]
        return tuple(certificate for dummy, certificate in sorted({each.arn: each for each in serving}.items()))

    def _best(self, form: str, candidates: Iterable[Certificate], per_key_family: bool) -> tuple[Certificate, ...]:
        eligible = [certificate for certificate in candidates if not self._obstacles[certificate.arn]]
        public = [certificate for certificate in eligible if _kind(certificate) == "public"]
        # Stable: where everything else is equal the lowest ARN stays in front.
        ranked = sorted(public or eligible, key=lambda certificate: self._rank(form, certificate), reverse=True)
        if not per_key_family:
            return tuple(ranked[:1])
        first: dict[str, Certificate] = {}
        for certificate in ranked:
            first.setdefault(_key_family(certificate), certificate)
        return tuple(first.values())

    def _rank(self, form: str, certificate: Certificate) -> tuple[t.Any, ...]:
        not_before = certificate.not_before or _LONG_AGO
        not_after = certificate.not_after or _LONG_AGO
        lasts = not_after >= self._now + self._min_validity
        return (
            lasts,
            form in certificate.names,
            *((not_before, not_after) if lasts else (not_after, not_before)),
            certificate.type != "IMPORTED",
            self._hosts_served[certificate.arn],
            -len(certificate.names),
        )

    def _passed_over(self, host: str, candidates: tuple[Certificate, ...]) -> str:
        listed = [
            f"{certificate.arn} would serve it, but {' and '.join(self._obstacles[certificate.arn])}"
            for certificate in candidates[:3]
        ]
        more = f", and {len(candidates) - 3} more likewise" if len(candidates) > 3 else ""
        return f"no certificate for {host}: {', '.join(listed)}{more}"


def _form(host: str) -> str:
    """Empty for what is no DNS name."""
    return "" if zone_name_faults(host) else normalise(host)


def _fault(host: str) -> str:
    return "; ".join(zone_name_faults(host))
