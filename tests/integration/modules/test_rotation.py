# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Request new, validate, wait, attach new, detach old, delete old: module by module, as the roles do it.

Killed after any call, no wanted name is without its certificate, and nothing is used that doesn't exist; the next run
finishes, and the one after that has nothing to do. See test_killed.py for how the walk works.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from attaching import CHANGES, certificate, listener, owner_tags, served, short
from aws_world import CA_ARN, MANAGED_BY, NAME, WRITES, World, writes
from module_process import run_forked
from support.modules import ModuleResult

GROUP = "elb/web/"
REGIONS = ["eu-west-1", "us-east-1"]
Entry = dict[str, Any]

BEFORE: list[Entry] = [
    {"name": "shop", "domain_name": "shop.example.com", "subject_alternative_names": ["old.example.com"]},
    {"name": "api", "domain_name": "api.example.com"},
]
AFTER: list[Entry] = [
    {"name": "shop", "domain_name": "shop.example.com", "subject_alternative_names": ["new.example.com"]},
    {"name": "api", "domain_name": "api.example.com", "key_algorithm": "EC_prime256v1"},
]
#: What was covered before, and is wanted all the time.
STAYING = {"shop.example.com", "api.example.com"}
WANTED = STAYING | {"new.example.com"}


def covers(names: list[str], host: str) -> bool:
    return host in names or f"*.{host.partition('.')[2]}" in names


class Chain:
    """The modules of a role, each with what the ones before have found."""

    attacher = ""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sandbox = world.sandbox
        self.zone = world.zone("example.com")

    def modules(self, entries: list[Entry]) -> list[tuple[str, Callable[[list[ModuleResult]], dict[str, Any]]]]:
        return [
            ("acm_dns_certificates", lambda done: self.requests(entries)),
            (self.attacher, lambda done: self.attachment(done[0])),
            ("acm_certificate_retire", lambda done: self.leftovers(done[0])),
        ]

    def run(self, entries: list[Entry]) -> list[ModuleResult]:
        done: list[ModuleResult] = []
        for module, options in self.modules(entries):
            result = self.world.run(module, **options(done))
            assert not result.failed, result.result
            done.append(result)
        return done

    def run_until_killed(self, entries: list[Entry], doomed: str, call: int) -> str:
        """The call after which the module was killed; empty if it ended before."""
        done: list[ModuleResult] = []
        for module, options in self.modules(entries):
            if module == doomed:
                self.sandbox.clear_calls()
                result = run_forked(self.sandbox, module, options(done), kill_after_call=call)
                last = self.sandbox.calls()[-1]
                return "" if result else f"{last['service']}:{last['action']}"
            done.append(self.world.run(module, **options(done)))
        raise AssertionError(f"{doomed} is none of the modules")

    def requests(self, entries: list[Entry]) -> dict[str, Any]:
        return {"certificates": [{**entry, "name": GROUP + entry["name"]} for entry in entries]}

    def attachment(self, requested: ModuleResult) -> dict[str, Any]:
        raise NotImplementedError

    def leftovers(self, requested: ModuleResult) -> dict[str, Any]:
        keep = [each["arn"] for each in requested["certificates"]]
        return {"name_prefix": GROUP, "keep": keep, "regions": REGIONS}

    def there(self) -> dict[str, dict[str, Any]]:
        return {each["CertificateArn"]: each for each in self.sandbox.certificates()}

    def group(self) -> dict[str, dict[str, Any]]:
        """The group's certificates in ACM."""
        return {arn: each for arn, each in self.there().items() if each["tags"].get(NAME, "").startswith(GROUP)}


class OnListener(Chain):
    """A listener on which others have certificates too. The first of the group's is its default."""

    attacher = "elb_listener_certificates"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        managed = {MANAGED_BY: "tlsops.certificates"}
        self.by_hand = certificate(self.sandbox, "by-hand.example.com")
        self.theirs = certificate(self.sandbox, "blog.example.com", tags={**managed, NAME: "elb/web2/blog"})
        self.unused = certificate(self.sandbox, "shop.example.com", tags={**managed, NAME: "shop"}, region="us-east-1")
        self.arn = listener(self.sandbox, self.by_hand, self.theirs)
        tag = {"Key": f"tlsops:certificate/{short(self.theirs)}", "Value": "blog"}
        self.sandbox.boto("elbv2").add_tags(ResourceArns=[self.arn], Tags=[tag])

    def attachment(self, requested: ModuleResult) -> dict[str, Any]:
        arns = [each["arn"] for each in requested["certificates"]]
        return {
            "listener_arn": self.arn,
            "default_certificate_arn": arns[0],
            "certificate_arns": arns,
            "owner": "web",
        }

    def check_at_any_moment(self, names: set[str]) -> None:
        default, others = served(self.sandbox, self.arn)
        assert default is not None
        there = self.there()
        attached = {default, *others}
        assert attached <= set(there), "something is attached that doesn't exist"
        assert {there[arn]["Status"] for arn in attached} == {"ISSUED"}
        for name in names:
            assert any(covers(there[arn]["SubjectAlternativeNames"], name) for arn in attached), f"{name} is bare"
        # Nothing of another owner is touched.
        assert {self.by_hand, self.theirs} <= attached
        assert self.unused in there
        assert owner_tags(self.sandbox, self.arn)[short(self.theirs)] == "blog"
        # Whatever of ours is attached says so: a later run knows its own.
        tags = owner_tags(self.sandbox, self.arn)
        for arn in attached & set(self.group()):
            assert tags[short(arn)] == "web"

    def check_finished(self, first_of_all: set[str]) -> None:
        default, others = served(self.sandbox, self.arn)
        group = self.group()
        assert len(group) == 2
        assert not first_of_all & set(group), "an old one is still there"
        assert set(group) | {self.by_hand, self.theirs} == {default, *others}
        tags = owner_tags(self.sandbox, self.arn)
        assert tags == {**{short(arn): "web" for arn in group}, short(self.theirs): "blog"}
        wanted = {frozenset(["shop.example.com", "new.example.com"]), frozenset(["api.example.com"])}
        assert {frozenset(each["SubjectAlternativeNames"]) for each in group.values()} == wanted
        shop = next(arn for arn, each in group.items() if "shop.example.com" in each["SubjectAlternativeNames"])
        assert default == shop


class OnDistribution(Chain):
    """A distribution with an alias that is wanted all the time."""

    attacher = "cloudfront_distribution_cert"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        first = certificate(self.sandbox, "*.example.com", region="us-east-1")
        self.id = self.sandbox.distribution(["shop.example.com"], first)["id"]

    def requests(self, entries: list[Entry]) -> dict[str, Any]:
        (shop,) = super().requests(entries[:1])["certificates"]
        return {"certificates": [{**shop, "cloudfront": True}]}

    def attachment(self, requested: ModuleResult) -> dict[str, Any]:
        return {"distribution_id": self.id, "certificate_arn": requested["certificates"][0]["arn"]}

    def leftovers(self, requested: ModuleResult) -> dict[str, Any]:
        return {**super().leftovers(requested), "region": "us-east-1"}

    def _certificate(self) -> str:
        (shown,) = self.sandbox.distributions()
        return str(shown["ViewerCertificate"]["ACMCertificateArn"])

    def check_at_any_moment(self, names: set[str]) -> None:
        attached = self.there()[self._certificate()]
        assert attached["Status"] == "ISSUED"
        assert covers(attached["SubjectAlternativeNames"], "shop.example.com")

    def check_finished(self, first_of_all: set[str]) -> None:
        (shop,) = self.group()
        assert shop not in first_of_all
        assert self._certificate() == shop


def calls_that_change(world: World) -> set[str]:
    return set(world.counted()) & (WRITES | CHANGES)


def walk(stage: Callable[[], Any], doomed: str) -> list[str]:
    """Kill the module after each of its calls; the calls after which it was."""
    struck: list[str] = []
    for call in itertools.count(1):
        scene = stage()
        scene.run(BEFORE)
        old = set(scene.group())
        killed_after = scene.run_until_killed(AFTER, doomed, call)
        if not killed_after:
            return struck
        struck.append(killed_after)
        try:
            scene.check_at_any_moment(STAYING)
            scene.run(AFTER)
            scene.check_at_any_moment(WANTED)
            scene.check_finished(old)
            scene.world.counted()
            third = scene.run(AFTER)
            assert [each["changed"] for each in third] == [False, False, False]
            assert not calls_that_change(scene.world)
        except AssertionError as error:
            raise AssertionError(f"{doomed}, killed after call {call} ({killed_after})") from error
    return struck


@pytest.mark.slow
@pytest.mark.parametrize(
    ("doomed", "old_default"),
    [
        ("acm_dns_certificates", "removed"),
        ("elb_listener_certificates", "removed"),
        ("elb_listener_certificates", "kept"),
        ("acm_certificate_retire", "removed"),
    ],
)
def test_a_listener_s_certificates_killed_after_any_call(world: World, doomed: str, old_default: str) -> None:
    """Names of one certificate change, the key algorithm of the other; the first one is the listener's default."""

    def stage() -> OnListener:
        world.sandbox.reset()
        world.sandbox.configure(old_default=old_default)
        return OnListener(world)

    struck = walk(stage, doomed)
    expected = {
        "acm_dns_certificates": {"acm:RequestCertificate", "route53:ChangeResourceRecordSets"},
        "elb_listener_certificates": {call for call in CHANGES if call.startswith("elastic")},
        "acm_certificate_retire": {"acm:DeleteCertificate", "route53:ChangeResourceRecordSets"},
    }[doomed]
    assert expected <= set(struck)


@pytest.mark.slow
def test_a_distribution_s_certificate_killed_after_any_call(world: World) -> None:
    """The other modules are walked above."""

    def stage() -> OnDistribution:
        world.sandbox.reset()
        return OnDistribution(world)

    assert "cloudfront:UpdateDistribution" in walk(stage, "cloudfront_distribution_cert")


def test_a_distribution_s_rotation(world: World) -> None:
    scene = OnDistribution(world)
    scene.run(BEFORE)
    old = set(scene.group())
    scene.run(AFTER)
    scene.check_at_any_moment(WANTED)
    scene.check_finished(old)
    assert [each["changed"] for each in scene.run(AFTER)] == [False, False, False]


def test_in_use_shows_late(world: World) -> None:
    """The old ones are kept and reported, and a later run deletes them; till then nothing else is left to do."""
    scene = OnListener(world)
    scene.run(BEFORE)
    old = set(scene.group())
    world.sandbox.advance(600)
    world.sandbox.configure(in_use_lag=300)
    first = scene.run(AFTER)
    assert {each["arn"] for each in first[2]["kept"]} == old
    assert first[2]["changed"] is False
    scene.check_at_any_moment(WANTED)
    second = scene.run(AFTER)
    assert [each["changed"] for each in second] == [False, False, False]
    assert {each["arn"] for each in second[2]["kept"]} == old
    world.sandbox.advance(301)
    third = scene.run(AFTER)
    assert [each["changed"] for each in third] == [False, False, True]
    scene.check_finished(old)
    assert [each["changed"] for each in scene.run(AFTER)] == [False, False, False]


def test_load_balancers_learn_late_of_the_new_certificate(world: World) -> None:
    scene = OnListener(world)
    scene.run(BEFORE)
    old = set(scene.group())
    world.sandbox.configure(elb_certificate_lag=60)
    scene.run(AFTER)
    scene.check_at_any_moment(WANTED)
    scene.check_finished(old)


def test_another_certificate_authority_for_all(world: World) -> None:
    world.private_ca()
    scene = OnListener(world)
    scene.run(BEFORE)
    old = set(scene.group())
    # A CA with an RSA key has no EC certificates for ACM.
    private = [{**entry, "certificate_authority_arn": CA_ARN, "key_algorithm": "RSA_2048"} for entry in AFTER]
    scene.run(private)
    scene.check_at_any_moment(WANTED)
    scene.check_finished(old)
    assert {each["Type"] for each in scene.group().values()} == {"PRIVATE"}
    # And back.
    before = set(scene.group())
    scene.run(AFTER)
    scene.check_finished(before)
    assert {each["Type"] for each in scene.group().values()} == {"AMAZON_ISSUED"}
    assert len(world.records(scene.zone)) == 3


def test_nothing_goes_while_the_new_one_is_not_attached(world: World) -> None:
    """The step that fails is the attachment: nothing that serves goes."""
    scene = OnListener(world)
    scene.run(BEFORE)
    before = scene.there()
    requested = world.run("acm_dns_certificates", **scene.requests(AFTER))
    world.sandbox.fail("elasticloadbalancing", "AddListenerCertificates", times=99, code="InternalThing", status=400)
    world.counted()
    assert world.run("elb_listener_certificates", **scene.attachment(requested)).failed
    scene.check_at_any_moment(STAYING)
    retired = world.run("acm_certificate_retire", **scene.leftovers(requested))
    assert json.dumps(retired["deleted"]) == "[]"
    assert writes(world.counted()) == {}
    assert set(before) <= set(scene.there())
    world.sandbox.clear_faults()
    scene.run(AFTER)
    scene.check_finished(set(before) - {scene.by_hand, scene.theirs, scene.unused})
