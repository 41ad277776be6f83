# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The revocation lists of a real Puppet Server in a file, and lists that must not get there."""

from __future__ import annotations

import datetime
import email.utils
import re
import stat
from pathlib import Path
from typing import Any

from ansible_collections.tlsops.certificates.plugins.module_utils._puppet import crl
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from support.modules import ModuleResult
from support.puppet_relay import Asked, Reply, relayed
from support.puppet_world import PuppetWorld

LISTS = "certificate_revocation_list/ca"


def keep(ca: PuppetWorld, path: Path, check: bool = False, diff: bool = False, **options: Any) -> ModuleResult:
    return ca.run("puppet_ca_crl", {**ca.server.options, "path": str(path), **options}, check=check, diff=diff)


def sent(ca: PuppetWorld, lists: str, path: Path) -> ModuleResult:
    """What the module makes of these lists in place of the CA's."""

    def answer(asked: Asked) -> Reply | None:
        return Reply(200, lists) if asked.path == LISTS else None

    with relayed(ca.server, answer) as relay:
        return keep(ca, path, ca_url=relay.url)


def blocks(ca: PuppetWorld) -> list[str]:
    found = re.findall(r"-----BEGIN.*?END X509 CRL-----\n", ca.server.request("GET", LISTS)[1], re.DOTALL)
    return [str(block) for block in found]


def made_by_ca(ca: PuppetWorld, number: int, days: float) -> str:
    """A list as the CA could have made it; its issuing CA is the first of the bundle."""
    issuer = x509.load_pem_x509_certificates(ca.server.ca_path.read_bytes())[0]
    key: Any = serialization.load_pem_private_key(ca.server.ca_key_path.read_bytes(), None)
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(now - datetime.timedelta(days=9))
        .next_update(now + datetime.timedelta(days=days))
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def test_lists_are_fetched_once_and_then_only_what_is_newer(ca: PuppetWorld, tmp_path: Path) -> None:
    path = tmp_path / "crl.pem"
    predicted = keep(ca, path, check=True, diff=True)
    assert (predicted["changed"], path.exists()) == (True, False)
    first = keep(ca, path, diff=True)
    assert (first["changed"], first["diff"]) == (True, predicted["diff"])
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == (ca.server.request("GET", LISTS)[1], 0o644)
    assert len(first["crls"]) == 2
    assert first["next_update"] == min(each["next_update"] for each in first["crls"])
    assert not keep(ca, path)["changed"]
    node = ca.enrolled()
    ca.set_state(node.certname, "revoked")
    second = keep(ca, path)
    assert second["changed"]
    assert ca.has_revoked(node)
    assert crl.read(path.read_text())[0].number == first["crls"][0]["number"] + 1
    assert not keep(ca, path)["changed"]


def test_what_is_not_newer_is_not_sent_again(ca: PuppetWorld, tmp_path: Path) -> None:
    path = tmp_path / "crl.pem"

    def not_modified(asked: Asked) -> Reply | None:
        return Reply(304) if asked.since else None

    with relayed(ca.server, not_modified) as relay:
        assert keep(ca, path, ca_url=relay.url)["changed"]
        answered = path.stat().st_mtime
        assert not keep(ca, path, ca_url=relay.url)["changed"]
        first, second = (asked.since for asked in relay.asked)
    # The lists may have changed in the second of the answer.
    assert (first, email.utils.parsedate_to_datetime(second).timestamp()) == ("", answered - 2)


def test_lists_of_others_broken_ones_and_old_ones_are_refused(ca: PuppetWorld, tmp_path: Path) -> None:
    path = tmp_path / "crl.pem"
    newest = made_by_ca(ca, 1_000_000, 30)
    issuing, root = blocks(ca)
    assert sent(ca, newest + root, path)["changed"]
    kept = path.read_text()
    assert "has number" in sent(ca, issuing + root, path)["msg"]
    lacking = sent(ca, newest, path)
    assert "the new lists have none of" in lacking["msg"]
    assert "stays as it is" in lacking["msg"]
    tampered = issuing.replace(issuing.splitlines()[-3], issuing.splitlines()[-3][::-1])
    assert sent(ca, tampered + root, path).failed
    assert sent(ca, "junk", path).failed
    assert path.read_text() == kept


def test_the_lists_of_another_ca_are_refused(ca: PuppetWorld, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text("-----BEGIN" + ca.server.ca_path.read_text().rpartition("-----BEGIN")[2])
    result = keep(ca, tmp_path / "crl.pem", ca_path=str(other))
    assert "comes from none of the CAs in ca_path" in result["msg"] or "isn't trusted" in result["msg"]
    assert not (tmp_path / "crl.pem").exists()


def test_whatever_else_is_in_the_file_is_replaced(ca: PuppetWorld, tmp_path: Path) -> None:
    path = tmp_path / "crl.pem"
    path.write_text("something else")
    assert keep(ca, path)["changed"]
    assert len(crl.read(path.read_text())) == 2


def test_a_list_that_ends_soon_is_a_warning_and_one_that_has_ended_too(ca: PuppetWorld, tmp_path: Path) -> None:
    path = tmp_path / "crl.pem"
    root = blocks(ca)[1]
    soon = sent(ca, made_by_ca(ca, 500_000, 5) + root, path)
    assert soon["changed"]
    assert "expires at" in str(soon["warnings"])
    ended = sent(ca, made_by_ca(ca, 500_001, -1) + root, path)
    assert ended["changed"]
    assert "has expired at" in str(ended["warnings"])


def test_rights_are_put_right(ca: PuppetWorld, tmp_path: Path) -> None:
    path = tmp_path / "crl.pem"
    keep(ca, path)
    assert keep(ca, path, mode="0640", check=True)["changed"]
    assert keep(ca, path, mode="0640")["changed"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert not keep(ca, path, mode="0640")["changed"]
