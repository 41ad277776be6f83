# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _names as names
from hypothesis import given
from hypothesis import strategies as st

LABELS = st.text(alphabet="ab-_1", min_size=1, max_size=4)
NAMES = st.lists(LABELS, min_size=1, max_size=5).map(".".join)
PATTERNS = st.one_of(NAMES, NAMES.map(lambda name: "*." + name))
ANY_TEXT = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="aZé.*\\0526_-xn。ß", max_size=30),
    st.from_regex(r"(\\[0-7]{3}|[a-z0-9.])*", fullmatch=True),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.Example.", "xn--bcher-kva.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("www。example。com", "www.example.com"),
        ("ｗｗｗ.example.com", "www.example.com"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("xn--not-punycode-.example", "xn--not-punycode-.example"),
        ("_metadata.エイミー.みんな", "_metadata.xn--eckh0ome.xn--q9jyb4c"),
        ("_dmarc.example.com", "_dmarc.example.com"),
        (r"\052.example.com.", "*.example.com"),
        (r"\100.example.com", "@.example.com"),
        (r"a\040b.example.com", r"a\040b.example.com"),
        (r"a\056b.example.com", r"a\056b.example.com"),
        (r"a\344b.example.com", r"a\344b.example.com"),
        (r"\134052.example.com", r"\134052.example.com"),
        (".", ""),
        ("", ""),
    ],
)
def test_normalise(name: str, expected: str) -> None:
    assert names.normalise(name) == expected


@pytest.mark.parametrize("name", ["a..b", ".example.com", "example.com..", "..", "\u00ad.example", "_é.example"])
def test_what_is_no_name_is_refused_with_the_name(name: str) -> None:
    with pytest.raises(names.InvalidName) as caught:
        names.normalise(name)
    assert f'"{name}"' in str(caught.value)


@given(ANY_TEXT)
def test_normalising_twice_changes_nothing(text: str) -> None:
    try:
        once = names.normalise(text)
    except names.InvalidName:
        return
    assert once.isascii()
    assert names.normalise(once) == once


def test_without_the_idna_library_ascii_names_work_and_others_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "idna", None)
    sentence = "install the Python library idna, or write the name in punycode"
    assert names.normalise("WWW.example.com.") == "www.example.com"
    assert names.certificate_name_faults("xn--bcher-kva.com") == []
    assert len(names.certificate_name_faults("ab--cd.example.com")) == 1
    with pytest.raises(names.IdnaRequired, match=sentence):
        names.normalise("bücher.example")
    with pytest.raises(names.IdnaRequired, match=sentence):
        names.covers("*.example", "bücher.example")
    with pytest.raises(names.InvalidNames, match=sentence):
        names.certificate_names("bücher.com", [])


@pytest.mark.parametrize(
    "name",
    [
        "example.com",
        "*.example.com",
        "a.b.c.example.co.uk",
        "Bücher.example.com",
        "xn--bcher-kva.com",
        "1.example.com",
        "1e100.net",
        "example.test",
        "city.kawasaki.jp",
        "project.github.io",
        "github.io",
        "a" * 63 + ".example.com",
        ".".join(["a" * 49] * 4 + ["b" * 49, "com"]),  # 253 characters
    ],
)
def test_good_certificate_names_have_no_faults(name: str) -> None:
    assert names.certificate_name_faults(name) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", ["empty name"]),
        ("   ", ["empty name"]),
        (".".join(["a" * 49] * 4 + ["b" * 50, "com"]), ["254 characters"]),
        ("a" * 64 + ".example.com", ["label of 64"]),
        ("ü" * 60 + ".example.com", ["too long"]),
        ("a..example.com", ["empty label"]),
        (".example.com", ["empty label"]),
        ("a_b.example.com", ["underscore"]),
        ("a b.example.com", ["a space"]),
        ("example.com/path", ["'/'"]),
        ("user@example.com", ["'@'"]),
        (r"\052.example.com", [r"'\\'"]),
        ("https://example.com", ["URL"]),
        ("example.com:443", ["port"]),
        ("-a.example.com", ["hyphen at the start or end"]),
        ("a-.example.com", ["hyphen at the start or end"]),
        ("ab--cd.example.com", ["third and fourth"]),
        ("xn--zzzzzzzz99999.example.com", ["third and fourth"]),
        ("example.com.", ["ends with a dot"]),
        ("192.0.2.1", ["IP address"]),
        ("192.0.2.1.", ["IP address"]),
        ("2001:db8::1", ["IP address"]),
        ("[2001:db8::1]", ["IP address"]),
        ("localhost", ["single label"]),
        ("com", ["single label"]),
        ("co.uk", ["public suffix co.uk"]),
        ("foo.kawasaki.jp", ["public suffix"]),
        ("*.co.uk", ["wildcard directly below the public suffix"]),
        ("*.com", ["wildcard directly below"]),
        ("w*.example.com", ["leftmost"]),
        ("www.*.example.com", ["leftmost"]),
        ("*.*.example.com", ["more than one wildcard"]),
        ("*", ["names no domain"]),
        ("example.123", ["all digits"]),
        ("example.c", ["two characters"]),
        ("a_b..-c.example.com.", ["underscore", "empty label", "hyphen", "ends with a dot"]),
    ],
)
def test_every_fault_of_a_certificate_name_is_said_and_names_it(name: str, words: list[str]) -> None:
    faults = names.certificate_name_faults(name)
    assert len(faults) == len(words)
    for word in words:
        assert any(word in fault for fault in faults), faults
    if name:
        assert all(f'"{name}"' in fault for fault in faults)


def test_a_private_authority_needs_no_public_suffix() -> None:
    assert names.certificate_name_faults("co.uk", public=False) == []
    assert names.certificate_name_faults("a_b.internal", public=False) != []


def test_without_the_suffix_list_single_labels_are_still_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "publicsuffixlist", None)
    names._public_suffixes.cache_clear()
    try:
        assert names.certificate_name_faults("co.uk") == []
        assert names.certificate_name_faults("*.com") != []
    finally:
        names._public_suffixes.cache_clear()


@given(ANY_TEXT)
def test_a_name_without_faults_is_one_that_acm_s_pattern_takes(text: str) -> None:
    # RequestCertificate, DomainName, as the API model has it.
    pattern = r"(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])"
    if not names.certificate_name_faults(text):
        assert re.fullmatch(pattern, names.normalise(text))


def test_case_order_duplicates_and_unicode_are_put_right_silently() -> None:
    found = names.certificate_names("Bücher.example.com", ["*.B.com", "a.com", "*.b.COM", "bücher.example.com"])
    assert found.domain_name == "xn--bcher-kva.example.com"
    assert found.names == ("*.b.com", "a.com", "xn--bcher-kva.example.com")


def test_without_a_domain_name_the_first_listed_name_that_fits_is_the_common_name() -> None:
    long = "a" * 60 + ".example.com"
    found = names.certificate_names(None, [long, "z.example.com", "b.example.com"])
    assert found.domain_name == "z.example.com"
    assert found.names == (long, "b.example.com", "z.example.com")


@pytest.mark.parametrize(
    ("domain_name", "others", "words"),
    [
        (None, [], ["no name is given"]),
        ("a" * 53 + ".example.com", ["b.com"], ["65 octets"]),
        ("é" * 50 + ".example.com", [], ["octets"]),
        (None, ["a" * 53 + ".example.com"], ["longer than 64"]),
        ("example.com", [f"h{n}.example.com" for n in range(100)], ["101 different names"]),
        ("a_b.example.com", ["192.0.2.1", "ok.example.com", "x..example.com"], ["underscore", "IP", "empty label"]),
        ("co.uk", ["co.uk"], ["public suffix"]),
        ("", ["a.example.com."], ["empty name", "ends with a dot"]),
    ],
)
def test_all_faults_of_all_names_come_at_once(domain_name: str | None, others: list[str], words: list[str]) -> None:
    with pytest.raises(names.InvalidNames) as caught:
        names.certificate_names(domain_name, others)
    assert len(caught.value.faults) == len(words)
    for word, fault in zip(words, sorted(caught.value.faults, key=caught.value.faults.index), strict=True):
        assert word in fault
        assert fault in str(caught.value)


def test_a_common_name_takes_64_octets() -> None:
    longest = "a" * 52 + ".example.com"
    assert len(longest) == 64
    assert names.certificate_names(longest, []).domain_name == longest
    assert names.certificate_names(None, ["b" + longest, longest]).domain_name == longest


def test_a_hundred_names_are_enough_for_acm_and_for_us() -> None:
    listed = [f"h{n}.example.com" for n in range(99)]
    assert len(names.certificate_names("example.com", [*listed, "EXAMPLE.com", "H1.example.com"]).names) == 100


@pytest.mark.parametrize(
    ("name", "zone", "expected"),
    [
        ("a.b.c.example.com", "example.com", ("c.example.com", "b.c.example.com")),
        ("_x.Sub.example.com.", "example.com.", ("sub.example.com",)),
        ("a.example.com", "example.com", ()),
        ("example.com", "example.com", ()),
        ("a.b.example.org", "example.com", ()),
        ("a.example.com", ".", ("com", "example.com")),
    ],
)
def test_ancestors(name: str, zone: str, expected: tuple[str, ...]) -> None:
    assert names.ancestors(name, zone) == expected


def test_labels_and_base_name() -> None:
    assert names.labels("WWW.example.com.") == ("www", "example", "com")
    assert names.labels(".") == ()
    assert names.base_name("*.example.com") == "example.com"
    assert names.base_name("www.example.com") == "www.example.com"


@given(NAMES, NAMES)
def test_a_name_lies_within_a_zone_only_by_whole_labels(name: str, zone: str) -> None:
    parts, zone_parts = name.split("."), zone.split(".")
    assert names.is_within(name, zone) == (parts[-len(zone_parts) :] == zone_parts)


@pytest.mark.parametrize(
    ("pattern", "host", "expected"),
    [
        ("example.com", "example.com", True),
        ("example.com", "www.example.com", False),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "www.example.com.", True),
        ("*.Example.com", "WWW.example.COM", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", ".example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("*.example.com", "*.example.com", True),
        ("*.example.com", "*.b.example.com", False),
        ("w*.example.com", "www.example.com", False),
        ("example.com", "example.com.evil.test", False),
        ("www.foo.org", "www.foo.orgg", False),
        ("*.bücher.example", "www.xn--bcher-kva.example", True),
        ("*.example", "bücher.example", True),
        ("*.com", "com", False),
        ("*", "com", False),
        ("", "", False),
    ],
)
def test_covers(pattern: str, host: str, expected: bool) -> None:
    assert names.covers(pattern, host) is expected


@given(PATTERNS, PATTERNS)
def test_covers_agrees_with_a_comparison_label_by_label(pattern: str, host: str) -> None:
    wanted, given_labels = pattern.split("."), host.split(".")
    by_label = len(wanted) == len(given_labels) and all(
        w == g or (w == "*" and position == 0) for position, (w, g) in enumerate(zip(wanted, given_labels, strict=True))
    )
    assert names.covers(pattern, host) == by_label


def test_covers_all() -> None:
    assert names.covers_all(["example.com", "*.example.com"], ["example.com", "www.example.com"])
    assert not names.covers_all(["*.example.com"], ["example.com", "www.example.com"])
    assert names.covers_all([], [])


@pytest.mark.parametrize(
    ("name", "registered"),
    [
        ("www.example.co.uk", "example.co.uk"),
        ("a.b.example.com", "example.com"),
        ("example.com", "example.com"),
        ("com", "com"),
        ("www.example.unknown-suffix", "example.unknown-suffix"),
    ],
)
def test_the_registered_domain_is_the_name_below_the_public_suffix(name: str, registered: str) -> None:
    assert names.registered_domain(name) == registered


def test_without_the_list_a_public_suffix_has_one_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_is_public_suffix", lambda name: False)
    assert names.is_public_suffix("com")
    assert not names.is_public_suffix("co.uk")
    assert names.registered_domain("www.example.co.uk") == "co.uk"
