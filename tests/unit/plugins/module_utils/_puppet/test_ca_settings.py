# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a CA is told in its files."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet.ca_settings import (
    Autosign,
    ca_settings,
    puppet_settings,
)

POLICY = {"certnames": ["web*.test"], "any_key": True, "challenge_passwords": None}


def test_what_is_not_given_is_not_touched() -> None:
    assert puppet_settings("ca.test", ca_settings({}), None, {}) == {"main": {"certname": "ca.test"}}
    assert ca_settings({}).ca_conf is None


def test_ca_conf_has_what_is_given_in_the_servers_words() -> None:
    given = {"allow_subject_alt_names": False, "allow_auto_renewal": True, "auto_renewal_cert_ttl": "90d"}
    text = ca_settings(given).ca_conf or ""
    comment, body = text.split("\n", 1)
    assert comment.startswith("#")
    said = {"allow-subject-alt-names": False, "allow-auto-renewal": True, "auto-renewal-cert-ttl": "7776000s"}
    assert json.loads(body) == {"certificate-authority": said}


def test_puppet_conf_has_what_the_server_reads_there() -> None:
    wanted = ca_settings({"ca_ttl": "30d"})
    found = puppet_settings("ca.test", wanted, "/program", {"cadir": "/ca", "ssldir": "/ssl"})
    assert found["main"] == {"certname": "ca.test", "ssldir": "/ssl"}
    assert found["server"] == {"cadir": "/ca", "ca_ttl": "2592000", "autosign": "/program"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"autosign": False}, Autosign()),
        # Surveys deliver texts.
        ({"autosign": "no"}, Autosign()),
        ({"autosign": "True"}, Autosign(everything=True)),
        ({"autosign": "*.test"}, Autosign(globs=("*.test",))),
        ({"autosign": ["a.test", "*.b.test"]}, Autosign(globs=("a.test", "*.b.test"))),
        # What isn't said of a policy isn't written, and the role says false where nobody says anything.
        (
            {"autosign": False, "autosign_policies": [POLICY]},
            Autosign(policies=({"certnames": ["web*.test"], "any_key": True},)),
        ),
    ],
)
def test_what_it_signs_by_itself(given: dict[str, Any], expected: Autosign | None) -> None:
    assert ca_settings(given).autosign == expected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ca_ttl": "soon"}, "ca_ttl 'soon' isn't a time"),
        ({"ca_ttl": "51y"}, "ca_ttl"),
        ({"ca_ttl": "0d"}, "ca_ttl"),
        ({"ca_ttl": "36500d"}, "between 1 second and 50 years"),
        ({"autosign": ["two words"]}, "isn't a name or a pattern"),
        ({"autosign": ["# comment"]}, "isn't a name or a pattern"),
        ({"autosign": [{"any_key": True}]}, "true, false, or a list of names"),
        ({"autosign": [""]}, "isn't a name or a pattern"),
        ({"autosign": 1}, "true, false, or a list of names"),
        ({"autosign": True, "autosign_policies": [POLICY]}, "exclude each other"),
        ({"autosign_policies": [{"certnames": ["*"]}]}, "expected_fingerprints is needed"),
    ],
)
def test_faults_are_said(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        ca_settings(given)
