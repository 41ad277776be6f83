# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""A certificate as the value of a secret: one JSON object, so that key and certificate change together."""

from __future__ import annotations

import dataclasses
import json
import re
import typing as t

from ._certificates import MANAGED_BY, TAG_MANAGED_BY
from ._conditions import ISSUED, PENDING, Condition
from ._deployable import Deployable, put_together, shown
from ._errors import TlsopsError
from ._module_result import Result
from ._x509 import CertificateFacts

#: API reference, CreateSecret: Name.
SECRET_NAME = re.compile(r"^[A-Za-z0-9/_+=.@-]{1,512}$")
#: API reference, CreateSecret: SecretString.
LARGEST_SECRET = 65536
#: What is in the object, named as the files of a kept certificate are.
PARTS = ("privkey", "cert", "chain", "fullchain")


def as_secret(deployable: Deployable) -> dict[str, str]:
    chain = deployable.chain
    texts = (deployable.key, chain.leaf, "".join(chain.intermediates), chain.full)
    return dict(zip(PARTS, texts, strict=True))


def from_secret(text: str | None) -> CertificateFacts | None:
    """The certificate that is in a secret with its key, whole; None where it is something else."""
    try:
        found = json.loads(text or "")
        kept = put_together(found["fullchain"], found["privkey"])
        whole = (found["cert"], found["chain"]) == (kept.chain.leaf, "".join(kept.chain.intermediates))
    except (ValueError, TypeError, KeyError, AttributeError, TlsopsError):
        return None
    return kept.chain.facts if whole else None


@dataclasses.dataclass(frozen=True)
class WantedSecret:
    region: str
    secret: str
    deployable: Deployable
    name: str | None = None
    directory: str | None = None
    kms_key_id: str | None = None
    description: str | None = None
    tags: t.Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def value(self) -> str:
        return json.dumps(as_secret(self.deployable), indent=1)

    @property
    def all_tags(self) -> dict[str, str]:
        return {**self.tags, TAG_MANAGED_BY: MANAGED_BY}


@dataclasses.dataclass(frozen=True)
class SecretStep:
    """``exists``: there is a secret of this name. ``present``: the certificate in it."""

    wanted: WantedSecret
    exists: bool
    present: CertificateFacts | None
    arn: str | None = None

    @property
    def changes(self) -> bool:
        return self.present is None or self.present.fingerprint != self.wanted.deployable.chain.facts.fingerprint

    @property
    def subject(self) -> str:
        return f"secret {self.wanted.secret} ({self.wanted.region})"

    def before(self) -> dict[str, t.Any] | None:
        if not self.exists:
            return None
        return shown(self.present) if self.present else {"content": "something else"}

    def after(self) -> dict[str, t.Any]:
        return shown(self.wanted.deployable.chain.facts)

    def record(self, arn: str | None = None) -> dict[str, t.Any]:
        """``arn``: what the service has answered to the change."""
        wanted = self.wanted
        condition = Condition(ISSUED, "Stored", f"In the secret {wanted.secret}.")
        if self.changes and arn is None:
            condition = Condition(PENDING, "NotStored", f"It isn't in the secret {wanted.secret} yet.")
        return {
            "name": wanted.name or wanted.secret,
            "secret": wanted.secret,
            "region": wanted.region,
            "directory": wanted.directory,
            "arn": arn or self.arn,
            "changed": self.changes,
            "previous_fingerprint": self.present.fingerprint if self.present and self.changes else None,
            **wanted.deployable.summary(),
            "phase": condition.phase,
            "ready": condition.ready,
            "reason": condition.reason,
            "message": condition.message,
        }


@dataclasses.dataclass(frozen=True)
class SecretsPlan:
    secrets: tuple[SecretStep, ...]

    @property
    def steps(self) -> list[SecretStep]:
        return [each for each in self.secrets if each.changes]

    def predict(self) -> Result:
        values = {"certificates": [each.record() for each in self.secrets], "failure": None}
        return Result(bool(self.steps), values)
