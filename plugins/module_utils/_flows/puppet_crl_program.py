# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""A program that keeps the revocation lists of a Puppet CA in a file, with the rules of the module puppet_ca_crl."""

from __future__ import annotations

import datetime
import json
import sys
import typing as t

from .._errors import TlsopsError, parse_all
from .._module_result import Result
from .._pace import SystemClock
from .._puppet.client import ConnectionSettings, connection_settings
from .._x509 import require_cryptography
from . import puppet_crls as flow
from .puppet_access import opened, warn_of_clock


def parse(options: t.Mapping[str, t.Any]) -> tuple[ConnectionSettings, flow.WantedFile]:
    """Raises InvalidInput with every fault."""
    connection, wanted = parse_all(lambda: connection_settings(options), lambda: flow.wanted_file(options))
    return connection, wanted


def refresh(options: t.Mapping[str, t.Any], now: datetime.datetime) -> Result:
    """Raises TlsopsError."""
    require_cryptography()
    settings, wanted = parse(options)
    with opened(settings, SystemClock(), now) as (client, bundle):
        plan = flow.make_plan(client, bundle, wanted, now)
        result = flow.apply(client, plan)
        warn_of_clock(client, now, result)
    return result


def main(arguments: t.Sequence[str] | None = None) -> int:
    """The options are in a file beside the program. What is said is for whoever reads the journal."""
    program = (sys.argv if arguments is None else arguments)[0]
    try:
        with open(f"{program}.json", encoding="utf-8") as file:
            options = json.load(file)
        result = refresh(options, datetime.datetime.now(datetime.timezone.utc))
    except TlsopsError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    except (OSError, ValueError) as error:
        sys.stderr.write(f"the options can't be read: {error}\n")
        return 1
    for warning in result.warnings:
        sys.stderr.write(f"{warning}\n")
    state = "was replaced by newer lists" if result.changed else "is up to date"
    sys.stdout.write(f"{options['path']} {state}, and is good until {result.values['next_update']}.\n")
    return 0
