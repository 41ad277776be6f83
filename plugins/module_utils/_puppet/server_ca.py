# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The calls of ``puppetserver ca`` that make a CA. Each judges nothing: see ca_state.py."""

from __future__ import annotations

import os
import subprocess
import typing as t

from .._errors import TlsopsError

#: Where the packages of Puppet and OpenVox have it; not in everybody's PATH.
_PLACES = ("/opt/puppetlabs/bin", "/opt/puppetlabs/server/bin", "/usr/bin")


def set_up(server: str, config: str, certname: str, ca_name: str | None, names: t.Sequence[str], timeout: int) -> str:
    """What went wrong, in a line; nothing where it says that it has worked."""
    arguments = ["setup", *_common(config, certname, names)]
    return _run(server, [*arguments, *(["--ca-name", ca_name] if ca_name else [])], timeout)


def take_over(
    server: str, config: str, certname: str, names: t.Sequence[str], paths: tuple[str, str, str], timeout: int
) -> str:
    """``paths`` are those of the CA's key, certificates and revocation lists."""
    key, certificates, crls = paths
    given = ["--private-key", key, "--cert-bundle", certificates, "--crl-chain", crls]
    return _run(server, ["import", *_common(config, certname, names), *given], timeout)


def _common(config: str, certname: str, names: t.Sequence[str]) -> list[str]:
    alternative = ["--subject-alt-names", ",".join(names)] if names else []
    return ["--config", config, "--certname", certname, *alternative]


def _run(server: str, arguments: t.Sequence[str], timeout: int) -> str:
    path = os.pathsep.join([os.environ.get("PATH", ""), *_PLACES])
    try:
        done = subprocess.run(
            [server, "ca", *arguments],
            env={**os.environ, "PATH": path, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it didn't end within {timeout} seconds"
    except OSError as error:
        raise TlsopsError(
            f"{server} can't be run: {error.strerror}. Install Puppet Server first, or give command."
        ) from error
    said = " ".join(done.stdout.decode("utf-8", "replace").split())
    return f"it ended with {done.returncode}: {said}" if done.returncode else ""
