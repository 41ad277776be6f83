# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _certificate_match as discovery
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_match import (
    HostMatch,
    MatchFilters,
    chosen,
    match_hosts,
    may_match,
    missing,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import (
    MANAGED_BY,
    TAG_MANAGED_BY,
    TAG_NAME,
    Certificate,
)
from hypothesis import given
from hypothesis import strategies as st

CASES = json.loads((Path(__file__).parents[2] / "cases" / "cert_discovery.json").read_text(encoding="utf-8"))
NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
HOST = "www.example.com"
CA = "arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/"


def certificate(arn: str, *names: str, since: float = 30, left: float = 300, **more: Any) -> Certificate:
    """``since`` and ``left`` in days."""
    names = names or (HOST,)
    values: dict[str, Any] = {"status": "ISSUED", "type": "AMAZON_ISSUED", "tags": {}, **more}
    return Certificate(
        arn=arn,
        region="eu-west-1",
        domain_name=names[0],
        names=frozenset(names),
        not_before=NOW - since * DAY,
        not_after=NOW + left * DAY,
        **values,
    )


def managed(name: str | None = "shop") -> dict[str, str]:
    return {TAG_MANAGED_BY: MANAGED_BY, **({TAG_NAME: name} if name else {})}


def match(
    certificates: list[Certificate], host: str = HOST, filters: MatchFilters | None = None, **more: Any
) -> HostMatch:
    return match_hosts([host], certificates, now=NOW, filters=filters, **more)[host]


def found(*certificates: Certificate, host: str = HOST, **filters: Any) -> str | None:
    """The ARN that is taken, whatever the order of the listing."""
    orders = [list(certificates), list(reversed(certificates))]
    results = [match(order, host, MatchFilters(**filters)).certificate for order in orders]
    assert results[0] == results[1]
    return results[0].arn if results[0] else None


def refused(*certificates: Certificate, host: str = HOST, **filters: Any) -> str:
    result = match(list(certificates), host, MatchFilters(**filters))
    assert result.certificate is None
    return result.message


# --- The tables ------------------------------------------------------------------------------------------------------


def certificate_from(row: dict[str, Any]) -> Certificate:
    year = 365 * 86400
    return certificate(
        row["id"],
        *row.get("names", [HOST]),
        since=-row.get("not_before_s", -year) / 86400,
        left=row.get("not_after_s", year) / 86400,
        status=row.get("status", "ISSUED"),
        type=row.get("type", "AMAZON_ISSUED" if row.get("verifiable", True) else "IMPORTED"),
        key_algorithm=row.get("key", "RSA_2048"),
        managed_by=row.get("managed_by"),
        key_pair_origin=row.get("origin_of_key"),
        certificate_authority_arn=row.get("ca"),
        tags=row.get("tags", {}),
    )


def unfit(row: dict[str, Any]) -> dict[str, str]:
    return {each["id"]: "it is self-signed" for each in row["certs"] if not each.get("verifiable", True)}


@pytest.mark.parametrize("row", CASES["name_match"], ids=lambda row: row["id"])
def test_name_match_table(row: dict[str, Any]) -> None:
    assert (found(certificate("arn", row["pattern"]), host=row["host"]) is not None) == row["expected"]


@pytest.mark.parametrize("row", CASES["select_one"], ids=lambda row: row["id"])
def test_select_one_table(row: dict[str, Any]) -> None:
    certificates = [certificate_from(each) for each in row["certs"]]
    filters = MatchFilters(unfit=unfit(row))
    per_key_family = row.get("mode") == "one-per-key-family"
    results = [
        match(order, row["host"], filters, per_key_family=per_key_family)
        for order in (certificates, certificates[::-1])
    ]
    taken = [[each.arn for each in result.certificates] for result in results]
    assert taken[0] == taken[1], "the order of the listing made a difference"
    if row["expected"] == "ONE":
        assert len(taken[0]) == 1
    elif isinstance(row["expected"], list):
        assert sorted(taken[0]) == sorted(row["expected"])
    else:
        assert taken[0] == ([row["expected"]] if row["expected"] else [])


@pytest.mark.parametrize("row", CASES["select_many"], ids=lambda row: row["id"])
def test_select_many_table(row: dict[str, Any]) -> None:
    matches = match_hosts(row["hosts"], [certificate_from(each) for each in row["certs"]], now=NOW)
    lacking = [host for host, result in matches.items() if not result.certificate]
    assert lacking == row.get("missing", [])
    if row["expected"] is not None:
        assert [each.arn for each in chosen(matches)] == row["expected"]
    else:
        assert lacking
        assert all(host in (missing(matches) or "") for host in lacking)


@pytest.mark.parametrize("row", CASES["exclude_owned"], ids=lambda row: row["id"])
def test_exclude_owned_table(row: dict[str, Any]) -> None:
    """The controller's own certificates are those with all of its tag keys, whatever their values."""
    keys = frozenset(row["filter_tags"] or {}) if row["management"] else frozenset()
    taken = [each["id"] for each in row["certs"] if found(certificate_from(each), exclude_tag_keys=keys)]
    assert taken == row["expected"]


# --- Which one is the best -------------------------------------------------------------------------------------------


def test_the_exact_name_comes_before_a_wildcard_that_is_newer() -> None:
    assert found(certificate("exact", since=200), certificate("wild", "*.example.com", since=1, left=390)) == "exact"


def test_a_sound_wildcard_comes_before_an_exact_name_that_is_about_to_expire() -> None:
    assert found(certificate("exact", left=6.9), certificate("wild", "*.example.com")) == "wild"
    assert found(certificate("exact", left=7), certificate("wild", "*.example.com")) == "exact"


def test_of_those_about_to_expire_the_longest_lived() -> None:
    assert found(certificate("newer", since=1, left=2), certificate("longer", since=9, left=3)) == "longer"


def test_with_the_same_beginning_the_longest_lived() -> None:
    assert found(certificate("b", left=90), certificate("a", left=91)) == "a"
    assert found(certificate("a", left=90), certificate("b", left=91)) == "b"


def test_the_least_validity_is_the_callers_to_set() -> None:
    certificates = [certificate("newer", since=1, left=20), certificate("longer", since=9, left=60)]
    taken = [match(certificates, min_validity=days * DAY).certificates[0].arn for days in (10, 30)]
    assert taken == ["newer", "longer"]


def test_one_that_aws_renews_comes_before_an_equal_imported_one() -> None:
    assert found(certificate("a", type="IMPORTED"), certificate("b")) == "b"


def test_of_equal_ones_that_which_serves_more_of_the_hosts() -> None:
    certificates = [certificate("a", HOST), certificate("b", HOST, "api.example.com")]
    for order in (certificates, certificates[::-1]):
        matches = match_hosts([HOST, "api.example.com"], order, now=NOW)
        assert [each.arn for each in chosen(matches)] == ["b"]


def test_of_equal_ones_the_narrower_and_then_the_lowest_arn() -> None:
    assert found(certificate("a", HOST, "x.example.com"), certificate("b")) == "b"
    assert found(certificate("b"), certificate("a")) == "a"


def test_the_best_of_each_key_family_the_best_first() -> None:
    certificates = [
        certificate("rsa-old", since=99),
        certificate("rsa", since=20, key_algorithm="RSA_4096"),
        certificate("ec", since=10, key_algorithm="EC_prime256v1"),
        certificate("ec-old", since=11, key_algorithm="EC_secp384r1"),
    ]
    assert [each.arn for each in match(certificates, per_key_family=True).certificates] == ["ec", "rsa"]
    assert [each.arn for each in match(certificates).certificates] == ["ec"]


# --- Public and private ----------------------------------------------------------------------------------------------


def private(arn: str, *names: str, ca: str | None = "one", **more: Any) -> Certificate:
    return certificate(arn, *names, type="PRIVATE", certificate_authority_arn=f"{CA}{ca}" if ca else None, **more)


def test_public_and_private_are_never_mixed() -> None:
    both = [private("exact", key_algorithm="EC_prime256v1"), certificate("wild", "*.example.com")]
    assert [each.arn for each in match(both, per_key_family=True).certificates] == ["wild"]
    assert found(*both) == "wild"


def test_a_private_one_is_taken_where_it_is_the_only_one_or_asked_for() -> None:
    assert found(private("p")) == "p"
    assert found(private("p"), certificate("wild"), type="private") == "p"
    assert found(private("p"), certificate("c", left=-1)) == "p"


def test_a_kind_that_is_not_wanted_is_named() -> None:
    assert "p would serve it, but it is private, and a public one is wanted" in refused(private("p"), type="public")
    assert "it is public, and a private one is wanted" in refused(certificate("c"), type="private")


def test_an_imported_certificate_counts_as_public() -> None:
    assert found(certificate("i", type="IMPORTED"), type="public") == "i"


def test_limited_to_certificate_authorities() -> None:
    only = {"certificate_authority_arns": frozenset({f"{CA}one"})}
    assert found(private("p1"), private("p2", ca="two", since=1), certificate("c"), **only) == "p1"
    assert f"its certificate authority, {CA}two, is not among the allowed" in refused(private("p2", ca="two"), **only)
    assert "only certain private certificate authorities are allowed" in refused(certificate("c"), **only)
    assert "wasn't read" in refused(private("p3", ca=None), **only)


# --- What is not taken -----------------------------------------------------------------------------------------------


def test_one_that_is_managed_for_another_owner_is_not_taken_unless_asked() -> None:
    shop = certificate("ours", tags=managed("shop"))
    assert "ours would serve it, but it is managed for shop" in refused(shop)
    assert "managed for shop" in refused(shop, owners=frozenset({"blog"}))
    assert found(shop, owners=frozenset({"shop"})) == "ours"
    assert found(shop, exclude_managed=False) == "ours"
    assert found(shop, certificate("wild", "*.example.com")) == "wild"


def test_one_of_ours_without_a_name_is_not_taken_unless_asked() -> None:
    nameless = certificate("ours", tags=managed(None))
    assert "it is managed by this collection" in refused(nameless, owners=frozenset({"shop"}))
    assert found(nameless, exclude_managed=False) == "ours"
    assert found(certificate("other", tags={TAG_NAME: "shop"})) == "other"


def test_without_tags_read_nothing_is_taken_that_could_be_managed() -> None:
    unread = certificate("unread", tags=None)
    assert "its tags weren't read" in refused(unread)
    assert "its tags weren't read" in refused(unread, exclude_managed=False, tags={"team": "a"})
    assert "its tags weren't read" in refused(unread, exclude_managed=False, exclude_tag_keys=frozenset({"k"}))
    assert found(unread, exclude_managed=False) == "unread"


def test_limited_to_tags() -> None:
    one = certificate("one", tags={"team": "a", "stage": "live"})
    assert found(one, tags={"team": "a"}) == "one"
    assert "it lacks the tag team=b" in refused(one, tags={"team": "b", "stage": "live"})
    assert "it lacks the tags cost=1, team=b" in refused(one, tags={"team": "b", "cost": "1"})


def test_excluded_tags_must_all_be_there() -> None:
    keys = frozenset({"cluster", "stack"})
    assert found(certificate("one", tags={"cluster": "x"}), exclude_tag_keys=keys) == "one"
    both = certificate("both", tags={"cluster": "x", "stack": "y"})
    assert "it is tagged with cluster, stack, which is excluded" in refused(both, exclude_tag_keys=keys)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"left": -1}, "it expired on 2026-11-21"),
        ({"left": 0}, "it expired on 2026-11-22"),
        ({"left": -1, "status": "EXPIRED"}, "it expired on 2026-11-21"),
        ({"since": -1}, "it is valid from 2026-11-23 only"),
        ({"status": "PENDING_VALIDATION"}, "its status is PENDING_VALIDATION"),
        ({"managed_by": "CLOUDFRONT"}, "it is managed by CLOUDFRONT"),
        ({"key_pair_origin": "ACME"}, "ACME endpoint"),
    ],
)
def test_what_cannot_be_attached_is_not_taken(more: dict[str, Any], said: str) -> None:
    assert said in refused(certificate("arn", **more))
    assert refused(certificate("arn", **more)).count(" and ") <= 1


def test_what_the_caller_calls_unfit_is_not_taken() -> None:
    assert "a, but" not in refused(certificate("a"), unfit={"a": "it is self-signed"})
    assert "a would serve it, but it is self-signed" in refused(certificate("a"), unfit={"a": "it is self-signed"})


def test_limited_to_key_algorithms_in_either_spelling() -> None:
    rsa, elliptic = certificate("rsa"), certificate("ec", key_algorithm="EC_prime256v1", since=99)
    assert found(rsa, elliptic, key_algorithms=frozenset({"EC-prime256v1"})) == "ec"
    assert "its key algorithm, RSA_2048, is not among" in refused(rsa, key_algorithms=frozenset({"EC_prime256v1"}))


def test_other_statuses_can_be_asked_for() -> None:
    pending = certificate("p", status="PENDING_VALIDATION")
    assert found(pending, statuses=frozenset({"ISSUED", "PENDING_VALIDATION"})) == "p"


# --- Hosts, and what is said about them ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("www.example.com", "WWW.Example.COM."),
        ("*.example.com", "WWW.example.com."),
        ("xn--bcher-kva.example.com", "Bücher.example.com"),
        ("*.xn--bcher-kva.example", "www.bücher.example"),
        ("*.example.com", "*.example.com"),
    ],
)
def test_hosts_in_any_spelling(name: str, host: str) -> None:
    assert found(certificate("arn", name), host=host) == "arn"


@pytest.mark.parametrize("host", ["example.com", "a.b.example.com", "*.b.example.com", "wwwexample.com"])
def test_a_wildcard_covers_one_label_and_not_the_apex(host: str) -> None:
    result = match([certificate("wild", "*.example.com")], host)
    assert (result.certificate, result.reason) == (None, discovery.NO_CERTIFICATE)
    assert host in result.message


@pytest.mark.parametrize("host", ["", ".", "a..example.com", ".example.com"])
def test_a_host_that_is_no_name(host: str) -> None:
    result = match([certificate("wild", "*.example.com")], host)
    assert (result.certificate, result.reason) == (None, discovery.INVALID_HOST)


def test_reasons_and_candidates() -> None:
    good, bad = certificate("good"), certificate("bad", left=-1)
    assert match([good, bad]).reason == discovery.MATCHED
    assert [each.arn for each in match([good, bad, certificate("x", "x.example.com")]).candidates] == ["bad", "good"]
    assert match([bad]).reason == discovery.NOT_ELIGIBLE
    assert match([]).reason == discovery.NO_CERTIFICATE
    assert "www.example.com is served by good" in match([good, bad]).message


def test_one_message_for_all_hosts_without_a_certificate() -> None:
    hosts = ["c.example.net", HOST, "b.example.net", "a..b"]
    said = missing(match_hosts(hosts, [certificate("c")], now=NOW))
    assert said is not None
    assert [said.count(each) for each in hosts] == [1, 0, 1, 1]
    assert "no certificate for b.example.net: none of this account and Region has that name" in said
    assert missing(match_hosts([HOST], [certificate("c")], now=NOW)) is None


def test_of_many_that_were_passed_over_three_are_named() -> None:
    said = refused(*[certificate(f"arn-{number}", left=-1) for number in range(5)])
    assert [f"arn-{number}" in said for number in range(5)] == [True, True, True, False, False]
    assert "2 more" in said


def test_a_certificate_that_is_listed_twice_counts_once() -> None:
    assert len(match([certificate("c"), certificate("c")]).candidates) == 1


def test_what_is_worth_reading() -> None:
    assert may_match(["x.example.com", "WWW.example.com"], certificate("c"))
    assert not may_match(["x.example.com"], certificate("c"))
    assert may_match(["x.example.com"], certificate("c", names_complete=False))


@st.composite
def listings(draw: st.DrawFn) -> list[Certificate]:
    names = [f"{one}.example.com" for one in "ab"] + ["*.example.com", "example.com", "a.b.example.com"]
    return [
        certificate(
            f"arn-{number}",
            *draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)),
            since=draw(st.sampled_from([-1, 1, 30])),
            left=draw(st.sampled_from([-1, 3, 5, 30, 300])),
            type=draw(st.sampled_from(["AMAZON_ISSUED", "PRIVATE", "IMPORTED"])),
            tags=draw(st.sampled_from([{}, managed(), managed(None)])),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


@given(listings(), st.randoms(use_true_random=False))
def test_the_order_of_the_listing_never_matters_and_the_choice_is_always_fit(
    certificates: list[Certificate], random: Any
) -> None:
    hosts = ["a.example.com", "b.example.com", "example.com", "c.example.com"]
    matches = match_hosts(hosts, certificates, now=NOW)
    shuffled = list(certificates)
    random.shuffle(shuffled)
    assert match_hosts(hosts, shuffled, now=NOW) == matches
    for host, result in matches.items():
        fit = [each for each in certificates if not discovery.obstacles(each, MatchFilters(), NOW)]
        serving = [each for each in fit if may_match([host], each)]
        assert bool(result.certificate) == bool(serving)
        if result.certificate:
            assert result.certificate in serving
            assert result.certificate.type != "PRIVATE" or all(each.type == "PRIVATE" for each in serving)
