# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._txt import quote_txt, unquote_txt
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=600),
    st.text(alphabet='"\\ 0137ä\n', max_size=40),
    st.text(alphabet="x", min_size=250, max_size=1100),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("abc", '"abc"'),
        ("", '""'),
        ("two words", '"two words"'),
        ('say "hi"', r'"say \"hi\""'),
        ("back\\slash", r'"back\\slash"'),
        ("ä", r'"\303\244"'),
        ("a\tb", r'"a\011b"'),
        ("x" * 255, '"' + "x" * 255 + '"'),
        ("x" * 256, '"' + "x" * 255 + '" "x"'),
    ],
)
def test_quote_and_unquote(text: str, value: str) -> None:
    assert quote_txt(text) == value
    assert unquote_txt(value) == text


def test_strings_are_joined_and_what_is_not_quoted_is_the_text() -> None:
    assert unquote_txt('"a"  "b""c"') == "abc"
    assert unquote_txt("plain text") == "plain text"
    assert unquote_txt('half "quoted"') == 'half "quoted"'


@given(TEXTS)
def test_a_text_survives_its_quoting(text: str) -> None:
    value = quote_txt(text)
    assert value.isascii()
    assert unquote_txt(value) == text


@given(TEXTS)
def test_no_string_is_longer_than_255_octets(text: str) -> None:
    for string in re.findall(r'"((?:\\[0-7]{3}|\\.|[^"\\])*)"', quote_txt(text)):
        assert len(re.findall(r"\\[0-7]{3}|\\.|.", string)) <= 255
