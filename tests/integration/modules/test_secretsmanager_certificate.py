# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aws_world import World
from support.kept import Issuer
from support.modules import ModuleResult

SECRET = "web/shop-tls"


class Vault:
    """Secrets Manager, and a kept certificate."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder / "shop"
        self.issuer = Issuer()
        self.aws = world.sandbox.boto("secretsmanager")
        self.renew()

    def renew(self) -> None:
        self.issuer.keep(self.folder, "shop.example.com")

    def store(self, secret: str = SECRET, **options: Any) -> ModuleResult:
        flags = {key: options.pop(key) for key in ("check", "diff") if key in options}
        entry = {"secret": secret, "directory": str(self.folder), **options}
        result = self.world.run("secretsmanager_certificate", certificates=[entry], **flags)
        key = (self.folder / "privkey.pem").read_text().splitlines()[1]
        said = result.stdout + result.stderr + str(self.world.sandbox.calls())
        assert (key in said, "PRIVATE KEY" in said) == (False, False)
        return result

    def value(self, secret: str = SECRET) -> Any:
        return json.loads(self.aws.get_secret_value(SecretId=secret)["SecretString"])


@pytest.fixture
def vault(world: World, tmp_path: Path) -> Vault:
    return Vault(world, tmp_path)


def test_a_certificate_is_stored_whole_and_once(vault: Vault) -> None:
    assert vault.store(check=True)["certificates"][0]["reason"] == "NotStored"
    assert vault.world.sandbox.count("secretsmanager", "CreateSecret") == 0
    made = vault.store(tags={"team": "web"}, diff=True)["certificates"][0]
    assert (made["ready"], made["arn"].startswith("arn:aws:secretsmanager:eu-west-1:")) == (True, True)
    kept = {part: (vault.folder / f"{part}.pem").read_text() for part in ("privkey", "cert", "chain", "fullchain")}
    assert vault.value() == kept
    tags = {each["Key"]: each["Value"] for each in vault.aws.describe_secret(SecretId=SECRET)["Tags"]}
    assert tags == {"team": "web", "tlsops:managed-by": "tlsops.certificates"}
    vault.world.sandbox.clear_calls()
    assert vault.store()["changed"] is False
    assert vault.world.counted() == {"secretsmanager:GetSecretValue": 1}
    vault.renew()
    renewed = vault.store()["certificates"][0]
    assert (renewed["arn"], renewed["previous_fingerprint"]) == (made["arn"], made["fingerprint"])
    assert vault.value()["cert"] == (vault.folder / "cert.pem").read_text()


def test_what_else_is_in_a_secret_is_replaced_and_shown_as_that(vault: Vault) -> None:
    vault.aws.create_secret(Name=SECRET, SecretString="something of somebody's")
    result = vault.store(diff=True)
    assert (result["changed"], "something of" in result.stdout) == (True, False)
    assert "something else" in result["diff"]["before"]


def test_an_answer_that_is_lost_does_no_harm(vault: Vault) -> None:
    vault.world.sandbox.fail("secretsmanager", "CreateSecret", cut="after")
    assert vault.store()["certificates"][0]["ready"] is True
    assert vault.store()["changed"] is False


def test_what_is_wrong_is_said(vault: Vault) -> None:
    assert "a name has up to 512" in vault.store("no spaces")["msg"]
    vault.store()
    vault.aws.delete_secret(SecretId=SECRET)
    assert "marked for deletion" in vault.store()["msg"]
