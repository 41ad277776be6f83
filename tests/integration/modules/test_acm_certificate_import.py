# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_world import REGION, World
from support.kept import DAY, Issuer, now
from support.modules import ModuleResult

IMPORT = "acm_certificate_import"


class Account:
    """ACM, and a kept certificate."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.sandbox, self.folder = world, world.sandbox, folder
        self.issuer = Issuer()
        self.acm = world.sandbox.boto("acm")
        self.keep()

    def keep(self, name: str = "shop", **options: Any) -> Path:
        return self.issuer.keep(self.folder / name, f"{name}.example.com", **options)

    def bring(self, *entries: dict[str, Any], **options: Any) -> ModuleResult:
        """No result has a key in it, and no more has the log of calls."""
        found = entries or ({"name": "shop"},)
        given = [{"directory": str(self.folder / "shop"), **entry} for entry in found]
        result = self.world.run(IMPORT, certificates=given, **options)
        key = (self.folder / "shop" / "privkey.pem").read_text().splitlines()[1]
        said = result.stdout + result.stderr + str(self.sandbox.calls())
        assert (key in said, "PRIVATE KEY" in said) == (False, False)
        return result

    def imported(self) -> list[str]:
        return [each["CertificateArn"] for each in self.sandbox.certificates() if each["Type"] == "IMPORTED"]

    def serial(self, arn: str) -> int:
        return int(self.acm.describe_certificate(CertificateArn=arn)["Certificate"]["Serial"].replace(":", ""), 16)

    def tags(self, arn: str) -> dict[str, str]:
        return {each["Key"]: each["Value"] for each in self.acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]}


@pytest.fixture
def account(world: World, tmp_path: Path) -> Account:
    return Account(world, tmp_path)


def test_a_certificate_is_imported_once_and_renewed_at_its_arn(account: Account) -> None:
    predicted = account.bring(check=True, diff=True)
    assert (predicted["changed"], account.imported()) == (True, [])
    first = account.bring(diff=True)["certificates"][0]
    assert (first["reason"], first["ready"], account.imported()) == ("Imported", True, [first["arn"]])
    assert account.tags(first["arn"]) == {"tlsops:managed-by": "tlsops.certificates", "tlsops:name": "shop"}
    chain = account.acm.get_certificate(CertificateArn=first["arn"])["CertificateChain"]
    assert chain.count("BEGIN CERTIFICATE") == 2
    assert account.bring()["changed"] is False
    account.keep()
    assert account.bring(check=True)["certificates"][0]["reason"] == "AnotherImported"
    renewed = account.bring()["certificates"][0]
    assert (renewed["arn"], renewed["previous_fingerprint"]) == (first["arn"], first["fingerprint"])
    assert f"{account.serial(first['arn']):x}" == renewed["serial_number"].lstrip("0")
    assert (account.bring()["changed"], account.imported()) == (False, [first["arn"]])


def test_a_second_run_only_reads(account: Account) -> None:
    account.bring({"name": "shop"}, {"name": "again"})
    account.sandbox.clear_calls()
    account.bring({"name": "shop"}, {"name": "again"})
    counts = {"acm:ListCertificates": 1, "tag:GetResources": 1, "acm:GetCertificate": 2}
    assert account.world.counted() == counts


def test_somebody_elses_import_is_replaced_by_its_arn_and_stays_theirs(account: Account) -> None:
    other = Issuer()
    other.keep(account.folder / "old", "shop.example.com")
    given = {name: (account.folder / "old" / f"{name}.pem").read_bytes() for name in ("cert", "privkey")}
    arn = account.acm.import_certificate(Certificate=given["cert"], PrivateKey=given["privkey"])["CertificateArn"]
    entry = {"certificate_arn": arn, "tags": {"team": "web"}}
    assert account.bring(entry)["certificates"][0]["arn"] == arn
    assert (account.imported(), account.tags(arn)) == ([arn], {"team": "web"})
    assert account.bring(entry)["changed"] is False


def test_tags_are_added_without_an_import(account: Account) -> None:
    account.bring()
    account.sandbox.clear_calls()
    result = account.bring({"name": "shop", "tags": {"team": "web"}})
    assert (result["changed"], account.sandbox.count("acm", "ImportCertificate")) == (True, 0)
    assert account.tags(result["certificates"][0]["arn"])["team"] == "web"


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_lost_answer_leads_to_one_certificate(account: Account, cut: Any) -> None:
    account.sandbox.fail("acm", "ImportCertificate", cut=True if cut == "before" else "after")
    result = account.bring()
    assert (result.failed, account.imported()) == (False, [result["certificates"][0]["arn"]])
    assert account.bring()["changed"] is False


def test_one_that_aws_refuses_spares_the_others(account: Account) -> None:
    account.sandbox.fail("acm", "ImportCertificate", code="LimitExceededException", message="You have reached it.")
    account.keep("other")
    result = account.bring({"name": "shop"}, {"name": "other", "directory": str(account.folder / "other")})
    assert (result.failed, len(account.imported())) == (True, 1)
    assert sorted(each["reason"] for each in result["certificates"]) == ["Imported", "LimitExceededException"]
    assert account.bring({"name": "shop"}, {"name": "other"})["certificates"][0]["ready"] is True


def expired(account: Account) -> None:
    account.keep(days=1, start=now() - 2 * DAY)


def of_another_kind(account: Account) -> None:
    account.bring()
    account.keep(algorithm="RSA_2048")


def with_fewer_usages(account: Account) -> None:
    account.bring()
    account.keep(usages=["client_auth"])


def with_a_key_of_another_kind_than_acm_takes(account: Account) -> None:
    account.keep(algorithm="ED25519")


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (expired, "imports only what is valid now"),
        (of_another_kind, "the key is of the kind RSA_2048"),
        (with_fewer_usages, "may be used for server_auth"),
        (with_a_key_of_another_kind_than_acm_takes, "doesn't import keys of the kind ED25519"),
    ],
)
def test_what_acm_would_refuse_is_said_before_anything_is_imported(
    account: Account, prepare: Callable[[Account], None], said: str
) -> None:
    prepare(account)
    account.sandbox.clear_calls()
    result = account.bring({"name": "shop"}, {"name": "fine"})
    assert (result.failed, said in result["msg"]) == (True, True), result["msg"]
    assert account.sandbox.count("acm", "ImportCertificate") == 0


def test_that_client_authentication_goes_is_allowed(account: Account) -> None:
    account.bring()
    account.keep(usages=["server_auth"])
    assert account.bring()["certificates"][0]["reason"] == "Imported"


def test_every_fault_of_every_entry_is_said_at_once(account: Account) -> None:
    own = account.sandbox.add_certificates([{"domain_name": "www.example.com"}])[0]
    entries = [
        {},
        {"name": "a", "directory": "/nowhere"},
        {"name": "b", "region": "here"},
        {"name": "c", "tags": {"aws:x": "y"}},
        {"certificate_arn": "arn:x"},
        *[{"name": "twice"}] * 2,
    ]
    said = account.bring(*entries)["msg"]
    for part in ("give name", "/nowhere", "region here", "aws:x", "arn:x isn't", "twice is wanted twice"):
        assert part in said, part
    assert "certificate of ACM's own" in account.bring({"certificate_arn": own})["msg"]
    missing = f"arn:aws:acm:{REGION}:111111111111:certificate/00000000-0000-0000-0000-000000000000"
    assert "doesn't know this certificate" in account.bring({"certificate_arn": missing})["msg"]
