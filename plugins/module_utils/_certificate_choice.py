# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Reuse or request: which certificate serves what is wanted, which ones it replaces, and the token of a new request.

The rules (DESIGN: "look first, then ask"):

* ``ISSUED`` or ``PENDING_VALIDATION`` with the same set of names, certificate authority and key algorithm is reused:
  issued before pending, then the newest. Imported, e-mail-validated and CloudFront-managed certificates are not, nor
  those of ACM's ACME endpoints: load balancers and CloudFront can't use them.
* A certificate that carries another ``tlsops:name`` is somebody else's; an unnamed want may share it, a named one
  may not.
* Ownership comes from requesting. Reusing a certificate that somebody else made doesn't make it ours: it is never
  superseded, never deleted by name, and its tags are only added to.
* ``superseded`` are the other certificates with the wanted ``tlsops:name`` in that Region. Nothing here deletes them.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import typing as t

from ._certificates import MANAGED_BY, TAG_MANAGED_BY, TAG_NAME, TAG_REQUEST, Certificate, WantedCertificate
from ._names import covers_all

_NEVER = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)


@dataclasses.dataclass(frozen=True)
class Choice:
    """``certificate`` is the one to reuse, or None: request one, with ``token``."""

    wanted: WantedCertificate
    certificate: Certificate | None
    superseded: tuple[Certificate, ...] = ()
    dead: tuple[Certificate, ...] = ()


def choose(wanted: WantedCertificate, certificates: t.Iterable[Certificate]) -> Choice:
    """Decide for one wanted certificate among those of its Region."""
    certificates = list(certificates)
    usable = [certificate for certificate in certificates if certificate.live and serves(wanted, certificate)]
    best = max(usable, key=lambda certificate: _preference(wanted, certificate), default=None)
    own = [certificate for certificate in certificates if wanted.name and certificate.owner_name == wanted.name]
    return Choice(
        wanted=wanted,
        certificate=best,
        # One that would serve as well is a double, and replaces nothing.
        superseded=tuple(certificate for certificate in own if certificate not in usable),
        # By the names alone: tags may not be known yet, and one dead certificate too many does no harm.
        dead=tuple(each for each in certificates if not each.live and each.names == set(wanted.names)),
    )


def serves(wanted: WantedCertificate, certificate: Certificate) -> bool:
    """Whether ``certificate`` is what is wanted. Needs its tags, and its description unless the tags identify it."""
    return (
        _may_serve(wanted, certificate)
        and certificate.owner_name in (None, wanted.name or certificate.owner_name)
        and (_is_ours_exactly(wanted, certificate) or _described_alike(wanted, certificate))
    )


def needs_description(wanted: WantedCertificate, certificate: Certificate) -> bool:
    """Whether ``serves`` can't be answered from the listing and the tags.

    The listing lacks the CA and the validation method. A certificate of ours says by its ``tlsops:request`` tag what it
    was requested as, so a converged run describes nothing.
    """
    return (
        certificate.live
        and not certificate.described
        and _may_serve(wanted, certificate)
        and not _is_ours_exactly(wanted, certificate)
    )


def may_be_meant(wanted: WantedCertificate, certificate: Certificate) -> bool:
    """Whether the tags of ``certificate`` can matter: it shares a name. The rest of the account needn't be read."""
    return bool(certificate.names & set(wanted.names)) or _may_serve(wanted, certificate)


def may_be_ours(certificate: Certificate) -> bool:
    """Whether it is of a kind that this collection requests."""
    return (
        certificate.type in ("AMAZON_ISSUED", "PRIVATE")
        and certificate.managed_by is None
        and certificate.key_pair_origin in (None, "AWS_MANAGED")
    )


def _may_serve(wanted: WantedCertificate, certificate: Certificate) -> bool:
    return (
        may_be_ours(certificate)
        and certificate.type == ("PRIVATE" if wanted.private else "AMAZON_ISSUED")
        and certificate.key_algorithm == wanted.key_algorithm
        and _names_fit(wanted, certificate)
    )


def _names_fit(wanted: WantedCertificate, certificate: Certificate) -> bool:
    if wanted.match == "covers":
        return covers_all(certificate.names, wanted.names)
    return certificate.names_complete and certificate.names == set(wanted.names)


def _is_ours_exactly(wanted: WantedCertificate, certificate: Certificate) -> bool:
    return certificate.owned and (certificate.tags or {}).get(TAG_REQUEST) == fingerprint(wanted)


def _described_alike(wanted: WantedCertificate, certificate: Certificate) -> bool:
    if not certificate.described:
        return False
    if wanted.private:
        return certificate.certificate_authority_arn == wanted.certificate_authority_arn
    return certificate.validation_method in (None, "DNS")


def _preference(wanted: WantedCertificate, certificate: Certificate) -> tuple[t.Any, ...]:
    return (
        certificate.status == "ISSUED",
        certificate.names == set(wanted.names),
        certificate.owned and certificate.owner_name == wanted.name,
        certificate.created_at or certificate.not_before or _NEVER,
        certificate.arn,
    )


def fingerprint(wanted: WantedCertificate) -> str:
    """32 hex characters that name what is requested: names, CA, key algorithm, and DNS validation."""
    return _digest([sorted(wanted.names), wanted.certificate_authority_arn, wanted.key_algorithm, "DNS"])


def idempotency_token(wanted: WantedCertificate, dead: t.Iterable[str] = ()) -> str:
    """The token of a new request: 32 hex characters over all of the request and its generation.

    ACM answers a token seen within the hour with the ARN it gave then, whatever the other parameters say, and even if
    that certificate has failed since. So everything that makes a request another one is in it, and ``dead`` - the ARNs
    that must not come back - is the generation.
    """
    tags = sorted((wanted.tags or {}).items())
    return _digest([fingerprint(wanted), wanted.domain_name, wanted.region, wanted.name, tags, sorted(dead)])


def _digest(content: t.Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def request_tags(wanted: WantedCertificate) -> dict[str, str]:
    """Every tag a certificate of ours carries; the ownership tags can't be overridden."""
    tags = dict(wanted.tags or {})
    tags.update({TAG_MANAGED_BY: MANAGED_BY, TAG_REQUEST: fingerprint(wanted)})
    if wanted.name:
        tags[TAG_NAME] = wanted.name
    return tags


@dataclasses.dataclass(frozen=True)
class TagChange:
    add: t.Mapping[str, str]
    remove: t.Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.add or self.remove)


def tag_change(wanted: WantedCertificate, certificate: Certificate) -> TagChange:
    """What makes the tags of a reused certificate right. Needs its tags.

    ``aws:`` tags are AWS's own. Of a certificate that isn't ours nothing is removed. With ``match: covers`` a
    certificate may serve several wants, so its ownership tags stay as they are.
    """
    current = dict(certificate.tags or {})
    desired = dict(wanted.tags or {})
    if certificate.owned and wanted.name and certificate.owner_name is None:
        desired[TAG_NAME] = wanted.name
    remove = {}
    if certificate.owned and wanted.tags is not None and wanted.purge_tags:
        remove = {k: v for k, v in current.items() if k not in desired and not k.startswith(("aws:", "tlsops:"))}
    return TagChange({k: v for k, v in desired.items() if current.get(k) != v}, remove)
