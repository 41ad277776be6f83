# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..plugin_utils._tenant_progress import WaitingTenantAction


class ActionModule(WaitingTenantAction):
    module = "tlsops.certificates.cloudfront_tenant_cert"
    reports = False
