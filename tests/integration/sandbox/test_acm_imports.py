# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACM: what is refused at an import, and at another one to the same ARN."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aws_session import refused
from support.kept import DAY, Issuer, now


def imported(acm: Any, directory: Path, **more: Any) -> Any:
    """As a client would import what is kept there."""
    body, chain, key = ((directory / f"{name}.pem").read_bytes() for name in ("cert", "chain", "privkey"))
    given = {"Certificate": body, "CertificateChain": chain, "PrivateKey": key, **more}
    return acm.import_certificate(**given)["CertificateArn"]


def test_only_what_is_valid_and_leads_up_its_chain_is_imported(acm: Any, tmp_path: Path) -> None:
    issuer = Issuer()
    fine = issuer.keep(tmp_path / "fine", "example.com")
    over = issuer.keep(tmp_path / "over", "example.com", days=1, start=now() - 2 * DAY)
    later = issuer.keep(tmp_path / "later", "example.com", start=now() + DAY)
    edwards = issuer.keep(tmp_path / "edwards", "example.com", algorithm="ED25519")
    for directory in (over, later, edwards):
        error = refused(imported, acm=acm, directory=directory)
        assert error["Code"] == "ValidationException", directory.name
    for chain in ("ca.pem", "fullchain.pem"):
        error = refused(imported, acm=acm, directory=fine, CertificateChain=(fine / chain).read_bytes())
        assert error["Code"] == "ValidationException", chain
    both = (fine / "fullchain.pem").read_bytes()
    assert refused(imported, acm=acm, directory=fine, Certificate=both)["Code"] == "ValidationException"
    assert imported(acm, fine)


def test_reimporting_keeps_the_kind_of_key_and_the_usages(acm: Any, tmp_path: Path) -> None:
    issuer = Issuer()

    def keep(name: str, **options: Any) -> Path:
        return issuer.keep(tmp_path / name, "example.com", **options)

    arn = imported(acm, keep("first"))
    others = (
        keep("rsa", algorithm="RSA_2048"),
        keep("curve", algorithm="EC_secp384r1"),
        keep("client", usages=["client_auth"]),
    )
    for other in others:
        error = refused(imported, acm=acm, directory=other, CertificateArn=arn)
        assert error["Code"] == "ValidationException", other.name
    # Public CAs no longer give it, and ACM lets it go.
    assert imported(acm, keep("server", usages=["server_auth"]), CertificateArn=arn) == arn
