# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong between a task and its CA is a sentence that says what it is and what to do.

What a running Puppet Server wouldn't do by itself is answered in its place, with what it was seen to answer then.
Renewal (from 8.1 on) and hidden requests (openvox-ca) are answered as documented: no such server is at hand.
"""

from __future__ import annotations

import datetime
import socket
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.modules import puppet_certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from support.puppet_relay import HTML_404, Asked, Hook, Reply, relayed
from support.puppet_world import Node, PuppetWorld

DAY = datetime.timedelta(days=1)
PEM = serialization.Encoding.PEM
Pair = tuple[str, str]


def today() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def signed_by_ca(ca: PuppetWorld, name: str, public_key: Any, start: datetime.datetime, end: datetime.datetime) -> str:
    """A certificate as the CA could have made it, with dates that it wouldn't give."""
    issuer = x509.load_pem_x509_certificates(ca.server.ca_path.read_bytes())[0]
    key: Any = serialization.load_pem_private_key(ca.server.ca_key_path.read_bytes(), None)
    builder = x509.CertificateBuilder(
        issuer_name=issuer.subject,
        subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        public_key=public_key,
        serial_number=x509.random_serial_number(),
        not_valid_before=start,
        not_valid_after=end,
    ).add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    return builder.add_extension(authority, critical=False).sign(key, hashes.SHA256()).public_bytes(PEM).decode()


def pair(ca: PuppetWorld, name: str, start: datetime.datetime, end: datetime.datetime) -> Pair:
    """Files of such a certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate, key_path = ca.folder / "pair.pem", ca.folder / "pair-key.pem"
    certificate.write_text(signed_by_ca(ca, name, key.public_key(), start, end))
    plain = serialization.NoEncryption()
    key_path.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain))
    return str(certificate), str(key_path)


def answering(part: str, *replies: Reply) -> Hook:
    """These replies, one after the other and the last for ever, to paths that begin like this."""
    left = list(replies)

    def hook(asked: Asked) -> Reply | None:
        if not asked.path.startswith(part):
            return None
        return left.pop(0) if len(left) > 1 else left[0]

    return hook


@pytest.mark.parametrize(
    ("part", "reply", "said"),
    [
        pytest.param("", Reply(404, HTML_404, "text/html;charset=iso-8859-1"), "there is no Puppet CA", id="no CA"),
        pytest.param("", Reply(404, HTML_404, "text/html"), "services.d/ca.cfg", id="CA service off"),
        pytest.param("certificate_request", Reply(404), "there is no Puppet CA", id="empty 404"),
        pytest.param("certificate/", Reply(403), "auth.conf", id="forbidden"),
        pytest.param("certificate/", Reply(404, "Not Found"), "answered HTTP 404: Not Found", id="another 404"),
        pytest.param("certificate/", Reply(500, "Internal Server Error: x"), "HTTP 500: Internal", id="broken"),
        pytest.param("certificate/", Reply(200, "<html>"), "answered HTTP 200", id="a page in place of a certificate"),
        pytest.param("certificate_revocation_list", Reply(200, "junk"), "answered HTTP 200: junk", id="no list"),
        pytest.param("certificate/", Reply(429, "slow down"), "asks for fewer requests", id="throttled"),
    ],
)
def test_an_answer_that_is_not_one_of_a_ca_ends_the_task_at_once(
    ca: PuppetWorld, part: str, reply: Reply, said: str
) -> None:
    node = ca.node()
    with relayed(ca.server, answering(part, reply)) as relay:
        result = ca.enrol(node, ca_url=relay.url, wait=True)
        assert len(relay.asked) < 6
    assert said in result["msg"]
    assert not node.certificate.exists()


def test_a_page_while_it_waits_ends_the_wait(ca: PuppetWorld) -> None:
    node = ca.node()
    absent = Reply(404, f"Could not find certificate {node.certname}")
    with relayed(ca.server, answering("certificate/", absent, Reply(404, HTML_404, "text/html"))) as relay:
        result = ca.enrol(node, ca_url=relay.url, wait=True)
    assert "there is no Puppet CA" in result["msg"]


def test_a_refused_connection_is_tried_again_until_the_server_may_have_started(ca: PuppetWorld) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"https://localhost:{nobody.getsockname()[1]}"
        result = ca.enrol(ca.node(), ca_url=url)
        assert "it refuses connections" in result["msg"]
        assert "whether puppetserver runs" in result["msg"]
        waited = ca.enrol(ca.node(), ca_url=url, start_timeout=1)
        assert waited.failed


def test_a_name_that_does_not_exist(ca: PuppetWorld) -> None:
    assert "can't be reached at https://puppet.invalid:8140" in ca.enrol(ca.node(), ca_url="puppet.invalid")["msg"]


@pytest.mark.parametrize(
    ("name", "start", "end", "said"),
    [
        pytest.param("other.test", -DAY, DAY, "for other names", id="another name"),
        pytest.param("localhost", DAY, 2 * DAY, "check the clocks", id="not yet valid"),
        pytest.param("localhost", -2 * DAY, -DAY, "has expired by this host's clock", id="expired"),
    ],
)
def test_a_server_certificate_that_is_not_good(
    ca: PuppetWorld, name: str, start: datetime.timedelta, end: datetime.timedelta, said: str
) -> None:
    with relayed(ca.server, certificate=pair(ca, name, today() + start, today() + end)) as relay:
        result = ca.enrol(ca.node(), ca_url=relay.url)
        assert relay.asked == []
    assert said in result["msg"]
    assert result["error"]["code"] == "CertificateVerificationFailed"


def test_another_ca_is_not_trusted(ca: PuppetWorld, tmp_path: Path) -> None:
    node = ca.node()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Another CA")])
    start = today() - DAY
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + 9 * DAY)
    ca_file = node.ssldir / "certs" / "ca.pem"
    ca_file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(PEM))
    assert "this is another server, or the CA was replaced" in ca.enrol(node)["msg"]
    ca_file.write_text("")
    assert "has no certificate in PEM" in ca.enrol(node)["msg"]


def as_admin(ca: PuppetWorld, certificate: str, key: str) -> str:
    result = ca.run("puppet_ca_info", {**ca.server.options, "client_cert": certificate, "client_key": key})
    assert result.failed
    return str(result["msg"])


def test_administrators_that_are_none(ca: PuppetWorld) -> None:
    node, other = ca.enrolled(), ca.enrolled()
    assert "pp_cli_auth" in as_admin(ca, str(node.certificate), str(node.key))
    assert "client_key isn't the key of client_cert" in as_admin(ca, str(node.certificate), str(other.key))
    assert "there is no file /nowhere.pem" in as_admin(ca, "/nowhere.pem", str(node.key))
    assert "isn't a private key" in as_admin(ca, str(node.certificate), str(node.certificate))
    assert "has expired at" in as_admin(ca, *pair(ca, "old.test", today() - 2 * DAY, today() - DAY))
    assert "check this host's clock" in as_admin(ca, *pair(ca, "new.test", today() + DAY, today() + 2 * DAY))


def test_a_client_certificate_of_another_ca(ca: PuppetWorld, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stranger")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, today() - DAY, today() + DAY)
    (tmp_path / "c.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(PEM))
    plain = serialization.NoEncryption()
    (tmp_path / "k.pem").write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain))
    assert "isn't from the CA of ca_path, but from CN=stranger" in as_admin(
        ca, str(tmp_path / "c.pem"), str(tmp_path / "k.pem")
    )


def due(ca: PuppetWorld) -> Node:
    """A node whose certificate ends within its renew_before of 10d12h."""
    node = ca.node()
    ca.enrol(node)
    ca.sign(node, cert_ttl=864000)
    assert ca.enrol(node, renew_before="9d")["phase"] == "Signed"
    return node


def test_a_certificate_that_is_due_is_renewed_with_its_key(ca: PuppetWorld) -> None:
    node = due(ca)
    key = node.fingerprint

    def renews(asked: Asked) -> Reply | None:
        if asked.path != "certificate_renewal":
            return None
        assert asked.admin
        public = x509.load_pem_x509_certificate(node.certificate.read_bytes()).public_key()
        return Reply(200, signed_by_ca(ca, node.certname, public, today() - DAY, today() + 60 * DAY))

    with relayed(ca.server, renews) as relay:
        assert ca.enrol(node, ca_url=relay.url, renew_before="10d12h", check=True)["changed"]
        result = ca.enrol(node, ca_url=relay.url, renew_before="10d12h")
    assert (result["phase"], result["changed"], node.fingerprint) == ("Signed", True, key)
    assert result["not_after"] == (today() + 60 * DAY).isoformat()[:11] + result["not_after"][11:]


@pytest.mark.parametrize("reply", [None, Reply(404, "Not Found", "text/html")], ids=["403", "404"])
def test_without_renewal_an_administrator_replaces_it_and_others_are_told(ca: PuppetWorld, reply: Reply | None) -> None:
    node = due(ca)
    key = node.fingerprint
    with relayed(ca.server, lambda asked: reply if asked.path == "certificate_renewal" else None) as relay:
        refused = ca.enrol(node, ca_url=relay.url, renew_before="10d12h")
        assert refused["reason"] == "NotRenewable"
        assert node.fingerprint == key
        replaced = ca.enrol(node, ca_url=relay.url, renew_before="10d12h", **ca.server.admin)
    assert replaced["phase"] == "Signed"
    assert key != node.fingerprint == ca.certificate_key(node.certname)


def test_a_ca_that_hides_requests_is_asked_once(ca: PuppetWorld) -> None:
    node = ca.node()
    hidden = Reply(403)

    def hides(asked: Asked) -> Reply | None:
        return hidden if asked.path.startswith("certificate_request") and asked.method == "GET" else None

    with relayed(ca.server, hides) as relay:
        assert ca.enrol(node, ca_url=relay.url)["changed"]
        again = ca.enrol(node, ca_url=relay.url)
        assert (again["changed"], again["phase"]) == (False, "Requesting")
        assert [asked.method for asked in relay.asked].count("PUT") == 1
    ca.sign(node)
    assert ca.enrol(node)["phase"] == "Signed"


def test_clocks_that_differ_are_said(ca: PuppetWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    node = ca.enrolled()

    class Ahead(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return super().now(tz) + datetime.timedelta(hours=3)

    monkeypatch.setattr(puppet_certificate.datetime, "datetime", Ahead)
    result = ca.enrol(node)
    assert not result.failed
    assert "seconds ahead of" in str(result["warnings"])
