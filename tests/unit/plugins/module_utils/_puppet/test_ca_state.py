# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether there is a CA, half of one or none; and which CA from elsewhere a Puppet Server can take."""

from __future__ import annotations

import datetime

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet import ca_state
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from support.authority import NOW, Authority

LATER = NOW + datetime.timedelta(days=1)


class RsaAuthority(Authority):
    """Puppet Server takes no others."""

    def __init__(self, name: str, parent: Authority | None = None, bits: int = 2048, days: float = 30) -> None:
        super().__init__(name)
        self.key = rsa.generate_private_key(65537, bits)
        self.certificate = (parent or self).sign(self.name, self.key.public_key(), days=days, ca=True)


def key_of(authority: Authority) -> str:
    none = serialization.NoEncryption()
    return authority.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none).decode()


def list_of(authority: Authority, *revoked: x509.Certificate | int, days: float = 30) -> str:
    builder = x509.CertificateRevocationListBuilder(authority.certificate.subject, NOW, NOW + datetime.timedelta(days))
    builder = builder.add_extension(x509.CRLNumber(1), critical=False)
    for each in revoked:
        serial = each if isinstance(each, int) else each.serial_number
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


ROOT, STRANGER = Authority("Root"), Authority("Stranger")
ISSUING = RsaAuthority("Issuing", ROOT)
BELOW = RsaAuthority("Below", ISSUING)
KEY, CHAIN, LIST = key_of(ISSUING), ISSUING.pem + ROOT.pem, list_of(ROOT)


@pytest.mark.parametrize(
    ("names", "certificates", "key", "kind", "said"),
    [
        ([], None, None, ca_state.ABSENT, ""),
        # Packages bring the directory, and others may keep something of theirs in it.
        (["README", "infra_inventory.txt"], None, None, ca_state.ABSENT, ""),
        (["serial", "signed"], None, None, ca_state.HALF, "has serial, signed, but neither"),
        (["ca_crt.pem"], CHAIN, None, ca_state.HALF, "has ca_crt.pem without ca_key.pem"),
        (["ca_key.pem"], None, KEY, ca_state.HALF, "has ca_key.pem without ca_crt.pem"),
        (["ca_crt.pem", "ca_key.pem"], CHAIN, KEY, ca_state.WHOLE, ""),
        (["ca_crt.pem", "ca_key.pem"], ROOT.pem + ISSUING.pem, KEY, ca_state.WHOLE, ""),
        (["ca_crt.pem", "ca_key.pem"], CHAIN, key_of(BELOW), ca_state.MISMATCHED, "is the key of no certificate"),
        (["ca_crt.pem", "ca_key.pem"], "", KEY, ca_state.MISMATCHED, "is the key of no certificate"),
        (["ca_crt.pem", "ca_key.pem"], CHAIN, "", ca_state.MISMATCHED, "can't be used"),
        (["ca_crt.pem", "ca_key.pem"], CHAIN.replace("M", "N"), KEY, ca_state.MISMATCHED, "can't be used"),
        # What puppetserver ca import of an EC key writes, with exit code 0.
        (
            ["ca_crt.pem", "ca_key.pem"],
            CHAIN,
            "#<OpenSSL::PKey::EC:0x00007f>\n",
            ca_state.MISMATCHED,
            "when an EC key is imported",
        ),
    ],
)
def test_a_ca_is_there_when_key_and_certificate_are_and_match(
    names: list[str], certificates: str | None, key: str | None, kind: str, said: str
) -> None:
    found = ca_state.assess("/ca", names, certificates, key)
    assert (found.kind, said in found.message, bool(found.message)) == (kind, True, bool(said))
    assert "PRIVATE" not in found.message


@pytest.mark.parametrize(
    ("key", "certificates", "lists", "said"),
    [
        (KEY, CHAIN, LIST, ""),
        # In any order, and with the list of the CA itself, or without.
        (KEY, ROOT.pem + ISSUING.pem, list_of(ISSUING) + LIST, ""),
        ("nonsense", CHAIN, LIST, "isn't a private key"),
        (KEY, "nonsense", LIST, "belongs to none"),
        (KEY, CHAIN, "nonsense", "no certificate revocation list"),
        (key_of(ROOT), CHAIN, LIST, "EC_prime256v1, and puppetserver ca import takes RSA keys only"),
        (_x509.generate_key("ED25519"), CHAIN, LIST, "takes RSA keys only"),
        (key_of(BELOW), CHAIN, LIST, "belongs to none of the certificates"),
        (KEY, ISSUING.pem, LIST, "don't lead from CN=Issuing to a root"),
        (KEY, CHAIN + STRANGER.pem, LIST, "CN=Stranger isn't above CN=Issuing"),
        (KEY, CHAIN + BELOW.pem, LIST, "go on below it with CN=Below"),
        (KEY, CHAIN, list_of(ISSUING), "revocation list of CN=Root is missing"),
        (KEY, CHAIN, LIST + list_of(STRANGER), "comes from none of the CAs among the certificates"),
        (KEY, CHAIN, list_of(ROOT, days=0.5), "list of CN=Root has expired"),
        (KEY, CHAIN, list_of(ROOT, ISSUING.certificate), "CN=Issuing was revoked by CN=Root"),
        (KEY, CHAIN, LIST + list_of(ISSUING, 7), "serial numbers again"),
    ],
)
def test_only_a_ca_that_would_work_is_imported(key: str, certificates: str, lists: str, said: str) -> None:
    found = "; ".join(ca_state.import_faults(key, certificates, lists, LATER))
    assert (said in found, bool(found)) == (True, bool(said)), found
    assert "PRIVATE" not in found


def test_what_has_ended_or_is_too_weak_or_no_ca_is_not_imported() -> None:
    ended = RsaAuthority("Ended", ROOT, days=0.5)
    assert "CN=Ended has expired" in ca_state.import_faults(key_of(ended), ended.pem + ROOT.pem, LIST, LATER)[0]
    assert "isn't valid before" in ca_state.import_faults(KEY, CHAIN, LIST, NOW - datetime.timedelta(days=1))[0]
    weak = RsaAuthority("Weak", ROOT, bits=1024)
    assert "1024 bits is too weak" in ca_state.import_faults(key_of(weak), weak.pem + ROOT.pem, LIST, LATER)[0]
    node = RsaAuthority("node.test", ROOT)
    node.certificate = ROOT.sign(node.name, node.key.public_key())
    assert "isn't the certificate of a CA" in ca_state.import_faults(key_of(node), node.pem + ROOT.pem, LIST, LATER)[0]


def test_a_root_of_its_own_brings_its_list() -> None:
    root = RsaAuthority("Own root")
    assert ca_state.import_faults(key_of(root), root.pem, list_of(root), LATER) == []
    assert "is missing" in ca_state.import_faults(key_of(root), root.pem, LIST, LATER)[-1]


def test_the_servers_certificate_is_one_of_the_ca() -> None:
    node = RsaAuthority("puppet.test", ISSUING)
    assert ca_state.server_faults(node.pem, key_of(node), CHAIN, LATER) == []
    assert "isn't that of its certificate" in ca_state.server_faults(node.pem, KEY, CHAIN, LATER)[0]
    assert "isn't from this CA" in ca_state.server_faults(node.pem, key_of(node), STRANGER.pem, LATER)[0]
    after = NOW + datetime.timedelta(days=40)
    assert "has expired" in ca_state.server_faults(node.pem, key_of(node), CHAIN, after)[0]
    assert "isn't there" in ca_state.server_faults("", "", CHAIN, LATER)[0]
