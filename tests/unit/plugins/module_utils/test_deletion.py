# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _deletion as deletion
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import (
    MANAGED_BY,
    TAG_MANAGED_BY,
    TAG_NAME,
    Certificate,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._deletion import UnwantedCertificate
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import TlsopsError
from hypothesis import given
from hypothesis import strategies as st

NAMES = ("example.com", "www.example.com")
OURS = {TAG_MANAGED_BY: MANAGED_BY}
SHOP = {**OURS, TAG_NAME: "shop"}


def certificate(arn: str, tags: dict[str, str] | None = None, **changes: Any) -> Certificate:
    given_: dict[str, Any] = {"names": frozenset(NAMES), "status": "ISSUED", "type": "AMAZON_ISSUED", **changes}
    return Certificate(arn, "eu-west-1", "example.com", tags=tags, **given_)


THERE = [
    certificate("ours", OURS),
    certificate("shop", SHOP),
    certificate("old shop", SHOP, names=frozenset({"old.example.com"})),
    certificate("imported", type="IMPORTED"),
    certificate("theirs", {"team": "x"}),
    certificate("claims", {TAG_NAME: "shop"}),
]


@pytest.mark.parametrize(
    ("unwanted", "arns"),
    [
        (UnwantedCertificate("eu-west-1", arn="imported"), ["imported"]),
        (UnwantedCertificate("eu-west-1", arn="never"), []),
        (UnwantedCertificate("eu-west-1", name="shop"), ["shop", "old shop"]),
        (UnwantedCertificate("eu-west-1", name="cdn"), []),
        (UnwantedCertificate("eu-west-1", names=NAMES), ["ours"]),
        (UnwantedCertificate("eu-west-1", names=("example.com",)), []),
    ],
)
def test_only_what_is_ours_goes_by_name(unwanted: UnwantedCertificate, arns: list[str]) -> None:
    assert [each.arn for each in deletion.choose_unwanted(unwanted, THERE)] == arns


def test_where_only_others_have_the_names_they_are_listed() -> None:
    with pytest.raises(TlsopsError) as caught:
        deletion.choose_unwanted(UnwantedCertificate("eu-west-1", names=NAMES), THERE[1:])
    assert caught.value.details["certificate_arns"] == ["shop", "imported", "theirs", "claims"]
    for part in ("shop (name shop)", "imported (imported)", "theirs (somebody else's)"):
        assert part in caught.value.message


def test_what_is_in_use_is_refused_with_its_users() -> None:
    deletion.refuse_in_use(THERE)
    with pytest.raises(TlsopsError) as caught:
        deletion.refuse_in_use(
            [certificate("a", in_use_by=("lb-2", "lb-1")), certificate("b"), certificate("c", in_use_by=("lb-1",))]
        )
    assert caught.value.details["in_use_by"] == ["lb-1", "lb-2"]
    assert "a is used by lb-1, lb-2" in caught.value.message


@pytest.mark.parametrize(
    ("change", "needs"),
    [
        ({"status": "ISSUED"}, True),
        ({"status": "PENDING_VALIDATION"}, True),
        ({"status": "INACTIVE"}, True),
        ({"status": "FAILED"}, False),
        ({"status": "EXPIRED"}, False),
        ({"status": "REVOKED"}, False),
        ({"status": "VALIDATION_TIMED_OUT"}, False),
        ({"type": "IMPORTED"}, False),
        ({"type": "PRIVATE"}, False),
    ],
)
def test_who_needs_records(change: dict[str, str], needs: bool) -> None:
    names = frozenset({"*.example.com", "www.example.com"})
    found = deletion.needed_names([certificate("a", names=names, **change)])
    assert found == ({"example.com", "www.example.com"} if needs else set())


@given(st.lists(st.sampled_from(["a.example.com", "*.a.example.com", "b.example.org"]), min_size=1, unique=True))
def test_the_record_of_every_name_that_stays_is_needed(names: list[str]) -> None:
    needed = deletion.needed_names([certificate("a", names=frozenset(names))])
    assert all(deletion.validated_name(f"_x.{name.removeprefix('*.')}.") in needed for name in names)


def test_a_plan_shows_the_certificate_before_its_records() -> None:
    plan = deletion.DeletionPlan((THERE[0],), (), (("_x.example.com", "needed"),), ("careful",))
    assert [step.subject for step in plan.steps] == ["certificate ours"]
    result = plan.predict()
    assert (result.changed, result.warnings) == (True, ("careful",))
    assert result.values["kept_records"] == [{"name": "_x.example.com", "reason": "needed"}]
    assert deletion.DeletionPlan(()).predict().changed is False
