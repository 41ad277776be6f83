# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Certificates of others in ACM: what ACM refuses, known before it is asked, and what has to be done."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from . import _key_usages
from ._certificates import MANAGED_BY, TAG_MANAGED_BY, TAG_NAME
from ._chains import Chain
from ._conditions import ISSUED, PENDING, Condition
from ._deployable import Deployable, shown
from ._module_result import Result
from ._plan import UNKNOWN
from ._x509 import CertificateFacts

#: https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (read 2026-11)
_IMPORTABLE = (
    *("RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096"),
    *("EC_prime256v1", "EC_secp384r1", "EC_secp521r1"),
)
_LARGEST_KEY = 5120  # octets


@dataclasses.dataclass(frozen=True)
class WantedImport:
    """``name`` finds the certificate again, unless ``arn`` says which it is."""

    region: str
    deployable: Deployable
    name: str | None = None
    arn: str | None = None
    directory: str | None = None
    tags: t.Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.name or str(self.arn)

    @property
    def all_tags(self) -> dict[str, str]:
        """Those of one that is ours, from its first import on."""
        return {**self.tags, TAG_MANAGED_BY: MANAGED_BY, **({TAG_NAME: self.name} if self.name else {})}


@dataclasses.dataclass(frozen=True)
class Imported:
    """A certificate as ACM has it."""

    arn: str
    facts: CertificateFacts
    tags: t.Mapping[str, str]


def refused_always(chain: Chain, key: str, now: datetime.datetime) -> list[str]:
    """Why ACM takes no such certificate."""
    facts = chain.facts
    found = []
    if facts.key_algorithm not in _IMPORTABLE:
        found.append(f"ACM doesn't import keys of the kind {facts.key_algorithm}, only {', '.join(_IMPORTABLE)}")
    if len(key.encode("utf-8")) > _LARGEST_KEY:
        found.append(f"ACM imports private keys of up to {_LARGEST_KEY} octets")
    if not facts.not_before <= now < facts.not_after:
        found.append(
            f"ACM imports only what is valid now, and this is valid from {facts.not_before.isoformat()} to "
            f"{facts.not_after.isoformat()}"
        )
    named = any(name.startswith(("DNS:", "IP:")) for name in facts.names.alternative)
    if not named and not dict(facts.names.subject).get("CN"):
        found.append("ACM imports certificates of host names or addresses, and this one has none")
    return found


def refused_in_place_of(present: CertificateFacts, new: CertificateFacts) -> list[str]:
    """Why ACM doesn't let it take the ARN of the present one.

    https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html (read 2026-11). That client_auth goes is
    allowed, since public CAs don't give it any more (import-certificate.html, same date).
    """
    found = []
    if present.key_algorithm != new.key_algorithm:
        found.append(f"the key is of the kind {new.key_algorithm}, and that of the present one {present.key_algorithm}")
    for side in (_key_usages.key_usages, _key_usages.extended):
        gone = side(present.usages) - side(new.usages) - {"client_auth"}
        if side(present.usages) and gone:
            found.append(f"the present one may be used for {', '.join(sorted(gone))}, and the new one not")
    return found


@dataclasses.dataclass(frozen=True)
class Import:
    """What is done for one certificate, as a step of the run. ``present`` is None where it is new to ACM."""

    wanted: WantedImport
    present: Imported | None

    @property
    def imports(self) -> bool:
        return self.present is None or self.present.facts.fingerprint != self.wanted.deployable.chain.facts.fingerprint

    @property
    def new_tags(self) -> dict[str, str]:
        """To be added after the import: a new certificate gets its tags with it."""
        if self.present is None:
            return {}
        ours = self.present.tags.get(TAG_MANAGED_BY) == MANAGED_BY
        wanted = self.wanted.all_tags if ours else self.wanted.tags
        return {key: value for key, value in wanted.items() if self.present.tags.get(key) != value}

    @property
    def changes(self) -> bool:
        return self.imports or bool(self.new_tags)

    @property
    def subject(self) -> str:
        return f"imported certificate {self.wanted.label} ({self.wanted.region})"

    def before(self) -> dict[str, t.Any] | None:
        if self.present is None:
            return None
        return {"arn": self.present.arn, **shown(self.present.facts), "tags": dict(self.present.tags)}

    def after(self) -> dict[str, t.Any]:
        tags = {**self.present.tags, **self.new_tags} if self.present else self.wanted.all_tags
        arn = self.present.arn if self.present else UNKNOWN
        return {"arn": arn, **shown(self.wanted.deployable.chain.facts), "tags": tags}

    def record(self, arn: str | None = None) -> dict[str, t.Any]:
        """``arn``: what ACM has answered."""
        known = arn or (self.present.arn if self.present else None)
        until = f"{self.wanted.deployable.chain.facts.not_after:%Y-%m-%d}"
        condition = Condition(ISSUED, "Imported", f"In ACM, valid until {until}.")
        if self.imports and arn is None:
            reason = "NotImported" if self.present is None else "AnotherImported"
            said = "isn't in ACM yet" if self.present is None else "is newer than the one in ACM"
            condition = Condition(PENDING, reason, f"The certificate {said}.")
        return {
            "name": self.wanted.label,
            "region": self.wanted.region,
            "directory": self.wanted.directory,
            "arn": known,
            "changed": self.changes,
            "previous_fingerprint": self.present.facts.fingerprint if self.present and self.imports else None,
            **self.wanted.deployable.summary(),
            "tags": self.after()["tags"],
            "phase": condition.phase,
            "ready": condition.ready,
            "reason": condition.reason,
            "message": condition.message,
        }


@dataclasses.dataclass(frozen=True)
class ImportPlan:
    imports: tuple[Import, ...]

    @property
    def steps(self) -> list[Import]:
        return [each for each in self.imports if each.changes]

    def predict(self) -> Result:
        values = {"certificates": [each.record() for each in self.imports], "failure": None}
        return Result(bool(self.steps), values)


def plan_faults(imports: t.Iterable[Import], now: datetime.datetime) -> list[str]:
    """Everything that ACM would refuse."""
    faults = []
    for each in imports:
        if not each.imports:
            continue
        deployable = each.wanted.deployable
        found = refused_always(deployable.chain, deployable.key, now)
        faults += [f"{each.wanted.label}: {sentence}" for sentence in found]
        if each.present and (changes := refused_in_place_of(each.present.facts, deployable.chain.facts)):
            faults.append(
                f"{each.wanted.label}: ACM doesn't let it replace {each.present.arn}, as {' and '.join(changes)}; "
                "import it under another name, attach that one, and then delete the old one"
            )
    return faults
