# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""One vocabulary for the state of a certificate, whoever issues it.

``phase`` says how far it is, ``ready`` whether it can be used, ``reason`` is a CamelCase token for programs and
``message`` one sentence a person can act on.
"""

from __future__ import annotations

import dataclasses

PENDING = "Pending"
PENDING_VALIDATION = "PendingValidation"
ISSUED = "Issued"
#: What it is issued for doesn't serve it yet, or does.
ATTACHING = "Attaching"
ATTACHED = "Attached"
FAILED = "Failed"
#: A Puppet CA's: the request is there, and waits for somebody to sign it; it is signed; it can't go on.
REQUESTING = "Requesting"
SIGNED = "Signed"
ERROR = "Error"


@dataclasses.dataclass(frozen=True)
class Condition:
    phase: str
    reason: str
    message: str

    @property
    def ready(self) -> bool:
        return self.phase in (ISSUED, ATTACHED, SIGNED)

    @property
    def failed(self) -> bool:
        return self.phase in (FAILED, ERROR)


def camel_case(token: str) -> str:
    """``VALIDATION_TIMED_OUT`` -> ``ValidationTimedOut``"""
    return "".join(part.capitalize() for part in token.replace("-", "_").split("_"))
