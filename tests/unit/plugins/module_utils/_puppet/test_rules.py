# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is looked at before anything is trusted or signed; with what a real Puppet Server has sent."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _chains as chains
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet import answers, crl, csr, signing, trust
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet.client import connection_settings
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet.layout import layout
from support.authority import Authority

FIXTURES = json.loads((Path(__file__).parents[3] / "cases" / "puppet_fixtures.json").read_text(encoding="utf-8"))
PEM, FACTS = FIXTURES["pem"], FIXTURES["facts"]
BUNDLE = chains.split(PEM["ca_bundle"])
NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)
BEFORE, AFTER = crl.read(PEM["crl_chain_before"]), crl.read(PEM["crl_chain_after"])


def certificate(name: str) -> Any:
    return x509.load_certificate(PEM[f"cert_{name}"])


def test_keys_tell_whose_a_request_and_a_certificate_are() -> None:
    assert csr.read_request(PEM["pending_csr_fix1"]).public_key == FACTS["csr_fix1_spki_sha256"]
    assert csr.read_request(PEM["csr_fix1_other_key"]).public_key == FACTS["csr_fix1_other_key_spki_sha256"]
    assert csr.read_certificate(certificate("fix1")).public_key == FACTS["fix1"]["spki_sha256"]


def test_the_fingerprint_of_a_request_is_what_puppet_shows() -> None:
    shown = FIXTURES["json"]["status_pending"]["fingerprint"].replace(":", "").lower()
    assert csr.read_request(PEM["pending_csr_fix1"]).fingerprint == shown


@pytest.mark.parametrize("lists", ["before", "after"])
def test_revocation_lists_say_what_they_said(lists: str) -> None:
    found = {each.issuer: each for each in (BEFORE if lists == "before" else AFTER)}
    for fact in FACTS[f"crl_{lists}"]:
        read = found[fact["issuer"]]
        assert (read.number, read.revoked) == (fact["number"], fact["revoked_count"])
        assert str(read.next_update) == fact["next_update"]
    for name in ("fix1", "fix2"):
        issuing = next(fact for fact in FACTS[f"crl_{lists}"] if fact["issuer"] == FACTS["issuer_of_leaf"])
        assert crl.revokes(found.values(), certificate(name)) == issuing[f"lists_{name}"]


def test_lists_are_trusted_with_their_issuers_only() -> None:
    assert crl.problems(AFTER, BUNDLE) == []
    assert len(crl.problems(AFTER, BUNDLE[:1])) == 1


def test_older_lists_and_fewer_issuers_are_a_step_back() -> None:
    assert crl.regressions(AFTER, BEFORE) == []
    assert "has number" in crl.regressions(BEFORE, AFTER)[0]
    assert "none of" in crl.regressions(AFTER[:1], BEFORE)[0]


def test_the_first_list_to_end_is_told() -> None:
    """The root's list of these has one day left."""
    assert crl.endings(AFTER, NOW, datetime.timedelta(hours=1)) == []
    [soon] = crl.endings(AFTER, NOW, datetime.timedelta(days=30))
    assert "Puppet Root CA" in soon
    assert crl.first_end(AFTER) == min(each.next_update for each in AFTER if each.next_update)
    [ended] = crl.endings(AFTER, NOW + datetime.timedelta(days=5), datetime.timedelta(0))
    assert "has expired" in ended


def test_a_certificate_is_good_from_its_ca_up_to_the_root_and_in_its_time() -> None:
    fix1 = certificate("fix1")
    assert trust.certificate_problems(fix1, BUNDLE, NOW) == []
    assert trust.certificate_problems(fix1, list(reversed(BUNDLE)), NOW) == []
    assert "isn't signed by a CA" in trust.certificate_problems(fix1, BUNDLE[:1], NOW)[0]
    assert "check the clocks" in trust.certificate_problems(fix1, BUNDLE, NOW - datetime.timedelta(days=9))[0]
    assert "has expired" in trust.certificate_problems(fix1, BUNDLE, NOW + datetime.timedelta(days=2000))[0]


def test_a_fingerprint_vouches_as_the_root_or_as_the_whole_file() -> None:
    text = PEM["ca_bundle"]
    by_name = {each.subject.rfc4514_string(): x509.describe_certificate(each).fingerprint for each in BUNDLE}
    root = next(fingerprint for name, fingerprint in by_name.items() if "Root" in name)
    issuing = by_name[FACTS["issuer_of_leaf"]]
    assert trust.pinned(text, root, "url") == text
    assert trust.pinned(text, hashlib.sha256(text.encode()).hexdigest(), "url") == text
    for wrong, said in ((issuing, "isn't a root"), ("0" * 64, "another CA")):
        with pytest.raises(trust.NotTrusted, match=said):
            trust.pinned(text, wrong, "url")
    with pytest.raises(trust.NotTrusted, match="doesn't vouch for"):
        trust.pinned(text + PEM["cert_fix1"] + Authority("Somebody else").pem, root, "url")


@pytest.mark.parametrize("form", ["{0}", "SHA256:{0}", "sha256 Fingerprint={1}", "(SHA256) {1}", " {1} \n"])
def test_fingerprints_in_all_the_ways_they_are_shown(form: str) -> None:
    plain = hashlib.sha256(b"").hexdigest()
    colons = ":".join(plain[at : at + 2] for at in range(0, 64, 2)).upper()
    assert trust.fingerprint(form.format(plain, colons)) == plain


@pytest.mark.parametrize("text", ["", "12:34", "SHA1 " + "a" * 40, "g" * 64])
def test_what_is_no_fingerprint(text: str) -> None:
    with pytest.raises(ValueError, match="isn't a SHA-256 fingerprint"):
        trust.fingerprint(text)


def asked(**changes: Any) -> csr.Asked:
    names = changes.pop("names", ())
    values: dict[str, Any] = {
        "names": csr.SubjectNames((("CN", "node.test"),), ("DNS:node.test", *names)),
        "extensions": {},
        "key_algorithm": "RSA_2048",
        "public_key": "a" * 64,
        "fingerprint": "b" * 64,
        **changes,
    }
    return csr.Asked(**values)


def refused(request: csr.Asked, certname: str = "node.test", **options: Any) -> str:
    given = {"state": "signed", "expected_fingerprints": {"node.test": "a" * 64}, **options}
    return "; ".join(signing.refusals(certname, request, signing.policy(given)))


def test_a_request_that_is_as_expected_has_nothing_against_it() -> None:
    assert refused(asked()) == ""
    assert refused(asked(), expected_fingerprints=["c" * 64, "b" * 64]) == ""
    assert refused(asked(), expected_fingerprints="A" * 64 + "\n" + "c" * 64) == ""
    assert refused(asked(), expected_fingerprints=None, any_key=True) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"public_key": "c" * 64, "fingerprint": "d" * 64}, "isn't one of expected_fingerprints"),
        ({"key_algorithm": "RSA_1024"}, "too weak"),
        ({"key_algorithm": "EC_secp192r1"}, "too weak"),
        ({"names": ("DNS:www.example.com",)}, "DNS:www.example.com"),
        ({"names": ("URI:spiffe://example.com/x",)}, "URI:spiffe"),
        ({"names": ("email:root@example.com",)}, "email:root"),
        ({"names": ("DNS:NODE.test.evil.com",)}, "evil.com"),
        ({"extensions": {"1.3.6.1.4.1.34380.1.3.39": "true"}}, "pp_cli_auth"),
        ({"extensions": {"1.3.6.1.4.1.34380.1.3.1": "true"}}, "pp_authorization"),
    ],
)
def test_a_request_that_is_more_than_expected_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in refused(asked(**changes))


def test_the_name_of_another_node_is_refused_also_with_its_own_key() -> None:
    assert "is for node.test" in refused(asked(), certname="other.test", expected_fingerprints=["a" * 64])
    assert "isn't one of" in refused(asked(), certname="other.test")


def test_what_is_allowed_is_allowed() -> None:
    names = ("DNS:www.example.com", "IP:10.1.2.3", "IP:2001:db8::1", "URI:spiffe://example.com/x")
    allowed = ["*.example.com", "10.0.0.0/8", "2001:db8::1", "URI:spiffe://example.com/x"]
    assert refused(asked(names=names), allowed_alt_names=allowed) == ""
    assert "DNS:a.b.example.com" in refused(asked(names=("DNS:a.b.example.com",)), allowed_alt_names=allowed)
    assert "IP:11.0.0.1" in refused(asked(names=("IP:11.0.0.1",)), allowed_alt_names=allowed)
    role = {"1.3.6.1.4.1.34380.1.3.13": "x", "1.3.6.1.4.1.34380.1.1.13": "web"}
    assert refused(asked(extensions=role), allowed_extensions=["pp_auth_role"]) == ""


def test_a_node_may_not_have_the_alternative_names_of_another() -> None:
    allowed = {"node.test": "www.example.com, 10.0.0.1", "other.test": ["other.example.com"]}
    assert refused(asked(names=("DNS:www.example.com", "IP:10.0.0.1")), allowed_alt_names=allowed) == ""
    assert "DNS:other.example.com" in refused(asked(names=("DNS:other.example.com",)), allowed_alt_names=allowed)
    assert "DNS:www.example.com" in refused(asked(names=("DNS:www.example.com",)), allowed_alt_names={})


def test_patterns_find_what_is_there_and_names_are_taken_as_they_are() -> None:
    present = ["a.x", "b.x", "c.y"]
    assert signing.matching(["b.x", "new.z", "*.x"], present) == ["b.x", "new.z", "a.x"]
    assert signing.matching(["?.y"], present) == ["c.y"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("puppet.example.com", "https://puppet.example.com:8140"),
        ("https://puppet.example.com:8141/", "https://puppet.example.com:8141"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]:8140"),
    ],
)
def test_addresses_of_a_ca(url: str, expected: str) -> None:
    assert connection_settings({"ca_url": url, "start_timeout": 0}).endpoint.url == expected


@pytest.mark.parametrize("url", ["http://p", "https://p/puppet-ca", "https://u:p@h", "https://p:port", "", "ftp://p"])
def test_what_is_no_address_of_a_ca(url: str) -> None:
    with pytest.raises(InvalidInput, match="ca_url"):
        connection_settings({"ca_url": url, "start_timeout": 0})


def test_the_files_are_where_puppet_has_them_or_where_one_says(tmp_path: Path) -> None:
    options = {"ssldir": str(tmp_path), "certname": "n"}
    there = layout(options)
    assert (there.key, there.certificate) == (f"{tmp_path}/private_keys/n.pem", f"{tmp_path}/certs/n.pem")
    assert (there.ca, there.crl) == (f"{tmp_path}/certs/ca.pem", f"{tmp_path}/crl.pem")
    assert there.request == f"{tmp_path}/certificate_requests/n.pem"
    assert layout({**options, "key_path": "/k", "certificate_path": "/c"}).request == "/c.csr"
    with pytest.raises(InvalidInput, match="different files"):
        layout({**options, "key_path": "/k", "certificate_path": "/k"})


# A CA service that is disabled


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html;charset=iso-8859-1", "<html>\n<title>Error 404 Not Found</title>\n</html>\n"),
        ("text/plain;charset=iso-8859-1", "HTTP ERROR 404 Not Found\nURI: /puppet-ca/v1/certificate/a\nSTATUS: 404\n"),
        ("application/json", '{\n"message":"Not Found",\n"url":"/puppet-ca/v1/clean",\n"status":"404"\n}'),
        ("", ""),
    ],
)
def test_a_server_that_is_no_ca_is_known_in_each_language_it_speaks(kind: str, body: str) -> None:
    """As Puppet Server 7.9.5 answers, by what the request accepts, where its CA service is disabled."""
    answer = answers.Answer(404, body, kind)
    for endpoint in ("certificate", "certificate_status"):
        meaning = answers.classify(endpoint, "GET", answer)
        assert "the CA service of this Puppet Server is disabled" in answers.explain(meaning, answer)
