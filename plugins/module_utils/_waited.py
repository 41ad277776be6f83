# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The certificates of a wait: given as ARNs or as the records of an earlier task, returned as records again."""

from __future__ import annotations

import typing as t

from ._certificate_options import CERTIFICATE_ARN
from ._certificate_plan import failure_sentence, late_sentence
from ._certificate_result import as_result
from ._certificates import Certificate
from ._errors import InvalidInput

#: What changes while a certificate is waited for. The rest of a given record is known better by the task that made it.
_CHANGING = ("status", "phase", "ready", "reason", "message", "not_before", "not_after", "renewal", "in_use_by")
#: What messages are made of, where a record isn't looked at again.
_GIVEN_KEYS = ("arn", "name", "domain_name", "region", "status", "phase", "ready", "message")


class Waited:
    """Records by position, certificates by ARN."""

    def __init__(self, records: t.Sequence[dict[str, t.Any]], certificates: t.Iterable[Certificate]) -> None:
        self._records = records
        self._certificates = {certificate.arn: certificate for certificate in certificates}

    @property
    def known(self) -> list[Certificate]:
        return list(self._certificates.values())

    @property
    def pending(self) -> list[Certificate]:
        return [certificate for certificate in self.known if not certificate.settled]

    def update(self, certificates: t.Iterable[Certificate]) -> None:
        self._certificates.update({certificate.arn: certificate for certificate in certificates})

    def results(self) -> list[dict[str, t.Any]]:
        return [self._result(record) for record in self._records]

    def _result(self, record: dict[str, t.Any]) -> dict[str, t.Any]:
        certificate = self._certificates.get(record["arn"])
        if certificate is None:
            return record
        fresh = as_result(certificate)
        if len(record) == 1:
            return fresh
        merged = {**fresh, **record, **{key: fresh[key] for key in _CHANGING}}
        if not merged["validation_records"]:
            merged["validation_records"] = fresh["validation_records"]
        return merged

    def failure(self, timeout: float | None) -> str | None:
        """Why the wait was in vain; with a time-out, pending certificates are a failure too."""
        results = self.results()
        return failure_sentence(results) or (late_sentence(results, timeout) if timeout is not None else None)


def parse_waited(params: t.Mapping[str, t.Any]) -> Waited:
    """Raises InvalidInput with every ARN and record that is none."""
    records: list[dict[str, t.Any]] = [dict(record) for record in params["certificates"]]
    faults = [
        f"certificates[{position}] isn't a record of acm_dns_certificates: it lacks {', '.join(missing)}"
        for position, record in enumerate(records)
        if (missing := [key for key in _GIVEN_KEYS if key not in record])
    ]
    records += [{"arn": arn} for arn in dict.fromkeys(params["certificate_arns"])]
    certificates = []
    for record in records:
        arn = record.get("arn")
        found = CERTIFICATE_ARN.match(str(arn))
        if arn and not found:
            faults.append(f"{arn!r} isn't the ARN of an ACM certificate")
        elif arn and found and record.get("status") in (None, "PENDING_VALIDATION"):
            certificates.append(_placeholder(str(arn), found["region"]))
    if faults:
        raise InvalidInput(faults)
    return Waited(records, certificates)


def _placeholder(arn: str, region: str) -> Certificate:
    """A certificate that nothing is known of yet, so pending."""
    return Certificate(arn, region, "", frozenset(), "PENDING_VALIDATION", "AMAZON_ISSUED")
