# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What every AWS module of this collection has in common."""

    DOCUMENTATION = r"""
options:
  rate_limits:
    description:
      - Calls a second to an API action, where they differ from the rates that AWS publishes. With C(RequestCertificate) as the
        key give V(20) in an account whose quota AWS has raised, or V(2) to leave room for others.
      - Without it calls are paced at 95 per cent of the published rates, per account, Region and action.
    type: dict
    default: {}
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and says what it would change, without changing anything.
  diff_mode:
    support: full
    description: Shows with C(--diff) each thing that changes, before and after.
  idempotent:
    support: full
    description: Run again with the same options, it changes nothing.
  action_group:
    support: full
    description: Use C(group/tlsops.certificates.aws) in C(module_defaults) to set defaults for all AWS modules of this collection.
    membership:
      - tlsops.certificates.aws
notes:
  - Throttled calls are repeated for up to five minutes; quota errors are final at once.
  - Policies for the credentials are in the directory C(docs/iam) of this collection.
"""

    INFO = r"""
attributes:
  check_mode:
    support: full
    description: Only reads, so it does the same in C(check_mode).
  diff_mode:
    support: N/A
    description: Changes nothing, so there is nothing to show with C(--diff).
"""
