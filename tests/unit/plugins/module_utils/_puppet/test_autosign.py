# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which requests a CA may sign by itself, and the program that Puppet Server asks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _standalone as standalone
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet import autosign, csr

KEY = x509.generate_key("EC_prime256v1")
FINGERPRINT = x509.describe_key(KEY)[1]
OTHER = "ab" * 32
NAME = "web1.example.com"
PASSWORD = {"challenge_passwords": ["open sesame", "old one"]}


def request(certname: str = NAME, **wanted: Any) -> str:
    return csr.build(csr.WantedRequest(certname, **wanted), KEY)


def with_password(text: str, **wanted: Any) -> str:
    return csr.build(csr.wanted_request({"certname": NAME, "challenge_password": text, **wanted}), KEY)


@pytest.mark.parametrize(
    ("entries", "asked", "said"),
    [
        ([], request(), "no policy is for this name"),
        ([{"any_key": True}], request(), None),
        ([{"certnames": ["*.example.com"], "any_key": True}], request(), None),
        ([{"certnames": ["*.example.org"], "any_key": True}], request(), "no policy is for this name"),
        ([{"any_key": True}], request("other.example.com"), "is for other.example.com"),
        ([{"expected_fingerprints": [FINGERPRINT]}], request(), None),
        ([{"expected_fingerprints": {NAME: FINGERPRINT}}], request(), None),
        ([{"expected_fingerprints": {"web2.example.com": FINGERPRINT}}], request(), "isn't one of expected_fingerp"),
        ([{"expected_fingerprints": [OTHER]}], request(), "isn't one of expected_fingerprints"),
        ([{"any_key": True}], request(alternative=("DNS:www.example.com",)), "allowed_alt_names doesn't have"),
        (
            [{"any_key": True, "allowed_alt_names": ["*.example.com"]}],
            request(alternative=("DNS:www.example.com",)),
            None,
        ),
        ([{"any_key": True}], request(extensions={csr.SHORT_NAMES["pp_auth_role"]: "x"}), "pp_auth_role"),
        ([PASSWORD], request(), "has no challenge password"),
        ([PASSWORD], with_password("guessed"), "has another challenge password"),
        ([PASSWORD], with_password("open sesame"), None),
        ([PASSWORD], with_password("old one"), None),
        # A password doesn't stand for a key, where keys are asked for.
        ([{**PASSWORD, "expected_fingerprints": [OTHER]}], with_password("open sesame"), "expected_fingerprints"),
        ([{"any_key": True, "extension_requests": {"pp_role": "web"}}], request(), "hasn't 'web' for pp_role"),
        (
            [{"any_key": True, "extension_requests": {"pp_role": "web"}}],
            request(extensions={csr.SHORT_NAMES["pp_role"]: "web"}),
            None,
        ),
        # One policy is enough, but all of it.
        ([PASSWORD, {"expected_fingerprints": [FINGERPRINT]}], request(), None),
        ([PASSWORD, {"expected_fingerprints": [OTHER]}], request(), "or by another policy it"),
        ([{"any_key": True}], request().replace("M", "N"), "isn't a certificate signing request"),
        ([{"any_key": True}], "", "isn't a certificate signing request"),
    ],
)
def test_a_request_is_signed_if_one_policy_holds(entries: list[Any], asked: str, said: str | None) -> None:
    refusal = autosign.refusal(NAME, asked, autosign.policies(entries))
    if said is None:
        assert refusal is None
    else:
        assert said in (refusal or "signed")
    assert "sesame" not in (refusal or "")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({}, "expected_fingerprints is needed"),
        ({"certnames": ["*"]}, "expected_fingerprints is needed"),
        ({"any_key": True, "certnames": []}, "certnames is empty"),
        ({"challenge_passwords": [""]}, "one is empty"),
        ({"any_key": True, "anykey": 1}, "no option anykey"),
        ({"expected_fingerprints": ["abc"]}, "isn't a SHA-256 fingerprint"),
        ({"any_key": True, "extension_requests": {"nonsense": "x"}}, "nonsense"),
        ({"any_key": True, "allowed_extensions": ["1.2.3"]}, "isn't an authorization extension"),
    ],
)
def test_a_policy_that_says_too_little_is_refused(entry: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        autosign.policies([entry])


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("autosign") / "tlsops-autosign"
    path.write_bytes(standalone.program("_puppet.autosign", sys.executable))
    path.chmod(0o755)
    return path


def asked(program: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [program, *arguments], input=text, env=environment, capture_output=True, text=True, check=False
    )


def test_the_program_stands_alone(program: Path) -> None:
    """As the server runs it: without Ansible, or anything else of ours."""
    Path(f"{program}.json").write_text(json.dumps([PASSWORD]), encoding="utf-8")
    done = asked(program, with_password("open sesame"), NAME)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = asked(program, request(), NAME)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"the request of {NAME} isn't signed: it has no challenge password\n"


@pytest.mark.parametrize(
    ("policies", "arguments", "said"),
    [
        (None, [NAME], "can't be read"),
        ("{", [NAME], "can't be read"),
        ("[{}]", [NAME], "expected_fingerprints is needed"),
        ('[{"any_key": true}]', [], "usage"),
    ],
)
def test_what_is_wrong_signs_nothing(program: Path, policies: str | None, arguments: list[str], said: str) -> None:
    path = Path(f"{program}.json")
    path.unlink(missing_ok=True)
    if policies is not None:
        path.write_text(policies, encoding="utf-8")
    done = asked(program, request(), *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_same_sources_make_the_same_program(program: Path) -> None:
    again = standalone.program("_puppet.autosign", sys.executable)
    assert program.read_bytes() == again
    assert b"ansible.module_utils" not in again
