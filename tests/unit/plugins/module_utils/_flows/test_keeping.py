# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _certificate_requests as requests
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._flows import installing, keeping
from ansible_collections.tlsops.certificates.plugins.module_utils._module_result import Result
from ansible_collections.tlsops.certificates.plugins.module_utils._x509 import describe_key
from support.authority import NOW, Authority

CA = Authority("CA", Authority("Root"))
LATER = NOW + datetime.timedelta(days=25)


class Host:
    """A host with one certificate, and an issuer."""

    def __init__(self, folder: Path) -> None:
        self.directory = str(folder / "web")

    def request(self, now: datetime.datetime = NOW, check: bool = False, **given: Any) -> Result:
        defaults = {key: spec.get("default") for key, spec in requests.HOST_ARGUMENTS.items()}
        own = {"directory": self.directory, "common_name": "web", "key_algorithm": "EC_prime256v1", "validity": "30d"}
        wanted = requests.host_certificates([{**defaults, **own, **given}], now.date())
        plan = keeping.RequestsPlan(tuple(keeping.observe(wanted, now)))
        return plan.predict() if check else keeping.apply(plan)

    def csr(self, now: datetime.datetime = NOW, **given: Any) -> str:
        [record] = self.request(now, **given).values["certificates"]
        return str(record["csr"])

    def install(self, now: datetime.datetime = NOW, check: bool = False, **given: Any) -> Result:
        entry = {**dict.fromkeys(installing.INSTALL_ARGUMENTS), "directory": self.directory, "mode": "0600", **given}
        plan = installing.make_plan(installing.arrivals([entry]), now)
        return plan.predict() if check else installing.apply(plan)

    def issue(self, now: datetime.datetime = NOW, **given: Any) -> Result:
        return self.install(now, certificate=CA.issue(self.csr(now, **given), start=now), chain=CA.pem)

    def key(self) -> str:
        return Path(self.directory, "privkey.pem").read_text()


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def faults(host: Host, **given: Any) -> str:
    with pytest.raises(InvalidInput) as caught:
        host.install(**given)
    return str(caught.value)


def test_check_mode_says_what_will_be_requested(host: Host) -> None:
    predicted = host.request(check=True)
    assert predicted.changed
    assert predicted.values["certificates"][0]["csr"] is None
    assert predicted.values["certificates"][0]["reason"] == "DoesNotExist"
    assert not Path(host.directory).exists()


def test_from_nothing_to_a_certificate_and_no_further(host: Host) -> None:
    assert host.request().changed
    again = host.request()
    assert not again.changed
    assert again.values["certificates"][0]["csr"]
    assert host.issue().changed
    seen = host.request()
    [record] = seen.values["certificates"]
    assert (seen.changed, record["csr"], record["ready"], record["reason"]) == (False, None, True, "Issued")
    assert record["paths"]["privkey"] == f"{host.directory}/privkey.pem"


def test_no_key_is_in_a_result(host: Host) -> None:
    results = [host.request(check=True), host.request(), host.issue(), host.request()]
    assert all(line not in str(result.values) for line in host.key().splitlines()[1:-1] for result in results)


def test_each_certificate_has_a_new_key_unless_it_is_to_be_kept(host: Host) -> None:
    host.issue()
    first = host.key()
    host.issue(LATER)
    second = host.key()
    assert first != second
    host.issue(LATER + datetime.timedelta(days=25), reuse_key=True)
    assert host.key() == second
    host.issue(LATER + datetime.timedelta(days=25), reuse_key=True, key_algorithm="RSA_2048")
    assert describe_key(host.key())[0] == "RSA_2048"


def test_until_the_new_certificate_is_there_the_old_pair_stays(host: Host) -> None:
    host.issue()
    first = host.key()
    assert host.request(LATER).changed
    assert host.key() == first
    assert host.request(LATER, force=True).changed is False


def test_a_noted_name_is_found_by_the_next_run(host: Host) -> None:
    host.request()
    assert host.install(certificate_arn="arn:1", check=True).changed
    assert host.install(certificate_arn="arn:1").changed
    assert not host.install(certificate_arn="arn:1").changed
    assert host.request().values["certificates"][0]["arn"] == "arn:1"


def test_a_request_that_nothing_will_come_for_is_given_up(host: Host) -> None:
    host.issue()
    first = host.csr(LATER)
    assert host.install(discard=True).changed
    assert not host.install(discard=True).changed
    assert host.csr(LATER) != first


def test_installing_again_changes_nothing(host: Host) -> None:
    certificate = CA.issue(host.csr())
    done = host.install(certificate=certificate, chain=CA.pem)
    assert done.values["certificates"][0]["changed"]
    again = host.install(certificate=certificate, chain=CA.pem)
    assert (again.changed, again.values["certificates"][0]["changed"]) == (False, False)


def test_what_was_replaced_is_said(host: Host) -> None:
    host.issue(issuer="one")
    [seen] = host.request(issuer="one").values["certificates"]
    [asked] = host.request(LATER, issuer="two").values["certificates"]
    [done] = host.issue(LATER, issuer="two").values["certificates"]
    assert (done["previous_issuer"], done["previous_serial_number"]) == ("one", seen["serial_number"])
    assert (asked["previous_certificate"], seen["previous_certificate"]) == (seen["certificate"], None)


def test_what_isn_t_for_the_pending_request_is_refused(host: Host, tmp_path: Path) -> None:
    other = Host(tmp_path / "other")
    wrong = CA.issue(other.csr())
    assert "no request is pending" in faults(host, certificate=wrong)
    csr = host.csr()
    assert "it is for another key" in faults(host, certificate=wrong)
    expired = CA.issue(csr, start=NOW - datetime.timedelta(days=60))
    assert "expired" in faults(host, certificate=expired)
    assert "malformed or broken" in faults(host, certificate=CA.issue(csr), chain=Authority("X").pem)
    assert "say what has come" in faults(host)
    assert "isn't a certificate" in faults(host, certificate="-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----")
    assert not Path(host.directory, "current").exists()


def test_rights_are_put_right(host: Host) -> None:
    host.issue()
    assert host.request(mode="0640").changed
    assert not host.request(mode="0640").changed
    assert Path(host.directory, "privkey.pem").stat().st_mode & 0o777 == 0o640


def test_what_a_killed_run_has_left_is_removed(host: Host) -> None:
    host.issue()
    [place] = keeping.observe(requests.host_certificates(_entries(host), NOW.date()), NOW)
    keeping.prepare(dataclasses.replace(place, planned=place.decision.kept.request if place.decision.kept else None))
    assert Path(host.directory, "pending").exists()
    assert host.request().changed
    assert not host.request().changed
    assert not Path(host.directory, "pending").exists()


def _entries(host: Host) -> list[dict[str, Any]]:
    defaults = {key: spec.get("default") for key, spec in requests.HOST_ARGUMENTS.items()}
    own = {"directory": host.directory, "common_name": "web", "key_algorithm": "EC_prime256v1", "validity": "30d"}
    return [{**defaults, **own}]


def test_the_end_of_a_window_keeps_what_was_begun_in_it(host: Host) -> None:
    """A due certificate of which the order hasn't come back in time: the same key is used in the next window."""
    host.issue()
    night = LATER.replace(hour=3, minute=30)
    windows = [{"cron": "0 3 * * *", "duration": "1h", "timezone": "UTC"}]
    [begun] = host.request(night, renew_windows=windows).values["certificates"]
    assert begun["reason"] == "Due"
    host.install(night, certificate_arn="arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/1/certificate/ab")
    by_day = night + datetime.timedelta(hours=6)
    predicted, found = (host.request(by_day, check=check, renew_windows=windows) for check in (True, False))
    assert (predicted.changed, found.changed) == (False, False)
    assert predicted.values == found.values
    [waiting] = found.values["certificates"]
    assert (waiting["reason"], waiting["csr"], waiting["arn"]) == ("Issued", None, None)
    assert waiting["renew_at"] == (night + datetime.timedelta(hours=23, minutes=30)).isoformat()
    [again] = host.request(night + datetime.timedelta(days=1), renew_windows=windows).values["certificates"]
    assert (again["reason"], again["csr"]) == ("Due", begun["csr"])


def test_what_the_issuer_wants(host: Host) -> None:
    host.issue()
    tomorrow = NOW + datetime.timedelta(days=1)
    [early] = host.request(tomorrow, renew_at=(NOW + datetime.timedelta(days=2)).isoformat()).values["certificates"]
    assert (early["reason"], early["renew_at"]) == ("Issued", (NOW + datetime.timedelta(days=2)).isoformat())
    [due] = host.request(tomorrow, renew_at="2026-03-02T12:00:00Z").values["certificates"]
    assert due["reason"] == "Due"
    with pytest.raises(InvalidInput, match="renew_at 'soon' isn't a time such as"):
        host.request(renew_at="soon")


def test_a_public_certificate_is_renewed_clearly_before_its_end(host: Host) -> None:
    """Refused before anything is made. Other ACME CAs may issue for as long as they like."""
    day = datetime.datetime(2026, 11, 27, tzinfo=datetime.timezone.utc)
    given = {"issuer": "https://acme-v02.api.letsencrypt.org/directory", "renew_before": "180d"}
    with pytest.raises(InvalidInput, match="renew_before 180d isn't clearly shorter than the 200d for which"):
        host.request(day, **given)
    assert not Path(host.directory).exists()
    assert host.request(day, **{**given, "issuer": "https://acme.corp.internal/directory"}).changed
    assert host.request(day, **{**given, "renew_before": "179d"}).changed
