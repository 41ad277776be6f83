# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _certificate_choice as choice
from ansible_collections.tlsops.certificates.plugins.module_utils._acm_failures import quota_advice
from ansible_collections.tlsops.certificates.plugins.module_utils._aws import errors
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_options import wanted_certificates
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import (
    MANAGED_BY,
    TAG_MANAGED_BY,
    TAG_NAME,
    TAG_REQUEST,
    Certificate,
    WantedCertificate,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._deletion import UnwantedCertificate, choose_unwanted
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from hypothesis import assume, given
from hypothesis import strategies as st

CASES = json.loads((Path(__file__).parents[2] / "cases" / "cert_discovery.json").read_text(encoding="utf-8"))
REGION = "eu-west-1"
OURS = "shop"
EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
ARN = f"arn:aws:acm:{REGION}:111111111111:certificate/"


# --- The rows of the tables as our data ------------------------------------------------------------------------------


def ca_arn(ca: str | None) -> str | None:
    return f"arn:aws:acm-pca:{REGION}:111111111111:certificate-authority/{ca}" if ca else None


def alternative_names(listed: list[str] | str | None) -> list[str]:
    """Long lists are elided in the tables: ``name-0..name-99.example.com``."""
    if not isinstance(listed, str):
        return list(listed or [])
    found = re.match(r"(?P<stem>[\w-]*?)(?P<first>\d+)\.\.(?P=stem)(?P<last>\d+)\.(?P<parent>[\w.]+\w)", listed)
    assert found, f"no list of names: {listed}"
    return [f"{found['stem']}{n}.{found['parent']}" for n in range(int(found["first"]), int(found["last"]) + 1)]


def wanted_from(row: dict[str, Any], **more: Any) -> WantedCertificate:
    entry = {
        "domain_name": row.get("domain_name"),
        "subject_alternative_names": alternative_names(row.get("sans")),
        "certificate_authority_arn": ca_arn(row.get("ca")),
        "key_algorithm": row.get("key") or row.get("key_algorithm"),
        "tags": row.get("tags"),
        "region": row.get("region", REGION),
        **more,
    }
    return wanted_certificates([entry], {})[0]


def certificate_from(row: dict[str, Any], name: str | None) -> Certificate:
    """``name`` is what we call it; None: it is other people's."""
    there = wanted_from({**row, "tags": None, "key": None, "key_algorithm": None})
    algorithm = row.get("key") or row.get("key_algorithm") or "RSA_2048"
    requested = dataclasses.replace(there, key_algorithm=algorithm)
    ours = {TAG_MANAGED_BY: MANAGED_BY, TAG_NAME: name or "", TAG_REQUEST: choice.fingerprint(requested)}
    return Certificate(
        arn=row["id"],
        region=REGION,
        domain_name=there.domain_name,
        names=frozenset(there.names),
        status=row["status"],
        type=row["type"],
        key_algorithm=algorithm,
        managed_by=row.get("managed_by"),
        key_pair_origin=row.get("origin"),
        created_at=EPOCH + datetime.timedelta(seconds=row.get("created", 0)),
        described=True,
        validation_method=row.get("validation", "DNS") if row["type"] == "AMAZON_ISSUED" else None,
        certificate_authority_arn=ca_arn(row.get("ca")),
        tags={**row.get("tags", {}), **(ours if name else {})},
    )


def is_about_ours(row: dict[str, Any]) -> bool:
    """What the controller finds it has tagged itself; the other rows find what is there."""
    return row["id"].startswith(("lbc", "d-"))


@pytest.mark.parametrize("match", ["exact", "covers"])
@pytest.mark.parametrize("row", CASES["reuse_or_replace"], ids=lambda row: row["id"])
def test_reuse_or_replace_table(row: dict[str, Any], match: str) -> None:
    expected = row["expected"]
    name = OURS if is_about_ours(row) else None
    have = [certificate_from(each, name) for each in row["have"]]
    if row["want"] is None:
        unwanted = choose_unwanted(UnwantedCertificate(REGION, name=OURS), have)
        assert [each.arn for each in unwanted] == expected["delete_after"]
        return
    if expected["action"] == "fail":
        with pytest.raises(InvalidInput):
            wanted_from(row["want"])
        return
    chosen = choice.choose(wanted_from(row["want"], name=name, match=match), have)
    if expected["action"] == "policy":
        expected = {"use": expected["use"], "action": "reuse" if match == "covers" else "request"}
    if expected["action"] in ("reuse", "wait"):
        assert chosen.certificate is not None
        assert chosen.certificate.arn == expected["use"]
    elif match == "exact":
        assert expected["action"] in ("request", "fail_now"), f"an action this test doesn't know: {expected['action']}"
        assert chosen.certificate is None
    if match == "exact" and "delete_after" in expected:
        assert [each.arn for each in chosen.superseded] == expected["delete_after"]


@pytest.mark.parametrize("row", [r for r in CASES["reuse_or_replace"] if "aws_error" in r], ids=lambda row: row["id"])
def test_what_the_table_fails_at_once_is_never_tried_again(row: dict[str, Any]) -> None:
    code, _colon, message = row["aws_error"].partition(": ")
    assert row["expected"]["action"] == "fail_now"
    assert code not in errors.THROTTLING_CODES
    yearly = "year" in message
    assert ("within 365 days" in quota_advice(message)) is yearly
    assert ("names per certificate" in quota_advice(message)) is (not yearly and "domains" in message)


def token_of(row: dict[str, Any]) -> str:
    dead = [f"generation {number}" for number in range(1, row.get("attempt", 1))]
    return choice.idempotency_token(wanted_from(row), dead)


@pytest.mark.parametrize("row", [r for r in CASES["idempotency_token"] if "a" in r], ids=lambda row: row["id"])
def test_idempotency_token_table(row: dict[str, Any]) -> None:
    tokens = {token_of(row["a"]), token_of(row["b"])}
    assert len(tokens) == (1 if row["same_token"] else 2)


@pytest.mark.parametrize("row", [r for r in CASES["idempotency_token"] if "token" in r], ids=lambda row: row["id"])
def test_a_token_that_acm_refuses_is_none_that_we_make(row: dict[str, Any]) -> None:
    form = re.compile(r"[A-Za-z0-9_]{1,32}")
    assert bool(form.fullmatch(row["token"])) is row["valid"]
    assert form.fullmatch(choice.idempotency_token(WANTED))


# --- Rules one by one ------------------------------------------------------------------------------------------------

WANTED = WantedCertificate("example.com", ("example.com", "www.example.com"), REGION, name="shop")
NAMES = frozenset(WANTED.names)


def certificate(arn: str = "arn-1", **changes: Any) -> Certificate:
    """A certificate that serves WANTED and that somebody else has requested."""
    given_: dict[str, Any] = {
        "status": "ISSUED",
        "type": "AMAZON_ISSUED",
        "names": NAMES,
        "described": True,
        "validation_method": "DNS",
        "created_at": EPOCH,
        "tags": {},
        **changes,
    }
    return Certificate(arn=arn, region=REGION, domain_name="example.com", **given_)


def own(arn: str = "own", name: str | None = "shop", **changes: Any) -> Certificate:
    wanted = dataclasses.replace(WANTED, name=name)
    return certificate(arn, **{"tags": choice.request_tags(wanted), **changes})


def test_a_named_certificate_is_preferred_to_a_newer_one_of_other_people() -> None:
    newer = certificate("theirs", created_at=EPOCH + datetime.timedelta(days=1))
    chosen = choice.choose(WANTED, [newer, own()])
    assert chosen.certificate is not None
    assert chosen.certificate.arn == "own"


@pytest.mark.parametrize("tags", [{}, {TAG_MANAGED_BY: MANAGED_BY, TAG_NAME: "another"}], ids=["theirs", "another's"])
def test_an_unnamed_certificate_of_ours_is_preferred_to_a_newer_one(tags: dict[str, str]) -> None:
    """Otherwise two entries with the same names, one of them named, take each other's certificate, and their tags."""
    newer = certificate("newer", created_at=EPOCH + datetime.timedelta(days=1), tags=tags)
    chosen = choice.choose(dataclasses.replace(WANTED, name=None), [newer, own(name=None)])
    assert chosen.certificate is not None
    assert chosen.certificate.arn == "own"


def test_what_carries_another_name_serves_no_named_want() -> None:
    assert choice.choose(WANTED, [own("other", name="another")]).certificate is None


def test_an_unnamed_want_may_share_what_carries_a_name() -> None:
    chosen = choice.choose(dataclasses.replace(WANTED, name=None), [own()])
    assert chosen.certificate is not None


def test_a_certificate_that_only_claims_a_name_is_not_ours() -> None:
    impostor = certificate(tags={TAG_NAME: "shop"}, names=frozenset({"old.example.com"}))
    assert choice.choose(WANTED, [impostor]).superseded == ()


@pytest.mark.parametrize("change", [{"described": False}, {"described": False, "validation_method": None}])
def test_nothing_unknown_is_reused(change: dict[str, Any]) -> None:
    there = certificate(**change)
    assert choice.needs_description(WANTED, there)
    assert not choice.serves(WANTED, there)


def test_ours_needs_no_description() -> None:
    there = own(described=False, validation_method=None)
    assert not choice.needs_description(WANTED, there)
    assert choice.serves(WANTED, there)


def test_tags_don_t_make_an_imported_certificate_ours() -> None:
    imported = own(type="IMPORTED", described=False)
    assert not choice.serves(WANTED, imported)
    assert not choice.needs_description(WANTED, imported)


def test_a_listing_that_was_cut_off_is_not_all_names() -> None:
    assert not choice.serves(WANTED, certificate(names_complete=False))
    assert choice.serves(dataclasses.replace(WANTED, match="covers"), certificate(names_complete=False))


def test_an_exact_certificate_is_preferred_to_one_that_covers() -> None:
    wide = certificate("wide", names=frozenset({"example.com", "*.example.com"}), created_at=EPOCH.replace(year=2027))
    covers = dataclasses.replace(WANTED, match="covers")
    chosen = choice.choose(covers, [wide, certificate("exact")])
    assert chosen.certificate is not None
    assert chosen.certificate.arn == "exact"
    assert choice.choose(covers, [wide]).certificate == wide


def test_a_wildcard_covers_one_label_only() -> None:
    wide = certificate(names=frozenset({"*.example.com"}))
    deep = WantedCertificate("a.b.example.com", ("a.b.example.com",), REGION, match="covers")
    assert choice.choose(deep, [wide]).certificate is None


# --- Properties ------------------------------------------------------------------------------------------------------

STATUSES = [
    *["ISSUED", "PENDING_VALIDATION", "FAILED", "VALIDATION_TIMED_OUT"],
    *["EXPIRED", "REVOKED", "INACTIVE", "NOT_FOUND"],
]
SOME_NAMES = st.sets(
    st.sampled_from(["example.com", "*.example.com", "www.example.com", "a.example.com"]), min_size=1, max_size=3
)
ALGORITHMS = st.sampled_from(["RSA_2048", "EC_prime256v1"])
AUTHORITIES = st.sampled_from([None, None, "ca-1", "ca-2"])
LABELS = st.sampled_from([None, "shop", "cdn"])
TAGS = st.dictionaries(
    st.sampled_from(["team", "env", "aws:made-by", "x"]), st.sampled_from(["", "1", "2"]), max_size=3
)
USER_TAGS = st.none() | TAGS.map(lambda tags: {key: value for key, value in tags.items() if key != "aws:made-by"})


@st.composite
def wants(draw: st.DrawFn) -> WantedCertificate:
    names = sorted(draw(SOME_NAMES))
    return WantedCertificate(
        domain_name=draw(st.sampled_from(names)),
        names=tuple(names),
        region=REGION,
        name=draw(LABELS),
        key_algorithm=draw(ALGORITHMS),
        certificate_authority_arn=draw(AUTHORITIES),
        tags=draw(USER_TAGS),
        purge_tags=draw(st.booleans()),
        match=draw(st.sampled_from(["exact", "covers"])),
    )


@st.composite
def listings(draw: st.DrawFn) -> list[Certificate]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        requested = draw(wants())
        tags = dict(draw(TAGS))
        if draw(st.booleans()):
            tags.update(choice.request_tags(requested))
        found.append(
            Certificate(
                arn=f"arn-{number}",
                region=REGION,
                domain_name=requested.domain_name,
                names=frozenset(requested.names),
                status=draw(st.sampled_from(STATUSES)),
                type=draw(st.sampled_from(["PRIVATE" if requested.private else "AMAZON_ISSUED", "IMPORTED"])),
                key_algorithm=requested.key_algorithm,
                managed_by=draw(st.sampled_from([None, None, "CLOUDFRONT"])),
                key_pair_origin=draw(st.sampled_from([None, "AWS_MANAGED", "ACME"])),
                created_at=EPOCH + datetime.timedelta(seconds=draw(st.integers(0, 2))),
                described=draw(st.booleans()),
                validation_method=draw(st.sampled_from(["DNS", "EMAIL"])),
                certificate_authority_arn=requested.certificate_authority_arn,
                tags=tags,
            )
        )
    return found


def arns(certificates: Sequence[Certificate]) -> list[str]:
    return sorted(each.arn for each in certificates)


@given(wants(), listings())
def test_what_is_chosen_is_alive_and_not_somebody_else_s(wanted: WantedCertificate, there: list[Certificate]) -> None:
    chosen = choice.choose(wanted, there).certificate
    if chosen:
        assert chosen.status in ("ISSUED", "PENDING_VALIDATION")
        assert chosen.type == ("PRIVATE" if wanted.private else "AMAZON_ISSUED")
        assert chosen.managed_by is None
        assert chosen.key_algorithm == wanted.key_algorithm
        assert wanted.name is None or chosen.owner_name in (None, wanted.name)


@given(wants(), listings(), st.randoms(use_true_random=False))
def test_the_order_of_the_listing_doesn_t_matter(
    wanted: WantedCertificate, there: list[Certificate], random: Any
) -> None:
    one = choice.choose(wanted, there)
    shuffled = list(there)
    random.shuffle(shuffled)
    other = choice.choose(wanted, shuffled)
    assert one.certificate == other.certificate
    assert arns(one.superseded) == arns(other.superseded)
    assert arns(one.dead) == arns(other.dead)
    assert choice.idempotency_token(wanted, arns(one.dead)) == choice.idempotency_token(
        wanted, [each.arn for each in other.dead]
    )


@given(wants(), listings())
def test_superseded_are_ours_of_that_name_and_never_the_chosen_one(
    wanted: WantedCertificate, there: list[Certificate]
) -> None:
    found = choice.choose(wanted, there)
    for each in found.superseded:
        assert wanted.name
        assert each.owned
        assert each.owner_name == wanted.name
        assert found.certificate is None or each.arn != found.certificate.arn


@given(wants(), listings())
def test_what_was_requested_is_found_again(wanted: WantedCertificate, there: list[Certificate]) -> None:
    """A request, seen as the listing and its tags show it, is what the next run takes: it converges."""
    assume(choice.choose(wanted, there).certificate is None)
    new = Certificate(
        arn="new",
        region=REGION,
        domain_name=wanted.domain_name,
        names=frozenset(wanted.names),
        status="PENDING_VALIDATION",
        type="PRIVATE" if wanted.private else "AMAZON_ISSUED",
        key_algorithm=wanted.key_algorithm,
        created_at=EPOCH + datetime.timedelta(days=1),
        tags=choice.request_tags(wanted),
    )
    found = choice.choose(wanted, [*there, new])
    assert found.certificate == new
    assert not choice.tag_change(wanted, new)


@given(wants(), listings())
def test_tags_converge_in_one_step(wanted: WantedCertificate, there: list[Certificate]) -> None:
    for each in there:
        change = choice.tag_change(wanted, each)
        before = dict(each.tags or {})
        assert change.remove.items() <= before.items()
        assert not change.add.keys() & change.remove.keys()
        assert not any(key.startswith(("aws:", "tlsops:")) for key in change.remove)
        if not each.owned:
            assert not change.remove
        after = {key: value for key, value in before.items() if key not in change.remove} | dict(change.add)
        assert not choice.tag_change(wanted, dataclasses.replace(each, tags=after))
        assert (wanted.tags or {}).items() <= after.items()


@given(wants(), wants())
def test_the_fingerprint_is_the_identity(one: WantedCertificate, other: WantedCertificate) -> None:
    def identity(wanted: WantedCertificate) -> tuple[Any, ...]:
        return set(wanted.names), wanted.certificate_authority_arn, wanted.key_algorithm

    assert (choice.fingerprint(one) == choice.fingerprint(other)) is (identity(one) == identity(other))


@given(wants(), wants(), st.sets(st.sampled_from(["arn-1", "arn-2"])), st.sets(st.sampled_from(["arn-1", "arn-2"])))
def test_a_token_stands_for_one_request_of_one_generation(
    one: WantedCertificate, other: WantedCertificate, dead: set[str], other_dead: set[str]
) -> None:
    def request(wanted: WantedCertificate) -> tuple[Any, ...]:
        return wanted.domain_name, choice.request_tags(wanted), choice.fingerprint(wanted)

    same = (request(one), dead) == (request(other), other_dead)
    assert (choice.idempotency_token(one, dead) == choice.idempotency_token(other, other_dead)) is same


def test_another_region_is_another_request() -> None:
    elsewhere = dataclasses.replace(WANTED, region="us-east-1")
    assert choice.idempotency_token(WANTED) != choice.idempotency_token(elsewhere)


def test_the_ownership_tags_are_not_the_user_s_to_say() -> None:
    sly = dataclasses.replace(WANTED, tags={TAG_MANAGED_BY: "me", TAG_NAME: "mine", TAG_REQUEST: "x", "team": "web"})
    assert choice.request_tags(sly) == {**choice.request_tags(WANTED), "team": "web"}


@given(wants(), listings())
def test_dead_are_never_alive_and_make_another_token(wanted: WantedCertificate, there: list[Certificate]) -> None:
    dead = choice.choose(wanted, there).dead
    assert all(not each.live for each in dead)
    if dead:
        assert choice.idempotency_token(wanted, arns(dead)) != choice.idempotency_token(wanted)
    failed = [
        c.arn for c in there if not c.live and c.owned and (c.tags or {})[TAG_REQUEST] == choice.fingerprint(wanted)
    ]
    assert set(failed) <= set(arns(dead))
