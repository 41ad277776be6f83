# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What is to be deleted, and what must not be: the rules of ``state: absent``.

* By ARN: that certificate, whoever made it. By name or by names: only what carries our ownership tag, because other
  people's certificates may have the same names; if there are only such, nothing is deleted and they are listed.
* A certificate in use is never touched.
* The certificate goes first, its validation records after it, and of those only what no other certificate of the
  account needs: the record is the same in every Region and for every certificate with that name.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ._certificate_result import as_result
from ._certificates import Certificate
from ._errors import TlsopsError
from ._module_result import Result
from ._names import normalise
from ._plan import ChangeRecordSet, DeleteCertificate, Step

#: An expired or failed certificate isn't renewed, so it needs no record.
_NEEDS_RECORDS = frozenset({"ISSUED", "PENDING_VALIDATION", "INACTIVE"})


@dataclasses.dataclass(frozen=True)
class UnwantedCertificate:
    """One of ``arn``, ``name`` or ``names`` says which; or ``name_prefix``: all of ours whose name begins so.

    What is in ``keep`` (ARNs) stays.
    """

    region: str
    arn: str | None = None
    name: str | None = None
    names: tuple[str, ...] = ()
    name_prefix: str | None = None
    keep: frozenset[str] = frozenset()


def choose_unwanted(unwanted: UnwantedCertificate, certificates: t.Sequence[Certificate]) -> list[Certificate]:
    """Those of the (tagged) certificates of the Region that go; TlsopsError where only others' have the names."""
    if unwanted.arn:
        return [certificate for certificate in certificates if certificate.arn == unwanted.arn]
    if unwanted.name:
        return [certificate for certificate in certificates if certificate.owner_name == unwanted.name]
    if unwanted.name_prefix:
        named = [each for each in certificates if (each.owner_name or "").startswith(unwanted.name_prefix)]
        return [certificate for certificate in named if certificate.arn not in unwanted.keep]
    same = [certificate for certificate in certificates if certificate.names == set(unwanted.names)]
    ours = [certificate for certificate in same if certificate.owned and certificate.owner_name is None]
    if same and not ours:
        listed = "; ".join(f"{certificate.arn} ({_whose(certificate)})" for certificate in same)
        raise TlsopsError(
            f"None of the certificates for {', '.join(unwanted.names)} in {unwanted.region} was requested by this "
            f"collection without a name, so none is deleted. There are: {listed}. Give certificate_arn, or name, to "
            "say which one you mean.",
            certificate_arns=[certificate.arn for certificate in same],
        )
    return ours


def _whose(certificate: Certificate) -> str:
    if certificate.owner_name:
        return f"name {certificate.owner_name}"
    return "imported" if certificate.type == "IMPORTED" else "somebody else's"


def refuse_in_use(certificates: t.Iterable[Certificate]) -> None:
    used = [certificate for certificate in certificates if certificate.in_use_by]
    if used:
        listed = "; ".join(f"{each.arn} is used by {', '.join(sorted(each.in_use_by))}" for each in used)
        raise TlsopsError(
            f"A certificate in use isn't deleted: {listed}. Detach it there first. If that was just done, wait "
            "for ACM to notice with in_use_timeout.",
            in_use_by=sorted({arn for certificate in used for arn in certificate.in_use_by}),
        )


def needed_names(remaining: t.Iterable[Certificate]) -> frozenset[str]:
    """The names (without ``*.``) whose validation record some certificate needs, to be issued or to be renewed."""
    return frozenset(
        name
        for certificate in remaining
        if certificate.type == "AMAZON_ISSUED" and certificate.status in _NEEDS_RECORDS
        for name in certificate.base_names
    )


def validated_name(record_name: str) -> str:
    """The name that a validation record is for: all but its first label."""
    return normalise(record_name).partition(".")[2]


@dataclasses.dataclass(frozen=True)
class DeletionPlan:
    """``kept`` are certificates that were to go and are still in use."""

    certificates: tuple[Certificate, ...]
    record_steps: tuple[ChangeRecordSet, ...] = ()
    kept_records: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    kept: tuple[Certificate, ...] = ()

    @property
    def steps(self) -> list[Step]:
        return [*[DeleteCertificate(certificate) for certificate in self.certificates], *self.record_steps]

    def predict(self) -> Result:
        return self.result()

    def result(self) -> Result:
        return Result(
            changed=bool(self.steps),
            values={
                "certificates": [],
                "certificate": None,
                "certificate_arn": None,
                "failure": None,
                "deleted": [as_result(certificate) for certificate in self.certificates],
                "kept": [as_result(certificate) for certificate in self.kept],
                "kept_records": [{"name": name, "reason": reason} for name, reason in self.kept_records],
            },
            warnings=self.warnings,
        )
