# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acme_certificates.yml with records in Route 53, at Cloudflare and by hand, and a CA that says when to renew."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from support.acme_clouds import BY_HAND, CLOUDFLARE, ROUTE53, Clouds
from support.acme_world import AcmeSite
from support.cloudflare import WITHOUT_READ
from support.kept import age
from support.playbooks import Run
from support.renewal_info import identity

CHALLENGES = {zone: f"_acme-challenge.{zone}" for zone in (ROUTE53, CLOUDFLARE, BY_HAND)}
LIST = [
    {"name": "aws", "dns_names": [ROUTE53, f"*.{ROUTE53}"]},
    {"name": "flare", "dns_names": [CLOUDFLARE, f"*.{CLOUDFLARE}"]},
    {"name": "hand", "dns_names": [BY_HAND]},
]
AWS, FLARE, HAND = ([entry] for entry in LIST)
THEIRS = "somebody-else-s-value"


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clouds]:
    with Clouds.start(tmp_path_factory.mktemp("clouds")) as running:
        yield running


@pytest.fixture
def site(clouds: Clouds, tmp_path: Path) -> AcmeSite:
    return AcmeSite(clouds, tmp_path, sandbox=clouds.sandbox, acme_certificates_list=LIST)


def test_each_provider_writes_its_own_and_the_ca_says_when_to_renew(site: AcmeSite, clouds: Clouds) -> None:
    nobody_writes(site, clouds)
    all_write(site, clouds)
    served = {str(entry["name"]): a_month_passes(site, clouds, str(entry["name"])) for entry in LIST}
    nothing_is_due(site, clouds, served)
    a_token_is_blind(site, clouds)
    all_is_due(site, clouds, served)


def nobody_writes(site: AcmeSite, clouds: Clouds) -> None:
    """Ctrl-C, and the end of the time: the order stays, to be gone on with."""
    with site.start(acme_certificates_list=HAND) as process:
        printed = next((line for line in process.stdout or () if "0 of 1 TXT record on every name server" in line), "")
        # ansible-core doesn't always end at the first time, so one presses again.
        while process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=2)
    assert printed
    assert process.returncode != 0
    assert len(site.noted) == 1
    late = site.run(acme_certificates_list=HAND, acme_certificates_dns_wait_timeout=1)
    assert late.exit_code != 0
    assert f"{CHALLENGES[BY_HAND]} isn't on ns-" in late.output
    assert "of no use any more" in late.output
    site.hold_secrets(late)
    assert not (site.folder / "one" / "hand" / "cert.pem").exists()
    assert clouds.pebble.orders() == 1


def all_write(site: AcmeSite, clouds: Clouds) -> None:
    """The person, too. Values of others stay, and only ours go."""
    clouds.put(CHALLENGES[ROUTE53], THEIRS, ttl=30)
    clouds.cloudflare.put(CLOUDFLARE, CHALLENGES[CLOUDFLARE], THEIRS)
    clouds.cloudflare.busy = clouds.cloudflare.broken = 1
    with site.start() as process:
        printed, written = "", []
        for line in process.stdout or ():
            printed += line
            written += clouds.write_by_hand(line)
    assert process.returncode == 0, printed
    site.hold_secrets(Run(0, printed))
    assert written == [CHALLENGES[BY_HAND]]
    assert (clouds.pebble.orders(), site.noted) == (3, [])
    assert (clouds.cloudflare.busy, clouds.cloudflare.broken, clouds.cloudflare.unknown) == (0, 0, [])
    only_theirs(clouds)


def a_month_passes(site: AcmeSite, clouds: Clouds, name: str) -> x509.Certificate:
    """What has only just come is renewed for nobody's sake."""
    young = site.served(f"one/{name}")
    aged = age(site.folder / "one" / name, by=30, days=90)
    clouds.renewal_info.also_known(aged, young)
    return aged


def only_theirs(clouds: Clouds) -> None:
    assert clouds.in_route53(CHALLENGES[ROUTE53]) == (30, [THEIRS])
    assert clouds.cloudflare.texts(CHALLENGES[CLOUDFLARE]) == [THEIRS]


def nothing_is_due(site: AcmeSite, clouds: Clouds, served: dict[str, x509.Certificate]) -> None:
    """Nothing waits for a CA that can't say when to renew. It is asked later, and a moment is drawn."""
    info, orders, writes = clouds.renewal_info, clouds.pebble.orders(), clouds.writes()
    info.status = 503
    again = site.good()
    assert (again.changed, len(info.asked)) == (0, 3), again.output
    info.status, info.retry_after = 200, "86400"
    elapse(site)
    assert site.good().changed == 0
    drawn = suggestions(site)
    assert sorted(info.asked[3:]) == sorted(drawn) == sorted(map(identity, served.values()))
    for each in drawn.values():
        assert info.window[0] <= moment(each["renew_at"]) <= info.window[1]
        assert datetime.timedelta(hours=23) < moment(each["ask_again_at"]) - now() <= datetime.timedelta(hours=24)
    assert (clouds.pebble.orders(), clouds.writes()) == (orders, writes)


def a_token_is_blind(site: AcmeSite, clouds: Clouds) -> None:
    """One that lacks Zone:Read is one sentence, and leaves nothing behind. The CA isn't asked again when to renew."""
    old, drawn = site.served("one/flare").serial_number, suggestions(site)
    at_cloudflare = clouds.at_cloudflare(WITHOUT_READ)
    blind = site.run(acme_certificates_list=FLARE, acme_certificates_force=True, acme_certificates_dns=at_cloudflare)
    assert blind.exit_code != 0
    assert f"no Cloudflare zone for {CLOUDFLARE}: the token lacks Zone:Read" in blind.output
    assert "Traceback" not in blind.output
    site.hold_secrets(blind)
    only_theirs(clouds)
    assert site.served("one/flare").serial_number == old
    assert (len(clouds.renewal_info.asked), suggestions(site)) == (6, drawn)


def all_is_due(site: AcmeSite, clouds: Clouds, served: dict[str, x509.Certificate]) -> None:
    """As before a revocation, the CA names a time that is over. Orders say which certificates they replace."""
    info = clouds.renewal_info
    info.window = (now() - datetime.timedelta(days=2), now() - datetime.timedelta(days=1))
    elapse(site)
    assert site.good(acme_certificates_list=[*AWS, *FLARE]).changed > 0
    assert (
        sorted(info.asked[6:]) == sorted(info.replaced) == sorted(identity(served[name]) for name in ("aws", "flare"))
    )
    assert info.refused == []
    for name in ("aws", "flare"):
        assert site.served(f"one/{name}").serial_number != served[name].serial_number
    assert site.noted == []
    only_theirs(clouds)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def suggestions(site: AcmeSite) -> dict[str, dict[str, str]]:
    """What is kept of the CA's wishes, by certificate."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in _kept(site)]
    return {each["identity"]: each for each in found}


def elapse(site: AcmeSite) -> None:
    """The CA may be asked again."""
    for path in _kept(site):
        said = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**said, "ask_again_at": now().isoformat()}), encoding="utf-8")


def _kept(site: AcmeSite) -> list[Path]:
    return list((site.folder / "state" / "suggestions").iterdir())
