# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _listeners as listeners
from ansible_collections.tlsops.certificates.plugins.module_utils._listener_steps import (
    AddCertificate,
    RemoveCertificate,
    SetDefault,
    Step,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._listeners import (
    Kept,
    WantedListener,
    plan_listener,
)
from model_listener import listener, replayed

CASES = json.loads((Path(__file__).parents[2] / "cases" / "listener_sync.json").read_text(encoding="utf-8"))
US = "shop"
OTHERS = "blog"


def wanted(default: str | None, *certificates: str, **more: Any) -> WantedListener:
    return WantedListener(default=default, certificates=certificates, owner=US, **more)


def ours(arns: str) -> dict[str, str]:
    return dict.fromkeys(arns, US)


def shown(steps: tuple[Step, ...]) -> str:
    """Steps in short: ``+A`` adds, ``=A`` makes it the default, ``-A`` removes, ``-A?`` if it is there."""
    signs = {AddCertificate: "+", SetDefault: "=", RemoveCertificate: "-"}
    return " ".join(
        f"{signs[type(step)]}{step.arn}{'?' if getattr(step, 'if_present', False) else ''}" for step in steps
    )


# --- The tables ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purge_off", ["managed", "none"])
@pytest.mark.parametrize("row", CASES["sync"], ids=lambda row: row["id"])
def test_sync_table(row: dict[str, Any], purge_off: Any) -> None:
    """``purge: false`` is what we do with other people's certificates, whichever of the two the user says."""
    current, desired = row["current"], row["desired"]
    quota = row.get("quota") or row.get("list_quota") or 25
    there = listener(current["default"], *current["list"])
    want = wanted(
        desired["default"],
        *desired["others"],
        purge="all" if desired["purge"] else purge_off,
        default_in_list=desired["default_also_in_list"],
    )
    plan = plan_listener(want, there, quota=quota)
    model = replayed(plan, there, quota=quota)
    assert model.calls == [list(call) for call in row["expected_calls"]]
    assert plan.changed == row["changed"]
    assert not plan_listener(want, model.as_listener(plan.owners), quota=quota).changed


@pytest.mark.parametrize("row", CASES["amazon_aws_unit_tests"], ids=lambda row: row["id"])
def test_default_table(row: dict[str, Any]) -> None:
    arns = row["wanted"] or []
    there = listener(row["current_default"], *row.get("current_list", []))
    plan = plan_listener(wanted(arns[0] if arns else None, *arns[1:]), there)
    modified = [step.arn for step in plan.steps if isinstance(step, SetDefault)]
    assert modified == ([row["expected_modify"]] if row["expected_modify"] else [])
    assert set(arns) <= {plan.after.default, *plan.after.certificates}, "the second and later ones count, too"


# --- Which certificate is the default --------------------------------------------------------------------------------


def test_the_present_default_stays_while_it_is_wanted() -> None:
    assert shown(plan_listener(wanted(None, "A", "B"), listener("B", owners=ours("B"))).steps) == "+A"


def test_the_first_wanted_replaces_a_default_of_ours_that_is_not_wanted() -> None:
    plan = plan_listener(wanted(None, "Y", "X"), listener("D", owners=ours("D")))
    assert shown(plan.steps) == "+X =Y -D?"
    assert plan.after == listeners.ListenerState("Y", ("X",))


def test_a_default_that_is_not_ours_stays_unless_another_is_asked_for() -> None:
    plan = plan_listener(wanted(None, "A"), listener("D", owners={"D": OTHERS}))
    assert shown(plan.steps) == "+A"
    assert plan.kept == (Kept("D", "it is there for blog"),)


def test_a_default_that_is_not_ours_moves_to_the_list_when_another_takes_its_place() -> None:
    plan = plan_listener(wanted("A"), listener("D"))
    assert shown(plan.steps) == "+D =A"
    assert plan.kept == (Kept("D", "we didn't put it there"),)
    assert "D" not in plan.owners, "the list has it because of us, but it isn't ours"


def test_purge_all_replaces_the_default_whoever_put_it_there() -> None:
    assert shown(plan_listener(wanted(None, "A", purge="all"), listener("D")).steps) == "=A -D?"


def test_purge_none_detaches_nothing_not_even_a_default_of_ours() -> None:
    there = listener("D", "C", owners=ours("DC"))
    assert shown(plan_listener(wanted("A", purge="none"), there).steps) == "+D =A"
    assert not plan_listener(wanted(None, purge="none"), there).changed
    kept = plan_listener(wanted("A", purge="none"), there).kept
    assert kept == (Kept("C", "purge is none"), Kept("D", "purge is none"))


def test_the_last_default_cannot_go() -> None:
    plan = plan_listener(wanted(None), listener("D", "C", owners=ours("DC")))
    assert shown(plan.steps) == "-C"
    assert plan.kept == (Kept("D", "it is the default, and a listener can't be without one"),)


def test_a_default_in_the_list_as_well_is_finished() -> None:
    for purge in ("managed", "all", "none"):
        there = listener("A", "A", "B", owners=ours("AB"))
        assert not plan_listener(wanted("A", "B", purge=purge), there).changed


def test_the_default_can_be_wanted_in_the_list_as_well() -> None:
    assert shown(plan_listener(wanted("B", default_in_list=True), listener("A", owners=ours("A"))).steps) == "+B =B -A?"
    assert shown(plan_listener(wanted(None, "A", default_in_list=True), listener("A")).steps) == "+A"


def test_naming_the_default_among_the_certificates_makes_no_difference() -> None:
    assert shown(plan_listener(wanted("A", "B", "A", "B"), listener("A")).steps) == "+B"


# --- Whose certificates they are -------------------------------------------------------------------------------------


def test_purge_managed_removes_only_what_was_put_there_for_this_owner() -> None:
    there = listener("A", "X", "Y", "Z", owners={"X": US, "Y": OTHERS})
    plan = plan_listener(wanted("A"), there)
    assert shown(plan.steps) == "-X"
    assert plan.kept == (Kept("Y", "it is there for blog"), Kept("Z", "we didn't put it there"))


def test_what_was_there_before_does_not_become_ours() -> None:
    plan = plan_listener(
        wanted("A", "B", "C"), listener("A", "B", "Y", "X", owners={"B": OTHERS, "X": US, "Y": OTHERS})
    )
    assert plan.owners == {"B": OTHERS, "Y": OTHERS, "C": US}


def test_the_new_default_becomes_ours() -> None:
    assert plan_listener(wanted("B"), listener("A", owners=ours("A"))).owners == {"B": US}


# --- A full listener -------------------------------------------------------------------------------------------------


def test_a_full_listener_loses_first_only_as_many_as_needed() -> None:
    there = listener("A", "X", "Y", "Z", owners=ours("XYZ"))
    assert shown(plan_listener(wanted("A", "B"), there, quota=3).steps) == "-X +B -Y -Z"


def test_the_free_places_of_a_listener_are_used_before_anything_is_removed() -> None:
    there = listener("A", "X", "Y", owners=ours("XY"))
    assert shown(plan_listener(wanted("A", "B", "C"), there, quota=3).steps) == "+B -X +C -Y"


def test_a_new_default_needs_no_room_and_is_no_reason_to_remove_first() -> None:
    there = listener("A", "X", "Y", owners=ours("AXY"))
    assert shown(plan_listener(wanted("X", "Y"), there, quota=2).steps) == "=X -A? -X?"
    assert shown(plan_listener(wanted("N", "Y"), there, quota=2).steps) == "=N -A? -X"


def test_a_wanted_old_default_gets_its_place_in_the_list_first() -> None:
    there = listener("A", "X", owners=ours("AX"))
    assert shown(plan_listener(wanted("N", "B", "A"), there, quota=3).steps) == "+B +A =N -X"
    assert shown(plan_listener(wanted("N", "B", "A"), there, quota=2).steps) == "+A -X +B =N"


def test_the_entry_of_the_new_default_makes_room_after_the_change() -> None:
    there = listener("A", "B", "C", owners=ours("ABC"))
    assert shown(plan_listener(wanted("B", "C", "D"), there, quota=2).steps) == "=B -A? -B? +D"


def test_a_second_entry_of_the_default_goes_last_when_room_is_needed() -> None:
    there = listener("A", "A", "X", owners=ours("AX"))
    assert shown(plan_listener(wanted("A", "B"), there, quota=2).steps) == "-X +B"
    assert shown(plan_listener(wanted("A", "B", "C"), there, quota=2).steps) == "-X +B -A? +C"


def test_what_leaves_no_wanted_name_bare_goes_first() -> None:
    there = listener("A", "X", "Y", owners=ours("XY"))
    names = {"A": ["a.example.com"], "X": ["b.example.com"], "Y": ["y.example.com"], "B": ["b.example.com"]}
    plan = plan_listener(wanted("A", "B"), there, quota=2, names=names)
    assert shown(plan.steps) == "-Y +B -X"
    assert plan.gaps == ()


def test_a_wildcard_of_another_certificate_leaves_no_name_bare() -> None:
    names = {"A": ["*.example.com"], "X": ["b.example.com"], "B": ["b.example.com"]}
    plan = plan_listener(wanted("A", "B"), listener("A", "X", owners=ours("X")), quota=1, names=names)
    assert shown(plan.steps) == "-X +B"
    assert plan.gaps == ()


def test_a_gap_that_a_full_listener_forces_is_named() -> None:
    names = {"A": ["a.example.com"], "X": ["b.example.com", "old.example.com"], "B": ["b.example.com"]}
    plan = plan_listener(wanted("A", "B"), listener("A", "X", owners=ours("X")), quota=1, names=names)
    assert plan.gaps == ("b.example.com",)


def test_a_gap_that_an_early_change_of_the_default_leaves_is_named() -> None:
    there = listener("A", "B", "C", owners=ours("ABC"))
    names = {"A": ["a.example.com"], "D": ["a.example.com"], "B": ["b.example.com"], "C": ["c.example.com"]}
    plan = plan_listener(wanted("B", "C", "D"), there, quota=2, names=names)
    assert shown(plan.steps) == "=B -A? -B? +D"
    assert plan.gaps == ("a.example.com",)


@pytest.mark.parametrize("quota", [3, 25])
def test_the_order_of_the_listing_makes_no_difference(quota: int) -> None:
    for order in ("TUVWXYZ", "ZYXWVUT", "WZTYVXU"):
        plan = plan_listener(wanted("A", "B"), listener("A", *order, owners=ours(order)), quota=quota)
        assert [step.arn for step in plan.steps if isinstance(step, RemoveCertificate)] == list("TUVWXYZ")


def test_quota_full_with_nothing_removable_is_a_problem_that_says_what_is_there_and_what_to_do() -> None:
    plan = plan_listener(wanted("A", "B", "C"), listener("A", "X", "B", owners={"X": OTHERS, "B": US}), quota=2)
    assert plan.steps == ()
    assert plan.after == plan.before
    (problem,) = plan.problems
    for said in ("arn:listener", "443", "1 that are wanted", "1 that we may not remove (X)", "no place for C"):
        assert said in problem
    for advice in ("purge: all", "L-9365A611"):
        assert advice in problem


def test_what_is_removable_is_not_called_stuck() -> None:
    plan = plan_listener(wanted("A", "B", "C", "D"), listener("A", "X", "Y", owners={"X": US, "Y": OTHERS}), quota=2)
    assert "1 that we may not remove (Y), and there is no place for C, D" in plan.problems[0]
    assert "X" not in plan.problems[0]


def test_a_swap_on_a_full_listener_would_leave_a_wanted_certificate_out_for_a_moment() -> None:
    plan = plan_listener(wanted("B", "A", "C"), listener("A", "B", "C", owners=ours("ABC")), quota=2)
    assert plan.steps == ()
    assert "no place for A" in plan.problems[0]


@pytest.mark.parametrize("protocol", ["HTTP", "TCP", "UDP", "TCP_UDP", "GENEVE"])
def test_a_listener_without_tls_is_a_problem(protocol: str) -> None:
    plan = plan_listener(wanted("A"), listener(None, protocol=protocol))
    assert plan.steps == ()
    assert f"port 443) speaks {protocol}, which takes no certificates" in plan.problems[0]


def test_nothing_wanted_of_a_listener_without_tls_is_no_problem() -> None:
    assert plan_listener(wanted(None), listener(None, protocol="HTTP")).problems == ()


def test_a_tls_listener_of_a_network_load_balancer_takes_certificates() -> None:
    assert shown(plan_listener(wanted("A"), listener(None, protocol="TLS")).steps) == "=A"
