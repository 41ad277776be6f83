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
      - Beside actions, C(*) stands for all actions of Route 53 or of load balancers together, and C(change tokens) for Route 53's
        change throughput.
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
requirements:
  - python >= 3.10
  - boto3 >= 1.38.4
  - botocore >= 1.38.4
notes:
  - Throttled calls are repeated for up to five minutes, broken connections and internal errors of AWS four times. Quota errors
    are final at once.
  - A failed task says what was asked, AWS's error code and words, and what to do. The code is also in the result, as C(error.code).
  - C(AccessDenied) or C(AccessDeniedException) names the action to allow. Policies that are just enough are in the directory
    C(docs/iam) of this collection.
  - C(ExpiredToken) means that the credentials of the task have ended. Get new ones and run again; what was done is found again.
  - C(UnrecognizedClientException) or C(InvalidClientTokenId) means that AWS doesn't know the access key, or that the account hasn't
    enabled the Region.
  - C(EndpointConnectionError) mostly means a Region that doesn't exist, or a proxy in between.
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
