# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACM: the operations the collection uses, on a store of our own."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from typing import Any

from . import acm_imports, acm_rules
from .acm_certificates import Certificate
from .acm_descriptions import describe, key_usages, summarize
from .acm_store import CertificateStore
from .calls import Call
from .certificate_pem import pem_of, read_certificate
from .context import Context
from .errors import AwsError

TOKEN_LIFETIME = 3600
DEFAULT_PAGE = 100
DEFAULT_KEY_TYPES = ("RSA_1024", "RSA_2048")
DEFAULT_ORIGINS = ("AWS_MANAGED", "CUSTOMER_PROVIDED")


def new_arn(account: str, region: str) -> str:
    return f"arn:aws:acm:{region}:{account}:certificate/{uuid.uuid4()}"


class Acm:
    """The operations; `install` registers them."""

    def __init__(self, context: Context, store: CertificateStore) -> None:
        self._context = context
        self._store = store

    def install(self) -> None:
        self._context.on_reset.append(self._store.reset)
        self._context.register(
            "acm",
            {
                "RequestCertificate": self.request_certificate,
                "DescribeCertificate": self.describe_certificate,
                "ListCertificates": self.list_certificates,
                "GetCertificate": self.get_certificate,
                "DeleteCertificate": self.delete_certificate,
                "ImportCertificate": self.import_certificate,
                "AddTagsToCertificate": self.add_tags_to_certificate,
                "RemoveTagsFromCertificate": self.remove_tags_from_certificate,
                "ListTagsForCertificate": self.list_tags_for_certificate,
            },
        )

    def certificate(self, call: Call) -> Certificate:
        """The certificate of the call's account and Region, as of now. Another's is not found."""
        arn = call.parameters["CertificateArn"]
        now = self._context.clock.now()
        certificate = self._store.find(arn, call.account, call.region, now)
        # "There is a delay of several seconds before you can retrieve information" (RequestCertificate).
        if certificate is None or now < certificate.created_at + self._context.settings.describe_lag:
            raise AwsError("ResourceNotFoundException", f"Could not find certificate {arn}.")
        return certificate

    def request_certificate(self, call: Call) -> dict[str, Any]:
        parameters, now = call.parameters, self._context.clock.now()
        settings, place = self._context.settings, (call.account, call.region)
        names = acm_rules.names_of(parameters)
        acm_rules.check_request(parameters, names, settings)
        token = parameters.get("IdempotencyToken")
        if token is not None:
            # Within the hour the same token gives the same ARN, whatever the other parameters are, and whatever has
            # become of the certificate (API model; AWS support in terraform-provider-aws#6666).
            arn, at = self._store.tokens.get((call.account, call.region, token), ("", 0.0))
            if arn and now < at + TOKEN_LIFETIME:
                return {"CertificateArn": arn}
        private = "CertificateAuthorityArn" in parameters
        if not private:
            held = [c for c in self._store.by_place[place].values() if c.type == "AMAZON_ISSUED" and c.origin != "ACME"]
            acm_rules.check_quotas(self._store.requested_at[place], len(held), now, settings)
            self._store.requested_at[place].append(now)
        certificate = self._new_certificate(call, names, now)
        self._store.add(certificate)
        if token is not None:
            self._store.tokens[call.account, call.region, token] = (certificate.arn, now)
        return {"CertificateArn": certificate.arn}

    def _new_certificate(self, call: Call, names: tuple[str, ...], now: float) -> Certificate:
        parameters = call.parameters
        private = "CertificateAuthorityArn" in parameters
        certificate = Certificate(
            arn=new_arn(call.account, call.region),
            account=call.account,
            region=call.region,
            names=names,
            created_at=now,
            type="PRIVATE" if private else "AMAZON_ISSUED",
            key_algorithm=parameters.get("KeyAlgorithm", "RSA_2048"),
            # acm:ValidationMethod "evaluates to EMAIL if the parameter is absent" (Service Authorization Reference).
            validation_method=parameters.get("ValidationMethod", "EMAIL"),
            export=parameters.get("Options", {}).get("Export", "DISABLED"),
            authority_arn=parameters.get("CertificateAuthorityArn"),
            managed_by=parameters.get("ManagedBy"),
            validation_domains={
                option["DomainName"].lower(): option["ValidationDomain"].lower()
                for option in parameters.get("DomainValidationOptions", [])
            },
            # Private certificates need no validation, but are PENDING_VALIDATION for a moment (Terraform's waiter).
            ready_at=now + self._context.settings.issue_delay if private else None,
        )
        if parameters.get("Tags"):
            certificate.set_tags(acm_rules.merged_tags({}, parameters["Tags"]), now)
        return certificate

    def describe_certificate(self, call: Call) -> dict[str, Any]:
        certificate = self.certificate(call)
        return {"Certificate": describe(certificate, self._context.clock.now(), self._context.settings)}

    def list_certificates(self, call: Call) -> dict[str, Any]:
        parameters, now, settings = call.parameters, self._context.clock.now(), self._context.settings
        if ("SortBy" in parameters) != ("SortOrder" in parameters):
            raise AwsError("ValidationException", "SortBy and SortOrder must be specified together.")
        store, place = self._store, (call.account, call.region)
        listed = [c for c in store.by_place[place].values() if now >= c.created_at + settings.list_lag]
        # "There may be a short delay before the certificate no longer appears in the list" (DeleteCertificate).
        listed += [
            c
            for c in store.deleted.values()
            if (c.account, c.region) == place and c.deleted_at is not None and now < c.deleted_at + settings.list_lag
        ]
        for certificate in listed:
            certificate.settle(now)
            store.watch(certificate)
        listed = [certificate for certificate in listed if _is_wanted(certificate, parameters)]
        if "SortBy" in parameters:
            listed.sort(key=lambda c: (c.created_at, c.arn), reverse=parameters["SortOrder"] == "DESCENDING")
        else:
            # No order is promised; that of the ARNs is as good as random.
            listed.sort(key=lambda c: c.arn)
        page, token = self._page(call, listed)
        answer: dict[str, Any] = {"CertificateSummaryList": [summarize(c, now, settings) for c in page]}
        return answer | ({"NextToken": token} if token else {})

    def _page(self, call: Call, listed: list[Certificate]) -> tuple[list[Certificate], str | None]:
        """One page. The token names the last certificate seen and is good for the same filters only."""
        size = call.parameters.get("MaxItems", DEFAULT_PAGE)
        size = min(size, self._context.settings.page_limit or size)
        question = {key: value for key, value in call.parameters.items() if key not in ("NextToken", "MaxItems")}
        question |= {"account": call.account, "region": call.region}
        fingerprint = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()[:16]
        start = 0
        if "NextToken" in call.parameters:
            try:
                known, last = base64.b64decode(call.parameters["NextToken"], validate=True).decode().split(" ")
            except ValueError:
                known, last = "", ""
            if known != fingerprint:
                raise AwsError("InvalidArgsException", "The NextToken is not valid for this request.")
            positions = [index for index, certificate in enumerate(listed) if certificate.arn == last]
            # A certificate deleted between two pages must not end the list.
            start = positions[0] + 1 if positions else sum(1 for c in listed if c.arn <= last)
        page = listed[start : start + size]
        if start + size >= len(listed):
            return page, None
        return page, base64.b64encode(f"{fingerprint} {page[-1].arn}".encode()).decode()

    def get_certificate(self, call: Call) -> dict[str, Any]:
        certificate = self.certificate(call)
        if certificate.status == "PENDING_VALIDATION":
            raise AwsError(
                "RequestInProgressException",
                f"Certificate {certificate.arn} does not have a certificate body yet: it is in progress.",
            )
        if certificate.not_after is None:
            raise AwsError("ResourceNotFoundException", f"Could not find a certificate body for {certificate.arn}.")
        if certificate.pem is None:
            certificate.pem = pem_of(certificate)
        body, chain = certificate.pem
        return {"Certificate": body} | ({"CertificateChain": chain} if chain else {})

    def delete_certificate(self, call: Call) -> dict[str, Any]:
        certificate, now = self.certificate(call), self._context.clock.now()
        in_use = certificate.in_use_by or certificate.used_by(now, self._context.settings.in_use_lag)
        if in_use or certificate.held_by:
            raise AwsError(
                "ResourceInUseException", f"Certificate {certificate.arn} in account {call.account} is in use."
            )
        if certificate.origin == "ACME":
            # "You cannot delete a certificate with a CertificateKeyPairOrigin of ACME" (API model); code unknown.
            raise AwsError("ConflictException", f"Certificate {certificate.arn} is managed by ACME.")
        self._store.remove(certificate, now)
        return {}

    def import_certificate(self, call: Call) -> dict[str, Any]:
        parameters, now = call.parameters, self._context.clock.now()
        chain = parameters.get("CertificateChain", b"")
        facts = read_certificate(parameters["Certificate"], parameters["PrivateKey"])
        acm_imports.check(parameters["Certificate"], parameters["PrivateKey"], chain, now)
        if "CertificateArn" in parameters:
            if parameters.get("Tags"):
                # "You cannot apply tags when reimporting a certificate" (API model, ImportCertificate).
                raise AwsError("InvalidParameterException", "Tags cannot be applied when reimporting a certificate.")
            certificate = self.certificate(call)
            if certificate.type != "IMPORTED":
                raise AwsError("ValidationException", "The certificate is not an imported one.")
            if certificate.pem is not None:
                acm_imports.check_replacement(certificate.pem[0], parameters["Certificate"])
        else:
            certificate = Certificate(
                new_arn(call.account, call.region), call.account, call.region, (), now, type="IMPORTED", status="ISSUED"
            )
            certificate.origin = "CUSTOMER_PROVIDED"
            certificate.set_tags(acm_rules.merged_tags({}, parameters.get("Tags", [])), now)
            if not parameters.get("Tags"):
                certificate.tag_history.clear()
            self._store.add(certificate)
        certificate.imported_at = now
        certificate.pem = (parameters["Certificate"].decode(), chain.decode())
        for name, value in facts.items():
            setattr(certificate, name, value)
        return {"CertificateArn": certificate.arn}

    def add_tags_to_certificate(self, call: Call) -> dict[str, Any]:
        certificate = self.certificate(call)
        tags = acm_rules.merged_tags(certificate.tags, call.parameters["Tags"])
        certificate.set_tags(tags, self._context.clock.now())
        return {}

    def remove_tags_from_certificate(self, call: Call) -> dict[str, Any]:
        certificate = self.certificate(call)
        tags = acm_rules.remaining_tags(certificate.tags, call.parameters["Tags"])
        certificate.set_tags(tags, self._context.clock.now())
        return {}

    def list_tags_for_certificate(self, call: Call) -> dict[str, Any]:
        tags = self.certificate(call).tags
        return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}


def _is_wanted(certificate: Certificate, parameters: dict[str, Any]) -> bool:
    """The filters, with their defaults: RSA_1024 and RSA_2048 "that have at least one domain", and no ACME ones
    (API model, Filters and ListCertificatesRequest; amazon.aws#1567)."""
    includes = parameters.get("Includes", {})
    statuses = parameters.get("CertificateStatuses")
    key_types = includes.get("keyTypes")
    usages, extended = includes.get("keyUsage"), includes.get("extendedKeyUsage")
    return (
        (not statuses or certificate.status in statuses)
        and certificate.key_algorithm in (key_types or DEFAULT_KEY_TYPES)
        and bool(key_types or certificate.names)
        and certificate.origin in (parameters.get("CertificateKeyPairOrigins") or DEFAULT_ORIGINS)
        and ("exportOption" not in includes or includes["exportOption"] == certificate.export)
        and ("managedBy" not in includes or includes["managedBy"] == certificate.managed_by)
        and (not usages or "ANY" in usages or bool(set(usages) & set(key_usages(certificate))))
        and (not extended or "ANY" in extended or "TLS_WEB_SERVER_AUTHENTICATION" in extended)
    )
