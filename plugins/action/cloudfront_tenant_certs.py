# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._tenant_progress import Result, WaitingTenantAction


class ActionModule(WaitingTenantAction):
    module = "tlsops.certificates.cloudfront_tenant_certs"

    def _narrowed(self, arguments: t.Mapping[str, t.Any], names: t.AbstractSet[str]) -> Result:
        pending = [{**each, "retry_failed": False} for each in arguments["tenants"] if each.get("name") in names]
        return {"tenants": pending, "retry_failed": False, "describe": True, "on_failure": "report"}
