# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Revoking a certificate of AWS Private CA."""

from __future__ import annotations

import dataclasses
import typing as t

from .._aws import acm_pca
from .._aws.access import Access
from .._chains import order
from .._errors import InvalidInput
from .._files import Rights, file_errors
from .._kept_certificates import CertificateDirectory, Kept, Request
from .._module_result import Result
from .._private_options import UnwantedCertificate
from .._private_requests import serial_as_sent


@dataclasses.dataclass(frozen=True)
class Found:
    """``directory`` and ``request`` are there if the certificate is kept on this host."""

    authority_arn: str
    serial: str
    revoked: bool = False
    directory: CertificateDirectory | None = None
    request: Request | None = None


def observe(access: Access, unwanted: UnwantedCertificate) -> Found:
    """Raises InvalidInput where there is no such certificate."""
    if unwanted.directory:
        return _kept(unwanted, unwanted.directory)
    authority_arn = str(unwanted.authority_arn)
    if unwanted.serial:
        return Found(authority_arn, serial_as_sent(unwanted.serial))
    arn = str(unwanted.certificate_arn)
    found = acm_pca.get_certificate(access, authority_arn, arn, arn)
    if found is None:
        raise InvalidInput([f"{arn} isn't issued yet: revoke it when it is"])
    return Found(authority_arn, serial_as_sent(order(found).facts.serial))


def _kept(unwanted: UnwantedCertificate, path: str) -> Found:
    directory = CertificateDirectory(path, Rights(), with_key=False)
    with file_errors():
        current = directory.read_current()
    if not isinstance(current, Kept):
        raise InvalidInput([current.message.rstrip(".")])
    request = current.request
    authority_arn = unwanted.authority_arn or (request.issuer if request else None)
    if authority_arn is None or (request and request.issuer not in (None, authority_arn)):
        raise InvalidInput([f"the certificate in {path} isn't known to be from {authority_arn or 'a private CA'}"])
    revoked = bool(request and request.revoked)
    return Found(authority_arn, serial_as_sent(current.facts.serial), revoked, directory, request)


@dataclasses.dataclass(frozen=True)
class RevokeCertificate:
    found: Found
    reason: str

    @property
    def subject(self) -> str:
        return f"certificate {self.found.serial} of {self.found.authority_arn}"

    def before(self) -> dict[str, t.Any]:
        return {"revoked": False}

    def after(self) -> dict[str, t.Any]:
        return {"revoked": True, "reason": self.reason}


@dataclasses.dataclass(frozen=True)
class RevocationPlan:
    found: Found
    reason: str

    @property
    def steps(self) -> list[RevokeCertificate]:
        return [] if self.found.revoked else [RevokeCertificate(self.found, self.reason)]

    def predict(self) -> Result:
        return self.result(bool(self.steps))

    def result(self, changed: bool) -> Result:
        values: dict[str, t.Any] = {
            "certificates": [],
            "certificate": None,
            "certificate_arn": self.found.request.certificate_arn if self.found.request else None,
            "serial_number": self.found.serial,
            "failure": None,
        }
        return Result(changed, values)


def apply(access: Access, plan: RevocationPlan) -> Result:
    """AWS doesn't tell beforehand what is revoked, but says so when asked again."""
    found, changed = plan.found, False
    if plan.steps:
        changed = acm_pca.revoke_certificate(access, found.authority_arn, found.serial, plan.reason, found.serial)
        if found.directory and found.request:
            with file_errors():
                found.directory.mark_revoked(found.request)
    return plan.result(changed)
