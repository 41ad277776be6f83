# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An ACME CA and the name server that it asks, both real and on loopback, and playbooks that use them."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from sandbox.client import Sandbox

from . import bind_primary
from .bind_primary import Primary
from .pebble import Pebble
from .playbooks import Playbook, Run

ZONE = "example.test"


@dataclasses.dataclass(frozen=True)
class AcmeWorld:
    """``names`` are those for which certificates can be had."""

    pebble: Pebble
    primary: Primary

    @classmethod
    @contextlib.contextmanager
    def start(
        cls,
        folder: Path,
        names: Sequence[str],
        zones: Mapping[str, str] | None = None,
        settings: dict[str, object] | None = None,
        environment: dict[str, str] | None = None,
    ) -> Iterator[AcmeWorld]:
        """``settings`` and ``environment`` are Pebble's."""
        granted = sorted({f"_acme-challenge.{name.removeprefix('*.')}" for name in names})
        with (
            bind_primary.start(zones or {ZONE: ""}, granted) as primary,
            Pebble.running(folder, primary.at, settings, environment) as pebble,
        ):
            yield cls(pebble, primary)

    @property
    def dns(self) -> dict[str, Any]:
        """The variable acme_certificates_dns."""
        return {
            "provider": "rfc2136",
            "server": bind_primary.ADDRESS,
            "port": self.primary.port,
            "key_name": bind_primary.KEY_NAME,
            "key_algorithm": bind_primary.ALGORITHM,
            "key_secret": self.primary.secret,
        }

    @property
    def directory(self) -> str:
        return self.pebble.directory

    @property
    def resolver(self) -> str:
        """Address and port; name servers are asked at the same port."""
        return self.primary.at

    @property
    def secrets(self) -> list[str]:
        return [self.primary.secret]

    def challenges(self, *names: str) -> list[str]:
        """The values that are in the DNS for names."""
        return [value for name in names for value in self.primary.texts(f"_acme-challenge.{name}")]


class World(Protocol):
    """Where a CA is, and who has the DNS."""

    @property
    def pebble(self) -> Pebble: ...

    @property
    def directory(self) -> str: ...

    @property
    def resolver(self) -> str: ...

    @property
    def dns(self) -> Any: ...

    @property
    def secrets(self) -> list[str]: ...


class AcmeSite(Playbook):
    """The playbook for hosts that are folders of this one."""

    def __init__(
        self,
        world: World,
        folder: Path,
        hosts: Sequence[str] = ("one",),
        playbook: str = "tlsops.certificates.acme_certificates",
        sandbox: Sandbox | None = None,
        **variables: Any,
    ) -> None:
        self.world = world
        local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        inventory = folder / "hosts.json"
        named = {host: {"acme_certificates_directory": str(folder / host)} for host in hosts}
        inventory.write_text(json.dumps({"all": {"hosts": named, "vars": local}}), encoding="utf-8")
        defaults = {
            "acme_certificates_become": False,
            "acme_certificates_issuer": world.directory,
            "acme_certificates_terms_agreed": True,
            "acme_certificates_ca_bundle": str(world.pebble.ca_path),
            "acme_certificates_state_directory": str(folder / "state"),
            "acme_certificates_dns": world.dns,
            "acme_certificates_dns_nameservers": [world.resolver],
            "acme_certificates_dns_port": int(world.resolver.rpartition(":")[2]),
        }
        super().__init__(playbook, sandbox, folder, {**defaults, **variables}, str(inventory))

    def good(self, *flags: str, **variables: Any) -> Run:
        """A run that ends well, and says nothing that is secret whatever it says."""
        run = self.run(*flags, **variables)
        assert run.exit_code == 0, run.output
        self.hold_secrets(run)
        return run

    def hold_secrets(self, run: Run) -> None:
        """No key, by what is in its file, and none of the secrets by which the DNS is written."""
        assert "PRIVATE KEY" not in run.output
        assert not [secret for secret in self.world.secrets if secret in run.output]
        for path in [*self.folder.rglob("privkey.pem"), *self.folder.rglob("accounts/*.pem")]:
            lines = path.read_text(encoding="utf-8").splitlines()
            assert not [line for line in lines[1:-1] if len(line) > 40 and line in run.output], path

    def served(self, path: str) -> x509.Certificate:
        """What is in a directory: a certificate with its key, and its chain up to Pebble's root."""
        place = self.folder / path
        chain = x509.load_pem_x509_certificates((place / "fullchain.pem").read_bytes())
        for lower, upper in itertools.pairwise(chain):
            lower.verify_directly_issued_by(upper)
        key = serialization.load_pem_private_key((place / "privkey.pem").read_bytes(), None)
        assert key.public_key() == chain[0].public_key()
        return chain[0]

    @property
    def noted(self) -> list[str]:
        """The orders in the journal."""
        return sorted(path.name for path in (self.folder / "state" / "orders").glob("*"))
