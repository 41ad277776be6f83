# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""From options to certificates of AWS Private CA: every fault is said, before the first call."""

from __future__ import annotations

import dataclasses
import typing as t

from ._certificate_requests import KEPT_ARGUMENTS, WantedCertificate, kept_certificate, read_entries
from ._errors import InvalidInput, TlsopsError, parse_all
from ._files import file_errors, read_text
from ._moments import moment
from ._private_authorities import arn_faults
from ._private_requests import CERTIFICATE_ARN, SERIAL_NUMBER, template_faults

#: Options of one private certificate, alone or as an entry of a list.
PRIVATE_ARGUMENTS: dict[str, t.Any] = {
    **KEPT_ARGUMENTS,
    "certificate_authority_arn": {"type": "str"},
    "csr_path": {"type": "path"},
    "csr_content": {"type": "str"},
    "certificate_arn": {"type": "str"},
    "not_after": {"type": "str"},
}
# AWS Private CA user guide, "Supported cryptographic algorithms".
_UNSIGNED_KEYS = ("ED25519",)


def private_certificates(
    entries: t.Sequence[t.Mapping[str, t.Any]], authority_arn: str | None = None
) -> list[WantedCertificate]:
    """``authority_arn`` is for entries that don't say. Raises InvalidInput with every fault of every entry."""
    return read_entries(entries, lambda entry: private_certificate(entry, authority_arn))


def private_certificate(entry: t.Mapping[str, t.Any], authority_arn: str | None = None) -> WantedCertificate:
    """The same for one."""
    arn = entry.get("certificate_authority_arn") or authority_arn
    wanted, dummy, not_after = parse_all(
        lambda: kept_certificate(entry, arn, _csr(entry)),
        lambda: _check(entry, arn),
        lambda: moment(entry, "not_after"),
    )
    if wanted.key_algorithm in _UNSIGNED_KEYS:
        raise InvalidInput([f"key_algorithm {wanted.key_algorithm}: AWS Private CA signs RSA and EC keys only"])
    return dataclasses.replace(wanted, not_after=not_after, certificate_arn=entry.get("certificate_arn") or None)


def _csr(entry: t.Mapping[str, t.Any]) -> str | None:
    path, content = entry.get("csr_path"), entry.get("csr_content")
    if path and content:
        raise InvalidInput(["csr_path and csr_content exclude each other"])
    if not path:
        return content or None
    try:
        with file_errors():
            text = read_text(path)
    except TlsopsError as error:
        raise InvalidInput([f"csr_path {error.message}"]) from error
    if text is None:
        raise InvalidInput([f"csr_path {path}: there is no such file"])
    return text or "(empty)"


def _check(entry: t.Mapping[str, t.Any], authority_arn: str | None) -> None:
    given = bool(entry.get("csr_path") or entry.get("csr_content"))
    faults = [*arn_faults(authority_arn), *template_faults(entry.get("template"), entry.get("usages"))]
    if not entry.get("directory") and not given:
        faults.append("say where key and certificate are kept (directory), or give a CSR (csr_path, csr_content)")
    found = CERTIFICATE_ARN.match(entry.get("certificate_arn") or "")
    if entry.get("certificate_arn") and (not found or found["authority"] != authority_arn):
        faults.append(f"certificate_arn {entry['certificate_arn']} isn't that of a certificate of {authority_arn}")
    if faults:
        raise InvalidInput(faults)


@dataclasses.dataclass(frozen=True)
class UnwantedCertificate:
    """One to revoke: the one kept in a directory, or by its ARN, or by its serial number."""

    reason: str
    authority_arn: str | None = None
    directory: str | None = None
    certificate_arn: str | None = None
    serial: str | None = None


def unwanted_certificate(options: t.Mapping[str, t.Any]) -> UnwantedCertificate:
    """Raises InvalidInput."""
    given = {key: options.get(key) or None for key in ("directory", "certificate_arn", "serial_number")}
    faults = []
    if len([value for value in given.values() if value]) != 1:
        faults.append("say which certificate: one of directory, certificate_arn and serial_number")
    authority_arn = options.get("certificate_authority_arn") or None
    found = CERTIFICATE_ARN.match(given["certificate_arn"] or "")
    if given["certificate_arn"] and (not found or authority_arn not in (None, found["authority"])):
        faults.append(f"certificate_arn {given['certificate_arn']} isn't that of a certificate of the CA")
    if given["serial_number"]:
        faults += arn_faults(authority_arn)
        if not SERIAL_NUMBER.match(given["serial_number"]):
            faults.append(f"serial_number {given['serial_number']!r} isn't a number in hexadecimal")
    if faults:
        raise InvalidInput(faults)
    return UnwantedCertificate(
        options["revocation_reason"],
        found["authority"] if found else authority_arn,
        given["directory"],
        given["certificate_arn"],
        given["serial_number"],
    )
