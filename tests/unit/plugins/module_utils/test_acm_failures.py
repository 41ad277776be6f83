# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import botocore.session
import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._acm_failures import failure_advice, quota_advice

MODEL = botocore.session.Session().get_service_model("acm")
UNKNOWN = failure_advice("A_NEW_ONE", None)


@pytest.mark.parametrize("reason", MODEL.shape_for("FailureReason").enum)
def test_there_is_advice_for_every_reason_that_acm_can_give(reason: str) -> None:
    advice = failure_advice("FAILED", reason)
    assert advice not in (UNKNOWN, failure_advice("FAILED", "A_NEW_REASON"))
    assert advice.endswith(".")


@pytest.mark.parametrize(
    "status", sorted(set(MODEL.shape_for("CertificateStatus").enum) - {"ISSUED", "PENDING_VALIDATION"})
)
def test_there_is_advice_for_every_final_status(status: str) -> None:
    assert failure_advice(status, None) != UNKNOWN


# Messages as people quote them: terraform-provider-aws#14025, #35825 and #37723, aws-cdk#13651.
@pytest.mark.parametrize(
    ("message", "quota"),
    [
        ("Error: you have reached your limit of 20 certificates in the last year.", "within 365 days"),
        (
            "Cannot request more certificates in this account. Contact Customer Service for details.",
            "account and Region",
        ),
        ("Error: you have reached your limit of 2500 certificates.", "account and Region"),
        ("Certificate has too many domains.", "names per certificate"),
        ("The maximum number of Subject Alternative Names was exceeded", "names per certificate"),
    ],
)
def test_the_message_tells_which_quota_it_is(message: str, quota: str) -> None:
    assert quota in quota_advice(message)
