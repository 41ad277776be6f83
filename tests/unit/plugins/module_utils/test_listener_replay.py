# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every plan, replayed call by call."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from ansible_collections.tlsops.certificates.plugins.module_utils import _listeners as listeners
from ansible_collections.tlsops.certificates.plugins.module_utils._listener_steps import (
    AddCertificate,
    RemoveCertificate,
    SetDefault,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._listeners import (
    Listener,
    ListenerPlan,
    WantedListener,
    plan_listener,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from model_listener import ModelListener

US = "shop"
OTHERS = "blog"
POOL = "ABCDEFGH"
NAMES = [f"{letter}.example.com" for letter in "abcd"] + ["*.example.com"]


@dataclasses.dataclass(frozen=True)
class Scene:
    listener: Listener
    wanted: WantedListener
    quota: int
    names: Mapping[str, frozenset[str]]
    behaviour: Mapping[str, bool]

    def plan(self, there: Listener | None = None) -> ListenerPlan:
        return plan_listener(self.wanted, there or self.listener, quota=self.quota, names=self.names)

    def model(self) -> ModelListener:
        return ModelListener(
            self.listener.default, list(self.listener.certificates), self.quota, **dict(self.behaviour)
        )


def _subset(mask: int) -> tuple[str, ...]:
    return tuple(arn for place, arn in enumerate(POOL) if mask >> place & 1)


def _digits(number: int, base: int) -> list[int]:
    return [number // base**place % base for place in range(len(POOL))]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """A few numbers, as drawing every certificate by itself takes hypothesis ten times as long."""
    quota = draw(st.integers(1, 5))
    entries = _subset(draw(st.integers(0, 2 ** len(POOL) - 1)))[:quota]
    whose = _digits(draw(st.integers(0, 3 ** len(POOL) - 1)), 3)
    owners = {arn: (US, OTHERS)[digit - 1] for arn, digit in zip(POOL, whose, strict=True) if digit}
    there = Listener("arn:l", "arn:lb", "HTTPS", 443, draw(st.sampled_from(POOL)), entries, owners)
    in_list, old_joins, new_leaves, double_protected = (flag == 1 for flag in _digits(draw(st.integers(0, 15)), 2)[:4])
    want = WantedListener(
        default=draw(st.sampled_from((None, None, *POOL))),
        certificates=tuple(draw(st.lists(st.sampled_from(POOL), max_size=5))),
        owner=US,
        purge=draw(st.sampled_from(["managed", "all", "none"])),
        default_in_list=in_list,
    )
    held = _digits(draw(st.integers(0, len(NAMES) ** len(POOL) - 1)), len(NAMES))
    names = {arn: frozenset({NAMES[digit], NAMES[digit // 2]}) for arn, digit in zip(POOL, held, strict=True)}
    # A new default that is wanted in the list and taken out of it by AWS comes back with the next run only.
    behaviour = {"old_joins": old_joins, "new_leaves": new_leaves and not in_list, "double_protected": double_protected}
    return Scene(there, want, quota, names, behaviour)


def served(there: set[str], names: Mapping[str, frozenset[str]]) -> set[str]:
    held = {name for arn in there for name in names[arn]}
    return {name for name in NAMES if name in held or f"*.{name.partition('.')[2]}" in held}


@settings(max_examples=2000)
@given(scenes())
def test_every_plan_is_legal_call_by_call_and_ends_in_the_wanted_state(scene: Scene) -> None:
    plan, model = scene.plan(), scene.model()
    assert not (plan.steps and plan.problems)
    wanted_names = {name for arn in scene.wanted.all for name in scene.names[arn]} - set(plan.gaps)
    untouchable = {arn for arn in model.all if arn in scene.wanted.all or not _removable(scene, arn)}
    for step in plan.steps:
        bare = wanted_names - served(model.all, scene.names)
        model.apply(step)
        assert untouchable <= model.all, "a wanted certificate, or one that isn't ours, was out for a moment"
        assert wanted_names - served(model.all, scene.names) <= bare, "a wanted name was bare for a moment"
    if not plan.problems:
        _assert_wanted_state(scene, model)
        again = scene.plan(model.as_listener(plan.owners))
        assert not again.changed
        assert not again.problems


def _removable(scene: Scene, arn: str) -> bool:
    if scene.wanted.purge == "managed":
        return scene.listener.owners.get(arn) == US
    return scene.wanted.purge == "all"


def _assert_wanted_state(scene: Scene, model: ModelListener) -> None:
    want = scene.wanted
    assert set(want.all) <= model.all
    assert want.default in (None, model.default)
    if scene.listener.default in want.all and want.default is None:
        assert model.default == scene.listener.default, "the default changed without need"
    if want.default_in_list and model.default in want.all:
        assert model.default in model.entries
    left = [arn for arn in model.all if arn not in want.all and _removable(scene, arn)]
    assert left == ([model.default] if model.default in left else [])
    if left:
        assert not want.all, "an unwanted default of ours stays only where there is nothing to replace it"


@settings(max_examples=500)
@given(scenes(), st.data())
def test_a_run_killed_anywhere_is_finished_by_the_next(scene: Scene, data: st.DataObject) -> None:
    """Owners are noted before the first call, as ListenerPlan says."""
    plan, model = scene.plan(), scene.model()
    assume(plan.steps)
    for step in plan.steps[: data.draw(st.integers(1, len(plan.steps)))]:
        model.apply(step)
    noted = {**scene.listener.owners, **plan.owners}
    again = scene.plan(model.as_listener(noted))
    assert not again.problems
    for step in again.steps:
        model.apply(step)
    _assert_wanted_state(scene, model)
    assert not scene.plan(model.as_listener(again.owners)).changed


@settings(max_examples=500)
@given(scenes())
def test_without_need_nothing_is_removed_before_everything_is_added(scene: Scene) -> None:
    steps = scene.plan().steps
    kinds = [type(step) for step in steps]
    additions = kinds.count(AddCertificate)
    assert len({(type(step), step.arn) for step in steps}) == len(steps), "a step is there twice"
    if not additions:
        return
    last = len(kinds) - 1 - kinds[::-1].index(AddCertificate)
    before = [s for s in steps[:last] if isinstance(s, RemoveCertificate) and s.arn in scene.listener.certificates]
    assert len(before) <= max(0, additions - (scene.quota - len(scene.listener.certificates)))
    if not before:
        assert SetDefault not in kinds[:last]


@settings(max_examples=300)
@given(scenes())
def test_a_problem_is_reported_exactly_where_no_order_of_calls_would_do(scene: Scene) -> None:
    assert bool(scene.plan().problems) == (not _some_order_does(scene))


def _some_order_does(scene: Scene) -> bool:
    """Tries every order of calls that leaves no wanted or foreign certificate out, on the least forthcoming AWS."""
    must_stay = {arn for arn in scene.listener.all if arn in scene.wanted.all or not _removable(scene, arn)}
    relevant = {*scene.listener.all, *scene.wanted.all}
    start = (scene.listener.default, frozenset(scene.listener.certificates))
    seen, waiting = {start}, [start]
    while waiting:
        default, entries = waiting.pop()
        if _is_reached(scene, default, entries):
            return True
        nexts = [(default, entries | {arn}) for arn in relevant if len(entries) < scene.quota]
        nexts += [(default, entries - {arn}) for arn in entries if _removable(scene, arn)]
        nexts += [(arn, entries) for arn in scene.wanted.all]
        for state in nexts:
            if state not in seen and must_stay <= state[1] | {state[0]}:
                seen.add(state)
                waiting.append(state)
    return False


def _is_reached(scene: Scene, default: str | None, entries: frozenset[str]) -> bool:
    want = scene.wanted
    goal = want.default or listeners._default(want, scene.listener)
    in_list = not (want.default_in_list and want.all) or default not in want.all or default in entries
    return default == goal and set(want.all) <= entries | {default} and in_list
