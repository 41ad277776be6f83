# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Certificate chains: put in order, each certificate signed by the next, the root apart."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ._errors import TlsopsError
from ._x509 import (
    Certificate,
    CertificateFacts,
    certificate_pem,
    describe_certificate,
    is_self_signed,
    is_signed_by,
    load_certificate,
)

_PEM_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


class BrokenChain(TlsopsError):
    """The certificates don't make one chain."""


@dataclasses.dataclass(frozen=True)
class Chain:
    """PEM texts. ``intermediates`` begins with the issuer of the leaf; ``root`` is None where it wasn't given."""

    leaf: str
    intermediates: tuple[str, ...] = ()
    root: str | None = None

    @property
    def facts(self) -> CertificateFacts:
        return describe_certificate(load_certificate(self.leaf))

    @property
    def full(self) -> str:
        """What a server sends: all but the root."""
        return "".join((self.leaf, *self.intermediates))


def split(text: str) -> list[Certificate]:
    """The certificates of a text, whatever stands between them, each once. Raises Unreadable."""
    certificates = [load_certificate(block) for block in _PEM_BLOCK.findall(text)]
    return list({certificate_pem(each): each for each in certificates}.values())


def order(text: str) -> Chain:
    """The chain of the certificates in ``text``, in whatever order they come. Raises BrokenChain.

    The rules are cert-manager's (ParseSingleCertificateChain): duplicates go, a self-signed root is set apart, a fork
    or a certificate that belongs to nothing is a fault.
    """
    certificates = split(text)
    if not certificates:
        raise BrokenChain("there is no certificate in PEM where a chain should be")
    roots = [each for each in certificates if is_self_signed(each)]
    others = [each for each in certificates if each not in roots]
    if not others and len(roots) == 1:
        return Chain(certificate_pem(roots[0]), root=certificate_pem(roots[0]))
    issuers = {id(each): [other for other in others if is_signed_by(each, other)] for each in others}
    path = _path(others, issuers)
    signers = [root for root in roots if path and is_signed_by(path[-1], root)]
    if len(path) != len(others) or len(roots) > 1 or signers != roots:
        listed = "; ".join(_shown(each) for each in certificates)
        raise BrokenChain(f"the certificate chain is malformed or broken, each must be signed by the next: {listed}")
    pems = [certificate_pem(each) for each in path]
    return Chain(pems[0], tuple(pems[1:]), certificate_pem(roots[0]) if roots else None)


def _path(others: t.Sequence[Certificate], issuers: t.Mapping[int, t.Sequence[Certificate]]) -> list[Certificate]:
    """From the one certificate that signs none, as far as each has one signer."""
    signers = {id(issuer) for found in issuers.values() for issuer in found}
    leaves = [each for each in others if id(each) not in signers]
    path = leaves if len(leaves) == 1 else []
    while path and len(issuers[id(path[-1])]) == 1 and len(path) < len(others):
        path = [*path, issuers[id(path[-1])][0]]
    return path


def _shown(certificate: Certificate) -> str:
    return f"{certificate.subject.rfc4514_string()} issued by {certificate.issuer.rfc4514_string()}"
