# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The viewer certificate of a CloudFront distribution: what CloudFront takes, and the configuration that has it."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ._certificate_options import CERTIFICATE_ARN
from ._certificates import CLOUDFRONT_REGION, Certificate
from ._errors import InvalidInput
from ._names import covers

# CreateDistribution, MinimumProtocolVersion, but for SSLv3 and TLSv1, which no viewer needs.
PROTOCOL_VERSIONS = (
    "TLSv1_2016",
    "TLSv1.1_2016",
    "TLSv1.2_2018",
    "TLSv1.2_2019",
    "TLSv1.2_2021",
    "TLSv1.2_2025",
    "TLSv1.3_2025",
)
DISTRIBUTION_ARGUMENTS: dict[str, t.Any] = {
    "distribution_id": {"type": "str"},
    "alias": {"type": "str"},
    "certificate_arn": {"type": "str"},
    "minimum_protocol_version": {"type": "str", "choices": list(PROTOCOL_VERSIONS)},
    "ssl_support_method": {"type": "str", "choices": ["sni-only", "vip", "static-ip"]},
}
_DEFAULT_PROTOCOL_VERSION = "TLSv1.2_2021"
_DEFAULT_SUPPORT_METHOD = "sni-only"
# "Supported key sizes": https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
_KEY_ALGORITHMS = frozenset({"RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1"})
_DISTRIBUTION_ID = re.compile(r"^[A-Z0-9]{5,32}$")


@dataclasses.dataclass(frozen=True)
class WantedDistribution:
    """A distribution by its id or one of its aliases; None in the last two keeps what it has."""

    certificate_arn: str
    distribution_id: str | None = None
    alias: str | None = None
    minimum_protocol_version: str | None = None
    ssl_support_method: str | None = None

    @property
    def label(self) -> str:
        return self.distribution_id or str(self.alias)


def wanted_distributions(entries: t.Sequence[t.Mapping[str, t.Any]]) -> list[WantedDistribution]:
    """Raises InvalidInput with every fault of every entry."""
    wanted, faults = [], []
    for position, entry in enumerate(entries):
        where = f"distributions[{position}]: " if len(entries) > 1 else ""
        faults += [where + fault for fault in _entry_faults(entry)]
        wanted.append(
            WantedDistribution(
                entry.get("certificate_arn") or "",
                entry.get("distribution_id") or None,
                (entry.get("alias") or "").lower() or None,
                entry.get("minimum_protocol_version"),
                entry.get("ssl_support_method"),
            )
        )
    if faults:
        raise InvalidInput(faults)
    return wanted


def _entry_faults(entry: t.Mapping[str, t.Any]) -> list[str]:
    faults = []
    if bool(entry.get("distribution_id")) == bool(entry.get("alias")):
        faults.append("say which distribution: either distribution_id or alias")
    if entry.get("distribution_id") and not _DISTRIBUTION_ID.match(entry["distribution_id"]):
        faults.append(f"distribution_id {entry['distribution_id']!r} isn't the ID of a distribution (E1ABCDEFGHIJKL)")
    arn = entry.get("certificate_arn")
    found = CERTIFICATE_ARN.match(arn or "")
    if not found:
        faults.append(f"certificate_arn {arn!r} isn't the ARN of an ACM certificate")
    elif found["region"] != CLOUDFRONT_REGION:
        faults.append(
            f"{arn} is in {found['region']}, and CloudFront takes certificates from {CLOUDFRONT_REGION} only: request "
            "it there (cloudfront: true)"
        )
    return faults


def certificate_problems(arn: str, certificate: Certificate | None, aliases: t.Iterable[str]) -> list[str]:
    """Why CloudFront would refuse the certificate for a distribution with these aliases."""
    if certificate is None:
        return [f"{arn} doesn't exist (any more)"]
    if certificate.status != "ISSUED":
        message = certificate.condition.message
        return [f"{arn} is {certificate.status}, and only an ISSUED certificate can be attached: {message}"]
    problems = []
    if certificate.key_pair_origin == "ACME":
        problems.append(f"{arn} comes from an ACME endpoint of ACM: CloudFront can't use those")
    if certificate.key_algorithm not in _KEY_ALGORITHMS:
        problems.append(f"{arn} has a {certificate.key_algorithm} key: CloudFront takes RSA keys and EC_prime256v1")
    bare = sorted(alias for alias in aliases if not any(covers(name, alias) for name in certificate.names))
    if bare and certificate.names_complete:
        names = ", ".join(sorted(certificate.names))
        problems.append(f"{arn} ({names}) doesn't cover the aliases {', '.join(bare)}")
    return problems


def viewer_certificate(wanted: WantedDistribution, current: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The wanted ViewerCertificate. What isn't said is kept, unless CloudFront's own certificate was there."""
    had_own = bool(current.get("ACMCertificateArn") or current.get("IAMCertificateId"))
    kept = current if had_own else {}
    return {
        "CloudFrontDefaultCertificate": False,
        "ACMCertificateArn": wanted.certificate_arn,
        "SSLSupportMethod": wanted.ssl_support_method or kept.get("SSLSupportMethod") or _DEFAULT_SUPPORT_METHOD,
        "MinimumProtocolVersion": wanted.minimum_protocol_version
        or kept.get("MinimumProtocolVersion")
        or _DEFAULT_PROTOCOL_VERSION,
    }


def differs(wanted: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any]) -> bool:
    """Whether an update is needed; CloudFront repeats the certificate in deprecated fields, which don't count."""
    keys = ("ACMCertificateArn", "SSLSupportMethod", "MinimumProtocolVersion")
    return any(wanted[key] != current.get(key) for key in keys)


@dataclasses.dataclass(frozen=True)
class ViewerCertificateChange:
    """A change of one distribution, as a step of the run."""

    wanted: WantedDistribution
    distribution_id: str
    current: t.Mapping[str, t.Any]

    @property
    def changed(self) -> bool:
        return differs(viewer_certificate(self.wanted, self.current), self.current)

    @property
    def subject(self) -> str:
        return f"viewer certificate of distribution {self.distribution_id}"

    def before(self) -> dict[str, t.Any]:
        return _shown(self.current)

    def after(self) -> dict[str, t.Any]:
        return _shown(viewer_certificate(self.wanted, self.current))


def _shown(viewer: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {
        "certificate_arn": viewer.get("ACMCertificateArn") or viewer.get("IAMCertificateId") or "(CloudFront's own)",
        "minimum_protocol_version": viewer.get("MinimumProtocolVersion"),
        "ssl_support_method": viewer.get("SSLSupportMethod"),
    }
