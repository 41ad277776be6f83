# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients that get ACME certificates by DNS-01 with signed updates, each set to be as fast as it honestly can."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

from support.acme_world import ZONE, AcmeWorld
from support.bind_primary import ADDRESS, ALGORITHM, KEY_NAME
from support.modules import COLLECTIONS, ROOT

from . import report

HERE = Path(__file__).resolve().parent
#: `make bench` gives certbot an environment of its own, which it has with the AWS CLI.
_CERTBOT = ROOT / ".cache" / "bench" / "venv" / "bin" / "certbot"
CERTBOT_PROGRAM = str(_CERTBOT) if _CERTBOT.exists() else "certbot"


@dataclasses.dataclass(frozen=True)
class Run:
    """``seconds`` is None where a client has no such run. ``processor`` is what it took of one, which other work on the
    machine doesn't lengthen.
    """

    seconds: float | None
    processor: float
    requests: int


@dataclasses.dataclass(frozen=True)
class Scene:
    """The servers, a folder for what a client keeps, and how many certificates are wanted."""

    world: AcmeWorld
    folder: Path
    count: int

    @property
    def environment(self) -> dict[str, str]:
        """Where clients look for the root of the CA's own certificate, and for the DNS."""
        ca_path = str(self.world.pebble.ca_path)
        return {
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_NOCOLOR": "1",
            "REQUESTS_CA_BUNDLE": ca_path,
            "LEGO_CA_CERTIFICATES": ca_path,
            "RFC2136_NAMESERVER": self.world.primary.at,
            "RFC2136_TSIG_ALGORITHM": f"{ALGORITHM}.",
            "RFC2136_TSIG_KEY": f"{KEY_NAME}.",
            "RFC2136_TSIG_SECRET": self.world.primary.secret,
            "RFC2136_SEQUENCE_INTERVAL": "0",
            "RFC2136_POLLING_INTERVAL": "1",
            "BENCH_DNS_PORT": str(self.world.primary.port),
            "BENCH_DNS_KEY": str(self.world.primary.key_file),
        }

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        return str(path)


@dataclasses.dataclass(frozen=True)
class Client:
    """``again`` gives the commands of a run with nothing to do; none, where the client always asks anew."""

    name: str
    fresh: Callable[[Scene], list[list[str]]]
    again: Callable[[Scene], list[list[str]]]
    version: Callable[[], str]


def names(number: int) -> list[str]:
    """Of a certificate: a name, all below it, and one more."""
    return [f"site{number}.{ZONE}", f"*.site{number}.{ZONE}", f"api{number}.{ZONE}"]


def _version(*command: str) -> str:
    found = re.search(r"(\d+(?:\.[\d-]+)+)", report.output(*command))
    return found[1] if found else ""


def _debian(package: str) -> Callable[[], str]:
    return lambda: f"{package} {_version('dpkg-query', '-W', '-f', '${Version}', package)} (Debian)"


def _playbook(playbook: str, scene: Scene, variables: dict[str, object]) -> list[list[str]]:
    file = scene.write("variables.json", json.dumps(variables))
    return [["ansible-playbook", "-i", "localhost,", "-c", "local", playbook, "-e", f"@{file}"]]


def _ours(scene: Scene) -> list[list[str]]:
    world = scene.world
    wish = {
        "become": False,
        "issuer": world.pebble.directory,
        "terms_agreed": True,
        "ca_bundle": str(world.pebble.ca_path),
        "directory": str(scene.folder / "tls"),
        "state_directory": str(scene.folder / "state"),
        "dns": world.dns,
        "dns_nameservers": [world.primary.at],
        "dns_port": world.primary.port,
        "list": [{"name": f"site{number}", "dns_names": names(number)} for number in range(scene.count)],
    }
    variables = {f"acme_certificates_{name}": value for name, value in wish.items()}
    return _playbook(
        "tlsops.certificates.acme_certificates", scene, {**variables, "ansible_python_interpreter": sys.executable}
    )


def _plain_playbook(scene: Scene) -> list[list[str]]:
    variables = {
        "ansible_python_interpreter": sys.executable,
        "directory": scene.world.pebble.directory,
        "ca_path": str(scene.world.pebble.ca_path),
        "folder": str(scene.folder),
        "dns": scene.world.dns,
        "zone": ZONE,
        "certificates": [{"name": f"site{number}", "names": names(number)} for number in range(scene.count)],
    }
    return _playbook(str(HERE / "acme_peer.yml"), scene, variables)


def _certbot(scene: Scene) -> list[list[str]]:
    """Once a certificate, as it works on one at a time. It sleeps for the seconds given, and none is the least."""
    primary = scene.world.primary
    credentials = {
        "server": ADDRESS,
        "port": primary.port,
        "name": KEY_NAME,
        "secret": primary.secret,
        "algorithm": ALGORITHM.upper(),
    }
    text = "".join(f"dns_rfc2136_{option} = {value}\n" for option, value in credentials.items())
    settings = ["--server", scene.world.pebble.directory, "--non-interactive", "--agree-tos", "--key-type", "ecdsa"]
    settings += ["--register-unsafely-without-email", "--keep-until-expiring", "--dns-rfc2136"]
    settings += [
        "--dns-rfc2136-credentials",
        scene.write("certbot.ini", text),
        "--dns-rfc2136-propagation-seconds",
        "0",
    ]
    for kind in ("config", "work", "logs"):
        settings += [f"--{kind}-dir", str(scene.folder / "certbot" / kind)]
    return [
        [CERTBOT_PROGRAM, "certonly", *settings, *(part for name in names(number) for part in ("-d", name))]
        for number in range(scene.count)
    ]


def _dehydrated(scene: Scene) -> list[list[str]]:
    """All in one run, the records of a certificate by one call of nsupdate (HOOK_CHAIN)."""
    listed = [" ".join([*names(number), ">", f"site{number}"]) for number in range(scene.count)]
    settings = {
        "BASEDIR": str(scene.folder),
        "DOMAINS_TXT": scene.write("domains.txt", "\n".join(listed) + "\n"),
        "CA": scene.world.pebble.directory,
        "CHALLENGETYPE": "dns-01",
        "HOOK": str(HERE / "dehydrated_hook.sh"),
        "HOOK_CHAIN": "yes",
        "KEY_ALGO": "prime256v1",
        "CURL_OPTS": f"--cacert {scene.world.pebble.ca_path}",
    }
    config = scene.write("config", "".join(f"{name}='{value}'\n" for name, value in settings.items()))
    return [["dehydrated", "--accept-terms", "--cron", "--config", config]]


def _lego(scene: Scene, *command: str) -> list[list[str]]:
    """Without its own wait, as that asks name servers at port 53; Pebble asks the only one there is."""
    settings = ["--server", scene.world.pebble.directory, "--accept-tos", "--email", f"hostmaster@{ZONE}"]
    settings += ["--path", str(scene.folder / "lego"), "--dns", "rfc2136", "--dns.disable-cp"]
    settings += ["--dns.resolvers", scene.world.primary.at]
    return [
        ["lego", *settings, *(part for name in names(number) for part in ("--domains", name)), *command]
        for number in range(scene.count)
    ]


def _nothing(_scene: Scene) -> list[list[str]]:
    return []


OURS = Client("`acme_certificates`", _ours, _ours, lambda: "")
CERTBOT = Client(
    "certbot, once a certificate", _certbot, _certbot, lambda: f"certbot {_version(CERTBOT_PROGRAM, '--version')}"
)
_DEHYDRATED = Client("dehydrated, all in one run", _dehydrated, _dehydrated, _debian("dehydrated"))
_LEGO = Client(
    "lego, once a certificate",
    lambda scene: _lego(scene, "run"),
    lambda scene: _lego(scene, "renew", "--no-random-sleep"),
    _debian("lego"),
)
_COMMUNITY = Client(
    "a plain playbook of `community.crypto`",
    _plain_playbook,
    _nothing,
    lambda: f"community.crypto {report.collection_version('community', 'crypto')}",
)
ALL = [OURS, CERTBOT, _DEHYDRATED, _LEGO, _COMMUNITY]
