# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""puppet.conf: only what is wanted changes, and both programs that read it read the same."""

from __future__ import annotations

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet import puppet_conf
from hypothesis import given, settings
from hypothesis import strategies as st

TEXT = """\
# By hand, and it stays
logdir = /var/log/puppet
[main]
certname=old.test

[server]
  reports = store
; cadir = /commented/out

[agent]
certname = agent.test
"""


def test_it_is_read_as_the_server_reads_it() -> None:
    found = puppet_conf.read(TEXT)
    assert found["main"] == {"logdir": "/var/log/puppet", "certname": "old.test"}
    assert puppet_conf.effective(found, "certname") == "old.test"
    assert puppet_conf.effective(found, "reports") == "store"
    assert puppet_conf.effective(found, "cadir") is None
    # Before Puppet 6 the section had another name, and it comes after the new one.
    text = "[main]\nca_ttl = 1\n[master]\nca_ttl = 2\n"
    assert puppet_conf.effective(puppet_conf.read(text), "ca_ttl") == "2"
    assert puppet_conf.effective(puppet_conf.read(text + "[server]\nca_ttl = 3\n"), "ca_ttl") == "3"


@pytest.mark.parametrize(
    ("text", "section", "key", "expected"),
    [
        ("", "server", "cadir", "[server]\ncadir = x\n"),
        ("[server]\n", "server", "cadir", "[server]\ncadir = x\n"),
        ("[server]\ncadir = y\n", "server", "cadir", "[server]\ncadir = x\n"),
        # What says the same already isn't touched, however it is written.
        ("[server]\n  cadir=x\n", "server", "cadir", "[server]\n  cadir=x\n"),
        ("[server]\ncadir = y\ncadir = z\n", "server", "cadir", "[server]\ncadir = x\n"),
        ("[main]\ncadir = y\n", "server", "cadir", "[main]\ncadir = y\n[server]\ncadir = x\n"),
        ("[server]\na = 1\n\n[agent]\nb = 2\n", "server", "cadir", "[server]\na = 1\ncadir = x\n\n[agent]\nb = 2\n"),
        ("[server]\n# cadir = y\n", "server", "cadir", "[server]\ncadir = x\n# cadir = y\n"),
    ],
)
def test_a_setting_is_put_where_it_belongs(text: str, section: str, key: str, expected: str) -> None:
    assert puppet_conf.with_settings(text, {section: {key: "x"}}) == expected


WANTED: puppet_conf.Sections = {"main": {"certname": "new.test"}, "server": {"cadir": "/ca", "autosign": "false"}}


def test_all_else_stays() -> None:
    after = puppet_conf.with_settings(TEXT, WANTED)
    assert set(TEXT.splitlines()) - set(after.splitlines()) == {"certname=old.test"}
    assert puppet_conf.read(after)["agent"] == {"certname": "agent.test"}


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from([*TEXT.splitlines(), "cadir = /other", "[main]", "[server]", "autosign = true"])))
def test_whatever_was_there_the_second_time_changes_nothing(lines: list[str]) -> None:
    once = puppet_conf.with_settings("\n".join(lines), WANTED)
    assert puppet_conf.with_settings(once, WANTED) == once
    found = puppet_conf.read(once)
    for section, wanted in WANTED.items():
        assert wanted.items() <= found[section].items()


@pytest.mark.parametrize("value", ["", "two words", "/a#b", "/a{b"])
def test_what_the_two_programs_would_read_differently_is_not_written(value: str) -> None:
    """The command of the CA cuts values at a blank, # and {, and says nothing."""
    assert "can't read" in puppet_conf.faults({"server": {"cadir": value}}, {})[0]


def test_a_section_that_comes_first_is_said() -> None:
    present = puppet_conf.read("[server]\ncertname = other.test\n")
    assert "another certname in [server]" in puppet_conf.faults(WANTED, present)[0]
    assert puppet_conf.faults(WANTED, puppet_conf.read("[server]\ncertname = new.test\n")) == []
    assert puppet_conf.faults(WANTED, puppet_conf.read("[agent]\ncertname = other.test\n")) == []
