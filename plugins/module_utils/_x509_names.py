# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Names and extensions between our text form and cryptography's objects."""

from __future__ import annotations

import base64
import ipaddress
import typing as t

try:
    from cryptography import x509
    from cryptography.x509.oid import ExtensionOID, NameOID
except ImportError:
    pass  # _x509.require_cryptography says what is missing.

from . import _key_usages
from ._subject_names import SubjectNames

_UTF8_STRING = 0x0C


def _attributes() -> dict[str, t.Any]:
    return {
        "C": NameOID.COUNTRY_NAME,
        "ST": NameOID.STATE_OR_PROVINCE_NAME,
        "L": NameOID.LOCALITY_NAME,
        "O": NameOID.ORGANIZATION_NAME,
        "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "serialNumber": NameOID.SERIAL_NUMBER,
        "CN": NameOID.COMMON_NAME,
    }


def as_name(subject: t.Iterable[tuple[str, str]]) -> x509.Name:
    attributes = _attributes()
    return x509.Name([x509.NameAttribute(attributes[attribute], value) for attribute, value in subject])


def as_general_names(alternative: t.Iterable[str]) -> list[x509.GeneralName]:
    return [_general_name(*name.partition(":")[::2]) for name in alternative]


def _general_name(kind: str, value: str) -> x509.GeneralName:
    if kind == "IP":
        return x509.IPAddress(ipaddress.ip_address(value))
    if kind == "RID":
        return x509.RegisteredID(x509.ObjectIdentifier(value))
    if kind == "otherName":
        oid, dummy, text = value.partition(";UTF8:")
        return x509.OtherName(x509.ObjectIdentifier(oid), utf8_string(text))
    simple: dict[str, t.Any] = {"DNS": x509.DNSName, "email": x509.RFC822Name, "URI": x509.UniformResourceIdentifier}
    return t.cast("x509.GeneralName", simple[kind](value))


def utf8_string(text: str) -> bytes:
    """In DER."""
    value = text.encode("utf-8")
    if len(value) < 0x80:
        return bytes([_UTF8_STRING, len(value)]) + value
    length = len(value).to_bytes((len(value).bit_length() + 7) // 8, "big")
    return bytes([_UTF8_STRING, 0x80 | len(length)]) + length + value


def names_of(subject: t.Any) -> SubjectNames:
    """Those of a certificate or a CSR."""
    short = {oid: name for name, oid in _attributes().items()}
    attributes = [(short.get(each.oid, each.oid.dotted_string), str(each.value)) for each in subject.subject]
    alternative = extension(subject, "SUBJECT_ALTERNATIVE_NAME")
    return SubjectNames(tuple(attributes), tuple(_text(name) for name in alternative or ()))


def _text(name: x509.GeneralName) -> str:
    if isinstance(name, x509.OtherName):
        if name.value == utf8_string(text := utf8_text(name.value)):
            return f"otherName:{name.type_id.dotted_string};UTF8:{text}"
        return f"otherName:{name.type_id.dotted_string};{base64.b64encode(name.value).decode()}"
    if isinstance(name, x509.RegisteredID):
        return f"RID:{name.value.dotted_string}"
    if isinstance(name, x509.DirectoryName):
        return f"dirName:{name.value.rfc4514_string()}"
    if isinstance(name, x509.DNSName):
        return f"DNS:{name.value.lower()}"
    kinds = {x509.IPAddress: "IP", x509.RFC822Name: "email", x509.UniformResourceIdentifier: "URI"}
    return f"{kinds[type(name)]}:{name.value}"


def utf8_text(der: bytes) -> str:
    """The text of a UTF8String; what isn't one comes out as something that has another encoding."""
    header = 2 + (der[1] & 0x7F if len(der) > 1 and der[1] & 0x80 else 0)
    return der[header:].decode("utf-8", errors="replace")


def usages_of(subject: t.Any) -> frozenset[str]:
    """Those of a certificate or a CSR."""
    usages = {each.dotted_string for each in extension(subject, "EXTENDED_KEY_USAGE") or ()}
    key_usage = extension(subject, "KEY_USAGE")
    if key_usage:
        usages |= {usage for usage in _key_usages.KEY if _has(key_usage, usage)}
    return _key_usages.normalise(usages)


def _has(key_usage: t.Any, usage: str) -> bool:
    try:
        return bool(getattr(key_usage, usage))
    except ValueError:
        return False  # encipher_only and decipher_only are undefined without key_agreement


def extension(subject: t.Any, name: str) -> t.Any:
    """The extension's value; None where it isn't there."""
    try:
        return subject.extensions.get_extension_for_oid(getattr(ExtensionOID, name)).value
    except x509.ExtensionNotFound:
        return None
