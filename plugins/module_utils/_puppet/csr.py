# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What a node asks the CA for: its names, and the extensions that become trusted facts."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import re
import typing as t

with contextlib.suppress(ImportError):  # _x509.require_cryptography says what is missing.
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

from .._errors import InvalidInput
from .._subject_names import SubjectNames, alternative_name
from .._x509 import Certificate, Described, Unreadable, describe_certificate, describe_csr, sign_request
from .._x509_names import as_general_names, as_name, utf8_string, utf8_text
from .certnames import certname_faults

ARC = "1.3.6.1.4.1.34380.1"
AUTHORIZATION_ARC = f"{ARC}.3"
_CLI_AUTH = f"{AUTHORIZATION_ARC}.39"
_CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7"
_ALTERNATIVE_NAME = "2.5.29.17"
_OID = re.compile(r"^[0-2](\.(0|[1-9]\d*))+$")
_REGISTERED = (
    *("pp_uuid", "pp_instance_id", "pp_image_name", "pp_preshared_key", "pp_cost_center", "pp_product", "pp_project"),
    *("pp_application", "pp_service", "pp_employee", "pp_created_by", "pp_environment", "pp_role"),
    *("pp_software_version", "pp_department", "pp_cluster", "pp_provisioner", "pp_region", "pp_datacenter", "pp_zone"),
    *("pp_network", "pp_securitypolicy", "pp_cloudplatform", "pp_apptier", "pp_hostname", "pp_owner"),
)
#: By Puppet's short names: https://www.puppet.com/docs/puppet/7/ssl_attributes_extensions.html
SHORT_NAMES: t.Mapping[str, str] = {
    **{name: f"{ARC}.1.{number}" for number, name in enumerate(_REGISTERED, 1)},
    "pp_authorization": f"{AUTHORIZATION_ARC}.1",
    "pp_auth_auto_renew": f"{AUTHORIZATION_ARC}.2",
    "pp_auth_role": f"{AUTHORIZATION_ARC}.13",
    "pp_cli_auth": _CLI_AUTH,
}
_NAMES = {oid: name for name, oid in SHORT_NAMES.items()}


@dataclasses.dataclass(frozen=True)
class WantedRequest:
    """``alternative`` None: whatever a certificate has will do. The attributes are in the request only."""

    certname: str
    alternative: tuple[str, ...] | None = None
    extensions: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    attributes: t.Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)

    @property
    def names(self) -> frozenset[str] | None:
        """All alternative names of the certificate: the CA adds the certname."""
        return None if self.alternative is None else frozenset({f"DNS:{self.certname}", *self.alternative})


@dataclasses.dataclass(frozen=True)
class Asked:
    """What a CSR asks for, or a certificate has; ``extensions`` by OID, also those that aren't Puppet's.

    ``public_key`` is the SHA-256 of the key, in hex: whose it is. ``fingerprint`` is of the whole, as Puppet shows it.
    """

    names: SubjectNames
    extensions: t.Mapping[str, str]
    key_algorithm: str
    public_key: str
    fingerprint: str

    @property
    def common_name(self) -> str:
        return next((value for attribute, value in self.names.subject if attribute == "CN"), "")


def wanted_request(options: t.Mapping[str, t.Any]) -> WantedRequest:
    """Raises InvalidInput with every fault."""
    faults = certname_faults(options["certname"])
    alternative: dict[str, None] = {}
    for text in options.get("subject_alternative_names") or []:
        try:
            name = alternative_name(text)
        except ValueError as error:
            faults.append(f"subject_alternative_names: {error}")
            continue
        if not name.startswith(("DNS:", "IP:")):
            faults.append(f"subject_alternative_names: {text!r} is neither a DNS name nor an IP address")
        alternative[name] = None
    extensions = by_oid(options.get("extension_requests"), "extension_requests", faults)
    if _CLI_AUTH in extensions:
        faults.append(
            "extension_requests: no CA signs pp_cli_auth over HTTP: use puppetserver ca generate --ca-client on the CA"
        )
    if any(_OID.match(oid) and not oid.startswith(f"{ARC}.") for oid in extensions):
        faults.append(f"extension_requests: the CA only signs extensions below {ARC}")
    attributes = by_oid(options.get("custom_attributes"), "custom_attributes", faults)
    if _CHALLENGE_PASSWORD in attributes:
        faults.append("custom_attributes: give the challenge password by challenge_password, so that it isn't logged")
    if options.get("challenge_password"):
        attributes[_CHALLENGE_PASSWORD] = options["challenge_password"]
    if faults:
        raise InvalidInput(faults)
    given = options.get("subject_alternative_names") is not None
    return WantedRequest(options["certname"], tuple(alternative) if given else None, extensions, attributes)


def by_oid(given: t.Mapping[str, t.Any] | None, option: str, faults: list[str]) -> dict[str, str]:
    """The values by OID, whichever name they were given under; appends to ``faults``."""
    found: dict[str, str] = {}
    for key, value in (given or {}).items():
        oid = SHORT_NAMES.get(key, str(key))
        if not _OID.match(oid):
            faults.append(f"{option}: {key!r} is neither one of Puppet's short names nor an OID")
        found[oid] = str(value)
    return found


def build(wanted: WantedRequest, key_pem: str) -> str:
    """As Puppet's agent makes it: the certname among the alternative names, if there are any."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(as_name([("CN", wanted.certname)]))
    if wanted.alternative:
        names = as_general_names(sorted(wanted.names or ()))
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    for oid, value in wanted.extensions.items():
        extension = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), utf8_string(value))
        builder = builder.add_extension(extension, critical=False)
    for oid, value in wanted.attributes.items():
        builder = builder.add_attribute(x509.ObjectIdentifier(oid), value.encode("utf-8"))
    return sign_request(builder, key_pem)


def read_request(pem: str) -> Asked:
    """Raises Unreadable, also when the signature is wrong."""
    described = describe_csr(pem)
    csr = x509.load_pem_x509_csr(pem.encode("utf-8"))
    return _asked(csr, described, hashlib.sha256(csr.public_bytes(serialization.Encoding.DER)).hexdigest())


def challenge_password(pem: str) -> str | None:
    """What the request has for a password: anybody who sees the request can read it."""
    csr: t.Any = x509.load_pem_x509_csr(pem.encode("utf-8"))
    oid = x509.ObjectIdentifier(_CHALLENGE_PASSWORD)
    try:
        # Its attributes have been an object of their own since cryptography 36.
        if hasattr(csr, "attributes"):
            found: bytes = csr.attributes.get_attribute_for_oid(oid).value
        else:
            found = csr.get_attribute_for_oid(oid)
    except (x509.AttributeNotFound, ValueError):
        return None
    return found.decode("utf-8", "replace")


def read_any_request(pem: str) -> Asked:
    """As ``read_request``; what can't be read is nobody's."""
    try:
        return read_request(pem)
    except Unreadable:
        return Asked(SubjectNames(), {}, "", "", "")


def read_certificate(certificate: Certificate) -> Asked:
    """Raises Unreadable."""
    described = describe_certificate(certificate)
    return _asked(certificate, described, described.fingerprint)


def _asked(subject: t.Any, described: Described, fingerprint: str) -> Asked:
    extensions = {each.oid.dotted_string: _value(each.value) for each in subject.extensions}
    extensions.pop(_ALTERNATIVE_NAME, None)
    return Asked(described.names, extensions, described.key_algorithm, described.public_key, fingerprint)


def _value(value: t.Any) -> str:
    return utf8_text(value.value) if isinstance(value, x509.UnrecognizedExtension) else ""


def difference(wanted: WantedRequest, found: Asked) -> str:
    """What of the found isn't as wanted, in words that follow "has"; empty if all is. A fact nobody asks for is "
    "free."""
    names = frozenset({f"DNS:{wanted.certname}", *found.names.alternative})
    if wanted.names is not None and wanted.names != names:
        return f"the alternative names {', '.join(sorted(names))}, and {', '.join(sorted(wanted.names))} are wanted"
    for oid, value in wanted.extensions.items():
        if found.extensions.get(oid) != value:
            actual = found.extensions.get(oid)
            shown = "no value" if actual is None else repr(actual)
            return f"{shown} for {short_name(oid)}, and {value!r} is wanted"
    return ""


def short_name(oid: str) -> str:
    return _NAMES.get(oid, oid)
