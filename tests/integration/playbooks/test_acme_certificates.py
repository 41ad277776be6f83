# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acme_certificates.yml as a user runs it: a real Pebble, a real BIND, and hosts that are folders of this one."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from support.acme_world import AcmeSite, AcmeWorld
from support.kept import DAY, Issuer, now

NAMES = ["example.test", "*.example.test", "www.example.test", "api.example.test"]
BLOCKED = "blocked.test"
LIST = [
    {"name": "site", "dns_names": ["example.test", "*.example.test"]},
    {"name": "api", "dns_names": "api.example.test, www.example.test"},
]
ONE = LIST[:1]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AcmeWorld]:
    """Pebble refuses a nonce now and then, as a CA may."""
    settings = {"domainBlocklist": [BLOCKED]}
    zones = {"example.test": "", BLOCKED: ""}
    with AcmeWorld.start(
        tmp_path_factory.mktemp("acme"), [*NAMES, BLOCKED], zones, settings, {"PEBBLE_WFE_NONCEREJECT": "5"}
    ) as running:
        yield running


@pytest.fixture
def site(world: AcmeWorld, tmp_path: Path) -> AcmeSite:
    return AcmeSite(world, tmp_path, acme_certificates_list=LIST)


def test_hosts_get_their_certificates_and_the_second_run_asks_for_nothing(world: AcmeWorld, tmp_path: Path) -> None:
    site = AcmeSite(world, tmp_path, ("one", "two"), acme_certificates_list=LIST)
    before = world.pebble.orders()
    predicted = site.good("--check", "--diff")
    assert "api.example.test" in predicted.output
    assert (predicted.changed > 0, world.pebble.orders() - before) == (True, 0)
    assert not (tmp_path / "one").exists()
    first = site.good("-vvv")
    assert first.changed > 0
    certificates = [site.served(f"{host}/{entry['name']}") for host in ("one", "two") for entry in LIST]
    assert len({certificate.serial_number for certificate in certificates}) == 4
    assert world.challenges(*NAMES[2:], "example.test") == []
    assert site.noted == []
    for path in (tmp_path / "state" / "accounts").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    placed, asked = world.pebble.orders(), world.pebble.requests()
    again = site.good("--diff", acme_certificates_renewal_info=False)
    assert again.changed == 0, again.output
    assert (world.pebble.orders(), world.pebble.requests()) == (placed, asked)
    # As many tasks for one certificate as for two.
    assert site.good("--limit", "one", acme_certificates_list=ONE).tasks == site.good("--limit", "one").tasks


def test_a_survey_delivers_texts_and_one_order_serves_all_places(world: AcmeWorld, tmp_path: Path) -> None:
    site = AcmeSite(world, tmp_path, ("one", "two"), acme_certificates_list="example.test, *.example.test")
    before = world.pebble.orders()
    texts = {
        "acme_certificates_keys_on": "controller",
        "acme_certificates_directory": str(tmp_path / "central"),
        "acme_certificates_force": "no",
        "acme_certificates_terms_agreed": "yes",
        "acme_certificates_renew_before": "",
        "acme_certificates_at_once": "3",
        "acme_certificates_renew_windows": "0 3 * * * 4h Pacific/Kiritimati",
        "acme_certificates_retry_after": "1m, 1d",
        "acme_certificates_dns_port": str(world.primary.port),
    }
    assert site.good(**texts).changed > 0
    assert world.pebble.orders() - before == 1
    served = site.served("central/example.test")
    target = {
        "type": "files",
        "privkey_path": str(tmp_path / "{{ inventory_hostname }}.key"),
        "fullchain_path": str(tmp_path / "{{ inventory_hostname }}.pem"),
    }
    listed = [{"dns_names": ["*.example.test", "example.test"], "name": "example.test", "deploy": [target]}]
    deployed = site.good(**texts, acme_certificates_list=listed)
    assert deployed.changed > 0
    for host in ("one", "two"):
        assert x509.load_pem_x509_certificates((tmp_path / f"{host}.pem").read_bytes())[0] == served
    assert site.good(**texts, acme_certificates_list=listed).changed == 0
    assert world.pebble.orders() - before == 1


def test_what_fails_for_one_is_said_and_doesnt_keep_the_other(site: AcmeSite, world: AcmeWorld) -> None:
    listed = [*ONE, {"name": "blocked", "dns_names": [BLOCKED]}]
    old = Issuer().keep(
        site.folder / "one" / "blocked", BLOCKED, start=now() - 28 * DAY, issuer=world.pebble.directory, usages=()
    )
    site.name = str(site.folder / "play.yml")
    handler = {"name": "Reload", "ansible.builtin.debug": {"msg": "reloaded"}}
    roles = ["tlsops.certificates.acme_certificates"]
    play = {"hosts": "all", "gather_facts": False, "roles": roles, "handlers": [handler]}
    Path(site.name).write_text(json.dumps([play]), encoding="utf-8")
    run = site.run(acme_certificates_list=listed, acme_certificates_notify="Reload")
    assert run.exit_code != 0
    # The next run finds nothing changed for which it would have to reload.
    assert "RUNNING HANDLER [Reload]" in run.output
    assert "The CA doesn't issue for this name" in run.output
    assert f"critical: blocked in {old} should have been renewed" in run.output
    site.hold_secrets(run)
    site.served("one/site")
    assert world.challenges("example.test") == []
    # No loop can use up the limits of the CA. The third pause is longer than any machine takes.
    for note in (site.folder / "state" / "orders").iterdir():
        note.write_text(note.read_text(encoding="utf-8").replace('"failures": 1', '"failures": 3'), encoding="utf-8")
    before = world.pebble.orders()
    again = site.run(acme_certificates_list=listed)
    assert "isn't asked again before" in again.output
    assert world.pebble.orders() == before


def test_a_wrong_key_of_the_dns_ends_with_its_name_and_the_order_is_gone_on_with(
    site: AcmeSite, world: AcmeWorld
) -> None:
    before = world.pebble.orders()
    wrong = {**world.dns, "key_secret": "d3Jvbmcgc2VjcmV0IG9mIHRoZSB0ZXN0cyBoZXJlLi4="}
    run = site.run(acme_certificates_list=ONE, acme_certificates_dns=wrong)
    assert run.exit_code != 0
    assert "BADSIG" in run.output
    assert "Traceback" not in run.output
    assert site.good(acme_certificates_list=ONE).changed > 0
    site.served("one/site")
    # The first order is used.
    assert world.pebble.orders() - before == 1
    assert world.challenges("example.test") == []


def test_what_is_no_acme_ca_is_said_at_once(site: AcmeSite, world: AcmeWorld) -> None:
    """community.crypto alone asks for minutes, and says nothing of variables."""
    for wrong in (
        {"acme_certificates_ca_bundle": "/etc/ssl/no-such-file.pem"},
        {"acme_certificates_issuer": world.pebble.directory + "ectory"},
    ):
        run = site.run(**wrong)
        assert run.exit_code != 0
        assert "There is no ACME CA at https://127.0.0.1" in run.output
        assert "Check acme_certificates_issuer" in run.output
        site.hold_secrets(run)


def test_a_ca_that_is_away_while_it_should_validate_is_said(site: AcmeSite, world: AcmeWorld) -> None:
    """And what was served before stays."""
    site.good(acme_certificates_list=ONE)
    old = site.served("one/site").serial_number
    process = site.start(acme_certificates_list=ONE, acme_certificates_force=True, acme_certificates_wait_timeout=4)
    said = ""
    for line in process.stdout or ():
        said += line
        if "Wait until every name server" in line:
            world.pebble.silence()
    process.wait(timeout=60)
    world.pebble.wake()
    assert process.returncode != 0, said
    assert "The CA" in said
    assert "Traceback" not in said
    assert site.served("one/site").serial_number == old
    assert world.challenges("example.test") == []
    site.good(acme_certificates_list=ONE, acme_certificates_force=True)
    assert site.served("one/site").serial_number != old
    assert site.noted == []


def test_what_no_client_trusts_isnt_for_production_and_doesnt_replace_what_is_trusted(
    site: AcmeSite, world: AcmeWorld
) -> None:
    run = site.run(acme_certificates_list=[{**ONE[0], "production": "yes"}], acme_certificates_issuer="own_ca")
    assert run.exit_code != 0
    assert "site: it is marked production" in run.output
    site.good(acme_certificates_list=ONE)
    trusted = site.served("one/site").serial_number
    run = site.run(acme_certificates_list=ONE, acme_certificates_issuer="self_signed")
    assert run.exit_code != 0
    assert "isn't replaced by one of self_signed" in run.output
    assert site.served("one/site").serial_number == trusted
    forced = {"acme_certificates_issuer": "own_ca", "acme_certificates_force_staging": True}
    assert "no client trusts them" in site.good(acme_certificates_list=ONE, **forced).output
    assert "Development CA" in site.served("one/site").issuer.rfc4514_string()
    assert site.good(acme_certificates_list=ONE, **forced).changed == 0
    # Back to one that is trusted: the issuer is a reason to replace.
    site.good(acme_certificates_list=ONE)
    assert "Pebble" in site.served("one/site").issuer.rfc4514_string()


def test_a_ca_with_bound_accounts_that_has_approved_the_names_before(tmp_path: Path) -> None:
    """As ACM's ACME endpoints do: there is nothing to prove, and nobody to write it."""
    secret = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
    settings = {"externalAccountBindingRequired": True, "externalAccountMACKeys": {"kid-1": secret}}
    reused = {"PEBBLE_AUTHZREUSE": "100"}
    with AcmeWorld.start(tmp_path / "pebble", NAMES, settings=settings, environment=reused) as world:
        site = AcmeSite(world, tmp_path, acme_certificates_list=ONE)
        refused = site.run()
        assert refused.exit_code != 0
        assert "external" in refused.output.lower()
        bound = {"acme_certificates_eab": {"kid": "kid-1", "key": secret, "alg": "HS256"}}
        first = site.good("-vvv", **bound)
        assert secret not in first.output
        written = world.primary.log.count("adding an RR")
        again = site.good(**bound, acme_certificates_dns="manual", acme_certificates_key_algorithm="EC_secp384r1")
        assert again.changed > 0
        assert world.primary.log.count("adding an RR") == written > 0
        # The account gets another key, and the one before is of no use any more.
        [key] = (tmp_path / "state" / "accounts").iterdir()
        moved = {**bound, "acme_certificates_account_key_path": str(tmp_path / "new.pem")}
        assert site.good(**moved, acme_certificates_account_old_key_path=str(key)).changed > 0
        assert site.good(**moved, acme_certificates_account_old_key_path=str(key)).changed == 0
