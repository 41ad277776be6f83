# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Which CA is ours, and whether a certificate is one of its."""

from __future__ import annotations

import datetime
import hashlib
import re
import typing as t

from .._chains import split
from .._errors import TlsopsError
from .._x509 import (
    Certificate,
    describe_certificate,
    describe_key,
    is_self_signed,
    is_signed_by,
    load_certificate,
    public_key_fingerprint,
)

_FINGERPRINT = re.compile(r"^(sha256fingerprint=|\(sha256\)|sha256)?([0-9a-f]{64})$")


class NotTrusted(TlsopsError):
    """What answers isn't the CA that was asked for."""


def fingerprint(text: str) -> str:
    """A SHA-256 in hex, without colons, whatever way it was written in. Raises ValueError."""
    found = _FINGERPRINT.match(re.sub(r"[\s:]", "", text.lower()))
    if not found:
        raise ValueError(f"{text!r} isn't a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons")
    return found[2]


def pinned(bundle: str, wanted: str, url: str) -> str:
    """The CA's certificates as it sent them, if the fingerprint vouches for all of them. Raises NotTrusted.

    It may be of the file as a whole, which is what Puppet's own setting ``ca_fingerprint`` means, or of the root. One
    of an intermediate CA vouches for nothing above it.
    """
    certificates = split(bundle)
    if not certificates:
        raise NotTrusted(f"{url} sends no certificate where its CA's should be")
    if hashlib.sha256(bundle.encode("utf-8")).hexdigest() == wanted:
        return bundle
    matching = [each for each in certificates if describe_certificate(each).fingerprint == wanted]
    if matching and not is_self_signed(matching[0]):
        raise NotTrusted(
            f"ca_fingerprint is that of {matching[0].subject.rfc4514_string()}, which isn't a root: give the one of "
            "the "
            "root above it, or of the whole file (sha256sum ca.pem on the CA)"
        )
    if not matching:
        raise NotTrusted(
            f"none of the CA certificates that {url} sends has the fingerprint of ca_fingerprint: this is another CA, "
            "or "
            "somebody in between. Nothing was trusted"
        )
    strangers = [each for each in certificates if chain(each, certificates)[-1:] != matching[:1]]
    if strangers:
        names = ", ".join(each.subject.rfc4514_string() for each in strangers)
        raise NotTrusted(f"{url} also sends certificates that ca_fingerprint doesn't vouch for: {names}")
    return bundle


def chain(certificate: Certificate, bundle: t.Sequence[Certificate]) -> list[Certificate]:
    """The CAs above a certificate, up to a self-signed one of the bundle; empty if it doesn't lead there."""
    path: list[Certificate] = []
    current = certificate
    while len(path) <= len(bundle):
        issuer = next((each for each in bundle if is_signed_by(current, each)), None)
        if issuer is None:
            return []
        path.append(issuer)
        if is_self_signed(issuer):
            return path
        current = issuer
    return []


def certificate_problems(
    certificate: Certificate, bundle: t.Sequence[Certificate], now: datetime.datetime
) -> list[str]:
    """Why a certificate that the CA has signed just now can't be used."""
    path = chain(certificate, bundle)
    if not path:
        issuer = certificate.issuer.rfc4514_string()
        return [f"it isn't signed by a CA in ca_path, but by {issuer}: the CA was replaced, or this is another one"]
    found = []
    for each in (certificate, *path):
        facts, name = describe_certificate(each), each.subject.rfc4514_string()
        if now < facts.not_before:
            found.append(
                f"{name} is valid from {facts.not_before.isoformat()} only: check the clocks, here it is {now}"
            )
        if now >= facts.not_after:
            found.append(f"{name} has expired at {facts.not_after.isoformat()}, and by the clock here it is {now}")
    return found


def client_certificate_problem(certificate_pem: str, key_pem: str, now: datetime.datetime) -> str | None:
    """What keeps a client certificate from being used. A server only closes the connection, and doesn't say why."""
    certificate = load_certificate(certificate_pem)
    facts = describe_certificate(certificate)
    name = certificate.subject.rfc4514_string()
    dummy, public_key = describe_key(key_pem)
    if public_key != public_key_fingerprint(certificate.public_key()):
        return "client_key isn't the key of client_cert"
    if now >= facts.not_after:
        return f"the client certificate {name} has expired at {facts.not_after.isoformat()}: get a new one"
    if now < facts.not_before:
        return f"the client certificate {name} is valid from {facts.not_before.isoformat()} on: check this host's clock"
    return None
