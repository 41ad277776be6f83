# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ApiPassthrough and ASN1Subject: names and extensions given in a call, as X.509. Source: the API model."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from . import acm_pca_templates as templates
from .errors import AwsError

Output = dict[str, Any]
SUBJECT = {
    "Country": NameOID.COUNTRY_NAME,
    "Organization": NameOID.ORGANIZATION_NAME,
    "OrganizationalUnit": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "DistinguishedNameQualifier": NameOID.DN_QUALIFIER,
    "State": NameOID.STATE_OR_PROVINCE_NAME,
    "CommonName": NameOID.COMMON_NAME,
    "SerialNumber": NameOID.SERIAL_NUMBER,
    "Locality": NameOID.LOCALITY_NAME,
    "Title": NameOID.TITLE,
    "Surname": NameOID.SURNAME,
    "GivenName": NameOID.GIVEN_NAME,
    "Initials": NameOID.INITIALS,
    "Pseudonym": NameOID.PSEUDONYM,
    "GenerationQualifier": NameOID.GENERATION_QUALIFIER,
}
KEY_USAGES = {
    "DigitalSignature": "digital_signature",
    "NonRepudiation": "content_commitment",
    "KeyEncipherment": "key_encipherment",
    "DataEncipherment": "data_encipherment",
    "KeyAgreement": "key_agreement",
    "KeyCertSign": "key_cert_sign",
    "CRLSign": "crl_sign",
    "EncipherOnly": "encipher_only",
    "DecipherOnly": "decipher_only",
}
EXTENDED_KEY_USAGES = {
    "SERVER_AUTH": ExtendedKeyUsageOID.SERVER_AUTH,
    "CLIENT_AUTH": ExtendedKeyUsageOID.CLIENT_AUTH,
    "CODE_SIGNING": ExtendedKeyUsageOID.CODE_SIGNING,
    "EMAIL_PROTECTION": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "TIME_STAMPING": ExtendedKeyUsageOID.TIME_STAMPING,
    "OCSP_SIGNING": ExtendedKeyUsageOID.OCSP_SIGNING,
    "SMART_CARD_LOGIN": ExtendedKeyUsageOID.SMARTCARD_LOGON,
    "DOCUMENT_SIGNING": x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),
    "CERTIFICATE_TRANSPARENCY": ExtendedKeyUsageOID.CERTIFICATE_TRANSPARENCY,
}


def subject(given: Output) -> x509.Name:
    """ASN1Subject; custom attributes exclude all others (API model)."""
    custom = given.get("CustomAttributes") or []
    if custom and len(given) > 1:
        raise AwsError("InvalidArgsException", "CustomAttributes cannot be combined with other attributes.")
    named = [(SUBJECT[name], value) for name, value in given.items() if name in SUBJECT]
    named += [(x509.ObjectIdentifier(item["ObjectIdentifier"]), item["Value"]) for item in custom]
    try:
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in named])
    except ValueError as error:
        raise AwsError("InvalidArgsException", f"The subject is not valid: {error}") from error


def alternative_names(given: list[Output]) -> list[x509.GeneralName]:
    """GeneralName, of the kinds that certificates for servers, users and workloads have."""
    try:
        return [_general_name(item) for item in given]
    except ValueError as error:
        raise AwsError("InvalidArgsException", f"A subject alternative name is not valid: {error}") from error


def _general_name(given: Output) -> x509.GeneralName:
    if len(given) != 1:
        raise ValueError("it needs exactly one kind")
    ((kind, value),) = given.items()
    if kind == "DnsName":
        return x509.DNSName(value)
    if kind == "IpAddress":
        return x509.IPAddress(ipaddress.ip_address(value))
    if kind == "Rfc822Name":
        return x509.RFC822Name(value)
    if kind == "UniformResourceIdentifier":
        return x509.UniformResourceIdentifier(value)
    if kind == "DirectoryName":
        return x509.DirectoryName(subject(value))
    if kind == "RegisteredId":
        return x509.RegisteredID(x509.ObjectIdentifier(value))
    raise AwsError("NotImplemented", f"The sandbox does not know {kind}", 501)


def extensions(given: Output) -> Iterator[tuple[x509.ExtensionType, bool]]:
    """All extensions but the alternative names, with whether they are critical."""
    if given.get("KeyUsage"):
        names = [KEY_USAGES[name] for name, is_set in given["KeyUsage"].items() if is_set]
        yield templates.key_usage(names), True
    if given.get("ExtendedKeyUsage"):
        yield x509.ExtendedKeyUsage([_extended(item) for item in given["ExtendedKeyUsage"]]), False
    if given.get("CertificatePolicies"):
        policies = [x509.ObjectIdentifier(item["CertPolicyId"]) for item in given["CertificatePolicies"]]
        yield x509.CertificatePolicies([x509.PolicyInformation(oid, None) for oid in policies]), False
    for item in given.get("CustomExtensions") or []:
        oid = x509.ObjectIdentifier(item["ObjectIdentifier"])
        yield x509.UnrecognizedExtension(oid, base64.b64decode(item["Value"])), bool(item.get("Critical"))


def _extended(given: Output) -> x509.ObjectIdentifier:
    if "ExtendedKeyUsageObjectIdentifier" in given:
        return x509.ObjectIdentifier(given["ExtendedKeyUsageObjectIdentifier"])
    return EXTENDED_KEY_USAGES[given["ExtendedKeyUsageType"]]
